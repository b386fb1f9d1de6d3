import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '@virgate/sdk';
import { coalesce } from './coalesce.ts';
import type { Batch } from './coalesce.ts';
import { patched } from './patch.ts';

const change = (seq: number, type: string, id: string, op: Change['op']): Change => ({ seq, type, id, op });

test('a burst of changes becomes one batch a type, and the next burst another', () => {
  const seen: Batch[][] = [];
  const timers: (() => void)[] = [];
  const add = coalesce(
    (batches) => seen.push(batches),
    250,
    (run) => timers.push(run),
  );
  add(change(1, 'vm', 'a', 'add'));
  add(change(2, 'vm', 'a', 'update'));
  add(change(3, 'host', 'h', 'update'));
  add(change(4, 'vm', 'b', 'update'));
  add(change(5, 'vm', 'b', 'remove'));
  assert.equal(timers.length, 1);
  timers[0]?.();
  add(change(6, 'vm', 'c', 'update'));
  timers[1]?.();
  assert.deepEqual(
    seen.map((batches) => batches.map((batch) => [batch.type, ...batch.ids])),
    [
      [
        ['vm', ['a', 'add'], ['b', 'remove']],
        ['host', ['h', 'update']],
      ],
      [['vm', ['c', 'update']]],
    ],
  );
});

test('of a batch it is known which objects are as they were', () => {
  const seen: Batch[][] = [];
  const timers: (() => void)[] = [];
  const add = coalesce(
    (batches) => seen.push(batches),
    250,
    (run) => timers.push(run),
  );
  const told = (id: string, fields?: string[]) => add({ ...change(1, 'host', id, 'update'), ...(fields === undefined ? {} : { fields }) });
  told('same', []);
  told('named', []);
  told('named', ['name']);
  told('first named', ['name']);
  told('first named', []);
  told('unknown');
  told('then unknown', []);
  told('then unknown');
  timers[0]?.();
  assert.deepEqual([...(seen[0]?.[0]?.same ?? [])], ['same']);
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
