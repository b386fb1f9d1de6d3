import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { endPreviewSagas } from './commit.ts';
import { createSnapshotSaga } from './create.ts';
import { deleteLeftoverSaga } from './leftovers.ts';
import { previewSagas } from './preview.ts';
import { removeSnapshotSagas } from './remove.ts';
import { restoreStatelessSaga } from './stateless.ts';

/** All jobs of snapshots. */
export const snapshotSagas = (services: SagaServices): EngineSaga[] => [
  createSnapshotSaga(services),
  ...removeSnapshotSagas(services),
  ...previewSagas(services),
  ...endPreviewSagas(services),
  restoreStatelessSaga(services),
  deleteLeftoverSaga(services),
];
