import assert from 'node:assert/strict';
import test from 'node:test';
import { newSaga } from '../labels.ts';
import { sagaLimits } from '../limits.ts';
import { freshStep, type SagaRecord, type StepRecord } from '../records.ts';
import type { StepPlan } from '../definition.ts';
import { backoff, canCancel, progress, type Decision, type Moment, type SagaEvent, type SagaView } from './progress.ts';

const now = 1_000_000;
const quiet: Moment = { now, stopRequest: null, woken: false, pause: false };
const plan: StepPlan = { pivot: false, unbroken: false, acts: true, undoable: true, unrecordable: false, timeoutMs: undefined };

function view(saga: Partial<SagaRecord>, steps: Partial<StepRecord>[], plans: Partial<StepPlan>[] = []): SagaView {
  return {
    saga: { ...newSaga('s', 'demo', {}), leaseOwner: 'engine', leaseUntil: now + 1, wakeAt: now, ...saga },
    steps: steps.map((step, ordinal) => ({ ...freshStep(`id ${ordinal}`, ordinal, `step ${ordinal}`, null), ...step })),
    plan: steps.map((_, ordinal) => ({ ...plan, ...plans[ordinal] })),
    cancellable: true,
  };
}

const done: Partial<StepRecord> = { status: 'succeeded', attempt: 1, intentAt: now - 10, doneAt: now - 5 };
const busy: Partial<StepRecord> = { status: 'running', attempt: 1, intentAt: now - 10 };
const waits: Partial<StepRecord> = { ...busy, waiting: true };
const failed: Partial<StepRecord> = { ...busy, status: 'failed' };
const error = { code: 'broken', message: 'It broke.' };

/** The view after a decision, as the next worker reads it. */
function after(before: SagaView, decision: Decision): SagaView {
  return { ...before, saga: decision.saga, steps: decision.steps };
}

function decide(before: SagaView, event: SagaEvent, moment: Partial<Moment> = {}): Decision {
  return progress(before, event, { ...quiet, ...moment });
}

test('the intent of the first step is stored with the start', () => {
  const decision = decide(view({}, [{}, {}]), { kind: 'taken' });
  assert.deepEqual(decision.next, { kind: 'run', ordinal: 0 });
  assert.equal(decision.saga.startedAt, now);
  assert.equal(decision.steps[0]?.intentAt, now);
  assert.equal(decision.steps[0]?.attempt, 1);
  assert.deepEqual(
    decision.changes.map((change) => (change.kind === 'progress' ? '' : `${change.from} → ${change.to}`)),
    ['pending → running', 'pending → running'],
  );
});

test('the success of a step is stored with the intent of the next one', () => {
  const decision = decide(view({ status: 'running' }, [busy, {}]), { kind: 'step_succeeded' });
  assert.deepEqual(decision.next, { kind: 'run', ordinal: 1 });
  assert.deepEqual(
    decision.changed.map((step) => [step.ordinal, step.status]),
    [
      [0, 'succeeded'],
      [1, 'running'],
    ],
  );
});

test('the success of the last step ends the saga and frees its lease', () => {
  const decision = decide(view({ status: 'running' }, [done, busy]), { kind: 'step_succeeded' });
  assert.deepEqual(decision.next, { kind: 'end' });
  assert.equal(decision.saga.status, 'succeeded');
  assert.equal(decision.saga.leaseOwner, null);
  assert.equal(decision.saga.wakeAt, null);
  assert.equal(decision.saga.endedAt, now);
});

test('a step that a crash interrupted is started once more, a waiting one is continued', () => {
  assert.equal(decide(view({ status: 'running' }, [busy]), { kind: 'taken' }).steps[0]?.attempt, 2);
  const continued = decide(view({ status: 'running' }, [waits]), { kind: 'taken' }).steps[0];
  assert.deepEqual([continued?.attempt, continued?.polls, continued?.waiting], [1, 1, false]);
});

