import { lstat, mkdir, readFile, readdir, readlink, rm, rmdir, symlink, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storageError, toStorageError } from '../storage-error.ts';
import type { StorageLog } from '../storage-clock.ts';
import { replaceFile } from '../storage-domain/beneath.ts';
import type { DomainCatalog } from '../storage-domain/catalog.ts';
import type { StorageDomain } from '../storage-domain/store.ts';
import type { DomainMetadata } from '../storage-domain/domain-metadata.ts';
import type { Lockspaces } from '../storage-domain/lockspaces.ts';
import type { DomainMonitor } from '../storage-domain/monitor.ts';
import { poolDirectory } from '../storage-domain/repository.ts';
import type { Repository } from '../storage-domain/repository.ts';
import type { SpmLease } from './spm-lease.ts';

export type PoolDomainStatus = 'Active' | 'Attached';
export type SpmRole = 'Free' | 'Contend' | 'SPM';

/** What this host knows of the pool it is connected to. Kept in the run directory: it ends with a reboot. */
export interface ConnectedPool {
  id: string;
  hostId: number;
  masterDomainId: string;
  masterVersion: number;
  domains: Record<string, PoolDomainStatus>;
  role: SpmRole;
  /** Times that this host took the role; sanlock's version of the lease where there is a daemon. */
  leaseVersion: number;
}

/** Domains in a pool (oVirt's limit). */
export const maximumPoolDomains = 1024;

/** Link to the master domain in a pool's directory. */
const masterLink = 'mastersd';

export interface SpmStatus {
  spmStatus: SpmRole;
  /** Host id of the owner, −1 when there is none. */
  spmId: number;
  spmLver: number;
}

/** The data center's pool on this host. There is one at most, as VDSM has it. */
export interface Pools {
  recover(): Promise<void>;
  /** @throws 309 StoragePoolUnknown */
  connected(poolId: string): ConnectedPool;
  current(): ConnectedPool | undefined;
  /** The pool, when this host is its manager. @throws 309, 654 SpmStatusError */
  managed(poolId: string): ConnectedPool;
  /** The pool that a domain belongs to, when this host is its manager. @throws 654 */
  managedByDomain(domainId: string): ConnectedPool;
  /** @throws 323 CannotConnectMultiplePools, 304 StoragePoolMasterNotFound, 324 StoragePoolWrongMaster */
  connect(
    pool: Pick<ConnectedPool, 'id' | 'hostId' | 'masterDomainId' | 'masterVersion'>,
    domains: Record<string, PoolDomainStatus> | undefined,
  ): Promise<void>;
  /** @throws 656 IsSpm */
  disconnect(poolId: string): Promise<void>;
  setDomain(poolId: string, domainId: string, status: PoolDomainStatus | undefined): Promise<void>;
  /** Makes another domain the master, on disk and here. */
  setMaster(poolId: string, masterDomainId: string, masterVersion: number): Promise<void>;
  spmStatus(poolId: string): Promise<SpmStatus>;
  /** Takes the role. @throws 651, 304 */
  startSpm(poolId: string): Promise<void>;
  stopSpm(poolId: string): Promise<void>;
  close(): Promise<void>;
}

export interface PoolOptions {
  repository: Repository;
  catalog: DomainCatalog;
  monitor: () => DomainMonitor;
  lockspaces: Lockspaces;
  spmLease: SpmLease;
  /** File that keeps the connected pool. */
  stateFile: string;
  log: StorageLog;
}

