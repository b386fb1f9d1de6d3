import { isCancellable, planOf, stepsOf, Wait, type AnySagaDefinition, type AnySagaStep, type RetryPolicy } from '../definition.ts';
import { LeaseLostError, SagaError, StepAbortedError, storedError, WorkerCrashedError } from '../errors.ts';
import { sagaLimits } from '../limits.ts';
import type { SagaRecord, StepRecord } from '../records.ts';
import { createContext, type StepContext } from './context.ts';
import { probePoint, type Environment } from './environment.ts';
import { journal, type JournalEntry } from './journal.ts';
import type { LeaseHandle } from './lease-handle.ts';
import { backoff, canCancelNow, cancelledError, delayOf, type Decision, type SagaEvent, type SagaView } from './progress.ts';

/** Why a worker is done with a saga for now. */
export type ExecutionOutcome =
  | { kind: 'ended' }
  /** Waiting; due again after the delay. */
  | { kind: 'sleeping'; delayMs: number }
  /** Given back because the engine stops. */
  | { kind: 'released' }
  /** Another worker has it. */
  | { kind: 'lost' }
  /** The store was not to be reached, or a hook failed; due again after the delay. */
  | { kind: 'interrupted'; delayMs: number };

type Going = 'run' | 'undo';

/** A step's end as the journal is to note it; `stop` means that nothing is noted. */
type Performed<Trx> = { entry: JournalEntry<Trx>; fallback: (error: unknown) => SagaEvent } | { stop: ExecutionOutcome };

/**
 * Works on a leased saga until it ends, waits, or the lease is gone. Only WorkerCrashedError leaves it as an error.
 */
export async function execute<Db, Trx extends Db>(
  environment: Environment<Db, Trx>,
  claimed: SagaRecord,
  lease: LeaseHandle,
): Promise<ExecutionOutcome> {
  const view: SagaView = { saga: claimed, steps: [], plan: [], cancellable: true };
  try {
    return await new Execution(environment, lease, view).run();
  } catch (error) {
    if (error instanceof WorkerCrashedError) throw error;
    if (error instanceof LeaseLostError || lease.lost) {
      lease.abort('lease_lost');
      return { kind: 'lost' };
    }
    environment.hooks.onError?.(error, { sagaId: claimed.id, name: claimed.name, doing: 'running a saga' });
    return await interrupt(environment, lease, view);
  }
}

async function interrupt<Db, Trx extends Db>(
  environment: Environment<Db, Trx>,
  lease: LeaseHandle,
  view: SagaView,
): Promise<ExecutionOutcome> {
  const attempts = Math.max(0, ...view.steps.map((step) => (step.doneAt === null ? step.attempt : step.undoAttempt)));
  const delayMs = backoff(attempts, sagaLimits.interruptionDelayMs, sagaLimits.interruptionMaxDelayMs);
  // When even this fails the lease runs out by itself.
  await environment.store.release(lease, delayMs).catch(() => undefined);
  return { kind: 'interrupted', delayMs };
}

class Execution<Db, Trx extends Db> {
  private readonly environment: Environment<Db, Trx>;
  private readonly lease: LeaseHandle;
  private readonly view: SagaView;
  private readonly definition: AnySagaDefinition<Trx>;
  private steps: readonly AnySagaStep<Trx>[] = [];

  constructor(environment: Environment<Db, Trx>, lease: LeaseHandle, view: SagaView) {
    this.environment = environment;
    this.lease = lease;
    this.view = view;
    const { name, version } = view.saga;
    const definition = environment.definition(name, version);
    if (definition === undefined)
      throw new SagaError('definition_unknown', `No definition of saga ${name} version ${version} is registered.`);
    this.definition = definition;
  }

  async run(): Promise<ExecutionOutcome> {
    await this.environment.probe?.(probePoint(this.view, { step: '', going: 'run', at: 'taken' }));
    await this.load();
    let decision = await this.journal({ event: { kind: 'taken' }, state: () => this.view.saga.state });
    for (;;) {
      const { next } = decision;
      if (next.kind === 'end') return { kind: 'ended' };
      if (next.kind === 'sleep') return { kind: 'sleeping', delayMs: next.delayMs };
      const performed = await this.perform(next.kind, next.ordinal);
      if ('stop' in performed) {
        if (performed.stop.kind === 'released') await this.environment.store.release(this.lease, 0);
        return performed.stop;
      }
      decision = await this.note(performed, next.kind, next.ordinal);
      await this.probe(next.kind, next.ordinal, 'stored');
    }
  }

