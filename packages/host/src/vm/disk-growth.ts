import { blockThreshold, extendedBytes } from '../block/sizes.ts';
import { drivesOf } from './drives.ts';
import type { Drive } from './drives.ts';
import { resumeDomain } from './power.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** How often VMs with such disks are looked at: a threshold may be missing after a change, or its event be lost. */
const intervalMs = 2000;

/** What QEMU says of a disk, in bytes. */
interface DiskUse {
  /** The highest place that this QEMU wrote to in the volume. */
  allocationBytes: number;
  /** What the guest sees. */
  capacityBytes: number;
  /** The volume's size as QEMU sees it. */
  physicalBytes: number;
}

const isThin = (drive: Drive): boolean => drive.isBlockDevice && drive.format === 'qcow2' && !drive.readOnly;

/**
 * Gives sparse disks on block domains more room while their VMs run: their volumes are made small and grow by a chunk when little
 * of it is left. QEMU tells when a disk passes its threshold; a VM that was quicker and stands still for want of room goes on
 * when it has some.
 */
export class DiskGrowth {
  readonly #vms: VmRegistry;
  /** Thresholds that QEMU has, by VM and path of the volume. */
  readonly #armed = new Map<string, Map<string, number>>();
  /** The disks as the VM's document has them, which is parsed once. */
  readonly #thin = new Map<string, { xml: string; drives: Drive[] }>();
  readonly #looking = new Map<string, { again: boolean }>();
  #stop: () => void = () => undefined;

  constructor(vms: VmRegistry) {
    this.#vms = vms;
  }

