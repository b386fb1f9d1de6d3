import { lldpOf } from './lldp.ts';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { runCommand } from '../command.ts';
import type { Mirror } from '../domain-xml/mirrors.ts';
import type { NetworkBridge } from '../domain-xml/environment.ts';
import type { Hooks } from '../hooks/index.ts';
import type { AgentLog } from '../log.ts';
import type { VerbHandler, VerbTable } from '../verb.ts';
import { networkCapabilities } from './capabilities.ts';
import type { NetworkCapabilities, NetworkMapping } from './capabilities.ts';
import { Chassis, chassisFacts, integrationBridge } from './chassis.ts';
import type { ChassisOptions } from './chassis.ts';
import { DhcpClients, dhcpOfIpv4, dhcpOfIpv6 } from './dhcp.ts';
import type { DhcpKind } from './dhcp.ts';
import { gatherNetworkFacts } from './facts.ts';
import type { NetworkFacts } from './facts.ts';
import { OpenVSwitch } from './open-vswitch.ts';
import type { OpenVSwitchOptions } from './open-vswitch.ts';
import { isOwn, switchOf } from './open-vswitch-plan.ts';
import { flowsOf } from './open-vswitch-flows.ts';
import { baseOf } from './configuration.ts';
import { NameServers } from './name-servers.ts';
import { PortMirroring } from './port-mirroring.ts';
import { SwitchMirrors } from './switch-mirrors.ts';
import type { SwitchWatcher } from './switch-mirrors.ts';
import { RouterAdvertisements } from './router-advertisements.ts';
import { NetworkSetup } from './setup.ts';
import { TrafficShares } from './traffic-shares.ts';
import { networkStatistics, readInterfaceCounters } from './statistics.ts';
import { ConfigurationStore } from './store.ts';

export { interfaceOfAddress, networkCapabilities } from './capabilities.ts';
export type { NetworkCapabilities, NetworkMapping } from './capabilities.ts';
export type { NetworkFacts } from './facts.ts';
export { chassisFacts } from './chassis.ts';
export { switchFilters } from './open-vswitch-flows.ts';
export { networkStatistics } from './statistics.ts';

/** Longest time that one `ip` command may take. */
const ipTimeoutMs = 30_000;

export interface NetworkDependencies {
  mapping: NetworkMapping;
  monotonicMs: () => number;
  /** Where the configuration that the engine sets up is kept. */
  folder: string;
  bootId: string;
  hooks: Hooks;
  log: AgentLog;
  emit: (eventId: string, params: object) => void;
  /** Stands before every command: for a network namespace other than the agent's own. */
  prefix?: readonly string[];
  openVSwitch?: Omit<OpenVSwitchOptions, 'prefix'>;
  /** NICs of running VMs that get copies of all frames of a network. */
  mirrors?: () => Mirror[];
  /** Where the host's resolver finds its servers. */
  resolvConf?: string;
  /** What the host is to OVN. */
  chassis: Pick<ChassisOptions, 'systemId' | 'tunnelAddress' | 'tls'>;
}

/** The host's network as the other parts of the agent ask for it. */
export interface HostNetwork {
  facts(): Promise<NetworkFacts>;
  capabilities(facts: NetworkFacts): NetworkCapabilities;
  statistics(): Promise<ReturnType<typeof networkStatistics>>;
  mapping: NetworkMapping;
  /** Bridges by the name of their network, for NICs of VMs. */
  bridges(): Map<string, NetworkBridge>;
  /** The bridge of OVN's ports; undefined where the host is no chassis of OVN. */
  integrationBridge(): string | undefined;
  /** Makes what goes for ports of VMs hold, after any of them came, changed or went. @throws CommandError */
  settlePorts(): Promise<void>;
  /** Whether a boot would bring another network than the host has now. */
  isDirty(): boolean;
  recover(): Promise<void>;
  close(): void;
  verbs: VerbTable;
}

