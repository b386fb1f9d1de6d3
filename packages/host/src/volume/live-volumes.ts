import { chunkBytes, maximumBytes } from '../block/sizes.ts';
import { imageKey } from '../image/locks.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import type { StorageDomain } from '../storage-domain/store.ts';
import { storageError } from '../storage-error.ts';
import { chainReference, measureImage } from './qemu-img.ts';
import { readChain, readChildren, readVolume, updateVolume, useVolumes, volumeExists } from './volumes.ts';
import type { Volume } from './volumes.ts';

/** A volume by its place. */
export interface VolumePlace {
  domainId: string;
  imageId: string;
  volumeId: string;
}

/** What the VM half of the agent writes into volumes' metadata while QEMU has their files open. */
export interface LiveVolumes {
  /** @throws 262 when top does not stand on base, 218 when the base is a template's, 204 when something else stands on the base */
  checkMerge(merge: VolumePlace & { baseId: string }): Promise<void>;
  /** A volume that is not to be started from any more, or again. */
  setLegality(place: VolumePlace, legality: 'LEGAL' | 'ILLEGAL'): Promise<void>;
  /** The size that a running VM gave to its volume. Never less than before. */
  setCapacity(place: VolumePlace, capacityBytes: number): Promise<void>;
  /**
   * Makes a sparse volume on a block domain larger while this host uses it; where storage grows by itself nothing is done.
   *
   * @param bytes what it is to have; no more than its image can need is given
   * @returns bytes that it has now
   * @throws 554 LogicalVolumeExtendError, 654, 556
   */
  grow(place: VolumePlace, bytes: number): Promise<number>;
  /** As {@link makeRoomForWriter}. */
  makeRoomForWriter(place: VolumePlace): Promise<void>;
  /** Shows this host the size that a volume has. */
  refresh(place: VolumePlace): Promise<void>;
  /** Makes room in a volume for what one that stands on it holds, and for what is written meanwhile. */
  makeMergeRoom(merge: VolumePlace & { baseId: string }): Promise<void>;
  /** As {@link LiveVolumes.makeMergeRoom}, in a volume that gets what a volume of another domain holds, without what that stands on. */
  makeCopyRoom(source: VolumePlace, target: VolumePlace): Promise<void>;
  /**
   * A merge is done: what stood on the merged volume stands on the base, which is as large as it; the merged volume is illegal and may be
   * deleted. Repeatable.
   */
  mergeDone(merge: VolumePlace & { baseId: string }): Promise<void>;
}

