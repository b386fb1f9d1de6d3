import type { Domain, Group, User } from '@virgate/contract/generated/types';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { internalDomain, internalProfile } from '../access/internal-directory.ts';
import { EVERYONE_ID } from '../access/objects.ts';
import { visibleTo } from '../access/permissions.ts';
import { providerOfProfile } from '../openid-providers/provider.ts';
import { entityNotFound, notFound } from '../rest/fault.ts';
import { byIds, list, listing, one, tail, type Readable } from '../rest/listing.ts';
import type { Context, Entity, Reply } from '../rest/operation.ts';
import type { AppUserTable, DirectoryGroupTable } from '../tables/schema.ts';

type UserRow = Selectable<AppUserTable>;

/** A directory's id in the API: its name in hexadecimal. */
export const domainIdOf = (name: string): string => Buffer.from(name, 'utf8').toString('hex').toUpperCase();
/** The id of an entry of a directory in the API: what the directory knows it by, in hexadecimal. */
export const entryIdOf = (externalId: string): string => Buffer.from(externalId, 'utf8').toString('hex').toUpperCase();
export const domainOf = (name: string): Domain => ({ id: domainIdOf(name), name });

const userOf = (row: UserRow): User => ({
  id: row.id,
  name: row.first_name,
  last_name: row.last_name,
  email: row.email,
  department: row.department,
  user_name: `${row.principal}@${row.domain}`,
  principal: row.principal,
  namespace: row.namespace,
  domain_entry_id: entryIdOf(row.external_id),
  domain: domainOf(row.domain),
});

const readable: Readable = {
  table: 'app_user',
  objectType: 'user',
  order: sql`t.principal, t.id`,
  search: 'user',
  async read(context, selection) {
    const found = await sql<UserRow>`select t.* from app_user t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => userOf(row) as Entity);
  },
};

/** Everybody sees himself; others only who has a permission on them. */
const readableUsers = (context: Context): Readable => ({
  ...readable,
  only: context.filtered ? sql<boolean>`(t.id = ${context.user.id}::uuid or ${visibleTo(context.user, 'user', 't')})` : sql<boolean>`true`,
});
const unscoped = (context: Context): Context => ({ ...context, filtered: false });

export const listUsers = (context: Context, condition?: RawBuilder<boolean>): Promise<Entity[]> =>
  list(unscoped(context), readableUsers(context), condition);
/** The users that a request asks for, in parts when they are many. */
export const listingOfUsers = (context: Context): Promise<Reply> => listing(unscoped(context), 'User', readableUsers(context));
export const oneUser = (context: Context, id: string | undefined): Promise<Entity> => one(unscoped(context), readableUsers(context), id);
export const usersByIds = (context: Context, ids: readonly string[]): Promise<Entity[]> =>
  byIds(unscoped(context), readableUsers(context), ids);

type GroupRow = Selectable<DirectoryGroupTable>;
const groupOf = (row: GroupRow): Group => ({
  id: row.id,
  name: row.name,
  namespace: row.namespace,
  domain_entry_id: entryIdOf(row.external_id),
  ...(row.domain === '' ? {} : { domain: domainOf(row.domain) }),
});

/** Groups are known to all: a permission's receiver must be readable for whoever sees the permission. */
export const readableGroups: Readable = {
  table: 'directory_group',
  objectType: 'user',
  order: sql`t.name, t.id`,
  search: 'group',
  async read(context, selection) {
    const found = await sql<GroupRow>`select t.* from directory_group t where ${selection.condition} ${tail(selection)}`.execute(
      context.db,
    );
    return found.rows.map((row) => groupOf(row) as Entity);
  },
};
export const listGroups = (context: Context, condition?: RawBuilder<boolean>): Promise<Entity[]> =>
  list(unscoped(context), readableGroups, condition);
/** The groups that a request asks for, in parts when they are many. */
export const listingOfGroups = (context: Context): Promise<Reply> => listing(unscoped(context), 'Group', readableGroups);
export const oneGroup = (context: Context, id: string | undefined): Promise<Entity> => one(unscoped(context), readableGroups, id);
export const groupsByIds = (context: Context, ids: readonly string[]): Promise<Entity[]> => byIds(unscoped(context), readableGroups, ids);

/** Groups of many users at once; everybody is in Everyone. */
export async function groupsOfUsers(context: Context, userIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const users = (await usersByIds(context, userIds)).map((user) => user.id ?? '');
  const members = await context.db
    .selectFrom('app_user')
    .select(['id', 'group_ids'])
    .where('id', 'in', users.length > 0 ? users : [EVERYONE_ID])
    .execute();
  const groups = await groupsByIds(context, [...new Set([EVERYONE_ID, ...members.flatMap((member) => member.group_ids)])]);
  return new Map(
    members.map((member) => [
      member.id,
      groups
        .filter((group) => group.id === EVERYONE_ID || member.group_ids.includes(group.id ?? ''))
        .map((group) => structuredClone(group)),
    ]),
  );
}

/** Directories in which the engine looks for users: its own, those that are set up, and those whose users are still known. */
export async function domains(context: Context): Promise<Domain[]> {
  const known = await sql<{ domain: string }>`select distinct domain from app_user where domain <> ${internalDomain}`.execute(context.db);
  const providers = await context.db.selectFrom('openid_provider').select('domain').execute();
  const others = new Set([
    ...providers.map((provider) => provider.domain),
    ...(await context.engine.directories.domains()),
    ...known.rows.map((row) => row.domain),
  ]);
  return [internalDomain, ...[...others].toSorted()].map(domainOf);
}

/** The domain that a body names, by id, name or profile. @throws {Fault} 404 */
export async function domainOfBody(context: Context, wanted: Domain | undefined): Promise<string> {
  if (wanted?.id === undefined && wanted?.name?.toLowerCase() === internalProfile) return internalDomain;
  const byProfile = wanted?.id === undefined ? await context.engine.directories.byProfile(wanted?.name ?? '') : null;
  if (byProfile) return byProfile.config.domain;
  const provider = wanted?.id === undefined ? await providerOfProfile(context.db, wanted?.name ?? '') : undefined;
  if (provider) return provider.domain;
  const found = (await domains(context)).find((one) =>
    wanted?.id === undefined ? one.name?.toLowerCase() === wanted?.name?.toLowerCase() : one.id === wanted.id.toUpperCase(),
  );
  if (!found?.name) throw entityNotFound('Domain', wanted?.id === undefined ? `name=${wanted?.name ?? ''}` : `id=${wanted.id}`);
  return found.name;
}

/** The directory of the path, by its id. @throws {Fault} 404 */
export async function oneDomain(context: Context): Promise<Domain & { name: string }> {
  const id = context.path['domain']?.toUpperCase();
  const found = (await domains(context)).find((domain) => domain.id === id);
  if (!found) throw notFound();
  return found as Domain & { name: string };
}
