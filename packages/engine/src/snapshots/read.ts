import type { Cdrom, Disk, Nic, Snapshot } from '@virgate/contract/generated/types';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { nicsOf } from '../nics/read.ts';
import { notFound } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { placeOf } from '../rest/represent.ts';
import type { SnapshotTable } from '../tables/schema.ts';
import { blankId, shownDefinition, type VmRow } from '../vms/definition.ts';
import type { VmConfiguration } from './configuration.ts';

type Row = Omit<Selectable<SnapshotTable>, 'configuration'> & {
  configuration: VmConfiguration | null;
  has_memory: boolean;
  definition: VmRow;
};

function snapshotOf(row: Row): Snapshot {
  const kept = row.configuration;
  // The active one is the VM itself, whose definition stands with the VM. Source: REST contract, snapshots.
  const { comment: _comment, ...definition } =
    kept === null || row.type === 'active'
      ? { comment: '' }
      : shownDefinition({ ...row.definition, ...(kept.vm as Partial<VmRow>), description: '', comment: '' });
  return {
    ...definition,
    id: row.id,
    description: row.description,
    snapshot_type: row.type as Snapshot['snapshot_type'],
    snapshot_status: row.status as Snapshot['snapshot_status'],
    date: row.created_at,
    persist_memorystate: row.has_memory,
    vm: { id: row.vm_id },
  };
}

/** Snapshots of many VMs at once, oldest first. VMs that the caller may not see have none. */
export async function snapshotsOf(context: Context, vmIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await read(context, sql<boolean>`s.vm_id = any(${vmIds}::uuid[])`, sql<boolean>`t.id = any(${vmIds}::uuid[])`);
  return Map.groupBy(found, (one) => (one['vm'] as Entity).id ?? '');
}

/** Snapshots of VMs that the caller sees, with their places. */
export async function snapshotsByIds(context: Context, ids: readonly string[]): Promise<Entity[]> {
  const known = sql`any(${ids.filter(isUuid)}::uuid[])`;
  const found = await read(
    context,
    sql<boolean>`s.id = ${known}`,
    sql<boolean>`t.id in (select x.vm_id from snapshot x where x.id = ${known})`,
  );
  return found.map((one) => ({ ...one, href: placeOf('vms', (one['vm'] as Entity).id ?? '', 'snapshots', one.id ?? '') }));
}

/** Snapshots that meet a condition, and the definitions of their VMs. */
async function read(context: Context, condition: RawBuilder<boolean>, ofVms: RawBuilder<boolean>): Promise<Entity[]> {
  const visible = context.filtered ? visibleTo(context.user, 'vm', 't') : sql<boolean>`true`;
  const [found, vms] = await Promise.all([
    sql<Row & { configuration: VmConfiguration | null }>`
      select s.*, exists (select 1 from snapshot_memory m where m.snapshot_id = s.id) as has_memory from snapshot s join vm t on t.id = s.vm_id
      where ${condition} and s.type in ('regular', 'active', 'stateless', 'preview') and ${visible}
      order by (s.type = 'active') desc, s.created_at, s.id`.execute(context.db),
    sql<VmRow>`select t.* from vm t where ${ofVms} and t.entity_type = 'vm'`.execute(context.db),
  ]);
  const definitions = new Map(vms.rows.map((vm) => [vm.id, vm]));
  return found.rows.flatMap((row): Entity[] => {
    const definition = definitions.get(row.vm_id);
    return definition ? [snapshotOf({ ...row, definition }) as Entity] : [];
  });
}

/** One snapshot of a VM. @throws {Fault} 404 */
export async function snapshot(context: Context, vmId: string, id: string): Promise<Entity> {
  const found = isUuid(vmId) ? (await snapshotsOf(context, [vmId])).get(vmId)?.find((one) => one.id === id) : undefined;
  if (!found) throw notFound();
  return found;
}

interface DiskRow {
  owner_id: string;
  vm_id: string;
  disk_id: string;
  image_id: string;
  name: string;
  description: string;
  format: string;
  sparse: boolean;
  provisioned_bytes: number;
  actual_bytes: number;
  status: string;
  storage_domain_id: string;
  bootable: boolean | null;
  interface: string | null;
  wipe_after_delete: boolean;
  content_type: string;
  qcow_version: string | null;
}

