import { sql, type Kysely, type Transaction } from 'kysely';
import { SUPER_USER_ROLE_ID, SYSTEM_ID } from '../access/objects.ts';
import type { SignedIn } from '../access/permissions.ts';
import { conflict } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';

/** Whether a user has the role SuperUser on the whole system, and his token is good for all that he may do. */
export async function isSuperUser(db: Kysely<Tables>, user: SignedIn): Promise<boolean> {
  if (user.limits !== undefined) return false;
  const found =
    await sql`select 1 from permission where role_id = ${SUPER_USER_ROLE_ID} and object_id = ${SYSTEM_ID} and principal_id = any(${user.principals}::uuid[]) limit 1`.execute(
      db,
    );
  return found.rows.length > 0;
}

/**
 * Refuses to take SuperUser from the last enabled user who has it: nobody could give it back. Two such changes wait for one another.
 * @param going the permission, or all permissions of a user, that are about to go
 * @throws {Fault} 409 `ERROR_CANNOT_REMOVE_LAST_SUPER_USER_ROLE`
 */
export async function refuseLastSuperUser(
  trx: Transaction<Tables>,
  going: { permissionId: string } | { principalId: string },
): Promise<void> {
  await sql`select id from role where id = ${SUPER_USER_ROLE_ID} for update`.execute(trx);
  const holders = await sql<{ id: string; principal_id: string }>`
    select p.id, p.principal_id from permission p join app_user u on u.enabled and (u.id = p.principal_id or p.principal_id = any(u.group_ids))
    where p.role_id = ${SUPER_USER_ROLE_ID} and p.object_id = ${SYSTEM_ID}`.execute(trx);
  const goes = (holder: { id: string; principal_id: string }) =>
    'permissionId' in going ? holder.id === going.permissionId : holder.principal_id === going.principalId;
  if (holders.rows.some(goes) && holders.rows.every(goes)) throw conflict('ERROR_CANNOT_REMOVE_LAST_SUPER_USER_ROLE');
}
