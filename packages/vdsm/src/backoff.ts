/** How long to wait before the next attempt to connect. */
export interface Backoff {
  /** Wait after the first failure; also the least time between two attempts. */
  initialMs: number;
  maximumMs: number;
  factor: number;
  /** Share of the wait that is random, 0 … 1, so that an engine's hosts do not come back all at once. */
  jitter: number;
}

export const defaultBackoff: Readonly<Backoff> = { initialMs: 500, maximumMs: 15_000, factor: 2, jitter: 0.5 };

/** `failures` in a row, from 1; `random` in [0, 1). */
export function backoffDelayMs(backoff: Backoff, failures: number, random: number): number {
  const full = Math.min(backoff.maximumMs, backoff.initialMs * backoff.factor ** Math.min(failures - 1, 30));
  return Math.round(full * (1 - backoff.jitter * random));
}
