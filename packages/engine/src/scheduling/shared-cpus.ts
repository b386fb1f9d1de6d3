import { chooseCpus, isChosenPolicy, isExclusive, type RunPinning } from './host-cpus.ts';
import type { ScheduledHost, SchedulingCluster, SchedulingRequest } from './snapshot.ts';

/** What the engine would choose for the VM there; null for a VM for which it chooses nothing, and where nothing fits. */
export function chosenThere(host: ScheduledHost, request: SchedulingRequest): RunPinning | null {
  if (!isChosenPolicy(request.cpuPolicy)) return null;
  const chosen = chooseCpus(request.cpuPolicy, request, host.cpus, request.keptPinning);
  return typeof chosen === 'string' ? null : chosen;
}

/** Virtual CPUs that the VM would have there. */
export function vcpusOf(host: ScheduledHost, request: SchedulingRequest): number {
  const { sockets, cores, threads } = chosenThere(host, request)?.topology ?? request;
  return sockets * cores * threads;
}

/** The CPUs of a host that VMs share: those that no VM has for itself, now and with the VM. Source: scheduler, CPU math. */
export function sharedCpus(host: ScheduledHost, request: SchedulingRequest, cluster: SchedulingCluster): { shared: number; left: number } {
  const { exclusive, exclusiveCores } = host.cpus;
  const shared = cluster.threadsAsCores ? host.cpuThreads - exclusive.size : host.cpuCores - exclusiveCores;
  const chosen = isExclusive(request.cpuPolicy) ? chosenThere(host, request) : null;
  const taken = chosen === null ? 0 : cluster.threadsAsCores ? chosen.cpus.flat().length : chosen.cores.length;
  return { shared, left: shared - taken };
}
