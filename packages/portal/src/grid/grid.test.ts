import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitting, moved, template } from './layout.ts';
import { nextSort, ordered, sortFrom, sortText } from './order.ts';

test('names order as people count, and what is unknown comes last both ways', () => {
  const rows = [{ n: 'vm10' }, { n: undefined }, { n: 'VM2' }, { n: 'vm1' }];
  const value = (row: { n: string | undefined }): string | undefined => row.n;
  assert.deepEqual(ordered(rows, value, false).map(value), ['vm1', 'VM2', 'vm10', undefined]);
  assert.deepEqual(ordered(rows, value, true).map(value), ['vm10', 'VM2', 'vm1', undefined]);
});

test('the order travels in the address', () => {
  const fallback = { column: 'name', descending: false };
  assert.deepEqual(sortFrom('-time', fallback), { column: 'time', descending: true });
  assert.deepEqual(sortFrom('<script>', fallback), fallback);
  assert.equal(sortText(nextSort(nextSort(fallback, 'time'), 'time')), '-time');
});

test('the least important columns give way', () => {
  const columns = [
    { key: 'name', minWidth: 100, grow: 2, priority: 0 },
    { key: 'host', minWidth: 100, grow: 1, priority: 2 },
    { key: 'status', minWidth: 80, grow: 1, priority: 1 },
  ];
  assert.deepEqual(
    fitting(columns, 1000).map((one) => one.key),
    ['name', 'host', 'status'],
  );
  assert.deepEqual(
    fitting(columns, 190).map((one) => one.key),
    ['name', 'status'],
  );
  assert.deepEqual(
    fitting(columns, 10).map((one) => one.key),
    ['name'],
  );
  assert.equal(template(columns.slice(0, 1)), 'minmax(100px, 2fr)');
});

test('keys move within the rows', () => {
  assert.equal(moved('ArrowDown', 0, 5, 3), 1);
  assert.equal(moved('PageDown', 3, 5, 3), 4);
  assert.equal(moved('Home', 3, 5, 3), 0);
  assert.equal(moved('ArrowUp', 0, 5, 3), 0);
  assert.equal(moved('a', 0, 5, 3), undefined);
  assert.equal(moved('End', -1, 0, 3), undefined);
});
