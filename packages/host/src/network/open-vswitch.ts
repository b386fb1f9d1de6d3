import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../command.ts';

/** Where Open vSwitch's database listens, and where libvirt looks for it. */
export const defaultDatabaseSocket = '/run/openvswitch/db.sock';
const databaseTimeoutSeconds = 10;
const commandTimeoutMs = 15_000;
const settleMs = 2000;
const settlePollMs = 100;

/** A bond as Open vSwitch has it. */
export interface SwitchBond {
  mode: string;
  lacp: string;
  /** `other_config` and delays, by name. */
  options: Record<string, string>;
}

/** One port of a bridge of Open vSwitch. */
export interface SwitchPort {
  name: string;
  /** Devices behind the port; several are a bond. */
  interfaces: string[];
  /** Whether the switch itself made the device behind it, for the host's own use. */
  internal: boolean;
  /** VLAN of frames without a tag; undefined for a port that carries all VLANs. */
  tag: number | undefined;
  bond: SwitchBond | undefined;
  /** Size of frames and hardware address that an internal port was asked to have. */
  mtuBytes: number | undefined;
  hardwareAddress: string | undefined;
  /** The VM whose NIC it is. */
  vmId: string | undefined;
  /** What libvirt noted of a NIC of a VM: its address and the profile of its port; and its number for flows. */
  vmNic?: { address: string; profile: string; number: number };
}

/** A bridge of Open vSwitch. */
export interface SwitchBridge {
  name: string;
  datapath: string;
  spanningTree: boolean;
  ports: SwitchPort[];
}

/** Which bridges of Open vSwitch the host has, and what went wrong with their ports. */
export interface SwitchFacts {
  bridges: SwitchBridge[];
  /** What the switch says of interfaces that it could not open, by name. */
  errors: Record<string, string>;
  /** Members of bonds that carry traffic now, by the name of the bond. */
  activeMembers: Record<string, string>;
  /** What other programs noted in the database: the host's name to OVN, and where OVN's databases are. */
  externalIds: Record<string, string>;
}

/** How packets get from port to port: in the kernel, or in the switch's own process where the kernel has no part for it. */
export type Datapath = 'system' | 'netdev';

type Cell = string | number | boolean | [string, unknown];
interface Table {
  headings?: string[];
  data?: Cell[][];
}
type Row = Readonly<Record<string, Cell>>;

const rowsOf = (table: Table): Row[] =>
  (table.data ?? []).map((cells) => Object.fromEntries((table.headings ?? []).map((heading, at) => [heading, cells[at] ?? ''])));
const isEmptySet = (cell: Cell | undefined): boolean => Array.isArray(cell) && cell[0] === 'set';
const text = (cell: Cell | undefined): string => (typeof cell === 'string' ? cell : '');
const whole = (cell: Cell | undefined): number | undefined => (typeof cell === 'number' ? cell : undefined);
const identifiers = (cell: Cell | undefined): string[] => {
  if (!Array.isArray(cell)) return [];
  const list = cell[0] === 'set' ? (cell[1] as [string, string][]) : [cell as [string, string]];
  return list.filter(([kind]) => kind === 'uuid').map(([, id]) => id);
};
const identifier = (cell: Cell | undefined): string => identifiers(cell)[0] ?? '';
const mapOf = (cell: Cell | undefined): Record<string, string> =>
  Array.isArray(cell) && cell[0] === 'map' ? Object.fromEntries(cell[1] as [string, string][]) : {};

/** What of the database describes bridges; `ovs-vsctl` prints one table for each of these commands. */
const listCommand = [
  '--',
  '--columns=name,ports,datapath_type,stp_enable',
  'list',
  'Bridge',
  '--',
  '--columns=_uuid,name,interfaces,tag,bond_mode,bond_active_slave,bond_updelay,bond_downdelay,lacp,other_config',
  'list',
  'Port',
  '--',
  '--columns=_uuid,name,type,error,mtu_request,mac,mac_in_use,ofport,external_ids',
  'list',
  'Interface',
  '--',
  '--columns=external_ids',
  'list',
  'Open_vSwitch',
];

function bondOf(port: Row): SwitchBond {
  const delays = { updelay: whole(port['bond_updelay']) ?? 0, downdelay: whole(port['bond_downdelay']) ?? 0 };
  return {
    mode: text(port['bond_mode']),
    lacp: text(port['lacp']),
    options: {
      ...mapOf(port['other_config']),
      ...Object.fromEntries(Object.entries(delays).flatMap(([name, value]) => (value === 0 ? [] : [[name, String(value)]]))),
    },
  };
}

function portOf(port: Row, interfaces: ReadonlyMap<string, Row>): SwitchPort {
  const members = identifiers(port['interfaces'])
    .map((id) => interfaces.get(id))
    .filter((row) => row !== undefined);
  const [first] = members;
  const noted = mapOf(first?.['external_ids']);
  const vmId = noted['vm-id'];
  return {
    name: text(port['name']),
    interfaces: members.map((member) => text(member['name'])).toSorted(),
    internal: text(first?.['type']) === 'internal',
    tag: whole(port['tag']),
    bond: members.length > 1 ? bondOf(port) : undefined,
    mtuBytes: whole(first?.['mtu_request']),
    hardwareAddress: isEmptySet(first?.['mac']) ? undefined : text(first?.['mac']) || undefined,
    vmId,
    ...(vmId === undefined
      ? {}
      : { vmNic: { address: noted['attached-mac'] ?? '', profile: noted['port-profile'] ?? '', number: whole(first?.['ofport']) ?? -1 } }),
  };
}

