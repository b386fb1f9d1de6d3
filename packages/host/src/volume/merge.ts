import { storageError, toStorageError } from '../storage-error.ts';
import type { StorageContext } from '../storage-context.ts';
import { findDomain, volumeKey } from '../storage-context.ts';
import { checkHeaders } from '../image/prepare.ts';
import { imageKey } from '../image/locks.ts';
import { mergeBitmaps } from './bitmaps.ts';
import { extendBase } from './update.ts';
import { makeRoomFor } from './fill.ts';
import type { DataOperation } from './fill.ts';
import { chainReference, commitImage, qemuFormat, rebaseHeader } from './qemu-img.ts';
import { nextGeneration } from './volume-metadata.ts';
import { readChain, readChildren, readVolume, updateVolume, useVolumes, volumeExists } from './volumes.ts';
import type { Volume } from './volumes.ts';

/** Two neighbours in a chain: what `topId` holds goes into `baseId` (VDSM schema, SubchainInfo). */
export interface Subchain {
  domainId: string;
  imageId: string;
  baseId: string;
  topId: string;
  /** The base's generation as the caller knows it, `undefined` = any. */
  baseGeneration: number | undefined;
}

/** Runs work on a subchain with the image locked and both volumes read anew. */
async function withSubchain<T>(
  context: StorageContext,
  subchain: Subchain,
  run: (base: Volume, top: Volume, chain: readonly Volume[]) => Promise<T>,
): Promise<T> {
  return context.locks.exclusive(imageKey(subchain.domainId, subchain.imageId), async () => {
    const domain = await findDomain(context, subchain.domainId);
    const top = await readVolume(domain, subchain.imageId, subchain.topId);
    const chain = await readChain(top);
    const base = chain.at(-2);
    if (base?.id !== subchain.baseId)
      throw storageError('VolumeIsNotInChain', `Volume ${subchain.baseId} is not the parent of volume ${subchain.topId}`);
    if (base.metadata.role === 'SHARED' || base.metadata.imageId !== subchain.imageId)
      throw storageError('CannotShareVolume', `Volume ${base.id} is a template's; nothing can be merged into it`);
    return run(base, top, chain);
  });
}

/** Makes room in the base for what the top can hold. Repeatable. @throws 201, 231, 262, 206, 397 */
export const prepareMerge = (context: StorageContext, subchain: Subchain): Promise<void> =>
  withSubchain(context, subchain, async (base, top) => {
    if (base.metadata.capacityBytes < top.metadata.capacityBytes) await extendBase(base, top.metadata.capacityBytes);
    const pair = [base, top];
    await useVolumes(pair, () => makeRoomFor(base, chainReference(pair), (dataBytes) => base.domain.store.makeRoom(base, dataBytes)));
  });

/**
 * Writes the content of the top into its parent (VDSM schema, SDM.merge). The top stays as it is, so that the merge may be
 * repeated after a crash; when it succeeded the base's generation has gone up.
 *
 * @param operation `bitmaps`: the base records what the top recorded
 *
 * @throws 911 GenerationMismatch, 231, 227, 262, 203, 397
 */
export const mergeSubchain = (
  context: StorageContext,
  subchain: Subchain,
  { bitmaps, ...operation }: DataOperation & { bitmaps: boolean },
): Promise<void> =>
  withSubchain(context, subchain, async (base, top, chain) => {
    const current = base.metadata.generation;
    if (subchain.baseGeneration !== undefined && subchain.baseGeneration !== current)
      throw storageError(
        'GenerationMismatch',
        `Volume ${base.id} has generation ${current}, the request was for ${subchain.baseGeneration}`,
      );
    const illegal = chain.find((volume) => volume.metadata.legality === 'ILLEGAL');
    if (illegal !== undefined) throw storageError('prepareIllegalVolumeError', `Volume ${illegal.id} is illegal; it can't be merged`);
    // another child of the base would see what is written into it
    const others = (await readChildren(base)).filter((child) => child.id !== top.id);
    if (others.length > 0)
      throw storageError('VolumeImageHasChildren', `Volume ${base.id} has another child: ${others.map((child) => child.id).join(', ')}`);
    const key = volumeKey(subchain.domainId, subchain.imageId, base.id);
    context.building.add(key);
    try {
      await useVolumes(chain, async () => {
        await checkHeaders(chain);
        await commitImage({ source: chainReference(chain), ...operation });
        // not before: what is written into the base would count as changed in bitmaps that only the top has
        if (bitmaps) await mergeBitmaps(chain);
      });
      await updateVolume(base, { generation: nextGeneration(current) });
    } finally {
      context.building.delete(key);
    }
  });

/**
 * Takes the merged top out of its chain: what stood on it stands on the base. The top is illegal from then on, and is to be
 * deleted. Repeatable, also when the top is gone.
 *
 * @throws 201, 262, 208
 */
export async function finalizeMerge(context: StorageContext, subchain: Subchain): Promise<void> {
  const domain = await findDomain(context, subchain.domainId);
  if (!(await volumeExists(domain, subchain.imageId, subchain.topId))) return;
  await withSubchain(context, subchain, async (base, top) => {
    const children = await readChildren(top);
    for (const child of children) {
      try {
        await useVolumes([child], () => rebaseHeader(child.path, { name: base.id, format: qemuFormat(base.metadata.format) }));
      } catch (error) {
        throw toStorageError(error, 'MergeSnapshotsError', `rebase volume ${child.id}`);
      }
      await updateVolume(child, { parentId: base.id });
    }
    await updateVolume(top, { legality: 'ILLEGAL' });
  });
}
