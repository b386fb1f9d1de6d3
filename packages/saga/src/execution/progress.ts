import type { StepPlan, Wait } from '../definition.ts';
import type { SagaChange } from '../hooks.ts';
import { sagaLimits } from '../limits.ts';
import { isLive, type SagaRecord, type SagaStatus, type StepRecord, type StepStatus, type StoredError } from '../records.ts';

/** A saga as its worker sees it. */
export interface SagaView {
  saga: SagaRecord;
  /** By ordinal. */
  steps: StepRecord[];
  plan: StepPlan[];
  cancellable: boolean;
}

/** What happened to a saga. */
export type SagaEvent =
  | { kind: 'taken' }
  | { kind: 'step_succeeded' }
  | { kind: 'step_waits'; delayMs: number }
  | { kind: 'step_retries'; error: StoredError; delayMs: number }
  | { kind: 'step_failed'; error: StoredError }
  | { kind: 'undo_succeeded' }
  | { kind: 'undo_waits'; delayMs: number }
  | { kind: 'undo_retries'; error: StoredError; delayMs: number }
  | { kind: 'undo_given_up'; error: StoredError };

/** What the worker does next; its intent is in the journal when this is returned. */
export type NextMove =
  { kind: 'run'; ordinal: number } | { kind: 'undo'; ordinal: number } | { kind: 'sleep'; delayMs: number } | { kind: 'end' };

/** A decision: the rows to write, the changes to tell, and what comes next. */
export interface Decision {
  saga: SagaRecord;
  steps: StepRecord[];
  /** Those of `steps` that changed. */
  changed: StepRecord[];
  changes: SagaChange[];
  next: NextMove;
}

/** What a decision is made with beside the event. */
export interface Moment {
  /** The store's clock. */
  now: number;
  stopRequest: SagaRecord['stopRequest'];
  /** It was woken while it ran: a wait ends at once. */
  woken: boolean;
  /** Give the worker back before the next step. */
  pause: boolean;
}

/** The error of a saga that was cancelled. */
export const cancelledError: StoredError = { code: 'saga_cancelled', message: 'The job was cancelled.' };

/**
 * Pure: what follows from an event. Every write of the journal is one such decision: what just happened together with the intent of what
 * happens next, so a saga costs one transaction for each step.
 */
export function progress(view: SagaView, event: SagaEvent, moment: Moment): Decision {
  const draft = new Draft(view, moment);
  const running = draft.current();
  switch (event.kind) {
    case 'taken':
      if (draft.saga.status === 'pending') draft.begin();
      break;
    case 'step_succeeded':
      draft.step(running, 'succeeded', { doneAt: moment.now, waiting: false, progress: 100, error: null });
      break;
    case 'step_waits':
      draft.edit(running, { waiting: true });
      return draft.sleep(event.delayMs);
    case 'step_retries':
      draft.edit(running, { failures: running.failures + 1, error: event.error, waiting: false });
      return draft.sleep(event.delayMs);
    case 'step_failed':
      draft.fail(running, event.error);
      break;
    case 'undo_succeeded':
      draft.step(running, running.status === 'failed' ? 'failed' : 'undone', { undoneAt: moment.now, waiting: false });
      break;
    case 'undo_waits':
      draft.edit(running, { waiting: true });
      return draft.sleep(event.delayMs);
    case 'undo_retries':
      draft.edit(running, { undoFailures: running.undoFailures + 1, waiting: false });
      return draft.sleep(event.delayMs);
    case 'undo_given_up':
      draft.giveUpUndo(running, event.error);
      break;
  }
  return draft.decide();
}

type CancelView = Pick<SagaView, 'cancellable' | 'steps' | 'plan'>;

/** Pure: whether cancelling has an effect still: nothing that can't be undone has begun. */
export function canCancel(view: CancelView): boolean {
  return view.cancellable && !view.steps.some((step) => view.plan[step.ordinal]?.pivot === true && step.intentAt !== null);
}

