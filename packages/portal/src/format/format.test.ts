import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, duration, percent } from './format.ts';

test('bytes', () => {
  const cases: [number | undefined, string][] = [
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1 KiB'],
    [1536 * 1024 ** 2, '1.5 GiB'],
    [20 * 1024 ** 3, '20 GiB'],
    [undefined, '—'],
    [-1, '—'],
    [NaN, '—'],
  ];
  for (const [value, text] of cases) assert.equal(bytes(value), text);
});

test('spans of time', () => {
  const cases: [number, string][] = [
    [0, '0 s'],
    [999, '0 s'],
    [40_000, '40 s'],
    [61_000, '1 min'],
    [3_600_000, '1 h'],
    [90_000_000, '1 d 1 h'],
    [86_400_000 * 40 + 60_000, '40 d'],
    [-5, '0 s'],
  ];
  for (const [value, text] of cases) assert.equal(duration(value), text);
});

test('what is unknown is not zero', () => {
  assert.equal(percent(undefined), '—');
  assert.equal(percent(0), '0 %');
});
