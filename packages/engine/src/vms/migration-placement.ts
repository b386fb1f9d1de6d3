import type { Kysely } from 'kysely';
import { Fault, refused, conflict } from '../rest/fault.ts';
import { statusOfMessage } from '../rest/messages.ts';
import { loadQuestion } from '../scheduling/load.ts';
import { explain, schedule, type SchedulingResult } from '../scheduling/schedule.ts';
import type { SchedulingSnapshot } from '../scheduling/snapshot.ts';
import type { Tables } from '../tables/schema.ts';
import { bindingNics } from '../nics/virtual-functions.ts';
import { loadPlan } from './plan.ts';

const frame = { VAR_ACTION: 'migrate', VAR_TYPE: 'VM' };

const boundByNics = 'ACTION_TYPE_FAILED_MIGRATION_OF_NON_MIGRATABLE_PASSTHROUGH_VNICS_IS_NOT_SUPPORTED';

/** The fault that NICs, by name, bind a VM to its host. */
export const stuckByNics = (interfaces: readonly string[]): Fault => refused(boundByNics, { ...frame, interfaces: interfaces.join(', ') });

/** Why a VM cannot leave its host, of what lies in the VM itself. @param forced a person wants it though it is to be moved by hand only */
export async function whyNotMovable(
  db: Kysely<Tables>,
  vmId: string,
  forced: boolean,
): Promise<
  | 'ACTION_TYPE_FAILED_VM_IS_PINNED_TO_HOST'
  | 'ACTION_TYPE_FAILED_VM_IS_NON_MIGRTABLE_AND_IS_NOT_FORCED_BY_USER_TO_MIGRATE'
  | 'ACTION_TYPE_FAILED_VM_HAS_ATTACHED_PCI_HOST_DEVICES'
  | 'ACTION_TYPE_FAILED_VM_USES_SCSI_RESERVATION'
  | typeof boundByNics
  | null
> {
  const vm = await db.selectFrom('vm').select('affinity').where('id', '=', vmId).executeTakeFirst();
  if (vm?.affinity === 'pinned') return 'ACTION_TYPE_FAILED_VM_IS_PINNED_TO_HOST';
  if (vm?.affinity === 'user_migratable' && !forced) return 'ACTION_TYPE_FAILED_VM_IS_NON_MIGRTABLE_AND_IS_NOT_FORCED_BY_USER_TO_MIGRATE';
  const device = await db.selectFrom('vm_host_device').select('device_name').where('vm_id', '=', vmId).executeTakeFirst();
  if (device) return 'ACTION_TYPE_FAILED_VM_HAS_ATTACHED_PCI_HOST_DEVICES';
  const reserving = await db
    .selectFrom('disk_attachment')
    .select('disk_id')
    .where('vm_id', '=', vmId)
    .where('active', '=', true)
    .where('uses_scsi_reservation', '=', true)
    .executeTakeFirst();
  if (reserving) return 'ACTION_TYPE_FAILED_VM_USES_SCSI_RESERVATION';
  return (await bindingNics(db, vmId)).length > 0 ? boundByNics : null;
}

/** @throws {Fault} 409 when the VM itself keeps it where it is */
export async function checkMovable(db: Kysely<Tables>, vmId: string, forced: boolean): Promise<void> {
  const reason = await whyNotMovable(db, vmId, forced);
  if (reason === null) return;
  if (reason === boundByNics) throw stuckByNics(await bindingNics(db, vmId));
  throw reason === 'ACTION_TYPE_FAILED_VM_HAS_ATTACHED_PCI_HOST_DEVICES' ? conflict(reason, frame) : refused(reason, frame);
}

/**
 * Where a VM could go, by its cluster's scheduling policy.
 * @param how `mustLeave`: hard rules among VMs keep it nowhere when no host is left that keeps them all: the VMs that it is bound to leave
 * one by one. Source: engine behaviour, hosts that go into maintenance. `sourceId`: null for a VM that does not run. `together`: VMs that
 * go the same way, so that rules among them keep none of them back
 */
export async function placeMigration(
  db: Kysely<Tables>,
  {
    vmId,
    sourceId,
    onlyHosts,
    mustLeave,
    together = [],
  }: { vmId: string; sourceId: string | null; onlyHosts: readonly string[] | null; mustLeave: boolean; together?: readonly string[] },
): Promise<{ result: SchedulingResult; snapshot: SchedulingSnapshot; clusterId: string | null }> {
  const plan = await loadPlan(db, vmId, {});
  const limits = { onlyHosts, exceptHosts: sourceId === null ? [] : [sourceId], currentHost: sourceId };
  const { request, snapshot: known, clusterId } = await loadQuestion(db, plan, null, limits);
  const placements = new Map([...known.cluster.placements].filter(([id]) => !together.includes(id)));
  const snapshot = { ...known, cluster: { ...known.cluster, placements } };
  const result = schedule(snapshot, request);
  const final = mustLeave && result.ranked.length === 0 ? schedule(snapshot, { ...request, ignoresVmAffinity: true }) : result;
  return { result: final, snapshot, clusterId };
}

/** The fault that no host can take the VM, with what keeps it from each. */
export function noDestination(result: SchedulingResult): Fault {
  const key = result.messageKey ?? 'SCHEDULING_ALL_HOSTS_FILTERED_OUT';
  return new Fault(statusOfMessage(key), 'Operation Failed', ['[', { message: key, values: frame }, ' ', ...explain(result), ']'], { key });
}
