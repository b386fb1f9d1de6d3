import { readFile } from 'node:fs/promises';
import { runCommand } from '../command.ts';
import type { OpenVSwitch, SwitchFacts } from './open-vswitch.ts';

/** An address of a device with the length of its prefix. */
export interface InterfaceAddress {
  address: string;
  prefixLength: number;
  /** Whether the address runs out unless it is renewed: it came by DHCP or router advertisement. */
  dynamic: boolean;
}

/** One network device of the host as the kernel shows it. */
export interface NetworkLink {
  name: string;
  /** `nic` has hardware behind it (or plays that part in a lab); what fits nowhere is `other`. */
  kind: 'nic' | 'bond' | 'vlan' | 'bridge' | 'openvswitch' | 'loopback' | 'veth' | 'other';
  hardwareAddress: string;
  permanentHardwareAddress: string;
  mtuBytes: number;
  administrativelyUp: boolean;
  carrier: boolean;
  /** The bridge or bond that the device is a port of. */
  master: string | undefined;
  /** The device below a VLAN; the bridge of Open vSwitch that the device is a port of. */
  parent: string | undefined;
  vlanId: number | undefined;
  /** Link speed in Mbit/s; 0 when unknown. */
  speedMbps: number;
  spanningTree: boolean;
  bond: { mode: string; options: Record<string, string>; activeMember: string } | undefined;
  ipv4: InterfaceAddress[];
  ipv6: InterfaceAddress[];
  ipv4Gateway: string;
  ipv6Gateway: string;
}

export interface NetworkFacts {
  links: NetworkLink[];
  nameServers: string[];
  /** Missing where the host runs no Open vSwitch. */
  openVSwitch?: SwitchFacts;
}

/** Most devices that are looked at; hosts with more show the first ones. */
const maximumLinks = 4096;

interface IpAddressRow {
  family?: string;
  local?: string;
  prefixlen?: number;
  scope?: string;
  dynamic?: boolean;
  protocol?: string;
}
interface IpLinkRow {
  ifname?: string;
  flags?: string[];
  mtu?: number;
  address?: string;
  permaddr?: string;
  master?: string;
  link?: string;
  link_type?: string;
  operstate?: string;
  linkinfo?: { info_kind?: string; info_data?: Record<string, unknown> };
  addr_info?: IpAddressRow[];
}
interface IpRouteRow {
  dev?: string;
  gateway?: string;
  metric?: number;
}

const linkKinds: Record<string, NetworkLink['kind']> = { bond: 'bond', vlan: 'vlan', bridge: 'bridge', veth: 'veth' };

function kindOf(row: IpLinkRow): NetworkLink['kind'] {
  if (row.link_type === 'loopback') return 'loopback';
  const kind = row.linkinfo?.info_kind;
  if (kind === undefined) return row.link_type === 'ether' || row.link_type === 'infiniband' ? 'nic' : 'other';
  return linkKinds[kind] ?? 'other';
}

function addressesOf(row: IpLinkRow, family: string): InterfaceAddress[] {
  return (row.addr_info ?? [])
    .filter((address) => address.family === family && address.scope === 'global' && address.local !== undefined)
    .map((address) => ({ address: address.local ?? '', prefixLength: address.prefixlen ?? 0, dynamic: address.dynamic === true }));
}

function gatewayOf(routes: IpRouteRow[], name: string): string {
  const own = routes.filter((route) => route.dev === name && route.gateway !== undefined);
  return own.toSorted((a, b) => (a.metric ?? 0) - (b.metric ?? 0))[0]?.gateway ?? '';
}

function bondOf(row: IpLinkRow): NetworkLink['bond'] {
  if (row.linkinfo?.info_kind !== 'bond') return undefined;
  const data = row.linkinfo.info_data ?? {};
  const text = (name: string): string => {
    const value = data[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const options = { mode: text('mode'), miimon: text('miimon'), xmit_hash_policy: text('xmit_hash_policy') };
  return {
    mode: text('mode'),
    options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== '')),
    activeMember: text('active_slave'),
  };
}

