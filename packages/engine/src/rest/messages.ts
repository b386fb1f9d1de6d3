/**
 * Sentences for the contract's message keys. A key without an entry of its own is turned into a sentence from its words,
 * so that every key reads as English and none is lost; `$name` is replaced by the value given.
 */
const texts: Record<string, string> = {
  ACTION_TYPE_FAILED_VM_IS_RUNNING: 'VM is running',
  ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING: 'VM is not running',
  ACTION_TYPE_FAILED_VM_IS_LOCKED: 'VM is locked. Please try again in a few minutes',
  ACTION_TYPE_FAILED_NAME_ALREADY_USED: 'The name "$name" is already in use. Please choose a different name',
  ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL: 'The VM is in status "$vmStatus", in which this is not possible',
  ACTION_TYPE_FAILED_HOST_STATUS_ILLEGAL: 'The host is in status "$hostStatus", in which this is not possible',
  ACTION_TYPE_FAILED_OBJECT_LOCKED: 'Related operation is currently in progress: $action (job $job). Please try again later',
  ACTION_TYPE_FAILED_DISK_SPACE_LOW_ON_STORAGE_DOMAIN: 'Low disk space on storage domain $storageName',
  ACTION_TYPE_FAILED_DELETE_PROTECTION_ENABLED: 'Delete protection is enabled. Disable it in the properties of the object first',
  ACTION_TYPE_FAILED_TEMPLATE_IMAGE_NOT_EXIST: 'The image of template disk "$diskName" does not exist on its storage domain',
  SCHEDULING_ALL_HOSTS_FILTERED_OUT: 'There is no host that satisfies the current scheduling constraints. See below for details:',
  SCHEDULING_NO_HOSTS: 'There are no hosts to use. Check that the cluster contains at least one host in Up state',
};

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
  const body = (texts[key] ?? sentenceOf(key)).replace(/\$(\w+)/g, (_, name: string) => values[name] ?? '');
  const frame = values['VAR_ACTION'] ? `Cannot ${values['VAR_ACTION']}${values['VAR_TYPE'] ? ` ${values['VAR_TYPE']}` : ''}. ` : '';
  return `${frame}${body}.`.replace(/([.:])\.$/, '$1');
}
