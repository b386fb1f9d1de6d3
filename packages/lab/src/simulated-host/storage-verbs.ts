import { blockDomainBytes, groupOf, isBlockType } from './block-verbs.ts';
import { NO_ID } from './storage.ts';
import type { SimulatedDomain, SimulatedStorage } from './storage.ts';
import { failure, readInteger, readList, readObject, readOptionalText, readText } from './parameters.ts';
import type { Parameters, SimulatedVerb } from './parameters.ts';
import type { SimulatedNbdServer } from './nbd-verbs.ts';
import type { SimulatedTasks } from './tasks.ts';

/** What the agent itself knows of storage; lost when it restarts. */
export interface StorageSession {
  /** Connected servers and directories. */
  connections: Set<string>;
  /** The pool that the host is connected to, with the host's id there. */
  pool: { readonly poolId: string; readonly hostId: number } | undefined;
  /** Tickets for images, by id. */
  readonly tickets: Map<string, { ticket: Record<string, unknown>; addedAtMs: number }>;
  /** NBD servers of volumes, by id. */
  readonly nbdServers: Map<string, SimulatedNbdServer>;
}

interface StorageParts {
  readonly storage: SimulatedStorage;
  readonly tasks: SimulatedTasks;
  readonly session: StorageSession;
}

const TYPE_NAMES: Readonly<Record<number, string>> = { 1: 'NFS', 2: 'FCP', 3: 'ISCSI', 4: 'LOCALFS', 6: 'POSIXFS', 7: 'GLUSTERFS' };
const CLASS_NAMES: Readonly<Record<number, string>> = { 1: 'Data', 2: 'Iso', 3: 'Backup' };

function visible(parts: StorageParts, domain: SimulatedDomain): boolean {
  return !domain.broken && (parts.session.connections.has(domain.path) || domain.poolId === parts.session.pool?.poolId);
}

/** @throws 654 unless this host manages the pool's storage */
export function requireStorageManager(parts: StorageParts, poolId: string): void {
  if (parts.session.pool?.poolId !== poolId) throw failure('StoragePoolUnknown', `Unknown pool id, pool not connected: ${poolId}`);
  if (parts.storage.pool(poolId).spmHostId !== parts.session.pool.hostId) throw failure('SpmStatusError', `Not SPM: ${poolId}`);
}

function domainInfo(parts: StorageParts, domain: SimulatedDomain): object {
  const pool = domain.poolId === undefined ? undefined : parts.storage.content.pools[domain.poolId];
  return {
    uuid: domain.domainId,
    name: domain.name,
    type: TYPE_NAMES[domain.typeNumber] ?? 'POSIXFS',
    class: CLASS_NAMES[domain.classNumber] ?? 'Data',
    role: domain.role,
    pool: domain.poolId === undefined ? [] : [domain.poolId],
    version: String(domain.version),
    lver: pool?.spmVersion ?? -1,
    spm_id: pool?.spmHostId ?? -1,
    master_ver: pool?.masterVersion ?? 0,
    block_size: 512,
    alignment: 1_048_576,
    ...(isBlockType(domain.typeNumber) ? { vguuid: domain.path, state: 'OK' } : {}),
  };
}

function spaceOf(parts: StorageParts, domain: SimulatedDomain): { disktotal: string; diskfree: string } {
  return { disktotal: String(domain.totalBytes), diskfree: String(domain.totalBytes - parts.storage.usedBytes(domain)) };
}

const ISCSI = 3;
const LOGIN_FAILED = 464;
/** The targets of every portal. */
const PORTAL_TARGETS = ['iqn.2026-11.com.example:one', 'iqn.2026-11.com.example:two'];

/** Targets that no portal tells of, and who may sign in there. */
const GUARDED_TARGETS: Readonly<Record<string, { user: string; password: string }>> = {
  'iqn.2026-11.com.example:guarded': { user: 'virgate', password: 'guarded-secret' },
};

/** Whether a target lets a connection in. */
function letsIn(connection: Parameters): boolean {
  const iqn = readOptionalText(connection, 'iqn') ?? '';
  const login = GUARDED_TARGETS[iqn];
  if (login === undefined) return PORTAL_TARGETS.includes(iqn);
  return connection['user'] === login.user && connection['password'] === login.password;
}

