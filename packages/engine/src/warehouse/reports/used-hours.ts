import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import type { ReportSpan } from './period.ts';

/** Quotients have at least so many digits after the point. */
const precise = sql`1.000000000000000000000000000000`;
const seconds = (until: RawBuilder<unknown>, begin: RawBuilder<unknown>): RawBuilder<number> =>
  sql<number>`extract(epoch from ${until} - ${begin})`;
const times = (span: ReportSpan): { from: RawBuilder<Date>; to: RawBuilder<Date> } => ({
  from: sql`${new Date(span.fromMs)}::timestamptz`,
  to: sql`${new Date(span.toMs)}::timestamptz`,
});

/**
 * From when on the hours of a span are still kept, and the day by whose beginning that is. What was before is there by days only, so it
 * is the beginning of a day of the warehouse's time zone; the beginning of the span when all of them are kept.
 */
export async function hoursKeptFrom(db: Kysely<Tables>, { fromMs, timeZone, days }: ReportSpan): Promise<{ at: Date; day: string }> {
  const found = await sql<{ at: number; day: string }>`select d.day::timestamp at time zone ${timeZone} as at, d.day from (
      select (w.until at time zone ${timeZone})::date + case when date_trunc('day', w.until, ${timeZone}) = w.until then 0 else 1 end as day
      from warehouse_dropped w where w.table_name = 'vm_hourly_history' and w.until > ${new Date(fromMs)}) d`.execute(db);
  const [row] = found.rows;
  return row === undefined ? { at: new Date(fromMs), day: days.from } : { at: new Date(row.at), day: row.day };
}

/**
 * SQL for configurations of VMs with the time in which each was in force: `version, vm_id, cluster_id, vcpus, memory_mib, begin, until`, and
 * of the VM altogether `vm_begin, vm_until`.
 * @param vms their ids
 */
