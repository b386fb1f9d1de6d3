import { storageError } from '../storage-error.ts';
import type { StorageContext } from '../storage-context.ts';
import { volumeKey } from '../storage-context.ts';
import type { StorageDomain, VolumeSite } from '../storage-domain/store.ts';
import { allocationOn, createVolume } from '../volume/create-volume.ts';
import { makeRoomFor, reserveCopy } from '../volume/fill.ts';
import { chainReference, convertImage, qemuFormat } from '../volume/qemu-img.ts';
import { discardImage, purgeImage } from '../volume/remove-volume.ts';
import { blankUuid } from '../volume/volume-metadata.ts';
import type { VolumeMetadata } from '../volume/volume-metadata.ts';
import { imageExists, requireImage, readChain, readLeaf, readVolume, useVolumes, volumeExists } from '../volume/volumes.ts';
import type { Volume } from '../volume/volumes.ts';
import { imageKey } from './locks.ts';

export interface ImageMove {
  poolId: string;
  source: StorageDomain;
  target: StorageDomain;
  imageId: string;
  /** Delete the source when the copy is whole. */
  remove: boolean;
  force: boolean;
}

/**
 * Copies a whole image with its chain to another domain, as a task. Volumes appear there one by one,
 * the base first; the image counts as moved when its leaf is there.
 *
 * @throws 265 OverwriteImageError, 263 CouldNotValideTemplateOnTargetDomain, 268
 */
export async function moveImage(context: StorageContext, move: ImageMove): Promise<string> {
  const { source, target, imageId } = move;
  if (source.id === target.id) throw storageError('MoveImageError', `Image ${imageId} is on storage domain ${target.id} already`);
  await requireImage(source, imageId);
  const chain = await readChain(await readLeaf(source, imageId));
  const [base] = chain;
  const onTemplate = base.metadata.imageId !== imageId;
  if (onTemplate && !(await volumeExists(target, base.metadata.imageId, base.id)))
    throw storageError(
      'CouldNotValideTemplateOnTargetDomain',
      `Template volume ${base.id} is not on storage domain ${target.id}; copy the template there first`,
    );
  const own = onTemplate ? chain.slice(1) : [...chain];
  await refuseExisting(target, imageId);
  if (own.length === 0) throw storageError('ImageIsNotLegalChain', `Image ${imageId} has no volume of its own`);
  const undo = { kind: 'move', domainId: target.id, imageId, sourceDomainId: source.id } as const;
  return context.tasks.start(
    { verb: 'moveImage', poolId: move.poolId, undo, key: `moveImage ${imageId} ${target.id}` },
    async ({ signal, begin }) => {
      const copyAll = async (): Promise<void> => {
        await refuseExisting(target, imageId);
        await requireImage(source, imageId);
        await begin();
        for (const volume of own) await copyVolume(context, chain.slice(0, chain.indexOf(volume) + 1), target, signal);
      };
      const sourceKey = imageKey(source.id, imageId);
      const targetKey = imageKey(target.id, imageId);
      const lockSource = (run: () => Promise<void>): Promise<void> =>
        move.remove ? context.locks.exclusive(sourceKey, run) : context.locks.shared(sourceKey, run);
      const copyAndRemove = async (): Promise<void> => {
        await copyAll();
        if (!move.remove) return;
        await discardImage(source, imageId, move.force);
        // the image is moved: what remains of the source is garbage that is collected later
        await purgeImage(source, imageId).catch((error: unknown) =>
          context.log.warn({ image: imageId, error: String(error) }, 'The source of a moved image was not removed'),
        );
      };
      // always in the order of their names, so that two moves can't wait for each other
      if (sourceKey < targetKey) await lockSource(() => context.locks.exclusive(targetKey, copyAndRemove));
      else await context.locks.exclusive(targetKey, () => lockSource(copyAndRemove));
    },
  );
}

async function refuseExisting(target: StorageDomain, imageId: string): Promise<void> {
  if (await imageExists(target, imageId))
    throw storageError('OverwriteImageError', `Image ${imageId} exists on storage domain ${target.id} already`);
}

async function copyVolume(context: StorageContext, chain: readonly Volume[], target: StorageDomain, signal: AbortSignal): Promise<void> {
  const volume = chain.at(-1);
  const parent = chain.at(-2);
  if (volume === undefined) return;
  const { metadata } = volume;
  const key = volumeKey(target.id, volume.imageId, volume.id);
  context.building.add(key);
  try {
    await createVolume(
      {
        domain: target,
        imageId: volume.imageId,
        volumeId: volume.id,
        capacityBytes: metadata.capacityBytes,
        format: metadata.format,
        allocation: allocationOn(target, metadata),
        diskType: metadata.diskType,
        description: metadata.description,
        sequence: metadata.sequence,
        role: metadata.role,
        ...(parent === undefined || metadata.parentId === blankUuid
          ? {}
          : { parent: { imageId: parent.metadata.imageId, volumeId: parent.id } }),
      },
      { nowMs: context.clock.nowMs(), signal, populate: (site) => fillCopy(chain, { domain: target, metadata }, site, signal) },
    );
  } finally {
    context.building.delete(key);
  }
}

/** Brings the top layer of a chain into its copy, whose parent has been copied already. */
async function fillCopy(
  chain: readonly Volume[],
  made: { domain: StorageDomain; metadata: VolumeMetadata },
  site: VolumeSite,
  signal: AbortSignal,
): Promise<void> {
  const parent = chain.at(-2);
  const copied = parent === undefined ? undefined : await readVolume(made.domain, made.metadata.imageId, parent.id);
  await useVolumes([...chain, ...(copied === undefined ? [] : [copied])], async () => {
    const source = chainReference(chain);
    const top = chainReference(chain.slice(-1));
    await makeRoomFor(made, top, site.makeRoom);
    await convertImage({
      source,
      targetPath: site.path,
      targetFormat: qemuFormat(made.metadata.format),
      bitmaps: made.metadata.format === 'COW',
      signal,
      ...(copied === undefined ? {} : { backing: { name: copied.path, format: qemuFormat(copied.metadata.format) } }),
    });
  });
  await reserveCopy(made, site.path, signal);
}