/** What `ovs-vsctl --format=json` printed of its tables. Pure. */
export function readSwitchTables(output: string): SwitchFacts {
  const [bridges = {}, ports = {}, interfaces = {}, database = {}] = output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Table);
  const interfaceRows = rowsOf(interfaces);
  const interfacesById = new Map(interfaceRows.map((row) => [identifier(row['_uuid']), row]));
  const portRows = rowsOf(ports);
  const portsById = new Map(portRows.map((row) => [identifier(row['_uuid']), portOf(row, interfacesById)]));
  // The host's own devices have the address of a NIC below them: only members of the bond itself are meant.
  const activeOf = (port: Row): string | undefined => {
    const members = identifiers(port['interfaces']).map((id) => interfacesById.get(id));
    const active = members.find((row) => row !== undefined && text(row['mac_in_use']) === text(port['bond_active_slave']));
    return active && text(active['name']);
  };
  return {
    bridges: rowsOf(bridges).map((row) => ({
      name: text(row['name']),
      datapath: text(row['datapath_type']) || 'system',
      spanningTree: row['stp_enable'] === true,
      ports: identifiers(row['ports'])
        .flatMap((id) => portsById.get(id) ?? [])
        .toSorted((a, b) => a.name.localeCompare(b.name)),
    })),
    errors: Object.fromEntries(
      interfaceRows.flatMap((row) => (text(row['error']) === '' ? [] : [[text(row['name']), text(row['error'])] as const])),
    ),
    activeMembers: Object.fromEntries(
      portRows.flatMap((row) => {
        const member = text(row['bond_active_slave']) === '' ? undefined : activeOf(row);
        return member === undefined ? [] : [[text(row['name']), member] as const];
      }),
    ),
    externalIds: mapOf(rowsOf(database)[0]?.['external_ids']),
  };
}

export interface OpenVSwitchOptions {
  /** Stands before every command, for a network namespace. */
  prefix?: readonly string[];
  databaseSocket?: string;
  datapath?: Datapath | 'auto';
}

/** The Open vSwitch of the host, by its own program. */
export class OpenVSwitch {
  readonly #prefix: readonly string[];
  readonly #socket: string;
  readonly #wanted: Datapath | 'auto';

  constructor({ prefix = [], databaseSocket = defaultDatabaseSocket, datapath = 'auto' }: OpenVSwitchOptions = {}) {
    this.#prefix = prefix;
    this.#socket = databaseSocket;
    this.#wanted = datapath;
  }

  /** Its bridges; undefined when the host runs none. */
  async facts(): Promise<SwitchFacts | undefined> {
    if (!existsSync(this.#socket)) return undefined;
    try {
      return readSwitchTables(await this.run(listCommand));
    } catch {
      // A socket that nobody listens on is left behind by a switch that was killed.
      return undefined;
    }
  }

  /** Its bridges when its bonds have chosen the member that carries their traffic, which they do a moment after they were made. */
  async settled(): Promise<SwitchFacts | undefined> {
    const until = performance.now() + settleMs;
    while (true) {
      const facts = await this.facts();
      const bonds = facts?.bridges.flatMap(({ ports }) => ports.filter((port) => port.bond?.mode === 'active-backup')) ?? [];
      if (bonds.every((bond) => facts?.activeMembers[bond.name] !== undefined) || performance.now() > until) return facts;
      await delay(settlePollMs);
    }
  }

  /** Carries out commands of `ovs-vsctl` as one transaction: all of them or none. @throws CommandError */
  async run(commands: readonly string[]): Promise<string> {
    const options = [`--db=unix:${this.#socket}`, `--timeout=${databaseTimeoutSeconds}`, '--format=json'];
    const { stdout } = await runCommand([...this.#prefix, 'ovs-vsctl', ...options, ...commands], { timeoutMs: commandTimeoutMs });
    return stdout;
  }

  /** Gives a bridge exactly these flows. @throws CommandError */
  async replaceFlows(bridge: string, flows: readonly string[]): Promise<void> {
    const target = `unix:${join(dirname(this.#socket), `${bridge}.mgmt`)}`;
    await runCommand([...this.#prefix, 'ovs-ofctl', '--bundle', 'replace-flows', target, '-'], {
      timeoutMs: commandTimeoutMs,
      input: `${flows.join('\n')}\n`,
    });
  }

  /** Which way new bridges move packets: the kernel's where it has one. */
  async datapath(): Promise<Datapath> {
    if (this.#wanted !== 'auto') return this.#wanted;
    const asked = runCommand([...this.#prefix, 'ovs-dpctl', 'dump-dps'], { timeoutMs: commandTimeoutMs });
    return asked.then(
      () => 'system' as const,
      () => 'netdev' as const,
    );
  }
}
