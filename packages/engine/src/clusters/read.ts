import type { Cluster } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import { clusterOf, type ClusterRow } from './definition.ts';

/** Clusters: one statement, whatever their number. */
export const readableClusters: Readable = {
  objectType: 'cluster',
  table: 'cluster',
  order: sql`t.name, t.id`,
  search: 'cluster',
  async read(context, selection) {
    const found = await sql<ClusterRow & { management_network_id: string | null }>`
      select t.*, (select n.network_id from network_cluster n where n.cluster_id = t.id and n.management limit 1) as management_network_id
      from cluster t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map(({ management_network_id: network, ...row }) => {
      const cluster: Cluster = { ...clusterOf(row), ...(network === null ? {} : { management_network: { id: network } }) };
      return cluster as Entity;
    });
  },
};
