import { cpuModels, cpuVendorFlags, type CpuModel } from '@virgate/contract/generated/cpus';
import { lackingFeatures } from '../cluster-features/predefined.ts';
import type { HostFacts } from './capabilities.ts';

/** What a cluster expects of its hosts. */
export interface ClusterExpectation {
  level: string;
  cpuType: string | null;
  emulatedMachine: string | null;
  requiredNetworks: { name: string; vm: boolean }[];
  additionalRng: string[];
  /** Whether its hosts run in the mode of FIPS 140; undefined before its first host has settled it. */
  fips?: boolean | undefined;
  /** Features beyond the level, by the names that hosts have for them. */
  features: string[];
}

/** Why a host cannot serve its cluster: the contract's reason and a sentence. */
export interface NonOperational {
  reason: string;
  text: string;
}

/** Machine types that make a host fit for a level, best first. Source: engine configuration, ClusterEmulatedMachines. */
const machinesByLevel: Record<string, string[]> = {
  '4.2': ['pc-i440fx-rhel7.3.0', 'pc-i440fx-2.6'],
  '4.3': ['pc-i440fx-rhel7.6.0', 'pc-i440fx-2.12'],
  '4.4': ['pc-q35-rhel8.1.0', 'pc-q35-4.1', 'pc-i440fx-rhel7.6.0', 'pc-i440fx-2.12'],
  '4.5': ['pc-q35-rhel8.3.0', 'pc-q35-4.1', 'pc-i440fx-rhel7.6.0', 'pc-i440fx-2.12'],
  '4.6': ['pc-q35-rhel8.4.0', 'pc-q35-4.1', 'pc-i440fx-rhel7.6.0', 'pc-i440fx-2.12'],
  '4.7': ['pc-q35-rhel8.6.0', 'pc-q35-4.1', 'pc-i440fx-rhel7.6.0', 'pc-i440fx-2.12'],
  '4.8': ['pc-q35-rhel9.6.0', 'pc-i440fx-rhel7.6.0'],
};

/** Whether a host has every flag of a CPU model. */
export const hasCpu = (flags: readonly string[], model: CpuModel): boolean => model.flags.every((flag) => flags.includes(flag));

/** The best CPU model of a level that a host can give; undefined when it fits none. */
export function bestCpu(flags: readonly string[], level: string): CpuModel | undefined {
  return (cpuModels[level] ?? []).filter((model) => hasCpu(flags, model)).sort((a, b) => b.level - a.level)[0];
}

/** The machine type that a first host gives its cluster. */
export const machineFor = (facts: Pick<HostFacts, 'emulatedMachines'>, level: string): string | undefined =>
  machinesByLevel[level]?.find((machine) => facts.emulatedMachines.includes(machine));

/**
 * Whether a host with these capabilities can serve its cluster, checked in the order in which the first failure is the one to
 * tell. Source: engine behaviour, what makes a host Up. @returns null when it can
 */
export function checkOperational(facts: HostFacts, cluster: ClusterExpectation): NonOperational | null {
  for (const required of cluster.requiredNetworks) {
    const network = facts.networks.find((one) => one.name === required.name);
    if (!network) return { reason: 'network_unreachable', text: `The required network ${required.name} is missing on the host.` };
    if (required.vm && !network.bridged)
      return { reason: 'vm_network_is_bridgeless', text: `The VM network ${required.name} has no bridge on the host.` };
  }
  if (!facts.kvmEnabled) return { reason: 'kvm_not_running', text: 'The host has no working virtualization (KVM).' };
  const machine = cluster.emulatedMachine;
  if (machine !== null ? !facts.emulatedMachines.includes(machine) : machineFor(facts, cluster.level) === undefined) {
    return {
      reason: 'emulated_machines_incompatible_with_cluster',
      text: `The host's QEMU does not have the machine type ${machine ?? `of level ${cluster.level}`}.`,
    };
  }
  if (
    !facts.rngSources.some((source) => source === 'random' || source === 'urandom') ||
    cluster.additionalRng.some((source) => !facts.rngSources.includes(source))
  ) {
    return { reason: 'rng_sources_incompatible_with_cluster', text: 'The host lacks a source of randomness that the cluster needs.' };
  }
  const best = bestCpu(facts.cpuFlags, cluster.level);
  if (!best)
    return { reason: 'cpu_type_unsupported_in_this_cluster_version', text: `The host's CPU fits no CPU type of level ${cluster.level}.` };
  const wanted = cpuModels[cluster.level]?.find((model) => model.name === cluster.cpuType);
  if (wanted && !hasCpu(facts.cpuFlags, wanted)) {
    const vendor = Object.values(cpuVendorFlags);
    const missing = wanted.flags.filter((flag) => !facts.cpuFlags.includes(flag) && !vendor.includes(flag));
    return {
      reason: 'cpu_type_incompatible_with_cluster',
      text: `The host's CPU lacks what "${wanted.name}" has: ${missing.join(', ') || 'another vendor'}.`,
    };
  }
  if (!facts.clusterLevels.includes(cluster.level))
    return { reason: 'cluster_version_incompatible_with_cluster', text: `The host agent does not support cluster level ${cluster.level}.` };
  const lacking = lackingFeatures(facts.features, cluster.features);
  if (lacking.length > 0)
    return { reason: 'host_features_incompatibile_with_cluster', text: `The host lacks what its cluster asks for: ${lacking.join(', ')}.` };
  if (cluster.fips !== undefined && cluster.fips !== facts.fips)
    return {
      reason: 'fips_incompatible_with_cluster',
      text: `The host runs ${facts.fips ? 'in' : 'without'} FIPS mode, its cluster ${cluster.fips ? 'in it' : 'without it'}.`,
    };
  return null;
}
