import { VdsmError } from '@virgate/vdsm';
import { baseOf, defaultMtuBytes, networkErrorCode } from './configuration.ts';
import type { BondConfiguration, HostConfiguration, NetworkConfiguration } from './configuration.ts';
import type { NetworkFacts, NetworkLink } from './facts.ts';
import { switchOf } from './open-vswitch-plan.ts';

/** What of a network device the agent may change. */
export interface DeviceState {
  name: string;
  kind: NetworkLink['kind'];
  up: boolean;
  mtuBytes: number;
  master: string | undefined;
  parent: string | undefined;
  vlanId: number | undefined;
  stp: boolean;
  /** Options of a bond, `name=value`. */
  bondOptions: string[];
  hardwareAddress: string | undefined;
  /** Static addresses, `a/len`; leases are their client's business. */
  addresses: string[];
  ipv4Gateway: string;
  ipv6Gateway: string;
}

export type DeviceStates = Map<string, DeviceState>;

const staticAddresses = (link: NetworkLink): string[] =>
  [...link.ipv4, ...link.ipv6]
    .filter((address) => !address.dynamic)
    .map(({ address, prefixLength }) => `${address.toLowerCase()}/${prefixLength}`);

/** The devices as they are now. */
export function statesOf(facts: NetworkFacts): DeviceStates {
  const bridges = new Set(facts.openVSwitch?.bridges.map((bridge) => bridge.name));
  return new Map(
    facts.links
      // The device that a bridge of Open vSwitch has of itself goes with it, and carries nothing.
      .filter((link) => link.kind !== 'loopback' && !bridges.has(link.name))
      .map((link) => [
        link.name,
        {
          name: link.name,
          kind: link.kind,
          up: link.administrativelyUp,
          mtuBytes: link.mtuBytes,
          master: link.master,
          parent: link.parent,
          vlanId: link.vlanId,
          stp: link.spanningTree,
          bondOptions: Object.entries(link.bond?.options ?? {}).map(([name, value]) => `${name}=${value}`),
          hardwareAddress: undefined,
          addresses: staticAddresses(link),
          ipv4Gateway: link.ipv4Gateway,
          ipv6Gateway: link.ipv6Gateway,
        },
      ]),
  );
}

/** What names the engine's networks have among the devices. */
export type BridgeName = (network: string) => string;

/** The device below the bridge of a network: its VLAN, else its NIC or bond. */
export const portOf = (network: NetworkConfiguration): string =>
  network.vlan === undefined ? baseOf(network) : `${baseOf(network)}.${network.vlan}`;

/** The device that carries a network's addresses: with Open vSwitch a port of its own, whether VMs may be on it or not. */
export const topOf = (name: string, network: NetworkConfiguration, bridgeName: BridgeName): string =>
  network.bridged || network.switch === 'ovs' ? bridgeName(name) : portOf(network);

const newDevice = (name: string, kind: DeviceState['kind'], more: Partial<DeviceState> = {}): DeviceState => ({
  name,
  kind,
  up: true,
  mtuBytes: defaultMtuBytes,
  master: undefined,
  parent: undefined,
  vlanId: undefined,
  stp: false,
  bondOptions: [],
  hardwareAddress: undefined,
  addresses: [],
  ipv4Gateway: '',
  ipv6Gateway: '',
  ...more,
});

function bare(device: DeviceState | undefined): void {
  if (!device) return;
  device.addresses = [];
  device.ipv4Gateway = '';
  device.ipv6Gateway = '';
}

function dissolveNetwork(devices: DeviceStates, name: string, network: NetworkConfiguration, bridgeName: BridgeName): void {
  if (network.switch === 'ovs') {
    devices.delete(bridgeName(name));
    return;
  }
  const port = devices.get(portOf(network));
  if (network.bridged) {
    devices.delete(bridgeName(name));
    if (port?.master === bridgeName(name)) port.master = undefined;
  } else bare(port);
  if (network.vlan !== undefined) devices.delete(portOf(network));
}

/** A NIC below Open vSwitch: the switch takes it as it is. */
function giveToSwitch(devices: DeviceStates, nic: string): void {
  const device = devices.get(nic);
  if (!device) return;
  bare(device);
  device.master = undefined;
  device.up = true;
}

function placeBond(devices: DeviceStates, name: string, bond: BondConfiguration, before: BondConfiguration | undefined): void {
  if (bond.switch === 'ovs') {
    for (const nic of bond.nics) giveToSwitch(devices, nic);
    return;
  }
  const known = devices.get(name);
  // Options that are as they were asked for before stay as the kernel has them: it shows others than it was given.
  const keeps = known !== undefined && before?.options === bond.options;
  devices.set(name, {
    ...(known ?? newDevice(name, 'bond')),
    up: true,
    bondOptions: keeps ? known.bondOptions : bond.options.split(/\s+/).filter(Boolean),
    ...(bond.hwaddr === undefined ? {} : { hardwareAddress: bond.hwaddr.toLowerCase() }),
  });
  for (const device of devices.values()) if (device.master === name && !bond.nics.includes(device.name)) device.master = undefined;
  for (const nic of bond.nics) {
    const member = devices.get(nic);
    if (!member) continue;
    bare(member);
    member.master = name;
    member.up = true;
  }
}

