import type { Disk, DiskAttachment, VmStatus } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { SYSTEM_ID } from '../access/objects.ts';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';
import { conflict, entityNotFound, type Fault, forbidden, incomplete, invalidValue, notFound, refused, say } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { accepted, created, done, entity, started, type Context, type Entity, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { attribution, write } from '../rest/write.ts';
import { checkDiskOffBackup } from '../storage-domains/backup.ts';
import { stateOf, wrongState } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import { beginDisk } from './add.ts';
import { addLunDisk } from './add-lun.ts';
import { insertAttachment } from './attachment-row.ts';
import { beginHotDisk } from './hot.ts';
import { checkPassthrough, passthroughOf } from './luns.ts';
import { attachmentsOf, readableDisks } from './read.ts';
import { removeDiskById } from './remove.ts';
import { changeDisk } from './update.ts';

const interfaces = ['virtio', 'virtio_scsi', 'sata', 'ide'] as const;
const vmSubject = (context: Context) => [{ type: 'vm' as const, id: context.path['vm'] ?? '' }];

/** One attachment of a VM or template. @throws {Fault} 404 */
export async function attachment(context: Context, type: 'vm' | 'template', ownerId: string, id: string): Promise<Entity> {
  const found = (await attachmentsOf(context, [ownerId], type)).get(ownerId)?.find((one) => one.id === id);
  if (!found) throw notFound();
  return found;
}

/** Why a VM cannot get a disk now; null when it can. The disk's row is locked for the rest of the transaction. */
export async function attachmentProblem(trx: Transaction<Tables>, diskId: string, vmId: string): Promise<Fault | null> {
  const row = await trx.selectFrom('disk').select(['name', 'status', 'shareable']).where('id', '=', diskId).forUpdate().executeTakeFirst();
  if (!row) return entityNotFound('Disk', `id=${diskId}`);
  if (row.status !== 'ok') return conflict('ACTION_TYPE_FAILED_DISKS_LOCKED', { diskAliases: row.name });
  const others = await trx.selectFrom('disk_attachment').select('vm_id').where('disk_id', '=', diskId).execute();
  if (others.some((other) => other.vm_id === vmId)) return conflict('ACTION_TYPE_FAILED_DISK_ALREADY_ATTACHED');
  return others.length > 0 && !row.shareable ? conflict('ACTION_TYPE_FAILED_NOT_SHAREABLE_DISK_ALREADY_ATTACHED') : null;
}

async function attachExisting(context: Context, vm: Entity, body: DiskAttachment): Promise<string> {
  const disk = await resolve(context.db, 'Disk', 'disk', body.disk);
  if (!(await holdsPermit(context.db, context.user, 'attach_disk', { type: 'disk', id: disk.id }))) throw forbidden('attach_disk (disk)');
  const vmId = vm.id ?? '';
  const job = await write(
    context,
    async (trx) => {
      const { status } = await stateOf(trx, vmId);
      if (!takesDisks(status)) throw wrongState('attach a disk to', status);
      const isHot = status !== 'down' && (body.active ?? true);
      const problem = await attachmentProblem(trx, disk.id, vmId);
      if (problem !== null) throw problem;
      await checkDiskOffBackup(trx, disk.id, 'attach');
      checkPassthrough(await passthroughOf(trx, disk.id), body);
      await insertAttachment(trx, disk.id, vmId, body, isHot ? false : undefined);
      await recordEvent(trx, {
        name: 'USER_ATTACH_DISK_TO_VM',
        vm: { id: vmId, name: String(vm['name']) },
        ...attribution(context),
        values: { disk: disk.name },
      });
      await noteChange(trx, 'vm', vmId, 'update');
      await noteChange(trx, 'disk', disk.id, 'update');
      return isHot ? beginHotDisk(trx, context, vmId, disk.id, { plugs: true, isNew: true, detaches: false }) : undefined;
    },
    { disk_attachment_bootable: () => conflict('ACTION_TYPE_FAILED_DISK_BOOT_IN_USE') },
  );
  if (job !== undefined && !context.asynchronous) await context.engine.jobs.settle(job);
  return disk.id;
}

/** Whether a body means a disk that there is: whoever gives an id and a size may also want a new disk of that id. */
async function namesDisk(context: Context, { id, provisioned_size: size }: Disk): Promise<boolean> {
  if (id === undefined) return false;
  if (size === undefined || !isUuid(id)) return true;
  return (await context.db.selectFrom('disk').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
}

/** Makes a disk of a LUN and puts it onto a VM. @throws {Fault} 400, 403, 404, 409 */
async function attachNewLun(context: Context, vm: Entity, body: DiskAttachment, disk: Disk): Promise<string> {
  if (!(await holdsPermit(context.db, context.user, 'create_disk', { type: 'system', id: SYSTEM_ID })))
    throw forbidden('create_disk (system)');
  const status = vm['status'] as VmStatus;
  if (!takesDisks(status)) throw wrongState('attach a disk to', status);
  const plugs = status !== 'down' && (body.active ?? true);
  const named = { ...disk, alias: disk.alias ?? disk.name ?? `${String(vm['name'])}_Disk` };
  const { diskId, job } = await addLunDisk(context, named, { vmId: vm.id ?? '', attachment: body, plugs });
  if (plugs && !context.asynchronous) await context.engine.jobs.settle(job);
  return diskId;
}

/** VMs that disks may be attached to and taken from. */
const takesDisks = (status: VmStatus): boolean => status === 'down' || status === 'up' || status === 'paused';

/** `POST vms/{vm}/diskattachments`: attaches a disk by its id, or makes a new one and attaches it. */
export const addAttachment: Operation = {
  permit: 'configure_vm_storage',
  subjects: vmSubject,
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const body = context.body as DiskAttachment;
    if (body.interface !== undefined && !interfaces.some((known) => known === body.interface))
      throw invalidValue('interface', say`supported are ${interfaces.join(', ')}`);
    if (body.disk === undefined) throw incomplete('DiskAttachment [disk]');
    const vmId = vm.id ?? '';
    if (await namesDisk(context, body.disk)) {
      const diskId = await attachExisting(context, vm, body);
      return created('DiskAttachment', await attachment(context, 'vm', vmId, diskId));
    }
    if (body.disk.lun_storage)
      return created('DiskAttachment', await attachment(context, 'vm', vmId, await attachNewLun(context, vm, body, body.disk)));
    checkPassthrough({ isLun: false, ...(body.disk.sgio ? { sgio: body.disk.sgio } : {}) }, body);
    const domain = await resolve(context.db, 'StorageDomain', 'storage_domain', body.disk.storage_domains?.[0] ?? body.disk.storage_domain);
    if (!(await holdsPermit(context.db, context.user, 'create_disk', { type: 'storage_domain', id: domain.id })))
      throw forbidden('create_disk (storage domain)');
    const status = vm['status'] as VmStatus;
    if (!takesDisks(status)) throw wrongState('attach a disk to', status);
    const isHot = status !== 'down' && (body.active ?? true);
    const { diskId, job } = await beginDisk(
      context,
      { ...body.disk, alias: body.disk.alias ?? body.disk.name ?? `${String(vm['name'])}_Disk` },
      { vmId, attachment: isHot ? { ...body, active: false } : body, plugs: isHot },
    );
    if (context.waits) await context.engine.jobs.settle(job);
    const made = await attachment(context, 'vm', vmId, diskId);
    return context.waits ? created('DiskAttachment', made) : accepted('DiskAttachment', made, job);
  },
};

/** `PUT vms/{vm}/diskattachments/{attachment}`: changes how a disk hangs on a VM that is down; a running one takes it in or lets it go. */
export const updateAttachment: Operation = {
  permit: 'configure_vm_storage',
  subjects: vmSubject,
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const current = await attachment(context, 'vm', vmId, context.path['attachment'] ?? '');
    const body = context.body as DiskAttachment;
    const diskId = current.id ?? '';
    const { id: _same, ...wanted } = body.disk ?? {};
    if (Object.keys(wanted).length > 0) {
      if (!(await holdsPermit(context.db, context.user, 'edit_disk_properties', { type: 'disk', id: diskId })))
        throw forbidden('edit_disk_properties (disk)');
      await changeDisk(context, await one(context, readableDisks, diskId), wanted);
    }
    const job = await write(
      context,
      async (trx) => {
        const { status } = await stateOf(trx, vmId);
        const differs = (['interface', 'bootable', 'read_only', 'pass_discard', 'uses_scsi_reservation'] as const).some(
          (name) => body[name] !== undefined && body[name] !== current[name],
        );
        // How a disk hangs on a VM can be changed while the VM does not have it.
        if (!takesDisks(status) || (status !== 'down' && differs && current['active'] === true)) throw wrongState('edit a disk of', status);
        if (differs) checkPassthrough(await passthroughOf(trx, diskId), { ...(current as DiskAttachment), ...body });
        const plugs = status !== 'down' && body.active !== undefined && body.active !== current['active'];
        const changes = {
          ...(body.interface === undefined ? {} : { interface: body.interface }),
          ...(body.bootable === undefined ? {} : { bootable: body.bootable }),
          ...(body.active === undefined || plugs ? {} : { active: body.active }),
          ...(body.read_only === undefined ? {} : { read_only: body.read_only }),
          ...(body.pass_discard === undefined ? {} : { pass_discard: body.pass_discard }),
          ...(body.uses_scsi_reservation === undefined ? {} : { uses_scsi_reservation: body.uses_scsi_reservation }),
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
        return plugs ? beginHotDisk(trx, context, vmId, diskId, { plugs: body.active === true, isNew: false, detaches: false }) : undefined;
      },
      { disk_attachment_bootable: () => conflict('ACTION_TYPE_FAILED_DISK_BOOT_IN_USE') },
    );
    if (job !== undefined && !context.asynchronous) await context.engine.jobs.settle(job);
    return entity('DiskAttachment', await attachment(context, 'vm', vmId, current.id ?? ''));
  },
};

/** `DELETE vms/{vm}/diskattachments/{attachment}`: detaches the disk, from a running VM too; removes it with `detach_only=false`. */
export const removeAttachment: Operation = {
  permit: 'configure_vm_storage',
  subjects: vmSubject,
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const current = await attachment(context, 'vm', vmId, context.path['attachment'] ?? '');
    const { id: diskId = '' } = current;
    if (!context.parameters.flag('detach_only', true)) {
      if (!(await holdsPermit(context.db, context.user, 'delete_disk', { type: 'disk', id: diskId })))
        throw forbidden('delete_disk (disk)');
      return removeDiskById(context, diskId);
    }
    const job = await write(context, async (trx) => {
      const { status } = await stateOf(trx, vmId);
      if (!takesDisks(status)) throw wrongState('detach a disk from', status);
      const kept = await trx
        .selectFrom('image')
        .select('id')
        .where('disk_id', '=', diskId)
        .where('snapshot_id', 'is not', null)
        .executeTakeFirst();
      if (kept) throw refused('ERROR_CANNOT_DETACH_DISK_WITH_SNAPSHOT', { VAR_ACTION: 'detach', VAR_TYPE: 'Virtual Disk' });
      if (status !== 'down' && current['active'] === true)
        return beginHotDisk(trx, context, vmId, diskId, { plugs: false, isNew: false, detaches: true });
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
    if (context.asynchronous) return started(job);
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
};
