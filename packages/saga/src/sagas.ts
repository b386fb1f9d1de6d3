import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from './clock.ts';
import { isCancellable, planOf, stepsOf, type AnySagaDefinition, type ListedSagaDefinition, type SagaDefinition } from './definition.ts';
import { createEndings, type Endings } from './endings.ts';
import { SagaError, storedError } from './errors.ts';
import { checkedJson } from './execution/context.ts';
import { ExternalJobs } from './external-jobs.ts';
import { canCancel } from './execution/progress.ts';
import type { SagaHooks } from './hooks.ts';
import { derivedUuid, isUuid } from './identity.ts';
import { newSaga, subjectsOf, type SagaLabels } from './labels.ts';
import { sagaLimits } from './limits.ts';
import type { HeldLock, LockRequest } from './locks/request.ts';
import { freshStep, isLive, type JsonObject, type SagaRecord, type SagaStatus, type StepRecord, type Subject } from './records.ts';
import type { SagaStore } from './store.ts';

/** How to start a saga. */
export interface StartOptions<P extends JsonObject> extends SagaLabels {
  params: P;
  /** Locks beside those of the definition. */
  locks?: readonly LockRequest[];
  /** Id of the saga. A repeat with the same id starts nothing and returns it. */
  id?: string;
}

/** A finished job of a single transaction. */
export interface RecordOptions extends SagaLabels {
  name: string;
  id?: string;
  /** Epoch milliseconds; default now. */
  startedAt?: number;
  /** Default: one step named like the job. */
  steps?: readonly { name: string; title?: string }[];
  /** Given when it failed. */
  error?: unknown;
}

/** A saga with its steps and subjects. */
export interface SagaDetails {
  saga: SagaRecord;
  steps: StepRecord[];
  subjects: Subject[];
}

/** What `wait` found. `ended` is false when the time was over first. */
export interface SagaOutcome {
  ended: boolean;
  saga: SagaRecord;
}

export type CancelAnswer = 'requested' | 'ended' | 'too_late' | 'not_found';

/** What sagas are made with. */
export interface SagasOptions<Db, Trx extends Db> {
  store: SagaStore<Db, Trx>;
  /** All that this engine can run; several versions of one name may stand side by side. */
  definitions: readonly ListedSagaDefinition<Trx>[];
  hooks?: SagaHooks<Trx>;
  clock?: Clock;
  /** Source of new ids. */
  newId?: () => string;
}

/** The sagas of a store: start, look, cancel. A runner does the work. */
export class Sagas<Db, Trx extends Db> {
  readonly store: SagaStore<Db, Trx>;
  readonly hooks: SagaHooks<Trx>;
  readonly clock: Clock;
  private readonly definitions = new Map<string, AnySagaDefinition<Trx>>();
  private readonly newId: () => string;
  private readonly endings: Endings;
  /** Jobs that outside clients keep up. */
  readonly external: ExternalJobs<Db, Trx>;

  constructor(options: SagasOptions<Db, Trx>) {
    this.store = options.store;
    this.hooks = options.hooks ?? {};
    this.clock = options.clock ?? systemClock;
    this.newId = options.newId ?? randomUUID;
    this.endings = createEndings(this.store, this.clock);
    this.external = new ExternalJobs(this.store, this.hooks, this.newId);
    for (const each of options.definitions) {
      const definition = each as unknown as AnySagaDefinition<Trx>;
      const key = definitionKey(definition.name, definition.version);
      if (this.definitions.has(key))
        throw new SagaError('definition_invalid', `The saga ${definition.name} version ${definition.version} is defined twice.`);
      this.definitions.set(key, definition);
    }
  }

  /** The registered definition of that name and version. */
  definition(name: string, version: number): AnySagaDefinition<Trx> | undefined {
    return this.definitions.get(definitionKey(name, version));
  }

  /** Names and versions of all registered definitions. */
  kinds(): { name: string; version: number }[] {
    return [...this.definitions.values()].map(({ name, version }) => ({ name, version }));
  }

  /**
   * Starts a saga: its row, its steps and its locks are there when the transaction commits, and a runner then picks it up. Given a
   * transaction it takes part in it.
   *
   * @returns the saga's id.
   * @throws LockConflictError when an object is locked; SagaError `definition_unknown`, `definition_invalid`, `too_large`.
   */
  async start<P extends JsonObject, S extends JsonObject>(
    db: Db,
    definition: SagaDefinition<P, S, Trx>,
    options: StartOptions<P>,
  ): Promise<string> {
    const any = definition as unknown as AnySagaDefinition<Trx>;
    if (this.definition(definition.name, definition.version) !== any) {
      throw new SagaError(
        'definition_unknown',
        `The saga ${definition.name} version ${definition.version} is not registered with this engine.`,
      );
    }
    const id = options.id ?? this.newId();
    const params = checkedJson(options.params, 'parameters');
    const state = checkedJson(any.initialState?.(params) ?? {}, 'state');
    const saga: SagaRecord = {
      ...newSaga(id, definition.name, options),
      version: definition.version,
      title: options.title ?? any.title?.(params) ?? null,
      params,
      state,
    };
    const steps = stepsOf(any, params).map((step, ordinal) =>
      freshStep(derivedUuid(id, `step ${step.name}`), ordinal, step.name, step.title ?? null),
    );
    const locks = [...(any.locks?.(params) ?? []), ...(options.locks ?? [])];
    await this.store.transaction(db, async (trx) => {
      if (!(await this.store.insert(trx, { saga, steps, subjects: subjectsOf(options) }))) return;
      await this.store.lock(trx, id, locks, sagaLimits.lockWaitMs);
      await this.hooks.onTransition?.(trx, saga, { kind: 'saga', from: null, to: 'pending' });
      await this.store.announce(trx, 'due', id);
    });
    return id;
  }