function giveAddresses(device: DeviceState, network: NetworkConfiguration): void {
  device.addresses = [network.ipv4Address, network.ipv6Address.toLowerCase()].filter((address) => address !== '');
  device.ipv4Gateway = network.ipv4Gateway;
  device.ipv6Gateway = network.ipv6Gateway;
}

function placeNetwork(
  devices: DeviceStates,
  name: string,
  network: NetworkConfiguration,
  bridgeName: BridgeName,
  before: ReadonlyMap<string, DeviceState>,
): void {
  if (network.switch === 'ovs') {
    if (network.nic !== undefined) giveToSwitch(devices, network.nic);
    const port = newDevice(topOf(name, network, bridgeName), 'openvswitch', { parent: switchOf(baseOf(network)), mtuBytes: network.mtu });
    devices.set(port.name, port);
    giveAddresses(port, network);
    return;
  }
  const base = devices.get(baseOf(network));
  if (base) base.up = true;
  if (network.vlan !== undefined) {
    const vlan = newDevice(portOf(network), 'vlan', { parent: baseOf(network), vlanId: network.vlan, mtuBytes: network.mtu });
    devices.set(vlan.name, vlan);
  }
  const port = devices.get(portOf(network));
  if (network.bridged) {
    const bridge = bridgeName(name);
    const known = before.get(bridge);
    if (known && known.kind !== 'bridge' && known.kind !== 'openvswitch')
      throw new VdsmError(networkErrorCode.badBridge, `This host has a device ${bridge} that is no bridge`);
    devices.set(bridge, newDevice(bridge, 'bridge', { stp: network.stp, mtuBytes: network.mtu }));
    bare(port);
    if (port) port.master = bridge;
  }
  const top = devices.get(topOf(name, network, bridgeName));
  if (top) giveAddresses(top, network);
}

/** A NIC or bond carries the largest MTU of the networks on it; members of a bond follow it. */
function settleMtus(devices: DeviceStates, from: HostConfiguration, to: HostConfiguration): void {
  const bases = new Set([...Object.values(from.networks), ...Object.values(to.networks)].map(baseOf));
  for (const base of bases) {
    const mtuBytes = Math.max(0, ...Object.values(to.networks).flatMap((network) => (baseOf(network) === base ? [network.mtu] : [])));
    const device = devices.get(base);
    const members = [...devices.values()].filter((one) =>
      device ? device.kind === 'bond' && one.master === base : to.bonds[base]?.nics.includes(one.name),
    );
    for (const one of device ? [device, ...members] : members) one.mtuBytes = mtuBytes === 0 ? defaultMtuBytes : mtuBytes;
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * The devices that the host is to have, from those that it has: what the two configurations differ in is taken down and built
 * anew, all else stays. Pure.
 *
 * @throws VdsmError 27 when a device of another kind has a network's name, 28 when VMs are on a bridge that is to go
 */
export function wantedStates(
  current: ReadonlyMap<string, DeviceState>,
  from: HostConfiguration,
  to: HostConfiguration,
  bridgeName: BridgeName,
): DeviceStates {
  const devices: DeviceStates = new Map([...current].map(([name, device]) => [name, structuredClone(device)]));
  const changed = new Set(
    [...Object.keys(from.networks), ...Object.keys(to.networks)].filter((name) => !same(from.networks[name], to.networks[name])),
  );
  for (const [name, network] of Object.entries(from.networks)) if (changed.has(name)) dissolveNetwork(devices, name, network, bridgeName);
  for (const name of Object.keys(from.bonds)) {
    if (to.bonds[name] && to.bonds[name].switch === from.bonds[name]?.switch) continue;
    devices.delete(name);
    for (const device of devices.values()) if (device.master === name) device.master = undefined;
  }
  for (const [name, bond] of Object.entries(to.bonds)) placeBond(devices, name, bond, from.bonds[name]);
  for (const [name, network] of Object.entries(to.networks))
    if (changed.has(name)) placeNetwork(devices, name, network, bridgeName, current);
  settleMtus(devices, from, to);
  for (const device of devices.values())
    if (device.master !== undefined && current.get(device.master)?.kind === 'bridge' && devices.get(device.master)?.kind !== 'bridge')
      throw new VdsmError(networkErrorCode.usedBridge, `The bridge ${device.master} can't go: ${device.name} is on it`);
  return devices;
}
