import type { InterfaceStatistics } from '../network/statistics.ts';
import { readMemoryInformation } from './system-facts.ts';

/** Time that processors spent, in ticks, at one moment. */
export interface ProcessorSample {
  atMs: number;
  /** By number; `-1` is the whole host. */
  cpus: Map<number, { user: number; system: number; idle: number; total: number }>;
  bootTimeSeconds: number;
  agentUserMs: number;
  agentSystemMs: number;
}

const wholeHost = -1;

/** Reads /proc/stat. Pure. */
export function readProcessorSample(content: string, atMs: number, agent: { user: number; system: number }): ProcessorSample {
  const cpus: ProcessorSample['cpus'] = new Map();
  for (const line of content.split('\n')) {
    const match = /^cpu(\d*)\s+(.*)$/.exec(line);
    if (!match) continue;
    const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softIrq = 0, steal = 0] = (match[2] ?? '').split(/\s+/).map(Number);
    const total = user + nice + system + idle + wait + irq + softIrq + steal;
    cpus.set(match[1] === '' ? wholeHost : Number(match[1]), {
      user: user + nice,
      system: system + irq + softIrq,
      idle: idle + wait,
      total,
    });
  }
  const boot = /^btime (\d+)$/m.exec(content);
  return { atMs, cpus, bootTimeSeconds: Number(boot?.[1] ?? 0), agentUserMs: agent.user / 1000, agentSystemMs: agent.system / 1000 };
}

function shares(
  before: ProcessorSample | undefined,
  now: ProcessorSample,
  cpu: number,
): { cpuUser: string; cpuSys: string; cpuIdle: string } {
  const then = before?.cpus.get(cpu);
  const present = now.cpus.get(cpu);
  const total = present && then ? present.total - then.total : 0;
  if (!present || !then || total <= 0) return { cpuUser: '0.00', cpuSys: '0.00', cpuIdle: '100.00' };
  const percent = (part: number): number => Math.min(100, Math.max(0, (part * 100) / total));
  return {
    cpuUser: percent(present.user - then.user).toFixed(2),
    cpuSys: percent(present.system - then.system).toFixed(2),
    cpuIdle: percent(present.idle - then.idle).toFixed(2),
  };
}

/** Everything of a moment that Host.getStats tells. */
export interface HostStatisticsInput {
  nowMs: number;
  wallMs: number;
  startedMs: number;
  before: ProcessorSample | undefined;
  now: ProcessorSample;
  loadAverage: number;
  /** Imports of VMs of other managers, by their jobs' ids. */
  imports: Record<string, { status: string; description: string; progress: number }>;
  memoryInformation: string;
  /** The engine has said how memory is to be shared among the guests, and so it is. */
  memoryIsShared: boolean;
  nodeOfCpu: ReadonlyMap<number, number>;
  /** Free and total memory of each NUMA node in KiB. */
  nodes: { id: number; freeKib: number; totalKib: number }[];
  hugePages: { sizeKib: number; total: number; free: number }[];
  ksm: { running: boolean; sharingPages: number; mergeAcrossNodes: boolean; pagesPerScan: number };
  transparentHugePages: 'always' | 'madvise' | 'never';
  network: Record<string, InterfaceStatistics>;
  networkIsDirty: boolean;
  storageDomains: Record<string, object>;
  /** Free space in MiB by path. */
  freeSpaceMib: Record<string, number>;
  vms: { count: number; active: number; migratingIn: number; migratingOut: number };
}

const kibibytesPerPage = 4;

