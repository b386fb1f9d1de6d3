import type { VmStatus } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { sql, type Transaction } from 'kysely';
import { failBackupsOf } from '../backups/rows.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { keepFunctionsOf } from '../nics/virtual-functions.ts';
import type { RunThere, Tables } from '../tables/schema.ts';

/**
 * Highly available VMs with a lease whose host does not answer: they are started on another host, although nobody knows whether they run on
 * theirs. The storage decides: while their host lives and holds the lease, the start fails, and the VM is again one of a host that does not
 * answer, as if nothing had been tried. Source: engine behaviour, VM leases.
 */

type Trx = Transaction<Tables>;

/** Statuses of VMs that a fault of their host ended, if it ended them. One that is ending or being saved is left as it is. */
const lost: readonly VmStatus[] = ['up', 'powering_up', 'reboot_in_progress', 'not_responding', 'migrating', 'wait_for_launch', 'paused'];
/** Nobody but a person paused it: on its host it goes on as it was. */
const pausedByPerson = 'NOERR';

/**
 * Notes those VMs of a host that are to be tried elsewhere, since it does not answer. What they are started for already is given up for it.
 * To be called in the transaction that notes that nobody knows what they do, before it does.
 * @param afterMs how long the host is waited for
 */
export async function queueLeasedVms(trx: Trx, hostId: string, afterMs: number): Promise<void> {
  await sql`
    insert into vm_restart (vm_id, reason, next_at)
    select t.id, 'silent_host', now() + ${afterMs} * interval '1 millisecond' from vm t join vm_state s on s.vm_id = t.id
    where s.host_id = ${hostId} and t.high_availability and s.lease_domain_id is not null and s.status = any(${[...lost]})
      and s.pause_code is distinct from ${pausedByPerson}
    on conflict (vm_id) do update set reason = excluded.reason, attempts = 0, next_at = excluded.next_at`.execute(trx);
}

/**
 * Notes that a VM is being started elsewhere, with what is to be known of its run on the host that does not answer. Again for the next host
 * that is tried, and when a start is repeated.
 * @returns false when it is not to be: its host has told of it meanwhile
 */
export async function leaveSilentHost(
  trx: Trx,
  vmId: string,
  { silentHostId, hostId }: { silentHostId: string; hostId: string },
): Promise<boolean> {
  const row = await trx
    .selectFrom('vm_state')
    .select(['status', 'host_id', 'run_once', 'run_configuration', 'started_with', 'cpu_pinning', 'lease_domain_id'])
    .where('vm_id', '=', vmId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const tried = trx.selectFrom('vm_elsewhere').select('host_id').where('vm_id', '=', vmId).where('run', 'is not', null);
  if ((await tried.executeTakeFirst()) !== undefined) return true;
  const { status, host_id, ...run } = row;
  // A repeat after a crash: it was seen to run where it was started.
  if (host_id === hostId) return true;
  if (status !== 'unknown' || host_id !== silentHostId || run.lease_domain_id === null) return false;
  const there = { run: json<RunThere>(run) };
  await trx
    .insertInto('vm_elsewhere')
    .values({ vm_id: vmId, host_id, ...there })
    .onConflict((known) => known.columns(['vm_id', 'host_id']).doUpdateSet(there))
    .execute();
  return true;
}

const columnsOf = ({ run_once, run_configuration, started_with, cpu_pinning, lease_domain_id }: RunThere) => ({
  run_once,
  run_configuration: run_configuration === null ? null : json(run_configuration),
  started_with: started_with === null ? null : json(started_with),
  cpu_pinning: cpu_pinning === null ? null : json(cpu_pinning),
  lease_domain_id,
});

async function endAttempt(trx: Trx, vmId: string): Promise<{ host_id: string; run: RunThere } | undefined> {
  const [row] = await trx
    .deleteFrom('vm_elsewhere')
    .where('vm_id', '=', vmId)
    .where('run', 'is not', null)
    .returning(['host_id', 'run'])
    .execute();
  return row?.run == null ? undefined : { host_id: row.host_id, run: row.run };
}

/**
 * The VM did not start elsewhere: it is again one of the host that does not answer.
 * @returns false when it was not being started elsewhere, or the host was found to run nothing meanwhile
 */
export async function returnToSilentHost(trx: Trx, vmId: string): Promise<boolean> {
  const row = await endAttempt(trx, vmId);
  if (row === undefined) return false;
  await trx
    .updateTable('vm_state')
    .set({
      ...columnsOf(row.run),
      status: 'unknown',
      host_id: row.host_id,
      migrating_to_host_id: null,
      event_stamp: 0,
      commanded_at: new Date(),
    })
    .where('vm_id', '=', vmId)
    .execute();
  await keepFunctionsOf(trx, vmId, row.host_id);
  await noteChange(trx, 'vm', vmId, 'update');
  return true;
}

/** A host was seen to run the VM: the one on which it was started, or its old one that answers again. */
export async function settleElsewhere(trx: Trx, vm: { id: string; name: string }, host: { id: string; name: string }): Promise<void> {
  const row = await endAttempt(trx, vm.id);
  if (row === undefined) return;
  await keepFunctionsOf(trx, vm.id, host.id);
  if (row.host_id === host.id) {
    await trx.updateTable('vm_state').set(columnsOf(row.run)).where('vm_id', '=', vm.id).execute();
    return;
  }
  await trx.insertInto('vm_elsewhere').values({ vm_id: vm.id, host_id: row.host_id, run: null }).execute();
  await failBackupsOf(trx, [vm.id], 'the VM was started anew on another host');
  await recordEvent(trx, { name: 'VDS_INITIATED_RUN_VM', vm, host });
}

/** A host that did not answer tells of all its VMs: what it had of those that run elsewhere now, and has no more, is forgotten. */
export async function forgetGone(trx: Trx, hostId: string, vmIds: readonly string[]): Promise<void> {
  await sql`delete from vm_elsewhere where host_id = ${hostId} and run is null and vm_id <> all(${[...vmIds]}::uuid[])`.execute(trx);
}
