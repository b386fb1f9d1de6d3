import { sql, type Kysely } from 'kysely';
import type { Tables } from '../../tables/schema.ts';

/** How long a report's span is. */
export type Period = 'daily' | 'monthly' | 'quarterly' | 'yearly';

/** Length of a period. Source: data warehouse, reports: end = start + 1 day, 1 month, 3 months, 1 year. */
const lengths: Readonly<Record<Period, string>> = { daily: '1 day', monthly: '1 month', quarterly: '3 months', yearly: '1 year' };

/** The span of a report and the times at which it has figures. */
export interface ReportSpan {
  grain: 'hourly' | 'daily';
  fromMs: number;
  toMs: number;
  /** Days as the daily tables name them: from (inclusive) and to (exclusive). */
  days: { from: string; to: string };
  points: number[];
}

/** Whether a text is a day of the calendar, of years that the warehouse's calendar has. Pure. */
export function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) && text >= '2011-01-01' && text < '2051-01-01';
}

/** The span that begins with a day of a time zone. A day has 23 to 25 hours. */
export async function reportSpan(db: Kysely<Tables>, period: Period, startDate: string, timeZone: string): Promise<ReportSpan> {
  const grain = period === 'daily' ? 'hourly' : 'daily';
  const length = sql.lit(lengths[period]);
  const found = await sql<{ from: number; to: number; first: string; last: string }>`
    select ${startDate}::date::timestamp at time zone ${timeZone} as from, (${startDate}::date + ${length}::interval) at time zone ${timeZone} as to,
      ${startDate}::date as first, (${startDate}::date + ${length}::interval)::date as last`.execute(db);
  const [row] = found.rows;
  if (!row) throw new Error('A statement without a table has one row');
  const step =
    grain === 'hourly'
      ? sql`generate_series(${new Date(row.from)}::timestamptz, ${new Date(row.to)}::timestamptz - interval '1 second', interval '1 hour')`
      : sql`(select d at time zone ${timeZone} from generate_series(${row.first}::date::timestamp, ${row.last}::date - interval '1 day', interval '1 day') d)`;
  const points = await sql<{ at: number }>`select p.at from ${step} p (at) order by 1`.execute(db);
  return { grain, fromMs: row.from, toMs: row.to, days: { from: row.first, to: row.last }, points: points.rows.map(({ at }) => at) };
}
