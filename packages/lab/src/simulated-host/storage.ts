import { failure } from './parameters.ts';

/** A volume of a simulated storage domain. */
export interface SimulatedVolume {
  readonly volumeId: string;
  readonly imageId: string;
  capacityBytes: number;
  readonly format: 'RAW' | 'COW';
  readonly allocation: 'PREALLOCATED' | 'SPARSE';
  parentId: string;
  role: 'LEAF' | 'INTERNAL' | 'SHARED';
  legality: 'LEGAL' | 'ILLEGAL' | 'FAKE';
  description: string;
  readonly diskType: string;
  generation: number;
  readonly sequence: number;
  readonly createdAtSeconds: number;
  /** Made for a disk that is on its way to this domain, and not filled yet. */
  isEmpty?: boolean;
  /** What clients wrote to its begin, in Base64. */
  content?: string;
  /** What only one machine may have was taken out of it. */
  isSealed?: boolean;
  /** What it was when each bitmap was begun; a broken one tells nothing. */
  bitmaps?: Record<string, { since: string; broken: boolean }>;
}

/** A simulated storage domain. */
export interface SimulatedDomain {
  readonly domainId: string;
  name: string;
  /** Number of the storage type (VDSM: 1 NFS, 4 LOCALFS, 6 POSIXFS …). */
  readonly typeNumber: number;
  readonly classNumber: number;
  readonly version: number;
  readonly path: string;
  poolId: string | undefined;
  role: 'Master' | 'Regular';
  active: boolean;
  totalBytes: number;
  volumes: Record<string, SimulatedVolume>;
  /** Ids of the leases of VMs. */
  leases?: string[];
  /** While true, hosts see the domain as gone. */
  broken: boolean;
}

/** A pool: the storage side of a data center. */
export interface SimulatedPool {
  readonly poolId: string;
  readonly name: string;
  masterId: string;
  masterVersion: number;
  spmHostId: number;
  spmVersion: number;
}

/** An archive of a VM as a simulated host has packed it. */
export interface SimulatedArchive {
  readonly jobId: string;
  readonly ovf: string;
  readonly disks: readonly { name: string; sizeBytes: number; capacityBytes: number; content?: string }[];
}

/** A volume group: LUNs that are, or are to become, a storage domain. */
export interface SimulatedGroup {
  readonly uuid: string;
  readonly name: string;
  units: { readonly guid: string; bytes: number }[];
}

export interface StorageContent {
  /** By LVM's id. */
  groups?: Record<string, SimulatedGroup>;
  domains: Record<string, SimulatedDomain>;
  pools: Record<string, SimulatedPool>;
  /** By their paths. */
  archives?: Record<string, SimulatedArchive>;
}

export const NO_ID = '00000000-0000-0000-0000-000000000000';
const GIB = 1024 ** 3;
const DEFAULT_DOMAIN_BYTES = 1024 * GIB;
const SPARSE_START_BYTES = 1024 * 1024;

/** Storage that any number of simulated hosts share, with QEMU's lock on each image that is written. */
export class SimulatedStorage {
  readonly content: StorageContent = { domains: {}, pools: {} };
  readonly #domainBytes: number;
  /** Who writes a volume: VM id and host name. */
  readonly #writers = new Map<string, string>();
  /** Who holds the leases of VMs, by lease. */
  readonly #holders = new Map<string, string>();
  /** Called after every change. */
  onChange: () => void = () => undefined;

  constructor(options: { readonly domainBytes?: number; readonly content?: StorageContent } = {}) {
    this.#domainBytes = options.domainBytes ?? DEFAULT_DOMAIN_BYTES;
    if (options.content !== undefined) Object.assign(this.content, options.content);
  }

  createDomain(
    domain: Pick<SimulatedDomain, 'domainId' | 'name' | 'typeNumber' | 'classNumber' | 'version' | 'path'>,
    bytes = this.#domainBytes,
  ): void {
    if (this.content.domains[domain.domainId] !== undefined)
      throw failure('StorageDomainAlreadyExists', `Storage domain already exists: ${domain.domainId}`);
    this.content.domains[domain.domainId] = {
      ...domain,
      poolId: undefined,
      role: 'Regular',
      active: false,
      totalBytes: bytes,
      volumes: {},
      broken: false,
    };
    this.onChange();
  }

  /** @throws 358 */
  domain(domainId: string): SimulatedDomain {
    const domain = this.content.domains[domainId];
    if (domain === undefined || domain.broken) throw failure('StorageDomainDoesNotExist', `Storage domain does not exist: ${domainId}`);
    return domain;
  }

