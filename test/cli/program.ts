import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** The command line's program, as it is run from the sources. */
export const cliProgram = resolve(import.meta.dirname, '../../packages/cli/src/main.ts');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const timeoutMs = 30_000;

/** Runs `virgate` with arguments, in an environment that holds nothing but what is given. */
export function virgate(args: readonly string[], env: Record<string, string>, input = ''): Promise<Ran> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [cliProgram, ...args], { env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: timeoutMs });
    let out = '';
    let err = '';
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    child.on('error', failed);
    child.on('close', (code) => done({ code, out, err }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
