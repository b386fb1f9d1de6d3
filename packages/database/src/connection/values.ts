import { sql, type ColumnType, type Generated, type RawBuilder } from 'kysely';
import { types, type CustomTypesConfig } from 'pg';

/**
 * Column of type `timestamptz`: read as milliseconds since 1970 (a JavaScript number; what is finer than a millisecond is cut off),
 * written as a `Date`.
 */
export type Timestamp = ColumnType<number, Date, Date>;

/** As {@link Timestamp}, with a default in the database. */
export type GeneratedTimestamp = ColumnType<number, Date | undefined, Date>;

/** Column of type `jsonb`: read as a plain value, written by {@link json}. */
export type Json<T> = ColumnType<T, RawBuilder<T>, RawBuilder<T>>;

export type { Generated };

/** A value for a `jsonb` column or argument. Without it `pg` would write an array as a PostgreSQL array. */
export function json<T>(value: T): RawBuilder<T> {
  return sql<T>`cast(${JSON.stringify(value)} as jsonb)`;
}

/** A `timestamptz` from milliseconds since 1970. */
export function timestamp(epochMs: number): Date {
  return new Date(epochMs);
}

/** A value came from the database that a JavaScript number cannot hold exactly. */
export class UnsafeIntegerError extends Error {
  readonly code = 'unsafe_integer';

  constructor(text: string) {
    super(`The database holds ${text}, beyond what a number carries exactly: read this column as text.`);
    this.name = 'UnsafeIntegerError';
  }
}

/** `bigint` as a number. @throws UnsafeIntegerError beyond ±(2^53 − 1). */
export function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new UnsafeIntegerError(text);
  return value;
}

/** Two digits of a text as a number. */
const pair = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;

/** The usual form, `2026-01-02 03:04:05.678901+00`, without a regular expression: long lists have many. */
function parseUsualTimestamp(text: string): number {
  const fraction = text.charAt(19) === '.' ? Number(text.slice(20, -3).padEnd(3, '0').slice(0, 3)) : 0;
  const year = pair(text, 0) * 100 + pair(text, 2);
  return Date.UTC(year, pair(text, 5) - 1, pair(text, 8), pair(text, 11), pair(text, 14), pair(text, 17), fraction);
}

/** `timestamptz` in PostgreSQL's ISO form as epoch milliseconds; `infinity` as ±Infinity. */
export function parseTimestamp(text: string): number {
  // Date.UTC takes years before 100 for others.
  if (text.endsWith('+00') && text.charAt(4) === '-' && text.charAt(10) === ' ' && text >= '1000') return parseUsualTimestamp(text);
  if (text === 'infinity') return Infinity;
  if (text === '-infinity') return -Infinity;
  const found = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?$/.exec(text);
  if (found === null) throw new RangeError(`The database sent the time ${text}, which is out of range.`);
  const [, year, month, day, hour, minute, second, fraction = '', sign, zoneHour, zoneMinute = '0', zoneSecond = '0'] = found;
  const local = new Date(0);
  local.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  local.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, '0').slice(0, 3)));
  const zone = (Number(zoneHour) * 3600 + Number(zoneMinute) * 60 + Number(zoneSecond)) * 1000;
  return local.getTime() - (sign === '-' ? -zone : zone);
}

type Parser = (text: string) => unknown;

const oids = {
  int8: 20,
  int8Array: 1016,
  timestamptz: 1184,
  timestamptzArray: 1185,
  numeric: 1700,
  numericArray: 1231,
  date: 1082,
  dateArray: 1182,
};

const textArrayOid = 1009;

/** The readers that `pg` brings; its types list the built-in numbers only. */
const builtin = types.getTypeParser as unknown as (oid: number, format?: 'text' | 'binary') => Parser;

/** The array reader of `pg`, which calls an element reader: reused for our own elements. */
function arrayOf(parse: Parser): Parser {
  const strings = builtin(textArrayOid) as (text: string) => unknown[];
  const walk = (value: unknown): unknown => (Array.isArray(value) ? value.map(walk) : value === null ? null : parse(value as string));
  return (text) => walk(strings(text));
}

const parsers = new Map<number, Parser>([
  [oids.int8, parseBigint],
  [oids.int8Array, arrayOf(parseBigint)],
  [oids.timestamptz, parseTimestamp],
  [oids.timestamptzArray, arrayOf(parseTimestamp)],
  [oids.numeric, Number],
  [oids.numericArray, arrayOf(Number)],
  [oids.date, (text) => text],
  [oids.dateArray, arrayOf((text) => text)],
]);

/** How values come out of the database: see `openDatabase`. */
export const typeParsers: CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    const own = format === 'binary' ? undefined : parsers.get(oid);
    return own ?? builtin(oid, format);
  },
};