export function createPools(options: PoolOptions): Pools {
  const { catalog, repository, lockspaces, log } = options;
  let pool: ConnectedPool | undefined;

  const save = async (): Promise<void> => {
    if (pool === undefined) return rm(options.stateFile, { force: true });
    await mkdir(dirname(options.stateFile), { recursive: true, mode: 0o755 });
    await replaceFile(options.stateFile, JSON.stringify(pool), undefined, 0o600);
  };

  function connected(poolId: string): ConnectedPool {
    if (pool?.id !== poolId) throw storageError('StoragePoolUnknown', `Unknown pool id, pool not connected: ${poolId}`);
    return pool;
  }

  function managed(poolId: string): ConnectedPool {
    const current = connected(poolId);
    if (current.role !== 'SPM') throw storageError('SpmStatusError', `Not SPM: this host does not manage pool ${poolId}`);
    return current;
  }

  let refreshing: Promise<void> = Promise.resolve();

  /** One refresh at a time: two would make and remove the same links. */
  function refresh(): Promise<void> {
    const next = refreshing.catch(() => undefined).then(refreshNow);
    refreshing = next;
    return next;
  }

  /** Watches the active domains, joins their lockspaces and points to them from the pool's directory. */
  async function refreshNow(): Promise<void> {
    const active = Object.entries(pool?.domains ?? {})
      .filter(([, status]) => status === 'Active')
      .map(([domainId]) => domainId);
    options.monitor().watch(active);
    if (pool === undefined) return;
    const found: StorageDomain[] = [];
    for (const domainId of active) {
      const domain = await catalog.find(domainId).catch(() => undefined);
      if (domain === undefined) continue;
      await domain.store
        .acquire()
        .catch((error: unknown) => log.warn({ domain: domainId, error: String(error) }, 'A storage domain is not reachable'));
      found.push(domain);
      lockspaces.join(domain, pool.hostId);
    }
    await linkDomains(poolDirectory(repository, pool.id), found, pool.masterDomainId);
  }

  async function masterOf(current: Pick<ConnectedPool, 'id' | 'masterDomainId'>): Promise<StorageDomain> {
    const master = await catalog.find(current.masterDomainId).catch((error: unknown) => {
      throw storageError(
        'StoragePoolMasterNotFound',
        `Cannot find master domain ${current.masterDomainId} of pool ${current.id}: ${error instanceof Error ? error.message : String(error)}`,
        error,
      );
    });
    if (master.metadata.role !== 'Master' || !master.metadata.poolIds.includes(current.id)) {
      throw storageError('StoragePoolWrongMaster', `Domain ${current.masterDomainId} is not the master domain of pool ${current.id}`);
    }
    return master;
  }

  async function attachedDomains(poolId: string): Promise<Record<string, PoolDomainStatus>> {
    const domains = (await catalog.list()).filter((domain) => domain.metadata.poolIds.includes(poolId));
    return Object.fromEntries(domains.map((domain) => [domain.id, 'Active' as const]));
  }

  /** No pool uses the domain on this host any more; one that is gone needs nothing. */
  async function releaseDomain(domainId: string): Promise<void> {
    const domain = await catalog.find(domainId).catch(() => undefined);
    await domain?.store
      .release()
      .catch((error: unknown) => log.warn({ domain: domainId, error: String(error) }, 'A storage domain was not released'));
  }

  async function loseRole(): Promise<void> {
    if (pool === undefined) return;
    pool.role = 'Free';
    await save();
  }

  return {
    async recover() {
      const text = await readFile(options.stateFile, 'utf8').catch(() => undefined);
      if (text === undefined) return;
      await lockspaces.start();
      pool = JSON.parse(text) as ConnectedPool;
      // with sanlock the lease ended together with the process that held it
      if (pool.role === 'Contend' || lockspaces.inUse) pool.role = 'Free';
      await save();
      await refresh();
      log.info({ pool: pool.id, role: pool.role }, 'Storage pool is connected again');
    },
    connected,
    managed,
    current: () => pool,
    managedByDomain(domainId) {
      if (pool === undefined || !(domainId in pool.domains))
        throw storageError('SpmStatusError', `Not SPM: storage domain ${domainId} is in no pool that this host manages`);
      return managed(pool.id);
    },
    async connect(wanted, domains) {
      if (pool !== undefined && pool.id !== wanted.id)
        throw storageError('CannotConnectMultiplePools', `Cannot connect pool ${wanted.id}, already connected to pool ${pool.id}`);
      if (pool !== undefined && pool.hostId !== wanted.hostId)
        throw storageError(
          'HostIdMismatch',
          `Pool ${pool.id} is connected as host ${pool.hostId}, not ${wanted.hostId}; disconnect it first`,
        );
      await masterOf(wanted);
      if (pool === undefined) await lockspaces.start();
      const known = domains ?? (await attachedDomains(wanted.id));
      pool = { ...wanted, domains: known, role: pool?.role ?? 'Free', leaseVersion: pool?.leaseVersion ?? 0 };
      await save();
      await refresh();
    },
    async disconnect(poolId) {
      if (pool?.id !== poolId) return;
      if (pool.role !== 'Free') throw storageError('IsSpm', `Operation not allowed while SPM is active: pool ${poolId}`);
      const domainIds = Object.keys(pool.domains);
      pool = undefined;
      await save();
      await refresh();
      for (const domainId of domainIds) {
        await lockspaces.leave(domainId);
        await releaseDomain(domainId);
      }
      await removeLinks(poolDirectory(repository, poolId));
    },
    async setDomain(poolId, domainId, status) {
      const current = connected(poolId);
      if (status === undefined) delete current.domains[domainId];
      else current.domains[domainId] = status;
      await save();
      await refresh();
      if (status === 'Active') return;
      await lockspaces.leave(domainId);
      await releaseDomain(domainId);
    },
    async setMaster(poolId, masterDomainId, masterVersion) {
      const old = pool?.id === poolId ? pool.masterDomainId : undefined;
      await writeMaster(catalog, poolId, masterDomainId);
      if (old !== undefined && old !== masterDomainId)
        await catalog
          .update(old, demoted)
          .catch((error: unknown) => log.warn({ domain: old, error: String(error) }, 'The old master domain was not changed'));
      if (pool?.id !== poolId) return;
      pool.masterDomainId = masterDomainId;
      pool.masterVersion = masterVersion;
      await save();
      await refresh();
    },
    async spmStatus(poolId) {
      const current = connected(poolId);
      if (current.role === 'SPM') return { spmStatus: 'SPM', spmId: current.hostId, spmLver: current.leaseVersion };
      if (current.role === 'Contend' || !lockspaces.inUse) return { spmStatus: current.role, spmId: -1, spmLver: -1 };
      const state = await options.spmLease.read(await masterOf(current));
      return { spmStatus: 'Free', spmId: state.timestamp === 0 ? -1 : state.ownerHostId, spmLver: state.version };
    },
    async startSpm(poolId) {
      const current = connected(poolId);
      if (current.role === 'SPM') return;
      current.role = 'Contend';
      try {
        const master = await masterOf(current);
        if (lockspaces.inUse && !(await lockspaces.joined(master.id)))
          throw storageError(
            'AcquireHostIdFailure',
            `This host could not join the lockspace of storage domain ${master.id}; see the log of sanlock`,
          );
        if (lockspaces.inUse)
          current.leaseVersion = await options.spmLease.acquire(
            master,
            current.hostId,
            () => void loseRole().catch((error: unknown) => log.error({ error: String(error) }, 'The loss of a role was not saved')),
          );
        else current.leaseVersion++;
        await master.store.prepareMaster().catch((error: unknown) => {
          throw toStorageError(error, 'SpmStartError', 'prepare the master domain');
        });
        current.role = 'SPM';
        await save();
      } catch (error) {
        current.role = 'Free';
        throw error;
      }
    },
    async stopSpm(poolId) {
      const current = connected(poolId);
      current.role = 'Free';
      await options.spmLease.release();
      await save();
    },
    close: () => options.spmLease.release(),
  };
}