export function createLiveVolumes(context: StorageContext): LiveVolumes {
  const change = async (place: VolumePlace, run: (volume: Volume) => Promise<unknown>): Promise<void> => {
    await context.locks.exclusive(imageKey(place.domainId, place.imageId), async () =>
      run(await readVolume(await findDomain(context, place.domainId), place.imageId, place.volumeId)),
    );
  };
  return {
    async checkMerge({ domainId, imageId, volumeId, baseId }) {
      const top = await readVolume(await findDomain(context, domainId), imageId, volumeId);
      const chain = await readChain(top);
      const base = chain.at(-2);
      if (base?.id !== baseId) throw storageError('VolumeIsNotInChain', `Volume ${baseId} is not the parent of volume ${volumeId}`);
      if (base.metadata.role === 'SHARED' || base.metadata.imageId !== imageId)
        throw storageError('CannotShareVolume', `Volume ${baseId} is a template's; nothing can be merged into it`);
      // another child of the base would see what is written into it
      const others = (await readChildren(base)).filter((other) => other.id !== volumeId && other.metadata.legality === 'LEGAL');
      if (others.length > 0)
        throw storageError('VolumeImageHasChildren', `Volume ${baseId} has another child: ${others.map(({ id }) => id).join(', ')}`);
    },
    setLegality: (place, legality) => change(place, (volume) => updateVolume(volume, { legality })),
    setCapacity: (place, capacityBytes) =>
      change(place, async (volume) => {
        if (capacityBytes > volume.metadata.capacityBytes) await updateVolume(volume, { capacityBytes });
      }),
    grow: async (place, bytes) => growVolume(context, await findDomain(context, place.domainId), place, bytes),
    makeRoomForWriter: (place) => makeRoomForWriter(context, place),
    async refresh({ domainId, imageId, volumeId }) {
      const domain = await findDomain(context, domainId);
      if (domain.store.kind === 'block') await domain.store.refresh(await readVolume(domain, imageId, volumeId));
    },
    async makeMergeRoom({ baseId, ...place }) {
      const domain = await findDomain(context, place.domainId);
      if (domain.store.kind === 'file') return;
      const top = await readVolume(domain, place.imageId, place.volumeId);
      const base = await readVolume(domain, place.imageId, baseId);
      if (base.metadata.format === 'RAW') {
        await growVolume(context, domain, { ...place, volumeId: baseId }, top.metadata.capacityBytes);
        return;
      }
      const { required } = await useVolumes([base, top], () => measureImage(chainReference([base, top]), 'qcow2', { isWritten: true }));
      await growVolume(context, domain, { ...place, volumeId: baseId }, required + chunkBytes);
    },
    async makeCopyRoom(source, target) {
      const domain = await findDomain(context, target.domainId);
      const copy = await readVolume(domain, target.imageId, target.volumeId);
      if (domain.store.kind === 'file' || copy.metadata.format === 'RAW') return;
      const leaf = await readVolume(await findDomain(context, source.domainId), source.imageId, source.volumeId);
      const { required } = await useVolumes([leaf], () => measureImage(chainReference([leaf]), 'qcow2', { isWritten: true }));
      await growVolume(context, domain, target, required + chunkBytes);
    },
    async mergeDone({ baseId, ...place }) {
      const domain = await findDomain(context, place.domainId);
      if (!(await volumeExists(domain, place.imageId, place.volumeId))) return;
      await change(place, (top) => forgetMerged(top, baseId));
      // the machine has closed it, and the pool's manager deletes it next
      await domain.store.letGo(place.volumeId);
    },
  };
}

/**
 * Gives a sparse volume of a block domain the room that its image can need at most, as nothing grows it while somebody else than a machine
 * writes to it. A domain that has less leaves it as it is: what is written may fit all the same.
 */
export async function makeRoomForWriter(context: StorageContext, { domainId, imageId, volumeId }: VolumePlace): Promise<void> {
  const domain = await findDomain(context, domainId);
  if (domain.store.kind === 'file') return;
  const { metadata } = await readVolume(domain, imageId, volumeId);
  if (metadata.format !== 'COW' || metadata.allocation !== 'SPARSE') return;
  await growVolume(context, domain, { domainId, imageId, volumeId }, maximumBytes(metadata.capacityBytes, 'COW')).catch((error: unknown) =>
    context.log.warn({ volume: volumeId, error: String(error) }, 'A volume that is to be written has no more room than before'),
  );
}

/** @see LiveVolumes.grow */
async function growVolume(context: StorageContext, domain: StorageDomain, place: VolumePlace, bytes: number): Promise<number> {
  if (domain.store.kind === 'file') return bytes;
  const volume = await readVolume(domain, place.imageId, place.volumeId);
  const { apparentBytes } = await domain.store.sizes(volume);
  if (apparentBytes < bytes) await context.mail.request(place.domainId, place.volumeId, bytes);
  await domain.store.refresh(volume);
  return (await domain.store.sizes(volume)).apparentBytes;
}

/** @see LiveVolumes.mergeDone; the image is locked. */
async function forgetMerged(top: Volume, baseId: string): Promise<void> {
  const base = await readVolume(top.domain, top.imageId, baseId);
  if (base.metadata.capacityBytes < top.metadata.capacityBytes) await updateVolume(base, { capacityBytes: top.metadata.capacityBytes });
  for (const above of await readChildren(top)) await updateVolume(above, { parentId: baseId });
  await updateVolume(top, { legality: 'ILLEGAL' });
}
