import type { ClusterPrice, NewPriceList, PriceList, StoragePrice } from '@virgate/contract/generated/virgate';
import { json, transaction } from '@virgate/database';
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { visibleTo, type SignedIn } from '../../access/permissions.ts';
import { say } from '../../rest/fault.ts';
import type { Tables } from '../../tables/schema.ts';
import { refusal, type VirgateOperations } from '../../virgate/operation.ts';
import { isCurrency } from './currency.ts';

/** How many price lists there may be. */
const mostLists = 100;

const notThere = (): Error => refusal(404, 'not_found', 'There is no such price list.');

/** A decimal as a text, without zeros at its end. */
const text = (column: string): RawBuilder<string> => sql<string>`trim_scale(${sql.ref(column)})::text`;

const visible = (user: SignedIn, kind: 'cluster' | 'storage_domain', id: string): RawBuilder<unknown> =>
  user.administrator
    ? sql`true`
    : sql`exists (select 1 from ${sql.table(kind)} o where o.id = ${sql.ref(id)} and ${visibleTo(user, kind, 'o')})`;

/** Price lists by name, or one. Prices of objects that the reader may not see are left out. */
async function shown(db: Kysely<Tables>, user: SignedIn, only?: string): Promise<PriceList[]> {
  const found =
    await sql<PriceList>`select l.id, l.name, l.currency, ${text('l.vcpu_hour')} as "vcpuHour", ${text('l.memory_gib_hour')} as "memoryGibHour", ${text('l.gib_month')} as "gibMonth",
      (select coalesce(jsonb_agg(jsonb_build_object('cluster', c.cluster_id, 'vcpuHour', ${text('c.vcpu_hour')}, 'memoryGibHour', ${text('c.memory_gib_hour')}) order by c.cluster_id), '[]')
        from cluster_price c where c.price_list_id = l.id and ${visible(user, 'cluster', 'c.cluster_id')}) as clusters,
      (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('storageDomain', s.storage_domain_id, 'storageType', s.storage_type, 'gibMonth', ${text('s.gib_month')}))
          order by s.storage_type nulls last, s.storage_domain_id), '[]')
        from storage_price s where s.price_list_id = l.id and (s.storage_domain_id is null or ${visible(user, 'storage_domain', 's.storage_domain_id')})) as storage
    from price_list l where ${only === undefined ? sql`true` : sql`l.id = ${only}`} order by lower(l.name), l.id`.execute(db);
  return found.rows;
}

/** @throws {Fault} 400 when a list names something twice */
function checkOnce(field: string, named: readonly string[]): void {
  const twice = named.find((one, index) => named.indexOf(one) !== index);
  if (twice !== undefined) throw refusal(400, 'invalid_value', [say`${field}: ${twice} is named twice.`], field);
}

/** @throws {Fault} 400 with the field that names what is not there, or what another entry names already */
async function checkNamed(
  trx: Transaction<Tables>,
  named: { field: string; ids: readonly string[]; kind: 'cluster' | 'storage_domain' },
): Promise<void> {
  const { field, ids, kind } = named;
  checkOnce(field, ids);
  const strangers = await sql<{
    id: string;
  }>`select id from unnest(${ids}::uuid[]) w (id) where not exists (select 1 from ${sql.table(kind)} o where o.id = w.id)
    and not exists (select 1 from ${sql.table(`history.${kind}_configuration`)} h where ${sql.ref(`h.${kind}_id`)} = w.id)`.execute(trx);
  const [stranger] = strangers.rows;
  if (stranger !== undefined) throw refusal(400, 'invalid_value', [say`${field}: there is no ${stranger.id}.`], field);
}

/** @throws {Fault} 400 with the field that is wrong */
async function check(trx: Transaction<Tables>, { currency, clusters = [], storage = [] }: NewPriceList): Promise<void> {
  if (!isCurrency(currency))
    throw refusal(400, 'invalid_value', 'currency: must be the code of a currency of ISO 4217, such as EUR.', 'currency');
  const unclear = storage.some((one) => (one.storageDomain === undefined) === (one.storageType === undefined));
  if (unclear) throw refusal(400, 'invalid_value', 'storage: each price names either a storageDomain or a storageType.', 'storage');
  checkOnce(
    'storage',
    storage.flatMap(({ storageType }) => storageType ?? []),
  );
  await checkNamed(trx, { field: 'clusters', ids: clusters.map(({ cluster }) => cluster.toLowerCase()), kind: 'cluster' });
  const domains = storage.flatMap(({ storageDomain }) => storageDomain?.toLowerCase() ?? []);
  await checkNamed(trx, { field: 'storage', ids: domains, kind: 'storage_domain' });
}

