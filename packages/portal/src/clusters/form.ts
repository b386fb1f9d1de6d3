import { enumValues } from '@virgate/contract/generated/enums';
import type { Around, FieldDescription, FormDescription, Reference } from '../kinds/kind.ts';
import { levels } from '../kinds/level.ts';
import { dataCenters, macPools, networks, textAt } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';

/** CPU types of the chosen level and architecture. */
const cpuTypes: Reference = {
  type: 'cluster_level',
  key: (around) => textAt(around, 'version'),
  list: async (client, around, signal) => {
    const level = textAt(around, 'version');
    if (level === '') return [];
    const { cpu_types: types = [] } = await client.clusterLevels.level(level).get({}, { signal });
    return types.map((one) => ({ id: one.name ?? '', name: one.name ?? '', architecture: one.architecture }));
  },
  only: (option, around) => {
    const architecture = textAt(around, 'cpu.architecture');
    return architecture === '' || valueAt(option, 'architecture') === architecture;
  },
};

const schedulingPolicies: Reference = {
  type: 'scheduling_policy',
  list: (client, _, signal) => client.schedulingPolicies.list({}, { signal }),
};
const networksOfCenter: Reference = {
  ...networks,
  only: (option, around) => valueAt(option, 'data_center.id') === textAt(around, 'data_center'),
};

/** Values of an enum without the one that stands for not knowing. */
const known = (values: readonly string[]): string[] => values.filter((one) => one !== 'undefined');

const is =
  (path: string, ...values: readonly unknown[]) =>
  (around: Around): boolean =>
    values.includes(around.value(path));

const check = (label: FieldDescription['label'], path: string, more: Partial<FieldDescription> = {}): FieldDescription => ({
  label,
  path,
  control: { kind: 'check' },
  ...more,
});
const choice = (
  label: FieldDescription['label'],
  path: string,
  options: readonly string[],
  more: Partial<FieldDescription> = {},
): FieldDescription => ({ label, path, control: { kind: 'choice', options }, ...more });

const general: readonly FieldDescription[] = [
  { label: 'label.dataCenter', path: 'data_center', control: { kind: 'reference', of: dataCenters }, need: true, fixed: true },
  { label: 'label.name', path: 'name', control: { kind: 'text' }, need: true },
  { label: 'label.description', path: 'description', control: { kind: 'text' } },
  { label: 'label.comment', path: 'comment', control: { kind: 'text' } },
  {
    label: 'label.managementNetwork',
    path: 'management_network',
    control: { kind: 'reference', of: networksOfCenter, none: 'form.engine' },
    fixed: true,
  },
  { label: 'label.compatibilityVersion', path: 'version', control: { kind: 'version', options: levels }, need: true, initial: '4.7' },
  choice('label.cpuArchitecture', 'cpu.architecture', known(enumValues.Architecture), { with: ['cpu.type'] }),
  {
    label: 'label.cpuType',
    path: 'cpu.type',
    control: { kind: 'reference', of: cpuTypes, none: 'option.none', plain: true },
    with: ['cpu.architecture'],
  },
  choice(
    'label.chipset',
    'bios_type',
    enumValues.BiosType.filter((one) => one !== 'cluster_default'),
  ),
  choice('label.fipsMode', 'fips_mode', known(enumValues.FipsMode)),
  choice('label.switchType', 'switch_type', enumValues.SwitchType, { fixed: true }),
  choice('label.firewallType', 'firewall_type', enumValues.FirewallType),
  {
    label: 'label.logThreshold',
    path: 'log_max_memory_used_threshold',
    control: { kind: 'number', min: 0 },
    initial: '95',
    with: ['log_max_memory_used_threshold_type'],
  },
  choice('label.logThresholdType', 'log_max_memory_used_threshold_type', enumValues.LogMaxMemoryUsedThresholdType, {
    covers: 'logMaxMemoryUsedThresholdTypeEditor',
    with: ['log_max_memory_used_threshold'],
  }),
  check('label.hwrng', 'required_rng_sources', {
    read: (cluster) => ((valueAt(cluster, 'required_rng_sources') as string[] | undefined) ?? []).includes('hwrng'),
    write: (body, value) => Object.assign(body, { required_rng_sources: value === true ? ['hwrng'] : [] }),
  }),
];

const optimization: readonly FieldDescription[] = [
  {
    label: 'label.overcommit',
    path: 'memory_policy.over_commit.percent',
    covers: 'optimizationNoneEditor optimizationForServerEditor optimizationForDesktopEditor optimizationCustomEditor',
    control: { kind: 'number', min: 100, max: 10_000 },
    initial: '100',
    hint: 'cluster.overcommit.hint',
  },
  check('label.threadsAsCores', 'threads_as_cores'),
  check('label.ballooning', 'ballooning_enabled', { initial: true }),
  check('label.ksm', 'ksm.enabled', { initial: true }),
  check('label.ksmAcrossNuma', 'ksm.merge_across_nodes', {
    covers: 'ksmPolicyForNumaEditor',
    initial: true,
    when: is('ksm.enabled', true),
    with: ['ksm.enabled'],
  }),
];

