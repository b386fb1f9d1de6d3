import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { refuseLastSuperUser } from '../permissions/super-user.ts';
import { conflict } from '../rest/fault.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { oneUser } from './read.ts';

/** Removes a user with his permissions and sessions; nobody removes himself or the last SuperUser. */
export const removeUser: Operation = {
  permit: 'manipulate_users',
  async run(context) {
    const { id = '', ...user } = await oneUser(context, context.path['user']);
    const name = String(user['user_name']);
    if (id === context.user.id) throw conflict('USER_CANNOT_REMOVE_HIMSELF');
    const job = await write(context, async (trx) => {
      await refuseLastSuperUser(trx, { principalId: id });
      const permissions = await trx.deleteFrom('permission').where('principal_id', '=', id).returning('id').execute();
      await trx.deleteFrom('app_user').where('id', '=', id).execute();
      await recordEvent(trx, { name: 'USER_REMOVE_ADUSER', values: { removedUser: name }, ...attribution(context) });
      await noteChange(
        trx,
        'permission',
        permissions.map((permission) => permission.id),
        'remove',
      );
      await noteChange(trx, 'user', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveUser',
        description: `Removing User ${name}`,
        subjects: [{ type: 'user', id }],
      });
    });
    return done(job);
  },
};
