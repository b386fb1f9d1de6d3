import type { HostStatus } from '@virgate/contract/generated/types';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { machineFor } from '../monitoring/operational.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { readableClusters } from './read.ts';

const serving: readonly HostStatus[] = ['up'];

/**
 * `POST clusters/{cluster}/resetemulatedmachine`: forgets the machine type of a cluster. One of its hosts that is up gives it a new one at
 * once, else the next host that comes up. VMs have it from their next start on.
 */
export const resetEmulatedMachine: Operation = {
  permit: 'edit_cluster_configuration',
  subjects: (context) => [{ type: 'cluster', id: context.path['cluster'] ?? '' }],
  async run(context) {
    const cluster = await one(context, readableClusters, context.path['cluster']);
    const id = cluster.id ?? '';
    const name = String(cluster['name']);
    const job = await write(context, async (trx) => {
      const row = await trx
        .selectFrom('cluster')
        .select(['compatibility_major', 'compatibility_minor'])
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirstOrThrow();
      const hosts = await trx
        .selectFrom('host')
        .innerJoin('host_state', 'host_state.host_id', 'host.id')
        .select('host_state.emulated_machines')
        .where('host.cluster_id', '=', id)
        .where('host_state.status', 'in', serving)
        .orderBy('host.id')
        .execute();
      const level = `${row.compatibility_major}.${row.compatibility_minor}`;
      const machine = hosts
        .map((host) => machineFor({ emulatedMachines: host.emulated_machines }, level))
        .find((found) => found !== undefined);
      await trx
        .updateTable('cluster')
        .set({ emulated_machine: machine ?? null })
        .where('id', '=', id)
        .execute();
      await recordEvent(trx, { name: 'USER_UPDATE_CLUSTER', cluster: { id, name }, ...attribution(context) });
      await noteChange(trx, 'cluster', id, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'UpdateCluster',
        description: `Resetting the emulated machine of Cluster ${name}`,
        subjects: [{ type: 'cluster', id }],
      });
    });
    return done(job);
  },
};
