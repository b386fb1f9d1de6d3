import { enumValues } from '@virgate/contract/generated/enums';
import type { Disk, StorageDomain, Template } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { lazy } from 'react';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check, choice, description, number, reference, text } from '../kinds/fields.ts';
import type { ActionDescription, Entity, FieldDescription, FormDescription, Kind, Reference } from '../kinds/kind.ts';
import { quoted, storageDomains, textAt, upHosts } from '../kinds/references.ts';
import { rowsOf } from '../kinds/rows.ts';
import { setAt, valueAt } from '../kinds/value.ts';
import { blockTypes, lunsField } from '../luns/fields.ts';
import { vmColumn } from '../vms/summary.ts';
import { permissionsTab } from '../permissions/parts.ts';

const UploadDialog = lazy(() => import('../uploads/upload-dialog.tsx'));

const gib = 1024 ** 3;
const isImage = (disk: Entity): boolean => (disk as Disk).storage_type !== 'lun';

/** Data domains that a data center has: others can't be written to. */
export const dataDomains: Reference = {
  ...storageDomains,
  only: (option) => valueAt(option, 'type') === 'data' && valueAt(option, 'status') !== 'unattached',
};
export const profilesOfDomain: Reference = {
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

/** The dialog that assigns a quota. @param path where the object has it */
export const quotaForm = (path: string): FormDescription => ({
  title: 'disk.quota.title',
  dialog: 'ChangeQuotaPopupView',
  edits: true,
  tabs: [{ label: 'form.tab.general', fields: [reference('label.quota', path, quotasOfAll, { need: true, covers: 'changeQuotaView' })] }],
});

/** A host that can look at storage; an empty id when none is up, which the engine refuses. */
export async function anyHostUp(client: Client): Promise<string> {
  const [host] = await client.hosts.list({ search: 'status=up', max: 1 });
  return host?.id ?? '';
}

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
/** Which LUN a disk is to be. @param storage path of its `HostStorage` */
export const lunFields = (storage: string): readonly FieldDescription[] => [
  choice('label.storageType', `${storage}.type`, blockTypes, { need: true }),
  reference('label.host', `${storage}.host`, upHosts, { need: true }),
  lunsField(storage, { takes: 'disk', host: `${storage}.host` }),
];
const newLun: FormDescription = {
  title: 'disk.newLun',
  dialog: 'VmDiskPopupWidget',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        ...(alias === undefined || describing === undefined ? [] : [alias, describing]),
        ...lunFields('lun_storage'),
        check('label.shareable', 'shareable'),
      ],
    },
  ],
};
/** How much larger a disk is to become, in GiB. */
const extension: FieldDescription = {
  ...number('label.extendGib', 'extend_by', { min: 0, max: 65_536 }, { covers: 'sizeExtendEditor' }),
  read: () => '',
};
/** The size that a disk comes to have. */
const extended = (disk: Disk | undefined, byGib: number): Pick<Disk, 'provisioned_size'> =>
  byGib > 0 ? { provisioned_size: (disk?.provisioned_size ?? 0) + byGib * gib } : {};
