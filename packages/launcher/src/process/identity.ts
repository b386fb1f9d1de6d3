import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process, told from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to its start: field 22 of /proc/PID/stat. */
  readonly startTicks: string;
}

const POLL_MS = 25;
const START_TICKS_FIELD = 19;

/** The process with this number; undefined when there is none or it has ended and was not yet collected. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // the name in parentheses may hold anything, blanks and parentheses too
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startTicks = fields[START_TICKS_FIELD];
    return fields[0] === 'Z' || fields[0] === 'X' || startTicks === undefined ? undefined : { pid, startTicks };
  } catch {
    return undefined;
  }
}

/** Whether this very process runs. */
export function isRunning(process: ProcessIdentity): boolean {
  return identifyProcess(process.pid)?.startTicks === process.startTicks;
}

/** Sends a signal to this very process. */
export function signalProcess(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits for its end. @returns false when it still runs after the time */
export async function waitForProcessEnd(target: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isRunning(target)) {
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Ends a process: by request first, by force after the time. */
export async function endProcess(target: ProcessIdentity, timeoutMs: number): Promise<void> {
  signalProcess(target, 'SIGTERM');
  if (await waitForProcessEnd(target, timeoutMs)) return;
  signalProcess(target, 'SIGKILL');
  await waitForProcessEnd(target, timeoutMs);
}
