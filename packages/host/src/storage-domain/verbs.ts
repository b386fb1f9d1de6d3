import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { invalidParameter, readOptionalBoolean, readOptionalInteger, readText, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { readChoice, readInteger, readOptionalUuid } from '../storage-parameters.ts';
import { storageError, toStorageError } from '../storage-error.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import { connectionPath } from '../storage-pool/connections.ts';
import { attached, demoted } from '../storage-pool/pools.ts';
import { storageType, storageTypeNames } from '../storage-pool/remote.ts';
import { listImages, listVolumes } from '../volume/volumes.ts';
import { statusOf } from './beneath.ts';
import { createBlockDomain } from '../block/create-domain.ts';
import { blockDomainPath } from '../block/domains.ts';
import { blockInfo } from '../block/verbs.ts';
import { createDomain, isoImageId } from './create-domain.ts';
import { domainVersion, isBlockType, maximumDomainNameLength } from './domain-metadata.ts';
import type { StorageDomain } from './store.ts';
import { isWritableValue } from './key-value.ts';

const classes = { 1: 'Data', 2: 'Iso', 3: 'Backup' } as const;

/** Longest pattern of `StorageDomain.getFileStats`. */
const maximumPatternLength = 256;

/** Verbs over storage domains. */
export function createStorageDomainVerbs(context: StorageContext): VerbTable {
  const { catalog, pools } = context;
  return {
    'StorageDomain.create': async (params) => {
      await create(context, params);
      return true;
    },
    'StorageDomain.getInfo': async (params) => domainInfo(context, await findDomain(context, readUuid(params, 'storagedomainID'))),
    'StorageDomain.getStats': async (params) => domainStats(await findDomain(context, readUuid(params, 'storagedomainID'))),
    'StorageDomain.getImages': async (params) => listImages(await findDomain(context, readUuid(params, 'storagedomainID'))),
    'StorageDomain.getVolumes': async (params) => {
      const domain = await findDomain(context, readUuid(params, 'storagedomainID'));
      const imageId = readOptionalUuid(params, 'imageID');
      if (imageId !== undefined) return listVolumes(domain, imageId);
      const lists = await Promise.all((await listImages(domain)).map((image) => listVolumes(domain, image)));
      return [...new Set(lists.flat())];
    },
    'StorageDomain.validate': async (params) => {
      await findDomain(context, readUuid(params, 'storagedomainID'));
      return true;
    },
    'StorageDomain.setDescription': async (params) => {
      const domainId = readUuid(params, 'storagedomainID');
      const name = readName(params, 'description');
      pools.managedByDomain(domainId);
      await catalog.update(domainId, (metadata) => ({ ...metadata, name }));
      return true;
    },
    'StorageDomain.attach': async (params) => {
      await attach(context, readUuid(params, 'storagedomainID'), readUuid(params, 'storagepoolID'));
      return true;
    },
    'StorageDomain.activate': async (params) => {
      await activate(context, readUuid(params, 'storagedomainID'), readUuid(params, 'storagepoolID'));
      return true;
    },
    'StorageDomain.deactivate': async (params) => {
      await deactivate(context, params);
      return true;
    },
    'StorageDomain.detach': async (params) => {
      await detach(context, params);
      return true;
    },
    'StorageDomain.format': async (params) => {
      await format(context, readUuid(params, 'storagedomainID'), readOptionalBoolean(params, 'autoDetach') ?? false);
      return true;
    },
    'StorageDomain.getFileStats': (params) => fileStats(context, params),
    'Host.getStorageDomains': (params) => listDomains(context, params),
    'Host.getStorageRepoStats': async () => context.monitor.statuses(),
  };
}

function readName(params: Record<string, unknown>, parameter: string): string {
  const name = readText(params, parameter, 1024).trim();
  if (name.length > maximumDomainNameLength)
    throw storageError(
      'StorageDomainDescriptionTooLongError',
      `A name of a storage domain has at most ${maximumDomainNameLength} characters`,
    );
  if (!isWritableValue(name)) throw invalidParameter(parameter, 'no line breaks or control characters');
  return name;
}

/** The connection's path is either the text itself or the schema's object around it. */
function readRemotePath(params: Record<string, unknown>): string {
  const value = params['typeArgs'];
  if (typeof value === 'object' && value !== null) return readText(value as Record<string, unknown>, 'remotePath', 1024);
  return readText(params, 'typeArgs', 1024);
}

async function create(context: StorageContext, params: Record<string, unknown>): Promise<void> {
  const typeNumber = readInteger(params, 'domainType', { minimum: 0, maximum: 99 });
  const type = storageTypeNames[typeNumber];
  if (type === undefined)
    throw storageError(
      'StorageTypeError',
      `Storage type ${typeNumber} is not supported: this host serves NFS, local and POSIX file systems, Gluster, iSCSI and Fibre Channel`,
    );
  const version = readOptionalInteger(params, 'version', { minimum: 0, maximum: 99 }) ?? domainVersion;
  if (version !== domainVersion)
    throw storageError('UnsupportedDomainVersion', `Storage format V${version} is not supported; use V${domainVersion}`);
  if (type === 'ISCSI' || type === 'FCP') return createOnGroup(context, params, type);
  const remotePath = readRemotePath(params).replace(/(?<=.)\/+$/, '');
  const mountPoint = connectionPath(context.repository, typeNumber, remotePath);
  if ((await statusOf(mountPoint)) === undefined)
    throw storageError('StorageDomainFSNotMounted', `The storage connection ${remotePath} is not connected on this host`);
  await createDomain(
    mountPoint,
    {
      domainId: readUuid(params, 'storagedomainID'),
      name: readName(params, 'name'),
      class: readChoice(params, 'domainClass', classes),
      type,
      remotePath,
      blockSizeBytes: readOptionalInteger(params, 'blockSize', { minimum: 0, maximum: 4096 }) ?? 512,
      maximumHosts: readOptionalInteger(params, 'maxHosts', { minimum: 1, maximum: 2000 }) ?? 250,
    },
    context.owner,
    context.clock.nowMs(),
  );
}

/** A domain on LUNs: the volume group was made before, and takes the domain's id for its name. */
async function createOnGroup(context: StorageContext, params: Record<string, unknown>, type: 'ISCSI' | 'FCP'): Promise<void> {
  const blockSizeBytes = readOptionalInteger(params, 'blockSize', { minimum: 0, maximum: 4096 }) ?? 512;
  if (blockSizeBytes !== 512 && blockSizeBytes !== 0)
    throw storageError('StorageDomainBlockSizeMismatch', `Domains on LUNs have blocks of 512 bytes, ${blockSizeBytes} were asked for`);
  const domainId = readUuid(params, 'storagedomainID');
  const value = params['typeArgs'];
  const { groups, activation } = context.block;
  await createBlockDomain(
    {
      domainId,
      groupUuid:
        typeof value === 'object' && value !== null
          ? readText(value as Record<string, unknown>, 'vgUUID', 64)
          : readText(params, 'typeArgs', 64),
      name: readName(params, 'name'),
      class: readChoice(params, 'domainClass', classes),
      type,
      maximumHosts: readOptionalInteger(params, 'maxHosts', { minimum: 1, maximum: 2000 }) ?? 250,
    },
    groups,
    activation,
    join(blockDomainPath(context.repository, domainId), 'dom_md'),
    context.clock.nowMs(),
  );
}

/** `StorageDomain.getInfo`. */
async function domainInfo(context: StorageContext, domain: StorageDomain): Promise<object> {
  const { metadata } = domain;
  return {
    uuid: domain.id,
    type: metadata.type,
    class: metadata.class,
    name: metadata.name,
    role: metadata.role,
    pool: metadata.poolIds,
    version: String(metadata.version),
    block_size: metadata.blockSizeBytes,
    alignment: metadata.alignmentBytes,
    lver: -1,
    spm_id: -1,
    master_ver: 0,
    ...(isBlockType(metadata.type) ? await blockInfo(context, domain) : { remotePath: metadata.remotePath }),
  };
}

/** `StorageDomain.getStats`: sizes are texts. */
async function domainStats(domain: StorageDomain): Promise<object> {
  const space = await domain.store.space();
  return { disktotal: String(space.totalBytes), diskfree: String(space.freeBytes), ...(await domain.store.metadataArea()) };
}

async function attach(context: StorageContext, domainId: string, poolId: string): Promise<void> {
  const pool = context.pools.managed(poolId);
  await context.catalog.update(domainId, (metadata) => ({
    ...attached(metadata, poolId),
    role: domainId === pool.masterDomainId ? 'Master' : 'Regular',
  }));
  if (pool.domains[domainId] === undefined) await context.pools.setDomain(poolId, domainId, 'Attached');
}

async function activate(context: StorageContext, domainId: string, poolId: string): Promise<void> {
  context.pools.managed(poolId);
  const domain = await findDomain(context, domainId);
  if (!domain.metadata.poolIds.includes(poolId))
    throw storageError('StorageDomainNotInPool', `Storage domain ${domainId} is not attached to pool ${poolId}`);
  await context.pools.setDomain(poolId, domainId, 'Active');
  await context.monitor.checkNow(domainId);
}

async function deactivate(context: StorageContext, params: Record<string, unknown>): Promise<void> {
  const domainId = readUuid(params, 'storagedomainID');
  const poolId = readUuid(params, 'storagepoolID');
  const newMaster = readOptionalUuid(params, 'masterSdUUID');
  const pool = context.pools.managed(poolId);
  if (pool.domains[domainId] === undefined)
    throw storageError('StorageDomainNotInPool', `Storage domain ${domainId} is not attached to pool ${poolId}`);
  if (domainId === pool.masterDomainId && newMaster !== undefined && newMaster !== domainId) {
    if (pool.domains[newMaster] !== 'Active') throw storageError('StorageDomainNotActive', `Storage domain is not active: ${newMaster}`);
    await context.pools.setMaster(poolId, newMaster, readInteger(params, 'masterVersion', { minimum: 0, maximum: 2 ** 31 - 1 }));
  }
  await context.pools.setDomain(poolId, domainId, 'Attached');
}

/** Without `force` the manager of the pool does it; with it any host may, for a domain that some pool left behind. */
async function detach(context: StorageContext, params: Record<string, unknown>): Promise<void> {
  const domainId = readUuid(params, 'storagedomainID');
  const poolId = readUuid(params, 'storagepoolID');
  const force = readOptionalBoolean(params, 'force') ?? false;
  if (!force) {
    const pool = context.pools.managed(poolId);
    if (pool.masterDomainId === domainId)
      throw storageError('CannotDetachMasterStorageDomain', `Cannot detach a master storage domain: ${domainId}`);
    if (pool.domains[domainId] === 'Active')
      throw storageError('StorageDomainActive', `Storage domain is active: ${domainId}; deactivate it first`);
  }
  await context.catalog.update(domainId, (metadata) => ({ ...demoted(metadata), poolIds: metadata.poolIds.filter((id) => id !== poolId) }));
  if (context.pools.current()?.id === poolId) await context.pools.setDomain(poolId, domainId, undefined);
}

/** Removes a domain with everything on it. It ends by one rename, so that half a domain is never seen. */
async function format(context: StorageContext, domainId: string, autoDetach: boolean): Promise<void> {
  const domain = await findDomain(context, domainId);
  const pool = context.pools.current();
  if (pool !== undefined && domainId in pool.domains)
    throw storageError('CannotFormatStorageDomainInConnectedPool', `Storage domain ${domainId} is in the connected pool; detach it first`);
  if (domain.metadata.poolIds.length > 0 && !autoDetach)
    throw storageError('CannotFormatAttachedStorageDomain', `Storage domain ${domainId} is attached to a pool; detach it first`);
  try {
    await domain.store.destroy();
    context.catalog.forget(domainId);
  } catch (error) {
    throw toStorageError(error, 'StorageDomainFormatError', `format storage domain ${domainId}`);
  }
}

/** `Host.getStorageDomains`: ids that fit the given pool, class, type and connection. */
async function listDomains(context: StorageContext, params: Record<string, unknown>): Promise<string[]> {
  const poolId = readOptionalUuid(params, 'storagepoolID');
  const domainClass = isGiven(params['domainClass']) ? readChoice(params, 'domainClass', { 0: 'Unknown', ...classes }) : 'Unknown';
  const type = isGiven(params['storageType']) ? readInteger(params, 'storageType', { minimum: 0, maximum: 99 }) : 0;
  const remotePath = isGiven(params['remotePath']) ? readText(params, 'remotePath', 1024).replace(/(?<=.)\/+$/, '') : undefined;
  const isBlock = type === storageType.fcp || type === storageType.iscsi;
  const mountPoint = remotePath === undefined || isBlock ? undefined : connectionPath(context.repository, type, remotePath);
  const typeName = storageTypeNames[type];
  const domains = isBlock ? await context.catalog.listBlock() : await context.catalog.list(mountPoint);
  return domains
    .filter(({ metadata }) => poolId === undefined || metadata.poolIds.includes(poolId))
    .filter(({ metadata }) => domainClass === 'Unknown' || metadata.class === domainClass)
    .filter(({ metadata }) => typeName === undefined || metadata.type === typeName)
    .map((domain) => domain.id);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** `StorageDomain.getFileStats`: files of an ISO domain whose names fit a shell pattern. */
async function fileStats(context: StorageContext, params: Record<string, unknown>): Promise<object> {
  const domain = await findDomain(context, readUuid(params, 'storagedomainID'));
  const fits = patternTest(readText(params, 'pattern', maximumPatternLength), readOptionalBoolean(params, 'caseSensitive') ?? false);
  const directory = join(domain.realPath, 'images', isoImageId);
  const result: Record<string, { size: string; ctime: string; status: number }> = {};
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter(fits)) {
    const status = await stat(join(directory, name)).catch(() => undefined);
    if (status?.isFile() === true)
      result[name] = { size: String(status.size), ctime: String(Math.floor(status.ctimeMs / 1000)), status: 0 };
  }
  return result;
}

/** `*` and `?` only; matched without backtracking, since the pattern is the caller's. */
export function patternTest(pattern: string, caseSensitive: boolean): (name: string) => boolean {
  const fold = (text: string): string => (caseSensitive ? text : text.toLowerCase());
  const wanted = [...fold(pattern)];
  return (name) => {
    const found = [...fold(name)];
    let at = 0;
    let star = -1;
    let resume = 0;
    let index = 0;
    while (index < found.length) {
      if (at < wanted.length && wanted[at] === '*') {
        star = at++;
        resume = index;
      } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === found[index])) {
        at++;
        index++;
      } else if (star >= 0) {
        at = star + 1;
        index = ++resume;
      } else return false;
    }
    while (wanted[at] === '*') at++;
    return at === wanted.length;
  };
}
