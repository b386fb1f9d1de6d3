import type { Activation } from './block/activation.ts';
import type { BlockDevices } from './block/devices.ts';
import type { MailClient } from './block/mail-client.ts';
import type { VolumeGroups } from './block/volume-groups.ts';
import type { ImageLocks } from './image/locks.ts';
import type { JobRegistry } from './job/registry.ts';
import type { Owner } from './storage-domain/beneath.ts';
import type { DomainCatalog } from './storage-domain/catalog.ts';
import type { StorageDomain } from './storage-domain/store.ts';
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
  /** How this host gets larger volumes, which only the pool's manager can make so. */
  mail: MailClient;
  /** Volume groups on the LUNs of this host, and how their volumes become reachable. */
  block: { groups: VolumeGroups; activation: Activation; devices: BlockDevices };
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
export function findDomain(context: StorageContext, domainId: string): Promise<StorageDomain> {
  context.monitor.requireAnswering(domainId);
  return context.catalog.find(domainId);
}

/** Whether this agent makes or fills that volume now, in whatever image. */
export function isBuilding(context: StorageContext, domainId: string, volumeId: string): boolean {
  return [...context.building].some((key) => key.startsWith(`${domainId}/`) && key.endsWith(`/${volumeId}`));
}

/** Name of a volume on this host. */
export function volumeKey(domainId: string, imageId: string, volumeId: string): string {
  return `${domainId}/${imageId}/${volumeId}`;
}
