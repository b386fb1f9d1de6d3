import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tell } from '../rest/sentence.ts';
import type { AffinityGroupRules } from './affinity.ts';
import { isBroken } from './affinity.ts';
import { hostCpusOf, type RunPinning } from './host-cpus.ts';
import { defaultPolicy, predefinedPolicies } from './policies.ts';
import { explain, schedule } from './schedule.ts';
import type { ScheduledHost, SchedulingCluster, SchedulingRequest } from './snapshot.ts';
import { affinityGroup as group, scheduledHost as host, schedulingCluster as cluster, schedulingRequest as request } from './testing.ts';
import { assignFunctions } from './virtual-functions.ts';
import { policyProperties, policyUnits, shownUnits, unitNamed } from './units.ts';

const gib = 1024 ** 3;
const policyNamed = (name: string) => predefinedPolicies.find((policy) => policy.name === name) ?? defaultPolicy;

/** Eight CPUs of a host, each a core; the first ones are another VM's own. */
function cpus(taken = 0): ScheduledHost['cpus'] {
  const topology = Array.from({ length: 8 }, (_, id) => ({ cpu_id: id, core_id: id, socket_id: 0, numa_cell_id: 0 }));
  const ids = Array.from({ length: taken }, (_, id) => id);
  const chosen: RunPinning = {
    policy: 'dedicated',
    cpus: ids.map((id) => [id]),
    cores: ids.map((id) => `0/${id}`),
    topology: { sockets: 1, cores: taken, threads: 1 },
    nodes: [],
  };
  return hostCpusOf(topology, [], [{ chosen, pins: [] }]);
}
const pinning = 'a: CpuPinning';

/** The reasons against each refused host, as `host: unit key`. */
const refusals = (hosts: ScheduledHost[], wanted: SchedulingRequest, rules: SchedulingCluster): string[] =>
  schedule({ hosts, cluster: rules }, wanted).hosts.flatMap((verdict) =>
    verdict.reasons.map((reason) => `${verdict.hostId}: ${reason.unit} ${reason.messageKey.replace('VAR__DETAIL__', '')}`),
  );

test('hard affinity refuses hosts, with the reason for each', () => {
  const positive = 'VmAffinityGroups AFFINITY_FAILED_POSITIVE';
  const negative = 'VmAffinityGroups AFFINITY_FAILED_NEGATIVE';
  const toHosts = 'VmToHostsAffinityGroups AFFINITY_FAILED';
  const cases: [what: string, groups: AffinityGroupRules[], placements: Record<string, string>, refused: string[]][] = [
    ['no groups', [], { other: 'a' }, []],
    ['together, none runs yet', [group({ vms: '+!' })], {}, []],
    ['together with one that runs', [group({ vms: '+!' })], { other: 'a' }, [`b: ${positive}`, `c: ${positive}`]],
    ['together only by wish', [group({ vms: '+' })], { other: 'a' }, []],
    [
      'bound through a third VM',
      [group({ vms: '+!', vmIds: ['vm', 'middle'] }), group({ vms: '+!', vmIds: ['middle', 'far'] })],
      { far: 'b' },
      [`a: ${positive}`, `c: ${positive}`],
    ],
    ['apart', [group({ vms: '-!' })], { other: 'a' }, [`a: ${negative}`]],
    ['apart only by wish', [group({ vms: '-' })], { other: 'a' }, []],
    ['of no concern', [group({ vms: '-!', vmIds: ['x', 'other'] })], { other: 'a' }, []],
    ['the VM itself keeps nothing away', [group({ vms: '-!' })], { vm: 'a' }, []],
    ['on hosts', [group({ hosts: '+!', hostIds: ['a', 'b'] })], {}, [`c: ${toHosts}_POSITIVE`]],
    [
      'on the hosts of both groups',
      [group({ hosts: '+!', hostIds: ['a', 'b'] }), group({ hosts: '+!', hostIds: ['b', 'c'] })],
      {},
      [`a: ${toHosts}_POSITIVE`, `c: ${toHosts}_POSITIVE`],
    ],
    ['not on hosts', [group({ hosts: '-!', hostIds: ['a'] })], {}, [`a: ${toHosts}_NEGATIVE`]],
    ['a rule without hosts', [group({ hosts: '+!' })], {}, []],
    ['not on hosts by wish', [group({ hosts: '-', hostIds: ['a'] })], {}, []],
    ['both rules', [group({ vms: '-!', hosts: '+!', hostIds: ['a', 'b'] })], { other: 'a' }, [`a: ${negative}`, `c: ${toHosts}_POSITIVE`]],
  ];
  for (const [what, affinityGroups, placements, refused] of cases) {
    const rules = cluster({ affinityGroups, placements: new Map(Object.entries(placements)) });
    assert.deepEqual(refusals([host('a'), host('b'), host('c')], request(), rules), refused, what);
  }
});

