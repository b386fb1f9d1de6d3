import type { LockRequest } from '@virgate/saga';
import type { Transaction } from 'kysely';
import { conflict, notFound, type Fault } from '../rest/fault.ts';
import type { VmStatus } from '@virgate/contract/generated/types';
import type { Tables } from '../tables/schema.ts';

/** The lock of an operation on a VM as a whole. */
export const vmLock = (vmId: string): LockRequest => ({
  group: 'VM',
  objectId: vmId,
  mode: 'exclusive',
  messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED',
});

/** A VM's row of state, locked for the rest of the transaction. */
export async function stateOf(
  trx: Transaction<Tables>,
  vmId: string,
): Promise<{ status: VmStatus; hostId: string | null; name: string; clusterId: string | null }> {
  const row = await trx
    .selectFrom('vm_state')
    .innerJoin('vm', 'vm.id', 'vm_state.vm_id')
    .select(['vm_state.status', 'vm_state.host_id', 'vm.name', 'vm.cluster_id'])
    .where('vm_state.vm_id', '=', vmId)
    .forUpdate('vm_state')
    .executeTakeFirst();
  if (!row) throw notFound();
  return { status: row.status as VmStatus, hostId: row.host_id, name: row.name, clusterId: row.cluster_id };
}

/** VMs that no host runs. */
export const notRunning: ReadonlySet<VmStatus> = new Set<VmStatus>(['down', 'suspended', 'image_locked']);

/** The fault of an action of which the contract's table (`status-rules.ts`) says nothing, in a status that does not allow it. */
export function wrongState(action: string, status: VmStatus): Fault {
  const values = { VAR_ACTION: action, VAR_TYPE: 'VM', vmStatus: status.replaceAll('_', ' ') };
  if (status === 'image_locked') return conflict('ACTION_TYPE_FAILED_VM_IS_LOCKED', values);
  return conflict('ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL', values);
}
