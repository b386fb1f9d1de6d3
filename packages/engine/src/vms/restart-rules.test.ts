import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideRestarts, pauseAfter, type WaitingVm } from './restart-rules.ts';

const times = { shortIntervalMs: 30, longIntervalMs: 1800, shortAttempts: 3, blockedMs: 600 };
const vm = (vmId: string, more: Partial<WaitingVm> = {}): WaitingVm => ({
  vmId,
  reason: 'high_availability',
  highlyAvailable: true,
  priority: 1,
  status: 'down',
  hostStatus: null,
  hasLease: false,
  attempts: 0,
  queuedAtMs: 0,
  nextAtMs: 0,
  ...more,
});

test('the highest priority comes first, and the others wait until it runs', () => {
  const [low, high] = [vm('low'), vm('high', { priority: 50 })];
  assert.deepEqual(decideRestarts([low, high], 10, times), { start: ['high'], settled: [] });
  assert.deepEqual(decideRestarts([low, { ...high, status: 'wait_for_launch' }], 10, times).start, []);
  assert.deepEqual(decideRestarts([low, { ...high, status: 'up' }], 10, times), { start: ['low'], settled: ['high'] });
});

test('one that cannot be started does not hold the others between its attempts, nor for ever', () => {
  assert.deepEqual(decideRestarts([vm('low'), vm('high', { priority: 50, nextAtMs: 30 })], 10, times).start, ['low']);
  assert.deepEqual(decideRestarts([vm('low'), vm('high', { priority: 50, status: 'wait_for_launch' })], 601, times).start, ['low']);
});

test('VMs that are highly available no more, or run, are left alone; those in between are waited for', () => {
  assert.deepEqual(decideRestarts([vm('a', { highlyAvailable: false }), vm('b', { status: 'image_locked' })], 10, times), {
    start: [],
    settled: ['a'],
  });
  assert.deepEqual(decideRestarts([vm('a', { reason: 'cold_reboot', highlyAvailable: false, status: 'powering_down' })], 10, times), {
    start: [],
    settled: [],
  });
  assert.deepEqual(decideRestarts([vm('a', { reason: 'cold_reboot', status: 'up' })], 10, times).settled, ['a'], 'its guest would not end');
});

test('attempts are far apart after some', () => {
  assert.deepEqual(
    [1, 2, 3, 4].map((attempts) => pauseAfter('high_availability', attempts, times)),
    [30, 30, 1800, 1800],
  );
  const patient = { ...times, shortIntervalMs: 30_000 };
  assert.deepEqual(
    [1, 2, 3, 4, 5, 2000].map((attempts) => pauseAfter('silent_host', attempts, patient)),
    [30_000, 60_000, 120_000, 240_000, 300_000, 300_000],
  );
});

test('a VM whose host does not answer is started elsewhere while it has a lease, and while the host stays silent', () => {
  const silent = vm('a', { reason: 'silent_host', status: 'unknown', hostStatus: 'non_responsive', hasLease: true });
  const decide = (more: Partial<WaitingVm> = {}) => decideRestarts([{ ...silent, ...more }], 10, times);
  assert.deepEqual(decide(), { start: ['a'], settled: [] });
  assert.deepEqual(decide({ hostStatus: 'initializing' }), { start: [], settled: [] }, 'the host will tell of it');
  assert.deepEqual(decide({ status: 'wait_for_launch', hostStatus: 'up' }), { start: [], settled: [] }, 'it is tried');
  assert.deepEqual(decide({ hasLease: false }), { start: [], settled: ['a'] });
  assert.deepEqual(decide({ highlyAvailable: false }), { start: [], settled: ['a'] });
  assert.deepEqual(decide({ status: 'up', hostStatus: 'up' }), { start: [], settled: ['a'] });
  assert.deepEqual(decide({ reason: 'high_availability' }), { start: [], settled: ['a'] }, 'without it nobody knows where it runs');
});
