import { baseOf, emptyConfiguration } from './configuration.ts';
import type { BondConfiguration, HostConfiguration, NetworkConfiguration } from './configuration.ts';
import { portOf } from './device-state.ts';
import type { InterfaceAddress, NetworkFacts, NetworkLink } from './facts.ts';
import type { SwitchPort } from './open-vswitch.ts';
import { switchOf } from './open-vswitch-plan.ts';

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
    // What the engine asked for is told of its networks, whether a router has answered or not.
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

/** A bond of Open vSwitch: no device of the kernel stands for it. */
function switchedBond(port: SwitchPort, bond: BondConfiguration, facts: NetworkFacts): object {
  const members = facts.links.filter((link) => port.interfaces.includes(link.name));
  // In the words of the engine: those of Open vSwitch would say nothing to it.
  const options = bond.options.split(/\s+/).filter(Boolean);
  return {
    addr: '',
    netmask: '',
    ipv4addrs: [],
    ipv6addrs: [],
    gateway: '',
    ipv6gateway: '::',
    ipv4defaultroute: false,
    dhcpv4: false,
    dhcpv6: false,
    ipv6autoconf: false,
    mtu: Math.min(...members.map((link) => link.mtuBytes), Number.MAX_SAFE_INTEGER),
    hwaddr: members[0]?.hardwareAddress ?? '',
    slaves: port.interfaces,
    opts: Object.fromEntries(options.map((option) => option.split('=', 2) as [string, string])),
    active_slave: facts.openVSwitch?.activeMembers[port.name] ?? '',
    ad_aggregator_id: '',
    ad_partner_mac: '',
    switch: 'ovs',
  };
}

/** What of the configuration lies on Open vSwitch, as bonds, bridges and VLANs. */
function switchedDevices(
  facts: NetworkFacts,
  configured: HostConfiguration,
  networks: Record<string, object>,
): Pick<NetworkCapabilities, 'bondings' | 'bridges' | 'vlans'> {
  const ports = facts.openVSwitch?.bridges.flatMap((bridge) => bridge.ports) ?? [];
  const bonds = Object.entries(configured.bonds).flatMap(([name, bond]) => {
    if (bond.switch !== 'ovs') return [];
    const port = ports.find((one) => one.name === name) ?? ports.find((one) => bond.nics.length === 1 && one.name === bond.nics[0]);
    return port ? [[name, switchedBond(port, bond, facts)] as const] : [];
  });
  const there = Object.entries(configured.networks).filter(([name, network]) => network.switch === 'ovs' && networks[name] !== undefined);
  return {
    bondings: Object.fromEntries(bonds),
    bridges: Object.fromEntries(there.flatMap(([name, network]) => (network.bridged ? [[name, networks[name] ?? {}] as const] : []))),
    vlans: Object.fromEntries(
      there.flatMap(([name, network]) =>
        network.vlan === undefined ? [] : [[portOf(network), { ...networks[name], iface: baseOf(network), vlanid: network.vlan }] as const],
      ),
    ),
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

/** The ports of a network on Open vSwitch: what it lies on, and the NICs of VMs in its VLAN. */
function switchedPorts(network: NetworkConfiguration, facts: NetworkFacts): string[] {
  const bridge = facts.openVSwitch?.bridges.find((one) => one.name === switchOf(baseOf(network)));
  const vms = bridge?.ports.filter((port) => port.vmId !== undefined && port.tag === network.vlan) ?? [];
  return [portOf(network), ...vms.map((port) => port.name)];
}

/** A network on Open vSwitch, in the words for one of the kernel's: engines look for its NIC through bridges and VLANs. */
function switchedNetwork(name: string, network: NetworkConfiguration, top: NetworkLink, facts: NetworkFacts): object {
  return {
    ...addressFields(top),
    ports: switchedPorts(network, facts),
    stp: network.stp ? 'on' : 'off',
    opts: {},
    iface: network.bridged || network.vlan === undefined ? name : portOf(network),
    southbound: portOf(network),
    bridged: network.bridged,
    switch: 'ovs',
    ...(network.vlan === undefined ? {} : { vlanid: network.vlan }),
  };
}

/** Its share in the words of engines. Source: VDSM schema, hostQos. */
function hostQosFields({ hostQos }: NetworkConfiguration): object {
  if (!hostQos) return {};
  const { share, limitBits, guaranteeBits } = hostQos;
  return {
    hostQos: {
      out: {
        ls: { m2: share },
        ...(limitBits === undefined ? {} : { ul: { m2: limitBits } }),
        ...(guaranteeBits === undefined ? {} : { rt: { m2: guaranteeBits } }),
      },
    },
  };
}

/** A network that the engine has set up, as its devices are now; undefined when they are not there. */
function configuredNetwork(name: string, network: NetworkConfiguration, facts: NetworkFacts, mapping: NetworkMapping): object | undefined {
  if (network.switch === 'ovs') {
    const device = name === mapping.management.name ? mapping.management.bridge : name;
    const port = facts.links.find((link) => link.name === device && link.kind === 'openvswitch');
    return port && switchedNetwork(name, network, port, facts);
  }
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
  const own = configured.networks[management.name];
  if (managed && own?.switch !== 'ovs') {
    const fields = bridgeFields(managed, facts, mapping);
    bridges[management.name] = fields;
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
    const fields = name === management.name && network.switch !== 'ovs' ? undefined : configuredNetwork(name, network, facts, mapping);
    if (fields)
      networks[name] = {
        ...fields,
        ipv6autoconf: network.ipv6Automatic ?? false,
        dhcpv6: network.dhcpv6 ?? false,
        ...hostQosFields(network),
      };
  }
  const switched = switchedDevices(facts, configured, networks);
  return {
    networks,
    nics: byName(
      facts.links.filter((link) => isShownNic(link, mapping)),
      nicFields,
    ),
    bondings: {
      ...byName(
        facts.links.filter((link) => link.kind === 'bond'),
        (link) => bondFields(link, facts),
      ),
      ...switched.bondings,
    },
    bridges: { ...bridges, ...switched.bridges },
    vlans: {
      ...byName(
        facts.links.filter((link) => link.kind === 'vlan'),
        vlanFields,
      ),
      ...switched.vlans,
    },
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
