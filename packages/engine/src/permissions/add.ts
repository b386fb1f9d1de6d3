import type { Permission } from '@virgate/contract/generated/types';
import { SYSTEM_ID, type ObjectRef } from '../access/objects.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { Fault, badRequest, conflict, entityNotFound } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { created, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { attribution, write } from '../rest/write.ts';
import { onePermission } from './read.ts';
import { objectOfBody, subjectOfPath } from './subject.ts';
import { isSuperUser } from './super-user.ts';

/** The object on which the request gives a role: the one of the path, or for the system, users and groups the one of the body. */
async function objectOf(context: Context): Promise<ObjectRef> {
  const subject = await subjectOfPath(context);
  return subject.kind === 'object' && subject.object.type !== 'system' ? subject.object : objectOfBody(context, context.body);
}

/** Who gets the role. @throws {Fault} 400 when the request names nobody, 404 for somebody unknown */
async function principalOf(context: Context, body: Permission): Promise<{ kind: 'user' | 'group'; id: string; name: string }> {
  const subject = await subjectOfPath(context);
  const kind = subject.kind === 'principal' ? subject.principal : body.user === undefined ? 'group' : 'user';
  const id = subject.kind === 'principal' ? subject.id : body[kind]?.id;
  if (id === undefined) throw badRequest('PERMISSION_ADD_FAILED_PERMISSION_NOT_SENT');
  const named = isUuid(id)
    ? kind === 'user'
      ? await context.db.selectFrom('app_user').select(['id', 'principal as name']).where('id', '=', id).executeTakeFirst()
      : await context.db.selectFrom('directory_group').select(['id', 'name']).where('id', '=', id).executeTakeFirst()
    : undefined;
  if (!named) throw entityNotFound(kind === 'user' ? 'User' : 'Group', `id=${id}`);
  return { kind, ...named };
}

/** Gives a role on an object. Administrative roles are given by SuperUsers only; a permission that is there already stays as it is. */
export const addPermission: Operation = {
  permit: 'manipulate_permissions',
  subjects: async (context) => [await objectOf(context)],
  async run(context) {
    const body = context.body as Permission;
    const role = await resolve(context.db, 'Role', 'role', body.role);
    const { administrative } = await context.db
      .selectFrom('role')
      .select('administrative')
      .where('id', '=', role.id)
      .executeTakeFirstOrThrow();
    if (administrative && !(await isSuperUser(context.db, context.user))) {
      const key = 'PERMISSION_ADD_FAILED_ONLY_SYSTEM_SUPER_USER_CAN_GIVE_ADMIN_ROLES';
      throw new Fault(403, 'Operation Failed', ['[', { message: key, values: {} }, ']'], { key });
    }
    const principal = await principalOf(context, body);
    const object = await objectOf(context);
    const id = await write(context, async (trx) => {
      // Who has a VM of a pool is the pool's business.
      if (
        object.type === 'vm' &&
        (await trx.selectFrom('vm_pool_member').select('vm_id').where('vm_id', '=', object.id).executeTakeFirst())
      )
        throw conflict('PERMISSION_ADD_FAILED_VM_IN_POOL');
      const fresh = context.engine.uuid();
      const inserted = await trx
        .insertInto('permission')
        .values({
          id: fresh,
          role_id: role.id,
          principal_id: principal.id,
          principal_kind: principal.kind,
          object_type: object.type,
          object_id: object.id,
        })
        .onConflict((clash) => clash.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (!inserted) {
        const there = await trx
          .selectFrom('permission')
          .select('id')
          .where('role_id', '=', role.id)
          .where('principal_id', '=', principal.id)
          .where('object_id', '=', object.id)
          .executeTakeFirstOrThrow();
        return there.id;
      }
      await recordEvent(trx, {
        name: object.id === SYSTEM_ID ? 'USER_ADD_SYSTEM_PERMISSION' : 'USER_ADD_PERMISSION',
        values: { role: role.name, receiver: principal.name },
        ...attribution(context),
      });
      await noteChange(trx, 'permission', fresh, 'add');
      return fresh;
    });
    const found = await onePermission({ ...context, filtered: false, path: { ...context.path, permission: id } });
    return created('Permission', found);
  },
};
