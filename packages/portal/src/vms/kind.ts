import type { Template, Vm } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { affinityGroupsTab, affinityLabelsTab } from '../affinity/parts.ts';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check, choice, comment, description, name, reference, text } from '../kinds/fields.ts';
import type { ActionDescription, Entity, Kind, Reference, TabDescription } from '../kinds/kind.ts';
import { clusters, everyoneId, hosts, textAt } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';
import { guidingVm } from '../guide/action.ts';
import { importingVm } from '../imports/machines.ts';
import { permissionsTab } from '../permissions/parts.ts';
import { eventsTab } from '../events/parts.ts';
import { quotasOfAll } from '../disks/kind.ts';
import { statisticOf } from '../kinds/statistics.ts';
import { powerActions, reasonByStatus } from './actions.ts';
import { disksParts } from './disks.ts';
import { editVm, newVm, withoutBinding } from './form.ts';
import { nicsParts } from './nics.ts';
import { newSnapshot, snapshotsParts } from './snapshots.ts';
import { cpuCount, vmColumn } from './summary.ts';
import { assigningTags } from '../tags/assign.ts';
import { reportsOf } from '../reports/menu.ts';

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
/** Devices of the hosts that the virtual machine is pinned to, by their names: `host-1: pci_0000_01_00_0`. */
const devicesOfHosts: Reference = {
  type: 'host',
  key: (around) => `devices ${around.ownerId}`,
  list: async (client, around, signal) => {
    const owner: Vm = around.owner ?? {};
    const pinned = owner.placement_policy?.hosts ?? [];
    const lists = await Promise.all(
      pinned.map(async ({ id = '' }) => {
        const [host, devices] = await Promise.all([
          client.hosts.host(id).get({}, { signal }),
          client.hosts.host(id).devices.list({}, { signal }),
        ]);
        return devices.map((device) => ({
          id: device.name ?? '',
          name: `${host.name}: ${device.name} ${device.product?.name ?? ''}`.trim(),
        }));
      }),
    );
    return lists.flat();
  },
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

/** Roles that let everybody make virtual machines of a template (the engine's `UserTemplateBasedVm`). */
const templateUser = 'UserTemplateBasedVm';

/** Makes the template, and then lets everybody use it when that is wanted: the API has a call for each. */
async function makeTemplate(
  client: Client,
  body: Template,
  clonePermissions: boolean,
  seal: boolean,
  forEverybody: boolean,
): Promise<Entity> {
  const added = await client.templates.add(body, { clonePermissions, ...(seal ? { seal } : {}) });
  if (forEverybody) {
    const role = (await client.roles.list()).find((one) => one.name === templateUser);
    await client.templates.template(added.id ?? '').permissions.add({ group: { id: everyoneId }, role: { id: role?.id ?? '' } });
  }
  return added;
}

const cpuProfilesOfCluster: Reference = {
  type: 'cpu_profile',
  list: (client, _, signal) => client.cpuProfiles.list({}, { signal }),
  only: (option, around) => valueAt(option, 'cluster.id') === (textAt(around, 'cluster') || valueAt(around.entity, 'cluster.id')),
};
/** Templates that have versions, by their first one. */
const baseTemplates: Reference = {
  type: 'template',
  list: (client, _, signal) => client.templates.list({}, { signal }),
  only: (option) => ((option as Template).version?.version_number ?? 1) === 1,
};

const actions: readonly ActionDescription[] = [
  ...powerActions,
  guidingVm,
  { ...editing(editVm, (client, target, body) => client.vms.vm(target.id).update(withoutBinding(target.entity, body))), bulk: true },
  { ...assigningTags((client, id) => client.vms.vm(id).tags), bulk: true },
  reportsOf('vm'),
  {
    key: 'reset',
    label: 'action.reset',
    bulk: true,
    confirm: { title: 'vm.reset.title', body: 'vm.reset.body' },
    run: (client, target) => client.vms.vm(target.id).reset(),
  },
  {
    key: 'migrate',
    label: 'action.migrate',
    bulk: true,
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
    bulk: true,
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
    key: 'snapshot',
    label: 'action.newSnapshot',
    can: null,
    covers: ['Create Snapshot'],
    form: newSnapshot,
    run: (client, target, body) => client.vms.vm(target.id).snapshots.add(body),
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
            reference('label.cpuProfile', 'cpu_profile', cpuProfilesOfCluster),
            reference('label.quota', 'quota', quotasOfAll),
            check('label.subVersion', 'isSubVersion', { covers: 'isSubTemplateEditor', write: () => undefined }),
            reference('label.rootTemplate', 'version.base_template', baseTemplates, {
              need: true,
              covers: 'baseTemplateEditor',
              when: (around) => around.value('isSubVersion') === true,
            }),
            text('label.subVersionName', 'version.version_name', {
              covers: 'templateVersionNameEditor',
              when: (around) => around.value('isSubVersion') === true,
            }),
            check('label.copyPermissions', 'copyPermissions', { covers: 'copyVmPermissions' }),
            check('label.seal', 'seal', { covers: 'sealTemplateEditor', hint: 'vm.seal.hint' }),
            check('label.forEverybody', 'forEverybody', { covers: 'isTemplatePublicEditor' }),
          ],
        },
      ],
    },
    run: (client, target, body) => {
      const { copyPermissions, seal, forEverybody, ...template } = body as Record<
        'copyPermissions' | 'seal' | 'forEverybody',
        boolean | undefined
      >;
      return makeTemplate(client, { ...template, vm: { id: target.id } }, copyPermissions === true, seal === true, forEverybody === true);
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
            reference('label.isoImage', 'vm.cdroms.0.file', isoDisks, { covers: 'attachIsoEditor isoImageEditor' }),
            text('label.customMachine', 'vm.custom_emulated_machine'),
            text('label.customCpu', 'vm.custom_cpu_model'),
            check('label.useCloudInit', 'useCloudInit', { covers: 'cloudInitEnabledEditor' }),
            check('label.useSysprep', 'useSysprep', { covers: 'attachSysprepEditor' }),
            text('label.domain', 'vm.initialization.domain', {
              covers: 'sysPrepDomainNameComboBox',
              when: (around) => around.value('useSysprep') === true,
            }),
            text('label.userName', 'vm.initialization.user_name', {
              covers: 'sysPrepUserNameEditor useAlternateCredentialsEditor',
              when: (around) => around.value('useSysprep') === true || around.value('useCloudInit') === true,
            }),
            {
              label: 'label.password',
              path: 'vm.initialization.root_password',
              covers: 'sysPrepPasswordEditor',
              control: { kind: 'password' },
              when: (around) => around.value('useSysprep') === true || around.value('useCloudInit') === true,
            },
            choice('label.graphics', 'vm.display.type', ['vnc', 'spice'], { covers: 'displayConsoleVncEditor displayConsoleSpiceEditor' }),
            text('label.keyboardLayout', 'vm.display.keyboard_layout', { covers: 'vncKeyboardLayoutEditor' }),
            check('label.fileTransfer', 'vm.display.file_transfer_enabled', { initial: true }),
            check('label.copyPaste', 'vm.display.copy_paste_enabled', { initial: true }),
            {
              label: 'label.customProperties',
              path: 'vm.custom_properties',
              covers: 'customPropertiesSheetEditor',
              control: { kind: 'pairs' },
            },
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
  {
    key: 'remove',
    label: 'vm.action.remove',
    danger: true,
    bulk: true,
    guess: (vm) => reasonByStatus(vm, 'remove'),
    confirm: { title: 'vm.confirm.remove.title', body: 'vm.confirm.remove.body' },
    run: (client, target) => client.vms.vm(target.id).remove(),
  },
];

