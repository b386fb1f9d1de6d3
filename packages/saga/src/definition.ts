import { SagaError } from './errors.ts';
import { sagaLimits } from './limits.ts';
import type { HeldLock, LockRequest } from './locks/request.ts';
import type { JsonObject, SagaRecord, StoredError } from './records.ts';

/**
 * A step's answer that it is not finished: it is to be continued at that time, when the saga is woken, or after
 * `sagaLimits.longestWaitMs`, whatever comes first; it then looks and may wait again. Made by `waitUntil`.
 */
export class Wait {
  /** Epoch milliseconds of the worker's clock. */
  readonly until: number;

  constructor(until: number) {
    this.until = until;
  }
}

/** What a step works with. */
export interface SagaContext<P extends JsonObject, S extends JsonObject, Trx> {
  /** The saga's id. */
  readonly id: string;
  readonly params: Readonly<P>;
  /**
   * What the steps hand on to one another. Changes are stored together with the step's success (or wait); `save` stores them at once.
   * A step that is repeated finds what was stored.
   */
  readonly state: S;
  /** Number of this lease, for hosts that refuse older ones. */
  readonly fence: number;
  /** 1 at the first start of this step (or of its undo), one more after each crash or retry. */
  readonly attempt: number;
  /** How often this step was continued after a wait. */
  readonly polls: number;
  /** Why the saga is being undone; undefined while it goes forward. */
  readonly failure: StoredError | undefined;
  /** Aborted when the lease is lost, the engine stops, the saga is cancelled or the step's time is over. Hand it to every long call. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds of the worker's clock. */
  now(): number;
  /** A UUID made of the saga's id and a name: the same at every repeat. */
  uuid(name: string): string;
  /**
   * Runs `fn` in a transaction that first makes sure, by locking the saga's row, that this worker still holds the lease. A transaction that
   * is in the way of another is repeated, so `fn` must have no effect outside.
   *
   * @throws LeaseLostError: nothing was written.
   */
  tx<T>(fn: (trx: Trx) => Promise<T>): Promise<T>;
  /** Merges into `state` and stores it now, in the given transaction of `tx` or in one of its own. */
  save(partial: Partial<S>, trx?: Trx): Promise<void>;
  /** Tells how far the step is, 0 to 100. */
  progress(percent: number): Promise<void>;
  /** Notes the id that another system (`VDSM`) gave to the step's task. */
  external(externalId: string, externalSystem?: string): Promise<void>;
  /** Takes more locks for the rest of the saga. @throws LockConflictError */
  lock(requests: readonly LockRequest[], trx?: Trx): Promise<void>;
  /** To be returned by a step: continue then (epoch milliseconds), or after a delay, or when the saga is woken, at the latest in a minute. The worker is free meanwhile. */
  waitUntil(when: number | { delayMs: number }): Wait;
}

/** When a step that threw is tried again. */
export interface RetryPolicy {
  /** How often in all. */
  attempts: number;
  /** First pause; it doubles each time. */
  delayMs: number;
  maxDelayMs?: number;
  /** Which errors are worth another try; default all whose `retryable` is not false. */
  when?(error: unknown): boolean;
}

/**
 * One step. Everything in it may happen more than once: `run` and `undo` are repeated after a crash and must come to the same end. What
 * `record` and `unrecord` write happens exactly once, because the journal's entry is in the same transaction.
 */
export interface SagaStep<P extends JsonObject, S extends JsonObject, Trx> {
  /** Unique in the saga. */
  name: string;
  /** For people; a saga's `title` hints apply. */
  title?: string;
  /** Does it. Returning a wait frees the worker; it is then called again. */
  run?(ctx: SagaContext<P, S, Trx>): Promise<Wait | void>;
  /** Writes what comes of it, in the transaction that notes the step's success. */
  record?(ctx: SagaContext<P, S, Trx>, trx: Trx): Promise<void>;
  /** Takes back whatever `run` may have done, wholly, partly or not at all; also when it was `run` that failed. Only its own work, please. */
  undo?(ctx: SagaContext<P, S, Trx>): Promise<Wait | void>;
  /** Takes back what `record` wrote, in the transaction that notes that the step is undone. Called only when the step had succeeded. */
  unrecord?(ctx: SagaContext<P, S, Trx>, trx: Trx): Promise<void>;
  /** Without it a step that throws fails. */
  retry?: RetryPolicy;
  /** Default: for hours, with pauses of up to half a minute. */
  undoRetry?: RetryPolicy;
  /** The step fails when it has not succeeded this long after its first start. */
  timeoutMs?: number;
  /** When this step has succeeded there is no way back: nothing up to it is undone any more and the saga can't be cancelled. */
  pivot?: boolean;
  /**
   * Once it has begun, a cancellation waits until it is through, and so are the steps with the same mark that follow it. As a saga's first step
   * it runs in any case: what was prepared for the saga is taken back by undoing it.
   */
  unbroken?: boolean;
}