  private async load(): Promise<void> {
    const { store } = this.environment;
    const rows = await store.readSteps(store.db, this.lease.sagaId);
    this.steps = stepsOf(this.definition, this.view.saga.params);
    if (rows.length !== this.steps.length || this.steps.some((step, ordinal) => rows[ordinal]?.name !== step.name)) {
      throw new SagaError(
        'definition_changed',
        `The steps of saga ${this.view.saga.name} version ${this.view.saga.version} are not the ones that ${this.lease.sagaId} began with: raise the version when steps change.`,
      );
    }
    this.view.steps = rows;
    this.view.cancellable = isCancellable(this.definition, this.view.saga.params);
    this.view.plan = planOf(this.steps);
  }

  /** Notes what a step came to; when the step's own writing fails, that is the step's failure. */
  private async note(performed: Exclude<Performed<Trx>, { stop: unknown }>, going: Going, ordinal: number): Promise<Decision> {
    const { entry, fallback } = performed;
    if (entry.record === undefined) return await this.journal(entry);
    const own: { thrown?: { error: unknown } } = {};
    const record = async (trx: Trx): Promise<void> => {
      delete own.thrown;
      await entry.record?.(trx).catch((error: unknown) => {
        own.thrown = { error };
        throw error;
      });
    };
    try {
      return await this.journal({ ...entry, record });
    } catch (error) {
      if (own.thrown?.error !== error || this.isNoFailure(error)) throw error;
      this.report(error, going, ordinal);
      return await this.journal({ event: fallback(error) });
    }
  }

  private async journal(entry: JournalEntry<Trx>): Promise<Decision> {
    return await journal(this.environment, this.definition, this.lease, this.view, entry);
  }

  private async perform(going: Going, ordinal: number): Promise<Performed<Trx>> {
    const refusal = await this.refusal(going, ordinal);
    const stopper = new AbortController();
    const signal = AbortSignal.any([this.lease.signal, stopper.signal]);
    const step = this.step(ordinal);
    const context = createContext(this.environment, this.lease, this.view, ordinal, going, signal);
    const forgetTimeout = this.armTimeout(going, ordinal, stopper);
    if (going === 'run' && canCancelNow(this.view)) this.lease.cancelStep = () => stopper.abort(new StepAbortedError('cancelled'));
    let settled: Settled;
    try {
      settled = refusal ?? (await this.settle(this.call(going, step, context), signal));
    } finally {
      forgetTimeout();
      this.lease.cancelStep = undefined;
    }
    if (settled.kind !== 'value') context.close();
    const waits = settled.kind === 'value' && settled.value instanceof Wait;
    await this.probe(going, ordinal, waits ? 'waits' : 'ran');
    return this.conclude(going, ordinal, settled, signal, context);
  }

  private async call(going: Going, step: AnySagaStep<Trx>, { context }: StepContext<Trx>): Promise<unknown> {
    return going === 'run' ? await step.run?.(context) : await step.undo?.(context);
  }

  /** What a simulation wants the step to fail with, before it has done anything. */
  private async refusal(going: Going, ordinal: number): Promise<Settled | undefined> {
    try {
      await this.probe(going, ordinal, 'intent');
      return undefined;
    } catch (error) {
      if (this.isNoFailure(error)) throw error;
      return { kind: 'error', error };
    }
  }

  private conclude(going: Going, ordinal: number, settled: Settled, signal: AbortSignal, context: StepContext<Trx>): Performed<Trx> {
    this.lease.assertHeld();
    const step = this.step(ordinal);
    const fallback = (error: unknown): SagaEvent => this.failureEvent(going, ordinal, error);
    if (settled.kind === 'value') {
      if (settled.value instanceof Wait) {
        const delayMs = delayOf(settled.value, this.environment.clock.now());
        return { entry: { event: { kind: going === 'run' ? 'step_waits' : 'undo_waits', delayMs }, state: context.state }, fallback };
      }
      const record = this.writing(going, ordinal, context);
      return { entry: { event: { kind: going === 'run' ? 'step_succeeded' : 'undo_succeeded' }, state: context.state, record }, fallback };
    }
    const cause = signal.aborted ? (signal.reason as StepAbortedError).abortCause : undefined;
    if (cause === 'shutdown') {
      // What does not stop may still be at work: the lease then runs out by itself.
      return { stop: { kind: settled.kind === 'error' ? 'released' : 'lost' } };
    }
    const error = abortError(settled, cause, this.step(ordinal).name);
    if (this.isNoFailure(error)) throw error;
    this.report(error, going, ordinal);
    const final = cause === 'cancelled' || cause === 'timed_out';
    const event: SagaEvent = going === 'run' && final ? { kind: 'step_failed', error: storedError(error, step.name) } : fallback(error);
    return { entry: { event }, fallback };
  }

