import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import { families, tables } from '../facts.ts';
import type { ReportCriteria } from './criteria.ts';
import { sources, type Measure, type MeasuredPart, type Source } from './declaration.ts';
import { clustersOf, idsOf, readChosen, type Asked, type PlacedObject } from './chosen.ts';
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

/** How long a row `s` stands for, in whole units of which a minute has `perMinute`; null for kinds whose rows do not tell. */
export function lastingOf(table: string, grain: ReportGrain): { units: RawBuilder<number>; perMinute: number } | null {
  const columns = tables.get(table) ?? {};
  if (grain === 'samples')
    return columns['seconds_in_status'] === undefined ? null : { units: sql<number>`s.seconds_in_status`, perMinute: 60 };
  return columns['minutes_in_status'] === undefined ? null : { units: sql<number>`s.lasting`, perMinute: 100 };
}

/** Rows `s` of a table within a span. */
export function withinSpan({ fromMs, toMs, days }: ReportSpan, grain: ReportGrain): RawBuilder<unknown> {
  return grain === 'daily'
    ? sql`s.history_datetime >= ${days.from}::date and s.history_datetime < ${days.to}::date`
    : sql`s.history_datetime >= ${new Date(fromMs)} and s.history_datetime < ${new Date(toMs)}`;
}

/**
 * Rows `s` of a table within a span and of some objects. These are named one by one: the planner then knows whether to look up the rows of
 * a few or to read all, with several processes.
 */
export const ofObjects = (key: string, ids: readonly string[], span: ReportSpan, grain: ReportGrain): RawBuilder<unknown> =>
  sql`${sql.ref(`s.${key}`)} = any(${ids}::uuid[]) and ${withinSpan(span, grain)}`;

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

/** The mean of a column by how long its rows stand for; of the rows where they do not tell. */
export function weighted(column: RawBuilder<unknown>, weight: RawBuilder<number> | null): RawBuilder<number> {
  if (weight === null) return sql<number>`avg(${column})`;
  return sql<number>`(sum(${column} * ${weight})::numeric / nullif(sum(${weight}) filter (where ${column} is not null), 0))`;
}