test('failure undoes what has an intent, the failing step first, in reverse order', () => {
  let current = view({ status: 'running' }, [done, done, busy, {}]);
  const order: unknown[] = [];
  for (let event: SagaEvent = { kind: 'step_failed', error }; ; event = { kind: 'undo_succeeded' }) {
    const decision = decide(current, event);
    order.push(decision.next);
    current = after(current, decision);
    if (decision.next.kind === 'end') break;
  }
  assert.deepEqual(order, [{ kind: 'undo', ordinal: 2 }, { kind: 'undo', ordinal: 1 }, { kind: 'undo', ordinal: 0 }, { kind: 'end' }]);
  assert.equal(current.saga.status, 'failed');
  assert.deepEqual(current.saga.error, { ...error, step: 'step 2' });
  assert.deepEqual(
    current.steps.map((step) => step.status),
    ['undone', 'undone', 'failed', 'pending'],
  );
});

test('steps with nothing to undo are passed over', () => {
  const decision = decide(view({ status: 'running' }, [done, busy], [{ undoable: false }, { undoable: false }]), {
    kind: 'step_failed',
    error,
  });
  assert.deepEqual(decision.next, { kind: 'end' });
  assert.deepEqual(
    decision.steps.map((step) => step.undoneAt),
    [now, now],
  );
});

test('what a step only records is taken back when it had succeeded, and only then', () => {
  const plans = [{ undoable: false, unrecordable: true }];
  assert.deepEqual(decide(view({ status: 'running' }, [busy], plans), { kind: 'step_failed', error }).next, { kind: 'end' });
  assert.deepEqual(decide(view({ status: 'running' }, [done, busy], plans), { kind: 'step_failed', error }).next, {
    kind: 'undo',
    ordinal: 1,
  });
  assert.deepEqual(decide(view({ status: 'undoing' }, [done, { ...failed, undoneAt: now }], plans), { kind: 'taken' }).next, {
    kind: 'undo',
    ordinal: 0,
  });
});

test('nothing up to a pivot that succeeded is undone', () => {
  const plans = [{}, { pivot: true }, {}];
  const decision = decide(view({ status: 'running' }, [done, done, busy], plans), { kind: 'step_failed', error });
  assert.deepEqual(decision.next, { kind: 'undo', ordinal: 2 });
  const last = decide(after(view({}, [{}, {}, {}], plans), decision), { kind: 'undo_succeeded' });
  assert.deepEqual(last.next, { kind: 'end' });
  assert.deepEqual(
    last.steps.map((step) => step.status),
    ['succeeded', 'succeeded', 'failed'],
  );
});

test('a pivot that fails is undone with all before it', () => {
  const decision = decide(view({ status: 'running' }, [done, busy], [{}, { pivot: true }]), { kind: 'step_failed', error });
  assert.deepEqual(decision.next, { kind: 'undo', ordinal: 1 });
});

test('cancelling undoes, unless a pivot has begun or the definition forbids it', () => {
  const cancel = { stopRequest: 'cancel' as const };
  const decision = decide(view({ status: 'running' }, [done, waits]), { kind: 'taken' }, cancel);
  assert.deepEqual(decision.next, { kind: 'undo', ordinal: 1 });
  assert.equal(decision.saga.error?.code, 'saga_cancelled');
  const fresh = decide(view({}, [{}]), { kind: 'taken' }, cancel);
  assert.deepEqual([fresh.next.kind, fresh.saga.status], ['end', 'aborted']);
  const late = view({ status: 'running' }, [done, waits], [{}, { pivot: true }]);
  assert.deepEqual(decide(late, { kind: 'taken' }, cancel).next, { kind: 'run', ordinal: 1 });
  assert.equal(canCancel(late), false);
  const never = { ...view({ status: 'running' }, [waits]), cancellable: false };
  assert.deepEqual(decide(never, { kind: 'taken' }, cancel).next, { kind: 'run', ordinal: 0 });
});

test('a cancellation waits for the end of steps that have to follow one another', () => {
  const cancel = { stopRequest: 'cancel' as const };
  const plans = [{}, { unbroken: true }, { unbroken: true }, {}];
  const at = (...steps: Partial<StepRecord>[]): SagaView => view({ status: 'running' }, steps, plans);
  const before = at(done, {}, {}, {});
  assert.deepEqual(decide(before, { kind: 'taken' }, cancel).next, { kind: 'undo', ordinal: 0 });
  const within = at(done, waits, {}, {});
  assert.deepEqual(decide(within, { kind: 'taken' }, cancel).next, { kind: 'run', ordinal: 1 });
  assert.equal(canCancel(within), true);
  assert.deepEqual(decide(within, { kind: 'step_waits', delayMs: 500 }, cancel).next, { kind: 'sleep', delayMs: 500 });
  assert.deepEqual(decide(at(done, busy, {}, {}), { kind: 'step_succeeded' }, cancel).next, { kind: 'run', ordinal: 2 });
  assert.deepEqual(decide(at(done, done, busy, {}), { kind: 'step_succeeded' }, cancel).next, { kind: 'undo', ordinal: 2 });
  const first = view({}, [{}, {}], [{ unbroken: true }, {}]);
  assert.deepEqual(decide(first, { kind: 'taken' }, cancel).next, { kind: 'run', ordinal: 0 });
});

