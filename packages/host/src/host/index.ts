import type { Acceleration } from '../domain-xml/environment.ts';
import type { AgentLog } from '../log.ts';
import { interfaceOfAddress } from '../network/index.ts';
import type { HostNetwork } from '../network/index.ts';
import { invalidParameter, readObject, readOptionalBoolean, readText } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { hardwareInformation, hostCapabilities } from './capabilities.ts';
import type { HostStatistics } from './gather-statistics.ts';
import { listHostDevices } from './host-devices.ts';
import type { HypervisorFacts } from './hypervisor-facts.ts';
import type { SystemFacts } from './system-facts.ts';

export { fallbackModel, gatherHypervisorFacts } from './hypervisor-facts.ts';
export type { HypervisorFacts } from './hypervisor-facts.ts';
export { HostStatistics } from './gather-statistics.ts';
export { gatherSystemFacts } from './system-facts.ts';
export type { SystemFacts } from './system-facts.ts';

export interface HostDependencies {
  /** Port of the server for images; undefined when it does not listen. An engine that is not told takes 54322. */
  imageServerPort: () => number | undefined;
  acceleration: Acceleration;
  hostUuid: string;
  system: () => SystemFacts;
  hypervisor: () => HypervisorFacts;
  network: HostNetwork;
  statistics: HostStatistics;
  log: AgentLog;
}

/** What the engine may say about memory of this host (VDSM schema, Host.setMOMPolicyParameters). */
const memoryPolicyNames = ['balloonEnabled', 'ksmEnabled', 'ksmMergeAcrossNodes'];

function readCapabilityNames(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length > 100 || value.some((item) => typeof item !== 'string'))
    throw invalidParameter('caps', 'a list of texts is needed');
  return value as string[];
}

/** The verbs about the host itself. */
export function createHostVerbs(dependencies: HostDependencies): VerbTable {
  const { acceleration, hostUuid, system, hypervisor, network, statistics, log } = dependencies;
  return {
    'Host.getCapabilities': async (_, call) => {
      const facts = await network.facts();
      const imageServerPort = dependencies.imageServerPort();
      const capabilities = hostCapabilities({
        acceleration,
        system: system(),
        hypervisor: hypervisor(),
        network: network.capabilities(facts),
        networkIsDirty: network.isDirty(),
        lastClientInterface: interfaceOfAddress(facts, network.mapping, call.peer.localAddress),
        hostUuid,
      });
      return imageServerPort === undefined ? capabilities : { ...capabilities, imageServerPort };
    },
    'Host.getHardwareInfo': () => Promise.resolve(hardwareInformation(system(), hostUuid)),
    'Host.getStats': () => statistics.answer(),
    'Host.echo': async (params) => readText(params, 'message'),
    'Host.setMOMPolicyParameters': async (params) => {
      const values = readObject(params, 'key_value_store');
      const policy = Object.fromEntries(memoryPolicyNames.map((name) => [name, readOptionalBoolean(values, name)]));
      // Statistics say "inactive": this agent neither balloons nor tunes page sharing by itself yet.
      log.info({ policy }, 'Memory policy of the cluster noted');
      return true;
    },
    'Host.hostdevListByCaps': async (params) => listHostDevices(readCapabilityNames(params['caps'])),
  };
}
