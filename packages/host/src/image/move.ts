import { storageError } from '../storage-error.ts';
import type { StorageContext } from '../storage-context.ts';
import { volumeKey } from '../storage-context.ts';
import type { FileDomain } from '../storage-domain/catalog.ts';
import { createVolume } from '../volume/create-volume.ts';
import { chainReference, convertImage, qemuFormat, reserveHoles } from '../volume/qemu-img.ts';
import { discardImage, purgeImage } from '../volume/remove-volume.ts';
import { blankUuid } from '../volume/volume-metadata.ts';
import { existingImageDirectory, imageExists, readChain, readLeaf, volumeExists } from '../volume/volumes.ts';
import type { Volume } from '../volume/volumes.ts';
import { imageKey } from './locks.ts';

export interface ImageMove {
  poolId: string;
  source: FileDomain;
  target: FileDomain;
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
  await existingImageDirectory(source, imageId);
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
        await existingImageDirectory(source, imageId);
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

async function refuseExisting(target: FileDomain, imageId: string): Promise<void> {
  if (await imageExists(target, imageId))
    throw storageError('OverwriteImageError', `Image ${imageId} exists on storage domain ${target.id} already`);
}

async function copyVolume(context: StorageContext, chain: readonly Volume[], target: FileDomain, signal: AbortSignal): Promise<void> {
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
        allocation: metadata.allocation,
        diskType: metadata.diskType,
        description: metadata.description,
        sequence: metadata.sequence,
        role: metadata.role,
        ...(parent === undefined || metadata.parentId === blankUuid
          ? {}
          : { parent: { imageId: parent.metadata.imageId, volumeId: parent.id } }),
      },
      {
        owner: context.owner,
        nowMs: context.clock.nowMs(),
        signal,
        populate: async (path) => {
          const format = qemuFormat(metadata.format);
          const backing =
            parent === undefined
              ? undefined
              : { name: `${path.slice(0, path.lastIndexOf('/'))}/${parent.id}`, format: qemuFormat(parent.metadata.format) };
          await convertImage({
            source: chainReference(chain),
            targetPath: path,
            targetFormat: format,
            signal,
            ...(backing === undefined ? {} : { backing }),
          });
          if (format === 'raw' && metadata.allocation === 'PREALLOCATED') await reserveHoles(path, metadata.capacityBytes, signal);
        },
      },
    );
  } finally {
    context.building.delete(key);
  }
}