const lunOf = (iqn: string): object => ({
  GUID: `${iqn}:lun-1`,
  capacity: String(1024 ** 3),
  devtype: 'iSCSI',
  status: 'free',
  vendorID: 'Virgate',
  productID: 'Simulated LUN',
  fwrev: '1',
  serial: iqn.slice(-3),
  partitioned: false,
  pvUUID: '',
  vgUUID: '',
  pvsize: '',
  logicalblocksize: '512',
  physicalblocksize: '512',
  discard_max_bytes: 0,
  discard_zeroes_data: 0,
  pathlist: [{ initiatorname: 'default', connection: 'storage.example', port: '3260', portal: '1', iqn, user: '', password: '' }],
  pathstatus: [{ lun: '1', physdev: '', type: 'iSCSI', state: 'active', capacity: String(1024 ** 3) }],
});

function connectionVerbs(parts: StorageParts): Record<string, SimulatedVerb> {
  const each = (params: Parameters, action: (path: string) => void): object[] =>
    readList(params, 'connectionParams').map((entry) => {
      const connection = entry as Parameters;
      const iqn = readOptionalText(connection, 'iqn') ?? '';
      if (params['domainType'] === ISCSI && !letsIn(connection))
        return { id: readOptionalText(connection, 'id') ?? NO_ID, status: LOGIN_FAILED };
      action(iqn === '' ? readText(connection, 'connection') : iqn);
      return { id: readOptionalText(connection, 'id') ?? NO_ID, status: 0 };
    });
  return {
    'StoragePool.connectStorageServer': (params) => each(params, (path) => parts.session.connections.add(path)),
    'StoragePool.disconnectStorageServer': (params) => each(params, (path) => parts.session.connections.delete(path)),
    'Host.getStorageDomains': (params) => {
      const path = readOptionalText(params, 'remotePath');
      const type = Number(params['storageType'] ?? 0);
      if (isBlockType(type))
        return Object.values(parts.storage.content.domains)
          .filter((domain) => domain.typeNumber === type && !domain.broken)
          .map((domain) => domain.domainId);
      return Object.values(parts.storage.content.domains)
        .filter((domain) => visible(parts, domain) && (path === undefined || path === '' || domain.path === path))
        .map((domain) => domain.domainId);
    },
    'ISCSIConnection.discoverSendTargets': (params) =>
      PORTAL_TARGETS.map((iqn) => `${readText(params, 'host')}:${String(params['port'] ?? 3260)},1 ${iqn}`),
    'Host.getDeviceList': () => PORTAL_TARGETS.filter((iqn) => parts.session.connections.has(iqn)).map(lunOf),
    'Host.getDevicesVisibility': (params) =>
      Object.fromEntries(
        readList(params, 'guidList').map((guid) => [
          String(guid),
          PORTAL_TARGETS.some((iqn) => parts.session.connections.has(iqn) && `${iqn}:lun-1` === guid),
        ]),
      ),
  };
}

function createBlockDomain(parts: StorageParts, params: Parameters, typeNumber: number): true {
  const { typeArgs } = params;
  const uuid = typeof typeArgs === 'string' ? typeArgs : readText(readObject(params, 'typeArgs'), 'vgUUID');
  const group = groupOf(parts.storage, uuid);
  const domainId = readText(params, 'storagedomainID');
  if (group.name !== domainId) throw failure('VolumeGroupHasDomainTag', `Volume group ${group.name} was not made for ${domainId}`);
  parts.storage.createDomain(
    {
      domainId,
      name: readText(params, 'name'),
      typeNumber,
      classNumber: readInteger(params, 'domainClass'),
      version: Number(params['version'] ?? 5),
      path: uuid,
    },
    blockDomainBytes(group),
  );
  return true;
}