test('soft affinity ranks hosts by the priority of what they break', () => {
  const cases: [what: string, groups: AffinityGroupRules[], placements: Record<string, string>, best: string][] = [
    ['together', [group({ vms: '+' })], { other: 'b' }, 'b'],
    ['apart', [group({ vms: '-' })], { other: 'a' }, 'b'],
    ['on hosts', [group({ hosts: '+', hostIds: ['c'] })], {}, 'c'],
    ['not on hosts', [group({ hosts: '-', hostIds: ['a', 'b'] })], {}, 'c'],
    [
      'the group of higher priority is broken last',
      [group({ vms: '+', vmIds: ['vm', 'x'], priority: 1 }), group({ vms: '+', vmIds: ['vm', 'y'], priority: 5 })],
      { x: 'b', y: 'c' },
      'c',
    ],
    [
      'among equals the host that breaks with fewer VMs',
      [group({ vms: '+', vmIds: ['vm', 'x', 'y', 'z'] })],
      { x: 'b', y: 'c', z: 'c' },
      'c',
    ],
  ];
  for (const [what, affinityGroups, placements, best] of cases) {
    const rules = cluster({ affinityGroups, placements: new Map(Object.entries(placements)) });
    const result = schedule({ hosts: [host('a'), host('b'), host('c')], cluster: rules }, request());
    assert.equal(result.ranked[0], best, what);
    assert.equal(result.ranked.length, 3, 'a wish refuses nobody');
  }
});

test('a group is broken when VMs run against one of its rules', () => {
  const cases: [group: AffinityGroupRules, placements: Record<string, string>, broken: boolean][] = [
    [group({ vms: '+' }), { vm: 'a', other: 'a' }, false],
    [group({ vms: '+' }), { vm: 'a', other: 'b' }, true],
    [group({ vms: '-' }), { vm: 'a', other: 'b' }, false],
    [group({ vms: '-' }), { vm: 'a', other: 'a' }, true],
    [group({ hosts: '+', hostIds: ['a'] }), { vm: 'b' }, true],
    [group({ hosts: '-', hostIds: ['a'] }), { vm: 'b' }, false],
    [group({ hosts: '-', hostIds: ['a'] }), {}, false],
  ];
  for (const [one, placements, broken] of cases)
    assert.equal(isBroken(one, new Map(Object.entries(placements))), broken, JSON.stringify(placements));
});

