import type { DiskAttachment, Template } from '@virgate/contract/generated/types';
import { eventsTab } from '../events/parts.ts';
import { editing, removing } from '../kinds/actions.ts';
import { reference, text } from '../kinds/fields.ts';
import type { ActionDescription, Entity, Kind, PartsDescription } from '../kinds/kind.ts';
import { clusters, hosts, storageDomains } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';
import { permissionsTab } from '../permissions/parts.ts';
import { editTemplate } from '../vms/form.ts';
import { nicsParts, templateNicForm } from '../vms/nics.ts';
import { assigningTags } from '../tags/assign.ts';

const blankId = '00000000-0000-0000-0000-000000000000';
const isBlank = (template: Entity): 'template.reason.blank' | undefined => (template.id === blankId ? 'template.reason.blank' : undefined);

const diskParts: PartsDescription = {
  types: ['disk', 'disk_attachment'],
  list: (client, owner, signal) => client.templates.template(owner.id).diskAttachments.list({ follow: 'disk' }, { signal }),
  name: (row) => (row as DiskAttachment).disk?.alias ?? row.id ?? '',
  columns: [
    { label: 'label.alias', path: 'disk.alias' },
    { label: 'label.virtualSize', path: 'disk.provisioned_size', as: 'bytes' },
    { label: 'label.actualSize', path: 'disk.actual_size', as: 'bytes' },
    { label: 'label.status', path: 'disk.status', as: 'status' },
    { label: 'label.allocation', path: (row) => ((row as DiskAttachment).disk?.sparse === true ? 'thin' : 'preallocated'), as: 'words' },
    { label: 'label.interface', path: 'interface', as: 'words' },
    { label: 'label.type', path: 'disk.storage_type', as: 'words' },
    { label: 'label.domainName', path: 'disk.storage_domains.id', of: storageDomains },
  ],
  empty: 'vm.disks.empty',
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
        { label: 'label.monitors', path: 'display.monitors', as: 'number' },
        { label: 'label.highlyAvailable', path: 'high_availability.enabled', as: 'yesno' },
        { label: 'label.priority', path: 'high_availability.priority', as: 'number' },
        { label: 'label.usb', path: 'usb.enabled', as: 'yesno' },
        { label: 'label.origin', path: 'origin', as: 'words' },
        { label: 'label.isStateless', path: 'stateless', as: 'yesno' },
        { label: 'label.templateId', path: 'id' },
        { label: 'label.timeZone', path: 'time_zone.name' },
      ],
    },
    {
      key: 'virtual_machines',
      label: 'tab.virtualMachines',
      parts: [
        {
          types: ['vm'],
          list: async (client, owner, signal) =>
            (await client.vms.list({ follow: 'reported_devices' }, { signal })).filter((vm) => vm.template?.id === owner.id),
          columns: [
            { label: 'label.name', path: 'name' },
            { label: 'label.host', path: 'host.id', of: hosts },
            { label: 'label.ipAddresses', path: 'reported_devices.ips.address' },
            { label: 'label.fqdn', path: 'fqdn' },
            { label: 'label.status', path: 'status', as: 'status' },
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
    permissionsTab((client, id) => client.templates.template(id).permissions),
    eventsTab('event_template', 'template'),
  ],
  actions: [
    {
      key: 'create',
      label: 'template.create',
      can: null,
      reason: (template) => ((template as Template).status === 'locked' ? 'vm.reason.locked' : undefined),
      leads: (template) => ({ to: '/vms', search: { dialog: `create:${template.id}` } }),
      run: async () => undefined,
    },
    editing(editTemplate, (client, target, body) => client.templates.template(target.id).update(body)),
    exporting,
    assigningTags((client, id) => client.templates.template(id).tags),
    { ...removing('template.remove.body', (client, target) => client.templates.template(target.id).remove()), reason: isBlank },
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
