import { hostAffinityScore, vmAffinityScore } from './affinity.ts';
import { isOlderOs } from './host-os.ts';
import { isExclusive } from './host-cpus.ts';
import { chosenThere, sharedCpus, vcpusOf } from './shared-cpus.ts';
import type { ScheduledHost, SchedulingCluster, SchedulingRequest } from './snapshot.ts';

/** A weight of the scheduling policy: lower is better. */
export interface Weight {
  name: string;
  id: string;
  /** @param source where the VM runs now; null for one that is to start */
  score(
    host: ScheduledHost,
    request: SchedulingRequest,
    cluster: SchedulingCluster,
    hosts: readonly ScheduledHost[],
    source: ScheduledHost | null,
  ): number;
}

/** What a new VM's CPU is expected to take, in percent of one CPU, and what storage management takes. */
const vcpuConsumptionPercent = 10;
const worst = 1000;
const mib = 1024 ** 2;

const freeOf = (host: ScheduledHost): number => Math.max(1, (host.memoryFreeBytes ?? 0) - host.memoryPendingBytes);
const property = (cluster: SchedulingCluster, name: string): number | undefined =>
  cluster.policy.properties[name] === undefined ? undefined : Number(cluster.policy.properties[name]);

/** The load of a host's CPUs once the VM runs there, in percent; undefined without statistics. */
function loadWith(host: ScheduledHost, request: SchedulingRequest, cluster: SchedulingCluster): number | undefined {
  const { shared, left } = sharedCpus(host, request, cluster);
  if (host.cpuLoadPercent === undefined || left <= 0) return undefined;
  const added = vcpuConsumptionPercent * (vcpusOf(host, request) + host.pendingVcpus + (host.isSpm ? 1 : 0));
  return (host.cpuLoadPercent * shared + added) / left;
}

/** Whether the VM would bring more virtual CPUs to the host than the policy wants for each physical one; 0 is no such limit. */
function crowded(host: ScheduledHost, request: SchedulingRequest, cluster: SchedulingCluster): boolean {
  const ratio = property(cluster, 'VCpuToPhysicalCpuRatio') ?? 0;
  return ratio > 0 && host.runningVcpus + vcpusOf(host, request) > ratio * sharedCpus(host, request, cluster).left;
}

/** Whether the CPUs of each virtual node are pinned to CPUs of those nodes of the host to which its memory is. */
function pinningsAgree(host: ScheduledHost, request: SchedulingRequest): boolean {
  const pins = new Map(request.vcpuPins.map((pin) => [pin.vcpu, pin.cpus]));
  return request.numaNodes
    .filter((node) => node.pins.length > 0)
    .every((node) => {
      const near = new Set(host.numaNodes.filter((one) => node.pins.includes(one.index)).flatMap((one) => one.cpus));
      return node.cpus.every((vcpu) => pins.get(vcpu)?.every((cpu) => near.has(cpu)) ?? true);
    });
}

/**
 * Weights, by their units. Source: predefined policies and weights of the scheduler. Units that are not here rank all hosts
 * alike: HA is about a manager that runs in a VM of its own hosts.
 */
