import {
  DomainGetJobStatsFlags,
  DomainJobType,
  DomainPausedReason,
  DomainState,
  ErrorNumber,
  LibvirtClientError,
  isLibvirtError,
} from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, notImplemented, readObject, readOptionalInteger, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { stopDetailOf } from '../vm/events.ts';
import { HypervisorUnavailable } from '../vm/hypervisor.ts';
import { asFault } from '../vm/registry.ts';
import type { VmRegistry } from '../vm/registry.ts';
import { undefineDomain } from '../vm/undefine.ts';
import type { Vm } from '../vm/vm.ts';
import { nextAction, noSchedule } from './convergence.ts';
import type { ConvergenceAction, ConvergencePlan } from './convergence.ts';
import { DestinationAgent } from './destination-agent.ts';
import { definitionFor, destinationUri, libvirtFlags, libvirtParameters } from './hand-over.ts';
import { runLeavingHooks } from './hooks.ts';
import { hasArrived, ownKeys } from './incoming.ts';
import { addressText, readAgentAddress, readMigrationOrder } from './order.ts';
import type { AgentAddress, MigrationOrder } from './order.ts';
import { progressOf } from './progress.ts';

/** How often a migration is looked at, and how often it is told of (VDSM: every 10 s). */
const lookMs = 1000;
const tellEveryMs = 10_000;
/** How long a destination that takes no more VMs is left alone, and how often it is asked in all. */
const limitRetryMs = 10_000;
const limitAttempts = 60;
/** A source that cannot reach the destination after a failure asks it again so often. */
const clean = { attempts: 10, pauseMs: 6000 } as const;
const noSuchVm = 1;

/** Somebody does not want the migration any more. */
class Cancelled extends Error {
  override name = 'Cancelled';
}

/** One migration to another host. */
interface Outgoing {
  readonly to: AgentAddress;
  readonly cancel: AbortController;
  /** The destination may know of the VM. */
  announced: boolean;
  /** libvirt is at work. */
  moving: boolean;
  percent: number;
  downtimeMs: number | undefined;
  postcopy: boolean;
  lastIteration: number | undefined;
  toldMs: number;
  failure: Result['failure'];
}

/** What is remembered of the last migration of a VM, for who asks afterwards. */
interface Result {
  percent: number;
  downtimeMs: number | undefined;
  /** Why it came to nothing. */
  failure: { code: number; message: string } | undefined;
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
    const agent = this.#agentOf(flow);
    try {
      const found = await this.#vms.call(vm, 'query', (connection) => connection.domainState(vm.vmId)).catch(() => undefined);
      flow.postcopy = found?.state === DomainState.PAUSED && found.reason === DomainPausedReason.POSTCOPY;
      while (!this.#vms.isClosing && vm.state.phase !== 'down') {
        await delay(lookMs);
        const type = await this.#look(vm, flow).catch(() => undefined);
        if (type === DomainJobType.NONE) break;
        if (type !== undefined) await this.#prime(vm, flow);
      }
      if (!this.#vms.isClosing) await this.#settleInTheEnd(vm, flow, agent, new Error('The migration ended while the host agent was away'));
    } catch (error) {
      log.error({ vmId: vm.vmId, error: String(error) }, 'The end of a migration could not be found out');
    } finally {
      agent.close();
      this.#leave(vm, flow, true);
    }
  }

