import type { EngineSaga } from '../jobs/jobs.ts';
import type { Loaders } from '../rest/follow.ts';
import { byIds, list, one } from '../rest/listing.ts';
import { collection, entity, type Services } from '../rest/operation.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { addVmPool } from './add.ts';
import { allocateVm } from './allocate.ts';
import { growPoolSagas } from './grow.ts';
import { readableVmPools } from './read.ts';
import { removePoolSaga, removeVmPool } from './remove.ts';
import { updateVmPool } from './update.ts';
import { newVersionSaga } from './version.ts';

/** All jobs of pools. */
export const vmPoolSagas = (services: SagaServices): EngineSaga[] => [
  ...growPoolSagas(services),
  removePoolSaga(services),
  newVersionSaga(services),
];

export const vmPoolServices: Services = {
  VmPoolsService: {
    list: { permit: null, run: async (context) => collection('VmPool', await list(context, readableVmPools)) },
    add: addVmPool,
  },
  VmPoolService: {
    get: { permit: null, run: async (context) => entity('VmPool', await one(context, readableVmPools, context.path['pool'])) },
    update: updateVmPool,
    remove: removeVmPool,
    allocate_vm: allocateVm,
  },
};

export const vmPoolLoaders: Partial<Loaders> = { entities: { VmPool: (context, ids) => byIds(context, readableVmPools, ids) } };
