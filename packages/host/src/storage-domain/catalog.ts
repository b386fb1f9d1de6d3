import { readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isStorageError, storageError, systemCode, toStorageError } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';
import { beneath, readSmallFile, replaceFile, statusOf } from './beneath.ts';
import type { Owner } from './beneath.ts';
import { formatDomainMetadata, parseDomainMetadata } from './domain-metadata.ts';
import type { DomainMetadata } from './domain-metadata.ts';
import type { Repository } from './repository.ts';

/** A file domain that is reachable on this host. */
export interface FileDomain {
  id: string;
  /** Path by the connection's mount point; the same on every host of the connection. */
  path: string;
  /** The same directory without links on the way. */
  realPath: string;
  metadata: DomainMetadata;
}

/** Most mount points that are looked through for a domain. */
const maximumMounts = 1000;

/** Finds file domains by their id on the connected storage, and reads and writes their metadata. */
export interface DomainCatalog {
  /** @throws 358 StorageDomainDoesNotExist, 752 when the metadata is damaged … */
  find(domainId: string): Promise<FileDomain>;
  /** Ids of all domains, on one mount point or on all. A directory that holds no readable domain is left out. */
  list(mountPoint?: string): Promise<FileDomain[]>;
  /** Reads the metadata anew, lets `change` edit a copy, and replaces the file. Calls for one domain follow each other. */
  update(domainId: string, change: (metadata: DomainMetadata) => DomainMetadata): Promise<FileDomain>;
  forget(domainId: string): void;
}

export function createDomainCatalog(repository: Repository, owner: Owner | undefined): DomainCatalog {
  const paths = new Map<string, string>();
  const updates = new Map<string, Promise<unknown>>();

  async function load(domainId: string, path: string): Promise<FileDomain | undefined> {
    const mountPoint = await realpath(dirname(path)).catch(() => undefined);
    if (mountPoint === undefined) return undefined;
    const realPath = await beneath(mountPoint, domainId);
    const file = await beneath(realPath, 'dom_md', 'metadata');
    if ((await statusOf(file)) === undefined) return undefined;
    const metadata = parseDomainMetadata(
      await readSmallFile(file).catch((error: unknown) => {
        throw toStorageError(error, 'StorageDomainMetadataNotFound', `read metadata of storage domain ${domainId}`);
      }),
    );
    if (metadata.domainId !== domainId)
      throw storageError('InvalidMetadata', `Metadata in ${path} is of another storage domain (${metadata.domainId})`);
    return { id: domainId, path, realPath, metadata };
  }

  async function find(domainId: string): Promise<FileDomain> {
    const cached = paths.get(domainId);
    if (cached !== undefined) {
      const domain = await load(domainId, cached);
      if (domain !== undefined) return domain;
      paths.delete(domainId);
    }
    for (const mountPoint of await mountPoints(repository)) {
      const path = join(mountPoint, domainId);
      const domain = await load(domainId, path);
      if (domain === undefined) continue;
      paths.set(domainId, path);
      return domain;
    }
    throw storageError('StorageDomainDoesNotExist', `Storage domain does not exist: ${domainId}. Connect its storage server first`);
  }

  async function list(mountPoint?: string): Promise<FileDomain[]> {
    const domains = new Map<string, FileDomain>();
    for (const directory of mountPoint === undefined ? await mountPoints(repository) : [mountPoint]) {
      for (const name of await names(directory)) {
        if (!isUuid(name)) continue;
        const domain = await load(name, join(directory, name)).catch(() => undefined);
        if (domain !== undefined) domains.set(name, domain);
      }
    }
    return [...domains.values()];
  }

  async function write(domainId: string, change: (metadata: DomainMetadata) => DomainMetadata): Promise<FileDomain> {
    const domain = await find(domainId);
    const metadata = change(structuredClone(domain.metadata));
    const file = await beneath(domain.realPath, 'dom_md', 'metadata');
    await replaceFile(file, formatDomainMetadata(metadata), owner).catch((error: unknown) => {
      throw toStorageError(error, 'StorageDomainAccessError', `write metadata of storage domain ${domainId}`);
    });
    return { ...domain, metadata };
  }

  return {
    find,
    list,
    forget: (domainId) => void paths.delete(domainId),
    async update(domainId, change) {
      const previous = updates.get(domainId) ?? Promise.resolve();
      const current = previous.catch(() => undefined).then(() => write(domainId, change));
      updates.set(domainId, current);
      try {
        return await current;
      } finally {
        if (updates.get(domainId) === current) updates.delete(domainId);
      }
    },
  };
}

/** Directories that may hold domains: each connection's mount point. */
export async function mountPoints(repository: Repository): Promise<string[]> {
  const plain = (await names(repository.mountsDirectory))
    .filter((name) => name !== 'glusterSD' && name !== 'blockSD')
    .map((name) => join(repository.mountsDirectory, name));
  const gluster = (await names(repository.glusterDirectory)).map((name) => join(repository.glusterDirectory, name));
  return [...plain, ...gluster].slice(0, maximumMounts);
}

async function names(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR' || systemCode(error) === 'ESTALE') return [];
    throw error;
  }
}

/** Whether an error says that there is no such domain here. */
export function isMissingDomain(error: unknown): boolean {
  return isStorageError(error, 'StorageDomainDoesNotExist');
}
