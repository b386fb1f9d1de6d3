import { readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { embeddedLimits } from './limits.ts';

/** What `postmaster.pid` says. */
export interface PostmasterFile {
  pid: number;
  socketDir: string;
  /** `starting`, `ready`, `stopping` or `standby`. */
  status: string;
}

/** Reads `postmaster.pid`; undefined when there is none or it is not fully written. */
export async function readPostmasterFile(clusterDir: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, socketDir: lines[4]?.trim() ?? '', status: lines[7]?.trim() ?? '' };
}

/**
 * Whether the process is a PostgreSQL process of this cluster. A process id alone is no proof: after a reboot the same number may be
 * anybody. Every server process works in the cluster's folder.
 */
export async function isServerOf(pid: number, clusterDir: string): Promise<boolean> {
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return cwd === clusterDir && (await isAlive(pid));
}

/** Whether the process runs; one that has ended and was not yet collected does not. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return false;
  const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  return state !== 'Z' && state !== 'X';
}

/** All processes that work in the cluster's folder. */
export async function serverProcesses(clusterDir: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (Number.isInteger(pid) && (await isServerOf(pid, clusterDir))) found.push(pid);
  }
  return found;
}

/**
 * Ends server processes that outlived their postmaster. PostgreSQL refuses to start beside them, and one that computes does not notice
 * for as long as its query runs.
 */
export async function endOrphans(clusterDir: string): Promise<void> {
  for (const signal of [undefined, 'SIGQUIT', 'SIGKILL'] as const) {
    const deadline = performance.now() + embeddedLimits.orphanGraceMs;
    if (signal !== undefined) for (const pid of await serverProcesses(clusterDir)) sendSignal(pid, signal);
    while ((await serverProcesses(clusterDir)).length > 0 && performance.now() < deadline) await delay(20);
    if ((await serverProcesses(clusterDir)).length === 0) return;
  }
}

/** Sends a signal; a process that is gone already is fine. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits until the process is gone; false when it is still there after the time. */
export async function waitForExit(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (await isAlive(pid)) {
    if (performance.now() >= deadline) return false;
    await delay(10);
  }
  return true;
}
