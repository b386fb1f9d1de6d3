import { secondsColumn, type Family } from './facts.ts';

/** Column of a daily table for the highest sample, beside the warehouse's `max_…`. */
export const peakOf = (max: string): string => max.replace(/^max_/, 'peak_');

interface Sum {
  column: string;
  value: string;
}

/** What each column becomes, but for those of the key: of the groups, and of the last row of each; and which columns that is read from. */
function sums(family: Family, grain: 'hour' | 'day'): { grouped: Sum[]; newest: string[]; read: string[] } {
  const { sum = [], avgmax = {}, avg = [], max = [], last = [], first_of_newest: newest = [] } = family;
  return {
    grouped: [
      // Samples tell seconds, sums of them minutes.
      ...sum.map((column) => ({ column, value: grain === 'hour' ? `sum(${secondsColumn})::numeric / 60` : `sum(${column})` })),
      ...[...Object.keys(avgmax), ...avg].map((column) => ({ column, value: `avg(${column})` })),
      // A day's highest is the highest of its hours' means. Source: data warehouse, aggregation of days.
      ...Object.entries(avgmax).map(([column, highest]) => ({ column: highest, value: `max(${column})` })),
      ...(grain === 'day' ? Object.values(avgmax).map((highest) => ({ column: peakOf(highest), value: `max(${highest})` })) : []),
      ...max.map((column) => ({ column, value: `max(${column})` })),
    ],
    newest: [...last, ...newest],
    read: [
      ...(grain === 'day' ? [...sum, ...Object.values(avgmax)] : sum.length > 0 ? [secondsColumn] : []),
      ...Object.keys(avgmax),
      ...avg,
      ...max,
      ...last,
      ...newest,
    ],
  };
}

/** `insert … select` of one hour or day: `$from` ≤ time < `$to`, written under the time `$at`. */
export interface SumStatement {
  readonly table: string;
  readonly columns: readonly string[];
  /** The whole query, for a span and the time that its sums are written under. */
  readonly select: (parameters: { from: string; to: string; at: string }) => string;
}

/** Rows that count: of several samples of one object and time the newest. There are hardly ever several, so that this is a look into a short list. */
function countedSamples(family: Family, columns: string, within: string): string {
  const { samples, entity, where } = family;
  // Most samples may be of objects that do not count at all.
  const some = where === undefined ? '' : ` and ${entity} in (select ${entity} from history.${samples} where ${within} and ${where})`;
  return `select ${columns} from history.${samples} s left join (select ${entity}, history_datetime, max(history_id) as newest from history.${samples} where ${within}${some}
        group by 1, 2 having count(*) > 1) several using (${entity}, history_datetime)
      where ${within}${where === undefined ? '' : ` and ${where}`} and (several.newest is null or several.newest = s.history_id)`;
}

/**
 * The statement that sums up an hour of samples, or a day of hours, of a kind. The last row of each group is the one at its last time: of an
 * object and a time only one counts. All of it is done by hashing, nothing is sorted. Pure.
 */
export function sumStatement(family: Family, grain: 'hour' | 'day'): SumStatement {
  const { grouped, newest, read } = sums(family, grain);
  const { key, entity, renamed } = family;
  const source = (column: string): string => (grain === 'hour' ? (renamed[column] ?? column) : column);
  const keys = key.map(source);
  const others = keys.filter((name) => name !== entity).map((name) => ` and r.${name} is not distinct from g.${name}`);
  return {
    table: grain === 'hour' ? family.hourly : family.daily,
    columns: ['history_datetime', ...key, ...grouped.map(({ column }) => column), ...newest],
    select: ({ from, to, at }) => {
      const within = `history_datetime >= ${from} and history_datetime < ${to}`;
      const columns = ['history_datetime', ...keys, ...read].join(', ');
      const counted =
        grain === 'day' ? `select ${columns} from history.${family.hourly} where ${within}` : countedSamples(family, columns, within);
      return `with counted as materialized (${counted}),
          g as (select ${[...keys, 'max(history_datetime) as newest_at', ...grouped.map(({ column, value }) => `${value} as sum_${column}`)].join(', ')} from counted group by ${keys.join(', ')})
        select ${[at, ...keys.map((name) => `g.${name}`), ...grouped.map(({ column }) => `g.sum_${column}`), ...newest.map((name) => `r.${name}`)].join(', ')}
        from g join counted r on r.${entity} = g.${entity} and r.history_datetime = g.newest_at${others.join('')}`;
    },
  };
}
