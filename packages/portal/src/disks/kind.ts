import { enumValues } from '@virgate/contract/generated/enums';
import type { Disk } from '@virgate/contract/generated/types';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check, choice, description, number, reference, text } from '../kinds/fields.ts';
import type { Entity, FieldDescription, FormDescription, Kind, Reference } from '../kinds/kind.ts';
import { clusters, storageDomains, textAt } from '../kinds/references.ts';
import { setAt, valueAt } from '../kinds/value.ts';
import { permissionsTab } from '../permissions/parts.ts';

const gib = 1024 ** 3;
const isImage = (disk: Entity): boolean => (disk as Disk).storage_type !== 'lun';

/** Data domains that a data center has: others can't be written to. */
const dataDomains: Reference = {
  ...storageDomains,
  only: (option) => valueAt(option, 'type') === 'data' && valueAt(option, 'status') !== 'unattached',
};
const profilesOfDomain: Reference = {
  type: 'disk_profile',
  list: (client, _, signal) => client.diskProfiles.list({}, { signal }),
  only: (option, around) => valueAt(option, 'storage_domain.id') === textAt(around, 'storage_domains.0'),
};
export const quotasOfAll: Reference = {
  type: 'quota',
  list: async (client, _, signal) => {
    const centers = await client.dataCenters.list({}, { signal });
    return (await Promise.all(centers.map(({ id = '' }) => client.dataCenters.dataCenter(id).quotas.list({}, { signal })))).flat();
  },
};

const common: readonly FieldDescription[] = [
  text('label.alias', 'alias', { need: true }),
  description,
  check('label.wipeAfterDelete', 'wipe_after_delete'),
  check('label.shareable', 'shareable'),
  check('label.incrementalBackup', 'backup', {
    read: (disk) => (disk as Disk).backup === 'incremental',
    write: (body, value) => Object.assign(body, { backup: value === true ? 'incremental' : 'none' }),
  }),
];
const [alias, describing, ...options] = common;

const newDisk: FormDescription = {
  title: 'disk.new',
  dialog: 'VmDiskPopupWidget',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        number('label.sizeGib', 'provisioned_size', { min: 1, max: 65_536, unit: gib }, { need: true }),
        ...(alias === undefined || describing === undefined ? [] : [alias, describing]),
        {
          ...reference('label.storageDomain', 'storage_domains.0', dataDomains, { need: true }),
          read: (disk) => String(valueAt(disk, 'storage_domains.0.id') ?? ''),
        },
        {
          ...choice('label.allocation', 'sparse', ['thin', 'preallocated'], { need: true }),
          read: (disk) => ((disk as Disk).sparse === true ? 'thin' : 'preallocated'),
          write: (body, value) => setAt(body, 'sparse', value === 'thin'),
        },
        choice('label.format', 'format', enumValues.DiskFormat, { need: true }),
        reference('label.diskProfile', 'disk_profile', profilesOfDomain),
        reference('label.quota', 'quota', quotasOfAll),
        ...options,
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
        ...common,
        reference('label.diskProfile', 'disk_profile', profilesOfEdited()),
        reference('label.quota', 'quota', quotasOfAll),
      ],
    },
  ],
};

function domainsOf(disk: Disk | undefined): readonly Entity[] {
  return disk?.storage_domains ?? [];
}

/** An edited disk knows its domains itself. */
function profilesOfEdited(): Reference {
  return {
    type: 'disk_profile',
    list: (client, _, signal) => client.diskProfiles.list({}, { signal }),
    only: (option, around) => domainsOf(around.entity).some((one) => one.id === valueAt(option, 'storage_domain.id')),
  };
}

/** Domains that a disk does not lie on. */
const elsewhere: Reference = {
  ...dataDomains,
  only: (option, around) => dataDomains.only?.(option, around) === true && !domainsOf(around.entity).some((one) => one.id === option.id),
};

const toDomain = (title: 'disk.move.title' | 'disk.copy.title', more: readonly FieldDescription[] = []): FormDescription => ({
  title,
  dialog: 'DisksAllocationPopupView',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        ...more,
        reference('label.targetDomain', 'storage_domain', title === 'disk.move.title' ? elsewhere : dataDomains, { need: true }),
      ],
    },
  ],
});

const noImage = (disk: Entity): 'disk.reason.image' | undefined => (isImage(disk) ? undefined : 'disk.reason.image');

