import { DomainGuestInfoTypes, ErrorNumber, isLibvirtError } from '@virgate/libvirt';
import type { VmRegistry } from '../vm/registry.ts';
import type { Vm } from '../vm/vm.ts';
import { mergeAgentVersion, mergeGuestInfo } from './facts.ts';

/** How often a tick looks what is due. */
const tickMs = 5000;
/** How long after its boot a guest is asked at every tick. */
const bootMs = 120_000;
/** The guest's agent has so long to answer one command. */
const agentTimeoutSeconds = 3;
const deadlineMs = 15_000;

interface Poll {
  name: string;
  intervalMs: number;
  run: (vms: VmRegistry, vm: Vm) => Promise<void>;
}

async function askInfo(vms: VmRegistry, vm: Vm, types: number): Promise<void> {
  const record = await vms.call(vm, 'query', (connection) => connection.domainGuestInfo(vm.vmId, types), deadlineMs);
  vm.guest = mergeGuestInfo(vm.guest, record, vms.dependencies.clock.monotonicMs());
}

const { HOSTNAME, OS, TIMEZONE, INTERFACES, USERS, FILESYSTEM } = DomainGuestInfoTypes;

/** What is asked of the guest's agent, and how often once it has booted. */
const polls: Poll[] = [
  { name: 'basics', intervalMs: 120_000, run: (vms, vm) => askInfo(vms, vm, HOSTNAME | OS | TIMEZONE | INTERFACES) },
  { name: 'users', intervalMs: 10_000, run: (vms, vm) => askInfo(vms, vm, USERS) },
  { name: 'fileSystems', intervalMs: 300_000, run: (vms, vm) => askInfo(vms, vm, FILESYSTEM) },
  {
    name: 'agent',
    intervalMs: 300_000,
    run: async (vms, vm) => {
      const answer = await vms.call(
        vm,
        'query',
        (connection) => connection.domainAgentCommand(vm.vmId, '{"execute":"guest-info"}', agentTimeoutSeconds),
        deadlineMs,
      );
      vm.guest = mergeAgentVersion(vm.guest, answer);
    },
  },
  {
    name: 'processors',
    intervalMs: 60_000,
    run: async (vms, vm) => {
      const { params } = await vms.call(
        vm,
        'query',
        (connection) => connection.call('DOMAIN_GET_GUEST_VCPUS', { dom: { name: '', uuid: vm.vmId, id: -1 } }),
        deadlineMs,
      );
      const online = params.find((parameter) => parameter.field === 'online')?.value.value;
      if (typeof online === 'string') vm.guest = { ...vm.guest, cpuCount: countCpus(online) };
    },
  },
];

/** Number of processors in a list like `0-3,5`; a guest can't make it more than the limit. */
export function countCpus(list: string): number {
  const maximum = 8192;
  return list
    .split(',')
    .slice(0, maximum)
    .reduce((count, part) => {
      const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim());
      if (!match) return count;
      const first = Number(match[1]);
      return Math.min(maximum, count + Math.max(0, Number(match[2] ?? first) - first + 1));
    }, 0);
}

interface Progress {
  /** When each poll last ran. */
  ranMs: Map<string, number>;
  busy: boolean;
  agentConnected: boolean | undefined;
  timeoutSet: boolean;
}

/** Asks the agents of all guests what the statistics tell of them. */
export class GuestPoller {
  readonly #vms: VmRegistry;
  readonly #progress = new WeakMap<Vm, Progress>();
  #stop: () => void = () => undefined;

  constructor(vms: VmRegistry) {
    this.#vms = vms;
  }

  start(): void {
    this.#stop = this.#vms.dependencies.clock.every(tickMs, () => this.#tick());
  }

  stop(): void {
    this.#stop();
  }

  /** Takes the news that a guest's agent came or went. */
  agentChanged(vm: Vm, connected: boolean): void {
    const progress = this.#of(vm);
    progress.agentConnected = connected;
    if (!connected) return;
    progress.ranMs.clear();
    void this.#poll(vm);
  }

  #of(vm: Vm): Progress {
    const found = this.#progress.get(vm);
    if (found) return found;
    const made: Progress = { ranMs: new Map(), busy: false, agentConnected: undefined, timeoutSet: false };
    this.#progress.set(vm, made);
    return made;
  }

  #tick(): void {
    for (const vm of this.#vms.list()) void this.#poll(vm);
  }

  async #poll(vm: Vm): Promise<void> {
    const progress = this.#of(vm);
    if (progress.busy || progress.agentConnected === false || vm.state.phase !== 'running' || vm.facts?.hasAgentChannel !== true) return;
    // What asks a guest that moves holds its migration up.
    if (vm.state.migratingTo !== undefined) return;
    progress.busy = true;
    try {
      await this.#runDue(vm, progress);
    } finally {
      progress.busy = false;
    }
  }

  async #runDue(vm: Vm, progress: Progress): Promise<void> {
    const { clock, log } = this.#vms.dependencies;
    for (const poll of polls) {
      const nowMs = clock.monotonicMs();
      const booting = vm.guest.answeredMs === undefined || nowMs - (vm.state.bootedMs ?? 0) < bootMs;
      const due = (progress.ranMs.get(poll.name) ?? -Infinity) + (booting ? Math.min(tickMs, poll.intervalMs) : poll.intervalMs);
      if (nowMs < due || vm.state.phase !== 'running') continue;
      progress.ranMs.set(poll.name, nowMs);
      try {
        await this.#limitAgent(vm, progress);
        await poll.run(this.#vms, vm);
        this.#vms.apply(vm, { type: 'agentSpoke' });
      } catch (error) {
        log.debug({ vmId: vm.vmId, poll: poll.name, error: String(error) }, 'The guest agent did not answer');
        // Nobody there: the other questions would go unheard as well.
        if (isLibvirtError(error, ErrorNumber.AGENT_UNRESPONSIVE)) return;
      }
    }
  }

  /** A guest that swallows commands holds libvirt's place for this VM no longer than needed. */
  async #limitAgent(vm: Vm, progress: Progress): Promise<void> {
    if (progress.timeoutSet) return;
    await this.#vms.call(vm, 'query', (connection) =>
      connection.call('DOMAIN_AGENT_SET_RESPONSE_TIMEOUT', { dom: { name: '', uuid: vm.vmId, id: -1 }, timeout: agentTimeoutSeconds }),
    );
    progress.timeoutSet = true;
  }
}
