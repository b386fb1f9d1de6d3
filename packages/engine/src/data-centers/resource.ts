import { byIds, list, one } from '../rest/listing.ts';
import { collection, entity, type Services } from '../rest/operation.ts';
import { addDataCenter } from './add.ts';
import { readableDataCenters } from './read.ts';
import { removeDataCenter } from './remove.ts';
import { updateDataCenter } from './update.ts';

export const dataCenterServices: Services = {
  DataCentersService: {
    list: { permit: null, run: async (context) => collection('DataCenter', await list(context, readableDataCenters)) },
    add: addDataCenter,
  },
  DataCenterService: {
    get: {
      permit: null,
      run: async (context) => entity('DataCenter', await one(context, readableDataCenters, context.path['data_center'])),
    },
    update: updateDataCenter,
    remove: removeDataCenter,
  },
};

export const dataCenterLoaders = {
  entities: { DataCenter: (context: Parameters<typeof byIds>[0], ids: readonly string[]) => byIds(context, readableDataCenters, ids) },
};
