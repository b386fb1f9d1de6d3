import { messagesByStatus, type EngineMessage } from '@virgate/contract/generated/messages';

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
  VM_HAS_NO_CONSOLE: [409, 'The VM has no console that a browser could show'],
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
  ACTION_TYPE_FAILED_VM_IS_RUNNING: 'VM is running',
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
  VDS_CANNOT_REMOVE_VDS_STATUS_ILLEGAL: 'The host is in status "$hostStatus". Move it to maintenance first',
  VDS_CANNOT_MAINTENANCE_VDS_IS_NOT_OPERATIONAL: 'The host is in status "$hostStatus", from which it cannot go into maintenance',
  VDS_CANNOT_MAINTENANCE_VDS_IS_IN_MAINTENANCE: 'The host is in maintenance already, or on its way there',
  VDS_APPROVE_VDS_IN_WRONG_STATUS: 'The host is in status "$hostStatus"; only one that waits for approval can be approved',
  VDS_STATUS_NOT_VALID_FOR_UPDATE: 'The host is in status "$hostStatus", in which it cannot be changed',
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

/**
 * The English text of a message key.
 * @param key a key of the contract's message table
 * @param values what stands for `$name` in the text; `action` and `type` make the frame "Cannot run VM."
 */
export function messageText(key: string, values: Record<string, string> = {}): string {
  const body = (textOf(key) ?? sentenceOf(key)).replace(/\$(\w+)/g, (_, name: string) => values[name] ?? '');
  const frame = values['VAR_ACTION'] ? `Cannot ${values['VAR_ACTION']}${values['VAR_TYPE'] ? ` ${values['VAR_TYPE']}` : ''}. ` : '';
  return `${frame}${body}.`.replace(/([.:])\.$/, '$1');
}
