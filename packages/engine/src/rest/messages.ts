import { messagesByStatus, type EngineMessage } from '@virgate/contract/generated/messages';
import type { Catalogue } from './languages/catalogue.ts';

/** Messages that are not in the contract's table, with the status of their faults: our own rules, and those of the API layer. */
const ownMessages = {
  HOST_FAILED: [409, 'The host answered: $reason'],
  STORAGE_CONNECTION_FAILED: [409, 'The host cannot reach the storage $path: code $code'],
  TOO_MANY_HOSTS: [409, 'The data center has as many hosts as its storage can tell apart'],
  CERTIFICATE_REQUEST_REFUSED: [409, 'The certificate request cannot be signed: $reason'],
  HOST_HAS_RUNNING_VMS: [409, 'These virtual machines run on the host: $vms. Stop them first'],
  DATA_CENTER_HAS_VMS: [409, 'The data center has virtual machines or templates. Remove them first'],
  MASTER_DOMAIN_NOT_LAST: [409, 'The master storage domain goes last. Deactivate the others of its data center first'],
  STORAGE_DOMAIN_HAS_DISKS: [409, 'The storage domain has disks. Remove them first'],
  DISK_HAS_NOTHING_TO_REDUCE: [409, 'The disk is preallocated: it has its size for good, and nothing to give back'],
  INTERNAL_POLICY_UNIT_STAYS: [409, 'The policy unit $name came with the engine and cannot be removed'],
  VM_HAS_NO_CONSOLE: [409, 'The VM has no console that a browser could show'],
  LOGON_NEEDS_PASSWORD: [
    409,
    'The guest is to be told your password, which the engine does not keep. Sign this request in by Basic authentication',
  ],
  NETWORK_PROVIDER_EXISTS: [409, 'There is a provider with that url already'],
  PROVIDER_NETWORK_HAS_SUBNET: [409, 'The network $network has a subnet already: remove that first'],
  REFERENCE_CHANGED: [409, 'What the request refers to does not exist, or is in use. Read it again'],
  MIXED_INITIALIZATION: [400, 'Only one of use_cloud_init, use_sysprep and use_ignition can be asked for'],
} as const satisfies Record<string, readonly [400 | 409, string]>;

export type OwnMessage = keyof typeof ownMessages;
/** Messages whose faults have this status. */
export type OwnMessageOfStatus<Status> = { [Key in OwnMessage]: (typeof ownMessages)[Key][0] extends Status ? Key : never }[OwnMessage];

const statuses: ReadonlyMap<string, number> = new Map<string, number>([
  ...Object.entries(messagesByStatus).flatMap(([status, keys]) => keys.map((key): [string, number] => [key, Number(status)])),
  ...Object.entries(ownMessages).map(([key, [status]]): [string, number] => [key, status]),
]);

/** The status of a fault with this message. Source: types of the contract's messages; what has none is a bad request. */
export const statusOfMessage = (key: EngineMessage | OwnMessage): number => statuses.get(key) ?? 400;

/**
 * Sentences for the contract's message keys. A key without an entry of its own is turned into a sentence from its words,
 * so that every key reads as English and none is lost; `$name` is replaced by the value given.
 */
