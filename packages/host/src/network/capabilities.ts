import { baseOf, emptyConfiguration } from './configuration.ts';
import type { HostConfiguration, NetworkConfiguration } from './configuration.ts';
import { portOf } from './device-state.ts';
import type { InterfaceAddress, NetworkFacts, NetworkLink } from './facts.ts';

/** How the networks of the engine lie on this host's devices. */
export interface NetworkMapping {
  /** The management network: its name for the engine and the Linux bridge that carries it. */
  management: { name: string; bridge: string };
  /** Patterns (`veth_*`) of virtual devices that play the part of NICs, as in a lab. */
  fakeNics: readonly string[];
  /** Bridges that are the agent's own business. */
  hiddenBridges: readonly string[];
}

interface AddressFields {
  addr: string;
  netmask: string;
  ipv4addrs: string[];
  ipv6addrs: string[];
  gateway: string;
  ipv6gateway: string;
  ipv4defaultroute: boolean;
  dhcpv4: boolean;
  dhcpv6: boolean;
  ipv6autoconf: boolean;
  mtu: number;
}

/** The network part of Host.getCapabilities. */
export interface NetworkCapabilities {
  networks: Record<string, object>;
  nics: Record<string, object>;
  bondings: Record<string, object>;
  bridges: Record<string, object>;
  vlans: Record<string, object>;
  nameservers: string[];
  supportsIPv6: boolean;
}

