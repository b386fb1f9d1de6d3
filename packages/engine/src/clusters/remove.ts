import { sql } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { forgetProfilePermissions } from '../profiles/defaults.ts';
import { cpuProfiles } from '../profiles/kinds.ts';
import { readableClusters } from './read.ts';

/** Removes a cluster that has neither hosts nor VMs nor templates. */
export const removeCluster: Operation = {
  permit: 'delete_cluster',
  subjects: (context) => [{ type: 'cluster', id: context.path['cluster'] ?? '' }],
  async run(context) {
    const current = await one(context, readableClusters, context.path['cluster']);
    const id = current.id ?? '';
    const name = String(current['name']);
    const job = await write(context, async (trx) => {
      await trx.selectFrom('cluster').select('id').where('id', '=', id).forUpdate().execute();
      const used = await sql<{ hosts: number; vms: number; templates: number; pools: number }>`select
        (select count(*) from vm_pool where cluster_id = ${id}) as pools,
        (select count(*) from host where cluster_id = ${id}) as hosts,
        (select count(*) from vm where cluster_id = ${id} and entity_type = 'vm') as vms,
        (select count(*) from vm where cluster_id = ${id} and entity_type = 'template') as templates`.execute(trx);
      const count = used.rows[0];
      if (count && count.hosts > 0) throw conflict('VDS_CANNOT_REMOVE_CLUSTER_VDS_DETECTED');
      if (count && count.pools > 0) throw conflict('CLUSTER_CANNOT_REMOVE_HAS_VM_POOLS');
      if (count && count.vms > 0) throw conflict('VM_CANNOT_REMOVE_CLUSTER_VMS_DETECTED');
      if (count && count.templates > 0) throw conflict('VMT_CANNOT_REMOVE_CLUSTER_VMTS_DETECTED');
      await forgetProfilePermissions(trx, cpuProfiles, id);
      await trx.deleteFrom('cluster').where('id', '=', id).execute();
      await revokeAllOn(trx, [id]);
      await recordEvent(trx, { name: 'USER_REMOVE_CLUSTER', cluster: { id, name }, ...attribution(context) });
      await noteChange(trx, 'cluster', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveCluster',
        description: `Removing Cluster ${name}`,
        subjects: [{ type: 'cluster', id }],
      });
    });
    return done(job);
  },
};
