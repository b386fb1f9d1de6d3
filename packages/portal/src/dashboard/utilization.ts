import { enumValues } from '@virgate/contract/generated/enums';
import type { Cluster, Host, StorageDomain } from '@virgate/contract/generated/types';
import type { Count, Statistics } from '@virgate/sdk';

/** How many objects are in a status. */
export interface StatusCount {
  readonly status: string;
  readonly count: number;
}

/** Statuses with their counts, the most frequent first. */
export function statusCounts(statuses: Iterable<string | undefined>): StatusCount[] {
  const counts = new Map<string, number>();
  for (const status of statuses) counts.set(status ?? 'unknown', (counts.get(status ?? 'unknown') ?? 0) + 1);
  return [...counts].map(([status, count]) => ({ status, count })).toSorted((one, other) => other.count - one.count);
}

/** What there is of something, what of it is in use, and what machines were promised of it. Unknown is undefined, never zero. */
export interface Utilization {
  readonly total: number;
  readonly used: number | undefined;
  /** Of virtual machines that run. */
  readonly committed: number;
  /** Of all virtual machines. */
  readonly allocated: number;
}

export const percentOf = (part: number | undefined, total: number): number | undefined =>
  part === undefined || total === 0 ? undefined : (part / total) * 100;

/** What virtual machines were promised: all of them, and those that run. */
export interface Promised {
  readonly all: Amounts;
  readonly running: Amounts;
}

interface Amounts {
  readonly cpus: number;
  readonly memory: number;
}

/** Sums of the machines of each status. */
export function promisedBy(counts: readonly Count[]): Promised {
  const amounts = (of: readonly Count[]): Amounts => ({ cpus: sum(of, (one) => one.cpus ?? 0), memory: sum(of, (one) => one.memory ?? 0) });
  return { all: amounts(counts), running: amounts(counts.filter(({ key }) => !idle.has(key))) };
}

const processors = (of: Host): number => {
  const { sockets = 1, cores = 1, threads = 1 } = of.cpu?.topology ?? {};
  return of.cpu?.topology === undefined ? 0 : sockets * cores * threads;
};

/** Statuses in which a virtual machine takes nothing of a host. */
const idle = new Set(['down', 'suspended', 'image_locked', 'unassigned']);

type Figures = (id: string) => Statistics | undefined;

/** Weighted by what each host has; hosts of which nothing is known don't count. */
function used(hosts: readonly Host[], weight: (host: Host) => number, percent: (host: Host) => number | undefined): number | undefined {
  const known = hosts.filter((host) => percent(host) !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, host) => sum + ((percent(host) ?? 0) / 100) * weight(host), 0);
}

const sum = <T>(list: readonly T[], of: (one: T) => number): number => list.reduce((total, one) => total + of(one), 0);

/** Processors of hosts that are up. */
export function cpuOf(hosts: readonly Host[], { all, running }: Promised, figures: Figures): Utilization {
  const up = hosts.filter((host) => host.status === 'up');
  return {
    total: sum(up, processors),
    used: used(up, processors, (host) => figures(host.id ?? '')?.cpuPercent),
    committed: running.cpus,
    allocated: all.cpus,
  };
}

/** Bytes of memory of hosts that are up. */
export function memoryOf(hosts: readonly Host[], { all, running }: Promised, figures: Figures): Utilization {
  const up = hosts.filter((host) => host.status === 'up');
  return {
    total: sum(up, (host) => host.memory ?? 0),
    used: used(
      up,
      (host) => host.memory ?? 0,
      (host) => figures(host.id ?? '')?.memoryPercent,
    ),
    committed: running.memory,
    allocated: all.memory,
  };
}

const isData = (domain: StorageDomain): boolean => domain.type === 'data' && domain.available !== undefined;
const sizeOf = (domain: StorageDomain): number => (domain.used ?? 0) + (domain.available ?? 0);

/** Bytes of data domains whose size is known. */
export function storageOf(domains: readonly StorageDomain[]): Utilization {
  const data = domains.filter(isData);
  return {
    total: sum(data, sizeOf),
    used: data.length === 0 ? undefined : sum(data, (domain) => domain.used ?? 0),
    committed: sum(data, (domain) => domain.used ?? 0),
    allocated: sum(data, (domain) => domain.committed ?? 0),
  };
}

/** A tile of a heat map. */
export interface Heat {
  readonly id: string;
  readonly name: string;
  readonly percent: number | undefined;
}

/** The fullest first, those of which nothing is known last. */
const hottest = (tiles: readonly Heat[]): Heat[] =>
  tiles.toSorted((one, other) => (other.percent ?? -1) - (one.percent ?? -1) || one.name.localeCompare(other.name));

export function clusterHeat(
  clusters: readonly Cluster[],
  hosts: readonly Host[],
  of: (hosts: readonly Host[], promised: Promised, figures: Figures) => Utilization,
  figures: Figures,
): Heat[] {
  return hottest(
    clusters.map((cluster) => {
      const own = of(
        hosts.filter((host) => host.cluster?.id === cluster.id),
        promisedBy([]),
        figures,
      );
      return { id: cluster.id ?? '', name: cluster.name ?? '', percent: percentOf(own.used, own.total) };
    }),
  );
}

export function storageHeat(domains: readonly StorageDomain[]): Heat[] {
  return hottest(
    domains
      .filter(isData)
      .map((domain) => ({ id: domain.id ?? '', name: domain.name ?? '', percent: percentOf(domain.used, sizeOf(domain)) })),
  );
}

/** Statuses that ask for somebody. */
const troubled = new Set([
  'non_operational',
  'non_responsive',
  'install_failed',
  'error',
  'kdumping',
  'unknown',
  'not_responding',
  'paused',
  'inactive',
  'problematic',
  'contend',
  'not_operational',
]);

/** A search for virtual machines in such a status. */
export const troubledVms = enumValues.VmStatus.filter((status) => troubled.has(status))
  .map((status) => `status=${status}`)
  .join(' or ');

export const isTroubled = (status: string | undefined): boolean => status !== undefined && troubled.has(status);
