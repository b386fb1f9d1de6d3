import { readableClusters } from '../clusters/read.ts';
import type { Loaders } from '../rest/follow.ts';
import { notFound } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import { networkFilters } from './predefined.ts';

/** Below `/clusters/{id}` the filters that its hosts can have: all of them, at every level. @throws {Fault} 404 */
async function filtersOfPath(context: Context): Promise<Entity[]> {
  const { cluster, data_center: dataCenter } = context.path;
  if (cluster !== undefined) {
    const found = await one(context, readableClusters, cluster);
    if (dataCenter !== undefined && (found['data_center'] as Entity | undefined)?.id !== dataCenter) throw notFound();
  }
  return networkFilters.map((filter) => structuredClone(filter));
}

export const networkFilterServices: Services = {
  NetworkFiltersService: { list: { permit: null, run: async (context) => collection('NetworkFilter', await filtersOfPath(context)) } },
  NetworkFilterService: {
    get: {
      permit: null,
      async run(context) {
        const found = (await filtersOfPath(context)).find((filter) => filter.id === context.path['network_filter']);
        if (!found) throw notFound();
        return entity('NetworkFilter', found);
      },
    },
  },
};

export const networkFilterLoaders: Partial<Loaders> = {
  children: {
    'Cluster.network_filters': (_, ids) =>
      Promise.resolve(new Map(ids.map((id) => [id, networkFilters.map((filter): Entity => structuredClone(filter))]))),
  },
  entities: {
    NetworkFilter: (_, ids) =>
      Promise.resolve(networkFilters.filter((filter) => ids.includes(filter.id)).map((one) => structuredClone(one))),
  },
};
