import { isIP } from 'node:net';
import { normalize } from 'node:path';
import { storageError } from '../storage-error.ts';
import type { DomainType } from '../storage-domain/domain-metadata.ts';

/** Storage types as numbers of the wire. */
export const storageType = { nfs: 1, fcp: 2, iscsi: 3, localfs: 4, cifs: 5, posixfs: 6, glusterfs: 7 } as const;

export const storageTypeNames: Readonly<Record<number, DomainType>> = {
  1: 'NFS',
  2: 'FCP',
  3: 'ISCSI',
  4: 'LOCALFS',
  6: 'POSIXFS',
  7: 'GLUSTERFS',
};

/** What is to be reachable beneath `mnt/`. */
export type Remote =
  /** A directory of this host, reached by a link. */
  | { kind: 'directory'; remotePath: string }
  /** Something that the system's `mount` mounts. */
  | { kind: 'mount'; remotePath: string; type: string; options: string[] };

/** Directories of the operating system in which no storage may lie. */
const systemDirectories = ['/bin', '/boot', '/dev', '/etc', '/lib', '/lib32', '/lib64', '/proc', '/sbin', '/sys', '/usr'];

const maximumPathLength = 1024;
const maximumOptionsLength = 1024;

/** What may not stand in a path: it goes into `mount`'s arguments, qcow2 options and sanlock's arguments. */
// oxlint-disable-next-line no-control-regex
const forbiddenInPath = /[\u0000-\u0020,"'\\`$;|&<>*?(){}\u007f]/;
const typePattern = /^[a-z0-9][a-z0-9._-]{0,31}$/;
const optionPattern = /^[A-Za-z0-9_.-]+(=[A-Za-z0-9_.:/@%+[\]-]*)?$/;

/** Options that would let content of the storage gain rights on the host, or mount something else. */
const refusedOptions = new Set([
  'exec',
  'suid',
  'dev',
  'remount',
  'bind',
  'rbind',
  'move',
  'loop',
  'user',
  'users',
  'owner',
  'group',
  'ro',
]);

/** Always set: what lies on a storage domain is data. */
const protectiveOptions = ['nosuid', 'nodev', 'noexec'];

function refuse(reason: string): Error {
  return storageError('StorageServerValidationError', `The storage connection is refused: ${reason}`);
}

/** Bytes outside of ASCII are refused as well: oVirt stores the path in places that can't hold them. */
function checkPath(path: string): string {
  if (path.length === 0 || path.length > maximumPathLength) throw refuse(`a path of 1 to ${maximumPathLength} characters is needed`);
  // oxlint-disable-next-line no-control-regex
  if (/[^\u0000-\u007f]/.test(path)) throw storageError('StorageDomainIllegalRemotePath', 'The path may hold ASCII characters only');
  if (forbiddenInPath.test(path)) throw refuse('spaces, commas, quotes and characters that a shell interprets are not allowed in a path');
  if (path.split('/').includes('..')) throw refuse('.. is not allowed in a path');
  return path;
}

/** A directory of this host. @throws 453 StorageServerValidationError, 390 */
export function localDirectory(text: string): string {
  checkPath(text);
  if (!text.startsWith('/')) throw refuse('an absolute path is needed');
  const path = normalize(text).replace(/\/+$/, '');
  if (path === '') throw refuse('the root directory is not a place for storage');
  const system = systemDirectories.find((directory) => path === directory || path.startsWith(`${directory}/`));
  if (system !== undefined) throw refuse(`${system} belongs to the operating system`);
  return path;
}

/** `host:/path`, host a name, an IPv4 address or an IPv6 address in brackets. @throws 453, 472 InvalidIpAddress */
function serverPath(text: string): string {
  checkPath(text);
  if (text.includes('://')) throw refuse('server:/path is needed, no address of another kind');
  const match = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\/.*)$/.exec(text);
  const [, host = '', path = ''] = match ?? [];
  if (match === null || host.startsWith('-')) throw refuse('server:/path is needed');
  const address = host.replace(/^\[|\]$/g, '');
  if (host.startsWith('[') && isIP(address) !== 6) throw storageError('InvalidIpAddress', `No IPv6 address: ${host}`);
  if (address.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/i.test(address)) throw refuse('link-local addresses are not allowed');
  return `${host}:${normalize(path).replace(/(?<=.)\/+$/, '')}`;
}

