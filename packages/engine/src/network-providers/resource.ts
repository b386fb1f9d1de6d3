import { sql } from 'kysely';
import type { Loaders } from '../rest/follow.ts';
import { isUuid } from '../rest/listing.ts';
import { collection, entity, type Services } from '../rest/operation.ts';
import { providerNetwork, providerNetworks, providerSubnet, providerSubnets } from './networks.ts';
import { providerEntities, providerEntity, providerOfPath } from './providers.ts';
import { providersOfCluster } from './clusters.ts';
import { addProvider, removeProvider, testProvider, updateProvider } from './write.ts';

export const networkProviderServices: Services = {
  OpenstackNetworkProvidersService: {
    list: { permit: null, run: async (context) => collection('OpenStackNetworkProvider', await providerEntities(context)) },
    add: addProvider,
  },
  OpenstackNetworkProviderService: {
    get: { permit: null, run: async (context) => entity('OpenStackNetworkProvider', providerEntity(await providerOfPath(context))) },
    update: updateProvider,
    remove: removeProvider,
    test_connectivity: testProvider,
  },
  OpenstackNetworksService: providerNetworks,
  OpenstackNetworkService: providerNetwork,
  OpenstackSubnetsService: providerSubnets,
  OpenstackSubnetService: providerSubnet,
  ClusterExternalProvidersService: {
    list: { permit: null, run: async (context) => collection('ExternalProvider', await providersOfCluster(context)) },
  },
};

export const networkProviderLoaders: Partial<Loaders> = {
  entities: {
    OpenStackNetworkProvider: (context, ids) => providerEntities(context, sql<boolean>`p.id = any(${ids.filter(isUuid)}::uuid[])`),
  },
};
