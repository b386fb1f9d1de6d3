import { constants } from 'node:fs';
import { chmod, chown, link, mkdir, open, readdir, rename, rm, rmdir, stat, lstat, readlink, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  beneath,
  domainDirectoryMode,
  domainFileMode,
  makeFile,
  openRegular,
  readSmallFile,
  readStart,
  replaceFile,
  statusOf,
  syncDirectory,
} from '../storage-domain/beneath.ts';
import type { Owner } from '../storage-domain/beneath.ts';
import { volatileSuffix } from '../storage-domain/create-domain.ts';
import { initialiseLease } from '../storage-domain/sanlock.ts';
import type { DomainStore, StorageDomain, VolumeSite } from '../storage-domain/store.ts';
import { storageError, systemCode, toStorageError } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';
import type { NewVolume } from './create-volume.ts';
import { reserveHoles } from './qemu-img.ts';
import { maximumVolumeMetadataBytes, parseVolumeMetadata } from './volume-metadata.ts';
import { roundCapacity } from './volumes.ts';
import type { Volume } from './volumes.ts';

/** Suffix of a volume's metadata file: a volume exists as long as its metadata does. */
export const metadataSuffix = '.meta';

/** Suffix of the file that holds a volume's sanlock lease. */
export const leaseSuffix = '.lease';

/** Name before an image's own that marks it as being deleted. */
export const removedPrefix = '_remove_me_';

/** Suffix of a file that is being fetched for a volume. */
export const importSuffix = `.import${volatileSuffix}`;

/** Age past which an unfinished volume is garbage, whoever began it: no creation takes that long between two writes. */
export const garbageAgeMs = 3_600_000;

/** Bytes in a block as `stat` counts them. */
const statBlockBytes = 512;

/** The part of a domain's store that is about volumes and images. */
export type VolumeStore = Omit<
  DomainStore,
  | 'kind'
  | 'space'
  | 'metadataArea'
  | 'probe'
  | 'save'
  | 'readLeaseArea'
  | 'writeLeaseArea'
  | 'readMail'
  | 'writeMail'
  | 'acquire'
  | 'release'
  | 'prepareMaster'
  | 'destroy'
>;

