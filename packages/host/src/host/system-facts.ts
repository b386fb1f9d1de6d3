import { readdir, readFile } from 'node:fs/promises';
import { release } from 'node:os';

export interface ProcessorFacts {
  cpuId: number;
  numaNode: number;
  socketId: number;
  dieId: number;
  coreId: number;
}
export interface NumaNodeFacts {
  id: number;
  cpus: number[];
  totalMemoryKib: number;
  distances: number[];
}

/** What does not change while the host runs. */
export interface SystemFacts {
  os: { name: string; version: string; release: string; prettyName: string };
  kernelRelease: string;
  kernelArguments: string;
  bootId: string;
  cpuModel: string;
  cpuMhz: number;
  /** Flags of /proc/cpuinfo. */
  cpuFlags: string[];
  processors: ProcessorFacts[];
  onlineCpus: number[];
  numaNodes: NumaNodeFacts[];
  memoryTotalKib: number;
  hugePageSizesKib: number[];
  hasHardwareRandom: boolean;
  iscsiInitiatorName: string;
  seLinuxMode: '1' | '0' | '-1';
  fips: boolean;
  /** Whether the kernel dumps itself when it crashes and tells the engine (fence_kdump): 1, 0, or -1 where it does not say. */
  kdumpStatus: 1 | 0 | -1;
  hasIommu: boolean;
  hardware: { manufacturer: string; productName: string; version: string; serialNumber: string; family: string };
}

async function text(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}

async function number(path: string, fallback: number): Promise<number> {
  const value = await text(path);
  return /^-?\d+$/.test(value) ? Number(value) : fallback;
}

/** Reads `KEY=value` lines, values maybe in quotes. Pure. */
export function readAssignments(content: string): Record<string, string> {
  const lines = content.split('\n').map((line) => /^(\w+)=(?:"([^"]*)"|'([^']*)'|(.*))$/.exec(line));
  return Object.fromEntries(
    lines.filter((match) => match !== null).map((match) => [match[1] ?? '', match[2] ?? match[3] ?? match[4] ?? '']),
  );
}

/** Numbers of a kernel list like `0-3,8`. Pure. */
export function readNumberList(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part.trim());
    if (!match) return [];
    const first = Number(match[1]);
    const last = Math.min(Number(match[2] ?? first), first + 65_535);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  });
}

/** Values of /proc/meminfo in KiB, by name. Pure. */
export function readMemoryInformation(content: string): Record<string, number> {
  const lines = content.split('\n').map((line) => /^(\w+(?:\(\w+\))?):\s+(\d+)/.exec(line));
  return Object.fromEntries(lines.filter((match) => match !== null).map((match) => [match[1] ?? '', Number(match[2])]));
}

const osNames: Record<string, string> = { debian: 'Debian', fedora: 'Fedora', rhel: 'RHEL' };

function readOs(content: string): SystemFacts['os'] {
  const values = readAssignments(content);
  return {
    name: osNames[values['ID'] ?? ''] ?? 'unknown',
    version: values['VERSION_ID'] ?? '',
    release: values['VERSION_CODENAME'] ?? '',
    prettyName: values['PRETTY_NAME'] ?? 'Linux',
  };
}

async function readProcessors(online: number[], nodes: NumaNodeFacts[]): Promise<ProcessorFacts[]> {
  return await Promise.all(
    online.map(async (cpuId) => {
      const topology = `/sys/devices/system/cpu/cpu${cpuId}/topology`;
      const [socketId, dieId, coreId] = await Promise.all([
        number(`${topology}/physical_package_id`, 0),
        number(`${topology}/die_id`, 0),
        number(`${topology}/core_id`, cpuId),
      ]);
      return {
        cpuId,
        numaNode: nodes.find((node) => node.cpus.includes(cpuId))?.id ?? 0,
        socketId: Math.max(0, socketId),
        dieId: Math.max(0, dieId),
        coreId,
      };
    }),
  );
}

