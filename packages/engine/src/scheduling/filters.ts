import type { Message } from '../rest/messages.ts';
import { hostAffinityRefusal, vmAffinityRefusal } from './affinity.ts';
import { chooseCpus, isChosenPolicy, isExclusive } from './host-cpus.ts';
import { isOlderOs } from './host-os.ts';
import { memoryShort } from './memory.ts';
import { sharedCpus, vcpusOf } from './shared-cpus.ts';
import type { ScheduledHost, SchedulingCluster, SchedulingRequest } from './snapshot.ts';
import { policyNumber, sustained } from './utilization.ts';
import { assignFunctions } from './virtual-functions.ts';

type Refusal = { messageKey: Message; values?: Record<string, string> } | null;

/** A filter of the scheduling policy: refuses a host with a reason, or lets it pass. */
export interface Filter {
  name: string;
  id: string;
  /** Runs whatever the cluster's policy says. */
  mandatory: boolean;
  /** @param source where the VM runs now; null for one that is to start */
  check(host: ScheduledHost, request: SchedulingRequest, cluster: SchedulingCluster, source: ScheduledHost | null): Refusal;
}

const refuse = (messageKey: Message, values: Record<string, string> = {}): Refusal => ({ messageKey, values });
const lacking = (needed: readonly string[], offered: readonly string[]): string[] => needed.filter((one) => !offered.includes(one));
const mebibytes = (bytes: number): string => String(Math.ceil(bytes / 1024 ** 2));

/** Load above which no VM is placed, in percent. Source: engine configuration, scheduling. */
const highUtilizationPercent = 90;

/** Whether a host's CPUs have been overloaded as long as the policy's duration says. */
function overloaded(host: ScheduledHost, cluster: SchedulingCluster): boolean {
  const limit = policyNumber(cluster, 'HighUtilization', highUtilizationPercent);
  return sustained(host, cluster, (load) => load > limit);
}

/** Swap in use beyond the memory that is free, in percent of the host's memory. */
function swapPercent(host: ScheduledHost): number {
  if (host.memoryFreeBytes === undefined || host.memoryBytes === 0) return 0;
  return ((host.swapTotalBytes - host.swapFreeBytes - host.memoryFreeBytes) * 100) / host.memoryBytes;
}

/** Whether a VM would come to an older operating system than it is on, or to another. */
function osRefusal(host: ScheduledHost, source: ScheduledHost | null): Refusal {
  if (source === null || source.id === host.id) return null;
  if (source.os === null || host.os === null) return refuse('VAR__DETAIL__INVALID_OS');
  if (source.os.name !== host.os.name) return refuse('VAR__DETAIL__WRONG_OS', { os: host.os.name });
  return isOlderOs(host.os, source.os) ? refuse('VAR__DETAIL__OLD_OS', { os: `${host.os.name} ${host.os.version}` }) : null;
}

/** Whether pinned virtual NUMA nodes fit onto the host's. A preferred node is a wish and refuses nothing. */
function numaRefusal(host: ScheduledHost, request: SchedulingRequest): Refusal {
  const pinned = request.numaNodes.filter((node) => node.pins.length > 0 && node.tuneMode !== 'preferred');
  if (pinned.length === 0) return null;
  const indexes = host.numaNodes.map((node) => node.index);
  if (pinned.some((node) => node.pins.some((pin) => !indexes.includes(pin)))) return refuse('VAR__DETAIL__NUMA_NOT_SUPPORTED');
  const left = new Map(host.numaNodes.map((node) => [node.index, node.freeBytes ?? node.memoryBytes]));
  for (const node of pinned) {
    const share = node.memoryBytes / node.pins.length;
    for (const pin of node.pins) {
      const free = (left.get(pin) ?? 0) - share;
      if (free < 0) return refuse('VAR__DETAIL__NOT_MEMORY_PINNED_NUMA', { node: String(pin) });
      left.set(pin, free);
    }
  }
  return null;
}

/** Whether a host has the CPUs that a VM is pinned to, or those that the engine is to choose for it. */
function pinningRefusal(host: ScheduledHost, request: SchedulingRequest): Refusal {
  const { cpuPolicy: policy, vcpuPins } = request;
  if (isChosenPolicy(policy)) {
    const chosen = chooseCpus(policy, request, host.cpus, request.keptPinning);
    return typeof chosen === 'string' ? refuse(chosen) : null;
  }
  const there = new Set(host.cpus.topology.map((cpu) => cpu.id));
  const has = (cpu: number): boolean => (there.size > 0 ? there.has(cpu) : cpu < host.cpuThreads) && !host.cpus.exclusive.has(cpu);
  const missing = [...new Set(vcpuPins.flatMap((pin) => pin.cpus))].filter((cpu) => !has(cpu));
  return missing.length === 0 ? null : refuse('VAR__DETAIL__VM_PINNING_PCPU_DOES_NOT_EXIST', { cpus: missing.join(',') });
}

