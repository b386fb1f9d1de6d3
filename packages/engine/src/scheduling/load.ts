import { cpuModels } from '@virgate/contract/generated/cpus';
import { sql, type Kysely } from 'kysely';
import { bestCpu } from '../monitoring/operational.ts';
import type { Tables } from '../tables/schema.ts';
import { listedCpus, listedPins, type Pin } from '../vms/cpu-pinning.ts';
import type { DomainPlan } from '../vms/domain-xml/domain.ts';
import { numeric } from '../monitoring/capabilities.ts';
import type { HugePageSample, NumaNodeSample } from '../monitoring/device-statistics.ts';
import { loadAffinityGroups } from '../affinity-groups/load.ts';
import { freeFunctions } from '../nics/virtual-functions.ts';
import { loadPolicy } from '../scheduling-policies/load.ts';
import type { Property } from '@virgate/contract/generated/types';
import type { AffinityGroupRules, Placements } from './affinity.ts';
import { defaultPolicy } from './policies.ts';
import { hostCpusOf, isExclusive, type RunPinning } from './host-cpus.ts';
import { hugePagesFor, overheadBytes } from './memory.ts';
import type { FreeFunction } from './virtual-functions.ts';
import type { ScheduledHost, SchedulingCluster, SchedulingRequest, SchedulingSnapshot } from './snapshot.ts';

interface HostRow {
  id: string;
  name: string;
  status: string;
  cluster_levels: string[];
  cpu_flags: string | null;
  cpu_sockets: number | null;
  cpu_cores: number | null;
  cpu_threads: number | null;
  memory_bytes: number | null;
  emulated_machines: string[];
  networks: string[];
  memory_free_bytes: number | null;
  swap_free_bytes: number | null;
  swap_total_bytes: number | null;
  cpu_loads: number[] | null;
  numa: Record<string, { totalMemory?: unknown; cpus?: unknown }> | null;
  numa_free: Record<string, NumaNodeSample> | null;
  cpu_idle_percent: number | null;
  sampled_at: number | null;
  is_spm: boolean;
  vms: {
    memory: number;
    guaranteed: number;
    vcpus: number;
    sockets: number;
    cores: number;
    threads: number;
    startedAt: number | null;
    /** It runs on another host, which sends it here. */
    comes: boolean;
    status: string;
    ha: boolean;
    chosen: RunPinning | null;
    pins: Pin[] | null;
    hugePageKib: string | null;
  }[];
  cpu_topology: unknown;
  agent_cpus: unknown;
  huge_pages: Record<string, HugePageSample> | null;
  hooks: unknown;
  os: Record<string, unknown> | null;
  lease_domains: string[];
  /** Devices that no VM has which runs there. */
  host_devices: string[];
  free_functions: FreeFunction[];
  mediated_types: string[];
}

/**
 * What the scheduler needs to know of a cluster: its policy, its affinity groups, its hosts with what runs on them. A fixed number of statements.
 * @param cpus whether each host's single processors are wanted: for a VM that is pinned to some
 */
