import { enumValues } from '@virgate/contract/generated/enums';
import type { Vm } from '@virgate/contract/generated/types';
import { quotasOfAll } from '../disks/kind.ts';
import { check, choice, comment, description, name, number, reference, text } from '../kinds/fields.ts';
import type { Around, FieldDescription, FormDescription, FormTab, Reference } from '../kinds/kind.ts';
import { levels } from '../kinds/level.ts';
import { clusters, hosts, storageDomains, textAt } from '../kinds/references.ts';
import { setAt, valueAt } from '../kinds/value.ts';

const mib = 1024 ** 2;

const templates: Reference = { type: 'template', list: (client, _, signal) => client.templates.list({}, { signal }) };
const instanceTypes: Reference = { type: 'instance_type', list: (client, _, signal) => client.instanceTypes.list({}, { signal }) };
/** Operating systems are named by a word of their own, and told by a description. */
const operatingSystems: Reference = {
  type: 'operating_system',
  list: async (client, _, signal) =>
    (await client.operatingSystems.list({}, { signal })).map((one) => ({ id: one.name ?? '', name: one.description ?? one.name ?? '' })),
};
const clusterOf = (around: Around): string => textAt(around, 'cluster') || String(valueAt(around.entity, 'cluster.id') ?? '');
const hostsOfCluster: Reference = {
  ...hosts,
  only: (option, around) => clusterOf(around) === '' || valueAt(option, 'cluster.id') === clusterOf(around),
};
const profilesOfCluster: Reference = {
  type: 'cpu_profile',
  list: (client, _, signal) => client.cpuProfiles.list({}, { signal }),
  only: (option, around) => valueAt(option, 'cluster.id') === clusterOf(around),
};
const leaseDomains: Reference = {
  ...storageDomains,
  only: (option) => valueAt(option, 'type') === 'data' && valueAt(option, 'status') !== 'unattached',
};

const is =
  (path: string, ...values: readonly unknown[]) =>
  (around: Around): boolean =>
    values.includes(around.value(path));

const general: readonly FieldDescription[] = [
  reference('label.os', 'os.type', operatingSystems, {
    covers: 'oSTypeEditor',
    control: { kind: 'reference', of: operatingSystems, none: 'form.engine', plain: true },
  }),
  choice('label.chipset', 'bios.type', enumValues.BiosType),
  choice('label.optimizedFor', 'type', enumValues.VmType),
  reference('label.quota', 'quota', quotasOfAll),
  name,
  description,
  comment,
  check('label.stateless', 'stateless'),
  check('label.startPaused', 'start_paused'),
  check('label.deleteProtection', 'delete_protected'),
];

const topology = ['cpu.topology.sockets', 'cpu.topology.cores', 'cpu.topology.threads'] as const;
const cpuPart = (label: FieldDescription['label'], path: (typeof topology)[number], covers: string): FieldDescription =>
  number(label, path, { min: 1, max: 512 }, { covers, initial: '1', with: topology.filter((one) => one !== path) });
const memory = ['memory', 'memory_policy.guaranteed', 'memory_policy.max'] as const;
const memoryPart = (label: FieldDescription['label'], path: (typeof memory)[number], covers: string, initial: string): FieldDescription =>
  number(label, path, { min: 1, unit: mib }, { covers, initial, with: memory.filter((one) => one !== path) });

const system: readonly FieldDescription[] = [
  memoryPart('label.memorySize', 'memory', 'detachableMemSize detachableMemSizeEditor', '1024'),
  memoryPart('label.maxMemory', 'memory_policy.max', 'maxMemorySizeEditor', '4096'),
  memoryPart('label.guaranteedMemory', 'memory_policy.guaranteed', 'minAllocatedMemoryEditor', '1024'),
  cpuPart('label.sockets', 'cpu.topology.sockets', 'numOfSocketsWithDetachable numOfSocketsWithDetachableEditor totalvCPUsEditor'),
  cpuPart('label.coresPerSocket', 'cpu.topology.cores', 'corePerSocketEditorWithDetachable'),
  cpuPart('label.threadsPerCore', 'cpu.topology.threads', 'threadsPerCoreEditor'),
  text('label.customMachine', 'custom_emulated_machine'),
  text('label.customCpu', 'custom_cpu_model'),
  {
    label: 'label.customLevel',
    path: 'custom_compatibility_version',
    control: { kind: 'version', options: levels },
    covers: 'customCompatibilityVersionEditor',
  },
  choice('label.serialPolicy', 'serial_number.policy', enumValues.SerialNumberPolicy, { with: ['serial_number.value'] }),
  text('label.customSerial', 'serial_number.value', {
    need: true,
    when: is('serial_number.policy', 'custom'),
    with: ['serial_number.policy'],
  }),
  text('label.timeZone', 'time_zone.name', { hint: 'vm.timeZone.hint' }),
];

