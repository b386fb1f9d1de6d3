import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vmsToPrestart } from './prestart.ts';

const limits = { batch: 5, maxFailures: 3 };
const down = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

test('as many VMs are started as are missing, and not more at once than a batch', () => {
  assert.deepEqual(vmsToPrestart({ wanted: 3, running: 1, down, failures: 0 }, limits), ['a', 'b']);
  assert.deepEqual(vmsToPrestart({ wanted: 7, running: 0, down, failures: 0 }, limits), ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(vmsToPrestart({ wanted: 2, running: 3, down, failures: 0 }, limits), []);
  assert.deepEqual(vmsToPrestart({ wanted: 4, running: 1, down: ['a'], failures: 0 }, limits), ['a']);
});

test('a pool whose starts failed often enough is left alone', () => {
  assert.deepEqual(vmsToPrestart({ wanted: 1, running: 0, down, failures: 2 }, limits), ['a']);
  assert.deepEqual(vmsToPrestart({ wanted: 1, running: 0, down, failures: 3 }, limits), []);
});
