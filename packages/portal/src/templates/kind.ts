import type { DiskAttachment, StorageDomain, Template } from '@virgate/contract/generated/types';
import { eventsTab } from '../events/parts.ts';
import { editing, removing } from '../kinds/actions.ts';
import { reference, text } from '../kinds/fields.ts';
import type { ActionDescription, Entity, Kind, PartsDescription, Reference } from '../kinds/kind.ts';
import { clusters, hosts, quoted, storageDomains } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';
import { importingTemplate } from '../imports/machines.ts';
import { permissionsTab } from '../permissions/parts.ts';
import { quotaForm, quotasOfAll } from '../disks/kind.ts';
import { bytes } from '../format/format.ts';
import { centersOfClusters, listVms, vmColumn } from '../vms/summary.ts';
import { editTemplate } from '../vms/form.ts';
import { nicsParts, templateNicForm } from '../vms/nics.ts';
import { assigningTags } from '../tags/assign.ts';

const blankId = '00000000-0000-0000-0000-000000000000';
const isBlank = (template: Entity): 'template.reason.blank' | undefined => (template.id === blankId ? 'template.reason.blank' : undefined);

/** One thing of the domains that a disk lies on, told in the place of their names. */
const ofDomains = (label: (domain: StorageDomain) => string): Reference => ({ ...storageDomains, label });
const typesOfDomains = ofDomains((domain) => domain.type ?? '');
const freeOfDomains = ofDomains((domain) => bytes(domain.available));
const usedOfDomains = ofDomains((domain) => bytes(domain.used));
const totalOfDomains = ofDomains((domain) => bytes((domain.used ?? 0) + (domain.available ?? 0)));

/** Domains that hold the template's disks, with what of it lies there. */
const storageParts: PartsDescription = {
  types: ['disk', 'storage_domain'],
  list: async (client, owner, signal) => {
    const [attachments, domains] = await Promise.all([
      client.templates.template(owner.id).diskAttachments.list({ follow: 'disk' }, { signal }),
      client.storageDomains.list({}, { signal }),
    ]);
    return domains.flatMap((domain) => {
      const here = attachments.filter((one) => one.disk?.storage_domains?.some((other) => other.id === domain.id) === true);
      return here.length === 0 ? [] : [{ ...domain, here }];
    });
  },
  columns: [
    { label: 'label.domainName', path: 'name' },
    { label: 'label.domainType', path: 'type', as: 'words' },
    { label: 'label.status', path: (domain) => (domain as StorageDomain).status ?? 'active', as: 'status' },
    { label: 'label.freeSpace', path: 'available', as: 'bytes' },
    { label: 'label.usedSpace', path: 'used', as: 'bytes' },
    {
      label: 'label.totalSpace',
      path: (domain) => ((domain as StorageDomain).used ?? 0) + ((domain as StorageDomain).available ?? 0),
      as: 'bytes',
    },
    { label: 'label.alias', path: 'here.disk.alias' },
    { label: 'label.size', path: 'here.disk.provisioned_size', as: 'bytes' },
    {
      label: 'label.allocation',
      path: (domain) => (domain as { here: DiskAttachment[] }).here.map((one) => (one.disk?.sparse === true ? 'thin' : 'preallocated')),
      as: 'words',
      covers: ['Allocation'],
    },
    { label: 'label.interface', path: 'here.interface', as: 'words' },
    { label: 'label.type', path: 'here.disk.storage_type', as: 'words' },
    { label: 'label.content', path: 'here.disk.content_type', as: 'words', covers: ['(icon)'] },
  ],
  opens: '/storage',
  empty: 'vm.disks.empty',
};

const dataDomains: Reference = {
  ...storageDomains,
  only: (option) => valueAt(option, 'type') === 'data' && valueAt(option, 'status') !== 'unattached',
};

