import { secondsColumn, type Family } from './facts.ts';

/** Column of a daily table for the highest sample, beside the warehouse's `max_…`. */
export const peakOf = (max: string): string => max.replace(/^max_/, 'peak_');

interface Sum {
  column: string;
  value: string;
}

/** What each column becomes, but for those of the key. `newest` holds of the last row of a group. */
function sums(family: Family, grain: 'hour' | 'day'): Sum[] {
  const { sum = [], avgmax = {}, avg = [], max = [], last = [], first_of_newest: newest = [] } = family;
  const mean = (column: string): string => `avg(${column})`;
  return [
    // Samples tell seconds, sums of them minutes.
    ...sum.map((column) => ({ column, value: grain === 'hour' ? `sum(${secondsColumn})::numeric / 60` : `sum(${column})` })),
    ...[...Object.keys(avgmax), ...avg].map((column) => ({ column, value: mean(column) })),
    // A day's highest is the highest of its hours' means. Source: data warehouse, aggregation of days.
    ...Object.entries(avgmax).map(([column, highest]) => ({ column: highest, value: `max(${column})` })),
    ...(grain === 'day' ? Object.values(avgmax).map((highest) => ({ column: peakOf(highest), value: `max(${highest})` })) : []),
    ...max.map((column) => ({ column, value: `max(${column})` })),
    ...[...last, ...newest].map((column) => ({ column, value: `(array_agg(${column}) filter (where newest))[1]` })),
  ];
}

/** `insert … select` of one hour or day: `$from` ≤ time < `$to`, written under the time `$at`. */
export interface SumStatement {
  readonly table: string;
  readonly columns: readonly string[];
  /** The `select` list and what follows, for a span and the time that its sums are written under. */
  readonly select: (parameters: { from: string; to: string; at: string }) => string;
}

/**
 * The statement that sums up an hour of samples, or a day of hours, of a kind. Of several samples of one object and time the newest
 * counts. Pure.
 */
export function sumStatement(family: Family, grain: 'hour' | 'day'): SumStatement {
  const parts = sums(family, grain);
  const { key, entity, renamed, where } = family;
  const source = (column: string): string => (grain === 'hour' ? (renamed[column] ?? column) : column);
  const keys = key.map(source);
  const once = (from: string, to: string): string => {
    const within = `history_datetime >= ${from} and history_datetime < ${to}`;
    if (grain === 'day') return `select * from history.${family.hourly} where ${within}`;
    // Most samples may be of objects that do not count at all.
    const some =
      where === undefined ? '' : ` and ${entity} in (select ${entity} from history.${family.samples} where ${within} and ${where})`;
    return `select distinct on (${entity}, history_datetime) * from history.${family.samples} where ${within}${some} order by ${entity}, history_datetime, history_id desc`;
  };
  return {
    table: grain === 'hour' ? family.hourly : family.daily,
    columns: ['history_datetime', ...key, ...parts.map(({ column }) => column)],
    select: ({ from, to, at }) => `select ${[at, ...keys, ...parts.map(({ value }) => value)].join(', ')}
      from (select *, row_number() over (partition by ${keys.join(', ')} order by history_datetime desc, history_id desc) = 1 as newest
        from (${once(from, to)}) counted${grain === 'hour' && where !== undefined ? ` where ${where}` : ''}) numbered
      group by ${keys.join(', ')}`,
  };
}
