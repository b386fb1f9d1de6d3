import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../vms/start.ts';
import { addDiskSaga } from './add.ts';
import { importDiskSaga } from './import.ts';
import { removeDiskSaga } from './remove.ts';

/** All jobs of disks. */
export const diskSagas = (services: SagaServices): EngineSaga[] => [
  addDiskSaga(services),
  removeDiskSaga(services),
  importDiskSaga(services),
];
