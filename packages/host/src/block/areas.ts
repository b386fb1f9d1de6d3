import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError } from '../storage-error.ts';
import type { Activation } from './activation.ts';
import { point } from './use.ts';
import type { LogicalVolume, VolumeGroup } from './volume-groups.ts';

const mebibyte = 1024 * 1024;

/** Leases of volumes and of the pool's manager that one domain has room for. */
const leaseSlots = 2048;
const externalLeaseSlots = 1024;

/** Logical volumes of a domain that hold no volume, with their sizes in MiB (VDSM, special volumes of storage format V5). */
export function areaSizes(alignmentBytes: number): Record<AreaName, number> {
  const alignment = alignmentBytes / mebibyte;
  return {
    metadata: 128,
    leases: leaseSlots * alignment,
    ids: 8,
    inbox: 16,
    outbox: 16,
    xleases: externalLeaseSlots * alignment,
    master: 1024,
  };
}

export const areaNames = ['metadata', 'leases', 'ids', 'inbox', 'outbox', 'xleases', 'master'] as const;
export type AreaName = (typeof areaNames)[number];

/** The areas that are reachable while a domain is used; the master's file system is mounted by other managers only. */
export const usedAreas = areaNames.filter((name) => name !== 'master');

export const isArea = (name: string): boolean => areaNames.some((one) => one === name);

/** First number of a slot of volume metadata (V5: 0 is reserved). */
export const firstSlot = 1;

/** Leases before those of volumes. */
const reservedLeases = 100;

/** Slots that have a lease. */
export const maximumSlot = leaseSlots - reservedLeases - 1;

/** Where the metadata of a volume begins in the area `metadata`; 512 bytes are used. */
export const metadataOffset = (slot: number): number => mebibyte + slot * 8192;

/** Where the lease of a volume begins in the area `leases`. */
export const leaseOffset = (slot: number, alignmentBytes: number): number => (reservedLeases + slot) * alignmentBytes;

/** Bytes of `metadata` that have to be zeros before the first use (V4's and V5's slots). */
export const reservedMetadataBytes = 17 * mebibyte;

/** Bytes of `inbox` and of `outbox` that are used. */
export const mailboxAreaBytes = 4096 * 2000;

/** The areas of one domain on this host. */
export interface Areas {
  /** Path of an area, which is reachable then. */
  path(name: AreaName): Promise<string>;
  acquire(): Promise<void>;
  release(): Promise<void>;
}

/** @param directory the domain's `dom_md` */
export function createAreas(
  directory: string,
  activation: Activation,
  read: () => Promise<{ group: VolumeGroup; volumes: LogicalVolume[] }>,
): Areas {
  // a link that an earlier life of the agent left may point to what is another device now
  const reachable = new Set<AreaName>();

  async function activate(names: readonly AreaName[]): Promise<void> {
    const missing = names.filter((name) => !reachable.has(name));
    if (missing.length === 0) return;
    const { group, volumes } = await read();
    const found = missing.map((name) => {
      const volume = volumes.find((one) => one.name === name);
      if (volume === undefined)
        throw storageError('StorageDomainLayoutError', `Storage domain ${group.name} has no logical volume ${name}`);
      return volume;
    });
    const devices = await activation.activate(group, found);
    for (const [index, name] of missing.entries()) {
      await point(join(directory, name), devices[index] ?? '', directory);
      reachable.add(name);
    }
  }

  return {
    async path(name) {
      await activate([name]);
      return join(directory, name);
    },
    acquire: () => activate(usedAreas),
    async release() {
      const names = [...reachable];
      reachable.clear();
      if (names.length === 0) return;
      const { group, volumes } = await read();
      for (const name of names) await unlink(join(directory, name)).catch(() => undefined);
      await activation.deactivate(
        group,
        volumes.filter((volume) => names.some((name) => name === volume.name)),
      );
    },
  };
}
