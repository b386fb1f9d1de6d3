import { defineSaga } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { conflict } from '../rest/fault.ts';
import { done, started, type Context, type Operation } from '../rest/operation.ts';
import { actor, attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { backupFault, stopOnHost } from './host-calls.ts';
import { backupOfPath } from './read.ts';
import { backupRow, endBackup } from './rows.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

interface Params {
  backupId: string;
  vmId: string;
  vmName: string;
  user: { id: string; name: string };
  correlationId: string;
}

const frame = { VAR_ACTION: 'finalize', VAR_TYPE: 'VM Backup' };

/** Ends a backup: its host serves the disks no more, and they may be used again. */
export const finalizeBackupSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, object, Transaction<Tables>>({
    name: 'StopVmBackup',
    version: 1,
    title: (params) => `Finalizing a backup of VM ${params.vmName}`,
    locks: (params) => [
      { group: 'VM_BACKUP', objectId: params.backupId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_VM_BACKUP_LOCKED' },
    ],
    steps: [
      {
        name: 'stop',
        title: 'Ending the backup on its host',
        retry: { attempts: 6, delayMs: 1_000, when: (error) => error instanceof VdsmError && error.code === connectionLost },
        async run(ctx) {
          const row = await ctx.tx((trx) => backupRow(trx, ctx.params.backupId));
          // the servers of a VM that is down ended with their transfers
          if (!row.live || row.host_id === null || row.phase !== 'finalizing') return;
          await stopOnHost({ hosts, hostId: row.host_id, vmId: row.vm_id, signal: ctx.signal }, row.id).catch((error: unknown) => {
            throw backupFault(error);
          });
        },
      },
    ],
    async ended(end, trx) {
      const { backupId, vmId, vmName } = end.params;
      const good = end.status === 'succeeded';
      const row = await endBackup(trx, backupId, good ? 'succeeded' : 'failed');
      // it had ended with its VM, and that was told
      if (row === undefined) return;
      const about = { vm: { id: vmId, name: vmName }, ...ofJob(end), values: { backup: backupId, reason: end.error?.message ?? '' } };
      await recordEvent(trx, { name: good ? 'VM_BACKUP_FINALIZED' : 'VM_BACKUP_FAILED_TO_FINALIZE', ...about });
      if (good) await recordEvent(trx, { name: 'VM_BACKUP_SUCCEEDED', ...about });
    },
  }) as unknown as EngineSaga;

/** The disks of a backup, on which the permit to back up is needed. */
export async function disksOfPath(context: Context): Promise<{ type: 'disk' | 'vm'; id: string }[]> {
  const { rows } = await sql<{
    id: string;
  }>`select disk_id as id from vm_backup_disk where backup_id::text = ${context.path['backup'] ?? ''}`.execute(context.db);
  return rows.length === 0 ? [{ type: 'vm', id: context.path['vm'] ?? '' }] : rows.map(({ id }) => ({ type: 'disk', id }));
}

/** `POST vms/{vm}/backups/{backup}/finalize`. */
export const finalizeBackup: Operation = {
  permit: 'backup_disk',
  subjects: disksOfPath,
  async run(context) {
    const { id: backupId = '' } = await backupOfPath(context);
    const job = await write(context, async (trx) => {
      const row = await trx.selectFrom('vm_backup').selectAll().where('id', '=', backupId).forUpdate().executeTakeFirstOrThrow();
      if (row.phase !== 'ready') throw conflict('ACTION_TYPE_FAILED_VM_BACKUP_NOT_READY', frame);
      const busy = await trx
        .selectFrom('image_transfer')
        .select('id')
        .where('backup_id', '=', backupId)
        .where('phase', 'not in', ['finished_success', 'finished_failure', 'finished_cleanup'])
        .execute();
      if (busy.length > 0) throw conflict('ACTION_TYPE_FAILED_ACTIVE_IMAGE_TRANSFER_FOR_VM_BACKUP', frame);
      const { name: vmName } = await trx.selectFrom('vm').select('name').where('id', '=', row.vm_id).executeTakeFirstOrThrow();
      const id = await context.engine.jobs.beginIn<Params>(trx, context, 'StopVmBackup', {
        params: { backupId, vmId: row.vm_id, vmName, user: actor(context), correlationId: context.correlationId },
        description: `Finalizing a backup of VM ${vmName}`,
        subjects: [{ type: 'vm', id: row.vm_id }],
      });
      await trx.updateTable('vm_backup').set({ phase: 'finalizing', updated_at: new Date() }).where('id', '=', backupId).execute();
      await noteChange(trx, 'vm', row.vm_id, 'update');
      await recordEvent(trx, {
        name: 'VM_BACKUP_STOPPED',
        vm: { id: row.vm_id, name: vmName },
        ...attribution(context),
        jobId: id,
        values: { backup: backupId },
      });
      return id;
    });
    if (context.asynchronous) return started(job);
    await context.engine.jobs.settle(job);
    return done(job);
  },
};
