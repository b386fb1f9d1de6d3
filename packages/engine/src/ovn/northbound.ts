import { OvsdbError, asMap, asSet, mapOf, setOf, transact, uuidOf, type OvsdbOperation, type OvsdbResult, type OvsdbTls } from './ovsdb.ts';
import { SecurityGroups } from './security-groups.ts';
import { firstAddress, isInside, parseCidr, serverMac } from './subnets.ts';

const database = 'OVN_Northbound';
/** What Geneve leaves of frames of 1500 bytes. */
const tunnelledMtuBytes = 1442;
const leaseSeconds = 86_400;

/** Keys by which what is written is known again, here and to other engines. Source: network provider of OVN, external ids. */
const key = {
  networkId: 'ovirt_network_id',
  subnetName: 'ovirt_name',
  vmId: 'ovirt_device_id',
  nicName: 'ovirt_nic_name',
  owner: 'ovirt_device_owner',
  portSecurity: 'ovirt_port_security',
  installation: 'virgate_installation',
} as const;
const owner = 'oVirt';

/** A network of OVN: a logical switch. */
export interface OvnNetwork {
  id: string;
  name: string;
  /** Whether ports let pass only what has the address of their NIC. */
  portSecurity: boolean;
}

/** The addresses that OVN gives to guests on a network. */
export interface OvnSubnet {
  id: string;
  networkId: string;
  name: string;
  cidr: string;
  gateway: string | null;
  dnsServers: string[];
}

/** A NIC of a VM that is to be on a network of OVN. */
export interface OvnNic {
  id: string;
  name: string;
  mac: string;
  vmId: string;
  networkId: string;
  /** Its security groups; in none of them all passes. */
  securityGroups: readonly string[];
}

const networkOf = (row: Record<string, unknown>): OvnNetwork => ({
  id: uuidOf(row['_uuid']),
  name: String(row['name']),
  portSecurity: mapOf(row['external_ids'])[key.portSecurity] !== 'false',
});

function subnetOf(row: Record<string, unknown>): OvnSubnet {
  const options = mapOf(row['options']);
  const noted = mapOf(row['external_ids']);
  return {
    id: uuidOf(row['_uuid']),
    networkId: noted[key.networkId] ?? '',
    name: noted[key.subnetName] ?? '',
    cidr: String(row['cidr']),
    gateway: options['router'] ?? null,
    dnsServers: (options['dns_server'] ?? '')
      .replaceAll(/[{}]/g, '')
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
  };
}

const byId = (id: string): unknown[] => [['_uuid', '==', ['uuid', id]]];
const noting = (name: string, value: string): unknown[] => [['external_ids', 'includes', asMap({ [name]: value })]];

/** OVN's northbound database: what networks there are to be, of which OVN makes flows on all hosts. */
export class Northbound {
  readonly #remote: string;
  readonly #tls: OvsdbTls;
  readonly #installationId: string;

  /** @param installationId by which ports are known as this installation's */
  constructor(remote: string, tls: OvsdbTls, installationId: string) {
    this.#remote = remote;
    this.#tls = tls;
    this.#installationId = installationId;
  }

  /** Its security groups. */
  get securityGroups(): SecurityGroups {
    return new SecurityGroups((...operations) => this.#transact(...operations));
  }

  #transact(...operations: OvsdbOperation[]): Promise<OvsdbResult[]> {
    return transact(this.#remote, this.#tls, database, operations);
  }

  async #select(table: string, where: unknown[], columns: string[]): Promise<Record<string, unknown>[]> {
    const [found] = await this.#transact({ op: 'select', table, where, columns });
    return found?.rows ?? [];
  }

  /** Whether the database answers, and is one of OVN. @throws {OvsdbError} */
  async ping(): Promise<void> {
    await this.#select('NB_Global', [], ['_uuid']);
  }

  /** Its networks, by name. @throws {OvsdbError} */
  async networks(id?: string): Promise<OvnNetwork[]> {
    const rows = await this.#select('Logical_Switch', id === undefined ? [] : byId(id), ['_uuid', 'name', 'external_ids']);
    return rows.map(networkOf).toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  }

