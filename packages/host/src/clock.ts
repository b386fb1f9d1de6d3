import { systemClock as storageClock } from './storage-clock.ts';
import type { StorageClock } from './storage-clock.ts';

/** Time as the agent takes it in; tests put a clock of their own here. */
export interface Clock extends StorageClock {
  /** Calls `run` once after `delayMs` unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  ...storageClock,
  // Milliseconds since boot: they go on over a restart of the agent.
  monotonicMs: () => Number(process.hrtime.bigint() / 1_000_000n),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
