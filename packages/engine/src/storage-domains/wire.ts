/** A storage connection as the database has it. */
export interface ConnectionRow {
  id: string;
  storage_type: string;
  address: string | null;
  path: string;
  mount_options: string | null;
  vfs_type: string | null;
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
export const remotePath = (row: Pick<ConnectionRow, 'address' | 'path'>): string => (row.address ? `${row.address}:${row.path}` : row.path);

/** One entry of `connectionParams` of StoragePool.connectStorageServer. */
export const connectionParameters = (row: ConnectionRow): Record<string, string> => ({
  id: row.id,
  connection: remotePath(row),
  port: '',
  iqn: '',
  portal: '',
  user: '',
  password: '',
  ...(row.vfs_type ? { vfs_type: row.vfs_type } : {}),
  ...(row.mount_options ? { mnt_options: row.mount_options } : {}),
});
