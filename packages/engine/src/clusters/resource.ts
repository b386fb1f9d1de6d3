import { sql, type RawBuilder } from 'kysely';
import { readableDataCenters } from '../data-centers/read.ts';
import type { Loaders } from '../rest/follow.ts';
import { notFound } from '../rest/fault.ts';
import { byIds, isUuid, listing, matching, one } from '../rest/listing.ts';
import { entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { addCluster } from './add.ts';
import { syncClusterNetworks } from '../host-networks/operations.ts';
import { readableClusters } from './read.ts';
import { removeCluster } from './remove.ts';
import { resetEmulatedMachine } from './reset-machine.ts';
import { updateCluster } from './update.ts';
import { upgradeCluster } from './upgrade.ts';

/** Below `/datacenters/{id}` only that data center's clusters exist. */
async function ofPath(context: Context): Promise<RawBuilder<boolean> | undefined> {
  const dataCenter = context.path['data_center'];
  if (dataCenter === undefined) return undefined;
  await one(context, readableDataCenters, dataCenter);
  return sql<boolean>`t.data_center_id = ${dataCenter}::uuid`;
}

const oneOfPath = async (context: Context): Promise<Entity> => {
  const found = await one(context, readableClusters, context.path['cluster']);
  const dataCenter = context.path['data_center'];
  if (dataCenter !== undefined && (found['data_center'] as Entity | undefined)?.id !== dataCenter) throw notFound();
  return found;
};

/** An operation on one cluster that also checks that it belongs to the data center of the path. */
const within = (operation: Operation): Operation => ({
  ...operation,
  async run(context) {
    await oneOfPath(context);
    return operation.run(context);
  },
});

export const clusterServices: Services = {
  ClustersService: {
    list: { permit: null, run: async (context) => listing(context, 'Cluster', readableClusters, await ofPath(context)) },
    add: addCluster,
  },
  ClusterService: {
    get: { permit: null, run: async (context) => entity('Cluster', await oneOfPath(context)) },
    update: within(updateCluster),
    remove: within(removeCluster),
    sync_all_networks: within(syncClusterNetworks),
    reset_emulated_machine: within(resetEmulatedMachine),
    upgrade: within(upgradeCluster),
  },
};

export const clusterLoaders: Partial<Loaders> = {
  entities: { Cluster: (context, ids) => byIds(context, readableClusters, ids) },
  children: {
    'DataCenter.clusters': async (context, ownerIds) => {
      const found = await matching(context, readableClusters, sql<boolean>`t.data_center_id = any(${ownerIds.filter(isUuid)}::uuid[])`);
      return Map.groupBy(found, (cluster) => (cluster['data_center'] as Entity).id ?? '');
    },
  },
};
