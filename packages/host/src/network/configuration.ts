import { VdsmError } from '@virgate/vdsm';
import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { TrafficShare } from './traffic-shares.ts';
import { notImplemented, readObject, readOptionalBoolean, readOptionalInteger, readOptionalText } from '../verb.ts';

/** Codes of network faults (VDSM schema, Host.setupNetworks). */
export const networkErrorCode = {
  lostConnection: 10,
  badParameters: 21,
  badAddress: 22,
  badNic: 23,
  usedNic: 24,
  badBonding: 25,
  badVlan: 26,
  badBridge: 27,
  usedBridge: 28,
  failedInterfaceUp: 29,
} as const;

/** Most servers that a resolver asks; more of them are listed for nothing. Source: resolv.conf(5). */
const maximumNameServers = 3;
/** Most networks or bonds in one request. */
const maximumEntries = 1000;
const maximumVlan = 4094;
const mtuBounds = { minimum: 68, maximum: 65_535 } as const;
export const defaultMtuBytes = 1500;

/** A name that the kernel takes for a device; it reaches argument lists. */
const devicePattern = /^[A-Za-z0-9_][\w.@+-]{0,14}$/;
const bondPattern = /^bond[\w]{1,11}$/;
/** Options of a bond as the kernel knows them. */
const bondOptionPattern = /^[a-z_]{1,32}=[\w.:,+-]{1,128}$/;

/** One network as it is wanted on this host; the values that a request leaves out are filled in. */
export interface NetworkConfiguration {
  /** The NIC or the bond below; exactly one of the two. */
  nic?: string;
  bonding?: string;
  vlan?: number;
  bridged: boolean;
  stp: boolean;
  /** What joins its devices; the kernel's own bridges when missing. */
  switch?: 'ovs';
  mtu: number;
  /** `a/len`; empty for none. With DHCP the address is whatever the lease says. */
  ipv4Address: string;
  ipv4Gateway: string;
  dhcpv4: boolean;
  ipv6Address: string;
  ipv6Gateway: string;
  /** Addresses by what routers advertise. */
  ipv6Automatic?: true;
  /** An address of IPv6 by DHCP. */
  dhcpv6?: true;
  defaultRoute: boolean;
  /** Servers that the whole host asks for names. */
  nameServers?: string[];
  /** Its share in what the NIC or bond sends. */
  hostQos?: TrafficShare;
}

export interface BondConfiguration {
  nics: string[];
  /** `mode=4 miimon=100` */
  options: string;
  hwaddr?: string;
  switch?: 'ovs';
}

/** Everything that the engine has set up. */
export interface HostConfiguration {
  networks: Record<string, NetworkConfiguration>;
  bonds: Record<string, BondConfiguration>;
}

export const emptyConfiguration: HostConfiguration = { networks: {}, bonds: {} };

const fault = (code: keyof typeof networkErrorCode, text: string): VdsmError => new VdsmError(networkErrorCode[code], text);

function entries(params: Record<string, unknown>, name: string): [string, Record<string, unknown>][] {
  const value = readObject({ [name]: params[name] ?? {} }, name);
  const list = Object.entries(value);
  if (list.length > maximumEntries) throw fault('badParameters', `More than ${maximumEntries} ${name} in one request`);
  return list.map(([key, item]) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item))
      throw fault('badParameters', `The description of ${key} is no object`);
    return [key, item as Record<string, unknown>];
  });
}

const prefixOfNetmask = (netmask: string): number | undefined => {
  if (!isIPv4(netmask)) return undefined;
  const bits = netmask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined;
};

function ipv4Of(name: string, wanted: Record<string, unknown>): string {
  const address = readOptionalText(wanted, 'ipaddr') ?? '';
  if (address === '') return '';
  if (!isIPv4(address)) throw fault('badAddress', `${address} is no IPv4 address (network ${name})`);
  const netmask = readOptionalText(wanted, 'netmask');
  const prefix = readOptionalInteger(wanted, 'prefix', { minimum: 1, maximum: 32 }) ?? (netmask ? prefixOfNetmask(netmask) : undefined);
  if (prefix === undefined) throw fault('badAddress', `The address ${address} needs a netmask or a prefix (network ${name})`);
  return `${address}/${prefix}`;
}

