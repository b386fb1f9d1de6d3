import { ConnectGetAllDomainStatsFlags, DomainStatsTypes } from '@virgate/libvirt';
import { blockThreshold, extendedBytes } from '../block/sizes.ts';
import { drivesOf } from './drives.ts';
import type { Drive } from './drives.ts';
import type { VolumePlace } from '../volume/live-volumes.ts';
import { resumeDomain } from './power.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** How often VMs with such disks are looked at: a threshold may be missing after a change, or its event be lost. */
const intervalMs = 2000;

/**
 * How fast what a job beside the guest writes to grows, in chunks: it gets what was written before as well as what is written meanwhile, and
 * the job fails where a guest would wait.
 */
const chunksOfJobs = 2;

/** What QEMU says of a volume that it writes to, in bytes. */
interface VolumeFill {
  /** The highest place that this QEMU wrote to in the volume. */
  allocationBytes: number;
  /** What the guest sees. */
  capacityBytes: number;
  /** The volume's size as QEMU sees it. */
  physicalBytes: number;
}

/** A sparse volume of a block domain that QEMU writes to. */
export interface ThinVolume {
  place: VolumePlace;
  path: string;
  /** How libvirt names it, such as `vda[2]`. */
  name: string;
  /** By how many chunks it grows. */
  chunks: number;
}

/** The sparse volumes of block domains that a disk writes to: its own, and what a block job writes to. Pure. */
export function thinVolumes(drive: Drive): ThinVolume[] {
  const { mirror, ids, path } = drive;
  const found: ThinVolume[] = [];
  const name = drive.layers[0]?.name;
  // what a job writes to first: it stops for good when it has no room, the guest only waits
  if (mirror?.name !== undefined && mirror.volume !== undefined && mirror.isBlockDevice && mirror.format === 'qcow2')
    found.push({ place: mirror.volume, path: mirror.path, name: mirror.name, chunks: chunksOfJobs });
  if (drive.isBlockDevice && drive.format === 'qcow2' && !drive.readOnly && name !== undefined)
    found.push({ place: { domainId: ids.domainId, imageId: ids.imageId, volumeId: ids.volumeId }, path, name, chunks: 1 });
  return found;
}

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
  readonly #thin = new Map<string, { xml: string; volumes: ThinVolume[] }>();
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
    if ((vm.state.phase !== 'running' && vm.state.phase !== 'paused') || this.#volumes(vm).length === 0) return;
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

  #volumes(vm: Vm): ThinVolume[] {
    const xml = vm.documentXml ?? '';
    const before = this.#thin.get(vm.vmId);
    const volumes = before?.xml === xml ? before.volumes : drivesOf(xml).flatMap(thinVolumes);
    this.#thin.set(vm.vmId, { xml, volumes });
    return volumes;
  }

  async #lookAt(vm: Vm): Promise<void> {
    const volumes = this.#volumes(vm);
    if (!this.#armed.has(vm.vmId)) {
      await this.#refresh(vm);
      this.#armed.set(vm.vmId, new Map());
    }
    const isStill = isWithoutRoom(vm);
    let grown = 0;
    for (const volume of volumes) if (await this.#see(vm, volume, false)) grown++;
    // a QEMU that has written nothing into a full volume yet does not know how far it is used
    if (isStill && grown === 0) for (const volume of volumes) await this.#see(vm, volume, true);
    if (!isStill || !isWithoutRoom(vm)) return;
    const { log } = this.#vms.dependencies;
    log.info({ vmId: vm.vmId }, 'A VM goes on whose disk has room again');
    await this.#vms.inTurn(vm, () => resumeDomain(this.#vms, vm));
  }

  /** @returns whether the volume has grown */
  async #see(vm: Vm, volume: ThinVolume, isNeedy: boolean): Promise<boolean> {
    const fill = await this.#fill(vm, volume);
    // a block job that has just ended took its volume along
    if (fill === undefined) return false;
    const threshold = blockThreshold(fill.physicalBytes, fill.capacityBytes, volume.chunks);
    if (threshold === undefined) return false;
    const grows = isNeedy || fill.allocationBytes >= threshold;
    if (grows) await this.#grow(volume, fill);
    await this.#arm(vm, volume, grows ? await this.#fill(vm, volume) : fill);
    return grows;
  }

  /** Has QEMU tell when the volume passes its threshold. */
  async #arm(vm: Vm, { path, name, chunks }: ThinVolume, fill: VolumeFill | undefined): Promise<void> {
    const threshold = fill && blockThreshold(fill.physicalBytes, fill.capacityBytes, chunks);
    const armed = this.#armed.get(vm.vmId) ?? new Map<string, number>();
    if (threshold === undefined || armed.get(path) === threshold) return;
    await this.#vms.call(vm, 'query', (connection) =>
      connection.call('DOMAIN_SET_BLOCK_THRESHOLD', { dom: domainOf(vm), dev: name, threshold, flags: 0 }),
    );
    this.#armed.set(vm.vmId, armed.set(path, threshold));
  }

  async #grow({ place, chunks }: ThinVolume, { physicalBytes, capacityBytes }: VolumeFill): Promise<void> {
    const { liveVolumes, log } = this.#vms.dependencies;
    const { domainId: domain, imageId: image, volumeId: volume } = place;
    const now = await liveVolumes.grow(place, extendedBytes(physicalBytes, capacityBytes, chunks));
    log.info({ volume, image, domain, before: physicalBytes, now }, 'A disk on a block domain has grown');
  }

  async #fill(vm: Vm, { name }: ThinVolume): Promise<VolumeFill | undefined> {
    const [row] = await this.#vms.call(vm, 'query', (connection) =>
      connection.domainStats({ domains: [vm.vmId], statistics: DomainStatsTypes.BLOCK, flags: ConnectGetAllDomainStatsFlags.BACKING }),
    );
    return row && fillOf(row.statistics, name);
  }
}

/** What libvirt's statistics of a domain's disks, their layers among them, say of one layer. Pure. */
export function fillOf(statistics: Readonly<Record<string, unknown>>, name: string): VolumeFill | undefined {
  const [, target, index] = /^([^[]+)(?:\[(\d+)\])?$/.exec(name) ?? [];
  const key = Object.keys(statistics).find(
    (one) =>
      /^block\.\d+\.name$/.test(one) &&
      statistics[one] === target &&
      (index === undefined || String(statistics[one.replace(/name$/, 'backingIndex')]) === index),
  );
  if (key === undefined) return undefined;
  const bytes = (field: string): number => Number(statistics[key.replace(/name$/, field)] ?? 0);
  return { allocationBytes: bytes('allocation'), capacityBytes: bytes('capacity'), physicalBytes: bytes('physical') };
}

/** It stands still because a disk has no room. */
const isWithoutRoom = (vm: Vm): boolean => vm.state.phase === 'paused' && vm.state.pauseCode === 'ENOSPC';

const domainOf = (vm: Vm): { name: string; uuid: string; id: number } => ({ name: vm.name, uuid: vm.vmId, id: -1 });