export const versionsOf = (vms: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select v.*, min(v.begin) over vm as vm_begin, max(v.until) over vm as vm_until from (
    select n.history_id as version, n.vm_id, n.cluster_id, (n.cpu_per_socket * n.number_of_sockets)::numeric as vcpus, n.memory_size_mb::numeric as memory_mib,
      coalesce(n.update_date, n.create_date, '-infinity') as begin,
      least(coalesce(n.delete_date, 'infinity'), coalesce(lead(coalesce(n.update_date, n.create_date)) over (partition by n.vm_id order by n.history_id), 'infinity')) as until
    from history.vm_configuration n where n.vm_id in (${vms})) v window vm as (partition by v.vm_id)`;

/**
 * SQL for how long the VMs of `chosen` really ran within a span, by `versions` of their configuration: `vm_id, version, hours`. By hours as
 * far as they are kept, by days before. An hour or day in which the configuration changed is divided by how long each was in force; all the
 * others, nearly all there are, are summed up first.
 */
export function ranHours(span: ReportSpan, hoursFrom: { at: Date; day: string }): RawBuilder<unknown> {
  const { to } = times(span);
  const midnight = (day: RawBuilder<unknown>): RawBuilder<Date> => sql<Date>`(${day})::timestamp at time zone ${span.timeZone}`;
  const dayOf = (at: string): RawBuilder<unknown> => sql`(${sql.ref(`o.${at}`)} at time zone ${span.timeZone})::date`;
  const part = seconds(sql`least(v.until, s.until)`, sql`greatest(v.begin, s.begin)`);
  const whole = seconds(sql`least(v.vm_until, s.until)`, sql`greatest(v.vm_begin, s.begin)`);
  // Rows of which the version that they name was in force all the time have no begin of their own.
  const hours = sql`select s.vm_id, s.vm_configuration_version as version, case when o.version is null then s.history_datetime end as begin, sum(s.minutes_in_status) as minutes
      from history.vm_hourly_history s join chosen on chosen.id = s.vm_id
        left join versions o on o.version = s.vm_configuration_version and o.vm_id = s.vm_id and o.begin <= s.history_datetime and o.until >= s.history_datetime + interval '1 hour'
      where s.vm_status = 1 and s.history_datetime >= greatest(${new Date(span.fromMs)}::timestamptz, ${hoursFrom.at}::timestamptz) and s.history_datetime < ${to}
      group by 1, 2, 3`;
  const days = sql`select s.vm_id, s.vm_configuration_version as version, case when o.version is null then s.history_datetime end as day, sum(s.minutes_in_status) as minutes
      from history.vm_daily_history s join chosen on chosen.id = s.vm_id
        left join (select o.version, o.vm_id, ${dayOf('begin')} as first, ${dayOf('until')} as last from versions o) o
          on o.version = s.vm_configuration_version and o.vm_id = s.vm_id and o.first < s.history_datetime and o.last > s.history_datetime
      where s.vm_status = 1 and s.history_datetime >= ${span.days.from}::date and s.history_datetime < least(${span.days.to}::date, ${hoursFrom.day}::date)
      group by 1, 2, 3`;
  // Of an hour nothing is there by days.
  const packed = sql`select h.vm_id, h.version, h.begin, h.begin + interval '1 hour' as until, h.minutes from (${hours}) h ${
    span.grain === 'samples'
      ? sql``
      : sql`union all select d.vm_id, d.version, ${midnight(sql`d.day`)}, ${midnight(sql`d.day + 1`)}, d.minutes from (${days}) d`
  }`;
  return sql`select p.vm_id, p.version, sum(p.minutes * ${precise} / p.whole) / 60 as hours from (
      select s.vm_id, coalesce(v.version, s.version) as version, coalesce(${whole}, 1) as whole, sum(s.minutes * coalesce(${part}, 1)) as minutes
      from (${packed}) s
        left join versions v on s.begin is not null and v.vm_id = s.vm_id and v.begin < s.until and v.until > s.begin and v.begin < v.until
      group by 1, 2, 3) p group by 1, 2`;
}

/**
 * SQL for disks of the VMs of `chosen` within a span and up to now: `vm_id, cluster_id, storage_domain_id, gib_hours` of their full sizes,
 * whether the VM ran or not. What several VMs have at a time is divided among them equally.
 */
export function heldDisks(span: ReportSpan, at: Date): RawBuilder<unknown> {
  const { from, to } = times(span);
  const end = sql`least(${to}, ${at}::timestamptz)`;
  const inForce = (key: RawBuilder<unknown>): RawBuilder<unknown> => sql`greatest(coalesce(n.update_date, n.create_date), ${from}) as begin,
    least(coalesce(n.delete_date, 'infinity'), coalesce(lead(coalesce(n.update_date, n.create_date)) over (partition by ${key} order by n.history_id), 'infinity'), ${end}) as until`;
  return sql`with attached as (select * from (select n.vm_id, n.device_id, ${inForce(sql`n.vm_id, n.device_id`)} from history.vm_device_history n
        where n.type = 'disk' and n.device_id in (select o.device_id from history.vm_device_history o join chosen on chosen.id = o.vm_id where o.type = 'disk')) a where a.begin < a.until),
      edges as (select device_id, begin as edge from attached union select device_id, until from attached),
      pieces as (select device_id, edge as begin, lead(edge) over (partition by device_id order by edge) as until from edges),
      held as (select p.device_id, p.begin, p.until, a.vm_id, count(*) over (partition by p.device_id, p.begin) as holders
        from pieces p join attached a on a.device_id = p.device_id and a.begin <= p.begin and a.until >= p.until where p.until is not null),
      sizes as (select * from (select n.vm_disk_id, n.storage_domain_id, n.vm_disk_size_mb, ${inForce(sql`n.vm_disk_id`)} from history.vm_disk_configuration n
        where n.vm_disk_id in (select device_id from attached)) z where z.begin < z.until)
    select x.vm_id, x.cluster_id, x.storage_domain_id, sum(x.mib_seconds * ${precise} / x.holders) / 1024 / 3600 as gib_hours from (
      select h.vm_id, v.cluster_id, z.storage_domain_id, h.holders,
        sum(z.vm_disk_size_mb * ${seconds(sql`least(h.until, z.until, v.until)`, sql`greatest(h.begin, z.begin, v.begin)`)}) as mib_seconds
      from held h join versions v on v.vm_id = h.vm_id and v.begin < h.until and v.until > h.begin and v.begin < v.until
        join sizes z on z.vm_disk_id = h.device_id and z.begin < least(h.until, v.until) and z.until > greatest(h.begin, v.begin)
      group by 1, 2, 3, 4) x group by 1, 2, 3`;
}