const diskParts: PartsDescription = {
  types: ['disk', 'disk_attachment'],
  list: (client, owner, signal) => client.templates.template(owner.id).diskAttachments.list({ follow: 'disk' }, { signal }),
  canType: 'disk',
  name: (row) => (row as DiskAttachment).disk?.alias ?? row.id ?? '',
  columns: [
    { label: 'label.alias', path: 'disk.alias' },
    { label: 'label.virtualSize', path: 'disk.provisioned_size', as: 'bytes' },
    { label: 'label.actualSize', path: 'disk.actual_size', as: 'bytes' },
    { label: 'label.status', path: 'disk.status', as: 'status' },
    { label: 'label.allocation', path: (row) => ((row as DiskAttachment).disk?.sparse === true ? 'thin' : 'preallocated'), as: 'words' },
    { label: 'label.interface', path: 'interface', as: 'words' },
    { label: 'label.type', path: 'disk.storage_type', as: 'words' },
    { label: 'label.readOnly', path: 'read_only', as: 'yesno', covers: ['readOnlyColumnHeader'] },
    { label: 'label.content', path: 'disk.content_type', as: 'words', covers: ['(icon)'] },
    { label: 'label.domainName', path: 'disk.storage_domains.id', of: storageDomains },
    { label: 'label.domainType', path: 'disk.storage_domains.id', of: typesOfDomains },
    { label: 'label.freeSpace', path: 'disk.storage_domains.id', of: freeOfDomains },
    { label: 'label.usedSpace', path: 'disk.storage_domains.id', of: usedOfDomains },
    { label: 'label.totalSpace', path: 'disk.storage_domains.id', of: totalOfDomains },
  ],
  empty: 'vm.disks.empty',
  actions: [
    {
      key: 'copy',
      label: 'action.copy',
      form: {
        title: 'disk.copy.title',
        dialog: 'DisksAllocationPopupView',
        tabs: [{ label: 'form.tab.general', fields: [reference('label.targetDomain', 'storage_domain', dataDomains, { need: true })] }],
      },
      run: (client, target, body) =>
        client.disks.disk(target.id).copy({ storageDomain: { id: String(valueAt(body, 'storage_domain.id')) } }),
    },
    {
      key: 'quota',
      label: 'action.assignQuota',
      can: null,
      form: quotaForm('disk.quota'),
      run: (client, target, body) => client.disks.disk(target.id).update((body as DiskAttachment).disk ?? {}),
    },
  ],
};

const exporting: ActionDescription = {
  key: 'export-ova',
  label: 'action.exportOva',
  can: 'export',
  reason: isBlank,
  form: {
    title: 'ova.title',
    dialog: 'ExportOvaWidget',
    tabs: [
      {
        label: 'form.tab.general',
        fields: [
          reference('label.host', 'host', hosts, { need: true, covers: 'proxyEditor' }),
          text('label.directory', 'directory', { need: true }),
          text('label.name', 'filename', { need: true }),
        ],
      },
    ],
  },
  run: (client, target, body) => client.templates.template(target.id).export(body),
};