test('each filter refuses with its key', () => {
  const busy = Array.from({ length: 40 }, () => 95);
  const numa = [{ index: 0, memoryBytes: 4 * gib, freeBytes: gib / 2, cpus: [0, 1] }];
  const pinned = (pins: number[], tuneMode: 'strict' | 'preferred' = 'strict') => ({
    numaNodes: [{ memoryBytes: gib, pins, cpus: [0], tuneMode }],
  });
  const maintenance = { policy: policyNamed('cluster_maintenance') };
  const cases: [
    what: string,
    host: Partial<ScheduledHost>,
    request: Partial<SchedulingRequest>,
    cluster: Partial<SchedulingCluster>,
    refused: string[],
  ][] = [
    ['fits', {}, {}, {}, []],
    ['not up', { status: 'maintenance' }, {}, {}, ['a: Status HOST_NOT_UP']],
    ['level', { clusterLevels: ['4.6'] }, {}, {}, ['a: Compatibility-Version UNSUPPORTED_COMPATIBILITY_VERSION']],
    ['too many CPUs', {}, { sockets: 9 }, {}, ['a: CPU NOT_ENOUGH_CORES']],
    ['network', { networks: [] }, {}, {}, ['a: Network NETWORK_MISSING']],
    ['memory', { memoryFreeBytes: gib / 2 }, {}, {}, ['a: Memory NOT_ENOUGH_MEMORY']],
    ['memory unknown', { memoryFreeBytes: undefined }, {}, {}, ['a: Memory NOT_ENOUGH_MEMORY']],
    ['machine', { emulatedMachines: [] }, {}, {}, ['a: Emulated-Machine UNSUPPORTED_EMULATED_MACHINE']],
    ['same host', {}, { currentHost: 'a' }, {}, ['a: Migration SAME_HOST']],
    ['overloaded long enough', { cpuLoadsPercent: busy }, {}, {}, ['a: CPUOverloaded CPU_OVERLOADED']],
    ['overloaded for a moment', { cpuLoadsPercent: [95, 95, 20, ...busy] }, {}, {}, []],
    ['overloaded since a moment ago', { cpuLoadsPercent: [95, 95] }, {}, {}, []],
    ['a higher limit', { cpuLoadsPercent: busy }, {}, { policy: { ...defaultPolicy, properties: { HighUtilization: '99' } } }, []],
    ['swap', { memoryFreeBytes: 4 * gib, swapTotalBytes: 16 * gib, swapFreeBytes: 8 * gib }, {}, {}, ['a: Swap SWAP_VALUE_ILLEGAL']],
    [
      'swap that is allowed',
      { memoryFreeBytes: 4 * gib, swapTotalBytes: 16 * gib, swapFreeBytes: 8 * gib },
      {},
      { policy: { ...defaultPolicy, properties: { MaximumAllowedSwapUsage: '50' } } },
      [],
    ],
    ['no such NUMA node', { numaNodes: numa }, pinned([1]), {}, ['a: NUMA NUMA_NOT_SUPPORTED']],
    ['NUMA node without room', { numaNodes: numa }, pinned([0]), {}, ['a: NUMA NOT_MEMORY_PINNED_NUMA']],
    ['NUMA node by preference', { numaNodes: numa }, pinned([1], 'preferred'), {}, []],
    ['huge pages', { freeHugePages: { 2048: 512 }, memoryFreeBytes: gib / 2 }, { hugePages: { sizeKib: 2048, count: 512 } }, {}, []],
    [
      'too few huge pages',
      { freeHugePages: { 2048: 511 } },
      { hugePages: { sizeKib: 2048, count: 512 } },
      {},
      ['a: HugePages NOT_ENOUGH_HUGE_PAGES'],
    ],
    [
      'pages of another size',
      { freeHugePages: { 2048: 512 } },
      { hugePages: { sizeKib: 1_048_576, count: 1 } },
      {},
      ['a: HugePages NOT_ENOUGH_HUGE_PAGES'],
    ],
    ['a hook', { hooks: ['50_cpu-flags'] }, { hooks: ['cpuflags'] }, {}, []],
    ['a hook that is not there', { hooks: ['50_log'] }, { hooks: ['cpuflags'] }, {}, ['a: Host-hooks MISSING_VDS_HOOK']],
    ['pinned by hand', { cpus: cpus() }, { vcpuPins: [{ vcpu: 0, cpus: [7] }] }, {}, []],
    [
      'pinned to a CPU that is not there',
      { cpus: cpus() },
      { vcpuPins: [{ vcpu: 0, cpus: [8] }] },
      {},
      [`${pinning} VM_PINNING_PCPU_DOES_NOT_EXIST`],
    ],
    [
      'pinned to a CPU of another',
      { cpus: cpus(4) },
      { vcpuPins: [{ vcpu: 0, cpus: [3] }] },
      {},
      [`${pinning} VM_PINNING_PCPU_DOES_NOT_EXIST`],
    ],
    ['as many of its own as are left', { cpus: cpus(4) }, { cpuPolicy: 'dedicated', cores: 4 }, {}, []],
    [
      'more of its own than are left',
      { cpus: cpus(4) },
      { cpuPolicy: 'dedicated', cores: 5 },
      {},
      [`${pinning} VM_PINNING_DEDICATED_NOT_FIT`],
    ],
    ['cores of its own', { cpus: cpus(4) }, { cpuPolicy: 'isolate_threads', cores: 5 }, {}, [`${pinning} VM_PINNING_DEDICATED_NOT_FIT`]],
    [
      'threads that no core has',
      { cpus: cpus() },
      { cpuPolicy: 'dedicated', threads: 2 },
      {},
      [`${pinning} NOT_ENOUGH_THREADS_PER_CORE_FOR_DEDICATED`],
    ],
    ['a host that hides its CPUs', {}, { cpuPolicy: 'dedicated' }, {}, [`${pinning} NO_HOST_CPU_DATA`]],
    ['the whole host', { cpus: cpus() }, { cpuPolicy: 'resize_and_pin_numa', sockets: 99 }, {}, []],
    [
      'the whole host beside another',
      { cpus: cpus(1) },
      { cpuPolicy: 'resize_and_pin_numa' },
      {},
      [`${pinning} VM_PINNING_CANT_RESIZE_WITH_DEDICATED`],
    ],
    ['what is left to share', { cpus: cpus(4) }, { cores: 5 }, {}, ['a: CPU NOT_ENOUGH_CORES']],
    [
      'too few left to a VM that runs',
      { cpus: cpus(), largestSharedVcpus: 6 },
      { cpuPolicy: 'dedicated', cores: 3 },
      {},
      ['a: CPU NOT_ENOUGH_CORES'],
    ],
    ['enough left to a VM that runs', { cpus: cpus(), largestSharedVcpus: 5 }, { cpuPolicy: 'dedicated', cores: 3 }, {}, []],
    ['cluster in maintenance', {}, {}, maintenance, ['a: ClusterInMaintenance CLUSTER_IN_MAINTENANCE']],
    ['highly available in a cluster in maintenance', {}, { highlyAvailable: true }, maintenance, []],
    [
      'a policy without filters',
      { networks: [], memoryFreeBytes: 0 },
      {},
      { policy: { filters: [], weights: [], balance: null, properties: {} } },
      [],
    ],
    [
      'mandatory filters whatever the policy',
      { clusterLevels: [] },
      {},
      { policy: { filters: [], weights: [], balance: null, properties: {} } },
      ['a: Compatibility-Version UNSUPPORTED_COMPATIBILITY_VERSION'],
    ],
  ];
  for (const [what, of, wanted, rules, refused] of cases)
    assert.deepEqual(refusals([host('a', of)], request(wanted), cluster(rules)), refused, what);
});

