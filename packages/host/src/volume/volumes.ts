import { constants } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beneath, domainFileMode, openRegular, readSmallFile, replaceFile, statusOf } from '../storage-domain/beneath.ts';
import type { Owner } from '../storage-domain/beneath.ts';
import type { FileDomain } from '../storage-domain/catalog.ts';
import { storageError, toStorageError } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';
import { blankUuid, formatVolumeMetadata, maximumVolumeMetadataBytes, parseVolumeMetadata } from './volume-metadata.ts';
import type { VolumeMetadata } from './volume-metadata.ts';

/** Suffix of a volume's metadata file: a volume exists as long as its metadata does. */
export const metadataSuffix = '.meta';

/** Suffix of the file that holds a volume's sanlock lease. */
export const leaseSuffix = '.lease';

/** Name before an image's own that marks it as being deleted. */
export const removedPrefix = '_remove_me_';

/** Longest chain of volumes that is followed. */
export const maximumChainLength = 256;

/** A volume of a file domain. */
export interface Volume {
  domain: FileDomain;
  imageId: string;
  id: string;
  /** Directory of the image, without links on the way. */
  directory: string;
  /** Path of the data by the connection's mount point, the same on every host. */
  path: string;
  metadata: VolumeMetadata;
}

/** Directory of an image; it need not exist. */
export function imageDirectory(domain: FileDomain, imageId: string): Promise<string> {
  return beneath(domain.realPath, 'images', imageId);
}

/** Path of an image by the connection's mount point. */
export function imagePath(domain: FileDomain, imageId: string): string {
  return join(domain.path, 'images', imageId);
}

export async function imageExists(domain: FileDomain, imageId: string): Promise<boolean> {
  return (await statusOf(await imageDirectory(domain, imageId)))?.isDirectory() === true;
}

/** @throws 268 ImageDoesNotExistInSD */
export async function existingImageDirectory(domain: FileDomain, imageId: string): Promise<string> {
  const directory = await imageDirectory(domain, imageId);
  if (!(await imageExists(domain, imageId)))
    throw storageError('ImageDoesNotExistInSD', `Image ${imageId} does not exist in storage domain ${domain.id}`);
  return directory;
}

/** Whether there is a volume of that id in the image. */
export async function volumeExists(domain: FileDomain, imageId: string, volumeId: string): Promise<boolean> {
  const directory = await imageDirectory(domain, imageId);
  return (await statusOf(await beneath(directory, `${volumeId}${metadataSuffix}`))) !== undefined;
}

/** @throws 201 VolumeDoesNotExist, 207 VolumeMetadataReadError, 750… when the metadata is damaged */
export async function readVolume(domain: FileDomain, imageId: string, volumeId: string): Promise<Volume> {
  const directory = await imageDirectory(domain, imageId);
  const file = await beneath(directory, `${volumeId}${metadataSuffix}`);
  const data = await statusOf(await beneath(directory, volumeId));
  if ((await statusOf(file)) === undefined || data === undefined)
    throw storageError('VolumeDoesNotExist', `Volume does not exist: ${volumeId} (image ${imageId}, storage domain ${domain.id})`);
  if (!data.isFile()) throw storageError('VolumeAccessError', `Volume ${volumeId} is no regular file`);
  const text = await readSmallFile(file, maximumVolumeMetadataBytes * 8).catch((error: unknown) => {
    throw toStorageError(error, 'VolumeMetadataReadError', `read metadata of volume ${volumeId}`);
  });
  return {
    domain,
    imageId,
    id: volumeId,
    directory,
    path: join(imagePath(domain, imageId), volumeId),
    metadata: parseVolumeMetadata(text),
  };
}

/**
 * Replaces a volume's metadata. A shared base is hard-linked into other images, so its file is
 * rewritten in place: every link has to see the change.
 *
 * @returns the volume with its new metadata
 * @throws 208 VolumeMetadataWriteError, 397
 */