function ipv6Of(name: string, wanted: Record<string, unknown>): string {
  const text = readOptionalText(wanted, 'ipv6addr') ?? '';
  if (text === '') return '';
  const [address = '', length = '64'] = text.split('/');
  const prefix = Number(length);
  if (!isIPv6(address) || !Number.isInteger(prefix) || prefix < 1 || prefix > 128)
    throw fault('badAddress', `${text} is no IPv6 address with a prefix (network ${name})`);
  return `${address}/${prefix}`;
}

function gatewayOf(name: string, wanted: Record<string, unknown>, key: string, valid: (text: string) => boolean): string {
  const gateway = readOptionalText(wanted, key) ?? '';
  if (gateway === '' || gateway === '::') return '';
  if (!valid(gateway)) throw fault('badAddress', `${gateway} is no address for a gateway (network ${name})`);
  return gateway;
}

/** What this agent does not do is refused: half of what was asked for would look like all of it. */
function refuseUnbuilt(name: string, wanted: Record<string, unknown>): void {
  const refuse = (what: string): VdsmError => notImplemented('Host.setupNetworks', `${what} (network ${name})`);
  const { custom } = wanted;
  if (custom !== undefined && custom !== null && Object.keys(custom).length > 0) throw refuse('this host agent does not set custom');
}