async function unusedName(trx: Transaction<Tables>, name: string, but: string | null): Promise<void> {
  const same = await sql`select 1 from price_list where name = ${name} and id is distinct from ${but}::uuid`.execute(trx);
  if (same.rows.length > 0) throw refusal(409, 'name_in_use', 'name: another price list has that name.', 'name');
}

/** Replaces the prices of a list that differ from its usual ones. */
async function writePrices(trx: Transaction<Tables>, id: string, clusters: ClusterPrice[], storage: StoragePrice[]): Promise<void> {
  await sql`delete from cluster_price where price_list_id = ${id}`.execute(trx);
  await sql`delete from storage_price where price_list_id = ${id}`.execute(trx);
  await sql`insert into cluster_price (price_list_id, cluster_id, vcpu_hour, memory_gib_hour)
    select ${id}::uuid, p.cluster, p."vcpuHour"::price, p."memoryGibHour"::price
    from jsonb_to_recordset(${json(clusters)}::jsonb) p (cluster uuid, "vcpuHour" text, "memoryGibHour" text)`.execute(trx);
  await sql`insert into storage_price (price_list_id, storage_domain_id, storage_type, gib_month)
    select ${id}::uuid, p."storageDomain", p."storageType", p."gibMonth"::price
    from jsonb_to_recordset(${json(storage)}::jsonb) p ("storageDomain" uuid, "storageType" text, "gibMonth" text)`.execute(trx);
}

/** `/virgate/api/price-lists`: what costs are reported by. Prices are decimals from the request to the report. */
export const priceOperations: VirgateOperations = {
  PriceListsService: {
    list: { run: ({ db, user }) => shown(db, user) },
    add: {
      async run({ db, user, body }) {
        const id = await transaction(db, async (trx) => {
          await sql`lock table price_list in share row exclusive mode`.execute(trx);
          await unusedName(trx, body.name, null);
          await check(trx, body);
          const there = await sql<{ count: number }>`select count(*) from price_list`.execute(trx);
          if ((there.rows[0]?.count ?? 0) >= mostLists)
            throw refusal(409, 'too_many', [say`There are ${mostLists} price lists, which is the most.`]);
          const added = await sql<{ id: string }>`insert into price_list (name, currency, vcpu_hour, memory_gib_hour, gib_month)
            values (${body.name}, ${body.currency}, ${body.vcpuHour}::price, ${body.memoryGibHour}::price, ${body.gibMonth}::price) returning id`.execute(
            trx,
          );
          const made = added.rows[0]?.id ?? '';
          await writePrices(trx, made, body.clusters ?? [], body.storage ?? []);
          return made;
        });
        const [list] = await shown(db, user, id);
        if (list === undefined) throw notThere();
        return list;
      },
    },
  },
  PriceListService: {
    get: {
      async run({ db, user, path }) {
        const [list] = await shown(db, user, path.priceList);
        if (list === undefined) throw notThere();
        return list;
      },
    },
    update: {
      async run({ db, user, path, body }) {
        await transaction(db, async (trx) => {
          await sql`lock table price_list in share row exclusive mode`.execute(trx);
          await unusedName(trx, body.name, path.priceList);
          await check(trx, body);
          const changed =
            await sql`update price_list set name = ${body.name}, currency = ${body.currency}, vcpu_hour = ${body.vcpuHour}::price,
            memory_gib_hour = ${body.memoryGibHour}::price, gib_month = ${body.gibMonth}::price where id = ${path.priceList} returning 1`.execute(
              trx,
            );
          if (changed.rows.length === 0) throw notThere();
          await writePrices(trx, path.priceList, body.clusters ?? [], body.storage ?? []);
        });
        const [list] = await shown(db, user, path.priceList);
        if (list === undefined) throw notThere();
        return list;
      },
    },
    remove: {
      async run({ db, path }) {
        const gone = await sql`delete from price_list where id = ${path.priceList} returning 1`.execute(db);
        if (gone.rows.length === 0) throw notThere();
        return undefined;
      },
    },
  },
};
