import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { storageError } from '../storage-error.ts';

/** Folders whose files mean something to the host itself: no archive is written there, and none is read. */
const systemFolders = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/root',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
  '/var/lib',
  '/var/run',
  '/var/spool',
];

const isBeneath = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

function refuse(reason: string): Error {
  return storageError('StorageDomainAccessError', `The archive is refused: ${reason}`);
}

/**
 * The real path of a folder for archives: without links, and none of the host's own.
 *
 * @param kept further folders that archives stay out of: the agent's own
 */
export async function archiveFolder(path: string, kept: readonly string[]): Promise<string> {
  if (!isAbsolute(path) || path.includes('\0')) throw refuse('its folder is no absolute path');
  const real = await realpath(path).catch(() => {
    throw refuse(`there is no folder ${path}`);
  });
  const owns = await Promise.all(kept.map((folder) => realpath(folder).catch(() => folder)));
  if (real === sep || [...systemFolders, ...owns].some((folder) => isBeneath(real, folder)))
    throw refuse(`${real} is no folder for archives`);
  return real;
}

/** Opens an archive that exists. A link in its place is not followed. @throws 379 */
export async function openArchive(path: string, kept: readonly string[]): Promise<{ handle: FileHandle; path: string; sizeBytes: number }> {
  const real = join(await archiveFolder(dirname(path), kept), basename(path));
  const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      throw refuse(`${real} can't be opened (${error.code ?? error.message})`);
    },
  );
  const found = await handle.stat();
  if (found.isFile()) return { handle, path: real, sizeBytes: found.size };
  await handle.close();
  throw refuse(`${real} is no file`);
}