function domainVerbs(parts: StorageParts): Record<string, SimulatedVerb> {
  const { storage } = parts;
  const change = (params: Parameters, action: (domain: SimulatedDomain) => void): true => {
    action(storage.domain(readText(params, 'storagedomainID')));
    storage.onChange();
    return true;
  };
  return {
    'StorageDomain.create': (params) => {
      const typeNumber = readInteger(params, 'domainType');
      if (isBlockType(typeNumber)) return createBlockDomain(parts, params, typeNumber);
      const path = typeof params['typeArgs'] === 'string' ? params['typeArgs'] : readText(readObject(params, 'typeArgs'), 'remotePath');
      if (!parts.session.connections.has(path))
        throw failure('StorageDomainFSNotMounted', `Storage domain remote path not mounted: ${path}`);
      storage.createDomain({
        domainId: readText(params, 'storagedomainID'),
        name: readText(params, 'name'),
        typeNumber,
        classNumber: readInteger(params, 'domainClass'),
        version: Number(params['version'] ?? 5),
        path,
      });
      return true;
    },
    'StorageDomain.getInfo': (params) => domainInfo(parts, storage.domain(readText(params, 'storagedomainID'))),
    'StorageDomain.getStats': (params) => ({
      ...spaceOf(parts, storage.domain(readText(params, 'storagedomainID'))),
      mdasize: 0,
      mdafree: 0,
      mdavalid: true,
      mdathreshold: true,
    }),
    'StorageDomain.setDescription': (params) =>
      change(params, (domain) => {
        domain.name = readText(params, 'description');
      }),
    'StorageDomain.attach': (params) =>
      change(params, (domain) => {
        const poolId = readText(params, 'storagepoolID');
        if (domain.poolId !== undefined && domain.poolId !== poolId)
          throw failure('StorageDomainAlreadyAttached', `Storage domain already attached to pool: ${domain.domainId}`);
        domain.poolId = poolId;
      }),
    'StorageDomain.activate': (params) =>
      change(params, (domain) => {
        if (domain.poolId === undefined) throw failure('StorageDomainNotInPool', `Storage domain not in pool: ${domain.domainId}`);
        domain.active = true;
      }),
    'StorageDomain.deactivate': (params) =>
      change(params, (domain) => {
        domain.active = false;
      }),
    'StorageDomain.detach': (params) =>
      change(params, (domain) => {
        if (domain.active && params['force'] !== true)
          throw failure('StorageDomainStateTransitionIllegal', `Storage domain is active: ${domain.domainId}`);
        domain.poolId = undefined;
        domain.role = 'Regular';
        domain.active = false;
      }),
    'StorageDomain.format': (params) => {
      const domain = storage.domain(readText(params, 'storagedomainID'));
      if (domain.poolId !== undefined && params['autoDetach'] !== true)
        throw failure('CannotFormatAttachedStorageDomain', `Cannot format an attached storage domain: ${domain.domainId}`);
      delete storage.content.domains[domain.domainId];
      if (isBlockType(domain.typeNumber)) delete storage.content.groups?.[domain.path];
      storage.onChange();
      return true;
    },
    'StorageDomain.getImages': (params) => [
      ...new Set(Object.values(storage.domain(readText(params, 'storagedomainID')).volumes).map((volume) => volume.imageId)),
    ],
    'StorageDomain.getVolumes': (params) => {
      const image = readOptionalText(params, 'imageID');
      return Object.values(storage.domain(readText(params, 'storagedomainID')).volumes)
        .filter((volume) => image === undefined || volume.imageId === image)
        .map((volume) => volume.volumeId);
    },
    'StorageDomain.getFileStats': () => ({}),
  };
}

