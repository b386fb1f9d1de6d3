import { json } from '@virgate/database';
import type { EventName } from '@virgate/contract/generated/events';
import type { Action, Cluster, ClusterUpgradeAction } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { incomplete, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { readableClusters } from './read.ts';

const jobs: Record<ClusterUpgradeAction, { action: string; event: EventName; title: string }> = {
  start: { action: 'StartClusterUpgrade', event: 'USER_START_CLUSTER_UPGRADE', title: 'Starting the upgrade of' },
  update_progress: { action: 'UpdateClusterUpgrade', event: 'USER_UPDATE_CLUSTER_UPGRADE', title: 'Noting the upgrade of' },
  finish: { action: 'FinishClusterUpgrade', event: 'USER_FINISH_CLUSTER_UPGRADE', title: 'Finishing the upgrade of' },
};
const complete = 100;

/** What a cluster keeps of an upgrade that goes on. */
type Upgrade = Pick<Cluster, 'upgrade_in_progress' | 'upgrade_percent_complete' | 'upgrade_correlation_id'>;

/** How far an upgrade is after an action. @throws {Fault} 409 or 400 when the action does not fit to what goes on */
export function nextUpgrade(
  now: Upgrade,
  body: Pick<Action, 'upgrade_action' | 'upgrade_percent_complete'>,
  correlationId: string,
): Upgrade {
  const runs = now.upgrade_in_progress === true;
  const percent = body.upgrade_percent_complete;
  if (body.upgrade_action === 'start') {
    if (runs) throw refused('CLUSTER_UPGRADE_CAN_NOT_BE_STARTED');
    return { upgrade_in_progress: true, upgrade_percent_complete: 0, upgrade_correlation_id: correlationId };
  }
  if (!runs) throw refused('ACTION_TYPE_FAILED_CLUSTER_UPGRADE_NOT_STARTED');
  if (body.upgrade_action === 'finish') return { upgrade_in_progress: false, upgrade_percent_complete: 0, upgrade_correlation_id: '' };
  if (now.upgrade_correlation_id !== correlationId) throw refused('ACTION_TYPE_FAILED_CLUSTER_UPGRADE_CORRELATION_MISMATCH');
  if (percent === undefined || percent < 0 || percent > complete) throw refused('ACTION_TYPE_CLUSTER_UPGRADE_PERCENT_COMPLETE_INVALID');
  return { ...now, upgrade_percent_complete: percent };
}

/**
 * `POST clusters/{cluster}/upgrade`: whoever upgrades the hosts of a cluster says so, and how far it is. Progress is taken only with the
 * correlation id of the start, so that two who upgrade at once notice each other.
 */
export const upgradeCluster: Operation = {
  permit: 'edit_cluster_configuration',
  subjects: (context) => [{ type: 'cluster', id: context.path['cluster'] ?? '' }],
  async run(context) {
    const cluster = await one(context, readableClusters, context.path['cluster']);
    const id = cluster.id ?? '';
    const name = String(cluster['name']);
    const body = context.body as Action;
    const { upgrade_action: wanted } = body;
    if (wanted === undefined) throw incomplete('action.upgrade_action');
    const correlationId = body.correlation_id ?? context.correlationId;
    const { action, event, title } = jobs[wanted];
    const job = await write(context, async (trx) => {
      const row = await trx.selectFrom('cluster').select('settings').where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
      const next = nextUpgrade(row.settings, body, correlationId);
      await trx
        .updateTable('cluster')
        .set({ settings: sql`settings || ${json(next as Record<string, unknown>)}` as never })
        .where('id', '=', id)
        .execute();
      const percent = String(next.upgrade_percent_complete);
      await recordEvent(trx, { name: event, cluster: { id, name }, ...attribution(context), values: { percent } });
      await noteChange(trx, 'cluster', id, 'update');
      return context.engine.jobs.record(trx, context, {
        action,
        description: `${title} Cluster ${name}`,
        subjects: [{ type: 'cluster', id }],
      });
    });
    return done(job);
  },
};