/** Templates: what virtual machines are made from. */
export const templates: Kind = {
  page: 'templates',
  path: '/templates',
  type: 'template',
  title: 'templates.title',
  none: 'templates.empty',
  empty: 'templates.empty.body',
  searchable: true,
  list: (client, search, signal) => client.templates.list(search === '' ? {} : { search }, { signal }),
  one: (client, id, signal) => client.templates.template(id).get({ follow: 'tags' }, { signal }),
  status: 'status',
  columns: [
    { label: 'label.name', path: 'name', width: 160 },
    { label: 'label.status', path: 'status', as: 'status', width: 110 },
    { label: 'label.creationDate', path: 'creation_time', as: 'date' },
    { label: 'label.cluster', path: 'cluster.id', of: clusters },
    {
      label: 'label.version',
      path: (template) => (template as Template).version?.version_name ?? (template as Template).version?.version_number ?? 1,
    },
    { label: 'label.dataCenter', path: 'cluster.id', of: centersOfClusters },
    { label: 'label.memory', path: 'memory', as: 'bytes' },
    { label: 'label.os', path: 'os.type', as: 'words' },
    { label: 'label.comment', path: 'comment' },
    { label: 'label.description', path: 'description' },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.name', path: 'name' },
        { label: 'label.description', path: 'description' },
        { label: 'label.hostCluster', path: 'cluster.id', of: clusters },
        { label: 'label.os', path: 'os.type', as: 'words' },
        { label: 'label.chipset', path: 'bios.type', as: 'words' },
        { label: 'label.graphics', path: 'display.type', as: 'words' },
        { label: 'label.videoType', path: 'display.video_type', as: 'words' },
        { label: 'label.optimizedFor', path: 'type', as: 'words' },
        { label: 'label.definedMemory', path: 'memory', as: 'bytes' },
        { label: 'label.cpuCores', path: (template) => cpuCount(template), as: 'number' },
        { label: 'label.monitors', path: 'display.monitors', as: 'number', covers: ['Number of Monitors'] },
        { label: 'label.highlyAvailable', path: 'high_availability.enabled', as: 'yesno' },
        { label: 'label.priority', path: 'high_availability.priority', as: 'number' },
        { label: 'label.usb', path: 'usb.enabled', as: 'yesno' },
        { label: 'label.origin', path: 'origin', as: 'words' },
        { label: 'label.isStateless', path: 'stateless', as: 'yesno' },
        { label: 'label.templateId', path: 'id' },
        { label: 'label.timeZone', path: 'time_zone.name' },
        { label: 'label.directoryDomain', path: 'initialization.domain' },
        { label: 'label.quota', path: 'quota.id', of: quotasOfAll },
      ],
    },
    {
      key: 'virtual_machines',
      label: 'tab.virtualMachines',
      parts: [
        {
          types: ['vm'],
          list: async (client, owner, signal) =>
            (await listVms(client, signal, `template.name=${quoted(owner.name)}`)).filter((vm) => vm.template?.id === owner.id),
          columns: [
            vmColumn.name,
            vmColumn.status,
            vmColumn.type,
            vmColumn.host,
            vmColumn.addresses,
            vmColumn.fqdn,
            vmColumn.uptime,
            vmColumn.consoleUser,
            vmColumn.loggedInUser,
          ],
          opens: '/vms',
          empty: 'vms.none.here',
        },
      ],
    },
    {
      key: 'network_interfaces',
      label: 'tab.networkInterfaces',
      parts: [nicsParts((client, id) => client.templates.template(id).nics, templateNicForm)],
    },
    { key: 'disks', label: 'tab.disks', parts: [diskParts] },
    { key: 'storage', label: 'tab.storage', parts: [storageParts] },
    permissionsTab((client, id) => client.templates.template(id).permissions),
    eventsTab('event_template', 'template'),
  ],
  adds: [importingTemplate],
  actions: [
    {
      key: 'create',
      label: 'template.create',
      covers: ['New VM'],
      can: null,
      reason: (template) => ((template as Template).status === 'locked' ? 'vm.reason.locked' : undefined),
      leads: (template) => ({ to: '/vms', search: { dialog: `create:${template.id}` } }),
      run: async () => undefined,
    },
    editing(editTemplate, (client, target, body) => client.templates.template(target.id).update(body)),
    exporting,
    assigningTags((client, id) => client.templates.template(id).tags),
    { bulk: true, ...removing('template.remove.body', (client, target) => client.templates.template(target.id).remove()), reason: isBlank },
  ],
};

function cpuCount(template: Entity): number | undefined {
  const sockets = valueAt(template, 'cpu.topology.sockets');
  const cores = valueAt(template, 'cpu.topology.cores');
  const threads = valueAt(template, 'cpu.topology.threads');
  return typeof sockets === 'number'
    ? sockets * (typeof cores === 'number' ? cores : 1) * (typeof threads === 'number' ? threads : 1)
    : undefined;
}