test('a wait ends at once when the saga was woken or is to be cancelled, and never for a cancel that has no effect', () => {
  const running = view({ status: 'running' }, [busy]);
  const event: SagaEvent = { kind: 'step_waits', delayMs: 500 };
  assert.deepEqual(decide(running, event).next, { kind: 'sleep', delayMs: 500 });
  assert.equal(decide(running, event).saga.wakeAt, now + 500);
  assert.equal(decide(running, event).saga.leaseOwner, null);
  assert.deepEqual(decide(running, event, { woken: true }).next, { kind: 'sleep', delayMs: 0 });
  assert.deepEqual(decide(running, event, { stopRequest: 'cancel' }).next, { kind: 'sleep', delayMs: 0 });
  const pivot = view({ status: 'running' }, [busy], [{ pivot: true }]);
  assert.deepEqual(decide(pivot, event, { stopRequest: 'cancel' }).next, { kind: 'sleep', delayMs: 500 });
  const undoing = view({ status: 'undoing', error }, [failed]);
  assert.deepEqual(decide(undoing, { kind: 'undo_waits', delayMs: 500 }, { stopRequest: 'cancel' }).next, { kind: 'sleep', delayMs: 500 });
});

test('however long a wait is, the saga is looked at again before long', () => {
  assert.deepEqual(decide(view({ status: 'running' }, [busy]), { kind: 'step_waits', delayMs: 86_400_000 }).next, {
    kind: 'sleep',
    delayMs: sagaLimits.longestWaitMs,
  });
});

test('abandoning ends the saga where it stands', () => {
  for (const [status, step] of [
    ['running', waits],
    ['undoing', failed],
  ] as const) {
    const decision = decide(view({ status, error }, [done, step]), { kind: 'taken' }, { stopRequest: 'abandon' });
    assert.deepEqual([decision.next.kind, decision.saga.status, decision.saga.error?.abandoned], ['end', 'failed', true]);
    assert.equal(decision.changed.length, 0);
  }
});

test('an undo that is given up is named, and the others go on', () => {
  const decision = decide(view({ status: 'undoing', error }, [done, failed]), {
    kind: 'undo_given_up',
    error: { code: 'gone', message: 'No host.' },
  });
  assert.deepEqual(decision.next, { kind: 'undo', ordinal: 0 });
  assert.equal(decision.steps[1]?.status, 'undo_failed');
  assert.deepEqual(decision.saga.error?.undoFailed, [{ step: 'step 1', code: 'gone', message: 'No host.' }]);
  assert.equal(decision.saga.error?.code, 'broken');
});

test('a pause gives the saga back before the next intent', () => {
  const decision = decide(view({ status: 'running' }, [busy, {}]), { kind: 'step_succeeded' }, { pause: true });
  assert.deepEqual(decision.next, { kind: 'sleep', delayMs: 0 });
  assert.deepEqual(
    decision.steps.map((step) => step.status),
    ['succeeded', 'pending'],
  );
  assert.equal(decision.saga.wakeAt, now);
});

test('a step that takes too long, or brings its worker down again and again, fails', () => {
  const slow = decide(view({ status: 'running' }, [{ ...waits, intentAt: now - 101 }], [{ timeoutMs: 100 }]), { kind: 'taken' });
  assert.deepEqual([slow.saga.error?.code, slow.next], ['step_timed_out', { kind: 'undo', ordinal: 0 }]);
  const deadly = decide(view({ status: 'running' }, [{ ...busy, attempt: sagaLimits.stepAttempts }]), { kind: 'taken' });
  assert.deepEqual([deadly.saga.error?.code, deadly.next], ['step_attempts_exceeded', { kind: 'undo', ordinal: 0 }]);
});

test('pauses double up to their limit', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 1000].map((failures) => backoff(failures, 100, 700)),
    [100, 200, 400, 700, 700],
  );
});
