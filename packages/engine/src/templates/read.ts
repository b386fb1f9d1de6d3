import type { Template } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import { shownDefinition, shownIcons, type VmRow } from '../vms/definition.ts';

function templateOf(row: VmRow): Template {
  return {
    ...shownDefinition(row),
    ...shownIcons(row),
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
  table: 'vm',
  only: sql<boolean>`t.entity_type = 'template'`,
  order: sql`t.name, t.version_number, t.id`,
  search: 'template',
  async read(context, selection) {
    const found = await sql<VmRow>`select t.* from vm t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => templateOf(row) as Entity);
  },
};
