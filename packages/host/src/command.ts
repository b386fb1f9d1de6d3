import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Most bytes kept of what a command prints on one stream; the rest is dropped. */
const maximumOutputBytes = 4 * 1024 * 1024;

const defaultTimeoutMs = 60_000;

export interface CommandOptions {
  cwd?: string;
  /** Ends the command with SIGKILL. */
  signal?: AbortSignal;
  /** `0` = as long as it takes (for copies, which are cancelled by `signal`). */
  timeoutMs?: number;
  /** What goes to the standard input. */
  input?: string | Buffer;
  /** Called with each piece of standard output, besides keeping it. */
  onOutput?: (text: string) => void;
  /** Variables beside the agent's own. */
  environment?: Record<string, string>;
  /** Limits for a command that reads what a stranger wrote. */
  limits?: { addressSpaceBytes: number; cpuSeconds: number };
}

export interface CommandResult {
  exitCode: number;
  stdout: string;
  /** The same before it was read as text. */
  stdoutBytes: Buffer;
  stderr: string;
}

/** A command that could not be started, failed, was cancelled or took too long. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly reason: 'missing' | 'failed' | 'timeout' | 'cancelled';

  constructor(message: string, reason: CommandError['reason'], exitCode?: number, stderr = '') {
    super(message);
    this.reason = reason;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

const deathSignal = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
const limiter = ['/usr/bin/prlimit', '/bin/prlimit'].find((path) => existsSync(path));

/**
 * The arguments that really run. A child dies with the agent, because one that lives on would go on
 * writing into an image that the next agent believes is free.
 */
export function boundToAgent(argv: readonly string[], limits?: CommandOptions['limits']): string[] {
  const wrapped: string[] = [];
  if (deathSignal !== undefined) wrapped.push(deathSignal, '--pdeathsig', 'KILL', '--');
  if (limits !== undefined && limiter !== undefined) {
    wrapped.push(limiter, `--as=${limits.addressSpaceBytes}`, `--cpu=${limits.cpuSeconds}`, '--');
  }
  return [...wrapped, ...argv];
}

/**
 * Runs one program with an argument list, never through a shell, and waits for its end.
 *
 * @throws CommandError unless it exits with 0
 */
export function runCommand(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const name = argv[0] ?? '';
  const [file = name, ...rest] = boundToAgent(argv, options.limits);
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted === true) {
      reject(new CommandError(`${name} was cancelled`, 'cancelled'));
      return;
    }
    const child = spawn(file, rest, {
      cwd: options.cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment, LC_ALL: 'C.UTF-8' },
    });
    const stdout = new Output(options.onOutput);
    const stderr = new Output();
    let ended: CommandError['reason'] | undefined;
    const kill = (reason: CommandError['reason']): void => {
      ended ??= reason;
      child.kill('SIGKILL');
    };
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    const timer = timeoutMs > 0 ? setTimeout(() => kill('timeout'), timeoutMs) : undefined;
    const onAbort = (): void => kill('cancelled');
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const finish = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    };
    child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (error: NodeJS.ErrnoException) => {
      finish();
      reject(
        error.code === 'ENOENT'
          ? new CommandError(`${name} is not installed`, 'missing')
          : new CommandError(`${name}: ${error.message}`, 'failed'),
      );
    });
    child.on('close', (exitCode, signal) => {
      finish();
      const errorText = stderr.text();
      if (ended !== undefined)
        reject(new CommandError(`${name} ${ended === 'timeout' ? `took longer than ${timeoutMs} ms` : 'was cancelled'}`, ended));
      else if (exitCode === 0) resolve({ exitCode, stdout: stdout.text(), stdoutBytes: stdout.bytes(), stderr: errorText });
      else reject(failure(name, exitCode, signal, errorText));
    });
  });
}

function failure(name: string, exitCode: number | null, signal: string | null, stderr: string): CommandError {
  const detail = stderr.trim().slice(-2000);
  // setpriv answers 127 itself when the program behind it is not there
  if (exitCode === 127 && /failed to execute|No such file/.test(detail))
    return new CommandError(`${name} is not installed`, 'missing', 127, stderr);
  return new CommandError(
    `${name} ended with ${signal ?? exitCode}${detail === '' ? '' : `: ${detail}`}`,
    'failed',
    exitCode ?? undefined,
    stderr,
  );
}

class Output {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  readonly #listener: ((text: string) => void) | undefined;

  constructor(listener?: (text: string) => void) {
    this.#listener = listener;
  }

  add(chunk: Buffer): void {
    this.#listener?.(chunk.toString('utf8'));
    if (this.#size >= maximumOutputBytes) return;
    const kept = chunk.subarray(0, maximumOutputBytes - this.#size);
    this.#chunks.push(kept);
    this.#size += kept.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  text(): string {
    return this.bytes().toString('utf8');
  }
}
