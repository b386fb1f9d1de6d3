import { readFile } from 'node:fs/promises';
import type { VerbTable } from '../verb.ts';
import { networkCapabilities } from './capabilities.ts';
import type { NetworkMapping } from './capabilities.ts';
import { gatherNetworkFacts } from './facts.ts';
import type { NetworkFacts } from './facts.ts';
import { checkSetupRequest } from './setup.ts';
import { networkStatistics, readInterfaceCounters } from './statistics.ts';

export { interfaceOfAddress, networkCapabilities } from './capabilities.ts';
export type { NetworkMapping } from './capabilities.ts';
export type { NetworkFacts } from './facts.ts';
export { networkStatistics } from './statistics.ts';

export interface NetworkDependencies {
  mapping: NetworkMapping;
  monotonicMs: () => number;
  /** By default the host's own network. */
  gather?: () => Promise<NetworkFacts>;
}

/** The host's network as the other parts of the agent ask for it. */
export interface HostNetwork {
  facts(): Promise<NetworkFacts>;
  statistics(): Promise<ReturnType<typeof networkStatistics>>;
  mapping: NetworkMapping;
  verbs: VerbTable;
}

/** Verbs about the host's network, and the facts behind them. */
export function createHostNetwork({ mapping, monotonicMs, gather = gatherNetworkFacts }: NetworkDependencies): HostNetwork {
  const statistics = async (): Promise<ReturnType<typeof networkStatistics>> => {
    const [facts, counters] = await Promise.all([gather(), readFile('/proc/net/dev', 'utf8')]);
    return networkStatistics(facts, mapping, readInterfaceCounters(counters), monotonicMs());
  };
  return {
    facts: gather,
    statistics,
    mapping,
    verbs: {
      'Host.setupNetworks': async (params) => {
        checkSetupRequest(params, await gather(), mapping);
        return { code: 0, message: 'Done' };
      },
      'Host.confirmConnectivity': () => Promise.resolve(true),
      // What is there is what the host's own configuration makes at boot: it is safe already.
      'Host.setSafeNetworkConfig': () => Promise.resolve(true),
      'Host.getNetworkCapabilities': async () => networkCapabilities(await gather(), mapping),
      'Host.getNetworkStatistics': async () => ({ network: await statistics() }),
    },
  };
}
