import type { DiskSnapshot } from '@virgate/contract/generated/types';
import { sql, type RawBuilder } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { readableDisks } from '../disks/read.ts';
import { notFound, refused } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { placeOf } from '../rest/represent.ts';
import { readableStorageDomains } from '../storage-domains/read.ts';
import { removeFromSnapshot } from './remove.ts';

interface Row {
  id: string;
  disk_id: string;
  parent_id: string | null;
  parent_of_disk: boolean | null;
  snapshot_id: string | null;
  description: string | null;
  name: string;
  format: string;
  sparse: boolean;
  provisioned_bytes: number;
  actual_bytes: number;
  status: string;
  storage_domain_id: string;
  content_type: string;
}

const diskSnapshotOf = (row: Row): DiskSnapshot => ({
  id: row.id,
  image_id: row.id,
  name: row.name,
  alias: row.name,
  description: row.description ?? '',
  format: row.format as DiskSnapshot['format'],
  sparse: row.sparse,
  provisioned_size: row.provisioned_bytes,
  actual_size: row.actual_bytes,
  status: row.status as DiskSnapshot['status'],
  storage_type: 'image',
  content_type: row.content_type as DiskSnapshot['content_type'],
  storage_domains: [{ id: row.storage_domain_id }],
  disk: { id: row.disk_id },
  ...(row.snapshot_id === null ? {} : { snapshot: { id: row.snapshot_id } }),
  ...(row.parent_id === null ? {} : { parent: { id: row.parent_id } }),
});

const place = (context: Context): RawBuilder<boolean> => {
  const domain = context.path['storage_domain'];
  const disk = context.path['disk'];
  return domain === undefined ? sql<boolean>`i.disk_id = ${disk}::uuid` : sql<boolean>`i.storage_domain_id = ${domain}::uuid`;
};

/** Volumes of a disk or domain that belong to snapshots; the ones in use, and those of templates, when they are asked for. */
async function volumes(context: Context, active: boolean, templates: boolean, condition: RawBuilder<boolean>): Promise<Entity[]> {
  return (await rowsOf(context, active, templates, condition)).map((row) => diskSnapshotOf(row) as Entity);
}

/** Volumes of snapshots of many disks, or on many domains, at once. */
export async function snapshotVolumesOf(
  context: Context,
  owner: 'disk_id' | 'storage_domain_id',
  ids: readonly string[],
): Promise<Map<string, Entity[]>> {
  const rows = await rowsOf(context, false, false, sql<boolean>`${sql.ref(`i.${owner}`)} = any(${ids.filter(isUuid)}::uuid[])`);
  return new Map([...Map.groupBy(rows, (row) => row[owner])].map(([id, own]) => [id, own.map((row) => diskSnapshotOf(row) as Entity)]));
}

/** Volumes by their ids, in whichever snapshot or template they are, with their places. */
export async function volumesByIds(context: Context, ids: readonly string[]): Promise<Entity[]> {
  const found = await volumes(context, true, true, sql<boolean>`i.id = any(${ids.filter(isUuid)}::uuid[])`);
  return found.map((one) => ({ ...one, href: placeOf('disks', (one['disk'] as Entity).id ?? '', 'disksnapshots', one.id ?? '') }));
}

async function rowsOf(context: Context, active: boolean, templates: boolean, condition: RawBuilder<boolean>): Promise<Row[]> {
  const visible = context.filtered ? visibleTo(context.user, 'disk', 't') : sql<boolean>`true`;
  const found = await sql<Row>`
    select i.id, i.disk_id, i.parent_id, i.snapshot_id, s.description, t.name, i.format, i.sparse, i.provisioned_bytes, i.actual_bytes, i.status, i.storage_domain_id, t.content_type
    from image i join disk t on t.id = i.disk_id left join snapshot s on s.id = i.snapshot_id
    where ${visible} and ${condition} and (i.snapshot_id is not null or (${active} and i.active))
      and (${templates} or not exists (select 1 from disk_attachment a join vm v on v.id = a.vm_id where a.disk_id = t.id and v.entity_type = 'template'))
    order by t.name, i.created_at, i.id`.execute(context.db);
  return found.rows;
}

async function checkPlace(context: Context): Promise<void> {
  if (context.path['storage_domain'] !== undefined) await one(context, readableStorageDomains, context.path['storage_domain']);
  else await one(context, readableDisks, context.path['disk']);
}

async function find(context: Context): Promise<Entity> {
  await checkPlace(context);
  const id = context.path['snapshot'] ?? '';
  if (!isUuid(id)) throw notFound();
  const [found] = await volumes(context, true, true, sql<boolean>`${place(context)} and i.id = ${id}::uuid`);
  if (!found) throw notFound();
  return found;
}

const removeDiskSnapshot: Operation = {
  permit: 'manipulate_vm_snapshots',
  subjects: async (context) => {
    const found = await sql<{ vm_id: string }>`
      select s.vm_id from image i join snapshot s on s.id = i.snapshot_id where i.id::text = ${context.path['snapshot'] ?? ''}`.execute(
      context.db,
    );
    return found.rows.map((row) => ({ type: 'vm', id: row.vm_id }));
  },
  async run(context) {
    const found = await find(context);
    const snapshotId = (found['snapshot'] as { id: string } | undefined)?.id;
    if (snapshotId === undefined)
      throw refused('ACTION_TYPE_FAILED_DISK_SNAPSHOTS_ACTIVE', { VAR_ACTION: 'remove', VAR_TYPE: 'Disk Snapshot' });
    const row = await context.db.selectFrom('snapshot').select('vm_id').where('id', '=', snapshotId).executeTakeFirst();
    if (!row) throw notFound();
    return removeFromSnapshot(context, row.vm_id, snapshotId, found.id ?? '');
  },
};

export const diskSnapshotServices: Services = {
  DiskSnapshotsService: {
    list: {
      permit: null,
      async run(context) {
        await checkPlace(context);
        const { parameters } = context;
        return collection(
          'DiskSnapshot',
          await volumes(context, parameters.flag('include_active'), parameters.flag('include_template'), place(context)),
        );
      },
    },
  },
  DiskSnapshotService: {
    get: { permit: null, run: async (context) => entity('DiskSnapshot', await find(context)) },
    remove: removeDiskSnapshot,
  },
};
