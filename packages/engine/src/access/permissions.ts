import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import type { TokenKind } from './tokens.ts';
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
  /** The session or token by which the request is made. */
  session: { id: string; kind: TokenKind; csrfProtected: boolean; secondFactor: boolean };
  /** What the token is good for, where that is less than what its user may do. */
  limits?: { readOnly: boolean; permits: ReadonlySet<string> | null };
}

/** Whether the token of a request is good for a permit, if its user has it. */
const coversPermit = (user: SignedIn, permit: string): boolean =>
  user.limits === undefined || permit === 'login' || (!user.limits.readOnly && (user.limits.permits?.has(permit) ?? true));

/** `user@domain`, as events and sessions name a user. */
export const principalName = (user: Pick<SignedIn, 'principal' | 'domain'>): string => `${user.principal}@${user.domain}`;

/**
 * Whether a user holds a permit on an object: some permission on the object or on one of its parents, given to the user,
 * one of his groups or everybody, has a role with the permit. Source: REST contract, permissions (multi-level administration).
 */
export async function holdsPermit(db: Kysely<Tables>, user: SignedIn, permit: string, object: ObjectRef): Promise<boolean> {
  if (!coversPermit(user, permit)) return false;
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

/**
 * SQL condition: the row `alias` of an object type is visible to the user. Anybody sees what he has any permission on; a
 * permission on a parent shows the children only if its role allows viewing children. What he was given is looked up once in a
 * statement, not for every row; parents are looked up only for who was given something with children.
 */
export function visibleTo(user: Pick<SignedIn, 'principals'>, type: Exclude<ObjectType, 'system'>, alias: string): RawBuilder<boolean> {
  const given = sql`from permission p join role r on r.id = p.role_id where p.principal_id = any(${user.principals}::uuid[])`;
  const withChildren = sql`array(select p.object_id ${given} and r.allows_viewing_children)`;
  return sql<boolean>`(${sql.ref(`${alias}.id`)} in (select p.object_id ${given})
    or ${SYSTEM_ID}::uuid = any(${withChildren})
    or (cardinality(${withChildren}) > 0 and ${objectKinds[type].parents(alias)} && ${withChildren}))`;
}

/** Whether some permission of these gives an administrative role; what everybody has counts for nobody. */
export async function isAdministrator(db: Kysely<Tables>, principals: readonly string[]): Promise<boolean> {
  const found = await sql<{ administrator: boolean }>`select exists (select 1 from permission p join role r on r.id = p.role_id
    where r.administrative and p.principal_id = any(${principals}::uuid[]) and p.principal_id <> ${EVERYONE_ID}) as administrator`.execute(
    db,
  );
  return found.rows[0]?.administrator ?? false;
}

/** The ids that permissions may name for a user: himself, his groups, everybody. */
export const principalsOf = (userId: string, groupIds: readonly string[]): string[] => [userId, ...groupIds, EVERYONE_ID];
