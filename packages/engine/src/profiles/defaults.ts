import { randomUUID } from 'node:crypto';
import { predefinedRoles } from '@virgate/contract/generated/roles';
import { sql, type Transaction } from 'kysely';
import { EVERYONE_ID } from '../access/objects.ts';
import { noteChange } from '../changes/outbox.ts';
import type { Tables } from '../tables/schema.ts';
import type { ProfileKind } from './kinds.ts';

/**
 * Makes the profile that a new cluster or storage domain begins with: it has its name, no QoS, and everybody may use it.
 * Source: engine behaviour, default profiles.
 */
export async function addDefaultProfile(
  trx: Transaction<Tables>,
  kind: ProfileKind,
  parent: { id: string; name: string },
  uuid: () => string = randomUUID,
): Promise<string> {
  const id = uuid();
  const role = predefinedRoles.find((one) => one.name === kind.userRole);
  if (!role) throw new Error(`The contract has no role ${kind.userRole}`);
  await sql`insert into ${sql.table(kind.table)} (id, name, ${sql.ref(kind.parent.column)}) values (${id}, ${parent.name}, ${parent.id})`.execute(
    trx,
  );
  await trx
    .insertInto('permission')
    .values({ id: uuid(), role_id: role.id, principal_id: EVERYONE_ID, principal_kind: 'group', object_type: kind.table, object_id: id })
    .execute();
  await noteChange(trx, kind.table, id, 'add');
  return id;
}

/** Permissions on the profiles of what is about to be removed go with them. */
export async function forgetProfilePermissions(trx: Transaction<Tables>, kind: ProfileKind, parentId: string): Promise<void> {
  await sql`delete from permission where object_id in (select id from ${sql.table(kind.table)} where ${sql.ref(kind.parent.column)} = ${parentId})`.execute(
    trx,
  );
}