test('each policy prefers the host that it is about', () => {
  const cases: [policy: string, a: Partial<ScheduledHost>, b: Partial<ScheduledHost>, best: string][] = [
    ['none', { cpuLoadPercent: 60 }, { cpuLoadPercent: 10 }, 'b'],
    ['evenly_distributed', { cpuLoadPercent: 60 }, { cpuLoadPercent: 10 }, 'b'],
    ['evenly_distributed', { memoryFreeBytes: 8 * gib }, { memoryFreeBytes: 16 * gib }, 'b'],
    ['power_saving', { cpuLoadPercent: 10 }, { cpuLoadPercent: 60 }, 'b'],
    ['power_saving', { cpuLoadPercent: 10 }, { cpuLoadPercent: 90 }, 'a'],
    ['vm_evenly_distributed', { vmCount: 5 }, { vmCount: 2, cpuLoadPercent: 70 }, 'b'],
    ['vm_evenly_distributed', { vmCount: 5 }, { vmCount: 2, isSpm: true }, 'a'],
  ];
  for (const [policy, a, b, best] of cases) {
    const rules = cluster({ policy: policyNamed(policy) });
    assert.equal(schedule({ hosts: [host('a', a), host('b', b)], cluster: rules }, request()).ranked[0], best, policy);
  }
});

test('a cluster that keeps room for highly available VMs spreads them', () => {
  const hosts = [host('a', { highlyAvailableVms: 3 }), host('b', { highlyAvailableVms: 1 })];
  const wanted = request({ highlyAvailable: true });
  const result = schedule({ hosts, cluster: cluster({ reservesForHa: true }) }, wanted);
  assert.equal(result.ranked[0], 'b');
  assert.ok((result.hosts[0]?.weights['OptimalForHaReservation'] ?? 0) > (result.hosts[1]?.weights['OptimalForHaReservation'] ?? 0));
});

test('of CPUs that a VM gets those are best that lie together, and near its memory', () => {
  const two = hostCpusOf(
    Array.from({ length: 8 }, (_, id) => ({ cpu_id: id, core_id: id % 4, socket_id: Math.trunc(id / 4), numa_cell_id: 0 })),
    [0, 4],
    [],
  );
  const apart = schedule(
    { hosts: [host('a', { cpus: two }), host('b', { cpus: cpus() })], cluster: cluster() },
    request({ cpuPolicy: 'dedicated', cores: 4 }),
  );
  assert.equal(apart.ranked[0], 'b');
  const unit = 'CPU and NUMA pinning compatibility';
  const numaNodes = (...ids: number[]) => [{ index: 0, memoryBytes: 8 * gib, freeBytes: undefined, cpus: ids }];
  const far = schedule(
    { hosts: [host('a', { numaNodes: numaNodes(4, 5) }), host('b', { numaNodes: numaNodes(0, 1) })], cluster: cluster() },
    request({ vcpuPins: [{ vcpu: 0, cpus: [0, 1] }], numaNodes: [{ memoryBytes: gib, pins: [0], cpus: [0], tuneMode: 'strict' }] }),
  );
  assert.deepEqual([far.ranked[0], ...far.hosts.map((one) => one.weights[unit])], ['b', 1000, 1]);
});

