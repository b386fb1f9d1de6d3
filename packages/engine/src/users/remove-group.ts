import { EVERYONE_ID } from '../access/objects.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { refuseLastSuperUser } from '../permissions/super-user.ts';
import { conflict } from '../rest/fault.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { sql } from 'kysely';
import { oneGroup } from './read.ts';

/** `DELETE groups/{group}`: forgets a group with its permissions; it stays in its directory. Everyone cannot go. */
export const removeGroup: Operation = {
  permit: 'manipulate_users',
  async run(context) {
    const { id = '', ...group } = await oneGroup(context, context.path['group']);
    if (id === EVERYONE_ID) throw conflict('ACTION_TYPE_FAILED_CANNOT_REMOVE_BUILTIN_GROUP_EVERYONE');
    const name = String(group['name']);
    const job = await write(context, async (trx) => {
      await refuseLastSuperUser(trx, { principalId: id });
      const permissions = await trx.deleteFrom('permission').where('principal_id', '=', id).returning('id').execute();
      await sql`update app_user set group_ids = array_remove(group_ids, ${id}::uuid) where ${id}::uuid = any(group_ids)`.execute(trx);
      await trx.deleteFrom('directory_group').where('id', '=', id).execute();
      await recordEvent(trx, { name: 'USER_REMOVE_AD_GROUP', values: { group: name }, ...attribution(context) });
      await noteChange(
        trx,
        'permission',
        permissions.map((permission) => permission.id),
        'remove',
      );
      await noteChange(trx, 'group', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveGroup',
        description: `Removing Group ${name}`,
        subjects: [{ type: 'group', id }],
      });
    });
    return done(job);
  },
};
