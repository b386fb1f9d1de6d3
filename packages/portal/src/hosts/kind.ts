import { enumValues } from '@virgate/contract/generated/enums';
import type { Host } from '@virgate/contract/generated/types';
import { lazy } from 'react';
import type { Client } from '@virgate/sdk';
import { affinityLabelsTab } from '../affinity/parts.ts';
import { eventsTab } from '../events/parts.ts';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check, choice, comment, name, number, reference, text } from '../kinds/fields.ts';
import type {
  ActionDescription,
  Entity,
  FieldDescription,
  FormDescription,
  Kind,
  PartsDescription,
  Reference,
  TabDescription,
} from '../kinds/kind.ts';
import { clusters, hosts as hostOptions, quoted, vms as vmsByName } from '../kinds/references.ts';
import { valueAt, versionText } from '../kinds/value.ts';
import { statisticOf } from '../kinds/statistics.ts';
import { traffic } from '../vms/nics.ts';
import { permissionsTab } from '../permissions/parts.ts';
import type { TextKey } from '../text/en.ts';
import { powerActions } from '../vms/actions.ts';
import { centersOfClusters, listVms, vmColumn } from '../vms/summary.ts';
import { assigningTags } from '../tags/assign.ts';
import { reportsOf } from '../reports/menu.ts';
import { agents } from './fence-agents.ts';

const IscsiTargets = lazy(() => import('../imports/iscsi-dialog.tsx'));
const SetupHostNetworks = lazy(() => import('../host-networks/setup-dialog.tsx'));

const cluster = reference('label.hostCluster', 'cluster', clusters, { need: true });
const identity: readonly FieldDescription[] = [name, comment, text('label.hostname', 'address', { need: true, fixed: true })];
const ssh: readonly FieldDescription[] = [
  number('label.sshPort', 'ssh.port', { min: 1, max: 65_535 }, { initial: '22' }),
  text('label.userName', 'ssh.user.user_name', { initial: 'root' }),
  choice('label.authentication', 'ssh.authentication_method', enumValues.SshAuthenticationMethod, {
    need: true,
    initial: 'publickey',
    covers: 'rbPublicKey rbPassword',
  }),
  {
    label: 'label.rootPassword',
    path: 'root_password',
    control: { kind: 'password' },
    need: true,
    when: (around) => around.value('ssh.authentication_method') === 'password',
  },
];
const power: readonly FieldDescription[] = [
  check('label.pmEnabled', 'power_management.enabled'),
  check('label.kdump', 'power_management.kdump_detection', { initial: true, with: ['power_management.enabled'] }),
  check('label.pmPolicy', 'power_management.automatic_pm_enabled', {
    initial: false,
    with: ['power_management.enabled'],
    read: (host) => valueAt(host, 'power_management.automatic_pm_enabled') === false,
    write: (body, value) => {
      const host = body as { power_management?: object };
      host.power_management = { ...host.power_management, automatic_pm_enabled: value !== true };
    },
  }),
];
const spm: readonly FieldDescription[] = [number('label.spmPriority', 'spm.priority', { min: -1, max: 10 }, { hint: 'host.spm.hint' })];
const consoles: readonly FieldDescription[] = [
  text('label.displayAddress', 'display.address', { covers: 'consoleAddressEnabled consoleAddress', hint: 'host.display.hint' }),
  choice('label.vgpuPlacement', 'vgpu_placement', enumValues.VgpuPlacement, { covers: 'vgpuConsolidatedPlacement vgpuSeparatedPlacement' }),
];
const newHost: FormDescription = {
  title: 'host.new',
  dialog: 'HostPopupView',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        cluster,
        ...identity,
        ...ssh,
        check('label.activateAfter', 'activate', { initial: true }),
        check('label.rebootAfter', 'reboot', { initial: true }),
      ],
    },
    { label: 'form.tab.spm', fields: spm },
    { label: 'form.tab.consoleGpu', fields: consoles },
  ],
};
const editHost: FormDescription = {
  ...newHost,
  title: 'host.edit',
  edits: true,
  tabs: [
    { label: 'form.tab.general', fields: [cluster, ...identity, ...ssh.slice(0, 2)] },
    { label: 'form.tab.power', fields: power },
    { label: 'form.tab.spm', fields: spm },
    { label: 'form.tab.consoleGpu', fields: consoles },
  ],
};

