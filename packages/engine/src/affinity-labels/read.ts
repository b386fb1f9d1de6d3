import type { AffinityLabel } from '@virgate/contract/generated/types';
import { sql, type Selectable } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { readableHosts } from '../hosts/read.ts';
import { isUuid, tail, type Readable } from '../rest/listing.ts';
import type { Membership } from '../rest/members.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { AffinityLabelTable } from '../tables/schema.ts';
import { readableVms } from '../vms/read.ts';

type Row = Selectable<AffinityLabelTable>;

const labelOf = (row: Row): AffinityLabel => ({
  id: row.id,
  name: row.name,
  description: row.description,
  comment: row.comment,
  read_only: row.read_only,
  has_implicit_affinity_group: row.implicit_affinity_group,
});

/** Affinity labels. */
export const readableAffinityLabels: Readable = {
  objectType: 'affinity_label',
  order: sql`t.name, t.id`,
  async read(context, selection) {
    const found = await sql<Row>`select t.* from affinity_label t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => labelOf(row) as Entity);
  },
};

export const labelVms: Membership = { table: 'affinity_label_vm', owner: 'label_id', member: 'vm_id', type: 'Vm', kind: readableVms };
export const labelHosts: Membership = {
  table: 'affinity_label_host',
  owner: 'label_id',
  member: 'host_id',
  type: 'Host',
  kind: readableHosts,
};

/** Labels of many VMs or hosts at once. Who may see a VM may see which labels it has. */
export async function labelsAssignedTo(context: Context, kind: 'vm' | 'host', ids: readonly string[]): Promise<Map<string, Entity[]>> {
  const column = sql.ref(`a.${kind}_id`);
  const visible = context.filtered ? visibleTo(context.user, kind, 't') : sql<boolean>`true`;
  const found = await sql<Row & { owner: string }>`
    select l.*, ${column} as owner from ${sql.table(`affinity_label_${kind}`)} a join affinity_label l on l.id = a.label_id
      join ${sql.table(kind)} t on t.id = ${column}
    where ${column} = any(${ids.filter(isUuid)}::uuid[]) and ${visible} order by l.name, l.id`.execute(context.db);
  const byOwner = Map.groupBy(found.rows, (row) => row.owner);
  return new Map([...byOwner].map(([owner, rows]) => [owner, rows.map((row) => labelOf(row) as Entity)]));
}
