/** A processor of a host: one thread of a core. */
export interface HostCpu {
  id: number;
  core: number;
  socket: number;
  node: number;
}

/** The processors of a host, and who has them. Pure values. */
export interface HostCpus {
  /** Empty for a host that does not say what it has. */
  topology: readonly HostCpu[];
  /** What running VMs have for themselves: no other VM gets it. */
  exclusive: ReadonlySet<number>;
  /** How many cores have such a CPU. */
  exclusiveCores: number;
  /** What running VMs are pinned to beside others. */
  pinned: ReadonlySet<number>;
  /** Where the host's agent runs; never given away. */
  agents: ReadonlySet<number>;
}

/** Shape of a VM's processors. */
export interface CpuShape {
  sockets: number;
  cores: number;
  threads: number;
}

/** Policies by which the engine chooses the CPUs of a VM when it starts. */
export type ChosenPolicy = 'dedicated' | 'isolate_threads' | 'resize_and_pin_numa';
const chosenPolicies: readonly string[] = ['dedicated', 'isolate_threads', 'resize_and_pin_numa'] satisfies ChosenPolicy[];
export const isChosenPolicy = (policy: string | undefined): policy is ChosenPolicy => chosenPolicies.includes(policy ?? 'none');
/** Whether VMs with this policy have their CPUs for themselves. */
export const isExclusive = (policy: string | undefined): boolean => policy === 'dedicated' || policy === 'isolate_threads';

/** Which CPUs of its host a VM runs on, as the engine chose them; kept while it runs. */
export interface RunPinning {
  policy: ChosenPolicy;
  /** By the virtual CPU's number, the host's CPUs on which it may be. */
  cpus: number[][];
  /** The cores of these, as `socket/core`. */
  cores: string[];
  topology: CpuShape;
  /** Virtual CPUs by the host's NUMA node that they are on; only where the VM gets its nodes with its CPUs. */
  nodes: { index: number; vcpus: number[] }[];
}

/** Why a host cannot give a VM its CPUs. Source: messages of the scheduler. */
export type CpuRefusal =
  | 'VAR__DETAIL__NO_HOST_CPU_DATA'
  | 'VAR__DETAIL__NOT_ENOUGH_CORES_PER_SOCKET_FOR_RESIZE_AND_PIN'
  | 'VAR__DETAIL__NOT_ENOUGH_THREADS_PER_CORE_FOR_DEDICATED'
  | 'VAR__DETAIL__VM_PINNING_CANT_RESIZE_WITH_DEDICATED'
  | 'VAR__DETAIL__VM_PINNING_DEDICATED_NOT_FIT'
  | 'VAR__DETAIL__VM_PINNING_PCPU_DOES_NOT_EXIST';

const inOrder = <V>(groups: Map<number, V>): V[] => [...groups].toSorted(([a], [b]) => a - b).map(([, group]) => group);
export const coreOf = (cpu: HostCpu): string => `${cpu.socket}/${cpu.core}`;

/** Sockets as lists of cores, and cores as lists of threads, all in the order of their numbers. */
const bySocket = (cpus: readonly HostCpu[]): number[][][] =>
  inOrder(Map.groupBy(cpus, (cpu) => cpu.socket)).map((socket) =>
    inOrder(Map.groupBy(socket, (cpu) => cpu.core)).map((core) => core.map((cpu) => cpu.id).toSorted((a, b) => a - b)),
  );

/** The processors of a VM, each on one of its host. */
export interface AutoPinning {
  topology: CpuShape;
  /** The host's CPU of each virtual one, by its number. */
  cpus: number[];
  /** Virtual CPUs by the host's NUMA node that they are on; one entry for a host without NUMA. */
  nodes: { index: number; vcpus: number[] }[];
}

/**
 * Puts the processors of a VM onto those of a host, of which the first core of each socket is the host's own. Pure.
 * @param topology what the VM is to keep; null gives it as much as the host has, but for a core of each socket
 * @returns null when the host has too few, or does not say what it has
 */
