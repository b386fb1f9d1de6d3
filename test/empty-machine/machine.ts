import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { networkEnvironment } from './base-system.ts';
import { connectMachine } from './machine-network.ts';
import type { MachineNetwork } from './machine-network.ts';

const run = promisify(execFile);
const BOOT_TIMEOUT_MS = 30_000;
const END_TIMEOUT_MS = 10_000;
const OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024;

/** How a command in the machine ended. */
export interface CommandResult {
  readonly code: number | null;
  /** Standard output and standard error as they came. */
  readonly output: string;
  readonly seconds: number;
}

/** A command that runs in the machine. */
export interface RunningCommand {
  /** What it has printed so far. */
  output(): string;
  /** Resolves when its output matches; rejects when it ended before, or the time is over. */
  until(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray>;
  /** What a terminal's Ctrl-C does: SIGINT to all of it. */
  interrupt(): void;
  readonly ended: Promise<CommandResult>;
}

export interface CommandOptions {
  /** Folder in which it runs; `/root` unless named. */
  readonly folder?: string;
  /** Account as which it runs; root unless named. */
  readonly user?: string;
  readonly timeoutMs: number;
}

interface Account {
  readonly name: string;
  readonly home: string;
}

/** A machine beside this one on the same kernel: mounts, processes, network, host name and IPC of its own, and its own root folder. */
export class EmptyMachine implements AsyncDisposable {
  readonly #holder: ChildProcess;
  readonly #pid: number;
  readonly #network: MachineNetwork;
  /** Takes what its commands print. */
  readonly #echo: (text: string) => void;

  private constructor(holder: ChildProcess, pid: number, network: MachineNetwork, echo: (text: string) => void) {
    this.#holder = holder;
    this.#pid = pid;
    this.#network = network;
    this.#echo = echo;
  }

  /** @param root its root folder, which it may change */
  static async boot(root: string, echo: (text: string) => void): Promise<EmptyMachine> {
    const init = join(import.meta.dirname, 'machine-init.sh');
    const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--propagation', 'private'];
    // a lost terminal or a Ctrl-C is for this program alone, which then ends the machine
    const holder = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...namespaces, 'sh', init, root], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    try {
      const ready = once(holder.stdout, 'data', { signal: AbortSignal.timeout(BOOT_TIMEOUT_MS) });
      const ended = once(holder, 'exit').then(([code]) => {
        throw new Error(`the machine's first process ended with code ${code}`);
      });
      await Promise.race([ready, ended]);
      const pid = Number(readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'latin1').trim());
      return new EmptyMachine(holder, pid, await connectMachine(pid), echo);
    } catch (error) {
      holder.kill('SIGKILL');
      throw error;
    }
  }

  /** Arguments that run a program of this machine (not of the empty one) in the empty machine's network. */
  get networkPrefix(): [string, ...string[]] {
    return ['nsenter', `--net=/proc/${this.#pid}/ns/net`, '--'];
  }

  #account(user: string): Account {
    return user === 'root' ? { name: user, home: '/root' } : { name: user, home: `/home/${user}` };
  }

  /** Starts a command in the machine. Nothing of this machine's environment comes with it but proxies and certificates. */
  start(argv: readonly [string, ...string[]], options: CommandOptions): RunningCommand {
    const { name, home } = this.#account(options.user ?? 'root');
    const environment = {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: home,
      USER: name,
      TERM: 'dumb',
      LANG: 'C.UTF-8',
      ...networkEnvironment(process.env),
    };
    const clean = [
      '/usr/bin/env',
      '-i',
      '-C',
      options.folder ?? home,
      ...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
    ];
    const as = name === 'root' ? [] : ['setpriv', `--reuid=${name}`, `--regid=${name}`, '--init-groups', '--'];
    const enter = ['--target', String(this.#pid), '--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--'];
    const startedAt = performance.now();
    const child = spawn('nsenter', [...enter, ...clean, ...as, ...argv], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    const take = (chunk: Buffer): void => {
      const text = chunk.toString();
      if (output.length < OUTPUT_LIMIT_BYTES) output += text;
      this.#echo(text);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const signal = (what: NodeJS.Signals): void => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, what);
    };
    const timer = setTimeout(() => signal('SIGKILL'), options.timeoutMs);
    const ended = once(child, 'exit').then(([code]) => {
      clearTimeout(timer);
      return { code: code as number | null, output, seconds: (performance.now() - startedAt) / 1000 };
    });
    return {
      ended,
      output: () => output,
      interrupt: () => signal('SIGINT'),
      until: async (pattern, timeoutMs) => {
        const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
        const fail = (why: string): void => reject(new Error(`${argv.join(' ')}: no ${String(pattern)}: ${why}; it printed:\n${output}`));
        const late = setTimeout(() => fail(`not within ${timeoutMs / 1000} s`), timeoutMs);
        const look = (): void => {
          const match = pattern.exec(output);
          if (match !== null) resolve(match);
        };
        child.stdout.on('data', look);
        child.once('exit', () => fail('it ended'));
        look();
        try {
          return await promise;
        } finally {
          clearTimeout(late);
          child.stdout.off('data', look);
        }
      },
    };
  }

  /** Runs a command in the machine to its end. */
  async run(argv: readonly [string, ...string[]], options: CommandOptions): Promise<CommandResult> {
    return this.start(argv, options).ended;
  }

  /** Runs a command whose success is no question. @throws Error with its output */
  async must(argv: readonly [string, ...string[]], options: CommandOptions): Promise<string> {
    const { code, output } = await this.run(argv, options);
    if (code !== 0) throw new Error(`${argv.join(' ')} ended with code ${code}:\n${output}`);
    return output;
  }

  /** Command lines of everything that runs in it, its first process apart. */
  processes(): string[] {
    const namespace = readlinkSync(`/proc/${this.#pid}/ns/pid`);
    return readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== this.#pid)
      .flatMap((pid) => {
        try {
          if (readlinkSync(`/proc/${pid}/ns/pid`) !== namespace) return [];
          return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()];
        } catch {
          return []; // ended meanwhile
        }
      });
  }

  /** Where something is mounted in it, sorted. */
  mounts(): string[] {
    const lines = readFileSync(`/proc/${this.#pid}/mountinfo`, 'utf8').trim().split('\n');
    return lines.map((line) => line.split(' ')[4] ?? '').sort();
  }

  /** Its network devices, sorted. */
  async networkDevices(): Promise<string[]> {
    return (await this.#inNetwork('ip', '-o', 'link', 'show'))
      .trim()
      .split('\n')
      .map((line) => line.split(': ')[1]?.split('@')[0] ?? '')
      .sort();
  }

  /** Rules of its packet filter. */
  async filterRules(): Promise<string> {
    return (await this.#inNetwork('iptables', '-w', '-S')) + (await this.#inNetwork('iptables', '-w', '-t', 'nat', '-S'));
  }

  async #inNetwork(...argv: string[]): Promise<string> {
    const [enter, ...rest] = this.networkPrefix;
    return (await run(enter, [...rest, ...argv])).stdout;
  }

  /** Ends everything in it, and takes its network away. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#holder.exitCode === null && this.#holder.signalCode === null) {
      const exited = once(this.#holder, 'exit', { signal: AbortSignal.timeout(END_TIMEOUT_MS) });
      this.#holder.kill('SIGKILL');
      await exited;
    }
    await this.#network.remove();
  }
}
