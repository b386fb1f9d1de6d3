import { constants } from 'node:fs';
import { chmod, chown, link, mkdir, open, rename } from 'node:fs/promises';
import { initialiseLease } from '../storage-domain/sanlock.ts';
import { beneath, domainDirectoryMode, domainFileMode, makeFile, replaceFile, statusOf, syncDirectory } from '../storage-domain/beneath.ts';
import type { Owner } from '../storage-domain/beneath.ts';
import type { FileDomain } from '../storage-domain/catalog.ts';
import { volatileSuffix } from '../storage-domain/create-domain.ts';
import { storageError, systemCode, toStorageError } from '../storage-error.ts';
import { createImage, qemuFormat, reserveHoles, reserveSpace } from './qemu-img.ts';
import { maximumVirtualSizeBytes } from './qcow2-header.ts';
import { blankUuid, formatVolumeMetadata } from './volume-metadata.ts';
import type { VolumeAllocation, VolumeFormat, VolumeMetadata, VolumeRole } from './volume-metadata.ts';
import { imageDirectory, leaseSuffix, metadataSuffix, readVolume, updateVolume, volumeExists } from './volumes.ts';
import type { Volume } from './volumes.ts';

export interface NewVolume {
  domain: FileDomain;
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
}

export interface VolumeCreation {
  owner: Owner | undefined;
  nowMs: number;
  signal?: AbortSignal;
  /** Called when it is sure that the volume does not exist, before anything is made. */
  begin?: () => Promise<void>;
  /** Fills the data before the volume begins to exist. */
  populate?: (path: string) => Promise<void>;
}

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
 * Makes a volume. Its metadata is written under another name first and renamed last: until then it
 * is no volume, and what a crash leaves is recognised by that name.
 *
 * @throws what {@link checkNewVolume} throws, 205 VolumeCreationError, 397 NoSpaceLeftOnDomain; what was made stays for `removeTraces`
 */
export async function createVolume(request: NewVolume, creation: VolumeCreation): Promise<Volume> {
  const parent = await checkNewVolume(request);
  const { domain, imageId, volumeId } = request;
  await creation.begin?.();
  try {
    const directory = await makeImageDirectory(request, creation.owner);
    if (parent !== undefined && parent.imageId !== imageId) await linkTemplate(parent, directory);
    const metadataFile = await beneath(directory, `${volumeId}${metadataSuffix}`);
    await replaceFile(`${metadataFile}${volatileSuffix}`, formatVolumeMetadata(newMetadata(request, creation.nowMs)), creation.owner);
    const path = await beneath(directory, volumeId);
    const data = async (): Promise<void> => {
      await createData(path, request, parent, creation);
      await creation.populate?.(path);
      await settleData(path, creation.owner);
    };
    await both(data(), createLease(directory, request, creation.owner));
    if (parent !== undefined && parent.imageId === imageId && parent.metadata.role === 'LEAF')
      await updateVolume(parent, { role: 'INTERNAL' }, creation.owner);
    await rename(`${metadataFile}${volatileSuffix}`, metadataFile);
    await syncDirectory(directory);
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

async function makeImageDirectory(request: NewVolume, owner: Owner | undefined): Promise<string> {
  const directory = await imageDirectory(request.domain, request.imageId);
  try {
    await mkdir(directory, { mode: domainDirectoryMode });
    if (owner !== undefined) await chown(directory, owner.uid, owner.gid);
    await syncDirectory(await beneath(request.domain.realPath, 'images'));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  return directory;
}

/** Gives a template's volume a name in an image that stands on it, so that each image is whole by itself. */
async function linkTemplate(template: Volume, directory: string): Promise<void> {
  for (const suffix of [leaseSuffix, '', metadataSuffix]) {
    const source = await beneath(template.directory, `${template.id}${suffix}`);
    try {
      await link(source, await beneath(directory, `${template.id}${suffix}`));
    } catch (error) {
      if (systemCode(error) !== 'EEXIST')
        throw storageError('CannotShareVolume', `Template volume ${template.id} could not be linked into the image`, error);
    }
  }
}

async function createData(path: string, request: NewVolume, parent: Volume | undefined, creation: VolumeCreation): Promise<void> {
  const sizeBytes = roundCapacity(request.capacityBytes, request.domain);
  await makeFile(path, creation.owner);
  if (request.format === 'RAW') {
    if (request.allocation === 'PREALLOCATED' && creation.populate === undefined) await reserveSpace(path, sizeBytes, creation.signal);
    const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
    await handle.truncate(sizeBytes).finally(() => handle.close());
    return;
  }
  const backing = parent === undefined ? undefined : { name: parent.id, format: qemuFormat(parent.metadata.format) };
  await createImage(path, { format: 'qcow2', sizeBytes, ...(backing === undefined ? {} : { backing }) }, creation.signal);
  if (request.allocation === 'PREALLOCATED') await reserveHoles(path, request.initialSizeBytes ?? sizeBytes, creation.signal);
}

/** Size of the data: whole blocks, since QEMU and direct writes need them. */
export function roundCapacity(capacityBytes: number, domain: FileDomain): number {
  const block = domain.metadata.blockSizeBytes;
  return Math.ceil(capacityBytes / block) * block;
}

/** Waits for both to end, also when one fails: nothing may still write when the traces are removed. */
async function both(first: Promise<void>, second: Promise<void>): Promise<void> {
  const [one, other] = await Promise.allSettled([first, second]);
  if (one.status === 'rejected') throw one.reason;
  if (other.status === 'rejected') throw other.reason;
}

async function createLease(directory: string, request: NewVolume, owner: Owner | undefined): Promise<void> {
  const path = await beneath(directory, `${request.volumeId}${leaseSuffix}`);
  await makeFile(path, owner);
  await initialiseLease({ lockspace: request.domain.id, resource: request.volumeId, path, offsetBytes: 0 }, request.domain.metadata);
}

/** qemu-img may have replaced or re-made the file: mode and owner once more, then to the disk. */
async function settleData(path: string, owner: Owner | undefined): Promise<void> {
  if ((await statusOf(path))?.isFile() !== true) throw storageError('VolumeCreationError', `${path} is no regular file`);
  await chmod(path, domainFileMode);
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
  const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  await handle.sync().finally(() => handle.close());
}
