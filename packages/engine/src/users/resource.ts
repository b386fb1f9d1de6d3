import type { Loaders } from '../rest/follow.ts';
import { collection, entity, type Entity, type Services } from '../rest/operation.ts';
import { addGroup, addUser } from './add.ts';
import { eventSubscriptionServices } from './event-subscriptions.ts';
import { groupOfDomain, groupsOfDomain, groupsOfDomains, userOfDomain, usersOfDomain, usersOfDomains } from './domain-entries.ts';
import { domains, groupsByIds, groupsOfUsers, listingOfGroups, listingOfUsers, oneDomain, oneGroup, oneUser, usersByIds } from './read.ts';
import { removeUser } from './remove.ts';
import { removeGroup } from './remove-group.ts';
import { updateUser } from './update.ts';
import { userPropertyLoaders, userPropertyServices } from './properties.ts';

export const userServices: Services = {
  UsersService: { list: { permit: null, run: listingOfUsers }, add: addUser },
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
  GroupsService: { list: { permit: null, run: listingOfGroups }, add: addGroup },
  GroupService: {
    get: { permit: null, run: async (context) => entity('Group', await oneGroup(context, context.path['group'])) },
    remove: removeGroup,
  },
  ...userPropertyServices,
  ...eventSubscriptionServices,
  DomainsService: { list: { permit: null, run: async (context) => collection('Domain', (await domains(context)) as Entity[]) } },
  DomainService: { get: { permit: null, run: async (context) => entity('Domain', { ...(await oneDomain(context)) }) } },
  DomainUsersService: { list: { permit: null, run: async (context) => collection('User', await usersOfDomain(context)) } },
  DomainUserService: { get: { permit: null, run: async (context) => entity('User', await userOfDomain(context)) } },
  DomainGroupsService: { list: { permit: null, run: async (context) => collection('Group', await groupsOfDomain(context)) } },
  DomainGroupService: { get: { permit: null, run: async (context) => entity('Group', await groupOfDomain(context)) } },
};

export const userLoaders: Partial<Loaders> = {
  entities: {
    User: usersByIds,
    Group: groupsByIds,
    Domain: async (context, ids) => (await domains(context)).filter(({ id = '' }) => ids.includes(id)) as Entity[],
  },
  children: { 'User.groups': groupsOfUsers, 'Domain.users': usersOfDomains, 'Domain.groups': groupsOfDomains, ...userPropertyLoaders },
};