/** Pure: whether cancelling has its effect now, and not only after steps that have to follow one another. */
export function canCancelNow(view: CancelView): boolean {
  const next = view.steps.find((step) => step.status !== 'succeeded');
  const isUnbroken = (ordinal: number): boolean => view.plan[ordinal]?.unbroken === true;
  const isWithin =
    next !== undefined && isUnbroken(next.ordinal) && (next.intentAt !== null || next.ordinal === 0 || isUnbroken(next.ordinal - 1));
  return canCancel(view) && !isWithin;
}

/** The delay that a wait means, by the worker's clock. */
export function delayOf(wait: Wait, now: number): number {
  return Math.max(0, wait.until - now);
}

/** Pure: exponential pause before try number `failures + 1`. */
export function backoff(failures: number, delayMs: number, maxDelayMs: number): number {
  return Math.min(maxDelayMs, delayMs * 2 ** Math.min(failures, 30));
}

class Draft {
  saga: SagaRecord;
  private readonly steps: StepRecord[];
  private readonly changed = new Set<number>();
  private readonly changes: SagaChange[] = [];
  private readonly view: SagaView;
  private readonly moment: Moment;

  constructor(view: SagaView, moment: Moment) {
    this.view = view;
    this.moment = moment;
    this.saga = { ...view.saga, stopRequest: moment.stopRequest };
    this.steps = [...view.steps];
  }

  /** The step that the journal says is being worked on; the first one when none is. */
  current(): StepRecord {
    const found = this.saga.status === 'undoing' ? this.nextUndo() : this.nextRun();
    return found ?? this.at(0);
  }

  begin(): void {
    this.editSaga({ startedAt: this.moment.now });
    this.status('running');
  }

  fail(step: StepRecord, error: StoredError): void {
    this.step(step, 'failed', { error, waiting: false });
    this.editSaga({ error: { ...error, step: step.name } });
    this.status('undoing');
  }

  giveUpUndo(step: StepRecord, error: StoredError): void {
    this.step(step, 'undo_failed', { undoneAt: this.moment.now, waiting: false, error });
    const before = this.saga.error ?? { ...cancelledError };
    const undoFailed = [...(before.undoFailed ?? []), { step: step.name, code: error.code, message: error.message }];
    this.editSaga({ error: { ...before, undoFailed } });
  }

  decide(): Decision {
    if (this.moment.stopRequest === 'abandon') return this.abandon();
    if (this.saga.status === 'running') {
      this.considerCancel();
      const next = this.saga.status === 'running' ? this.decideRun() : undefined;
      if (next !== undefined) return next;
    }
    return this.decideUndo();
  }

  sleep(delayMs: number): Decision {
    if (this.moment.stopRequest === 'abandon') return this.abandon();
    const pauseMs = this.moment.woken || this.cancels() ? 0 : Math.min(delayMs, sagaLimits.longestWaitMs);
    this.editSaga({ wakeAt: this.moment.now + pauseMs, leaseOwner: null, leaseUntil: null });
    return this.decision({ kind: 'sleep', delayMs: pauseMs });
  }

  step(step: StepRecord, to: StepStatus, patch: Partial<StepRecord>): void {
    const from = step.status;
    const changed = this.edit(step, { ...patch, status: to });
    if (from !== to) this.changes.push({ kind: 'step', step: changed, from, to });
  }

  edit(step: StepRecord, patch: Partial<StepRecord>): StepRecord {
    const changed = { ...this.at(step.ordinal), ...patch };
    this.steps[step.ordinal] = changed;
    this.changed.add(step.ordinal);
    return changed;
  }

  private considerCancel(): void {
    if (!this.cancels()) return;
    const running = this.steps.find((step) => step.status === 'running');
    if (running !== undefined) this.step(running, 'failed', { error: cancelledError, waiting: false });
    this.editSaga({ error: cancelledError });
    this.status('undoing');
  }

  /** Whether the saga is to turn round now because somebody asked for it. */
  private cancels(): boolean {
    return this.moment.stopRequest === 'cancel' && this.saga.status === 'running' && canCancelNow({ ...this.view, steps: this.steps });
  }