  /** @returns the new network's id @throws {OvsdbError} */
  async addNetwork(name: string): Promise<string> {
    const row = { name, external_ids: asMap({ [key.portSecurity]: 'true', [key.installation]: this.#installationId }) };
    const [made] = await this.#transact({ op: 'insert', table: 'Logical_Switch', row });
    return uuidOf(made?.uuid);
  }

  /** Removes a network with its subnets and ports; one that is gone is fine. @throws {OvsdbError} */
  async removeNetwork(id: string): Promise<void> {
    await this.#transact(
      { op: 'delete', table: 'DHCP_Options', where: noting(key.networkId, id) },
      { op: 'delete', table: 'Logical_Switch', where: byId(id) },
    );
  }

  async renameNetwork(id: string, name: string): Promise<void> {
    await this.#transact({ op: 'update', table: 'Logical_Switch', where: byId(id), row: { name } });
  }

  /** The subnets of a network. @throws {OvsdbError} */
  async subnets(networkId: string): Promise<OvnSubnet[]> {
    const rows = await this.#select('DHCP_Options', noting(key.networkId, networkId), ['_uuid', 'cidr', 'options', 'external_ids']);
    return rows.map(subnetOf).toSorted((a, b) => a.id.localeCompare(b.id));
  }

  /**
   * Gives a network its subnet: guests get their addresses from it by DHCP, those that run at their next renewal.
   * @returns its id
   * @throws {OvsdbError} `timed out` when the network has one already, or is gone
   */
  async addSubnet({ networkId, name, cidr, gateway, dnsServers }: Omit<OvnSubnet, 'id'>): Promise<string> {
    const block = parseCidr(cidr);
    if (block === null) throw new TypeError(`${cidr} was not checked`);
    const server = gateway ?? firstAddress(block);
    const options = {
      server_id: server,
      server_mac: serverMac(server),
      lease_time: String(leaseSeconds),
      mtu: String(tunnelledMtuBytes),
      ...(gateway === null ? {} : { router: gateway }),
      ...(dnsServers.length === 0 ? {} : { dns_server: `{${dnsServers.join(', ')}}` }),
    };
    const reserved = [...new Set([server, ...dnsServers.filter((one) => isInside(one, block))])].join(' ');
    const ports = await this.#portsOf(networkId);
    const results = await this.#transact(
      // Two requests at once must not both find the network without a subnet.
      {
        op: 'wait',
        table: 'Logical_Switch',
        timeout: 0,
        where: byId(networkId),
        columns: ['_uuid'],
        until: '==',
        rows: [{ _uuid: ['uuid', networkId] }],
      },
      { op: 'wait', table: 'DHCP_Options', timeout: 0, where: noting(key.networkId, networkId), columns: ['cidr'], until: '==', rows: [] },
      {
        op: 'insert',
        table: 'DHCP_Options',
        'uuid-name': 'subnet',
        row: { cidr, options: asMap(options), external_ids: asMap({ [key.networkId]: networkId, [key.subnetName]: name }) },
      },
      {
        op: 'mutate',
        table: 'Logical_Switch',
        where: byId(networkId),
        mutations: [
          ['other_config', 'delete', asSet(['subnet', 'exclude_ips'])],
          ['other_config', 'insert', asMap({ subnet: cidr, exclude_ips: reserved })],
        ],
      },
      ...ports.map(({ id, mac, isOpen }) => ({
        op: 'update' as const,
        table: 'Logical_Switch_Port',
        where: byId(id),
        row: { dhcpv4_options: ['named-uuid', 'subnet'], addresses: asSet([`${mac} dynamic`, ...(isOpen ? ['unknown'] : [])]) },
      })),
    );
    return uuidOf(results[2]?.uuid);
  }

  /** Takes a network's subnet from it; guests keep their addresses until they ask again. @throws {OvsdbError} */
  async removeSubnet({ id, networkId }: Pick<OvnSubnet, 'id' | 'networkId'>): Promise<void> {
    const ports = await this.#portsOf(networkId);
    await this.#transact(
      { op: 'delete', table: 'DHCP_Options', where: byId(id) },
      {
        op: 'mutate',
        table: 'Logical_Switch',
        where: byId(networkId),
        mutations: [['other_config', 'delete', asSet(['subnet', 'exclude_ips'])]],
      },
      ...ports.map(({ id: port, mac, isOpen }) => ({
        op: 'update' as const,
        table: 'Logical_Switch_Port',
        where: byId(port),
        row: { addresses: asSet([mac, ...(isOpen ? ['unknown'] : [])]) },
      })),
    );
  }

