import { VdsmError } from '@virgate/vdsm';
import { readObject, readOptionalText } from './parameters.ts';
import type { Parameters } from './parameters.ts';

/** What the network of a simulated host is made of. */
export interface NetworkFacts {
  readonly uuid: string;
  readonly address: string;
  readonly managementNetwork: string;
}

interface Network {
  base: string;
  vlan: number | undefined;
  bridged: boolean;
  mtu: number;
  address: string;
  netmask: string;
  gateway: string;
  dhcp: boolean;
  defaultRoute: boolean;
  hostQos: unknown;
  switch: string;
}

interface Bond {
  switch: string;
  nics: string[];
  options: Record<string, string>;
}

const nics = ['em1', 'em2', 'em3'];
const badParameters = 21;
const badNic = 23;
const badBonding = 25;
const noAddress = {
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
};

const addressFields = (network: Network): object =>
  network.address === ''
    ? { ...noAddress, dhcpv4: network.dhcp }
    : {
        ...noAddress,
        addr: network.address,
        netmask: network.netmask,
        ipv4addrs: [`${network.address}/24`],
        gateway: network.gateway,
        ipv4defaultroute: network.defaultRoute,
        dhcpv4: network.dhcp,
      };

const isYes = (value: unknown): boolean => value === true || value === 'true';

/** Networks and bonds of a simulated host on three NICs; nothing of them exists but what it tells. */
export class SimulatedNetwork {
  readonly #facts: NetworkFacts;
  readonly #networks: Map<string, Network>;
  readonly #bonds = new Map<string, Bond>();
  #nameServers: string[] = [];
  /** Whether a boot would bring another network. */
  dirty = false;

  constructor(facts: NetworkFacts) {
    this.#facts = facts;
    const management: Network = {
      base: nics[0] ?? '',
      vlan: undefined,
      bridged: true,
      mtu: 1500,
      address: facts.address,
      netmask: '255.0.0.0',
      gateway: '127.0.0.1',
      dhcp: false,
      defaultRoute: true,
      hostQos: undefined,
      switch: 'legacy',
    };
    this.#networks = new Map([[facts.managementNetwork, management]]);
  }

