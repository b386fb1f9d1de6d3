import { spawn } from 'node:child_process';

/** Most that is kept of what a hook prints. */
const maximumOutputBytes = 64 * 1024;
/** How long a hook's output is waited for once it ended: what it left running may hold the pipe. */
const outputGraceMs = 500;

/** How a hook ended. */
export interface ScriptEnd {
  /** Its exit code; undefined when it was ended by a signal or could not be started. */
  exitCode: number | undefined;
  timedOut: boolean;
  output: string;
}

/** Runs one program without arguments in a process group of its own; past the deadline the whole group is killed. */
export function runScript(path: string, environment: Record<string, string>, timeoutMs: number): Promise<ScriptEnd> {
  return new Promise((resolve) => {
    const child = spawn(path, [], { cwd: '/', env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const parts: Buffer[] = [];
    let bytes = 0;
    let timedOut = false;
    const keep = (part: Buffer): void => {
      if (bytes < maximumOutputBytes) parts.push(part.subarray(0, maximumOutputBytes - bytes));
      bytes += part.length;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const killGroup = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended in this moment.
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup();
    }, timeoutMs);
    let grace: NodeJS.Timeout | undefined;
    const finish = (exitCode: number | undefined): void => {
      clearTimeout(timer);
      clearTimeout(grace);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ exitCode, timedOut, output: Buffer.concat(parts).toString('utf8') });
    };
    child.once('error', (error) => {
      keep(Buffer.from(error.message));
      finish(undefined);
    });
    child.once('exit', (code) => {
      grace = setTimeout(() => finish(code ?? undefined), outputGraceMs);
    });
    child.once('close', (code) => finish(code ?? undefined));
  });
}
