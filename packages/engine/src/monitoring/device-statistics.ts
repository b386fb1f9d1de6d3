import { numeric } from './capabilities.ts';

type Raw = Record<string, unknown>;
const object = (value: unknown): Raw => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {});

/** Devices that one report may name; further ones are not taken. */
const maxDevices = 512;
const entriesOf = (value: unknown): [string, Raw][] =>
  Object.entries(object(value))
    .slice(0, maxDevices)
    .map(([key, one]) => [key, object(one)]);

/** What a NIC of a host or a VM has done so far. */
export interface NicSample {
  mac?: string;
  /** Whether it is up and has a carrier. */
  up?: boolean;
  speedMbps?: number;
  rxBytes?: number;
  txBytes?: number;
  rxDropped?: number;
  txDropped?: number;
  /** When it was looked at, by the host's own clock. */
  sampledAtSeconds?: number;
  /** Rates since the sample before; unknown in the first one. */
  rxBytesPerSecond?: number;
  txBytesPerSecond?: number;
}
export type NicSamples = Record<string, NicSample>;

const known = <T extends object>(value: { [Key in keyof T]: T[Key] | undefined }): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

/** NICs of Host.getStats or of a VM's statistics, by their names there. */
export function nicSamples(network: unknown): NicSamples {
  return Object.fromEntries(
    entriesOf(network).map(([name, nic]) => [
      name,
      known<NicSample>({
        mac: typeof nic['macAddr'] === 'string' && nic['macAddr'] !== '' ? nic['macAddr'].toLowerCase() : undefined,
        up: nic['state'] === undefined ? undefined : nic['state'] === 'up',
        speedMbps: numeric(nic['speed']),
        rxBytes: numeric(nic['rx']),
        txBytes: numeric(nic['tx']),
        rxDropped: numeric(nic['rxDropped']),
        txDropped: numeric(nic['txDropped']),
        sampledAtSeconds: numeric(nic['sampleTime']),
      }),
    ]),
  );
}

function rate(now: number | undefined, before: number | undefined, seconds: number): number | undefined {
  // A counter that went back began anew: there is no rate for that time.
  return now === undefined || before === undefined || now < before ? undefined : Math.round((now - before) / seconds);
}

/** The same samples with their rates since the ones before. */
export function withRates(samples: NicSamples, before: NicSamples): NicSamples {
  return Object.fromEntries(
    Object.entries(samples).map(([name, nic]) => {
      const last = before[name];
      const seconds = (nic.sampledAtSeconds ?? 0) - (last?.sampledAtSeconds ?? 0);
      if (last?.sampledAtSeconds === undefined || seconds <= 0) return [name, nic];
      return [
        name,
        known<NicSample>({
          ...nic,
          rxBytesPerSecond: rate(nic.rxBytes, last.rxBytes, seconds),
          txBytesPerSecond: rate(nic.txBytes, last.txBytes, seconds),
        }),
      ];
    }),
  );
}

/** Usage of the busiest NIC, either way, in percent of its speed; undefined when no rate is known. */
export function networkUsagePercent(samples: NicSamples): number | undefined {
  const shares = Object.values(samples).flatMap((nic) => {
    const busiest = Math.max(nic.rxBytesPerSecond ?? -1, nic.txBytesPerSecond ?? -1);
    const bytesPerSecond = ((nic.speedMbps ?? 0) * 1_000_000) / 8;
    return busiest < 0 || bytesPerSecond <= 0 ? [] : [(busiest * 100) / bytesPerSecond];
  });
  return shares.length === 0 ? undefined : Math.min(100, Math.round(Math.max(...shares)));
}

/** What a VM's disk does. */
export interface DiskSample {
  readBytesPerSecond?: number;
  writeBytesPerSecond?: number;
  readOps?: number;
  writeOps?: number;
  readLatencySeconds?: number;
  writeLatencySeconds?: number;
  flushLatencySeconds?: number;
}

const nanoseconds = 1e9;
const seconds = (value: unknown): number | undefined => {
  const parsed = numeric(value);
  return parsed === undefined ? undefined : parsed / nanoseconds;
};

