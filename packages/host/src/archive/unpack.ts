import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { imageKey } from '../image/locks.ts';
import { storageError } from '../storage-error.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import { copyInto, fillVolume } from '../volume/fill.ts';
import type { DataOperation, VolumeEndpoint } from '../volume/fill.ts';
import { slotReference } from '../volume/qemu-img.ts';
import { readVolume } from '../volume/volumes.ts';
import { readEntryImage } from './entry-image.ts';
import { openArchive } from './path.ts';
import { archiveLimits, readArchive } from './tar.ts';
import type { ArchiveEntry } from './tar.ts';

const chunkBytes = 1024 * 1024;
const algorithms: Readonly<Record<string, string>> = { SHA1: 'sha1', SHA256: 'sha256', SHA512: 'sha512' };
/** Files of archives that are no disks. */
const besides = /\.(?:ovf|mf|cert|txt|xml|nvram)$/i;

/** A file of an archive that should be a disk. */
export interface FoundDisk {
  name: string;
  sizeBytes: number;
  /** What its own header says of it, or why it is not taken. */
  image: { format: 'raw' | 'qcow2' | 'vmdk'; virtualSizeBytes: number } | { problem: string };
}

async function readText(handle: FileHandle, entry: ArchiveEntry): Promise<string> {
  if (entry.sizeBytes > archiveLimits.descriptionBytes)
    throw storageError(
      'ImageVerificationError',
      `The archive is refused: ${entry.name} has more than ${archiveLimits.descriptionBytes} bytes`,
    );
  const buffer = Buffer.alloc(entry.sizeBytes);
  await handle.read(buffer, 0, entry.sizeBytes, entry.offset);
  return buffer.toString('utf8');
}

/** What an archive holds: its description, and its disks by their own headers. */
export async function describeArchive(path: string, kept: readonly string[]): Promise<{ description: string; disks: FoundDisk[] }> {
  const { handle, sizeBytes } = await openArchive(path, kept);
  try {
    const entries = await readArchive(handle, sizeBytes);
    const [description, ...more] = entries.filter(({ name }) => /\.ovf$/i.test(name));
    if (description === undefined || more.length > 0)
      throw storageError('ImageVerificationError', 'The archive is refused: it needs one description (.ovf)');
    const disks: FoundDisk[] = [];
    for (const entry of entries) {
      if (besides.test(entry.name)) continue;
      const image = await readEntryImage(handle, entry).catch((error: unknown) => ({
        problem: error instanceof Error ? error.message : String(error),
      }));
      disks.push({ name: entry.name, sizeBytes: entry.sizeBytes, image });
    }
    return { description: await readText(handle, description), disks };
  } finally {
    await handle.close();
  }
}

/** Compares a file with what the archive's manifest says of it, where it says something. */
async function checkManifest(
  handle: FileHandle,
  entries: readonly ArchiveEntry[],
  entry: ArchiveEntry,
  operation: DataOperation,
): Promise<void> {
  const manifest = entries.find(({ name }) => /\.mf$/i.test(name));
  if (manifest === undefined) return;
  const lines = (await readText(handle, manifest)).split(/\r?\n/).map((line) => /^(\w+)\s*\(([^)]*)\)\s*=\s*([0-9a-f]+)\s*$/i.exec(line));
  const [, algorithm = '', , expected = ''] = lines.find((found) => found?.[2] === entry.name) ?? [];
  if (expected === '') return;
  const name = algorithms[algorithm.toUpperCase().replace('-', '')];
  if (name === undefined)
    throw storageError('ImageVerificationError', `The archive is refused: its manifest has checksums of the kind ${algorithm}`);
  const hash = createHash(name);
  const buffer = Buffer.alloc(chunkBytes);
  for (let at = 0; at < entry.sizeBytes;) {
    operation.signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, Math.min(chunkBytes, entry.sizeBytes - at), entry.offset + at);
    if (bytesRead === 0) throw storageError('ImageVerificationError', 'The archive is refused: it ends too early');
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
    operation.progress((at / entry.sizeBytes) * 20);
  }
  if (hash.digest('hex') !== expected.toLowerCase())
    throw storageError('ImageVerificationError', `The archive is refused: ${entry.name} has another checksum than its manifest says`);
}

/**
 * Fills a volume with a disk of an archive, whose header is read by the agent itself first. A volume of another generation was filled
 * before.
 *
 * @throws 484, 17, 79 DestinationVolumeTooSmall, 911 GenerationMismatch, 261, 397
 */
export async function unpackDisk(
  context: StorageContext,
  archive: { path: string; name: string; kept: readonly string[] },
  to: VolumeEndpoint,
  operation: DataOperation,
): Promise<void> {
  await context.locks.exclusive(imageKey(to.domainId, to.imageId), async () => {
    const volume = await readVolume(await findDomain(context, to.domainId), to.imageId, to.volumeId);
    await fillVolume(context, volume, to.generation, async () => {
      const { handle, path, sizeBytes } = await openArchive(archive.path, archive.kept);
      try {
        const entries = await readArchive(handle, sizeBytes);
        const entry = entries.find(({ name }) => name === archive.name);
        if (entry === undefined) throw storageError('ImageVerificationError', `The archive has no file ${JSON.stringify(archive.name)}`);
        const image = await readEntryImage(handle, entry);
        if (image.virtualSizeBytes > volume.metadata.capacityBytes)
          throw storageError(
            'DestinationVolumeTooSmall',
            `The image ${entry.name} has ${image.virtualSizeBytes} bytes, volume ${volume.id} only ${volume.metadata.capacityBytes}`,
          );
        await checkManifest(handle, entries, entry, operation);
        const source = slotReference({ path, offset: entry.offset, sizeBytes: entry.sizeBytes }, image.format);
        await copyInto(volume, source, { signal: operation.signal, progress: (percent) => operation.progress(20 + percent * 0.8) });
      } finally {
        await handle.close();
      }
    });
  });
}
