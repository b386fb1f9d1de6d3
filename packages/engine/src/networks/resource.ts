import { sql, type RawBuilder } from 'kysely';
import { readableDataCenters } from '../data-centers/read.ts';
import type { Loaders } from '../rest/follow.ts';
import { notBuilt, notFound } from '../rest/fault.ts';
import { byIds, isUuid, list, matching, one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Operation, type Service, type Services } from '../rest/operation.ts';
import { addNetwork } from './add.ts';
import { clusterNetworkService, clusterNetworksService, networksOfClusters } from './clusters.ts';
import { readableNetworks } from './read.ts';
import { removeNetwork } from './remove.ts';
import { updateNetwork } from './update.ts';

/** Below `/datacenters/{id}` only that data center's networks exist. */
async function ofPath(context: Context): Promise<RawBuilder<boolean> | undefined> {
  if (context.path['iscsi_bond'] !== undefined) throw notBuilt('Networks of iSCSI bonds');
  const dataCenter = context.path['data_center'];
  if (dataCenter === undefined) return undefined;
  await one(context, readableDataCenters, dataCenter);
  return sql<boolean>`t.data_center_id = ${dataCenter}::uuid`;
}

/** The network of the path. @throws {Fault} 404 */
export async function networkOfPath(context: Context): Promise<Entity> {
  await ofPath(context);
  const found = await one(context, readableNetworks, context.path['network']);
  const dataCenter = context.path['data_center'];
  if (dataCenter !== undefined && (found['data_center'] as Entity).id !== dataCenter) throw notFound();
  return found;
}

const within = (operation: Operation): Operation => ({
  ...operation,
  async run(context) {
    if (context.path['network'] === undefined) await ofPath(context);
    else await networkOfPath(context);
    return operation.run(context);
  },
});

const networks: Service = {
  list: { permit: null, run: async (context) => collection('Network', await list(context, readableNetworks, await ofPath(context))) },
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
  },
};