/** Verbs about the host's network, and the facts behind them. */
export function createHostNetwork(parts: NetworkDependencies): HostNetwork {
  const { mapping, monotonicMs, folder, bootId, hooks, log, emit, prefix = [], resolvConf = '/etc/resolv.conf' } = parts;
  const openVSwitch = new OpenVSwitch({ ...parts.openVSwitch, prefix });
  const chassis = new Chassis({ ...parts.chassis, openVSwitch, prefix, logDirectory: folder });
  let isChassis = false;
  const gather = async (): Promise<NetworkFacts> => {
    const facts = await gatherNetworkFacts(prefix, openVSwitch, resolvConf);
    isChassis = chassisFacts(facts.openVSwitch).isConfigured;
    return facts;
  };
  const dhcpClients = (kind: DhcpKind): DhcpClients =>
    new DhcpClients({ kind, folder, log, prefix, onLease: () => emit('|net|host_conn|no_id', { notify_id: randomUUID() }) });
  const dhcp = { v4: dhcpClients(dhcpOfIpv4), v6: dhcpClients(dhcpOfIpv6) };
  const setup = new NetworkSetup({
    mapping,
    store: new ConfigurationStore(folder),
    bootId,
    gather,
    dhcp,
    nameServers: new NameServers(folder, resolvConf),
    advertisements: new RouterAdvertisements(prefix),
    shares: new TrafficShares(prefix),
    hooks,
    log,
    openVSwitch,
    ip: async (command) => {
      await runCommand([...prefix, 'ip', ...command], { timeoutMs: ipTimeoutMs });
    },
  });
  const capabilities = (facts: NetworkFacts): NetworkCapabilities => networkCapabilities(facts, mapping, setup.configuration);
  const bridges = (): Map<string, NetworkBridge> =>
    new Map([
      [mapping.management.name, { name: mapping.management.bridge }],
      ...Object.entries(setup.configuration.networks).flatMap(([name, network]): [string, NetworkBridge][] => {
        if (!network.bridged) return [];
        if (network.switch === 'ovs')
          return [[name, { name: switchOf(baseOf(network)), openVSwitch: network.vlan === undefined ? {} : { tag: network.vlan } }]];
        return name === mapping.management.name ? [] : [[name, { name }]];
      }),
    ]);
  const mirroring = new PortMirroring(prefix);
  const switchMirrors = new SwitchMirrors(openVSwitch);
  const settleMirrors = async (): Promise<void> => {
    const watchers = new Map<string, string[]>();
    const switched: SwitchWatcher[] = [];
    const all = bridges();
    for (const { name, openVSwitch: isSwitched } of all.values()) if (!isSwitched) watchers.set(name, []);
    for (const { network, device } of parts.mirrors?.() ?? []) {
      const bridge = all.get(network);
      if (bridge?.openVSwitch) switched.push({ bridge: bridge.name, tag: bridge.openVSwitch.tag, device });
      else if (bridge) watchers.get(bridge.name)?.push(device);
    }
    await mirroring.settle(watchers);
    const own = new Set([...all.values()].flatMap(({ name, openVSwitch: isSwitched }) => (isSwitched ? [name] : [])));
    await switchMirrors.settle([...own].toSorted(), switched);
  };
  const settlePorts = async (): Promise<void> => {
    await settleMirrors();
    for (const bridge of (await openVSwitch.facts())?.bridges.filter(isOwn) ?? [])
      await openVSwitch.replaceFlows(bridge.name, flowsOf(bridge));
  };
  // A switch that was started again has lost its flows.
  const keepPorts = async (facts: NetworkFacts): Promise<void> => {
    await settleMirrors().catch((error: unknown) => log.warn({ error: String(error) }, 'Copies of frames for VMs could not be renewed'));
    if (!facts.openVSwitch?.bridges.some((bridge) => bridge.ports.some((port) => port.vmNic && port.vmNic.profile !== ''))) return;
    await settlePorts().catch((error: unknown) => log.warn({ error: String(error) }, 'Rules for ports of VMs could not be renewed'));
  };
  const statistics = async (): Promise<ReturnType<typeof networkStatistics>> => {
    const [facts, counters] = await Promise.all([gather(), readFile('/proc/net/dev', 'utf8')]);
    await keepPorts(facts);
    return networkStatistics(facts, mapping, readInterfaceCounters(counters), monotonicMs(), setup.configuration);
  };
  const seen: VerbHandler = (_, { peer }) => {
    // That another host reaches this one says nothing of the engine.
    if (peer.restricted !== true) setup.connectivity.seen();
    return Promise.resolve(true);
  };
  return {
    facts: gather,
    capabilities,
    statistics,
    mapping,
    bridges,
    integrationBridge: () => (isChassis ? integrationBridge : undefined),
    settlePorts,
    isDirty: () => setup.dirty,
    recover: () => setup.recover(),
    close: () => {
      dhcp.v4.close();
      dhcp.v6.close();
    },
    verbs: {
      'Host.ping': seen,
      'Host.ping2': seen,
      'Host.confirmConnectivity': seen,
      'Host.setupNetworks': async (params) => {
        await setup.setup(params);
        return { code: 0, message: 'Done' };
      },
      'Virgate.setupOvn': async (params) => {
        await chassis.setup(params);
        await gather();
        return true;
      },
      'Host.setSafeNetworkConfig': async () => {
        await setup.commit();
        return true;
      },
      'Host.getNetworkCapabilities': async () => capabilities(await gather()),
      'Host.getLldp': async (params) => lldpOf(params, Object.keys(capabilities(await gather()).nics)),
      'Host.getNetworkStatistics': async () => ({ network: await statistics() }),
    },
  };
}
