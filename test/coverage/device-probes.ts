import type { Probe } from './probe.ts';

const gib = 1024 ** 3;
const drive = '00000000-0000-0000-0000-000000000000';
/** A device of simulated hosts, and its id: the name in hex. */
const stick = 'usb_1_2';
const stickId = Buffer.from(stick).toString('hex');

/** A display is added to what has displays, seen and taken. */
const consoleOn = (path: string, keep: string, event: 'USER_UPDATE_VM' | 'USER_UPDATE_VM_TEMPLATE'): readonly Probe[] => [
  { add: `${path}/graphicsconsoles`, type: 'GraphicsConsole', keep, body: { protocol: 'spice' }, event },
  { remove: `${path}/graphicsconsoles/{${keep}}`, event },
];

const mdev = (type: string) => ({ spec_params: { property: [{ name: 'mdevType', value: type }] } });
const mediatedOn = (path: string, keep: string, event: 'USER_UPDATE_VM' | 'USER_UPDATE_VM_TEMPLATE'): readonly Probe[] => [
  { add: `${path}/mediateddevices`, type: 'VmMediatedDevice', keep, body: mdev('sim-22'), event },
  { update: `${path}/mediateddevices/{${keep}}`, type: 'VmMediatedDevice', body: mdev('sim-23'), event },
  { remove: `${path}/mediateddevices/{${keep}}`, event },
];

/** What VMs have beside disks and NICs. */
export const deviceProbes: readonly Probe[] = [
  {
    add: '/disks',
    type: 'Disk',
    keep: 'iso',
    body: {
      name: 'probe.iso',
      content_type: 'iso',
      format: 'raw',
      provisioned_size: gib,
      storage_domains: { storage_domain: [{ id: '{data}' }] },
    },
    event: 'USER_ADD_DISK_FINISHED_SUCCESS',
  },
  { update: `/vms/{vm}/cdroms/${drive}`, type: 'Cdrom', body: { file: { id: '{iso}' } }, event: 'USER_UPDATE_VM' },
  { observe: `/vms/{vm}/cdroms/${drive}`, type: 'Cdrom', is: { file: { id: '{iso}' } }, listed: true },
  { observe: `/templates/{template}/cdroms/${drive}`, type: 'Cdrom', is: { template: { id: '{template}' } }, listed: true },
  { observe: '/storagedomains/{data}/files/{iso}', type: 'File', is: { name: 'probe.iso', type: 'iso' }, listed: true },
  ...consoleOn('/vms/{vm}', 'vm-console', 'USER_UPDATE_VM'),
  ...consoleOn('/templates/{template}', 'template-console', 'USER_UPDATE_VM_TEMPLATE'),
  ...mediatedOn('/vms/{vm}', 'vm-mdev', 'USER_UPDATE_VM'),
  ...mediatedOn('/templates/{template}', 'template-mdev', 'USER_UPDATE_VM_TEMPLATE'),
  {
    add: '/instancetypes',
    type: 'InstanceType',
    keep: 'console-type',
    body: { name: 'probe-console-type', memory: gib },
    event: 'USER_ADD_VM_TEMPLATE_FINISHED_SUCCESS',
  },
  ...consoleOn('/instancetypes/{console-type}', 'type-console', 'USER_UPDATE_VM_TEMPLATE'),
  { observe: `/hosts/{host}/devices/${stickId}`, type: 'HostDevice', is: { name: stick, capability: 'usb_device' }, listed: true },
  {
    add: '/vms',
    type: 'Vm',
    keep: 'pinned-vm',
    body: {
      name: 'probe-pinned',
      memory: 128 * 1024 ** 2,
      cluster: { id: '{default-cluster}' },
      template: { id: drive },
      placement_policy: { affinity: 'pinned', hosts: { host: [{ id: '{host}' }] } },
    },
    event: 'USER_ADD_VM',
  },
  { add: '/vms/{pinned-vm}/hostdevices', type: 'HostDevice', keep: 'vm-stick', body: { name: stick }, event: 'VM_ADD_HOST_DEVICES' },
  { remove: '/vms/{pinned-vm}/hostdevices/{vm-stick}', event: 'VM_REMOVE_HOST_DEVICES' },
];
