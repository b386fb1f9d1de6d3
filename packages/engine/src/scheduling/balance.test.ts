import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balanceOf, type BalancedVm } from './balance.ts';
import { predefinedPolicies } from './policies.ts';
import type { ScheduledHost, SchedulingCluster } from './snapshot.ts';
import { scheduledHost, schedulingCluster } from './testing.ts';

const gib = 1024 ** 3;

/** A host whose load has been the same for ten minutes. */
const loaded = (id: string, load: number, vmCount: number, more: Partial<ScheduledHost> = {}): ScheduledHost =>
  scheduledHost(id, { cpuLoadPercent: load, cpuLoadsPercent: Array.from({ length: 40 }, () => load), vmCount, ...more });
const vm = (id: string, hostId: string, cpuPercent: number, more: Partial<BalancedVm> = {}): BalancedVm => ({
  id,
  hostId,
  cpuPercent,
  movable: true,
  vcpus: 1,
  memoryBytes: gib,
  ...more,
});
function rules(name: string, properties: Record<string, string> = {}): SchedulingCluster {
  const policy = predefinedPolicies.find((one) => one.name === name);
  assert.ok(policy, name);
  return schedulingCluster({ policy: { ...policy, properties: { ...policy.properties, ...properties } } });
}

/** The moves as `vm > hosts`, or why there is none. */
function moves(cluster: SchedulingCluster, hosts: ScheduledHost[], vms: BalancedVm[]): string[] | string {
  const found = balanceOf({ cluster, hosts }, vms);
  return found.because ?? found.moves.map(({ vmId, hosts: to }) => `${vmId} > ${to.join(' ')}`);
}

type Case = [what: string, hosts: ScheduledHost[], vms: BalancedVm[], expected: string[] | string, properties?: Record<string, string>];
const check = (policy: string, cases: Case[]): void => {
  for (const [what, hosts, vms, expected, properties] of cases)
    assert.deepEqual(moves(rules(policy, properties), hosts, vms), expected, what);
};

test('policies without a balance move nothing', () => {
  check('none', [['overloaded', [loaded('a', 99, 1), loaded('b', 0, 0)], [vm('1', 'a', 50)], 'no_balance']]);
  check('cluster_maintenance', [['overloaded', [loaded('a', 99, 1), loaded('b', 0, 0)], [vm('1', 'a', 50)], 'no_balance']]);
});

test('even distribution takes VMs off hosts that have been overloaded, the least busy VM first', () => {
  const busy = loaded('a', 90, 2);
  const two = [vm('big', 'a', 90), vm('small', 'a', 10)];
  check('evenly_distributed', [
    ['nothing is overloaded', [loaded('a', 79, 2), loaded('b', 0, 0)], two, 'balanced'],
    ['to all that have room', [busy, loaded('b', 50, 0), loaded('c', 63, 0), loaded('d', 64, 0)], two, ['small > b c', 'big > b c']],
    [
      'only for a moment',
      [loaded('a', 90, 2, { cpuLoadsPercent: [90, 90, 20, 90, 90, 90, 90, 90, 90] }), loaded('b', 5, 0)],
      two,
      'balanced',
    ],
    ['not as long as is asked', [loaded('a', 90, 2, { cpuLoadsPercent: [90, 90] }), loaded('b', 5, 0)], two, 'balanced'],
    [
      'for the shorter time that is asked',
      [loaded('a', 90, 2, { cpuLoadsPercent: [90, 90, 90, 90] }), loaded('b', 5, 0)],
      two,
      ['small > b', 'big > b'],
      { CpuOverCommitDurationMinutes: '1' },
    ],
    ['another limit', [loaded('a', 70, 2), loaded('b', 5, 0)], two, ['small > b', 'big > b'], { HighUtilization: '60' }],
    ['all are busy', [busy, loaded('b', 70, 1)], two, 'no_destination'],
    ['the other host is not up', [busy, loaded('b', 5, 0, { status: 'maintenance' })], two, 'no_destination'],
    ['of the other host nothing is known', [busy, scheduledHost('b', { cpuLoadPercent: undefined })], two, 'no_destination'],
    ['no VM may be moved', [busy, loaded('b', 5, 0)], two.map((one) => ({ ...one, movable: false })), 'no_vm'],
    ['a VM that would overload the other host', [busy, loaded('b', 60, 0)], [vm('huge', 'a', 100, { vcpus: 2 })], 'no_vm'],
    [
      'the busiest host first',
      [busy, loaded('b', 95, 1), loaded('c', 5, 0)],
      [...two, vm('other', 'b', 50)],
      ['other > c', 'small > c', 'big > c'],
    ],
    [
      'too many CPUs of VMs',
      [loaded('a', 10, 2, { runningVcpus: 17 }), loaded('b', 10, 1)],
      two,
      ['small > b', 'big > b'],
      { VCpuToPhysicalCpuRatio: '2' },
    ],
  ]);
});

