import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { remotePath, type ConnectionRow } from '../storage-domains/wire.ts';

/** Why a host cannot use the storage of its data center. */
export interface StorageProblem {
  /** Name of the storage domain that it cannot use. */
  domainName: string;
  /** A sentence that says what to do. */
  text: string;
}

/** What is known of a connection of a storage domain. */
export type DomainConnection = Pick<ConnectionRow, 'storage_type' | 'address' | 'path' | 'vfs_type'>;

const names = new Map<number, string>(Object.entries(storageErrors).map(([name, code]) => [code, name]));

const isDirectory = ({ storage_type, vfs_type }: DomainConnection): boolean =>
  storage_type === 'localfs' || (storage_type === 'posixfs' && (vfs_type === 'none' || vfs_type === 'bind'));

const local = (path: string): string =>
  `It is a local folder (${path}) of another host, and serves that host only. Give this host a data center of its own, or use shared storage.`;

/** What a host's code means that could not connect a storage server. */
export function connectionProblem(connection: DomainConnection, code: number): string {
  const path = remotePath(connection);
  if (code === storageErrors.StorageServerAccessPermissionError)
    return `The host agent may not read and write ${path}. Check the owner and the permissions there.`;
  if (connection.storage_type === 'localfs') return local(path);
  if (isDirectory(connection))
    return `The host has no usable folder ${path}. Mount the shared storage there, as on the other hosts, then activate the host.`;
  return `${path} cannot be mounted (${names.get(code) ?? 'unknown error'}, code ${code}). Check that the host reaches it, then activate the host.`;
}

/** What a host's code means that reached the storage and could not take part in the data center. */
export function poolProblem(connection: DomainConnection, code: number, message: string): string {
  const path = remotePath(connection);
  const isMissing = code === storageErrors.StoragePoolMasterNotFound || code === storageErrors.StorageDomainDoesNotExist;
  if (!isMissing) return message;
  if (connection.storage_type === 'localfs') return local(path);
  const what = isDirectory(connection) ? `The host's folder ${path} is another one than that of the other hosts` : `${path} is reached`;
  return `${what}: the storage domain is not in it. Mount the shared storage there, then activate the host.`;
}
