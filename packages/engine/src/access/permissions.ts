import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { EVERYONE_ID, SYSTEM_ID, objectKinds, type ObjectRef, type ObjectType } from './objects.ts';

/** Who makes a request, with what one statement tells of his rights. */
export interface SignedIn {
  id: string;
  principal: string;
  domain: string;
  /** The user's own id, his groups' ids and the group of everybody: whom a permission may name. */
  principals: string[];
  /** Has some administrative role: sees everything unless the view is filtered. */
  administrator: boolean;
  /** Permits that roles on the whole system give. */
  systemPermits: ReadonlySet<string>;
  token: Buffer;
}

/** `user@domain`, as events and sessions name a user. */
export const principalName = (user: Pick<SignedIn, 'principal' | 'domain'>): string => `${user.principal}@${user.domain}`;

/**
 * Whether a user holds a permit on an object: some permission on the object or on one of its parents, given to the user,
 * one of his groups or everybody, has a role with the permit. Source: REST contract, permissions (multi-level administration).
 */
export async function holdsPermit(db: Kysely<Tables>, user: SignedIn, permit: string, object: ObjectRef): Promise<boolean> {
  if (user.systemPermits.has(permit)) return true;
  if (object.type === 'system') return false;
  const kind = objectKinds[object.type];
  const found = await sql<{ one: number }>`
    select 1 as one from permission p join role r on r.id = p.role_id
    where p.principal_id = any(${user.principals}::uuid[]) and ${permit} = any(r.permits)
      and (p.object_id = ${object.id}::uuid
        or p.object_id = any(select unnest(${kind.parents('t')}) from ${sql.table(kind.table)} t where t.id = ${object.id}::uuid))
    limit 1`.execute(db);
  return found.rows.length > 0;
}

/** Whether a user holds a permit on anything at all (checks that are not about one object, such as signing in). */
export async function holdsPermitAnywhere(db: Kysely<Tables>, user: SignedIn, permit: string): Promise<boolean> {
  if (user.systemPermits.has(permit)) return true;
  const found = await sql`
    select 1 from permission p join role r on r.id = p.role_id
    where p.principal_id = any(${user.principals}::uuid[]) and ${permit} = any(r.permits) limit 1`.execute(db);
  return found.rows.length > 0;
}

/**
 * SQL condition: the row `alias` of an object type is visible to the user. Anybody sees what he has any permission on; a
 * permission on a parent shows the children only if its role allows viewing children.
 */
export function visibleTo(user: SignedIn, type: Exclude<ObjectType, 'system'>, alias: string): RawBuilder<boolean> {
  const id = sql.ref(`${alias}.id`);
  return sql<boolean>`exists (
    select 1 from permission p join role r on r.id = p.role_id
    where p.principal_id = any(${user.principals}::uuid[])
      and (p.object_id = ${id} or (r.allows_viewing_children
        and (p.object_id = ${SYSTEM_ID}::uuid or p.object_id = any(${objectKinds[type].parents(alias)})))))`;
}

/** The ids that permissions may name for a user: himself, his groups, everybody. */
export const principalsOf = (userId: string, groupIds: readonly string[]): string[] => [userId, ...groupIds, EVERYONE_ID];
