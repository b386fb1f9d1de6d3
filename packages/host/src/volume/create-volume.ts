import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { StorageDomain, VolumeSite } from '../storage-domain/store.ts';
import { storageError, toStorageError } from '../storage-error.ts';
import { beginBitmap, inheritBitmaps } from './bitmaps.ts';
import { createImage, qemuFormat, reserveHoles, reserveSpace } from './qemu-img.ts';
import { maximumVirtualSizeBytes } from './qcow2-header.ts';
import { blankUuid, formatVolumeMetadata } from './volume-metadata.ts';
import type { VolumeAllocation, VolumeFormat, VolumeMetadata, VolumeRole } from './volume-metadata.ts';
import { readChain, readVolume, roundCapacity, updateVolume, useVolumes, volumeExists } from './volumes.ts';
import type { Volume } from './volumes.ts';

export interface NewVolume {
  domain: StorageDomain;
  imageId: string;
  volumeId: string;
  capacityBytes: number;
  format: VolumeFormat;
  allocation: VolumeAllocation;
  diskType: string;
  description: string;
  /** Volume to stand on: one of the same image, or a template's of another image. */
  parent?: { imageId: string; volumeId: string };
  /** Space to reserve for a preallocated COW volume. */
  initialSizeBytes?: number;
  role?: VolumeRole;
  legal?: boolean;
  sequence?: number;
  /** Goes on to record what the parent's bitmaps record. */
  inheritsBitmaps?: boolean;
  /** Begins to record under this name. */
  bitmap?: string;
}

export interface VolumeCreation {
  nowMs: number;
  signal?: AbortSignal;
  /** Called when it is sure that the volume does not exist, before anything is made. */
  begin?: () => Promise<void>;
  /** Fills the data before the volume begins to exist. */
  populate?: (site: VolumeSite) => Promise<void>;
}

/** How a volume of another domain is allocated on this one: raw volumes of block domains have their size from the start. */
export const allocationOn = (
  domain: StorageDomain,
  { format, allocation }: Pick<VolumeMetadata, 'format' | 'allocation'>,
): VolumeAllocation => (domain.store.kind === 'block' && format === 'RAW' ? 'PREALLOCATED' : allocation);

/** Refuses what can't become a volume, before anything is made. @throws 212, 201, 202, 214, 227, 229, 1000 … */
export async function checkNewVolume(request: NewVolume): Promise<Volume | undefined> {
  const { domain, imageId, volumeId } = request;
  if (!Number.isSafeInteger(request.capacityBytes) || request.capacityBytes < 1 || request.capacityBytes > maximumVirtualSizeBytes) {
    throw storageError('createVolumeSizeError', `Capacity must be between 1 and ${maximumVirtualSizeBytes} bytes`);
  }
  if (await volumeExists(domain, imageId, volumeId))
    throw storageError('VolumeAlreadyExists', `Volume already exists: ${volumeId} (image ${imageId}, storage domain ${domain.id})`);
  if (request.initialSizeBytes !== undefined && request.format === 'RAW' && request.allocation === 'SPARSE')
    throw storageError('InvalidParameterException', 'initialSize has no meaning for a sparse RAW volume');
  if (domain.store.kind === 'block' && request.format === 'RAW' && request.allocation === 'SPARSE')
    throw storageError('IncorrectType', 'A RAW volume on a block domain has to be preallocated; use COW for a sparse one');
  if (request.format === 'RAW' && (request.inheritsBitmaps === true || request.bitmap !== undefined))
    throw storageError('IncorrectFormat', 'Only qcow2 volumes keep bitmaps of what changed; a RAW one can have none');
  if (request.parent === undefined) return undefined;
  const parent = await readVolume(domain, request.parent.imageId, request.parent.volumeId);
  if (request.format !== 'COW') throw storageError('IncorrectFormat', 'A volume with a parent has to be COW');
  if (parent.metadata.legality === 'ILLEGAL')
    throw storageError('createIllegalVolumeSnapshotError', `Parent volume ${parent.id} is illegal; it can't be stood on`);
  if (request.parent.imageId !== imageId && parent.metadata.role !== 'SHARED')
    throw storageError('VolumeNonShareable', `Volume ${parent.id} is no template; another image can't stand on it`);
  if (request.capacityBytes < parent.metadata.capacityBytes)
    throw storageError(
      'createVolumeSizeError',
      `Capacity ${request.capacityBytes} is below the parent's ${parent.metadata.capacityBytes} bytes`,
    );
  return parent;
}

