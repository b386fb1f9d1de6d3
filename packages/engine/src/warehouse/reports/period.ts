import type { ReportPeriod } from '@virgate/contract/generated/virgate';
import { sql, type Kysely } from 'kysely';
import { say } from '../../rest/fault.ts';
import type { Tables } from '../../tables/schema.ts';
import { refusal } from '../../virgate/operation.ts';

/** Length of a period. Source: data warehouse, reports: end = start + 1 day, 1 month, 3 months, 1 year; of an hour it is ours. */
const lengths: Readonly<Record<ReportPeriod, string>> = {
  hourly: '1 hour',
  daily: '1 day',
  monthly: '1 month',
  quarterly: '3 months',
  yearly: '1 year',
};
/** How many days a report may be about, by what it is made of. */
const mostDays = { hourly: 93, daily: 1830 } as const;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Which tables a report reads: samples (a point a minute), sums of hours, sums of days. */
export type ReportGrain = 'samples' | 'hourly' | 'daily';

/** The span of a report and the times at which it has figures. */
export interface ReportSpan {
  grain: ReportGrain;
  fromMs: number;
  toMs: number;
  timeZone: string;
  /** Days as the daily tables name them: from (inclusive) and to (exclusive). */
  days: { from: string; to: string };
  points: number[];
}

/** Whether a text is a day of the calendar, of years that the warehouse's calendar has. Pure. */
export function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) && text >= '2011-01-01' && text < '2051-01-01';
}

/**
 * The span that begins with a day of a time zone: one period of it, or to the end of another day. A day has 23 to 25 hours.
 * @param startHour hours since the day began, for a period of an hour
 * @throws {Fault} 400 for a span that is too long
 */
export async function reportSpan(
  db: Kysely<Tables>,
  timeZone: string,
  asked: { period: ReportPeriod; startDate: string; startHour?: number | undefined; endDate?: string | undefined },
): Promise<ReportSpan> {
  const { period, startDate, startHour = 0, endDate } = asked;
  const grain = period === 'hourly' ? 'samples' : period === 'daily' ? 'hourly' : 'daily';
  const end = endDate === undefined ? sql`${startDate}::date + ${sql.lit(lengths[period])}::interval` : sql`${endDate}::date + 1`;
  const found = await sql<{ from: number; to: number; first: string; last: string }>`
    select ${startDate}::date::timestamp at time zone ${timeZone} as from, (${end})::timestamp at time zone ${timeZone} as to,
      ${startDate}::date as first, (${end})::date as last`.execute(db);
  const [row] = found.rows;
  if (!row) throw new Error('A statement without a table has one row');
  const days = { from: row.first, to: row.last };
  if (grain === 'samples') {
    const fromMs = row.from + startHour * hourMs;
    return { grain, fromMs, toMs: fromMs + hourMs, timeZone, days, points: minutesOf(fromMs, fromMs + hourMs) };
  }
  if (row.to - row.from > mostDays[grain] * dayMs + hourMs)
    throw refusal(400, 'invalid_value', [say`endDate: a ${period} report may be about ${mostDays[grain]} days at most.`], 'endDate');
  const step =
    grain === 'hourly'
      ? sql`generate_series(${new Date(row.from)}::timestamptz, ${new Date(row.to)}::timestamptz - interval '1 second', interval '1 hour')`
      : sql`(select d at time zone ${timeZone} from generate_series(${row.first}::date::timestamp, ${row.last}::date - interval '1 day', interval '1 day') d)`;
  const points = await sql<{ at: number }>`select p.at from ${step} p (at) order by 1`.execute(db);
  return { grain, fromMs: row.from, toMs: row.to, timeZone, days, points: points.rows.map(({ at }) => at) };
}

function minutesOf(fromMs: number, toMs: number): number[] {
  return Array.from({ length: Math.round((toMs - fromMs) / 60_000) }, (_, minute) => fromMs + minute * 60_000);
}

/** The day that ends now, minute by minute; sums of it are of its hours. */
export function lastDay(timeZone: string, at: Date): ReportSpan {
  const toMs = Math.ceil(at.getTime() / 60_000) * 60_000;
  const fromMs = toMs - dayMs;
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  return { grain: 'samples', fromMs, toMs, timeZone, days: { from: day(fromMs), to: day(toMs + dayMs) }, points: minutesOf(fromMs, toMs) };
}

/**
 * Whole days before and after the beginning of today.
 * @param after days from today on; none without it
 */
export async function daysAround(
  db: Kysely<Tables>,
  timeZone: string,
  at: Date,
  { before, after = 0 }: { before: number; after?: number | undefined },
): Promise<ReportSpan> {
  const today = Date.parse(`${new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at)}T00:00:00Z`);
  const day = (days: number): string => new Date(today + days * dayMs).toISOString().slice(0, 10);
  return await reportSpan(db, timeZone, { period: 'yearly', startDate: day(-before), endDate: day(after - 1) });
}