const diskOf = (row: DiskRow): Disk => ({
  id: row.disk_id,
  image_id: row.image_id,
  name: row.name,
  alias: row.name,
  description: row.description,
  format: row.format as Disk['format'],
  sparse: row.sparse,
  provisioned_size: row.provisioned_bytes,
  actual_size: row.actual_bytes,
  status: row.status as Disk['status'],
  storage_type: 'image',
  content_type: row.content_type as Disk['content_type'],
  wipe_after_delete: row.wipe_after_delete,
  ...(row.qcow_version !== null && row.format === 'cow' ? { qcow_version: row.qcow_version as Disk['qcow_version'] } : {}),
  ...(row.bootable === null ? {} : { bootable: row.bootable }),
  ...(row.interface === null ? {} : { interface: row.interface as Disk['interface'] }),
  storage_domains: [{ id: row.storage_domain_id }],
  snapshot: { id: row.owner_id },
  vm: { id: row.vm_id },
});

/** The disks of many snapshots at once, each with the volume that the snapshot has; the active one has what the VM writes to. */
export async function disksOfSnapshots(context: Context, snapshotIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const visible = context.filtered ? visibleTo(context.user, 'vm', 't') : sql<boolean>`true`;
  const found = await sql<DiskRow>`
    select s.id as owner_id, s.vm_id, d.id as disk_id, i.id as image_id, d.name, d.description, i.format, i.sparse, i.provisioned_bytes, i.actual_bytes, i.status, i.storage_domain_id,
      a.bootable, a.interface, d.wipe_after_delete, d.content_type, d.qcow_version
    from snapshot s join vm t on t.id = s.vm_id
      join image i on case when s.type = 'active' then i.active and i.disk_id in (select x.disk_id from disk_attachment x where x.vm_id = s.vm_id) else i.snapshot_id = s.id end
      join disk d on d.id = i.disk_id left join disk_attachment a on a.disk_id = d.id and a.vm_id = s.vm_id
    where s.id = any(${snapshotIds}::uuid[]) and ${visible} order by a.bootable desc nulls last, d.name, d.id`.execute(context.db);
  const byOwner = new Map<string, Entity[]>();
  for (const row of found.rows) byOwner.set(row.owner_id, [...(byOwner.get(row.owner_id) ?? []), diskOf(row) as Entity]);
  return byOwner;
}

/** What a snapshot keeps beside its disks. */
async function configurationsOf(
  context: Context,
  snapshotIds: readonly string[],
): Promise<{ id: string; vm_id: string; type: string; configuration: VmConfiguration | null }[]> {
  const visible = context.filtered ? visibleTo(context.user, 'vm', 't') : sql<boolean>`true`;
  const found = await sql<{ id: string; vm_id: string; type: string; configuration: VmConfiguration | null }>`
    select s.id, s.vm_id, s.type, s.configuration from snapshot s join vm t on t.id = s.vm_id where s.id = any(${snapshotIds}::uuid[]) and ${visible}`.execute(
    context.db,
  );
  return found.rows;
}

const nicOf = (kept: VmConfiguration['nics'][number]): Nic => ({
  ...(kept.settings as Nic),
  id: kept.id,
  name: kept.name,
  interface: kept.interface as Nic['interface'],
  linked: kept.linked,
  plugged: kept.plugged,
  ...(kept.mac === null ? {} : { mac: { address: kept.mac } }),
  ...(kept.vnic_profile_id === null ? {} : { vnic_profile: { id: kept.vnic_profile_id } }),
  vm: { id: kept.vm_id },
});

/** The NICs that VMs had at their snapshots; those of the active ones are the VMs' own. */
export async function nicsOfSnapshots(context: Context, snapshotIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const rows = await configurationsOf(context, snapshotIds);
  const own = await nicsOf(
    context,
    rows.filter((row) => row.type === 'active').map((row) => row.vm_id),
    'vm',
  );
  return new Map(
    rows.map((row) => [
      row.id,
      row.type === 'active' ? (own.get(row.vm_id) ?? []) : (row.configuration?.nics ?? []).map((nic) => nicOf(nic) as Entity),
    ]),
  );
}

/** The CD drives at snapshots: every VM has one, empty or with an image. */
export async function cdromsOfSnapshots(context: Context, snapshotIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const rows = await configurationsOf(context, snapshotIds);
  const active = rows.filter((row) => row.type === 'active').map((row) => row.vm_id);
  const now = await sql<{ vm_id: string; disk_id: string | null; file: string | null }>`
    select vm_id, disk_id, file from vm_cdrom where vm_id = any(${active}::uuid[])`.execute(context.db);
  return new Map(
    rows.map((row) => {
      const inside = row.type === 'active' ? now.rows.find((one) => one.vm_id === row.vm_id) : row.configuration?.cdrom;
      const file = inside?.disk_id ?? inside?.file;
      const cdrom: Cdrom = { id: blankId, ...(file ? { file: { id: file } } : {}), vm: { id: row.vm_id } };
      return [row.id, [cdrom as Entity]];
    }),
  );
}
