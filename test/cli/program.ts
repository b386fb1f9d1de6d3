import { resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { run } from '@virgate/cli';

/** The command line's program, as it is run from the sources. */
export const cliProgram = resolve(import.meta.dirname, '../../packages/cli/src/main.ts');

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const timeoutMs = 30_000;

/** Runs `virgate` in this process, in an environment that holds nothing but what is given. */
export async function virgate(args: readonly string[], environment: Record<string, string>, input = ''): Promise<Ran> {
  const [out, err] = [new Kept(), new Kept()];
  const stdin = Readable.from([Buffer.from(input)]);
  const code = await run(args, { stdin, stdout: out, stderr: err, environment, signal: AbortSignal.timeout(timeoutMs) });
  return { code, out: out.text, err: err.text };
}

class Kept extends Writable {
  text = '';

  override _write(part: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += part.toString();
    done();
  }
}
