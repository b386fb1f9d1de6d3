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
    const found = await sql<ClusterRow>`select t.* from cluster t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => clusterOf(row) as Entity);
  },
};
