import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tagChanges } from './assign.ts';

test('of tags only those are touched that differ', () => {
  assert.deepEqual(tagChanges(['a', 'b'], ['b', 'c']), { on: ['c'], off: ['a'] });
  assert.deepEqual(tagChanges(['a'], ['a']), { on: [], off: [] });
  assert.deepEqual(tagChanges(['a', 'b'], []), { on: [], off: ['a', 'b'] });
});
