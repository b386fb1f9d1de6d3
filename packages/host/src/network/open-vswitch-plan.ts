import { createHash } from 'node:crypto';
import { VdsmError } from '@virgate/vdsm';
import { baseOf, networkErrorCode } from './configuration.ts';
import type { BondConfiguration, HostConfiguration, NetworkConfiguration } from './configuration.ts';
import type { Datapath, SwitchBond, SwitchBridge, SwitchPort } from './open-vswitch.ts';

/** Begins the names of the bridges that are the agent's: others are left alone. Source: VDSM, what is built. */
const bridgePrefix = 'vdsmbr_';

/** The bridge above a NIC or bond: of the same name whenever it is made. */
export const switchOf = (base: string): string => `${bridgePrefix}${createHash('sha256').update(base).digest('hex').slice(0, 8)}`;

/** Whether a bridge is the agent's. */
export const isOwn = (bridge: SwitchBridge): boolean => bridge.name.startsWith(bridgePrefix);

/** Modes of bonds, by their number and name, as Open vSwitch has them. */
const bondModes: Record<string, { names: readonly string[]; bond: Pick<SwitchBond, 'mode' | 'lacp' | 'options'> }> = {
  '1': { names: ['active-backup'], bond: { mode: 'active-backup', lacp: 'off', options: {} } },
  '2': { names: ['balance-xor'], bond: { mode: 'balance-slb', lacp: 'off', options: {} } },
  // Without a partner that answers it is as the kernel's: one member carries all.
  '4': { names: ['802.3ad'], bond: { mode: 'balance-tcp', lacp: 'active', options: { 'lacp-fallback-ab': 'true' } } },
  '5': { names: ['balance-tlb'], bond: { mode: 'balance-slb', lacp: 'off', options: {} } },
  '6': { names: ['balance-alb'], bond: { mode: 'balance-slb', lacp: 'off', options: {} } },
};

const unlessZero = (value: string, words: Record<string, string>): Record<string, string> => (value === '0' ? {} : words);

/** Options of bonds that say something to Open vSwitch, and those about which it decides by itself. */
const bondOptions: Record<string, (value: string) => Record<string, string>> = {
  mode: () => ({}),
  miimon: (value) => unlessZero(value, { 'bond-detect-mode': 'miimon', 'bond-miimon-interval': value }),
  updelay: (value) => unlessZero(value, { updelay: value }),
  downdelay: (value) => unlessZero(value, { downdelay: value }),
  primary: (value) => ({ 'bond-primary': value }),
  lacp_rate: (value) => ({ 'lacp-time': value === '1' || value === 'fast' ? 'fast' : 'slow' }),
  xmit_hash_policy: () => ({}),
};

/** A bond's options in the words of Open vSwitch. @throws VdsmError 25 for what it can't do */
export function switchBond(name: string, { options }: BondConfiguration): SwitchBond {
  const pairs = options
    .split(/\s+/)
    .filter(Boolean)
    .map((option) => option.split('=', 2) as [string, string]);
  const wanted = pairs.find(([key]) => key === 'mode')?.[1] ?? '4';
  const mode = bondModes[wanted] ?? Object.values(bondModes).find(({ names }) => names.includes(wanted));
  if (!mode) throw new VdsmError(networkErrorCode.badBonding, `Open vSwitch has no bonds of the mode ${wanted} (bond ${name})`);
  const translated = pairs.map(([key, value]) => {
    const words = bondOptions[key];
    if (!words) throw new VdsmError(networkErrorCode.badBonding, `Open vSwitch has no option ${key} for bonds (bond ${name})`);
    return words(value);
  });
  return { ...mode.bond, options: Object.assign({}, mode.bond.options, ...translated) as Record<string, string> };
}

/** What a host's bridges are computed from beside its configuration. */
export interface SwitchSurroundings {
  /** The device that has a network's name for the engine. */
  portName: (network: string) => string;
  datapath: Datapath;
  /** Hardware address of a NIC. */
  addressOf: (nic: string) => string | undefined;
}

const switched = ({ networks }: HostConfiguration): [string, NetworkConfiguration][] =>
  Object.entries(networks).filter(([, network]) => network.switch === 'ovs');