  /** Notes a job that is done already, or has failed: an operation of a single transaction. Returns its id. */
  async record(trx: Trx, options: RecordOptions): Promise<string> {
    const id = options.id ?? this.newId();
    const now = await this.store.now(trx);
    const startedAt = options.startedAt ?? now;
    const error = options.error === undefined ? null : storedError(options.error);
    const status: SagaStatus = error === null ? 'succeeded' : 'failed';
    const saga: SagaRecord = { ...newSaga(id, options.name, options), status, startedAt, endedAt: now, error };
    const named = options.steps ?? [{ name: options.name }];
    const steps = named.map((step, ordinal) => ({
      ...freshStep(derivedUuid(id, `step ${step.name}`), ordinal, step.name, step.title ?? null),
      status,
      attempt: 1,
      intentAt: startedAt,
      doneAt: error === null ? now : null,
      error,
    }));
    if (!(await this.store.insert(trx, { saga, steps, subjects: subjectsOf(options) }))) return id;
    await this.hooks.onTransition?.(trx, saga, { kind: 'saga', from: null, to: status });
    await this.store.announce(trx, 'ended', id);
    return id;
  }

  /** A saga with its steps; undefined when there is none of that id. */
  async get(id: string, db: Db = this.store.db): Promise<SagaDetails | undefined> {
    const saga = isUuid(id) ? await this.store.read(db, id) : undefined;
    if (saga === undefined) return undefined;
    return { saga, steps: await this.store.readSteps(db, id), subjects: await this.store.readSubjects(db, id) };
  }

  /**
   * Waits for a saga's end.
   *
   * @throws SagaError `not_found`; the signal's reason.
   */
  async wait(id: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<SagaOutcome> {
    const timeoutMs = Math.min(options.timeoutMs ?? sagaLimits.waitMs, sagaLimits.waitMs);
    if (isUuid(id)) await this.endings.wait(id, timeoutMs, options.signal);
    const saga = isUuid(id) ? await this.store.read(this.store.db, id) : undefined;
    if (saga === undefined) throw new SagaError('not_found', `There is no saga ${id}.`);
    return { ended: !isLive(saga.status), saga };
  }

  /** Whether sagas of this kind can be cancelled at all. One that is not defined here can, as far as is known. */
  isCancellable({ name, version, params }: SagaRecord): boolean {
    const definition = this.definition(name, version);
    return definition === undefined || isCancellable(definition, params);
  }

  /** Whether a live saga may be cancelled, and has not come too far for it. One that is not defined here may. */
  canCancel({ saga, steps }: { saga: SagaRecord; steps: StepRecord[] }): boolean {
    const definition = this.definition(saga.name, saga.version);
    if (definition === undefined) return true;
    return canCancel({ cancellable: isCancellable(definition, saga.params), steps, plan: planOf(stepsOf(definition, saga.params)) });
  }

  /** Asks that a saga be undone. `too_late`: it is beyond the step after which there is no way back, or must not be cancelled. */
  async cancel(id: string, db: Db = this.store.db): Promise<CancelAnswer> {
    const found = await this.get(id, db);
    if (found === undefined) return 'not_found';
    if (!isLive(found.saga.status)) return 'ended';
    if (!this.canCancel(found)) return 'too_late';
    return (await this.store.requestStop(db, id, 'cancel')) ? 'requested' : 'ended';
  }

  /**
   * Ends a saga where it stands, as `failed`, and frees its locks: for an operator who has put in order by hand what could not be undone.
   */
  async abandon(id: string, db: Db = this.store.db): Promise<CancelAnswer> {
    if (!isUuid(id) || (await this.store.read(db, id)) === undefined) return 'not_found';
    return (await this.store.requestStop(db, id, 'abandon')) ? 'requested' : 'ended';
  }

  /** Tells a saga that what it waits for may have happened: it is continued at once. False when it is not live. */
  async wake(id: string, db: Db = this.store.db): Promise<boolean> {
    return isUuid(id) && (await this.store.wake(db, id));
  }

  /**
   * Locks for a short operation: held until the end of the transaction, and invisible to others but for the time that they wait.
   *
   * @throws LockConflictError at once when a running saga holds one, after `waitMs` when a short operation does.
   */
  async lockInTransaction(trx: Trx, requests: readonly LockRequest[], options: { waitMs?: number } = {}): Promise<void> {
    await this.store.lock(trx, undefined, requests, options.waitMs ?? sagaLimits.lockWaitMs);
  }

  /** Locks that sagas hold on objects, or all. */
  async locks(objectIds?: readonly string[], db: Db = this.store.db): Promise<HeldLock[]> {
    return await this.store.locks(db, objectIds);
  }

  /** Removes ended sagas of a certain age; at most {@link sagaLimits.pruneBatch} at once. Returns how many. */
  async prune(ages: { succeededMs: number; failedMs: number }): Promise<number> {
    const now = await this.store.now(this.store.db);
    return await this.store.prune({
      succeededBefore: now - ages.succeededMs,
      failedBefore: now - ages.failedMs,
      limit: sagaLimits.pruneBatch,
    });
  }

  /** Stops listening. */
  async close(): Promise<void> {
    await this.endings.close();
  }
}

/** Sagas on a store. */
export function createSagas<Db, Trx extends Db>(options: SagasOptions<Db, Trx>): Sagas<Db, Trx> {
  return new Sagas(options);
}

function definitionKey(name: string, version: number): string {
  return `${name} ${version}`;
}
