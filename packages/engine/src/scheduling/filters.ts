import { memoryShort } from './memory.ts';
import type { ScheduledHost, SchedulingCluster, SchedulingRequest } from './snapshot.ts';

type Refusal = { messageKey: string; values?: Record<string, string> } | null;

/** A filter of the scheduling policy: refuses a host with a reason, or lets it pass. */
export interface Filter {
  name: string;
  id: string;
  /** Runs whatever the cluster's policy says. */
  mandatory: boolean;
  check(host: ScheduledHost, request: SchedulingRequest, cluster: SchedulingCluster): Refusal;
}

const refuse = (messageKey: string, values: Record<string, string> = {}): Refusal => ({ messageKey, values });
const cpusOf = (host: ScheduledHost, cluster: SchedulingCluster): number => (cluster.threadsAsCores ? host.cpuThreads : host.cpuCores);
const lacking = (needed: readonly string[], offered: readonly string[]): string[] => needed.filter((one) => !offered.includes(one));
const mebibytes = (bytes: number): string => String(Math.ceil(bytes / 1024 ** 2));

/** All filters, mandatory ones first. Source: policy units of the scheduler; ids are visible in the API. */
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
        : refuse('VAR__DETAIL__NOT_ENOUGH_CORES'),
  },
  {
    name: 'CpuPinning',
    id: '6d636bf6-a35c-4f9d-b68d-0731f731cddc',
    mandatory: true,
    check: (host, request) =>
      request.pinnedCpus.every((cpu) => cpu < host.cpuThreads) ? null : refuse('VAR__DETAIL__VM_PINNING_PCPU_DOES_NOT_EXIST'),
  },
  {
    name: 'HostDevice',
    id: '728a21f1-f97e-4d32-bc3e-b3cc49756abb',
    mandatory: true,
    check: (host, request) =>
      lacking(request.hostDevices, host.hostDevices).length === 0 ? null : refuse('VAR__DETAIL__HOST_DEVICE_UNAVAILABLE'),
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
    check: (host, request) =>
      lacking(request.mediatedDevices, host.mediatedDevices).length === 0 ? null : refuse('VAR__DETAIL__HOST_MDEV_DEVICE_MISSING'),
  },
  {
    name: 'Migration',
    id: 'e659c871-0bf1-4ccc-b748-f28f5d08ddda',
    mandatory: false,
    check: (host, request) => (request.currentHost === host.id ? refuse('VAR__DETAIL__SAME_HOST') : null),
  },
  {
    name: 'CPU',
    id: '6d636bf6-a35c-4f9d-b68d-0731f720cddc',
    mandatory: false,
    check: (host, request, cluster) =>
      cpusOf(host, cluster) >= request.sockets * request.cores * request.threads
        ? null
        : refuse('VAR__DETAIL__NOT_ENOUGH_CORES', { cores: String(cpusOf(host, cluster)) }),
  },
  {
    name: 'Memory',
    id: 'c9ddbb34-0e1d-4061-a8d7-b0893fa80932',
    mandatory: false,
    check: (host, request, cluster) => {
      if (request.paused || request.currentHost === host.id) return null;
      if (host.memoryFreeBytes === undefined)
        return refuse('VAR__DETAIL__NOT_ENOUGH_MEMORY', { availableMem: 'unknown', needed: mebibytes(request.memoryBytes) });
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
      return missing.length === 0 ? null : refuse('VAR__DETAIL__NETWORK_MISSING', { networkNames: missing.join(', ') });
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
];