function measured(
  measure: Measure,
  place: { table: string; source: Source; grain: ReportGrain; criteria: ReportCriteria },
): RawBuilder<number> {
  const { table, source, grain, criteria } = place;
  const column = (name: string): RawBuilder<unknown> => columnOf(table, name);
  const told = lastingOf(table, grain);
  const weight = told?.units ?? null;
  // What is weighed is whole; its product with the weight may be large.
  const whole = (name: string): RawBuilder<unknown> => (weight === null ? column(name) : sql`${column(name)}::bigint`);
  const units = weight ?? sql<number>`1`;
  const perMinute = sql.lit(told?.perMinute ?? 1);
  const status = sql.ref(`s.${source.status ?? 'status'}`);
  const during = (condition: RawBuilder<unknown>): RawBuilder<number> =>
    sql<number>`coalesce(sum(${units}) filter (where ${condition}), 0)`;
  const inStatus = (statuses: number[]): RawBuilder<number> => during(sql`${status} in (${sql.join(statuses)})`);
  if ('weighted' in measure) return weighted(whole(measure.weighted), weight);
  if ('mean' in measure) return sql<number>`avg(${column(measure.mean)})`;
  if ('max' in measure) return sql<number>`max(${column(measure.max)})`;
  if ('minutes' in measure) return sql<number>`(${inStatus(measure.minutes)} / ${perMinute}::numeric)`;
  if ('share' in measure) return sql<number>`(100 * ${inStatus(measure.share)} / nullif(sum(${units}), 0))`;
  if ('free' in measure)
    return sql<number>`(100 - (${weighted(whole(measure.free[0]), weight)} + ${weighted(whole(measure.free[1]), weight)}) / 2)`;
  const [name, threshold] = 'above' in measure ? measure.above : measure.below;
  const side = 'above' in measure ? sql`>=` : sql`<`;
  return sql<number>`(${during(sql`${column(name)} ${side} ${criteria[threshold] ?? 0}`)} / ${perMinute}::numeric)`;
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
export async function measuredRows(db: Kysely<Tables>, part: MeasuredPart, asked: Asked): Promise<FigureRow[]> {
  const { criteria, span } = asked;
  const source = sources[part.source];
  if (source === undefined) throw new Error(`There is no source ${part.source}`);
  const grain = part.grain === 'hourly' && span.grain !== 'hourly' ? 'hourly' : span.grain;
  const table = tableOf(source.family, grain);
  const value = (name: string): RawBuilder<number> => {
    const measure = source.measures[name];
    if (measure === undefined) throw new Error(`${part.source} has no measure ${name}`);
    return measured(measure, { table, source, grain, criteria });
  };
  const chosen = await readChosen(db, source.of, asked, part.only);
  const status = part.status === undefined ? sql`` : sql` and ${sql.ref(`s.${source.status ?? 'status'}`)} in (${sql.join(part.status)})`;
  const ofWhom = part.each === 'cluster' ? sql`c.cluster_id` : part.each === 'object' ? sql.ref(`s.${source.key}`) : sql`null::uuid`;
  const from = (objects: readonly PlacedObject[]): RawBuilder<unknown> => {
    const clusters = part.each === 'cluster' ? sql` join ${clustersOf(objects)} on c.id = ${sql.ref(`s.${source.key}`)}` : sql``;
    return sql`from ${sql.table(`history.${table}`)} s${clusters} where ${ofObjects(source.key, idsOf(objects), span, grain)}${status}`;
  };
  const owner = part.each === 'cluster' ? (object: PlacedObject) => object.cluster_id : (object: PlacedObject) => object.id;
  const { top } = part;
  const ranks = new Map<string | null, number>();
  if (top !== undefined) {
    const order = top.least === true ? sql`asc` : sql`desc`;
    const rank = sql.join(
      top.of.map((name) => sql`coalesce(${value(name)}, 0)`),
      sql` + `,
    );
    const ranked = await sql<{ id: string | null; place: number }>`select id, rank() over (order by rank ${order}) as place
      from (select ${ofWhom} as id, ${rank} as rank ${from(chosen)} group by 1 order by rank ${order}, 1 limit ${top.most}) r`.execute(db);
    for (const { id, place } of ranked.rows) ranks.set(id, place);
  }
  const shown = top === undefined ? chosen : chosen.filter((object) => ranks.has(owner(object)));
  const measures = part.measures.map((name) => sql`round((${value(name)})::numeric, 4)::float8 as ${sql.id(name)}`);
  const axis = axisOf(part, grain, span.timeZone);
  const axisColumn =
    part.by === 'time' ? sql`${timeOf(sql`f.axis`, grain, span.timeZone)} as at,` : part.by === 'none' ? sql`` : sql`f.axis as category,`;
  const found = await sql<FigureRow>`select ${axisColumn} f.id, ${sql.join(part.measures.map((name) => sql`f.${sql.id(name)}`))}
    from (select ${axis} as axis, ${ofWhom} as id, ${sql.join(measures)} ${from(shown)} group by 1, 2) f`.execute(db);
  return withLabels(found.rows, part, shown, ranks);
}

/** Figures with what they are of, in order: that of ranks, if there are any, before that of labels. */
function withLabels(
  rows: FigureRow[],
  part: MeasuredPart,
  objects: readonly PlacedObject[],
  ranks: ReadonlyMap<string | null, number>,
): FigureRow[] {
  const ofCluster = part.each === 'cluster';
  const facts = new Map(
    objects.map((object, index) => {
      const { label, cluster_name, create_date, delete_date, cluster_place } = object;
      const id = ofCluster ? object.cluster_id : object.id;
      const place = (ranks.get(id) ?? 0) * (objects.length + 1) + (ofCluster ? cluster_place : index);
      return [
        id,
        { place, shown: { cluster_name, ...(ofCluster ? { label: cluster_name } : { label, create_date, delete_date }) } },
      ] as const;
    }),
  );
  const placeOf = ({ id }: FigureRow): number => (id === undefined ? 0 : (facts.get(id)?.place ?? 0));
  for (const row of rows)
    Object.assign(row, (row.id === undefined ? undefined : facts.get(row.id)?.shown) ?? { label: null, cluster_name: null });
  return rows.sort((left, right) => (left.at ?? left.category ?? 0) - (right.at ?? right.category ?? 0) || placeOf(left) - placeOf(right));
}
