import { spawn } from 'node:child_process';
import { findProgram } from '../system-packages.ts';

const TIMEOUT_MS = 30_000;
const OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024;

/** A program that was run ended with an error. */
export class ProgramError extends Error {
  readonly exitCode: number | null;

  constructor(message: string, exitCode: number | null) {
    super(message);
    this.name = 'ProgramError';
    this.exitCode = exitCode;
  }
}

/**
 * Runs a program and returns its standard output.
 * @throws {ProgramError} when it is missing, fails or takes longer than the time
 */
export async function runProgram(
  argv: readonly [string, ...string[]],
  options: { readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<string> {
  const path = findProgram(argv[0]);
  if (path === undefined) throw new ProgramError(`the program ${argv[0]} is not installed`, null);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(path, argv.slice(1), {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    timeout: options.timeoutMs ?? TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (output.length < OUTPUT_LIMIT_BYTES) output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (errors.length < OUTPUT_LIMIT_BYTES) errors += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  child.on('error', reject);
  child.on('close', (code, signal) => {
    if (code === 0) resolve(output);
    else reject(new ProgramError(`${argv.join(' ')} ended with ${signal ?? `code ${code}`}: ${errors.trim()}`, code));
  });
  return promise;
}
