import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';
import { embeddedLimits } from './limits.ts';
import { giveTo, type RunAs } from './run-as.ts';

/** The only port there is: the server listens on a unix socket, whose name contains it. */
export const socketPort = 5432;

/** Path of the socket in its folder. */
export function socketPath(directory: string): string {
  return join(directory, `.s.PGSQL.${socketPort}`);
}

/**
 * The folder for the socket: inside the data folder, or, when that path is too long for a socket, a short one made from a hash of it.
 */
export function chooseSocketDirectory(dataDir: string, uid: number): string {
  const inside = join(dataDir, 'socket');
  if (Buffer.byteLength(socketPath(inside)) <= embeddedLimits.socketPathBytes) return inside;
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return uid === 0 ? `/run/virgate-${hash}` : `/tmp/virgate-${uid}-${hash}`;
}

/**
 * Makes the folder with mode 0700: whoever may enter it may use the database, and nobody else.
 *
 * @throws EmbeddedPostgresError `socket_directory_unsafe` when the path is already something else's.
 */
export async function makeSocketDirectory(path: string, runAs: RunAs): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  const mine = [process.getuid?.() ?? 0, runAs.kind === 'user' ? runAs.uid : -1];
  if (!found.isDirectory() || !mine.includes(found.uid)) {
    throw new EmbeddedPostgresError('socket_directory_unsafe', `${path} is not a folder of this user: remove it and start again.`);
  }
  await chmod(path, 0o700);
  await giveTo(runAs, path);
}