function memoryFields(input: HostStatisticsInput): Record<string, unknown> {
  const memory = readMemoryInformation(input.memoryInformation);
  const of = (name: string): number => memory[name] ?? 0;
  const freeKib = of('MemFree') + of('Cached') + of('Buffers') + of('SReclaimable');
  const totalKib = Math.max(1, of('MemTotal'));
  return {
    memFree: Math.floor(freeKib / 1024),
    memUsed: String(Math.min(100, Math.max(0, Math.round(100 - (freeKib * 100) / totalKib)))),
    memShared: Math.floor((input.ksm.sharingPages * kibibytesPerPage) / 1024),
    anonHugePages: String(Math.floor(of('AnonHugePages') / 1024)),
    swapTotal: Math.floor(of('SwapTotal') / 1024),
    swapFree: Math.floor(of('SwapFree') / 1024),
    hugepages: Object.fromEntries(
      input.hugePages.map(({ sizeKib, total, free }) => [
        String(sizeKib),
        { nr_hugepages: total, free_hugepages: free, 'vm.free_hugepages': free },
      ]),
    ),
    thpState: input.transparentHugePages,
    ksmState: input.ksm.running,
    ksmPages: input.ksm.pagesPerScan,
    ksmCpu: 0,
    ksmMergeAcrossNodes: input.ksm.mergeAcrossNodes,
    momStatus: input.memoryIsShared ? 'active' : 'inactive',
    numaNodeMemFree: Object.fromEntries(
      input.nodes.map(({ id, freeKib: free, totalKib: total }) => [
        String(id),
        {
          memFree: String(Math.floor(free / 1024)),
          memPercent: total === 0 ? 0 : Math.min(100, Math.max(0, Math.round(100 - (free * 100) / total))),
          hugepages: Object.fromEntries(
            input.hugePages.map(({ sizeKib, free: freePages }) => [String(sizeKib), { freePages: String(freePages) }]),
          ),
        },
      ]),
    ),
  };
}

function processorFields(input: HostStatisticsInput): Record<string, unknown> {
  const { before, now } = input;
  const cpus = [...now.cpus.keys()].filter((cpu) => cpu !== wholeHost);
  const elapsedMs = before ? now.atMs - before.atMs : 0;
  const agent = (spentMs: number): string => (elapsedMs <= 0 ? '0.00' : Math.max(0, (spentMs * 100) / elapsedMs).toFixed(2));
  return {
    cpuLoad: (input.loadAverage / Math.max(1, cpus.length)).toFixed(2),
    ...shares(before, now, wholeHost),
    cpuUserVdsmd: agent(now.agentUserMs - (before?.agentUserMs ?? 0)),
    cpuSysVdsmd: agent(now.agentSystemMs - (before?.agentSystemMs ?? 0)),
    cpuStatistics: Object.fromEntries(
      cpus.map((cpu) => [String(cpu), { nodeIndex: input.nodeOfCpu.get(cpu) ?? 0, ...shares(before, now, cpu) }]),
    ),
  };
}

/** The answer of Host.getStats (VDSM schema, HostStats). Pure. */
export function hostStatistics(input: HostStatisticsInput): Record<string, unknown> {
  const { vms } = input;
  const total = (name: 'rxDropped' | 'txDropped'): string =>
    String(Object.values(input.network).reduce((sum, row) => sum + Number(row[name]), 0));
  return {
    ...processorFields(input),
    ...memoryFields(input),
    elapsedTime: (Math.max(0, input.nowMs - input.startedMs) / 1000).toFixed(2),
    netConfigDirty: input.networkIsDirty ? 'True' : 'False',
    network: input.network,
    rxDropped: total('rxDropped'),
    txDropped: total('txDropped'),
    storageDomains: input.storageDomains,
    diskStats: Object.fromEntries(Object.entries(input.freeSpaceMib).map(([path, free]) => [path, { free: String(free) }])),
    bootTime: String(input.now.bootTimeSeconds),
    v2vJobs: input.imports,
    multipathHealth: {},
    vmCount: vms.count,
    vmActive: vms.active,
    vmMigrating: vms.migratingIn + vms.migratingOut,
    incomingVmMigrations: vms.migratingIn,
    outgoingVmMigrations: vms.migratingOut,
    dateTime: `${new Date(input.wallMs).toISOString().slice(0, 19)} GMT`,
    haStats: { configured: false, active: false, score: 0, globalMaintenance: false, localMaintenance: false },
    haScore: 0,
  };
}