  #port(network: Network): string {
    return network.vlan === undefined ? network.base : `${network.base}.${network.vlan}`;
  }

  devices(): string[] {
    const ports = [...this.#networks.values()].map((network) => this.#port(network));
    const bridges = [...this.#networks].flatMap(([name, network]) => (network.bridged ? [name] : []));
    return [...new Set([...nics, ...this.#bonds.keys(), ...ports, ...bridges])];
  }

  /** The network part of Host.getCapabilities. */
  capabilities(): Record<string, unknown> {
    const { uuid } = this.#facts;
    const hwaddr = (at: number): string =>
      `${(0x52 + 4 * at).toString(16)}:54:00:${uuid.slice(0, 2)}:${uuid.slice(2, 4)}:${uuid.slice(4, 6)}`;
    const all = [...this.#networks];
    const mtuOf = (base: string): number => Math.max(1500, ...all.flatMap(([, network]) => (network.base === base ? [network.mtu] : [])));
    const device = { ...noAddress, speed: 1000 };
    return {
      networks: Object.fromEntries(
        all.map(([name, network]) => [
          name,
          {
            ...addressFields(network),
            iface: network.bridged ? name : this.#port(network),
            bridged: network.bridged,
            ports: [this.#port(network)],
            stp: 'off',
            mtu: network.mtu,
            switch: network.switch,
            southbound: this.#port(network),
            ...(network.vlan === undefined ? {} : { vlanid: network.vlan }),
            ...(network.hostQos === undefined ? {} : { hostQos: network.hostQos }),
          },
        ]),
      ),
      bridges: Object.fromEntries(
        all.flatMap(([name, network]) =>
          network.bridged
            ? [[name, { ...addressFields(network), ports: [this.#port(network)], stp: 'off', opts: {}, mtu: network.mtu }]]
            : [],
        ),
      ),
      nics: Object.fromEntries(nics.map((nic, at) => [nic, { ...device, hwaddr: hwaddr(at), permhwaddr: hwaddr(at), mtu: mtuOf(nic) }])),
      bondings: Object.fromEntries(
        [...this.#bonds].map(([name, bond]) => [
          name,
          {
            ...device,
            hwaddr: hwaddr(nics.indexOf(bond.nics[0] ?? '')),
            slaves: bond.nics,
            opts: { mode: '4', miimon: '100', ...bond.options },
            active_slave: bond.nics[0] ?? '',
            ad_aggregator_id: '1',
            ad_partner_mac: '00:00:00:00:00:00',
            switch: bond.switch,
            mtu: mtuOf(name),
          },
        ]),
      ),
      vlans: Object.fromEntries(
        all.flatMap(([, network]) =>
          network.vlan === undefined
            ? []
            : [[this.#port(network), { ...noAddress, iface: network.base, vlanid: network.vlan, mtu: network.mtu }]],
        ),
      ),
      nameservers: this.#nameServers,
      supportsIPv6: true,
      netConfigDirty: this.dirty ? 'True' : 'False',
      lastClientIface: this.#facts.managementNetwork,
    };
  }

  /** Host.setSafeNetworkConfig. */
  commit(): true {
    this.dirty = false;
    return true;
  }

  /** Host.setupNetworks. */
  setUp(params: Parameters): object {
    for (const [name, value] of Object.entries((params['bondings'] ?? {}) as Record<string, Parameters>)) this.#setBond(name, value);
    this.#checkSwitches(params);
    for (const [name, value] of Object.entries(readObject(params, 'networks'))) this.#setNetwork(name, value as Parameters);
    this.dirty = !isYes((params['options'] as Parameters | undefined)?.['commitOnSuccess']);
    return { code: 0, message: 'Done' };
  }

  /** A NIC or bond is in one kind of switch. */
  #checkSwitches(params: Parameters): void {
    const asked = Object.entries(readObject(params, 'networks') as Record<string, Parameters>);
    const after = new Map([...this.#networks].map(([name, { base, switch: kind }]) => [name, { base, kind }]));
    for (const [name, wanted] of asked) {
      const base = readOptionalText(wanted, 'nic') ?? readOptionalText(wanted, 'bonding') ?? '';
      if (isYes(wanted['remove'])) after.delete(name);
      else after.set(name, { base, kind: readOptionalText(wanted, 'switch') ?? 'legacy' });
    }
    for (const { base, kind } of after.values())
      if ([...after.values()].some((other) => other.base === base && other.kind !== kind))
        throw new VdsmError(badParameters, `${base} is of another switch type`);
  }

  #setBond(name: string, wanted: Parameters): void {
    if (isYes(wanted['remove'])) {
      this.#bonds.delete(name);
      return;
    }
    const members = wanted['nics'] as string[];
    const unknown = members.find((nic) => !nics.includes(nic));
    if (unknown !== undefined) throw new VdsmError(badNic, `There is no NIC ${unknown}`);
    const options = (readOptionalText(wanted, 'options') ?? '').split(' ').filter(Boolean);
    this.#bonds.set(name, {
      nics: members,
      switch: readOptionalText(wanted, 'switch') ?? 'legacy',
      options: Object.fromEntries(options.map((option) => option.split('=', 2) as [string, string])),
    });
  }

  #setNetwork(name: string, wanted: Parameters): void {
    if (isYes(wanted['remove'])) {
      this.#networks.delete(name);
      return;
    }
    const bond = readOptionalText(wanted, 'bonding');
    const base = readOptionalText(wanted, 'nic') ?? bond ?? '';
    if (bond !== undefined && !this.#bonds.has(bond)) throw new VdsmError(badBonding, `There is no bond ${bond}`);
    if (bond === undefined && !nics.includes(base)) throw new VdsmError(badNic, `There is no NIC ${base}`);
    const vlan = readOptionalText(wanted, 'vlan');
    const dhcp = readOptionalText(wanted, 'bootproto') === 'dhcp';
    this.#networks.set(name, {
      base,
      vlan: vlan === undefined ? undefined : Number(vlan),
      bridged: wanted['bridged'] === undefined || isYes(wanted['bridged']),
      mtu: Number(wanted['mtu'] ?? 1500),
      address: readOptionalText(wanted, 'ipaddr') ?? '',
      netmask: readOptionalText(wanted, 'netmask') ?? '',
      gateway: readOptionalText(wanted, 'gateway') ?? '',
      dhcp,
      defaultRoute: isYes(wanted['defaultRoute']),
      hostQos: wanted['hostQos'],
      switch: readOptionalText(wanted, 'switch') ?? 'legacy',
    });
    if (Array.isArray(wanted['nameservers'])) this.#nameServers = wanted['nameservers'].map(String);
  }
}