/** An action of the API with no more than its name. */
const plain = (key: string, label: TextKey, run: ActionDescription['run'], more: Partial<ActionDescription> = {}): ActionDescription => ({
  key,
  label,
  run,
  ...more,
});
/** Its dialog does what is to be done. */
const nothing: ActionDescription['run'] = () => Promise.resolve();
const powered = (host: Entity): 'host.reason.power' | undefined =>
  valueAt(host, 'power_management.enabled') === true ? undefined : 'host.reason.power';
const fence = (fenceType: 'start' | 'stop', label: TextKey): ActionDescription =>
  plain(fenceType, label, (client, target) => client.hosts.host(target.id).fence({ fenceType }), {
    can: 'fence',
    bulk: true,
    reason: powered,
    confirm: { title: 'host.fence.title', body: 'host.fence.body' },
  });
/** A restart, after which the host may stay in maintenance. */
const restarting: ActionDescription = plain(
  'restart',
  'action.restart',
  (client, target, body) => {
    const { maintenanceAfterRestart = false } = body as { maintenanceAfterRestart?: boolean };
    return client.hosts.host(target.id).fence({ fenceType: 'restart', ...(maintenanceAfterRestart ? { maintenanceAfterRestart } : {}) });
  },
  {
    can: 'fence',
    bulk: true,
    reason: powered,
    form: {
      title: 'host.fence.title',
      dialog: 'HostRestartConfirmationPopupView',
      tabs: [
        {
          label: 'form.tab.general',
          fields: [
            check('label.maintenanceAfterRestart', 'maintenanceAfterRestart', { covers: 'forceToMaintenance', hint: 'host.fence.body' }),
          ],
        },
      ],
    },
  },
);
const inStatus =
  (...statuses: string[]) =>
  (host: Entity): 'host.reason.notnow' | undefined =>
    statuses.includes((host as Host).status ?? '') ? undefined : 'host.reason.notnow';

/** What the API's action takes of the form. */
function installation(body: object): Parameters<ReturnType<Client['hosts']['host']>['install']>[0] {
  const { activate, reboot, root_password: rootPassword, ssh } = body as Host & { activate?: boolean; reboot?: boolean };
  return {
    ...(activate === undefined ? {} : { activate }),
    ...(reboot === undefined ? {} : { reboot }),
    ...(rootPassword === undefined ? {} : { rootPassword }),
    ...(ssh === undefined ? {} : { ssh }),
  };
}

