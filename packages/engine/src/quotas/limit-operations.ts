import type { QuotaClusterLimit, QuotaStorageLimit } from '@virgate/contract/generated/types';
import { sql, type Insertable, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { dataCenterOfPath } from '../qos/read.ts';
import { invalidValue, notFound, refused, say } from '../rest/fault.ts';
import { collection, created, done, entity, type Context, type Entity, type Service } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { attribution, write } from '../rest/write.ts';
import type { QuotaLimitTable, Tables } from '../tables/schema.ts';
import { limitsOf, quotaOfPath } from './read.ts';
import { ofQuota } from './write.ts';

type Trx = Transaction<Tables>;
type Kind = 'cluster' | 'storage';

const mibPerGib = 1024;
const maxLimit = 2 ** 31 - 1;

/** A limit: -1 for none. @throws {Fault} 400 */
function checkLimit(field: string, value: number | undefined): number {
  if (value === undefined) return -1;
  if (value < -1 || value > maxLimit) throw invalidValue(field, say`must be between 0 and ${maxLimit}, or -1 for no limit`);
  return value;
}

const gibToMib = (gibibytes: number): number => (gibibytes < 0 ? -1 : Math.round(gibibytes * mibPerGib));

/** The row of a limit that a body asks for, and of what it is by itself: a cluster, a storage domain, or everything. */
async function rowOf(context: Context, kind: Kind, quotaId: string, dataCenterId: string): Promise<Insertable<QuotaLimitTable>> {
  const none = { cluster_id: null, storage_domain_id: null, vcpus: null, memory_mib: null, storage_gib: null };
  if (kind === 'cluster') {
    const body = context.body as QuotaClusterLimit;
    const cluster = body.cluster
      ? await resolve(context.db, 'Cluster', 'cluster', body.cluster, sql<boolean>`t.data_center_id = ${dataCenterId}::uuid`)
      : null;
    return {
      ...none,
      quota_id: quotaId,
      kind,
      cluster_id: cluster?.id ?? null,
      vcpus: checkLimit('vcpu_limit', body.vcpu_limit),
      memory_mib: gibToMib(checkLimit('memory_limit', body.memory_limit)),
    };
  }
  const body = context.body as QuotaStorageLimit;
  const here = sql<boolean>`exists (select 1 from data_center_storage_domain d where d.storage_domain_id = t.id and d.data_center_id = ${dataCenterId}::uuid)`;
  const domain = body.storage_domain ? await resolve(context.db, 'StorageDomain', 'storage_domain', body.storage_domain, here) : null;
  return { ...none, quota_id: quotaId, kind, storage_domain_id: domain?.id ?? null, storage_gib: checkLimit('limit', body.limit) };
}

async function refuseDefault(trx: Trx, quotaId: string): Promise<void> {
  const quota = await trx.selectFrom('quota').select('is_default').where('id', '=', quotaId).forUpdate().executeTakeFirst();
  if (quota?.is_default) throw refused('ACTION_TYPE_FAILED_QUOTA_DEFAULT_CANNOT_BE_CHANGED');
}

async function noteUpdate(context: Context, trx: Trx, quota: Entity): Promise<void> {
  await recordEvent(trx, {
    name: 'USER_UPDATE_QUOTA',
    dataCenter: await dataCenterOfPath(context),
    values: { quota: String(quota['name']) },
    ...attribution(context),
  });
  await noteChange(trx, 'quota', quota.id ?? '', 'update');
}

/** `quotas/{quota}/quotaclusterlimits` and `/quotastoragelimits`. A quota limits places one by one or all together, not both. */
export function limitOperations(kind: Kind): { list: Service; item: Service } {
  const type = kind === 'cluster' ? 'QuotaClusterLimit' : 'QuotaStorageLimit';
  const column = kind === 'cluster' ? 'cluster_id' : 'storage_domain_id';
  const all = async (context: Context, quotaId: string): Promise<Entity[]> => (await limitsOf(context, kind, [quotaId])).get(quotaId) ?? [];
  const oneLimit = async (context: Context, quotaId: string, id: string | undefined): Promise<Entity> => {
    const found = (await all(context, quotaId)).find((limit) => limit.id === id);
    if (!found) throw notFound();
    return found;
  };
  return {
    list: {
      list: {
        permit: null,
        async run(context) {
          const limits = await all(context, (await quotaOfPath(context)).id ?? '');
          return collection(type, limits.slice(0, context.parameters.max() ?? limits.length));
        },
      },
      add: {
        permit: 'configure_quota',
        subjects: ofQuota,
        async run(context) {
          const quota = await quotaOfPath(context);
          const quotaId = quota.id ?? '';
          const row = await rowOf(context, kind, quotaId, (quota['data_center'] as Entity).id ?? '');
          await write(context, async (trx) => {
            await refuseDefault(trx, quotaId);
            const others = await trx
              .selectFrom('quota_limit')
              .select(column)
              .where('quota_id', '=', quotaId)
              .where('kind', '=', kind)
              .execute();
            const general = others.some((other) => other[column] === null);
            if (row[column] === null ? others.length > 0 && !general : general)
              throw refused('ACTION_TYPE_FAILED_QUOTA_LIMIT_IS_SPECIFIC_AND_GENERAL');
            // A limit for the same place takes the place of the one before.
            await sql`delete from quota_limit where quota_id = ${quotaId} and kind = ${kind} and ${sql.ref(column)} is not distinct from ${row[column]}::uuid`.execute(
              trx,
            );
            await trx.insertInto('quota_limit').values(row).execute();
            await noteUpdate(context, trx, quota);
          });
          return created(type, await oneLimit(context, quotaId, row[column] ?? quotaId));
        },
      },
    },
    item: {
      get: {
        permit: null,
        run: async (context) => entity(type, await oneLimit(context, (await quotaOfPath(context)).id ?? '', context.path['limit'])),
      },
      remove: {
        permit: 'configure_quota',
        subjects: ofQuota,
        async run(context) {
          const quota = await quotaOfPath(context);
          const quotaId = quota.id ?? '';
          const { id } = await oneLimit(context, quotaId, context.path['limit']);
          const job = await write(context, async (trx) => {
            await refuseDefault(trx, quotaId);
            await sql`delete from quota_limit where quota_id = ${quotaId} and kind = ${kind} and coalesce(${sql.ref(column)}, quota_id) = ${id}`.execute(
              trx,
            );
            await noteUpdate(context, trx, quota);
            return context.engine.jobs.record(trx, context, {
              action: 'UpdateQuota',
              description: `Updating Quota ${String(quota['name'])}`,
              subjects: [{ type: 'quota', id: quotaId }],
            });
          });
          return done(job);
        },
      },
    },
  };
}
