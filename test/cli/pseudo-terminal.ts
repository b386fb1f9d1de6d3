import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { eventually } from '../engine/installation.ts';

/** A program in a pseudo-terminal of its own, typed to as a person types. */
export class PseudoTerminal {
  readonly #child: ChildProcess;
  readonly #closed: Promise<number | null>;
  #raw = '';
  #from = 0;

  /** Runs a program under `script`, which gives it a terminal. */
  constructor(program: readonly string[], env: Record<string, string>, folder: string) {
    const command = program.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    this.#child = spawn('script', ['-qfec', command, '/dev/null'], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', COLUMNS: '200', ...env },
    });
    this.#child.stdout?.on('data', (part: Buffer) => (this.#raw += part.toString()));
    this.#closed = new Promise((resolve) => this.#child.on('close', resolve));
  }

  /** All that came since the last {@link type}, without what moves the cursor. */
  get text(): string {
    return stripVTControlCharacters(this.#raw.slice(this.#from)).replaceAll('\r\n', '\n');
  }

  /** All that ever came, with what moves the cursor. */
  get raw(): string {
    return this.#raw;
  }

  /** Waits until something is shown. */
  async see(what: RegExp): Promise<string> {
    try {
      return await eventually(String(what), async () => (what.test(this.text) ? this.text : undefined), 15_000);
    } catch (error) {
      throw new Error(`It is not shown: ${what}\n${this.text}`, { cause: error });
    }
  }

  type(keys: string): void {
    this.#from = this.#raw.length;
    this.#child.stdin?.write(keys);
  }

  /** Types a line, and waits for what it leads to. */
  async enter(line: string, what: RegExp): Promise<string> {
    this.type(`${line}\r`);
    return this.see(what);
  }

  ended(): Promise<number | null> {
    return this.#closed;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
