import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host } from '@virgate/contract/generated/types';
import { clusterHeat, cpuOf, memoryOf, percentOf, promisedBy, statusCounts, storageHeat, storageOf } from './utilization.ts';

const host = (id: string, cores: number, memory: number, more: Partial<Host> = {}): Host => ({
  id,
  status: 'up',
  memory,
  cpu: { topology: { sockets: 1, cores, threads: 1 } },
  cluster: { id: 'c' },
  ...more,
});
const hosts = [host('a', 2, 100), host('b', 6, 300), host('off', 64, 1000, { status: 'maintenance', cluster: { id: 'd' } })];
const promised = promisedBy([
  { key: 'up', count: 1, running: 1, cpus: 2, memory: 50 },
  { key: 'down', count: 2, running: 0, cpus: 4, memory: 70 },
]);
const figures = (id: string) =>
  id === 'a'
    ? ({ type: 'host', id, cpuPercent: 100, memoryPercent: 50 } as const)
    : id === 'b'
      ? ({ type: 'host', id, cpuPercent: 0, memoryPercent: 10 } as const)
      : undefined;

test('hosts count by their size and only while they are up; machines by whether they run', () => {
  assert.deepEqual(cpuOf(hosts, promised, figures), { total: 8, used: 2, committed: 2, allocated: 6 });
  assert.deepEqual(memoryOf(hosts, promised, figures), { total: 400, used: 80, committed: 50, allocated: 120 });
});

test('what is not known is not zero', () => {
  assert.equal(cpuOf(hosts, promised, () => undefined).used, undefined);
  assert.equal(percentOf(undefined, 8), undefined);
  assert.equal(percentOf(0, 0), undefined);
  assert.equal(storageOf([]).used, undefined);
  assert.deepEqual(
    storageHeat([
      { id: 'iso', name: 'iso', type: 'iso', used: 1, available: 1 },
      { id: 'x', name: 'x', type: 'data' },
    ]),
    [],
  );
});

test('heat maps begin with the fullest', () => {
  const clusters = [
    { id: 'd', name: 'empty' },
    { id: 'c', name: 'Default' },
  ];
  assert.deepEqual(
    clusterHeat(clusters, hosts, cpuOf, figures).map(({ name, percent }) => [name, percent]),
    [
      ['Default', 25],
      ['empty', undefined],
    ],
  );
  const domains = [
    { id: '1', name: 'a', type: 'data' as const, used: 1, available: 3 },
    { id: '2', name: 'b', type: 'data' as const, used: 3, available: 1 },
  ];
  assert.deepEqual(
    storageHeat(domains).map(({ name, percent }) => [name, percent]),
    [
      ['b', 75],
      ['a', 25],
    ],
  );
});

test('statuses are counted, the most frequent first', () => {
  assert.deepEqual(statusCounts(['down', 'up', undefined, 'up']), [
    { status: 'up', count: 2 },
    { status: 'down', count: 1 },
    { status: 'unknown', count: 1 },
  ]);
});
