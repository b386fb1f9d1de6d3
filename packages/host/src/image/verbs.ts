import { invalidParameter, readOptionalBoolean, readOptionalUuids, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { readChoice, readOptionalUuid } from '../storage-parameters.ts';
import { storageError } from '../storage-error.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import { deleteVolume, discardImage, purgeImage } from '../volume/remove-volume.ts';
import { listVolumes, readLeaf, readVolume } from '../volume/volumes.ts';
import { downloadImage, readImageSource } from './download.ts';
import { imageKey } from './locks.ts';
import { moveImage } from './move.ts';
import type { ImagePreparer } from './prepare.ts';
import { cloneStructure, syncData } from './replicate.ts';
import type { Replication } from './replicate.ts';
import { reconcileChain } from '../volume/reconcile.ts';

type Parameters = Record<string, unknown>;

const syncTypes = ['ALL', 'INTERNAL', 'LEAF'] as const;

/** Verbs over images: chains of volumes. */
export function createImageVerbs(context: StorageContext, preparer: ImagePreparer): VerbTable {
  return {
    'Image.prepare': async (params) => {
      const volume = {
        poolId: readUuid(params, 'storagepoolID'),
        domainId: readUuid(params, 'storagedomainID'),
        imageId: readUuid(params, 'imageID'),
        volumeId: readOptionalUuid(params, 'volumeID'),
      };
      const { path, kind, chain } = await preparer.prepare(volume, { allowIllegal: readOptionalBoolean(params, 'allowIllegal') ?? false });
      return { path, info: { type: kind, path }, imgVolumesInfo: chain.map(volumeForWire) };
    },
    'Image.teardown': async (params) => {
      await preparer.teardown({ domainId: readUuid(params, 'storagedomainID'), imageId: readUuid(params, 'imageID') });
      return true;
    },
    'Image.getVolumes': async (params) =>
      listVolumes(await findDomain(context, readUuid(params, 'storagedomainID')), readUuid(params, 'imageID')),
    'Image.delete': (params) => remove(context, preparer, params),
    'Image.deleteVolumes': (params) => removeVolumes(context, params),
    'Image.download': (params) => download(context, params),
    'Image.move': (params) => move(context, params),
    'Image.cloneStructure': async (params) => cloneStructure(context, await readReplication(context, params)),
    'Image.syncData': async (params) => {
      const type = syncTypes.find((name) => name === params['syncType']);
      if (type === undefined) throw invalidParameter('syncType', `one of ${syncTypes.join(', ')} is needed`);
      return syncData(context, await readReplication(context, params), type);
    },
    'Image.reconcileVolumeChain': (params) => {
      context.pools.managed(readUuid(params, 'storagepoolID'));
      return reconcileChain(context, readUuid(params, 'storagedomainID'), readUuid(params, 'imageID'), readUuid(params, 'leafVolID'));
    },
  };
}

function volumeForWire(volume: {
  domainId: string;
  imageId: string;
  volumeId: string;
  path: string;
  leasePath: string;
  leaseOffset: number;
}): object {
  return {
    domainID: volume.domainId,
    imageID: volume.imageId,
    volumeID: volume.volumeId,
    path: volume.path,
    leasePath: volume.leasePath,
    leaseOffset: volume.leaseOffset,
  };
}

/** The image is gone when this answers; the task only frees its space. */
async function remove(context: StorageContext, preparer: ImagePreparer, params: Parameters): Promise<string> {
  const poolId = readUuid(params, 'storagepoolID');
  const imageId = readUuid(params, 'imageID');
  const force = readOptionalBoolean(params, 'force') ?? false;
  const zero = readOptionalBoolean(params, 'postZero') ?? false;
  context.pools.managed(poolId);
  const domain = await findDomain(context, readUuid(params, 'storagedomainID'));
  await context.locks.exclusive(imageKey(domain.id, imageId), () => discardImage(domain, imageId, force, zero));
  await preparer
    .teardown({ domainId: domain.id, imageId })
    .catch((error: unknown) => context.log.warn({ image: imageId, error: String(error) }, 'The link of a deleted image was not removed'));
  return context.tasks.start({ verb: 'deleteImage', poolId, undo: { kind: 'none' } }, () => purgeImage(domain, imageId));
}

/** Deletes volumes that a merge left over, or the end of a chain; children go before their parents. */
async function removeVolumes(context: StorageContext, params: Parameters): Promise<string> {
  const poolId = readUuid(params, 'storagepoolID');
  const imageId = readUuid(params, 'imageID');
  const volumeIds = readOptionalUuids(params, 'volumeList', 256) ?? [];
  const force = readOptionalBoolean(params, 'force') ?? false;
  context.pools.managed(poolId);
  const domain = await findDomain(context, readUuid(params, 'storagedomainID'));
  for (const volumeId of volumeIds) await readVolume(domain, imageId, volumeId);
  return context.tasks.start({ verb: 'deleteVolume', poolId, undo: { kind: 'none' } }, () =>
    context.locks.exclusive(imageKey(domain.id, imageId), async () => {
      const remaining = new Set(volumeIds);
      for (let round = 0; remaining.size > 0; round++) {
        const present = await Promise.all([...remaining].map((volumeId) => readVolume(domain, imageId, volumeId)));
        const parents = new Set(present.map((volume) => volume.metadata.parentId));
        const next = present.find((volume) => !parents.has(volume.id));
        if (next === undefined || round > volumeIds.length)
          throw storageError('ImageIsNotLegalChain', `Volumes of image ${imageId} form a ring`);
        await deleteVolume(next, force);
        remaining.delete(next.id);
      }
    }),
  );
}

async function download(context: StorageContext, params: Parameters): Promise<string> {
  const poolId = readUuid(params, 'storagepoolID');
  const imageId = readUuid(params, 'imageID');
  const source = readImageSource(params);
  context.pools.managed(poolId);
  const domain = await findDomain(context, readUuid(params, 'storagedomainID'));
  const volumeId = readOptionalUuid(params, 'volumeID');
  const target = volumeId === undefined ? await readLeaf(domain, imageId) : await readVolume(domain, imageId, volumeId);
  const undo = { kind: 'import', domainId: domain.id, imageId, volumeId: target.id } as const;
  return context.tasks.start(
    { verb: 'downloadImage', poolId, undo, key: `downloadImage ${domain.id}/${imageId}/${target.id}` },
    ({ signal, begin }) =>
      context.locks.exclusive(imageKey(domain.id, imageId), async () => {
        await begin();
        await downloadImage(context, await readVolume(domain, imageId, target.id), source, { signal, progress: () => undefined });
      }),
  );
}

async function readReplication(context: StorageContext, params: Parameters): Promise<Replication> {
  const poolId = readUuid(params, 'storagepoolID');
  context.pools.managed(poolId);
  return {
    poolId,
    imageId: readUuid(params, 'imageID'),
    source: await findDomain(context, readUuid(params, 'storagedomainID')),
    target: await findDomain(context, readUuid(params, 'dstSdUUID')),
  };
}

async function move(context: StorageContext, params: Parameters): Promise<string> {
  const poolId = readUuid(params, 'storagepoolID');
  const imageId = readUuid(params, 'imageID');
  const force = readOptionalBoolean(params, 'force') ?? false;
  const operation = readChoice(params, 'operation', { 1: 'COPY', 2: 'MOVE' });
  context.pools.managed(poolId);
  const source = await findDomain(context, readUuid(params, 'storagedomainID'));
  const target = await findDomain(context, readUuid(params, 'dstSdUUID'));
  return moveImage(context, { poolId, source, target, imageId, remove: operation === 'MOVE', force });
}
