import type { Statistic } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import type { DiskSample, GuestMemory, HugePageSample, NicSample, NicSamples, NumaNodeSample } from '../monitoring/device-statistics.ts';
import { numaNodesOfCapabilities } from '../hosts/numa-nodes.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import {
  diskStatistics,
  hostStatistics,
  hugePagesFree,
  hugePagesTotal,
  nicStatistics,
  numaNodeStatistics,
  statisticOf,
  vmStatistics,
} from './definitions.ts';

/** Loads the statistics of many objects at once: the caller has made sure that they may be seen. */
export type LoadStatistics = (context: Context, ids: readonly string[]) => Promise<Map<string, Entity[]>>;

const owned = (statistics: Statistic[], owner: Partial<Statistic>): Entity[] => statistics.map((one) => ({ ...one, ...owner }));
const bitsPerByte = 8;

interface VmRow {
  id: string;
  memory_installed: number;
  elapsed_seconds: number | null;
  cpu_user_percent: number | null;
  cpu_system_percent: number | null;
  memory_usage_percent: number | null;
  network_usage_percent: number | null;
  migration_progress_percent: number | null;
  memory_bytes: GuestMemory | null;
  file_systems: unknown[] | null;
  cpu_history: number[] | null;
  memory_history: number[] | null;
  network_history: number[] | null;
}

function vmStatisticsOf(row: VmRow): Statistic[] {
  const s = vmStatistics;
  const memory = row.memory_bytes ?? {};
  const free = memory.freeBytes ?? 0;
  const unused = memory.unusedBytes ?? Math.max(0, free - (memory.bufferedBytes ?? 0) - (memory.cachedBytes ?? 0));
  return [
    statisticOf(s.memoryInstalled, row.memory_installed),
    statisticOf(s.memoryUsed, Math.round((row.memory_installed * (row.memory_usage_percent ?? 0)) / 100)),
    statisticOf(s.cpuGuest, row.cpu_user_percent),
    statisticOf(s.cpuHypervisor, row.cpu_system_percent),
    statisticOf(s.cpuTotal, Math.round(((row.cpu_user_percent ?? 0) + (row.cpu_system_percent ?? 0)) * 100) / 100),
    statisticOf(s.migrationProgress, row.migration_progress_percent),
    statisticOf(s.memoryBuffered, memory.bufferedBytes),
    statisticOf(s.memoryCached, memory.cachedBytes),
    statisticOf(s.memoryFree, free),
    statisticOf(s.memoryUnused, unused),
    statisticOf(s.networkTotal, row.network_usage_percent),
    statisticOf(s.disksUsage, row.file_systems && row.file_systems.length > 0 ? JSON.stringify(row.file_systems) : ''),
    statisticOf(s.elapsedTime, row.elapsed_seconds),
    statisticOf(s.cpuHistory, ...(row.cpu_history ?? [])),
    statisticOf(s.memoryHistory, ...(row.memory_history ?? [])),
    statisticOf(s.networkHistory, ...(row.network_history ?? [])),
  ];
}

/** Statuses in which the last sample of a VM is not of now. */
const resting = ['down', 'suspended', 'image_locked'];

export const statisticsOfVms: LoadStatistics = async (context, ids) => {
  const found = await sql<VmRow>`
    select t.id, t.memory_bytes as memory_installed, case when v.status = any(${resting}) then 0 else coalesce(v.elapsed_seconds, extract(epoch from now() - v.started_at)::bigint) end as elapsed_seconds,
      s.cpu_user_percent, s.cpu_system_percent, s.memory_usage_percent, s.network_usage_percent, s.migration_progress_percent, s.memory_bytes,
      s.file_systems, s.cpu_history, s.memory_history, s.network_history
    from vm t left join vm_state v on v.vm_id = t.id left join vm_statistics s on s.vm_id = t.id and v.status <> all(${resting})
    where t.id = any(${ids.filter(isUuid)}::uuid[])`.execute(context.db);
  return new Map(found.rows.map((row) => [row.id, owned(vmStatisticsOf(row), { vm: { id: row.id } })]));
};

