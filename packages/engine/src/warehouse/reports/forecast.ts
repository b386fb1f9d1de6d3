import { setImmediate } from 'node:timers/promises';
import type { ReportChart, ReportSeries, ReportUnit } from '@virgate/contract/generated/virgate';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import type { Computed } from './computed.ts';
import { usualForecast } from './criteria.ts';
import { newestSize } from './inventories.ts';
import { withinSpan } from './measured.ts';
import { choosable, chosenObjects } from './objects.ts';
import type { ReportSpan } from './period.ts';
import type { Asked } from './chosen.ts';
import { fewestDays, forecast, trendAt, type Forecast, type TrendPoint } from './robust-trend.ts';
import type { FigureRow } from './rows.ts';

/** What an object used each day, and how much it has now. */
export interface UsedDays {
  id: string;
  label: string;
  total: number | null;
  days: string[];
  used: number[];
}

/** So many objects have a chart of their own: those that are full first. */
const mostCharts = 6;
const mostBars = 30;
const dayMs = 86_400_000;

const rounded = (value: number): number => Math.round(value * 100) / 100;
const dayNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / dayMs);
const dayName = (number: number): string => new Date(number * dayMs).toISOString().slice(0, 10);

/** SQL for what storage domains used on each day of a span: the most of the day, in GiB. */
export function storageDays({ reader, criteria, span }: Asked): RawBuilder<UsedDays> {
  return sql<UsedDays>`with chosen as materialized (${chosenObjects('storage_domain', reader, criteria, span.timeZone)}),
      by_day as (select s.storage_domain_id as id, s.history_datetime as day, max(s.used_disk_size_gb)::float8 as used
        from history.storage_domain_daily_history s join chosen on chosen.id = s.storage_domain_id
        where ${withinSpan(span, 'daily')} and s.used_disk_size_gb is not null group by 1, 2),
      used as (select id, array_agg(day order by day) as days, array_agg(used order by day) as used from by_day group by 1)
    select c.id, c.label, (z.free + z.used)::float8 as total, coalesce(u.days, '{}') as days, coalesce(u.used, '{}') as used
    from chosen c ${newestSize} left join used u on u.id = c.id order by c.label, c.id`;
}

/**
 * SQL for what the hosts of clusters used on each day of a span: of every host its share of its size, by the part of the day that it was
 * up, where it was at the time; against all hosts that the cluster has now.
 */
function clusterDays({ reader, criteria, span }: Asked, resource: 'memory' | 'cpu'): RawBuilder<UsedDays> {
  const size = (alias: string): RawBuilder<number> =>
    resource === 'memory' ? sql`${sql.ref(`${alias}.memory_size_mb`)} / 1024.0` : sql`${sql.ref(`${alias}.number_of_cores`)}`;
  const share = resource === 'memory' ? sql`s.memory_usage_percent` : sql`s.cpu_usage_percent`;
  // Where hosts were at the time counts, not where they are.
  const { cluster: _, dataCenter: __, ...anywhere } = criteria;
  return sql<UsedDays>`with clusters as materialized (select k.id, k.name as label from (${choosable('cluster', reader, criteria, span.timeZone)}) k
        ${criteria.cluster === undefined ? sql`` : sql`where k.id = ${criteria.cluster}::uuid`}),
      seen as (${chosenObjects('host', reader, { ...anywhere, showDeleted: true }, span.timeZone)}),
      by_host as (select v.cluster_id as id, s.history_datetime as day, s.host_id, sum(s.minutes_in_status) as minutes,
          sum(${share} / 100.0 * ${size('v')} * s.minutes_in_status) filter (where s.host_status = 1) as used
        from history.host_daily_history s join seen on seen.id = s.host_id join history.host_configuration v on v.history_id = s.host_configuration_version
          join clusters on clusters.id = v.cluster_id where ${withinSpan(span, 'daily')} group by 1, 2, 3),
      by_day as (select id, day, (sum(used) / nullif(max(minutes), 0))::float8 as used from by_host group by 1, 2),
      used as (select id, array_agg(day order by day) as days, array_agg(used order by day) as used from by_day where used is not null group by 1)
    select k.id, k.label, (select sum(${size('n')}) from seen join history.host_configuration n on n.history_id = seen.version
        where seen.delete_date is null and n.cluster_id = k.id)::float8 as total, coalesce(u.days, '{}') as days, coalesce(u.used, '{}') as used
    from clusters k left join used u on u.id = k.id order by k.label, k.id`;
}

/** What the days of an object say, and about what. */
interface Outlook extends UsedDays {
  points: TrendPoint[];
  limit: number | null;
  found: Forecast;
}

/** What days say about a share of what there is; without knowing how much that is they say nothing. Pure. */
export function outlookOf(object: UsedDays, today: number, percent: number): Outlook {
  const points = object.days.map((day, index) => ({ day: dayNumber(day), value: object.used[index] ?? 0 }));
  const limit = object.total === null || object.total <= 0 ? null : (object.total * percent) / 100;
  return { ...object, points, limit, found: limit === null ? { finding: 'short', trend: null } : forecast(points, today, limit) };
}

function inWords({ found, points, limit }: Outlook, percent: number): string {
  switch (found.finding) {
    case 'short':
      return limit === null && points.length >= fewestDays
        ? 'How much there is in all is not known.'
        : `Too little data: ${points.length} days are known, ${fewestDays} are needed.`;
    case 'reached':
      return `${percent} % are used already.`;
    case 'steady':
      return 'No certain growth.';
    case 'distant':
      return 'Grows, but is not full within ten years.';
    case 'growing':
      return found.days === 0
        ? 'Full today by its trend.'
        : `Full in ${found.days} days by its trend${found.latest === null ? `, in ${found.earliest} at the earliest` : `, in ${found.earliest} to ${found.latest} with a confidence of 90 %`}.`;
  }
}

