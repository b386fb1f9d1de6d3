import type { Loaders } from '../rest/follow.ts';
import { byIds, listing, one } from '../rest/listing.ts';
import { entity, type Services } from '../rest/operation.ts';
import { addMacPool } from './add.ts';
import { readableMacPools } from './read.ts';
import { removeMacPool } from './remove.ts';
import { updateMacPool } from './update.ts';

export const macPoolServices: Services = {
  MacPoolsService: { list: { permit: null, run: (context) => listing(context, 'MacPool', readableMacPools) }, add: addMacPool },
  MacPoolService: {
    get: { permit: null, run: async (context) => entity('MacPool', await one(context, readableMacPools, context.path['mac_pool'])) },
    update: updateMacPool,
    remove: removeMacPool,
  },
};

export const macPoolLoaders: Partial<Loaders> = { entities: { MacPool: (context, ids) => byIds(context, readableMacPools, ids) } };
