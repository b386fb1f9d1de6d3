import type { DiskAttachment } from '@virgate/contract/generated/types';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict, forbidden, incomplete, invalidValue, notFound, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { accepted, created, done, entity, type Context, type Entity, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { attribution, write } from '../rest/write.ts';
import { stateOf, wrongState } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import { beginDisk, maxDiskBytes } from './add.ts';
import { extendDisk } from './extend.ts';
import { attachmentsOf } from './read.ts';
import { removeDiskById } from './remove.ts';

const interfaces = ['virtio', 'virtio_scsi', 'sata', 'ide'] as const;
const vmSubject = (context: Context) => [{ type: 'vm' as const, id: context.path['vm'] ?? '' }];

/** One attachment of a VM or template. @throws {Fault} 404 */
export async function attachment(context: Context, type: 'vm' | 'template', ownerId: string, id: string): Promise<Entity> {
  const found = (await attachmentsOf(context, [ownerId], type)).get(ownerId)?.find((one) => one.id === id);
  if (!found) throw notFound();
  return found;
}

async function attachExisting(context: Context, vm: Entity, body: DiskAttachment): Promise<string> {
  const disk = await resolve(context.db, 'Disk', 'disk', body.disk);
  if (!(await holdsPermit(context.db, context.user, 'attach_disk', { type: 'disk', id: disk.id }))) throw forbidden('attach_disk (disk)');
  const vmId = vm.id ?? '';
  await write(
    context,
    async (trx) => {
      const { status } = await stateOf(trx, vmId);
      if (status !== 'down') throw wrongState('attach a disk to', status);
      const row = await trx
        .selectFrom('disk')
        .select(['status', 'shareable'])
        .where('id', '=', disk.id)
        .forUpdate()
        .executeTakeFirstOrThrow();
      if (row.status !== 'ok') throw conflict('ACTION_TYPE_FAILED_DISKS_LOCKED', { diskAliases: disk.name });
      const others = await trx.selectFrom('disk_attachment').select('vm_id').where('disk_id', '=', disk.id).execute();
      if (others.some((other) => other.vm_id === vmId)) throw conflict('ACTION_TYPE_FAILED_DISK_ALREADY_ATTACHED');
      if (others.length > 0 && !row.shareable) throw conflict('ACTION_TYPE_FAILED_NOT_SHAREABLE_DISK_ALREADY_ATTACHED');
      await trx
        .insertInto('disk_attachment')
        .values({
          disk_id: disk.id,
          vm_id: vmId,
          interface: body.interface ?? 'virtio_scsi',
          bootable: body.bootable ?? false,
          active: body.active ?? true,
          read_only: body.read_only ?? false,
          pass_discard: body.pass_discard ?? false,
        })
        .execute();
      await recordEvent(trx, {
        name: 'USER_ATTACH_DISK_TO_VM',
        vm: { id: vmId, name: String(vm['name']) },
        ...attribution(context),
        values: { disk: disk.name },
      });
      await noteChange(trx, 'vm', vmId, 'update');
      await noteChange(trx, 'disk', disk.id, 'update');
    },
    { disk_attachment_bootable: () => conflict('ACTION_TYPE_FAILED_DISK_BOOT_IN_USE') },
  );
  return disk.id;
}

/** `POST vms/{vm}/diskattachments`: attaches a disk by its id, or makes a new one and attaches it. */
export const addAttachment: Operation = {
  permit: 'configure_vm_storage',
  subjects: vmSubject,
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const body = context.body as DiskAttachment;
    if (body.interface !== undefined && !interfaces.some((known) => known === body.interface))
      throw invalidValue('interface', `supported are ${interfaces.join(', ')}`);
    if (body.disk === undefined) throw incomplete('DiskAttachment [disk]');
    const vmId = vm.id ?? '';
    if (body.disk.id !== undefined && body.disk.provisioned_size === undefined) {
      const diskId = await attachExisting(context, vm, body);
      return created('DiskAttachment', await attachment(context, 'vm', vmId, diskId));
    }
    const domain = await resolve(context.db, 'StorageDomain', 'storage_domain', body.disk.storage_domains?.[0] ?? body.disk.storage_domain);
    if (!(await holdsPermit(context.db, context.user, 'create_disk', { type: 'storage_domain', id: domain.id })))
      throw forbidden('create_disk (storage domain)');
    if (vm['status'] !== 'down') throw wrongState('attach a disk to', vm['status'] as never);
    const { diskId, job } = await beginDisk(
      context,
      { ...body.disk, alias: body.disk.alias ?? body.disk.name ?? `${String(vm['name'])}_Disk` },
      { vmId, attachment: body },
    );
    if (context.waits) await context.engine.jobs.settle(job);
    const made = await attachment(context, 'vm', vmId, diskId);
    return context.waits ? created('DiskAttachment', made) : accepted('DiskAttachment', made);
  },
};

