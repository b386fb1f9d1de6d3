import { sql } from 'kysely';
import { networkOfPath } from '../networks/of-path.ts';
import type { Loaders } from '../rest/follow.ts';
import { notFound } from '../rest/fault.ts';
import { byIds, isUuid, listing, matching, one } from '../rest/listing.ts';
import { entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { readableVnicProfiles } from './read.ts';
import { addVnicProfile, removeVnicProfile, updateVnicProfile } from './write.ts';

/** Below `/networks/{id}` only that network's profiles exist. */
async function profileOfPath(context: Context): Promise<Entity> {
  const network = await networkOfPath(context);
  const found = await one(context, readableVnicProfiles, context.path['profile']);
  if ((found['network'] as Entity).id !== network.id) throw notFound();
  return found;
}

const within = (operation: Operation): Operation => ({
  ...operation,
  async run(context) {
    if (context.path['profile'] === undefined) await networkOfPath(context);
    else await profileOfPath(context);
    return operation.run(context);
  },
});

export const vnicProfileServices: Services = {
  VnicProfilesService: {
    list: { permit: null, run: (context) => listing(context, 'VnicProfile', readableVnicProfiles) },
    add: addVnicProfile,
  },
  VnicProfileService: {
    get: { permit: null, run: async (context) => entity('VnicProfile', await one(context, readableVnicProfiles, context.path['profile'])) },
    update: updateVnicProfile,
    remove: removeVnicProfile,
  },
  AssignedVnicProfilesService: {
    list: {
      permit: null,
      async run(context) {
        const network = await networkOfPath(context);
        return listing(context, 'VnicProfile', readableVnicProfiles, sql<boolean>`t.network_id = ${network.id}::uuid`);
      },
    },
    add: within(addVnicProfile),
  },
  AssignedVnicProfileService: {
    get: { permit: null, run: async (context) => entity('VnicProfile', await profileOfPath(context)) },
    remove: within(removeVnicProfile),
  },
};

export const vnicProfileLoaders: Partial<Loaders> = {
  entities: { VnicProfile: (context, ids) => byIds(context, readableVnicProfiles, ids) },
  children: {
    'Network.vnic_profiles': async (context, ids) => {
      const found = await matching(context, readableVnicProfiles, sql<boolean>`t.network_id = any(${ids.filter(isUuid)}::uuid[])`);
      return Map.groupBy(found, (one) => (one['network'] as Entity).id ?? '');
    },
  },
};
