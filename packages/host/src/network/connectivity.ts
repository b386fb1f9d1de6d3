import { setTimeout as delay } from 'node:timers/promises';

/** Longest time after a change in which the engine's word does not count. */
const maximumSettleMs = 1000;

/** Hears when the engine calls, for a change of the network that may have cut it off. */
export class Connectivity {
  readonly #waiting = new Set<() => void>();

  /** The engine was heard. */
  seen(): void {
    for (const tell of this.#waiting) tell();
    this.#waiting.clear();
  }

  /**
   * Waits until the engine is heard after a change. What it said right before may still lie in a buffer, and is no sign that it
   * can be heard now: the first moment does not count.
   *
   * @returns whether it was heard, in time
   */
  async heard(timeoutMs: number): Promise<boolean> {
    const settleMs = Math.min(maximumSettleMs, timeoutMs / 2);
    await delay(settleMs);
    return this.#next(timeoutMs - settleMs);
  }

  async #next(timeoutMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    let tell: () => void = () => undefined;
    try {
      return await new Promise<boolean>((resolve) => {
        tell = () => resolve(true);
        this.#waiting.add(tell);
        timer = setTimeout(() => resolve(false), timeoutMs);
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(tell);
    }
  }
}
