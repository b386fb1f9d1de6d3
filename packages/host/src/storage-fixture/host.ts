import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { VdsmCall } from '@virgate/vdsm';
import { createStorage } from '../storage.ts';
import type { Storage, StorageOptions } from '../storage.ts';
import { blankUuid } from '../volume/volume-metadata.ts';

/** Who is asked for storage as an engine asks. */
export interface StorageCaller {
  root: string;
  /** Calls a verb. */
  call<T = unknown>(verb: string, params?: Record<string, unknown>): Promise<T>;
  /** Calls a verb that answers with a task, waits for its end and clears it. @throws Error with the task's code */
  task(verb: string, params: Record<string, unknown>): Promise<void>;
}

/** For tests only: the storage half in a temporary folder, asked as an engine asks it. */
export interface StorageHost extends StorageCaller {
  storage: Storage;
  /** Calls a verb that takes a job id, and waits for the job's end. @throws Error with the job's code */
  job(verb: string, params: Record<string, unknown>): Promise<void>;
  /** Ends this agent and starts another one on the same files. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const deadlineMs = 60_000;

export async function startStorageHost(options: Partial<StorageOptions> & { root?: string } = {}): Promise<StorageHost> {
  const root = options.root ?? (await mkdtemp(join(tmpdir(), 'storage-')));
  const start = async (): Promise<Storage> => {
    const storage = createStorage({
      repoRoot: join(root, 'dc'),
      runDir: join(root, 'run'),
      stateDir: join(root, 'state'),
      log: silent,
      sanlockDaemon: 'never',
      ...options,
    });
    await storage.recover();
    return storage;
  };
  const host: StorageHost = {
    root,
    storage: await start(),
    call: <T>(verb: string, params = {}) => {
      const handler = host.storage.verbs[verb];
      if (handler === undefined) throw new Error(`no verb ${verb}`);
      return handler(params, {} as VdsmCall) as Promise<T>;
    },
    async task(verb, params) {
      const taskID = await host.call<string>(verb, params);
      const status = await until(async () => {
        const found = await host.call<{ taskState: string; taskResult: string; code: number; message: string }>('Task.getStatus', {
          taskID,
        });
        return found.taskState === 'finished' ? found : undefined;
      });
      await host.call('Task.clear', { taskID });
      if (status.taskResult !== 'success')
        throw Object.assign(new Error(`${status.taskResult}: ${status.message}`), { code: status.code, taskResult: status.taskResult });
    },
    async job(verb, params) {
      const id = randomUUID();
      await host.call(verb, { job_id: id, ...params });
      const info = await until(async () => {
        const found = host.storage.jobs.list(undefined, [id])[id];
        return found !== undefined && found.status !== 'pending' && found.status !== 'running' ? found : undefined;
      });
      if (info.status !== 'done') throw Object.assign(new Error(info.error?.message ?? info.status), { code: info.error?.code });
    },
    async restart() {
      await host.storage.close();
      host.storage = await start();
    },
    async close() {
      await host.storage.close();
      if (options.root === undefined) await rm(root, { recursive: true, force: true });
    },
  };
  return host;
}

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let waitedMs = 0; waitedMs < deadlineMs; waitedMs += 20) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nothing happened within ${deadlineMs} ms`);
}

/** A pool with one active data domain, this host its manager. */
export interface PoolFixture {
  poolId: string;
  domainId: string;
  /** What the connection connects: on local storage a directory. */
  directory: string;
}

/** Where a domain lies, as the engine tells it. */
export interface Connection {
  domainType: number;
  connection: string;
  [option: string]: string | number;
}

const local = 4;

/** Connects storage. @throws Error with the code of what went wrong */
export async function connectStorage(host: StorageCaller, { domainType, ...connection }: Connection): Promise<void> {
  const [answer] = await host.call<{ status: number }[]>('StoragePool.connectStorageServer', {
    storagepoolID: blankUuid,
    domainType,
    connectionParams: [{ id: randomUUID(), ...connection }],
  });
  if (answer?.status !== 0) throw new Error(`the connection was refused with code ${answer?.status}`);
}

/** A data domain on storage that is connected. */
export async function createDomain(host: StorageCaller, { domainType, connection }: Connection): Promise<string> {
  const domainId = randomUUID();
  await host.call('StorageDomain.create', {
    storagedomainID: domainId,
    domainType,
    typeArgs: connection,
    name: 'data',
    domainClass: 1,
    version: '5',
    blockSize: 512,
    maxHosts: 250,
  });
  return domainId;
}

export async function makeDomain(host: StorageCaller, directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  await connectStorage(host, { domainType: local, connection: directory });
  return createDomain(host, { domainType: local, connection: directory });
}

/** Connects the pool of a master domain and makes this host its manager. */
export async function managePool(host: StorageCaller, poolId: string, domainId: string): Promise<void> {
  const master = { storagepoolID: poolId, masterSdUUID: domainId, masterVersion: 1 };
  await host.call('StoragePool.connect', { ...master, hostID: 1, scsiKey: poolId, domainDict: { [domainId]: 'active' } });
  await host.task('StoragePool.spmStart', {
    storagepoolID: poolId,
    prevID: -1,
    prevLver: '-1',
    enableScsiFencing: 'false',
    maxHostID: 250,
    domVersion: '5',
  });
}

export async function createPool(host: StorageCaller, domainId: string): Promise<string> {
  const poolId = randomUUID();
  await host.call('StoragePool.create', {
    storagepoolID: poolId,
    masterSdUUID: domainId,
    masterVersion: 1,
    name: 'Default',
    domainList: [domainId],
    lockRenewalIntervalSec: 5,
    leaseTimeSec: 60,
    ioOpTimeoutSec: 10,
    leaseRetries: 3,
  });
  return poolId;
}

export async function makePool(host: StorageCaller, directory = join(host.root, 'data')): Promise<PoolFixture> {
  const domainId = await makeDomain(host, directory);
  const poolId = await createPool(host, domainId);
  await managePool(host, poolId, domainId);
  return { poolId, domainId, directory };
}

/** Parameters of `Volume.create` for an empty disk. */
export function newVolume(
  pool: PoolFixture,
  change: Record<string, unknown> = {},
): Record<string, unknown> & { imageID: string; volumeID: string } {
  return {
    storagepoolID: pool.poolId,
    storagedomainID: pool.domainId,
    imageID: randomUUID(),
    volumeID: randomUUID(),
    size: String(64 * 1024 * 1024),
    volFormat: 4,
    preallocate: 2,
    diskType: 'DATA',
    desc: '{"DiskAlias":"d","DiskDescription":""}',
    srcImgUUID: blankUuid,
    srcVolUUID: blankUuid,
    ...change,
  };
}