function mountOptions(text: string): string[] {
  if (text.length > maximumOptionsLength) throw refuse(`mount options of more than ${maximumOptionsLength} characters`);
  const options = text
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '');
  for (const option of options) {
    const name = option.split('=')[0] ?? '';
    if (!optionPattern.test(option) || option.startsWith('-')) throw refuse(`mount option ${JSON.stringify(option)} is malformed`);
    if (refusedOptions.has(name) || name.startsWith('x-')) throw refuse(`mount option ${name} is not allowed`);
  }
  return options;
}

function text(connection: Record<string, unknown>, ...names: string[]): string {
  for (const name of names) {
    const value = connection[name];
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

function whole(value: string, name: string, maximum: number): number {
  if (!/^\d{1,6}$/.test(value) || Number(value) > maximum) throw refuse(`${name} must be a number up to ${maximum}`);
  return Number(value);
}

/** Options of an NFS mount: VDSM's own, then version, times and what the administrator added. */
function nfsOptions(connection: Record<string, unknown>): string[] {
  const options = ['soft', 'nosharecache'];
  const timeout = text(connection, 'timeout');
  const retrans = text(connection, 'retrans');
  options.push(`timeo=${timeout === '' ? 100 : whole(timeout, 'timeout', 65_535)}`);
  options.push(`retrans=${retrans === '' ? 3 : whole(retrans, 'retrans', 32_767)}`);
  const version = text(connection, 'protocol_version', 'version') || '3';
  if (version !== 'auto') {
    if (!/^[34](\.[0-2])?$/.test(version)) throw refuse('protocol_version must be auto, 3, 4, 4.0, 4.1 or 4.2');
    options.push(`vers=${version}`);
  }
  return options;
}

/**
 * Understands one entry of `connectionParams` (VDSM schema, StoragePool.connectStorageServer; what
 * the engine sends is in `connection`, the schema's own names serve as well).
 *
 * @throws 453 StorageServerValidationError, 468 for a type that is no file storage, 470, 472, 390
 */
export function readRemote(type: number, connection: Record<string, unknown>): Remote {
  const path = text(connection, 'connection', 'path', 'spec', 'export');
  const extra = mountOptions(text(connection, 'mnt_options', 'options'));
  switch (type) {
    case storageType.localfs:
      return { kind: 'directory', remotePath: localDirectory(path) };
    case storageType.nfs:
      return {
        kind: 'mount',
        remotePath: serverPath(path),
        type: 'nfs',
        options: [...nfsOptions(connection), ...extra, ...protectiveOptions],
      };
    case storageType.glusterfs:
      return {
        kind: 'mount',
        remotePath: serverPath(checkPath(path).replace(/^([^:]+):([^/])/, '$1:/$2')),
        type: 'glusterfs',
        options: [...extra, ...protectiveOptions],
      };
    case storageType.posixfs:
      return posix(path, text(connection, 'vfs_type', 'vfstype'), extra);
    default:
      throw storageError(
        'StorageTypeError',
        `Storage type ${type} is not supported: this host serves NFS, local and POSIX file systems and Gluster`,
      );
  }
}

function posix(path: string, type: string, extra: string[]): Remote {
  if (type === 'none' || type === 'bind') return { kind: 'directory', remotePath: localDirectory(path) };
  if (!typePattern.test(type)) throw storageError('MountTypeError', `No file system type: ${JSON.stringify(type)}`);
  checkPath(path);
  if (path.startsWith('-') || path.includes('://')) throw refuse('a device, a directory or server:/path is needed');
  const remotePath = path.startsWith('/') ? normalize(path).replace(/(?<=.)\/+$/, '') : serverPath(path);
  return { kind: 'mount', remotePath, type, options: [...extra, ...protectiveOptions] };
}