const netmasked = (path: string): FieldDescription[] => [
  choice('label.ipv4Protocol', `${path}.boot_protocol`, ['none', 'dhcp', 'static'], { covers: 'ipv4BootProtocolEditor', with: nicPaths }),
  text('label.ipv4', `${path}.ip.address`, {
    covers: 'networkIpv4AddressEditor',
    when: is(`${path}.boot_protocol`, 'static'),
    with: nicPaths,
  }),
  text('label.ipv4Netmask', `${path}.ip.netmask`, {
    covers: 'networkIpv4NetmaskEditor',
    when: is(`${path}.boot_protocol`, 'static'),
    with: nicPaths,
  }),
  text('label.ipv4Gateway', `${path}.ip.gateway`, {
    covers: 'networkIpv4GatewayEditor',
    when: is(`${path}.boot_protocol`, 'static'),
    with: nicPaths,
  }),
  choice('label.ipv6Protocol', `${path}.ipv6_boot_protocol`, ['none', 'dhcp', 'static', 'autoconf'], {
    covers: 'ipv6BootProtocolEditor',
    with: nicPaths,
  }),
  text('label.ipv6', `${path}.ipv6.address`, {
    covers: 'networkIpv6AddressEditor',
    when: is(`${path}.ipv6_boot_protocol`, 'static'),
    with: nicPaths,
  }),
  text('label.ipv6Prefix', `${path}.ipv6.netmask`, {
    covers: 'networkIpv6PrefixEditor',
    when: is(`${path}.ipv6_boot_protocol`, 'static'),
    with: nicPaths,
  }),
  text('label.ipv6Gateway', `${path}.ipv6.gateway`, {
    covers: 'networkIpv6GatewayEditor',
    when: is(`${path}.ipv6_boot_protocol`, 'static'),
    with: nicPaths,
  }),
  check('label.startOnBoot', `${path}.on_boot`, { covers: 'networkStartOnBootEditor', with: nicPaths }),
];
const nicPath = 'initialization.nic_configurations.0';
/** The engine takes the interface's settings as one. */
const nicPaths: readonly string[] = [
  'name',
  'boot_protocol',
  'ip.address',
  'ip.netmask',
  'ip.gateway',
  'ipv6_boot_protocol',
  'ipv6.address',
  'ipv6.netmask',
  'ipv6.gateway',
  'on_boot',
].map((name) => `${nicPath}.${name}`);

/** What a guest is given when it first runs: by cloud-init, Ignition or Sysprep. */
const initialRun: readonly FieldDescription[] = (
  [
    text('label.vmHostname', 'initialization.host_name', { covers: 'hostnameEditor' }),
    text('label.initTimeZone', 'initialization.timezone', {
      covers: 'timeZoneEnabledEditor timeZoneEditor windowsSyspreptimeZoneEnabledEditor windowsSysprepTimeZoneEditor',
    }),
    text('label.userName', 'initialization.user_name', { covers: 'userNameEditor' }),
    {
      label: 'label.password',
      path: 'initialization.root_password',
      covers: 'cloudInitRootPasswordEditorWithInfo sysprepAdminPasswordEditor',
      control: { kind: 'password' },
    },
    {
      label: 'label.authorizedKeys',
      path: 'initialization.authorized_ssh_keys',
      covers: 'authorizedKeysEditor',
      control: { kind: 'area' },
    },
    check('label.regenerateKeys', 'initialization.regenerate_ssh_keys', { covers: 'regenerateKeysEnabledEditor' }),
    text('label.dnsServerList', 'initialization.dns_servers', { covers: 'dnsServers' }),
    text('label.dnsSearch', 'initialization.dns_search', { covers: 'dnsSearchDomains' }),
    {
      label: 'label.customScript',
      path: 'initialization.custom_script',
      covers: 'customScriptEditor sysprepScriptEditor',
      control: { kind: 'area' },
    },
    text('label.domain', 'initialization.domain', { covers: 'sysprepDomainEditor' }),
    text('label.organization', 'initialization.org_name', { covers: 'sysprepOrgNameEditor' }),
    text('label.activeDirectoryOu', 'initialization.active_directory_ou'),
    text('label.inputLocale', 'initialization.input_locale'),
    text('label.uiLanguage', 'initialization.ui_language'),
    text('label.systemLocale', 'initialization.system_locale'),
    text('label.userLocale', 'initialization.user_locale'),
    text('label.guestNic', `${nicPath}.name`, { covers: 'networkEnabledEditor networkComboBox', hint: 'vm.guestNic.hint', with: nicPaths }),
    ...netmasked(nicPath),
  ] as const satisfies readonly FieldDescription[]
).map((field) => ({ ...field, dialog: 'VmInitWidget' }));

