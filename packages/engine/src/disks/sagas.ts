import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { addDiskSaga } from './add.ts';
import { convertDiskSaga } from './convert.ts';
import { copyDiskSaga } from './copy.ts';
import { extendDiskSaga } from './extend.ts';
import { importDiskSaga } from './import.ts';
import { liveMoveSaga } from './move-live.ts';
import { moveDiskSaga } from './move.ts';
import { reduceDiskSaga } from './reduce.ts';
import { removeDiskSaga } from './remove.ts';
import { sparsifyDiskSaga } from './sparsify.ts';

/** All jobs of disks. */
export const diskSagas = (services: SagaServices): EngineSaga[] => [
  addDiskSaga(services),
  removeDiskSaga(services),
  importDiskSaga(services),
  moveDiskSaga(services),
  liveMoveSaga(services),
  copyDiskSaga(services),
  convertDiskSaga(services),
  sparsifyDiskSaga(services),
  reduceDiskSaga(services),
  extendDiskSaga(services),
];
