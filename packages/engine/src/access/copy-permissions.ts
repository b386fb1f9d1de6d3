import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Context } from '../rest/operation.ts';
import { forbidden } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import type { ObjectRef } from './objects.ts';
import { holdsPermit } from './permissions.ts';

/**
 * Gives an object the permissions that were given on another one, such as those of a template on a VM that is made of it. What the other
 * one inherits is not copied.
 * @throws {Fault} 403 without the right to give permissions on the other one
 */
export async function copyPermissions(trx: Transaction<Tables>, context: Context, fromId: string, to: ObjectRef): Promise<void> {
  const given = await trx.selectFrom('permission').selectAll().where('object_id', '=', fromId).orderBy('id').execute();
  const [first] = given;
  if (!first) return;
  if (!(await holdsPermit(trx, context.user, 'manipulate_permissions', { type: first.object_type as ObjectRef['type'], id: fromId })))
    throw forbidden('manipulate_permissions');
  await trx
    .insertInto('permission')
    .values(given.map((one) => ({ ...one, id: randomUUID(), object_type: to.type, object_id: to.id, created_at: undefined })))
    .onConflict((there) => there.doNothing())
    .execute();
}
