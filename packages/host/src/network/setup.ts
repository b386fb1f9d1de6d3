import { VdsmError } from '@virgate/vdsm';
import { CommandError } from '../command.ts';
import type { Hooks } from '../hooks/index.ts';
import type { AgentLog } from '../log.ts';
import { notImplemented, readObject, readOptionalBoolean, readOptionalInteger } from '../verb.ts';
import { isShownNic } from './capabilities.ts';
import type { NetworkMapping } from './capabilities.ts';
import { applyRequest, baseOf, checkTogether, emptyConfiguration, networkErrorCode } from './configuration.ts';
import type { HostConfiguration, NetworkConfiguration } from './configuration.ts';
import { Connectivity } from './connectivity.ts';
import { statesOf, topOf, wantedStates } from './device-state.ts';
import type { BridgeName, DeviceStates } from './device-state.ts';
import type { DhcpClients } from './dhcp.ts';
import type { NetworkFacts } from './facts.ts';
import type { NameServers } from './name-servers.ts';
import type { OpenVSwitch, SwitchBridge } from './open-vswitch.ts';
import { dropVmPorts, planSwitches, wantedSwitches } from './open-vswitch-plan.ts';
import { planChanges, switchCommand } from './plan.ts';
import type { NetworkCommand } from './plan.ts';
import type { RouterAdvertisements } from './router-advertisements.ts';
import type { SharedDevice, TrafficShares } from './traffic-shares.ts';
import type { ConfigurationStore } from './store.ts';

/** How long a change waits for the engine unless the request says otherwise. Source: VDSM, connectivityTimeout. */
const defaultConnectivityTimeoutSeconds = 4;
const maximumConnectivityTimeoutSeconds = 600;

export interface SetupDependencies {
  mapping: NetworkMapping;
  store: ConfigurationStore;
  bootId: string;
  gather: () => Promise<NetworkFacts>;
  /** Runs `ip` with these arguments. */
  ip: (command: NetworkCommand) => Promise<void>;
  openVSwitch: OpenVSwitch;
  dhcp: { v4: DhcpClients; v6: DhcpClients };
  nameServers: NameServers;
  advertisements: RouterAdvertisements;
  shares: TrafficShares;
  hooks: Hooks;
  log: AgentLog;
}

/**
 * The management network that the host had before its engine set anything up: taken over as it is when a NIC or bond carries
 * it; undefined when it has no uplink of its own (an installation on one machine routes), and then it can't be changed.
 */
export function foundManagement(facts: NetworkFacts, mapping: NetworkMapping): NetworkConfiguration | undefined {
  const { bridge } = mapping.management;
  const device = facts.links.find((link) => link.name === bridge);
  const port = facts.links.find(
    (link) => link.master === bridge && (link.kind === 'bond' || link.kind === 'vlan' || isShownNic(link, mapping)),
  );
  if (!device || !port) return undefined;
  const base = port.kind === 'vlan' ? facts.links.find((link) => link.name === port.parent) : port;
  if (!base) return undefined;
  const ipv4 = device.ipv4[0];
  const ipv6 = device.ipv6.find((address) => !address.dynamic);
  const dhcpv4 = ipv4?.dynamic ?? false;
  return {
    ...(base.kind === 'bond' ? { bonding: base.name } : { nic: base.name }),
    ...(port.kind === 'vlan' && port.vlanId !== undefined ? { vlan: port.vlanId } : {}),
    bridged: true,
    stp: device.spanningTree,
    mtu: device.mtuBytes,
    ipv4Address: ipv4 && !dhcpv4 ? `${ipv4.address}/${ipv4.prefixLength}` : '',
    dhcpv4,
    ipv6Address: ipv6 ? `${ipv6.address}/${ipv6.prefixLength}` : '',
    ipv4Gateway: dhcpv4 ? '' : device.ipv4Gateway,
    ipv6Gateway: device.ipv6Gateway,
    defaultRoute: device.ipv4Gateway !== '' || device.ipv6Gateway !== '',
  };
}