const actions: readonly ActionDescription[] = [
  editing(editHost, (client, target, body) => client.hosts.host(target.id).update(body)),
  plain(
    'deactivate',
    'host.action.deactivate',
    (client, target, body) => {
      const { reason } = body as { reason?: string };
      return client.hosts.host(target.id).deactivate(reason === undefined ? {} : { reason });
    },
    {
      bulk: true,
      form: {
        title: 'host.confirm.deactivate.title',
        dialog: 'HostMaintenanceConfirmationPopupView',
        tabs: [{ label: 'form.tab.general', fields: [text('label.reason', 'reason', { hint: 'host.confirm.deactivate.body' })] }],
      },
    },
  ),
  plain('activate', 'host.action.activate', (client, target) => client.hosts.host(target.id).activate(), { bulk: true }),
  plain('refresh', 'action.refreshCapabilities', (client, target) => client.hosts.host(target.id).refresh(), { bulk: true }),
  plain('approve', 'host.action.approve', (client, target) => client.hosts.host(target.id).approve()),
  plain('spm', 'action.selectAsSpm', (client, target) => client.hosts.host(target.id).forceSelectSpm(), {
    can: 'force_select_spm',
    reason: inStatus('up'),
  }),
  plain('enroll', 'action.enrollCertificate', (client, target) => client.hosts.host(target.id).enrollCertificate(), {
    can: 'enroll_certificate',
    reason: inStatus('maintenance', 'install_failed', 'non_responsive'),
  }),
  plain('check-upgrade', 'action.checkForUpgrade', (client, target) => client.hosts.host(target.id).upgradeCheck(), {
    can: 'upgrade_check',
  }),
  plain('upgrade', 'action.upgrade', (client, target, body) => client.hosts.host(target.id).upgrade(body), {
    reason: (host) => ((host as Host).update_available === true ? undefined : 'host.reason.noupdate'),
    form: {
      title: 'host.upgrade.title',
      dialog: 'HostUpgradePopupView',
      tabs: [
        {
          label: 'form.tab.general',
          fields: [check('label.rebootAfterUpgrade', 'reboot', { initial: true, hint: 'host.upgrade.body', covers: 'reboot' })],
        },
      ],
    },
  }),
  restarting,
  fence('start', 'action.start'),
  fence('stop', 'action.stop'),
  plain('rebooted', 'action.confirmRebooted', (client, target) => client.hosts.host(target.id).fence({ fenceType: 'manual' }), {
    can: 'fence',
    confirm: { title: 'host.rebooted.title', body: 'host.rebooted.body' },
  }),
  plain('setup-networks', 'host.action.setupNetworks', nothing, { can: 'setup_networks', dialog: SetupHostNetworks }),
  plain('reinstall', 'action.reinstall', (client, target, body) => client.hosts.host(target.id).install(installation(body)), {
    can: 'install',
    reason: inStatus('maintenance', 'install_failed'),
    form: {
      title: 'host.reinstall.title',
      dialog: 'HostInstallPopupView',
      tabs: [
        {
          label: 'form.tab.general',
          fields: [
            choice('label.authentication', 'ssh.authentication_method', enumValues.SshAuthenticationMethod, {
              need: true,
              initial: 'publickey',
              covers: 'rbPublicKey publicKeyEditor',
            }),
            text('label.userName', 'ssh.user.user_name', { initial: 'root' }),
            {
              label: 'label.rootPassword',
              path: 'root_password',
              covers: 'passwordEditor',
              control: { kind: 'password' },
              need: true,
              when: (around) => around.value('ssh.authentication_method') === 'password',
            },
            check('label.activateAfter', 'activate', { initial: true }),
            check('label.rebootAfter', 'reboot', { initial: true }),
          ],
        },
      ],
    },
  }),
  plain(
    'copy-networks',
    'action.copyHostNetworks',
    (client, target, body) => client.hosts.host(target.id).copyHostNetworks({ sourceHost: { id: String(valueAt(body, 'source.id')) } }),
    {
      can: null,
      form: {
        title: 'host.copyNetworks.title',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              reference(
                'label.copyFrom',
                'source',
                { ...hostOptions, only: (option, around) => option.id !== around.entity?.id },
                { need: true },
              ),
            ],
          },
        ],
      },
    },
  ),
  plain('iscsi', 'host.action.iscsi', nothing, { can: null, reason: inStatus('up'), dialog: IscsiTargets }),
  plain('sync-networks', 'action.syncAllNetworks', (client, target) => client.hosts.host(target.id).syncAllNetworks(), {
    covers: ['hosts-network_interfaces|Sync All Networks'],
    can: 'sync_all_networks',
  }),
  plain('save-networks', 'action.saveNetworks', (client, target) => client.hosts.host(target.id).commitNetConfig(), {
    covers: ['hosts-network_interfaces|Save Network Configuration'],
    can: 'commit_net_config',
  }),
  { ...assigningTags((client, id) => client.hosts.host(id).tags), bulk: true },
  reportsOf('host'),
  { ...removing('host.remove.body', (client, target) => client.hosts.host(target.id).remove()), bulk: true },
];

