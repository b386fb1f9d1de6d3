import { sql, type Kysely, type RawBuilder } from 'kysely';
import { codes } from '../../history/folding.ts';
import type { Tables } from '../../tables/schema.ts';
import { minorDigits } from '../prices/currency.ts';
import type { Computed } from './computed.ts';
import type { ReportCriteria } from './criteria.ts';
import { chosenObjects } from './objects.ts';
import type { ReportSpan } from './period.ts';
import type { Asked } from './chosen.ts';
import { heldDisks, hoursKeptFrom, ranHours, versionsOf } from './used-hours.ts';

/** Hours of a month: of a year's 8760 the twelfth part. A GiB-month is a GiB for so long. */
const monthHours = 730;
/** Amounts are worked out to so many digits before they are rounded, so that a third and two thirds are one again. */
const workDigits = 12;
const mostFound = 100_001;
const mostDrawn = 20;

type Amount = RawBuilder<unknown>;

/** What a line of costs belongs to. */
function groupOf(by: NonNullable<ReportCriteria['costBy']>, span: ReportSpan): { id: Amount; label: Amount; join: Amount } {
  switch (by) {
    case 'vm':
      return { id: sql`l.vm_id::text`, label: sql`c.label`, join: sql`` };
    case 'user':
      return {
        id: sql`coalesce(n.created_by_user_id::text, n.created_by_user_name, '')`,
        label: sql`coalesce(max(n.created_by_user_name), max(u.username), max(n.created_by_user_id::text), '(nobody)')`,
        join: sql`left join history.users_details_history u on u.user_id = n.created_by_user_id`,
      };
    case 'tag':
      // Tags that a VM had when the period ended, by their names then.
      return {
        id: sql`coalesce(g.tag_id::text, '')`,
        label: sql`coalesce(max(g.tag_name), '(no tag)')`,
        join: sql`left join (select distinct r.entity_id, t.tag_id, t.tag_name from history.tag_relations_history r
            join (select distinct on (t.tag_id) t.tag_id, t.tag_name from history.tag_details t order by t.tag_id, t.history_id desc) t on t.tag_id = r.parent_id
            where r.entity_type = 2 and r.attach_date < ${new Date(span.toMs)} and (r.detach_date is null or r.detach_date >= ${new Date(span.toMs)})) g on g.entity_id = l.vm_id`,
      };
    case 'data_center':
      return { id: sql`coalesce(k.datacenter_id::text, '')`, label: sql`coalesce(max(k.datacenter_name), '(none)')`, join: sql`` };
    case 'cluster':
      return { id: sql`l.cluster_id::text`, label: sql`coalesce(max(k.cluster_name), l.cluster_id::text)`, join: sql`` };
  }
}

/** Amounts of a group: hours and sizes as figures, money as decimals in texts. */
interface CostRow {
  id: string;
  label: string;
  hours: number;
  vcpu_hours: number;
  memory_gib_hours: number;
  gib_months: number;
  cpu_cost: string;
  memory_cost: string;
  storage_cost: string;
  cost: string;
}

/**
 * SQL for lines of costs: of each VM in each cluster where it was, with the prices of that cluster and of the storage of its disks. A line's
 * amounts are rounded to the digits of the currency, and every sum is one of lines: so all ways to group them add up to the same.
 */
