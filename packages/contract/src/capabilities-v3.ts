import { enumValues } from './generated/enums.ts';
import { operatingSystems } from './generated/osinfo.ts';
import { xmlDeclaration } from './xml-encode.ts';

/** The `capabilities` of version 3: what each cluster level has, and the words that every enumerated member may be. */

/** Element, element of each word, enum of version 4 or the words where it has none. */
const words: readonly (readonly [string, string, keyof typeof enumValues | readonly string[]])[] = [
  ['storage_types', 'storage_type', 'StorageType'],
  ['configuration_types', 'configuration_type', 'ConfigurationType'],
  ['storage_domain_types', 'storage_domain_type', 'StorageDomainType'],
  ['vm_types', 'vm_type', 'VmType'],
  ['boot_devices', 'boot_device', 'BootDevice'],
  ['display_types', 'display_type', 'DisplayType'],
  ['nic_interfaces', 'nic_interface', 'NicInterface'],
  ['disk_formats', 'disk_format', 'DiskFormat'],
  ['graphics_types', 'graphics_types', 'GraphicsType'],
  ['disk_storage_types', 'disk_storage_type', 'DiskStorageType'],
  ['disk_interfaces', 'disk_interface', 'DiskInterface'],
  ['vm_affinities', 'affinity', 'VmAffinity'],
  ['boot_protocols', 'boot_protocol', 'BootProtocol'],
  ['error_handling', 'on_error', 'MigrateOnError'],
  ['storage_formats', 'format', 'StorageFormat'],
  ['creation_states', 'creation_state', 'CreationStatus'],
  ['power_management_states', 'power_management_state', 'PowerManagementStatus'],
  ['host_states', 'host_state', 'HostStatus'],
  ['external_statuses', 'external_status', 'ExternalStatus'],
  ['host_protocols', 'host_protocol', 'HostProtocol'],
  ['network_states', 'network_state', 'NetworkStatus'],
  ['storage_domain_states', 'storage_domain_state', 'StorageDomainStatus'],
  ['template_states', 'template_state', 'TemplateStatus'],
  ['vm_states', 'vm_state', 'VmStatus'],
  ['disk_states', 'disk_state', 'DiskStatus'],
  ['host_nic_states', 'host_nic_state', 'NicStatus'],
  ['data_center_states', 'data_center_state', 'DataCenterStatus'],
  ['vm_device_types', 'vm_device_types', 'VmDeviceType'],
  ['usages', 'usage', 'NetworkUsage'],
  ['nfs_versions', 'nfs_version', 'NfsVersion'],
  ['pm_proxy_types', 'type', 'PmProxyType'],
  ['cpu_modes', 'cpu_mode', 'CpuMode'],
  ['sgio_options', 'sgio_options', 'ScsiGenericIO'],
  ['watchdog_models', 'model', 'WatchdogModel'],
  ['watchdog_actions', 'action', 'WatchdogAction'],
  ['authentication_methods', 'authentication_method', 'SshAuthenticationMethod'],
  ['kdump_states', 'kdump_status', 'KdumpStatus'],
  ['spm_states', 'spm_state', 'SpmStatus'],
  ['vm_pool_types', 'vm_pool_type', 'VmPoolType'],
  ['step_types', 'step_type', 'StepEnum'],
  ['payload_encodings', 'payload_encodings', 'PayloadEncoding'],
  ['gluster_volume_types', 'gluster_volume_type', 'GlusterVolumeType'],
  ['transport_types', 'transport_type', 'TransportType'],
  ['gluster_volume_states', 'state', 'GlusterVolumeStatus'],
  ['brick_states', 'state', 'GlusterBrickStatus'],
  ['reported_device_types', 'reported_device_type', 'ReportedDeviceType'],
  ['ip_versions', 'ip_version', 'IpVersion'],
  ['snapshot_statuses', 'snapshot_status', 'SnapshotStatus'],
  ['content_types', 'content_type', 'HookContentType'],
  ['hook_states', 'hook_state', 'HookStatus'],
  ['stages', 'stage', 'HookStage'],
  ['sso_methods', 'sso_method', 'SsoMethod'],
  ['serial_number_policies', 'serial_number_policy', 'SerialNumberPolicy'],
  ['selinux_modes', 'selinux_mode', 'SeLinuxMode'],
  ['rng_sources', 'source', 'RngSource'],
  ['scheduling_policy_unit_types', 'scheduling_policy_unit_type', 'PolicyUnitType'],
  ['qos_types', 'qos_type', 'QosType'],
  ['inheritable_booleans', 'inheritable_boolean', 'InheritableBoolean'],
  ['network_plugin_types', 'network_plugin_type', 'NetworkPluginType'],
  ['message_broker_types', 'message_broker_type', 'MessageBrokerType'],
  ['display_disconnect_actions', 'display_disconnect_action', ['NONE', 'LOCK_SCREEN', 'LOGOUT', 'SHUTDOWN', 'REBOOT']],
  ['quota_mode_types', 'quota_mode_type', 'QuotaModeType'],
];

