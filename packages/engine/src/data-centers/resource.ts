import { byIds, listing, one } from '../rest/listing.ts';
import { entity, type Services } from '../rest/operation.ts';
import { addDataCenter } from './add.ts';
import { cleanFinishedTasks } from './clean-tasks.ts';
import { readableDataCenters } from './read.ts';
import { removeDataCenter } from './remove.ts';
import { setMaster } from './set-master.ts';
import { updateDataCenter } from './update.ts';

export const dataCenterServices: Services = {
  DataCentersService: { list: { permit: null, run: (context) => listing(context, 'DataCenter', readableDataCenters) }, add: addDataCenter },
  DataCenterService: {
    get: {
      permit: null,
      run: async (context) => entity('DataCenter', await one(context, readableDataCenters, context.path['data_center'])),
    },
    update: updateDataCenter,
    remove: removeDataCenter,
    clean_finished_tasks: cleanFinishedTasks,
    set_master: setMaster,
  },
};

export const dataCenterLoaders = {
  entities: { DataCenter: (context: Parameters<typeof byIds>[0], ids: readonly string[]) => byIds(context, readableDataCenters, ids) },
};
