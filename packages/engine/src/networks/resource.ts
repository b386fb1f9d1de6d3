import { sql } from 'kysely';
import type { Loaders } from '../rest/follow.ts';
import { byIds, isUuid, list, matching } from '../rest/listing.ts';
import { collection, entity, type Entity, type Operation, type Service, type Services } from '../rest/operation.ts';
import { addNetwork } from './add.ts';
import { clusterNetworkService, clusterNetworksService, networksOfClusters } from './clusters.ts';
import { labelsOfNetworks } from './labels.ts';
import { networkOfPath, networksOfPath } from './of-path.ts';
import { readableNetworks } from './read.ts';
import { removeNetwork } from './remove.ts';
import { updateNetwork } from './update.ts';

const within = (operation: Operation): Operation => ({
  ...operation,
  async run(context) {
    if (context.path['network'] === undefined) await networksOfPath(context);
    else await networkOfPath(context);
    return operation.run(context);
  },
});

const networks: Service = {
  list: {
    permit: null,
    run: async (context) => collection('Network', await list(context, readableNetworks, await networksOfPath(context))),
  },
  add: within(addNetwork),
};
const network: Service = {
  get: { permit: null, run: async (context) => entity('Network', await networkOfPath(context)) },
  update: within(updateNetwork),
  remove: within(removeNetwork),
};

export const networkServices: Services = {
  NetworksService: networks,
  NetworkService: network,
  DataCenterNetworksService: networks,
  DataCenterNetworkService: network,
  ClusterNetworksService: clusterNetworksService,
  ClusterNetworkService: clusterNetworkService,
};

export const networkLoaders: Partial<Loaders> = {
  entities: { Network: (context, ids) => byIds(context, readableNetworks, ids) },
  children: {
    'DataCenter.networks': async (context, ids) => {
      const found = await matching(context, readableNetworks, sql<boolean>`t.data_center_id = any(${ids.filter(isUuid)}::uuid[])`);
      return Map.groupBy(found, (one) => (one['data_center'] as Entity).id ?? '');
    },
    'Cluster.networks': networksOfClusters,
    'Network.network_labels': labelsOfNetworks,
  },
};
