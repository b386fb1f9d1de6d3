import { ConnectGetAllDomainStatsFlags, DomainStatsTypes } from '@virgate/libvirt';
import { HypervisorTimeout } from './hypervisor.ts';
import type { VmRegistry } from './registry.ts';
import { readSample } from './sample.ts';
import type { Vm } from './vm.ts';

/** How often every VM is sampled (VDSM: vm_sample_interval). */
export const sampleIntervalMs = 15_000;
/** When a VM that just started is sampled for the first time. */
const firstSampleMs = 2000;

const groups =
  DomainStatsTypes.STATE |
  DomainStatsTypes.CPU_TOTAL |
  DomainStatsTypes.BALLOON |
  DomainStatsTypes.VCPU |
  DomainStatsTypes.INTERFACE |
  DomainStatsTypes.BLOCK;
/** A domain that is busy is told of as far as libvirt knows, instead of waited for. */
const flags = ConnectGetAllDomainStatsFlags.ACTIVE | ConnectGetAllDomainStatsFlags.NOWAIT;

/** Samples the statistics of all VMs, in one call as long as libvirt answers. */
export class VmSampler {
  readonly #vms: VmRegistry;
  #stop: () => void = () => undefined;
  #running = false;

  constructor(vms: VmRegistry) {
    this.#vms = vms;
  }

  start(): void {
    const { clock } = this.#vms.dependencies;
    this.#stop = clock.every(sampleIntervalMs, () => void this.sampleAll());
    this.#vms.onChange((vm) => {
      if (vm.state.phase === 'running' && vm.samples.length === 0) clock.after(firstSampleMs, () => void this.sampleAll());
    });
  }

  stop(): void {
    this.#stop();
  }

  /** Takes one sample of every VM that runs. A sampling that is under way still is not doubled. */
  async sampleAll(): Promise<void> {
    const vms = this.#vms.list().filter((vm) => vm.facts !== undefined && vm.state.phase !== 'down');
    if (this.#running || vms.length === 0) return;
    this.#running = true;
    const { hypervisor, clock, log } = this.#vms.dependencies;
    try {
      const rows = await hypervisor.run('query', (connection) => connection.domainStats({ statistics: groups, flags }));
      const atMs = clock.monotonicMs();
      for (const { domain, statistics } of rows) {
        const vm = this.#vms.find(domain.uuid.toLowerCase());
        if (!vm) continue;
        const sample = readSample(statistics, atMs);
        if (sample.complete) vm.answeredMs = atMs;
        vm.samples = [...vm.samples, sample].slice(-2);
      }
    } catch (error) {
      log.warn({ error: String(error) }, 'Statistics of all VMs were not given');
      if (error instanceof HypervisorTimeout) await this.#sampleEach(vms);
    } finally {
      this.#running = false;
    }
  }

  /** One VM that hangs holds up the common call: then each is asked for itself. */
  async #sampleEach(vms: Vm[]): Promise<void> {
    const { clock } = this.#vms.dependencies;
    for (const vm of vms) {
      try {
        const rows = await this.#vms.call(
          vm,
          'query',
          (connection) => connection.domainStats({ domains: [vm.vmId], statistics: groups, flags: ConnectGetAllDomainStatsFlags.NOWAIT }),
          2000,
        );
        const row = rows[0];
        if (!row) continue;
        const sample = readSample(row.statistics, clock.monotonicMs());
        if (sample.complete) vm.answeredMs = sample.atMs;
        vm.samples = [...vm.samples, sample].slice(-2);
      } catch {
        // Its statistics grow old, which shows.
      }
    }
  }
}
