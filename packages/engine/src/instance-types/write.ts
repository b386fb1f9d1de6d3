import type { InstanceType, Vm } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { grant, revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { one } from '../rest/listing.ts';
import { created, done, entity, type Context, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { changeOf } from '../vms/change.ts';
import { checkName, columnsOf, overlay } from '../vms/definition.ts';
import { takeFromInstanceType } from './bind.ts';
import { instanceTypePart, plainInstanceType, readableInstanceTypes } from './read.ts';

const subjects = (context: Context) => [{ type: 'template' as const, id: context.path['instance_type'] ?? '' }];

/** What a request says of an instance type; attributes that only templates have are none of its. */
function saidOf(body: InstanceType): Vm {
  const { description, comment } = body;
  return {
    ...instanceTypePart(body as Vm),
    ...(description === undefined ? {} : { description }),
    ...(comment === undefined ? {} : { comment }),
  };
}

/** `POST instancetypes`: what it does not say is as in {@link plainInstanceType}. */
export const addInstanceType: Operation = {
  permit: 'create_template',
  async run(context) {
    const body = context.body as InstanceType;
    const name = checkName(body.name);
    const id = context.engine.uuid();
    const columns = columnsOf(overlay(plainInstanceType, saidOf(body)));
    await write(
      context,
      async (trx) => {
        await trx
          .insertInto('vm')
          .values({ ...columns, id, entity_type: 'instance_type', name, created_by: context.user.id })
          .execute();
        await grant(trx, context.user.id, 'TemplateOwner', { type: 'template', id });
        await recordEvent(trx, { name: 'USER_ADD_VM_TEMPLATE_FINISHED_SUCCESS', template: { id, name }, ...attribution(context) });
        await noteChange(trx, 'instance_type', id, 'add');
      },
      { instance_type_name: nameInUse(name) },
    );
    return created('InstanceType', await one(context, readableInstanceTypes, id));
  },
};

/** `PUT instancetypes/{instance_type}`: VMs that are bound to it follow, those that run at their next start. */
export const updateInstanceType: Operation = {
  permit: 'edit_template_properties',
  subjects,
  async run(context) {
    const current = await one(context, readableInstanceTypes, context.path['instance_type']);
    const body = context.body as InstanceType;
    checkImmutable(current, context.body);
    const id = current.id ?? '';
    const name = body.name === undefined ? String(current['name']) : checkName(body.name);
    await write(
      context,
      async (trx) => {
        const row = await trx.selectFrom('vm').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
        const { columns } = await changeOf({ ...context, db: trx }, row, saidOf(body), { type: 'template', id });
        await trx
          .updateTable('vm')
          .set({ ...columns, name, updated_at: new Date(context.engine.now()) })
          .where('id', '=', id)
          .execute();
        await takeFromInstanceType(trx, sql<boolean>`i.id = ${id}::uuid`);
        await recordEvent(trx, { name: 'USER_UPDATE_VM_TEMPLATE', template: { id, name }, ...attribution(context) });
        await noteChange(trx, 'instance_type', id, 'update');
      },
      { instance_type_name: nameInUse(name) },
    );
    return entity('InstanceType', await one(context, readableInstanceTypes, id));
  },
};

/** `DELETE instancetypes/{instance_type}`: VMs that were bound to it keep what they have of it, and are bound no more. */
export const removeInstanceType: Operation = {
  permit: 'delete_template',
  subjects,
  async run(context) {
    const current = await one(context, readableInstanceTypes, context.path['instance_type']);
    const id = current.id ?? '';
    const name = String(current['name']);
    const job = await write(context, async (trx) => {
      const bound = await trx
        .updateTable('vm')
        .set({ instance_type_id: null })
        .where('instance_type_id', '=', id)
        .returning('id')
        .execute();
      await trx.deleteFrom('vm').where('id', '=', id).execute();
      await revokeAllOn(trx, [id]);
      await recordEvent(trx, { name: 'USER_REMOVE_VM_TEMPLATE_FINISHED', template: { id, name }, ...attribution(context) });
      await noteChange(trx, 'instance_type', id, 'remove');
      await noteChange(
        trx,
        'vm',
        bound.map((row) => row.id),
        'update',
      );
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveVmTemplate',
        description: `Removing Instance Type ${name}`,
        subjects: [{ type: 'template', id }],
      });
    });
    return done(job);
  },
};