export const weights: readonly Weight[] = [
  {
    name: 'PreferredHosts',
    id: '591cdb81-ba67-45b4-9642-e28f61a97d57',
    score: (host, request) => (request.pinnedHosts.length === 0 || request.pinnedHosts.includes(host.id) ? 0 : 10_000),
  },
  {
    name: 'OptimalForCpuEvenDistribution',
    id: '7db4ab05-81ab-42e8-868a-aee2df483edb',
    score: (host, request, cluster) => {
      const load = loadWith(host, request, cluster);
      if (load === undefined) return worst;
      return crowded(host, request, cluster) ? load * 1000 : load;
    },
  },
  {
    name: 'OptimalForMemoryEvenDistribution',
    id: '4134247a-9c58-4b9a-8593-530bb9e37c59',
    score: (host, _request, _cluster, hosts) => {
      const most = Math.max(...hosts.map(freeOf));
      return most <= 1 ? worst : worst - Math.round(((freeOf(host) - 1) * (worst - 1)) / (most - 1));
    },
  },
  {
    name: 'OptimalForCpuPowerSaving',
    id: '736999d0-1023-46a4-9a75-1316ed50e15b',
    score: (host, request, cluster) => {
      const load = loadWith(host, request, cluster);
      const high = property(cluster, 'HighUtilization') ?? 100;
      return load === undefined || load > high || crowded(host, request, cluster) ? worst : -load;
    },
  },
  {
    name: 'OptimalForMemoryPowerSaving',
    id: '9dfe6086-646d-43b8-8eef-4d94de8472c8',
    score: (host, _request, cluster, hosts) => {
      const lowLimit = (property(cluster, 'MaxFreeMemoryForOverUtilized') ?? 0) * mib;
      return freeOf(host) < lowLimit ? 2 * Math.max(...hosts.map(freeOf)) : freeOf(host);
    },
  },
  {
    name: 'OptimalForEvenGuestDistribution',
    id: '3ba8c988-f779-42c0-90ce-caa8243edee7',
    score: (host, _request, cluster) => host.vmCount + (host.isSpm ? (property(cluster, 'SpmVmGrace') ?? 0) : 0),
  },
  {
    name: 'OptimalForHaReservation',
    id: '7f262d70-6cac-11e3-981f-0800200c9a66',
    score: (host, request, cluster, hosts) => {
      const most = Math.max(...hosts.map((one) => one.highlyAvailableVms));
      if (!request.highlyAvailable || !cluster.reservesForHa || most === 0) return 0;
      return Math.ceil(((host.highlyAvailableVms / most) * 100) / (property(cluster, 'ScaleDown') ?? 1));
    },
  },
  {
    name: 'VmAffinityGroups',
    id: '84e6ddee-ab0d-42dd-82f0-c297779db567',
    score: (host, request, cluster, hosts) =>
      vmAffinityScore(
        cluster.affinityGroups,
        cluster.placements,
        request.vmId,
        host.id,
        hosts.map((one) => one.id),
      ),
  },
  {
    name: 'VmToHostsAffinityGroups',
    id: '427aed70-dae3-48ba-8fe9-a902a9d563c8',
    score: (host, request, cluster, hosts) =>
      hostAffinityScore(
        cluster.affinityGroups,
        request.vmId,
        host.id,
        hosts.map((one) => one.id),
      ),
  },
  {
    name: 'CPU for high performance VMs',
    id: '71931e14-f0e6-4f91-a7c8-d494a26e3a09',
    score: (host, request) => {
      // Of CPUs that a VM has for itself those are best that lie together.
      const chosen = isExclusive(request.cpuPolicy) ? chosenThere(host, request) : null;
      if (chosen !== null) return new Set(chosen.cores.map((core) => core.split('/')[0])).size * 1000 + chosen.cores.length;
      if (!request.highPerformance) return 1;
      const sockets = Math.max(1, host.cpuSockets);
      const fits =
        host.cpuSockets >= request.sockets &&
        host.cpuCores / sockets >= request.cores &&
        host.cpuThreads / Math.max(1, host.cpuCores) >= request.threads;
      return fits ? 1 : worst;
    },
  },
  {
    name: 'InClusterUpgrade',
    id: '84e6ddee-ab0d-42dd-82f0-c298889db568',
    score: (host, _request, _cluster, _hosts, source) =>
      source !== null && (source.os === null || host.os === null || isOlderOs(host.os, source.os)) ? worst : 1,
  },
  {
    name: 'CPU and NUMA pinning compatibility',
    id: '1b14ac11-20e9-4593-a149-2eb83c60a330',
    score: (host, request) => (pinningsAgree(host, request) ? 1 : worst),
  },
  {
    name: 'Fit VM to single host NUMA node',
    id: 'f58c1cb9-d91f-48a6-a196-c6d22fb10c4e',
    score: (host, request) =>
      request.numaNodes.length > 0 ||
      host.numaNodes.length <= 1 ||
      host.numaNodes.some((node) => (node.freeBytes ?? node.memoryBytes) >= request.memoryBytes)
        ? 1
        : worst,
  },
];
