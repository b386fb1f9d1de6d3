/** Hosts that speak VDSM's protocol and have guests and storage in memory only. */
export type { Fault, FaultAction } from './simulated-host/faults.ts';
export { SimulatedHost, startSimulatedHost } from './simulated-host/host.ts';
export type { SimulatedHostOptions } from './simulated-host/host.ts';
export { SimulatedPower } from './simulated-host/power.ts';
export { SimulatedStorage } from './simulated-host/storage.ts';
export type { SimulatedDomain, SimulatedPool, SimulatedVolume } from './simulated-host/storage.ts';
export type { VirtualMachine, VmStatus } from './simulated-host/virtual-machine.ts';
