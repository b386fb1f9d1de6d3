import type { Permission } from '@virgate/contract/generated/types';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { ObjectType } from '../access/objects.ts';
import { visibleTo } from '../access/permissions.ts';
import { notFound } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { PermissionTable } from '../tables/schema.ts';
import { attributeOf, subjectOfPath, type PathSubject } from './subject.ts';

/** With whether the object is an instance type, which the contract's permissions have no attribute for: it is no template that is found. */
type PermissionRow = Selectable<PermissionTable> & { of_instance_type: boolean };
const maxPermissions = 10_000;

function permissionOf(row: PermissionRow): Permission {
  const attribute = row.of_instance_type ? undefined : attributeOf[row.object_type as ObjectType];
  return {
    id: row.id,
    role: { id: row.role_id },
    [row.principal_kind]: { id: row.principal_id },
    ...(attribute === undefined ? {} : { [attribute]: { id: row.object_id } }),
  };
}

const conditionOf = (subject: PathSubject): RawBuilder<boolean> =>
  subject.kind === 'object' ? sql<boolean>`p.object_id = ${subject.object.id}::uuid` : sql<boolean>`p.principal_id = ${subject.id}::uuid`;

/** Of the whole system's permissions, and of other users', a filtered view shows one's own only. */
const shown = (context: Context, subject: PathSubject): RawBuilder<boolean> =>
  context.filtered && (subject.kind === 'principal' || subject.object.type === 'system')
    ? sql<boolean>`p.principal_id = any(${context.user.principals}::uuid[])`
    : sql<boolean>`true`;

async function rows(context: Context, condition: RawBuilder<boolean>): Promise<PermissionRow[]> {
  return (
    await sql<PermissionRow>`select p.*, p.object_type = 'template' and exists (
        select 1 from vm t where t.id = p.object_id and t.entity_type = 'instance_type') as of_instance_type
      from permission p where ${condition} order by p.created_at, p.id limit ${maxPermissions}`.execute(context.db)
  ).rows;
}

/** Permissions given on the object of the path itself, or all of its user or group. */
export async function listPermissions(context: Context): Promise<Entity[]> {
  const subject = await subjectOfPath(context);
  return (await rows(context, sql<boolean>`${conditionOf(subject)} and ${shown(context, subject)}`)).map(
    (row) => permissionOf(row) as Entity,
  );
}

/** The permission of the path, as its row. `/permissions/{id}` finds those on any object. @throws {Fault} 404 */
export async function permissionRow(context: Context): Promise<PermissionRow> {
  const id = context.path['permission'] ?? '';
  const subject = await subjectOfPath(context);
  if (!isUuid(id)) throw notFound();
  const anywhere = subject.kind === 'object' && subject.object.type === 'system';
  const [row] = await rows(
    context,
    sql<boolean>`p.id = ${id}::uuid and ${anywhere ? sql<boolean>`true` : conditionOf(subject)} and ${shown(context, subject)}`,
  );
  if (!row) throw notFound();
  return row;
}

export const onePermission = async (context: Context): Promise<Entity> => permissionOf(await permissionRow(context)) as Entity;

/** Permissions on many objects of a type at once. */
export const permissionsOn =
  (type: Exclude<ObjectType, 'system'>, table: string) =>
  async (context: Context, ids: readonly string[]): Promise<Map<string, Entity[]>> => {
    const visible = context.filtered
      ? sql<boolean>`exists (select 1 from ${sql.table(table)} t where t.id = p.object_id and ${visibleTo(context.user, type, 't')})`
      : sql<boolean>`true`;
    const found = await rows(context, sql<boolean>`p.object_id = any(${ids.filter(isUuid)}::uuid[]) and ${visible}`);
    const grouped = Map.groupBy(found, (row) => row.object_id);
    return new Map([...grouped].map(([id, members]) => [id, members.map((row) => permissionOf(row) as Entity)]));
  };

/** Permissions of many users or groups at once; in a filtered view, one's own only. */
export async function permissionsOfPrincipals(context: Context, ids: readonly string[]): Promise<Map<string, Entity[]>> {
  const own = context.filtered ? sql<boolean>`p.principal_id = any(${context.user.principals}::uuid[])` : sql<boolean>`true`;
  const found = await rows(context, sql<boolean>`p.principal_id = any(${ids.filter(isUuid)}::uuid[]) and ${own}`);
  const grouped = Map.groupBy(found, (row) => row.principal_id);
  return new Map([...grouped].map(([id, members]) => [id, members.map((row) => permissionOf(row) as Entity)]));
}
