import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AffinityGroupRules } from './affinity.ts';
import { isBroken } from './affinity.ts';
import { repairFor, rulebreakers } from './affinity-repair.ts';
import { affinityGroup as group, scheduledHost as host, schedulingCluster as cluster, schedulingRequest as request } from './testing.ts';

type Homes = Record<string, string>;
const hosts = ['a', 'b', 'c'].map((id) => host(id));

/** The first move: the VM, where it is, and the hosts that are better, best first; null when there is none. */
function firstMove(groups: AffinityGroupRules[], homes: Homes, change: { hosts?: typeof hosts; movable?: string[] } = {}): string | null {
  const placements = new Map(Object.entries(homes));
  const snapshot = { hosts: change.hosts ?? hosts, cluster: cluster({ affinityGroups: groups, placements }) };
  for (const vmId of rulebreakers(groups, placements)) {
    if (change.movable && !change.movable.includes(vmId)) continue;
    const { hosts: better } = repairFor(snapshot, request({ vmId, currentHost: homes[vmId] ?? '' }));
    if (better.length > 0) return `${vmId}: ${homes[vmId]} > ${better.join(' ')}`;
  }
  return null;
}

test('a VM that breaks a rule goes to the hosts where fewer are broken', () => {
  const cases: [what: string, groups: AffinityGroupRules[], homes: Homes, move: string | null][] = [
    ['nothing is broken', [group({ vms: '-!', vmIds: ['1', '2'] })], { 1: 'a', 2: 'b' }, null],
    ['apart, and on one host', [group({ vms: '-!', vmIds: ['1', '2'] })], { 1: 'a', 2: 'a' }, '1: a > b c'],
    ['apart by wish', [group({ vms: '-', vmIds: ['1', '2'] })], { 1: 'a', 2: 'a' }, '1: a > b c'],
    ['more VMs than hosts', [group({ vms: '-', vmIds: ['1', '2', '3', '4'] })], { 1: 'a', 2: 'b', 3: 'c', 4: 'a' }, null],
    ['together: the one alone joins the others', [group({ vms: '+!', vmIds: ['1', '2', '3'] })], { 1: 'a', 2: 'b', 3: 'b' }, '1: a > b'],
    ['together by wish, all alone', [group({ vms: '+', vmIds: ['1', '2'] })], { 1: 'a', 2: 'b' }, '1: a > b'],
    ['to hosts', [group({ hosts: '+!', vmIds: ['1'], hostIds: ['b'] })], { 1: 'a' }, '1: a > b'],
    ['not to hosts, by wish', [group({ hosts: '-', vmIds: ['1'], hostIds: ['a', 'c'] })], { 1: 'a' }, '1: a > b'],
    ['rules that are off', [group({ vmIds: ['1', '2'], hostIds: ['b'] })], { 1: 'a', 2: 'c' }, null],
    ['a VM that does not run', [group({ vms: '+!', vmIds: ['1', '2'] })], { 1: 'a' }, null],
    [
      'bound together, and both have to leave: the first goes alone',
      [group({ vms: '+!', vmIds: ['1', '2'] }), group({ hosts: '+!', vmIds: ['1', '2'], hostIds: ['c'] })],
      { 1: 'a', 2: 'a' },
      '1: a > c',
    ],
    [
      'and the second follows',
      [group({ vms: '+!', vmIds: ['1', '2'] }), group({ hosts: '+!', vmIds: ['1', '2'], hostIds: ['c'] })],
      { 1: 'c', 2: 'a' },
      '2: a > c',
    ],
    [
      'a hard rule is not broken for a soft one',
      [group({ vms: '-!', vmIds: ['1', '2'] }), group({ hosts: '+', vmIds: ['1'], hostIds: ['b'] })],
      { 1: 'a', 2: 'b' },
      null,
    ],
    [
      'a soft rule of hosts comes before one of VMs',
      [group({ vms: '+', vmIds: ['1', '2'] }), group({ hosts: '+', vmIds: ['1'], hostIds: ['a'] })],
      { 1: 'a', 2: 'b' },
      '2: b > a',
    ],
    [
      'of soft rules the one of higher priority is kept',
      [group({ hosts: '+', vmIds: ['1'], hostIds: ['b'], priority: 2 }), group({ hosts: '-', vmIds: ['1'], hostIds: ['b'], priority: 5 })],
      { 1: 'a' },
      null,
    ],
  ];
  for (const [what, groups, homes, move] of cases) assert.equal(firstMove(groups, homes), move, what);
});

test('a VM that the engine may not move, and a host that cannot take it, are passed over', () => {
  const apart = [group({ vms: '-!', vmIds: ['1', '2'] })];
  assert.equal(firstMove(apart, { 1: 'a', 2: 'a' }, { movable: ['2'] }), '2: a > b c');
  assert.equal(firstMove(apart, { 1: 'a', 2: 'a' }, { movable: [] }), null);
  const down = hosts.map((one) => (one.id === 'b' ? host('b', { status: 'maintenance' }) : one));
  assert.equal(firstMove(apart, { 1: 'a', 2: 'a' }, { hosts: down }), '1: a > c');
  const snapshot = {
    hosts: [host('a'), host('b', { memoryFreeBytes: 0 })],
    cluster: cluster({
      affinityGroups: apart,
      placements: new Map([
        ['1', 'a'],
        ['2', 'a'],
      ]),
    }),
  };
  const { hosts: better, because } = repairFor(snapshot, request({ vmId: '1', currentHost: 'a' }));
  assert.deepEqual(better, []);
  assert.match(because ?? '', /b: Memory: it has \d+ MiB of memory to give/);
});

test('moves come to an end, and leave nothing broken that can be kept', () => {
  const groups = [
    group({ vms: '+!', vmIds: ['1', '2', '3'] }),
    group({ vms: '+!', vmIds: ['3', '4'] }),
    group({ vms: '-!', vmIds: ['4', '5'] }),
    group({ hosts: '+', vmIds: ['5', '1'], hostIds: ['b'] }),
  ];
  const homes: Homes = { 1: 'a', 2: 'b', 3: 'c', 4: 'a', 5: 'a' };
  let moves = 0;
  for (; moves < 20; moves++) {
    const move = /^(\S+): \S+ > (\S+)/.exec(firstMove(groups, homes) ?? '');
    if (move === null) break;
    homes[move[1] ?? ''] = move[2] ?? '';
  }
  assert.ok(moves > 0 && moves < 20, `${moves} moves: ${JSON.stringify(homes)}`);
  const broken = groups.filter((one) => isBroken(one, new Map(Object.entries(homes))));
  assert.ok(!broken.some((one) => one.vms.enforcing), JSON.stringify(homes));
});
