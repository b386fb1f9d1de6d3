import { DecodeError } from './decode-error.ts';
import type { Attribute } from './type-info.ts';

/** Reading and writing single values; shared by the XML and the JSON codec. */

const integerRanges: Readonly<Record<string, readonly [number, number]>> = {
  int: [-(2 ** 31), 2 ** 31 - 1],
  unsignedInt: [0, 2 ** 32 - 1],
  // Beyond these a JavaScript number is no longer exact, so it is refused rather than changed.
  long: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

// Controls, lone surrogates, the two non-characters: none of them can be in an XML document, nor NUL in a database's text.
const unwritable =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
/** Everything XML 1.0 has no place for, to be replaced. */
export const unwritableAll: RegExp = new RegExp(unwritable, 'g');

const booleanWords: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };
const longestEcho = 80;

/**
 * A value from text: XML content, or a JSON string. Enums and booleans in any case; an empty number is 0.
 * @throws DecodeError `invalid_value`
 */
export function scalarFromText(attribute: Attribute, text: string, path: string): string | number | boolean {
  switch (attribute.kind) {
    case 'string':
      if (unwritable.test(text)) throw invalid(path, text.replace(unwritableAll, '\ufffd'), 'it has characters that XML has no place for');
      return text;
    case 'boolean':
      return booleanFromText(text.trim(), path);
    case 'enum':
      return enumFromText(attribute.values, text.trim(), path);
    case 'date':
      return dateFromText(text.trim(), path);
    case 'decimal':
    case 'double':
      return decimalFromText(text.trim(), path);
    default:
      return integerFromText(attribute.kind, text.trim(), path);
  }
}

function booleanFromText(text: string, path: string): boolean {
  const lower = text.toLowerCase();
  const value = Object.hasOwn(booleanWords, lower) ? booleanWords[lower] : undefined;
  if (value === undefined) throw invalid(path, text, 'valid values are: true, false');
  return value;
}

function enumFromText(values: readonly string[], text: string, path: string): string {
  if (values.includes(text)) return text;
  const lower = text.toLowerCase();
  if (!values.includes(lower)) throw invalid(path, text, `valid values are: ${values.join(', ')}`);
  return lower;
}

function integerFromText(kind: string, text: string, path: string): number {
  if (text === '') return 0;
  if (!/^[+-]?\d{1,30}$/.test(text)) throw invalid(path, text, 'an integer is expected');
  return checkedInteger(kind, Number(text), text, path);
}

/** Range check of an integer of the given kind. */
export function checkedInteger(kind: string, value: number, text: string, path: string): number {
  const [least, most] = integerRanges[kind] ?? [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  if (!Number.isInteger(value)) throw invalid(path, text, 'an integer is expected');
  if (value < least || value > most) throw invalid(path, text, `it must lie between ${least} and ${most}`);
  return value + 0 === 0 ? 0 : value;
}

function decimalFromText(text: string, path: string): number {
  if (text === '') return 0;
  if (text.length > 400 || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/.test(text)) throw invalid(path, text, 'a number is expected');
  return finiteNumber(Number(text), text, path);
}

export function finiteNumber(value: number, text: string, path: string): number {
  if (!Number.isFinite(value)) throw invalid(path, text, 'a finite number is expected');
  return value === 0 ? 0 : value;
}

const isoDate = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;
const longestOffsetMinutes = 14 * 60;

/** ISO 8601 with optional fraction and offset; without an offset it is UTC. Digits beyond milliseconds are cut. */
function dateFromText(text: string, path: string): number {
  const match = isoDate.exec(text);
  if (match === null) throw invalid(path, text, 'a date like 2024-01-02T03:04:05.123+00:00 is expected');
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match;
  const fields = [year, month, day, hour, minute, second].map(Number) as [number, number, number, number, number, number];
  const milliseconds = Number(`${fraction}000`.slice(0, 3));
  const offset = offsetMinutes(zone);
  const date = new Date(0);
  date.setUTCFullYear(fields[0], fields[1] - 1, fields[2]);
  date.setUTCHours(fields[3], fields[4], fields[5], milliseconds);
  const exists =
    date.getUTCMonth() === fields[1] - 1 && date.getUTCDate() === fields[2] && fields[3] < 24 && fields[4] < 60 && fields[5] < 60;
  if (!exists || Math.abs(offset) > longestOffsetMinutes) throw invalid(path, text, 'there is no such date');
  return date.getTime() - offset * 60_000;
}

function offsetMinutes(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith('-') ? -minutes : minutes;
}

const latestDate = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const earliestDate = new Date(0).setUTCFullYear(0, 0, 1);

/** An epoch value in milliseconds; only years 0 to 9999 have a spelling in XML. */
export function checkedDate(value: number, path: string): number {
  if (!Number.isInteger(value) || value < earliestDate || value > latestDate)
    throw invalid(path, String(value), 'milliseconds since 1970 are expected');
  return value;
}

export function invalid(path: string, text: string, hint: string): DecodeError {
  const shown = text.length > longestEcho ? `${text.slice(0, longestEcho)}…` : text;
  return new DecodeError('invalid_value', path, `Invalid value "${shown}" for ${path}: ${hint}`);
}

/** A value that cannot be written. It is a fault of the program that gave it, never of a request. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
  readonly path: string;

  constructor(path: string, detail: string) {
    super(`${path}: ${detail}`);
    this.path = path;
  }
}

/** Nesting beyond which a value is taken to be circular. */
export const maxEncodeDepth = 64;

/** Date as XML spells it: milliseconds and offset always. `offset` in minutes east of UTC. */
export function dateText(epochMs: number, offset: number, path: string): string {
  const date = new Date(epochMs + offset * 60_000);
  if (!Number.isFinite(date.getTime()) || epochMs < earliestDate || epochMs > latestDate)
    throw new EncodeError(path, `${epochMs} is no date`);
  const size = Math.abs(offset);
  const zone = `${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`;
  return date.toISOString().replace('Z', zone);
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** A number as XML spells it; xs:decimal knows no exponent. */
export function numberText(kind: string, value: number, path: string): string {
  if (!Number.isFinite(value)) throw new EncodeError(path, `${value} is not a number that can be written`);
  if (kind !== 'decimal' && kind !== 'double' && !Number.isInteger(value)) throw new EncodeError(path, `${value} is not an integer`);
  const text = String(value);
  if (kind === 'double' || !text.includes('e')) return text;
  return value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 100 });
}