/** Whether the CPUs that VMs share are enough for the largest of them: one that takes CPUs for itself leaves the others fewer. */
function sharedRefusal(host: ScheduledHost, request: SchedulingRequest, cluster: SchedulingCluster): Refusal {
  const { shared, left } = sharedCpus(host, request, cluster);
  const needed = Math.max(isExclusive(request.cpuPolicy) ? 0 : vcpusOf(host, request), left < shared ? host.largestSharedVcpus : 0);
  return left >= needed ? null : refuse('VAR__DETAIL__NOT_ENOUGH_CORES', { cores: String(left) });
}

/**
 * All filters, mandatory ones first. Source: policy units of the scheduler; ids are visible in the API. Units of policies that
 * are not here refuse nothing: HA and HostedEngineSpares are about a manager that runs in a VM of its own hosts, which this one
 * does not, Migration-Tsc-Frequency about a clock that the contract has no attribute for.
 */
export const filters: readonly Filter[] = [
  {
    name: 'Compatibility-Version',
    id: '3e4a7d54-9e7f-11e5-8994-feff819cdc9f',
    mandatory: true,
    check: (host, request) =>
      host.clusterLevels.includes(request.level)
        ? null
        : refuse('VAR__DETAIL__UNSUPPORTED_COMPATIBILITY_VERSION', { level: request.level }),
  },
  {
    name: 'CPU-Level',
    id: '438b052c-90ab-40e8-9be0-a22560202ea6',
    mandatory: true,
    check: (host, request) =>
      request.cpuLevel === null || (host.cpuModel !== null && host.cpuModel.level >= request.cpuLevel)
        ? null
        : refuse('VAR__DETAIL__LOW_CPU_LEVEL', { cpu: request.cpuName ?? '' }),
  },
  {
    name: 'CPUTopology',
    id: '35c2f1a5-8928-48e9-81ac-4c49eb49d60e',
    mandatory: true,
    check: (host, request) =>
      request.threads === 1 || host.cpuThreads > host.cpuCores || host.cpuCores >= request.cores * request.threads
        ? null
        : refuse('VAR__DETAIL__NOT_ENOUGH_CORES', { cores: String(host.cpuCores) }),
  },
  { name: 'CpuPinning', id: '6d636bf6-a35c-4f9d-b68d-0731f731cddc', mandatory: true, check: pinningRefusal },
  {
    name: 'HostDevice',
    id: '728a21f1-f97e-4d32-bc3e-b3cc49756abb',
    mandatory: true,
    check: (host, request) => {
      const missing = lacking(request.hostDevices, host.hostDevices);
      return missing.length === 0 ? null : refuse('VAR__DETAIL__HOST_DEVICE_UNAVAILABLE', { devices: missing.join(', ') });
    },
  },
  {
    name: 'PinToHost',
    id: '12262ab6-9690-4bc3-a2b3-35573b172d54',
    mandatory: true,
    check: (host, request) =>
      request.affinity !== 'pinned' || request.pinnedHosts.length === 0 || request.pinnedHosts.includes(host.id)
        ? null
        : refuse('VAR__DETAIL__NOT_PINNED_TO_HOST'),
  },
  {
    name: 'VM leases ready',
    id: 'b454ae40-f767-45b1-949a-7e5bd04d83ab',
    mandatory: true,
    check: (host, request) =>
      request.leaseDomain === null || host.leaseDomains.includes(request.leaseDomain) ? null : refuse('VM_LEASES_NOT_READY'),
  },
  {
    name: 'MDevice',
    id: 'aa604ea6-f758-4d28-8e05-bf5f4a0818bd',
    mandatory: true,
    check: (host, request) => {
      const missing = lacking(request.mediatedDevices, host.mediatedDevices);
      return missing.length === 0 ? null : refuse('VAR__DETAIL__HOST_MDEV_DEVICE_MISSING', { types: missing.join(', ') });
    },
  },
  {
    name: 'Migration',
    id: 'e659c871-0bf1-4ccc-b748-f28f5d08ddda',
    mandatory: false,
    check: (host, request) => (request.currentHost === host.id ? refuse('VAR__DETAIL__SAME_HOST') : null),
  },
  { name: 'CPU', id: '6d636bf6-a35c-4f9d-b68d-0731f720cddc', mandatory: false, check: sharedRefusal },
  {
    name: 'Memory',
    id: 'c9ddbb34-0e1d-4061-a8d7-b0893fa80932',
    mandatory: false,
    check: (host, request, cluster) => {
      if (request.paused || request.currentHost === host.id) return null;
      if (host.memoryFreeBytes === undefined)
        return refuse('VAR__DETAIL__NOT_ENOUGH_MEMORY', { availableMem: '?', needed: mebibytes(request.memoryBytes) });
      const short = memoryShort(host, request, cluster);
      return short
        ? refuse('VAR__DETAIL__NOT_ENOUGH_MEMORY', { availableMem: mebibytes(short.free), needed: mebibytes(short.needed) })
        : null;
    },
  },
  {
    name: 'Network',
    id: '72163d1c-9468-4480-99d9-0888664eb143',
    mandatory: false,
    check: (host, request) => {
      const missing = lacking(request.networks, host.networks);
      if (missing.length > 0) return refuse('VAR__DETAIL__NETWORK_MISSING', { networkNames: missing.join(', ') });
      return assignFunctions(request.functionNetworks, host.freeFunctions) === null
        ? refuse('VAR__DETAIL__NO_SUITABLE_VF', { networkNames: request.functionNetworks.join(', ') })
        : null;
    },
  },
  {
    name: 'Emulated-Machine',
    id: '58894b5b-d55d-4f85-8f82-5bf217e640b0',
    mandatory: false,
    check: (host, request) =>
      host.emulatedMachines.includes(request.emulatedMachine)
        ? null
        : refuse('VAR__DETAIL__UNSUPPORTED_EMULATED_MACHINE', { machine: request.emulatedMachine }),
  },
  {
    name: 'CPUOverloaded',
    id: '98842bc5-4094-4b83-8224-7b50f86a94c9',
    mandatory: false,
    check: (host, _request, cluster) =>
      overloaded(host, cluster) ? refuse('VAR__DETAIL__CPU_OVERLOADED', { load: String(Math.round(host.cpuLoadsPercent[0] ?? 0)) }) : null,
  },
  {
    name: 'Swap',
    id: '43b9e654-337f-4b0d-a896-cbb22ce5a7fc',
    mandatory: false,
    check: (host, request, cluster) =>
      !request.paused && swapPercent(host) > policyNumber(cluster, 'MaximumAllowedSwapUsage', 0)
        ? refuse('VAR__DETAIL__SWAP_VALUE_ILLEGAL', { swap: String(Math.round(swapPercent(host))) })
        : null,
  },
  {
    name: 'HugePages',
    id: '23e07b34-66dd-4735-bc45-bcddded02c05',
    mandatory: false,
    check: (host, { hugePages, currentHost }) => {
      if (hugePages === null || currentHost === host.id) return null;
      const free = host.freeHugePages[hugePages.sizeKib] ?? 0;
      const values = { sizeKib: String(hugePages.sizeKib), needed: String(hugePages.count), free: String(Math.max(0, free)) };
      return free >= hugePages.count ? null : refuse('VAR__DETAIL__NOT_ENOUGH_HUGE_PAGES', values);
    },
  },
  {
    name: 'Host-hooks',
    id: 'aae8c702-4756-4934-b84c-8daf59efc134',
    mandatory: false,
    check: (host, request) => {
      const missing = request.hooks.filter((hook) => !host.hooks.some((file) => file.replaceAll(/[_-]/g, '').includes(hook)));
      return missing.length === 0 ? null : refuse('VAR__DETAIL__MISSING_VDS_HOOK', { hooks: missing.join(', ') });
    },
  },
  {
    name: 'InClusterUpgrade',
    id: '84e6ddee-ab0d-42dd-82f0-c298889db567',
    mandatory: false,
    check: (host, _request, _cluster, source) => osRefusal(host, source),
  },
  { name: 'NUMA', id: 'fcbfe4b1-b83e-4428-b9d3-b3d348b93be6', mandatory: false, check: numaRefusal },
  {
    name: 'VmAffinityGroups',
    id: '84e6ddee-ab0d-42dd-82f0-c297779db566',
    mandatory: false,
    check: (host, request, cluster) => {
      if (request.ignoresVmAffinity) return null;
      const refusal = vmAffinityRefusal(cluster.affinityGroups, cluster.placements, request.vmId, host.id);
      if (refusal === null) return null;
      return refuse(refusal === 'positive' ? 'VAR__DETAIL__AFFINITY_FAILED_POSITIVE' : 'VAR__DETAIL__AFFINITY_FAILED_NEGATIVE');
    },
  },
  {
    name: 'VmToHostsAffinityGroups',
    id: 'e69808a9-8a41-40f1-94ba-dd5d385d82d8',
    mandatory: false,
    check: (host, request, cluster) => {
      const group = hostAffinityRefusal(cluster.affinityGroups, request.vmId, host.id);
      if (group === null) return null;
      return refuse(group.hosts.rule === 'positive' ? 'VAR__DETAIL__AFFINITY_FAILED_POSITIVE' : 'VAR__DETAIL__AFFINITY_FAILED_NEGATIVE', {
        group: group.name,
      });
    },
  },
  {
    name: 'ClusterInMaintenance',
    id: '0bd8fef9-bcb4-4250-9998-410f01608d9b',
    mandatory: false,
    check: (_host, request) =>
      request.currentHost === null && !request.highlyAvailable ? refuse('VAR__DETAIL__CLUSTER_IN_MAINTENANCE') : null,
  },
];
