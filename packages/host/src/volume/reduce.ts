import { chunkBytes, maximumBytes } from '../block/sizes.ts';
import { storageError } from '../storage-error.ts';
import { bitmapsOf } from './bitmaps.ts';
import { chainReference, usedBytes } from './qemu-img.ts';
import { useVolumes } from './volumes.ts';
import type { Volume } from './volumes.ts';

/**
 * Gives back what a sparse volume of a block domain does not need (VDSM schema, StoragePool.reduceVolume): what is above its image, but for a
 * leaf a chunk for what its machine writes first. Nobody may use it.
 *
 * @throws 1000 on a domain of files, 202 for a volume that is not sparse, 213 for an illegal one, 203 when it is in use
 */
export async function reduceVolume(volume: Volume): Promise<void> {
  const { metadata, domain, id } = volume;
  if (domain.store.kind === 'file')
    throw storageError('InvalidParameterException', `Volume ${id} is a file, which takes no more than it holds`);
  if (metadata.format !== 'COW' || metadata.allocation !== 'SPARSE')
    throw storageError('IncorrectFormat', `Volume ${id} is not sparse; it can't be made smaller`);
  if (metadata.legality === 'ILLEGAL') throw storageError('VolumeNonWritable', `Volume ${id} is illegal`);
  const used = await useVolumes([volume], async () => {
    // its header is read by our own reader first
    await bitmapsOf(volume);
    return usedBytes(chainReference([volume]));
  });
  const room = metadata.role === 'LEAF' ? chunkBytes : 0;
  await domain.store.shrink(volume, Math.min(used + room, maximumBytes(metadata.capacityBytes, 'COW')));
}
