import { sql } from 'kysely';
import type { Loaders } from '../rest/follow.ts';
import { notFound } from '../rest/fault.ts';
import { collection, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { oneGroup, oneUser } from '../users/read.ts';
import { listRoles, oneRole, permitsOfRoles, rolesByIds, rolesOfPrincipals } from './read.ts';
import { addPermit, addRole, permitOfPath, removePermit, removeRole, updateRole } from './write.ts';

/** Roles that the user or group of the path has on anything; null where the path names neither. */
async function assigned(context: Context): Promise<Entity[] | null> {
  const { user, group } = context.path;
  if (user === undefined && group === undefined) return null;
  const { id = '' } = user === undefined ? await oneGroup(context, group) : await oneUser(context, user);
  return listRoles(context, sql<boolean>`t.id in (select p.role_id from permission p where p.principal_id = ${id}::uuid)`);
}

/** The role of the path, which its user or group must have. @throws {Fault} 404 */
async function roleOfPath(context: Context): Promise<Entity> {
  const of = await assigned(context);
  if (of && !of.some((role) => role.id === context.path['role'])) throw notFound();
  return oneRole(context, context.path['role']);
}

const within = (operation: Operation): Operation => ({
  ...operation,
  async run(context) {
    await roleOfPath(context);
    return operation.run(context);
  },
});

export const roleServices: Services = {
  RolesService: { list: { permit: null, run: async (context) => collection('Role', await listRoles(context)) }, add: addRole },
  AssignedRolesService: { list: { permit: null, run: async (context) => collection('Role', (await assigned(context)) ?? []) } },
  RoleService: {
    get: { permit: null, run: async (context) => entity('Role', await roleOfPath(context)) },
    update: within(updateRole),
    remove: within(removeRole),
  },
  PermitsService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await roleOfPath(context);
        return collection('Permit', (await permitsOfRoles(context, [id])).get(id) ?? []);
      },
    },
    add: within(addPermit),
  },
  PermitService: {
    get: {
      permit: null,
      async run(context) {
        await roleOfPath(context);
        return entity('Permit', await permitOfPath(context));
      },
    },
    remove: within(removePermit),
  },
};

export const roleLoaders: Partial<Loaders> = {
  entities: { Role: rolesByIds },
  children: { 'Role.permits': permitsOfRoles, 'User.roles': rolesOfPrincipals, 'Group.roles': rolesOfPrincipals },
};
