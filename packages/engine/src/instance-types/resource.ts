import type { Loaders } from '../rest/follow.ts';
import { byIds, listing, one } from '../rest/listing.ts';
import { entity, type Services } from '../rest/operation.ts';
import { readableInstanceTypes } from './read.ts';
import { addInstanceType, removeInstanceType, updateInstanceType } from './write.ts';

export const instanceTypeServices: Services = {
  InstanceTypesService: {
    list: { permit: null, run: (context) => listing(context, 'InstanceType', readableInstanceTypes) },
    add: addInstanceType,
  },
  InstanceTypeService: {
    get: {
      permit: null,
      run: async (context) => entity('InstanceType', await one(context, readableInstanceTypes, context.path['instance_type'])),
    },
    update: updateInstanceType,
    remove: removeInstanceType,
  },
};

export const instanceTypeLoaders: Partial<Loaders> = {
  entities: { InstanceType: (context, ids) => byIds(context, readableInstanceTypes, ids) },
};
