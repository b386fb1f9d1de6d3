import { sql, type RawBuilder } from 'kysely';
import type { ObjectType } from '../access/objects.ts';
import { visibleTo, type SignedIn } from '../access/permissions.ts';

/** Columns of an event by the kind of the objects that they name. */
const subjects: [column: string, table: string, type: Exclude<ObjectType, 'system'>][] = [
  ['vm_id', 'vm', 'vm'],
  ['template_id', 'vm', 'template'],
  ['host_id', 'host', 'host'],
  ['cluster_id', 'cluster', 'cluster'],
  ['data_center_id', 'data_center', 'data_center'],
  ['storage_domain_id', 'storage_domain', 'storage_domain'],
];

/** SQL condition: an event `alias` is one of the user's own, or about something that he may see. */
export function eventVisibleTo(user: Pick<SignedIn, 'id' | 'principals'>, alias: string): RawBuilder<boolean> {
  const about = subjects.map(
    ([column, table, type]) =>
      sql<boolean>`exists (select 1 from ${sql.table(table)} s where s.id = ${sql.ref(`${alias}.${column}`)} and ${visibleTo(user, type, 's')})`,
  );
  return sql<boolean>`(${sql.ref(`${alias}.user_id`)} = ${user.id}::uuid or ${sql.join(about, sql` or `)})`;
}
