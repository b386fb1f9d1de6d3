import { readFile, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** How often the files of disks are looked at. */
const intervalMs = 60_000;

const sectorBytes = 512;

/** Size of a file, or of a block device, which takes all of it. */
export async function sizesOf(path: string): Promise<{ apparentBytes: number; trueBytes: number }> {
  const found = await stat(path);
  if (!found.isBlockDevice()) return { apparentBytes: found.size, trueBytes: found.blocks * sectorBytes };
  const sectors = Number(await readFile(`/sys/class/block/${basename(await realpath(path))}/size`, 'utf8'));
  return { apparentBytes: sectors * sectorBytes, trueBytes: sectors * sectorBytes };
}

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
      sizesOf(path)
        .then(
          (sizes) => vm.diskSizes.set(path, sizes),
          () => vm.diskSizes.delete(path),
        )
        .finally(() => this.#looking.delete(path))
        .catch(() => undefined);
    }
  }
}