  /** The ports of a network that are NICs of VMs. */
  async #portsOf(networkId: string): Promise<{ id: string; mac: string; isOpen: boolean }[]> {
    const [network] = await this.#select('Logical_Switch', byId(networkId), ['ports']);
    const members = new Set(setOf(network?.['ports']).map(uuidOf));
    const rows = await this.#select('Logical_Switch_Port', noting(key.owner, owner), ['_uuid', 'addresses']);
    return rows.flatMap((row) => {
      const addresses = setOf(row['addresses']).map(String);
      const [mac] = addresses[0]?.split(' ') ?? [];
      return mac !== undefined && members.has(uuidOf(row['_uuid']))
        ? [{ id: uuidOf(row['_uuid']), mac, isOpen: addresses.includes('unknown') }]
        : [];
    });
  }

  /**
   * Makes a NIC a port of its network; the port has the name of the NIC's id, by which hosts bind it (`iface-id`). The same again changes nothing.
   * @throws {OvsdbError} `no_network` when the provider has lost the network
   */
  async putPort(nic: OvnNic): Promise<void> {
    const [network] = await this.networks(nic.networkId);
    if (!network) throw new OvsdbError('no_network', `The provider has no network ${nic.networkId}`);
    const [subnet] = await this.subnets(nic.networkId);
    const row = {
      addresses: asSet([subnet ? `${nic.mac} dynamic` : nic.mac, ...(network.portSecurity ? [] : ['unknown'])]),
      port_security: asSet(network.portSecurity ? [nic.mac] : []),
      dhcpv4_options: subnet ? ['uuid', subnet.id] : asSet([]),
      external_ids: asMap({ [key.vmId]: nic.vmId, [key.nicName]: nic.name, [key.owner]: owner, [key.installation]: this.#installationId }),
    };
    const [port] = await this.#select('Logical_Switch_Port', [['name', '==', nic.id]], ['_uuid']);
    if (port) {
      const id = uuidOf(port['_uuid']);
      const holders = await this.#select('Logical_Switch', [...byId(nic.networkId), ['ports', 'includes', port['_uuid']]], ['_uuid']);
      if (holders.length > 0) {
        const groups = await this.securityGroups.membership(['uuid', id], nic.securityGroups);
        await this.#transact({ op: 'update', table: 'Logical_Switch_Port', where: byId(id), row }, ...groups);
        return;
      }
      // An address that goes and comes again in one transaction is one that OVN does not see move.
      await this.removePorts([id]);
    }
    await this.#transact(
      { op: 'insert', table: 'Logical_Switch_Port', 'uuid-name': 'port', row: { name: nic.id, ...row } },
      {
        op: 'mutate',
        table: 'Logical_Switch',
        where: byId(nic.networkId),
        mutations: [['ports', 'insert', asSet([['named-uuid', 'port']])]],
      },
      ...(await this.securityGroups.membership(['named-uuid', 'port'], nic.securityGroups)),
    );
  }

  /** This installation's ports, each with the NIC that it is. @throws {OvsdbError} */
  async ownPorts(): Promise<{ id: string; nicId: string }[]> {
    const ports = await this.#select(
      'Logical_Switch_Port',
      [...noting(key.installation, this.#installationId), ...noting(key.owner, owner)],
      ['_uuid', 'name'],
    );
    return ports.map((port) => ({ id: uuidOf(port['_uuid']), nicId: String(port['name']) }));
  }

  /** Removes ports: each goes with the switch that has it; those that are gone are fine. @throws {OvsdbError} */
  async removePorts(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const members = asSet(ids.map((id) => ['uuid', id]));
    await this.#transact({ op: 'mutate', table: 'Logical_Switch', where: [], mutations: [['ports', 'delete', members]] });
  }
}
