/** Which VMs a cluster's balance would move, and whereto. Pure. Source: scheduler, load balancing. */
import { unitNamed } from './units.ts';
import type { ScheduledHost, SchedulingCluster, SchedulingSnapshot } from './snapshot.ts';
import { policyNumber, sustained } from './utilization.ts';

/** A running VM as a balance sees it. */
export interface BalancedVm {
  id: string;
  hostId: string;
  /** The engine may move it now. */
  movable: boolean;
  /** Of its virtual CPUs; null counts as nothing. */
  cpuPercent: number | null;
  vcpus: number;
  memoryBytes: number;
}

/** VMs that may be moved, in the order in which they are tried, each with its hosts; none with the reason. */
export interface BalanceDecision {
  moves: { vmId: string; hosts: string[] }[];
  because: 'no_balance' | 'balanced' | 'no_destination' | 'no_vm' | null;
}

/** A host that VMs are to leave, and those to which they may go. */
interface Relief {
  source: ScheduledHost;
  destinations: readonly ScheduledHost[];
}

/** A way to find such hosts: what needs relief, and what can give it. */
interface Search {
  needy: boolean;
  reliefs: Relief[];
}

const mib = 1024 ** 2;
/** What one CPU of a VM that has just come takes, and the management of storage, in percent of a CPU. */
const consumptionPercent = 10;
/** How far below the high utilization a host must be to get more, as a part of it. Source: engine configuration, scheduling. */
const thresholdPart = 0.8;

/** A cluster with the limits of its policy. */
class Balance {
  readonly hosts: readonly ScheduledHost[];
  readonly #cluster: SchedulingCluster;
  readonly high: number;
  readonly #low: number;
  readonly #shortBytes: number | null;
  readonly #ampleBytes: number | null;

  constructor({ cluster, hosts }: SchedulingSnapshot) {
    this.#cluster = cluster;
    this.hosts = hosts.filter((host) => host.status === 'up');
    this.high = policyNumber(cluster, 'HighUtilization', 80);
    this.#low = policyNumber(cluster, 'LowUtilization', 20);
    const short = policyNumber(cluster, 'MaxFreeMemoryForOverUtilized', null);
    const ample = policyNumber(cluster, 'MinFreeMemoryForUnderUtilized', null);
    this.#shortBytes = short === null ? null : short * mib;
    this.#ampleBytes = ample === null ? null : ample * mib;
  }

  #cpus(host: ScheduledHost): number {
    const { exclusive, exclusiveCores } = host.cpus;
    return Math.max(1, this.#cluster.threadsAsCores ? host.cpuThreads - exclusive.size : host.cpuCores - exclusiveCores);
  }

  /** What is to be added to a load that a host told: VMs that have just come, and the management of storage. */
  #more = (host: ScheduledHost): number => (consumptionPercent * (host.pendingVcpus + (host.isSpm ? 1 : 0))) / this.#cpus(host);

