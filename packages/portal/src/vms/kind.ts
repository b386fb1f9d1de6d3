import type { Vm } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { affinityGroupsTab, affinityLabelsTab } from '../affinity/parts.ts';
import { adding, editing } from '../kinds/actions.ts';
import { check, comment, description, name, reference, text } from '../kinds/fields.ts';
import type { ActionDescription, Entity, Kind, Reference, TabDescription } from '../kinds/kind.ts';
import { clusters, hosts } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';
import { permissionsTab } from '../permissions/parts.ts';
import { disksParts } from './disks.ts';
import { editVm, newVm } from './form.ts';
import { nicsParts } from './nics.ts';
import { snapshotsParts } from './snapshots.ts';
import { assigningTags } from '../tags/assign.ts';

const otherHosts: Reference = {
  ...hosts,
  only: (option, around) =>
    valueAt(option, 'status') === 'up' &&
    valueAt(option, 'cluster.id') === valueAt(around.entity, 'cluster.id') &&
    option.id !== valueAt(around.entity, 'host.id'),
};
/** Where a CD of a virtual machine is reached: the API knows it by an id of zeros. */
const cdrom = '00000000-0000-0000-0000-000000000000';
const isoDisks: Reference = {
  type: 'disk',
  list: async (client, _, signal) => (await client.disks.list({}, { signal })).filter((one) => one.content_type === 'iso'),
  label: (option) => String(valueAt(option, 'alias') ?? option.id),
};
const clusterOf = (owner: Entity | undefined): string => String(valueAt(owner, 'cluster.id') ?? '');
const running = (vm: Entity): 'vm.reason.down' | undefined => ((vm as Vm).status === 'up' ? undefined : 'vm.reason.down');
const down = (vm: Entity): 'vm.reason.stopfirst' | undefined => ((vm as Vm).status === 'down' ? undefined : 'vm.reason.stopfirst');

/** Interfaces with the addresses that the guest reports for them. */
function nicsOf(client: Client, id: string): ReturnType<Parameters<typeof nicsParts>[0]> {
  const vm = client.vms.vm(id);
  return {
    add: (body) => vm.nics.add(body),
    nic: (nic) => vm.nics.nic(nic),
    list: async (parameters, request) => {
      const [nics, devices] = await Promise.all([vm.nics.list(parameters, request), vm.reportedDevices.list({}, request)]);
      return nics.map((nic) => ({ ...nic, reported_devices: devices.filter((device) => device.mac?.address === nic.mac?.address) }));
    },
  };
}

const actions: readonly ActionDescription[] = [
  editing(editVm, (client, target, body) => client.vms.vm(target.id).update(body)),
  assigningTags((client, id) => client.vms.vm(id).tags),
  {
    key: 'reset',
    label: 'action.reset',
    confirm: { title: 'vm.reset.title', body: 'vm.reset.body' },
    run: (client, target) => client.vms.vm(target.id).reset(),
  },
  {
    key: 'migrate',
    label: 'action.migrate',
    form: {
      title: 'vm.migrate.title',
      tabs: [{ label: 'form.tab.general', fields: [reference('label.destinationHost', 'host', otherHosts)] }],
    },
    run: (client, target, body) => client.vms.vm(target.id).migrate(body),
  },
  {
    key: 'cancel-migration',
    label: 'action.cancelMigration',
    can: 'cancel_migration',
    run: (client, target) => client.vms.vm(target.id).cancelMigration(),
  },
  {
    key: 'clone',
    label: 'action.cloneVm',
    can: 'clone',
    form: {
      title: 'vm.clone.title',
      dialog: 'CloneVmWidget',
      tabs: [{ label: 'form.tab.general', fields: [text('label.cloneName', 'vm.name', { need: true })] }],
    },
    run: (client, target, body) => client.vms.vm(target.id).clone(body),
  },
  {
    key: 'template',
    label: 'action.makeTemplate',
    can: null,
    reason: down,
    form: {
      title: 'vm.template.title',
      dialog: 'VmMakeTemplatePopupWidget',
      tabs: [
        {
          label: 'form.tab.general',
          fields: [
            name,
            description,
            comment,
            reference('label.cluster', 'cluster', clusters),
            check('label.copyPermissions', 'copyPermissions', { covers: 'copyVmPermissions' }),
          ],
        },
      ],
    },
    run: (client, target, body) => {
      const { copyPermissions, ...template } = body as { copyPermissions?: boolean };
      return client.templates.add({ ...template, vm: { id: target.id } }, { clonePermissions: copyPermissions === true });
    },
  },
  {
    key: 'run-once',
    label: 'action.runOnce',
    can: 'start',
    form: {
      title: 'vm.runOnce.title',
      dialog: 'VmRunOncePopupWidget',
      tabs: [
        {
          label: 'form.tab.general',
          fields: [
            check('label.startPaused', 'pause', { covers: 'runAndPauseEditor' }),
            check('label.runStateless', 'vm.stateless', { covers: 'runAsStatelessEditor' }),
            check('label.bootMenu', 'vm.bios.boot_menu.enabled'),
            reference('label.runOnHost', 'vm.placement_policy.hosts.0', otherHosts, {
              covers: 'defaultHostEditor isAutoAssign specificHost',
            }),
            text('label.kernelPath', 'vm.os.kernel'),
            text('label.initrdPath', 'vm.os.initrd'),
            text('label.kernelParams', 'vm.os.cmdline', { covers: 'kernelParamsEditor' }),
            text('label.customMachine', 'vm.custom_emulated_machine'),
            text('label.customCpu', 'vm.custom_cpu_model'),
            check('label.useCloudInit', 'useCloudInit', { covers: 'cloudInitEnabledEditor' }),
            check('label.useSysprep', 'useSysprep', { covers: 'attachSysprepEditor' }),
          ],
        },
      ],
    },
    run: (client, target, body) => client.vms.vm(target.id).start(body),
  },
  {
    key: 'cd',
    label: 'action.changeCd',
    can: null,
    reason: running,
    form: {
      title: 'vm.cd.title',
      dialog: 'VmChangeCDPopupWidget',
      tabs: [
        {
          label: 'form.tab.general',
          fields: [
            {
              label: 'label.isoImage',
              path: 'file',
              covers: 'isoImageEditor',
              control: { kind: 'reference', of: isoDisks, none: 'vm.cd.eject' },
            },
          ],
        },
      ],
    },
    run: (client, target, body) =>
      client.vms
        .vm(target.id)
        .cdroms.cdrom(cdrom)
        .update({ file: { id: '' }, ...body }, { current: true }),
  },
  {
    key: 'export-ova',
    label: 'action.exportOva',
    can: 'export',
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
    run: (client, target, body) => client.vms.vm(target.id).export(body),
  },
];

