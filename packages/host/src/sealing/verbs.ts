import type { StorageContext } from '../storage-context.ts';
import { invalidParameter, readObject, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { sealVolumes } from './seal.ts';
import type { SealedVolume } from './seal.ts';

const maximumDisks = 256;

function readImages(list: unknown): SealedVolume[] {
  if (!Array.isArray(list) || list.length === 0 || list.length > maximumDisks)
    throw invalidParameter('images', `a list of 1 to ${maximumDisks} volumes is needed`);
  return list.map((_, at) => {
    const image = readObject({ image: list[at] as unknown }, 'image');
    return { domainId: readUuid(image, 'sd_id'), imageId: readUuid(image, 'img_id'), volumeId: readUuid(image, 'vol_id') };
  });
}

/** The verb that seals the disks of a template, as a job (VDSM schema, VM.seal). */
export function createSealVerbs(context: StorageContext, acceleration: 'kvm' | 'tcg'): VerbTable {
  return {
    'VM.seal': async (params) => {
      const templateId = readUuid(params, 'vmID');
      const poolId = readUuid(params, 'sp_id');
      const images = readImages(params['images']);
      context.jobs.start({ id: readUuid(params, 'job_id'), type: 'virt', description: 'seal_vm' }, async ({ signal }) => {
        context.log.info({ template: templateId, pool: poolId, disks: images.length }, 'Sealing the disks of a template');
        await sealVolumes(context, images, acceleration, signal);
      });
      return true;
    },
  };
}
