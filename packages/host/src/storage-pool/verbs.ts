import { invalidParameter, readObject, readOptionalInteger, readOptionalUuids, readText, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { readInteger, readUuidMap } from '../storage-parameters.ts';
import { storageError } from '../storage-error.ts';
import type { StorageContext } from '../storage-context.ts';
import { findDomain, isBuilding } from '../storage-context.ts';
import { maximumConnections } from './connections.ts';
import type { Connections } from './connections.ts';
import { attached, demoted, maximumPoolDomains } from './pools.ts';
import type { ConnectedPool, PoolDomainStatus } from './pools.ts';

/** Host ids in a pool (oVirt's range; sanlock takes up to 2000). */
const hostIds = { minimum: 1, maximum: 2000 };

const anyVersion = { minimum: 0, maximum: 2 ** 31 - 1 };

/** Verbs over the data center's pool and its connections. */
export function createStoragePoolVerbs(context: StorageContext, connections: Connections): VerbTable {
  const { pools, tasks } = context;
  return {
    'StoragePool.connectStorageServer': (params) => onConnections(params, connections.connect),
    'StoragePool.disconnectStorageServer': (params) => onConnections(params, connections.disconnect),
    'StoragePool.create': async (params) => {
      await createPool(context, params);
      return true;
    },
    'StoragePool.connect': async (params) => {
      await pools.connect(
        {
          id: readUuid(params, 'storagepoolID'),
          hostId: readInteger(params, 'hostID', hostIds),
          masterDomainId: readUuid(params, 'masterSdUUID'),
          masterVersion: readInteger(params, 'masterVersion', anyVersion),
        },
        readDomainStatuses(params),
      );
      await tasks.retryUndo();
      return true;
    },
    'StoragePool.disconnect': async (params) => {
      await pools.disconnect(readUuid(params, 'storagepoolID'));
      return true;
    },
    'StoragePool.destroy': async (params) => {
      await destroyPool(context, readUuid(params, 'storagepoolID'));
      return true;
    },
    'StoragePool.getSpmStatus': (params) => pools.spmStatus(readUuid(params, 'storagepoolID')),
    'StoragePool.spmStart': async (params) => {
      const poolId = readUuid(params, 'storagepoolID');
      pools.connected(poolId);
      return tasks.start({ verb: 'spmStart', poolId, undo: { kind: 'none' }, key: `spmStart ${poolId}` }, async () => {
        await pools.startSpm(poolId);
        await collectPoolGarbage(context, poolId);
      });
    },
    'StoragePool.spmStop': async (params) => {
      const poolId = readUuid(params, 'storagepoolID');
      pools.managed(poolId);
      if (tasks.isBusy(poolId))
        throw storageError('TaskInProgress', `Tasks of pool ${poolId} are running; wait for their end or stop them`);
      await pools.stopSpm(poolId);
      return true;
    },
    'StoragePool.getInfo': (params) => poolInfo(context, pools.connected(readUuid(params, 'storagepoolID'))),
    'StoragePool.reconstructMaster': async (params) => {
      await reconstructMaster(context, params);
      return true;
    },
    'StoragePool.switchMaster': async (params) => {
      const poolId = readUuid(params, 'storagepoolID');
      const newMaster = readUuid(params, 'newMasterUUID');
      const masterVersion = readInteger(params, 'masterVersion', anyVersion);
      const pool = pools.managed(poolId);
      if (pool.masterDomainId !== readUuid(params, 'oldMasterUUID'))
        throw storageError('StoragePoolWrongMaster', `Domain ${pool.masterDomainId} is the master of pool ${poolId}`);
      if (pool.domains[newMaster] !== 'Active') throw storageError('StorageDomainNotActive', `Storage domain is not active: ${newMaster}`);
      return tasks.start({ verb: 'switchMaster', poolId, undo: { kind: 'none' } }, () => pools.setMaster(poolId, newMaster, masterVersion));
    },
    'StoragePool.refresh': async (params) => {
      const pool = pools.connected(readUuid(params, 'storagepoolID'));
      await pools.connect(
        { ...pool, masterDomainId: readUuid(params, 'masterSdUUID'), masterVersion: readInteger(params, 'masterVersion', anyVersion) },
        pool.domains,
      );
      return true;
    },
    'Host.getConnectedStoragePools': async () => {
      const pool = pools.current();
      return pool === undefined ? [] : [pool.id];
    },
  };
}

/** Runs over all connections one after another: each answers for itself. */
async function onConnections(params: Record<string, unknown>, run: Connections['connect']): Promise<object[]> {
  const type = readInteger(params, 'domainType', { minimum: 0, maximum: 99 });
  const list = params['connectionParams'];
  if (!Array.isArray(list) || list.length > maximumConnections)
    throw invalidParameter('connectionParams', `a list of at most ${maximumConnections} objects is needed`);
  const results: object[] = [];
  for (const item of list) {
    const connection = readObject({ connection: item }, 'connection');
    results.push({ id: readUuid(connection, 'id'), status: await run(type, connection) });
  }
  return results;
}

function readDomainStatuses(params: Record<string, unknown>): Record<string, PoolDomainStatus> | undefined {
  const map = readUuidMap(params, 'domainDict', maximumPoolDomains);
  if (map === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(map)
      .filter(([, status]) => !/^(unattached|unknown)$/i.test(status))
      .map(([id, status]) => [id, /^active$/i.test(status) ? 'Active' : 'Attached']),
  );
}

/** Attaches the domains to a new pool, the master last: without it there is no pool. */
async function createPool(context: StorageContext, params: Record<string, unknown>): Promise<void> {
  const poolId = readUuid(params, 'storagepoolID');
  readText(params, 'name', 255);
  const master = readUuid(params, 'masterSdUUID');
  const masterVersion = readInteger(params, 'masterVersion', anyVersion);
  const domainIds = readOptionalUuids(params, 'domainList', maximumPoolDomains) ?? [];
  if (context.pools.current()?.id === poolId) throw storageError('StoragePoolConnected', `Pool is connected already: ${poolId}`);
  if (!domainIds.includes(master)) throw storageError('InvalidParameterException', 'domainList must hold the master domain');
  for (const domainId of domainIds) attached((await findDomain(context, domainId)).metadata, poolId);
  for (const domainId of domainIds) {
    if (domainId !== master) await context.catalog.update(domainId, (metadata) => demoted(attached(metadata, poolId)));
  }
  await context.pools.setMaster(poolId, master, masterVersion);
}

async function destroyPool(context: StorageContext, poolId: string): Promise<void> {
  const pool = context.pools.managed(poolId);
  if (context.tasks.isBusy(poolId))
    throw storageError('TaskInProgress', `Tasks of pool ${poolId} are running; wait for their end or stop them`);
  const others = Object.keys(pool.domains).filter((domainId) => domainId !== pool.masterDomainId);
  for (const domainId of [...others, pool.masterDomainId]) {
    await context.catalog.update(domainId, (metadata) => ({
      ...demoted(metadata),
      poolIds: metadata.poolIds.filter((id) => id !== poolId),
    }));
  }
  await context.pools.stopSpm(poolId);
  await context.pools.disconnect(poolId);
}

/** Makes a domain the master of a pool whose master is lost; the hosts connect anew afterwards. */
async function reconstructMaster(context: StorageContext, params: Record<string, unknown>): Promise<void> {
  const poolId = readUuid(params, 'storagepoolID');
  const master = readUuid(params, 'masterSdUUID');
  const masterVersion = readInteger(params, 'masterVersion', anyVersion);
  readOptionalInteger(params, 'hostId', hostIds);
  const statuses = readDomainStatuses(params) ?? {};
  for (const [domainId, status] of Object.entries(statuses)) {
    if (domainId === master || status !== 'Active') continue;
    await context.catalog
      .update(domainId, (metadata) => demoted(attached(metadata, poolId)))
      .catch((error: unknown) => {
        context.log.warn({ domain: domainId, error: String(error) }, 'A domain of the pool was not reached while its master changed');
      });
  }
  await context.pools.setMaster(poolId, master, masterVersion);
}

/** `StoragePool.getInfo`: sizes are texts. */
async function poolInfo(context: StorageContext, pool: ConnectedPool): Promise<object> {
  const master = await findDomain(context, pool.masterDomainId).catch((error: unknown) => {
    throw storageError('StoragePoolMasterNotFound', `Cannot find master domain ${pool.masterDomainId}`, error);
  });
  const spm = await context.pools.spmStatus(pool.id);
  const statuses = context.monitor.statuses();
  const dominfo: Record<string, object> = {};
  for (const [domainId, status] of Object.entries(pool.domains)) {
    const known = statuses[domainId];
    const space = status === 'Active' && known?.valid !== false ? await currentSpace(context, domainId) : undefined;
    dominfo[domainId] = {
      status,
      alerts: [],
      isoprefix: '',
      version: master.metadata.version,
      ...(space === undefined ? {} : { diskfree: String(space.freeBytes), disktotal: String(space.totalBytes) }),
    };
  }
  return {
    info: {
      master_uuid: pool.masterDomainId,
      master_ver: pool.masterVersion,
      pool_status: 'connected',
      lver: spm.spmLver,
      spm_id: spm.spmId,
      isoprefix: '',
      domains: Object.entries(pool.domains)
        .map(([domainId, status]) => `${domainId}:${status}`)
        .join(','),
      name: '',
      type: master.metadata.type,
      version: String(master.metadata.version),
    },
    dominfo,
  };
}

/** What the last check saw; a domain that was just activated is asked. */
async function currentSpace(context: StorageContext, domainId: string): Promise<{ freeBytes: number; totalBytes: number } | undefined> {
  const known = context.monitor.space(domainId);
  if (known !== undefined) return known;
  const domain = await findDomain(context, domainId);
  return domain.store.space().catch(() => undefined);
}

/** Removes what crashed agents left in the active domains; a domain that fails does not keep the others from it. */
export async function collectPoolGarbage(context: StorageContext, poolId: string): Promise<void> {
  for (const [domainId, status] of Object.entries(context.pools.connected(poolId).domains)) {
    if (status !== 'Active') continue;
    try {
      const domain = await findDomain(context, domainId);
      const removed = await domain.store.collectGarbage(context.clock.nowMs(), (volumeId) => isBuilding(context, domainId, volumeId));
      if (removed.length > 0) context.log.info({ domain: domainId, removed }, 'Removed what unfinished operations left');
    } catch (error) {
      context.log.warn({ domain: domainId, error: String(error) }, 'Garbage of a storage domain was not collected');
    }
  }
}