const general: TabDescription = {
  key: 'general',
  label: 'tab.general',
  more: { types: [], read: (client, owner, signal) => client.vms.vm(owner.id).get({ follow: 'statistics' }, { signal }) },
  facts: [
    { label: 'label.name', path: 'name' },
    { label: 'label.description', path: 'description' },
    { label: 'label.status', path: 'status', as: 'status' },
    vmColumn.uptime,
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
    { label: 'label.definedMemory', path: 'memory', as: 'bytes', meter: 'memory' },
    { label: 'label.guaranteed', path: 'memory_policy.guaranteed', as: 'bytes' },
    {
      label: 'label.guestMemory',
      path: (vm) => guestMemory(vm, ['memory.free', 'memory.cached', 'memory.buffered']),
      covers: ['Guest OS Memory Free/Cached/Buffered'],
    },
    {
      label: 'label.guestMemoryTogether',
      path: (vm) => guestMemory(vm, ['memory.free'], ['memory.cached', 'memory.buffered']),
      covers: ['Guest OS Memory Free/Cached+Buffered'],
    },
    { label: 'label.cpuCores', path: cpuCount, as: 'number', meter: 'cpu' },
    { label: 'label.guestCpu', path: 'cpu.type', covers: ['Guest CPU'] },
    { label: 'label.highlyAvailable', path: 'high_availability.enabled', as: 'yesno' },
    { label: 'label.monitors', path: 'display.monitors', as: 'number', covers: ['Number of Monitors'] },
    { label: 'label.usb', path: 'usb.enabled', as: 'yesno' },
    { label: 'label.origin', path: 'origin', as: 'words' },
    { label: 'label.runOn', path: 'host.id', of: hosts },
    { label: 'label.customProperties', path: (vm) => (vm as Vm).custom_properties?.map((one) => `${one.name}=${one.value}`) },
    { label: 'label.clusterVersion', path: 'custom_compatibility_version', as: 'version' },
    { label: 'label.vmId', path: 'id' },
    { label: 'label.quota', path: 'quota.id', of: quotasOfAll },
    { label: 'label.directoryDomain', path: 'initialization.domain' },
    { label: 'label.fqdn', path: 'fqdn' },
    vmColumn.addresses,
    { label: 'label.deleteProtection', path: 'delete_protected', as: 'yesno' },
    { label: 'label.creationDate', path: 'creation_time', as: 'date' },
    { label: 'label.started', path: 'start_time', as: 'date' },
    { label: 'label.stopReason', path: 'stop_reason' },
    { label: 'label.timeZone', path: 'time_zone.name', covers: ['Hardware Clock Time Offset'] },
  ],
};

