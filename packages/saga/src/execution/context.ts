import { Wait, type SagaContext } from '../definition.ts';
import { LeaseLostError, SagaError } from '../errors.ts';
import { derivedUuid } from '../identity.ts';
import { sagaLimits } from '../limits.ts';
import type { JsonObject, StepRecord } from '../records.ts';
import { probePoint, type Environment, type ProbePoint } from './environment.ts';
import type { LeaseHandle } from './lease-handle.ts';
import type { SagaView } from './progress.ts';

/** A step's context and the means to end it. */
export interface StepContext<Trx> {
  context: SagaContext<JsonObject, JsonObject, Trx>;
  /** The state as it is now, checked for size. */
  readonly state: () => JsonObject;
  /** From now on the context refuses: what a step that was left behind does late has no effect. */
  close(): void;
}

/** Makes the context of one call of one step. `view` is kept up to date with what the context stores by itself. */
export function createContext<Db, Trx extends Db>(
  environment: Environment<Db, Trx>,
  lease: LeaseHandle,
  view: SagaView,
  ordinal: number,
  going: ProbePoint['going'],
  signal: AbortSignal,
): StepContext<Trx> {
  const { store, clock } = environment;
  const step = view.steps[ordinal] as StepRecord;
  const state = structuredClone(view.saga.state);
  let closed = false;

  const assertOpen = (): void => {
    lease.assertHeld();
    if (closed) throw new LeaseLostError(lease.sagaId, lease.fence);
  };
  const probe = async (at: ProbePoint['at']): Promise<void> => {
    await environment.probe?.(probePoint(view, { step: step.name, going, at }));
  };
  const tx = async <T>(fn: (trx: Trx) => Promise<T>): Promise<T> => {
    assertOpen();
    await probe('tx');
    lease.transactions += 1;
    let result: T;
    try {
      result = await store.transaction(store.db, async (trx) => {
        await store.hold(trx, lease);
        assertOpen();
        const value = await fn(trx);
        // A step that was left behind while it waited for the database must not commit any more.
        assertOpen();
        return value;
      });
    } catch (error) {
      if (error instanceof LeaseLostError && !closed) lease.abort('lease_lost');
      throw error;
    } finally {
      lease.transactions -= 1;
    }
    await probe('tx_done');
    return result;
  };
  const within = async <T>(trx: Trx | undefined, fn: (trx: Trx) => Promise<T>): Promise<T> => {
    assertOpen();
    return trx === undefined ? await tx(fn) : await fn(trx);
  };
  const writeStep = async (patch: Partial<StepRecord>): Promise<void> => {
    await tx(async (trx) => {
      const changed = { ...(view.steps[ordinal] as StepRecord), ...patch };
      await store.writeSteps(trx, lease.sagaId, [changed]);
      await environment.hooks.onTransition?.(trx, view.saga, { kind: 'progress', step: changed });
      view.steps = view.steps.with(ordinal, changed);
    });
  };

  const context: SagaContext<JsonObject, JsonObject, Trx> = {
    id: lease.sagaId,
    params: view.saga.params,
    state,
    fence: lease.fence,
    attempt: going === 'run' ? step.attempt : step.undoAttempt,
    polls: step.polls,
    failure: view.saga.error ?? undefined,
    signal,
    now: () => clock.now(),
    uuid: (name) => derivedUuid(lease.sagaId, name),
    tx,
    save: async (partial, trx) => {
      Object.assign(state, partial);
      const saved = checkedState(state);
      await within(trx, async (inside) => await store.writeState(inside, lease.sagaId, saved));
      view.saga = { ...view.saga, state: saved };
    },
    progress: async (percent) => {
      const progress = Math.max(0, Math.min(100, Math.floor(percent)));
      if ((view.steps[ordinal] as StepRecord).progress !== progress) await writeStep({ progress });
    },
    external: async (externalId, externalSystem = 'VDSM') => await writeStep({ externalId, externalSystem }),
    lock: async (requests, trx) =>
      await within(trx, async (inside) => await store.lock(inside, lease.sagaId, requests, sagaLimits.lockWaitMs)),
    waitUntil: (when) => new Wait(typeof when === 'number' ? when : clock.now() + when.delayMs),
  };
  return { context, state: () => checkedState(state), close: () => void (closed = true) };
}

/** A copy of the state as JSON would carry it. @throws SagaError `too_large`. */
export function checkedState(state: JsonObject): JsonObject {
  return checkedJson(state, 'state');
}

/** A copy of a value as JSON would carry it. @throws SagaError `too_large`. */
export function checkedJson(value: JsonObject, what: string): JsonObject {
  const text = JSON.stringify(value);
  if (text.length > sagaLimits.jsonBytes) {
    throw new SagaError(
      'too_large',
      `The ${what} of a saga may have ${sagaLimits.jsonBytes} bytes as JSON; this one has ${text.length}: keep big things in tables of their own.`,
    );
  }
  return JSON.parse(text) as JsonObject;
}
