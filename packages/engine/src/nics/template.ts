import type { Nic } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ownerSubject, type ownerKinds } from '../devices/owner.ts';
import { recordEvent } from '../events/record.ts';
import { conflict, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { collection, created, done, entity, type Context, type Operation, type Service } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { nic, nicsOf } from './read.ts';
import { checkModel, checkNicName, modelFor, nameTaken, profileOf } from './write.ts';

/** What has NICs that VMs get copies of, and instance types, whose NICs only say what they are for. */
type Kind = typeof ownerKinds.template | typeof ownerKinds.instance_type;

interface Owner {
  id: string;
  name: string;
}

async function ownerOf(context: Context, kind: Kind): Promise<Owner> {
  const owner = await one(context, kind.readable, context.path[kind.type]);
  return { id: owner.id ?? '', name: String(owner['name']) };
}

/** Holds the template against others; one that a job works on is left alone. @throws {Fault} 409 */
async function hold(trx: Transaction<Tables>, owner: Owner): Promise<void> {
  const row = await trx.selectFrom('vm').select('template_status').where('id', '=', owner.id).forUpdate().executeTakeFirstOrThrow();
  if (row.template_status !== null && row.template_status !== 'ok')
    throw conflict('VM_TEMPLATE_IMAGE_IS_LOCKED', { VAR_ACTION: 'edit', VAR_TYPE: 'Template' });
}

/** NICs of templates have no MAC address: each VM made of the template gets its own. @throws {Fault} 400 */
function columns(body: Nic, profile: string | null | undefined) {
  if (body.mac?.address !== undefined) throw refused('NETWORK_INTERFACE_TEMPLATE_CANNOT_BE_SET');
  checkModel(body.interface);
  return {
    ...(body.interface === undefined ? {} : { interface: body.interface }),
    ...(body.linked === undefined ? {} : { linked: body.linked }),
    ...(body.plugged === undefined ? {} : { plugged: body.plugged }),
    ...(profile === undefined ? {} : { vnic_profile_id: profile }),
  };
}

/** `POST templates/{template}/nics`: VMs made of the template from then on have the NIC too. The same below instance types. */
const addTemplateNic = (kind: Kind): Operation => ({
  permit: 'configure_template_network',
  subjects: ownerSubject(kind),
  async run(context) {
    const owner = await ownerOf(context, kind);
    const body = context.body as Nic;
    const name = checkNicName(body.name);
    const values = columns(body, await profileOf(context, body, 'configure_template_network'));
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await hold(trx, owner);
        await trx
          .insertInto('nic')
          .values({ ...values, interface: await modelFor(trx, values.vnic_profile_id ?? null, values), id, vm_id: owner.id, name })
          .execute();
        await recordEvent(trx, {
          name: 'NETWORK_ADD_TEMPLATE_INTERFACE',
          template: owner,
          ...attribution(context),
          values: { interface: name },
        });
        await noteChange(trx, 'nic', id, 'add');
        await noteChange(trx, kind.change, owner.id, 'update');
      },
      { nic_vm_id_name_key: nameTaken(name) },
    );
    return created('Nic', await nic(context, kind.type, owner.id, id));
  },
});

const updateTemplateNic = (kind: Kind): Operation => ({
  permit: 'configure_template_network',
  subjects: ownerSubject(kind),
  async run(context) {
    const owner = await ownerOf(context, kind);
    const current = await nic(context, kind.type, owner.id, context.path['nic'] ?? '');
    const body = context.body as Nic;
    checkImmutable(current, context.body);
    const values = columns(body, await profileOf(context, body, 'configure_template_network'));
    const id = current.id ?? '';
    const name = body.name === undefined ? String(current['name']) : checkNicName(body.name);
    await write(
      context,
      async (trx) => {
        await hold(trx, owner);
        const row = await trx.selectFrom('nic').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        const after = { ...row, ...values };
        await modelFor(trx, after.vnic_profile_id, after);
        await trx
          .updateTable('nic')
          .set({ ...values, name })
          .where('id', '=', id)
          .execute();
        await recordEvent(trx, {
          name: 'NETWORK_UPDATE_TEMPLATE_INTERFACE',
          template: owner,
          ...attribution(context),
          values: { interface: name },
        });
        await noteChange(trx, 'nic', id, 'update');
        await noteChange(trx, kind.change, owner.id, 'update');
      },
      { nic_vm_id_name_key: nameTaken(name) },
    );
    return entity('Nic', await nic(context, kind.type, owner.id, id));
  },
});

const removeTemplateNic = (kind: Kind): Operation => ({
  permit: 'configure_template_network',
  subjects: ownerSubject(kind),
  async run(context) {
    const owner = await ownerOf(context, kind);
    const current = await nic(context, kind.type, owner.id, context.path['nic'] ?? '');
    const id = current.id ?? '';
    const name = String(current['name']);
    const job = await write(context, async (trx) => {
      await hold(trx, owner);
      await trx.deleteFrom('nic').where('id', '=', id).execute();
      await recordEvent(trx, {
        name: 'NETWORK_REMOVE_TEMPLATE_INTERFACE',
        template: owner,
        ...attribution(context),
        values: { interface: name },
      });
      await noteChange(trx, 'nic', id, 'remove');
      await noteChange(trx, kind.change, owner.id, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveVmTemplateInterface',
        description: `Removing network interface ${name} of ${kind.word} ${owner.name}`,
        subjects: [{ type: 'template', id: owner.id }],
      });
    });
    return done(job);
  },
});

export const templateNicsService = (kind: Kind): Service => ({
  list: {
    permit: null,
    async run(context) {
      const { id } = await ownerOf(context, kind);
      return collection('Nic', (await nicsOf(context, [id], kind.type)).get(id) ?? []);
    },
  },
  add: addTemplateNic(kind),
});

export const templateNicService = (kind: Kind): Service => ({
  get: {
    permit: null,
    run: async (context) => entity('Nic', await nic(context, kind.type, (await ownerOf(context, kind)).id, context.path['nic'] ?? '')),
  },
  update: updateTemplateNic(kind),
  remove: removeTemplateNic(kind),
});
