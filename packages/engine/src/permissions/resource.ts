import type { Loaders } from '../rest/follow.ts';
import { collection, entity, type Service, type Services } from '../rest/operation.ts';
import { addPermission } from './add.ts';
import { listPermissions, onePermission, permissionsOfPrincipals, permissionsOn } from './read.ts';
import { removePermission } from './remove.ts';

const permissions: Service = {
  list: { permit: null, run: async (context) => collection('Permission', await listPermissions(context)) },
  add: addPermission,
};

export const permissionServices: Services = {
  SystemPermissionsService: permissions,
  AssignedPermissionsService: permissions,
  PermissionService: {
    get: { permit: null, run: async (context) => entity('Permission', await onePermission(context)) },
    remove: removePermission,
  },
};

export const permissionLoaders: Partial<Loaders> = {
  children: {
    'Vm.permissions': permissionsOn('vm', 'vm'),
    'VmPool.permissions': permissionsOn('vm_pool', 'vm_pool'),
    'Template.permissions': permissionsOn('template', 'vm'),
    'Disk.permissions': permissionsOn('disk', 'disk'),
    'Cluster.permissions': permissionsOn('cluster', 'cluster'),
    'Host.permissions': permissionsOn('host', 'host'),
    'DataCenter.permissions': permissionsOn('data_center', 'data_center'),
    'StorageDomain.permissions': permissionsOn('storage_domain', 'storage_domain'),
    'Network.permissions': permissionsOn('network', 'network'),
    'VnicProfile.permissions': permissionsOn('vnic_profile', 'vnic_profile'),
    'MacPool.permissions': permissionsOn('mac_pool', 'mac_pool'),
    'Quota.permissions': permissionsOn('quota', 'quota'),
    'CpuProfile.permissions': permissionsOn('cpu_profile', 'cpu_profile'),
    'DiskProfile.permissions': permissionsOn('disk_profile', 'disk_profile'),
    'User.permissions': permissionsOfPrincipals,
    'Group.permissions': permissionsOfPrincipals,
  },
};
