import { storageError } from '../storage-error.ts';
import type { StorageContext } from '../storage-context.ts';
import type { StorageDomain } from '../storage-domain/store.ts';
import { imageKey } from '../image/locks.ts';
import { volumeKey } from '../storage-context.ts';
import { clearBitmaps } from './bitmaps.ts';
import { chainReference, convertImage, measureImage, qemuFormat, reserveHoles } from './qemu-img.ts';
import type { ImageReference } from './qemu-img.ts';
import { blankUuid, nextGeneration } from './volume-metadata.ts';
import type { VolumeMetadata } from './volume-metadata.ts';
import { readChain, readVolume, updateVolume, useVolumes } from './volumes.ts';
import type { Volume } from './volumes.ts';

/** Work on the data of a volume as the caller's jobs do it. */
export interface DataOperation {
  signal: AbortSignal;
  progress: (percent: number) => void;
}

/**
 * Runs work that fills a volume. The volume is illegal meanwhile and stays so when the work fails;
 * when it succeeds it becomes legal, and its generation goes up: from that alone a caller that lost
 * the answer can tell what happened.
 *
 * @param generation the generation that the caller knows, `undefined` = any
 * @throws 911 GenerationMismatch, and what `run` throws
 */
export async function fillVolume(
  context: StorageContext,
  volume: Volume,
  generation: number | undefined,
  run: () => Promise<void>,
): Promise<void> {
  const current = volume.metadata.generation;
  if (generation !== undefined && generation !== current)
    throw storageError('GenerationMismatch', `Volume ${volume.id} has generation ${current}, the request was for ${generation}`);
  const key = volumeKey(volume.domain.id, volume.imageId, volume.id);
  context.building.add(key);
  try {
    const illegal = await updateVolume(volume, { legality: 'ILLEGAL' });
    await run();
    await updateVolume(illegal, { legality: 'LEGAL', generation: nextGeneration(current) });
  } finally {
    context.building.delete(key);
  }
}

/** Where the data of one volume goes. */
export async function fillTarget(
  target: Volume,
): Promise<{ path: string; format: 'raw' | 'qcow2'; backing?: { name: string; format: 'raw' | 'qcow2' } }> {
  const format = qemuFormat(target.metadata.format);
  if (target.metadata.parentId === blankUuid) return { path: target.path, format };
  const parent = await readVolume(target.domain, target.imageId, target.metadata.parentId);
  return { path: target.path, format, backing: { name: parent.path, format: qemuFormat(parent.metadata.format) } };
}

/**
 * Copies an image into a volume that exists; what was preallocated is so afterwards as well. Its sources are to be in use already.
 *
 * @param bitmaps the top layer's go along; both are qcow2
 */
export async function copyInto(target: Volume, source: ImageReference, operation: DataOperation, bitmaps = false): Promise<void> {
  const { path, format, backing } = await fillTarget(target);
  const { store } = target.domain;
  await makeRoomFor(target, source, (dataBytes) => store.makeRoom(target, dataBytes));
  await store.use(target, async () => {
    // a copy that was cut off may have left some
    if (bitmaps) await clearBitmaps(target);
    await convertImage({
      source,
      targetPath: path,
      targetFormat: format,
      ...(backing === undefined ? {} : { backing }),
      bitmaps,
      ...operation,
    });
  });
  await reserveCopy(target, path, operation.signal);
}

/** A sparse volume on block storage has to be as large as what comes into it before it comes. */
export async function makeRoomFor(
  target: { domain: StorageDomain; metadata: Pick<VolumeMetadata, 'format' | 'allocation'> },
  source: ImageReference,
  makeRoom: (dataBytes: number) => Promise<void>,
): Promise<void> {
  const { domain, metadata } = target;
  if (domain.store.kind === 'file' || metadata.format === 'RAW' || metadata.allocation === 'PREALLOCATED') return;
  const { required, bitmaps = 0 } = await measureImage(source, 'qcow2');
  await makeRoom(required + bitmaps);
}

/** A copy leaves holes where its source had zeros; a file that was preallocated has none. */
export async function reserveCopy(
  target: { domain: StorageDomain; metadata: Pick<VolumeMetadata, 'format' | 'allocation' | 'capacityBytes'> },
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const { domain, metadata } = target;
  if (domain.store.kind === 'file' && metadata.format === 'RAW' && metadata.allocation === 'PREALLOCATED')
    await reserveHoles(path, metadata.capacityBytes, signal);
}

/** One side of `SDM.copy_data`. */
export interface VolumeEndpoint {
  domainId: string;
  imageId: string;
  volumeId: string;
  generation: number | undefined;
}

/**
 * Copies the data of one volume into another that exists (VDSM schema, SDM.copy_data). A target
 * with a parent gets the top layer only.
 *
 * @throws 79 DestinationVolumeTooSmall, 911, 262, 203, 397 …
 */
export async function copyData(
  context: StorageContext,
  from: VolumeEndpoint,
  to: VolumeEndpoint,
  bitmaps: boolean,
  operation: DataOperation,
): Promise<void> {
  const run = async (): Promise<void> => {
    const source = await readEndpoint(context, from);
    const target = await readEndpoint(context, to);
    if (from.generation !== undefined && source.metadata.generation !== from.generation) {
      throw storageError(
        'GenerationMismatch',
        `Volume ${source.id} has generation ${source.metadata.generation}, the request was for ${from.generation}`,
      );
    }
    if (source.metadata.capacityBytes > target.metadata.capacityBytes) {
      throw storageError(
        'DestinationVolumeTooSmall',
        `Volume ${target.id} has ${target.metadata.capacityBytes} bytes, ${source.metadata.capacityBytes} are needed`,
      );
    }
    const chain = await readChain(source);
    await fillVolume(context, target, to.generation, () =>
      useVolumes(chain, () => copyInto(target, chainReference(chain), operation, bitmaps && isCow(source) && isCow(target))),
    );
  };
  const fromKey = imageKey(from.domainId, from.imageId);
  const toKey = imageKey(to.domainId, to.imageId);
  if (fromKey === toKey) return context.locks.exclusive(toKey, run);
  // always in the order of their names, so that two copies can't wait for each other
  const lockSource = (inner: () => Promise<void>): Promise<void> => context.locks.shared(fromKey, inner);
  const lockTarget = (inner: () => Promise<void>): Promise<void> => context.locks.exclusive(toKey, inner);
  return fromKey < toKey ? lockSource(() => lockTarget(run)) : lockTarget(() => lockSource(run));
}

const isCow = ({ metadata }: Volume): boolean => metadata.format === 'COW';

async function readEndpoint(context: StorageContext, endpoint: VolumeEndpoint): Promise<Volume> {
  context.monitor.requireAnswering(endpoint.domainId);
  return readVolume(await context.catalog.find(endpoint.domainId), endpoint.imageId, endpoint.volumeId);
}
