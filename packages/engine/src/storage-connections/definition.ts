import type { StorageConnection } from '@virgate/contract/generated/types';
import type { Selectable } from 'kysely';
import { badRequest, incomplete, invalidValue, refused } from '../rest/fault.ts';
import type { StorageConnectionTable } from '../tables/schema.ts';

export type ConnectionTableRow = Selectable<StorageConnectionTable>;

/** What a connection has beside its columns. The password of an iSCSI target is kept for hosts and never shown. */
const kept = [
  'nfs_version',
  'nfs_retrans',
  'nfs_timeo',
  'port',
  'portal',
  'target',
  'username',
  'password',
] as const satisfies readonly (keyof StorageConnection)[];
export type ConnectionSettings = Partial<Pick<StorageConnection, (typeof kept)[number]>>;

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
  const { password: _password, ...settings } = row.settings as ConnectionSettings;
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

function checkPath(type: Type, path: string): void {
  if (path.length > maxPathLength) throw invalidValue('path', `may have at most ${maxPathLength} characters`);
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
 * @throws {Fault} 400 naming what is missing or cannot be
 */
export function columnsOfConnection(wanted: StorageConnection, current?: ConnectionTableRow): ConnectionColumns {
  const merged: StorageConnection = {
    ...(current ? { ...connectionOf(current), ...(current.settings as ConnectionSettings) } : {}),
    ...wanted,
  };
  const type = types.find((one) => one === merged.type);
  if (type === undefined) throw invalidValue('type', `supported are ${types.join(', ')}`);
  if (current && current.type !== type) throw refused('ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_CHANGE_STORAGE_TYPE');
  for (const name of needed[type]) if (merged[name] === undefined || merged[name] === '') throw incomplete(`connection.${name}`);
  checkPath(type, merged.path ?? '');
  checkNumbers(merged);
  if (managed[type]?.test(merged.mount_options ?? '') === true)
    throw badRequest('VALIDATION_STORAGE_CONNECTION_MOUNT_OPTIONS_CONTAINS_MANAGED_PROPERTY');
  return {
    type,
    address: merged.address || null,
    path: merged.path ?? '',
    mount_options: merged.mount_options || null,
    vfs_type: merged.vfs_type || null,
    settings: Object.fromEntries(kept.flatMap((name) => (merged[name] === undefined ? [] : [[name, merged[name]]]))),
  };
}
