import type { ExternalHashes } from '../vms/external-data.ts';
import { numeric } from './capabilities.ts';
import {
  diskSamples,
  guestFileSystems,
  guestMemory,
  hugePageSamples,
  nicSamples,
  numaNodeSamples,
  type DiskSample,
  type GuestFileSystem,
  type GuestMemory,
  type HugePageSample,
  type NicSamples,
  type NumaNodeSample,
} from './device-statistics.ts';

type Raw = Record<string, unknown>;
const object = (value: unknown): Raw => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {});
const mib = 1024 ** 2;

/** What the engine reads of Host.getStats. What is missing is undefined: unknown, never zero. */
export interface HostSample {
  memoryUsedPercent: number | undefined;
  memoryFreeBytes: number | undefined;
  memorySharedBytes: number | undefined;
  swapTotalBytes: number | undefined;
  swapFreeBytes: number | undefined;
  cpuUserPercent: number | undefined;
  cpuSystemPercent: number | undefined;
  cpuIdlePercent: number | undefined;
  cpuLoadPercent: number | undefined;
  ksmCpuPercent: number | undefined;
  /** Whether equal pages of VMs are merged now. */
  ksmRunning: boolean | undefined;
  ksmMergesAcrossNodes: boolean | undefined;
  /** `always`, `madvise` or `never`. */
  transparentHugePages: string | undefined;
  bootAtMs: number | undefined;
  activeVms: number | undefined;
  totalVms: number | undefined;
  nics: NicSamples;
  numaNodes: Record<string, NumaNodeSample>;
  hugePages: Record<string, HugePageSample>;
  storageDomains: { id: string; valid: boolean; acquired: boolean; code: number; delaySeconds: number | undefined }[];
}

const mebibytes = (value: unknown): number | undefined => {
  const parsed = numeric(value);
  return parsed === undefined ? undefined : Math.round(parsed * mib);
};

const truth = (value: unknown): boolean | undefined =>
  value === undefined ? undefined : value === true || value === 'true' || value === 'True';

/** Reads Host.getStats. Source: VDSM host contract, statistics fields. */
export function hostSample(answer: unknown): HostSample {
  const stats = object(answer);
  const load = numeric(stats['cpuLoad']);
  const boot = numeric(stats['bootTime']);
  return {
    memoryUsedPercent: numeric(stats['memUsed']),
    memoryFreeBytes: mebibytes(stats['memFree']),
    memorySharedBytes: mebibytes(stats['memShared']),
    swapTotalBytes: mebibytes(stats['swapTotal']),
    swapFreeBytes: mebibytes(stats['swapFree']),
    cpuUserPercent: numeric(stats['cpuUser']),
    cpuSystemPercent: numeric(stats['cpuSys']),
    cpuIdlePercent: numeric(stats['cpuIdle']),
    cpuLoadPercent: load === undefined ? undefined : Math.round(load * 100),
    ksmCpuPercent: numeric(stats['ksmCpu']),
    ksmRunning: truth(stats['ksmState']),
    ksmMergesAcrossNodes: truth(stats['ksmMergeAcrossNodes']),
    transparentHugePages: typeof stats['thpState'] === 'string' ? stats['thpState'] : undefined,
    bootAtMs: boot === undefined ? undefined : boot * 1000,
    activeVms: numeric(stats['vmActive']),
    totalVms: numeric(stats['vmCount']),
    nics: nicSamples(stats['network']),
    numaNodes: numaNodeSamples(stats),
    hugePages: hugePageSamples(stats['hugepages']),
    storageDomains: Object.entries(object(stats['storageDomains'])).map(([id, value]) => {
      const domain = object(value);
      return {
        id,
        valid: domain['valid'] === true,
        acquired: domain['acquired'] === true,
        code: numeric(domain['code']) ?? 0,
        delaySeconds: numeric(domain['delay']),
      };
    }),
  };
}

/** One VM of Host.getAllVmStats or of an event about it. */
export interface VmReport {
  vmId: string;
  status: string;
  stamp: number | undefined;
  pauseCode: string | undefined;
  exitCode: number | undefined;
  exitReason: number | undefined;
  exitMessage: string | undefined;
  cpuUserPercent: number | undefined;
  cpuSystemPercent: number | undefined;
  memoryUsagePercent: number | undefined;
  elapsedSeconds: number | undefined;
  migrationProgressPercent: number | undefined;
  memory: GuestMemory;
  nics: NicSamples;
  disks: Record<string, DiskSample>;
  fileSystems: GuestFileSystem[] | undefined;
  graphics: { type: string; host: string; port: number | undefined; tlsPort: number | undefined }[] | undefined;
  /** From where the console is looked at; empty when it is not. */
  clientAddress: string | undefined;
  guest: Raw;
  hash: string | undefined;
  /** Hashes of what it keeps in its TPM and among the variables of its UEFI, where the host knows them. */
  externalHashes: ExternalHashes;
}

const guestKeys = [
  'guestName',
  'guestFQDN',
  'guestIPs',
  'netIfaces',
  'guestOs',
  'guestOsInfo',
  'guestTimezone',
  'appsList',
  'username',
  'guestCPUCount',
] as const;
function externalHashesOf(stats: Raw): ExternalHashes {
  const [tpm, nvram] = [optionalText(stats['tpmHash']), optionalText(stats['nvramHash'])];
  return { ...(tpm ? { tpm } : {}), ...(nvram ? { nvram } : {}) };
}
const textOr = (value: unknown): string => (typeof value === 'string' ? value : '');
const optionalText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function graphicsOf(stats: Raw): VmReport['graphics'] {
  const list = stats['displayInfo'];
  if (!Array.isArray(list)) return undefined;
  const port = (value: unknown): number | undefined => {
    const parsed = numeric(value);
    return parsed !== undefined && parsed > 0 && parsed < 65_536 ? parsed : undefined;
  };
  return list
    .map(object)
    .map((one) => ({ type: textOr(one['type']), host: textOr(one['ipAddress']), port: port(one['port']), tlsPort: port(one['tlsPort']) }));
}

/** Reads the statistics or status event of one VM. */
export function vmReport(vmId: string, answer: unknown, stamp?: unknown): VmReport {
  const stats = object(answer);
  return {
    vmId,
    status: typeof stats['status'] === 'string' ? stats['status'] : '',
    stamp: numeric(stamp ?? stats['statusTime']),
    pauseCode: optionalText(stats['pauseCode']),
    exitCode: numeric(stats['exitCode']),
    exitReason: numeric(stats['exitReason']),
    exitMessage: optionalText(stats['exitMessage']),
    cpuUserPercent: numeric(stats['cpuUser']),
    cpuSystemPercent: numeric(stats['cpuSys']),
    memoryUsagePercent: numeric(stats['memUsage']),
    elapsedSeconds: numeric(stats['elapsedTime']),
    migrationProgressPercent: numeric(stats['migrationProgress']),
    memory: guestMemory(stats['memoryStats']),
    nics: nicSamples(stats['network']),
    disks: diskSamples(stats['disks']),
    fileSystems: guestFileSystems(stats['disksUsage']),
    graphics: graphicsOf(stats),
    clientAddress: optionalText(stats['clientIp'])?.slice(0, 64),
    hash: optionalText(stats['hash']),
    externalHashes: externalHashesOf(stats),
    guest: Object.fromEntries(guestKeys.flatMap((key) => (stats[key] === undefined ? [] : [[key, stats[key]]]))),
  };
}