const texts: Readonly<Partial<Record<EngineMessage, string>>> = {
  ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_ONCE: 'A network comes from the provider: $networks. Remove it first',
  ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_MULTIPLE_TIMES: 'Networks come from the provider: $networks. Remove them first',
  ACTION_TYPE_FAILED_PROVIDER_USED_IN_CLUSTER: 'The provider is that of the cluster $cluster',
  ACTION_TYPE_FAILED_PROVIDER_NOT_SUPPORTED:
    'requires_authentication: databases of OVN know nobody by name; they are reached by TLS (ssl:)',
  ACTION_TYPE_FAILED_EXTERNAL_PROVIDER_IS_READ_ONLY: 'The provider is read-only (read_only)',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_ALREADY_EXISTS: 'The data center has this network of the provider already',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_DETAILS_CANNOT_BE_EDITED:
    'Where a network comes from, and its MTU when a provider has it, cannot be changed',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_MUST_BE_VM_NETWORK: 'usages: a network of a provider is for VMs',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_WITH_VLAN_MUST_BE_CUSTOM: 'vlan: networks of a provider are tunnelled between hosts, without VLANs',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REQUIRED: 'required: hosts need not have a network of a provider',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_DISPLAY:
    'A network of a provider cannot be the display network: hosts have no address on it',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_PORT_MIRRORED: 'port_mirroring: frames of a network of a provider are not copied',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REWIRED:
    'A plugged network interface does not go to a network of a provider, or from one. Unplug it first',
  ACTION_TYPE_FAILED_VM_DISKS_ON_BACKUP_STORAGE: 'A storage domain that is for backups runs no VMs',
  ACTION_TYPE_FAILED_RUNNING_VM_OR_VM_LEASES_PRESENT_ON_STORAGE_DOMAIN: 'backup: VMs run with disks or leases of this storage domain',
  ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_DATA_DOMAINS: 'Only a data domain that is not for backups becomes the master',
  CLUSTER_CANNOT_SET_TRUSTED_ATTESTATION_SERVER_NOT_CONFIGURED: 'trusted_service: there is no server that attests hosts',
  CLUSTER_CANNOT_UPDATE_FIPS_VDS_MAINTENANCE: 'fips_mode: all hosts of the cluster must be in maintenance',
  EN_ALREADY_SUBSCRIBED: 'The user is already subscribed to this event',
  ACTION_TYPE_FAILED_VM_IS_RUNNING: 'VM is running',
  VDS_CANNOT_MAINTENANCE_IT_INCLUDES_NON_MIGRATABLE_VM:
    'These virtual machines cannot be moved to another host, by their placement policy or because they have devices of the host or reserve disks: $VmsList. Stop them first',
  CANNOT_MAINTENANCE_VDS_RUN_VMS_NO_OTHER_RUNNING_VDS: 'Virtual machines run on the host, and no other host of its cluster is up',
  ACTION_TYPE_FAILED_DISK_LUN_HAS_NO_VALID_TYPE: 'lun_storage.type: must be iscsi or fcp',
  ACTION_TYPE_FAILED_DISK_LUN_IS_ALREADY_IN_USE: 'LUN $lunId is already in use, as a disk or by a storage domain',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_DISKS: 'Disks are LUNs behind the connection: $diskNames',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_ACTION_FOR_RUNNING_VMS: 'VMs run with LUNs behind the connection: $vmNames',
  ACTION_TYPE_FAILED_DISK_LUN_INVALID: 'lun_storage.logical_units: a disk is one LUN',
  ACTION_TYPE_FAILED_DISK_LUN_ISCSI_MISSING_CONNECTION_PARAMS: 'logical_units: a LUN of iSCSI needs address and target',
  VAR__DETAIL__NO_SUITABLE_VF: 'no suitable virtual function of its network interfaces is free',
  CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF: 'The host has no free virtual function for the network of $vnicName',
  ACTION_TYPE_FAILED_MIGRATION_OF_NON_MIGRATABLE_PASSTHROUGH_VNICS_IS_NOT_SUPPORTED:
    'Network interfaces that are virtual functions of the host bind the VM to it, as their vNIC profiles are not migratable: $interfaces',
  ACTION_TYPE_FAILED_VM_INTERFACE_TYPE_NOT_MATCH_PROFILE:
    'interface: must be pci_passthrough with a vNIC profile that passes devices through, and only then',
  ACTION_TYPE_FAILED_UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED: 'linked: a NIC that is a virtual function is always linked',
  ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES:
    'A vNIC profile that passes devices through has no network filter and no quality of service',
  ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION:
    'A network with port isolation has no vNIC profile that passes devices through',
  ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED: 'The network interface $nicName makes no virtual functions (SR-IOV)',
  ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED: 'Virtual functions of $nicName are in use',
  ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE:
    'virtual_functions_configuration.number_of_virtual_functions: $nicName makes at most $maxNumOfVfs',
  ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_KEYS: 'There is no custom property "$property" at this compatibility level',
  ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_VALUES: 'The custom property "$property" cannot have this value',
  ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_DUPLICATE_KEYS: 'The custom property "$property" is given twice',
  ACTION_TYPE_FAILED_INVALID_TIMEZONE: 'time_zone.name: there is no time zone of this name',
  ACTION_TYPE_FAILED_INVALID_SERIAL_NUMBER: 'serial_number.value: the policy "custom" needs a serial number',
  ACTION_TYPE_FAILED_ILLEGAL_NUM_OF_MONITORS: 'display.monitors: a VM has 1, 2 or 4 monitors, and with VNC alone 1',
  ACTION_TYPE_CANNOT_SET_MANUAL_PINNING: 'cpu_pinning_policy: manual pinning needs cpu.cpu_tune.vcpu_pins',
  MOVE_VM_CLUSTER_MISSING_NETWORK: 'cluster: the cluster does not have these networks of the VM: $networks',
  VDS_CLUSTER_ON_DIFFERENT_STORAGE_POOL: 'cluster: the cluster is of another data center',
  VM_CANNOT_MOVE_TO_CLUSTER_IN_OTHER_STORAGE_POOL: 'cluster: the cluster is of another data center than the VM',
  ACTION_TYPE_FAILED_VM_MANUAL_PINNING_POLICY_NOT_SELECTED: 'cpu_pinning_policy: cpu.cpu_tune.vcpu_pins need the policy manual',
  ACTION_TYPE_FAILED_DEDICATED_IS_NOT_SUPPORTED: 'cpu_pinning_policy: VMs have CPUs for themselves from compatibility level 4.7 on',
  ACTION_TYPE_CANNOT_SET_DEDICATED_PINNING_WITH_NUMA_NODES_PINNED:
    'cpu_pinning_policy: a VM whose NUMA nodes are pinned cannot have CPUs for itself',
  HOT_PLUG_CPU_IS_NOT_SUPPORTED_DEDICATED: 'cpu.topology.sockets: the VM has its CPUs for itself, and gets no others while it runs',
  VM_PINNING_PINNED_TO_NO_CPU: 'cpu.cpu_tune.vcpu_pins: cpu_set must leave at least one CPU',
  VM_PINNING_VCPU_DOES_NOT_EXIST: 'cpu.cpu_tune.vcpu_pins: the VM has no CPU of this number',
  VM_PINNING_DUPLICATE_DEFINITION: 'cpu.cpu_tune.vcpu_pins: a CPU is pinned twice',
  VM_PINNING_FORMAT_INVALID: 'cpu.cpu_tune.vcpu_pins: cpu_set must list CPUs of a host, such as 0-3,^2',
  VM_OR_TEMPLATE_ILLEGAL_PRIORITY_VALUE: 'high_availability.priority: must be between 0 and 100',
  TPM_DEVICE_REQUESTED_ON_NOT_SUPPORTED_PLATFORM:
    'tpm_enabled: a TPM needs UEFI, that is one of the BIOS types q35_ovmf and q35_secure_boot',
  ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING: 'VM is not running',
  ACTION_TYPE_FAILED_VM_IS_LOCKED: 'VM is locked. Please try again in a few minutes',
  ACTION_TYPE_FAILED_NAME_ALREADY_USED: 'The name "$name" is already in use. Please choose a different name',
  ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL: 'The VM is in status "$vmStatus", in which this is not possible',
  ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL: 'The host is in status "$hostStatus", in which this is not possible',
  ACTION_TYPE_FAILED_OBJECT_LOCKED: 'Related operation is currently in progress: $action (job $job). Please try again later',
  ACTION_TYPE_FAILED_DISK_SPACE_LOW_ON_STORAGE_DOMAIN: 'Low disk space on storage domain $storageName',
  ACTION_TYPE_FAILED_DELETE_PROTECTION_ENABLED: 'Delete protection is enabled. Disable it in the properties of the object first',
  ACTION_TYPE_FAILED_VM_IS_NOT_UP: 'The VM is in status "$vmStatus"; it has to be up',
  ACTION_TYPE_FAILED_VM_IS_SAVING_RESTORING: 'The VM is saving or restoring its memory. Wait until that has ended',
  VM_CANNOT_REMOVE_VM_WHEN_STATUS_IS_NOT_DOWN: 'The VM is in status "$vmStatus"; it has to be down. Stop it first',
  ACTION_TYPE_FAILED_DISKS_LOCKED: 'These disks are locked: $diskAliases. Please try again in a few minutes',
  ACTION_TYPE_FAILED_DISKS_ILLEGAL: 'These disks have no usable image: $diskAliases',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2: 'The storage domain is in status "$status", in which this is not possible',
  ACTION_TYPE_FAILED_NO_VDS_IN_POOL: 'The data center has no host that is up',
  VM_TEMPLATE_IMAGE_IS_LOCKED: 'The template is locked. Please try again in a few minutes',
  VMT_CANNOT_REMOVE_DETECTED_DERIVED_VM: 'These derived virtual machines depend on it: $vmsList. Remove them first',
  VDS_CANNOT_REMOVE_VDS_STATUS_ILLEGAL: 'The host is in status "$hostStatus". Move it to maintenance first',
  VDS_CANNOT_MAINTENANCE_VDS_IS_NOT_OPERATIONAL: 'The host is in status "$hostStatus", from which it cannot go into maintenance',
  VDS_CANNOT_MAINTENANCE_VDS_IS_IN_MAINTENANCE: 'The host is in maintenance already, or on its way there',
  VDS_APPROVE_VDS_IN_WRONG_STATUS: 'The host is in status "$hostStatus"; only one that waits for approval can be approved',
  VDS_STATUS_NOT_VALID_FOR_UPDATE: 'The host is in status "$hostStatus", in which it cannot be changed',
  VDS_STATUS_NOT_VALID_FOR_START: 'The host is in status "$hostStatus", in which its power cannot be switched on',
  VDS_STATUS_NOT_VALID_FOR_STOP:
    'The host is in status "$hostStatus", in which its power cannot be switched off. Move it to maintenance first',
  VDS_FENCE_DISABLED: 'Power management of the host is not enabled, or it has no fence agent',
  VDS_FENCE_DISABLED_AT_QUIET_TIME: 'The same was done to the power of the host within the last $seconds seconds. Please try again later',
  VDS_NO_VDS_PROXY_FOUND:
    'No other host can reach the management board of the host: there must be one that is up in its cluster or data center',
  POWER_MANAGEMENT_ACTION_ON_ENTITY_ALREADY_IN_PROGRESS: 'The power of the host is being switched already: $action (job $job)',
  CLUSTER_UPGRADE_CAN_NOT_BE_STARTED: 'An upgrade of the cluster goes on already',
  ACTION_TYPE_FAILED_CLUSTER_UPGRADE_NOT_STARTED: 'No upgrade of the cluster goes on. Start one first',
  ACTION_TYPE_FAILED_CLUSTER_UPGRADE_CORRELATION_MISMATCH: 'The upgrade of the cluster was started with another correlation id',
  ACTION_TYPE_CLUSTER_UPGRADE_PERCENT_COMPLETE_INVALID: 'upgrade_percent_complete must be between 0 and 100',
  CANNOT_UPGRADE_HOST_STATUS_ILLEGAL: 'The host is in status "$hostStatus", in which it cannot be upgraded',
  CANNOT_CHECK_FOR_HOST_UPGRADE_STATUS_ILLEGAL: 'The host is in status "$hostStatus", in which it cannot be asked for its version',
  SSH_AUTHENTICATION_FAILED: 'The host cannot be logged in to: $reason',
  VDS_CANNOT_INSTALL_STATUS_ILLEGAL: 'The host is in status "$hostStatus", in which it cannot be installed. Move it to maintenance first',
  VDS_CANNOT_INSTALL_EMPTY_PASSWORD: 'A password is needed to log in to the host, or ssh.authentication_method publickey',
  TEMPLATE_IMAGE_NOT_EXIST: 'The image of template disk "$diskName" does not exist on its storage domain',
  SCHEDULING_ALL_HOSTS_FILTERED_OUT: 'There is no host that satisfies the current scheduling constraints. See below for details:',
  SCHEDULING_NO_HOSTS: 'There are no hosts to use. Check that the cluster contains at least one host in Up state',
};

