import type { EngineMessage } from '@virgate/contract/generated/messages';

/** What is said of hosts, their installation and their power. */
export const hosts = {
  VDS_CANNOT_MAINTENANCE_IT_INCLUDES_NON_MIGRATABLE_VM:
    'These virtual machines cannot be moved to another host, by their placement policy or because they have devices of the host or reserve disks: $VmsList. Stop them first',
  CANNOT_MAINTENANCE_VDS_RUN_VMS_NO_OTHER_RUNNING_VDS: 'Virtual machines run on the host, and no other host of its cluster is up',
  ACTION_TYPE_FAILED_NO_VDS_IN_POOL: 'The data center has no host that is up',
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
  CANNOT_UPGRADE_HOST_STATUS_ILLEGAL: 'The host is in status "$hostStatus", in which it cannot be upgraded',
  CANNOT_CHECK_FOR_HOST_UPGRADE_STATUS_ILLEGAL: 'The host is in status "$hostStatus", in which it cannot be asked for its version',
  SSH_AUTHENTICATION_FAILED: 'The host cannot be logged in to: $reason',
  VDS_CANNOT_INSTALL_STATUS_ILLEGAL: 'The host is in status "$hostStatus", in which it cannot be installed. Move it to maintenance first',
  VDS_CANNOT_INSTALL_EMPTY_PASSWORD: 'A password is needed to log in to the host, or ssh.authentication_method publickey',
  VDS_CANNOT_REMOVE_VDS_DETECTED_RUNNING_VM: 'VMs still run on the host. Migrate or stop them first',
  ACTION_TYPE_FAILED_VDS_WITH_SAME_HOST_EXIST: 'address: another host has this address',
  ACTION_TYPE_FAILED_VDS_NOT_MATCH_VALID_STATUS:
    'The host answers. Only of one that does not, or is in maintenance, can be confirmed that it was rebooted',
  VDS_INVALID_SERVER_ID: 'The host does not exist any more',
  ACTION_TYPE_FAILED_PM_ENABLED_WITHOUT_AGENT: 'power_management.enabled: power management needs a fence agent. Add one first',
  VDS_REMOVE_LAST_FENCE_AGENT_PM_ENABLED:
    'Power management of the host is enabled and needs a fence agent. Disable it before the last one goes',
  VDS_ADD_FENCE_AGENT_MANDATORY_PARAMETERS_MISSING: 'A fence agent needs address, type, username, password and order',
  CANNOT_ENROLL_CERTIFICATE_HOST_STATUS_ILLEGAL:
    'A certificate is given only to a host that answers: one that is up, in maintenance or not operational',
  ACTION_TYPE_FAILED_VDS_WITH_INVALID_SSH_PORT: 'ssh.port: must be between 1 and 65535',
  ACTION_TYPE_FAILED_VDS_WITH_INVALID_SSH_USERNAME:
    'ssh.user.user_name: must begin with a letter or _, and have at most 32 letters, digits and the signs _ . -',
  VALIDATION_VDS_POWER_MGMT_ADDRESS_HOSTNAME_OR_IP: 'address: must be the name or IP address of the management board',
  VDS_ILLEGAL_PM_AGENT_PORT_VALUE: 'port: must be between 1 and 65535',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_EXTENSION_ALREADY_EXISTS: 'The host has a user of its own for the target $target already',
  VDS_CANNOT_ADD_MORE_THEN_ONE_HOST_TO_LOCAL_STORAGE: 'A data center with local storage has one host, and this one has it already',
} as const satisfies Partial<Record<EngineMessage, string>>;
