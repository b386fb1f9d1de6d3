import type { StorageConnection } from '@virgate/contract/generated/types';
import type { Selectable } from 'kysely';
import { seal, unseal } from '../pki/seal.ts';
import { badRequest, incomplete, invalidValue, refused, say } from '../rest/fault.ts';
import { checkStorageAddress } from '../rest/address.ts';
import type { StorageConnectionTable } from '../tables/schema.ts';

export type ConnectionTableRow = Selectable<StorageConnectionTable>;

/** What a connection has beside its columns. */
const kept = [
  'nfs_version',
  'nfs_retrans',
  'nfs_timeo',
  'port',
  'portal',
  'target',
  'username',
] as const satisfies readonly (keyof StorageConnection)[];
export type ConnectionSettings = Partial<Pick<StorageConnection, (typeof kept)[number]>> & {
  /** The password of an iSCSI target, sealed with the installation's secret key: for hosts, and never shown. */
  sealed_password?: string;
};

/** The password with which hosts sign in at the target of a connection; empty without one. */
export const passwordOf = (key: Buffer, { sealed_password: sealed }: ConnectionSettings): string =>
  sealed === undefined ? '' : unseal(key, Buffer.from(sealed, 'base64'));

/** The sealed password after a change: one that is not named stays, an empty one takes it away. */
function sealedPassword(key: Buffer, wanted: string | undefined, current: ConnectionSettings): { sealed_password?: string } {
  if (wanted === undefined) return current.sealed_password === undefined ? {} : { sealed_password: current.sealed_password };
  return wanted === '' ? {} : { sealed_password: seal(key, wanted).toString('base64') };
}

const types = ['nfs', 'localfs', 'posixfs', 'glusterfs', 'iscsi'] as const;
type Type = (typeof types)[number];
/** What each type needs. Source: REST contract, StorageServerConnectionsService. */
const needed: Record<Type, readonly (keyof StorageConnection)[]> = {
  nfs: ['address', 'path'],
  localfs: ['path'],
  posixfs: ['path', 'vfs_type'],
  glusterfs: ['path', 'vfs_type'],
  iscsi: ['address', 'port', 'target'],
};
const maxPathLength = 1024;

/** A connection as it is shown. */
export function connectionOf(row: ConnectionTableRow): StorageConnection {
  const { sealed_password: _password, ...settings } = row.settings as ConnectionSettings;
  return {
    ...settings,
    id: row.id,
    type: row.type as StorageConnection['type'],
    ...(row.address === null ? {} : { address: row.address }),
    ...(row.path === '' ? {} : { path: row.path }),
    ...(row.mount_options === null ? {} : { mount_options: row.mount_options }),
    ...(row.vfs_type === null ? {} : { vfs_type: row.vfs_type }),
  };
}

/** The columns of a connection. */
export interface ConnectionColumns {
  type: string;
  address: string | null;
  path: string;
  mount_options: string | null;
  vfs_type: string | null;
  settings: ConnectionSettings;
}

/** Mount options that would let what lies on storage do more than lie there. */
const dangerousOptions = new Set(['exec', 'suid', 'dev', 'user', 'users', 'owner', 'group']);
const optionPattern = /^[A-Za-z0-9_.][A-Za-z0-9_.-]*(=[A-Za-z0-9_.:/@%+-]*)?$/;
const vfsPattern = /^[A-Za-z0-9_.-]{1,64}$/;
const targetPattern = /^(iqn|eui|naa)\.[A-Za-z0-9.:_-]{1,219}$/;

/** The name of an iSCSI target. @throws {Fault} 400 naming the field */
export function checkTarget(field: string, target: string): string {
  if (!targetPattern.test(target)) throw invalidValue(field, 'must be an iSCSI name such as iqn.2026-01.org.example:disks');
  return target;
}

/**
 * What hosts are given to mount or to speak to.
 * @param prefix of the fields in a fault: `storage.` for the storage of a domain
 * @throws {Fault} 400 naming the field
 */
