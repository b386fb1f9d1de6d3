import { VdsmError } from '@virgate/vdsm';
import { imageKey } from '../image/locks.ts';
import { errorCode, invalidParameter, readObject, readOptionalBoolean, readOptionalInteger, readText, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { readChoice, readOptionalUuid, readSize } from '../storage-parameters.ts';
import { runCommand } from '../command.ts';
import { storageError } from '../storage-error.ts';
import { findDomain, volumeKey } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import type { VolumeSite } from '../storage-domain/store.ts';
import { allocationOn, checkNewVolume, createVolume } from './create-volume.ts';
import type { NewVolume } from './create-volume.ts';
import { copyData, makeRoomFor, reserveCopy } from './fill.ts';
import type { VolumeEndpoint } from './fill.ts';
import { checkFormat, volumeImageInfo, volumeInfo, volumeSize } from './info.ts';
import { chainReference, convertImage, measureImage, qemuFormat, untrustedLimits } from './qemu-img.ts';
import { imageHeaderBytes, readImageHeader } from './qcow2-header.ts';
import { reduceVolume } from './reduce.ts';
import { deleteVolume } from './remove-volume.ts';
import { extendVolume, readVolumeAttributes, updateAttributes } from './update.ts';
import { diskTypes, maximumGeneration, maximumSequence } from './volume-metadata.ts';
import { readChain, readVolume, updateVolume, useVolumes } from './volumes.ts';
import type { Volume } from './volumes.ts';

type Parameters = Record<string, unknown>;

const formats = { 3: 'UNKNOWN', 4: 'COW', 5: 'RAW' } as const;
const allocations = { 0: 'UNKNOWN', 1: 'PREALLOCATED', 2: 'SPARSE' } as const;
const roles = { 6: 'SHARED', 7: 'INTERNAL', 8: 'LEAF' } as const;
const legalities = ['LEGAL', 'ILLEGAL', 'FAKE'] as const;

/** Verbs over volumes, `SDM` among them: the same work as a job of any host. */
export function createVolumeVerbs(context: StorageContext): VerbTable {
  const read = async (params: Parameters): Promise<Volume> => {
    const domain = await findDomain(context, readUuid(params, 'storagedomainID'));
    return readVolume(domain, readUuid(params, 'imageID'), readUuid(params, 'volumeID'));
  };
  const change = async (params: Parameters, run: (volume: Volume) => Promise<unknown>): Promise<true> => {
    context.pools.managed(readUuid(params, 'storagepoolID'));
    const key = imageKey(readUuid(params, 'storagedomainID'), readUuid(params, 'imageID'));
    await context.locks.exclusive(key, async () => run(await read(params)));
    return true;
  };
  return {
    'Volume.create': (params) => create(context, params),
    'Volume.copy': (params) => copy(context, params),
    'Volume.delete': async (params) => {
      const poolId = readUuid(params, 'storagepoolID');
      context.pools.managed(poolId);
      const volume = await read(params);
      const force = readOptionalBoolean(params, 'force') ?? false;
      return context.tasks.start({ verb: 'deleteVolume', poolId, undo: { kind: 'none' } }, () =>
        context.locks.exclusive(imageKey(volume.domain.id, volume.imageId), () => deleteVolume(volume, force)),
      );
    },
    'Volume.getInfo': async (params) =>
      volumeInfo(await findDomain(context, readUuid(params, 'storagedomainID')), readUuid(params, 'imageID'), readUuid(params, 'volumeID')),
    'Volume.getSize': async (params) => volumeSize(await read(params)),
    'Volume.getQemuImageInfo': async (params) => volumeImageInfo(await read(params)),
    'Volume.measure': async (params) => measure(await read(params), params),
    'Volume.extendSize': async (params) => {
      const poolId = readUuid(params, 'storagepoolID');
      const capacityBytes = readSize(params, 'newSize');
      context.pools.managed(poolId);
      const { domain, imageId, id } = await read(params);
      return context.tasks.start({ verb: 'extendVolumeSize', poolId, undo: { kind: 'none' } }, () =>
        context.locks.exclusive(imageKey(domain.id, imageId), async () =>
          extendVolume(await readVolume(domain, imageId, id), capacityBytes),
        ),
      );
    },
    'StoragePool.reduceVolume': async (params) => {
      const poolId = readUuid(params, 'storagepoolID');
      context.pools.managed(poolId);
      const { domain, imageId, id } = await read(params);
      return context.tasks.start({ verb: 'reduceVolume', poolId, undo: { kind: 'none' } }, () =>
        context.locks.exclusive(imageKey(domain.id, imageId), async () => reduceVolume(await readVolume(domain, imageId, id))),
      );
    },
    'Volume.setLegality': (params) => {
      const legality = legalities.find((name) => name === params['legality']);
      if (legality === undefined) throw invalidParameter('legality', `one of ${legalities.join(', ')} is needed`);
      return change(params, (volume) => updateVolume(volume, { legality }));
    },
    'Volume.setDescription': (params) => {
      const description = readText(params, 'description');
      return change(params, (volume) => updateVolume(volume, { description }));
    },
    'Volume.refresh': async (params) => {
      const volume = await read(params);
      await volume.domain.store.refresh(volume);
      return true;
    },
    'Volume.verify_untrusted': async (params) => {
      const volume = await read(params);
      await useVolumes([volume], () => verifyUntrusted(volume));
      return true;
    },
    'SDM.copy_data': async (params) => {
      const from = readEndpoint(params, 'source');
      const to = readEndpoint(params, 'destination');
      const bitmaps = readOptionalBoolean(params, 'copy_bitmaps') ?? false;
      context.jobs.start({ id: readUuid(params, 'job_id'), type: 'storage', description: 'copy_data' }, (operation) =>
        copyData(context, from, to, bitmaps, operation),
      );
      return true;
    },
    'SDM.update_volume': async (params) => {
      const endpoint = readVolumeInfo(readObject(params, 'vol_info'));
      const attributes = readVolumeAttributes(readObject(params, 'vol_attr'));
      context.jobs.start({ id: readUuid(params, 'job_id'), type: 'storage', description: 'update_volume' }, () =>
        context.locks.exclusive(imageKey(endpoint.domainId, endpoint.imageId), async () => {
          const volume = await readVolume(await findDomain(context, endpoint.domainId), endpoint.imageId, endpoint.volumeId);
          await updateAttributes(volume, endpoint.generation, attributes);
        }),
      );
      return true;
    },
  };
}

function readVolumeInfo(value: Parameters): VolumeEndpoint {
  return {
    domainId: readUuid(value, 'sd_id'),
    imageId: readUuid(value, 'img_id'),
    volumeId: readUuid(value, 'vol_id'),
    generation: readOptionalInteger(value, 'generation', { minimum: 0, maximum: maximumGeneration }),
  };
}

function readEndpoint(params: Parameters, name: string): VolumeEndpoint {
  const value = readObject(params, name);
  const type = value['endpoint_type'] ?? 'div';
  if (type !== 'div')
    throw new VdsmError(
      errorCode.unsupportedOperation,
      `${name}: endpoints of type ${String(type).slice(0, 32)} are not supported by this host; use a volume (div)`,
    );
  return readVolumeInfo(value);
}

function readNewVolume(params: Parameters): Omit<NewVolume, 'domain'> & { domainId: string } {
  const format = readChoice(params, 'volFormat', formats);
  const allocation = readChoice(params, 'preallocate', allocations);
  if (format === 'UNKNOWN') throw storageError('IncorrectFormat', 'volFormat must be 4 (COW) or 5 (RAW)');
  if (allocation === 'UNKNOWN') throw storageError('IncorrectType', 'preallocate must be 1 (PREALLOCATED) or 2 (SPARSE)');
  const diskType = readText(params, 'diskType', 8);
  if (!diskTypes.includes(diskType)) throw invalidParameter('diskType', `one of ${diskTypes.join(', ')} is needed`);
  const bitmap = readOptionalUuid(params, 'bitmap');
  const parentImage = readOptionalUuid(params, 'srcImgUUID');
  const parentVolume = readOptionalUuid(params, 'srcVolUUID');
  const initialSize = params['initialSize'] === undefined || params['initialSize'] === null ? undefined : readSize(params, 'initialSize');
  return {
    domainId: readUuid(params, 'storagedomainID'),
    imageId: readUuid(params, 'imageID'),
    volumeId: readUuid(params, 'volumeID'),
    capacityBytes: readSize(params, 'size'),
    format,
    allocation,
    diskType,
    description: readText(params, 'desc'),
    legal: readOptionalBoolean(params, 'legal') ?? true,
    sequence: readOptionalInteger(params, 'sequence', { minimum: 0, maximum: maximumSequence }) ?? 0,
    ...(parentVolume === undefined ? {} : { parent: { imageId: parentImage ?? readUuid(params, 'imageID'), volumeId: parentVolume } }),
    ...(initialSize === undefined ? {} : { initialSizeBytes: initialSize }),
    ...(readOptionalBoolean(params, 'addBitmaps') === true ? { inheritsBitmaps: true } : {}),
    ...(bitmap === undefined ? {} : { bitmap }),
  };
}

/** Makes a volume as a task. A repeat while it runs answers with the same task; afterwards with 212. */
async function create(context: StorageContext, params: Parameters): Promise<string> {
  const poolId = readUuid(params, 'storagepoolID');
  const { domainId, ...request } = readNewVolume(params);
  context.pools.managed(poolId);
  const domain = await findDomain(context, domainId);
  await checkNewVolume({ ...request, domain });
  return startCreation(context, 'createVolume', poolId, { ...request, domain });
}

function startCreation(
  context: StorageContext,
  verb: string,
  poolId: string,
  request: NewVolume,
  populate?: (site: VolumeSite, signal: AbortSignal) => Promise<void>,
): Promise<string> {
  const { domain, imageId, volumeId, parent } = request;
  const key = volumeKey(domain.id, imageId, volumeId);
  const { domain: _domain, ...plain } = request;
  return context.tasks.start(
    { verb, poolId, undo: { kind: 'volume', domainId: domain.id, imageId, volumeId }, key: `${verb} ${key} ${JSON.stringify(plain)}` },
    ({ signal, begin }) => {
      const make = async (): Promise<void> => {
        context.building.add(key);
        try {
          await createVolume(request, {
            nowMs: context.clock.nowMs(),
            signal,
            begin,
            ...(populate === undefined ? {} : { populate: (site: VolumeSite) => populate(site, signal) }),
          });
        } finally {
          context.building.delete(key);
        }
      };
      const own = imageKey(domain.id, imageId);
      const exclusive = (): Promise<void> => context.locks.exclusive(own, make);
      // the template must not be deleted meanwhile; an image never is the template of its template
      return parent === undefined || parent.imageId === imageId
        ? exclusive()
        : context.locks.shared(imageKey(domain.id, parent.imageId), exclusive);
    },
  );
}

/**
 * Copies a volume, its whole chain flattened, into a new volume (VDSM schema, Volume.copy): how a
 * template's disk or an independent clone is made.
 */
async function copy(context: StorageContext, params: Parameters): Promise<string> {
  const poolId = readUuid(params, 'storagepoolID');
  context.pools.managed(poolId);
  const domain = await findDomain(context, readUuid(params, 'storagedomainID'));
  const source = await readVolume(domain, readUuid(params, 'imageID'), readUuid(params, 'volumeID'));
  if (source.metadata.legality === 'ILLEGAL')
    throw storageError('prepareIllegalVolumeError', `Volume ${source.id} is illegal; it can't be copied`);
  const target = await findDomain(context, readOptionalUuid(params, 'dstSdUUID') ?? domain.id);
  const format = readChoice(params, 'volFormat', formats);
  const allocation = readChoice(params, 'preallocate', allocations);
  const kept = format === 'UNKNOWN' ? source.metadata.format : format;
  const request: NewVolume = {
    domain: target,
    imageId: readUuid(params, 'dstImgUUID'),
    volumeId: readUuid(params, 'dstVolUUID'),
    capacityBytes: source.metadata.capacityBytes,
    format: kept,
    allocation: allocation === 'UNKNOWN' ? allocationOn(target, { format: kept, allocation: source.metadata.allocation }) : allocation,
    diskType: source.metadata.diskType,
    description: readText(params, 'desc'),
    role: readChoice(params, 'volType', roles),
  };
  await checkNewVolume(request);
  return startCreation(context, 'copyImage', poolId, request, (site, signal) =>
    context.locks.shared(imageKey(domain.id, source.imageId), async () => {
      const chain = await readChain(source);
      const made = { domain: target, metadata: request };
      await useVolumes(chain, async () => {
        await makeRoomFor(made, chainReference(chain), site.makeRoom);
        await convertImage({ source: chainReference(chain), targetPath: site.path, targetFormat: qemuFormat(request.format), signal });
      });
      await reserveCopy(made, site.path, signal);
    }),
  );
}

/** `Volume.measure`. */
async function measure(volume: Volume, params: Parameters): Promise<object> {
  const format = readChoice(params, 'dstVolFormat', formats);
  if (format === 'UNKNOWN') throw storageError('IncorrectFormat', 'dstVolFormat must be 4 (COW) or 5 (RAW)');
  const chain = await readChain(volume);
  const baseId = readOptionalUuid(params, 'baseID');
  const whole = readOptionalBoolean(params, 'backing_chain') ?? true;
  const from = baseId === undefined ? (whole ? 0 : chain.length - 1) : chain.findIndex((member) => member.id === baseId) + 1;
  if (baseId !== undefined && (from === 0 || from >= chain.length))
    throw storageError('VolumeIsNotInChain', `Volume ${baseId} is no parent of volume ${volume.id}`);
  const part = chain.slice(from);
  return useVolumes(part, async () => {
    await checkFormat(volume);
    return measureImage(chainReference(part), qemuFormat(format));
  });
}

/**
 * Checks what a stranger uploaded into a volume (VDSM schema, Volume.verify_untrusted).
 *
 * @throws 484 ImageVerificationError
 */
async function verifyUntrusted(volume: Volume): Promise<void> {
  const { metadata } = volume;
  const header = readImageHeader(await volume.domain.store.readStart(volume, imageHeaderBytes));
  if (metadata.format === 'RAW') {
    if (header.format !== 'raw') throw storageError('ImageVerificationError', `Volume ${volume.id} is raw but holds a qcow2 image`);
    return;
  }
  if (header.format !== 'qcow2') throw storageError('ImageVerificationError', `Volume ${volume.id} is COW but holds no qcow2 image`);
  if (header.virtualSizeBytes > metadata.capacityBytes)
    throw storageError(
      'ImageVerificationError',
      `Volume ${volume.id}: virtual size ${header.virtualSizeBytes} is above the capacity of ${metadata.capacityBytes} bytes`,
    );
  const chain = await readChain(volume);
  const parent = chain.at(-2);
  if (!isBackedBy(header.backingFile, parent))
    throw storageError('ImageVerificationError', `Volume ${volume.id} has another backing file than its parent`);
  await runCommand(['qemu-img', 'check', '-q', chainReference([volume]).json], { limits: untrustedLimits }).catch((error: unknown) => {
    throw storageError('ImageVerificationError', `Volume ${volume.id}: ${error instanceof Error ? error.message : String(error)}`, error);
  });
}

/** The parent's name in the same directory, or, in old images, in the parent's own. */
export function isBackedBy(backingFile: string | undefined, parent: Volume | undefined): boolean {
  if (parent === undefined) return backingFile === undefined;
  return (
    backingFile === parent.id ||
    backingFile === `../${parent.metadata.imageId}/${parent.id}` ||
    backingFile === `../${parent.imageId}/${parent.id}`
  );
}
