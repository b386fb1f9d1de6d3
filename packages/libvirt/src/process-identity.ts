import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A process told apart from a later one with the same id. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks after boot, from field 22 of `/proc/PID/stat`. */
  startTime: string;
}

const pollMs = 25;

/** Identity of a living process, or undefined; a zombie does not live. */
export function identify(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name in parentheses may hold anything: fields are counted from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startTime = fields[19];
  return state === 'Z' || state === 'X' || startTime === undefined ? undefined : { pid, startTime };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTime === identity.startTime;
}

/** Waits for the end of a process, at most `timeoutMs`; true when it has ended. */
export async function waitForEnd(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadlineMs = Date.now() + timeoutMs;
  while (isAlive(identity)) {
    if (Date.now() >= deadlineMs) return false;
    await delay(pollMs);
  }
  return true;
}

/** Sends a signal if this very process still lives. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch {
    // It ended between the two lines.
  }
}
