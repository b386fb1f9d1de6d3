import { permits } from '@virgate/contract/generated/permits';
import type { Permit, Role } from '@virgate/contract/generated/types';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { byIds, list, one, tail, type Readable } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { RoleTable } from '../tables/schema.ts';

const roleOf = (row: Selectable<RoleTable>): Role => ({
  id: row.id,
  name: row.name,
  description: row.description,
  administrative: row.administrative,
  mutable: row.mutable,
});

const readableRoles: Readable = {
  objectType: 'role',
  order: sql`t.name, t.id`,
  async read(context, selection) {
    const found = await sql<Selectable<RoleTable>>`select t.* from role t where ${selection.condition} ${tail(selection)}`.execute(
      context.db,
    );
    return found.rows.map((row) => roleOf(row) as Entity);
  },
};

/** Roles are no secret: who may give permissions must know what there is to give. */
const unscoped = (context: Context): Context => ({ ...context, filtered: false });
export const listRoles = (context: Context, condition?: RawBuilder<boolean>): Promise<Entity[]> =>
  list(unscoped(context), readableRoles, condition);
export const oneRole = (context: Context, id: string | undefined): Promise<Entity> => one(unscoped(context), readableRoles, id);
export const rolesByIds = (context: Context, ids: readonly string[]): Promise<Entity[]> => byIds(unscoped(context), readableRoles, ids);

/** A permit as the API shows it in a role. Source: REST contract, permits: the id is a number. */
export const permitEntity = (permit: (typeof permits)[number], roleId?: string): Permit => ({
  id: String(permit.id),
  name: permit.name,
  administrative: permit.administrative,
  ...(roleId === undefined ? {} : { role: { id: roleId } }),
});

/** Permits of many roles at once. */
export async function permitsOfRoles(context: Context, roleIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await sql<{ id: string; permits: string[] }>`select id, permits from role where id = any(${roleIds}::uuid[])`.execute(
    context.db,
  );
  return new Map(
    found.rows.map((row) => {
      const held = new Set(row.permits);
      return [row.id, permits.filter((permit) => held.has(permit.name)).map((permit) => permitEntity(permit, row.id) as Entity)];
    }),
  );
}

/** Roles that many users or groups have on anything. */
export async function rolesOfPrincipals(context: Context, principalIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await sql<{ principal_id: string; role_id: string }>`
    select distinct principal_id, role_id from permission where principal_id = any(${principalIds}::uuid[])`.execute(context.db);
  const roles = new Map((await rolesByIds(context, [...new Set(found.rows.map((row) => row.role_id))])).map((role) => [role.id, role]));
  const grouped = Map.groupBy(found.rows, (row) => row.principal_id);
  return new Map(
    [...grouped].map(([id, rows]) => {
      const own = new Set(rows.map((row) => row.role_id));
      // In the order in which they are read.
      return [id, [...roles.values()].filter((role) => own.has(role.id ?? '')).map((role) => structuredClone(role))];
    }),
  );
}
