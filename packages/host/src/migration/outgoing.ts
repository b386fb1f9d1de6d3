import { DomainJobType, DomainPausedReason, DomainState, ErrorNumber, isLibvirtError } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, notImplemented, readObject, readOptionalInteger, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { asFault } from '../vm/registry.ts';
import type { VmRegistry } from '../vm/registry.ts';
import type { Vm } from '../vm/vm.ts';
import type { ConvergenceAction } from './convergence.ts';
import type { DestinationAgent } from './destination-agent.ts';
import { definitionFor, destinationUri, libvirtFlags, libvirtParameters } from './hand-over.ts';
import { runLeavingHooks } from './hooks.ts';
import { ownKeys } from './incoming.ts';
import { addressText, readAgentAddress, readMigrationOrder } from './order.ts';
import type { MigrationOrder } from './order.ts';
import { agentOf, settleInTheEnd } from './settling.ts';
import { begin, domOf, look, newOutgoing, prime } from './steering.ts';
import type { Outgoing, Result } from './steering.ts';

/** How often a migration is looked at. */
const lookMs = 1000;
/** How long a destination that takes no more VMs is left alone, and how often it is asked in all. */
const limitRetryMs = 10_000;
const limitAttempts = 60;

/** Somebody does not want the migration any more. */
class Cancelled extends Error {
  override name = 'Cancelled';
}

/** VMs that go to other hosts. */
export class OutgoingMigrations {
  readonly #vms: VmRegistry;
  readonly #active = new Map<Vm, Outgoing>();
  readonly #results = new WeakMap<Vm, Result>();
  /** Those that libvirt may work on, and those that wait for a place. */
  #running = 0;
  readonly #waiting: { limit: number; go: () => void }[] = [];

  constructor(vms: VmRegistry) {
    this.#vms = vms;
  }

  get count(): number {
    return this.#active.size;
  }

