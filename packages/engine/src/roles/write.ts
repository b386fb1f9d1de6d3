import { permits, type PermitName } from '@virgate/contract/generated/permits';
import type { Permit, Role } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import type { EventName } from '@virgate/contract/generated/events';
import { badRequest, conflict, entityNotFound, incomplete, invalidValue, notFound, say } from '../rest/fault.ts';
import { created, done, entity, type Context, type Entity, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { checkName } from '../vms/definition.ts';
import { oneRole, permitEntity, permitsOfRoles } from './read.ts';

type Known = (typeof permits)[number];

/** A permit by its number or name. @throws {Fault} 404 */
function permitOf(reference: Permit): Known {
  const found = permits.find((permit) =>
    reference.id === undefined ? permit.name === reference.name : String(permit.id) === reference.id,
  );
  if (reference.id === undefined && reference.name === undefined) throw incomplete('Permit [id|name]');
  if (!found) throw entityNotFound('Permit', reference.id === undefined ? `name=${reference.name}` : `id=${reference.id}`);
  return found;
}

/** What follows from a role's permits: whether it shows what is below an object. @throws {Fault} 400 for permits that only administrators may hold */
function columnsOf(held: readonly Known[], administrative: boolean): { permits: PermitName[]; allows_viewing_children: boolean } {
  const forbidden = administrative ? undefined : held.find((permit) => permit.administrative);
  if (forbidden) throw invalidValue('permits', say`${forbidden.name} can only be in an administrative role`);
  return {
    permits: [...new Set(held.map((permit) => permit.name))],
    allows_viewing_children: held.some((permit) => permit.allowsViewingChildren),
  };
}

/** Adds a role of permits. */
export const addRole: Operation = {
  permit: 'manipulate_roles',
  async run(context) {
    const body = context.body as Role;
    const name = checkName(body.name);
    const administrative = body.administrative ?? false;
    const held = (body.permits ?? []).map(permitOf);
    if (held.length === 0) throw invalidValue('permits', 'a role needs at least one');
    const columns = columnsOf(held, administrative);
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await trx
          .insertInto('role')
          .values({ ...columns, id, name, description: body.description ?? '', administrative, mutable: true })
          .execute();
        await recordEvent(trx, { name: 'USER_ADD_ROLE_WITH_ACTION_GROUP', values: { role: name }, ...attribution(context) });
        await noteChange(trx, 'role', id, 'add');
      },
      { role_name_key: nameInUse(name) },
    );
    return created('Role', await oneRole(context, id));
  },
};

/** Changes a role under a lock. Predefined roles never change. */
async function change(
  context: Context,
  event: EventName,
  set: (trx: Transaction<Tables>, role: { id: string; administrative: boolean; held: Known[] }) => Promise<void>,
  name?: string,
): Promise<void> {
  const current = await oneRole(context, context.path['role']);
  const id = current.id ?? '';
  await write(
    context,
    async (trx) => {
      const row = await trx.selectFrom('role').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
      if (!row.mutable) throw conflict('ACTION_TYPE_FAILED_ROLE_IS_READ_ONLY');
      await set(trx, { id, administrative: row.administrative, held: permits.filter((permit) => row.permits.includes(permit.name)) });
      await recordEvent(trx, { name: event, values: { role: name ?? row.name }, ...attribution(context) });
      await noteChange(trx, 'role', id, 'update');
    },
    { role_name_key: nameInUse(name ?? '') },
  );
}

export const updateRole: Operation = {
  permit: 'manipulate_roles',
  async run(context) {
    const current = await oneRole(context, context.path['role']);
    const body = context.body as Role;
    checkImmutable(current, context.body);
    if (body.administrative !== undefined && body.administrative !== current['administrative'])
      throw badRequest('ERROR_CANNOT_UPDATE_ROLE_TYPE');
    const name = body.name === undefined ? String(current['name']) : checkName(body.name);
    const held = body.permits?.map(permitOf);
    await change(
      context,
      'USER_UPDATE_ROLE',
      async (trx, role) => {
        await trx
          .updateTable('role')
          .set({
            name,
            ...(body.description === undefined ? {} : { description: body.description }),
            ...(held ? columnsOf(held, role.administrative) : {}),
          })
          .where('id', '=', role.id)
          .execute();
      },
      name,
    );
    return entity('Role', await oneRole(context, current.id));
  },
};

/** Removes a role that no permission gives. */
export const removeRole: Operation = {
  permit: 'manipulate_roles',
  async run(context) {
    const current = await oneRole(context, context.path['role']);
    const id = current.id ?? '';
    const name = String(current['name']);
    if (!current['mutable']) throw conflict('ACTION_TYPE_FAILED_ROLE_IS_READ_ONLY');
    const job = await write(context, async (trx) => {
      await trx.selectFrom('role').select('id').where('id', '=', id).forUpdate().execute();
      const used = await sql`select 1 from permission where role_id = ${id} limit 1`.execute(trx);
      if (used.rows.length > 0) throw conflict('ERROR_CANNOT_REMOVE_ROLE_ATTACHED_TO_PERMISSION');
      await trx.deleteFrom('role').where('id', '=', id).execute();
      await recordEvent(trx, { name: 'USER_REMOVE_ROLE', values: { role: name }, ...attribution(context) });
      await noteChange(trx, 'role', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveRole',
        description: `Removing Role ${name}`,
        subjects: [{ type: 'role', id }],
      });
    });
    return done(job);
  },
};

/** The permit of the path, in the role of the path. @throws {Fault} 404 */
export async function permitOfPath(context: Context): Promise<Entity> {
  const { id = '' } = await oneRole(context, context.path['role']);
  const found = (await permitsOfRoles(context, [id])).get(id)?.find((permit) => permit.id === context.path['permit']);
  if (!found) throw notFound();
  return found;
}

export const addPermit: Operation = {
  permit: 'manipulate_roles',
  async run(context) {
    const permit = permitOf(context.body);
    await change(context, 'USER_ATTACHED_ACTION_GROUP_TO_ROLE', async (trx, role) => {
      if (role.held.includes(permit)) throw conflict('ERROR_CANNOT_ATTACH_ACTION_GROUP_TO_ROLE_ATTACHED');
      await trx
        .updateTable('role')
        .set(columnsOf([...role.held, permit], role.administrative))
        .where('id', '=', role.id)
        .execute();
    });
    return created('Permit', permitEntity(permit, context.path['role']) as Entity);
  },
};

export const removePermit: Operation = {
  permit: 'manipulate_roles',
  async run(context) {
    const permit = await permitOfPath(context);
    await change(context, 'USER_DETACHED_ACTION_GROUP_FROM_ROLE', async (trx, role) => {
      const left = role.held.filter((one) => String(one.id) !== permit.id);
      await trx.updateTable('role').set(columnsOf(left, role.administrative)).where('id', '=', role.id).execute();
    });
    return done();
  },
};