/** What a cluster level has that is no word of the contract. */
export interface LevelCapabilities {
  /** `major.minor`. */
  readonly level: string;
  readonly current: boolean;
  readonly cpus: readonly { readonly name: string; readonly level: number; readonly architecture: string }[];
  /** Types of fence agents. */
  readonly fenceAgents: readonly string[];
  readonly permits: readonly { readonly id: string; readonly name: string; readonly administrative: boolean }[];
  readonly schedulingPolicies: readonly string[];
}

/** The id of a level: its text in hexadecimal, as version 3 made it. */
export const capabilityId = (level: string): string => Buffer.from(level).toString('hex');

/** Members of an element: texts, objects, and lists of either, in the order of the schema. */
interface Tree {
  readonly [name: string]: string | Tree | readonly (string | Tree)[];
}

/** Members that XML has as attributes. */
const xmlAttributes = new Set(['href', 'id', 'major', 'minor', 'type']);

function versionTree(place: string, capabilities: LevelCapabilities): Tree {
  const { level, current, cpus, fenceAgents, permits, schedulingPolicies } = capabilities;
  const [major = '', minor = ''] = level.split('.');
  const id = capabilityId(level);
  const lists = (part: typeof words): Tree =>
    Object.fromEntries(part.map(([name, item, type]) => [name, { [item]: typeof type === 'string' ? enumValues[type] : type }]));
  return {
    href: `${place}/${id}`,
    id,
    major,
    minor,
    current: String(current),
    cpus: { cpu: cpus.map((one) => ({ id: one.name, level: String(one.level), architecture: one.architecture.toUpperCase() })) },
    power_managers: { power_management: fenceAgents.map((type) => ({ type })) },
    fence_types: { fence_type: enumValues.FenceType },
    ...lists(words.slice(0, enumsBeforeOs)),
    os_types: { os_type: [...new Set(operatingSystems.map(({ name }) => name))] },
    ...lists(words.slice(enumsBeforeOs, enumsBeforePermits)),
    permits: { permit: permits.map((permit) => ({ id: permit.id, name: permit.name, administrative: String(permit.administrative) })) },
    scheduling_policies: { policy: schedulingPolicies },
    ...lists(words.slice(enumsBeforePermits)),
  };
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function elementXml(name: string, value: string | Tree): string {
  if (typeof value === 'string') return `<${name}>${escaped(value)}</${name}>`;
  let attributes = '';
  let content = '';
  for (const [member, one] of Object.entries(value)) {
    if (typeof one === 'string' && xmlAttributes.has(member)) attributes += ` ${member}="${escaped(one)}"`;
    else
      content += (Array.isArray(one) ? (one as (string | Tree)[]) : [one as string | Tree])
        .map((part) => elementXml(member, part))
        .join('');
  }
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

/** Enumerations that the schema has before the operating systems. */
const enumsBeforeOs = words.findIndex(([name]) => name === 'disk_formats');
/** Those that it has before the permits. */
const enumsBeforePermits = words.findIndex(([name]) => name === 'usages');

/** The document of all levels. @param place of the collection, as the client names it */
export const capabilitiesXml = (place: string, levels: readonly LevelCapabilities[]): string =>
  `${xmlDeclaration}\n<capabilities>\n${levels.map((level) => `    ${elementXml('version', versionTree(place, level))}\n`).join('')}</capabilities>\n`;

/** The document of one level. */
export const capabilityXml = (place: string, level: LevelCapabilities): string =>
  `${xmlDeclaration}\n${elementXml('version', versionTree(place, level))}\n`;

/** The same in JSON. */
export const capabilitiesJson = (place: string, levels: readonly LevelCapabilities[]): string =>
  JSON.stringify({ version: levels.map((level) => versionTree(place, level)) });

/** The document of one level in JSON. */
export const capabilityJson = (place: string, level: LevelCapabilities): string => JSON.stringify(versionTree(place, level));