/** Metadata of a domain that is a pool's master. */
async function writeMaster(catalog: DomainCatalog, poolId: string, domainId: string): Promise<void> {
  const domain = await catalog.update(domainId, (metadata) => {
    if (metadata.class !== 'Data')
      throw storageError('IsoCannotBeMasterDomain', `Domain ${domainId} has class ${metadata.class}; only a data domain can be master`);
    return { ...attached(metadata, poolId), role: 'Master' };
  });
  await domain.store.prepareMaster();
}

/** Metadata of a domain that belongs to a pool. @throws 380 StorageDomainAlreadyAttached */
export function attached(metadata: DomainMetadata, poolId: string): DomainMetadata {
  const other = metadata.poolIds.find((id) => id !== poolId);
  if (other !== undefined && metadata.class !== 'Iso')
    throw storageError('StorageDomainAlreadyAttached', `Storage domain ${metadata.domainId} is attached to another pool: ${other}`);
  return metadata.poolIds.includes(poolId) ? metadata : { ...metadata, poolIds: [...metadata.poolIds, poolId] };
}

export function demoted(metadata: DomainMetadata): DomainMetadata {
  return { ...metadata, role: 'Regular' };
}

async function linkDomains(directory: string, domains: readonly StorageDomain[], masterDomainId: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const wanted = new Map(domains.map((domain) => [domain.id, domain.path]));
  const master = wanted.get(masterDomainId);
  if (master !== undefined) wanted.set(masterLink, master);
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!(await lstat(path)).isSymbolicLink()) continue;
    if (wanted.get(name) === (await readlink(path))) wanted.delete(name);
    else await unlink(path);
  }
  for (const [name, target] of wanted) await symlink(target, join(directory, name));
}

async function removeLinks(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    if ((await lstat(path)).isSymbolicLink()) await unlink(path);
  }
  await rmdir(directory).catch(() => undefined);
}