export function autoPinning(host: readonly HostCpu[], topology: CpuShape | null): AutoPinning | null {
  const sockets = bySocket(host).map((socket) => (socket.length > 1 ? socket.slice(1) : socket));
  if (sockets.length === 0) return null;
  const cores = Math.min(...sockets.map((socket) => socket.length));
  const threads = Math.min(...sockets.flatMap((socket) => socket.map((core) => core.length)));
  const shape = topology ?? { sockets: sockets.length, cores, threads };
  const offered =
    topology === null ? sockets.flatMap((socket) => socket.slice(0, cores).flatMap((core) => core.slice(0, threads))) : sockets.flat(2);
  const wanted = shape.sockets * shape.cores * shape.threads;
  if (offered.length < wanted) return null;
  const cpus = offered.slice(0, wanted);
  const nodeOf = new Map(host.map((cpu) => [cpu.id, cpu.node]));
  const byNode = Map.groupBy(cpus.keys(), (vcpu) => nodeOf.get(cpus[vcpu] ?? -1) ?? 0);
  const nodes = [...byNode].toSorted(([a], [b]) => a - b).map(([index, vcpus]) => ({ index, vcpus }));
  return { topology: shape, cpus, nodes };
}

/**
 * Takes as many places as a VM's sockets need: those of one virtual socket on one of the host's where that is possible, else as they come.
 * @param places by the host's sockets
 */
function takePlaces(places: readonly number[][][], sockets: number, each: number): number[][] | null {
  const left = places.map((socket) => [...socket]);
  const taken: number[][] = [];
  for (let socket = 0; socket < sockets; socket += 1) {
    const room = left.find((one) => one.length >= each);
    if (room === undefined) break;
    taken.push(...room.splice(0, each));
  }
  if (taken.length === sockets * each) return taken;
  const all = places.flat();
  return all.length >= sockets * each ? all.slice(0, sockets * each) : null;
}

/** Cuts a core's free threads into as many virtual cores as it has room for. */
const virtualCores = (threads: readonly number[], each: number): number[][] =>
  Array.from({ length: Math.trunc(threads.length / each) }, (_, at) => threads.slice(at * each, (at + 1) * each));

/** CPUs that a VM gets for itself: one for each virtual CPU, the threads of a virtual core on one core; or a whole core for each. */
function exclusiveCpus(policy: ChosenPolicy, shape: CpuShape, { topology, exclusive, pinned, agents }: HostCpus): number[][] | CpuRefusal {
  const isFree = (id: number): boolean => !exclusive.has(id) && !pinned.has(id) && !agents.has(id);
  const sockets = bySocket(topology);
  if (policy === 'isolate_threads') {
    const places = sockets.map((socket) => socket.filter((core) => core.every(isFree)));
    return takePlaces(places, shape.sockets, shape.cores * shape.threads) ?? 'VAR__DETAIL__VM_PINNING_DEDICATED_NOT_FIT';
  }
  if (shape.threads > Math.max(...sockets.flatMap((socket) => socket.map((core) => core.length))))
    return 'VAR__DETAIL__NOT_ENOUGH_THREADS_PER_CORE_FOR_DEDICATED';
  const places = sockets.map((socket) => socket.flatMap((core) => virtualCores(core.filter(isFree), shape.threads)));
  const taken = takePlaces(places, shape.sockets, shape.cores);
  return taken?.flat().map((id) => [id]) ?? 'VAR__DETAIL__VM_PINNING_DEDICATED_NOT_FIT';
}

/** The whole host but for a core of each socket. Source: engine behaviour, resize and pin. */
function resizedCpus(host: HostCpus): AutoPinning | CpuRefusal {
  if (host.exclusive.size > 0) return 'VAR__DETAIL__VM_PINNING_CANT_RESIZE_WITH_DEDICATED';
  if (bySocket(host.topology).some((socket) => socket.length < 2)) return 'VAR__DETAIL__NOT_ENOUGH_CORES_PER_SOCKET_FOR_RESIZE_AND_PIN';
  return autoPinning(host.topology, null) ?? 'VAR__DETAIL__NO_HOST_CPU_DATA';
}