/** `PUT vms/{vm}/diskattachments/{attachment}`: changes how a disk hangs on a VM that is down. */
export const updateAttachment: Operation = {
  permit: 'configure_vm_storage',
  subjects: vmSubject,
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const current = await attachment(context, 'vm', vmId, context.path['attachment'] ?? '');
    const body = context.body as DiskAttachment;
    const wantedBytes = body.disk?.provisioned_size;
    if (
      wantedBytes !== undefined &&
      !(await holdsPermit(context.db, context.user, 'edit_disk_properties', { type: 'disk', id: current.id ?? '' }))
    )
      throw forbidden('edit_disk_properties (disk)');
    if (wantedBytes !== undefined) await extendDisk(context, current.id ?? '', wantedBytes, maxDiskBytes);
    await write(
      context,
      async (trx) => {
        const { status } = await stateOf(trx, vmId);
        if (status !== 'down') throw wrongState('edit a disk of', status);
        const changes = {
          ...(body.interface === undefined ? {} : { interface: body.interface }),
          ...(body.bootable === undefined ? {} : { bootable: body.bootable }),
          ...(body.active === undefined ? {} : { active: body.active }),
          ...(body.read_only === undefined ? {} : { read_only: body.read_only }),
          ...(body.pass_discard === undefined ? {} : { pass_discard: body.pass_discard }),
        };
        if (Object.keys(changes).length > 0)
          await trx
            .updateTable('disk_attachment')
            .set(changes)
            .where('vm_id', '=', vmId)
            .where('disk_id', '=', current.id ?? '')
            .execute();
        await recordEvent(trx, { name: 'USER_UPDATE_VM_DISK', vm: { id: vmId, name: String(vm['name']) }, ...attribution(context) });
        await noteChange(trx, 'vm', vmId, 'update');
      },
      { disk_attachment_bootable: () => conflict('ACTION_TYPE_FAILED_DISK_BOOT_IN_USE') },
    );
    return entity('DiskAttachment', await attachment(context, 'vm', vmId, current.id ?? ''));
  },
};

/** `DELETE vms/{vm}/diskattachments/{attachment}`: detaches the disk; removes it too with `detach_only=false`. */
export const removeAttachment: Operation = {
  permit: 'configure_vm_storage',
  subjects: vmSubject,
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const { id: diskId = '' } = await attachment(context, 'vm', vmId, context.path['attachment'] ?? '');
    if (!context.parameters.flag('detach_only', true)) {
      if (!(await holdsPermit(context.db, context.user, 'delete_disk', { type: 'disk', id: diskId })))
        throw forbidden('delete_disk (disk)');
      return removeDiskById(context, diskId);
    }
    const job = await write(context, async (trx) => {
      const { status } = await stateOf(trx, vmId);
      if (status !== 'down') throw wrongState('detach a disk from', status);
      const kept = await trx
        .selectFrom('image')
        .select('id')
        .where('disk_id', '=', diskId)
        .where('snapshot_id', 'is not', null)
        .executeTakeFirst();
      if (kept) throw refused('ERROR_CANNOT_DETACH_DISK_WITH_SNAPSHOT', { VAR_ACTION: 'detach', VAR_TYPE: 'Virtual Disk' });
      await trx.deleteFrom('disk_attachment').where('vm_id', '=', vmId).where('disk_id', '=', diskId).execute();
      await recordEvent(trx, { name: 'USER_DETACH_DISK_FROM_VM', vm: { id: vmId, name: String(vm['name']) }, ...attribution(context) });
      await noteChange(trx, 'vm', vmId, 'update');
      await noteChange(trx, 'disk', diskId, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'DetachDiskFromVm',
        description: `Detaching a disk from VM ${String(vm['name'])}`,
        subjects: [
          { type: 'vm', id: vmId },
          { type: 'disk', id: diskId },
        ],
      });
    });
    return done(job);
  },
};
