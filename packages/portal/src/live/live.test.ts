import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchesOf } from './batches.ts';
import { patched } from './patch.ts';

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