/** Volumes as files: an image is a directory, a volume three files in it, and a template's are linked into the images on it. */
export function createFileVolumes(
  domain: Pick<StorageDomain, 'id' | 'path' | 'realPath' | 'metadata'>,
  imagesRunDirectory: string,
  owner: Owner | undefined,
): VolumeStore {
  const images = (): Promise<string> => beneath(domain.realPath, 'images');
  const imageDirectory = (imageId: string): Promise<string> => beneath(domain.realPath, 'images', imageId);
  const imagePath = (imageId: string): string => join(domain.path, 'images', imageId);
  const linkPath = (imageId: string): string => join(imagesRunDirectory, domain.id, imageId);

  async function listVolumes(imageId: string): Promise<string[] | undefined> {
    const directory = await imageDirectory(imageId);
    if ((await statusOf(directory))?.isDirectory() !== true) return undefined;
    return (await readdir(directory))
      .filter((name) => name.endsWith(metadataSuffix))
      .map((name) => name.slice(0, -metadataSuffix.length))
      .filter(isUuid);
  }

  async function ownMetadata(directory: string, volumeId: string, suffix: string): Promise<string | undefined> {
    const file = await beneath(directory, `${volumeId}${suffix}`);
    return (await statusOf(file)) === undefined ? undefined : readSmallFile(file, maximumVolumeMetadataBytes * 8);
  }

  /** Removes an image's directory when no volume of its own is left: links of templates go with it. */
  async function removeEmptyImage(imageId: string): Promise<void> {
    const directory = await imageDirectory(imageId);
    const names = await readdir(directory);
    const volumes = (await listVolumes(imageId)) ?? [];
    for (const volumeId of volumes) {
      const text = await ownMetadata(directory, volumeId, metadataSuffix);
      if (text !== undefined && parseVolumeMetadata(text).imageId === imageId) return;
    }
    const linked = new Set(volumes.flatMap((volumeId) => ['', metadataSuffix, leaseSuffix].map((suffix) => `${volumeId}${suffix}`)));
    // a name without metadata belongs to a link that was cut short by a crash
    for (const name of names) if (isUuid(name.slice(0, 36)) && [metadataSuffix, leaseSuffix, ''].includes(name.slice(36))) linked.add(name);
    if (names.some((name) => !linked.has(name))) return;
    for (const name of [...linked].sort(metadataFirst)) await rm(join(directory, name), { force: true });
    await rmdir(directory);
  }

  async function collectImage(imageId: string, nowMs: number, isBuilding: (volumeId: string) => boolean): Promise<string[]> {
    const directory = await imageDirectory(imageId);
    const removed: string[] = [];
    for (const name of await readdir(directory)) {
      const volumeId = name.slice(0, 36);
      if (!name.endsWith(volatileSuffix) || !isUuid(volumeId) || isBuilding(volumeId)) continue;
      const status = await stat(join(directory, name)).catch(() => undefined);
      if (status === undefined || nowMs - status.mtimeMs < garbageAgeMs) continue;
      if (name.endsWith(importSuffix)) await rm(join(directory, name), { force: true });
      else await removeFiles(directory, volumeId);
      removed.push(`${imageId}/${name}`);
    }
    if (removed.length > 0) await removeEmptyImage(imageId);
    return removed;
  }

  async function makeImageDirectory(imageId: string): Promise<string> {
    const directory = await imageDirectory(imageId);
    try {
      await mkdir(directory, { mode: domainDirectoryMode });
      if (owner !== undefined) await chown(directory, owner.uid, owner.gid);
      await syncDirectory(await images());
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    return directory;
  }

  async function beginVolume(request: NewVolume, parent: Volume | undefined, text: string): Promise<VolumeSite> {
    const { imageId, volumeId } = request;
    const directory = await makeImageDirectory(imageId);
    if (parent !== undefined && parent.imageId !== imageId) await linkTemplate(parent, directory);
    const metadataFile = await beneath(directory, `${volumeId}${metadataSuffix}`);
    await replaceFile(`${metadataFile}${volatileSuffix}`, text, owner);
    const path = await beneath(directory, volumeId);
    await makeFile(path, owner);
    return {
      path,
      async makeLease() {
        const lease = await beneath(directory, `${volumeId}${leaseSuffix}`);
        await makeFile(lease, owner);
        await initialiseLease({ lockspace: domain.id, resource: volumeId, path: lease, offsetBytes: 0 }, domain.metadata);
      },
      makeRoom: async () => undefined,
      settle: () => settleData(path, owner),
      async finish() {
        await rename(`${metadataFile}${volatileSuffix}`, metadataFile);
        await syncDirectory(directory);
      },
    };
  }

  return {
    listVolumes,
    beginVolume,
    async listImages() {
      return (await readdir(await images())).filter(isUuid).map((name) => name.toLowerCase());
    },
    async findVolume(imageId, volumeId) {
      const directory = await imageDirectory(imageId);
      const file = await beneath(directory, `${volumeId}${metadataSuffix}`);
      if ((await statusOf(file)) === undefined) return undefined;
      const data = await statusOf(await beneath(directory, volumeId));
      if (data === undefined) return undefined;
      if (!data.isFile()) throw storageError('VolumeAccessError', `Volume ${volumeId} is no regular file`);
      const text = await readSmallFile(file, maximumVolumeMetadataBytes * 8).catch((error: unknown) => {
        throw toStorageError(error, 'VolumeMetadataReadError', `read metadata of volume ${volumeId}`);
      });
      return { directory, path: join(imagePath(imageId), volumeId), text };
    },
    /** A shared base is hard-linked into other images, so its file is rewritten in place: every link has to see the change. */
    async writeVolume(volume, text) {
      const file = await beneath(volume.directory, `${volume.id}${metadataSuffix}`);
      const status = await statusOf(file);
      if (status !== undefined && Number(status.nlink) > 1) await overwrite(file, text);
      else await replaceFile(file, text, owner, domainFileMode);
    },
    /** Its data has further names then. */
    async isStoodOnElsewhere(volume) {
      const status = await statusOf(await beneath(volume.directory, volume.id));
      return status !== undefined && Number(status.nlink) > 1;
    },
    async sizes(volume) {
      const status = await statusOf(join(volume.directory, volume.id));
      if (status === undefined) throw storageError('VolumeDoesNotExist', `Volume does not exist: ${volume.id}`);
      return { apparentBytes: Number(status.size), trueBytes: Number(status.blocks) * statBlockBytes };
    },
    leasePlace: async (volume) => ({ path: `${volume.path}${leaseSuffix}`, offset: 0 }),
    readLease: (volume, bytes) => readStart(join(volume.directory, `${volume.id}${leaseSuffix}`), bytes),
    readStart: (volume, bytes) => readStart(join(volume.directory, volume.id), bytes),
    use: (_volume, run) => run(),
    async prepare([first]) {
      if (first !== undefined) await linkImage(linkPath(first.imageId), imagePath(first.imageId), join(imagesRunDirectory, domain.id));
    },
    async teardown(imageId) {
      await unlink(linkPath(imageId));
      await rmdir(join(imagesRunDirectory, domain.id));
    },
    // files take no more than they hold
    shrink: async () => undefined,
    async reserve(volume, capacityBytes) {
      if (volume.metadata.format === 'RAW' && volume.metadata.allocation === 'PREALLOCATED')
        await reserveHoles(volume.path, roundCapacity(capacityBytes, volume.domain));
    },
    // a sparse file grows by itself, and a file shows its new size to every host
    makeRoom: async () => undefined,
    growVolume: async (_volumeId, bytes) => bytes,
    refresh: async () => undefined,
    letGo: async () => undefined,
    async removeVolume(volume) {
      await removeFiles(volume.directory, volume.id);
      await removeEmptyImage(volume.imageId);
    },
    async removeTraces(imageId, volumeId) {
      const directory = await imageDirectory(imageId);
      if ((await statusOf(directory)) === undefined) return;
      for (const suffix of [metadataSuffix, `${metadataSuffix}${volatileSuffix}`]) {
        const text = await ownMetadata(directory, volumeId, suffix);
        if (text === undefined) continue;
        if (parseVolumeMetadata(text).imageId !== imageId) return;
        break;
      }
      await removeFiles(directory, volumeId);
      await removeEmptyImage(imageId);
      await syncDirectory(await images());
    },
    async importPath(volume) {
      return beneath(await imageDirectory(volume.imageId), `${volume.id}${importSuffix}`);
    },
    async discardImage(imageId) {
      const target = join(domain.realPath, 'images', `${removedPrefix}${imageId}`);
      await rm(target, { recursive: true, force: true });
      await rename(await imageDirectory(imageId), target);
      await syncDirectory(join(domain.realPath, 'images'));
    },
    purgeImage: (imageId) => rm(join(domain.realPath, 'images', `${removedPrefix}${imageId}`), { recursive: true, force: true }),
    async collectGarbage(nowMs, isBuilding) {
      const removed: string[] = [];
      for (const name of await readdir(await images())) {
        if (name.startsWith(removedPrefix)) {
          await rm(join(domain.realPath, 'images', name), { recursive: true, force: true });
          removed.push(name);
        } else if (isUuid(name)) {
          removed.push(...(await collectImage(name, nowMs, isBuilding)));
        }
      }
      return removed;
    },
  };
}

function metadataFirst(left: string, right: string): number {
  return Number(right.endsWith(metadataSuffix)) - Number(left.endsWith(metadataSuffix));
}

/** Ends the existence of a volume, then removes its files. */
async function removeFiles(directory: string, volumeId: string): Promise<void> {
  const metadataFile = await beneath(directory, `${volumeId}${metadataSuffix}`);
  try {
    await rename(metadataFile, `${metadataFile}${volatileSuffix}`);
    await syncDirectory(directory);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  for (const suffix of [
    '',
    importSuffix,
    leaseSuffix,
    `${metadataSuffix}.new`,
    `${metadataSuffix}${volatileSuffix}.new`,
    `${metadataSuffix}${volatileSuffix}`,
  ]) {
    await rm(join(directory, `${volumeId}${suffix}`), { force: true });
  }
}

/** Gives a template's volume a name in an image that stands on it, so that each image is whole by itself. */
async function linkTemplate(template: Volume, directory: string): Promise<void> {
  for (const suffix of [leaseSuffix, '', metadataSuffix]) {
    const source = await beneath(template.directory, `${template.id}${suffix}`);
    try {
      await link(source, await beneath(directory, `${template.id}${suffix}`));
    } catch (error) {
      if (systemCode(error) !== 'EEXIST')
        throw storageError('CannotShareVolume', `Template volume ${template.id} could not be linked into the image`, error);
    }
  }
}

/** qemu-img may have replaced or re-made the file: mode and owner once more, then to the disk. */
async function settleData(path: string, owner: Owner | undefined): Promise<void> {
  if ((await statusOf(path))?.isFile() !== true) throw storageError('VolumeCreationError', `${path} is no regular file`);
  await chmod(path, domainFileMode);
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
  const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  await handle.sync().finally(() => handle.close());
}

/** Overwrites a metadata file under its name. The text is shorter than a sector, which disks write whole. */
async function overwrite(file: string, text: string): Promise<void> {
  const handle = await openRegular(file, constants.O_RDWR);
  try {
    await handle.write(text, 0);
    await handle.truncate(Buffer.byteLength(text));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function linkImage(path: string, target: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const found = await lstat(path).catch(() => undefined);
  if (found !== undefined && (!found.isSymbolicLink() || (await readlink(path)) !== target)) await unlink(path);
  else if (found !== undefined) return;
  try {
    await symlink(target, path);
  } catch (error) {
    // two machines may prepare one shared image at once
    if (systemCode(error) !== 'EEXIST') throw toStorageError(error, 'ImagePathError', `prepare image ${path}`);
  }
}
