import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import { execute, type ExecutionOutcome } from './execution/execute.ts';
import type { Environment, ProbePoint } from './execution/environment.ts';
import { LeaseHandle } from './execution/lease-handle.ts';
import { sagaLimits } from './limits.ts';
import type { SagaRecord } from './records.ts';
import type { Sagas } from './sagas.ts';

/** How a runner works. */
export interface RunnerOptions<Db, Trx extends Db> {
  sagas: Sagas<Db, Trx>;
  /** Name of this engine, the same after a restart: it then takes its own old leases at once. No two running engines share one. */
  engineId: string;
  /** Sagas at once. */
  workers?: number;
  leaseMs?: number;
  sweepMs?: number;
  sliceMs?: number;
  graceMs?: number;
  /** Asked at every place where a worker may be ended or held up. Only tests have it. */
  readonly probe?: (point: ProbePoint) => Promise<void>;
}

/** Works on the sagas of a store until it is stopped. */
export interface Runner {
  /** Takes up what this engine left behind, then whatever is due. Resolves when it listens. */
  start(): Promise<void>;
  /** Lets running steps come to their end for a bounded time, tells the rest to stop, and gives the sagas back. */
  stop(): Promise<void>;
  /** Looks now. */
  kick(): void;
  /** How many sagas are being worked on. */
  readonly active: number;
}

interface Active {
  lease: LeaseHandle;
  startedAt: number;
  done: Promise<void>;
}

/** Makes a runner; it does nothing before `start`. */
export function createRunner<Db, Trx extends Db>(options: RunnerOptions<Db, Trx>): Runner {
  return new SagaRunner(options);
}

class SagaRunner<Db, Trx extends Db> implements Runner {
  private readonly sagas: Sagas<Db, Trx>;
  private readonly clock: Clock;
  private readonly environment: Environment<Db, Trx>;
  private readonly options: Required<Omit<RunnerOptions<Db, Trx>, 'sagas' | 'probe'>>;
  private readonly running = new Map<string, Active>();
  private readonly timers = new Set<() => void>();
  private incarnation = randomUUID() as string;
  private state: 'new' | 'running' | 'stopping' | 'stopped' = 'new';
  private unsubscribe: (() => void) | undefined;
  private pumping = false;
  private again = false;
  private renewing = false;
  private claimedAt = 0;

  constructor(options: RunnerOptions<Db, Trx>) {
    this.sagas = options.sagas;
    this.clock = options.sagas.clock;
    this.options = {
      engineId: options.engineId,
      workers: options.workers ?? sagaLimits.workers,
      leaseMs: options.leaseMs ?? sagaLimits.leaseMs,
      sweepMs: options.sweepMs ?? sagaLimits.sweepMs,
      sliceMs: options.sliceMs ?? sagaLimits.sliceMs,
      graceMs: options.graceMs ?? sagaLimits.graceMs,
    };
    this.environment = {
      store: this.sagas.store,
      definition: (name, version) => this.sagas.definition(name, version),
      hooks: this.sagas.hooks,
      clock: this.clock,
      graceMs: this.options.graceMs,
      ...(options.probe === undefined ? {} : { probe: options.probe }),
    };
  }

  get active(): number {
    return this.running.size;
  }

  async start(): Promise<void> {
    if (this.state !== 'new' && this.state !== 'stopped') return;
    this.state = 'running';
    this.incarnation = randomUUID();
    const { store } = this.sagas;
    await store.expireEarlier(this.options.engineId, this.incarnation);
    this.unsubscribe = await store.subscribe('due', (sagaId) => this.heard(sagaId));
    this.every(this.options.sweepMs, () => this.kick());
    this.every(this.options.leaseMs / sagaLimits.renewalsPerLease, () => void this.renew());
    this.kick();
  }

  async stop(): Promise<void> {
    if (this.state !== 'running') return;
    this.state = 'stopping';
    this.unsubscribe?.();
    for (const { lease } of this.running.values()) lease.pause = true;
    await this.drain(this.options.graceMs);
    for (const { lease } of this.running.values()) lease.abort('shutdown');
    // Every step is left to itself after graceMs at most; beyond that there is only the journal's transaction.
    await this.drain(this.options.graceMs * 2);
    for (const forget of this.timers) forget();
    this.timers.clear();
    this.state = 'stopped';
  }

  kick(): void {
    if (this.state !== 'running') return;
    if (this.pumping) {
      this.again = true;
      return;
    }
    void this.pump();
  }

