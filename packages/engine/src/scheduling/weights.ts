import type { ScheduledHost, SchedulingCluster, SchedulingRequest } from './snapshot.ts';

/** A weight of the scheduling policy: lower is better. */
export interface Weight {
  name: string;
  id: string;
  factor: number;
  score(host: ScheduledHost, request: SchedulingRequest, cluster: SchedulingCluster, hosts: readonly ScheduledHost[]): number;
}

/** What a new VM's CPU is expected to take, in percent of one CPU, and what storage management takes. */
const vcpuConsumptionPercent = 10;
const worst = 1000;

/** Weights of the policy "none": CPU twice, memory once; hosts that the VM names come before all. Source: predefined policies. */
export const weights: readonly Weight[] = [
  {
    name: 'PreferredHosts',
    id: '591cdb81-ba67-45b4-9642-e28f61a97d57',
    factor: 99,
    score: (host, request) => (request.pinnedHosts.length === 0 || request.pinnedHosts.includes(host.id) ? 0 : 10_000),
  },
  {
    name: 'OptimalForCpuEvenDistribution',
    id: '7db4ab05-81ab-42e8-868a-aee2df483edb',
    factor: 2,
    score: (host, request, cluster) => {
      const cpus = cluster.threadsAsCores ? host.cpuThreads : host.cpuCores;
      if (host.cpuLoadPercent === undefined || cpus === 0) return worst;
      const added = vcpuConsumptionPercent * (request.sockets * request.cores * request.threads + host.pendingVcpus + (host.isSpm ? 1 : 0));
      return (host.cpuLoadPercent * cpus + added) / cpus;
    },
  },
  {
    name: 'OptimalForMemoryEvenDistribution',
    id: '4134247a-9c58-4b9a-8593-530bb9e37c59',
    factor: 1,
    score: (host, _request, _cluster, hosts) => {
      const free = (one: ScheduledHost): number => Math.max(1, (one.memoryFreeBytes ?? 0) - one.memoryPendingBytes);
      const most = Math.max(...hosts.map(free));
      return most <= 1 ? worst : worst - Math.round(((free(host) - 1) * (worst - 1)) / (most - 1));
    },
  },
];
