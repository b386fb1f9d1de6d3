import { operatingSystems } from '@virgate/contract/generated/osinfo';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import { idsOf, readChosen, type Asked } from './chosen.ts';
import { ofObjects, pointOf, tableOf, timeOf } from './measured.ts';
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
export async function vmsBySystem(asked: Asked, db: Kysely<Tables>): Promise<RawBuilder<FigureRow>> {
  const { grain, timeZone } = asked.span;
  const ids = idsOf(await readChosen(db, 'vm', asked));
  // A VM has a row for each status that it had: one of them all first. Days of a year are counted by themselves, so that this needs no sorting.
  return sql<FigureRow>`
    with counted as (select seen.point, v.operating_system, count(*) filter (where seen.active) as active, count(*) as "all"
        from (select ${pointOf(grain)} as point, s.vm_id, max(s.vm_configuration_version) as version, bool_or(s.vm_status = 1) as active
            from ${sql.table(`history.${tableOf('vm', grain)}`)} s where ${ofObjects('vm_id', ids, asked.span, grain)} group by 1, 2) seen
          join history.vm_configuration v on v.history_id = seen.version group by 1, 2),
      known as (select c.point, c.active, c."all", coalesce(o.kind, 'Other OS') as kind, case when o.kind = 'Unknown OS' then 'Unknown OS' else 'Known OS' end as known,
          case when o.kind = 'Windows' then o.name end as windows
        from counted c left join ${systemsTable} o on o.id = c.operating_system)
    select ${timeOf(sql`point`, grain, timeZone)} as at, case when grouping(kind) = 0 then 'kind' when grouping(known) = 0 then 'known' else 'windows' end as "group",
      coalesce(kind, known, windows) as label, sum(active)::float8 as active, sum("all")::float8 as "all"
    from known group by grouping sets ((point, kind), (point, known), (point, windows)) having grouping(windows) = 1 or windows is not null
    order by point, 2, 3`;
}

/** How many VMs were active with which operating system at each point, by what they ran at the time. Source: data warehouse, unit BR18A. */
export async function vmsBySystemVersion(asked: Asked, db: Kysely<Tables>): Promise<RawBuilder<FigureRow>> {
  const { grain, timeZone } = asked.span;
  const ids = idsOf(await readChosen(db, 'vm', asked));
  return sql<FigureRow>`select ${timeOf(sql`point`, grain, timeZone)} as at, coalesce(o.name, 'Unknown OS') as label, sum(active)::float8 as active from (
      select point, c.operating_system, count(*) as active
      from (select ${pointOf(grain)} as point, s.vm_id, s.vm_configuration_version as version
          from ${sql.table(`history.${tableOf('vm', grain)}`)} s where ${ofObjects('vm_id', ids, asked.span, grain)} and s.vm_status = 1 group by 1, 2, 3) seen
        join history.vm_configuration c on c.history_id = seen.version group by 1, 2) f
    left join ${systemsTable} o on o.id = f.operating_system group by point, 2 order by point, 2`;
}

/** How many hosts ran which operating system at each point. Source: data warehouse, report BR22. */
export async function hostsBySystem(asked: Asked, db: Kysely<Tables>): Promise<RawBuilder<FigureRow>> {
  const { grain, timeZone } = asked.span;
  const ids = idsOf(await readChosen(db, 'host', asked));
  return sql<FigureRow>`
    select ${timeOf(sql`point`, grain, timeZone)} as at, label, hosts from (
      select ${pointOf(grain)} as point, coalesce(nullif(c.host_os, ''), 'Unknown OS') as label, count(distinct s.host_id)::float8 as hosts
      from ${sql.table(`history.${tableOf('host', grain)}`)} s join history.host_configuration c on c.history_id = s.host_configuration_version
      where ${ofObjects('host_id', ids, asked.span, grain)} and s.host_status = 1 group by 1, 2) f order by point, label`;
}
