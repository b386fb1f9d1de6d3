import type { NewVolume, VolumeCreation } from '../volume/create-volume.ts';
import type { Volume } from '../volume/volumes.ts';
import type { DomainMetadata } from './domain-metadata.ts';

/** A storage domain that is reachable on this host. */
export interface StorageDomain {
  id: string;
  /** Path by the connection's mount point, or among the block domains; the same on every host of the connection. */
  path: string;
  /** The same directory without links on the way. */
  realPath: string;
  metadata: DomainMetadata;
  store: DomainStore;
}

export interface DomainSpace {
  freeBytes: number;
  totalBytes: number;
}

/** Where hosts ask a pool's manager for larger volumes (`inbox`), and where he answers (`outbox`). */
export type MailArea = 'inbox' | 'outbox';

/** What a domain says of the area that holds its own description (`mda…` of `StorageDomain.getStats`); none on files. */
export interface MetadataArea {
  mdavalid: boolean;
  mdathreshold: boolean;
  mdasize: number;
  mdafree: number;
}

/** A volume as it lies on the domain. */
export interface StoredVolume {
  /** Directory of the image, in which the volume's path and those of its parents are. */
  directory: string;
  path: string;
  /** Text of the metadata. */
  text: string;
}

/** A volume that is being made: until {@link VolumeSite.finish} it is none. */
export interface VolumeSite {
  /** Where its data goes. */
  path: string;
  makeLease(): Promise<void>;
  /** Makes room for that much data, where the storage does not grow by itself. */
  makeRoom(dataBytes: number): Promise<void>;
  /** Brings its data to the storage. */
  settle(): Promise<void>;
  /** Makes it exist, as one effect. */
  finish(): Promise<void>;
}

/**
 * How a domain's content lies on its storage: in files, or in logical volumes of a volume group. All rules of volumes, images
 * and pools stand above this; what is here differs between the two.
 */
export interface DomainStore {
  readonly kind: 'file' | 'block';
  space(): Promise<DomainSpace>;
  metadataArea(): Promise<MetadataArea>;
  /** Reads the domain's metadata past all caches, to see whether the storage answers. */
  probe(signal: AbortSignal): Promise<DomainMetadata>;
  /** Replaces the domain's metadata. */
  save(metadata: DomainMetadata): Promise<void>;
  /** Reads from the area of external leases. */
  readLeaseArea(offset: number, bytes: number): Promise<Buffer>;
  writeLeaseArea(offset: number, bytes: Buffer): Promise<void>;
  /** Reads from an area of mail past all caches: others write there. */
  readMail(area: MailArea, offset: number, bytes: number): Promise<Buffer>;
  writeMail(area: MailArea, offset: number, bytes: Buffer): Promise<void>;
  /** Makes the areas of the domain that other programs open reachable at their paths. */
  acquire(): Promise<void>;
  /** Takes that back, when no pool uses the domain on this host any more. */
  release(): Promise<void>;
  /** Makes the domain ready to be a pool's master. */
  prepareMaster(): Promise<void>;
  /** Removes the domain with everything on it. It ends by one effect, so that half a domain is never seen. */
  destroy(): Promise<void>;

  /** Images; the ones that are being deleted are not among them. */
  listImages(): Promise<string[]>;
  /** Volumes of an image, its template's among them; `undefined` when there is no such image. */
  listVolumes(imageId: string): Promise<string[] | undefined>;
  /** @returns `undefined` when the image has no such volume */
  findVolume(imageId: string, volumeId: string): Promise<StoredVolume | undefined>;
  writeVolume(volume: Volume, text: string, parentId: string): Promise<void>;
  /** Whether another image stands on this volume. */
  isStoodOnElsewhere(volume: Volume): Promise<boolean>;
  sizes(volume: Volume): Promise<{ apparentBytes: number; trueBytes: number }>;
  /** Where the volume's sanlock lease lies, as told to others. */
  leasePlace(volume: Volume): Promise<{ path: string; offset: number }>;
  /** First bytes of that lease. */
  readLease(volume: Volume, bytes: number): Promise<Buffer>;
  /** First bytes of the volume's data. */
  readStart(volume: Volume, bytes: number): Promise<Buffer>;
  /** Runs work on the data of a volume, which is at its path meanwhile. */
  use<T>(volume: Volume, run: () => Promise<T>): Promise<T>;
  /** Makes the data of a chain reachable until {@link DomainStore.teardown}. */
  prepare(chain: readonly Volume[]): Promise<void>;
  /** Takes back what `prepare` did for an image. Repeatable. */
  teardown(imageId: string): Promise<void>;

  /** Reserves what a new volume needs, under a name that is no volume yet. */
  beginVolume(request: NewVolume, parent: Volume | undefined, text: string, creation: VolumeCreation): Promise<VolumeSite>;
  /** Makes room for a larger capacity, where the allocation asks for it. */
  reserve(volume: Volume, capacityBytes: number): Promise<void>;
  /** Makes room for that much data in a sparse volume. */
  makeRoom(volume: Volume, dataBytes: number): Promise<void>;
  /**
   * Makes a volume that is in use larger, where the storage does not grow by itself; for the pool's manager alone.
   * @returns bytes that it takes now: at most what its image can need
   * @throws 201 VolumeDoesNotExist, 2025 NoSpaceLeftOnDomain
   */
  growVolume(volumeId: string, bytes: number): Promise<number>;
  /**
   * Gives back what a volume that nobody uses has beyond a size, where the storage does not do so by itself; for the pool's manager alone.
   * @param bytes at least what its image takes
   */
  shrink(volume: Volume, bytes: number): Promise<void>;
  /** Shows this host a size that another one changed. */
  refresh(volume: Volume): Promise<void>;
  /** Lets a volume go on this host before another one removes it, whoever used it here. */
  letGo(volumeId: string): Promise<void>;
  /** Ends the existence of a volume, then removes it. */
  removeVolume(volume: Volume): Promise<void>;
  /** Removes what was made for a volume that is not to be, whether it became one or not. */
  removeTraces(imageId: string, volumeId: string): Promise<void>;
  /** Path for a file that is fetched for a volume. */
  importPath(volume: Pick<Volume, 'imageId' | 'id'>): Promise<string>;
  /** Ends the existence of an image as one effect. @param zero overwrite the data before it is freed */
  discardImage(imageId: string, zero: boolean): Promise<void>;
  /** Removes an image that was discarded. */
  purgeImage(imageId: string): Promise<void>;
  /** Removes what crashed agents left: discarded images at once, unfinished volumes when they are old. @returns their names */
  collectGarbage(nowMs: number, isBuilding: (volumeId: string) => boolean): Promise<string[]>;
}