export async function loadSnapshot(db: Kysely<Tables>, clusterId: string, { cpus }: { cpus: boolean }): Promise<SchedulingSnapshot> {
  const cluster = await db
    .selectFrom('cluster')
    .select([
      'compatibility_major',
      'compatibility_minor',
      'memory_overcommit_percent',
      'threads_as_cores',
      'scheduling_policy_id',
      'settings',
    ])
    .where('id', '=', clusterId)
    .executeTakeFirstOrThrow();
  const affinityGroups = await loadAffinityGroups(db, clusterId);
  const level = `${cluster.compatibility_major}.${cluster.compatibility_minor}`;
  const rows = await sql<HostRow>`
    select h.id, h.name, s.status, s.cluster_levels, s.cpu_flags, s.cpu_sockets, s.cpu_cores, s.cpu_threads, s.memory_bytes, s.emulated_machines, s.networks,
      t.memory_free_bytes, t.swap_free_bytes, t.swap_total_bytes, t.cpu_loads, s.capabilities -> 'numaNodes' as numa, t.raw -> 'numaNodes' as numa_free, t.cpu_idle_percent, t.sampled_at, coalesce(d.spm_host_id = h.id, false) as is_spm,
      case when ${cpus} then s.capabilities -> 'cpuTopology' end as cpu_topology, s.capabilities -> 'vdsmToCpusAffinity' as agent_cpus, s.capabilities -> 'hooks' as hooks,
      s.capabilities -> 'operatingSystem' as os, t.raw -> 'hugePages' as huge_pages,
      coalesce((select jsonb_agg(jsonb_build_object('memory', m.memory_bytes, 'guaranteed', m.memory_guaranteed_bytes, 'sockets', m.cpu_sockets, 'cores', m.cpu_cores,
        'threads', m.cpu_threads, 'vcpus', m.cpu_sockets * m.cpu_cores * m.cpu_threads, 'status', v.status, 'ha', m.high_availability, 'chosen', v.cpu_pinning, 'pins', m.settings #> '{cpu,cpu_tune,vcpu_pins}', 'hugePageKib', (select p ->> 'value' from jsonb_array_elements(m.settings -> 'custom_properties') p where p ->> 'name' = 'hugepages'), 'startedAt', extract(epoch from v.commanded_at) * 1000, 'comes', v.host_id <> h.id))
        from vm_state v join vm m on m.id = v.vm_id where v.host_id = h.id or v.migrating_to_host_id = h.id), '[]') as vms,
      array(select x.storage_domain_id from host_storage_domain x where x.host_id = h.id and x.acquired) as lease_domains,
      array(select y.name from host_device y where y.host_id = h.id and y.assignable and not exists (
        select 1 from vm_host_device g join vm_state r on r.vm_id = g.vm_id where r.host_id = h.id and g.device_name = y.name)) as host_devices, ${freeFunctions(sql.ref('h.id'))} as free_functions,
      array(select distinct m ->> 'name' from host_device y, jsonb_array_elements(y.mediated_types) m where y.host_id = h.id and coalesce((m ->> 'instances')::int, 1) > 0) as mediated_types
    from host h join host_state s on s.host_id = h.id join cluster c on c.id = h.cluster_id left join data_center d on d.id = c.data_center_id
      left join host_statistics t on t.host_id = h.id
    where h.cluster_id = ${clusterId} order by h.name`.execute(db);
  return {
    cluster: {
      memoryOvercommitPercent: cluster.memory_overcommit_percent,
      threadsAsCores: cluster.threads_as_cores,
      reservesForHa: cluster.settings['ha_reservation'] === true,
      policy: await policyOf(db, cluster.scheduling_policy_id, cluster.settings),
      affinityGroups,
      placements: await placementsOf(db, affinityGroups),
    },
    hosts: rows.rows.map((row) => hostOf(row, level)),
  };
}

/** The cluster's policy, with its own properties over those of the policy. */
async function policyOf(db: Kysely<Tables>, policyId: string, settings: Record<string, unknown>): Promise<SchedulingCluster['policy']> {
  const policy = (await loadPolicy(db, policyId)) ?? defaultPolicy;
  const own = (settings['custom_scheduling_policy_properties'] as Property[] | undefined) ?? [];
  return { ...policy, properties: { ...policy.properties, ...Object.fromEntries(own.map((one) => [one.name ?? '', one.value ?? ''])) } };
}

/** Hosts on which members of the groups run or are about to run. */
export async function placementsOf(db: Kysely<Tables>, groups: readonly AffinityGroupRules[]): Promise<Placements> {
  const vmIds = [...new Set(groups.flatMap((group) => group.vmIds))];
  if (vmIds.length === 0) return new Map();
  const found = await sql<{ vm_id: string; host_id: string }>`
    select vm_id, host_id from vm_state where host_id is not null and vm_id = any(${vmIds}::uuid[])`.execute(db);
  return new Map(found.rows.map((row) => [row.vm_id, row.host_id]));
}

const mib = 1024 ** 2;
const mebibytesOf = (value: unknown): number | undefined => {
  const parsed = numeric(value);
  return parsed === undefined ? undefined : parsed * mib;
};

