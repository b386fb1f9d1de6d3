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

/** A name without `@domain`, or `@` whatever else the body calls the domain by, such as its profile. */
function withoutSuffix(name: string, ...domains: (string | undefined)[]): string {
  const found = domains.find((domain) => domain !== undefined && name.toLowerCase().endsWith(`@${domain.toLowerCase()}`));
  return found === undefined ? name : name.slice(0, -found.length - 1);
}

const maxGroupName = 255;
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
    const principal = withoutSuffix(body.principal ?? body.user_name ?? '', domain, body.domain?.name);
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
    return { domain, name: withoutSuffix(given, domain, body.domain.name) };
  }
  const at = given.lastIndexOf('@');
  const domain = await domainOfBody(context, { name: at < 0 ? '' : given.slice(at + 1) });
  return { domain, name: given.slice(0, at) };
}

/** A group as its directory has it. A provider of OpenID has no list of groups: one of its is what users bring along by that name. */
async function groupOf(
  context: Context,
  domain: string,
  name: string,
  entryId: string | undefined,
): Promise<{ group: { name: string; externalId: string }; namespace: string }> {
  const provider = await context.db.selectFrom('openid_provider').select('issuer').where('domain', '=', domain).executeTakeFirst();
  if (provider && name !== '' && name.length <= maxGroupName)
    return { group: { name, externalId: name }, namespace: provider.issuer.slice(0, maxGroupName) };
  const directory = await context.engine.directories.byDomain(domain);
  if (!directory) throw refused('USER_MUST_EXIST_IN_DIRECTORY');
  const [group, second] = entryId
    ? [await asked(directory.groupById(externalIdOf(entryId)))]
    : (await asked(directory.groups(name.replaceAll('*', ''), 2))).slice(0, 2);
  if (!group || second) throw refused('USER_MUST_EXIST_IN_DIRECTORY');
  return { group, namespace: directory.config.baseDn };
}

/** `POST groups`: makes a group of a directory known, so that it can be given roles. Its members need not be added. */
export const addGroup: Operation = {
  permit: 'manipulate_users',
  async run(context) {
    const body = context.body as Group;
    const { domain, name } = await groupNamed(context, body);
    const { group, namespace } = await groupOf(context, domain, name, body.domain_entry_id);
    const id = groupIdOf(domain, group.externalId);
    await write(context, async (trx) => {
      const inserted = await trx
        .insertInto('directory_group')
        .values({ id, name: group.name, domain, namespace, external_id: group.externalId })
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
