import { constants } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storageError, systemCode } from '../storage-error.ts';
import { maximumMetadataBytes } from './key-value.ts';

const segmentPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,120}$/;

/**
 * Path of something beneath a directory. Every step must be a plain name and, where it exists, no
 * symbolic link: a storage server is not trusted to point elsewhere on the host.
 *
 * @throws 379 StorageDomainAccessError
 */
export async function beneath(root: string, ...segments: string[]): Promise<string> {
  let path = root;
  for (const segment of segments) {
    if (!segmentPattern.test(segment))
      throw storageError('StorageDomainAccessError', `Refused a path that is no plain name: ${JSON.stringify(segment)}`);
    path = join(path, segment);
    const status = await statusOf(path);
    if (status === undefined) continue;
    if (status.isSymbolicLink()) throw storageError('StorageDomainAccessError', `Refused ${path}: a symbolic link inside a storage domain`);
  }
  return path;
}

/** `lstat`, or `undefined` when there is nothing of that name. */
export async function statusOf(path: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Owner that files of a domain get; `undefined` leaves them to the agent's own user. */
export interface Owner {
  uid: number;
  gid: number;
}

/** Mode of every file of a domain that VDSM makes. */
export const domainFileMode = 0o660;

/** Mode of directories of a domain. */
export const domainDirectoryMode = 0o755;

/** Opens a regular file without following a link; @throws ENOENT, ELOOP … and 379 when it is no regular file */
export async function openRegular(path: string, flags = constants.O_RDONLY): Promise<FileHandle> {
  // a FIFO put there by somebody must not make the agent wait
  const handle = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw storageError('StorageDomainAccessError', `Refused ${path}: no regular file`);
}

/** Reads a small text file of a domain. */
export async function readSmallFile(path: string, maximumBytes = maximumMetadataBytes): Promise<string> {
  const handle = await openRegular(path);
  try {
    return (await readFully(handle, maximumBytes)).toString('utf8');
  } finally {
    await handle.close();
  }
}

/** First bytes of a file, fewer when it is shorter. */
export async function readStart(path: string, maximumBytes: number): Promise<Buffer> {
  const handle = await openRegular(path);
  try {
    return await readFully(handle, maximumBytes);
  } finally {
    await handle.close();
  }
}

async function readFully(handle: FileHandle, maximumBytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(maximumBytes);
  let length = 0;
  while (length < maximumBytes) {
    const { bytesRead } = await handle.read(buffer, length, maximumBytes - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** Makes a file, or empties the one that is there, with a domain's mode and owner. */
export async function makeFile(
  path: string,
  owner: Owner | undefined,
  options: { sizeBytes?: number; exclusive?: boolean } = {},
): Promise<void> {
  const flags =
    constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | (options.exclusive === true ? constants.O_EXCL : constants.O_TRUNC);
  const handle = await open(path, flags, domainFileMode);
  try {
    await handle.chmod(domainFileMode);
    if (owner !== undefined) await handle.chown(owner.uid, owner.gid);
    if (options.sizeBytes !== undefined) await handle.truncate(options.sizeBytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Puts a whole file in place: after a crash there is the old text or the new one, never a part. */
export async function replaceFile(path: string, text: string, owner: Owner | undefined, mode = domainFileMode): Promise<void> {
  const temporary = `${path}.new`;
  await rm(temporary, { force: true });
  try {
    const handle = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode);
    try {
      await handle.chmod(mode);
      if (owner !== undefined) await handle.chown(owner.uid, owner.gid);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Makes what was created, renamed or removed in a directory survive a loss of power. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } catch (error) {
    // some network file systems can't, and sync each change by themselves
    if (!['EINVAL', 'ENOTSUP'].includes(systemCode(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}
