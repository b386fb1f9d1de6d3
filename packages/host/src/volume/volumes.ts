import type { StorageDomain } from '../storage-domain/store.ts';
import { storageError, toStorageError } from '../storage-error.ts';
import { blankUuid, formatVolumeMetadata, parseVolumeMetadata } from './volume-metadata.ts';
import type { VolumeMetadata } from './volume-metadata.ts';

/** Longest chain of volumes that is followed. */
export const maximumChainLength = 256;

/** A volume of a storage domain. */
export interface Volume {
  domain: StorageDomain;
  imageId: string;
  id: string;
  /** Directory in which the volume and its parents have their paths. */
  directory: string;
  /** Path of the data, the same on every host. On block domains it is there only while the volume is used. */
  path: string;
  metadata: VolumeMetadata;
}

export async function imageExists(domain: StorageDomain, imageId: string): Promise<boolean> {
  return (await domain.store.listVolumes(imageId)) !== undefined;
}

/** @throws 268 ImageDoesNotExistInSD */
export async function requireImage(domain: StorageDomain, imageId: string): Promise<void> {
  await listVolumes(domain, imageId);
}

/** Whether there is a volume of that id in the image. */
export async function volumeExists(domain: StorageDomain, imageId: string, volumeId: string): Promise<boolean> {
  return ((await domain.store.listVolumes(imageId)) ?? []).includes(volumeId);
}

/** @throws 201 VolumeDoesNotExist, 207 VolumeMetadataReadError, 750… when the metadata is damaged */
export async function readVolume(domain: StorageDomain, imageId: string, volumeId: string): Promise<Volume> {
  const found = await findVolume(domain, imageId, volumeId);
  if (found === undefined)
    throw storageError('VolumeDoesNotExist', `Volume does not exist: ${volumeId} (image ${imageId}, storage domain ${domain.id})`);
  return found;
}

async function findVolume(domain: StorageDomain, imageId: string, volumeId: string): Promise<Volume | undefined> {
  const stored = await domain.store.findVolume(imageId, volumeId);
  if (stored === undefined) return undefined;
  const { directory, path, text } = stored;
  return { domain, imageId, id: volumeId, directory, path, metadata: parseVolumeMetadata(text) };
}

/**
 * Replaces a volume's metadata.
 *
 * @returns the volume with its new metadata
 * @throws 208 VolumeMetadataWriteError, 397
 */
export async function updateVolume(volume: Volume, change: Partial<VolumeMetadata>): Promise<Volume> {
  const metadata = { ...volume.metadata, ...change };
  const text = formatVolumeMetadata(metadata);
  try {
    await volume.domain.store.writeVolume(volume, text, metadata.parentId);
  } catch (error) {
    throw toStorageError(error, 'VolumeMetadataWriteError', `write metadata of volume ${volume.id}`);
  }
  return { ...volume, metadata };
}

/** Ids of the images of a domain; images that are being deleted are not among them. */
export function listImages(domain: StorageDomain): Promise<string[]> {
  return domain.store.listImages();
}

/** Ids of the volumes in an image, a template's on which it stands among them. @throws 268 */
export async function listVolumes(domain: StorageDomain, imageId: string): Promise<string[]> {
  const volumes = await domain.store.listVolumes(imageId);
  if (volumes === undefined) throw storageError('ImageDoesNotExistInSD', `Image ${imageId} does not exist in storage domain ${domain.id}`);
  return volumes;
}

/** All volumes of an image. */
export async function readVolumes(domain: StorageDomain, imageId: string): Promise<Volume[]> {
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
    const parent = await findVolume(leaf.domain, leaf.imageId, parentId);
    if (parent === undefined)
      throw storageError('ImageIsNotLegalChain', `Image ${leaf.imageId} is not a legal chain: volume ${parentId} is missing`);
    seen.add(parentId);
    chain.unshift(parent);
  }
  return chain;
}

/** Volumes of the same image that stand on this one. */
export async function readChildren(volume: Volume): Promise<Volume[]> {
  return (await readVolumes(volume.domain, volume.imageId)).filter((other) => other.metadata.parentId === volume.id);
}

/** The volume of an image that nothing stands on. @throws 262 when there is not exactly one */
export async function readLeaf(domain: StorageDomain, imageId: string): Promise<Volume> {
  const volumes = await readVolumes(domain, imageId);
  const parents = new Set(volumes.map((volume) => volume.metadata.parentId));
  const leaves = volumes.filter((volume) => !parents.has(volume.id));
  const [leaf] = leaves;
  if (leaf === undefined || leaves.length > 1)
    throw storageError('ImageIsNotLegalChain', `Image ${imageId} has ${leaves.length} volumes at its end, expected one`);
  return leaf;
}

/** Size of data: whole blocks, since QEMU and direct writes need them. */
export function roundCapacity(capacityBytes: number, domain: StorageDomain): number {
  const block = domain.metadata.blockSizeBytes;
  return Math.ceil(capacityBytes / block) * block;
}

/** Runs work on the data of volumes, which are at their paths meanwhile. */
export function useVolumes<T>(volumes: readonly Volume[], run: () => Promise<T>): Promise<T> {
  const [first, ...others] = volumes;
  return first === undefined ? run() : first.domain.store.use(first, () => useVolumes(others, run));
}
