import type { Quota, QuotaClusterLimit, QuotaStorageLimit } from '@virgate/contract/generated/types';
import { sql, type Selectable } from 'kysely';
import { dataCenterOfPath } from '../qos/read.ts';
import { notFound } from '../rest/fault.ts';
import { isUuid, one, tail, type Readable } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { apiRoot } from '../rest/represent.ts';
import type { QuotaTable } from '../tables/schema.ts';
import { usedMemoryMib, usedStorageGib, usedVcpus } from './usage.ts';

type Row = Selectable<QuotaTable>;
const mibPerGib = 1024;

const quotaOf = (row: Row): Quota => ({
  id: row.id,
  name: row.name,
  description: row.description,
  cluster_soft_limit_pct: row.cluster_threshold_percent,
  cluster_hard_limit_pct: row.cluster_grace_percent,
  storage_soft_limit_pct: row.storage_threshold_percent,
  storage_hard_limit_pct: row.storage_grace_percent,
  data_center: { id: row.data_center_id },
  href: `${apiRoot}/datacenters/${row.data_center_id}/quotas/${row.id}`,
});

/** Quotas. */
export const readableQuotas: Readable = {
  objectType: 'quota',
  order: sql`t.name, t.id`,
  search: 'quota',
  async read(context, selection) {
    const found = await sql<Row>`select t.* from quota t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => quotaOf(row) as Entity);
  },
};

/** The quota of the path, which must be of the path's data center. @throws {Fault} 404 */
export async function quotaOfPath(context: Context): Promise<Entity> {
  const { id } = await dataCenterOfPath(context);
  const quota = await one(context, readableQuotas, context.path['quota']);
  if ((quota['data_center'] as Entity).id !== id) throw notFound();
  return quota;
}

interface LimitRow {
  quota_id: string;
  data_center_id: string;
  cluster_id: string | null;
  storage_domain_id: string | null;
  vcpus: number;
  memory_mib: number;
  storage_gib: number;
  used_vcpus: number;
  used_mib: number;
  used_gib: number;
}

const gibOf = (mebibytes: number): number => (mebibytes < 0 ? -1 : mebibytes / mibPerGib);
const placeOf = (row: LimitRow, collection: string, id: string): string =>
  `${apiRoot}/datacenters/${row.data_center_id}/quotas/${row.quota_id}/${collection}/${id}`;

/** A limit is known by the cluster that it is for; one for all clusters by the quota itself. Source: engine behaviour, quota limits. */
function clusterLimitOf(row: LimitRow): QuotaClusterLimit {
  const id = row.cluster_id ?? row.quota_id;
  return {
    id,
    memory_limit: gibOf(row.memory_mib),
    memory_usage: row.used_mib / mibPerGib,
    vcpu_limit: row.vcpus,
    vcpu_usage: row.used_vcpus,
    quota: { id: row.quota_id },
    ...(row.cluster_id === null ? {} : { cluster: { id: row.cluster_id } }),
    href: placeOf(row, 'quotaclusterlimits', id),
  };
}

function storageLimitOf(row: LimitRow): QuotaStorageLimit {
  const id = row.storage_domain_id ?? row.quota_id;
  return {
    id,
    limit: row.storage_gib,
    usage: row.used_gib,
    quota: { id: row.quota_id },
    ...(row.storage_domain_id === null ? {} : { storage_domain: { id: row.storage_domain_id } }),
    href: placeOf(row, 'quotastoragelimits', id),
  };
}

/** Limits of many quotas with what is used of them, in one statement. Quotas that the caller may not see are for the caller to leave out. */
export async function limitsOf(context: Context, kind: 'cluster' | 'storage', quotaIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const used =
    kind === 'cluster'
      ? sql`${usedVcpus(sql`l.quota_id`, sql`l.cluster_id`)} as used_vcpus, ${usedMemoryMib(sql`l.quota_id`, sql`l.cluster_id`)} as used_mib`
      : sql`${usedStorageGib(sql`l.quota_id`, sql`l.storage_domain_id`)} as used_gib`;
  const found = await sql<LimitRow>`
    select l.*, q.data_center_id, ${used} from quota_limit l join quota q on q.id = l.quota_id
    where l.kind = ${kind} and l.quota_id = any(${quotaIds.filter(isUuid)}::uuid[]) order by l.id`.execute(context.db);
  const byQuota = Map.groupBy(found.rows, (row) => row.quota_id);
  const shape = kind === 'cluster' ? clusterLimitOf : storageLimitOf;
  return new Map([...byQuota].map(([id, rows]) => [id, rows.map((row) => shape(row) as Entity)]));
}
