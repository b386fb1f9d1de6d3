/** Hosts in a box: the small guest image, simulated hosts and virtual hosts. */
export { KERNEL_COMMAND_LINE, GuestImageError, buildGuestImage, unpackApplianceKernel } from './guest-image.ts';
export type { GuestImage, GuestImageErrorCode, GuestImageOptions } from './guest-image.ts';
export { SimulatedHost, SimulatedPower, SimulatedStorage, startSimulatedHost } from './simulated-host.ts';
export type {
  Fault,
  FaultAction,
  SimulatedDomain,
  SimulatedHostOptions,
  SimulatedPool,
  SimulatedVolume,
  VirtualMachine,
  VmStatus,
} from './simulated-host.ts';
export { HostProcess, VirtualHost, VirtualSwitch } from './virtual-host.ts';
export type { VirtualHostOptions } from './virtual-host.ts';