const migration: readonly FieldDescription[] = [
  choice('label.migrationBandwidth', 'migration.bandwidth.assignment_method', enumValues.MigrationBandwidthAssignmentMethod, {
    covers: 'migrationBandwidthLimitTypeEditor',
    with: ['migration.bandwidth.custom_value'],
  }),
  {
    label: 'label.customBandwidth',
    path: 'migration.bandwidth.custom_value',
    covers: 'customMigrationBandwidthLimitEditor',
    control: { kind: 'number', min: 1 },
    need: true,
    when: is('migration.bandwidth.assignment_method', 'custom'),
    with: ['migration.bandwidth.assignment_method'],
  },
  choice('label.resilience', 'error_handling.on_error', enumValues.MigrateOnError, {
    covers: 'migrateOnErrorOption_YES migrateOnErrorOption_HA_ONLY migrateOnErrorOption_NO',
  }),
  choice('label.migrateEncrypted', 'migration.encrypted', enumValues.InheritableBoolean),
  choice('label.autoConverge', 'migration.auto_converge', enumValues.InheritableBoolean),
  choice('label.migrateCompressed', 'migration.compressed', enumValues.InheritableBoolean),
  choice('label.parallelMigrations', 'migration.parallel_migrations_policy', ['disabled', 'auto', 'auto_parallel', 'custom'], {
    covers: 'parallelMigrationsTypeEditor',
    with: ['migration.custom_parallel_migrations'],
  }),
  {
    label: 'label.migrationConnections',
    path: 'migration.custom_parallel_migrations',
    control: { kind: 'number', min: 2, max: 255 },
    need: true,
    when: is('migration.parallel_migrations_policy', 'custom'),
    with: ['migration.parallel_migrations_policy'],
  },
];

const scheduling: readonly FieldDescription[] = [
  { label: 'label.selectPolicy', path: 'scheduling_policy', control: { kind: 'reference', of: schedulingPolicies, none: 'form.engine' } },
  { label: 'label.properties', path: 'custom_scheduling_policy_properties', control: { kind: 'pairs' } },
  choice('label.serialPolicy', 'serial_number.policy', enumValues.SerialNumberPolicy, { with: ['serial_number.value'] }),
  {
    label: 'label.customSerial',
    path: 'serial_number.value',
    control: { kind: 'text' },
    need: true,
    when: is('serial_number.policy', 'custom'),
    with: ['serial_number.policy'],
  },
  check('label.haReservation', 'ha_reservation'),
];

const consoles: readonly FieldDescription[] = [
  {
    label: 'label.spiceProxy',
    path: 'display.proxy',
    covers: 'spiceProxyEditor spiceProxyOverrideEnabledEditor',
    control: { kind: 'text' },
    hint: 'cluster.proxy.hint',
  },
  check('label.vncEncryption', 'vnc_encryption'),
];

const fencing: readonly FieldDescription[] = [
  check('label.fencing', 'fencing_policy.enabled', { initial: true }),
  check('label.skipIfActive', 'fencing_policy.skip_if_sd_active.enabled', { when: is('fencing_policy.enabled', true) }),
  check('label.skipIfBroken', 'fencing_policy.skip_if_connectivity_broken.enabled', {
    when: is('fencing_policy.enabled', true),
    with: ['fencing_policy.skip_if_connectivity_broken.threshold'],
  }),
  {
    label: 'label.threshold',
    path: 'fencing_policy.skip_if_connectivity_broken.threshold',
    control: { kind: 'choice', options: ['25', '50', '75', '100'] },
    need: true,
    initial: '50',
    when: is('fencing_policy.skip_if_connectivity_broken.enabled', true),
    with: ['fencing_policy.skip_if_connectivity_broken.enabled'],
    write: (body, value) => {
      const { fencing_policy: policy = {} } = body as { fencing_policy?: { skip_if_connectivity_broken?: object } };
      Object.assign(body, {
        fencing_policy: { ...policy, skip_if_connectivity_broken: { ...policy.skip_if_connectivity_broken, threshold: Number(value) } },
      });
    },
  },
];

export const newCluster: FormDescription = {
  title: 'cluster.new',
  dialog: 'ClusterPopupView',
  tabs: [
    { label: 'form.tab.general', fields: general },
    { label: 'form.tab.optimization', fields: optimization },
    { label: 'form.tab.migration', fields: migration },
    { label: 'form.tab.scheduling', fields: scheduling },
    { label: 'form.tab.console', fields: consoles },
    { label: 'form.tab.fencing', fields: fencing },
    {
      label: 'form.tab.macPool',
      fields: [
        {
          label: 'label.macPool',
          path: 'mac_pool',
          covers: 'macPoolListEditor',
          control: { kind: 'reference', of: macPools, none: 'form.engine' },
        },
      ],
    },
  ],
};

export const editCluster: FormDescription = { ...newCluster, title: 'cluster.edit', edits: true };
