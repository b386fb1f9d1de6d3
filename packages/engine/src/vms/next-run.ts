import type { Vm } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { followInstanceType } from '../instance-types/bind.ts';
import { setTuneMode } from '../numa/load.ts';
import { Fault } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { columnsOf, definitionOf, rowWith, type VmRow } from './definition.ts';
import { merge, type Part } from './difference.ts';

/**
 * What a running VM gets at its next start is kept as a difference: the VM's row goes on saying how it runs. Once nothing runs any
 * more the difference is laid over the row.
 */

/** What waits for a VM's next start; an empty part where nothing does. */
export async function pendingOf(db: Kysely<Tables>, vmId: string): Promise<Part> {
  const row = await db.selectFrom('vm_next_run').select('change').where('vm_id', '=', vmId).executeTakeFirst();
  return row?.change ?? {};
}

/** Keeps what waits for a VM's next start. */
export async function keepPending(trx: Transaction<Tables>, vmId: string, change: Part): Promise<void> {
  if (Object.keys(change).length === 0) await trx.deleteFrom('vm_next_run').where('vm_id', '=', vmId).execute();
  else
    await trx
      .insertInto('vm_next_run')
      .values({ vm_id: vmId, change: json(change) })
      .onConflict((there) => there.column('vm_id').doUpdateSet({ change: json(change), created_at: new Date() }))
      .execute();
}

/** A VM's row as its next start will find it. @throws {Fault} when the two do not go together any more */
export const rowOfNextRun = (row: VmRow, change: Part): VmRow =>
  Object.keys(change).length === 0 ? row : rowWith(row, merge<Vm>(definitionOf(row), change));

/**
 * Gives VMs that run no more what waited for that, in the transaction that notes their end. Others of the given ones stay as they are.
 * What cannot be any more is dropped with an event.
 */
export async function applyNextRun(trx: Transaction<Tables>, vmIds: readonly string[]): Promise<void> {
  if (vmIds.length === 0) return;
  const waiting = await sql<{ vm_id: string; change: Part }>`
    select n.vm_id, n.change from vm_next_run n join vm_state s on s.vm_id = n.vm_id
    where n.vm_id = any(${[...vmIds]}::uuid[]) and s.status = 'down' order by n.vm_id for update of n`.execute(trx);
  for (const { vm_id: vmId, change } of waiting.rows) {
    const row = await trx.selectFrom('vm').selectAll().where('id', '=', vmId).forUpdate().executeTakeFirstOrThrow();
    try {
      const next = merge<Vm>(definitionOf(row), change);
      await setTuneMode(trx, vmId, definitionOf(row), next);
      await trx
        .updateTable('vm')
        .set({ ...columnsOf(next), updated_at: new Date() })
        .where('id', '=', vmId)
        .execute();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      await recordEvent(trx, { name: 'USER_FAILED_UPDATE_VM', vm: { id: vmId, name: row.name }, values: { reason: error.message } });
    }
    await trx.deleteFrom('vm_next_run').where('vm_id', '=', vmId).execute();
    await followInstanceType(trx, vmId);
    await noteChange(trx, 'vm', vmId, 'update');
  }
}