interface HostRow {
  id: string;
  memory_bytes: number | null;
  memory_used_percent: number | null;
  memory_shared_bytes: number | null;
  swap_total_bytes: number | null;
  swap_free_bytes: number | null;
  ksm_cpu_percent: number | null;
  cpu_user_percent: number | null;
  cpu_system_percent: number | null;
  cpu_idle_percent: number | null;
  cpu_load_percent: number | null;
  boot_at: number | null;
  huge_pages: Record<string, HugePageSample> | null;
}

function hostStatisticsOf(row: HostRow): Statistic[] {
  const s = hostStatistics;
  const total = row.memory_bytes ?? 0;
  const used = Math.round((total * (row.memory_used_percent ?? 0)) / 100);
  const pages = Object.entries(row.huge_pages ?? {}).map(([size, sample]) => ({ size: Number(size), ...sample }));
  return [
    statisticOf(s.memoryTotal, total),
    statisticOf(s.memoryUsed, used),
    statisticOf(s.memoryFree, total - used),
    statisticOf(s.memoryShared, row.memory_shared_bytes),
    statisticOf(s.swapTotal, row.swap_total_bytes),
    statisticOf(s.swapFree, row.swap_free_bytes),
    statisticOf(s.swapUsed, (row.swap_total_bytes ?? 0) - (row.swap_free_bytes ?? 0)),
    statisticOf(s.ksmCpu, row.ksm_cpu_percent),
    statisticOf(s.cpuUser, row.cpu_user_percent),
    statisticOf(s.cpuSystem, row.cpu_system_percent),
    statisticOf(s.cpuIdle, row.cpu_idle_percent),
    statisticOf(s.cpuLoad, (row.cpu_load_percent ?? 0) / 100),
    statisticOf(s.bootTime, row.boot_at === null ? 0 : Math.round(row.boot_at / 1000)),
    ...pages.filter((page) => page.free !== undefined).map((page) => statisticOf(hugePagesFree(page.size), page.free)),
    ...pages.filter((page) => page.total !== undefined).map((page) => statisticOf(hugePagesTotal(page.size), page.total)),
  ];
}

export const statisticsOfHosts: LoadStatistics = async (context, ids) => {
  const found = await sql<HostRow>`
    select h.host_id as id, h.memory_bytes, s.memory_used_percent, s.memory_shared_bytes, s.swap_total_bytes, s.swap_free_bytes, s.ksm_cpu_percent,
      s.cpu_user_percent, s.cpu_system_percent, s.cpu_idle_percent, s.cpu_load_percent, s.boot_at, s.raw -> 'hugePages' as huge_pages
    from host_state h left join host_statistics s on s.host_id = h.host_id where h.host_id = any(${ids.filter(isUuid)}::uuid[])`.execute(
    context.db,
  );
  return new Map(found.rows.map((row) => [row.id, owned(hostStatisticsOf(row), { host: { id: row.id } })]));
};

function nicStatisticsOf(sample: NicSample): Statistic[] {
  const s = nicStatistics;
  const [rx, tx] = [sample.rxBytesPerSecond ?? 0, sample.txBytesPerSecond ?? 0];
  return [
    statisticOf(s.rxBytesPerSecond, rx),
    statisticOf(s.txBytesPerSecond, tx),
    statisticOf(s.rxBitsPerSecond, rx * bitsPerByte),
    statisticOf(s.txBitsPerSecond, tx * bitsPerByte),
    statisticOf(s.rxErrors, sample.rxDropped),
    statisticOf(s.txErrors, sample.txDropped),
    statisticOf(s.rxTotal, sample.rxBytes),
    statisticOf(s.txTotal, sample.txBytes),
  ];
}

/** NICs of VMs: a host knows them by their MAC addresses. */
export const statisticsOfNics: LoadStatistics = async (context, ids) => {
  const found = await sql<{ id: string; mac: string | null; vm_id: string; nics: NicSamples | null }>`
    select n.id, n.mac, n.vm_id, s.nics from nic n join vm_state v on v.vm_id = n.vm_id
    left join vm_statistics s on s.vm_id = n.vm_id and v.status <> all(${resting}) where n.id = any(${ids.filter(isUuid)}::uuid[])`.execute(
    context.db,
  );
  return new Map(
    found.rows.map((row) => {
      const sample = Object.values(row.nics ?? {}).find((one) => one.mac !== undefined && one.mac === row.mac?.toLowerCase());
      return [row.id, owned(nicStatisticsOf(sample ?? {}), { nic: { id: row.id, vm: { id: row.vm_id } } })];
    }),
  );
};