/** The curve of one kind in `hostQos.out`: `m2` alone, as engines send it. @throws VdsmError 21, 44 */
function curveOf(name: string, out: Record<string, unknown>, kind: 'ls' | 'ul' | 'rt'): number | undefined {
  if (out[kind] === undefined || out[kind] === null) return undefined;
  const curve = readObject(out, kind);
  const other = Object.keys(curve).find((key) => key !== 'm2' && curve[key] !== null && Number(curve[key]) !== 0);
  if (other !== undefined)
    throw notImplemented('Host.setupNetworks', `curves of hostQos have m2 alone, not ${other.slice(0, 16)} (network ${name})`);
  return readOptionalInteger(curve, 'm2', { minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
}

/** @throws VdsmError 21, 44 */
function hostQosOf(name: string, wanted: Record<string, unknown>): { hostQos?: TrafficShare } {
  const said = wanted['hostQos'];
  if (said === undefined || said === null || Object.keys(said).length === 0) return {};
  const out = readObject(readObject(wanted, 'hostQos'), 'out');
  const share = curveOf(name, out, 'ls');
  if (share === undefined) throw fault('badParameters', `hostQos of the network ${name} needs a share (out.ls.m2)`);
  if (wanted['switch'] === 'ovs') throw notImplemented('Host.setupNetworks', `hostQos is not set on Open vSwitch (network ${name})`);
  const [limitBits, guaranteeBits] = [curveOf(name, out, 'ul'), curveOf(name, out, 'rt')];
  if (limitBits !== undefined && guaranteeBits !== undefined && limitBits < guaranteeBits)
    throw fault('badParameters', `hostQos of the network ${name} guarantees more than its limit`);
  return {
    hostQos: { share, ...(limitBits === undefined ? {} : { limitBits }), ...(guaranteeBits === undefined ? {} : { guaranteeBits }) },
  };
}

const truth = (wanted: Record<string, unknown>, ...keys: string[]): boolean | undefined => {
  for (const key of keys) {
    const text = typeof wanted[key] === 'string' ? wanted[key].toLowerCase() : undefined;
    if (text === 'yes' || text === 'no') return text === 'yes';
    const value = readOptionalBoolean(wanted, key);
    if (value !== undefined) return value;
  }
  return undefined;
};

/** @throws VdsmError 22 for what is no list of addresses */
function nameServersOf(name: string, wanted: Record<string, unknown>): { nameServers?: string[] } {
  const servers = wanted['nameservers'] ?? [];
  if (!Array.isArray(servers) || servers.some((server) => typeof server !== 'string' || isIP(server.split('%')[0] ?? '') === 0))
    throw fault('badAddress', `The name servers of the network ${name} are no addresses`);
  if (servers.length > maximumNameServers)
    throw fault('badParameters', `A host asks at most ${maximumNameServers} name servers (network ${name})`);
  return servers.length === 0 ? {} : { nameServers: servers as string[] };
}

/** @throws VdsmError 21 for a kind of switch that nobody knows */
function switchOf(name: string, wanted: Record<string, unknown>): { switch?: 'ovs' } {
  const kind = readOptionalText(wanted, 'switch') ?? 'legacy';
  if (kind !== 'legacy' && kind !== 'ovs') throw fault('badParameters', `There is no switch type ${kind.slice(0, 32)} (${name})`);
  return kind === 'ovs' ? { switch: kind } : {};
}

/** Reads one network of a request and fills in what it leaves out. @throws VdsmError 21 to 26, 44 */
export function readNetwork(name: string, wanted: Record<string, unknown>): NetworkConfiguration {
  if (!devicePattern.test(name)) throw fault('badBridge', `${name} is no name for a network device (at most 15 characters)`);
  refuseUnbuilt(name, wanted);
  const nic = readOptionalText(wanted, 'nic') ?? '';
  const bonding = readOptionalText(wanted, 'bonding') ?? '';
  if (nic !== '' && bonding !== '')
    throw fault('badParameters', `The network ${name} is to lie on the NIC ${nic} and on the bond ${bonding}`);
  const base = nic === '' ? bonding : nic;
  if (base === '') throw notImplemented('Host.setupNetworks', `this host agent makes no network without a NIC (network ${name})`);
  if (!devicePattern.test(base)) throw fault('badNic', `${base} is no name of a network device`);
  const vlan = readOptionalInteger(wanted, 'vlan', { minimum: 0, maximum: maximumVlan });
  if (vlan !== undefined && `${base}.${vlan}`.length > 15)
    throw fault('badVlan', `The name ${base}.${vlan} is too long for a network device`);
  const dhcpv4 = readOptionalText(wanted, 'bootproto') === 'dhcp';
  const ipv4Address = ipv4Of(name, wanted);
  if (dhcpv4 && ipv4Address !== '') throw fault('badAddress', `The network ${name} is to have an address by DHCP and a static one`);
  const ipv6Address = ipv6Of(name, wanted);
  const ipv6Automatic = readOptionalBoolean(wanted, 'ipv6autoconf') ?? false;
  if (ipv6Automatic && ipv6Address !== '')
    throw fault('badAddress', `The network ${name} is to have an IPv6 address by its routers and a static one`);
  const dhcpv6 = readOptionalBoolean(wanted, 'dhcpv6') ?? false;
  if (dhcpv6 && ipv6Address !== '') throw fault('badAddress', `The network ${name} is to have an IPv6 address by DHCP and a static one`);
  const defaultRoute = readOptionalBoolean(wanted, 'defaultRoute') ?? false;
  const gateways = { ipv4Gateway: gatewayOf(name, wanted, 'gateway', isIPv4), ipv6Gateway: gatewayOf(name, wanted, 'ipv6gateway', isIPv6) };
  if (!defaultRoute && (gateways.ipv4Gateway !== '' || gateways.ipv6Gateway !== ''))
    throw notImplemented('Host.setupNetworks', `a gateway is for the network with the default route (network ${name})`);
  return {
    ...(nic === '' ? { bonding } : { nic }),
    ...(vlan === undefined ? {} : { vlan }),
    bridged: truth(wanted, 'bridged') ?? true,
    stp: truth(wanted, 'STP', 'stp') ?? false,
    ...switchOf(name, wanted),
    mtu: readOptionalInteger(wanted, 'mtu', mtuBounds) ?? defaultMtuBytes,
    ipv4Address,
    dhcpv4,
    ipv6Address,
    ...gateways,
    ...(ipv6Automatic ? { ipv6Automatic } : {}),
    ...(dhcpv6 ? { dhcpv6 } : {}),
    defaultRoute,
    ...nameServersOf(name, wanted),
    ...hostQosOf(name, wanted),
  };
}

function readBond(name: string, wanted: Record<string, unknown>): BondConfiguration {
  if (!bondPattern.test(name)) throw fault('badBonding', `${name} is no name for a bond: bond0, bond1, …`);
  const nics = wanted['nics'];
  if (
    !Array.isArray(nics) ||
    nics.length === 0 ||
    nics.length > 64 ||
    nics.some((nic) => typeof nic !== 'string' || !devicePattern.test(nic))
  )
    throw fault('badBonding', `The bond ${name} needs a list of NICs`);
  const options = readOptionalText(wanted, 'options', 1024) ?? 'mode=4 miimon=100';
  if (options.split(/\s+/).some((option) => option !== '' && !bondOptionPattern.test(option)))
    throw fault('badBonding', `The options of the bond ${name} can't be read: ${options}`);
  const hwaddr = readOptionalText(wanted, 'hwaddr');
  if (hwaddr !== undefined && !/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(hwaddr))
    throw fault('badBonding', `${hwaddr} is no hardware address (bond ${name})`);
  return {
    nics: [...new Set(nics as string[])].toSorted(),
    options,
    ...(hwaddr === undefined ? {} : { hwaddr }),
    ...switchOf(name, wanted),
  };
}

const removes = (wanted: Record<string, unknown>): boolean => readOptionalBoolean(wanted, 'remove') === true;

/**
 * What this host is to have after a request: what it has, changed by what the request names.
 *
 * @throws VdsmError 21 to 27 for what can't be right, 44 for what this agent does not do
 */
export function applyRequest(current: HostConfiguration, params: Record<string, unknown>): HostConfiguration {
  const networks = { ...current.networks };
  const bonds = { ...current.bonds };
  for (const [name, wanted] of entries(params, 'networks')) {
    if (!removes(wanted)) networks[name] = readNetwork(name, wanted);
    else if (networks[name]) delete networks[name];
    else throw fault('badBridge', `This host has no network ${name}, it can't be removed`);
  }
  for (const [name, wanted] of entries(params, 'bondings')) {
    if (!removes(wanted)) bonds[name] = readBond(name, wanted);
    else if (bonds[name]) delete bonds[name];
    else throw fault('badBonding', `This host has no bond ${name}, it can't be removed`);
  }
  return { networks, bonds };
}

/** The NIC or bond below a network. */
export const baseOf = (network: NetworkConfiguration): string => network.nic ?? network.bonding ?? '';

/** Whether what is wanted can be together on the NICs that the host has. @throws VdsmError 21 to 26 */
export function checkTogether({ networks, bonds }: HostConfiguration, nics: ReadonlySet<string>): void {
  const members = new Map<string, string>();
  for (const [name, bond] of Object.entries(bonds)) {
    for (const nic of bond.nics) {
      if (!nics.has(nic)) throw fault('badNic', `This host has no NIC ${nic} (bond ${name})`);
      const other = members.get(nic);
      if (other !== undefined) throw fault('usedNic', `The NIC ${nic} is to be in the bonds ${other} and ${name}`);
      members.set(nic, name);
    }
  }
  const places = new Map<string, string>();
  const switches = new Map<string, string>();
  for (const [name, network] of Object.entries(networks)) {
    const base = baseOf(network);
    const kind = network.switch ?? 'legacy';
    const there = switches.get(base) ?? (bonds[base] ? (bonds[base].switch ?? 'legacy') : kind);
    if (there !== kind) throw fault('badParameters', `${base} is of the switch type ${there}, and the network ${name} is to be of ${kind}`);
    switches.set(base, kind);
    if (network.bonding !== undefined && !bonds[base]) throw fault('badBonding', `This host has no bond ${base} (network ${name})`);
    if (network.nic !== undefined && !nics.has(base)) throw fault('badNic', `This host has no NIC ${base} (network ${name})`);
    if (members.has(base)) throw fault('usedNic', `The NIC ${base} is in the bond ${members.get(base)} (network ${name})`);
    const place = `${base} ${network.vlan ?? 'untagged'}`;
    const other = places.get(place);
    if (other !== undefined)
      throw fault(
        network.vlan === undefined ? 'badParameters' : 'badVlan',
        `The networks ${other} and ${name} have the same place: ${place}`,
      );
    places.set(place, name);
  }
  const defaults = Object.keys(networks).filter((name) => networks[name]?.defaultRoute);
  if (defaults.length > 1) throw fault('badParameters', `Only one network has the default route: ${defaults.join(', ')}`);
}
