import { sql } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import { clusterOf, type ClusterRow } from './definition.ts';

/** Clusters: one statement, whatever their number. */
export const readableClusters: Readable = {
  objectType: 'cluster',
  order: sql`t.name, t.id`,
  fields: {
    id: { column: sql`t.id`, kind: 'text' },
    name: { column: sql`t.name`, kind: 'text' },
    description: { column: sql`t.description`, kind: 'text' },
    comment: { column: sql`t.comment`, kind: 'text' },
    cpu: { column: sql`t.cpu_type`, kind: 'text' },
    architecture: { column: sql`t.cpu_architecture`, kind: 'text' },
    datacenter: { column: sql`(select d.name from data_center d where d.id = t.data_center_id)`, kind: 'text' },
    version: { column: sql`t.compatibility_major || '.' || t.compatibility_minor`, kind: 'text' },
  },
  async read(context, selection) {
    const found = await sql<ClusterRow>`select t.* from cluster t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => clusterOf(row) as Entity);
  },
};