const vms: PartsDescription = {
  types: ['vm'],
  list: async (client, owner, signal) => {
    // Whatever runs or is pinned here is of the host's cluster.
    const cluster = await client.clusters.cluster(String(valueAt(owner, 'cluster.id'))).get({}, { signal });
    return (await listVms(client, signal, `cluster=${quoted(cluster.name)}`)).flatMap((vm) => {
      const pinned = vm.placement_policy?.hosts?.some((one) => one.id === owner.id) === true;
      if (vm.host?.id === owner.id) return [{ ...vm, attachment: pinned ? 'runs here, pinned here' : 'runs here' }];
      return pinned ? [{ ...vm, attachment: 'pinned here' }] : [];
    });
  },
  canType: 'vm',
  columns: [
    vmColumn.name,
    vmColumn.status,
    vmColumn.type,
    { label: 'label.attachment', path: 'attachment', as: 'words' },
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
  actions: [
    plain('start', 'vm.action.start', (client, target) => client.vms.vm(target.id).start(), { covers: ['Run'] }),
    ...powerActions.filter((action) => action.key === 'console'),
    plain('cancel-migration', 'action.cancelMigration', (client, target) => client.vms.vm(target.id).cancelMigration(), {
      can: 'cancel_migration',
    }),
    plain('suspend', 'vm.action.suspend', (client, target) => client.vms.vm(target.id).suspend()),
    plain('shutdown', 'vm.action.shutdown', (client, target) => client.vms.vm(target.id).shutdown()),
    plain('stop', 'vm.action.stop', (client, target) => client.vms.vm(target.id).stop(), {
      confirm: { title: 'vm.confirm.stop.title', body: 'vm.confirm.stop.body' },
    }),
  ],
};

const nics: PartsDescription = {
  types: ['host'],
  list: async (client, owner, signal) => {
    const { nics: own, networkAttachments, unmanagedNetworks } = client.hosts.host(owner.id);
    const [all, attachments, unmanaged, cluster] = await Promise.all([
      own.list({ follow: 'statistics' }, { signal }),
      networkAttachments.list({ follow: 'network' }, { signal }),
      unmanagedNetworks.list({}, { signal }),
      client.clusters.cluster(String(valueAt(owner, 'cluster.id'))).networks.list({}, { signal }),
    ]);
    const management = cluster.find((one) => one.usages?.includes('management') === true)?.id;
    return all.map((nic) => {
      const here = attachments.filter((one) => one.host_nic?.id === nic.id);
      return {
        ...nic,
        carried: here.map((one) => one.network?.name),
        out_of_sync: here.some((one) => one.in_sync === false),
        management: here.some((one) => one.network?.id === management),
        unmanaged: unmanaged.filter((one) => one.host_nic?.id === nic.id).map((one) => one.name ?? ''),
      };
    });
  },
  columns: [
    { label: 'label.name', path: 'name', covers: ['(NIC/bond row) Name'] },
    { label: 'label.status', path: 'status', as: 'status' },
    { label: 'label.managed', path: 'management', as: 'yesno', covers: ['Management icon', '(logical network rows) Management icon'] },
    { label: 'label.unmanaged', path: 'unmanaged', covers: ['Unmanaged icon'] },
    ...traffic,
    { label: 'label.mac', path: 'mac.address' },
    { label: 'label.speedMbps', path: (nic) => megabits(valueAt(nic, 'speed')), as: 'number' },
    { label: 'label.bondMembers', path: 'bonding.slaves.name' },
    { label: 'label.vlan', path: 'vlan.id', as: 'number' },
    { label: 'label.networkName', path: 'carried' },
    { label: 'label.outOfSync', path: 'out_of_sync', as: 'yesno', covers: ['Out-of-sync icon'] },
    { label: 'label.ipv4', path: 'ip.address' },
    { label: 'label.ipv6', path: 'ipv6.address' },
  ],
  empty: 'host.nics.empty',
  adds: [{ key: 'setup', label: 'host.action.setupNetworks', can: null, dialog: SetupHostNetworks, run: nothing }],
};

function megabits(speed: unknown): number | undefined {
  return typeof speed === 'number' && speed > 0 ? speed / 1_000_000 : undefined;
}

const devices: PartsDescription = {
  types: ['host'],
  list: (client, owner, signal) => client.hosts.host(owner.id).devices.list({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.capability', path: 'capability', as: 'words' },
    { label: 'label.vendor', path: 'vendor.name' },
    { label: 'label.product', path: 'product.name' },
    { label: 'label.driver', path: 'driver' },
    { label: 'label.iommuGroup', path: 'iommu_group', as: 'number' },
    { label: 'label.mdevTypes', path: 'm_dev_types.name' },
    { label: 'label.usedBy', path: 'vm.id', of: vmsByName, covers: ['Currently Used by VM', 'Attached to VMs'] },
  ],
  empty: 'host.devices.empty',
};

const levelsOfClusters: Reference = { ...clusters, label: (cluster) => versionText((cluster as { version?: object }).version) };

function bootTime(host: Entity): number | undefined {
  const seconds = statisticOf(host, 'boot.time');
  return seconds === undefined || seconds === 0 ? undefined : seconds * 1_000;
}

/** Free of all huge pages, by their size in KiB: `2048: 0/16`. */
function hugePages(host: Entity): string | undefined {
  const sizes = ((host as Host).statistics ?? []).flatMap((one) => /^hugepages\.(\d+)\.total$/.exec(one.name ?? '')?.[1] ?? []);
  return (
    sizes
      .map((size) => `${size}: ${statisticOf(host, `hugepages.${size}.free`) ?? 0}/${statisticOf(host, `hugepages.${size}.total`)}`)
      .join(', ') || undefined
  );
}

const general: TabDescription = {
  key: 'general',
  label: 'tab.general',
  more: { types: [], read: (client, owner, signal) => client.hosts.host(owner.id).get({ follow: 'statistics' }, { signal }) },
  facts: [
    { label: 'label.hostname', path: 'address' },
    { label: 'host.field.detail', path: 'status_detail' },
    { label: 'label.cluster', path: 'cluster.id', of: clusters },
    {
      label: 'label.osVersion',
      path: (host) => [valueAt(host, 'os.type'), valueAt(host, 'os.version.full_version')].filter(Boolean).join(' ') || undefined,
    },
    { label: 'label.kernelVersion', path: 'os.reported_kernel_cmdline' },
    { label: 'label.osDescription', path: 'os.type', as: 'words' },
    { label: 'label.clusterVersion', path: 'cluster.id', of: levelsOfClusters },
    { label: 'label.logicalCpus', path: logicalCpus, as: 'number', covers: ['Logical CPU Cores', 'Online Logical CPU Cores'] },
    { label: 'label.bootTime', path: (host) => bootTime(host), as: 'date' },
    {
      label: 'label.hostedEngine',
      path: (host) => (valueAt(host, 'hosted_engine.configured') === true ? 'configured' : 'not configured'),
      as: 'words',
    },
    { label: 'label.swap', path: (host) => statisticOf(host, 'swap.total'), as: 'bytes' },
    { label: 'label.sharedMemory', path: (host) => statisticOf(host, 'memory.shared'), as: 'bytes' },
    { label: 'label.hugePageSizes', path: (host) => hugePages(host) },
    { label: 'label.libvirtVersion', path: 'libvirt_version.full_version' },
    { label: 'label.vdsmVersion', path: 'version.full_version' },
    { label: 'label.manufacturer', path: 'hardware_information.manufacturer' },
    { label: 'label.hwVersion', path: 'hardware_information.version', covers: ['Version'] },
    { label: 'label.family', path: 'hardware_information.family' },
    { label: 'label.uuid', path: 'hardware_information.uuid' },
    { label: 'label.productName', path: 'hardware_information.product_name' },
    { label: 'label.serialNumber', path: 'hardware_information.serial_number' },
    { label: 'label.cpuModelName', path: 'cpu.name' },
    { label: 'label.cpuTypeOfHost', path: 'cpu.type', covers: ['CPU Type'] },
    { label: 'label.cpuSockets', path: 'cpu.topology.sockets', as: 'number' },
    { label: 'label.coresPerSocket', path: 'cpu.topology.cores', as: 'number', covers: ['CPU Cores per Socket'] },
    { label: 'label.threadsPerCore', path: 'cpu.topology.threads', as: 'number', covers: ['CPU Threads per Core'] },
    { label: 'label.spmPriority', path: 'spm.priority', as: 'number' },
    { label: 'label.activeVms', path: 'summary.active', as: 'number' },
    { label: 'label.iscsiInitiator', path: 'iscsi.initiator' },
    { label: 'label.kdumpStatus', path: 'kdump_status', as: 'words' },
    { label: 'label.physicalMemory', path: 'memory', as: 'bytes' },
    { label: 'label.maxSchedulingMemory', path: 'max_scheduling_memory', as: 'bytes' },
    { label: 'label.pageSharing', path: 'ksm.enabled', as: 'yesno' },
    { label: 'label.hugePages', path: 'transparent_huge_pages.enabled', as: 'yesno' },
    { label: 'label.selinux', path: 'se_linux.mode', as: 'words' },
    { label: 'label.devicePassthrough', path: 'device_passthrough.enabled', as: 'yesno' },
    { label: 'label.ovn', path: 'ovn_configured', as: 'yesno' },
    { label: 'label.id', path: 'id' },
  ],
};

/** Hosts: the machines that guests run on. */
export const hosts: Kind = {
  page: 'hosts',
  path: '/hosts',
  type: 'host',
  title: 'hosts.title',
  none: 'hosts.empty',
  empty: 'hosts.empty.body',
  searchable: true,
  list: (client, search, signal) => client.hosts.list(search === '' ? {} : { search }, { signal }),
  one: (client, id, signal) => client.hosts.host(id).get({ follow: 'tags' }, { signal }),
  status: 'status',
  columns: [
    { label: 'label.name', path: 'name', width: 160 },
    { label: 'label.status', path: 'status', as: 'status', width: 150, covers: ['(icon) Status Icon'] },
    { label: 'label.hostname', path: 'address' },
    { label: 'label.virtualMachines', path: 'summary.active', as: 'number', width: 120 },
    { label: 'label.cluster', path: 'cluster.id', of: clusters },
    { label: 'label.memory', path: 'memory', as: 'bytes', meter: 'memory', width: 124 },
    { label: 'label.cpu', path: (host) => logicalCpus(host), as: 'number', meter: 'cpu', width: 110 },
    { label: 'label.spm', path: 'spm.status', as: 'words' },
    { label: 'label.comment', path: 'comment' },
    { label: 'label.dataCenter', path: 'cluster.id', of: centersOfClusters },
    { label: 'label.networkUse', path: 'status', as: 'live', meter: 'network' },
    { label: 'label.externalStatus', path: 'external_status', as: 'status', covers: ['(icon) Additional Status'] },
  ],
  tabs: [
    general,
    { key: 'virtual_machines', label: 'tab.virtualMachines', parts: [vms] },
    { key: 'network_interfaces', label: 'tab.networkInterfaces', parts: [nics] },
    { key: 'devices', label: 'tab.hostDevices', parts: [devices] },
    {
      key: 'host_hooks',
      label: 'tab.hostHooks',
      parts: [
        {
          types: ['host'],
          list: (client, owner, signal) => client.hosts.host(owner.id).hooks.list({}, { signal }),
          columns: [
            { label: 'label.eventName', path: 'event_name' },
            { label: 'label.scriptName', path: 'name' },
            { label: 'label.md5', path: 'md5' },
          ],
          empty: 'host.hooks.empty',
        },
      ],
    },
    { key: 'fence_agents', label: 'tab.fenceAgents', parts: [agents] },
    permissionsTab((client, id) => client.hosts.host(id).permissions),
    affinityLabelsTab('hosts'),
    eventsTab('event_host', 'host'),
  ],
  adds: [
    adding(newHost, (client, _, body) => {
      const { activate, reboot, ...host } = body as { activate?: boolean; reboot?: boolean };
      return client.hosts.add(host, { ...(activate === undefined ? {} : { activate }), ...(reboot === undefined ? {} : { reboot }) });
    }),
  ],
  actions,
};

export function logicalCpus(host: Host): number | undefined {
  const topology = host.cpu?.topology;
  return topology === undefined ? undefined : (topology.sockets ?? 1) * (topology.cores ?? 1) * (topology.threads ?? 1);
}
