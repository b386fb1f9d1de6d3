import type { FileHandle } from 'node:fs/promises';
import { checkForeignImage, imageHeaderBytes } from '../volume/qcow2-header.ts';
import { isVmdk, readVmdkHeader } from '../volume/vmdk-header.ts';
import { storageError } from '../storage-error.ts';
import type { ArchiveEntry } from './tar.ts';

/** A disk in an archive, as its own header says. */
export interface EntryImage {
  format: 'raw' | 'qcow2' | 'vmdk';
  virtualSizeBytes: number;
}

/**
 * Reads the header of a disk in an archive before any other program sees it.
 *
 * @throws 484, 17 for an image that names other files, is damaged or of a kind that is not taken
 */
export async function readEntryImage(handle: FileHandle, entry: ArchiveEntry): Promise<EntryImage> {
  const length = Math.min(imageHeaderBytes, entry.sizeBytes);
  const start = Buffer.alloc(length);
  const { bytesRead } = await handle.read(start, 0, length, entry.offset);
  if (bytesRead < length || length === 0)
    throw storageError('ImageVerificationError', `The image ${entry.name} is refused: it is empty, or cut off`);
  if (isVmdk(start)) return readVmdkHeader(start);
  const header = checkForeignImage(start);
  return header.format === 'qcow2'
    ? { format: 'qcow2', virtualSizeBytes: header.virtualSizeBytes }
    : { format: 'raw', virtualSizeBytes: Math.ceil(entry.sizeBytes / 512) * 512 };
}