/** Whether a request describes the management network as it is, where that can't be changed. */
function describesManagement(wanted: Record<string, unknown>, facts: NetworkFacts, mapping: NetworkMapping): boolean {
  const device = facts.links.find((link) => link.name === mapping.management.bridge);
  const text = (key: string): string => (typeof wanted[key] === 'string' ? wanted[key] : '');
  return (
    device !== undefined &&
    wanted['remove'] === undefined &&
    text('bonding') === '' &&
    (wanted['vlan'] === undefined || wanted['vlan'] === '') &&
    readOptionalBoolean(wanted, 'bridged') !== false &&
    [undefined, device.mtuBytes].includes(readOptionalInteger(wanted, 'mtu', { minimum: 68, maximum: 65_535 })) &&
    ['', device.ipv4[0]?.address].includes(text('ipaddr')) &&
    ['', device.ipv4Gateway].includes(text('gateway')) &&
    (text('bootproto') !== 'dhcp' || device.ipv4[0]?.dynamic === true)
  );
}

/** The devices of a host that a change may touch. */
interface HostDevices {
  devices: DeviceStates;
  /** Bridges of Open vSwitch. */
  switches: readonly SwitchBridge[];
}

const devicesOf = (facts: NetworkFacts): HostDevices => ({ devices: statesOf(facts), switches: facts.openVSwitch?.bridges ?? [] });

/** The commands from one state of the devices to another. */
const commandsBetween = (current: HostDevices, wanted: HostDevices): NetworkCommand[] =>
  planChanges(current.devices, wanted.devices, planSwitches(current.switches, wanted.switches));

/** One change of the network: configurations and devices, before and after. */
interface Change {
  from: HostConfiguration;
  to: HostConfiguration;
  before: HostDevices;
  wanted: HostDevices;
  /** In how many seconds the engine has to be heard afterwards; null when that is not asked for. */
  heardWithinSeconds: number | null;
}

