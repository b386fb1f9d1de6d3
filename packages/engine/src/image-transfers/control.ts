import type { EventName } from '@virgate/contract/generated/events';
import { sql } from 'kysely';
import { recordEvent } from '../events/record.ts';
import { conflict, refused } from '../rest/fault.ts';
import { done, type Context, type Operation } from '../rest/operation.ts';
import { actor, attribution, write } from '../rest/write.ts';
import { transferRow } from './begin.ts';
import type { EndParams } from './end.ts';
import { transfer } from './read.ts';
import { ask, closeTicket, openTicket, ticketSeconds, type TransferRow } from './ticket.ts';

const values = { VAR_ACTION: 'transfer', VAR_TYPE: 'Virtual Disk' };
const subjects: Operation['subjects'] = async (context) => {
  const found = await sql<{
    disk_id: string | null;
  }>`select disk_id from image_transfer where id::text = ${context.path['image_transfer'] ?? ''}`.execute(context.db);
  const diskId = found.rows[0]?.disk_id;
  return diskId == null ? [] : [{ type: 'disk', id: diskId }];
};

const wrongPhase = (phase: string) => conflict('ACTION_TYPE_FAILED_CANNOT_RESUME_IMAGE_TRANSFER', { ...values, phase });

async function rowOf(context: Context): Promise<TransferRow> {
  const { id = '' } = await transfer(context, context.path['image_transfer'] ?? '');
  return transferRow(context.db, id);
}

/** Moves a transfer from one of some phases to another, with its event. @returns false when it is in none of them by now */
async function change(context: Context, row: TransferRow, from: readonly string[], to: string, event: EventName | null): Promise<boolean> {
  return write(context, async (trx) => {
    const changed = await trx
      .updateTable('image_transfer')
      .set({ phase: to, updated_at: new Date() })
      .where('id', '=', row.id)
      .where('phase', 'in', [...from])
      .returning('id')
      .execute();
    if (changed.length > 0 && event !== null)
      await recordEvent(trx, { name: event, ...attribution(context), values: { disk: row.disk_name } });
    return changed.length > 0;
  });
}

const control = (run: Operation['run']): Operation => ({ permit: 'edit_disk_properties', subjects, run });
const open = ['transferring'] as const;
const paused = ['paused_user', 'paused_system'] as const;

/** Ends a transfer by a job, which the request does not wait for: clients poll the phase. */
async function end(
  context: Context,
  row: TransferRow,
  from: readonly string[],
  phase: string,
  outcome: EndParams['outcome'],
): Promise<void> {
  await write(context, async (trx) => {
    const changed = await trx
      .updateTable('image_transfer')
      .set({ phase, updated_at: new Date() })
      .where('id', '=', row.id)
      .where('phase', 'in', [...from])
      .returning('disk_id')
      .execute();
    if (!changed[0]) throw wrongPhase(row.phase);
    const job = await context.engine.jobs.beginIn<EndParams>(trx, context, 'TransferImageStatus', {
      params: {
        transferId: row.id,
        diskId: row.disk_id ?? '',
        diskName: row.disk_name,
        upload: row.direction === 'upload',
        ofBackup: row.backup_id !== null,
        outcome,
        user: actor(context),
        correlationId: context.correlationId,
      },
      description: `Ending the transfer of Disk ${row.disk_name}`,
      subjects: [{ type: 'disk', id: row.disk_id ?? '' }],
    });
    if (outcome === 'cancelled')
      await recordEvent(trx, { name: 'TRANSFER_IMAGE_CANCELLED', ...attribution(context), jobId: job, values: { disk: row.disk_name } });
  });
}

/** Actions of `imagetransfers/{id}`. Source: REST contract, ImageTransferService; engine behaviour, phases. */
export const transferActions: Record<string, Operation> = {
  finalize: control(async (context) => {
    const row = await rowOf(context);
    await end(context, row, [...open, ...paused], 'finalizing_success', 'success');
    return done();
  }),
  cancel: control(async (context) => {
    const row = await rowOf(context);
    await end(context, row, [...open, ...paused], 'cancelled_user', 'cancelled');
    return done();
  }),
  pause: control(async (context) => {
    const row = await rowOf(context);
    if (!(await change(context, row, open, 'paused_user', 'TRANSFER_IMAGE_PAUSED_BY_USER'))) throw wrongPhase(row.phase);
    await closeTicket({ hosts: context.engine.hosts }, row);
    return done();
  }),
  resume: control(async (context) => {
    const row = await rowOf(context);
    if (!(await change(context, row, paused, 'resuming', null))) throw wrongPhase(row.phase);
    try {
      const url = await openTicket({ hosts: context.engine.hosts }, context.db, row);
      await sql`update image_transfer set transfer_url = ${url}, ticket_until = now() + ${ticketSeconds} * interval '1 second' where id = ${row.id}`.execute(
        context.db,
      );
    } catch (error) {
      await change(context, row, ['resuming'], 'paused_system', null);
      throw error;
    }
    await change(context, row, ['resuming'], 'transferring', 'TRANSFER_IMAGE_RESUMED_BY_USER');
    return done();
  }),
  extend: control(async (context) => {
    const row = await rowOf(context);
    if (!open.some((phase) => phase === row.phase)) throw wrongPhase(row.phase);
    await ask({ hosts: context.engine.hosts }, row, 'Host.extend_image_ticket', { uuid: row.id, timeout: ticketSeconds }).catch(
      (error: unknown) => {
        throw refused('HOST_FAILED', { reason: error instanceof Error ? error.message : String(error) });
      },
    );
    await sql`update image_transfer set ticket_until = now() + ${ticketSeconds} * interval '1 second', updated_at = now() where id = ${row.id}`.execute(
      context.db,
    );
    return done();
  }),
};
