import { lstat, mkdir, readlink, rmdir, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError, systemCode, toStorageError } from '../storage-error.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import { readStart } from '../storage-domain/beneath.ts';
import { qemuFormat } from '../volume/qemu-img.ts';
import { imageHeaderBytes, readImageHeader } from '../volume/qcow2-header.ts';
import { imagePath, leaseSuffix, readChain, readLeaf, readVolume } from '../volume/volumes.ts';
import type { Volume } from '../volume/volumes.ts';
import { isBackedBy } from '../volume/verbs.ts';

/** A volume as a machine's disk names it. */
export interface PoolVolume {
  poolId: string;
  domainId: string;
  imageId: string;
  /** `undefined` = the end of the image's chain. */
  volumeId: string | undefined;
}

export interface PreparedVolume {
  domainId: string;
  imageId: string;
  volumeId: string;
  path: string;
  leasePath: string;
  leaseOffset: number;
  format: 'raw' | 'qcow2';
  /** Description of the volume as the engine wrote it. */
  role: string;
}

export interface PreparedImage {
  /** Path of the volume to open, the same on every host. */
  path: string;
  /** Format of that volume; what lies in it must not be probed. */
  format: 'raw' | 'qcow2';
  /** The whole chain, base first. */
  chain: PreparedVolume[];
}

/** Makes images usable for machines. */
export interface ImagePreparer {
  /** @throws 201, 227 prepareIllegalVolumeError, 262 ImageIsNotLegalChain, 358, 379 … */
  prepare(volume: PoolVolume, options?: { allowIllegal?: boolean }): Promise<PreparedImage>;
  /** Takes back what `prepare` made. Repeatable; a domain that is gone is no obstacle. */
  teardown(volume: Pick<PoolVolume, 'domainId' | 'imageId'>): Promise<void>;
}

export function createImagePreparer(context: StorageContext): ImagePreparer {
  const linkPath = (domainId: string, imageId: string): string => join(context.repository.imagesRunDirectory, domainId, imageId);
  return {
    async prepare({ domainId, imageId, volumeId }, options = {}) {
      const domain = await findDomain(context, domainId);
      const leaf = volumeId === undefined ? await readLeaf(domain, imageId) : await readVolume(domain, imageId, volumeId);
      const chain = await readChain(leaf);
      const illegal = chain.find((volume) => volume.metadata.legality === 'ILLEGAL');
      if (illegal !== undefined && options.allowIllegal !== true)
        throw storageError(
          'prepareIllegalVolumeError',
          `Cannot prepare illegal volume ${illegal.id}: an operation that fills it is running or has failed`,
        );
      await checkHeaders(chain);
      await link(linkPath(domainId, imageId), imagePath(domain, imageId), join(context.repository.imagesRunDirectory, domainId));
      return { path: leaf.path, format: qemuFormat(leaf.metadata.format), chain: chain.map(preparedVolume) };
    },
    async teardown({ domainId, imageId }) {
      try {
        await unlink(linkPath(domainId, imageId));
        await rmdir(join(context.repository.imagesRunDirectory, domainId));
      } catch (error) {
        if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? ''))
          throw toStorageError(error, 'ImagePathError', `tear down image ${imageId}`);
      }
    },
  };
}

function preparedVolume(volume: Volume): PreparedVolume {
  return {
    domainId: volume.domain.id,
    imageId: volume.imageId,
    volumeId: volume.id,
    path: volume.path,
    leasePath: `${volume.path}${leaseSuffix}`,
    leaseOffset: 0,
    format: qemuFormat(volume.metadata.format),
    role: volume.metadata.role,
  };
}

/**
 * QEMU opens what the headers name, so each must name the parent that the metadata knows, and say
 * its format: a raw parent that is probed could pose as any other.
 */
export async function checkHeaders(chain: readonly Volume[]): Promise<void> {
  for (const [index, volume] of chain.entries()) {
    if (volume.metadata.format === 'RAW') continue;
    const header = readImageHeader(await readStart(join(volume.directory, volume.id), imageHeaderBytes));
    if (header.format !== 'qcow2') throw storageError('IncorrectFormat', `Volume ${volume.id} is COW by its metadata but no qcow2 image`);
    const parent = chain[index - 1];
    if (!isBackedBy(header.backingFile, parent))
      throw storageError('ImageIsNotLegalChain', `Volume ${volume.id} has another backing file than its parent ${parent?.id ?? '(none)'}`);
    if (parent !== undefined && header.backingFormat !== qemuFormat(parent.metadata.format)) {
      throw storageError(
        'ImageIsNotLegalChain',
        `Volume ${volume.id} says that its parent is ${header.backingFormat ?? 'of any format'}, but it is ${qemuFormat(parent.metadata.format)}`,
      );
    }
  }
}

async function link(path: string, target: string, directory: string): Promise<void> {
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
