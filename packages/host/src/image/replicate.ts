import type { StorageContext } from '../storage-context.ts';
import { storageError } from '../storage-error.ts';
import type { StorageDomain } from '../storage-domain/store.ts';
import { allocationOn, createVolume } from '../volume/create-volume.ts';
import { copyInto } from '../volume/fill.ts';
import { chainReference } from '../volume/qemu-img.ts';
import { blankUuid } from '../volume/volume-metadata.ts';
import { imageExists, readChain, readLeaf, readVolume, useVolumes } from '../volume/volumes.ts';
import type { Volume } from '../volume/volumes.ts';
import { imageKey } from './locks.ts';

/** An image on its way to another domain while a VM writes to it. */
export interface Replication {
  poolId: string;
  source: StorageDomain;
  target: StorageDomain;
  imageId: string;
}

/** Runs work with the source's image held against changes and the target's image to itself, in the order in which all take them. */
async function withBoth(context: StorageContext, { source, target, imageId }: Replication, run: () => Promise<void>): Promise<void> {
  const [from, to] = [imageKey(source.id, imageId), imageKey(target.id, imageId)];
  const lockSource = (inner: () => Promise<void>): Promise<void> => context.locks.shared(from, inner);
  const lockTarget = (inner: () => Promise<void>): Promise<void> => context.locks.exclusive(to, inner);
  await (from < to ? lockSource(() => lockTarget(run)) : lockTarget(() => lockSource(run)));
}

/** The volumes that are the image's own, base first. @throws 263 when it stands on a template */
async function ownChain({ source, imageId, target }: Replication): Promise<[Volume, ...Volume[]]> {
  const chain = await readChain(await readLeaf(source, imageId));
  if (chain[0].metadata.imageId !== imageId)
    throw storageError(
      'CouldNotValideTemplateOnTargetDomain',
      `Image ${imageId} stands on a template, whose volume cannot be found on storage domain ${target.id}`,
    );
  return chain;
}

/**
 * Makes the volumes of an image on another domain, in the same chain and empty, as a task (VDSM schema, Image.cloneStructure).
 *
 * @throws 265 OverwriteImageError, 263, 268
 */
export async function cloneStructure(context: StorageContext, replication: Replication): Promise<string> {
  const { source, target, imageId, poolId } = replication;
  if (source.id === target.id) throw storageError('MoveImageError', `Image ${imageId} is on storage domain ${target.id} already`);
  await ownChain(replication);
  const refuseExisting = async (): Promise<void> => {
    if (await imageExists(target, imageId))
      throw storageError('OverwriteImageError', `Image ${imageId} exists on storage domain ${target.id} already`);
  };
  await refuseExisting();
  const undo = { kind: 'move', domainId: target.id, imageId, sourceDomainId: source.id } as const;
  return context.tasks.start({ verb: 'cloneImageStructure', poolId, undo, key: `clone ${imageId} ${target.id}` }, ({ signal, begin }) =>
    withBoth(context, replication, async () => {
      await refuseExisting();
      const chain = await ownChain(replication);
      await begin();
      for (const [index, { id, metadata }] of chain.entries()) {
        const parent = chain[index - 1];
        await createVolume(
          {
            domain: target,
            imageId,
            volumeId: id,
            capacityBytes: metadata.capacityBytes,
            format: metadata.format,
            allocation: allocationOn(target, metadata),
            diskType: metadata.diskType,
            description: metadata.description,
            sequence: metadata.sequence,
            ...(parent === undefined ? {} : { parent: { imageId, volumeId: parent.id } }),
          },
          { nowMs: context.clock.nowMs(), signal },
        );
      }
    }),
  );
}

/** Which volumes of a chain get their data (VDSM schema, syncType). */
export type SyncType = 'ALL' | 'INTERNAL' | 'LEAF';

const chosen = (chain: readonly Volume[], type: SyncType): readonly Volume[] =>
  type === 'ALL' ? chain : type === 'LEAF' ? chain.slice(-1) : chain.slice(0, -1);

/**
 * Copies the data of volumes into those that {@link cloneStructure} made, each its own layer, as a task (VDSM schema, Image.syncData). The
 * volumes below the leaf do not change while their VM runs; a repeat writes the same once more.
 *
 * @throws 201, 261, 397
 */
export async function syncData(context: StorageContext, replication: Replication, type: SyncType): Promise<string> {
  const { source, target, imageId, poolId } = replication;
  await ownChain(replication);
  const task = { verb: 'syncImageData', poolId, undo: { kind: 'none' }, key: `sync ${imageId} ${source.id} ${target.id} ${type}` } as const;
  return context.tasks.start(task, ({ signal }) =>
    withBoth(context, replication, async () => {
      const chain = await ownChain(replication);
      for (const volume of chosen(chain, type)) {
        const copy = await readVolume(target, imageId, volume.id);
        if (copy.metadata.parentId !== volume.metadata.parentId && volume.metadata.parentId !== blankUuid)
          throw storageError('ImageIsNotLegalChain', `Volume ${volume.id} has another parent on storage domain ${target.id}`);
        const reference = chainReference(chain.slice(0, chain.indexOf(volume) + 1));
        // without bitmaps: the record of what the machine writes meanwhile does not come along, and one with a gap must not look whole
        await useVolumes(chain, () => copyInto(copy, reference, { signal, progress: () => undefined }));
      }
    }),
  );
}