test('a host that is short of memory gives VMs to those that have plenty', () => {
  const limits = { MaxFreeMemoryForOverUtilized: '2048', MinFreeMemoryForUnderUtilized: '8192' };
  const short = loaded('a', 10, 2, { memoryFreeBytes: gib });
  const two = [vm('1', 'a', 5), vm('2', 'a', 3)];
  const free = (gibibytes: number, vmCount = 0): ScheduledHost => loaded('b', 10, vmCount, { memoryFreeBytes: gibibytes * gib });
  check('evenly_distributed', [
    ['to one with plenty', [short, free(16)], two, ['2 > b', '1 > b'], limits],
    ['without limits', [short, free(16)], two, 'balanced'],
    ['the other one has not enough', [short, free(7)], two, 'no_destination', limits],
    ['it would be short itself', [short, free(9)], [vm('1', 'a', 5, { memoryBytes: 8 * gib })], 'no_vm', limits],
    ['a single VM stays', [loaded('a', 10, 1, { memoryFreeBytes: gib }), free(16)], [vm('1', 'a', 5)], 'balanced', limits],
    ['CPUs come first', [short, loaded('b', 95, 1), loaded('c', 5, 0)], [...two, vm('3', 'b', 40)], ['3 > c'], limits],
  ]);
});

test('power saving empties hosts that have little to do, and wakes none for it', () => {
  const idle = (id: string, vmCount: number, load = 5): ScheduledHost => loaded(id, load, vmCount);
  check('power_saving', [
    ['to the one that works', [idle('a', 2), loaded('b', 40, 3), idle('c', 0)], [vm('1', 'a', 9), vm('2', 'a', 1)], ['2 > b', '1 > b']],
    [
      'of two idle ones the one with fewer VMs',
      [idle('a', 2), idle('b', 1)],
      [vm('1', 'a', 1), vm('2', 'a', 1), vm('3', 'b', 1)],
      ['3 > a'],
    ],
    ['of two alike one gives', [idle('a', 1), idle('b', 1)], [vm('1', 'a', 1), vm('2', 'b', 1)], ['2 > a']],
    ['only one is left', [idle('a', 3), idle('b', 0)], [vm('1', 'a', 1)], 'balanced'],
    ['the other one is busy', [idle('a', 1), loaded('b', 75, 3)], [vm('1', 'a', 1)], 'balanced'],
    ['no more than is low', [idle('a', 1, 25), loaded('b', 40, 3)], [vm('1', 'a', 1)], 'balanced'],
    ['another limit', [idle('a', 1, 25), loaded('b', 40, 3)], [vm('1', 'a', 1)], ['1 > b'], { LowUtilization: '30' }],
    [
      'overloaded hosts come first, also to resting ones',
      [loaded('a', 90, 2), idle('b', 0), idle('c', 1)],
      [vm('1', 'a', 20), vm('2', 'c', 1)],
      ['1 > b c'],
    ],
  ]);
});

test('even numbers of VMs: from the fullest host to those with fewer by the threshold', () => {
  const properties = { HighVmCount: '4', MigrationThreshold: '3', SpmVmGrace: '2' };
  const vms = [vm('1', 'a', 5), vm('2', 'a', 1), vm('3', 'b', 1)];
  check('vm_evenly_distributed', [
    ['few VMs', [loaded('a', 5, 3), loaded('b', 5, 0)], vms, 'balanced', properties],
    ['by the threshold', [loaded('a', 5, 4), loaded('b', 5, 2), loaded('c', 5, 1)], vms, ['2 > c', '1 > c'], properties],
    ['the manager of storage counts more', [loaded('a', 5, 4), loaded('b', 5, 0, { isSpm: true })], vms, 'balanced', properties],
    ['and is relieved earlier', [loaded('a', 5, 2, { isSpm: true }), loaded('b', 5, 1)], vms, ['2 > b', '1 > b'], properties],
    ['with the policy as it is', [loaded('a', 5, 9), loaded('b', 5, 0)], vms, 'balanced'],
    ['the fullest may not give', [loaded('a', 5, 4), loaded('b', 5, 0)], [vm('1', 'a', 5, { movable: false })], 'no_vm', properties],
  ]);
});