export const statisticsOfHostNics: LoadStatistics = async (context, ids) => {
  const found = await sql<{ id: string; host_id: string; sample: NicSample | null }>`
    select n.id, n.host_id, s.raw -> 'nics' -> n.name as sample from host_nic n left join host_statistics s on s.host_id = n.host_id
    where n.id = any(${ids.filter(isUuid)}::uuid[])`.execute(context.db);
  return new Map(
    found.rows.map((row) => [row.id, owned(nicStatisticsOf(row.sample ?? {}), { host_nic: { id: row.id, host: { id: row.host_id } } })]),
  );
};

export const statisticsOfNumaNodes: LoadStatistics = async (context, ids) => {
  const wanted = new Set(ids);
  // A node's id says nothing of its host, and installations have at most some hundred hosts with nodes.
  const found = await sql<{ host_id: string; nodes: unknown; samples: Record<string, NumaNodeSample> | null }>`
    select h.host_id, jsonb_build_object('numaNodes', h.capabilities -> 'numaNodes') as nodes, s.raw -> 'numaNodes' as samples
    from host_state h left join host_statistics s on s.host_id = h.host_id where h.capabilities ? 'numaNodes'`.execute(context.db);
  const s = numaNodeStatistics;
  const mib = 1024 ** 2;
  return new Map(
    found.rows.flatMap((row) =>
      numaNodesOfCapabilities(row.host_id, row.nodes)
        .filter((node) => wanted.has(node.id ?? ''))
        .map((node): [string, Entity[]] => {
          const sample = row.samples?.[String(node.index)] ?? {};
          const total = (node.memory ?? 0) * mib;
          const free = sample.memoryFreeBytes ?? 0;
          const statistics = [
            statisticOf(s.memoryTotal, total),
            statisticOf(s.memoryUsed, total - free),
            statisticOf(s.memoryFree, free),
            statisticOf(s.cpuUser, sample.cpuUserPercent),
            statisticOf(s.cpuSystem, sample.cpuSystemPercent),
            statisticOf(s.cpuIdle, sample.cpuIdlePercent),
          ];
          const id = node.id ?? '';
          return [id, owned(statistics, { host_numa_node: { id, host: { id: row.host_id } } })];
        }),
    ),
  );
};

/** Disks: what the VMs do that run with them; rates of several VMs are added. */
export const statisticsOfDisks: LoadStatistics = async (context, ids) => {
  const found = await sql<{ id: string; samples: (DiskSample | null)[] | null }>`
    select d.id, (select jsonb_agg(s.disks -> (d.id::text)) from disk_attachment a join vm_state v on v.vm_id = a.vm_id and v.status <> all(${resting})
      join vm_statistics s on s.vm_id = a.vm_id where a.disk_id = d.id) as samples
    from disk d where d.id = any(${ids.filter(isUuid)}::uuid[])`.execute(context.db);
  const s = diskStatistics;
  return new Map(
    found.rows.map((row) => {
      const samples = (row.samples ?? []).filter((sample) => sample !== null);
      const sum = (key: keyof DiskSample) => samples.reduce((all, sample) => all + (sample[key] ?? 0), 0);
      const worst = (key: keyof DiskSample) => Math.max(0, ...samples.map((sample) => sample[key] ?? 0));
      const statistics = [
        statisticOf(s.readRate, sum('readBytesPerSecond')),
        statisticOf(s.readOps, sum('readOps')),
        statisticOf(s.writeRate, sum('writeBytesPerSecond')),
        statisticOf(s.writeOps, sum('writeOps')),
        statisticOf(s.readLatency, worst('readLatencySeconds')),
        statisticOf(s.writeLatency, worst('writeLatencySeconds')),
        statisticOf(s.flushLatency, worst('flushLatencySeconds')),
      ];
      return [row.id, owned(statistics, { disk: { id: row.id } })];
    }),
  );
};