export function checkReach(
  { address, mount_options: options, vfs_type: vfs, target }: Pick<StorageConnection, 'address' | 'mount_options' | 'vfs_type' | 'target'>,
  prefix = '',
): void {
  if (address) checkStorageAddress(`${prefix}address`, address);
  for (const option of options ? options.split(',') : []) {
    if (!optionPattern.test(option)) throw invalidValue(`${prefix}mount_options`, say`"${option.slice(0, 60)}" is no mount option`);
    const name = option.split('=')[0] ?? '';
    if (dangerousOptions.has(name) || name.startsWith('x-'))
      throw invalidValue(`${prefix}mount_options`, say`${name} is not allowed: what lies on storage is data`);
  }
  if (vfs && !vfsPattern.test(vfs)) throw invalidValue(`${prefix}vfs_type`, 'must be the name of a file system');
  if (target) checkTarget(`${prefix}target`, target);
}

function checkPath(type: Type, path: string): void {
  if (path.length > maxPathLength) throw invalidValue('path', say`may have at most ${maxPathLength} characters`);
  if ((type === 'nfs' || type === 'localfs') && !path.startsWith('/')) throw invalidValue('path', 'must be an absolute path');
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f,]|\/\.\.?(\/|$)/.test(path))
    throw invalidValue('path', 'must not have control characters, commas or the segments . and ..');
}

function checkNumbers(connection: StorageConnection): void {
  const { port, nfs_retrans: retrans, nfs_timeo: timeo } = connection;
  if (port !== undefined && (port < 1 || port > 65_535)) throw badRequest('VALIDATION_STORAGE_CONNECTION_INVALID_PORT');
  if (retrans !== undefined && (retrans < 0 || retrans > 32_767)) throw badRequest('VALIDATION_STORAGE_CONNECTION_NFS_RETRANS');
  if (timeo !== undefined && (timeo < 1 || timeo > 6_000)) throw badRequest('VALIDATION_STORAGE_CONNECTION_NFS_TIMEO');
}

/** Mount options that have an attribute of their own. Source: engine behaviour, connections. */
const managed: Partial<Record<Type, RegExp>> = { nfs: /(^|,)(nfsvers|vers|protocol_version|timeo|retrans)=/, posixfs: /(^|,)vfs_type=/ };

/**
 * The connection that a request describes, over the one that is there.
 * @param key seals the password
 * @throws {Fault} 400 naming what is missing or cannot be
 */
export function columnsOfConnection(key: Buffer, wanted: StorageConnection, current?: ConnectionTableRow): ConnectionColumns {
  const merged: StorageConnection = {
    ...(current ? { ...connectionOf(current), ...(current.settings as ConnectionSettings) } : {}),
    ...wanted,
  };
  const type = types.find((one) => one === merged.type);
  if (type === undefined) throw invalidValue('type', say`supported are ${types.join(', ')}`);
  if (current && current.type !== type) throw refused('ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_CHANGE_STORAGE_TYPE');
  for (const name of needed[type]) if (merged[name] === undefined || merged[name] === '') throw incomplete(`connection.${name}`);
  checkPath(type, merged.path ?? '');
  checkNumbers(merged);
  checkReach(merged);
  if (managed[type]?.test(merged.mount_options ?? '') === true)
    throw badRequest('VALIDATION_STORAGE_CONNECTION_MOUNT_OPTIONS_CONTAINS_MANAGED_PROPERTY');
  return {
    type,
    address: merged.address || null,
    path: merged.path ?? '',
    mount_options: merged.mount_options || null,
    vfs_type: merged.vfs_type || null,
    settings: {
      ...Object.fromEntries(kept.flatMap((name) => (merged[name] === undefined ? [] : [[name, merged[name]]]))),
      ...sealedPassword(key, wanted.password, current?.settings ?? {}),
    },
  };
}
