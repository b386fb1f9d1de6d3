import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../connection/contexts.ts';

/** What a command has around it; tests give their own. */
export interface Terminal {
  readonly stdin: Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  readonly stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  readonly environment: Environment;
  /** Ends what is under way: Ctrl+C. */
  readonly signal: AbortSignal;
}

/** Writes, and waits while the reader is slow. */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}
