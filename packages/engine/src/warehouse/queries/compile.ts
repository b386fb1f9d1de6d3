import { sql, type RawBuilder } from 'kysely';
import { selected } from '../exports/rows.ts';
import { timeColumn } from '../view-columns.ts';
import type { CheckedQuery, QueryCondition, QueryOutput } from './document.ts';

const lengths = { hour: '1 hour', day: '1 day', week: '7 days', month: '1 month', quarter: '3 months', year: '1 year' } as const;

/** When a query is asked, and where days begin. */
export interface QueryClock {
  readonly at: Date;
  readonly timeZone: string;
}

function expressionOf({ column, step, aggregate, kind }: QueryOutput, timeZone: string): RawBuilder<unknown> {
  if (column === null) return sql`count(*)`;
  const name = sql.ref(`v.${column.name}`);
  switch (aggregate) {
    case undefined:
      break;
    case 'count':
      return sql`count(${name})`;
    case 'distinct':
      return sql`count(distinct ${name})`;
    default:
      return sql`${sql.raw(aggregate)}(${name})`;
  }
  if (step === undefined) return name;
  return kind === 'day'
    ? sql`date_trunc(${sql.lit(step)}, ${name}::timestamp)::date`
    : sql`date_trunc(${sql.lit(step)}, ${name}, ${sql.lit(timeZone)})`;
}

/** How values of a kind are handed over: as a list of that type of the database. */
const castOf = {
  text: 'text[]',
  id: 'uuid[]',
  number: 'float8[]',
  choice: 'int[]',
  boolean: 'boolean[]',
  day: 'date[]',
  time: 'timestamptz[]',
} as const;
const signs = { less: '<', at_most: '<=', at_least: '>=', greater: '>' } as const;
const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

function conditionSql({ column, operator, values }: QueryCondition): RawBuilder<unknown> {
  const name = sql.ref(`v.${column.name}`);
  const given = column.kind === 'time' ? values.map((value) => new Date(Number(value)).toISOString()) : values;
  const list = (all: readonly unknown[]): RawBuilder<unknown> => sql`${all}::${sql.raw(castOf[column.kind])}`;
  switch (operator) {
    case 'is_null':
      return sql`${name} is null`;
    case 'is_not_null':
      return sql`${name} is not null`;
    case 'is':
      return sql`${name} = any(${list(given)})`;
    case 'is_not':
      return sql`(${name} is null or ${name} <> all(${list(given)}))`;
    case 'contains':
      return sql`${name} ilike any(${list(values.map((value) => `%${escaped(String(value))}%`))})`;
    case 'begins':
      return sql`${name} ilike any(${list(values.map((value) => `${escaped(String(value))}%`))})`;
    default:
      return sql`${name} ${sql.raw(signs[operator])} (${list(given)})[1]`;
  }
}

function periodSql({ view, period }: CheckedQuery, { at, timeZone }: QueryClock): RawBuilder<unknown>[] {
  if (period === null) return [];
  const name = sql.ref(`v.${timeColumn}`);
  const daily = view.columns.get(timeColumn)?.kind === 'day';
  const { last, from, to } = period;
  // Days in the warehouse's time zone; a time is compared with where they begin.
  const day = (text: RawBuilder<unknown>): RawBuilder<unknown> => (daily ? text : sql`(${text})::timestamp at time zone ${timeZone}`);
  if (last !== undefined) {
    const begin = sql`${at}::timestamptz - ${sql.lit(lengths[last])}::interval`;
    return [daily ? sql`${name} >= ((${begin}) at time zone ${timeZone})::date` : sql`${name} >= ${begin}`];
  }
  return [
    ...(from === undefined ? [] : [sql`${name} >= ${day(sql`${from}::date`)}`]),
    ...(to === undefined ? [] : [sql`${name} < ${day(sql`(${to}::date + 1)`)}`]),
  ];
}

/**
 * The statement of a query: of names only such as its view has, all else as values. Its columns are `c0`, `c1` … Pure.
 * @param most rows that are read at most
 */
export function statementOf(query: CheckedQuery, clock: QueryClock, most: number): RawBuilder<Record<string, unknown>> {
  const { view, outputs, grouped, sort } = query;
  const expressions = outputs.map((output) => expressionOf(output, clock.timeZone));
  const list = outputs.map(({ stored }, index) => sql`${selected(expressions[index] ?? sql`null`, stored)} as ${sql.ref(`c${index}`)}`);
  const conditions = [...query.conditions.map(conditionSql), ...periodSql(query, clock)];
  const keys = outputs.flatMap(({ aggregate }, index) => (aggregate === undefined ? [expressions[index] ?? sql`null`] : []));
  const order = sort.map(
    ({ output, descending }) => sql`${expressions[output] ?? sql`null`} ${sql.raw(descending ? 'desc nulls last' : 'asc nulls last')}`,
  );
  return sql<Record<string, unknown>>`select ${sql.join(list)} from ${sql.table(`history.${view.name}`)} v
    ${conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`}
    ${grouped && keys.length > 0 ? sql`group by ${sql.join(keys)}` : sql``}
    ${order.length === 0 ? sql`` : sql`order by ${sql.join(order)}`} limit ${sql.lit(most)}`;
}