  /** The load of a host's CPUs in percent; of one that does not tell it nothing is taken and nothing given. */
  load = (host: ScheduledHost): number => (host.cpuLoadPercent === undefined ? NaN : host.cpuLoadPercent + this.#more(host));

  #free = (host: ScheduledHost): number => (host.memoryFreeBytes === undefined ? NaN : host.memoryFreeBytes - host.memoryPendingBytes);

  /** Whether the VMs of a host have as many CPUs for each of the host's as the policy allows; 0 is no limit. */
  #crowded(host: ScheduledHost): boolean {
    const ratio = policyNumber(this.#cluster, 'VCpuToPhysicalCpuRatio', 0);
    return ratio > 0 && host.runningVcpus >= ratio * this.#cpus(host);
  }

  #overloaded = (host: ScheduledHost): boolean =>
    this.#crowded(host) || sustained(host, this.#cluster, (load) => load + this.#more(host) >= this.high);

  #hasRoom = (host: ScheduledHost): boolean =>
    this.load(host) < Math.min(thresholdPart * this.high, this.high - consumptionPercent) && !this.#crowded(host);

  #isShort = (host: ScheduledHost): boolean => this.#shortBytes !== null && this.#free(host) < this.#shortBytes;

  /** Away from CPUs that are overloaded, the busiest first. */
  overloadedCpus(): Search {
    const sources = this.hosts
      .filter((host) => host.vmCount > 0 && this.#overloaded(host))
      .toSorted((a, b) => this.load(b) - this.load(a) || a.name.localeCompare(b.name));
    const destinations = this.hosts.filter((host) => this.#hasRoom(host) && !sources.includes(host));
    return { needy: sources.length > 0, reliefs: sources.map((source) => ({ source, destinations })) };
  }

  /** Away from hosts that are short of memory, the shortest first; one with a single VM cannot be helped. */
  shortMemory(): Search {
    const sources = this.hosts.filter((host) => host.vmCount > 1 && this.#isShort(host)).toSorted((a, b) => this.#free(a) - this.#free(b));
    const enough = this.#ampleBytes ?? this.#shortBytes ?? Infinity;
    const destinations = this.hosts.filter((host) => this.#free(host) > enough && !sources.includes(host) && !this.#overloaded(host));
    return { needy: sources.length > 0, reliefs: sources.map((source) => ({ source, destinations })) };
  }

  /** Off hosts that have little to do, so that they can rest: to hosts that have more, and never to one that rests already. */
  idleHosts(): Search {
    const idle = (host: ScheduledHost): boolean =>
      sustained(host, this.#cluster, (load) => load + this.#more(host) < this.#low) &&
      (this.#ampleBytes === null || this.#free(host) > this.#ampleBytes);
    // By VMs before loads, which vary: who has given one VM gives the next as well.
    const compare = (a: ScheduledHost, b: ScheduledHost): number =>
      Number(idle(b)) - Number(idle(a)) || a.vmCount - b.vmCount || this.load(a) - this.load(b) || b.name.localeCompare(a.name);
    const working = this.hosts.filter((host) => host.vmCount > 0).toSorted(compare);
    const reliefs = working
      .filter(idle)
      .map((source) => ({
        source,
        destinations: working.filter((host) => this.#hasRoom(host) && !this.#isShort(host) && compare(host, source) > 0),
      }));
    return { needy: reliefs.length > 1 || reliefs.some(({ destinations }) => destinations.length > 0), reliefs };
  }

  /** From the host with the most VMs, once there are many, to those that have fewer by the threshold. */
  unevenGuests(): Search {
    const grace = policyNumber(this.#cluster, 'SpmVmGrace', 5);
    const slots = (host: ScheduledHost): number => host.vmCount + (host.isSpm ? grace : 0);
    const [source] = this.hosts.toSorted((a, b) => slots(b) - slots(a) || a.name.localeCompare(b.name));
    if (!source || slots(source) < policyNumber(this.#cluster, 'HighVmCount', 10)) return { needy: false, reliefs: [] };
    const threshold = policyNumber(this.#cluster, 'MigrationThreshold', 5);
    const destinations = this.hosts.filter((host) => slots(source) - slots(host) >= threshold);
    return { needy: destinations.length > 0, reliefs: [{ source, destinations }] };
  }

  /** Whether a host would be neither overloaded nor short of memory with a VM. */
  holds(host: ScheduledHost, vm: BalancedVm): boolean {
    const added = ((vm.cpuPercent ?? 0) * vm.vcpus) / this.#cpus(host);
    return !(this.load(host) + added > this.high) && !(this.#shortBytes !== null && this.#free(host) - vm.memoryBytes <= this.#shortBytes);
  }
}

const searches: Readonly<Record<string, (balance: Balance) => (() => Search)[]>> = {
  [unitNamed('balance', 'OptimalForEvenDistribution').id]: (it) => [() => it.overloadedCpus(), () => it.shortMemory()],
  [unitNamed('balance', 'OptimalForPowerSaving').id]: (it) => [() => it.overloadedCpus(), () => it.shortMemory(), () => it.idleHosts()],
  [unitNamed('balance', 'OptimalForEvenGuestDistribution').id]: (it) => [() => it.unevenGuests()],
};

const cpuOf = (vm: BalancedVm): number => (vm.cpuPercent ?? 0) * vm.vcpus;

/** Moves by which hosts get relief: VMs that take the least of the CPUs first. */
const movesOf = (balance: Balance, reliefs: readonly Relief[], vms: readonly BalancedVm[]): BalanceDecision['moves'] =>
  reliefs.flatMap(({ source, destinations }) =>
    vms
      .filter((vm) => vm.movable && vm.hostId === source.id)
      .toSorted((a, b) => cpuOf(a) - cpuOf(b))
      .map((vm) => ({ vmId: vm.id, hosts: destinations.filter((host) => balance.holds(host, vm)).map((host) => host.id) }))
      .filter(({ hosts }) => hosts.length > 0),
  );

/** What the balance of a cluster's policy would move now. The first thing that is out of balance and can be helped is. */
export function balanceOf(snapshot: SchedulingSnapshot, vms: readonly BalancedVm[]): BalanceDecision {
  const find = searches[snapshot.cluster.policy.balance ?? ''];
  if (!find) return { moves: [], because: 'no_balance' };
  const balance = new Balance(snapshot);
  let because: BalanceDecision['because'] = 'balanced';
  for (const search of find(balance)) {
    const { needy, reliefs } = search();
    if (!needy) continue;
    const moves = movesOf(balance, reliefs, vms);
    if (moves.length > 0) return { moves, because: null };
    if (because === 'balanced') because = reliefs.some(({ destinations }) => destinations.length > 0) ? 'no_vm' : 'no_destination';
  }
  return { moves: [], because };
}