async function readNumaNodes(online: number[], memoryTotalKib: number): Promise<NumaNodeFacts[]> {
  const names = await readdir('/sys/devices/system/node').catch((): string[] => []);
  const ids = names.flatMap((name) => (/^node\d+$/.test(name) ? [Number(name.slice(4))] : [])).toSorted((a, b) => a - b);
  if (ids.length === 0) return [{ id: 0, cpus: online, totalMemoryKib: memoryTotalKib, distances: [10] }];
  return await Promise.all(
    ids.map(async (id) => {
      const path = `/sys/devices/system/node/node${id}`;
      const [cpus, memory, distances] = await Promise.all([text(`${path}/cpulist`), text(`${path}/meminfo`), text(`${path}/distance`)]);
      const total = /MemTotal:\s+(\d+)/.exec(memory);
      return { id, cpus: readNumberList(cpus), totalMemoryKib: Number(total?.[1] ?? 0), distances: distances.split(/\s+/).map(Number) };
    }),
  );
}

async function readHardware(): Promise<SystemFacts['hardware']> {
  const of = (name: string): Promise<string> => text(`/sys/class/dmi/id/${name}`);
  const [manufacturer, productName, version, serialNumber, family] = await Promise.all([
    of('sys_vendor'),
    of('product_name'),
    of('product_version'),
    of('product_serial'),
    of('product_family'),
  ]);
  return { manufacturer, productName, version, serialNumber, family };
}

/**
 * Whether crash dumps are told of: a crash kernel is loaded, and the configuration of kdump names whom it tells. Pure. Source: VDSM schema,
 * KdumpStatus.
 */
export function readKdumpStatus(crashKernelLoaded: string, configuration: string): SystemFacts['kdumpStatus'] {
  if (crashKernelLoaded === '') return -1;
  return crashKernelLoaded === '1' && /^\s*fence_kdump_nodes\s+\S/m.test(configuration) ? 1 : 0;
}

/** Looks at what the kernel says of this host. */
export async function gatherSystemFacts(): Promise<SystemFacts> {
  const [
    osRelease,
    kernelArguments,
    bootId,
    cpuInformation,
    memory,
    onlineText,
    hugePages,
    hardwareRandom,
    iscsi,
    seLinux,
    fips,
    iommu,
    crashKernel,
    kdump,
  ] = await Promise.all([
    text('/etc/os-release'),
    text('/proc/cmdline'),
    text('/proc/sys/kernel/random/boot_id'),
    text('/proc/cpuinfo'),
    text('/proc/meminfo'),
    text('/sys/devices/system/cpu/online'),
    readdir('/sys/kernel/mm/hugepages').catch((): string[] => []),
    text('/sys/class/misc/hw_random/rng_current'),
    text('/etc/iscsi/initiatorname.iscsi'),
    text('/sys/fs/selinux/enforce'),
    text('/proc/sys/crypto/fips_enabled'),
    readdir('/sys/kernel/iommu_groups').catch((): string[] => []),
    text('/sys/kernel/kexec_crash_loaded'),
    text('/etc/kdump.conf'),
  ]);
  const first = (name: string): string => new RegExp(`^${name}\\s*:\\s*(.*)$`, 'm').exec(cpuInformation)?.[1] ?? '';
  const online = readNumberList(onlineText === '' ? '0' : onlineText);
  const memoryTotalKib = readMemoryInformation(memory)['MemTotal'] ?? 0;
  const numaNodes = await readNumaNodes(online, memoryTotalKib);
  return {
    os: readOs(osRelease),
    kernelRelease: release(),
    kernelArguments,
    bootId,
    cpuModel: first('model name'),
    cpuMhz: Number(first('cpu MHz')) || 0,
    cpuFlags: first('flags')
      .split(' ')
      .filter((flag) => flag !== ''),
    processors: await readProcessors(online, numaNodes),
    onlineCpus: online,
    numaNodes,
    memoryTotalKib,
    hugePageSizesKib: hugePages
      .flatMap((name) => /^hugepages-(\d+)kB$/.exec(name)?.[1] ?? [])
      .map(Number)
      .toSorted((a, b) => a - b),
    hasHardwareRandom: hardwareRandom !== '' && hardwareRandom !== 'none',
    iscsiInitiatorName: /InitiatorName=(\S+)/.exec(iscsi)?.[1] ?? '',
    seLinuxMode: seLinux === '1' ? '1' : seLinux === '0' ? '0' : '-1',
    fips: fips === '1',
    kdumpStatus: readKdumpStatus(crashKernel, kdump),
    hasIommu: iommu.length > 0,
    hardware: await readHardware(),
  };
}