test('while a cluster is upgraded VMs go to no older system than they are on', () => {
  const upgrading = {
    filters: [{ unitId: unitNamed('filter', 'InClusterUpgrade').id, position: 0 }],
    weights: [],
    balance: null,
    properties: {},
  };
  const hosts = [
    host('from'),
    host('same'),
    host('newer', { os: { name: 'Debian', version: '12.1' } }),
    host('older', { os: { name: 'Debian', version: '9.13' } }),
    host('other', { os: { name: 'RHEL', version: '13' } }),
    host('unknown', { os: null }),
  ];
  assert.deepEqual(refusals(hosts, request({ currentHost: 'from' }), cluster({ policy: upgrading })), [
    'older: InClusterUpgrade OLD_OS',
    'other: InClusterUpgrade WRONG_OS',
    'unknown: InClusterUpgrade INVALID_OS',
  ]);
  assert.deepEqual(refusals(hosts, request(), cluster({ policy: upgrading })), [], 'a VM that starts comes from nowhere');
  const ranking = {
    filters: [],
    weights: [{ unitId: unitNamed('weight', 'InClusterUpgrade').id, factor: 1 }],
    balance: null,
    properties: {},
  };
  const { hosts: verdicts } = schedule(
    { hosts: hosts.slice(0, 4), cluster: cluster({ policy: ranking }) },
    request({ currentHost: 'from' }),
  );
  assert.deepEqual(
    verdicts.map((verdict) => verdict.rank > 0),
    [true, true, true, false],
  );
});

test('a start that finds no host tells every reason', () => {
  const rules = cluster({ affinityGroups: [group({ vms: '-!' })], placements: new Map([['other', 'a']]) });
  const result = schedule({ hosts: [host('a', { networks: [] }), host('b', { status: 'down' })], cluster: rules }, request());
  assert.equal(result.messageKey, 'SCHEDULING_ALL_HOSTS_FILTERED_OUT');
  assert.equal(
    tell(explain(result)),
    'a: Network: it does not have these networks: ovirtmgmt; VmAffinityGroups: a hard rule of an affinity group keeps the VM away from it. b: Status: it is in status "down"',
  );
});

test('units and policies are those of the contract', () => {
  assert.equal(shownUnits.length, 37);
  assert.equal(new Set(policyUnits.map((unit) => unit.id)).size, policyUnits.length);
  assert.deepEqual(
    predefinedPolicies.map((policy) => [policy.name, policy.filters.length, policy.weights.length]),
    [
      ['none', 15, 9],
      ['cluster_maintenance', 16, 9],
      ['evenly_distributed', 15, 9],
      ['power_saving', 15, 9],
      ['vm_evenly_distributed', 15, 8],
    ],
  );
  for (const policy of predefinedPolicies)
    for (const [name, value] of Object.entries(policy.properties)) assert.ok(policyProperties[name]?.(value), `${name} ${value}`);
});

test('NICs that are to be virtual functions need as many free ones, for their networks', () => {
  const functions = (...networks: (string[] | null)[]) =>
    host('a', { freeFunctions: networks.map((allowed, index) => ({ device: `vf${index}`, networks: allowed })) });
  const placed = (wanted: string[], ...free: (string[] | null)[]) =>
    schedule({ cluster: cluster(), hosts: [functions(...free)] }, request({ functionNetworks: wanted })).ranked.length > 0;
  assert.ok(placed(['red'], null));
  assert.ok(!placed(['red']));
  assert.ok(!placed(['red'], ['blue']));
  assert.ok(!placed(['red', 'red'], null));
  assert.ok(placed(['red', 'blue'], ['red', 'blue'], ['red']), 'one gives way to the other');
  assert.deepEqual(
    assignFunctions(
      ['red', 'blue'],
      [
        { device: 'x', networks: ['red', 'blue'] },
        { device: 'y', networks: ['red'] },
      ],
    ),
    ['y', 'x'],
  );
  const refused = schedule({ cluster: cluster(), hosts: [host('a')] }, request({ functionNetworks: ['red'] }));
  assert.match(tell(explain(refused)), /VF|virtual function/i);
});
