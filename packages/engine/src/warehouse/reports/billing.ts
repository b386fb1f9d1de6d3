import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import { lastingOf, ofObjects, pointOf, tableOf, timeOf, weighted } from './measured.ts';
import { chosenObjects } from './objects.ts';
import type { ReportGrain } from './period.ts';
import { idsOf, readChosen, type Asked } from './chosen.ts';
import type { FigureRow } from './rows.ts';
import { systemsTable } from './systems.ts';

const rounded = (value: RawBuilder<unknown>): RawBuilder<number> => sql<number>`round((${value})::numeric, 2)::float8`;

/** VMs with how long they were there and ran within the span. Source: data warehouse, report BR44. */
export async function vmsBilling(asked: Asked, db: Kysely<Tables>): Promise<RawBuilder<FigureRow>> {
  const { grain, timeZone, fromMs, toMs } = asked.span;
  const table = tableOf('vm', grain);
  const ids = idsOf(await readChosen(db, 'vm', asked));
  const { units: lasted, perMinute } = lastingOf(table, grain) ?? { units: sql<number>`0`, perMinute: 1 };
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  return sql<FigureRow>`with used as materialized (select s.vm_id, sum(${lasted}) as lasted, ${weighted(sql`s.cpu_usage_percent`, lasted)} as cpu, ${weighted(sql`s.memory_usage_percent`, lasted)} as memory
        from ${sql.table(`history.${table}`)} s where ${ofObjects('vm_id', ids, asked.span, grain)} and s.vm_status = 1 group by 1)
    select c.id::text, c.label, c.cluster_name, n.vm_description as description, o.name as os, n.template_name, c.create_date, c.delete_date,
      coalesce(n.created_by_user_name, u.username) as created_by, (n.cpu_per_socket * n.number_of_sockets)::float8 as cores, ${rounded(sql`n.memory_size_mb / 1024.0`)} as memory_gb,
      ${rounded(sql`greatest(extract(epoch from least(coalesce(c.delete_date, ${to}), ${to}) - greatest(coalesce(c.create_date, ${from}), ${from})), 0) / 3600`)} as existence_hours,
      ${rounded(sql`coalesce(used.lasted, 0) / ${sql.lit(perMinute * 60)}::numeric`)} as uptime_hours, ${rounded(sql`used.cpu`)} as cpu_usage, ${rounded(sql`used.memory`)} as mem_usage
    from (${chosenObjects('vm', asked.reader, asked.criteria, timeZone)}) c join history.vm_configuration n on n.history_id = c.version left join used on used.vm_id = c.id
      left join ${systemsTable} o on o.id = n.operating_system left join history.users_details_history u on u.user_id = n.created_by_user_id
    where coalesce(c.create_date, ${from}) < ${to} and coalesce(c.delete_date, ${to}) > ${from}
    order by c.cluster_name, c.label, c.id`;
}

/** What sums of sessions are made of: of samples, the same rows as the hourly job makes them of. */
function sessionSource(grain: ReportGrain): {
  table: string;
  columns: (name: string) => string;
  lasted: string;
  perMinute: number;
  where: RawBuilder<unknown>;
} {
  if (grain !== 'samples')
    return {
      table: tableOf('statistics_vms_users_usage', grain),
      columns: (name) => `s.${name}`,
      lasted: 's.lasting',
      perMinute: 100,
      where: sql``,
    };
  const names: Readonly<Record<string, string>> = { user_id: 's.current_user_id', user_name: 's.current_user_name' };
  // Samples have no highest of their own.
  const plain = (name: string): string =>
    name.startsWith('max_') ? `s.${name.slice(4).replace(/_usage$/, '_usage_percent')}` : `s.${name}`;
  return {
    table: tableOf('vm', grain),
    columns: (name) => names[name] ?? plain(name),
    lasted: 's.seconds_in_status',
    perMinute: 60,
    where: sql` and s.vm_status = 1 and (s.current_user_id is not null or s.current_user_name is not null)`,
  };
}

/** Columns of the report, by those of the sums that they are the means of. */
const sessionMeans = {
  cpu_usage: 'cpu_usage_percent',
  cpu_peak: 'max_cpu_usage',
  mem_usage: 'memory_usage_percent',
  mem_peak: 'max_memory_usage',
  user_cpu_usage: 'user_cpu_usage_percent',
  user_cpu_peak: 'max_user_cpu_usage_percent',
  system_cpu_usage: 'system_cpu_usage_percent',
  system_cpu_peak: 'max_system_cpu_usage_percent',
} as const;

/** Sessions of users with VMs, by point. Source: data warehouse, report BR45. */
export async function userSessions(asked: Asked, db: Kysely<Tables>): Promise<RawBuilder<FigureRow>> {
  const { span } = asked;
  // The daily table of sessions has times, not dates.
  const timed = span.grain === 'daily' ? 'hourly' : span.grain;
  const { table, columns, lasted, perMinute, where } = sessionSource(span.grain);
  const vms = await readChosen(db, 'vm', asked);
  const [userId, userName, weight] = [sql.ref(columns('user_id')), sql.ref(columns('user_name')), sql.ref<number>(lasted)];
  const used = Object.entries(sessionMeans).flatMap(([name, column]) => [
    sql`sum(${sql.ref(columns(column))} * ${weight}) as ${sql.id(name)}`,
    sql`sum(${weight}) filter (where ${sql.ref(columns(column))} is not null) as ${sql.id(`${name}_lasted`)}`,
  ]);
  const means = Object.keys(sessionMeans).map(
    (name) => sql`${rounded(sql`s.${sql.id(name)}::numeric / nullif(s.${sql.id(`${name}_lasted`)}, 0)`)} as ${sql.id(name)}`,
  );
  // Means are divided for those only that are shown.
  return sql<FigureRow>`select ${timeOf(sql`s.point`, timed, span.timeZone)} as at, s.label, s.cluster_name, s.user_name,
      ${rounded(sql`s.lasted / ${sql.lit(perMinute * 60)}::numeric`)} as session_hours, ${sql.join(means)}
    from (select s.*, c.label, c.cluster_name, c.place, c.cluster_place
      from (select ${pointOf(timed)} as point, s.vm_id,
          coalesce(${userName}, (select u.username from history.users_details_history u where u.user_id = ${userId}), ${userId}::text) as user_name,
          sum(${weight}) as lasted, ${sql.join(used)}
        from ${sql.table(`history.${table}`)} s where ${ofObjects('vm_id', idsOf(vms), span, timed)}${where} group by 1, 2, 3) s
      join unnest(${idsOf(vms)}::uuid[], ${vms.map(({ label }) => label)}::text[], ${vms.map(({ cluster_name }) => cluster_name)}::text[], ${vms.map(
        ({ cluster_place }) => cluster_place,
      )}::int[]) with ordinality c (id, label, cluster_name, cluster_place, place) on c.id = s.vm_id
      order by c.cluster_place, s.point, s.user_name, c.place limit ${asked.most + 1}) s
    order by s.cluster_place, s.point, s.user_name, s.place`;
}
