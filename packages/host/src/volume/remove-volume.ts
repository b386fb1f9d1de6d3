import type { StorageDomain } from '../storage-domain/store.ts';
import { storageError, toStorageError } from '../storage-error.ts';
import { blankUuid } from './volume-metadata.ts';
import { imageExists, listVolumes, readChildren, readVolume, readVolumes, requireImage, updateVolume, volumeExists } from './volumes.ts';
import type { Volume } from './volumes.ts';

/** Takes back whatever was made for a volume that is not to be. Repeatable; a missing image is fine. */
export async function removeTraces(domain: StorageDomain, imageId: string, volumeId: string): Promise<void> {
  await domain.store.removeTraces(imageId, volumeId);
  // the parent may have been told of a child that never was
  if (!(await imageExists(domain, imageId))) return;
  const volumes = await readVolumes(domain, imageId);
  const parents = new Set(volumes.map((volume) => volume.metadata.parentId));
  for (const volume of volumes)
    if (volume.metadata.role === 'INTERNAL' && !parents.has(volume.id)) await updateVolume(volume, { role: 'LEAF' });
}

/** The parent becomes the end of the chain again. */
async function releaseParent(volume: Volume): Promise<void> {
  const { domain, imageId } = volume;
  const { parentId } = volume.metadata;
  if (parentId === blankUuid || !(await volumeExists(domain, imageId, parentId))) return;
  const parent = await readVolume(domain, imageId, parentId);
  if (parent.metadata.role !== 'INTERNAL') return;
  const others = (await readChildren(parent)).filter((child) => child.id !== volume.id);
  if (others.length === 0) await updateVolume(parent, { role: 'LEAF' });
}

/**
 * Deletes one volume of an image.
 *
 * @throws 204 VolumeImageHasChildren, 223 CannotDeleteSharedVolume unless forced, 222 CannotDeleteVolume
 */
export async function deleteVolume(volume: Volume, force: boolean): Promise<void> {
  const children = await readChildren(volume);
  if (children.length > 0 && !force)
    throw storageError('VolumeImageHasChildren', `Volume ${volume.id} has children: ${children.map((child) => child.id).join(', ')}`);
  if (volume.metadata.role === 'SHARED' && !force)
    throw storageError('CannotDeleteSharedVolume', `Volume ${volume.id} is shared; delete its image, or force`);
  try {
    await releaseParent(volume);
    await volume.domain.store.removeVolume(volume);
  } catch (error) {
    throw toStorageError(error, 'CannotDeleteVolume', `delete volume ${volume.id}`);
  }
}

/**
 * Ends the existence of an image as one effect. What remains is removed by {@link purgeImage}, by
 * this agent or, after a crash, by whoever collects garbage.
 *
 * @param zero whether its data is to be overwritten before the space is free
 * @throws 268 ImageDoesNotExistInSD, 223 CannotDeleteSharedVolume when other images stand on it, 256 ImageDeleteError
 */
export async function discardImage(domain: StorageDomain, imageId: string, force: boolean, zero = false): Promise<void> {
  await requireImage(domain, imageId);
  if (!force) await refuseTemplateInUse(domain, imageId);
  try {
    await domain.store.discardImage(imageId, zero);
  } catch (error) {
    throw toStorageError(error, 'ImageDeleteError', `delete image ${imageId}`);
  }
}

async function refuseTemplateInUse(domain: StorageDomain, imageId: string): Promise<void> {
  for (const volumeId of await listVolumes(domain, imageId)) {
    // an image must be deletable when it is damaged; whoever stands on it has links of its own
    const volume = await readVolume(domain, imageId, volumeId).catch(() => undefined);
    if (volume === undefined) continue;
    const own = volume.metadata.imageId === imageId;
    if (own && volume.metadata.role === 'SHARED' && (await domain.store.isStoodOnElsewhere(volume)))
      throw storageError('CannotDeleteSharedVolume', `Template image ${imageId} has images that stand on it; delete those first`);
  }
}

/** Removes what is left of an image that was discarded. */
export function purgeImage(domain: StorageDomain, imageId: string): Promise<void> {
  return domain.store.purgeImage(imageId);
}
