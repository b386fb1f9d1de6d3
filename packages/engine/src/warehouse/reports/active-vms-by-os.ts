import type { ReportChart } from '@virgate/contract/generated/virgate';
import { operatingSystems } from '@virgate/contract/generated/osinfo';
import { sql, type Kysely } from 'kysely';
import type { SignedIn } from '../../access/permissions.ts';
import type { Tables } from '../../tables/schema.ts';
import type { ReportSpan } from './period.ts';
import { chosenVms, type VmCriteria } from './vms.ts';

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

interface Count {
  at: number;
  kind: OsKind | null;
  name: string | null;
  unknown: boolean | null;
  active: number;
  all: number;
}

/** Which of the counted are lines of a chart, and whether inactive ones count. Source: data warehouse, report BR18. */
const charts: readonly { title: string; subtitle: string; counts: 'active' | 'all'; lines: (row: Count) => string | null }[] = [
  {
    title: 'RHEL vs Other Linux OS',
    subtitle: 'active vms',
    counts: 'active',
    lines: ({ kind }) => (kind === 'RHEL' || kind === 'Other Linux' ? kind : null),
  },
  { title: 'Distribution of Windows Versions', subtitle: 'active vms', counts: 'active', lines: ({ name }) => name },
  {
    title: 'Known vs Unknown OS',
    subtitle: 'active and inactive vms',
    counts: 'all',
    lines: ({ unknown }) => (unknown === null ? null : unknown ? 'Unknown OS' : 'Known OS'),
  },
  {
    title: 'RHEL vs Windows OS',
    subtitle: 'active vms',
    counts: 'active',
    lines: ({ kind }) => (kind === 'RHEL' || kind === 'Windows' ? kind : null),
  },
];

/** Distinct VMs at each point by kind, by version of Windows, and by whether anything is known. */
async function counted(
  db: Kysely<Tables>,
  user: Pick<SignedIn, 'principals' | 'administrator'>,
  criteria: VmCriteria,
  span: ReportSpan,
  timeZone: string,
): Promise<Count[]> {
  const hourly = span.grain === 'hourly';
  const within = hourly
    ? sql`s.history_datetime >= ${new Date(span.fromMs)} and s.history_datetime < ${new Date(span.toMs)}`
    : sql`s.history_datetime >= ${span.days.from}::date and s.history_datetime < ${span.days.to}::date`;
  const at = hourly ? sql`s.history_datetime` : sql`s.history_datetime::timestamp at time zone ${timeZone}`;
  const found = await sql<Count>`
    with chosen as (${chosenVms(user, criteria)}),
      systems as (select * from jsonb_to_recordset(${JSON.stringify(known)}::jsonb) o (id int, name text, kind text)),
      seen as (select ${at} as at, s.vm_id, s.vm_status, coalesce(o.kind, 'Other OS') as kind, coalesce(o.kind, '') = 'Unknown OS' as unknown,
          case when o.kind = 'Windows' then o.name end as name
        from history.${sql.raw(hourly ? 'vm_hourly_history' : 'vm_daily_history')} s join chosen using (vm_id)
          join history.vm_configuration c on c.history_id = s.vm_configuration_version left join systems o on o.id = c.operating_system
        where ${within})
    select at, kind, name, unknown, count(distinct vm_id) filter (where vm_status = 1) as active, count(distinct vm_id) as all
    from seen group by grouping sets ((at, kind), (at, name), (at, unknown)) order by at`.execute(db);
  return found.rows;
}

/** Lines over the span's points, in the order of their names; what has no row at a point is 0. Pure. */
export function chartsOf(rows: readonly Count[], points: readonly number[]): ReportChart[] {
  const places = new Map(points.map((at, place) => [at, place]));
  return charts.map(({ title, subtitle, counts, lines }) => {
    const series = new Map<string, number[]>();
    for (const row of rows) {
      const line = lines(row);
      const place = places.get(row.at);
      if (line === null || place === undefined) continue;
      const values = series.get(line) ?? points.map(() => 0);
      values[place] = row[counts];
      series.set(line, values);
    }
    const drawn = [...series].map(([name, values]) => ({ name, values })).toSorted((left, right) => left.name.localeCompare(right.name));
    return { title, subtitle, series: drawn };
  });
}

/** "Active Virtual Machines by OS" (BR18): how many VMs ran which operating system. */
export async function activeVmsByOs(
  db: Kysely<Tables>,
  user: Pick<SignedIn, 'principals' | 'administrator'>,
  criteria: VmCriteria,
  span: ReportSpan,
  timeZone: string,
): Promise<{ hasData: boolean; charts: ReportChart[] }> {
  const rows = await counted(db, user, criteria, span, timeZone);
  return { hasData: rows.length > 0, charts: chartsOf(rows, span.points) };
}
