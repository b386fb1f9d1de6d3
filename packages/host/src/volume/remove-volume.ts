import { readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beneath, readSmallFile, statusOf, syncDirectory } from '../storage-domain/beneath.ts';
import type { Owner } from '../storage-domain/beneath.ts';
import type { FileDomain } from '../storage-domain/catalog.ts';
import { volatileSuffix } from '../storage-domain/create-domain.ts';
import { storageError, systemCode, toStorageError } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';
import { blankUuid, parseVolumeMetadata } from './volume-metadata.ts';
import type { VolumeMetadata } from './volume-metadata.ts';
import {
  existingImageDirectory,
  imageDirectory,
  isLinkedElsewhere,
  leaseSuffix,
  listVolumes,
  metadataSuffix,
  readChildren,
  readVolume,
  readVolumes,
  removedPrefix,
  updateVolume,
  volumeExists,
} from './volumes.ts';
import type { Volume } from './volumes.ts';

/** Suffix of a file that is being fetched for a volume. */
export const importSuffix = `.import${volatileSuffix}`;

/** Age past which an unfinished volume is garbage, whoever began it: no creation takes that long between two writes. */
export const garbageAgeMs = 3_600_000;

/** Ends the existence of a volume, then removes its files. */
async function removeFiles(directory: string, volumeId: string): Promise<void> {
  const metadataFile = await beneath(directory, `${volumeId}${metadataSuffix}`);
  try {
    await rename(metadataFile, `${metadataFile}${volatileSuffix}`);
    await syncDirectory(directory);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  for (const suffix of [
    '',
    importSuffix,
    leaseSuffix,
    `${metadataSuffix}.new`,
    `${metadataSuffix}${volatileSuffix}.new`,
    `${metadataSuffix}${volatileSuffix}`,
  ]) {
    await rm(join(directory, `${volumeId}${suffix}`), { force: true });
  }
}

/** Removes an image's directory when no volume of its own is left: links of templates go with it. */
async function removeEmptyImage(domain: FileDomain, imageId: string): Promise<void> {
  const directory = await imageDirectory(domain, imageId);
  const names = await readdir(directory);
  const volumes = await readVolumes(domain, imageId);
  if (volumes.some((volume) => volume.metadata.imageId === imageId)) return;
  const linked = new Set(volumes.flatMap((volume) => ['', metadataSuffix, leaseSuffix].map((suffix) => `${volume.id}${suffix}`)));
  // a name without metadata belongs to a link that was cut short by a crash
  for (const name of names) if (isUuid(name.slice(0, 36)) && [metadataSuffix, leaseSuffix, ''].includes(name.slice(36))) linked.add(name);
  if (names.some((name) => !linked.has(name))) return;
  for (const name of [...linked].sort(metadataFirst)) await rm(join(directory, name), { force: true });
  await rmdir(directory);
}

function metadataFirst(left: string, right: string): number {
  return Number(right.endsWith(metadataSuffix)) - Number(left.endsWith(metadataSuffix));
}

/** Takes back whatever was made for a volume that is not to be. Repeatable; a missing image is fine. */
export async function removeTraces(domain: FileDomain, imageId: string, volumeId: string, owner: Owner | undefined): Promise<void> {
  const directory = await imageDirectory(domain, imageId);
  if ((await statusOf(directory)) === undefined) return;
  const metadata = await traceOfMetadata(directory, volumeId);
  if (metadata !== undefined) {
    if (metadata.imageId !== imageId) return;
    await releaseParent(domain, imageId, volumeId, metadata.parentId, owner);
  }
  await removeFiles(directory, volumeId);
  await removeEmptyImage(domain, imageId);
  await syncDirectory(await beneath(domain.realPath, 'images'));
}

/** Metadata of a volume, or of what was to become one. */
async function traceOfMetadata(directory: string, volumeId: string): Promise<VolumeMetadata | undefined> {
  for (const suffix of [metadataSuffix, `${metadataSuffix}${volatileSuffix}`]) {
    const file = await beneath(directory, `${volumeId}${suffix}`);
    if ((await statusOf(file)) === undefined) continue;
    return parseVolumeMetadata(await readSmallFile(file));
  }
  return undefined;
}

/** Removes what was fetched for a volume. */
export async function removeImport(domain: FileDomain, imageId: string, volumeId: string): Promise<void> {
  const directory = await imageDirectory(domain, imageId);
  await rm(await beneath(directory, `${volumeId}${importSuffix}`), { force: true });
}

/** The parent becomes the end of the chain again. */
async function releaseParent(
  domain: FileDomain,
  imageId: string,
  volumeId: string,
  parentId: string,
  owner: Owner | undefined,
): Promise<void> {
  if (parentId === blankUuid || !(await volumeExists(domain, imageId, parentId))) return;
  const parent = await readVolume(domain, imageId, parentId);
  if (parent.metadata.role !== 'INTERNAL') return;
  const others = (await readChildren(parent)).filter((child) => child.id !== volumeId);
  if (others.length === 0) await updateVolume(parent, { role: 'LEAF' }, owner);
}

/**
 * Deletes one volume of an image.
 *
 * @throws 204 VolumeImageHasChildren, 223 CannotDeleteSharedVolume unless forced, 222 CannotDeleteVolume
 */
export async function deleteVolume(volume: Volume, force: boolean, owner: Owner | undefined): Promise<void> {
  const children = await readChildren(volume);
  if (children.length > 0 && !force)
    throw storageError('VolumeImageHasChildren', `Volume ${volume.id} has children: ${children.map((child) => child.id).join(', ')}`);
  if (volume.metadata.role === 'SHARED' && !force)
    throw storageError('CannotDeleteSharedVolume', `Volume ${volume.id} is shared; delete its image, or force`);
  try {
    await releaseParent(volume.domain, volume.imageId, volume.id, volume.metadata.parentId, owner);
    await removeFiles(volume.directory, volume.id);
    await removeEmptyImage(volume.domain, volume.imageId);
  } catch (error) {
    throw toStorageError(error, 'CannotDeleteVolume', `delete volume ${volume.id}`);
  }
}

/**
 * Ends the existence of an image by one rename. What remains is removed by {@link purgeImage}, by
 * this agent or, after a crash, by whoever collects garbage.
 *
 * @throws 268 ImageDoesNotExistInSD, 223 CannotDeleteSharedVolume when other images stand on it, 256 ImageDeleteError
 */
export async function discardImage(domain: FileDomain, imageId: string, force: boolean): Promise<void> {
  const directory = await existingImageDirectory(domain, imageId);
  if (!force) await refuseTemplateInUse(domain, imageId);
  const target = join(domain.realPath, 'images', `${removedPrefix}${imageId}`);
  try {
    await rm(target, { recursive: true, force: true });
    await rename(directory, target);
    await syncDirectory(join(domain.realPath, 'images'));
  } catch (error) {
    throw toStorageError(error, 'ImageDeleteError', `delete image ${imageId}`);
  }
}

async function refuseTemplateInUse(domain: FileDomain, imageId: string): Promise<void> {
  for (const volumeId of await listVolumes(domain, imageId)) {
    // an image must be deletable when it is damaged; whoever stands on it has links of its own
    const volume = await readVolume(domain, imageId, volumeId).catch(() => undefined);
    if (volume === undefined) continue;
    const own = volume.metadata.imageId === imageId;
    if (own && volume.metadata.role === 'SHARED' && (await isLinkedElsewhere(volume)))
      throw storageError('CannotDeleteSharedVolume', `Template image ${imageId} has images that stand on it; delete those first`);
  }
}

/** Removes the files of an image that was discarded. */
export async function purgeImage(domain: FileDomain, imageId: string): Promise<void> {
  await rm(join(domain.realPath, 'images', `${removedPrefix}${imageId}`), { recursive: true, force: true });
}

/**
 * Removes what crashed agents left: discarded images at once, unfinished volumes when they are old.
 *
 * @param isBuilding whether this agent works on `image/volume` right now
 * @returns what was removed
 */
export async function collectGarbage(
  domain: FileDomain,
  nowMs: number,
  isBuilding: (imageId: string, volumeId: string) => boolean,
): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(await beneath(domain.realPath, 'images'))) {
    if (name.startsWith(removedPrefix)) {
      await rm(join(domain.realPath, 'images', name), { recursive: true, force: true });
      removed.push(name);
    } else if (isUuid(name)) {
      removed.push(...(await collectImage(domain, name, nowMs, isBuilding)));
    }
  }
  return removed;
}

async function collectImage(
  domain: FileDomain,
  imageId: string,
  nowMs: number,
  isBuilding: (imageId: string, volumeId: string) => boolean,
): Promise<string[]> {
  const directory = await imageDirectory(domain, imageId);
  const removed: string[] = [];
  for (const name of await readdir(directory)) {
    const volumeId = name.slice(0, 36);
    if (!name.endsWith(volatileSuffix) || !isUuid(volumeId) || isBuilding(imageId, volumeId)) continue;
    const status = await stat(join(directory, name)).catch(() => undefined);
    if (status === undefined || nowMs - status.mtimeMs < garbageAgeMs) continue;
    if (name.endsWith(importSuffix)) await rm(join(directory, name), { force: true });
    else await removeFiles(directory, volumeId);
    removed.push(`${imageId}/${name}`);
  }
  if (removed.length > 0) await removeEmptyImage(domain, imageId);
  return removed;
}
