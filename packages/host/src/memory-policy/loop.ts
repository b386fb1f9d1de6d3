import { ConnectGetAllDomainStatsFlags, DomainStatsTypes } from '@virgate/libvirt';
import type { Clock } from '../clock.ts';
import { readMemoryInformation } from '../host/system-facts.ts';
import type { AgentLog } from '../log.ts';
import { setBalloon } from '../vm/balloon.ts';
import { readSample } from '../vm/sample.ts';
import { guaranteedKib, isBallooned } from '../vm/statistics.ts';
import type { VmRegistry } from '../vm/registry.ts';
import type { Vm } from '../vm/vm.ts';
import { readFile } from 'node:fs/promises';
import { balloonTarget } from './balloon.ts';
import type { HostMemory } from './balloon.ts';
import { pageSharing } from './ksm.ts';
import { readPageSharing, writePageSharing } from './kernel.ts';

/** Samples whose mean counts. Source: oVirt, memory overcommitment daemon. */
const keptSamples = 10;

/** What the cluster wants of its hosts (VDSM schema, Host.setMOMPolicyParameters). */
export interface MemoryPolicy {
  balloonEnabled: boolean;
  ksmEnabled: boolean;
  ksmMergeAcrossNodes: boolean;
}

export interface MemoryPolicyOptions {
  vms: VmRegistry;
  clock: Clock;
  log: AgentLog;
  /** Where the kernel tells of memory; /proc/meminfo. */
  informationFile: string;
  /** Where the kernel is told how to share pages; undefined where others than this agent decide it. */
  sharingDirectory: string | undefined;
  intervalMs: number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** What of a host's memory is free, as the contract's statistics count it. */
export function hostMemory(memoryInformation: string): HostMemory {
  const memory = readMemoryInformation(memoryInformation);
  const of = (name: string): number => memory[name] ?? 0;
  return { totalKib: of('MemTotal'), freeKib: of('MemFree') + of('Cached') + of('Buffers') + of('SReclaimable') };
}

/** Shares the memory of the host among its guests: by their balloons, and by merging pages that are equal. */
export class MemoryPolicyLoop {
  readonly #options: MemoryPolicyOptions;
  readonly #free: number[] = [];
  readonly #unused = new WeakMap<Vm, number[]>();
  #policy: MemoryPolicy | undefined;
  #stop: () => void = () => undefined;
  #busy = false;

  constructor(options: MemoryPolicyOptions) {
    this.#options = options;
  }

  /** Whether somebody has said what is wanted. */
  get isActive(): boolean {
    return this.#policy !== undefined;
  }

  /** What is wanted from now on. What is not said stays as it was. */
  set(policy: Partial<MemoryPolicy>): void {
    const said = Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined));
    this.#policy = { ...(this.#policy ?? { balloonEnabled: false, ksmEnabled: false, ksmMergeAcrossNodes: true }), ...said };
  }

  start(): void {
    this.#stop = this.#options.clock.every(this.#options.intervalMs, () => void this.round());
  }

  stop(): void {
    this.#stop();
  }

  /** Looks at the host and its guests once and changes what is to change. */
  async round(): Promise<void> {
    const { log, informationFile } = this.#options;
    if (this.#busy || this.#policy === undefined) return;
    this.#busy = true;
    try {
      const now = hostMemory(await readFile(informationFile, 'utf8'));
      this.#free.push(now.freeKib);
      if (this.#free.length > keptSamples) this.#free.shift();
      const host = { ...now, freeKib: mean(this.#free) };
      await this.#balloon(host, this.#policy);
      await this.#share(host, this.#policy);
    } catch (error) {
      log.warn({ error: String(error) }, 'The memory of the host could not be shared among its guests');
    } finally {
      this.#busy = false;
    }
  }

  /** A policy that wants no balloons gives back what they took. */
  async #balloon(host: HostMemory, policy: MemoryPolicy): Promise<void> {
    const { vms, log } = this.#options;
    const running = vms.list().filter((vm) => vm.state.phase === 'running' && isBallooned(vm));
    if (running.length === 0) return;
    const wanted = policy.balloonEnabled ? host : { totalKib: 1, freeKib: 1 };
    const rows = await vms.dependencies.hypervisor.run('query', (connection) =>
      connection.domainStats({
        domains: running.map((vm) => vm.vmId),
        statistics: DomainStatsTypes.BALLOON,
        flags: ConnectGetAllDomainStatsFlags.NOWAIT,
      }),
    );
    for (const { domain, statistics } of rows) {
      const vm = vms.find(domain.uuid.toLowerCase());
      if (vm === undefined) continue;
      const { currentKib, maximumKib, unusedKib } = readSample(statistics, 0).balloon;
      // A guest that tells nothing of its memory is left alone.
      if (currentKib === undefined || maximumKib === undefined || unusedKib === undefined) continue;
      const guest = { currentKib, maximumKib, minimumKib: guaranteedKib(vm), unusedKib: this.#meanUnused(vm, unusedKib) };
      const targetKib = balloonTarget(wanted, guest);
      if (targetKib === undefined) continue;
      await setBalloon(vms, vm, targetKib).catch((error: unknown) =>
        log.debug({ vmId: vm.vmId, error: String(error) }, 'The balloon of a VM could not be set'),
      );
    }
  }

  #meanUnused(vm: Vm, unusedKib: number): number {
    const kept = [...(this.#unused.get(vm) ?? []), unusedKib].slice(-keptSamples);
    this.#unused.set(vm, kept);
    return mean(kept);
  }

  async #share(host: HostMemory, policy: MemoryPolicy): Promise<void> {
    const { vms, sharingDirectory } = this.#options;
    if (sharingDirectory === undefined) return;
    const now = await readPageSharing(sharingDirectory);
    if (now === undefined) return;
    const committedKib = vms
      .list()
      .filter((vm) => vm.state.phase === 'running' || vm.state.phase === 'paused')
      .reduce((sum, vm) => sum + (vm.facts?.memoryKib ?? 0), 0);
    const wanted = pageSharing({ enabled: policy.ksmEnabled, acrossNodes: policy.ksmMergeAcrossNodes }, host, committedKib, now);
    await writePageSharing(sharingDirectory, wanted, now);
  }
}