  /** What the step writes together with the journal's entry: going back only when it had been written. */
  private writing(going: Going, ordinal: number, { context }: StepContext<Trx>): ((trx: Trx) => Promise<void>) | undefined {
    const step = this.step(ordinal);
    if (going === 'run') return step.record === undefined ? undefined : async (trx) => await step.record?.(context, trx);
    if (step.unrecord === undefined || this.view.steps[ordinal]?.doneAt === null) return undefined;
    return async (trx) => await step.unrecord?.(context, trx);
  }

  /** Whether the error says nothing of the step itself: the lease is gone, or the store is not to be reached. */
  private isNoFailure(error: unknown): boolean {
    return error instanceof LeaseLostError || error instanceof WorkerCrashedError || this.environment.store.isUnavailable(error);
  }

  private failureEvent(going: Going, ordinal: number, error: unknown): SagaEvent {
    const step = this.step(ordinal);
    const row = this.view.steps[ordinal] as StepRecord;
    const stored = storedError(error, step.name);
    const policy = going === 'run' ? step.retry : (step.undoRetry ?? undoRetry);
    const failures = going === 'run' ? row.failures : row.undoFailures;
    if (policy !== undefined && failures + 1 < policy.attempts && isRetryable(policy, error)) {
      const delayMs = backoff(failures, policy.delayMs, policy.maxDelayMs ?? sagaLimits.retryMaxDelayMs);
      return { kind: going === 'run' ? 'step_retries' : 'undo_retries', error: stored, delayMs };
    }
    return { kind: going === 'run' ? 'step_failed' : 'undo_given_up', error: stored };
  }

  /** Waits for the work; once it was told to stop, for a bounded time only. */
  private settle(work: Promise<unknown>, signal: AbortSignal): Promise<Settled> {
    return new Promise((resolve) => {
      let forget = (): void => undefined;
      const leave = (): void => {
        forget = this.environment.clock.after(this.environment.graceMs, () => resolve({ kind: 'unresponsive' }));
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
      const done = (settled: Settled): void => {
        signal.removeEventListener('abort', leave);
        forget();
        resolve(settled);
      };
      work.then(
        (value) => done({ kind: 'value', value }),
        (error: unknown) => done({ kind: 'error', error }),
      );
    });
  }

  private armTimeout(going: Going, ordinal: number, stopper: AbortController): () => void {
    const { timeoutMs } = this.step(ordinal);
    if (going === 'undo' || timeoutMs === undefined) return () => undefined;
    return this.environment.clock.after(timeoutMs, () => stopper.abort(new StepAbortedError('timed_out')));
  }

  private step(ordinal: number): AnySagaStep<Trx> {
    return this.steps[ordinal] as AnySagaStep<Trx>;
  }

  private async probe(going: Going, ordinal: number, at: 'intent' | 'waits' | 'ran' | 'stored'): Promise<void> {
    await this.environment.probe?.(probePoint(this.view, { step: this.step(ordinal).name, going, at }));
  }

  private report(error: unknown, going: Going, ordinal: number): void {
    const { id: sagaId, name } = this.view.saga;
    this.environment.hooks.onError?.(error, {
      sagaId,
      name,
      step: this.step(ordinal).name,
      doing: going === 'run' ? 'running a step' : 'undoing a step',
    });
  }
}

type Settled = { kind: 'value'; value: unknown } | { kind: 'error'; error: unknown } | { kind: 'unresponsive' };

const undoRetry: RetryPolicy = {
  attempts: sagaLimits.undoAttempts,
  delayMs: sagaLimits.undoDelayMs,
  maxDelayMs: sagaLimits.undoMaxDelayMs,
};

function isRetryable(policy: RetryPolicy, error: unknown): boolean {
  return policy.when?.(error) ?? (error as { retryable?: unknown } | null)?.retryable !== false;
}

function abortError(
  settled: Exclude<Settled, { kind: 'value' }>,
  cause: StepAbortedError['abortCause'] | undefined,
  step: string,
): unknown {
  if (cause === 'cancelled') return new SagaError('saga_cancelled', cancelledError.message);
  if (cause === 'timed_out') return new SagaError('step_timed_out', `The step ${step} did not succeed in its time.`);
  if (settled.kind === 'error') return settled.error;
  return new SagaError('step_unresponsive', `The step ${step} did not stop when it was told to.`);
}