const plainPort = (name: string): SwitchPort => ({
  name,
  interfaces: [name],
  internal: false,
  tag: undefined,
  bond: undefined,
  mtuBytes: undefined,
  hardwareAddress: undefined,
  vmId: undefined,
});

function uplink(base: string, bond: BondConfiguration | undefined): SwitchPort {
  if (!bond) return plainPort(base);
  const settings = bond.nics.length > 1 ? switchBond(base, bond) : undefined;
  return { ...plainPort(base), interfaces: bond.nics, bond: settings };
}

function networkPort(name: string, network: NetworkConfiguration, { bonds }: HostConfiguration, around: SwitchSurroundings): SwitchPort {
  const bond = bonds[baseOf(network)];
  const first = bond ? (bond.nics[0] ?? '') : baseOf(network);
  return {
    ...plainPort(around.portName(name)),
    internal: true,
    tag: network.vlan,
    mtuBytes: network.mtu,
    hardwareAddress: bond?.hwaddr?.toLowerCase() ?? around.addressOf(first),
  };
}

/** Ports of VMs go where their network goes. @throws VdsmError 28 when it goes away */
function placeVmPort(port: SwitchPort, bridge: string, from: HostConfiguration, to: HostConfiguration): SwitchPort {
  const [name] = switched(from).find(([, network]) => switchOf(baseOf(network)) === bridge && network.vlan === port.tag) ?? [];
  const next = name === undefined ? undefined : to.networks[name];
  const stays = next?.switch === 'ovs' && switchOf(baseOf(next)) === bridge;
  if (name !== undefined && !stays)
    throw new VdsmError(networkErrorCode.usedBridge, `The network ${name} can't go or move: ${port.name} of a VM is on it`);
  return next === undefined ? port : { ...port, tag: next.vlan };
}

/**
 * The bridges of Open vSwitch that the host is to have: one above each NIC or bond that carries such a network, with a port of
 * its own for each network. Ports of VMs stay, and follow their network into another VLAN; bridges of others stay as they are. Pure.
 *
 * @throws VdsmError 25 for options of a bond that Open vSwitch lacks, 28 when VMs are on a network that is to go
 */
export function wantedSwitches(
  current: readonly SwitchBridge[],
  from: HostConfiguration,
  to: HostConfiguration,
  around: SwitchSurroundings,
): SwitchBridge[] {
  const bases = new Set([
    ...switched(to).map(([, network]) => baseOf(network)),
    ...Object.entries(to.bonds).flatMap(([name, bond]) => (bond.switch === 'ovs' ? [name] : [])),
  ]);
  const bridges = [...bases].map((base): SwitchBridge => {
    const name = switchOf(base);
    const networks = switched(to).filter(([, network]) => baseOf(network) === base);
    return {
      name,
      datapath: current.find((bridge) => bridge.name === name)?.datapath ?? around.datapath,
      spanningTree: networks.some(([, network]) => network.stp),
      ports: [
        { ...plainPort(name), internal: true },
        uplink(base, to.bonds[base]),
        ...networks.map(([network, wanted]) => networkPort(network, wanted, to, around)),
      ],
    };
  });
  for (const known of current.filter(isOwn)) {
    const bridge = bridges.find(({ name }) => name === known.name);
    for (const port of known.ports) {
      if (port.vmId === undefined) continue;
      const placed = placeVmPort(port, known.name, from, to);
      bridge?.ports.push(placed);
    }
  }
  return bridges;
}

/** Whether a port has to be made anew to become what is wanted. */
const differs = (a: SwitchPort, b: SwitchPort): boolean =>
  a.internal !== b.internal ||
  JSON.stringify(a.interfaces) !== JSON.stringify(b.interfaces) ||
  a.bond?.mode !== b.bond?.mode ||
  a.bond?.lacp !== b.bond?.lacp ||
  Object.entries(b.bond?.options ?? {}).some(([name, value]) => a.bond?.options[name] !== value);

function bondWords(port: SwitchPort, bond: SwitchBond): string[] {
  const { updelay, downdelay, ...other } = bond.options;
  const words = [`bond_mode=${bond.mode}`, `lacp=${bond.lacp}`];
  if (updelay !== undefined) words.push(`bond_updelay=${updelay}`);
  if (downdelay !== undefined) words.push(`bond_downdelay=${downdelay}`);
  for (const [name, value] of Object.entries(other)) words.push(`other_config:${name}=${value}`);
  return ['--', 'set', 'Port', port.name, ...words];
}