const numaOf = (row: HostRow): ScheduledHost['numaNodes'] =>
  Object.entries(row.numa ?? {}).map(([index, node]) => ({
    index: Number(index),
    memoryBytes: mebibytesOf(node.totalMemory) ?? 0,
    freeBytes: row.numa_free?.[index]?.memoryFreeBytes,
    cpus: Array.isArray(node.cpus) ? node.cpus.map(Number) : [],
  }));

type RunningVm = HostRow['vms'][number];
const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** Whether a VM's memory lies in pages that its host keeps for guests: it takes none of the other memory. */
const isHuge = (vm: RunningVm): boolean => Number(vm.hugePageKib ?? 0) > 0;

/** Free pages by their size, without those of VMs that were placed after the host told. */
function freeHugePagesOf(row: HostRow, pending: readonly RunningVm[]): Record<number, number> {
  const free = Object.entries(row.huge_pages ?? {}).map(([size, pages]): [number, number] => [Number(size), pages.free ?? 0]);
  const taken = (sizeKib: number): number =>
    pending.filter((vm) => Number(vm.hugePageKib) === sizeKib).reduce((sum, vm) => sum + hugePagesFor(vm.memory, sizeKib).count, 0);
  return Object.fromEntries(free.map(([size, count]) => [size, count - taken(size)]));
}

function osOf(os: HostRow['os']): ScheduledHost['os'] {
  const { name, version } = os ?? {};
  return typeof name === 'string' && name !== '' && typeof version === 'string' && version !== '' ? { name, version } : null;
}

function hostOf(row: HostRow, level: string): ScheduledHost {
  const best = bestCpu((row.cpu_flags ?? '').split(','), level);
  const committed = row.vms.reduce((sum, vm) => {
    const overhead = overheadBytes({
      memoryBytes: vm.memory,
      videoRamBytes: 0,
      sockets: vm.sockets,
      cores: vm.cores,
      threads: vm.threads,
      ioThreads: 0,
    });
    return sum + (isHuge(vm) ? 0 : vm.guaranteed) + overhead.sure;
  }, 0);
  // What was placed after the last sample does not show in the free memory yet.
  const pending = row.vms.filter((vm) => vm.status === 'wait_for_launch' || vm.comes || (vm.startedAt ?? 0) > (row.sampled_at ?? 0));
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    clusterLevels: row.cluster_levels,
    cpuModel: best ? { name: best.name, level: best.level } : null,
    cpuSockets: row.cpu_sockets ?? 0,
    cpuCores: row.cpu_cores ?? 0,
    cpuThreads: row.cpu_threads ?? 0,
    cpuLoadPercent: row.cpu_idle_percent === null ? undefined : 100 - row.cpu_idle_percent,
    cpuLoadsPercent: row.cpu_loads ?? [],
    memoryBytes: row.memory_bytes ?? 0,
    memoryFreeBytes: row.memory_free_bytes ?? undefined,
    swapTotalBytes: row.swap_total_bytes ?? 0,
    swapFreeBytes: row.swap_free_bytes ?? 0,
    memoryCommittedBytes: committed,
    memoryPendingBytes: pending.reduce((sum, vm) => sum + (isHuge(vm) ? 0 : vm.memory), 0),
    pendingVcpus: pending.reduce((sum, vm) => sum + vm.vcpus, 0),
    runningVcpus: row.vms.reduce((sum, vm) => sum + vm.vcpus, 0),
    largestSharedVcpus: Math.max(0, ...row.vms.filter((vm) => !isExclusive(vm.chosen?.policy)).map((vm) => vm.vcpus)),
    cpus: hostCpusOf(
      row.cpu_topology,
      row.agent_cpus,
      row.vms.map((vm) => ({ chosen: vm.chosen, pins: listedPins(vm.pins ?? []) })),
    ),
    vmCount: row.vms.length,
    highlyAvailableVms: row.vms.filter((vm) => vm.ha).length,
    numaNodes: numaOf(row),
    emulatedMachines: row.emulated_machines,
    networks: row.networks,
    hostDevices: row.host_devices,
    freeFunctions: row.free_functions,
    mediatedDevices: row.mediated_types,
    leaseDomains: row.lease_domains,
    freeHugePages: freeHugePagesOf(row, pending),
    hooks: Object.values(record(row.hooks)).flatMap((point) => Object.keys(record(point))),
    os: osOf(row.os),
    isSpm: row.is_spm,
  };
}

