/** The worker's own clock. What is compared between engines is measured by the store's clock instead. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds that only ever grow. */
  monotonic(): number;
  /** Calls `fn` after a time; the returned function forgets it. A pending call does not keep the process alive. */
  after(ms: number, fn: () => void): () => void;
}

/** A longer timer would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, Math.min(ms, longestTimerMs)).unref();
    return () => clearTimeout(timer);
  },
};