/**
 * Makes a volume. It begins to exist by the last effect: until then it is no volume, and what a crash
 * leaves is recognised as such.
 *
 * @throws what {@link checkNewVolume} throws, 205 VolumeCreationError, 397 NoSpaceLeftOnDomain; what was made stays for `removeTraces`
 */
export async function createVolume(request: NewVolume, creation: VolumeCreation): Promise<Volume> {
  const parent = await checkNewVolume(request);
  const { domain, imageId, volumeId } = request;
  await creation.begin?.();
  try {
    const site = await domain.store.beginVolume(request, parent, formatVolumeMetadata(newMetadata(request, creation.nowMs)), creation);
    const data = async (): Promise<void> => {
      await createData(site.path, request, parent, creation);
      await createBitmaps({ id: volumeId, path: site.path }, request, parent);
      await creation.populate?.(site);
      await site.settle();
    };
    await both(data(), site.makeLease());
    if (parent !== undefined && parent.imageId === imageId && parent.metadata.role === 'LEAF')
      await updateVolume(parent, { role: 'INTERNAL' });
    await site.finish();
  } catch (error) {
    throw toStorageError(error, 'VolumeCreationError', `create volume ${volumeId}`);
  }
  return readVolume(domain, imageId, volumeId);
}

function newMetadata(request: NewVolume, nowMs: number): VolumeMetadata {
  return {
    capacityBytes: request.capacityBytes,
    createdSeconds: Math.floor(nowMs / 1000),
    description: request.description,
    diskType: request.diskType,
    domainId: request.domain.id,
    format: request.format,
    generation: 0,
    imageId: request.imageId,
    legality: request.legal === false ? 'ILLEGAL' : 'LEGAL',
    parentId: request.parent?.volumeId ?? blankUuid,
    sequence: request.sequence ?? 0,
    allocation: request.allocation,
    role: request.role ?? 'LEAF',
  };
}

async function createData(path: string, request: NewVolume, parent: Volume | undefined, creation: VolumeCreation): Promise<void> {
  const sizeBytes = roundCapacity(request.capacityBytes, request.domain);
  // a logical volume has its size already
  const sparse = request.domain.store.kind === 'file';
  if (request.format === 'RAW') {
    if (!sparse) return;
    if (request.allocation === 'PREALLOCATED' && creation.populate === undefined) await reserveSpace(path, sizeBytes, creation.signal);
    const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
    await handle.truncate(sizeBytes).finally(() => handle.close());
    return;
  }
  const backing = parent === undefined ? undefined : { name: parent.id, format: qemuFormat(parent.metadata.format) };
  await createImage(path, { format: 'qcow2', sizeBytes, ...(backing === undefined ? {} : { backing }) }, creation.signal);
  if (sparse && request.allocation === 'PREALLOCATED') await reserveHoles(path, request.initialSizeBytes ?? sizeBytes, creation.signal);
}

async function createBitmaps(made: Pick<Volume, 'id' | 'path'>, request: NewVolume, parent: Volume | undefined): Promise<void> {
  if (request.inheritsBitmaps === true && parent !== undefined)
    await useVolumes(await readChain(parent), () => inheritBitmaps(parent, made));
  const { bitmap } = request;
  if (bitmap === undefined) return;
  const work = (): Promise<void> => beginBitmap(made, bitmap);
  await (parent === undefined ? work() : useVolumes(await readChain(parent), work));
}

/** Waits for both to end, also when one fails: nothing may still write when the traces are removed. */
async function both(first: Promise<void>, second: Promise<void>): Promise<void> {
  const [one, other] = await Promise.allSettled([first, second]);
  if (one.status === 'rejected') throw one.reason;
  if (other.status === 'rejected') throw other.reason;
}
