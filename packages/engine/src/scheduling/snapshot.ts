import type { AffinityGroupRules, Placements } from './affinity.ts';
import type { CpuPinningPolicy } from '@virgate/contract/generated/types';
import type { Message } from '../rest/messages.ts';
import type { HostCpus, RunPinning } from './host-cpus.ts';
import type { SchedulingPolicyRules } from './policies.ts';
import type { FreeFunction } from './virtual-functions.ts';

/** How many samples of a host's CPU load are kept: ten minutes. */
export const keptSamples = 40;

/** A host as the scheduler sees it. Plain values: no clock, no I/O. Bytes and whole CPUs. */
export interface ScheduledHost {
  id: string;
  name: string;
  status: string;
  clusterLevels: readonly string[];
  cpuModel: { name: string; level: number } | null;
  cpuSockets: number;
  cpuCores: number;
  cpuThreads: number;
  /** Missing statistics are undefined: such a host counts as fully loaded. */
  cpuLoadPercent: number | undefined;
  /** Loads of its latest samples, newest first. */
  cpuLoadsPercent: readonly number[];
  memoryBytes: number;
  memoryFreeBytes: number | undefined;
  swapTotalBytes: number;
  swapFreeBytes: number;
  /** Guaranteed memory and overhead of all VMs that run or are about to run there. */
  memoryCommittedBytes: number;
  /** Memory of VMs that were placed there and do not show in its statistics yet. */
  memoryPendingBytes: number;
  pendingVcpus: number;
  runningVcpus: number;
  /** Virtual CPUs of the largest VM there that shares its CPUs with others. */
  largestSharedVcpus: number;
  /** Its processors, and who has them. */
  cpus: HostCpus;
  /** VMs that run or are about to. */
  vmCount: number;
  highlyAvailableVms: number;
  /** Its NUMA nodes with the memory that they have; free where the host tells it. */
  numaNodes: readonly { index: number; memoryBytes: number; freeBytes: number | undefined; cpus: readonly number[] }[];
  emulatedMachines: readonly string[];
  networks: readonly string[];
  hostDevices: readonly string[];
  /** Virtual functions of its NICs that nobody uses. */
  freeFunctions: readonly FreeFunction[];
  mediatedDevices: readonly string[];
  /** Storage domains on which the host holds its place, so that leases can be taken. */
  leaseDomains: readonly string[];
  /** Pages of a size in KiB that no guest has, nor will have that is on its way. */
  freeHugePages: Readonly<Record<number, number>>;
  /** Names of the files that it runs around what it does to VMs. */
  hooks: readonly string[];
  /** Its operating system: family and version, `9.2`; null where it does not say. */
  os: { name: string; version: string } | null;
  isSpm: boolean;
}

/** What the VM needs of a host. */
export interface SchedulingRequest {
  vmId: string;
  level: string;
  /** Level of the CPU model within its vendor's order; null where any host will do. */
  cpuLevel: number | null;
  cpuName: string | null;
  sockets: number;
  cores: number;
  threads: number;
  memoryBytes: number;
  memoryGuaranteedBytes: number;
  videoRamBytes: number;
  ioThreads: number;
  emulatedMachine: string;
  networks: readonly string[];
  /** Networks of its NICs that are to be virtual functions of the host, one for each such NIC. */
  functionNetworks: readonly string[];
  /** CPUs of the host that it is pinned to, by those of the VM. */
  vcpuPins: readonly { vcpu: number; cpus: readonly number[] }[];
  cpuPolicy: CpuPinningPolicy;
  /** The CPUs that a suspended VM had, whose number its host decided. */
  keptPinning: RunPinning | null;
  affinity: 'migratable' | 'pinned' | 'user_migratable';
  pinnedHosts: readonly string[];
  highlyAvailable: boolean;
  highPerformance: boolean;
  /** Virtual NUMA nodes. */
  numaNodes: readonly {
    memoryBytes: number;
    pins: readonly number[];
    cpus: readonly number[];
    tuneMode: 'strict' | 'interleave' | 'preferred';
  }[];
  hostDevices: readonly string[];
  mediatedDevices: readonly string[];
  leaseDomain: string | null;
  /** Pages that its memory lies in; null for ordinary ones. */
  hugePages: { sizeKib: number; count: number } | null;
  /** Programs of its hosts that its custom properties are for. */
  hooks: readonly string[];
  /** The VM runs here now; set when it is to migrate. */
  currentHost: string | null;
  /** It has to leave its host, whatever the hard rules among VMs say. */
  ignoresVmAffinity: boolean;
  /** Resuming: its memory is already accounted for. */
  paused: boolean;
  onlyHosts: readonly string[] | null;
  exceptHosts: readonly string[];
}

/** The cluster's rules. */
export interface SchedulingCluster {
  memoryOvercommitPercent: number;
  threadsAsCores: boolean;
  /** Keeps room for highly available VMs of hosts that fail. */
  reservesForHa: boolean;
  policy: Pick<SchedulingPolicyRules, 'filters' | 'weights' | 'balance' | 'properties'>;
  affinityGroups: readonly AffinityGroupRules[];
  /** Where members of the affinity groups run. */
  placements: Placements;
}

export interface SchedulingSnapshot {
  cluster: SchedulingCluster;
  hosts: readonly ScheduledHost[];
}

/** Why a host was refused: the policy unit, the message, and its values. */
export interface Reason {
  unit: string;
  unitId: string;
  messageKey: Message;
  values: Record<string, string>;
}
