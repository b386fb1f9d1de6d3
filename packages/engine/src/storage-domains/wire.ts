import type { ConnectionSettings } from '../storage-connections/definition.ts';

/** A storage connection as the database has it. */
export interface ConnectionRow {
  id: string;
  storage_type: string;
  address: string | null;
  path: string;
  mount_options: string | null;
  vfs_type: string | null;
  /** What the connection's type has of its own. */
  settings?: ConnectionSettings;
}

/** Storage types as hosts number them. Source: VDSM, connections and domain types. */
const wireTypes: Record<string, number> = { nfs: 1, fcp: 2, iscsi: 3, localfs: 4, posixfs: 6, glusterfs: 7 };

/** The number of a storage type. */
export function wireStorageType(type: string): number {
  const wire = wireTypes[type];
  if (wire === undefined) throw new Error(`Hosts do not know storage of type ${type}`);
  return wire;
}

/** What a connection mounts, in the words of its type: `server:/path` or a path alone. */
export const remotePath = (row: Pick<ConnectionRow, 'address' | 'path'>): string =>
  row.address ? (row.path === '' ? row.address : `${row.address}:${row.path}`) : row.path;

/** Versions of NFS as hosts name them. Source: VDSM schema, NfsConnectionParameters. */
const nfsVersions: Record<string, string> = { v3: '3', v4: '4', v4_0: '4.0', v4_1: '4.1', v4_2: '4.2' };

function nfsParameters(settings: ConnectionSettings | undefined): Record<string, string> {
  const version = nfsVersions[settings?.nfs_version ?? ''];
  return {
    ...(version === undefined ? {} : { protocol_version: version }),
    ...(settings?.nfs_retrans === undefined ? {} : { retrans: String(settings.nfs_retrans) }),
    ...(settings?.nfs_timeo === undefined ? {} : { timeout: String(settings.nfs_timeo) }),
  };
}

/**
 * One entry of `connectionParams` of StoragePool.connectStorageServer.
 * @param password at an iSCSI target
 */
export const connectionParameters = (row: ConnectionRow, password = ''): Record<string, string> => ({
  id: row.id,
  connection: remotePath(row),
  port: String(row.settings?.port ?? ''),
  iqn: row.settings?.target ?? '',
  portal: row.settings?.portal ?? '',
  user: row.settings?.username ?? '',
  password,
  ...(row.vfs_type ? { vfs_type: row.vfs_type } : {}),
  ...(row.mount_options ? { mnt_options: row.mount_options } : {}),
  ...nfsParameters(row.settings),
});