/** Memory that the guest agent reports, in MiB: sums of statistics, parted by strokes; undefined when it reports none. */
function guestMemory(vm: Entity, ...groups: readonly (readonly string[])[]): string | undefined {
  const sums = (groups.length === 1 ? (groups[0] ?? []).map((name) => [name]) : groups).map((names) =>
    names.reduce((sum, name) => sum + (statisticOf(vm, name) ?? 0), 0),
  );
  return sums.every((sum) => sum === 0) ? undefined : `${sums.map((sum) => Math.round(sum / 1024 ** 2)).join(' / ')} MiB`;
}

const guestInfo: TabDescription = {
  key: 'guest_info',
  label: 'vm.tab.guest',
  more: { types: ['vm'], read: (client, owner, signal) => client.vms.vm(owner.id).get({ follow: 'sessions' }, { signal }) },
  facts: [
    { label: 'label.type', path: 'guest_operating_system.family' },
    { label: 'label.architecture', path: 'guest_operating_system.architecture' },
    {
      label: 'label.os',
      path: (vm) =>
        [valueAt(vm, 'guest_operating_system.distribution'), valueAt(vm, 'guest_operating_system.version.full_version')]
          .filter(Boolean)
          .join(' ') || undefined,
    },
    { label: 'label.kernel', path: 'guest_operating_system.kernel.version.full_version' },
    { label: 'label.guestTimeZone', path: 'guest_time_zone.name', covers: ['Timezone'] },
    vmColumn.fqdn,
    vmColumn.addresses,
    vmColumn.loggedInUser,
    vmColumn.consoleUser,
    {
      label: 'label.consoleClient',
      path: (vm) => (vm as Vm).sessions?.filter((one) => one.console_user === true).flatMap((one) => one.ip?.address ?? []),
    },
  ],
};

