import type { EventName } from '@virgate/contract/generated/events';
import type { Message } from '../rest/messages.ts';

/** What CPU profiles and disk profiles differ in. Source: contract, actions and events of profiles. */
export interface ProfileKind {
  table: 'cpu_profile' | 'disk_profile';
  type: 'CpuProfile' | 'DiskProfile';
  word: 'CPU Profile' | 'Disk Profile';
  /** What it belongs to: its attribute, its type, its table, and how paths name it. */
  parent: { attribute: 'cluster' | 'storage_domain'; type: 'Cluster' | 'StorageDomain'; column: 'cluster_id' | 'storage_domain_id' };
  /** The kind of QoS that it can give. */
  qosType: 'cpu' | 'storage';
  /** What refers to it. */
  users: { table: 'vm' | 'disk'; column: 'cpu_profile_id' | 'disk_profile_id' };
  permits: { add: string; update: string; remove: string; use: string };
  /** The role that lets use it. */
  userRole: 'CpuProfileOperator' | 'DiskProfileUser';
  events: { add: EventName; update: EventName; remove: EventName };
  actions: { remove: string };
  messages: { last: Message; mismatch: Message; missing: Message; forbidden: Message };
}

export const cpuProfiles: ProfileKind = {
  table: 'cpu_profile',
  type: 'CpuProfile',
  word: 'CPU Profile',
  parent: { attribute: 'cluster', type: 'Cluster', column: 'cluster_id' },
  qosType: 'cpu',
  users: { table: 'vm', column: 'cpu_profile_id' },
  permits: { add: 'create_cpu_profile', update: 'update_cpu_profile', remove: 'delete_cpu_profile', use: 'assign_cpu_profile' },
  userRole: 'CpuProfileOperator',
  events: { add: 'USER_ADDED_CPU_PROFILE', update: 'USER_UPDATED_CPU_PROFILE', remove: 'USER_REMOVED_CPU_PROFILE' },
  actions: { remove: 'RemoveCpuProfile' },
  messages: {
    last: 'ACTION_TYPE_CANNOT_REMOVE_LAST_CPU_PROFILE_IN_CLUSTER',
    mismatch: 'ACTION_TYPE_CPU_PROFILE_NOT_MATCH_CLUSTER',
    missing: 'ACTION_TYPE_FAILED_CPU_PROFILE_NOT_FOUND',
    forbidden: 'ACTION_TYPE_NO_PERMISSION_TO_ASSIGN_CPU_PROFILE',
  },
};

export const diskProfiles: ProfileKind = {
  table: 'disk_profile',
  type: 'DiskProfile',
  word: 'Disk Profile',
  parent: { attribute: 'storage_domain', type: 'StorageDomain', column: 'storage_domain_id' },
  qosType: 'storage',
  users: { table: 'disk', column: 'disk_profile_id' },
  permits: {
    add: 'create_storage_disk_profile',
    update: 'configure_storage_disk_profile',
    remove: 'delete_storage_disk_profile',
    use: 'attach_disk_profile',
  },
  userRole: 'DiskProfileUser',
  events: { add: 'USER_ADDED_DISK_PROFILE', update: 'USER_UPDATED_DISK_PROFILE', remove: 'USER_REMOVED_DISK_PROFILE' },
  actions: { remove: 'RemoveDiskProfile' },
  messages: {
    last: 'ACTION_TYPE_CANNOT_REMOVE_LAST_DISK_PROFILE_IN_STORAGE_DOMAIN',
    mismatch: 'ACTION_TYPE_DISK_PROFILE_NOT_MATCH_STORAGE_DOMAIN',
    missing: 'ACTION_TYPE_FAILED_DISK_PROFILE_NOT_FOUND',
    forbidden: 'USER_NOT_AUTHORIZED_TO_ATTACH_DISK_PROFILE',
  },
};
