import type { Disk, DiskAttachment, HostStorage, LogicalUnit } from '@virgate/contract/generated/types';
import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { quotaReference } from '../quotas/reference.ts';
import { tail, type Readable } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { ConnectionSettings } from '../storage-connections/definition.ts';
import type { DiskAttachmentTable, DiskTable, Tables } from '../tables/schema.ts';

type DiskRow = Selectable<DiskTable> & {
  image_id: string | null;
  actual_bytes: number;
  total_bytes: number;
  storage_domain_ids: string[] | null;
  quota_data_center_id: string | null;
  lun: LunRow | null;
};

/** A LUN that is a disk, with where hosts find it. */
interface LunRow {
  lun_id: string;
  storage_type: 'iscsi' | 'fcp';
  size_bytes: number;
  settings: LogicalUnit;
  address: string | null;
  connection: ConnectionSettings | null;
}

function lunStorageOf({ lun_id: id, storage_type: type, size_bytes: size, settings, address, connection }: LunRow): HostStorage {
  const { port, portal, target, username } = connection ?? {};
  const where = {
    ...(address === null ? {} : { address }),
    ...(port ? { port } : {}),
    ...(portal ? { portal } : {}),
    ...(target ? { target } : {}),
  };
  return { id, type, logical_units: [{ ...settings, ...where, ...(username ? { username } : {}), id, size }] };
}

/** What images and LUNs have alike. */
const plainDiskOf = (row: DiskRow): Disk => ({
  ...row.settings,
  id: row.id,
  name: row.name,
  alias: row.name,
  description: row.description,
  status: row.status as Disk['status'],
  storage_type: row.storage_type as Disk['storage_type'],
  content_type: row.content_type as Disk['content_type'],
  provisioned_size: row.provisioned_bytes,
  shareable: row.shareable,
  propagate_errors: row.propagate_errors,
});

function diskOf(row: DiskRow): Disk {
  if (row.storage_type === 'lun') return { ...plainDiskOf(row), ...(row.lun === null ? {} : { lun_storage: lunStorageOf(row.lun) }) };
  return {
    ...plainDiskOf(row),
    format: row.format as Disk['format'],
    sparse: row.sparse,
    actual_size: row.actual_bytes,
    total_size: row.total_bytes,
    wipe_after_delete: row.wipe_after_delete,
    backup: row.backup as Disk['backup'],
    ...(row.qcow_version === null ? {} : { qcow_version: row.qcow_version as Disk['qcow_version'] }),
    ...(row.image_id === null ? {} : { image_id: row.image_id }),
    ...(row.disk_profile_id === null ? {} : { disk_profile: { id: row.disk_profile_id } }),
    ...(row.quota_id === null ? {} : { quota: quotaReference(row.quota_id, row.quota_data_center_id) }),
    storage_domains: (row.storage_domain_ids ?? []).map((id) => ({ id })),
  };
}

const select = (condition: RawBuilder<unknown>): RawBuilder<DiskRow> => sql<DiskRow>`
  select t.*, (select i.id from image i where i.disk_id = t.id and i.active limit 1) as image_id,
    coalesce((select i.actual_bytes from image i where i.disk_id = t.id and i.active limit 1), 0) as actual_bytes,
    coalesce((select sum(i.actual_bytes)::bigint from image i where i.disk_id = t.id), 0) as total_bytes,
    (select array_agg(distinct i.storage_domain_id) from image i where i.disk_id = t.id and i.storage_domain_id is not null) as storage_domain_ids,
    (select q.data_center_id from quota q where q.id = t.quota_id) as quota_data_center_id,
    (select jsonb_build_object('lun_id', l.lun_id, 'storage_type', l.storage_type, 'size_bytes', l.size_bytes, 'settings', l.settings, 'address', c.address,
      'connection', c.settings - 'sealed_password') from disk_lun l left join storage_connection c on c.id = l.storage_connection_id where l.disk_id = t.id) as lun
  from disk t where ${condition}`;

/** Disks that people see: not those in which the engine keeps memory of suspended VMs. */
export const readableDisks: Readable = {
  objectType: 'disk',
  table: 'disk',
  order: sql`t.name, t.id`,
  search: 'disk',
  async read(context, selection) {
    const found = await sql<DiskRow>`${select(selection.condition)} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => diskOf(row) as Entity);
  },
};

type AttachmentRow = Selectable<DiskAttachmentTable> & { entity_type: string };

const attachmentOf = (row: AttachmentRow): DiskAttachment => ({
  id: row.disk_id,
  active: row.active,
  bootable: row.bootable,
  interface: row.interface as DiskAttachment['interface'],
  pass_discard: row.pass_discard,
  read_only: row.read_only,
  uses_scsi_reservation: row.uses_scsi_reservation,
  ...(row.logical_name ? { logical_name: row.logical_name } : {}),
  disk: { id: row.disk_id },
  ...(row.entity_type === 'template' ? { template: { id: row.vm_id } } : { vm: { id: row.vm_id } }),
});

/** Disk attachments of many VMs or templates at once. Owners that the caller may not see have none. */
export async function attachmentsOf(
  context: Context,
  ownerIds: readonly string[],
  type: 'vm' | 'template',
): Promise<Map<string, Entity[]>> {
  const visible = context.filtered ? visibleTo(context.user, type, 't') : sql<boolean>`true`;
  const found = await sql<AttachmentRow>`
    select a.*, t.entity_type from disk_attachment a join vm t on t.id = a.vm_id join disk d on d.id = a.disk_id
    where a.vm_id = any(${ownerIds}::uuid[]) and t.entity_type = ${type} and ${visible} order by a.bootable desc, d.name, a.disk_id`.execute(
    context.db,
  );
  return new Map([...Map.groupBy(found.rows, (row) => row.vm_id)].map(([id, own]) => [id, own.map((row) => attachmentOf(row) as Entity)]));
}

/** Where a disk lies, for jobs. */
export interface DiskPlace {
  diskId: string;
  name: string;
  status: string;
  volumeId: string;
  storageDomainId: string;
  dataCenterId: string;
  provisionedBytes: number;
  format: 'cow' | 'raw';
  sparse: boolean;
  wipe: boolean;
}

/** Places of disks, by id; disks without an image on an attached domain are left out. */
export async function placesOf(db: Kysely<Tables>, diskIds: readonly string[]): Promise<DiskPlace[]> {
  const found = await sql<DiskPlace>`
    select d.id as "diskId", d.name, d.status, i.id as "volumeId", i.storage_domain_id as "storageDomainId", x.data_center_id as "dataCenterId", d.provisioned_bytes as "provisionedBytes",
      i.format, i.sparse, d.wipe_after_delete as wipe
    from disk d join image i on i.disk_id = d.id and i.active join data_center_storage_domain x on x.storage_domain_id = i.storage_domain_id
    where d.id = any(${diskIds}::uuid[]) order by d.name, d.id`.execute(db);
  return found.rows;
}
