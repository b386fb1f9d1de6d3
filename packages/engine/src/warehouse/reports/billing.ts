import { sql, type RawBuilder } from 'kysely';
import { minutesOf, pointOf, tableOf, timeOf, weighted, withinSpan } from './measured.ts';
import { chosenObjects } from './objects.ts';
import type { ReportGrain } from './period.ts';
import type { Asked } from './queries.ts';
import type { FigureRow } from './rows.ts';
import { systemsTable } from './systems.ts';

const rounded = (value: RawBuilder<unknown>): RawBuilder<number> => sql<number>`round((${value})::numeric, 2)::float8`;

/** VMs with how long they were there and ran within the span. Source: data warehouse, report BR44. */
export function vmsBilling({ reader, criteria, span }: Asked): RawBuilder<FigureRow> {
  const { grain, timeZone, fromMs, toMs } = span;
  const table = tableOf('vm', grain);
  const minutes = minutesOf(table, grain) ?? sql<number>`0`;
  const up = sql`filter (where s.vm_status = 1)`;
  const upMinutes = sql<number>`(case when s.vm_status = 1 then ${minutes} end)`;
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  return sql<FigureRow>`with chosen as materialized (${chosenObjects('vm', reader, criteria, timeZone)}),
      used as (select s.vm_id, sum(${minutes}) ${up} as minutes, ${weighted(sql`(case when s.vm_status = 1 then s.cpu_usage_percent end)`, upMinutes)} as cpu,
          ${weighted(sql`(case when s.vm_status = 1 then s.memory_usage_percent end)`, upMinutes)} as memory
        from ${sql.table(`history.${table}`)} s join chosen on chosen.id = s.vm_id where ${withinSpan(span, grain)} group by 1)
    select c.id::text, c.label, c.cluster_name, n.vm_description as description, o.name as os, n.template_name, c.create_date, c.delete_date,
      coalesce(n.created_by_user_name, u.username) as created_by, (n.cpu_per_socket * n.number_of_sockets)::float8 as cores, ${rounded(sql`n.memory_size_mb / 1024.0`)} as memory_gb,
      ${rounded(sql`greatest(extract(epoch from least(coalesce(c.delete_date, ${to}), ${to}) - greatest(coalesce(c.create_date, ${from}), ${from})), 0) / 3600`)} as existence_hours,
      ${rounded(sql`coalesce(used.minutes, 0) / 60`)} as uptime_hours, ${rounded(sql`used.cpu`)} as cpu_usage, ${rounded(sql`used.memory`)} as mem_usage
    from chosen c join history.vm_configuration n on n.history_id = c.version left join used on used.vm_id = c.id
      left join ${systemsTable} o on o.id = n.operating_system left join history.users_details_history u on u.user_id = n.created_by_user_id
    where coalesce(c.create_date, ${from}) < ${to} and coalesce(c.delete_date, ${to}) > ${from}
    order by c.cluster_name, c.label, c.id`;
}

/** Sums of sessions: of samples they are made here as the hourly job makes them. */
function sessionRows(grain: ReportGrain, within: RawBuilder<unknown>): RawBuilder<unknown> {
  if (grain !== 'samples')
    return sql`select s.history_datetime as point, s.* from ${sql.table(`history.${tableOf('statistics_vms_users_usage', grain)}`)} s where ${within}`;
  return sql`select ${pointOf(grain)} as point, s.vm_id, s.current_user_id as user_id, s.current_user_name as user_name, s.seconds_in_status / 60.0 as session_time_in_minutes,
      s.cpu_usage_percent, s.cpu_usage_percent as max_cpu_usage, s.memory_usage_percent, s.memory_usage_percent as max_memory_usage,
      s.user_cpu_usage_percent, s.user_cpu_usage_percent as max_user_cpu_usage_percent, s.system_cpu_usage_percent, s.system_cpu_usage_percent as max_system_cpu_usage_percent
    from history.vm_samples_history s where s.vm_status = 1 and (s.current_user_id is not null or s.current_user_name is not null) and ${within}`;
}

/** Sessions of users with VMs, by point. Source: data warehouse, report BR45. */
export function userSessions({ reader, criteria, span }: Asked): RawBuilder<FigureRow> {
  const { grain, timeZone } = span;
  // The daily table of sessions has times, not dates.
  const within = withinSpan(span, grain === 'daily' ? 'hourly' : grain);
  const mean = (column: string): RawBuilder<number> => rounded(weighted(sql.ref(`s.${column}`), sql<number>`s.session_time_in_minutes`));
  return sql<FigureRow>`select ${timeOf(sql`s.point`, grain === 'daily' ? 'hourly' : grain, timeZone)} as at, c.label, c.cluster_name,
      coalesce(s.user_name, u.username, s.user_id::text) as user_name, ${rounded(sql`sum(s.session_time_in_minutes) / 60`)} as session_hours,
      ${mean('cpu_usage_percent')} as cpu_usage, ${mean('max_cpu_usage')} as cpu_peak, ${mean('memory_usage_percent')} as mem_usage, ${mean('max_memory_usage')} as mem_peak,
      ${mean('user_cpu_usage_percent')} as user_cpu_usage, ${mean('max_user_cpu_usage_percent')} as user_cpu_peak,
      ${mean('system_cpu_usage_percent')} as system_cpu_usage, ${mean('max_system_cpu_usage_percent')} as system_cpu_peak
    from (${sessionRows(grain, within)}) s join (${chosenObjects('vm', reader, criteria, timeZone)}) c on c.id = s.vm_id
      left join history.users_details_history u on u.user_id = s.user_id
    group by s.point, c.id, c.label, c.cluster_name, 4 order by c.cluster_name, s.point, user_name, c.label, c.id`;
}
