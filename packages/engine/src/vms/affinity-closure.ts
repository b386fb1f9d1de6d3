import type { Kysely } from 'kysely';
import { loadAffinityGroups } from '../affinity-groups/load.ts';
import { boundVms } from '../scheduling/affinity.ts';
import type { Tables } from '../tables/schema.ts';

/** A VM that another is bound to. */
export interface Companion {
  id: string;
  name: string;
}

/**
 * VMs that run on the host of a VM and that hard positive rules bind to it, through others too, without the VM itself. Source: REST
 * contract, `migrate_vms_in_affinity_closure`.
 */
export async function affinityClosure(db: Kysely<Tables>, vmId: string): Promise<Companion[]> {
  const vm = await db
    .selectFrom('vm')
    .innerJoin('vm_state', 'vm_state.vm_id', 'vm.id')
    .select(['vm.cluster_id', 'vm_state.host_id'])
    .where('vm.id', '=', vmId)
    .executeTakeFirst();
  if (vm?.cluster_id == null || vm.host_id === null) return [];
  const bound = boundVms(await loadAffinityGroups(db, vm.cluster_id), vmId);
  if (bound.length === 0) return [];
  return db
    .selectFrom('vm')
    .innerJoin('vm_state', 'vm_state.vm_id', 'vm.id')
    .select(['vm.id', 'vm.name'])
    .where('vm.id', 'in', bound)
    .where('vm_state.host_id', '=', vm.host_id)
    .orderBy('vm.name')
    .execute();
}