function matchesPattern(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Whether a device is shown as a NIC: hardware that is no wireless and no USB device, or a stand-in. */
export function isShownNic(link: NetworkLink, mapping: NetworkMapping): boolean {
  if (mapping.fakeNics.some((pattern) => matchesPattern(link.name, pattern))) return true;
  return link.kind === 'nic' && !/^(?:w|usb|vnet|tap|tun)/.test(link.name);
}

function netmaskOf(prefixLength: number): string {
  const bytes = [0, 8, 16, 24].map((start) => {
    const bits = Math.min(8, Math.max(0, prefixLength - start));
    return 256 - 2 ** (8 - bits);
  });
  return bytes.join('.');
}

function withPrefix(address: InterfaceAddress): string {
  return `${address.address}/${address.prefixLength}`;
}

function addressFields(link: NetworkLink): AddressFields {
  const first = link.ipv4[0];
  return {
    addr: first?.address ?? '',
    netmask: first === undefined ? '' : netmaskOf(first.prefixLength),
    ipv4addrs: link.ipv4.map(withPrefix),
    ipv6addrs: link.ipv6.map(withPrefix),
    gateway: link.ipv4Gateway,
    ipv6gateway: link.ipv6Gateway === '' ? '::' : link.ipv6Gateway,
    ipv4defaultroute: link.ipv4Gateway !== '',
    dhcpv4: first?.dynamic ?? false,
    dhcpv6: false,
    ipv6autoconf: link.ipv6.some((address) => address.dynamic),
    mtu: link.mtuBytes,
  };
}

const hasUplink = (bridge: NetworkLink, facts: NetworkFacts, mapping: NetworkMapping): boolean =>
  facts.links.some((link) => link.master === bridge.name && (link.kind === 'bond' || link.kind === 'vlan' || isShownNic(link, mapping)));

/**
 * The ports of a bridge as the engine shall see them. A bridge without a NIC of its own reaches the
 * world by routing: the NIC with the default route stands for the uplink then.
 */
function portsOf(bridge: NetworkLink, facts: NetworkFacts, mapping: NetworkMapping): string[] {
  const ports = facts.links.filter((link) => link.master === bridge.name).map((link) => link.name);
  if (hasUplink(bridge, facts, mapping) || bridge.name !== mapping.management.bridge) return ports;
  const uplink =
    facts.links.find((link) => isShownNic(link, mapping) && link.ipv4Gateway !== '') ??
    facts.links.find((link) => isShownNic(link, mapping) && link.master === undefined);
  return uplink ? [uplink.name, ...ports] : ports;
}

function bridgeFields(bridge: NetworkLink, facts: NetworkFacts, mapping: NetworkMapping): object {
  return { ...addressFields(bridge), ports: portsOf(bridge, facts, mapping), stp: bridge.spanningTree ? 'on' : 'off', opts: {} };
}

function bondFields(bond: NetworkLink, facts: NetworkFacts): object {
  const options = bond.bond?.options ?? {};
  return {
    ...addressFields(bond),
    hwaddr: bond.hardwareAddress,
    slaves: facts.links.filter((link) => link.master === bond.name).map((link) => link.name),
    opts: { mode: '0', miimon: '0', ...options },
    active_slave: bond.bond?.activeMember ?? '',
    ad_aggregator_id: '',
    ad_partner_mac: '',
    switch: 'legacy',
  };
}

function nicFields(nic: NetworkLink): object {
  return { ...addressFields(nic), hwaddr: nic.hardwareAddress, permhwaddr: nic.permanentHardwareAddress, speed: nic.speedMbps };
}

function vlanFields(vlan: NetworkLink): object {
  return { ...addressFields(vlan), iface: vlan.parent ?? '', vlanid: vlan.vlanId ?? 0 };
}

function byName(links: NetworkLink[], fields: (link: NetworkLink) => object): Record<string, object> {
  return Object.fromEntries(links.map((link) => [link.name, fields(link)]));
}

/** The VLAN of the management network, when it lies on one. */
function vlanOfManagement(bridge: NetworkLink, facts: NetworkFacts): { vlanid?: number } {
  const vlan = facts.links.find((link) => link.master === bridge.name && link.kind === 'vlan');
  return vlan?.vlanId === undefined ? {} : { vlanid: vlan.vlanId };
}

/** A network that the engine has set up, as its devices are now; undefined when they are not there. */
function configuredNetwork(name: string, network: NetworkConfiguration, facts: NetworkFacts, mapping: NetworkMapping): object | undefined {
  const top = facts.links.find((link) => link.name === (network.bridged ? name : portOf(network)));
  if (!top) return undefined;
  const shared = {
    southbound: portOf(network),
    bridged: network.bridged,
    switch: 'legacy',
    ...(network.vlan === undefined ? {} : { vlanid: network.vlan }),
  };
  return network.bridged
    ? { ...bridgeFields(top, facts, mapping), iface: name, ...shared }
    : { ...addressFields(top), iface: top.name, ...shared };
}

/**
 * The network part of the capabilities (VDSM schema, VdsmNetworkCapabilities). Pure.
 *
 * @param configured what the engine has set up beside, or instead of, the management network that was found
 */
export function networkCapabilities(
  facts: NetworkFacts,
  mapping: NetworkMapping,
  configured: HostConfiguration = emptyConfiguration,
): NetworkCapabilities {
  const { management } = mapping;
  const hidden = new Set([...mapping.hiddenBridges, management.bridge]);
  const managed = facts.links.find((link) => link.name === management.bridge);
  const bridges = byName(
    facts.links.filter((link) => link.kind === 'bridge' && !hidden.has(link.name)),
    (link) => bridgeFields(link, facts, mapping),
  );
  const networks: Record<string, object> = {};
  if (managed) {
    const fields = bridgeFields(managed, facts, mapping);
    bridges[management.name] = fields;
    const own = configured.networks[management.name];
    networks[management.name] = {
      ...fields,
      iface: management.name,
      southbound: own ? baseOf(own) : '',
      bridged: true,
      switch: 'legacy',
      ...vlanOfManagement(managed, facts),
      // A bridge that routes reaches the world by the host's own route.
      ipv4defaultroute: facts.links.some(
        (link) => link.ipv4Gateway !== '' && (link.name === managed.name || !hasUplink(managed, facts, mapping)),
      ),
    };
  }
  for (const [name, network] of Object.entries(configured.networks)) {
    const fields = name === management.name ? undefined : configuredNetwork(name, network, facts, mapping);
    if (fields) networks[name] = fields;
  }
  return {
    networks,
    nics: byName(
      facts.links.filter((link) => isShownNic(link, mapping)),
      nicFields,
    ),
    bondings: byName(
      facts.links.filter((link) => link.kind === 'bond'),
      (link) => bondFields(link, facts),
    ),
    bridges,
    vlans: byName(
      facts.links.filter((link) => link.kind === 'vlan'),
      vlanFields,
    ),
    nameservers: facts.nameServers,
    supportsIPv6: facts.links.some((link) => link.kind === 'loopback' || link.ipv6.length > 0),
  };
}

/** The device, as the engine knows it, that carries an address of this host; the management network else. */
export function interfaceOfAddress(facts: NetworkFacts, mapping: NetworkMapping, address: string): string {
  const link = facts.links.find(({ ipv4, ipv6 }) => [...ipv4, ...ipv6].some((own) => own.address === address));
  if (!link || link.kind === 'loopback' || link.name === mapping.management.bridge) return mapping.management.name;
  return link.name;
}
