import { json } from '@virgate/database';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent, type EventRecord } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';
import { vmsWentDown } from '../vms/went-down.ts';

const exitError = 1;

/**
 * Takes for certain that nothing runs on a host any more: its VMs are down, except those that a job is busy with, and it manages no
 * storage. To be called only when its power was off, or a person says so.
 */
export async function hostIsDown(
  trx: Transaction<Tables>,
  host: { id: string; name: string },
  by: Pick<EventRecord, 'user' | 'correlationId' | 'jobId'>,
): Promise<void> {
  // What was tried elsewhere goes on as any other start.
  await trx.deleteFrom('vm_elsewhere').where('host_id', '=', host.id).execute();
  const vms = await sql<{ id: string; name: string }>`
    update vm_state s set status = 'down', host_id = null, migrating_to_host_id = null, exit_status = ${exitError}, exit_message = 'The host was rebooted',
      stopped_at = now(), run_once = false, run_configuration = null, lease_domain_id = null, guest = ${json({})}, graphics = ${json([])}, pause_code = null
    from vm t where t.id = s.vm_id and s.host_id = ${host.id}
      and not exists (select 1 from object_lock l where l.lock_group = 'VM' and l.object_id = t.id::text)
    returning t.id, t.name`.execute(trx);
  await vmsWentDown(
    trx,
    vms.rows.map((vm) => vm.id),
  );
  for (const vm of vms.rows) await recordEvent(trx, { name: 'VM_WAS_SET_DOWN_DUE_TO_HOST_REBOOT_OR_MANUAL_FENCE', vm, host, ...by });
  const pools = await trx
    .updateTable('data_center')
    .set({ spm_host_id: null })
    .where('spm_host_id', '=', host.id)
    .returning('id')
    .execute();
  await noteChange(
    trx,
    'vm',
    vms.rows.map((vm) => vm.id),
    'update',
  );
  await noteChange(
    trx,
    'data_center',
    pools.map((pool) => pool.id),
    'update',
  );
  await noteChange(trx, 'host', host.id, 'update');
}
