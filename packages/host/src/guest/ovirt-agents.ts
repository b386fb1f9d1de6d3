import type { VmRegistry } from '../vm/registry.ts';
import type { Vm } from '../vm/vm.ts';
import { OvirtChannel } from './ovirt-channel.ts';
import { mergeOvirtMessage } from './ovirt-facts.ts';

/** How often is looked which guests have a channel that nobody listens to. */
const lookEveryMs = 5000;
/** An agent that said nothing for so long is away (VDSM: guest_agent_timeout). */
const silenceMs = 30_000;

/** The channels to oVirt's agents in the guests of this host. */
export class OvirtAgents {
  readonly #vms: VmRegistry;
  readonly #channels = new Map<string, OvirtChannel>();
  #stop: () => void = () => undefined;

  constructor(vms: VmRegistry) {
    this.#vms = vms;
  }

  start(): void {
    this.#stop = this.#vms.dependencies.clock.every(lookEveryMs, () => this.look());
    this.#vms.onChange((vm) => {
      if (vm.state.phase === 'running') this.#listen(vm);
    });
    this.look();
  }

  stop(): void {
    this.#stop();
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  /** Listens to guests that nobody listens to, and forgets those that are gone. */
  look(): void {
    for (const [vmId, channel] of this.#channels) {
      const vm = this.#vms.find(vmId);
      if (!channel.closed && vm !== undefined && vm.state.phase !== 'down') continue;
      channel.close();
      this.#channels.delete(vmId);
    }
    for (const vm of this.#vms.list()) if (vm.state.phase === 'running') this.#listen(vm);
  }

  #listen(vm: Vm): void {
    const path = vm.facts?.ovirtAgentSocket;
    const present = this.#channels.get(vm.vmId);
    if (path === undefined || (present !== undefined && !present.closed)) return;
    const channel = new OvirtChannel(path, (message) => this.#hear(vm, message));
    this.#channels.set(vm.vmId, channel);
    const away = vm.tellAgent;
    vm.tellAgent = (name, values) => {
      const heardMs = vm.ovirtHeardMs ?? -Infinity;
      if (channel.closed || this.#vms.dependencies.clock.monotonicMs() - heardMs > silenceMs) away(name, values);
      else channel.send(name, values);
    };
  }

  #hear(vm: Vm, message: Record<string, unknown>): void {
    if (message['__name__'] === 'uninstalled') {
      vm.ovirtHeardMs = undefined;
      return;
    }
    vm.ovirtHeardMs = this.#vms.dependencies.clock.monotonicMs();
    vm.ovirtGuest = mergeOvirtMessage(vm.ovirtGuest ?? {}, message);
    if (message['__name__'] === 'heartbeat') this.#vms.apply(vm, { type: 'agentSpoke' });
  }
}
