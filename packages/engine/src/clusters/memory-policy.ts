import { transaction } from '@virgate/database';
import type { Cluster } from '@virgate/contract/generated/types';
import { recordEvent } from '../events/record.ts';
import { loadHost } from '../monitoring/host-state.ts';
import type { Context } from '../rest/operation.ts';
import { attribution } from '../rest/write.ts';

const timeoutMs = 10_000;

/** Whether a change of a cluster concerns what its hosts do with the memory of VMs. */
export const changesMemoryPolicy = (body: Cluster): boolean => body.ballooning_enabled !== undefined || body.ksm !== undefined;

/** Tells the hosts of a cluster that are up how to share memory from now on; others hear of it when they come up. */
export async function tellMemoryPolicy(context: Context, clusterId: string): Promise<void> {
  const hosts = await context.db
    .selectFrom('host')
    .innerJoin('host_state', 'host_state.host_id', 'host.id')
    .select(['host.id', 'host.name'])
    .where('host.cluster_id', '=', clusterId)
    .where('host_state.status', '=', 'up')
    .execute();
  await Promise.all(hosts.map((host) => tell(context, host)));
}

async function tell(context: Context, host: { id: string; name: string }): Promise<void> {
  const watched = await loadHost(context.db, host.id);
  if (!watched) return;
  const problem = await context.engine.hosts
    .access(host.id)
    .then(({ client, fence }) => client.call('Host.setMOMPolicyParameters', { key_value_store: watched.momPolicy }, { timeoutMs, fence }))
    .then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  const name = problem === null ? 'USER_UPDATED_MOM_POLICIES' : 'USER_FAILED_TO_UPDATE_MOM_POLICIES';
  await transaction(context.db, (trx) => recordEvent(trx, { name, host, ...attribution(context), values: { reason: problem ?? '' } }));
}
