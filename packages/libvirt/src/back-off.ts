/** Pauses between attempts to connect: doubled from `firstMs` up to `maxMs`, each shortened by up to a half so that clients do not march in step. */
export interface BackOff {
  firstMs: number;
  maxMs: number;
}

export const defaultBackOff: BackOff = { firstMs: 100, maxMs: 5000 };

/** Pause before attempt `attempt` (the first retry is 0). `random` gives a number from 0 up to 1. */
export function backOffMs(attempt: number, { firstMs, maxMs }: BackOff, random: () => number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 32));
  return Math.round(full * (1 - random() / 2));
}
