import type { Logger } from 'pino';

/** How something is watched. */
export interface WatchOptions {
  /** What is watched, as the log names it: "storage managers". */
  readonly what: string;
  readonly everyMs: number;
  readonly log: Logger;
}

/**
 * Looks at something again and again while an engine runs: one round at a time, however long it takes. A round that fails is told in
 * the log, and the next one comes.
 */
export abstract class Watch {
  readonly #watch: WatchOptions;
  readonly #ending = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;

  constructor(options: WatchOptions) {
    this.#watch = options;
  }

  /**
   * One round.
   * @param ending aborted when the engine ends: for calls to hosts that may not answer
   */
  protected abstract look(ending: AbortSignal): Promise<void>;

  start(): void {
    this.#timer = setInterval(() => this.#round(), this.#watch.everyMs);
  }

  /** Ends the round that is going on, and waits for it. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#ending.abort();
    await this.#running;
  }

  #round(): void {
    this.#running ??= this.look(this.#ending.signal)
      .catch((error: unknown) => this.#watch.log.warn({ err: error }, `${this.#watch.what} could not be looked at; it is tried again`))
      .finally(() => {
        this.#running = null;
      });
  }
}
