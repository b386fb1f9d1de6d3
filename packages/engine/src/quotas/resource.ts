import { sql } from 'kysely';
import { permissionsOn } from '../permissions/read.ts';
import { dataCenterOfPath } from '../qos/read.ts';
import type { Loaders } from '../rest/follow.ts';
import { byIds, isUuid, listing, matching } from '../rest/listing.ts';
import { entity, type Entity, type Services } from '../rest/operation.ts';
import { limitOperations } from './limit-operations.ts';
import { limitsOf, quotaOfPath, readableQuotas } from './read.ts';
import { addQuota, removeQuota, updateQuota } from './write.ts';

const clusterLimits = limitOperations('cluster');
const storageLimits = limitOperations('storage');

export const quotaServices: Services = {
  QuotasService: {
    list: {
      permit: null,
      async run(context) {
        const { id } = await dataCenterOfPath(context);
        return listing(context, 'Quota', readableQuotas, sql<boolean>`t.data_center_id = ${id}::uuid`);
      },
    },
    add: addQuota,
  },
  QuotaService: {
    get: { permit: null, run: async (context) => entity('Quota', await quotaOfPath(context)) },
    update: updateQuota,
    remove: removeQuota,
  },
  QuotaClusterLimitsService: clusterLimits.list,
  QuotaClusterLimitService: clusterLimits.item,
  QuotaStorageLimitsService: storageLimits.list,
  QuotaStorageLimitService: storageLimits.item,
};

export const quotaLoaders: Partial<Loaders> = {
  entities: { Quota: (context, ids) => byIds(context, readableQuotas, ids) },
  children: {
    'DataCenter.quotas': async (context, ids) => {
      const found = await matching(context, readableQuotas, sql<boolean>`t.data_center_id = any(${ids.filter(isUuid)}::uuid[])`);
      return Map.groupBy(found, (quota) => (quota['data_center'] as Entity).id ?? '');
    },
    'Quota.quota_cluster_limits': (context, ids) => limitsOf(context, 'cluster', ids),
    'Quota.quota_storage_limits': (context, ids) => limitsOf(context, 'storage', ids),
    'Quota.permissions': permissionsOn('quota', 'quota'),
  },
};
