import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent, type EventRecord } from '../events/record.ts';
import type { Tables, VmBackupTable } from '../tables/schema.ts';

type Trx = Transaction<Tables>;

export type BackupRow = Selectable<VmBackupTable>;

/** Phases in which a backup is over. */
export const endPhases = ['succeeded', 'failed'] as const;

/** A disk of a backup with the volume that is written to. */
export interface BackupDisk {
  diskId: string;
  name: string;
  volumeId: string;
  storageDomainId: string;
  dataCenterId: string;
  mode: 'full' | 'incremental';
  /** What changes on it is recorded from this backup on. */
  checkpoint: boolean;
}

/** A checkpoint of a VM, with those of its disks that the VM still has. */
export interface CheckpointOfChain {
  id: string;
  createdSeconds: number;
  disks: Pick<BackupDisk, 'diskId' | 'volumeId' | 'storageDomainId' | 'dataCenterId'>[];
}

export const backupRow = (db: Kysely<Tables>, id: string): Promise<BackupRow> =>
  db.selectFrom('vm_backup').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

/** The backup that a VM has under way. */
export const activeBackup = (db: Kysely<Tables>, vmId: string): Promise<BackupRow | undefined> =>
  db
    .selectFrom('vm_backup')
    .selectAll()
    .where('vm_id', '=', vmId)
    .where('phase', 'not in', [...endPhases])
    .executeTakeFirst();

/** The checkpoints of a VM that can be stood on, the oldest first. */
export async function chainOf(db: Kysely<Tables>, vmId: string): Promise<CheckpointOfChain[]> {
  const found = await sql<CheckpointOfChain>`
    select c.id, extract(epoch from c.created_at)::bigint as "createdSeconds", coalesce((
      select jsonb_agg(jsonb_build_object('diskId', d.disk_id, 'volumeId', i.id, 'storageDomainId', i.storage_domain_id, 'dataCenterId', x.data_center_id) order by d.disk_id)
      from vm_checkpoint_disk d join disk_attachment a on a.disk_id = d.disk_id and a.vm_id = c.vm_id join image i on i.disk_id = d.disk_id and i.active
        join data_center_storage_domain x on x.storage_domain_id = i.storage_domain_id
      where d.checkpoint_id = c.id), '[]') as disks
    from vm_checkpoint c where c.vm_id = ${vmId} and c.state = 'created' order by c.sequence`.execute(db);
  return found.rows;
}

/** Nobody can tell any more what changed: the checkpoints stay to be seen, and none is stood on. */
export async function invalidateChain(
  trx: Trx,
  vm: { id: string; name: string },
  reason: string,
  about: Pick<EventRecord, 'user' | 'correlationId' | 'jobId'>,
): Promise<void> {
  const changed = await trx
    .updateTable('vm_checkpoint')
    .set({ state: 'invalid' })
    .where('vm_id', '=', vm.id)
    .where('state', '=', 'created')
    .returning('id')
    .execute();
  if (changed.length === 0) return;
  await recordEvent(trx, { name: 'VM_INCREMENTAL_BACKUP_FAILED_FULL_VM_BACKUP_NEEDED', vm, ...about, values: { reason } });
  await noteChange(trx, 'vm', vm.id, 'update');
}

/** What was recorded of a disk is lost: checkpoints of the VM that has it are stood on no more, where they are of that disk. */
export async function loseRecordsOf(
  trx: Trx,
  diskId: string,
  reason: string,
  about: Pick<EventRecord, 'user' | 'correlationId' | 'jobId'>,
): Promise<void> {
  const found = await sql<{ id: string; name: string }>`select distinct v.id, v.name from vm_checkpoint_disk d
    join vm_checkpoint c on c.id = d.checkpoint_id and c.state = 'created' join vm v on v.id = c.vm_id where d.disk_id = ${diskId}`.execute(
    trx,
  );
  for (const vm of found.rows) await invalidateChain(trx, vm, reason, about);
}

/** Shows the disks of a backup as locked, or as well again. */
export async function setBackupDisks(trx: Trx, diskIds: readonly string[], status: 'ok' | 'locked'): Promise<void> {
  if (diskIds.length === 0) return;
  await trx
    .updateTable('disk')
    .set({ status })
    .where('id', 'in', [...diskIds])
    .where('status', 'in', ['ok', 'locked'])
    .execute();
  await noteChange(trx, 'disk', [...diskIds], 'update');
}

/** Notes that no host serves the disks of a backup any more. */
export async function servedNoMore(trx: Trx, backupId: string): Promise<void> {
  await trx.updateTable('vm_backup_disk').set({ url: null }).where('backup_id', '=', backupId).execute();
}

/** Ends a backup that is under way. @returns false when it was over already */
export async function endBackup(trx: Trx, backupId: string, phase: 'succeeded' | 'failed'): Promise<BackupRow | undefined> {
  const row = await trx
    .updateTable('vm_backup')
    .set({ phase, updated_at: new Date() })
    .where('id', '=', backupId)
    .where('phase', 'not in', [...endPhases])
    .returningAll()
    .executeTakeFirst();
  if (!row) return undefined;
  if (phase === 'succeeded') await servedNoMore(trx, backupId);
  const disks = await trx.selectFrom('vm_backup_disk').select('disk_id').where('backup_id', '=', backupId).execute();
  await setBackupDisks(
    trx,
    disks.map((disk) => disk.disk_id),
    'ok',
  );
  await noteChange(trx, 'vm', row.vm_id, 'update');
  return row;
}

/** Backups of running VMs end with their VMs' runs: nothing serves the disks any more. */
export async function failBackupsOf(trx: Trx, vmIds: readonly string[], reason: string): Promise<void> {
  if (vmIds.length === 0) return;
  const found = await trx
    .selectFrom('vm_backup')
    .innerJoin('vm', 'vm.id', 'vm_backup.vm_id')
    .select(['vm_backup.id', 'vm_backup.vm_id', 'vm.name', 'vm_backup.created_by', 'vm_backup.created_by_name'])
    .where('vm_backup.vm_id', 'in', [...vmIds])
    .where('vm_backup.live', '=', true)
    // one that is being started ends with its job
    .where('vm_backup.phase', 'in', ['ready', 'finalizing'])
    .execute();
  for (const row of found) {
    if ((await endBackup(trx, row.id, 'failed')) === undefined) continue;
    await servedNoMore(trx, row.id);
    await recordEvent(trx, {
      name: 'VM_BACKUP_FAILED_UNMONITORED',
      vm: { id: row.vm_id, name: row.name },
      user: { id: row.created_by, name: row.created_by_name },
      values: { backup: row.id, reason },
    });
  }
}
