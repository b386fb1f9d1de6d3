import { readObject, readOptionalBoolean, readOptionalInteger, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import type { StorageContext } from '../storage-context.ts';
import { imageKey } from '../image/locks.ts';
import { findDomain } from '../storage-context.ts';
import { storageError } from '../storage-error.ts';
import { finalizeMerge, mergeSubchain, prepareMerge } from './merge.ts';
import type { Subchain } from './merge.ts';
import { punchZeros } from './qemu-img.ts';
import { blankUuid, maximumGeneration } from './volume-metadata.ts';
import { fillVolume } from './fill.ts';
import { readVolume, useVolumes } from './volumes.ts';

type Parameters = Record<string, unknown>;

function readSubchain(params: Parameters, name: string): Subchain {
  const value = readObject(params, name);
  return {
    domainId: readUuid(value, 'sd_id'),
    imageId: readUuid(value, 'img_id'),
    baseId: readUuid(value, 'base_id'),
    topId: readUuid(value, 'top_id'),
    baseGeneration: readOptionalInteger(value, 'base_generation', { minimum: 0, maximum: maximumGeneration }),
  };
}

/** Verbs that change the content of a chain in its place: cold merge in three steps, and giving zeros back to the storage. */
export function createMergeVerbs(context: StorageContext): VerbTable {
  const asTask = (verb: string, run: (subchain: Subchain) => Promise<void>) => async (params: Parameters) => {
    const poolId = readUuid(params, 'storagepoolID');
    const subchain = readSubchain(params, 'subchainInfo');
    context.pools.managed(poolId);
    await findDomain(context, subchain.domainId);
    return context.tasks.start({ verb, poolId, undo: { kind: 'none' } }, () => run(subchain));
  };
  return {
    'StoragePool.prepareMerge': asTask('prepareMerge', (subchain) => prepareMerge(context, subchain)),
    'StoragePool.finalizeMerge': asTask('finalizeMerge', (subchain) => finalizeMerge(context, subchain)),
    'SDM.merge': async (params) => {
      const subchain = readSubchain(params, 'subchain_info');
      const bitmaps = readOptionalBoolean(params, 'merge_bitmaps') ?? false;
      context.jobs.start({ id: readUuid(params, 'job_id'), type: 'storage', description: 'merge_subchain' }, (operation) =>
        mergeSubchain(context, subchain, { ...operation, bitmaps }),
      );
      return true;
    },
    'SDM.sparsify_volume': async (params) => {
      const endpoint = readObject(params, 'vol_info');
      const domainId = readUuid(endpoint, 'sd_id');
      const imageId = readUuid(endpoint, 'img_id');
      const volumeId = readUuid(endpoint, 'vol_id');
      const generation = readOptionalInteger(endpoint, 'generation', { minimum: 0, maximum: maximumGeneration });
      context.jobs.start({ id: readUuid(params, 'job_id'), type: 'storage', description: 'sparsify_volume' }, () =>
        context.locks.exclusive(imageKey(domainId, imageId), async () => {
          const volume = await readVolume(await findDomain(context, domainId), imageId, volumeId);
          if (volume.metadata.format !== 'RAW' || volume.metadata.allocation !== 'SPARSE' || volume.metadata.parentId !== blankUuid)
            throw storageError('IncorrectType', `Volume ${volumeId} is not sparse and raw; only such can be sparsified on this host`);
          await fillVolume(context, volume, generation, () => useVolumes([volume], () => punchZeros(volume.path)));
        }),
      );
      return true;
    },
  };
}