/** How a saga ended, told in the transaction that ends it. */
export interface SagaEnd<P extends JsonObject, S extends JsonObject> {
  id: string;
  params: Readonly<P>;
  state: Readonly<S>;
  status: 'succeeded' | 'failed' | 'aborted';
  error: StoredError | undefined;
  saga: Readonly<SagaRecord>;
}

/** A kind of saga. */
export interface SagaDefinition<P extends JsonObject, S extends JsonObject, Trx> {
  name: string;
  /** To be raised when the steps change; sagas under way go on with the definition that they began with, as long as it is registered. */
  version: number;
  /** The steps, or how they follow from the parameters alone. */
  steps: readonly SagaStep<P, S, Trx>[] | ((params: Readonly<P>) => readonly SagaStep<P, S, Trx>[]);
  /** State before the first step; default empty. */
  initialState?(params: Readonly<P>): S;
  /** Locks that are taken at the start and held to the end. */
  locks?(params: Readonly<P>): LockRequest[];
  title?(params: Readonly<P>): string;
  /** Whether it may be undone because somebody asks for it, also by its parameters; default false: what it leaves in the middle has to be thought of. */
  cancellable?: boolean | ((params: Readonly<P>) => boolean);
  /** Called in the transaction that ends the saga; its locks are still held there. */
  ended?(end: SagaEnd<P, S>, trx: Trx): Promise<void>;
}

/** A definition whose parameters and state are its own business. */
export type AnySagaDefinition<Trx> = SagaDefinition<JsonObject, JsonObject, Trx>;
/** Any definition at all, to be put in a list. */
export type ListedSagaDefinition<Trx> = Omit<SagaDefinition<never, never, Trx>, 'initialState'>;
export type AnySagaStep<Trx> = SagaStep<JsonObject, JsonObject, Trx>;

/** Checks a definition's types and gives it back. */
export function defineSaga<P extends JsonObject, S extends JsonObject, Trx>(
  definition: SagaDefinition<P, S, Trx>,
): SagaDefinition<P, S, Trx> {
  return definition;
}

/** Whether a saga with these parameters may be cancelled, as long as it is not beyond its pivot. */
export const isCancellable = <Trx>({ cancellable = false }: AnySagaDefinition<Trx>, params: JsonObject): boolean =>
  typeof cancellable === 'function' ? cancellable(params) : cancellable;

/** What a decision needs to know of a step's definition. */
export interface StepPlan {
  pivot: boolean;
  unbroken: boolean;
  /** There is something to take back as soon as the step has an intent. */
  undoable: boolean;
  /** There is something to take back when the step has succeeded. */
  unrecordable: boolean;
  timeoutMs: number | undefined;
  /** False when the step does nothing but write. */
  acts: boolean;
}

/** What decisions on a saga need to know of its steps. */
export const planOf = <Trx>(steps: readonly AnySagaStep<Trx>[]): StepPlan[] =>
  steps.map((step) => ({
    pivot: step.pivot ?? false,
    unbroken: step.unbroken ?? false,
    acts: step.run !== undefined,
    undoable: step.undo !== undefined,
    unrecordable: step.unrecord !== undefined,
    timeoutMs: step.timeoutMs,
  }));

/** The steps for these parameters. @throws SagaError `definition_invalid`. */
export function stepsOf<Trx>(definition: AnySagaDefinition<Trx>, params: JsonObject): readonly AnySagaStep<Trx>[] {
  const steps = typeof definition.steps === 'function' ? definition.steps(params) : definition.steps;
  const names = new Set(steps.map((step) => step.name));
  if (steps.length === 0 || steps.length > sagaLimits.steps || names.size !== steps.length) {
    throw new SagaError(
      'definition_invalid',
      `The saga ${definition.name} must have 1 to ${sagaLimits.steps} steps with different names; it has ${steps.length}.`,
    );
  }
  return steps;
}

export type { HeldLock };
