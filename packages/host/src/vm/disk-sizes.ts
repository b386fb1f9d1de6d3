import { stat } from 'node:fs/promises';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** How often the files of disks are looked at. */
const intervalMs = 60_000;

/**
 * Watches how large the files of the VMs' disks are. A storage that hangs holds back the look at its
 * own files only: one that is under way is not doubled.
 */
export class DiskSizes {
  readonly #vms: VmRegistry;
  readonly #looking = new Set<string>();
  #stop: () => void = () => undefined;

  constructor(vms: VmRegistry) {
    this.#vms = vms;
  }

  start(): void {
    this.#stop = this.#vms.dependencies.clock.every(intervalMs, () => {
      for (const vm of this.#vms.list()) this.#look(vm);
    });
    this.#vms.onChange((vm) => {
      if (vm.state.phase === 'running' && vm.diskSizes.size === 0) this.#look(vm);
    });
  }

  stop(): void {
    this.#stop();
  }

  #look(vm: Vm): void {
    for (const { path } of vm.facts?.disks ?? []) {
      if (path === '' || this.#looking.has(path)) continue;
      this.#looking.add(path);
      stat(path)
        .then(
          (found) => vm.diskSizes.set(path, { apparentBytes: found.size, trueBytes: found.blocks * 512 }),
          () => vm.diskSizes.delete(path),
        )
        .finally(() => this.#looking.delete(path))
        .catch(() => undefined);
    }
  }
}
