import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import { families, tables } from '../facts.ts';
import type { Reader, ReportCriteria } from './criteria.ts';
import { sources, type Measure, type MeasuredPart, type Source } from './declaration.ts';
import { chosenObjects } from './objects.ts';
import type { ReportGrain, ReportSpan } from './period.ts';
import type { FigureRow } from './rows.ts';

/** Names of the categories of a part, in their order. Weeks begin on Sunday. Source: reports of the data warehouse. */
export const categories: Readonly<Record<'weekday' | 'hour', readonly string[]>> = {
  weekday: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  hour: Array.from({ length: 24 }, (_, hour) => `${hour}:00`),
};

/** The table of a family at a grain. The `v4_5_…` views show the same rows; those of VMs also look up file systems for each. */
export function tableOf(familyName: string, grain: ReportGrain): string {
  const family = families.find(({ name }) => name === familyName);
  if (family === undefined) throw new Error(`The warehouse has no samples of ${familyName}`);
  return family[grain];
}

/** How many minutes a row stands for; null for kinds whose rows do not tell. */
export function minutesOf(table: string, grain: ReportGrain): RawBuilder<number> | null {
  const columns = tables.get(table) ?? {};
  if (grain === 'samples') return columns['seconds_in_status'] === undefined ? null : sql<number>`(s.seconds_in_status / 60.0::float8)`;
  return columns['minutes_in_status'] === undefined ? null : sql<number>`s.minutes_in_status::float8`;
}

/** Rows `s` of a table within a span. */
export function withinSpan({ fromMs, toMs, days }: ReportSpan, grain: ReportGrain): RawBuilder<unknown> {
  return grain === 'daily'
    ? sql`s.history_datetime >= ${days.from}::date and s.history_datetime < ${days.to}::date`
    : sql`s.history_datetime >= ${new Date(fromMs)} and s.history_datetime < ${new Date(toMs)}`;
}

/** The point that a row `s` belongs to, in the order of grouping: a day of the calendar for sums of days. */
export const pointOf = (grain: ReportGrain): RawBuilder<unknown> =>
  grain === 'daily'
    ? sql`s.history_datetime`
    : grain === 'hourly'
      ? sql`s.history_datetime`
      : sql`date_trunc('minute', s.history_datetime)`;

/** A point as a time: where a day begins in the time zone of the warehouse. */
export const timeOf = (point: RawBuilder<unknown>, grain: ReportGrain, timeZone: string): RawBuilder<number> =>
  grain === 'daily' ? sql<number>`(${point})::timestamp at time zone ${timeZone}` : sql<number>`${point}`;

/** Samples have no highest of their own. */
function columnOf(table: string, name: string): RawBuilder<unknown> {
  const columns = tables.get(table) ?? {};
  if (columns[name] !== undefined) return sql.ref(`s.${name}`);
  const family = families.find(({ samples }) => samples === table);
  const plain = Object.entries(family?.avgmax ?? {}).find(([, highest]) => highest === name)?.[0];
  if (plain === undefined) throw new Error(`${table} has no ${name}`);
  return sql.ref(`s.${plain}`);
}

/** The mean of a column by the minutes that its rows stand for; of the rows where they do not tell. */
export function weighted(column: RawBuilder<unknown>, minutes: RawBuilder<number> | null): RawBuilder<number> {
  if (minutes === null) return sql<number>`avg(${column})`;
  return sql<number>`(sum(${column} * ${minutes}) / nullif(sum(${minutes}) filter (where ${column} is not null), 0))`;
}

function measured(
  measure: Measure,
  place: { table: string; source: Source; minutes: RawBuilder<number> | null; criteria: ReportCriteria },
): RawBuilder<number> {
  const { table, source, minutes, criteria } = place;
  const column = (name: string): RawBuilder<unknown> => columnOf(table, name);
  const lasted = minutes ?? sql<number>`1`;
  const status = sql.ref(`s.${source.status ?? 'status'}`);
  const inStatus = (statuses: number[]): RawBuilder<number> =>
    sql<number>`coalesce(sum(${lasted}) filter (where ${status} in (${sql.join(statuses)})), 0)`;
  if ('weighted' in measure) return weighted(column(measure.weighted), minutes);
  if ('mean' in measure) return sql<number>`avg(${column(measure.mean)})`;
  if ('max' in measure) return sql<number>`max(${column(measure.max)})`;
  if ('minutes' in measure) return inStatus(measure.minutes);
  if ('share' in measure) return sql<number>`(100 * ${inStatus(measure.share)} / nullif(sum(${lasted}), 0))`;
  if ('free' in measure)
    return sql<number>`(100 - (${weighted(column(measure.free[0]), minutes)} + ${weighted(column(measure.free[1]), minutes)}) / 2)`;
  const [name, threshold] = 'above' in measure ? measure.above : measure.below;
  const side = 'above' in measure ? sql`>=` : sql`<`;
  return sql<number>`coalesce(sum(${lasted}) filter (where ${column(name)} ${side} ${criteria[threshold] ?? 0}), 0)`;
}

