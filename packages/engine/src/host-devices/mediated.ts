import type { Property, VmMediatedDevice } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { sql } from 'kysely';
import { backReference, changeDevices, ownerKinds, ownerOf, ownerSubject, visibleOwners, type OwnerKind } from '../devices/owner.ts';
import { invalidValue, notFound, refused, say } from '../rest/fault.ts';
import type { LoadChildren, Loaders } from '../rest/follow.ts';
import {
  collection,
  created,
  done,
  entity,
  type Context,
  type Entity,
  type Operation,
  type Service,
  type Services,
} from '../rest/operation.ts';

/** Most properties of one device, and their longest text. */
const maxProperties = 16;
const maxText = 255;
/** What a device must have: its type, such as `nvidia-22`. Source: REST contract, VmMediatedDevice. */
const typeProperty = 'mdevType';
type KindWithMediated = (typeof ownerKinds)['vm' | 'template'];

interface Row {
  id: string;
  vm_id: string;
  spec_params: Property[];
}

const deviceOf = (kind: OwnerKind, row: Row): Entity => ({
  id: row.id,
  spec_params: row.spec_params.map(({ name, value }) => ({ name, value })),
  ...backReference(kind, row.vm_id),
});

const devicesOf =
  (kind: OwnerKind): LoadChildren =>
  async (context, ownerIds) => {
    const found = await sql<Row>`
      select m.id, m.vm_id, m.spec_params from vm_mediated_device m join vm t on t.id = m.vm_id
      where ${visibleOwners(context, kind, ownerIds)} order by m.created_at, m.id`.execute(context.db);
    const byOwner = Map.groupBy(found.rows, (row) => row.vm_id);
    return new Map([...byOwner].map(([id, rows]) => [id, rows.map((row) => deviceOf(kind, row))]));
  };

async function ofOwner(context: Context, kind: OwnerKind): Promise<{ owner: Entity; devices: Entity[] }> {
  const owner = await ownerOf(context, kind);
  return { owner, devices: (await devicesOf(kind)(context, [owner.id ?? ''])).get(owner.id ?? '') ?? [] };
}

async function oneOfOwner(context: Context, kind: OwnerKind, id = context.path['device']): Promise<{ owner: Entity; device: Entity }> {
  const { owner, devices } = await ofOwner(context, kind);
  const device = devices.find((one) => one.id === id);
  if (!device) throw notFound();
  return { owner, device };
}

/** @throws {Fault} 400 for properties that cannot be, or without a type */
function checkProperties(given: readonly Property[] | undefined): { name: string; value: string }[] {
  const properties = (given ?? []).map(({ name = '', value = '' }) => ({ name, value }));
  if (properties.length > maxProperties) throw invalidValue('spec_params', say`at most ${maxProperties} properties`);
  for (const { name, value } of properties) {
    if (!/^\w{1,64}$/.test(name)) throw invalidValue('spec_params.property.name', 'letters, digits and _ are expected');
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    if (value.length > maxText || /[\u0000-\u001f\u007f]/.test(value))
      throw invalidValue('spec_params.property.value', say`may have at most ${maxText} printable characters`);
  }
  if (new Set(properties.map(({ name }) => name)).size < properties.length) throw invalidValue('spec_params', 'a name stands there twice');
  if (!properties.some(({ name, value }) => name === typeProperty && value !== '')) throw refused('ACTION_TYPE_MDEV_INVALID_PARAMS');
  return properties;
}

const add = (kind: OwnerKind): Operation => ({
  permit: kind.permit,
  subjects: ownerSubject(kind),
  async run(context) {
    const owner = await ownerOf(context, kind);
    const properties = checkProperties((context.body as VmMediatedDevice).spec_params);
    const id = context.engine.uuid();
    await changeDevices(context, kind, owner, async (trx) => {
      await trx
        .insertInto('vm_mediated_device')
        .values({ id, vm_id: owner.id ?? '', spec_params: json(properties) })
        .execute();
    });
    return created('VmMediatedDevice', (await oneOfOwner(context, kind, id)).device);
  },
});

const update = (kind: OwnerKind): Operation => ({
  permit: kind.permit,
  subjects: ownerSubject(kind),
  async run(context) {
    const { owner, device } = await oneOfOwner(context, kind);
    const body = context.body as VmMediatedDevice;
    const properties = body.spec_params === undefined ? undefined : checkProperties(body.spec_params);
    if (properties !== undefined)
      await changeDevices(context, kind, owner, async (trx) => {
        await trx
          .updateTable('vm_mediated_device')
          .set({ spec_params: json(properties) })
          .where('id', '=', device.id ?? '')
          .execute();
      });
    return entity('VmMediatedDevice', (await oneOfOwner(context, kind)).device);
  },
});

const remove = (kind: OwnerKind): Operation => ({
  permit: kind.permit,
  subjects: ownerSubject(kind),
  async run(context) {
    const { owner, device } = await oneOfOwner(context, kind);
    const job = await changeDevices(
      context,
      kind,
      owner,
      async (trx) => {
        await trx
          .deleteFrom('vm_mediated_device')
          .where('id', '=', device.id ?? '')
          .execute();
      },
      { action: 'RemoveMdev', description: `Removing a mediated device of ${kind.word} ${String(owner['name'])}` },
    );
    return done(job);
  },
});

const kinds: readonly KindWithMediated[] = [ownerKinds.vm, ownerKinds.template];
const collectionOf = (kind: OwnerKind): Service => ({
  list: { permit: null, run: async (context) => collection('VmMediatedDevice', (await ofOwner(context, kind)).devices) },
  add: add(kind),
});
const itemOf = (kind: OwnerKind): Service => ({
  get: { permit: null, run: async (context) => entity('VmMediatedDevice', (await oneOfOwner(context, kind)).device) },
  update: update(kind),
  remove: remove(kind),
});

/** Mediated devices of VMs and templates; a VM gets its own at its next start. */
export const mediatedDeviceServices: Services = Object.fromEntries(
  kinds.flatMap((kind) => [
    [`${kind.service}MediatedDevicesService`, collectionOf(kind)],
    [`${kind.service}MediatedDeviceService`, itemOf(kind)],
  ]),
);

export const mediatedDeviceLoaders: Partial<Loaders> = {
  children: Object.fromEntries(kinds.map((kind) => [`${kind.service}.mediated_devices`, devicesOf(kind)])),
};
