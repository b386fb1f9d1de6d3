/** How long to wait before a process that ended is started again. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** A process that ran this long counts as sound: the next wait is the first one again. */
  readonly soundMs: number;
}

export const RESTART_BACK_OFF: BackOff = { firstMs: 250, longestMs: 30_000, soundMs: 60_000 };

/** The wait before the restart number `restarts` (from 0) in a row. */
export function waitBeforeRestart(backOff: BackOff, restarts: number): number {
  return Math.min(backOff.longestMs, backOff.firstMs * 2 ** Math.min(restarts, 20));
}
