import { RESTART_BACK_OFF, waitBeforeRestart } from './back-off.ts';
import { identifyProcess, isRunning } from './identity.ts';
import type { ProcessIdentity } from './identity.ts';

export interface WatchOptions {
  readonly title: string;
  /** Number of the process to watch. */
  readonly pid: number;
  /** Starts it anew. @returns the number of the new process */
  readonly restart: () => Promise<number>;
  readonly say: (line: string) => void;
}

const WATCH_INTERVAL_MS = 1_000;

/** Watches a process that is nobody's child here, such as a server that outlives its starter, and starts it again when it ends. */
export class ProcessWatch {
  readonly #options: WatchOptions;
  #identity: ProcessIdentity | undefined;
  #timer: NodeJS.Timeout | undefined;
  #restarts = 0;
  #stopped = false;
  #working: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#identity = identifyProcess(options.pid);
    this.#plan(WATCH_INTERVAL_MS);
  }

  #plan(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#working = this.#look();
    }, delayMs);
  }

  async #look(): Promise<void> {
    if (this.#identity !== undefined && isRunning(this.#identity)) {
      this.#plan(WATCH_INTERVAL_MS);
      return;
    }
    const { title, say } = this.#options;
    say(`${title} ended and is started again`);
    try {
      this.#identity = identifyProcess(await this.#options.restart());
      this.#restarts = 0;
      say(`${title} runs again`);
      this.#plan(WATCH_INTERVAL_MS);
    } catch (error) {
      const delayMs = waitBeforeRestart(RESTART_BACK_OFF, this.#restarts++);
      say(
        `${title} could not be started (${error instanceof Error ? error.message : String(error)}); the next try is in ${(delayMs / 1000).toFixed(1)} s`,
      );
      this.#plan(delayMs);
    }
  }

  /** Watches no longer; a restart that has begun is waited for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#working;
    clearTimeout(this.#timer);
  }
}
