import type { EngineMessage } from '@virgate/contract/generated/messages';

/** What is said of profiles, quality of service and quotas. */
export const limits = {
  ACTION_TYPE_FAILED_PROFILE_IN_USE: 'VMs, templates or disks have the profile. Give them another first',
  ACTION_TYPE_FAILED_PROFILE_NAME_IN_USE: 'name: the cluster or storage domain has a profile of this name already',
  ACTION_TYPE_FAILED_QOS_NAME_EXIST: 'name: the data center has a QoS of this name already',
  ACTION_TYPE_FAILED_QOS_NOT_FOUND: 'qos: there is no QoS of this id or name and kind',
  ACTION_TYPE_FAILED_QUOTA_NOT_EXIST: 'quota: the data center has no quota of this id',
  ACTION_TYPE_FAILED_QUOTA_IN_USE_BY_VM_OR_DISK: 'VMs or disks use the quota. Give them another first',
  ACTION_TYPE_FAILED_QUOTA_IS_NOT_VALID: 'quota: the VM or disk has no quota, and the data center enforces quotas. Give it one',
  ACTION_TYPE_FAILED_QUOTA_DEFAULT_CANNOT_BE_CHANGED: 'The default quota of a data center stays as it is. Add one of your own',
  USER_NOT_AUTHORIZED_TO_CONSUME_QUOTA: "quota: you may not consume of this quota, or of any of the data center's",
  USER_NOT_AUTHORIZED_TO_ATTACH_DISK_PROFILE: "disk_profile: you may not use this disk profile, or any of the storage domain's",
  ACTION_TYPE_FAILED_QOS_STORAGE_POOL_NOT_CONSISTENT: 'qos: the QoS is of another data center than the profile',
  ACTION_TYPE_FAILED_CANNOT_CHANGE_PROFILE: 'A profile stays with its cluster or storage domain. Add one to the other instead',
  ACTION_TYPE_FAILED_CPU_PROFILE_NOT_FOUND: 'cpu_profile: there is no CPU profile of this id',
  ACTION_TYPE_CPU_PROFILE_NOT_MATCH_CLUSTER: 'cpu_profile: the CPU profile is of another cluster',
  ACTION_TYPE_CANNOT_REMOVE_LAST_CPU_PROFILE_IN_CLUSTER: 'A cluster needs at least one CPU profile. Add another first',
  ACTION_TYPE_NO_PERMISSION_TO_ASSIGN_CPU_PROFILE: "cpu_profile: you may not use this CPU profile, or any of the cluster's",
  ACTION_TYPE_FAILED_DISK_PROFILE_NOT_FOUND: 'disk_profile: there is no disk profile of this id',
  ACTION_TYPE_DISK_PROFILE_NOT_MATCH_STORAGE_DOMAIN: 'disk_profile: the disk profile is of another storage domain',
  ACTION_TYPE_CANNOT_REMOVE_LAST_DISK_PROFILE_IN_STORAGE_DOMAIN: 'A storage domain needs at least one disk profile. Add another first',
  QOS_NAME_NOT_NULL: 'name: a QoS needs a name',
  QOS_NAME_TOO_LONG: 'name: may have at most 50 characters',
  QOS_NAME_INVALID: 'name: may only have letters, digits and the signs . _ -',
  ACTION_TYPE_FAILED_NETWORK_QOS_NAME_EXIST: 'name: the data center has a QoS for networks of this name already',
  ACTION_TYPE_FAILED_QOS_OUT_OF_RANGE_VALUES: 'A limit is 0 or greater than the most that it can be; -1 stands for no limit',
  ACTION_TYPE_FAILED_QOS_NEGATIVE_VALUES: 'A limit must not be negative, except -1, which stands for no limit',
  ACTION_TYPE_FAILED_NETWORK_QOS_NEGATIVE_VALUES: 'A limit of a network must not be negative, except -1, which stands for no limit',
  ACTION_TYPE_FAILED_STORAGE_QOS_ILLEGAL_VALUES:
    'Reading and writing are limited together (max_throughput, max_iops) or each for itself, not both ways',
  ACTION_TYPE_FAILED_QOS_MISSING_VALUES: 'cpu_limit: a QoS for CPUs needs it, as a percentage',
  ACTION_TYPE_FAILED_NETWORK_QOS_MISSING_VALUES: 'Average, peak and burst of a direction are given all, or none of them',
  ACTION_TYPE_FAILED_NETWORK_QOS_PEAK_LOWER_THAN_AVERAGE: 'The peak must not be lower than the average',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_MISSING_VALUES: 'outbound_average_linkshare: a QoS for networks of hosts needs it',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INCONSISTENT_VALUES:
    'outbound_average_realtime: must not be greater than outbound_average_upperlimit',
  ACTION_TYPE_FAILED_QUOTA_NOT_DEFINED_FOR_CLUSTER:
    'quota: the quota says nothing of the cluster. Add a limit for it, or choose another quota',
  ACTION_TYPE_FAILED_NO_QUOTA_SET_FOR_DOMAIN:
    'quota: the quota says nothing of the storage domain. Add a limit for it, or choose another quota',
  ACTION_TYPE_FAILED_QUOTA_CLUSTER_LIMIT_EXCEEDED: 'The quota $quotaName has not enough memory or CPUs left in the cluster',
  ACTION_TYPE_FAILED_QUOTA_STORAGE_LIMIT_EXCEEDED: 'The quota $quotaName has not enough room left on the storage domain',
  ACTION_TYPE_FAILED_QUOTA_LIMIT_IS_SPECIFIC_AND_GENERAL:
    'A quota has one limit for all, or limits for single clusters or storage domains, not both. Remove the others first',
  VALIDATION_QUOTA_NAME_INVALID: 'name: must have 1 to 65 letters, digits, spaces and the signs . _ + -',
} as const satisfies Partial<Record<EngineMessage, string>>;