/** Disks: images on storage domains, and LUNs. */
export const disks: Kind = {
  page: 'disks',
  path: '/disks',
  type: 'disk',
  title: 'disks.title',
  empty: 'disks.empty',
  searchable: true,
  list: (client, search, signal) => client.disks.list(search === '' ? {} : { search }, { signal }),
  one: (client, id, signal) => client.disks.disk(id).get({}, { signal }),
  name: (disk) => (disk as Disk).alias ?? disk.name ?? disk.id ?? '',
  status: 'status',
  columns: [
    { label: 'label.alias', path: 'alias', width: 160 },
    { label: 'label.id', path: 'id', width: 280 },
    { label: 'label.status', path: 'status', as: 'status' },
    { label: 'label.virtualSize', path: 'provisioned_size', as: 'bytes' },
    { label: 'label.storageDomains', path: 'storage_domains.id', of: storageDomains },
    { label: 'label.allocation', path: (disk) => ((disk as Disk).sparse === true ? 'thin' : 'preallocated'), as: 'words' },
    { label: 'label.type', path: 'storage_type', as: 'words' },
    { label: 'label.content', path: 'content_type', as: 'words' },
    { label: 'label.shareable', path: 'shareable', as: 'yesno' },
    { label: 'label.quota', path: 'quota.id', of: quotasOfAll },
    { label: 'label.lunId', path: 'lun_storage.logical_units.id' },
    { label: 'label.serial', path: 'lun_storage.logical_units.serial' },
    { label: 'label.vendorId', path: 'lun_storage.logical_units.vendor_id' },
    { label: 'label.productId', path: 'lun_storage.logical_units.product_id' },
    { label: 'label.description', path: 'description' },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.alias', path: 'alias' },
        { label: 'label.description', path: 'description' },
        { label: 'label.id', path: 'id' },
        { label: 'label.lunId', path: 'lun_storage.logical_units.id' },
        { label: 'label.diskProfile', path: 'disk_profile.id', of: profilesOfEdited() },
        { label: 'label.quota', path: 'quota.id', of: quotasOfAll },
        { label: 'label.wipeAfterDelete', path: 'wipe_after_delete', as: 'yesno' },
        { label: 'label.virtualSize', path: 'provisioned_size', as: 'bytes' },
        { label: 'label.actualSize', path: 'actual_size', as: 'bytes' },
      ],
    },
    {
      key: 'virtual_machines',
      label: 'tab.virtualMachines',
      parts: [
        {
          types: ['vm', 'disk_attachment'],
          list: async (client, owner, signal) =>
            (await client.vms.list({ follow: 'disk_attachments,reported_devices' }, { signal })).filter(
              (vm) => vm.disk_attachments?.some((one) => one.id === owner.id) === true,
            ),
          columns: [
            { label: 'label.name', path: 'name' },
            { label: 'label.cluster', path: 'cluster.id', of: clusters },
            { label: 'label.ipAddresses', path: 'reported_devices.ips.address' },
            { label: 'label.fqdn', path: 'fqdn' },
            { label: 'label.memory', path: 'memory', as: 'bytes' },
            { label: 'label.status', path: 'status', as: 'status' },
          ],
          opens: '/vms',
          empty: 'vms.none.here',
        },
      ],
    },
    {
      key: 'storage',
      label: 'tab.storage',
      parts: [
        {
          types: ['storage_domain'],
          list: async (client, owner, signal) => {
            const own = new Set((owner as Disk).storage_domains?.map((one) => one.id));
            return (await client.storageDomains.list({}, { signal })).filter((one) => own.has(one.id));
          },
          columns: [
            { label: 'label.domainName', path: 'name' },
            { label: 'label.domainType', path: 'type', as: 'words' },
            { label: 'label.freeSpace', path: 'available', as: 'bytes' },
            { label: 'label.usedSpace', path: 'used', as: 'bytes' },
            { label: 'label.description', path: 'description' },
          ],
          opens: '/storage',
          empty: 'domains.none.here',
        },
      ],
    },
    permissionsTab((client, id) => client.disks.disk(id).permissions),
  ],
  adds: [adding(newDisk, (client, _, body) => client.disks.add(body))],
  actions: [
    editing(editDisk, (client, target, body) => client.disks.disk(target.id).update(body)),
    {
      key: 'move',
      label: 'action.move',
      reason: noImage,
      form: toDomain('disk.move.title'),
      run: (client, target, body) => client.disks.disk(target.id).move({ storageDomain: storageDomainOf(body) }),
    },
    {
      key: 'copy',
      label: 'action.copy',
      reason: noImage,
      form: toDomain('disk.copy.title', [text('label.alias', 'disk.alias')]),
      run: (client, target, body) => client.disks.disk(target.id).copy({ storageDomain: storageDomainOf(body), ...diskOf(body) }),
    },
    {
      key: 'quota',
      label: 'action.assignQuota',
      can: 'update',
      form: {
        title: 'disk.quota.title',
        dialog: 'ChangeQuotaPopupView',
        edits: true,
        tabs: [
          {
            label: 'form.tab.general',
            fields: [reference('label.quota', 'quota', quotasOfAll, { need: true, covers: 'changeQuotaView' })],
          },
        ],
      },
      run: (client, target, body) => client.disks.disk(target.id).update(body),
    },
    { key: 'sparsify', label: 'action.sparsify', reason: noImage, run: (client, target) => client.disks.disk(target.id).sparsify() },
    {
      key: 'refresh-lun',
      label: 'action.refreshLun',
      can: 'refresh_lun',
      reason: (disk) => (isImage(disk) ? 'disk.reason.lun' : undefined),
      run: async (client, target) => {
        const [host] = await client.hosts.list({ search: 'status=up', max: 1 });
        return await client.disks.disk(target.id).refreshLun({ host: { id: host?.id ?? '' } });
      },
    },
    removing('disk.remove.body', (client, target) => client.disks.disk(target.id).remove()),
  ],
};

function storageDomainOf(body: object): { id: string } {
  return { id: String(valueAt(body, 'storage_domain.id')) };
}

function diskOf(body: object): { disk?: Disk } {
  const { disk } = body as { disk?: Disk };
  return disk === undefined ? {} : { disk };
}