function costLines({ reader, criteria, span, at }: Asked, hoursFrom: { at: Date; day: string }, list: PriceListRow): Amount {
  const { cluster, dataCenter, ...anywhere } = criteria;
  const money = (value: Amount): Amount => sql`round(round(coalesce(sum(${value}), 0), ${workDigits}), ${minorDigits(list.currency)}::int)`;
  const where = [
    ...(cluster === undefined ? [] : [sql`x.cluster_id = ${cluster}::uuid`]),
    ...(dataCenter === undefined ? [] : [sql`k.datacenter_id = ${dataCenter}::uuid`]),
  ];
  return sql`chosen as materialized (${chosenObjects('vm', reader, { ...anywhere, showDeleted: true }, span.timeZone)}),
    versions as materialized (${versionsOf(sql`select id from chosen`)}),
    clusters as materialized (select distinct on (k.cluster_id) k.cluster_id, k.cluster_name, k.datacenter_id,
        (select d.datacenter_name from history.datacenter_configuration d where d.datacenter_id = k.datacenter_id order by d.history_id desc limit 1) as datacenter_name
      from history.cluster_configuration k order by k.cluster_id, k.history_id desc),
    domains as (select distinct on (d.storage_domain_id) d.storage_domain_id, d.storage_type from history.storage_domain_configuration d order by d.storage_domain_id, d.history_id desc),
    ran as (${ranHours(span, hoursFrom)}),
    computed as (select r.vm_id, v.cluster_id, sum(r.hours) as hours, sum(r.hours * v.vcpus) as vcpu_hours, sum(r.hours * v.memory_mib) / 1024 as memory_gib_hours
      from ran r join versions v on v.version = r.version group by 1, 2),
    held as (${heldDisks(span, at)}),
    lines as (
      select x.vm_id, x.cluster_id, x.hours, x.vcpu_hours, x.memory_gib_hours, 0::numeric as gib_months,
        ${money(sql`x.vcpu_hours * coalesce(p.vcpu_hour, ${list.vcpu_hour}::numeric)`)} as cpu_cost,
        ${money(sql`x.memory_gib_hours * coalesce(p.memory_gib_hour, ${list.memory_gib_hour}::numeric)`)} as memory_cost, 0::numeric as storage_cost
      from computed x left join clusters k on k.cluster_id = x.cluster_id left join cluster_price p on p.cluster_id = x.cluster_id and p.price_list_id = ${list.id}
      ${where.length === 0 ? sql`` : sql`where ${sql.join(where, sql` and `)}`} group by 1, 2, 3, 4, 5
      union all
      select x.vm_id, x.cluster_id, 0, 0, 0, sum(x.gib_hours) / ${monthHours}, 0, 0,
        ${money(sql`x.gib_hours / ${monthHours}::numeric(40, 20) * coalesce(p.gib_month, t.gib_month, ${list.gib_month}::numeric)`)}
      from held x left join clusters k on k.cluster_id = x.cluster_id left join domains d on d.storage_domain_id = x.storage_domain_id
        left join storage_price p on p.price_list_id = ${list.id} and p.storage_domain_id = x.storage_domain_id
        left join storage_price t on t.price_list_id = ${list.id} and t.storage_type = (${JSON.stringify(storageWords)}::jsonb ->> d.storage_type::text)
      ${where.length === 0 ? sql`` : sql`where ${sql.join(where, sql` and `)}`} group by x.vm_id, x.cluster_id, x.storage_domain_id)`;
}

/** Words of the API for numbers of storage types. */
const storageWords = Object.fromEntries(Object.entries(codes.storageType).map(([word, number]) => [String(number), word]));

interface PriceListRow {
  id: string;
  currency: string;
  vcpu_hour: string;
  memory_gib_hour: string;
  gib_month: string;
}

const sums = (digits: number): Amount => {
  const figure = (column: string): Amount => sql`round(sum(${sql.ref(`l.${column}`)}), 4)::float8 as ${sql.id(column)}`;
  const money = (value: Amount, name: string): Amount => sql`round(sum(${value}), ${digits}::int)::text as ${sql.id(name)}`;
  return sql.join([
    ...['hours', 'vcpu_hours', 'memory_gib_hours', 'gib_months'].map(figure),
    money(sql`l.cpu_cost`, 'cpu_cost'),
    money(sql`l.memory_cost`, 'memory_cost'),
    money(sql`l.storage_cost`, 'storage_cost'),
    money(sql`l.cpu_cost + l.memory_cost + l.storage_cost`, 'cost'),
  ]);
};

/** The costs of VMs of a period by a price list: all of them first, then by what they are grouped by, the dearest first. */
export async function showback(db: Kysely<Tables>, asked: Asked): Promise<Computed> {
  const { criteria, span } = asked;
  const lists =
    await sql<PriceListRow>`select id, currency, vcpu_hour::text, memory_gib_hour::text, gib_month::text from price_list where id = ${criteria.priceList ?? null}`.execute(
      db,
    );
  const [list] = lists.rows;
  if (list === undefined) throw new Error('The price list went away while the report was made');
  const digits = minorDigits(list.currency);
  const { id, label, join } = groupOf(criteria.costBy ?? 'vm', span);
  const found = await sql<CostRow>`with ${costLines(asked, await hoursKeptFrom(db, span), list)},
      grouped as (select ${id} as id, ${label} as label, ${sums(digits)} from lines l join chosen c on c.id = l.vm_id join history.vm_configuration n on n.history_id = c.version
        left join clusters k on k.cluster_id = l.cluster_id ${join} group by ${sql.raw(criteria.costBy === undefined || criteria.costBy === 'vm' ? '1, 2' : '1')})
    select null as id, 'Total' as label, ${sums(digits)} from lines l having count(*) > 0
    union all select * from (select * from grouped order by cost::numeric desc, label, id limit ${mostFound}) g`.execute(db);
  const rows = found.rows.map((row) => ({ ...row, currency: list.currency }));
  const drawn = rows.slice(1, mostDrawn + 1);
  const series = (name: string, column: 'cpu_cost' | 'memory_cost' | 'storage_cost'): { name: string; values: number[] } => ({
    name,
    values: drawn.map((row) => Number(row[column])),
  });
  return {
    rows,
    charts: [
      {
        type: 'stacked_bar',
        across: true,
        title: `Cost in ${list.currency}`,
        subtitle: '',
        unit: 'money',
        categories: drawn.map((row) => row.label),
        series: drawn.length === 0 ? [] : [series('CPU', 'cpu_cost'), series('Memory', 'memory_cost'), series('Storage', 'storage_cost')],
      },
    ],
  };
}