/** Disks of a VM's statistics by the ids of their images, which are the ids of the disks. */
export function diskSamples(disks: unknown): Record<string, DiskSample> {
  return Object.fromEntries(
    entriesOf(disks).flatMap(([, disk]) => {
      const id = disk['imageID'];
      if (typeof id !== 'string' || !/^[0-9a-f-]{36}$/i.test(id)) return [];
      return [
        [
          id.toLowerCase(),
          known<DiskSample>({
            readBytesPerSecond: numeric(disk['readRate']),
            writeBytesPerSecond: numeric(disk['writeRate']),
            readOps: numeric(disk['readOps']),
            writeOps: numeric(disk['writeOps']),
            readLatencySeconds: seconds(disk['readLatency']),
            writeLatencySeconds: seconds(disk['writeLatency']),
            flushLatencySeconds: seconds(disk['flushLatency']),
          }),
        ],
      ];
    }),
  );
}

/** What a guest says of its memory. */
export interface GuestMemory {
  freeBytes?: number;
  bufferedBytes?: number;
  cachedBytes?: number;
  unusedBytes?: number;
}

const kib = 1024;
const kibibytes = (value: unknown): number | undefined => {
  const parsed = numeric(value);
  return parsed === undefined ? undefined : Math.round(parsed * kib);
};

export function guestMemory(memoryStats: unknown): GuestMemory {
  const memory = object(memoryStats);
  return known<GuestMemory>({
    freeBytes: kibibytes(memory['mem_free']),
    bufferedBytes: kibibytes(memory['mem_buffers']),
    cachedBytes: kibibytes(memory['mem_cached']),
    unusedBytes: kibibytes(memory['mem_unused']),
  });
}

/** A file system in a guest. */
export interface GuestFileSystem {
  path: string;
  total: string;
  used: string;
  fs: string;
}
const maxFileSystems = 128;
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 1024) : '');

/** File systems that a guest's agent reports; undefined when it reports none. */
export function guestFileSystems(disksUsage: unknown): GuestFileSystem[] | undefined {
  if (!Array.isArray(disksUsage)) return undefined;
  return disksUsage.slice(0, maxFileSystems).map((one) => {
    const system = object(one);
    return { path: text(system['path']), total: text(system['total']), used: text(system['used']), fs: text(system['fs']) };
  });
}

/** One NUMA node of a host. */
export interface NumaNodeSample {
  memoryFreeBytes?: number;
  cpuUserPercent?: number;
  cpuSystemPercent?: number;
  cpuIdlePercent?: number;
}

const mib = 1024 ** 2;
const mean = (values: (number | undefined)[]): number | undefined => {
  const there = values.filter((value): value is number => value !== undefined);
  return there.length === 0 ? undefined : Math.round((there.reduce((sum, value) => sum + value, 0) / there.length) * 100) / 100;
};

/** NUMA nodes of Host.getStats by their numbers: memory as reported, CPU as the mean of the node's CPUs. */
export function numaNodeSamples(stats: Raw): Record<string, NumaNodeSample> {
  const cpus = entriesOf(stats['cpuStatistics']).map(([, cpu]) => cpu);
  return Object.fromEntries(
    entriesOf(stats['numaNodeMemFree']).map(([index, node]) => {
      const own = cpus.filter((cpu) => String(numeric(cpu['nodeIndex'])) === index);
      const free = numeric(node['memFree']);
      return [
        index,
        known<NumaNodeSample>({
          memoryFreeBytes: free === undefined ? undefined : Math.round(free * mib),
          cpuUserPercent: mean(own.map((cpu) => numeric(cpu['cpuUser']))),
          cpuSystemPercent: mean(own.map((cpu) => numeric(cpu['cpuSys']))),
          cpuIdlePercent: mean(own.map((cpu) => numeric(cpu['cpuIdle']))),
        }),
      ];
    }),
  );
}

/** Huge pages of a host by their size in KiB. */
export interface HugePageSample {
  free?: number;
  total?: number;
}

export function hugePageSamples(hugepages: unknown): Record<string, HugePageSample> {
  return Object.fromEntries(
    entriesOf(hugepages).flatMap(([size, pages]) =>
      /^\d{1,9}$/.test(size)
        ? [
            [
              size,
              known<HugePageSample>({
                free: numeric(pages['vm.free_hugepages'] ?? pages['free_hugepages']),
                total: numeric(pages['nr_hugepages']),
              }),
            ],
          ]
        : [],
    ),
  );
}