  /** Whether a VM is on its way from here, or the end of its way is still being found out. */
  isLeaving(vmId: string): boolean {
    return [...this.#active.keys()].some((vm) => vm.vmId === vmId);
  }

  /** Progress of a VM's migration in percent; undefined when there is none. */
  progress(vm: Vm): number | undefined {
    return this.#active.get(vm)?.percent;
  }

  /** The verb VM.migrate: begins to move a VM and answers at once (VDSM schema, MigrateParams). */
  readonly migrate: VerbHandler = async (params) => {
    const vm = this.#vms.running(readUuid(params, 'vmID'));
    const order = readMigrationOrder(vm.vmId, readObject(params, 'params'));
    if (vm.state.migratingTo !== undefined || this.#active.has(vm))
      throw new VdsmError(errorCode.migrationInProgress, `Virtual machine ${vm.vmId} migrates already`);
    if (vm.destroyed) throw new VdsmError(errorCode.noSuchVm, `Virtual machine ${vm.vmId} is being ended`);
    const flow = newOutgoing(order.destination);
    this.#active.set(vm, flow);
    const downtime: ConvergenceAction[] = order.downtimeMs === undefined ? [] : [{ name: 'setDowntime', milliseconds: order.downtimeMs }];
    vm.convergence = { left: { ...order.schedule, init: [...downtime, ...order.schedule.init] }, firstRound: undefined };
    this.#vms.apply(vm, { type: 'migrating', to: addressText(order.destination) });
    try {
      // On the disk before anything begins: an agent that comes after this one goes on with it.
      await this.#vms.save(vm);
    } catch (error) {
      this.#active.delete(vm);
      this.#vms.apply(vm, { type: 'migrationEnded' });
      throw new VdsmError(errorCode.migrationFailed, `The migration can't be noted: ${String(error)}`, { cause: error });
    }
    void this.#run(vm, flow, order);
    return true;
  };

  /** The verb VM.getMigrationStatus; its status is the reason of a migration that failed. */
  readonly status: VerbHandler = async (params) => {
    const vm = this.#vms.get(readUuid(params, 'vmID'));
    const flow = this.#active.get(vm);
    const known = flow ?? this.#results.get(vm);
    const told = flow ? 'Migration in progress' : known ? 'Migration done' : 'No migration';
    const failure = flow ? undefined : this.#results.get(vm)?.failure;
    return {
      vmId: vm.vmId,
      status: failure ?? { code: 0, message: told },
      progress: known?.percent ?? 0,
      ...(known?.downtimeMs === undefined ? {} : { downtime: known.downtimeMs }),
    };
  };

  /** The verb VM.migrateCancel: the VM stays here (VDSM schema, VM.migrateCancel). */
  readonly cancel: VerbHandler = async (params) => {
    const vm = this.#vms.get(readUuid(params, 'vmID'));
    const flow = this.#active.get(vm);
    if (!flow) throw new VdsmError(errorCode.migrationNotInProgress, `Virtual machine ${vm.vmId} does not migrate`);
    if (flow.postcopy || vm.state.pauseCode === 'POSTCOPY')
      throw new VdsmError(errorCode.migrationCancelFailed, `Virtual machine ${vm.vmId} runs on the other host already`);
    flow.cancel.abort(new Cancelled('The migration was cancelled'));
    if (!flow.moving) return true;
    try {
      await this.#vms.call(vm, 'control', (connection) => connection.domainAbortJob(vm.vmId));
    } catch (error) {
      // Not begun or over by now: then the cancellation counts, or there is nothing to cancel.
      if (isLibvirtError(error, ErrorNumber.OPERATION_INVALID) || isLibvirtError(error, ErrorNumber.NO_DOMAIN)) return true;
      throw asFault(error, errorCode.migrationCancelFailed);
    }
    return true;
  };

  /** The verb VM.migrateChangeParams: another bandwidth for a migration that is under way (VDSM schema, MigrationParameters). */
  readonly change: VerbHandler = async (params) => {
    const vm = this.#vms.get(readUuid(params, 'vmID'));
    const wanted = readObject(params, 'params');
    const bandwidth = readOptionalInteger(wanted, 'maxBandwidth', { minimum: 1, maximum: 1_000_000 });
    const flow = this.#active.get(vm);
    if (!flow?.moving) throw new VdsmError(errorCode.migrationNotInProgress, `Virtual machine ${vm.vmId} does not migrate`);
    if (bandwidth === undefined)
      throw notImplemented('VM.migrateChangeParams', 'of a migration under way only maxBandwidth can be changed');
    try {
      await this.#vms.call(vm, 'control', (connection) =>
        connection.call('DOMAIN_MIGRATE_SET_MAX_SPEED', { dom: domOf(vm), bandwidth: BigInt(bandwidth) }),
      );
    } catch (error) {
      throw asFault(error, errorCode.migrationFailed);
    }
    return true;
  };

  /** Goes on with a migration that an agent before this one began: libvirt does its part alone. */
  resume(vm: Vm): void {
    if (vm.state.migratingTo === undefined || this.#active.has(vm)) return;
    const flow = newOutgoing(readAgentAddress(vm.state.migratingTo, 'dst'));
    flow.announced = true;
    flow.moving = true;
    this.#active.set(vm, flow);
    this.#running++;
    void this.#follow(vm, flow);
  }

  async #follow(vm: Vm, flow: Outgoing): Promise<void> {
    const { log } = this.#vms.dependencies;
    log.info({ vmId: vm.vmId, to: flow.to }, 'A migration that was under way is followed');
    const agent = agentOf(this.#vms, flow);
    try {
      const found = await this.#vms.call(vm, 'query', (connection) => connection.domainState(vm.vmId)).catch(() => undefined);
      flow.postcopy = found?.state === DomainState.PAUSED && found.reason === DomainPausedReason.POSTCOPY;
      while (!this.#vms.isClosing && vm.state.phase !== 'down') {
        await delay(lookMs);
        const type = await look(this.#vms, vm, flow).catch(() => undefined);
        if (type === DomainJobType.NONE) break;
        if (type !== undefined) await prime(this.#vms, vm, flow);
      }
      if (!this.#vms.isClosing)
        await settleInTheEnd(this.#vms, vm, flow, agent, new Error('The migration ended while the host agent was away'));
    } catch (error) {
      log.error({ vmId: vm.vmId, error: String(error) }, 'The end of a migration could not be found out');
    } finally {
      agent.close();
      this.#leave(vm, flow, true);
    }
  }

  async #run(vm: Vm, flow: Outgoing, order: MigrationOrder): Promise<void> {
    const { log } = this.#vms.dependencies;
    let failure: unknown;
    const agent = agentOf(this.#vms, flow);
    let hasPlace = false;
    try {
      await this.#place(order.outgoingLimit, flow.cancel.signal);
      hasPlace = true;
      await agent.ping(flow.cancel.signal);
      const document = await runLeavingHooks(this.#vms, vm);
      flow.cancel.signal.throwIfAborted();
      const definition = await definitionFor(this.#vms, vm, order, document);
      const answer = await this.#announce(vm, flow, definition, agent, order.incomingLimit);
      await this.#move(vm, flow, order, answer);
    } catch (error) {
      failure = error;
    }
    try {
      // The next agent finds out what became of it.
      if (!this.#vms.isClosing) await settleInTheEnd(this.#vms, vm, flow, agent, failure);
    } catch (error) {
      log.error({ vmId: vm.vmId, error: String(error) }, 'The end of a migration could not be found out');
    } finally {
      agent.close();
      this.#leave(vm, flow, hasPlace);
    }
  }

  /** Waits for one of the places of migrations that go out at once. */
  async #place(limit: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < limit) {
      this.#running++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const entry = { limit, go: resolve };
      this.#waiting.push(entry);
      signal.addEventListener(
        'abort',
        () => {
          const at = this.#waiting.indexOf(entry);
          if (at < 0) return;
          this.#waiting.splice(at, 1);
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  }

  #leave(vm: Vm, flow: Outgoing, hadPlace: boolean): void {
    this.#active.delete(vm);
    const { percent, downtimeMs, failure } = flow;
    this.#results.set(vm, { percent, downtimeMs, failure });
    if (hadPlace) this.#running--;
    const at = this.#waiting.findIndex(({ limit }) => this.#running < limit);
    const [next] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (!next) return;
    this.#running++;
    next.go();
  }

  /** Has the destination make everything ready; one that is busy is asked again. */
  async #announce(
    vm: Vm,
    flow: Outgoing,
    definition: Record<string, unknown>,
    agent: DestinationAgent,
    limit: number | undefined,
  ): Promise<Record<string, unknown>> {
    for (let attempt = 1; ; attempt++) {
      flow.announced = true;
      try {
        return await agent.create(vm.vmId, definition, limit, flow.cancel.signal);
      } catch (error) {
        if (!(error instanceof VdsmError) || error.code !== errorCode.migrationLimit || attempt >= limitAttempts) throw error;
        this.#vms.dependencies.log.info({ vmId: vm.vmId, to: flow.to, attempt }, 'The destination takes no more VMs right now');
        await delay(limitRetryMs, undefined, { signal: flow.cancel.signal }).catch(() => flow.cancel.signal.throwIfAborted());
      }
    }
  }

  async #move(vm: Vm, flow: Outgoing, order: MigrationOrder, answer: Record<string, unknown>): Promise<void> {
    const { hypervisor, migration, log } = this.#vms.dependencies;
    const [document, port] = [answer[ownKeys.document], answer[ownKeys.libvirtPort]];
    const isPaused = vm.state.phase === 'paused';
    const parameters = libvirtParameters(vm, order, typeof document === 'string' ? document : undefined);
    const uri = destinationUri(order, migration.pkiDirectory, typeof port === 'number' ? port : undefined);
    flow.cancel.signal.throwIfAborted();
    flow.moving = true;
    const over = new AbortController();
    const watching = (async () => {
      let begun = false;
      while (!over.signal.aborted) {
        await delay(begun ? lookMs : 100, undefined, { signal: over.signal }).catch(() => undefined);
        const type = over.signal.aborted ? undefined : await look(this.#vms, vm, flow).catch(() => undefined);
        if (type === undefined || type === DomainJobType.NONE || begun) continue;
        begun = true;
        await begin(this.#vms, vm, flow);
      }
    })();
    try {
      log.info({ vmId: vm.vmId, to: flow.to, encrypted: order.encrypted }, 'VM begins to migrate');
      await hypervisor.runLong((connection) =>
        connection.domainMigratePeerToPeer(vm.vmId, uri, parameters, libvirtFlags(order, { unsafe: migration.unsafe, isPaused }), {
          timeoutMs: 0,
        }),
      );
      flow.percent = 100;
    } finally {
      over.abort();
      await watching.catch((error: unknown) => log.warn({ vmId: vm.vmId, error: String(error) }, 'A migration could not be watched'));
    }
  }
}