  #agentOf(flow: Outgoing): DestinationAgent {
    const { migration, log } = this.#vms.dependencies;
    return new DestinationAgent(flow.to, migration.tls(), log);
  }

  async #run(vm: Vm, flow: Outgoing, order: MigrationOrder): Promise<void> {
    const { log } = this.#vms.dependencies;
    let failure: unknown;
    const agent = this.#agentOf(flow);
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
      if (!this.#vms.isClosing) await this.#settleInTheEnd(vm, flow, agent, failure);
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
        const type = over.signal.aborted ? undefined : await this.#look(vm, flow).catch(() => undefined);
        if (type === undefined || type === DomainJobType.NONE || begun) continue;
        begun = true;
        await this.#begin(vm, flow);
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

  /** What is done once libvirt is at work. */
  async #begin(vm: Vm, flow: Outgoing): Promise<void> {
    if (flow.cancel.signal.aborted) await this.#vms.call(vm, 'control', (connection) => connection.domainAbortJob(vm.vmId));
    await this.#prime(vm, flow);
  }

  /** Does what the schedule has at the start, unless it was done. */
  async #prime(vm: Vm, flow: Outgoing): Promise<void> {
    const { left } = vm.convergence;
    if (left.init.length === 0) return;
    for (const action of left.init) await this.#act(vm, flow, action);
    await this.#note(vm, { ...vm.convergence, left: flow.postcopy ? noSchedule : { ...left, init: [] } });
  }

  /** Looks how far libvirt is, does what is due, and tells. @returns kind of the job that libvirt has */
  async #look(vm: Vm, flow: Outgoing): Promise<number> {
    const { clock, emit } = this.#vms.dependencies;
    const { type, statistics } = await this.#vms.call(vm, 'query', (connection) => connection.domainJobStats(vm.vmId));
    if (type === DomainJobType.NONE) return type;
    const { percent, iteration } = progressOf(statistics, flow.percent);
    flow.percent = percent;
    // Before the first round libvirt still prepares QEMU, which then refuses what is asked.
    if (iteration !== undefined && iteration > 0 && iteration !== flow.lastIteration) {
      flow.lastIteration = iteration;
      await this.#converge(vm, flow, iteration);
    }
    const nowMs = clock.monotonicMs();
    if (nowMs - flow.toldMs >= tellEveryMs) {
      flow.toldMs = nowMs;
      emit(`|virt|VM_migration_status|${vm.vmId}`, { [vm.vmId]: { progress: flow.percent, ...(flow.postcopy ? { postcopy: true } : {}) } });
    }
    return type;
  }

  /** Does what is due after so many rounds of copying. What an agent did that could not note it any more is done twice, which harms nobody. */
  async #converge(vm: Vm, flow: Outgoing, round: number): Promise<void> {
    const { left, firstRound = round } = vm.convergence;
    const { action, rest } = nextAction(left.stalling, round - firstRound);
    if (action) await this.#act(vm, flow, action);
    if (!action && vm.convergence.firstRound !== undefined) return;
    await this.#note(vm, { left: flow.postcopy ? noSchedule : { ...left, stalling: rest }, firstRound });
  }

  /** Remembers what is left to do. */
  async #note(vm: Vm, plan: ConvergencePlan): Promise<void> {
    vm.convergence = plan;
    await this.#vms
      .save(vm)
      .catch((error: unknown) =>
        this.#vms.dependencies.log.error({ vmId: vm.vmId, error: String(error) }, 'The record of a VM could not be written'),
      );
  }

  async #act(vm: Vm, flow: Outgoing, action: ConvergenceAction): Promise<void> {
    const { log } = this.#vms.dependencies;
    log.info({ vmId: vm.vmId, action }, 'A migration is helped to its end');
    try {
      await this.#vms.call(vm, 'control', async (connection) => {
        if (action.name === 'setDowntime')
          await connection.call('DOMAIN_MIGRATE_SET_MAX_DOWNTIME', { dom: domOf(vm), downtime: BigInt(action.milliseconds) });
        else if (action.name === 'postcopy') await connection.call('DOMAIN_MIGRATE_START_POST_COPY', { dom: domOf(vm) });
        else await connection.domainAbortJob(vm.vmId);
      });
      // The VM runs there now: there is nothing left to help or to abort.
      if (action.name === 'postcopy') flow.postcopy = true;
    } catch (error) {
      log.warn({ vmId: vm.vmId, action, error: String(error) }, 'A migration could not be helped');
    }
  }

  /** Settles as soon as libvirt answers: without its word nobody knows whether the VM is here, and nobody else would ask again. */
  async #settleInTheEnd(vm: Vm, flow: Outgoing, agent: DestinationAgent, failure: unknown): Promise<void> {
    for (;;) {
      try {
        await this.#settle(vm, flow, agent, failure);
        return;
      } catch (error) {
        if (this.#vms.isClosing || !(error instanceof HypervisorUnavailable || error instanceof LibvirtClientError)) throw error;
        this.#vms.dependencies.log.warn({ vmId: vm.vmId, error: String(error) }, 'The end of a migration is looked for again');
        await delay(lookMs);
      }
    }
  }

  /** Finds out where the VM is after a migration, and sees that it is in one place only. */
  async #settle(vm: Vm, flow: Outgoing, agent: DestinationAgent, failure: unknown): Promise<void> {
    const { log } = this.#vms.dependencies;
    if (failure === undefined) {
      // libvirt says that it arrived. A domain of its name that is here now is none of this run: the VM may be coming back.
      await this.#done(vm, flow);
      this.#vms.apply(vm, { type: 'stopped', detail: 'migrated' });
      return;
    }
    const record = this.#vms.find(vm.vmId);
    if (record !== undefined && record !== vm) {
      log.warn({ vmId: vm.vmId, to: flow.to, error: String(failure) }, 'The migration of a VM failed that was started here anew meanwhile');
      await this.#clearDestination(vm, flow, agent);
      return;
    }
    const found = await this.#vms
      .call(vm, 'query', (connection) => connection.domainState(vm.vmId))
      .catch((error: unknown) => {
        if (isLibvirtError(error, ErrorNumber.NO_DOMAIN)) return undefined;
        throw error;
      });
    const isHere = found !== undefined && found.state !== DomainState.SHUTOFF && found.state !== DomainState.NOSTATE;
    if (!isHere) {
      const detail = found ? stopDetailOf(found.reason) : undefined;
      this.#vms.apply(vm, { type: 'stopped', detail: detail ?? 'migrated' });
      if (vm.state.exit?.reason !== migratedReason) await this.#clearDestination(vm, flow, agent);
      return;
    }
    this.#failed(vm, flow, failure);
    const there = await this.#clearDestination(vm, flow, agent);
    if (there === 'arrived') {
      log.warn({ vmId: vm.vmId, to: flow.to }, 'The VM runs on the other host; what is left of it here is ended');
      this.#vms.apply(vm, { type: 'endRequested', request: 'handOver' });
      await undefineDomain(this.#vms, vm, 'destroy');
      this.#vms.apply(vm, { type: 'stopped', detail: 'destroyed' });
      return;
    }
    if (flow.postcopy || found.reason === DomainPausedReason.POSTCOPY_FAILED || vm.state.pauseCode === 'POSTCOPY') {
      this.#vms.apply(vm, { type: 'endRequested', request: 'postcopyFailed' });
      await undefineDomain(this.#vms, vm, 'destroy');
      this.#vms.apply(vm, { type: 'stopped', detail: 'destroyed' });
      return;
    }
    await this.#stay(vm, found);
  }

  /** Tells the end of a migration. Where libvirt has forgotten how long the guest stood still, that is from the standstill to the end. */
  async #done(vm: Vm, flow: Outgoing): Promise<void> {
    const { emit, clock } = this.#vms.dependencies;
    const longestMs = vm.switchedMs === undefined ? undefined : Math.max(0, Math.round(clock.monotonicMs() - vm.switchedMs));
    const { COMPLETED, KEEP_COMPLETED } = DomainGetJobStatsFlags;
    const figures = await this.#vms
      .call(vm, 'query', (connection) => connection.domainJobStats(vm.vmId, COMPLETED | KEEP_COMPLETED))
      .catch(() => undefined);
    const measured = figures?.statistics['downtime'];
    flow.downtimeMs = typeof measured === 'number' ? measured : longestMs;
    flow.percent = 100;
    const downtime = flow.downtimeMs === undefined ? {} : { downtime: flow.downtimeMs };
    emit(`|virt|VM_migration_status|${vm.vmId}`, { [vm.vmId]: { progress: 100, ...downtime } });
  }

  /** The VM did not get to the other host. */
  #failed(vm: Vm, flow: Outgoing, failure: unknown): void {
    this.#vms.dependencies.log.warn({ vmId: vm.vmId, to: flow.to, error: String(failure) }, 'The migration of a VM failed');
    const message = failure instanceof Error ? failure.message : String(failure);
    if (failure instanceof VdsmError) flow.failure = { code: failure.code, message };
    else flow.failure = { code: flow.cancel.signal.aborted ? errorCode.migrationCancelFailed : errorCode.migrationFailed, message };
  }

  /** The VM goes on here. libvirt lets a guest go on by itself; one that it could not is asked for once more. */
  async #stay(vm: Vm, found: { state: number; reason: number }): Promise<void> {
    const { log } = this.#vms.dependencies;
    if (found.state === DomainState.PAUSED && found.reason === DomainPausedReason.MIGRATION && vm.state.phase === 'running') {
      try {
        await this.#vms.call(vm, 'control', (connection) => connection.domainResume(vm.vmId));
      } catch (error) {
        log.error({ vmId: vm.vmId, error: String(error) }, 'A VM whose migration failed could not go on');
        this.#vms.apply(vm, { type: 'paused', pauseCode: 'EOTHER' });
      }
    }
    this.#vms.apply(vm, { type: 'migrationEnded' });
  }

  /**
   * Has the destination forget the VM. One that does not answer is asked again later, while the VM goes on here.
   *
   * @returns `arrived` when it runs there
   */
  async #clearDestination(vm: Vm, flow: Outgoing, agent: DestinationAgent): Promise<'gone' | 'arrived' | 'unknown'> {
    if (!flow.announced) return 'gone';
    try {
      await agent.destroy(vm.vmId);
      return 'gone';
    } catch (error) {
      if (error instanceof VdsmError && error.code === noSuchVm) return 'gone';
      if (error instanceof VdsmError && error.code === hasArrived) return 'arrived';
      this.#vms.dependencies.log.warn(
        { vmId: vm.vmId, to: flow.to, error: String(error) },
        'The destination of a migration could not be cleared',
      );
      void this.#clearLater(vm, flow);
      return 'unknown';
    }
  }

  async #clearLater(vm: Vm, flow: Outgoing): Promise<void> {
    for (let attempt = 0; attempt < clean.attempts && !this.#vms.isClosing; attempt++) {
      await delay(clean.pauseMs, undefined, { ref: false });
      // A new migration looks after the place itself.
      if (this.#vms.isClosing || vm.state.migratingTo !== undefined) return;
      const agent = this.#agentOf(flow);
      const done = await agent.destroy(vm.vmId).then(
        () => true,
        (error: unknown) => error instanceof VdsmError && (error.code === noSuchVm || error.code === hasArrived),
      );
      agent.close();
      if (done) return;
    }
  }
}

/** Exit reason of a VM that was handed over. */
const migratedReason = 4;

const domOf = (vm: Vm) => ({ name: vm.name, uuid: vm.vmId, id: -1 });

const newOutgoing = (to: AgentAddress): Outgoing => ({
  to,
  cancel: new AbortController(),
  announced: false,
  moving: false,
  percent: 0,
  downtimeMs: undefined,
  postcopy: false,
  lastIteration: undefined,
  toldMs: 0,
  failure: undefined,
});
