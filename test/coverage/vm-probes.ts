import { deviceProbes } from './device-probes.ts';
import { poolProbes } from './pool-probes.ts';
import { permissionsOn, tagOn, type Probe } from './probe.ts';
import { slaProbes } from './sla-probes.ts';

const vmUp = { path: '/vms/{vm}', type: 'Vm', is: { status: 'up' } } as const;
const vmDown = { path: '/vms/{vm}', type: 'Vm', is: { status: 'down' } } as const;
const inDefault = { id: '{default-cluster}' } as const;
const mib = 1024 ** 2;

/** VMs, what belongs to them, and templates that are made of them. */
export const vmProbes: readonly Probe[] = [
  {
    add: '/vms',
    type: 'Vm',
    keep: 'vm',
    body: {
      name: 'probe-vm',
      description: 'probe',
      comment: 'probe comment',
      memory: 128 * mib,
      cluster: inDefault,
      template: { id: '{template}' },
    },
    event: 'USER_ADD_VM_FINISHED_SUCCESS',
  },
  {
    update: '/vms/{vm}',
    type: 'Vm',
    body: { name: 'probe-vm2', description: 'changed', memory: 256 * mib, type: 'desktop' },
    event: 'USER_UPDATE_VM',
  },
  ...permissionsOn('/vms/{vm}', 'vm-permission'),
  ...slaProbes,
  ...poolProbes,
  ...deviceProbes,
  ...tagOn('/vms/{vm}', 'vm-tag', 'USER_ATTACH_TAG_TO_VM', 'USER_DETACH_VM_FROM_TAG'),
  {
    add: '/vms/{vm}/nics',
    type: 'Nic',
    keep: 'nic',
    body: { name: 'probe-nic', interface: 'virtio', linked: true, plugged: true, vnic_profile: { id: '{management-profile}' } },
    event: 'NETWORK_ADD_VM_INTERFACE',
  },
  {
    update: '/vms/{vm}/nics/{nic}',
    type: 'Nic',
    body: { name: 'probe-nic2', interface: 'e1000', linked: false, mac: { address: '02:01:02:03:04:05' } },
    event: 'NETWORK_UPDATE_VM_INTERFACE',
  },
  {
    add: '/vms/{vm}/nics/{nic}/networkfilterparameters',
    type: 'NetworkFilterParameter',
    keep: 'filter-parameter',
    body: { name: 'IP', value: '192.0.2.7' },
    event: 'NETWORK_ADD_NIC_FILTER_PARAMETER',
  },
  {
    update: '/vms/{vm}/nics/{nic}/networkfilterparameters/{filter-parameter}',
    type: 'NetworkFilterParameter',
    body: { value: '192.0.2.8' },
    event: 'NETWORK_UPDATE_NIC_FILTER_PARAMETER',
  },
  { remove: '/vms/{vm}/nics/{nic}/networkfilterparameters/{filter-parameter}', event: 'NETWORK_REMOVE_NIC_FILTER_PARAMETER' },
  {
    act: '/vms/{vm}/nics/{nic}/deactivate',
    event: 'NETWORK_DEACTIVATE_VM_INTERFACE_SUCCESS',
    seen: { path: '/vms/{vm}/nics/{nic}', type: 'Nic', is: { plugged: false } },
  },
  {
    act: '/vms/{vm}/nics/{nic}/activate',
    event: 'NETWORK_ACTIVATE_VM_INTERFACE_SUCCESS',
    seen: { path: '/vms/{vm}/nics/{nic}', type: 'Nic', is: { plugged: true } },
  },
  {
    add: '/vms/{vm}/diskattachments',
    type: 'DiskAttachment',
    keep: 'attachment',
    body: { disk: { id: '{disk}' }, interface: 'virtio', bootable: false, active: true },
    event: 'USER_ATTACH_DISK_TO_VM',
  },
  {
    update: '/vms/{vm}/diskattachments/{disk}',
    type: 'DiskAttachment',
    body: { interface: 'virtio_scsi', pass_discard: true },
    event: 'USER_UPDATE_VM_DISK',
  },
  { act: '/vms/{vm}/start', event: 'USER_STARTED_VM', seen: vmUp },
  { observe: '/vms/{vm}', type: 'Vm', is: { status: 'up', host: { id: '{host-of-vm}' } } },
  { act: '/vms/{vm}/reboot', event: 'USER_REBOOT_VM', seen: vmUp },
  { act: '/vms/{vm}/reset', event: 'USER_RESET_VM', seen: vmUp },
  { act: '/vms/{vm}/ticket', body: { ticket: { expiry: 120 } }, event: 'VM_SET_TICKET', seen: vmUp },
  { act: '/vms/{vm}/suspend', event: 'USER_SUSPEND_VM', seen: { path: '/vms/{vm}', type: 'Vm', is: { status: 'suspended' } } },
  { act: '/vms/{vm}/start', event: 'USER_STARTED_VM', seen: vmUp },
  { act: '/vms/{vm}/shutdown', event: 'USER_INITIATED_SHUTDOWN_VM', seen: vmDown },
  { act: '/vms/{vm}/start', event: 'USER_STARTED_VM', seen: vmUp },
  { act: '/vms/{vm}/stop', event: 'USER_STOP_VM', seen: vmDown },
  { remove: '/vms/{vm}/diskattachments/{disk}', event: 'USER_DETACH_DISK_FROM_VM' },
  { remove: '/vms/{vm}/nics/{nic}', event: 'NETWORK_REMOVE_VM_INTERFACE' },
  {
    add: '/templates',
    type: 'Template',
    keep: 'template2',
    body: { name: 'probe-template', description: 'probe', comment: 'probe comment', vm: { id: '{vm}' } },
    notShown: ['vm'],
    event: 'USER_ADD_VM_TEMPLATE_FINISHED_SUCCESS',
  },
  {
    add: '/templates/{template2}/nics',
    type: 'Nic',
    keep: 'template-nic',
    body: { name: 'probe-template-nic', interface: 'virtio', linked: true, plugged: true, vnic_profile: { id: '{management-profile}' } },
    event: 'NETWORK_ADD_TEMPLATE_INTERFACE',
  },
  {
    update: '/templates/{template2}/nics/{template-nic}',
    type: 'Nic',
    body: { name: 'probe-template-nic2', interface: 'e1000', linked: false },
    event: 'NETWORK_UPDATE_TEMPLATE_INTERFACE',
  },
  { remove: '/templates/{template2}/nics/{template-nic}', event: 'NETWORK_REMOVE_TEMPLATE_INTERFACE' },
  ...permissionsOn('/templates/{template2}', 'template-permission'),
  { remove: '/templates/{template2}', event: 'USER_REMOVE_VM_TEMPLATE_FINISHED' },
  { remove: '/vms/{vm}', event: 'USER_REMOVE_VM_FINISHED' },
];
