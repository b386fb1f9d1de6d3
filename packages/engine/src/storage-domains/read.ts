import type { LogicalUnit, StorageDomain } from '@virgate/contract/generated/types';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { isUuid, tail, type Readable } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { StorageConnectionTable, StorageDomainTable } from '../tables/schema.ts';

type Row = Selectable<StorageDomainTable> &
  Pick<Selectable<StorageConnectionTable>, 'address' | 'path' | 'mount_options' | 'vfs_type'> & {
    data_centers: { id: string; status: string }[] | null;
    luns: { id: string; size: number; settings: LogicalUnit }[] | null;
    committed: number;
  };

const unitsOf = (row: Row): LogicalUnit[] =>
  (row.luns ?? []).map(({ id, size, settings }) => ({
    ...settings,
    id,
    size,
    storage_domain_id: row.id,
    volume_group_id: row.volume_group_uuid ?? '',
    status: 'used',
  }));

function domainOf(row: Row, dataCenterId: string | null): StorageDomain {
  const places = row.data_centers ?? [];
  const place = places.find((one) => one.id === dataCenterId);
  return {
    ...row.settings,
    id: row.id,
    name: row.name,
    description: row.description,
    comment: row.comment,
    type: row.type as StorageDomain['type'],
    master: row.master,
    storage_format: row.storage_format as StorageDomain['storage_format'],
    block_size: row.block_size,
    warning_low_space_indicator: row.warning_low_space_percent,
    critical_space_action_blocker: row.critical_space_gib,
    committed: row.committed,
    ...(row.available_bytes === null ? {} : { available: row.available_bytes }),
    ...(row.used_bytes === null ? {} : { used: row.used_bytes }),
    backup: (row.settings as StorageDomain).backup ?? false,
    discard_after_delete: false,
    wipe_after_delete: (row.settings as StorageDomain).wipe_after_delete ?? false,
    supports_discard: false,
    supports_discard_zeroes_data: false,
    external_status: (row.settings as StorageDomain).external_status ?? 'ok',
    storage: {
      type: row.storage_type as never,
      ...(row.path ? { path: row.path } : {}),
      ...(row.volume_group_uuid === null ? {} : { volume_group: { id: row.volume_group_uuid, logical_units: unitsOf(row) } }),
      ...(row.address ? { address: row.address } : {}),
      ...(row.vfs_type ? { vfs_type: row.vfs_type } : {}),
      ...(row.mount_options ? { mount_options: row.mount_options } : {}),
    },
    // At the top a status shows only while the domain belongs to no data center: elsewhere it is a matter of the data center.
    ...(dataCenterId === null
      ? places.length === 0
        ? { status: 'unattached' as const }
        : {}
      : { status: place?.status as StorageDomain['status'], data_center: { id: dataCenterId } }),
    ...(places.length > 0 ? { data_centers: places.map(({ id }) => ({ id })) } : {}),
  };
}

const select = (condition: RawBuilder<unknown>): RawBuilder<Row> => sql<Row>`
  select t.*, c.address, c.path, c.mount_options, c.vfs_type,
    (select jsonb_agg(jsonb_build_object('id', d.data_center_id, 'status', d.status)) from data_center_storage_domain d where d.storage_domain_id = t.id) as data_centers,
    (select jsonb_agg(jsonb_build_object('id', l.lun_id, 'size', l.size_bytes, 'settings', l.settings) order by l.lun_id) from storage_domain_lun l where l.storage_domain_id = t.id) as luns,
    coalesce((select sum(i.provisioned_bytes)::bigint from image i where i.storage_domain_id = t.id), 0) as committed
  from storage_domain t left join storage_connection c on c.id = t.storage_connection_id where ${condition}`;

/** Storage domains as the top of the API shows them. */
export const readableStorageDomains: Readable = {
  objectType: 'storage_domain',
  order: sql`t.name, t.id`,
  search: 'storage',
  async read(context, selection) {
    const found = await sql<Row>`${select(selection.condition)} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => domainOf(row, null) as Entity);
  },
};

/** As {@link readableAttachedDomains}, of many data centers at once. */
export async function attachedDomainsOf(context: Context, dataCenterIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const ids = dataCenterIds.filter(isUuid);
  const visible = context.filtered ? visibleTo(context.user, 'storage_domain', 't') : sql<boolean>`true`;
  const found = await sql<Row>`${select(
    sql`${visible} and exists (select 1 from data_center_storage_domain d where d.storage_domain_id = t.id and d.data_center_id = any(${ids}::uuid[]))`,
  )} order by t.name, t.id`.execute(context.db);
  return new Map(
    ids.map((id) => [
      id,
      found.rows.filter((row) => row.data_centers?.some((place) => place.id === id)).map((row) => domainOf(row, id) as Entity),
    ]),
  );
}

/** Storage domains as one data center sees them, with their status there. */
export const readableAttachedDomains = (dataCenterId: string): Readable => ({
  objectType: 'storage_domain',
  order: sql`t.name, t.id`,
  search: 'storage',
  only: sql<boolean>`exists (select 1 from data_center_storage_domain d where d.storage_domain_id = t.id and d.data_center_id = ${dataCenterId}::uuid)`,
  async read(context, selection) {
    const found = await sql<Row>`${select(selection.condition)} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => domainOf(row, dataCenterId) as Entity);
  },
});
