import { enumValues } from '@virgate/contract/generated/enums';
import type { Disk, DiskAttachment } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { check, choice, number, reference, text } from '../kinds/fields.ts';
import { adding, editing } from '../kinds/actions.ts';
import type { FieldDescription, FormDescription, PartsDescription, Reference } from '../kinds/kind.ts';
import { anyHostUp, lunFields, quotaForm } from '../disks/kind.ts';
import { storageDomains } from '../kinds/references.ts';
import { setAt, valueAt } from '../kinds/value.ts';

const gib = 1024 ** 3;

const dataDomains: Reference = {
  ...storageDomains,
  only: (option) => valueAt(option, 'type') === 'data' && valueAt(option, 'status') !== 'unattached',
};
const domainsOf = ({ disk }: DiskAttachment) => disk?.storage_domains ?? [];
const elsewhere: Reference = {
  ...dataDomains,
  only: (option, around) =>
    dataDomains.only?.(option, around) === true && !domainsOf(around.entity ?? {}).some((one) => one.id === option.id),
};
const looseDisks: Reference = {
  type: 'disk',
  list: async (client, _, signal) => {
    const all = await client.disks.list({ search: 'number_of_vms=0 or shareable=true' }, { signal });
    return all.filter((one) => (one.content_type ?? 'data') === 'data');
  },
  label: (option) => (option as Disk).alias ?? option.id ?? '',
};

const attachment: readonly FieldDescription[] = [
  choice('label.interface', 'interface', enumValues.DiskInterface, { need: true, initial: 'virtio_scsi' }),
  check('label.bootable', 'bootable', { covers: 'isBootableEditor' }),
  check('label.readOnly', 'read_only', { covers: 'isReadOnlyEditor' }),
  check('label.passDiscard', 'pass_discard'),
];

const newDisk: FormDescription = {
  title: 'disk.new',
  dialog: 'VmDiskPopupWidget',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        number('label.sizeGib', 'disk.provisioned_size', { min: 1, max: 65_536, unit: gib }, { need: true, covers: 'sizeEditor' }),
        text('label.alias', 'disk.alias', { need: true }),
        text('label.description', 'disk.description'),
        {
          ...reference('label.storageDomain', 'disk.storage_domains.0', dataDomains, { need: true }),
          read: (row) => String(valueAt(row, 'disk.storage_domains.0.id') ?? ''),
        },
        {
          ...choice('label.allocation', 'disk.sparse', ['thin', 'preallocated'], { need: true }),
          read: (row) => ((row as DiskAttachment).disk?.sparse === true ? 'thin' : 'preallocated'),
          write: (body, value) => setAt(body, 'disk.sparse', value === 'thin'),
        },
        choice('label.format', 'disk.format', enumValues.DiskFormat, { need: true }),
        check('label.wipeAfterDelete', 'disk.wipe_after_delete'),
        check('label.shareable', 'disk.shareable'),
        ...attachment,
        check('label.activateDisk', 'active', { initial: true, covers: 'plugDiskToVmEditor' }),
      ],
    },
  ],
};
const newLun: FormDescription = {
  title: 'disk.newLun',
  dialog: 'VmDiskPopupWidget',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        text('label.alias', 'disk.alias', { need: true }),
        text('label.description', 'disk.description'),
        ...lunFields('disk.lun_storage'),
        check('label.shareable', 'disk.shareable'),
        ...attachment,
        check('label.activateDisk', 'active', { initial: true, covers: 'plugDiskToVmEditor' }),
      ],
    },
  ],
};
const attachDisk: FormDescription = {
  title: 'disk.attach',
  dialog: 'VmDiskAttachPopupWidget',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        reference('label.disk', 'disk', looseDisks, { need: true, covers: 'attachDiskPanel' }),
        ...attachment,
        check('label.activateDisk', 'active', { initial: true, covers: 'isPluggedEditor' }),
      ],
    },
  ],
};
const editDisk: FormDescription = {
  title: 'disk.edit',
  dialog: 'VmDiskPopupWidget',
  edits: true,
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        text('label.alias', 'disk.alias', { need: true }),
        text('label.description', 'disk.description'),
        check('label.wipeAfterDelete', 'disk.wipe_after_delete'),
        ...attachment,
      ],
    },
  ],
};

/** What is the disk's own, and then how it is attached: each has a call of its own. */
async function edit(client: Client, vmId: string, id: string, body: object): Promise<void> {
  const { disk, ...attached } = body as DiskAttachment;
  if (disk !== undefined) await client.disks.disk(id).update(disk);
  if (Object.keys(attached).length > 0) await client.vms.vm(vmId).diskAttachments.attachment(id).update(attached);
}

