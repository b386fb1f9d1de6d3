import { imageKey } from '../image/locks.ts';
import { findDomain } from '../storage-context.ts';
import type { StorageContext } from '../storage-context.ts';
import { invalidParameter, readObject, readOptionalInteger, readText, readUuid } from '../verb.ts';
import type { VerbHandler, VerbTable } from '../verb.ts';
import { addBitmap, clearBitmaps, removeBitmap } from './bitmaps.ts';
import { fillVolume } from './fill.ts';
import { maximumGeneration } from './volume-metadata.ts';
import { readChain, readVolume, useVolumes } from './volumes.ts';
import type { Volume } from './volumes.ts';

/** Names as engines give them; they reach argument lists. */
function readBitmapName(params: Record<string, unknown>): string {
  const name = readText(params, 'bitmap', 255);
  if (!/^[\w][\w.-]*$/.test(name)) throw invalidParameter('bitmap', 'letters, digits, ".", "_" and "-"');
  return name;
}

/** Verbs that begin and end the record of what changes in a volume that no machine uses (VDSM schema, SDM.add_bitmap and its like). */
export function createBitmapVerbs(context: StorageContext): VerbTable {
  const asJob =
    (description: string, prepare: (params: Record<string, unknown>) => (volume: Volume) => Promise<void>): VerbHandler =>
    // oxlint-disable-next-line require-await -- what it throws has to become a rejection
    async (params) => {
      const endpoint = readObject(params, 'vol_info');
      const domainId = readUuid(endpoint, 'sd_id');
      const imageId = readUuid(endpoint, 'img_id');
      const volumeId = readUuid(endpoint, 'vol_id');
      const generation = readOptionalInteger(endpoint, 'generation', { minimum: 0, maximum: maximumGeneration });
      const run = prepare(params);
      context.jobs.start({ id: readUuid(params, 'job_id'), type: 'storage', description }, () =>
        context.locks.exclusive(imageKey(domainId, imageId), async () => {
          const volume = await readVolume(await findDomain(context, domainId), imageId, volumeId);
          const chain = await readChain(volume);
          await fillVolume(context, volume, generation, () => useVolumes(chain, () => run(volume)));
        }),
      );
      return true;
    };
  return {
    'SDM.add_bitmap': asJob('add_bitmap', (params) => {
      const name = readBitmapName(params);
      return (volume) => addBitmap(volume, name);
    }),
    'SDM.remove_bitmap': asJob('remove_bitmap', (params) => {
      const name = readBitmapName(params);
      return (volume) => removeBitmap(volume, name);
    }),
    'SDM.clear_bitmaps': asJob('clear_bitmaps', () => clearBitmaps),
  };
}