const samePlan = (kept: RunPinning, found: AutoPinning): boolean =>
  JSON.stringify([kept.topology, kept.nodes.map((node) => node.vcpus)]) ===
  JSON.stringify([found.topology, found.nodes.map((node) => node.vcpus)]);

/**
 * Chooses CPUs of a host for a VM. Pure; one input has one answer.
 * @param shape what the VM is defined with
 * @param kept of a suspended VM whose shape its host decided: it goes on as it was, or not there
 * @returns a message of the scheduler for a host that cannot
 */
export function chooseCpus(policy: ChosenPolicy, shape: CpuShape, host: HostCpus, kept: RunPinning | null = null): RunPinning | CpuRefusal {
  if (host.topology.length === 0) return 'VAR__DETAIL__NO_HOST_CPU_DATA';
  const cores = new Map(host.topology.map((cpu) => [cpu.id, coreOf(cpu)]));
  const coresOf = (cpus: readonly number[][]): string[] => [...new Set(cpus.flat().map((id) => cores.get(id) ?? ''))];
  if (policy !== 'resize_and_pin_numa') {
    const cpus = exclusiveCpus(policy, shape, host);
    if (typeof cpus === 'string') return cpus;
    return {
      policy,
      cpus,
      cores: coresOf(cpus),
      topology: { sockets: shape.sockets, cores: shape.cores, threads: shape.threads },
      nodes: [],
    };
  }
  const resized = resizedCpus(host);
  if (typeof resized === 'string') return resized;
  if (kept !== null && !samePlan(kept, resized)) return 'VAR__DETAIL__VM_PINNING_PCPU_DOES_NOT_EXIST';
  const cpus = resized.cpus.map((id) => [id]);
  return { policy, cpus, cores: coresOf(cpus), topology: resized.topology, nodes: resized.nodes };
}

type Raw = Record<string, unknown>;

/** Processors as a host reports them. Source: VDSM, capabilities: cpuTopology. */
export const reportedCpus = (list: unknown): HostCpu[] =>
  (Array.isArray(list) ? (list as Raw[]) : []).flatMap((cpu) => {
    const [id, core, socket, node] = [cpu['cpu_id'], cpu['core_id'], cpu['socket_id'], cpu['numa_cell_id'] ?? 0].map(Number);
    return [id, core, socket, node].every((value) => Number.isSafeInteger(value))
      ? [{ id: id ?? 0, core: core ?? 0, socket: socket ?? 0, node: node ?? 0 }]
      : [];
  });

/**
 * The processors of a host with what its running VMs have of them. Pure.
 * @param agents CPUs of the host's agent as the host reports them; an agent that is everywhere is in nobody's way
 */
export function hostCpusOf(
  topology: unknown,
  agents: unknown,
  vms: readonly { chosen: RunPinning | null; pins: readonly number[] }[],
): HostCpus {
  const cpus = reportedCpus(topology);
  const exclusive = vms.flatMap(({ chosen }) => (isExclusive(chosen?.policy) ? [chosen as RunPinning] : []));
  const agentCpus = new Set(Array.isArray(agents) ? agents.map(Number) : []);
  return {
    topology: cpus,
    exclusive: new Set(exclusive.flatMap((one) => one.cpus.flat())),
    exclusiveCores: new Set(exclusive.flatMap((one) => one.cores)).size,
    pinned: new Set(vms.flatMap(({ chosen, pins }) => (isExclusive(chosen?.policy) ? [] : [...(chosen?.cpus.flat() ?? []), ...pins]))),
    agents: cpus.every((cpu) => agentCpus.has(cpu.id)) ? new Set() : agentCpus,
  };
}
