import { readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isStorageError, storageError, systemCode, toStorageError } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';
import { beneath, readSmallFile, statusOf } from './beneath.ts';
import type { Owner } from './beneath.ts';
import { parseDomainMetadata } from './domain-metadata.ts';
import type { DomainMetadata } from './domain-metadata.ts';
import { createFileStore } from './file-store.ts';
import type { Repository } from './repository.ts';
import type { StorageDomain } from './store.ts';
import type { BlockDomains } from '../block/domains.ts';

/** Most mount points that are looked through for a domain. */
const maximumMounts = 1000;

/** Finds domains by their id on the connected storage, and reads and writes their metadata. */
export interface DomainCatalog {
  /** @throws 358 StorageDomainDoesNotExist, 752 when the metadata is damaged … */
  find(domainId: string): Promise<StorageDomain>;
  /** Ids of all domains, on one mount point or on all. A directory that holds no readable domain is left out. */
  list(mountPoint?: string): Promise<StorageDomain[]>;
  /** Domains on LUNs alone. */
  listBlock(): Promise<StorageDomain[]>;
  /** Reads the metadata anew, lets `change` edit a copy, and replaces the file. Calls for one domain follow each other. */
  update(domainId: string, change: (metadata: DomainMetadata) => DomainMetadata): Promise<StorageDomain>;
  forget(domainId: string): void;
}

export function createDomainCatalog(repository: Repository, owner: Owner | undefined, block: BlockDomains): DomainCatalog {
  const paths = new Map<string, string>();
  const updates = new Map<string, Promise<unknown>>();

  async function load(domainId: string, path: string): Promise<StorageDomain | undefined> {
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
    const domain = { id: domainId, path, realPath, metadata };
    return { ...domain, store: createFileStore(domain, repository.imagesRunDirectory, owner) };
  }

  async function find(domainId: string): Promise<StorageDomain> {
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
    const found = await block.find(domainId);
    if (found !== undefined) return found;
    throw storageError('StorageDomainDoesNotExist', `Storage domain does not exist: ${domainId}. Connect its storage server first`);
  }

  async function list(mountPoint?: string): Promise<StorageDomain[]> {
    const domains = new Map<string, StorageDomain>();
    for (const directory of mountPoint === undefined ? await mountPoints(repository) : [mountPoint]) {
      for (const name of await names(directory)) {
        if (!isUuid(name)) continue;
        const domain = await load(name, join(directory, name)).catch(() => undefined);
        if (domain !== undefined) domains.set(name, domain);
      }
    }
    if (mountPoint === undefined) for (const domain of await block.list()) domains.set(domain.id, domain);
    return [...domains.values()];
  }

  async function write(domainId: string, change: (metadata: DomainMetadata) => DomainMetadata): Promise<StorageDomain> {
    const domain = await find(domainId);
    const metadata = change(structuredClone(domain.metadata));
    await domain.store.save(metadata).catch((error: unknown) => {
      throw toStorageError(error, 'StorageDomainAccessError', `write metadata of storage domain ${domainId}`);
    });
    return { ...domain, metadata };
  }

  return {
    find,
    list,
    listBlock: () => block.list(),
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
