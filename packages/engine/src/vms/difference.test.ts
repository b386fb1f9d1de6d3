import assert from 'node:assert/strict';
import { test } from 'node:test';
import { difference, differences, merge, pick } from './difference.ts';

const now = { memory: 1, cpu: { mode: 'custom', topology: { cores: 1, sockets: 1 } }, hosts: ['a'], model: 'x' };
const next = { memory: 1, cpu: { mode: 'custom', topology: { cores: 2, sockets: 1 } }, hosts: ['a', 'b'], lease: { id: 'l' } };

test('a difference has what is other, what is new, and null for what goes', () => {
  assert.deepEqual(difference(now, next), { cpu: { topology: { cores: 2 } }, hosts: ['a', 'b'], model: null, lease: { id: 'l' } });
  assert.deepEqual(difference(now, now), {});
});

test('laid over the one it makes the other', () => assert.deepEqual(merge(now, difference(now, next)), next));

test('a part is divided by paths', () => {
  const part = difference(now, next);
  const live = (path: string): boolean => path === 'hosts' || path.startsWith('lease.');
  assert.deepEqual(pick(part, live), { hosts: ['a', 'b'], lease: { id: 'l' } });
  assert.deepEqual(
    pick(part, (path) => !live(path)),
    { cpu: { topology: { cores: 2 } }, model: null },
  );
});

test('both values of every attribute are shown', () => {
  assert.deepEqual(differences(now, difference(now, next)), [
    { field: 'cpu.topology.cores', now: 1, next: 2 },
    { field: 'hosts', now: ['a'], next: ['a', 'b'] },
    { field: 'model', now: 'x', next: null },
    { field: 'lease.id', now: null, next: 'l' },
  ]);
});
