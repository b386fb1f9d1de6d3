import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchesOf } from './batches.ts';
import { patched } from './patch.ts';
import { together } from './watched.ts';

test('of changes it is known by type which objects are as they were', () => {
  const batches = batchesOf([
    { seq: 1, type: 'host', id: 'same', op: 'update', fields: [] },
    { seq: 2, type: 'host', id: 'named', op: 'update', fields: ['name'] },
    { seq: 3, type: 'host', id: 'unknown', op: 'update' },
    { seq: 4, type: 'event', id: 'e', op: 'add' },
  ]);
  assert.deepEqual(
    batches.map((batch) => [batch.type, [...batch.ids.keys()], [...batch.same]]),
    [
      ['host', ['same', 'named', 'unknown'], ['same']],
      ['event', ['e'], []],
    ],
  );
});

test('a list is patched in place', () => {
  const list = [
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
    { id: 'c', n: 1 },
  ];
  assert.deepEqual(
    patched(
      list,
      [
        { id: 'b', n: 2 },
        { id: 'd', n: 2 },
      ],
      new Set(['a']),
    ),
    [
      { id: 'b', n: 2 },
      { id: 'c', n: 1 },
      { id: 'd', n: 2 },
    ],
  );
  assert.equal(patched(list, [], new Set(['x'])), list);
  assert.equal(patched(list, [{ id: 'b', n: 2 }], new Set())[0], list[0], 'what did not change keeps its identity');
});

test('what several tabs look at fits into one address: objects together, and the latest lists', () => {
  const range = (n: number) =>
    ({ key: `k${n}`, kind: 'vm', search: 'x'.repeat(n), sort: 'name', descending: false, from: 0, count: 100 }) as const;
  const ids = (key: string, ...own: string[]) => ({ key, kind: 'vm', ids: own }) as const;
  assert.deepEqual(together([ids('a', '1', '2'), range(1), ids('b', '2', '3')]), [
    { key: 'vm', kind: 'vm', ids: ['1', '2', '3'] },
    range(1),
  ]);
  assert.equal(together(Array.from({ length: 100 }, (_, n) => range(n))).length, 64);
  const long = together(Array.from({ length: 8 }, (_, n) => range(8000 + n)));
  assert.ok(JSON.stringify(long).length < 49_152);
  assert.equal(long[0]?.key, 'k8007', 'the latest stays');
});
