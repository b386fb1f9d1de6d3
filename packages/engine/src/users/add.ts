import type { Group, User } from '@virgate/contract/generated/types';
import { DirectoryUnavailable } from '../directories/connection.ts';
import { groupIdOf } from '../directories/directories.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { badRequest, refused, unavailable } from '../rest/fault.ts';
import { created, type Context, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { domainOfBody, oneGroup, oneUser } from './read.ts';

/** What a directory says, or a fault that it does not. */
export async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DirectoryUnavailable) throw unavailable(error.message);
    throw error;
  }
}

const withoutSuffix = (name: string, domain: string): string =>
  name.toLowerCase().endsWith(`@${domain.toLowerCase()}`) ? name.slice(0, -domain.length - 1) : name;

const externalIdOf = (entryId: string): string => Buffer.from(entryId, 'hex').toString('utf8');

/** A user of a directory of others, who becomes known here. */
async function addFromDirectory(context: Context, domain: string, name: string, entryId: string | undefined): Promise<string> {
  const directory = await context.engine.directories.byDomain(domain);
  const found = directory ? await asked(entryId === undefined ? directory.user(name) : directory.userById(externalIdOf(entryId))) : null;
  if (!directory || !found) throw badRequest('USER_MUST_EXIST_IN_DIRECTORY');
  return write(context, async (trx) => {
    const { id, added } = await context.engine.directories.store(trx, domain, directory.config.baseDn, found.user, found.groups);
    if (added)
      await recordEvent(trx, { name: 'USER_ADD', values: { addedUser: `${found.user.principal}@${domain}` }, ...attribution(context) });
    return id;
  });
}

/**
 * `POST users`: makes a user of a directory known. Users of the internal directory are known from the start, so that this
 * answers who they are; whoever is in no directory is refused.
 */
export const addUser: Operation = {
  permit: 'manipulate_users',
  async run(context) {
    const body = context.body as User;
    const domain = await domainOfBody(context, body.domain);
    const principal = withoutSuffix(body.principal ?? body.user_name ?? '', domain);
    const known = await context.db
      .selectFrom('app_user')
      .select('id')
      .where('principal', '=', principal)
      .where('domain', '=', domain)
      .executeTakeFirst();
    const id = known?.id ?? (await addFromDirectory(context, domain, principal, body.domain_entry_id));
    return created('User', await oneUser(context, id));
  },
};

/** The domain and name of a group: `domain` says it, or what follows the `@` in the name. */
async function groupNamed(context: Context, body: Group): Promise<{ domain: string; name: string }> {
  const given = body.name ?? '';
  if (body.domain !== undefined) {
    const domain = await domainOfBody(context, body.domain);
    return { domain, name: withoutSuffix(given, domain) };
  }
  const at = given.lastIndexOf('@');
  const domain = await domainOfBody(context, { name: at < 0 ? '' : given.slice(at + 1) });
  return { domain, name: given.slice(0, at) };
}

/** `POST groups`: makes a group of a directory known, so that it can be given roles. Its members need not be added. */
export const addGroup: Operation = {
  permit: 'manipulate_users',
  async run(context) {
    const body = context.body as Group;
    const { domain, name } = await groupNamed(context, body);
    const directory = await context.engine.directories.byDomain(domain);
    if (!directory) throw refused('USER_MUST_EXIST_IN_DIRECTORY');
    const [group, second] = body.domain_entry_id
      ? [await asked(directory.groupById(externalIdOf(body.domain_entry_id)))]
      : (await asked(directory.groups(name.replaceAll('*', ''), 2))).slice(0, 2);
    if (!group || second) throw refused('USER_MUST_EXIST_IN_DIRECTORY');
    const id = groupIdOf(domain, group.externalId);
    await write(context, async (trx) => {
      const inserted = await trx
        .insertInto('directory_group')
        .values({ id, name: group.name, domain, namespace: directory.config.baseDn, external_id: group.externalId })
        .onConflict((clash) => clash.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (!inserted) return;
      await recordEvent(trx, { name: 'USER_ADD', values: { addedUser: `${group.name}@${domain}` }, ...attribution(context) });
      await noteChange(trx, 'group', id, 'add');
    });
    return created('Group', await oneGroup(context, id));
  },
};
