/** Hears when the engine calls, for a change of the network that may have cut it off. */
export class Connectivity {
  readonly #waiting = new Set<() => void>();

  /** The engine was heard. */
  seen(): void {
    for (const tell of this.#waiting) tell();
    this.#waiting.clear();
  }

  /** Waits until the engine is heard the next time. @returns whether it was, in time */
  async heard(timeoutMs: number): Promise<boolean> {
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