/** Disks of a virtual machine, with what can be done about them. */
export const disksParts: PartsDescription = {
  types: ['disk', 'disk_attachment'],
  list: async (client, owner, signal) =>
    (await client.vms.vm(owner.id).diskAttachments.list({ follow: 'disk' }, { signal })).map((row) => ({ ...row, vms: owner.name })),
  name: (row) => (row as DiskAttachment).disk?.alias ?? row.id ?? '',
  columns: [
    { label: 'label.alias', path: 'disk.alias' },
    { label: 'label.status', path: 'disk.status', as: 'status' },
    { label: 'label.type', path: 'disk.content_type', as: 'words', covers: ['Type'] },
    { label: 'label.active', path: 'active', as: 'yesno', covers: ['(icon)'] },
    { label: 'label.bootable', path: 'bootable', as: 'yesno' },
    { label: 'label.shareable', path: 'disk.shareable', as: 'yesno' },
    { label: 'label.readOnly', path: 'read_only', as: 'yesno' },
    { label: 'label.virtualSize', path: 'disk.provisioned_size', as: 'bytes' },
    { label: 'label.actualSize', path: 'disk.actual_size', as: 'bytes' },
    { label: 'label.allocation', path: (row) => ((row as DiskAttachment).disk?.sparse === true ? 'thin' : 'preallocated'), as: 'words' },
    { label: 'label.storageDomain', path: 'disk.storage_domains.id', of: storageDomains },
    { label: 'label.storageType', path: 'disk.storage_type', as: 'words' },
    { label: 'label.interface', path: 'interface', as: 'words' },
    { label: 'label.logicalName', path: 'logical_name' },
    { label: 'label.id', path: 'id' },
    { label: 'label.attachedTo', path: 'vms' },
    { label: 'label.lunId', path: 'disk.lun_storage.logical_units.id' },
    { label: 'label.serial', path: 'disk.lun_storage.logical_units.serial' },
    { label: 'label.vendorId', path: 'disk.lun_storage.logical_units.vendor_id' },
    { label: 'label.productId', path: 'disk.lun_storage.logical_units.product_id' },
    { label: 'label.description', path: 'disk.description' },
  ],
  opens: '/disks',
  empty: 'vm.disks.empty',
  adds: [
    adding(newDisk, (client, target, body) => client.vms.vm(target.ownerId).diskAttachments.add(body)),
    {
      key: 'lun',
      label: 'action.newLunDisk',
      can: null,
      form: newLun,
      run: (client, target, body) => client.vms.vm(target.ownerId).diskAttachments.add(body),
    },
    {
      key: 'attach',
      label: 'action.attach',
      form: attachDisk,
      run: (client, target, body) => client.vms.vm(target.ownerId).diskAttachments.add(body),
    },
  ],
  actions: [
    editing(editDisk, (client, target, body) => edit(client, target.ownerId, target.id, body), null),
    {
      key: 'activate',
      label: 'action.activate',
      can: null,
      reason: (row) => ((row as DiskAttachment).active === true ? 'disk.reason.active' : undefined),
      run: (client, target) => client.vms.vm(target.ownerId).diskAttachments.attachment(target.id).update({ active: true }),
    },
    {
      key: 'deactivate',
      label: 'action.deactivate',
      can: null,
      reason: (row) => ((row as DiskAttachment).active === true ? undefined : 'disk.reason.inactive'),
      run: (client, target) => client.vms.vm(target.ownerId).diskAttachments.attachment(target.id).update({ active: false }),
    },
    {
      key: 'move',
      label: 'action.move',
      can: null,
      reason: (row) => ((row as DiskAttachment).disk?.storage_type === 'lun' ? 'disk.reason.image' : undefined),
      form: {
        title: 'disk.move.title',
        dialog: 'DisksAllocationPopupView',
        tabs: [{ label: 'form.tab.general', fields: [reference('label.targetDomain', 'storage_domain', elsewhere, { need: true })] }],
      },
      run: (client, target, body) =>
        client.disks.disk(target.id).move({ storageDomain: { id: String(valueAt(body, 'storage_domain.id')) } }),
    },
    {
      key: 'quota',
      label: 'action.assignQuota',
      can: null,
      form: quotaForm('disk.quota'),
      run: (client, target, body) => edit(client, target.ownerId, target.id, body),
    },
    {
      key: 'sparsify',
      label: 'action.sparsify',
      can: null,
      reason: (row) => ((row as DiskAttachment).active === true ? 'disk.reason.active' : undefined),
      run: (client, target) => client.disks.disk(target.id).sparsify(),
    },
    {
      key: 'refresh-lun',
      label: 'action.refreshLun',
      can: null,
      reason: (row) => ((row as DiskAttachment).disk?.storage_type === 'lun' ? undefined : 'disk.reason.lun'),
      run: async (client, target) => await client.disks.disk(target.id).refreshLun({ host: { id: await anyHostUp(client) } }),
    },
    {
      key: 'remove',
      label: 'action.remove',
      can: null,
      danger: true,
      form: {
        title: 'remove.title',
        tabs: [{ label: 'form.tab.general', fields: [check('label.removePermanently', 'permanently', { hint: 'disk.remove.hint' })] }],
      },
      run: (client, target, body) =>
        client.vms
          .vm(target.ownerId)
          .diskAttachments.attachment(target.id)
          .remove({ detachOnly: (body as { permanently?: boolean }).permanently !== true }),
    },
  ],
};
