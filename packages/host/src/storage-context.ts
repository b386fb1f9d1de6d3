import type { ImageLocks } from './image/locks.ts';
import type { JobRegistry } from './job/registry.ts';
import type { Owner } from './storage-domain/beneath.ts';
import type { DomainCatalog, FileDomain } from './storage-domain/catalog.ts';
import type { DomainMonitor } from './storage-domain/monitor.ts';
import type { Repository } from './storage-domain/repository.ts';
import type { StorageClock, StorageLog } from './storage-clock.ts';
import type { Pools } from './storage-pool/pools.ts';
import type { TaskRegistry } from './task/registry.ts';

/** What the verbs of the storage half share. */
export interface StorageContext {
  repository: Repository;
  catalog: DomainCatalog;
  monitor: DomainMonitor;
  pools: Pools;
  tasks: TaskRegistry;
  jobs: JobRegistry;
  locks: ImageLocks;
  /** Owner of files on storage domains; `undefined` = the agent's own user. */
  owner: Owner | undefined;
  /** Volumes that this agent is making or filling; what they leave is no garbage yet. Keys of `volumeKey`. */
  building: Set<string>;
  /** Directories from which `Image.download` may read files; empty = none. */
  importDirectories: readonly string[];
  clock: StorageClock;
  log: StorageLog;
}

/** Finds a domain whose storage answers. @throws 358 StorageDomainDoesNotExist, 379 StorageDomainAccessError */
export function findDomain(context: StorageContext, domainId: string): Promise<FileDomain> {
  context.monitor.requireAnswering(domainId);
  return context.catalog.find(domainId);
}

/** Name of a volume on this host. */
export function volumeKey(domainId: string, imageId: string, volumeId: string): string {
  return `${domainId}/${imageId}/${volumeId}`;
}