const consoles: readonly FieldDescription[] = [
  choice('label.graphics', 'display.type', enumValues.DisplayType, { covers: 'graphicsTypeEditor' }),
  choice('label.videoType', 'display.video_type', enumValues.VideoType, { covers: 'displayTypeEditor' }),
  text('label.keyboardLayout', 'display.keyboard_layout', { covers: 'vncKeyboardLayoutEditor' }),
  choice('label.disconnectAction', 'display.disconnect_action', ['NONE', 'LOCK_SCREEN', 'LOGOUT', 'REBOOT', 'SHUTDOWN'], {
    covers: 'consoleDisconnectActionEditor',
  }),
  number(
    'label.disconnectDelay',
    'display.disconnect_action_delay',
    { min: 0 },
    { covers: 'consoleDisconnectActionDelayEditor', when: is('display.disconnect_action', 'SHUTDOWN') },
  ),
  number('label.monitors', 'display.monitors', { min: 1, max: 4 }, { covers: 'numOfMonitorsEditor' }),
  check('label.usbEnabled', 'usb.enabled'),
  check('label.smartcard', 'display.smartcard_enabled'),
  {
    ...choice('label.sso', 'sso.methods', ['none', 'guest_agent'], {
      need: true,
      initial: 'guest_agent',
      covers: 'ssoMethodNoneEditor ssoMethodGuestAgentEditor',
    }),
    read: (vm) => ((vm as Vm).sso?.methods?.some((one) => one.id === 'guest_agent') === true ? 'guest_agent' : 'none'),
    write: (body, value) => setAt(body, 'sso.methods', value === 'none' ? [] : [{ id: value }]),
  },
  check('label.allowOverride', 'display.allow_override', { covers: 'allowConsoleReconnectEditor' }),
  check('label.soundcard', 'soundcard_enabled'),
  check('label.fileTransfer', 'display.file_transfer_enabled', { initial: true }),
  check('label.copyPaste', 'display.copy_paste_enabled', { initial: true }),
  check('label.serialConsole', 'console.enabled'),
];

const placement: readonly FieldDescription[] = [
  {
    label: 'label.runOn',
    path: 'placement_policy.hosts',
    covers: 'isAutoAssignEditor specificHost defaultHostEditor',
    control: { kind: 'references', of: hostsOfCluster },
    hint: 'vm.runOn.hint',
    with: ['placement_policy.affinity'],
  },
  choice('label.migrationMode', 'placement_policy.affinity', enumValues.VmAffinity, {
    covers: 'migrationModeWithDetachable migrationModeEditor migrationModeEditorWithDetachable',
    with: ['placement_policy.hosts'],
  }),
  choice('label.cpuMode', 'cpu.mode', ['custom', 'host_model', 'host_passthrough'], { covers: 'hostCpuEditor' }),
  choice('label.migrateEncrypted', 'migration.encrypted', enumValues.InheritableBoolean),
  choice('label.autoConverge', 'migration.auto_converge', enumValues.InheritableBoolean),
  choice('label.migrateCompressed', 'migration.compressed', enumValues.InheritableBoolean),
  choice('label.parallelMigrations', 'migration.parallel_migrations_policy', enumValues.ParallelMigrationsPolicy, {
    with: ['migration.custom_parallel_migrations'],
  }),
  number(
    'label.migrationConnections',
    'migration.custom_parallel_migrations',
    { min: 2, max: 255 },
    { need: true, when: is('migration.parallel_migrations_policy', 'custom'), with: ['migration.parallel_migrations_policy'] },
  ),
  number(
    'label.migrationDowntime',
    'migration_downtime',
    { min: 0, none: -1 },
    { covers: 'migrationDowntimeEditor overrideMigrationDowntimeWithDetachable' },
  ),
];

