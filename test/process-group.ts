import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';

/** How a program that was run in a process group of its own ended. */
export interface GroupResult {
  readonly code: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
}

export interface GroupOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** File that takes standard output and standard error. */
  readonly logFile: string;
  readonly limitMs: number;
  /** Ends the program early when it has nothing left to do: asked once a second. */
  readonly isLingering?: () => boolean;
}

const KILL_DELAY_MS = 5_000;
const LINGER_LIMIT_MS = 20_000;
const LOG_TAIL_BYTES = 20_000;

const runningGroups = new Set<number>();

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // the group is gone already
  }
}

/** Ends every group that still runs; for an interrupted run. */
export function endRunningGroups(): void {
  for (const pid of runningGroups) signalGroup(pid, 'SIGKILL');
}

/** Runs a program in a process group of its own, with a time limit; nothing of the group is left when it returns. */
export async function runInGroup(argv: readonly [string, ...string[]], options: GroupOptions): Promise<GroupResult> {
  const startedAt = performance.now();
  const log = createWriteStream(options.logFile);
  await once(log, 'open');
  const child = spawn(argv[0], argv.slice(1), { cwd: options.cwd, env: options.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  if (pid !== undefined) runningGroups.add(pid);
  let timedOut = false;
  let lingeringMs = 0;
  const end = (): void => {
    timedOut = true;
    if (pid === undefined) return;
    signalGroup(pid, 'SIGTERM');
    setTimeout(() => signalGroup(pid, 'SIGKILL'), KILL_DELAY_MS).unref();
  };
  const limit = setTimeout(end, options.limitMs);
  const linger = setInterval(() => {
    lingeringMs = options.isLingering?.() === true ? lingeringMs + 1_000 : 0;
    if (lingeringMs >= LINGER_LIMIT_MS) end();
  }, 1_000);
  try {
    const [code] = await exited;
    return { code, timedOut, durationMs: performance.now() - startedAt };
  } finally {
    clearTimeout(limit);
    clearInterval(linger);
    if (pid !== undefined) {
      signalGroup(pid, 'SIGKILL');
      runningGroups.delete(pid);
    }
    child.stdout.destroy();
    child.stderr.destroy();
    log.end();
    await once(log, 'close');
  }
}

/** The end of a log file. */
export function tailOf(logFile: string): string {
  if (!existsSync(logFile)) return '';
  return readFileSync(logFile).subarray(-LOG_TAIL_BYTES).toString().trim();
}
