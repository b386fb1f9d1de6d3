import type { Clock } from './clock.ts';
import { sagaLimits } from './limits.ts';
import { isLive } from './records.ts';
import type { SagaStore } from './store.ts';

/** Waiting for sagas to end. */
export interface Endings {
  /** Resolves when the saga has ended, is not there, or the time is over. */
  wait(sagaId: string, timeoutMs: number, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** One subscription serves all who wait; a look at the row every now and then covers what a subscription may miss. */
export function createEndings<Db, Trx extends Db>(store: SagaStore<Db, Trx>, clock: Clock): Endings {
  const waiting = new Map<string, Set<() => void>>();
  let subscription: Promise<() => void> | undefined;

  const heard = (sagaId: string | undefined): void => {
    const ids = sagaId === undefined ? [...waiting.keys()] : [sagaId];
    for (const id of ids) for (const look of waiting.get(id) ?? []) look();
  };

  return {
    async wait(sagaId, timeoutMs, signal) {
      signal?.throwIfAborted();
      subscription ??= store.subscribe('ended', heard);
      await subscription.catch(() => (subscription = undefined));
      const deadline = clock.monotonic() + timeoutMs;
      for (;;) {
        const next = announcement(waiting, sagaId, clock, signal);
        try {
          const saga = await store.read(store.db, sagaId);
          const left = deadline - clock.monotonic();
          if (saga === undefined || !isLive(saga.status) || left <= 0) return;
          await next.heard(Math.min(left, sagaLimits.sweepMs));
        } finally {
          next.forget();
        }
        signal?.throwIfAborted();
      }
    },
    async close() {
      heard(undefined);
      (await subscription?.catch(() => undefined))?.();
      subscription = undefined;
    },
  };
}

/** Registers before the row is read, so that an end between reading and waiting is not missed. */
function announcement(waiting: Map<string, Set<() => void>>, sagaId: string, clock: Clock, signal: AbortSignal | undefined) {
  let wake = (): void => undefined;
  const woken = new Promise<void>((resolve) => (wake = resolve));
  const looks = waiting.get(sagaId) ?? new Set();
  waiting.set(sagaId, looks.add(wake));
  signal?.addEventListener('abort', wake, { once: true });
  let forgetTimer = (): void => undefined;
  return {
    heard: async (ms: number): Promise<void> => {
      forgetTimer = clock.after(ms, wake);
      await woken;
    },
    forget: (): void => {
      forgetTimer();
      signal?.removeEventListener('abort', wake);
      looks.delete(wake);
      if (looks.size === 0) waiting.delete(sagaId);
    },
  };
}
