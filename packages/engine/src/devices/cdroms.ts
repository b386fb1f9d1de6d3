import type { Cdrom } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { incomplete, notFound } from '../rest/fault.ts';
import type { LoadChildren, Loaders } from '../rest/follow.ts';
import { collection, created, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import type { Tables } from '../tables/schema.ts';
import { blankId } from '../vms/definition.ts';
import { notRunning, stateOf, wrongState } from '../vms/lock.ts';
import { vmOnHost } from '../vms/host-call.ts';
import { changeCurrentCd } from './change-cd.ts';
import { isoOf } from './iso-images.ts';
import { backReference, changeDevices, ownerKinds, ownerOf, ownerSubject, visibleOwners, type OwnerKind } from './owner.ts';

type Trx = Transaction<Tables>;
type OwnerWithCd = (typeof ownerKinds)['vm' | 'template'];

/** The one CD drive that every VM and template has. Source: REST contract, ids. */
export const cdromId = blankId;

const cdromOf = (kind: OwnerKind, ownerId: string, file: string | null): Entity => ({
  id: cdromId,
  ...(file ? { file: { id: file } } : {}),
  ...backReference(kind, ownerId),
});

/** Drives of many owners at once, with the CD of their next start. */
const cdromsOf =
  (kind: OwnerWithCd): LoadChildren =>
  async (context, ownerIds) => {
    const found = await sql<{ id: string; file: string | null }>`
      select t.id, coalesce(c.disk_id::text, c.file) as file from vm t left join vm_cdrom c on c.vm_id = t.id
      where ${visibleOwners(context, kind, ownerIds)}`.execute(context.db);
    return new Map(found.rows.map((row) => [row.id, [cdromOf(kind, row.id, row.file)]]));
  };

async function ofOwner(context: Context, kind: OwnerWithCd): Promise<{ owner: Entity; cdroms: Entity[] }> {
  const owner = await ownerOf(context, kind);
  return { owner, cdroms: (await cdromsOf(kind)(context, [owner.id ?? ''])).get(owner.id ?? '') ?? [] };
}

async function drive(context: Context, kind: OwnerWithCd): Promise<{ owner: Entity; cdrom: Entity }> {
  const { owner, cdroms } = await ofOwner(context, kind);
  const cdrom = cdroms.find((one) => one.id === context.path['cdrom']);
  if (!cdrom) throw notFound();
  return { owner, cdrom };
}

/** The drive as it is in the VM that runs now; a VM that does not run has an empty one. */
async function currentDrive(context: Context): Promise<Entity> {
  const { owner } = await drive(context, ownerKinds.vm);
  const id = owner.id ?? '';
  const vm = await vmOnHost(context, id);
  const row = await context.db.selectFrom('vm_current_cdrom').select(['disk_id', 'file']).where('vm_id', '=', id).executeTakeFirst();
  return cdromOf(ownerKinds.vm, id, vm === undefined || notRunning.has(vm.status) ? null : (row?.disk_id ?? row?.file ?? null));
}

/** Puts a CD into the drive of the next start, or takes it out. */
export async function setCd(trx: Trx, ownerId: string, diskId: string | null): Promise<void> {
  await trx.deleteFrom('vm_cdrom').where('vm_id', '=', ownerId).execute();
  if (diskId !== null) await trx.insertInto('vm_cdrom').values({ vm_id: ownerId, disk_id: diskId, file: null }).execute();
}

/** What is in the drive from the next start on. The running VM keeps what it has. */
async function changeNextCd(context: Context, vm: Entity, file: string): Promise<void> {
  const vmId = vm.id ?? '';
  await changeDevices(context, ownerKinds.vm, vm, async (trx) => {
    const { status } = await stateOf(trx, vmId);
    if (status === 'image_locked') throw wrongState('edit', status);
    await setCd(trx, vmId, file === '' ? null : (await isoOf(trx, file, { vmId, verb: 'edit' })).diskId);
  });
}

/** `POST vms/{vm}/cdroms`: the drive is there already; what it is given is a CD. */
const addCdrom: Operation = {
  permit: ownerKinds.vm.permit,
  subjects: ownerSubject(ownerKinds.vm),
  async run(context) {
    const owner = await ownerOf(context, ownerKinds.vm);
    await changeNextCd(context, owner, (context.body as Cdrom).file?.id ?? '');
    const [cdrom] = (await ofOwner(context, ownerKinds.vm)).cdroms;
    return created('Cdrom', cdrom ?? { id: cdromId });
  },
};

/**
 * `PUT vms/{vm}/cdroms/{cdrom}`: the CD of the next start; with `current` that of the running VM, which keeps it until it stops.
 * An empty `file.id` ejects. Source: REST contract, VmCdromService.update.
 */
const updateCdrom: Operation = {
  permit: ownerKinds.vm.permit,
  permitFor: (context) => (context.parameters.flag('current') ? 'change_vm_cd' : ownerKinds.vm.permit),
  subjects: ownerSubject(ownerKinds.vm),
  async run(context) {
    const { owner } = await drive(context, ownerKinds.vm);
    const { file } = context.body as Cdrom;
    const isCurrent = context.parameters.flag('current');
    if (file !== undefined && file.id === undefined) throw incomplete('cdrom.file.id');
    if (isCurrent) {
      if (file === undefined) throw incomplete('cdrom.file.id');
      await changeCurrentCd(context, owner.id ?? '', file.id ?? '');
      return entity('Cdrom', await currentDrive(context));
    }
    if (file !== undefined) await changeNextCd(context, owner, file.id ?? '');
    return entity('Cdrom', (await drive(context, ownerKinds.vm)).cdrom);
  },
};

const listOf = (kind: OwnerWithCd): Operation => ({
  permit: null,
  run: async (context) => collection('Cdrom', (await ofOwner(context, kind)).cdroms),
});

export const cdromServices: Services = {
  VmCdromsService: { list: listOf(ownerKinds.vm), add: addCdrom },
  VmCdromService: {
    get: {
      permit: null,
      run: async (context) =>
        entity('Cdrom', context.parameters.flag('current') ? await currentDrive(context) : (await drive(context, ownerKinds.vm)).cdrom),
    },
    update: updateCdrom,
  },
  TemplateCdromsService: { list: listOf(ownerKinds.template) },
  TemplateCdromService: {
    get: { permit: null, run: async (context) => entity('Cdrom', (await drive(context, ownerKinds.template)).cdrom) },
  },
};

export const cdromLoaders: Partial<Loaders> = {
  children: { 'Vm.cdroms': cdromsOf(ownerKinds.vm), 'Template.cdroms': cdromsOf(ownerKinds.template) },
};
