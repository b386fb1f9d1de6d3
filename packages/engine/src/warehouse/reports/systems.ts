import { operatingSystems } from '@virgate/contract/generated/osinfo';
import { sql, type RawBuilder } from 'kysely';
import { pointOf, tableOf, timeOf, withinSpan } from './measured.ts';
import { chosenObjects } from './objects.ts';
import type { Asked } from './queries.ts';
import type { FigureRow } from './rows.ts';

/** Kinds of operating systems that the report tells apart. */
export type OsKind = 'RHEL' | 'Windows' | 'Other Linux' | 'Other OS' | 'Unknown OS';

/** Numbers of "other": nothing is known. Source: data warehouse, report BR18. */
const unknownNumbers: ReadonlySet<number> = new Set([0, 1001]);

/** The kind of an operating system, by number and name. Pure. */
export function osKind({ id, name, family }: { id: number; name: string; family?: string }): OsKind {
  if (unknownNumbers.has(id)) return 'Unknown OS';
  if (/red hat enterprise linux/i.test(name)) return 'RHEL';
  if (family === 'windows' || /windows/i.test(name)) return 'Windows';
  return family === 'linux' || /linux/i.test(name) ? 'Other Linux' : 'Other OS';
}

const known = operatingSystems.map((system) => ({ id: system.id, name: system.name, kind: osKind(system) }));

/** Operating systems with name and kind, as a table. */
export const systemsTable: RawBuilder<unknown> = sql`(select * from jsonb_to_recordset(${JSON.stringify(known)}::jsonb) o (id int, name text, kind text))`;

/**
 * Distinct VMs at each point: by kind, by version of Windows, and by whether anything is known; active ones and all. By what they ran at
 * the time. Source: data warehouse, report BR18.
 */
export function vmsBySystem({ reader, criteria, span }: Asked): RawBuilder<FigureRow> {
  const { grain, timeZone } = span;
  // A VM has a row for each status that it had: one of them all first, so that nothing needs to be sorted.
  return sql<FigureRow>`
    with chosen as materialized (${chosenObjects('vm', reader, criteria, timeZone)}),
      seen as (select ${pointOf(grain)} as point, s.vm_id, max(s.vm_configuration_version) as version, bool_or(s.vm_status = 1) as active
        from ${sql.table(`history.${tableOf('vm', grain)}`)} s join chosen on chosen.id = s.vm_id where ${withinSpan(span, grain)} group by 1, 2),
      versions as materialized (select c.history_id as version, coalesce(o.kind, 'Other OS') as kind,
          case when o.kind = 'Unknown OS' then 'Unknown OS' else 'Known OS' end as known, case when o.kind = 'Windows' then o.name end as windows
        from history.vm_configuration c join chosen on chosen.id = c.vm_id left join ${systemsTable} o on o.id = c.operating_system),
      counted as (select seen.point, v.kind, v.known, v.windows, count(*) filter (where seen.active) as active, count(*) as "all"
        from seen join versions v using (version) group by 1, 2, 3, 4)
    select ${timeOf(sql`point`, grain, timeZone)} as at, case when grouping(kind) = 0 then 'kind' when grouping(known) = 0 then 'known' else 'windows' end as "group",
      coalesce(kind, known, windows) as label, sum(active)::float8 as active, sum("all")::float8 as "all"
    from counted group by grouping sets ((point, kind), (point, known), (point, windows)) having grouping(windows) = 1 or windows is not null
    order by point, 2, 3`;
}

/** How many VMs were active with which operating system at each point, by what they ran at the time. Source: data warehouse, unit BR18A. */
export function vmsBySystemVersion({ reader, criteria, span }: Asked): RawBuilder<FigureRow> {
  const { grain, timeZone } = span;
  return sql<FigureRow>`
    with chosen as materialized (${chosenObjects('vm', reader, criteria, timeZone)})
    select ${timeOf(sql`point`, grain, timeZone)} as at, label, active from (
      select ${pointOf(grain)} as point, coalesce(o.name, 'Unknown OS') as label, count(distinct s.vm_id)::float8 as active
      from ${sql.table(`history.${tableOf('vm', grain)}`)} s join chosen on chosen.id = s.vm_id
        join history.vm_configuration c on c.history_id = s.vm_configuration_version left join ${systemsTable} o on o.id = c.operating_system
      where s.vm_status = 1 and ${withinSpan(span, grain)} group by 1, 2) f order by point, label`;
}

/** How many hosts ran which operating system at each point. Source: data warehouse, report BR22. */
export function hostsBySystem({ reader, criteria, span }: Asked): RawBuilder<FigureRow> {
  const { grain, timeZone } = span;
  return sql<FigureRow>`
    with chosen as materialized (${chosenObjects('host', reader, criteria, timeZone)})
    select ${timeOf(sql`point`, grain, timeZone)} as at, label, hosts from (
      select ${pointOf(grain)} as point, coalesce(nullif(c.host_os, ''), 'Unknown OS') as label, count(distinct s.host_id)::float8 as hosts
      from ${sql.table(`history.${tableOf('host', grain)}`)} s join chosen on chosen.id = s.host_id
        join history.host_configuration c on c.history_id = s.host_configuration_version
      where s.host_status = 1 and ${withinSpan(span, grain)} group by 1, 2) f order by point, label`;
}
