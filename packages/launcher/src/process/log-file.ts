import { closeSync, copyFileSync, existsSync, openSync, readSync, renameSync, statSync, truncateSync } from 'node:fs';

/** A log larger than this is set aside as `NAME.1`; the one before is given up. */
export const LOG_LIMIT_BYTES = 32 * 1024 * 1024;
const TAIL_BYTES = 4_000;

/** Opens a log for appending, with what is too large set aside. */
export function openLog(path: string): number {
  if (existsSync(path) && statSync(path).size > LOG_LIMIT_BYTES) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

/** Sets a log aside that a process writes to; the process goes on at its begin, since it appends. */
export function trimLog(path: string): void {
  if (!existsSync(path) || statSync(path).size <= LOG_LIMIT_BYTES) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path, 0);
}

/** The last lines of a log that were written from `startBytes` on. */
export function tailOfLog(path: string, startBytes = 0): string {
  if (!existsSync(path)) return '';
  const { size } = statSync(path);
  const from = Math.max(startBytes, size - TAIL_BYTES);
  if (from >= size) return '';
  const buffer = Buffer.alloc(size - from);
  const file = openSync(path, 'r');
  try {
    readSync(file, buffer, 0, buffer.length, from);
  } finally {
    closeSync(file);
  }
  return buffer.toString().trim();
}