const editDisk: FormDescription = {
  title: 'disk.edit',
  dialog: 'VmDiskPopupWidget',
  edits: true,
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        ...common,
        extension,
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

const relocation: readonly ActionDescription[] = [
  {
    key: 'move',
    label: 'action.move',
    bulk: true,
    reason: noImage,
    form: toDomain('disk.move.title'),
    run: (client, target, body) => client.disks.disk(target.id).move({ storageDomain: storageDomainOf(body) }),
  },
  {
    key: 'copy',
    label: 'action.copy',
    bulk: true,
    reason: noImage,
    form: toDomain('disk.copy.title', [text('label.alias', 'disk.alias')]),
    run: (client, target, body) => client.disks.disk(target.id).copy({ storageDomain: storageDomainOf(body), ...diskOf(body) }),
  },
];
const removal: ActionDescription = {
  ...removing('disk.remove.body', (client, target) => client.disks.disk(target.id).remove()),
  bulk: true,
};
/** Brings the image of a disk into a file of the browser's. */
const downloading: ActionDescription = {
  key: 'download',
  label: 'action.download',
  can: null,
  reason: (disk) => noImage(disk) ?? ((disk as Disk).status === 'ok' ? undefined : 'disk.reason.notOk'),
  run: async (_, { id, entity }) => {
    const { startDownload } = await import('../uploads/transfers.ts');
    await startDownload(id, (entity as Disk).alias ?? id);
  },
};
/** Makes a disk of a file of the browser's; beside the disks of a storage domain on that one. */
export const uploading: ActionDescription = {
  key: 'upload',
  label: 'upload.start',
  can: null,
  dialog: UploadDialog,
  run: () => Promise.resolve(),
};
/** What is done with disks wherever they are listed. */
export const diskActions: readonly ActionDescription[] = [...relocation, downloading, removal];

/** Disks: images on storage domains, and LUNs. */
export const disks: Kind = {
  page: 'disks',
  path: '/disks',
  type: 'disk',
  title: 'disks.title',
  empty: 'disks.empty',
  searchable: true,
  long: 'disk',
  list: (client, search, signal) => attachedDisks(client, client.disks.list(search === '' ? {} : { search }, { signal }), signal),
  one: (client, id, signal) => client.disks.disk(id).get({}, { signal }),
  name: (disk) => (disk as Disk).alias ?? disk.name ?? disk.id ?? '',
  status: 'status',
  columns: [
    { label: 'label.alias', path: 'alias', width: 160, order: 'name' },
    { label: 'label.id', path: 'id', width: 280, order: 'id' },
    { label: 'label.status', path: 'status', as: 'status', order: 'status' },
    { label: 'label.virtualSize', path: 'provisioned_size', as: 'bytes', order: 'provisioned_size' },
    {
      label: 'label.storageDomains',
      path: 'storage_domains.id',
      of: storageDomains,
      order: 'storage_domain',
      named: 'storage_domains.name',
    },
    {
      label: 'label.allocation',
      path: (disk) => ((disk as Disk).sparse === true ? 'thin' : 'preallocated'),
      as: 'words',
      order: 'allocation_policy',
    },
    { label: 'label.type', path: 'storage_type', as: 'words', order: 'disk_type' },
    { label: 'label.content', path: 'content_type', as: 'words', order: 'disk_content_type' },
    { label: 'label.shareable', path: 'shareable', as: 'yesno', order: 'shareable' },
    { label: 'label.quota', path: 'quota.id', of: quotasOfAll, order: 'quota', named: 'quota.name' },
    { label: 'label.lunId', path: 'lun_storage.logical_units.id', order: 'lun_id' },
    { label: 'label.serial', path: 'lun_storage.logical_units.serial', order: 'lun_serial' },
    { label: 'label.vendorId', path: 'lun_storage.logical_units.vendor_id', order: 'lun_vendor' },
    { label: 'label.productId', path: 'lun_storage.logical_units.product_id', order: 'lun_product' },
    { label: 'label.attachedTo', path: 'vms', covers: ['(icon)'], order: 'vm_names' },
    { label: 'label.description', path: 'description', order: 'description' },
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
          list: async (client, owner, signal) => {
            const [row] = await rowsOf<Entity & { vms?: readonly string[] }>(client, 'disk', [owner.id], signal);
            const names = row?.vms ?? [];
            if (names.length === 0) return [];
            const search = names.map((one) => `name=${quoted(one)}`).join(' or ');
            return (await client.vms.list({ search, follow: 'disk_attachments,reported_devices' }, { signal })).flatMap((vm) => {
              const attachment = vm.disk_attachments?.find((one) => one.id === owner.id);
              return attachment === undefined ? [] : [{ ...vm, plugged: attachment.active }];
            });
          },
          columns: [
            vmColumn.name,
            vmColumn.status,
            { label: 'label.plugged', path: 'plugged', as: 'yesno', covers: ['(icon) Plugged'] },
            vmColumn.type,
            vmColumn.cluster,
            vmColumn.addresses,
            vmColumn.fqdn,
            vmColumn.memory,
            vmColumn.cpu,
            vmColumn.network,
            vmColumn.uptime,
          ],
          opens: '/vms',
          empty: 'vms.none.here',
        },
      ],
    },
    {
      key: 'templates',
      label: 'tab.templates',
      parts: [
        {
          types: ['template', 'disk_attachment'],
          list: async (client, owner, signal) =>
            (await client.templates.list({ follow: 'disk_attachments.disk' }, { signal })).filter(
              (one) => one.disk_attachments?.some((attachment) => attachment.id === owner.id) === true,
            ),
          columns: [
            { label: 'label.name', path: 'name' },
            { label: 'label.disks', path: 'disk_attachments.disk.alias' },
            { label: 'label.actualSize', path: (row) => actualSize(row), as: 'bytes' },
            { label: 'label.creationDate', path: 'creation_time', as: 'date' },
          ],
          opens: '/templates',
          empty: 'templates.none.here',
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
            { label: 'label.status', path: domainStatus, as: 'status', covers: ['(icon) Shared Status'] },
            { label: 'label.externalStatus', path: 'external_status', as: 'status', covers: ['(icon) Additional Status'] },
            { label: 'label.totalSpace', path: (domain) => totalOf(domain), as: 'bytes' },
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
  adds: [
    adding(newDisk, (client, _, body) => client.disks.add(body)),
    { key: 'lun', label: 'action.newLunDisk', can: 'add', form: newLun, run: (client, _, body) => client.disks.add(body) },
    uploading,
  ],
  actions: [
    editing(editDisk, (client, target, body) => {
      const { extend_by: byGib = 0, ...disk } = body as Disk & { extend_by?: number };
      return client.disks.disk(target.id).update({ ...disk, ...extended(target.entity, byGib) });
    }),
    ...relocation,
    downloading,
    {
      key: 'quota',
      label: 'action.assignQuota',
      bulk: true,
      can: 'update',
      form: quotaForm('quota'),
      run: (client, target, body) => client.disks.disk(target.id).update(body),
    },
    { key: 'sparsify', label: 'action.sparsify', reason: noImage, run: (client, target) => client.disks.disk(target.id).sparsify() },
    {
      key: 'refresh-lun',
      bulk: true,
      label: 'action.refreshLun',
      can: 'refresh_lun',
      reason: (disk) => (isImage(disk) ? 'disk.reason.lun' : undefined),
      run: async (client, target) => await client.disks.disk(target.id).refreshLun({ host: { id: await anyHostUp(client) } }),
    },
    removal,
  ],
};

/** Size of all disks of a template together. */
function actualSize(row: Entity): number {
  return ((row as Template).disk_attachments ?? []).reduce((sum, one) => sum + (one.disk?.actual_size ?? 0), 0);
}

/** The top collection tells a status only of domains that are attached nowhere; attached and told nothing is active. */
function domainStatus(domain: Entity): string {
  return (domain as StorageDomain).status ?? 'active';
}

function totalOf(domain: StorageDomain): number | undefined {
  return domain.used === undefined || domain.available === undefined ? undefined : domain.used + domain.available;
}

/** Disks with the names of the virtual machines and templates that have them, and whether one boots from it. */
export async function attachedDisks(client: Client, read: Promise<Disk[]>, signal: AbortSignal, more: object = {}): Promise<Entity[]> {
  const all = await read;
  const rows = await rowsOf<Entity & { vms?: readonly string[]; bootable?: boolean }>(
    client,
    'disk',
    all.map((one) => one.id ?? ''),
    signal,
  );
  const owners = new Map(rows.map((row) => [row.id, row]));
  return all.map((disk) => {
    const own = owners.get(disk.id);
    return { ...disk, ...more, vms: own?.vms, bootable: own?.bootable ?? false };
  });
}

function storageDomainOf(body: object): { id: string } {
  return { id: String(valueAt(body, 'storage_domain.id')) };
}

function diskOf(body: object): { disk?: Disk } {
  const { disk } = body as { disk?: Disk };
  return disk === undefined ? {} : { disk };
}
