import { changeVirtualFunctions } from './virtual-functions.ts';
import { readInteger } from '../storage-parameters.ts';
import type { Acceleration } from '../domain-xml/environment.ts';
import type { Hooks } from '../hooks/index.ts';
import type { AgentLog } from '../log.ts';
import { chassisFacts, interfaceOfAddress } from '../network/index.ts';
import type { HostNetwork } from '../network/index.ts';
import { errorCode, invalidParameter, readObject, readOptionalBoolean, readOptionalInteger, readText } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { readPageSharing, writePageSharing } from '../memory-policy/kernel.ts';
import type { PageSharing } from '../memory-policy/ksm.ts';
import type { MemoryPolicyLoop } from '../memory-policy/loop.ts';
import { VdsmError } from '@virgate/vdsm';
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
  /** Whether VNC of guests is under TLS. */
  vncEncrypted: boolean;
  system: () => SystemFacts;
  hypervisor: () => HypervisorFacts;
  network: HostNetwork;
  statistics: HostStatistics;
  memoryPolicy: MemoryPolicyLoop;
  /** Where the kernel is told how to share pages; undefined where others than this agent decide it. */
  sharingDirectory: string | undefined;
  hooks: Hooks;
  log: AgentLog;
}

/** What the engine may say about memory of this host (VDSM schema, Host.setMOMPolicyParameters). */
const memoryPolicyNames = ['balloonEnabled', 'ksmEnabled', 'ksmMergeAcrossNodes'];

/** Tells the kernel how to share pages (VDSM schema, KsmTuneParams). @throws VdsmError 71, 91 */
async function tunePageSharing(directory: string | undefined, said: Record<string, unknown>): Promise<void> {
  const now = directory === undefined ? undefined : await readPageSharing(directory);
  if (directory === undefined || now === undefined)
    throw new VdsmError(errorCode.pageSharingFailed, 'This host agent does not decide how the kernel shares pages');
  const values = (['run', 'sleep_millisecs', 'pages_to_scan', 'merge_across_nodes'] as const).map((name) => {
    const maximum = name === 'run' ? 2 : name === 'merge_across_nodes' ? 1 : 1_000_000;
    return [name, readOptionalInteger(said, name, { minimum: 0, maximum }) ?? now[name]] as const;
  });
  await writePageSharing(directory, Object.fromEntries(values) as unknown as PageSharing, now).catch((error: unknown) => {
    throw new VdsmError(errorCode.pageSharingFailed, `The kernel does not take it: ${String(error)}`, { cause: error });
  });
}

function readCapabilityNames(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length > 100 || value.some((item) => typeof item !== 'string'))
    throw invalidParameter('caps', 'a list of texts is needed');
  return value as string[];
}

/** The verbs about the host itself. */
export function createHostVerbs(dependencies: HostDependencies): VerbTable {
  const { acceleration, hostUuid, system, hypervisor, network, statistics, memoryPolicy, hooks, log } = dependencies;
  return {
    'Host.getCapabilities': async (_, call) => {
      await hooks.onJson('before_get_caps', {});
      const facts = await network.facts();
      const imageServerPort = dependencies.imageServerPort();
      const capabilities = hostCapabilities({
        acceleration,
        system: system(),
        hypervisor: hypervisor(),
        network: network.capabilities(facts),
        chassis: chassisFacts(facts.openVSwitch),
        networkIsDirty: network.isDirty(),
        lastClientInterface: interfaceOfAddress(facts, network.mapping, call.peer.localAddress),
        hostUuid,
        vncEncrypted: dependencies.vncEncrypted,
        hooks: await hooks.installed(),
      });
      return await hooks.onJson('after_get_caps', imageServerPort === undefined ? capabilities : { ...capabilities, imageServerPort });
    },
    'Host.getHardwareInfo': () => Promise.resolve(hardwareInformation(system(), hostUuid)),
    'Host.getStats': async () => {
      await hooks.onJson('before_get_stats', {});
      return await hooks.onJson('after_get_stats', await statistics.answer());
    },
    'Host.echo': async (params) => readText(params, 'message'),
    'Host.setMOMPolicyParameters': async (params) => {
      const values = readObject(params, 'key_value_store');
      const policy = Object.fromEntries(memoryPolicyNames.map((name) => [name, readOptionalBoolean(values, name)]));
      memoryPolicy.set(policy);
      log.info({ policy }, 'Memory policy of the cluster noted');
      return true;
    },
    'Host.hostdevChangeNumvfs': async (params) => {
      await changeVirtualFunctions(readText(params, 'deviceName', 64), readInteger(params, 'numvfs', { minimum: 0, maximum: 65_535 }));
      return true;
    },
    'Host.setKsmTune': async (params) => {
      await tunePageSharing(dependencies.sharingDirectory, readObject(params, 'tuningParams'));
      return { code: 0, message: 'Done' };
    },
    'Host.hostdevListByCaps': async (params) =>
      await hooks.onJson('after_hostdev_list_by_caps', await listHostDevices(readCapabilityNames(params['caps']))),
  };
}
