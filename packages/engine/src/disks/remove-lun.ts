import { sql, type Transaction } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { attribution } from '../rest/write.ts';
import { forgetUnused } from '../storage-connections/unused.ts';
import type { Tables } from '../tables/schema.ts';

/** A disk that is a LUN is none any more; a connection that nothing else uses goes with it. */
export async function forgetLunDisk(trx: Transaction<Tables>, diskId: string): Promise<void> {
  const lun = await trx.selectFrom('disk_lun').select('storage_connection_id').where('disk_id', '=', diskId).executeTakeFirst();
  await trx.deleteFrom('disk').where('id', '=', diskId).execute();
  if (lun?.storage_connection_id) await forgetUnused(trx, lun.storage_connection_id);
  await revokeAllOn(trx, [diskId]);
  await noteChange(trx, 'disk', diskId, 'remove');
}

/**
 * Forgets a disk that is a LUN, in the caller's transaction: what is on the LUN stays. A connection that nothing else uses goes with it.
 * @returns the job that tells of it
 * @throws {Fault} 409 while a running VM has it
 */
export async function removeLunDisk(trx: Transaction<Tables>, context: Context, diskId: string): Promise<string> {
  const disk = await trx.selectFrom('disk').select('name').where('id', '=', diskId).forUpdate().executeTakeFirstOrThrow();
  const users = await sql<{ id: string; name: string; status: string | null }>`
    select v.id, v.name, s.status from disk_attachment a join vm v on v.id = a.vm_id left join vm_state s on s.vm_id = v.id
    where a.disk_id = ${diskId}::uuid and v.entity_type = 'vm'`.execute(trx);
  const running = users.rows.find(({ status }) => status !== 'down');
  if (running)
    throw conflict('ACTION_TYPE_FAILED_VM_IS_NOT_DOWN', { VAR_ACTION: 'remove', VAR_TYPE: 'Virtual Disk', vmName: running.name });
  await forgetLunDisk(trx, diskId);
  await recordEvent(trx, { name: 'USER_FINISHED_REMOVE_DISK', ...attribution(context), values: { disk: disk.name } });
  for (const { id } of users.rows) await noteChange(trx, 'vm', id, 'update');
  return context.engine.jobs.record(trx, context, {
    action: 'RemoveDisk',
    description: `Removing Disk ${disk.name}`,
    subjects: [{ type: 'disk', id: diskId }],
  });
}