export async function updateVolume(volume: Volume, change: Partial<VolumeMetadata>, owner: Owner | undefined): Promise<Volume> {
  const metadata = { ...volume.metadata, ...change };
  const text = formatVolumeMetadata(metadata);
  const file = await beneath(volume.directory, `${volume.id}${metadataSuffix}`);
  try {
    const status = await statusOf(file);
    if (status !== undefined && Number(status.nlink) > 1) await overwrite(file, text);
    else await replaceFile(file, text, owner, domainFileMode);
  } catch (error) {
    throw toStorageError(error, 'VolumeMetadataWriteError', `write metadata of volume ${volume.id}`);
  }
  return { ...volume, metadata };
}

/** Overwrites a metadata file under its name. The text is shorter than a sector, which disks write whole. */
async function overwrite(file: string, text: string): Promise<void> {
  const handle = await openRegular(file, constants.O_RDWR);
  try {
    await handle.write(text, 0);
    await handle.truncate(Buffer.byteLength(text));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Ids of the images of a domain; images that are being deleted are not among them. */
export async function listImages(domain: FileDomain): Promise<string[]> {
  return (await readdir(await beneath(domain.realPath, 'images'))).filter(isUuid).map((name) => name.toLowerCase());
}

/** Ids of the volumes in an image, a linked template's among them. @throws 268 */
export async function listVolumes(domain: FileDomain, imageId: string): Promise<string[]> {
  const names = await readdir(await existingImageDirectory(domain, imageId));
  return names
    .filter((name) => name.endsWith(metadataSuffix))
    .map((name) => name.slice(0, -metadataSuffix.length))
    .filter(isUuid);
}

/** All volumes of an image. */
export async function readVolumes(domain: FileDomain, imageId: string): Promise<Volume[]> {
  const volumes: Volume[] = [];
  for (const id of await listVolumes(domain, imageId)) volumes.push(await readVolume(domain, imageId, id));
  return volumes;
}

/**
 * The chain that ends with a volume, its base first.
 *
 * @throws 262 ImageIsNotLegalChain when a parent is missing, the chain has a ring or is too long
 */
export async function readChain(leaf: Volume): Promise<[Volume, ...Volume[]]> {
  const chain: [Volume, ...Volume[]] = [leaf];
  const seen = new Set([leaf.id]);
  for (let parentId = leaf.metadata.parentId; parentId !== blankUuid; parentId = chain[0].metadata.parentId) {
    if (seen.has(parentId) || chain.length >= maximumChainLength)
      throw storageError(
        'ImageIsNotLegalChain',
        `Image ${leaf.imageId} is not a legal chain: ${seen.has(parentId) ? 'it has a ring' : `more than ${maximumChainLength} volumes`}`,
      );
    if (!(await volumeExists(leaf.domain, leaf.imageId, parentId)))
      throw storageError('ImageIsNotLegalChain', `Image ${leaf.imageId} is not a legal chain: volume ${parentId} is missing`);
    seen.add(parentId);
    chain.unshift(await readVolume(leaf.domain, leaf.imageId, parentId));
  }
  return chain;
}

/** Volumes of the same image that stand on this one. */
export async function readChildren(volume: Volume): Promise<Volume[]> {
  return (await readVolumes(volume.domain, volume.imageId)).filter((other) => other.metadata.parentId === volume.id);
}

/** The volume of an image that nothing stands on. @throws 262 when there is not exactly one */
export async function readLeaf(domain: FileDomain, imageId: string): Promise<Volume> {
  const volumes = await readVolumes(domain, imageId);
  const parents = new Set(volumes.map((volume) => volume.metadata.parentId));
  const leaves = volumes.filter((volume) => !parents.has(volume.id));
  const [leaf] = leaves;
  if (leaf === undefined || leaves.length > 1)
    throw storageError('ImageIsNotLegalChain', `Image ${imageId} has ${leaves.length} volumes at its end, expected one`);
  return leaf;
}

/** Whether a volume of another image stands on this one: its data has further names. */
export async function isLinkedElsewhere(volume: Volume): Promise<boolean> {
  const status = await statusOf(await beneath(volume.directory, volume.id));
  return status !== undefined && Number(status.nlink) > 1;
}
