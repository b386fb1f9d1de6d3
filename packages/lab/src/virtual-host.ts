/** Hosts in namespaces with a libvirtd of their own. */
export { HostProcess, VirtualHost } from './virtual-host/virtual-host.ts';
export type { VirtualHostOptions } from './virtual-host/virtual-host.ts';
export { VirtualSwitch } from './virtual-host/virtual-switch.ts';
