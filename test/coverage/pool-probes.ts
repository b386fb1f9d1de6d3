import type { Probe } from './probe.ts';

const mib = 1024 ** 2;
const gib = 1024 ** 3;

/** Instance types and VM pools. */
export const poolProbes: readonly Probe[] = [
  {
    add: '/instancetypes',
    type: 'InstanceType',
    keep: 'instance-type',
    body: {
      name: 'probe-type',
      description: 'probe',
      comment: 'probe comment',
      memory: gib,
      memory_policy: { guaranteed: 512 * mib, max: 2 * gib, ballooning: false },
      cpu: { topology: { sockets: 2, cores: 2, threads: 1 } },
      cpu_shares: 512,
      high_availability: { enabled: true, priority: 50 },
      io: { threads: 2 },
      soundcard_enabled: true,
      custom_emulated_machine: 'pc-q35-7.2',
      storage_error_resume_behaviour: 'kill',
    },
    event: 'USER_ADD_VM_TEMPLATE_FINISHED_SUCCESS',
  },
  {
    update: '/instancetypes/{instance-type}',
    type: 'InstanceType',
    body: { name: 'probe-type2', memory: 2 * gib, cpu: { topology: { sockets: 1, cores: 2, threads: 1 } } },
    event: 'USER_UPDATE_VM_TEMPLATE',
  },
  {
    add: '/instancetypes/{instance-type}/nics',
    type: 'Nic',
    keep: 'instance-type-nic',
    body: { name: 'probe-nic', interface: 'virtio', linked: true, plugged: true, vnic_profile: { id: '{management-profile}' } },
    event: 'NETWORK_ADD_TEMPLATE_INTERFACE',
  },
  {
    update: '/instancetypes/{instance-type}/nics/{instance-type-nic}',
    type: 'Nic',
    body: { name: 'probe-nic2', interface: 'e1000', linked: false },
    event: 'NETWORK_UPDATE_TEMPLATE_INTERFACE',
  },
  { remove: '/instancetypes/{instance-type}/nics/{instance-type-nic}', event: 'NETWORK_REMOVE_TEMPLATE_INTERFACE' },
  { remove: '/instancetypes/{instance-type}', event: 'USER_REMOVE_VM_TEMPLATE_FINISHED' },
  {
    add: '/vmpools',
    type: 'VmPool',
    keep: 'pool',
    body: {
      name: 'probe-pool',
      description: 'probe',
      comment: 'probe comment',
      type: 'automatic',
      size: 2,
      stateful: false,
      prestarted_vms: 0,
      max_user_vms: 2,
      use_latest_template_version: false,
      auto_storage_select: false,
      soundcard_enabled: true,
      display: { proxy: 'http://proxy.example:3128' },
      cluster: { id: '{default-cluster}' },
      template: { id: '{template}' },
    },
    event: 'USER_ADD_VM_POOL_WITH_VMS',
  },
  {
    update: '/vmpools/{pool}',
    type: 'VmPool',
    body: { name: 'probe-pool2', description: 'changed', comment: 'changed', max_user_vms: 1, size: 3 },
    event: 'USER_UPDATE_VM_POOL_WITH_VMS',
  },
  {
    add: '/vmpools/{pool}/permissions',
    type: 'Permission',
    keep: 'pool-permission',
    body: { role: { name: 'UserRole' }, user: { id: '{someone}' } },
    event: 'USER_ADD_PERMISSION',
  },
  { remove: '/vmpools/{pool}/permissions/{pool-permission}', event: 'USER_REMOVE_PERMISSION' },
  {
    act: '/vmpools/{pool}/allocatevm',
    event: 'USER_ATTACH_USER_TO_VM_FROM_POOL',
    seen: { path: '/vmpools/{pool}', type: 'VmPool', is: { size: 3 } },
  },
  { remove: '/vmpools/{pool}', event: 'USER_REMOVE_VM_POOL' },
];