  private heard(sagaId: string | undefined): void {
    // What is told of a saga that runs here may be that it is cancelled, and renewing its lease says so.
    if (sagaId === undefined || this.running.has(sagaId)) void this.renew();
    this.kick();
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    try {
      do {
        this.again = false;
        const free = this.options.workers - this.running.size;
        if (free <= 0) {
          this.endSlices();
          break;
        }
        const claimed = await this.claim(free);
        for (const saga of claimed) this.begin(saga);
        if (claimed.length === free) this.again = true;
      } while (this.again && this.state === 'running');
    } catch (error) {
      this.sagas.hooks.onError?.(error, { doing: 'looking for due sagas' });
    } finally {
      this.pumping = false;
    }
  }

  private async claim(limit: number): Promise<SagaRecord[]> {
    const { engineId, leaseMs } = this.options;
    const kinds = this.sagas.kinds();
    if (kinds.length === 0) return [];
    this.claimedAt = this.clock.monotonic();
    return await this.sagas.store.claim({ engineId, incarnation: this.incarnation, leaseMs, limit, kinds });
  }

  private begin(saga: SagaRecord): void {
    // The lease counts from before the statement was sent, so that it never seems longer here than it is in the store.
    const lease = new LeaseHandle({ sagaId: saga.id, fence: saga.fence }, this.claimedAt + this.options.leaseMs);
    lease.pause = this.state !== 'running';
    const active: Active = { lease, startedAt: this.clock.monotonic(), done: Promise.resolve() };
    const before = this.running.get(saga.id);
    // The store gave the saga away again, so what this runner still did with it is over.
    before?.lease.abort('lease_lost');
    this.running.set(saga.id, active);
    active.done = this.work(saga, active);
  }

  private async work(saga: SagaRecord, active: Active): Promise<void> {
    let outcome: ExecutionOutcome | undefined;
    try {
      outcome = await execute(this.environment, saga, active.lease);
    } catch (error) {
      this.sagas.hooks.onError?.(error, { sagaId: saga.id, name: saga.name, doing: 'running a saga' });
    } finally {
      if (this.running.get(saga.id) === active) this.running.delete(saga.id);
    }
    if (outcome?.kind === 'sleeping' || outcome?.kind === 'interrupted') this.kickAfter(outcome.delayMs);
    this.kick();
  }

  /** What is due before the next sweep is looked for at its time. */
  private kickAfter(delayMs: number): void {
    if (delayMs >= this.options.sweepMs || this.state !== 'running') return;
    const forget = this.clock.after(delayMs + 1, () => {
      this.timers.delete(forget);
      this.kick();
    });
    this.timers.add(forget);
  }

  /** All workers are taken and there may be more to do: those who had theirs for long give it back at their next step. */
  private endSlices(): void {
    const now = this.clock.monotonic();
    for (const { lease, startedAt } of this.running.values()) {
      if (now - startedAt > this.options.sliceMs) lease.pause = true;
    }
  }

  private async renew(): Promise<void> {
    this.dropExpired();
    if (this.renewing || this.running.size === 0) return;
    this.renewing = true;
    const sentAt = this.clock.monotonic();
    try {
      const leases = [...this.running.values()].map((active) => active.lease);
      for (const renewal of await this.sagas.store.renew(leases, this.options.leaseMs)) {
        const lease = leases.find((each) => each.sagaId === renewal.sagaId && each.fence === renewal.fence);
        if (lease === undefined) continue;
        if (renewal.outcome === 'lost') lease.abort('lease_lost');
        if (renewal.outcome === 'renewed') lease.deadline = sentAt + this.options.leaseMs;
        if (renewal.stopRequest !== null) lease.cancelStep?.();
      }
    } catch (error) {
      this.sagas.hooks.onError?.(error, { doing: 'renewing leases' });
    } finally {
      this.renewing = false;
    }
  }

  /** What could not be renewed in time may belong to another engine now; a transaction that holds the row keeps others out. */
  private dropExpired(): void {
    const now = this.clock.monotonic();
    for (const { lease } of this.running.values()) {
      if (now >= lease.deadline && lease.transactions === 0) lease.abort('lease_lost');
    }
  }

  private async drain(timeoutMs: number): Promise<void> {
    if (this.running.size === 0) return;
    let forget = (): void => undefined;
    const timeout = new Promise<void>((resolve) => (forget = this.clock.after(timeoutMs, resolve)));
    await Promise.race([Promise.all([...this.running.values()].map((active) => active.done)), timeout]);
    forget();
  }

  private every(ms: number, fn: () => void): void {
    let forget = (): void => undefined;
    const tick = (): void => {
      if (this.state === 'stopped') return;
      fn();
      forget = this.clock.after(ms, tick);
    };
    forget = this.clock.after(ms, tick);
    this.timers.add(() => forget());
  }
}
