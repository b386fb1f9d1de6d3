import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { runCommand } from '../command.ts';
import type { AgentLog } from '../log.ts';
import type { VerbTable } from '../verb.ts';
import { networkCapabilities } from './capabilities.ts';
import type { NetworkCapabilities, NetworkMapping } from './capabilities.ts';
import { DhcpClients } from './dhcp.ts';
import { gatherNetworkFacts } from './facts.ts';
import type { NetworkFacts } from './facts.ts';
import { NetworkSetup } from './setup.ts';
import { networkStatistics, readInterfaceCounters } from './statistics.ts';
import { ConfigurationStore } from './store.ts';

export { interfaceOfAddress, networkCapabilities } from './capabilities.ts';
export type { NetworkCapabilities, NetworkMapping } from './capabilities.ts';
export type { NetworkFacts } from './facts.ts';
export { networkStatistics } from './statistics.ts';

/** Longest time that one `ip` command may take. */
const ipTimeoutMs = 30_000;

export interface NetworkDependencies {
  mapping: NetworkMapping;
  monotonicMs: () => number;
  /** Where the configuration that the engine sets up is kept. */
  folder: string;
  bootId: string;
  log: AgentLog;
  emit: (eventId: string, params: object) => void;
  /** Stands before every command: for a network namespace other than the agent's own. */
  prefix?: readonly string[];
}

/** The host's network as the other parts of the agent ask for it. */
export interface HostNetwork {
  facts(): Promise<NetworkFacts>;
  capabilities(facts: NetworkFacts): NetworkCapabilities;
  statistics(): Promise<ReturnType<typeof networkStatistics>>;
  mapping: NetworkMapping;
  /** Bridges by the name of their network, for NICs of VMs. */
  bridges(): Map<string, string>;
  /** Whether a boot would bring another network than the host has now. */
  isDirty(): boolean;
  recover(): Promise<void>;
  close(): void;
  verbs: VerbTable;
}

/** Verbs about the host's network, and the facts behind them. */
export function createHostNetwork(parts: NetworkDependencies): HostNetwork {
  const { mapping, monotonicMs, folder, bootId, log, emit, prefix = [] } = parts;
  const gather = (): Promise<NetworkFacts> => gatherNetworkFacts(prefix);
  const dhcp = new DhcpClients({ folder, log, prefix, onLease: () => emit('|net|host_conn|no_id', { notify_id: randomUUID() }) });
  const setup = new NetworkSetup({
    mapping,
    store: new ConfigurationStore(folder),
    bootId,
    gather,
    dhcp,
    log,
    ip: async (command) => {
      await runCommand([...prefix, 'ip', ...command], { timeoutMs: ipTimeoutMs });
    },
  });
  const capabilities = (facts: NetworkFacts): NetworkCapabilities => networkCapabilities(facts, mapping, setup.configuration);
  const statistics = async (): Promise<ReturnType<typeof networkStatistics>> => {
    const [facts, counters] = await Promise.all([gather(), readFile('/proc/net/dev', 'utf8')]);
    return networkStatistics(facts, mapping, readInterfaceCounters(counters), monotonicMs());
  };
  const seen = (): Promise<boolean> => {
    setup.connectivity.seen();
    return Promise.resolve(true);
  };
  return {
    facts: gather,
    capabilities,
    statistics,
    mapping,
    bridges: () =>
      new Map([
        ...Object.entries(setup.configuration.networks).flatMap(([name, network]) => (network.bridged ? [[name, name] as const] : [])),
        [mapping.management.name, mapping.management.bridge],
      ]),
    isDirty: () => setup.dirty,
    recover: () => setup.recover(),
    close: () => dhcp.close(),
    verbs: {
      'Host.ping': seen,
      'Host.ping2': seen,
      'Host.confirmConnectivity': seen,
      'Host.setupNetworks': async (params) => {
        await setup.setup(params);
        return { code: 0, message: 'Done' };
      },
      'Host.setSafeNetworkConfig': async () => {
        await setup.commit();
        return true;
      },
      'Host.getNetworkCapabilities': async () => capabilities(await gather()),
      'Host.getNetworkStatistics': async () => ({ network: await statistics() }),
    },
  };
}
