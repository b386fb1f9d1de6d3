import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvOf } from './csv.ts';
import { arranged, fitting, layoutFrom, moved, movedTo, template } from './layout.ts';
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

test('columns stand as they were arranged, with the widths that they were given', () => {
  const columns = ['name', 'host', 'status', 'new'].map((key) => ({ key, minWidth: 100, grow: 1, priority: 1 }));
  const keys = (order?: readonly string[]): string =>
    arranged(columns, order)
      .map(({ key }) => key)
      .join();
  assert.equal(keys(), 'name,host,status,new');
  assert.equal(keys(['status', 'name', 'gone', 'host', 'name']), 'status,new,name,host', 'what is new stands behind what it follows');
  assert.equal(keys(['host']), 'name,host,status,new');
  assert.deepEqual(movedTo(['a', 'b', 'c'], 'a', 2), ['b', 'c', 'a']);
  assert.deepEqual(movedTo(['a', 'b', 'c'], 'c', 0), ['c', 'a', 'b']);
  for (const [key, place] of [
    ['a', -1],
    ['c', 9],
    ['x', 1],
  ] as const)
    assert.deepEqual(movedTo(['a', 'b', 'c'], key, place), ['a', 'b', 'c'], key);
  const wide = columns.map((column) => (column.key === 'host' ? { ...column, width: 250 } : column));
  assert.equal(template(wide.slice(0, 2)), 'minmax(100px, 1fr) 250px');
  assert.deepEqual(
    fitting(wide, 360).map(({ key }) => key),
    ['name', 'host'],
  );
});

test('a layout that was kept is taken for what of it is one', () => {
  assert.deepEqual(layoutFrom({ hidden: ['a', 1], order: ['b'], widths: { a: 10.4, b: 'wide', c: 99_999, d: null } }), {
    hidden: ['a'],
    order: ['b'],
    widths: { a: 48, c: 1200 },
  });
  for (const none of [null, undefined, 'x', [], 7, { hidden: 'all', widths: [] }]) assert.deepEqual(layoutFrom(none), {});
});

test('a list becomes a file that spreadsheets take as text', () => {
  const columns = [
    { label: 'Name', value: (row: { n: string; b?: number }) => row.n },
    { label: 'Memory', value: (row: { n: string; b?: number }) => row.b },
  ];
  assert.equal(csvOf(columns, [{ n: 'a, "b"', b: 5 }, { n: '=1+1' }]), '\ufeffName,Memory\r\n"a, ""b""",5\r\n\'=1+1,\r\n');
});
