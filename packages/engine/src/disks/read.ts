import type { Disk, DiskAttachment } from '@virgate/contract/generated/types';
import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { quotaReference } from '../quotas/reference.ts';
import { tail, type Readable } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { DiskAttachmentTable, DiskTable, Tables } from '../tables/schema.ts';

type DiskRow = Selectable<DiskTable> & {
  image_id: string | null;
  actual_bytes: number;
  total_bytes: number;
  storage_domain_ids: string[] | null;
  quota_data_center_id: string | null;
};

function diskOf(row: DiskRow): Disk {
  return {
    ...row.settings,
    id: row.id,
    name: row.name,
    alias: row.name,
    description: row.description,
    status: row.status as Disk['status'],
    storage_type: row.storage_type as Disk['storage_type'],
    content_type: row.content_type as Disk['content_type'],
    format: row.format as Disk['format'],
    sparse: row.sparse,
    provisioned_size: row.provisioned_bytes,
    actual_size: row.actual_bytes,
    total_size: row.total_bytes,
    shareable: row.shareable,
    propagate_errors: row.propagate_errors,
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
    (select q.data_center_id from quota q where q.id = t.quota_id) as quota_data_center_id
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
  const byOwner = new Map<string, Entity[]>();
  for (const row of found.rows) byOwner.set(row.vm_id, [...(byOwner.get(row.vm_id) ?? []), attachmentOf(row) as Entity]);
  return byOwner;
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
