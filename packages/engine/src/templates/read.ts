import type { Template } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import { definitionOf, type VmRow } from '../vms/definition.ts';

function templateOf(row: VmRow): Template {
  return {
    ...definitionOf(row),
    status: (row.template_status ?? 'ok') as Template['status'],
    version: {
      base_template: { id: row.base_template_id ?? row.id },
      version_number: row.version_number ?? 1,
      version_name: row.version_name ?? 'base version',
    },
  };
}

/** Templates: one statement, whatever their number. */
export const readableTemplates: Readable = {
  objectType: 'template',
  only: sql<boolean>`t.entity_type = 'template'`,
  order: sql`t.name, t.version_number, t.id`,
  fields: {
    id: { column: sql`t.id`, kind: 'text' },
    name: { column: sql`t.name`, kind: 'text' },
    description: { column: sql`t.description`, kind: 'text' },
    comment: { column: sql`t.comment`, kind: 'text' },
    status: { column: sql`t.template_status`, kind: 'text' },
    os: { column: sql`t.os_type`, kind: 'text' },
    cluster: { column: sql`(select c.name from cluster c where c.id = t.cluster_id)`, kind: 'text' },
    datacenter: { column: sql`(select d.name from data_center d where d.id = t.data_center_id)`, kind: 'text' },
    version_number: { column: sql`t.version_number`, kind: 'number' },
  },
  async read(context, selection) {
    const found = await sql<VmRow>`select t.* from vm t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => templateOf(row) as Entity);
  },
};
