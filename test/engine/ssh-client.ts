import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './installation.ts';

const run = promisify(execFile);
const closesMs = 20_000;

/** What a command over SSH came to. */
export interface SshResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that runs over SSH, with a terminal at the other end that is typed to. */
export class SshTerminal {
  readonly #child: ChildProcess;
  readonly #closed: Promise<number | null>;
  #text = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => (this.#text += part.toString('latin1')));
    this.#closed = new Promise((resolve) => child.on('close', resolve));
  }

  get text(): string {
    return this.#text;
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  async see(what: RegExp): Promise<void> {
    await eventually(`${String(what)} in ${JSON.stringify(this.#text)}`, async () => what.test(this.#text), closesMs);
  }

  /** @returns its exit code */
  async ended(): Promise<number | null> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), closesMs);
    return this.#closed.finally(() => clearTimeout(timer));
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** OpenSSH's client with keys of its own in a folder, speaking to a server of serial consoles. */
export class SshClient {
  readonly #folder: string;
  readonly #port: number;
  readonly #address: string;

  constructor(folder: string, address: string, port: number) {
    this.#folder = folder;
    this.#address = address;
    this.#port = port;
  }

  /** Believes a server only with these keys. */
  async trust(publicKeys: readonly string[]): Promise<void> {
    await writeFile(join(this.#folder, 'known_hosts'), publicKeys.map((key) => `[${this.#address}]:${this.#port} ${key}\n`).join(''));
  }

  /** @returns the public key, as a user stores it */
  async makeKey(name: string, type: 'ed25519' | 'ecdsa' | 'rsa'): Promise<string> {
    const file = join(this.#folder, name);
    await run('ssh-keygen', ['-q', '-t', type, ...(type === 'rsa' ? ['-b', '2048'] : []), '-N', '', '-C', `${name} key`, '-f', file]);
    return (await readFile(`${file}.pub`, 'utf8')).trim();
  }

  #spawn(key: string, args: readonly string[], user: string): ChildProcess {
    const options = {
      UserKnownHostsFile: join(this.#folder, 'known_hosts'),
      GlobalKnownHostsFile: '/dev/null',
      StrictHostKeyChecking: 'yes',
      IdentitiesOnly: 'yes',
      IdentityAgent: 'none',
      LogLevel: 'ERROR',
      ConnectTimeout: '10',
      PreferredAuthentications: 'publickey,password,keyboard-interactive',
      NumberOfPasswordPrompts: '0',
    };
    const given = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    const place = ['-F', 'none', '-p', String(this.#port), '-l', user, '-i', join(this.#folder, key)];
    return spawn('ssh', [...place, ...given, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** Runs a command to its end, without a terminal. */
  async run(key: string, command: string, { args = [] as readonly string[], user = 'ovirt-vmconsole' } = {}): Promise<SshResult> {
    const child = this.#spawn(key, [...args, this.#address, ...(command === '' ? [] : [command])], user);
    const timer = setTimeout(() => child.kill('SIGKILL'), closesMs);
    child.stdin?.end();
    let [out, err] = ['', ''];
    child.stdout?.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr?.on('data', (part: Buffer) => (err += part.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    clearTimeout(timer);
    return { code, out, err };
  }

  /** Opens a terminal. The client keeps no `~` for itself, unless it is wanted. */
  terminal(key: string, command = '', { ownEscape = false } = {}): SshTerminal {
    const args = ['-tt', ...(ownEscape ? [] : ['-e', 'none']), this.#address, ...(command === '' ? [] : [command])];
    return new SshTerminal(this.#spawn(key, args, 'ovirt-vmconsole'));
  }
}
