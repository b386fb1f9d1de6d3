import { spawn } from 'node:child_process';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StartOptions } from './command-line.ts';
import { DataFolder } from './data-folder.ts';
import { openLog } from './process/log-file.ts';

/** What a launcher in the background tells the one that started it. */
export interface DetachedMessage {
  readonly exitCode: number;
}

const FOLLOW_MS = 100;

/** Copies what is added to a file to standard output, until told to stop. */
function follow(path: string, fromBytes: number): () => void {
  let position = fromBytes;
  const copy = (): void => {
    const { size } = statSync(path);
    if (size <= position) return;
    const buffer = Buffer.alloc(size - position);
    const file = openSync(path, 'r');
    try {
      position += readSync(file, buffer, 0, buffer.length, position);
    } finally {
      closeSync(file);
    }
    process.stdout.write(buffer);
  };
  const timer = setInterval(copy, FOLLOW_MS);
  return () => {
    clearInterval(timer);
    copy();
  };
}

/** Starts a launcher in the background and shows its progress until it is ready or failed. @returns its exit code */
export async function startDetached(options: StartOptions, args: readonly string[]): Promise<number> {
  const folder = DataFolder.open(options.dataDir);
  const logFile = folder.at('log', 'launcher.log');
  const log = openLog(logFile);
  const stopFollowing = follow(logFile, statSync(logFile).size);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'start.ts'), ...args.filter((arg) => arg !== '--detach')], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('message', (message: DetachedMessage) => resolve(message.exitCode));
  child.once('error', reject);
  child.once('exit', (code) => resolve(code ?? 1));
  // a person who gives up waiting wants the start to end as well
  const giveUp = (): void => {
    child.kill('SIGTERM');
  };
  process.once('SIGINT', giveUp);
  process.once('SIGTERM', giveUp);
  try {
    return await promise;
  } finally {
    stopFollowing();
    if (child.connected) child.disconnect();
    child.unref();
  }
}
