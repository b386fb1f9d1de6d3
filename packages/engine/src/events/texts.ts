import type { EventRecord } from './record.ts';

/** Sentences of the events that the engine writes. `$name` stands for a value of the event or the name of an object. */
const texts: Record<string, string> = {
  USER_VDC_LOGIN: 'User $user logged in.',
  USER_VDC_LOGOUT: 'User $user logged out.',
  USER_VDC_LOGIN_FAILED: 'User $user failed to log in.',
  USER_ACCOUNT_DISABLED_OR_LOCKED: 'User $user cannot log in: the account is disabled, or locked after too many wrong passwords.',
  USER_ACCOUNT_PASSWORD_EXPIRED: 'User $user cannot log in: the password has expired.',
  USER_PASSWORD_CHANGED: 'The password was changed by $user.',
  USER_ADD_VM: 'VM $vm was created by $user.',
  USER_ADD_VM_STARTED: 'VM $vm creation was initiated by $user.',
  USER_ADD_VM_FINISHED_SUCCESS: 'VM $vm creation has been completed.',
  USER_ADD_VM_FINISHED_FAILURE: 'Failed to complete the creation of VM $vm: $reason',
  USER_ADD_VM_TEMPLATE_FINISHED_SUCCESS: 'Template $template has been created.',
  USER_REMOVE_VM_TEMPLATE_FINISHED: 'Template $template was removed by $user.',
  USER_UPDATE_VM_TEMPLATE: 'Template $template configuration was updated by $user.',
  USER_UPDATE_VM: 'VM $vm configuration was updated by $user.',
  USER_REMOVE_VM_FINISHED: 'VM $vm was removed by $user.',
  USER_STARTED_VM: 'VM $vm was started by $user on host $host.',
  USER_RUN_VM: 'VM $vm started on host $host.',
  USER_FAILED_RUN_VM: 'Failed to run VM $vm: $reason',
  USER_RUN_VM_FAILURE_STATELESS_SNAPSHOT_LEFT: 'VM $vm could not be started.',
  USER_STOP_VM: 'VM $vm was powered off by $user (host: $host).',
  USER_INITIATED_SHUTDOWN_VM: 'VM $vm shutdown was initiated by $user (host: $host).',
  USER_REBOOT_VM: 'User $user initiated a reboot of VM $vm.',
  USER_RESET_VM: 'VM $vm was reset by $user.',
  USER_PAUSE_VM: 'VM $vm was paused by $user.',
  USER_SUSPEND_VM: 'Suspending VM $vm was initiated by $user (host: $host).',
  USER_SUSPEND_VM_OK: 'VM $vm on host $host is suspended.',
  VM_DOWN: 'VM $vm is down. $reason',
  VM_DOWN_ERROR: 'VM $vm is down with error. Exit message: $reason',
  VM_PAUSED: 'VM $vm has been paused.',
  VM_PAUSED_EIO: 'VM $vm has been paused because of a storage I/O problem.',
  VM_PAUSED_ENOSPC: 'VM $vm has been paused because no storage space is left.',
  VM_PAUSED_EPERM: 'VM $vm has been paused because of a storage permission problem.',
  VM_PAUSED_ERROR: 'VM $vm has been paused because of an unknown storage error.',
  VM_RECOVERED_FROM_PAUSE_ERROR: 'VM $vm has recovered from being paused.',
  VM_CONSOLE_CONNECTED: 'User $user is connected to VM $vm.',
  VM_SET_TICKET: 'User $user initiated a console session for VM $vm.',
  VDS_DETECTED: 'Status of host $host was set to Up.',
  VDS_FAILURE: 'Host $host is non responsive: $reason',
  VDS_HOST_NOT_RESPONDING:
    'Host $host is not responding. It stays in state Connecting for a grace period, then it counts as non responsive.',
  VDS_SET_NONOPERATIONAL_DOMAIN:
    'Host $host cannot access the storage domain $storageDomain and moved to the non-operational state: $reason',
  VDS_SET_NONOPERATIONAL: 'Host $host moved to the non-operational state: $reason',
  VDS_ACTIVATE: 'Activation of host $host was initiated by $user.',
  USER_VDS_MAINTENANCE: 'Host $host was switched to maintenance mode by $user.',
  USER_ADD_VDS: 'Host $host was added by $user.',
  VDS_APPROVE: 'Host $host was approved by $user.',
  HOST_CERTIFICATION_ENROLLMENT_STARTED: 'Enrolment of a new certificate for host $host was started.',
  HOST_CERTIFICATION_ENROLLMENT_FINISHED: 'Host $host has a new certificate.',
  HOST_CERTIFICATION_ENROLLMENT_FAILED: 'Failed to enrol a new certificate for host $host: $reason',
  HOST_CERTIFICATION_IS_ABOUT_TO_EXPIRE:
    'The certificate of host $host ends on $date. It is renewed while the host is up, or by Enroll Certificate.',
  HOST_CERTIFICATION_IS_ABOUT_TO_EXPIRE_ALERT:
    'The certificate of host $host ends on $date; the engine cannot reach the host afterwards. Enroll a certificate now.',
  HOST_CERTIFICATION_HAS_EXPIRED: 'The certificate of host $host ended on $date. Remove the host and let it join again.',
  ENGINE_CERTIFICATION_IS_ABOUT_TO_EXPIRE: "The engine's certificate ends on $date. A restart of the engine renews it.",
  ENGINE_CERTIFICATION_IS_ABOUT_TO_EXPIRE_ALERT: "The engine's certificate ends on $date. Restart the engine now: that renews it.",
  ENGINE_CERTIFICATION_HAS_EXPIRED: "The engine's certificate ended on $date. Restart the engine: that renews it.",
  ENGINE_CA_CERTIFICATION_IS_ABOUT_TO_EXPIRE: 'The certificate authority ends on $date, and all certificates with it.',
  ENGINE_CA_CERTIFICATION_IS_ABOUT_TO_EXPIRE_ALERT: 'The certificate authority ends on $date, and all certificates with it.',
  ENGINE_CA_CERTIFICATION_HAS_EXPIRED: 'The certificate authority ended on $date.',
  USER_REMOVE_VDS: 'Host $host was removed by $user.',
  USER_UPDATE_VDS: 'Host $host configuration was updated by $user.',
};

const objects = {
  vm: 'vm',
  host: 'host',
  template: 'template',
  cluster: 'cluster',
  dataCenter: 'data center',
  storageDomain: 'storage domain',
  user: 'user',
} as const;

/** The English text of an event; an event without a sentence of its own says its name in words and what it is about. */
export function eventText(event: EventRecord): string {
  const text = texts[event.name];
  const nameOf = (key: string): string => event.values?.[key] ?? event[key as keyof typeof objects]?.name ?? '';
  if (text) return text.replace(/\$(\w+)/g, (_, key: string) => nameOf(key)).trim();
  const words = event.name.replaceAll('_', ' ').toLowerCase();
  const about = Object.entries(objects).flatMap(([key, word]) => (nameOf(key) ? [`${word} ${nameOf(key)}`] : []));
  const values = Object.values(event.values ?? {});
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}: ${[...values, ...about].join(', ')}.`;
}