  /** @throws 309 */
  pool(poolId: string): SimulatedPool {
    const pool = this.content.pools[poolId];
    if (pool === undefined) throw failure('StoragePoolUnknown', `Unknown pool id, pool not connected: ${poolId}`);
    return pool;
  }

  /** @throws 201, 358 */
  volume(domainId: string, volumeId: string): SimulatedVolume {
    const volume = this.domain(domainId).volumes[volumeId];
    if (volume === undefined) throw failure('VolumeDoesNotExist', `Volume does not exist: ${volumeId}`);
    return volume;
  }

  usedBytes(domain: SimulatedDomain): number {
    return Object.values(domain.volumes).reduce(
      (sum, volume) => sum + (volume.allocation === 'PREALLOCATED' ? volume.capacityBytes : SPARSE_START_BYTES),
      0,
    );
  }

  /** @throws 212 when it is there, 397 when there is no room */
  addVolume(domainId: string, volume: SimulatedVolume): void {
    const domain = this.domain(domainId);
    if (domain.volumes[volume.volumeId] !== undefined) throw failure('VolumeAlreadyExists', `Volume already exists: ${volume.volumeId}`);
    const needed = volume.allocation === 'PREALLOCATED' ? volume.capacityBytes : SPARSE_START_BYTES;
    if (this.usedBytes(domain) + needed > domain.totalBytes)
      throw failure('NoSpaceLeftOnDomain', `No space left on the storage domain: ${domainId}`);
    const parent = volume.parentId === NO_ID ? undefined : domain.volumes[volume.parentId];
    if (parent?.role === 'LEAF') parent.role = 'INTERNAL';
    domain.volumes[volume.volumeId] = volume;
    this.onChange();
  }

  /** Removes volumes; those that are not there count as removed. */
  removeVolumes(domainId: string, volumeIds: readonly string[]): void {
    const domain = this.domain(domainId);
    for (const volumeId of volumeIds) {
      const removed = domain.volumes[volumeId];
      if (removed === undefined) continue;
      if (this.#writers.has(`${domainId}/${volumeId}`)) throw failure('VolumeIsBusy', `Volume is busy: ${volumeId}`);
      delete domain.volumes[volumeId];
      const parent = domain.volumes[removed.parentId];
      const alone = Object.values(domain.volumes).every((volume) => volume.parentId !== removed.parentId);
      if (parent?.role === 'INTERNAL' && alone) parent.role = 'LEAF';
    }
    this.onChange();
  }

  /**
   * Holds leases of VMs, all or none, as sanlock does for one who lives.
   * @returns why there is one that it does not get
   */
  hold(owner: string, leases: readonly { readonly domainId: string; readonly leaseId: string }[]): string | undefined {
    for (const { domainId, leaseId } of leases) {
      if (this.content.domains[domainId]?.leases?.includes(leaseId) !== true) return `No such lease: ${leaseId}`;
      if ((this.#holders.get(leaseId) ?? owner) !== owner)
        return 'resource busy: Failed to acquire lock: the lease is held by another host';
    }
    for (const { leaseId } of leases) this.#holders.set(leaseId, owner);
    return undefined;
  }

  /** Nobody holds a lease any more. */
  letGo(leaseId: string): void {
    this.#holders.delete(leaseId);
  }

  /**
   * Takes QEMU's write lock on volumes, all or none.
   * @returns why QEMU would not start
   */
  lock(
    owner: string,
    volumes: readonly { readonly domainId: string; readonly volumeId: string; readonly readOnly: boolean; readonly shareable: boolean }[],
  ): string | undefined {
    for (const { domainId, volumeId } of volumes) {
      if (this.content.domains[domainId]?.broken === true || this.content.domains[domainId]?.volumes[volumeId] === undefined)
        return `Volume does not exist: ${volumeId}`;
    }
    const written = volumes
      .filter((volume) => !volume.readOnly && !volume.shareable)
      .map((volume) => `${volume.domainId}/${volume.volumeId}`);
    const taken = written.find((key) => (this.#writers.get(key) ?? owner) !== owner);
    if (taken !== undefined) return 'internal error: process exited while connecting to monitor: Failed to get "write" lock';
    for (const key of written) this.#writers.set(key, owner);
    return undefined;
  }

  /** Whether a QEMU process writes to a volume. */
  isWritten(domainId: string, volumeId: string): boolean {
    return this.#writers.has(`${domainId}/${volumeId}`);
  }

  unlock(owner: string): void {
    for (const held of [this.#writers, this.#holders]) for (const [key, other] of held) if (other === owner) held.delete(key);
  }
}
