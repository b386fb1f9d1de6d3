import { sql } from 'kysely';
import type { Loaders } from '../rest/follow.ts';
import { byIds, isUuid, listing, matching } from '../rest/listing.ts';
import { entity, type Entity, type Services } from '../rest/operation.ts';
import { dataCenterOfPath, qosOfPath, readableQos } from './read.ts';
import { addQos, removeQos, updateQos } from './write.ts';

export const qosServices: Services = {
  QossService: {
    list: {
      permit: null,
      async run(context) {
        const { id } = await dataCenterOfPath(context);
        return listing(context, 'Qos', readableQos, sql<boolean>`t.data_center_id = ${id}::uuid`);
      },
    },
    add: addQos,
  },
  QosService: {
    get: { permit: null, run: async (context) => entity('Qos', await qosOfPath(context)) },
    update: updateQos,
    remove: removeQos,
  },
};

export const qosLoaders: Partial<Loaders> = {
  entities: { Qos: (context, ids) => byIds(context, readableQos, ids) },
  children: {
    'DataCenter.qoss': async (context, ids) => {
      const found = await matching(context, readableQos, sql<boolean>`t.data_center_id = any(${ids.filter(isUuid)}::uuid[])`);
      return Map.groupBy(found, (qos) => (qos['data_center'] as Entity).id ?? '');
    },
  },
};