/** Programs of hosts by the custom property that is for them. Source: engine behaviour, filter by hooks. */
const hookOfProperty: Readonly<Record<string, string>> = { localdisk: 'localdisk', cpuflags: 'cpuflags' };
const hooksFor = (properties: Readonly<Record<string, string>>): string[] =>
  Object.entries(hookOfProperty).flatMap(([property, hook]) => (properties[property] ? [hook] : []));

/** What a VM asks of its cluster's scheduler, and what there is. */
export async function loadQuestion(
  db: Kysely<Tables>,
  plan: DomainPlan,
  keptPinning: RunPinning | null,
  limits: Pick<SchedulingRequest, 'onlyHosts' | 'exceptHosts' | 'currentHost'>,
): Promise<{ request: SchedulingRequest; snapshot: SchedulingSnapshot; clusterId: string | null }> {
  const vm = await db
    .selectFrom('vm')
    .leftJoin('cluster', 'cluster.id', 'vm.cluster_id')
    .select(['vm.cluster_id', 'vm.affinity', 'vm.pinned_host_ids', 'vm.high_availability', 'vm.type', 'cluster.cpu_type'])
    .where('vm.id', '=', plan.id)
    .executeTakeFirstOrThrow();
  const asking = {
    cpuType: vm.cpu_type,
    affinity: vm.affinity,
    pinnedHosts: vm.pinned_host_ids,
    highlyAvailable: vm.high_availability,
    type: vm.type,
    keptPinning,
  };
  const snapshot = await loadSnapshot(db, vm.cluster_id ?? '', { cpus: plan.cpuPolicy !== 'none' });
  return { request: requestOf(plan, asking, limits), snapshot, clusterId: vm.cluster_id };
}

/** What a VM that is to run asks of a host. */
function requestOf(
  plan: DomainPlan,
  vm: {
    cpuType: string | null;
    affinity: string;
    pinnedHosts: readonly string[];
    highlyAvailable: boolean;
    type: string;
    keptPinning: RunPinning | null;
  },
  limits: Pick<SchedulingRequest, 'onlyHosts' | 'exceptHosts' | 'currentHost'>,
): SchedulingRequest {
  const model = cpuModels[plan.clusterLevel]?.find((one) => one.name === vm.cpuType);
  return {
    vmId: plan.id,
    level: plan.clusterLevel,
    cpuLevel: model?.level ?? null,
    cpuName: model?.name ?? null,
    ...plan.topology,
    memoryBytes: plan.memoryBytes,
    memoryGuaranteedBytes: plan.memoryGuaranteedBytes,
    videoRamBytes: (plan.video?.ramKib ?? 0) * 1024,
    ioThreads: plan.ioThreads,
    emulatedMachine: plan.emulatedMachine,
    networks: [...new Set(plan.nics.flatMap((nic) => (nic.model === 'pci_passthrough' ? [] : (nic.network ?? []))))],
    functionNetworks: plan.nics.flatMap((nic) => (nic.model === 'pci_passthrough' ? [nic.network ?? ''] : [])),
    vcpuPins: plan.vcpuPins.map(({ vcpu, cpus }) => ({ vcpu, cpus: listedCpus(cpus) })),
    cpuPolicy: plan.cpuPolicy,
    keptPinning: vm.keptPinning,
    affinity: vm.affinity as SchedulingRequest['affinity'],
    pinnedHosts: vm.pinnedHosts,
    highlyAvailable: vm.highlyAvailable,
    highPerformance: vm.type === 'high_performance',
    numaNodes: plan.numaNodes,
    hostDevices: plan.hostDevices.map((device) => device.name),
    mediatedDevices: plan.mediatedDevices.map((device) => device.type),
    leaseDomain: plan.leaseDomainId,
    hugePages: plan.hugePageKib === null ? null : hugePagesFor(plan.memoryBytes, plan.hugePageKib),
    hooks: hooksFor(plan.customProperties),
    ignoresVmAffinity: false,
    paused: false,
    ...limits,
  };
}