function rowOf(outlook: Outlook, today: number, percent: number): FigureRow {
  const { id, label, total, points, found } = outlook;
  const used = points.at(-1)?.value;
  const growing = found.finding === 'growing' ? found : undefined;
  const days = found.finding === 'reached' ? 0 : growing?.days;
  return {
    id,
    label,
    total: total === null ? null : rounded(total),
    used: used === undefined ? null : rounded(used),
    percent: used === undefined || total === null || total <= 0 ? null : rounded((100 * used) / total),
    per_day: found.trend === null ? null : Math.round(found.trend.perDay * 1e4) / 1e4,
    days: days ?? null,
    earliest: growing?.earliest ?? null,
    latest: growing?.latest ?? null,
    full_on: growing === undefined ? null : dayName(today + growing.days),
    finding: inWords(outlook, percent),
  };
}

/** History, trend, the range of the trend and the limit of an object, over the days of the report. */
function chartOf(outlook: Outlook, shown: { span: ReportSpan; unit: ReportUnit; percent: number; subtitle: string }): ReportChart {
  const { points, found, limit, label, total } = outlook;
  const { span, unit, percent, subtitle } = shown;
  const first = dayNumber(span.days.from);
  const count = span.points.length;
  const values = new Map(points.map(({ day, value }) => [day - first, rounded(value)]));
  const over = (valueOf: (day: number) => number | null): (number | null)[] => Array.from({ length: count }, (_, index) => valueOf(index));
  const highest = Math.max((total ?? 0) * 1.2, ...points.map(({ value }) => value));
  /** A trend may lead anywhere: only what there can be is drawn. */
  const within = (value: number): number => rounded(Math.min(Math.max(value, 0), highest));
  const { trend } = found;
  const series: ReportSeries[] = [{ name: 'Used', values: over((day) => values.get(day) ?? null) }];
  if (trend !== null) {
    const at = Array.from({ length: count }, (_, index) => trendAt(trend, first + index));
    series.push(
      { name: 'Trend', values: at.map(({ value }) => (value < 0 || value > highest ? null : rounded(value))), dashed: true },
      { name: 'Range of the trend (90 %)', values: at.map(({ low }) => within(low)), upTo: at.map(({ high }) => within(high)) },
    );
  }
  if (limit !== null) series.push({ name: `${percent} % of the total`, values: over(() => rounded(limit)) });
  return { type: 'line', title: subtitle === '' ? label : `${label}: ${subtitle}`, subtitle: inWords(outlook, percent), unit, series };
}

const urgency = ({ found }: Outlook): number =>
  found.finding === 'reached' ? -1 : found.finding === 'growing' ? found.days : found.finding === 'distant' ? 1e6 : 1e7;

async function forecastPart(
  db: Kysely<Tables>,
  asked: Asked,
  shown: { days: RawBuilder<UsedDays>; unit: ReportUnit; subtitle: string },
): Promise<Computed> {
  const { criteria, span } = asked;
  const { historyDays = usualForecast.historyDays, fullPercent: percent = usualForecast.fullPercent } = criteria;
  const found = await shown.days.execute(db);
  const today = dayNumber(span.days.from) + historyDays;
  const outlooks: Outlook[] = [];
  for (const object of found.rows) {
    outlooks.push(outlookOf(object, today, percent));
    // A year of days has tens of thousands of pairs: others are to be served between two objects.
    await setImmediate();
  }
  const urgent = outlooks.toSorted((left, right) => urgency(left) - urgency(right));
  const growing = urgent.filter((one) => one.found.finding === 'growing').slice(0, mostBars);
  const bars: ReportChart = {
    type: 'stacked_bar',
    across: true,
    title: `${shown.subtitle === '' ? '' : `${shown.subtitle}: `}Days until ${percent} % Are Used`,
    subtitle: '',
    unit: 'count',
    categories: growing.map(({ label }) => label),
    series: [{ name: 'Days', values: growing.map((one) => (one.found.finding === 'growing' ? one.found.days : null)) }],
  };
  return {
    rows: urgent.map((one) => rowOf(one, today, percent)),
    charts: [
      ...(growing.length > 1 ? [bars] : []),
      ...urgent.slice(0, mostCharts).map((one) => chartOf(one, { span, unit: shown.unit, percent, subtitle: shown.subtitle })),
    ],
  };
}

/** When storage domains are full. */
export const storageForecast = (db: Kysely<Tables>, asked: Asked): Promise<Computed> =>
  forecastPart(db, asked, { days: storageDays(asked), unit: 'gigabytes', subtitle: '' });

/** When the memory of clusters' hosts is used. */
export const clusterMemoryForecast = (db: Kysely<Tables>, asked: Asked): Promise<Computed> =>
  forecastPart(db, asked, { days: clusterDays(asked, 'memory'), unit: 'gigabytes', subtitle: 'Memory' });

/** When the cores of clusters' hosts are busy. */
export const clusterCpuForecast = (db: Kysely<Tables>, asked: Asked): Promise<Computed> =>
  forecastPart(db, asked, { days: clusterDays(asked, 'cpu'), unit: 'count', subtitle: 'CPU' });