function addPort(bridge: string, port: SwitchPort): string[] {
  if (port.interfaces.length === 1 && port.interfaces[0] === port.name) {
    const add = ['--', '--may-exist', 'add-port', bridge, port.name];
    return port.internal ? [...add, '--', 'set', 'Interface', port.name, 'type=internal'] : add;
  }
  // A bond of one NIC is a port of that NIC: the switch has bonds of two and more.
  if (port.interfaces.length === 1) return ['--', '--may-exist', 'add-port', bridge, port.interfaces[0] ?? ''];
  const add = ['--', '--may-exist', 'add-bond', bridge, port.name, ...port.interfaces];
  return port.bond ? [...add, ...bondWords(port, port.bond)] : add;
}

/** The name that the switch has for a port: that of the NIC for a bond of one. */
const nameOf = (port: SwitchPort): string => (port.interfaces.length === 1 ? (port.interfaces[0] ?? port.name) : port.name);

function adjustPort(port: SwitchPort, known: SwitchPort | undefined): string[] {
  const commands: string[] = [];
  if (port.tag !== known?.tag)
    commands.push(
      '--',
      ...(port.tag === undefined ? ['clear', 'Port', nameOf(port), 'tag'] : ['set', 'Port', nameOf(port), `tag=${port.tag}`]),
    );
  if (!port.internal) return commands;
  if (port.mtuBytes !== undefined && port.mtuBytes !== known?.mtuBytes)
    commands.push('--', 'set', 'Interface', port.name, `mtu_request=${port.mtuBytes}`);
  if (port.hardwareAddress !== undefined && port.hardwareAddress !== known?.hardwareAddress)
    commands.push('--', 'set', 'Interface', port.name, `mac="${port.hardwareAddress}"`);
  return commands;
}

/** The commands of one transaction of `ovs-vsctl` that turn the agent's bridges into those that are wanted; none when they are so. Pure. */
export function planSwitches(current: readonly SwitchBridge[], wanted: readonly SwitchBridge[]): string[] {
  const own = current.filter(isOwn);
  const keeps = (bridge: SwitchBridge, port: SwitchPort): SwitchPort | undefined => {
    const next = wanted.find(({ name }) => name === bridge.name)?.ports.find((one) => nameOf(one) === nameOf(port));
    return next && !differs(port, next) ? next : undefined;
  };
  const commands: string[] = [];
  for (const bridge of own) {
    if (!wanted.some(({ name }) => name === bridge.name)) commands.push('--', '--if-exists', 'del-br', bridge.name);
    else
      for (const port of bridge.ports)
        if (port.name !== bridge.name && port.vmId === undefined && !keeps(bridge, port))
          commands.push('--', '--if-exists', 'del-port', bridge.name, nameOf(port));
  }
  for (const bridge of wanted.filter(isOwn)) {
    const known = own.find(({ name }) => name === bridge.name);
    if (!known)
      commands.push('--', '--may-exist', 'add-br', bridge.name, '--', 'set', 'Bridge', bridge.name, `datapath_type=${bridge.datapath}`);
    if ((known?.spanningTree ?? false) !== bridge.spanningTree)
      commands.push('--', 'set', 'Bridge', bridge.name, `stp_enable=${bridge.spanningTree}`);
    for (const port of bridge.ports) {
      if (port.name === bridge.name) continue;
      const before = known?.ports.find((one) => nameOf(one) === nameOf(port));
      const stays = known !== undefined && before !== undefined && keeps(known, before) !== undefined;
      // A NIC of a VM comes and goes with its VM.
      if (port.vmId !== undefined && !before) continue;
      if (!stays && port.vmId === undefined) commands.push(...addPort(bridge.name, port));
      commands.push(...adjustPort(port, stays || port.vmId !== undefined ? before : undefined));
    }
  }
  return commands;
}

/** Takes ports of VMs away that a boot has left behind: no VM runs then. Pure. */
export const dropVmPorts = (current: readonly SwitchBridge[]): string[] =>
  current
    .filter(isOwn)
    .flatMap((bridge) =>
      bridge.ports.flatMap((port) => (port.vmId === undefined ? [] : ['--', '--if-exists', 'del-port', bridge.name, port.name])),
    );