/** What `ip -j` printed, and what lies in /sys, as facts. Pure. */
export function readLinks(rows: unknown, routes: { ipv4: unknown; ipv6: unknown }, speeds: ReadonlyMap<string, number>): NetworkLink[] {
  const ipv4Routes = (Array.isArray(routes.ipv4) ? routes.ipv4 : []) as IpRouteRow[];
  const ipv6Routes = (Array.isArray(routes.ipv6) ? routes.ipv6 : []) as IpRouteRow[];
  const list = (Array.isArray(rows) ? rows : []) as IpLinkRow[];
  return list.slice(0, maximumLinks).flatMap((row) => {
    const name = row.ifname;
    if (name === undefined) return [];
    const data = row.linkinfo?.info_data ?? {};
    const vlanId = data['id'];
    return [
      {
        name,
        kind: kindOf(row),
        hardwareAddress: row.address ?? '',
        permanentHardwareAddress: row.permaddr ?? row.address ?? '',
        mtuBytes: row.mtu ?? 0,
        administrativelyUp: row.flags?.includes('UP') ?? false,
        carrier: row.flags?.includes('LOWER_UP') ?? false,
        master: row.master,
        parent: row.link,
        vlanId: typeof vlanId === 'number' ? vlanId : undefined,
        speedMbps: speeds.get(name) ?? 0,
        spanningTree: data['stp_state'] === 1,
        bond: bondOf(row),
        ipv4: addressesOf(row, 'inet'),
        ipv6: addressesOf(row, 'inet6'),
        ipv4Gateway: gatewayOf(ipv4Routes, name),
        ipv6Gateway: gatewayOf(ipv6Routes, name),
      },
    ];
  });
}

/** What of devices only Open vSwitch knows: which of them it made, and that those in it are in no bridge of the kernel. Pure. */
export function withSwitches(links: readonly NetworkLink[], { bridges }: SwitchFacts): NetworkLink[] {
  const made = new Map(
    bridges.flatMap((bridge) => bridge.ports.flatMap((port) => (port.internal ? [[port.name, bridge.name] as const] : []))),
  );
  return links.map((link) => ({
    ...link,
    ...(link.master === 'ovs-system' ? { master: undefined } : {}),
    ...(made.has(link.name) ? { kind: 'openvswitch' as const, parent: made.get(link.name) } : {}),
  }));
}

/** The name servers of resolv.conf, in order. */
export function readNameServers(resolvConf: string): string[] {
  return resolvConf.split('\n').flatMap((line) => {
    const match = /^\s*nameserver\s+(\S+)/.exec(line);
    return match?.[1] === undefined ? [] : [match[1]];
  });
}

async function readSpeed(name: string): Promise<[string, number]> {
  // Reading fails with EINVAL for devices that are down or have no speed.
  const text = await readFile(`/sys/class/net/${name}/speed`, 'utf8').catch(() => '0');
  const speed = Number(text.trim());
  return [name, Number.isSafeInteger(speed) && speed > 0 && speed < 2 ** 31 ? speed : 0];
}

async function runIp(prefix: readonly string[], ...args: string[]): Promise<unknown> {
  const { stdout } = await runCommand([...prefix, 'ip', '-j', ...args], { timeoutMs: 10_000 });
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as unknown);
}

/**
 * Looks at the host's network: devices with addresses, default routes, name servers.
 *
 * @param prefix what stands before the command, for a network namespace other than the agent's own
 * @param openVSwitch the switch of the host, when it may have one
 */
export async function gatherNetworkFacts(
  prefix: readonly string[] = [],
  openVSwitch?: OpenVSwitch,
  resolver = '/etc/resolv.conf',
): Promise<NetworkFacts> {
  const [rows, ipv4, ipv6, resolvConf, switches] = await Promise.all([
    runIp(prefix, '-d', 'address', 'show'),
    runIp(prefix, '-4', 'route', 'show', 'default').catch(() => []),
    runIp(prefix, '-6', 'route', 'show', 'default').catch(() => []),
    readFile(resolver, 'utf8').catch(() => ''),
    openVSwitch?.facts(),
  ]);
  const names = (Array.isArray(rows) ? (rows as IpLinkRow[]) : []).flatMap((row) => (row.ifname === undefined ? [] : [row.ifname]));
  const speeds = new Map(await Promise.all(names.map((name) => readSpeed(name))));
  const links = readLinks(rows, { ipv4, ipv6 }, speeds);
  const nameServers = readNameServers(resolvConf);
  return switches ? { links: withSwitches(links, switches), nameServers, openVSwitch: switches } : { links, nameServers };
}
