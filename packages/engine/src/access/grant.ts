import { predefinedRoles } from '@virgate/contract/generated/roles';
import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import type { ObjectRef } from './objects.ts';

/**
 * Gives a user a predefined role on an object, as the creator of an object gets one on it (UserVmManager on a VM,
 * DiskOperator on a disk, TemplateOwner on a template). A permission that is there already stays.
 */
export async function grant(trx: Transaction<Tables>, userId: string, roleName: string, object: ObjectRef): Promise<void> {
  const role = predefinedRoles.find((one) => one.name === roleName);
  if (!role) throw new Error(`There is no predefined role ${roleName}`);
  await trx
    .insertInto('permission')
    .values({
      id: randomUUID(),
      role_id: role.id,
      principal_id: userId,
      principal_kind: 'user',
      object_type: object.type,
      object_id: object.id,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Removes the permissions on objects that are removed. */
export async function revokeAllOn(trx: Transaction<Tables>, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await trx
      .deleteFrom('permission')
      .where('object_id', 'in', ids as string[])
      .execute();
}
