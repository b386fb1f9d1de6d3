import { invalidParameter } from '../verb.ts';
import { truncate } from 'node:fs/promises';
import { isStorageError, storageError } from '../storage-error.ts';
import { qemuFormat, resizeImage } from './qemu-img.ts';
import { blankUuid, maximumGeneration, nextGeneration } from './volume-metadata.ts';
import type { VolumeMetadata } from './volume-metadata.ts';
import { roundCapacity, updateVolume, useVolumes } from './volumes.ts';
import type { Volume } from './volumes.ts';

/** What `SDM.update_volume` may change. */
export interface VolumeAttributes {
  legality?: 'LEGAL' | 'ILLEGAL';
  description?: string;
  generation?: number;
  role?: 'SHARED';
}

/** Reads `vol_attr`. @throws 91 */
export function readVolumeAttributes(value: Record<string, unknown>): VolumeAttributes {
  const attributes: VolumeAttributes = {};
  const { legality, description, generation, type } = value;
  if (legality !== undefined && legality !== null) {
    if (legality !== 'LEGAL' && legality !== 'ILLEGAL') throw invalidParameter('vol_attr.legality', 'LEGAL or ILLEGAL is needed');
    attributes.legality = legality;
  }
  if (description !== undefined && description !== null) {
    if (typeof description !== 'string') throw invalidParameter('vol_attr.description', 'a string is needed');
    attributes.description = description;
  }
  if (generation !== undefined && generation !== null) {
    if (typeof generation !== 'number' || !Number.isSafeInteger(generation) || generation < 0 || generation > maximumGeneration)
      throw invalidParameter('vol_attr.generation', `a number from 0 to ${maximumGeneration} is needed`);
    attributes.generation = generation;
  }
  if (type !== undefined && type !== null) {
    if (type !== 'SHARED') throw invalidParameter('vol_attr.type', 'only SHARED can be set');
    attributes.role = type;
  }
  return attributes;
}

/** Changes attributes of a volume and its generation. @throws 911 GenerationMismatch, 235 InvalidVolumeUpdate */
export async function updateAttributes(volume: Volume, generation: number | undefined, attributes: VolumeAttributes): Promise<void> {
  const current = volume.metadata.generation;
  if (generation !== undefined && generation !== current)
    throw storageError('GenerationMismatch', `Volume ${volume.id} has generation ${current}, the request was for ${generation}`);
  if (attributes.role === 'SHARED' && volume.metadata.parentId !== blankUuid)
    throw storageError('InvalidVolumeUpdate', `Volume ${volume.id} has a parent; only a volume of its own can be shared`);
  const change: Partial<VolumeMetadata> = { ...attributes, generation: attributes.generation ?? nextGeneration(current) };
  await updateVolume(volume, change);
}

/** Gives the base of a merge the capacity of what is merged into it. */
export async function extendBase(volume: Volume, capacityBytes: number): Promise<void> {
  await grow(volume, capacityBytes);
}

/**
 * Gives a volume a larger capacity. A smaller or equal one changes nothing: a repeat of the request
 * must succeed.
 *
 * @throws 224 NonLeafVolumeNotWritable, 213 VolumeNonWritable, 206, 397, 203
 */
export async function extendVolume(volume: Volume, capacityBytes: number): Promise<void> {
  const { metadata } = volume;
  if (metadata.role !== 'LEAF')
    throw storageError('NonLeafVolumeNotWritable', `Volume ${volume.id} is ${metadata.role}; only a leaf can be extended`);
  if (metadata.legality === 'ILLEGAL') throw storageError('VolumeNonWritable', `Volume ${volume.id} is illegal`);
  if (capacityBytes <= metadata.capacityBytes) return;
  await grow(volume, capacityBytes);
}

async function grow(volume: Volume, capacityBytes: number): Promise<void> {
  const { format } = volume.metadata;
  const { store } = volume.domain;
  const sizeBytes = roundCapacity(capacityBytes, volume.domain);
  await store.reserve(volume, capacityBytes);
  try {
    // a raw logical volume is as large as what was reserved
    if (format === 'COW' || store.kind === 'file')
      await useVolumes([volume], () => resizeImage(volume.path, qemuFormat(format), sizeBytes));
  } catch (error) {
    if (!isStorageError(error, 'VolumeIsBusy')) throw error;
    // A COW volume that a VM writes to is made larger by its QEMU alone, which then notes the size.
    if (format === 'COW') return;
    await truncate(volume.path, sizeBytes);
  }
  await updateVolume(volume, { capacityBytes });
}
