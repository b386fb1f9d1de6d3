import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

interface Question {
  readonly id: number;
  readonly ask: unknown;
}
interface Reply {
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: string;
  readonly tell?: unknown;
}

const answerTimeoutMs = 20_000;
const stopTimeoutMs = 15_000;

/** A program of the project in a process of its own, whose output goes to a file and which may be asked questions. */
export class NodeProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #next = 1;
  /** Told what the process says of itself. */
  onTold: (message: unknown) => void = () => undefined;

  constructor(script: string, args: readonly string[], logFile: string, env: NodeJS.ProcessEnv = {}) {
    const log = openSync(logFile, 'a', 0o600);
    this.#child = spawn(process.execPath, [script, ...args], {
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
    });
    closeSync(log);
    this.pid = this.#child.pid ?? 0;
    this.#exited = once(this.#child, 'exit');
    this.#child.on('message', (message) => this.#heard(message as Reply));
    this.#child.on('error', () => undefined);
    this.#child.on('exit', () => {
      for (const id of this.#waiting.keys()) this.#heard({ id, error: `The process ${this.pid} has ended` });
    });
  }

  #heard(message: Reply): void {
    if (message.id === undefined) {
      this.onTold(message.tell);
      return;
    }
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Asks the process; its answer is plain data. @throws Error when it does not answer or says that it cannot */
  ask<T>(ask: unknown): Promise<T> {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`The process ${this.pid} did not answer ${JSON.stringify(ask)}`));
      }, answerTimeoutMs);
      this.#waiting.set(id, (reply) => {
        clearTimeout(timer);
        if (reply.error === undefined) resolve(reply.value as T);
        else reject(new Error(reply.error));
      });
      this.#child.send({ id, ask } satisfies Question, (error) => {
        if (error === null) return;
        clearTimeout(timer);
        this.#waiting.delete(id);
        reject(error);
      });
    });
  }

  /** `kill -9`: returns when the process is gone. */
  async kill(): Promise<void> {
    if (!this.running) return;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** Asks the process to end, and ends it when it does not. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopTimeoutMs);
    await this.#exited;
    clearTimeout(timer);
  }
}

/** The other end of {@link NodeProcess.ask}: answers what the parent asks. */
export function answerParent(answer: (ask: never) => unknown): void {
  process.on('message', (question: Question) => {
    void Promise.resolve()
      .then(() => answer(question.ask as never))
      .then(
        (value) => process.send?.({ id: question.id, value: value ?? null }),
        (error: unknown) => process.send?.({ id: question.id, error: error instanceof Error ? error.message : String(error) }),
      );
  });
}

/** Tells the parent something that it did not ask for. */
export const tellParent = (tell: unknown): void => void process.send?.({ tell });
