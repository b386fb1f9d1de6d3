import { readFile, statfs } from 'node:fs/promises';
import { loadavg } from 'node:os';
import type { Clock } from '../clock.ts';
import type { MemoryPolicyLoop } from '../memory-policy/loop.ts';
import type { HostNetwork } from '../network/index.ts';
import { statusOf } from '../vm/status.ts';
import type { VmRegistry } from '../vm/registry.ts';
import { hostStatistics, readProcessorSample } from './statistics.ts';
import type { HostStatisticsInput, ProcessorSample } from './statistics.ts';
import type { SystemFacts } from './system-facts.ts';

/** Distance of the samples that a host's load is computed from. */
const sampleIntervalMs = 5000;
/** Samples that are kept: load is that of the last ten to fifteen seconds. */
const keptSamples = 3;

export interface HostStatisticsDependencies {
  clock: Clock;
  system: () => SystemFacts;
  network: HostNetwork;
  vms: VmRegistry;
  storageDomains: () => Record<string, object>;
  memoryPolicy: Pick<MemoryPolicyLoop, 'isActive'>;
  /** Where the kernel tells of memory, and of pages that are shared. */
  informationFile: string;
  sharingDirectory: string;
  /** Imports of VMs of other managers. */
  imports: () => HostStatisticsInput['imports'];
  /** Folders whose free space is watched. */
  watchedPaths: readonly string[];
}

async function text(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}

/** Watches the load of the host and answers Host.getStats. */
export class HostStatistics {
  readonly #dependencies: HostStatisticsDependencies;
  readonly #startedMs: number;
  #samples: ProcessorSample[] = [];
  #stop: () => void = () => undefined;

  constructor(dependencies: HostStatisticsDependencies) {
    this.#dependencies = dependencies;
    this.#startedMs = dependencies.clock.monotonicMs();
  }

  async start(): Promise<void> {
    await this.#sample();
    this.#stop = this.#dependencies.clock.every(sampleIntervalMs, () => void this.#sample());
  }

  stop(): void {
    this.#stop();
  }

  async answer(): Promise<Record<string, unknown>> {
    const { clock, network, storageDomains } = this.#dependencies;
    const now = await this.#read();
    const [memoryInformation, networkRows, kernel, freeSpaceMib] = await Promise.all([
      text(this.#dependencies.informationFile),
      network.statistics(),
      this.#kernel(),
      this.#freeSpace(),
    ]);
    return hostStatistics({
      nowMs: clock.monotonicMs(),
      wallMs: clock.nowMs(),
      startedMs: this.#startedMs,
      before: this.#samples[0],
      now,
      loadAverage: loadavg()[0] ?? 0,
      memoryInformation,
      memoryIsShared: this.#dependencies.memoryPolicy.isActive,
      ...kernel,
      network: networkRows,
      networkIsDirty: network.isDirty(),
      storageDomains: storageDomains(),
      imports: this.#dependencies.imports(),
      freeSpaceMib,
      vms: this.#countVms(),
    });
  }

  async #read(): Promise<ProcessorSample> {
    return readProcessorSample(await text('/proc/stat'), this.#dependencies.clock.monotonicMs(), process.cpuUsage());
  }

  async #sample(): Promise<void> {
    this.#samples = [...this.#samples, await this.#read()].slice(-keptSamples);
  }

  #countVms(): HostStatisticsInput['vms'] {
    const { vms, clock } = this.#dependencies;
    const nowMs = clock.monotonicMs();
    const statuses = vms.list().map((vm) => statusOf(vm.state, nowMs));
    const count = (wanted: string): number => statuses.filter((status) => status === wanted).length;
    return {
      count: statuses.length,
      active: count('Up'),
      migratingIn: count('Migration Destination'),
      migratingOut: count('Migration Source'),
    };
  }

  async #kernel(): Promise<Pick<HostStatisticsInput, 'nodeOfCpu' | 'nodes' | 'hugePages' | 'ksm' | 'transparentHugePages'>> {
    const system = this.#dependencies.system();
    const { sharingDirectory } = this.#dependencies;
    const ksmValue = (name: string): Promise<number> => text(`${sharingDirectory}/${name}`).then((value) => Number(value) || 0);
    const [run, sharingPages, mergeAcrossNodes, pagesPerScan, enabled] = await Promise.all([
      ksmValue('run'),
      ksmValue('pages_sharing'),
      ksmValue('merge_across_nodes'),
      ksmValue('pages_to_scan'),
      text('/sys/kernel/mm/transparent_hugepage/enabled'),
    ]);
    const chosen = /\[(\w+)\]/.exec(enabled)?.[1];
    return {
      nodeOfCpu: new Map(system.processors.map((cpu) => [cpu.cpuId, cpu.numaNode])),
      nodes: await Promise.all(system.numaNodes.map((node) => this.#node(node.id, node.totalMemoryKib))),
      hugePages: await Promise.all(system.hugePageSizesKib.map((sizeKib) => this.#hugePages(sizeKib))),
      ksm: { running: run === 1, sharingPages, mergeAcrossNodes: mergeAcrossNodes !== 0, pagesPerScan },
      transparentHugePages: chosen === 'always' || chosen === 'madvise' ? chosen : 'never',
    };
  }

  async #node(id: number, totalKib: number): Promise<{ id: number; freeKib: number; totalKib: number }> {
    const content = await text(`/sys/devices/system/node/node${id}/meminfo`);
    return { id, freeKib: Number(/MemFree:\s+(\d+)/.exec(content)?.[1] ?? 0), totalKib };
  }

  async #hugePages(sizeKib: number): Promise<{ sizeKib: number; total: number; free: number }> {
    const path = `/sys/kernel/mm/hugepages/hugepages-${sizeKib}kB`;
    const [total, free] = await Promise.all([text(`${path}/nr_hugepages`), text(`${path}/free_hugepages`)]);
    return { sizeKib, total: Number(total) || 0, free: Number(free) || 0 };
  }

  async #freeSpace(): Promise<Record<string, number>> {
    const rows = await Promise.all(
      this.#dependencies.watchedPaths.map(async (path) => {
        const found = await statfs(path).catch(() => undefined);
        return found ? [[path, Math.floor((found.bavail * found.bsize) / 1024 / 1024)] as const] : [];
      }),
    );
    return Object.fromEntries(rows.flat());
  }
}
