import { storageError } from '../storage-error.ts';
import type { VolumeAllocation, VolumeFormat } from '../volume/volume-metadata.ts';

const mebibyte = 1024 * 1024;

/** Bytes by which a sparse volume grows (VDSM, volume_utilization_chunk_mb). */
export const chunkBytes = 2560 * mebibyte;

/** Size of the extents of a domain's volume group. */
export const extentBytes = 128 * mebibyte;

/** Room for the tables of qcow2 above the data. */
const qcowOverhead = 1.1;

/** Part of a chunk that is left when a sparse volume is to grow, in percent: at 20, it grows when 80 % of the last chunk are used. */
const utilizationPercent = 20;

const roundUp = (bytes: number, unit: number): number => Math.ceil(bytes / unit) * unit;

/** Most that a volume may take, in whole extents (capacity and the tables of qcow2). */
export function maximumBytes(capacityBytes: number, format: VolumeFormat): number {
  return roundUp(format === 'COW' ? Math.ceil(capacityBytes * qcowOverhead) : capacityBytes, extentBytes);
}

/**
 * Bytes that the logical volume of a new volume takes (VDSM's rule): a sparse one a chunk, or the given size with a tenth
 * more; a preallocated one its capacity, or the given size.
 *
 * @throws 1000 when the initial size is above the most that the volume can take, or has no meaning for it
 */
export function allocationBytes(volume: {
  capacityBytes: number;
  format: VolumeFormat;
  allocation: VolumeAllocation;
  initialSizeBytes?: number | undefined;
}): number {
  const { capacityBytes, format, allocation, initialSizeBytes: initial } = volume;
  if (initial !== undefined && initial > 0) {
    if (format === 'RAW') throw storageError('InvalidParameterException', 'initialSize has no meaning for a RAW volume');
    if (initial > maximumBytes(capacityBytes, 'COW'))
      throw storageError('InvalidParameterException', `initialSize ${initial} is above the most that the volume can take`);
  }
  const size =
    allocation === 'SPARSE'
      ? initial === undefined || initial === 0
        ? Math.min(chunkBytes, capacityBytes)
        : Math.min(Math.floor(initial * qcowOverhead), maximumBytes(capacityBytes, 'COW'))
      : initial === undefined || initial === 0
        ? capacityBytes
        : initial;
  return roundUp(Math.max(size, 1), extentBytes);
}

/**
 * Where QEMU is to tell that a sparse volume fills, as an offset in the logical volume; `undefined` when it has its full size.
 *
 * @param chunks that it grows by at once
 */
export function blockThreshold(allocatedBytes: number, capacityBytes: number, chunks = 1): number | undefined {
  if (allocatedBytes >= maximumBytes(capacityBytes, 'COW')) return undefined;
  const freeBytes = Math.floor((chunks * chunkBytes * (100 - utilizationPercent)) / 100);
  // at least one byte: QEMU takes 0 for "none"
  return Math.max(allocatedBytes - freeBytes, 1);
}

/** Size of a sparse volume after it has grown once: by a chunk, or by several, at most what it can take. */
export function extendedBytes(allocatedBytes: number, capacityBytes: number, chunks = 1): number {
  return Math.min(roundUp(allocatedBytes + chunks * chunkBytes, extentBytes), maximumBytes(capacityBytes, 'COW'));
}
