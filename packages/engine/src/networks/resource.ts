import { sql } from 'kysely';
import type { Loaders } from '../rest/follow.ts';
import { byIds, isUuid, listing, matching } from '../rest/listing.ts';
import { entity, type Context, type Entity, type Operation, type Service, type Services } from '../rest/operation.ts';
import { addBondNetwork, removeBondNetwork } from '../iscsi-bonds/resource.ts';
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

const ofBond = (context: Context): boolean => context.path['iscsi_bond'] !== undefined;
/** Below an iSCSI bond networks come and go as its members: another permit, on the data center. */
const orOfBond = (operation: Operation, bond: Operation): Operation => ({
  ...operation,
  permitFor: (context) => (ofBond(context) ? bond : operation).permit ?? '',
  subjects: (context) => (ofBond(context) ? bond : operation).subjects?.(context) ?? [],
  run: (context) => (ofBond(context) ? bond : operation).run(context),
});

const networks: Service = {
  list: { permit: null, run: async (context) => listing(context, 'Network', readableNetworks, await networksOfPath(context)) },
  add: orOfBond(within(addNetwork), addBondNetwork),
};
const network: Service = {
  get: { permit: null, run: async (context) => entity('Network', await networkOfPath(context)) },
  update: within(updateNetwork),
  remove: orOfBond(within(removeNetwork), removeBondNetwork),
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