  /** The next step forward; undefined when that turned into going back. */
  private decideRun(): Decision | undefined {
    const step = this.nextRun();
    if (step === undefined) return this.end('succeeded');
    const error = this.refusal(step);
    if (error !== undefined) {
      this.fail(step, error);
      return undefined;
    }
    if (this.moment.pause) return this.sleep(0);
    this.step(step, 'running', {
      intentAt: step.intentAt ?? this.moment.now,
      attempt: step.attempt + (step.waiting ? 0 : 1),
      polls: step.polls + (step.waiting ? 1 : 0),
      waiting: false,
    });
    return this.decision({ kind: 'run', ordinal: step.ordinal });
  }

  private decideUndo(): Decision {
    for (;;) {
      const step = this.nextUndo();
      if (step === undefined) return this.end(this.saga.error?.code === cancelledError.code ? 'aborted' : 'failed');
      const plan = this.view.plan[step.ordinal];
      if (plan?.undoable !== true && (plan?.unrecordable !== true || step.doneAt === null)) {
        this.step(step, step.status === 'failed' ? 'failed' : 'undone', { undoneAt: this.moment.now });
        continue;
      }
      if (this.moment.pause) return this.sleep(0);
      this.step(step, step.status === 'failed' ? 'failed' : 'undoing', {
        undoIntentAt: step.undoIntentAt ?? this.moment.now,
        undoAttempt: step.undoAttempt + (step.waiting ? 0 : 1),
        polls: step.polls + (step.waiting ? 1 : 0),
        waiting: false,
      });
      return this.decision({ kind: 'undo', ordinal: step.ordinal });
    }
  }

  private refusal(step: StepRecord): StoredError | undefined {
    const timeoutMs = this.view.plan[step.ordinal]?.timeoutMs;
    if (timeoutMs !== undefined && step.intentAt !== null && this.moment.now - step.intentAt > timeoutMs) {
      return { code: 'step_timed_out', message: `The step ${step.name} did not succeed within ${timeoutMs} ms.` };
    }
    if (step.attempt >= sagaLimits.stepAttempts) {
      return {
        code: 'step_attempts_exceeded',
        message: `The step ${step.name} was started ${step.attempt} times and never came to an end.`,
      };
    }
    return undefined;
  }

  private abandon(): Decision {
    this.editSaga({ error: { ...(this.saga.error ?? cancelledError), abandoned: true } });
    return this.end('failed');
  }

  private end(status: 'succeeded' | 'failed' | 'aborted'): Decision {
    this.editSaga({ endedAt: this.moment.now, wakeAt: null, leaseOwner: null, leaseUntil: null });
    this.status(status);
    return this.decision({ kind: 'end' });
  }

  private nextRun(): StepRecord | undefined {
    return this.steps.find((step) => step.status !== 'succeeded');
  }

  private nextUndo(): StepRecord | undefined {
    const pivot = this.steps.findLastIndex((step) => this.view.plan[step.ordinal]?.pivot === true && step.doneAt !== null);
    return this.steps.findLast((step) => step.ordinal > pivot && step.intentAt !== null && step.undoneAt === null);
  }

  private status(to: SagaStatus): void {
    const from = this.saga.status;
    if (!isLive(from)) throw new Error(`The saga ${this.saga.id} has ended; it cannot become ${to}.`);
    this.editSaga({ status: to });
    this.changes.push({ kind: 'saga', from, to });
  }

  private editSaga(patch: Partial<SagaRecord>): void {
    this.saga = { ...this.saga, ...patch };
  }

  private at(ordinal: number): StepRecord {
    const step = this.steps[ordinal];
    if (step === undefined) throw new Error(`The saga ${this.saga.id} has no step ${ordinal}.`);
    return step;
  }

  private decision(next: NextMove): Decision {
    const changed = [...this.changed].sort((a, b) => a - b).map((ordinal) => this.at(ordinal));
    return { saga: this.saga, steps: this.steps, changed, changes: this.changes, next };
  }
}