  start(): void {
    this.#stop = this.#vms.dependencies.clock.every(intervalMs, () => {
      for (const vm of this.#vms.list()) {
        if (vm.state.phase === 'arriving') this.#follow(vm);
        else this.look(vm);
      }
    });
    this.#vms.onChange((vm) => {
      if (vm.state.phase === 'down') this.#forget(vm);
      else this.look(vm);
    });
  }

  stop(): void {
    this.#stop();
  }

  /** A disk of the VM passed its threshold, which QEMU has forgotten now. */
  thresholdPassed(vm: Vm): void {
    this.#armed.set(vm.vmId, new Map());
    this.look(vm);
  }

  /** Sees to a VM's disks, once more when something happens meanwhile. */
  look(vm: Vm): void {
    if ((vm.state.phase !== 'running' && vm.state.phase !== 'paused') || this.#drives(vm).length === 0) return;
    const before = this.#looking.get(vm.vmId);
    if (before !== undefined) {
      before.again = true;
      return;
    }
    const mine = { again: false };
    this.#looking.set(vm.vmId, mine);
    this.#lookAt(vm)
      .catch((error: unknown) =>
        this.#vms.dependencies.log.warn({ vmId: vm.vmId, error: String(error) }, 'A disk on a block domain could not be given more room'),
      )
      .finally(() => {
        this.#looking.delete(vm.vmId);
        if (mine.again) this.look(vm);
      });
  }

  /** The host that a VM comes from has its disks made larger, which this one does not see by itself. */
  #follow(vm: Vm): void {
    if (this.#looking.has(vm.vmId)) return;
    this.#looking.set(vm.vmId, { again: false });
    this.#refresh(vm)
      .catch((error: unknown) =>
        this.#vms.dependencies.log.debug({ vmId: vm.vmId, error: String(error) }, 'The size of a disk was not read again'),
      )
      .finally(() => this.#looking.delete(vm.vmId));
  }

  async #refresh(vm: Vm): Promise<void> {
    for (const { domainId, imageId, volumeId } of vm.volumes)
      await this.#vms.dependencies.liveVolumes.refresh({ domainId, imageId, volumeId });
  }

  #forget(vm: Vm): void {
    this.#armed.delete(vm.vmId);
    this.#thin.delete(vm.vmId);
  }

  #drives(vm: Vm): Drive[] {
    const xml = vm.documentXml ?? '';
    const before = this.#thin.get(vm.vmId);
    if (before?.xml === xml) return before.drives;
    const drives = drivesOf(xml).filter(isThin);
    this.#thin.set(vm.vmId, { xml, drives });
    return drives;
  }

  async #lookAt(vm: Vm): Promise<void> {
    const drives = this.#drives(vm);
    if (!this.#armed.has(vm.vmId)) {
      await this.#refresh(vm);
      this.#armed.set(vm.vmId, new Map());
    }
    const isStill = isWithoutRoom(vm);
    let grown = 0;
    for (const drive of drives) if (await this.#see(vm, drive, false)) grown++;
    // a QEMU that has written nothing into a full volume yet does not know how far it is used
    if (isStill && grown === 0) for (const drive of drives) await this.#see(vm, drive, true);
    if (!isStill || !isWithoutRoom(vm)) return;
    const { log } = this.#vms.dependencies;
    log.info({ vmId: vm.vmId }, 'A VM goes on whose disk has room again');
    await this.#vms.inTurn(vm, () => resumeDomain(this.#vms, vm));
  }

  /** @returns whether the disk has grown */
  async #see(vm: Vm, drive: Drive, isNeedy: boolean): Promise<boolean> {
    const use = await this.#use(vm, drive);
    const threshold = blockThreshold(use.physicalBytes, use.capacityBytes);
    if (threshold === undefined) return false;
    const grows = isNeedy || use.allocationBytes >= threshold;
    if (grows) await this.#grow(drive, use);
    await this.#arm(vm, drive, grows ? await this.#use(vm, drive) : use);
    return grows;
  }

  /** Has QEMU tell when the disk passes its threshold. */
  async #arm(vm: Vm, drive: Drive, use: DiskUse): Promise<void> {
    const threshold = blockThreshold(use.physicalBytes, use.capacityBytes);
    const layer = drive.layers[0];
    const armed = this.#armed.get(vm.vmId) ?? new Map<string, number>();
    if (threshold === undefined || layer === undefined || armed.get(layer.path) === threshold) return;
    await this.#vms.call(vm, 'query', (connection) =>
      connection.call('DOMAIN_SET_BLOCK_THRESHOLD', { dom: domainOf(vm), dev: layer.name, threshold, flags: 0 }),
    );
    this.#armed.set(vm.vmId, armed.set(layer.path, threshold));
  }

  /** One chunk more; what a running block job writes to as well grows first, as it gets all that the disk gets. */
  async #grow(drive: Drive, use: DiskUse): Promise<void> {
    const { liveVolumes, log } = this.#vms.dependencies;
    const { domainId, imageId, volumeId } = drive.ids;
    const bytes = extendedBytes(use.physicalBytes, use.capacityBytes);
    const other = drive.mirror?.volume;
    if (other !== undefined) await liveVolumes.grow(other, bytes);
    const now = await liveVolumes.grow({ domainId, imageId, volumeId }, bytes);
    log.info({ volume: volumeId, image: imageId, domain: domainId, before: use.physicalBytes, now }, 'A disk on a block domain has grown');
  }

  async #use(vm: Vm, drive: Drive): Promise<DiskUse> {
    const info = await this.#vms.call(vm, 'query', (connection) =>
      connection.call('DOMAIN_GET_BLOCK_INFO', { dom: domainOf(vm), path: drive.target }),
    );
    return { allocationBytes: Number(info.allocation), capacityBytes: Number(info.capacity), physicalBytes: Number(info.physical) };
  }
}

/** It stands still because a disk has no room. */
const isWithoutRoom = (vm: Vm): boolean => vm.state.phase === 'paused' && vm.state.pauseCode === 'ENOSPC';

const domainOf = (vm: Vm): { name: string; uuid: string; id: number } => ({ name: vm.name, uuid: vm.vmId, id: -1 });
