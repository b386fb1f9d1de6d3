import { cpuModels } from '@virgate/contract/generated/cpus';
import { sql, type Kysely } from 'kysely';
import { bestCpu } from '../monitoring/operational.ts';
import type { Tables } from '../tables/schema.ts';
import type { DomainPlan } from '../vms/domain-xml/domain.ts';
import { numeric } from '../monitoring/capabilities.ts';
import type { NumaNodeSample } from '../monitoring/device-statistics.ts';
import { loadAffinityGroups } from '../affinity-groups/load.ts';
import { loadPolicy } from '../scheduling-policies/load.ts';
import type { Property } from '@virgate/contract/generated/types';
import type { AffinityGroupRules, Placements } from './affinity.ts';
import { defaultPolicy } from './policies.ts';
import { overheadBytes } from './memory.ts';
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
  numa: Record<string, { totalMemory?: unknown }> | null;
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
    status: string;
    ha: boolean;
  }[];
  lease_domains: string[];
}

/** What the scheduler needs to know of a cluster: its policy, its affinity groups, its hosts with what runs on them. A fixed number of statements. */
export async function loadSnapshot(db: Kysely<Tables>, clusterId: string): Promise<SchedulingSnapshot> {
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
      coalesce((select jsonb_agg(jsonb_build_object('memory', m.memory_bytes, 'guaranteed', m.memory_guaranteed_bytes, 'sockets', m.cpu_sockets, 'cores', m.cpu_cores,
        'threads', m.cpu_threads, 'vcpus', m.cpu_sockets * m.cpu_cores * m.cpu_threads, 'status', v.status, 'ha', m.high_availability, 'startedAt', extract(epoch from v.commanded_at) * 1000))
        from vm_state v join vm m on m.id = v.vm_id where v.host_id = h.id), '[]') as vms,
      array(select x.storage_domain_id from host_storage_domain x where x.host_id = h.id and x.acquired) as lease_domains
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
async function placementsOf(db: Kysely<Tables>, groups: readonly AffinityGroupRules[]): Promise<Placements> {
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
  }));

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
    return sum + vm.guaranteed + overhead.sure;
  }, 0);
  // What was placed after the last sample does not show in the free memory yet.
  const pending = row.vms.filter((vm) => vm.status === 'wait_for_launch' || (vm.startedAt ?? 0) > (row.sampled_at ?? 0));
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
    memoryPendingBytes: pending.reduce((sum, vm) => sum + vm.memory, 0),
    pendingVcpus: pending.reduce((sum, vm) => sum + vm.vcpus, 0),
    runningVcpus: row.vms.reduce((sum, vm) => sum + vm.vcpus, 0),
    vmCount: row.vms.length,
    highlyAvailableVms: row.vms.filter((vm) => vm.ha).length,
    numaNodes: numaOf(row),
    emulatedMachines: row.emulated_machines,
    networks: row.networks,
    hostDevices: [],
    mediatedDevices: [],
    leaseDomains: row.lease_domains,
    isSpm: row.is_spm,
  };
}

/** What a VM that is to run asks of a host. */
export function requestOf(
  plan: DomainPlan,
  vm: { cpuType: string | null; affinity: string; pinnedHosts: readonly string[]; highlyAvailable: boolean; type: string },
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
    videoRamBytes: plan.video.ramKib * 1024,
    ioThreads: plan.ioThreads,
    emulatedMachine: plan.emulatedMachine,
    networks: [...new Set(plan.nics.flatMap((nic) => nic.network ?? []))],
    pinnedCpus: [],
    affinity: vm.affinity as SchedulingRequest['affinity'],
    pinnedHosts: vm.pinnedHosts,
    highlyAvailable: vm.highlyAvailable,
    highPerformance: vm.type === 'high_performance',
    numaNodes: plan.numaNodes,
    hostDevices: [],
    mediatedDevices: [],
    leaseDomain: null,
    paused: false,
    ...limits,
  };
}
