import { sql } from 'kysely';
import type { DataCenter } from '@virgate/contract/generated/types';
import type { Selectable } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import type { DataCenterTable } from '../tables/schema.ts';

type DataCenterRow = Selectable<DataCenterTable>;

/** Cluster levels that a data center may have. Source: cluster levels; 4.8 needs machine types that only one vendor's QEMU has. */
export const supportedLevels = ['4.2', '4.3', '4.4', '4.5', '4.6', '4.7', '4.8'];

function dataCenterOf(row: DataCenterRow): DataCenter {
  return {
    ...row.settings,
    id: row.id,
    name: row.name,
    description: row.description,
    comment: row.comment,
    local: row.is_local,
    quota_mode: row.quota_mode as DataCenter['quota_mode'],
    status: row.status as DataCenter['status'],
    ...(row.storage_format === null ? {} : { storage_format: row.storage_format as DataCenter['storage_format'] }),
    version: { major: row.compatibility_major, minor: row.compatibility_minor },
    supported_versions: [{ major: row.compatibility_major, minor: row.compatibility_minor }] as never,
    ...(row.mac_pool_id === null ? {} : { mac_pool: { id: row.mac_pool_id } }),
  };
}

/** Data centers: one statement, whatever their number. */
export const readableDataCenters: Readable = {
  objectType: 'data_center',
  order: sql`t.name, t.id`,
  search: 'datacenter',
  async read(context, selection) {
    const found = await sql<DataCenterRow>`select t.* from data_center t where ${selection.condition} ${tail(selection)}`.execute(
      context.db,
    );
    return found.rows.map((row) => dataCenterOf(row) as Entity);
  },
};