/** What the rows of a part stand for beside their measures. */
function axisOf(part: MeasuredPart, grain: ReportGrain, timeZone: string): RawBuilder<unknown> {
  switch (part.by) {
    case 'time':
      return pointOf(grain);
    case 'weekday':
      return grain === 'daily'
        ? sql`extract(dow from s.history_datetime)::int`
        : sql`extract(dow from s.history_datetime at time zone ${timeZone})::int`;
    case 'hour':
      return sql`extract(hour from s.history_datetime at time zone ${timeZone})::int`;
    case 'none':
      return sql`0`;
  }
}

/**
 * Figures of a source for the objects of a report, in the order of points and labels. Objects are where their newest configuration has
 * them: what moved between clusters counts where it is.
 */
export async function measuredRows(
  db: Kysely<Tables>,
  part: MeasuredPart,
  about: { reader: Reader; criteria: ReportCriteria; span: ReportSpan },
): Promise<FigureRow[]> {
  const { reader, criteria, span } = about;
  const source = sources[part.source];
  if (source === undefined) throw new Error(`There is no source ${part.source}`);
  const grain = part.grain === 'hourly' && span.grain !== 'hourly' ? 'hourly' : span.grain;
  const table = tableOf(source.family, grain);
  const minutes = minutesOf(table, grain);
  const value = (name: string): RawBuilder<number> => {
    const measure = source.measures[name];
    if (measure === undefined) throw new Error(`${part.source} has no measure ${name}`);
    return measured(measure, { table, source, minutes, criteria });
  };
  const chosen = chosenObjects(source.of, reader, criteria, span.timeZone, part.only);
  const ofWhom = part.each === 'cluster' ? sql`c.cluster_id` : part.each === 'object' ? sql`c.id` : sql`null::uuid`;
  const status = part.status === undefined ? sql`` : sql` and ${sql.ref(`s.${source.status ?? 'status'}`)} in (${sql.join(part.status)})`;
  const from = sql`from ${sql.table(`history.${table}`)} s join chosen c on c.id = ${sql.ref(`s.${source.key}`)} where ${withinSpan(span, grain)}${status}`;
  const { top } = part;
  const ranked =
    top === undefined
      ? sql``
      : sql`, ranked as (select ${ofWhom} as id, ${sql.join(
          top.of.map((name) => sql`coalesce(${value(name)}, 0)`),
          sql` + `,
        )} as rank
          ${from} group by 1 order by rank ${top.least === true ? sql`asc` : sql`desc`}, 1 limit ${top.most})`;
  const onlyRanked = top === undefined ? sql`` : sql` and ${ofWhom} in (select r.id from ranked r)`;
  const axis = axisOf(part, grain, span.timeZone);
  const measures = part.measures.map((name) => sql`round((${value(name)})::numeric, 4)::float8 as ${sql.id(name)}`);
  const label = part.each === 'cluster' ? sql`min(o.cluster_name)` : sql`min(o.label)`;
  const rows = await sql<FigureRow>`with chosen as materialized (${chosen})${ranked},
      figures as (select ${axis} as axis, ${ofWhom} as id, ${sql.join(measures)} ${from}${onlyRanked} group by 1, 2)
    select ${part.by === 'time' ? sql`${timeOf(sql`f.axis`, grain, span.timeZone)} as at,` : part.by === 'none' ? sql`` : sql`f.axis as category,`}
      f.id, o.label, o.cluster_name, o.create_date, o.delete_date, ${sql.join(part.measures.map((name) => sql`f.${sql.id(name)}`))}
    from figures f left join (select ${part.each === 'cluster' ? sql`o.cluster_id` : sql`o.id`} as id, ${label} as label, min(o.cluster_name) as cluster_name,
        min(o.create_date) as create_date, min(o.delete_date) as delete_date from chosen o group by 1) o on o.id = f.id
    ${top === undefined ? sql`` : sql`left join ranked r on r.id = f.id`}
    order by f.axis, ${top === undefined ? sql`` : top.least === true ? sql`r.rank, ` : sql`r.rank desc, `}o.label, f.id`.execute(db);
  return rows.rows;
}
