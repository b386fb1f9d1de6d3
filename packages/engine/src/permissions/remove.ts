import { SYSTEM_ID, type ObjectType } from '../access/objects.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { Fault } from '../rest/fault.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { permissionRow } from './read.ts';
import { isSuperUser, refuseLastSuperUser } from './super-user.ts';

/** Takes a role away. Administrative roles are taken by SuperUsers only, and the last SuperUser stays one. */
export const removePermission: Operation = {
  permit: 'manipulate_permissions',
  async subjects(context) {
    const row = await permissionRow(context);
    return [{ type: row.object_type as ObjectType, id: row.object_id }];
  },
  async run(context) {
    const row = await permissionRow(context);
    const role = await context.db
      .selectFrom('role')
      .select(['name', 'administrative'])
      .where('id', '=', row.role_id)
      .executeTakeFirstOrThrow();
    if (role.administrative && !(await isSuperUser(context.db, context.user))) {
      const key = 'PERMISSION_REMOVE_FAILED_ONLY_SYSTEM_SUPER_USER_CAN_REMOVE_ADMIN_ROLES';
      throw new Fault(403, 'Operation Failed', ['[', { message: key, values: {} }, ']'], { key });
    }
    const job = await write(context, async (trx) => {
      await refuseLastSuperUser(trx, { permissionId: row.id });
      await trx.deleteFrom('permission').where('id', '=', row.id).execute();
      await recordEvent(trx, {
        name: row.object_id === SYSTEM_ID ? 'USER_REMOVE_SYSTEM_PERMISSION' : 'USER_REMOVE_PERMISSION',
        values: { role: role.name },
        ...attribution(context),
      });
      await noteChange(trx, 'permission', row.id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemovePermission',
        description: `Removing Permission ${role.name}`,
        subjects: [{ type: row.object_type, id: row.object_id }],
      });
    });
    return done(job);
  },
};