const availability: readonly FieldDescription[] = [
  check('label.highlyAvailable', 'high_availability.enabled', {
    covers: 'isHighlyAvailableEditorWithDetachable',
    with: ['high_availability.priority'],
  }),
  number(
    'label.priority',
    'high_availability.priority',
    { min: 1, max: 100 },
    { covers: 'detachablePriorityEditor', with: ['high_availability.enabled'] },
  ),
  reference('label.lease', 'lease.storage_domain', leaseDomains, { covers: 'leaseEditor', when: is('high_availability.enabled', true) }),
  choice('label.resumeBehavior', 'storage_error_resume_behaviour', enumValues.VmStorageErrorResumeBehaviour, {
    covers: 'resumeBehaviorEditor',
  }),
];

const resources: readonly FieldDescription[] = [
  reference('label.cpuProfile', 'cpu_profile', profilesOfCluster),
  number('label.cpuShares', 'cpu_shares', { min: 0, max: 262_144 }, { covers: 'cpuSharesAmountSelectionEditor cpuSharesAmountEditor' }),
  choice('label.pinningPolicy', 'cpu_pinning_policy', enumValues.CpuPinningPolicy),
  {
    label: 'label.pinning',
    path: 'cpu.cpu_tune.vcpu_pins',
    covers: 'cpuPinning',
    control: { kind: 'text' },
    hint: 'vm.pinning.hint',
    when: is('cpu_pinning_policy', 'manual'),
    with: ['cpu_pinning_policy'],
    read: (vm) => (vm as Vm).cpu?.cpu_tune?.vcpu_pins?.map((pin) => `${pin.vcpu}#${pin.cpu_set}`).join('_') ?? '',
    write: (body, value) =>
      setAt(
        body,
        'cpu.cpu_tune.vcpu_pins',
        String(value)
          .split('_')
          .filter((one) => one !== '')
          .map((one) => ({ vcpu: Number(one.split('#')[0]), cpu_set: one.split('#')[1] ?? '' })),
      ),
  },
  check('label.memoryBallooning', 'memory_policy.ballooning', { initial: true, covers: 'isMemoryBalloonEnabledDetachable' }),
  check('label.tpm', 'tpm_enabled'),
  number(
    'label.ioThreads',
    'io.threads',
    { min: 0, max: 127 },
    { covers: 'isIoThreadsEnabledEditor isIoThreadsEnabledDetachable numOfIoThreadsEditor' },
  ),
  check('label.multiQueues', 'multi_queues_enabled', { initial: true }),
  check('label.virtioScsi', 'virtio_scsi.enabled', { initial: true }),
  check('label.scsiMultiQueues', 'virtio_scsi_multi_queues_enabled', {
    covers: 'virtioScsiMultiQueueSelectionEditor',
    when: is('virtio_scsi.enabled', true),
  }),
  number(
    'label.scsiQueueCount',
    'virtio_scsi_multi_queues',
    { min: 1, max: 255 },
    {
      covers: 'numOfVirtioScsiMultiQueuesEditor',
      when: is('virtio_scsi_multi_queues_enabled', true),
      with: ['virtio_scsi_multi_queues_enabled'],
    },
  ),
];

const devices = ['hd', 'cdrom', 'network'] as const;
const bootAt = (index: 0 | 1, label: FieldDescription['label']): FieldDescription => ({
  ...choice(label, `os.boot.devices.${index}`, index === 0 ? devices : ['none', ...devices], {
    need: true,
    initial: index === 0 ? 'hd' : 'none',
  }),
  with: [`os.boot.devices.${1 - index}`],
  read: (vm) => (vm as Vm).os?.boot?.devices?.[index] ?? (index === 0 ? 'hd' : 'none'),
  write: (body, value) => {
    const list = (valueAt(body, 'os.boot.devices') as string[] | undefined) ?? [];
    setAt(body, 'os.boot.devices', value === 'none' ? list : [...list, String(value)]);
  },
});
const boot: readonly FieldDescription[] = [
  bootAt(0, 'label.firstDevice'),
  bootAt(1, 'label.secondDevice'),
  check('label.bootMenu', 'bios.boot_menu.enabled'),
  text('label.kernelPath', 'os.kernel'),
  text('label.initrdPath', 'os.initrd'),
  text('label.kernelParameters', 'os.cmdline'),
];

const random: readonly FieldDescription[] = [
  choice('label.rngSource', 'rng_device.source', ['urandom', 'hwrng'], { covers: 'isRngEnabledEditor rngSourceUrandom rngSourceHwrng' }),
  number(
    'label.rngBytes',
    'rng_device.rate.bytes',
    { min: 1 },
    { when: (around) => textAt(around, 'rng_device.source') !== '', with: ['rng_device.source', 'rng_device.rate.period'] },
  ),
  number(
    'label.rngPeriod',
    'rng_device.rate.period',
    { min: 1 },
    { when: (around) => textAt(around, 'rng_device.source') !== '', with: ['rng_device.source', 'rng_device.rate.bytes'] },
  ),
];

