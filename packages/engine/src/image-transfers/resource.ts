import type { Disk, Image } from '@virgate/contract/generated/types';
import type { Loaders } from '../rest/follow.ts';
import { byIds } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import { readableDisks } from '../disks/read.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { beginTransfer, beginTransferSaga } from './begin.ts';
import { transferActions } from './control.ts';
import { endTransferSaga } from './end.ts';
import { transfer, transfers } from './read.ts';

export const imageTransferServices: Services = {
  ImageTransfersService: {
    list: { permit: null, run: async (context) => collection('ImageTransfer', await transfers(context)) },
    add: beginTransfer,
  },
  ImageTransferService: {
    get: { permit: null, run: async (context) => entity('ImageTransfer', await transfer(context, context.path['image_transfer'] ?? '')) },
    ...transferActions,
  },
};

/** The image of a transfer is that of its disk. */
async function imagesByIds(context: Context, ids: readonly string[]): Promise<Entity[]> {
  return (await byIds(context, readableDisks, ids)).map((disk): Entity => {
    const { content_type: content, provisioned_size: size, storage_domains: domains } = disk as Disk;
    const image: Image = {
      id: disk.id ?? '',
      name: String(disk['name']),
      type: content === 'iso' ? 'iso' : 'disk',
      ...(size === undefined ? {} : { size }),
      ...(domains?.[0] === undefined ? {} : { storage_domain: domains[0] }),
    };
    return image as Entity;
  });
}

export const imageTransferLoaders: Partial<Loaders> = { entities: { Image: imagesByIds } };

/** All jobs of image transfers. */
export const imageTransferSagas = (services: SagaServices): EngineSaga[] => [beginTransferSaga(services), endTransferSaga(services)];
