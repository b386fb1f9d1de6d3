import type { QosLimits } from '../qos/limits.ts';

/** How a device or a network has its address. */
export interface ReportedAddress {
  method: 'none' | 'static' | 'dhcp' | 'autoconf' | 'poly_dhcp_autoconf';
  address: string;
  /** A netmask with IPv4, the length of the prefix with IPv6. */
  netmask: string;
  gateway: string;
}

/** A network as a host reports it, by its name there. */
export interface ReportedNetwork {
  name: string;
  bridged: boolean;
  /** The device that carries its addresses. */
  interface: string;
  /** The NIC, bond or VLAN below; empty when the report names none. */
  device: string;
  /** The NIC or bond below the VLAN, or the device itself. */
  base: string;
  address: string;
  mtu: number;
  vlanId: number | null;
  switch: string;
  defaultRoute: boolean;
  ipv4: ReportedAddress;
  ipv6: ReportedAddress;
  /** What of the interface's output it gets, in the contract's attributes; missing in reports that were kept before it was read. */
  qos?: QosLimits;
  /** Name servers of the whole host. */
  nameServers?: string[];
}

/** A NIC, bond or VLAN as a host reports it. */
export interface ReportedNic {
  name: string;
  kind: 'nic' | 'bond' | 'vlan';
  mac: string;
  speedMbps: number;
  mtu: number;
  /** The device below a VLAN. */
  base: string | null;
  /** The bond that the NIC is a member of. */
  bond: string | null;
  vlanId: number | null;
  network: string | null;
  bridged: boolean;
  ipv4: ReportedAddress;
  ipv6: ReportedAddress;
  options: Record<string, string>;
  activeMember: string;
  partnerMac: string;
  aggregatorId: number | null;
}

type Raw = Record<string, unknown>;
const object = (value: unknown): Raw => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');
const truth = (value: unknown): boolean => value === true || value === 'true' || value === 'True';
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []);
const whole = (value: unknown): number | null => {
  const parsed = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value ?? Number.NaN);
  return Number.isSafeInteger(parsed) ? parsed : null;
};
const vlanOf = (value: unknown): number | null => {
  const id = whole(value);
  return id !== null && id >= 0 && id <= 4094 ? id : null;
};

function ipv4Of(device: Raw): ReportedAddress {
  const address = text(device['addr']);
  return {
    method: truth(device['dhcpv4']) ? 'dhcp' : address === '' ? 'none' : 'static',
    address,
    netmask: text(device['netmask']),
    gateway: text(device['gateway']),
  };
}

function ipv6Of(device: Raw): ReportedAddress {
  const [address = '', prefix = ''] = (texts(device['ipv6addrs'])[0] ?? '').split('/');
  const dhcp = truth(device['dhcpv6']);
  const automatic = truth(device['ipv6autoconf']);
  const gateway = text(device['ipv6gateway']);
  const method = dhcp && automatic ? 'poly_dhcp_autoconf' : dhcp ? 'dhcp' : automatic ? 'autoconf' : address === '' ? 'none' : 'static';
  return { method, address, netmask: prefix, gateway: gateway === '::' ? '' : gateway };
}

/** Shares are weights; limits travel as bits a second. Source: VDSM host contract, hostQos. */
export const hostQosWords = {
  outbound_average_linkshare: { key: 'ls', factor: 1 },
  outbound_average_upperlimit: { key: 'ul', factor: 1_000_000 },
  outbound_average_realtime: { key: 'rt', factor: 1_000_000 },
} as const;

function qosOf(network: Raw): QosLimits {
  const out = object(object(network['hostQos'])['out']);
  return Object.fromEntries(
    Object.entries(hostQosWords).flatMap(([name, { key, factor }]) => {
      const value = whole(object(out[key])['m2']);
      return value === null || value === 0 ? [] : [[name, Math.round(value / factor)]];
    }),
  );
}

/** The networks of a host's capabilities, bridged or not. Pure. */
export function reportedNetworks(caps: Raw): ReportedNetwork[] {
  const devices = { nics: object(caps['nics']), bondings: object(caps['bondings']), vlans: object(caps['vlans']) };
  const isDevice = (name: string): boolean => name in devices.nics || name in devices.bondings || name in devices.vlans;
  return Object.entries(object(caps['networks'])).map(([name, value]) => {
    const network = object(value);
    const bridged = truth(network['bridged']);
    const iface = text(network['iface']);
    const southbound = text(network['southbound']);
    const ports = [...texts(network['ports']), ...texts(object(object(caps['bridges'])[iface])['ports'])];
    const device = [southbound, ...(bridged ? ports : [iface])].find(isDevice) ?? '';
    const vlan = object(devices.vlans[device]);
    return {
      name,
      bridged,
      interface: iface || southbound,
      device,
      base: text(vlan['iface']) || device,
      address: text(network['addr']),
      mtu: whole(network['mtu']) ?? 0,
      vlanId: vlanOf(network['vlanid']) ?? vlanOf(vlan['vlanid']),
      switch: text(network['switch']) || 'legacy',
      defaultRoute: truth(network['ipv4defaultroute']),
      ipv4: ipv4Of(network),
      ipv6: ipv6Of(network),
      qos: qosOf(network),
      nameServers: texts(caps['nameservers']),
    };
  });
}

/** NICs, bonds and VLANs of a host's capabilities. A device below a network has the addresses of the network. Pure. */
export function reportedNics(caps: Raw, networks: readonly ReportedNetwork[]): ReportedNic[] {
  const bonds = Object.entries(object(caps['bondings']));
  const bondOf = (nic: string): string | null => bonds.find(([, bond]) => texts(object(bond)['slaves']).includes(nic))?.[0] ?? null;
  const groups = [
    ['nic', object(caps['nics'])],
    ['bond', object(caps['bondings'])],
    ['vlan', object(caps['vlans'])],
  ] as const;
  return groups.flatMap(([kind, devices]) =>
    Object.entries(devices).map(([name, value]): ReportedNic => {
      const device = object(value);
      const network = networks.find((one) => one.device === name);
      const options = Object.entries(object(device['opts'])).filter(([key]) => kind === 'bond' && key !== '');
      return {
        name,
        kind,
        mac: text(device['hwaddr']),
        speedMbps: whole(device['speed']) ?? 0,
        mtu: whole(device['mtu']) ?? 0,
        base: kind === 'vlan' ? text(device['iface']) : null,
        bond: kind === 'nic' ? bondOf(name) : null,
        vlanId: kind === 'vlan' ? vlanOf(device['vlanid']) : null,
        network: network?.name ?? null,
        bridged: network?.bridged ?? false,
        ipv4: network?.ipv4 ?? ipv4Of(device),
        ipv6: network?.ipv6 ?? ipv6Of(device),
        options: Object.fromEntries(options.map(([key, option]) => [key, text(option)])),
        activeMember: text(device['active_slave']),
        partnerMac: text(device['ad_partner_mac']),
        aggregatorId: whole(device['ad_aggregator_id'] === '' ? undefined : device['ad_aggregator_id']),
      };
    }),
  );
}