/** Changes the host's network as its engine asks, all of a request or nothing of it. One change at a time. */
export class NetworkSetup {
  readonly connectivity = new Connectivity();
  readonly #parts: SetupDependencies;
  #running: HostConfiguration = emptyConfiguration;
  #safe: HostConfiguration = emptyConfiguration;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: SetupDependencies) {
    this.#parts = parts;
  }

  /** What the engine has set up. */
  get configuration(): HostConfiguration {
    return this.#running;
  }

  /** Whether a boot would bring another network than the host has now. */
  get dirty(): boolean {
    return JSON.stringify(this.#running) !== JSON.stringify(this.#safe);
  }

  readonly #bridgeName: BridgeName = (network) =>
    network === this.#parts.mapping.management.name ? this.#parts.mapping.management.bridge : network;

  /**
   * After a start of the agent: takes back a change that was cut off; after a boot of the host, builds the safe configuration.
   */
  async recover(): Promise<void> {
    const { store, bootId, log } = this.#parts;
    const [running, safe, pending] = await Promise.all([store.running(), store.safe(), store.pending()]);
    this.#safe = safe ?? emptyConfiguration;
    const sameBoot = running?.bootId === bootId;
    if (pending !== undefined) {
      const finished = JSON.stringify(running?.configuration) === JSON.stringify(pending.wanted);
      if (pending.bootId === bootId && !finished) {
        log.warn({}, 'A change of the network was cut off; it is taken back');
        const devices = new Map(pending.before.map((device) => [device.name, device]));
        await this.#restore({ devices, switches: pending.switches ?? [] }, pending.made);
      }
      await store.forgetPending();
    }
    // Devices may be gone without a boot, with a namespace or by somebody's hand.
    await this.#rebuild(sameBoot ? running.configuration : this.#safe, sameBoot);
    await this.#settle().catch((error: unknown) => log.error({ error: String(error) }, 'A part of the network could not be restored'));
  }

  /** Builds what of a configuration is not there. */
  async #rebuild(configuration: HostConfiguration, sameBoot: boolean): Promise<void> {
    const { store, bootId, gather, log } = this.#parts;
    const facts = await gather();
    const current = devicesOf(facts);
    // Open vSwitch brings its bridges back by itself, though neither up nor with addresses, and also those that nobody made safe.
    const isBack = !sameBoot && current.switches.length > 0;
    const isEmpty = Object.keys(configuration.networks).length === 0 && Object.keys(configuration.bonds).length === 0;
    if (isEmpty && !isBack) return;
    const isThere = Object.entries(configuration.networks).every(([name, network]) =>
      current.devices.has(topOf(name, network, this.#bridgeName)),
    );
    try {
      if (isBack) await this.#forgetVmPorts(current.switches);
      if (!isThere || isBack) await this.#change(current, await this.#wanted(facts, emptyConfiguration, configuration));
    } catch (error) {
      // A host with part of its network can be reached and repaired; the engine sees what is missing.
      log.error({ error: String(error) }, 'The network configuration could not be restored whole');
    }
    this.#running = configuration;
    await store.saveRunning({ bootId, configuration });
  }

  async #forgetVmPorts(switches: readonly SwitchBridge[]): Promise<void> {
    const commands = dropVmPorts(switches);
    if (commands.length > 0) await this.#parts.openVSwitch.run(commands);
  }

  /** The devices that the host is to have. @throws VdsmError */
  async #wanted(facts: NetworkFacts, from: HostConfiguration, to: HostConfiguration): Promise<HostDevices> {
    const current = devicesOf(facts);
    const devices = wantedStates(current.devices, from, to, this.#bridgeName);
    const isSwitched = [...Object.values(to.networks), ...Object.values(to.bonds)].some((one) => one.switch === 'ovs');
    if (isSwitched && !facts.openVSwitch)
      throw new VdsmError(networkErrorCode.failedInterfaceUp, 'This host runs no Open vSwitch: install openvswitch-switch and start it');
    const around = {
      portName: this.#bridgeName,
      datapath: isSwitched ? await this.#parts.openVSwitch.datapath() : ('netdev' as const),
      addressOf: (nic: string) => facts.links.find((link) => link.name === nic)?.hardwareAddress,
    };
    return { devices, switches: wantedSwitches(current.switches, from, to, around) };
  }

  /** Host.setupNetworks. @throws VdsmError */
  setup(params: Record<string, unknown>): Promise<void> {
    const turn = this.#queue.then(() => this.#setupWithHooks(params));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Host.setSafeNetworkConfig: the network as it is now is what the next boot brings. */
  commit(): Promise<void> {
    const turn = this.#queue.then(async () => {
      await this.#parts.store.saveSafe(this.#running);
      this.#safe = this.#running;
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** The host's hooks may change a request, and hear how it ended. */
  async #setupWithHooks(params: Record<string, unknown>): Promise<void> {
    const { hooks } = this.#parts;
    const { networks = {}, bondings = {}, options = {} } = params;
    const asked = { request: { networks, bondings, options } };
    let wanted = asked;
    try {
      wanted = await hooks.onJson('before_network_setup', asked);
      await this.#setup({ ...params, ...readObject(wanted, 'request') });
    } catch (error) {
      await hooks.onJson('after_network_setup_fail', wanted);
      throw error;
    }
    await hooks.onJson('after_network_setup', wanted);
  }

  async #setup(params: Record<string, unknown>): Promise<void> {
    const { store, gather, mapping } = this.#parts;
    const options = readObject({ options: params['options'] ?? {} }, 'options');
    const checksConnectivity = readOptionalBoolean(options, 'connectivityCheck') ?? true;
    const timeoutSeconds =
      readOptionalInteger(options, 'connectivityTimeout', { minimum: 1, maximum: maximumConnectivityTimeoutSeconds }) ??
      defaultConnectivityTimeoutSeconds;
    const facts = await gather();
    const { from, to } = this.#configurations(params, facts);
    checkTogether(to, new Set(facts.links.filter((link) => isShownNic(link, mapping)).map((link) => link.name)));
    const { dhcp } = this.#parts;
    if (Object.values(to.networks).some((network) => network.dhcpv4)) dhcp.v4.check();
    if (Object.values(to.networks).some((network) => network.dhcpv6)) dhcp.v6.check();
    if (Object.values(to.networks).some((network) => network.nameServers)) await this.#parts.nameServers.check();
    const before = devicesOf(facts);
    const wanted = await this.#wanted(facts, from, to);
    const changes = commandsBetween(before, wanted).length > 0 || JSON.stringify(from) !== JSON.stringify(to);
    if (changes) await this.#carryOut({ from, to, before, wanted, heardWithinSeconds: checksConnectivity ? timeoutSeconds : null });
    if (readOptionalBoolean(options, 'commitOnSuccess') === true) {
      await store.saveSafe(this.#running);
      this.#safe = this.#running;
    }
  }

  /** Does a change whole, or takes it back whole. */
  async #carryOut({ from, to, before, wanted, heardWithinSeconds }: Change): Promise<void> {
    const { store, bootId, log } = this.#parts;
    const made = [...wanted.devices.keys()].filter((name) => !before.devices.has(name));
    await store.savePending({ bootId, before: [...before.devices.values()], made, switches: [...before.switches], wanted: to });
    try {
      await this.#change(before, wanted);
      this.#running = to;
      await this.#settle();
      if (heardWithinSeconds !== null && !(await this.connectivity.heard(heardWithinSeconds * 1000)))
        throw new VdsmError(
          networkErrorCode.lostConnection,
          `The engine was not heard within ${heardWithinSeconds} s; the network is as it was before`,
        );
    } catch (error) {
      log.warn({ error: String(error) }, 'The network could not be set up; it is taken back');
      this.#running = from;
      await this.#restore(before, made);
      await this.#settle().catch(() => undefined);
      await store.forgetPending();
      throw asNetworkError(error);
    }
    await store.saveRunning({ bootId, configuration: to });
    await store.forgetPending();
  }

  #configurations(params: Record<string, unknown>, facts: NetworkFacts): { from: HostConfiguration; to: HostConfiguration } {
    const { mapping } = this.#parts;
    const { name } = mapping.management;
    const asked = readObject({ networks: params['networks'] ?? {} }, 'networks');
    const wanted = asked[name];
    if (this.#running.networks[name] || typeof wanted !== 'object' || wanted === null)
      return { from: this.#running, to: applyRequest(this.#running, params) };
    const found = foundManagement(facts, mapping);
    if (found) {
      const from = { ...this.#running, networks: { ...this.#running.networks, [name]: found } };
      return { from, to: applyRequest(from, params) };
    }
    if (facts.links.some((link) => link.name === mapping.management.bridge)) {
      const { nic } = wanted as { nic?: unknown };
      if (nic !== undefined && !facts.links.some((link) => link.name === nic && isShownNic(link, mapping)))
        throw new VdsmError(networkErrorCode.badNic, `This host has no NIC ${String(nic).slice(0, 64)}`);
      if (!describesManagement(wanted as Record<string, unknown>, facts, mapping))
        throw notImplemented('Host.setupNetworks', `the network ${name} of this host has no NIC of its own, it can't be changed`);
      const networks = Object.fromEntries(Object.entries(asked).filter(([other]) => other !== name));
      return { from: this.#running, to: applyRequest(this.#running, { ...params, networks }) };
    }
    return { from: this.#running, to: applyRequest(this.#running, params) };
  }

  async #change(current: HostDevices, wanted: HostDevices): Promise<void> {
    const commands = commandsBetween(current, wanted);
    const { dhcp } = this.#parts;
    for (const name of replaced(current.devices, wanted.devices)) {
      dhcp.v4.drop(name);
      dhcp.v6.drop(name);
    }
    for (const command of commands) await this.#run(command);
  }

  async #run(command: NetworkCommand): Promise<void> {
    const { ip, openVSwitch } = this.#parts;
    if (command[0] !== switchCommand) return await ip(command);
    await openVSwitch.run(command.slice(1));
    const { errors = {}, bridges = [] } = (await openVSwitch.settled()) ?? {};
    // A transaction has succeeded also when the switch can't open a device of it.
    const own = bridges.flatMap(({ ports }) => ports.flatMap((port) => (port.vmId === undefined ? port.interfaces : [])));
    const failed = own.find((name) => errors[name] !== undefined && command.includes(name));
    if (failed !== undefined) throw new VdsmError(networkErrorCode.failedInterfaceUp, `Open vSwitch: ${failed}: ${errors[failed]}`);
  }

  /** Brings devices back as they were, as far as it goes: what can't be done is told, and the rest goes on. */
  async #restore(before: HostDevices, made: readonly string[]): Promise<void> {
    const { gather, log } = this.#parts;
    const { devices, switches } = devicesOf(await gather());
    // Devices that others have made meanwhile are none of its business.
    const current = { devices: new Map([...devices].filter(([name]) => before.devices.has(name) || made.includes(name))), switches };
    for (const command of commandsBetween(current, before)) {
      await this.#run(command).catch((error: unknown) =>
        log.error({ command: command.join(' '), error: String(error) }, 'A part of the network could not be taken back'),
      );
    }
  }

  /** What of the configuration is no device: leases, what routers advertise, name servers. */
  async #settle(): Promise<void> {
    const { advertisements, nameServers } = this.#parts;
    await this.#settleDhcp();
    await this.#settleShares();
    for (const [name, network] of Object.entries(this.#running.networks))
      await advertisements.settle(topOf(name, network, this.#bridgeName), advertisedTo(network));
    await nameServers.settle([...new Set(Object.values(this.#running.networks).flatMap((network) => network.nameServers ?? []))]);
  }

  async #settleShares(): Promise<void> {
    const { gather, shares } = this.#parts;
    const { links } = await gather();
    const networks = Object.values(this.#running.networks);
    const devices = [...new Set(networks.map(baseOf))].map((name): SharedDevice => ({
      name,
      speedMbps: links.find((link) => link.name === name)?.speedMbps ?? 0,
      networks: networks.flatMap((network) =>
        baseOf(network) === name && network.hostQos ? [{ vlan: network.vlan, ...network.hostQos }] : [],
      ),
    }));
    await shares.settle(devices);
  }

  async #settleDhcp(): Promise<void> {
    const { dhcp } = this.#parts;
    const leased = (key: 'dhcpv4' | 'dhcpv6') =>
      new Map(
        Object.entries(this.#running.networks).flatMap(([name, network]) =>
          network[key] === true ? [[topOf(name, network, this.#bridgeName), { defaultRoute: network.defaultRoute }] as const] : [],
        ),
      );
    await dhcp.v4.settle(leased('dhcpv4'));
    await dhcp.v6.settle(leased('dhcpv6'));
  }
}

/** What of routers' advertisements a network takes: with DHCP of IPv6 its route alone comes from there. */
const advertisedTo = ({ ipv6Automatic, dhcpv6, defaultRoute }: NetworkConfiguration) =>
  ipv6Automatic || (dhcpv6 && defaultRoute) ? { defaultRoute, addresses: ipv6Automatic === true } : undefined;

/** Devices that go, or go and come again: what runs on them has to begin anew. */
const replaced = (current: DeviceStates, wanted: DeviceStates): string[] =>
  [...current.values()].flatMap(({ name, kind, parent, vlanId }) => {
    const next = wanted.get(name);
    return next?.kind === kind && next.parent === parent && next.vlanId === vlanId ? [] : [name];
  });

/** What the kernel refused, in the contract's codes. */
function asNetworkError(error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  const text = error.message;
  if (/Unknown device type/.test(text))
    return new VdsmError(networkErrorCode.failedInterfaceUp, `The kernel of this host lacks a kind of network device: ${text}`);
  return new VdsmError(networkErrorCode.failedInterfaceUp, text);
}