const properties: readonly FieldDescription[] = [
  {
    label: 'label.customProperties',
    path: 'custom_properties',
    covers: 'customPropertiesSheet customPropertiesSheetEditor',
    control: { kind: 'pairs' },
  },
];

const generalTab = (first: readonly FieldDescription[]): FormTab => ({ label: 'form.tab.general', fields: [...first, ...general] });
const others: readonly FormTab[] = [
  { label: 'form.tab.system', fields: system },
  { label: 'form.tab.initialRun', fields: initialRun },
  { label: 'form.tab.console', fields: consoles },
  { label: 'form.tab.host', advanced: true, fields: placement },
  { label: 'form.tab.ha', advanced: true, fields: availability },
  { label: 'form.tab.resources', advanced: true, fields: resources },
  { label: 'form.tab.boot', advanced: true, fields: boot },
  { label: 'form.tab.random', advanced: true, fields: random },
  { label: 'form.tab.properties', advanced: true, fields: properties },
];

const cluster = reference('label.cluster', 'cluster', clusters, { need: true, covers: 'dataCenterWithClusterEditor' });

export const newVm: FormDescription = {
  title: 'vm.new',
  dialog: 'AbstractVmPopupWidget',
  tabs: [
    generalTab([
      cluster,
      reference('label.template', 'template', templates, { need: true, covers: 'baseTemplateEditor templateWithVersionEditor' }),
      reference('label.instanceType', 'instance_type', instanceTypes, { covers: 'detachableInstanceTypesEditor' }),
      check('label.cloneDisks', 'clone', { covers: 'provisioningThinEditor provisioningCloneEditor' }),
      check('label.copyTemplatePermissions', 'clonePermissions', { covers: 'copyTemplatePermissionsEditor' }),
    ]),
    ...others,
  ],
};
/** Without one a machine has values of its own. */
const boundType: FieldDescription = {
  ...reference('label.instanceType', 'instance_type', instanceTypes, { hint: 'vm.instanceType.hint' }),
  control: { kind: 'reference', of: instanceTypes, none: 'option.custom' },
  // An empty element takes the machine off its instance type.
  write: (body, value) => setAt(body, 'instance_type', value === '' ? {} : { id: value }),
};
/** What an instance type decides for the machines that are bound to it (engine behaviour, instance types). */
const decided = [
  'memory',
  'memory_policy',
  'cpu.topology',
  'high_availability',
  'migration',
  'migration_downtime',
  'io',
  'console',
  'rng_device',
];

/** A change; one of what the instance type decides makes the machine one of its own values, as it would be undone otherwise. */
export function withoutBinding(vm: Vm | undefined, body: Vm): Vm {
  const bound = vm?.instance_type?.id !== undefined && body.instance_type === undefined;
  return bound && decided.some((path) => valueAt(body, path) !== undefined) ? { ...body, instance_type: {} } : body;
}

export const editVm: FormDescription = {
  title: 'vm.edit',
  dialog: 'AbstractVmPopupWidget',
  edits: true,
  tabs: [generalTab([cluster, boundType]), ...others],
};
const subVersion = text('label.subVersionName', 'version.version_name', { covers: 'templateVersionNameEditor' });
export const editTemplate: FormDescription = { ...editVm, title: 'template.edit', tabs: [generalTab([subVersion]), ...others] };
/** What an instance type is: the rest hangs on a cluster, on storage or on what a guest has inside. */
const ofInstance = new Set<string>([
  ...memory,
  ...topology,
  'custom_emulated_machine',
  'custom_cpu_model',
  ...consoles.map((field) => field.path).filter((path) => path !== 'sso.methods'),
  ...random.map((field) => field.path),
]);
export const newInstanceType: FormDescription = {
  title: 'instanceType.new',
  dialog: 'AbstractVmPopupWidget',
  tabs: [
    { label: 'form.tab.general', fields: [name, description] },
    ...others
      .map((tab) => ({ ...tab, fields: tab.fields.filter((field) => ofInstance.has(field.path)) }))
      .filter((tab) => tab.fields.length > 0),
  ],
};
export const editInstanceType: FormDescription = { ...newInstanceType, title: 'instanceType.edit', edits: true };
