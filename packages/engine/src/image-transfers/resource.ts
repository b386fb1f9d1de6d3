import { collection, entity, type Services } from '../rest/operation.ts';
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

/** All jobs of image transfers. */
export const imageTransferSagas = (services: SagaServices): EngineSaga[] => [beginTransferSaga(services), endTransferSaga(services)];
