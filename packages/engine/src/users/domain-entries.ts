import type { Group, User } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import type { DirectoryGroup, DirectoryUser, LdapDirectory, UserField } from '../directories/ldap.ts';
import { notFound } from '../rest/fault.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { Parameters } from '../rest/parameters.ts';
import { asked } from './add.ts';
import { mayLookIntoDirectories } from './directory-access.ts';
import { domainOf, domains, entryIdOf, listGroups, listUsers, oneDomain, oneGroup, oneUser } from './read.ts';

/** Entries that a list of a directory has at most where the client does not say. */
const maxEntries = 100;

const userOf = (directory: LdapDirectory, user: DirectoryUser): User => ({
  id: entryIdOf(user.externalId),
  name: user.firstName,
  last_name: user.lastName,
  email: user.email,
  department: user.department,
  user_name: `${user.principal}@${directory.config.domain}`,
  principal: user.principal,
  namespace: directory.config.baseDn,
  domain_entry_id: entryIdOf(user.externalId),
  domain: domainOf(directory.config.domain),
});

const groupOf = (directory: LdapDirectory, group: DirectoryGroup): Group => ({
  id: entryIdOf(group.externalId),
  name: group.name,
  namespace: directory.config.baseDn,
  domain_entry_id: entryIdOf(group.externalId),
  domain: domainOf(directory.config.domain),
});

/** Fields of a search among a directory's users, by the names that they have in the search language. */
const fields: Record<string, UserField> = {
  usrname: 'login',
  user_name: 'login',
  login: 'login',
  allnames: 'login',
  name: 'firstName',
  lastname: 'lastName',
  email: 'email',
  department: 'department',
};

/** `field=pattern and …`, or a pattern of the login name; null when it makes no sense, and then nothing is found. */
export function userPatterns(search: string, domain: string): [UserField, string][] | null {
  const text = search.trim();
  if (text === '' || text === '*') return [];
  if (!text.includes('=')) return /^\S+$/.test(text) ? [['login', text]] : null;
  const patterns: [UserField, string][] = [];
  for (const part of text.split(/\s+and\s+/i)) {
    const [, name = '', quoted, plain] = /^([\w.]+)\s*=\s*(?:"([^"]*)"|(\S+))$/.exec(part.trim()) ?? [];
    const field = fields[name.split('.').at(-1)?.toLowerCase() ?? ''];
    if (field === undefined) return null;
    const value = quoted ?? plain ?? '';
    patterns.push([field, field === 'login' && value.endsWith(`@${domain}`) ? value.slice(0, -domain.length - 1) : value]);
  }
  return patterns;
}

const limitOf = (context: Context): number => context.parameters.max() ?? maxEntries;

async function checkMayLook(context: Context): Promise<void> {
  if (!(await mayLookIntoDirectories(context.db, context.user))) throw notFound();
}

/** Users of the path's directory: the internal one's are known here, others' are looked for there. */
export const usersOfDomain = async (context: Context): Promise<Entity[]> => usersNamed(context, (await oneDomain(context)).name);

async function usersNamed(context: Context, name: string): Promise<Entity[]> {
  const directory = await context.engine.directories.byDomain(name);
  if (!directory) return listUsers(context, sql<boolean>`t.domain = ${name}`);
  await checkMayLook(context);
  const patterns = userPatterns(context.parameters.text('search') ?? '', name);
  if (patterns === null) return [];
  return (await asked(directory.users(patterns, limitOf(context)))).map((user) => userOf(directory, user) as Entity);
}

/** One of them, by the id that the list gives. @throws {Fault} 404 */
export async function userOfDomain(context: Context): Promise<Entity> {
  const { id, name } = await oneDomain(context);
  const wanted = context.path['user'] ?? '';
  const directory = await context.engine.directories.byDomain(name);
  if (directory && /^([0-9a-f]{2})+$/i.test(wanted)) {
    await checkMayLook(context);
    const found = await asked(directory.userById(Buffer.from(wanted, 'hex').toString('utf8')));
    if (!found) throw notFound();
    return userOf(directory, found.user) as Entity;
  }
  const user = await oneUser(context, wanted);
  if ((user['domain'] as Entity | undefined)?.id !== id) throw notFound();
  return user;
}

/** Groups of the path's directory. */
export const groupsOfDomain = async (context: Context): Promise<Entity[]> => groupsNamed(context, (await oneDomain(context)).name);

async function groupsNamed(context: Context, name: string): Promise<Entity[]> {
  const directory = await context.engine.directories.byDomain(name);
  if (!directory) return listGroups(context, sql<boolean>`t.domain = ${name}`);
  await checkMayLook(context);
  const search = (context.parameters.text('search') ?? '').trim();
  const [, quoted, plain] = /^(?:[\w.]*name\s*=\s*)?(?:"([^"]*)"|([^\s=]*))$/i.exec(search) ?? [];
  const pattern = quoted ?? plain;
  if (pattern === undefined) return [];
  return (await asked(directory.groups(pattern === '' ? '*' : pattern, limitOf(context)))).map(
    (group) => groupOf(directory, group) as Entity,
  );
}

/** One of them. @throws {Fault} 404 */
export async function groupOfDomain(context: Context): Promise<Entity> {
  const { id, name } = await oneDomain(context);
  const wanted = context.path['group'] ?? '';
  const directory = await context.engine.directories.byDomain(name);
  if (directory && /^([0-9a-f]{2})+$/i.test(wanted)) {
    await checkMayLook(context);
    const found = await asked(directory.groupById(Buffer.from(wanted, 'hex').toString('utf8')));
    if (!found) throw notFound();
    return groupOf(directory, found) as Entity;
  }
  const group = await oneGroup(context, wanted);
  if ((group['domain'] as Entity | undefined)?.id !== id) throw notFound();
  return group;
}

/** What directories have, asked of each of them; what the request searches for and how much it wants is a matter of the directories. */
const entriesOf =
  (read: (context: Context, name: string) => Promise<Entity[]>) =>
  async (context: Context, ids: readonly string[]): Promise<Map<string, Entity[]>> => {
    const plainly = { ...context, parameters: new Parameters(new URLSearchParams(), new Map(), {}) };
    const wanted = (await domains(context)).filter(({ id = '' }) => ids.includes(id));
    return new Map(await Promise.all(wanted.map(async ({ id = '', name = '' }) => [id, await read(plainly, name)] as const)));
  };

export const usersOfDomains = entriesOf(usersNamed);
export const groupsOfDomains = entriesOf(groupsNamed);