const textOf = (key: string): string | undefined =>
  Object.hasOwn(ownMessages, key) ? ownMessages[key as OwnMessage][1] : texts[key as EngineMessage];

const prefixes = [/^ACTION_TYPE_FAILED_/, /^VALIDATION_/, /^ERROR_/, /^EngineMessage_/];

function sentenceOf(key: string): string {
  let words = key;
  for (const prefix of prefixes) words = words.replace(prefix, '');
  const text = words.replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The English sentence of a message key with its places, without the stop at its end. */
export const englishOf = (key: string): string => textOf(key) ?? sentenceOf(key);

/** Keys whose English sentences are written out, not made of the key's words. */
export const writtenKeys = (): string[] => [...Object.keys(ownMessages), ...Object.keys(texts)];

const wordIn = (words: Readonly<Record<string, string>>, word: string): string | undefined =>
  Object.hasOwn(words, word) ? words[word] : undefined;

/** "Cannot run VM. ": what an action's fault begins with, in a language; null is English. */
export function frameOf(action: string, type: string | undefined, catalogue: Catalogue | null): string {
  const ownAction = catalogue === null ? undefined : wordIn(catalogue.actions, action);
  const ownType = catalogue === null ? undefined : wordIn(catalogue.types, type ?? '');
  if (catalogue === null || ownAction === undefined || ownType === undefined) return `Cannot ${action}${type ? ` ${type}` : ''}. `;
  const frame = catalogue.frame.replace('$action', () => ownAction.replace('$type', () => ownType));
  return frame.charAt(0).toUpperCase() + frame.slice(1);
}

/**
 * The text of a message key.
 * @param key a key of the contract's message table
 * @param values what stands for `$name` in the text; `VAR_ACTION` and `VAR_TYPE` make the frame "Cannot run VM."
 * @param catalogue the language; null is English, and so is each sentence that the language lacks
 */
export function messageText(key: string, values: Readonly<Record<string, string>> = {}, catalogue: Catalogue | null = null): string {
  const own = catalogue === null ? undefined : wordIn(catalogue.messages, key);
  if (catalogue !== null && own === undefined) return messageText(key, values);
  const body = (own ?? englishOf(key)).replace(/\$(\w+)/g, (_, name: string) => values[name] ?? '');
  const frame = values['VAR_ACTION'] ? frameOf(values['VAR_ACTION'], values['VAR_TYPE'], catalogue) : '';
  return /[.:。：]$/.test(body) ? `${frame}${body}` : `${frame}${body}${catalogue?.stop ?? '.'}`;
}
