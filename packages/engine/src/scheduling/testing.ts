/** What the tests of the scheduler are made of: plain values that each of them changes as it needs. */
import type { AffinityGroupRules, AffinityPolarity } from './affinity.ts';
import { hostCpusOf } from './host-cpus.ts';
import { defaultPolicy } from './policies.ts';
import type { ScheduledHost, SchedulingCluster, SchedulingRequest } from './snapshot.ts';

const gib = 1024 ** 3;

/** A host that serves, with little load. */
export const scheduledHost = (id: string, change: Partial<ScheduledHost> = {}): ScheduledHost => ({
  id,
  name: id,
  status: 'up',
  clusterLevels: ['4.7'],
  cpuModel: null,
  cpuSockets: 1,
  cpuCores: 8,
  cpuThreads: 8,
  cpuLoadPercent: 10,
  cpuLoadsPercent: [],
  memoryBytes: 64 * gib,
  memoryFreeBytes: 32 * gib,
  swapTotalBytes: 0,
  swapFreeBytes: 0,
  memoryCommittedBytes: 0,
  memoryPendingBytes: 0,
  pendingVcpus: 0,
  runningVcpus: 0,
  largestSharedVcpus: 0,
  cpus: hostCpusOf([], [], []),
  vmCount: 0,
  highlyAvailableVms: 0,
  numaNodes: [],
  emulatedMachines: ['q35'],
  networks: ['ovirtmgmt'],
  hostDevices: [],
  freeFunctions: [],
  mediatedDevices: [],
  leaseDomains: [],
  freeHugePages: {},
  hooks: [],
  os: { name: 'Debian', version: '12' },
  isSpm: false,
  ...change,
});

/** A small VM that may run anywhere. */
export const schedulingRequest = (change: Partial<SchedulingRequest> = {}): SchedulingRequest => ({
  vmId: 'vm',
  level: '4.7',
  cpuLevel: null,
  cpuName: null,
  sockets: 1,
  cores: 1,
  threads: 1,
  memoryBytes: gib,
  memoryGuaranteedBytes: gib,
  videoRamBytes: 0,
  ioThreads: 1,
  emulatedMachine: 'q35',
  networks: ['ovirtmgmt'],
  functionNetworks: [],
  vcpuPins: [],
  cpuPolicy: 'none',
  keptPinning: null,
  affinity: 'migratable',
  pinnedHosts: [],
  highlyAvailable: false,
  highPerformance: false,
  numaNodes: [],
  hostDevices: [],
  mediatedDevices: [],
  leaseDomain: null,
  hugePages: null,
  hooks: [],
  currentHost: null,
  ignoresVmAffinity: false,
  paused: false,
  onlyHosts: null,
  exceptHosts: [],
  ...change,
});

/** A cluster without rules of its own. */
export const schedulingCluster = (change: Partial<SchedulingCluster> = {}): SchedulingCluster => ({
  memoryOvercommitPercent: 100,
  threadsAsCores: false,
  reservesForHa: false,
  policy: defaultPolicy,
  affinityGroups: [],
  placements: new Map(),
  ...change,
});

/** `+` positive, `-` negative, then `!` when hard: `+!` or `-`. Empty is disabled. */
export function affinityRule(text: string): { rule: AffinityPolarity; enforcing: boolean } {
  return { rule: text.startsWith('+') ? 'positive' : text.startsWith('-') ? 'negative' : 'disabled', enforcing: text.endsWith('!') };
}

/** An affinity group; its rules as {@link affinityRule} reads them. */
export const affinityGroup = (change: {
  vms?: string;
  hosts?: string;
  vmIds?: string[];
  hostIds?: string[];
  priority?: number;
}): AffinityGroupRules => ({
  id: 'g',
  name: 'g',
  priority: change.priority ?? 1,
  vms: affinityRule(change.vms ?? ''),
  hosts: affinityRule(change.hosts ?? ''),
  vmIds: change.vmIds ?? ['vm', 'other'],
  hostIds: change.hostIds ?? [],
});
