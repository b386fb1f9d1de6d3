import type { User } from '@virgate/contract/generated/types';
import { badRequest, entityNotFound } from '../rest/fault.ts';
import { created, type Operation } from '../rest/operation.ts';
import { domains, oneUser } from './read.ts';

/**
 * `POST users`: makes a user of a directory known. Users of the internal directory are known from the start, so that this
 * answers who they are; whoever is in no directory is refused.
 */
export const addUser: Operation = {
  permit: 'manipulate_users',
  async run(context) {
    const body = context.body as User;
    const wanted = body.domain ?? {};
    const domain = (await domains(context)).find((one) =>
      wanted.id === undefined ? one.name === wanted.name : one.id === wanted.id.toUpperCase(),
    );
    if (!domain) throw entityNotFound('Domain', wanted.id === undefined ? `name=${wanted.name}` : `id=${wanted.id}`);
    const suffix = `@${domain.name}`;
    const name = body.principal ?? body.user_name ?? '';
    const principal = name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
    const user = await context.db
      .selectFrom('app_user')
      .select('id')
      .where('principal', '=', principal)
      .where('domain', '=', domain.name ?? '')
      .executeTakeFirst();
    if (!user) throw badRequest('USER_MUST_EXIST_IN_DIRECTORY');
    return created('User', await oneUser(context, user.id));
  },
};
