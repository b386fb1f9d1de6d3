import { constants } from 'node:fs';
import { access, mkdir, readFile, readlink, realpath, rmdir, stat, symlink, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { VdsmError } from '@virgate/vdsm';
import { CommandError, runCommand } from '../command.ts';
import { storageCode, storageError, systemCode } from '../storage-error.ts';
import type { StorageLog } from '../storage-clock.ts';
import { statusOf } from '../storage-domain/beneath.ts';
import { escapeRemotePath } from '../storage-domain/repository.ts';
import type { Repository } from '../storage-domain/repository.ts';
import type { IscsiSessions } from '../iscsi/sessions.ts';
import { localDirectory, readRemote, storageType } from './remote.ts';
import type { Remote } from './remote.ts';

/** Longest time for one mount; the caller waits 180 s for the whole verb. */
const mountTimeoutMs = 90_000;

/** Connections in one call. */
export const maximumConnections = 100;

/** How a plain directory becomes reachable beneath `mnt/`: a link needs no rights and leaves no mount behind. */
export type DirectoryMeans = 'link' | 'mount';

export interface Connections {
  /** Makes storage reachable. @returns 0 or the contract's code of what went wrong */
  connect(type: number, connection: Record<string, unknown>): Promise<number>;
  disconnect(type: number, connection: Record<string, unknown>): Promise<number>;
}

/** Path beneath `mnt/` of a connection. */
export function connectionPath(repository: Repository, type: number, remotePath: string): string {
  return join(type === 7 ? repository.glusterDirectory : repository.mountsDirectory, escapeRemotePath(remotePath));
}

export interface ConnectionOptions {
  repository: Repository;
  directoryMeans: DirectoryMeans;
  iscsi: IscsiSessions;
  log: StorageLog;
  /** Whether a domain beneath this path is in use by the connected pool. */
  isInUse: (path: string) => Promise<boolean>;
}

export function createConnections(options: ConnectionOptions): Connections {
  const { repository, iscsi, log } = options;

  /** Runs one step and turns its failure into a code: one bad connection must not hide the others' results. */
  async function coded(what: string, connection: Record<string, unknown>, run: () => Promise<void>): Promise<number> {
    try {
      await run();
      return 0;
    } catch (error) {
      const code = error instanceof VdsmError ? error.code : storageCode('StorageServerConnectionError');
      log.warn({ connection: connection['id'], code, error: error instanceof Error ? error.message : String(error) }, `${what} failed`);
      return code;
    }
  }

  async function connect(type: number, connection: Record<string, unknown>): Promise<void> {
    // the paths of Fibre Channel are there as long as the cables are
    if (type === storageType.fcp) return;
    const remote = readRemote(type, connection);
    const path = connectionPath(repository, type, remote.remotePath);
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    if (remote.kind === 'directory' && options.directoryMeans === 'link') await link(remote.remotePath, path);
    else await mount(remote, path);
  }

  async function disconnect(type: number, connection: Record<string, unknown>): Promise<void> {
    if (type === storageType.fcp) return;
    const { remotePath } = readRemote(type, connection);
    const path = connectionPath(repository, type, remotePath);
    const status = await statusOf(path);
    if (status === undefined) return;
    if (await options.isInUse(path))
      throw storageError('StorageServerDisconnectionError', 'A domain of the connected pool lies on this connection; deactivate it first');
    if (status.isSymbolicLink()) {
      await unlink(path);
      return;
    }
    if (await isMounted(path)) {
      await runCommand(['umount', path], { timeoutMs: mountTimeoutMs }).catch((error: unknown) => {
        throw storageError('StorageServerDisconnectionError', error instanceof Error ? error.message : String(error), error);
      });
    }
    await rmdir(path);
  }

  return {
    connect: (type, connection) =>
      coded('Connecting storage', connection, () => (type === storageType.iscsi ? iscsi.connect(connection) : connect(type, connection))),
    disconnect: (type, connection) =>
      coded('Disconnecting storage', connection, () =>
        type === storageType.iscsi ? iscsi.disconnect(connection) : disconnect(type, connection),
      ),
  };
}

/** The directory must be there, be no part of the system behind a link, and be open to the agent. */
async function checkDirectory(path: string): Promise<void> {
  const status = await stat(path).catch((error: unknown) => {
    throw storageError(
      'StorageServerConnectionError',
      `${path}: ${systemCode(error) === 'ENOENT' ? 'no such directory on this host' : String(error)}`,
      error,
    );
  });
  if (!status.isDirectory()) throw storageError('StorageServerConnectionError', `${path} is no directory`);
  localDirectory(await realpath(path));
  await checkAccess(path);
}

async function checkAccess(path: string): Promise<void> {
  await access(path, constants.R_OK | constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw storageError('StorageServerAccessPermissionError', `The host agent may not read and write ${path}`, error);
  });
}

async function link(target: string, path: string): Promise<void> {
  await checkDirectory(target);
  const status = await statusOf(path);
  if (status !== undefined) {
    if (!status.isSymbolicLink())
      throw storageError('StorageServerConnectionError', `${path} is in the way: a mount of the same name is connected`);
    if ((await readlink(path)) === target) return;
    await unlink(path);
  }
  await symlink(target, path);
}

async function mount(remote: Remote, path: string): Promise<void> {
  if (await isMounted(path)) {
    await checkAccess(path);
    return;
  }
  if (remote.kind === 'directory') await checkDirectory(remote.remotePath);
  await mkdir(path, { recursive: true, mode: 0o755 });
  const argv =
    remote.kind === 'directory'
      ? ['mount', '--bind', '--', remote.remotePath, path]
      : ['mount', '-t', remote.type, '-o', remote.options.join(','), '--', remote.remotePath, path];
  try {
    await runCommand(argv, { timeoutMs: mountTimeoutMs });
    await checkAccess(path);
  } catch (error) {
    await runCommand(['umount', '-l', path], { timeoutMs: mountTimeoutMs }).catch(() => undefined);
    await rmdir(path).catch(() => undefined);
    throw error instanceof CommandError ? mountError(error) : error;
  }
}

function mountError(error: CommandError): VdsmError {
  if (error.reason === 'missing') return storageError('MountError', 'The program mount is not installed', error);
  if (/permission denied|access denied/i.test(error.stderr))
    return storageError('StorageServerAccessPermissionError', error.message, error);
  return storageError('MountError', `Problem while trying to mount target: ${error.message}`, error);
}

async function isMounted(path: string): Promise<boolean> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const escaped = path.replace(/[\\ \t\n]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return table.split('\n').some((line) => line.split(' ')[4] === escaped);
}