/** Virtual machines. */
export const vms: Kind = {
  page: 'vms',
  path: '/vms',
  type: 'vm',
  title: 'vms.title',
  none: 'vms.empty',
  empty: 'vms.empty.body',
  searchable: true,
  long: 'vm',
  follows: true,
  alert: (vm) => ((vm as Vm).next_run_configuration_exists === true ? 'vm.nextrun' : undefined),
  list: (client, search, signal) => client.vms.list({ ...(search === '' ? {} : { search }), follow: 'reported_devices' }, { signal }),
  one: (client, id, signal) => client.vms.vm(id).get({ follow: 'reported_devices,tags' }, { signal }),
  status: 'status',
  columns: [
    { ...vmColumn.name, order: 'name', priority: 0 },
    { ...vmColumn.status, order: 'status', priority: 1 },
    { ...vmColumn.host, order: 'on_host', named: 'host.name', priority: 3 },
    { ...vmColumn.addresses, order: 'ip', priority: 2 },
    { ...vmColumn.fqdn, order: 'fqdn', priority: 7 },
    { ...vmColumn.cluster, order: 'cluster', named: 'cluster.name', priority: 8 },
    { ...vmColumn.memory, order: 'memory', priority: 5 },
    { ...vmColumn.cpu, order: 'vcpus', priority: 6 },
    { ...vmColumn.uptime, order: 'uptime', priority: 4 },
    { ...vmColumn.dataCenter, order: 'datacenter', named: 'data_center.name', priority: 9 },
    { ...vmColumn.network, order: 'network_usage', priority: 10 },
    { ...vmColumn.graphics, order: 'graphics', priority: 11 },
    { ...vmColumn.description, order: 'description', priority: 12 },
    { ...vmColumn.comment, order: 'comment', hidden: true },
    { ...vmColumn.type, order: 'type', hidden: true },
    { ...vmColumn.vcpus, order: 'vcpus', hidden: true },
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
          list: async (client, owner, signal) =>
            (await client.vms.vm(owner.id).hostDevices.list({}, { signal })).map((device) => ({
              ...device,
              vm: { ...owner, ...device.vm },
            })),
          columns: [
            { label: 'label.name', path: 'name' },
            { label: 'label.capability', path: 'capability', as: 'words' },
            { label: 'label.vendor', path: 'vendor.name' },
            { label: 'label.product', path: 'product.name' },
            { label: 'label.driver', path: 'driver' },
            { label: 'label.iommuGroup', path: 'iommu_group', as: 'number' },
            { label: 'label.usedBy', path: 'vm.name', covers: ['Currently Used by VM', 'Attached to VMs'] },
            { label: 'label.mdevTypes', path: 'm_dev_types.name' },
            { label: 'label.placeholder', path: 'placeholder', as: 'yesno', covers: ['(icon) primary/placeholder'] },
          ],
          empty: 'vm.hostDevices.empty',
          adds: [
            adding(
              {
                title: 'vm.hostDevice.add',
                dialog: 'AddVmHostDevicePopupView',
                tabs: [
                  {
                    label: 'form.tab.general',
                    fields: [
                      reference('label.hostDevice', 'id', devicesOfHosts, {
                        need: true,
                        covers: 'splitTable pinnedHostEditor',
                        read: (device) => device.name ?? '',
                        write: (body, value) => Object.assign(body, { name: value }),
                      }),
                    ],
                  },
                ],
              },
              (client, target, body) => client.vms.vm(target.ownerId).hostDevices.add(body),
              'action.addDevice',
            ),
          ],
          actions: [
            {
              ...removing(
                'vm.hostDevice.remove.body',
                (client, target) => client.vms.vm(target.ownerId).hostDevices.device(target.id).remove(),
                null,
              ),
              label: 'action.removeDevice',
            },
          ],
        },
      ],
    },
    affinityGroupsTab(clusterOf, true),
    affinityLabelsTab('vms'),
    permissionsTab((client, id) => client.vms.vm(id).permissions),
    guestInfo,
    eventsTab('vm.name', 'vm'),
  ],
  adds: [
    adding(newVm, (client, _, body) => {
      const { clone, clonePermissions, ...vm } = body as Vm & { clone?: boolean; clonePermissions?: boolean };
      return client.vms.add(vm, { ...(clone === true ? { clone } : {}), ...(clonePermissions === true ? { clonePermissions } : {}) });
    }),
    importingVm,
  ],
  actions,
};
