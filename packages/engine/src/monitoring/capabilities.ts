import { reportedNetworks, reportedNics, type ReportedNetwork, type ReportedNic } from './reported-networks.ts';

/** What the engine reads of Host.getCapabilities. Source: VDSM host contract, capability fields; wire types vary with the agent's version. */
export interface HostFacts {
  cpuModel: string;
  cpuSockets: number;
  cpuCores: number;
  cpuThreads: number;
  cpuSpeedMhz: number;
  cpuFlags: string[];
  memoryBytes: number;
  kvmEnabled: boolean;
  emulatedMachines: string[];
  clusterLevels: string[];
  supportedEngines: string[];
  rngSources: string[];
  agentVersion: string;
  libvirtVersion: string;
  osName: string;
  osVersion: string;
  kernel: string;
  hardwareUuid: string;
  hooks: string[];
  /** Its kernel runs in the mode of FIPS 140. */
  fips: boolean;
  /** What the host has beyond its cluster levels. */
  features: string[];
  networks: ReportedNetwork[];
  nics: ReportedNic[];
}

type Raw = Record<string, unknown>;
const object = (value: unknown): Raw => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');
/** A number that travels as a string or as itself; undefined when there is none, never zero. */
export const numeric = (value: unknown): number | undefined => {
  const parsed = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(parsed) ? parsed : undefined;
};
const truth = (value: unknown): boolean => value === true || value === 'true';
const texts = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.filter((one): one is string => typeof one === 'string')
    : typeof value === 'string' && value !== ''
      ? value.split(',')
      : [];

/** Reads a host's capabilities; what is missing is empty, zero or false: the checks then say what the host lacks. */
export function hostFacts(answer: unknown, hardware: unknown): HostFacts {
  const caps = object(answer);
  const networks = reportedNetworks(caps);
  const os = object(caps['operatingSystem']);
  const packages = object(caps['packages2']);
  return {
    cpuModel: text(caps['cpuModel']),
    cpuSockets: numeric(caps['cpuSockets']) ?? 0,
    cpuCores: numeric(caps['cpuCores']) ?? 0,
    cpuThreads: numeric(caps['cpuThreads']) ?? 0,
    cpuSpeedMhz: numeric(caps['cpuSpeed']) ?? 0,
    cpuFlags: texts(caps['cpuFlags']),
    memoryBytes: (numeric(caps['memSize']) ?? 0) * 1024 ** 2,
    kvmEnabled: truth(caps['kvmEnabled']),
    emulatedMachines: texts(caps['emulatedMachines']),
    clusterLevels: texts(caps['clusterLevels']),
    supportedEngines: texts(caps['supportedENGINEs']),
    rngSources: texts(caps['rngSources']),
    agentVersion: text(caps['software_version']),
    libvirtVersion: text(object(packages['libvirt'])['version']),
    osName: text(os['name']),
    osVersion: text(os['version']),
    kernel: text(object(packages['kernel'])['version']),
    hardwareUuid: text(object(hardware)['systemUUID']) || text(caps['uuid']),
    hooks: Object.keys(object(caps['hooks'])),
    fips: truth(caps['fipsEnabled']),
    features: texts(caps['additionalFeatures']),
    networks,
    nics: reportedNics(caps, networks),
  };
}