const general: TabDescription = {
  key: 'general',
  label: 'tab.general',
  facts: [
    { label: 'label.name', path: 'name' },
    { label: 'label.description', path: 'description' },
    { label: 'label.status', path: 'status', as: 'status' },
    {
      label: 'label.template',
      path: 'template.id',
      of: { type: 'template', list: (client, _, signal) => client.templates.list({}, { signal }) },
    },
    { label: 'label.os', path: 'os.type', as: 'words' },
    { label: 'label.chipset', path: 'bios.type', as: 'words' },
    { label: 'label.graphics', path: 'display.type', as: 'words' },
    { label: 'label.videoType', path: 'display.video_type', as: 'words' },
    { label: 'label.priority', path: 'high_availability.priority', as: 'number' },
    { label: 'label.optimizedFor', path: 'type', as: 'words' },
    { label: 'label.definedMemory', path: 'memory', as: 'bytes' },
    { label: 'label.guaranteed', path: 'memory_policy.guaranteed', as: 'bytes' },
    { label: 'label.cpuCores', path: (vm) => vcpus(vm), as: 'number' },
    { label: 'label.highlyAvailable', path: 'high_availability.enabled', as: 'yesno' },
    { label: 'label.monitors', path: 'display.monitors', as: 'number' },
    { label: 'label.usb', path: 'usb.enabled', as: 'yesno' },
    { label: 'label.origin', path: 'origin', as: 'words' },
    { label: 'label.runOn', path: 'host.id', of: hosts },
    { label: 'label.clusterVersion', path: 'custom_compatibility_version', as: 'version' },
    { label: 'label.vmId', path: 'id' },
    { label: 'label.fqdn', path: 'fqdn' },
    { label: 'label.deleteProtection', path: 'delete_protected', as: 'yesno' },
    { label: 'label.creationDate', path: 'creation_time', as: 'date' },
    { label: 'label.started', path: 'start_time', as: 'date' },
    { label: 'label.stopReason', path: 'stop_reason' },
    { label: 'label.timeZone', path: 'time_zone.name' },
  ],
};

/** Virtual machines. Their list shows more than descriptions say: what statistics tell, as it comes. */
export const vms: Kind = {
  page: 'vms',
  path: '/vms',
  type: 'vm',
  title: 'vms.title',
  none: 'vms.empty',
  empty: 'vms.empty.body',
  searchable: true,
  list: (client, search, signal) => client.vms.list({ ...(search === '' ? {} : { search }), follow: 'reported_devices' }, { signal }),
  one: (client, id, signal) => client.vms.vm(id).get({ follow: 'reported_devices,tags' }, { signal }),
  status: 'status',
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.status', path: 'status', as: 'status' },
    { label: 'label.host', path: 'host.id', of: hosts },
    { label: 'label.cluster', path: 'cluster.id', of: clusters },
    { label: 'label.fqdn', path: 'fqdn' },
  ],
  tabs: [
    general,
    { key: 'network_interfaces', label: 'tab.networkInterfaces', parts: [nicsParts(nicsOf)] },
    { key: 'disks', label: 'tab.disks', parts: [disksParts] },
    { key: 'snapshots', label: 'tab.snapshots', parts: [snapshotsParts] },
    {
      key: 'applications',
      label: 'tab.applications',
      parts: [
        {
          types: ['vm'],
          list: (client, owner, signal) => client.vms.vm(owner.id).applications.list({}, { signal }),
          columns: [{ label: 'label.installedApplications', path: 'name' }],
          empty: 'vm.applications.empty',
        },
      ],
    },
    {
      key: 'host_devices',
      label: 'tab.hostDevices',
      parts: [
        {
          types: ['vm'],
          list: (client, owner, signal) => client.vms.vm(owner.id).hostDevices.list({}, { signal }),
          columns: [
            { label: 'label.name', path: 'name' },
            { label: 'label.capability', path: 'capability', as: 'words' },
            { label: 'label.vendor', path: 'vendor.name' },
            { label: 'label.product', path: 'product.name' },
            { label: 'label.driver', path: 'driver' },
            { label: 'label.iommuGroup', path: 'iommu_group', as: 'number' },
          ],
          empty: 'vm.hostDevices.empty',
        },
      ],
    },
    affinityGroupsTab(clusterOf, true),
    affinityLabelsTab('vms'),
    permissionsTab((client, id) => client.vms.vm(id).permissions),
  ],
  adds: [adding(newVm, (client, _, body) => client.vms.add(body))],
  actions,
};

function vcpus(vm: Vm): number | undefined {
  const topology = vm.cpu?.topology;
  return topology === undefined ? undefined : (topology.sockets ?? 1) * (topology.cores ?? 1) * (topology.threads ?? 1);
}
