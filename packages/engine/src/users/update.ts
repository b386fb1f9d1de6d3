import type { User } from '@virgate/contract/generated/types';
import { SYSTEM_ID } from '../access/objects.ts';
import { holdsPermit } from '../access/permissions.ts';
import { recordEvent } from '../events/record.ts';
import { forbidden, invalidValue, say } from '../rest/fault.ts';
import { entity, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import { oneUser } from './read.ts';

const maxOptions = 100;
const maxNameLength = 255;
const maxValueLength = 64 * 1024;

/**
 * `PUT users/{user}`: sets options of a user's profile by name, the older way beside `users/{user}/options`. Nothing else of a
 * user can be changed: it is his directory's.
 */
export const updateUser: Operation = {
  permit: null,
  async run(context) {
    const user = await oneUser(context, context.path['user']);
    const id = user.id ?? '';
    const own = id === context.user.id;
    const permit = own ? 'edit_profile' : 'manipulate_users';
    if (!(await holdsPermit(context.db, context.user, permit, { type: 'system', id: SYSTEM_ID }))) throw forbidden(permit);
    const body = context.body as User;
    checkImmutable(user, context.body, ['id', 'user_name', 'principal', 'namespace', 'domain', 'name', 'last_name', 'email', 'department']);
    const options = body.user_options ?? [];
    if (options.length > maxOptions) throw invalidValue('user_options', say`must be at most ${maxOptions}`);
    for (const { name, value } of options) {
      if (name === undefined || name.trim() === '' || name.length > maxNameLength)
        throw invalidValue('user_options.name', say`must have 1 to ${maxNameLength} characters`);
      if (value === undefined || value.length > maxValueLength)
        throw invalidValue('user_options.value', say`must have at most ${maxValueLength} characters`);
    }
    await write(context, async (trx) => {
      for (const { name = '', value = '' } of options) {
        const content = JSON.stringify(value);
        await trx
          .insertInto('user_property')
          .values({ id: context.engine.uuid(), user_id: id, type: 'json', name, content })
          .onConflict((clash) => clash.columns(['user_id', 'name']).doUpdateSet({ content }))
          .execute();
        await recordEvent(trx, {
          name: own ? 'USER_PROFILE_REPLACE_OWN_PROPERTY' : 'USER_PROFILE_REPLACE_PROPERTY',
          values: { property: name, profileOwner: String(user['user_name']) },
          ...attribution(context),
        });
      }
    });
    const found = await oneUser(context, id);
    return entity('User', options.length > 0 ? { ...found, user_options: options } : found);
  },
};
