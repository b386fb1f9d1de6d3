import { sql } from 'kysely';
import type { Loaders } from '../rest/follow.ts';
import { notFound } from '../rest/fault.ts';
import { collection, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import { addUser } from './add.ts';
import { domains, groupsByIds, groupsOfUsers, listGroups, listUsers, oneDomain, oneGroup, oneUser, usersByIds } from './read.ts';
import { removeUser } from './remove.ts';
import { removeGroup } from './remove-group.ts';
import { updateUser } from './update.ts';
import { userPropertyLoaders, userPropertyServices } from './properties.ts';

/** A user or group of the path's directory. @throws {Fault} 404 */
async function ofDomain(context: Context, found: Entity): Promise<Entity> {
  const domain = await oneDomain(context);
  if ((found['domain'] as Entity | undefined)?.id !== domain.id) throw notFound();
  return found;
}

export const userServices: Services = {
  UsersService: { list: { permit: null, run: async (context) => collection('User', await listUsers(context)) }, add: addUser },
  UserService: {
    get: { permit: null, run: async (context) => entity('User', await oneUser(context, context.path['user'])) },
    update: updateUser,
    remove: removeUser,
  },
  DomainUserGroupsService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await oneUser(context, context.path['user']);
        return collection('Group', (await groupsOfUsers(context, [id])).get(id) ?? []);
      },
    },
  },
  GroupsService: { list: { permit: null, run: async (context) => collection('Group', await listGroups(context)) } },
  GroupService: {
    get: { permit: null, run: async (context) => entity('Group', await oneGroup(context, context.path['group'])) },
    remove: removeGroup,
  },
  ...userPropertyServices,
  DomainsService: { list: { permit: null, run: async (context) => collection('Domain', (await domains(context)) as Entity[]) } },
  DomainService: { get: { permit: null, run: async (context) => entity('Domain', { ...(await oneDomain(context)) }) } },
  DomainUsersService: {
    list: {
      permit: null,
      run: async (context) => collection('User', await listUsers(context, sql<boolean>`t.domain = ${(await oneDomain(context)).name}`)),
    },
  },
  DomainUserService: {
    get: { permit: null, run: async (context) => entity('User', await ofDomain(context, await oneUser(context, context.path['user']))) },
  },
  DomainGroupsService: {
    list: {
      permit: null,
      run: async (context) => collection('Group', await listGroups(context, sql<boolean>`t.domain = ${(await oneDomain(context)).name}`)),
    },
  },
  DomainGroupService: {
    get: { permit: null, run: async (context) => entity('Group', await ofDomain(context, await oneGroup(context, context.path['group']))) },
  },
};

export const userLoaders: Partial<Loaders> = {
  entities: { User: usersByIds, Group: groupsByIds },
  children: { 'User.groups': groupsOfUsers, ...userPropertyLoaders },
};
