import { sql, type Kysely } from 'kysely';
import { holdsPermit } from '../access/permissions.ts';
import { refused } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context } from '../rest/operation.ts';
import { unresolved, type Reference } from '../rest/reference.ts';
import type { Tables } from '../tables/schema.ts';
import type { ProfileKind } from './kinds.ts';

async function profilesOf(db: Kysely<Tables>, kind: ProfileKind, parentId: string): Promise<{ id: string; name: string }[]> {
  const found = await sql<{ id: string; name: string }>`select id, name from ${sql.table(kind.table)}
    where ${sql.ref(kind.parent.column)} = ${parentId} order by created_at, id`.execute(db);
  return found.rows;
}

/**
 * The profile that a new VM or disk gets: the one that is asked for, else the one that it had where that fits, else the oldest
 * that the user may use.
 * @param wanted what the request says
 * @param before what the object had, or was made from
 * @returns null where the cluster or storage domain has no profiles at all
 * @throws {Fault} for one that is unknown, belongs elsewhere, or may not be used
 */
export async function chooseProfile(
  context: Context,
  kind: ProfileKind,
  parentId: string,
  wanted: Reference | undefined,
  before?: string | null,
): Promise<string | null> {
  const offered = await profilesOf(context.db, kind, parentId);
  const mayUse = (id: string) => holdsPermit(context.db, context.user, kind.permits.use, { type: kind.table, id });
  if (wanted?.id !== undefined || wanted?.name !== undefined) {
    const match = offered.find((one) => (wanted.id === undefined ? one.name === wanted.name : one.id === wanted.id));
    if (!match) throw await unknownProfile(context.db, kind, wanted);
    if (match.id !== before && !(await mayUse(match.id))) throw refused(kind.messages.forbidden);
    return match.id;
  }
  if (before !== undefined && before !== null && offered.some((one) => one.id === before)) return before;
  for (const one of offered) if (await mayUse(one.id)) return one.id;
  if (offered.length > 0) throw refused(kind.messages.forbidden);
  return null;
}

async function unknownProfile(db: Kysely<Tables>, kind: ProfileKind, wanted: Reference) {
  if (wanted.id === undefined || !isUuid(wanted.id)) return unresolved(kind.type, wanted);
  const elsewhere = await sql`select 1 from ${sql.table(kind.table)} where id = ${wanted.id}::uuid`.execute(db);
  return refused(elsewhere.rows.length > 0 ? kind.messages.mismatch : kind.messages.missing);
}
