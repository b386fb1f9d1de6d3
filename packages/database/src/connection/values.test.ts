import assert from 'node:assert/strict';
import test from 'node:test';
import { parseBigint, parseTimestamp, UnsafeIntegerError } from './values.ts';

test('times of all forms that the server writes', () => {
  for (const [text, iso] of [
    ['2026-11-23 21:07:51.089123+00', '2026-11-23T21:07:51.089Z'],
    ['2026-11-23 21:07:51+00', '2026-11-23T21:07:51.000Z'],
    ['2026-11-23 21:07:51.5+00', '2026-11-23T21:07:51.500Z'],
    ['2026-11-23 21:07:51.999999+05:30', '2026-11-23T15:37:51.999Z'],
    ['1900-01-01 00:00:00-00:25:21', '1900-01-01T00:25:21.000Z'],
    ['0099-03-01 00:00:00+00', '0099-03-01T00:00:00.000Z'],
    ['12026-01-01 00:00:00+00', '+012026-01-01T00:00:00.000Z'],
  ] as const) {
    assert.equal(new Date(parseTimestamp(text)).toISOString(), iso, text);
  }
  assert.equal(parseTimestamp('infinity'), Infinity);
  assert.equal(parseTimestamp('-infinity'), -Infinity);
  assert.throws(() => parseTimestamp('0044-03-15 00:00:00+00 BC'), RangeError);
});

test('a bigint that a number cannot carry is an error, not another number', () => {
  assert.equal(parseBigint('9007199254740991'), Number.MAX_SAFE_INTEGER);
  assert.equal(parseBigint('-9007199254740991'), Number.MIN_SAFE_INTEGER);
  assert.throws(() => parseBigint('9007199254740992'), UnsafeIntegerError);
  assert.throws(() => parseBigint('9223372036854775807'), UnsafeIntegerError);
});
