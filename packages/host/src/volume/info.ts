import { leaderRecordBytes, parseLeaderRecord } from '../lease/leader-record.ts';
import { storageError } from '../storage-error.ts';
import { describeImage, qemuFormat } from './qemu-img.ts';
import { imageHeaderBytes, readImageHeader } from './qcow2-header.ts';
import { readVolume, useVolumes } from './volumes.ts';
import type { Volume } from './volumes.ts';
import type { StorageDomain } from '../storage-domain/store.ts';

/** Sizes of a volume's data, as text like everything that may pass 2^31. @throws 201 */
export async function volumeSize(volume: Volume): Promise<{ apparentsize: string; truesize: string }> {
  const { apparentBytes, trueBytes } = await volume.domain.store.sizes(volume);
  return { apparentsize: String(apparentBytes), truesize: String(trueBytes) };
}

/** Lease of a volume; without owners and version when it can't be read. */
async function volumeLease(volume: Volume): Promise<{ path: string; offset: number; owners?: number[]; version?: number }> {
  const place = await volume.domain.store.leasePlace(volume);
  const state = await volume.domain.store
    .readLease(volume, leaderRecordBytes)
    .then((record) => parseLeaderRecord(record, volume.domain.id, volume.id))
    .catch(() => undefined);
  if (state === undefined) return place;
  return { ...place, owners: state.timestamp === 0 ? [] : [state.ownerHostId], version: state.version };
}

/** `Volume.getInfo`: numbers are texts, as VDSM sends them. @throws 201, 268 */
export async function volumeInfo(domain: StorageDomain, imageId: string, volumeId: string): Promise<object> {
  const volume = await readVolume(domain, imageId, volumeId);
  const { metadata } = volume;
  return {
    uuid: volumeId,
    type: metadata.allocation,
    allocType: metadata.allocation,
    format: metadata.format,
    disktype: metadata.diskType,
    voltype: metadata.role,
    capacity: String(metadata.capacityBytes),
    parent: metadata.parentId,
    description: metadata.description,
    pool: '',
    domain: metadata.domainId,
    image: metadata.imageId,
    ctime: String(metadata.createdSeconds),
    mtime: '0',
    legality: metadata.legality,
    generation: metadata.generation,
    sequence: metadata.sequence,
    children: [],
    ...(await volumeSize(volume)),
    status: metadata.legality === 'ILLEGAL' ? 'ILLEGAL' : 'OK',
    lease: await volumeLease(volume),
  };
}

/** `Volume.getQemuImageInfo`. @throws 202 IncorrectFormat when header and metadata contradict each other, 484 */
export async function volumeImageInfo(volume: Volume): Promise<object> {
  const format = qemuFormat(volume.metadata.format);
  const description = await useVolumes([volume], async () => {
    await checkFormat(volume);
    return describeImage(volume.path, format);
  });
  const specific = description['format-specific']?.data;
  return {
    format,
    virtualsize: description['virtual-size'],
    ...(description['cluster-size'] === undefined ? {} : { clustersize: description['cluster-size'] }),
    ...(description['backing-filename'] === undefined ? {} : { backingfile: description['backing-filename'] }),
    ...(specific?.compat === undefined ? {} : { compat: specific.compat }),
    ...(specific?.bitmaps === undefined ? {} : { bitmaps: specific.bitmaps }),
  };
}

/**
 * A COW volume must be qcow2 and ask for no other file but its parent. A raw volume may hold
 * anything: a guest can write a qcow2 header into its own disk, which nobody must believe.
 *
 * @throws 202 IncorrectFormat, 484 ImageVerificationError
 */
export async function checkFormat(volume: Volume): Promise<void> {
  if (volume.metadata.format === 'RAW') return;
  const header = readImageHeader(await volume.domain.store.readStart(volume, imageHeaderBytes));
  if (header.format !== 'qcow2') throw storageError('IncorrectFormat', `Volume ${volume.id} is COW by its metadata but no qcow2 image`);
}
