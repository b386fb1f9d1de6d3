import { rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError, systemCode, toStorageError } from '../storage-error.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import { qemuFormat } from '../volume/qemu-img.ts';
import { imageHeaderBytes, readImageHeader } from '../volume/qcow2-header.ts';
import { readChain, readLeaf, readVolume, useVolumes } from '../volume/volumes.ts';
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
  /** Whether the path is that of a file or of a block device. */
  kind: 'file' | 'block';
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
      await useVolumes(chain, () => checkHeaders(chain));
      await domain.store.prepare(chain);
      return {
        path: leaf.path,
        format: qemuFormat(leaf.metadata.format),
        kind: domain.store.kind,
        chain: await Promise.all(chain.map(preparedVolume)),
      };
    },
    async teardown({ domainId, imageId }) {
      try {
        const domain = await context.catalog.find(domainId).catch(() => undefined);
        if (domain !== undefined) return await domain.store.teardown(imageId);
        await unlink(join(context.repository.imagesRunDirectory, domainId, imageId));
        await rmdir(join(context.repository.imagesRunDirectory, domainId));
      } catch (error) {
        if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? ''))
          throw toStorageError(error, 'ImagePathError', `tear down image ${imageId}`);
      }
    },
  };
}

async function preparedVolume(volume: Volume): Promise<PreparedVolume> {
  const lease = await volume.domain.store.leasePlace(volume);
  return {
    domainId: volume.domain.id,
    imageId: volume.imageId,
    volumeId: volume.id,
    path: volume.path,
    leasePath: lease.path,
    leaseOffset: lease.offset,
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
    const header = readImageHeader(await volume.domain.store.readStart(volume, imageHeaderBytes));
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