function poolVerbs(parts: StorageParts): Record<string, SimulatedVerb> {
  const { storage, session } = parts;
  return {
    'StoragePool.create': (params) => {
      const poolId = readText(params, 'storagepoolID');
      const masterId = readText(params, 'masterSdUUID');
      if (storage.content.pools[poolId] !== undefined) throw failure('StoragePoolAlreadyExists', `Storage pool already exists: ${poolId}`);
      storage.content.pools[poolId] = {
        poolId,
        name: readText(params, 'name'),
        masterId,
        masterVersion: readInteger(params, 'masterVersion'),
        spmHostId: -1,
        spmVersion: -1,
      };
      for (const id of readList(params, 'domainList')) storage.domain(String(id)).poolId = poolId;
      storage.domain(masterId).role = 'Master';
      storage.onChange();
      return true;
    },
    'StoragePool.connect': (params) => {
      const poolId = readText(params, 'storagepoolID');
      const masterId = readText(params, 'masterSdUUID');
      storage.domain(masterId);
      const dictionary = params['domainDict'] as Record<string, string> | undefined;
      storage.content.pools[poolId] ??= {
        poolId,
        name: '',
        masterId,
        masterVersion: readInteger(params, 'masterVersion'),
        spmHostId: -1,
        spmVersion: -1,
      };
      for (const [id, status] of Object.entries(dictionary ?? {})) {
        const domain = storage.content.domains[id];
        if (domain === undefined) continue;
        domain.poolId = poolId;
        domain.active = status.toLowerCase() === 'active';
      }
      session.pool = { poolId, hostId: readInteger(params, 'hostID') };
      storage.onChange();
      return true;
    },
    'StoragePool.disconnect': (params) => {
      const pool = storage.content.pools[readText(params, 'storagepoolID')];
      if (pool !== undefined && pool.spmHostId === session.pool?.hostId)
        throw failure('IsSpm', `Operation not allowed while SPM is active: ${pool.poolId}`);
      session.pool = undefined;
      return true;
    },
    'StoragePool.destroy': (params) => {
      const poolId = readText(params, 'storagepoolID');
      for (const domain of Object.values(storage.content.domains))
        if (domain.poolId === poolId) Object.assign(domain, { poolId: undefined, role: 'Regular', active: false });
      delete storage.content.pools[poolId];
      session.pool = undefined;
      storage.onChange();
      return true;
    },
    'StoragePool.getSpmStatus': (params) => {
      const pool = storage.pool(readText(params, 'storagepoolID'));
      const mine = pool.spmHostId !== -1 && pool.spmHostId === session.pool?.hostId;
      return { spmStatus: mine ? 'SPM' : 'Free', spmLver: pool.spmVersion, spmId: pool.spmHostId };
    },
    'StoragePool.switchMaster': (params) => {
      const pool = storage.pool(readText(params, 'storagepoolID'));
      const newMaster = readText(params, 'newMasterUUID');
      const version = readInteger(params, 'masterVersion');
      if (pool.masterId !== readText(params, 'oldMasterUUID')) throw failure('StoragePoolWrongMaster', `${pool.masterId} is the master`);
      storage.domain(newMaster);
      return parts.tasks.start('switchMaster', () => {
        pool.masterId = newMaster;
        pool.masterVersion = version;
        storage.onChange();
      });
    },
    'StoragePool.refresh': (params) => {
      const pool = storage.pool(readText(params, 'storagepoolID'));
      if (pool.masterId !== readText(params, 'masterSdUUID') || pool.masterVersion !== readInteger(params, 'masterVersion'))
        throw failure('StoragePoolWrongMaster', `${pool.masterId} is the master`);
      return true;
    },
    'StoragePool.spmStart': (params) => {
      const poolId = readText(params, 'storagepoolID');
      if (session.pool?.poolId !== poolId) throw failure('StoragePoolUnknown', `Unknown pool id, pool not connected: ${poolId}`);
      const { hostId } = session.pool;
      return parts.tasks.start('spmStart', () => {
        const pool = storage.pool(poolId);
        if (pool.spmHostId !== -1 && pool.spmHostId !== hostId)
          throw failure('SpmStartError', 'Error starting SPM: another host holds its lease');
        pool.spmHostId = hostId;
        pool.spmVersion += 1;
        storage.onChange();
      });
    },
    'StoragePool.spmStop': (params) => {
      const pool = storage.pool(readText(params, 'storagepoolID'));
      if (pool.spmHostId === session.pool?.hostId) pool.spmHostId = -1;
      storage.onChange();
      return true;
    },
    'StoragePool.getInfo': (params) => {
      const pool = storage.pool(readText(params, 'storagepoolID'));
      const domains = Object.values(storage.content.domains).filter((domain) => domain.poolId === pool.poolId);
      const status = (domain: SimulatedDomain): string => (domain.active ? 'Active' : 'Attached');
      return {
        info: {
          name: pool.name,
          type: TYPE_NAMES[domains[0]?.typeNumber ?? 6] ?? 'POSIXFS',
          version: '5',
          isoprefix: '',
          pool_status: 'connected',
          master_uuid: pool.masterId,
          master_ver: pool.masterVersion,
          lver: pool.spmVersion,
          spm_id: pool.spmHostId,
          domains: domains.map((domain) => `${domain.domainId}:${status(domain)}`).join(','),
        },
        dominfo: Object.fromEntries(
          domains.map((domain) => [
            domain.domainId,
            { status: status(domain), ...spaceOf(parts, domain), alerts: [], isoprefix: '', version: domain.version },
          ]),
        ),
      };
    },
    'StoragePool.updateVMs': () => true,
    'StoragePool.removeVM': () => true,
  };
}

/** Domains of the connected pool as Host.getStats shows them. */
export function domainVitals(parts: Omit<StorageParts, 'tasks'>): Record<string, object> {
  const { pool } = parts.session;
  if (pool === undefined) return {};
  const domains = Object.values(parts.storage.content.domains).filter((domain) => domain.poolId === pool.poolId && domain.active);
  return Object.fromEntries(
    domains.map((domain) => [
      domain.domainId,
      {
        code: domain.broken ? 358 : 0,
        lastCheck: '1.2',
        delay: '0.000412',
        valid: !domain.broken,
        acquired: !domain.broken,
        actual: true,
        version: domain.version,
      },
    ]),
  );
}

/** Verbs of storage connections, domains and pools. */
export function storageVerbs(parts: StorageParts): Record<string, SimulatedVerb> {
  return { ...connectionVerbs(parts), ...domainVerbs(parts), ...poolVerbs(parts) };
}
