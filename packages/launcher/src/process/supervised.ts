import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, statSync } from 'node:fs';
import type { DataFolder } from '../data-folder.ts';
import { RESTART_BACK_OFF, waitBeforeRestart } from './back-off.ts';
import { endProcess } from './identity.ts';
import type { ProcessIdentity } from './identity.ts';
import { openLog, tailOfLog, trimLog } from './log-file.ts';
import { forgetProcess, recordProcess } from './record.ts';
import type { RecordedProcess } from './record.ts';

export interface SupervisedOptions {
  readonly folder: DataFolder;
  readonly which: RecordedProcess;
  /** Name in messages. */
  readonly title: string;
  readonly argv: readonly [string, ...string[]];
  readonly environment: NodeJS.ProcessEnv;
  /** Asked again and again after the start until it answers true. */
  readonly isReady: () => Promise<boolean>;
  readonly readyTimeoutMs: number;
  readonly stopTimeoutMs: number;
  /** Told of ends and restarts. */
  readonly say: (line: string) => void;
}

const READY_POLL_MS = 50;
const TRIM_INTERVAL_MS = 600_000;

/** A child process that is started again whenever it ends by itself. Its output goes to `log/NAME.log` in the data folder. */
export class SupervisedProcess {
  readonly #options: SupervisedOptions;
  readonly #logFile: string;
  #child: ChildProcess | undefined;
  #identity: ProcessIdentity | undefined;
  #stopping = false;
  #restarts = 0;
  #startedAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #trimmer: NodeJS.Timeout;

  constructor(options: SupervisedOptions) {
    this.#options = options;
    this.#logFile = options.folder.at('log', `${options.which}.log`);
    this.#trimmer = setInterval(() => trimLog(this.#logFile), TRIM_INTERVAL_MS).unref();
  }

  /**
   * Starts it and waits until it is ready.
   * @throws Error with the end of its log when it ends or is not ready in time
   */
  async start(): Promise<void> {
    const { title, readyTimeoutMs } = this.#options;
    const logStart = existsSync(this.#logFile) ? statSync(this.#logFile).size : 0;
    this.#spawn();
    const deadline = performance.now() + readyTimeoutMs;
    while (performance.now() < deadline) {
      if (this.#child === undefined) throw new Error(`${title} ended at once: ${tailOfLog(this.#logFile, logStart)}`);
      if (await this.#options.isReady().catch(() => false)) {
        return;
      }
      await new Promise((resolve) => {
        setTimeout(resolve, READY_POLL_MS);
      });
    }
    await this.stop();
    throw new Error(`${title} was not ready within ${readyTimeoutMs / 1000} s: ${tailOfLog(this.#logFile, logStart)}`);
  }

  #spawn(): void {
    const { argv, environment, folder, which } = this.#options;
    const log = openLog(this.#logFile);
    const child = spawn(argv[0], argv.slice(1), { cwd: '/', env: environment, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    this.#child = child;
    this.#startedAtMs = performance.now();
    if (child.pid !== undefined) this.#identity = recordProcess(folder, which, child.pid);
    // an error is told by 'error' alone when the program could not be run at all
    child.once('error', (error) => this.#ended(error.message));
    child.once('exit', (code, signal) => this.#ended(signal === null ? `code ${code}` : signal));
  }

  #ended(how: string): void {
    if (this.#child === undefined) return;
    this.#child = undefined;
    const ranMs = performance.now() - this.#startedAtMs;
    if (this.#stopping) return;
    if (ranMs >= RESTART_BACK_OFF.soundMs) this.#restarts = 0;
    const delayMs = waitBeforeRestart(RESTART_BACK_OFF, this.#restarts);
    this.#restarts += 1;
    this.#options.say(
      `${this.#options.title} ended (${how}) and is started again in ${(delayMs / 1000).toFixed(1)} s; its log: ${this.#logFile}`,
    );
    this.#timer = setTimeout(() => this.#spawn(), delayMs);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    clearInterval(this.#trimmer);
    if (this.#child !== undefined && this.#identity !== undefined) await endProcess(this.#identity, this.#options.stopTimeoutMs);
    forgetProcess(this.#options.folder, this.#options.which);
  }
}
