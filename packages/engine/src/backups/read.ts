import type { Backup, Checkpoint } from '@virgate/contract/generated/types';
import { sql, type Selectable } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { readableDisks } from '../disks/read.ts';
import { notFound } from '../rest/fault.ts';
import { byIds, isUuid } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { placeOf } from '../rest/represent.ts';
import type { VmCheckpointTable } from '../tables/schema.ts';
import type { BackupRow } from './rows.ts';

const backupOf = (row: BackupRow): Backup => ({
  id: row.id,
  phase: row.phase as Backup['phase'],
  creation_date: row.created_at,
  modification_date: row.updated_at,
  vm: { id: row.vm_id },
  ...(row.description === '' ? {} : { description: row.description }),
  ...(row.from_checkpoint_id === null ? {} : { from_checkpoint_id: row.from_checkpoint_id }),
  ...(row.to_checkpoint_id === null ? {} : { to_checkpoint_id: row.to_checkpoint_id }),
  ...(row.host_id === null ? {} : { host: { id: row.host_id } }),
});

const checkpointOf = (row: Selectable<VmCheckpointTable>): Checkpoint => ({
  id: row.id,
  state: row.state as Checkpoint['state'],
  creation_date: row.created_at,
  vm: { id: row.vm_id },
  ...(row.description === '' ? {} : { description: row.description }),
  ...(row.parent_id === null ? {} : { parent_id: row.parent_id }),
});

function byVm<Row extends { vm_id: string }>(rows: readonly Row[], make: (row: Row) => object): Map<string, Entity[]> {
  const found = new Map<string, Entity[]>();
  for (const row of rows) found.set(row.vm_id, [...(found.get(row.vm_id) ?? []), make(row) as Entity]);
  return found;
}

const visible = (context: Context) => (context.filtered ? visibleTo(context.user, 'vm', 't') : sql<boolean>`true`);

/** Backups of many VMs at once, oldest first. VMs that the caller may not see have none. */
export async function backupsOf(context: Context, vmIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const { rows } = await sql<BackupRow>`select b.* from vm_backup b join vm t on t.id = b.vm_id
    where b.vm_id = any(${vmIds}::uuid[]) and ${visible(context)} order by b.created_at, b.id`.execute(context.db);
  return byVm(rows, backupOf);
}

/** Backups of VMs that the caller sees, with their places. */
export async function backupsByIds(context: Context, ids: readonly string[]): Promise<Entity[]> {
  const { rows } = await sql<BackupRow>`select b.* from vm_backup b join vm t on t.id = b.vm_id
    where b.id = any(${ids.filter(isUuid)}::uuid[]) and ${visible(context)}`.execute(context.db);
  return rows.map((row) => ({ ...backupOf(row), href: placeOf('vms', row.vm_id, 'backups', row.id) }));
}

/** Checkpoints of many VMs at once, oldest first. VMs that the caller may not see have none. */
export async function checkpointsOf(context: Context, vmIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const { rows } = await sql<Selectable<VmCheckpointTable>>`select c.* from vm_checkpoint c join vm t on t.id = c.vm_id
    where c.vm_id = any(${vmIds}::uuid[]) and ${visible(context)} order by c.sequence`.execute(context.db);
  return byVm(rows, checkpointOf);
}

type Load = (context: Context, vmIds: readonly string[]) => Promise<Map<string, Entity[]>>;

async function oneOf(context: Context, load: Load, vmId: string, id: string): Promise<Entity> {
  const found = isUuid(vmId) ? (await load(context, [vmId])).get(vmId)?.find((one) => one.id === id) : undefined;
  if (!found) throw notFound();
  return found;
}

/** The backup of the request's path. @throws {Fault} 404 */
export const backupOfPath = (context: Context): Promise<Entity> =>
  oneOf(context, backupsOf, context.path['vm'] ?? '', context.path['backup'] ?? '');

/** The checkpoint of the request's path. @throws {Fault} 404 */
export const checkpointOfPath = (context: Context): Promise<Entity> =>
  oneOf(context, checkpointsOf, context.path['vm'] ?? '', context.path['checkpoint'] ?? '');

async function disksBy(
  context: Context,
  rows: readonly { owner_id: string; disk_id: string; mode: string | null }[],
): Promise<Map<string, Entity[]>> {
  const disks = await byIds(context, readableDisks, [...new Set(rows.map((row) => row.disk_id))]);
  const found = new Map<string, Entity[]>();
  for (const { owner_id: owner, disk_id: diskId, mode } of rows) {
    const disk = disks.find((one) => one.id === diskId);
    if (disk) found.set(owner, [...(found.get(owner) ?? []), { ...disk, ...(mode === null ? {} : { backup_mode: mode }) }]);
  }
  return found;
}

/** Disks of many backups at once, each with how it is backed up. */
export async function disksOfBackups(context: Context, backupIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const { rows } = await sql<{ owner_id: string; disk_id: string; mode: string }>`select b.backup_id as owner_id, b.disk_id, b.mode
    from vm_backup_disk b join disk d on d.id = b.disk_id where b.backup_id = any(${backupIds}::uuid[]) order by d.name, d.id`.execute(
    context.db,
  );
  return disksBy(context, rows);
}

/** Disks of many checkpoints at once. */
export async function disksOfCheckpoints(context: Context, checkpointIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const { rows } = await sql<{ owner_id: string; disk_id: string; mode: null }>`select c.checkpoint_id as owner_id, c.disk_id, null as mode
    from vm_checkpoint_disk c join disk d on d.id = c.disk_id where c.checkpoint_id = any(${checkpointIds}::uuid[]) order by d.name, d.id`.execute(
    context.db,
  );
  return disksBy(context, rows);
}
