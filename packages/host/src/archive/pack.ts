import { link, mkdir, open, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { imageKey } from '../image/locks.ts';
import { storageError, systemCode, toStorageError } from '../storage-error.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import type { DataOperation } from '../volume/fill.ts';
import { chainReference, convertIntoSlot, createImage } from '../volume/qemu-img.ts';
import { readChain, readVolume, useVolumes } from '../volume/volumes.ts';
import { archiveFolder } from './path.ts';
import { tarBlockBytes, tarHeader } from './tar.ts';

/** A disk that an archive gets, its whole chain as one image in the format qcow2. */
export interface PackedDisk {
  domainId: string;
  imageId: string;
  volumeId: string;
  /** Its file in the archive, and how much room it gets there. */
  name: string;
  sizeBytes: number;
}

export interface PackRequest {
  jobId: string;
  directory: string;
  fileName: string;
  /** The description that stands first. */
  description: string;
  disks: readonly PackedDisk[];
}

/** The description's name in archives of oVirt. */
const descriptionName = 'vm.ovf';

export interface ArchivePlaces {
  /** Folders that archives stay out of. */
  kept: readonly string[];
  /** Where is kept which archives were finished. */
  recordFolder: string;
}

interface Places {
  target: string;
  partial: string;
  seed: string;
  record: string;
}

async function placesOf(
  { jobId, directory, fileName }: Pick<PackRequest, 'jobId' | 'directory' | 'fileName'>,
  { kept, recordFolder }: ArchivePlaces,
): Promise<Places> {
  const folder = await archiveFolder(directory, kept);
  return {
    target: join(folder, fileName),
    partial: join(folder, `.${jobId}.part`),
    seed: join(folder, `.${jobId}.seed`),
    record: join(recordFolder, `${jobId}.json`),
  };
}

const identityOf = async (path: string): Promise<string | undefined> =>
  stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    },
  );

/** Whether the file in the archive's place is the one that this job made. */
async function isOurs(places: Places): Promise<boolean> {
  const recorded = await readFile(places.record, 'utf8').catch(() => undefined);
  return recorded !== undefined && recorded === (await identityOf(places.target));
}

/** Writes a disk into its place: an empty image first, then what it holds. What is empty stays a hole of the file. */
async function packDisk(
  context: StorageContext,
  disk: PackedDisk,
  slot: { handle: FileHandle; path: string; seed: string; offset: number },
  operation: DataOperation,
): Promise<void> {
  await context.locks.shared(imageKey(disk.domainId, disk.imageId), async () => {
    const volume = await readVolume(await findDomain(context, disk.domainId), disk.imageId, disk.volumeId);
    await createImage(slot.seed, { format: 'qcow2', sizeBytes: volume.metadata.capacityBytes }, operation.signal);
    try {
      const start = await readFile(slot.seed);
      if (start.length > disk.sizeBytes)
        throw storageError('CopyImageError', `Disk ${disk.name} needs more room than its ${disk.sizeBytes} bytes`);
      await slot.handle.write(start, 0, start.length, slot.offset);
    } finally {
      await rm(slot.seed, { force: true });
    }
    const chain = await readChain(volume);
    const target = { path: slot.path, offset: slot.offset, sizeBytes: disk.sizeBytes };
    await useVolumes(chain, () => convertIntoSlot({ source: chainReference(chain), target, ...operation }));
  });
}

async function writeArchive(context: StorageContext, request: PackRequest, places: Places, operation: DataOperation): Promise<void> {
  const seconds = Math.floor(Date.now() / 1000);
  const padded = (bytes: number): number => Math.ceil(bytes / tarBlockBytes) * tarBlockBytes;
  const handle = await open(places.partial, 'wx', 0o640);
  try {
    const description = Buffer.from(request.description, 'utf8');
    await handle.write(tarHeader(descriptionName, description.length, seconds), 0, tarBlockBytes, 0);
    await handle.write(description, 0, description.length, tarBlockBytes);
    let at = tarBlockBytes + padded(description.length);
    const total = request.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0);
    let done = 0;
    for (const disk of request.disks) {
      await handle.write(tarHeader(disk.name, disk.sizeBytes, seconds), 0, tarBlockBytes, at);
      const offset = at + tarBlockBytes;
      at = offset + padded(disk.sizeBytes);
      await handle.truncate(at);
      const progress = (percent: number): void => operation.progress(((done + (disk.sizeBytes * percent) / 100) / total) * 100);
      await packDisk(context, disk, { handle, path: places.partial, seed: places.seed, offset }, { signal: operation.signal, progress });
      done += disk.sizeBytes;
    }
    await handle.truncate(at + 2 * tarBlockBytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Packs a VM's description and disks into an archive. It stands in its place when it is whole, and takes the place of no other file. A
 * repeat of a job that had finished changes nothing.
 *
 * @throws 261 CopyImageError, 379, 397 and what reading the volumes throws
 */
export async function packArchive(
  context: StorageContext,
  request: PackRequest,
  where: ArchivePlaces,
  operation: DataOperation,
): Promise<void> {
  const places = await placesOf(request, where);
  if (await isOurs(places)) return;
  if ((await identityOf(places.target)) !== undefined) throw storageError('CopyImageError', `There is a file ${places.target} already`);
  try {
    await rm(places.partial, { force: true });
    await writeArchive(context, request, places, operation);
    await mkdir(where.recordFolder, { recursive: true, mode: 0o700 });
    await writeFile(places.record, (await identityOf(places.partial)) ?? '', { mode: 0o600 });
    await link(places.partial, places.target);
  } catch (error) {
    throw toStorageError(error, 'CopyImageError', `pack ${places.target}`);
  } finally {
    await rm(places.partial, { force: true });
  }
}

/** Takes back what a job has packed, or a part of it; what others have put in its place stays. */
export async function removeArchive(request: Pick<PackRequest, 'jobId' | 'directory' | 'fileName'>, where: ArchivePlaces): Promise<void> {
  const places = await placesOf(request, where);
  if (await isOurs(places)) await unlink(places.target);
  for (const path of [places.partial, places.seed, places.record]) await rm(path, { force: true });
}
