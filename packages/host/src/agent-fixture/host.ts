import { startPrivateLibvirtd } from '@virgate/libvirt';
import type { PrivateLibvirtd, PrivateLibvirtdOptions } from '@virgate/libvirt';
import { VdsmClient, VdsmError } from '@virgate/vdsm';
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeAuthority } from './certificates.ts';
import type { TestAuthority } from './certificates.ts';
import { reservePorts } from './ports.ts';
import type { ReservedPorts } from './ports.ts';
import type { StorageCaller } from '../storage-fixture/host.ts';

const run = promisify(execFile);
const startTimeoutMs = 60_000;

export interface ReceivedEvent {
  id: string;
  params: Record<string, unknown>;
}

const screensUnderTls = (directory: string): Record<string, string | number> =>
  Object.fromEntries(
    ['vnc', 'spice'].flatMap((protocol) => [
      [`${protocol}_tls`, 1],
      [`${protocol}_tls_x509_cert_dir`, join(directory, 'screens')],
    ]),
  );

type AnyVerbs = Record<string, { params: object; returns: unknown }>;

/** For tests only: a libvirtd, a bridge and the agent as a process of its own, all in a temporary folder. Needs root. */
export class LiveHost {
  readonly directory: string;
  readonly bridge: string;
  readonly events: ReceivedEvent[] = [];
  readonly hostUuid = randomUUID();
  readonly authority: TestAuthority;
  port = 0;
  client: VdsmClient<AnyVerbs>;
  libvirtd: PrivateLibvirtd;
  #agent: ChildProcess | undefined;
  readonly #configFile: string;
  #memory: object | undefined;
  #displayTls: object = {};
  #storage: object | undefined;
  #ports: ReservedPorts | undefined;
  #libvirtdSettings: PrivateLibvirtdOptions = { dataDir: '' };

  private constructor(
    parts: { directory: string; bridge: string; libvirtd: PrivateLibvirtd; client: VdsmClient<AnyVerbs>; authority: TestAuthority },
    configFile: string,
  ) {
    const { directory, bridge, libvirtd, client, authority } = parts;
    this.authority = authority;
    this.directory = directory;
    this.bridge = bridge;
    this.libvirtd = libvirtd;
    this.client = client;
    this.#configFile = configFile;
  }

  /** @param options `memory`: the agent's configuration of that name; without it the machine's kernel is left alone; `storage`: settings of storage beside the usual; `authority`: one that other hosts have too; `displayTls`: VNC and SPICE are under TLS */
  static async start(
    options: { memory?: object; storage?: object; authority?: TestAuthority; displayTls?: boolean } = {},
  ): Promise<LiveHost> {
    const directory = await mkdtemp(join(tmpdir(), 'vh-'));
    const bridge = `vh${directory.slice(-6).toLowerCase()}`;
    await run('ip', ['link', 'add', 'name', bridge, 'type', 'bridge']);
    const ports = await reservePorts();
    await run('ip', ['address', 'add', `10.97.${ports.number}.1/24`, 'dev', bridge]);
    await run('ip', ['link', 'set', bridge, 'up']);
    // libvirt looks for the folder when it starts
    await mkdir(join(directory, 'screens'));
    const settings = {
      dataDir: join(directory, 'libvirt'),
      // Each host is another one to libvirt.
      hostUuid: randomUUID(),
      displayPorts: ports.displays,
      migrationPorts: ports.migrations,
      ...(options.displayTls ? { extraConf: { qemu: screensUnderTls(directory) } } : {}),
    };
    const libvirtd = await startPrivateLibvirtd(settings);
    const authority = options.authority ?? (await makeAuthority());
    const [host, engine] = [await authority.issue(`host-${bridge}`), await authority.issue('engine', 'engine')];
    const pki = join(directory, 'pki');
    await mkdir(pki);
    await writeFile(join(pki, 'key.pem'), host.key, { mode: 0o600 });
    await writeFile(join(pki, 'cert.pem'), host.cert);
    await writeFile(join(pki, 'ca.pem'), authority.certificate);
    const client = new VdsmClient<AnyVerbs>({
      host: '127.0.0.1',
      port: ports.agent,
      tls: { ...engine, ca: authority.certificate },
      events: true,
    });
    const made = new LiveHost({ directory, bridge, libvirtd, client, authority }, join(directory, 'agent.json'));
    made.#memory = options.memory;
    if (options.displayTls) made.#displayTls = { vncDirectory: 'screens', spiceDirectory: 'screens' };
    made.#storage = options.storage;
    made.port = ports.agent;
    made.#ports = ports;
    made.#libvirtdSettings = settings;
    client.on('event', (id, params) => void made.events.push({ id, params }));
    await made.#writeConfig(ports.agent);
    return made;
  }

  async #writeConfig(port: number): Promise<void> {
    const config = {
      dataDir: 'state',
      runDir: 'run',
      repoRoot: 'dc',
      listen: { host: '127.0.0.1', port },
      address: '127.0.0.1',
      tls: { keyFile: 'pki/key.pem', certFile: 'pki/cert.pem', caFile: 'pki/ca.pem' },
      libvirt: { socketPath: this.libvirtd.socketPath, stateDirectory: this.libvirtd.stateDirectory },
      accel: 'tcg',
      hostUuid: this.hostUuid,
      hostName: 'live',
      managementBridge: { name: 'ovirtmgmt', bridge: this.bridge },
      unpluggedBridge: `${this.bridge}-off`,
      vncListen: '127.0.0.1',
      displayTls: this.#displayTls,
      migration: { port: 0, unsafe: true, pkiDirectory: this.libvirtd.migrationPkiDirectory },
      storage: { sanlockDaemon: 'never', importDirectories: [join(this.directory, 'import')], ...this.#storage },
      hooks: { directory: 'hooks', timeoutSeconds: 10 },
      memory: this.#memory ?? { pageSharing: 'leave' },
      boot: { directories: ['import'] },
      logLevel: 'debug',
    };
    await writeFile(this.#configFile, JSON.stringify(config));
  }

  /** Starts the agent and, unless told otherwise, waits until it answers. */
  async startAgent({ wait = true } = {}): Promise<void> {
    const log = await open(join(this.directory, 'agent.log'), 'a');
    try {
      this.#agent = spawn(process.execPath, [new URL('../main.ts', import.meta.url).pathname, 'run', '--config', this.#configFile], {
        stdio: ['ignore', log.fd, log.fd],
      });
    } finally {
      await log.close();
    }
    if (!wait) return;
    await this.until('the agent answers', async () => {
      if (this.#agent?.exitCode !== null) throw new Error(`The agent ended: ${await this.log()}`);
      return await this.client.call('Host.ping2', {}, { timeoutMs: 5000 }).catch(() => false);
    });
  }

  async stopAgent(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const agent = this.#agent;
    this.#agent = undefined;
    if (!agent || agent.exitCode !== null || agent.signalCode !== null) return agent?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => void agent.once('exit', (code) => resolve(code)));
    agent.kill(signal);
    return await ended;
  }

  /** Kills libvirtd and waits until nobody listens on its socket any more. */
  async killLibvirtd(): Promise<void> {
    process.kill(this.libvirtd.pid, 'SIGKILL');
    await this.until(
      'libvirtd is gone',
      () =>
        new Promise<boolean>((resolve) => {
          const socket = createConnection(this.libvirtd.socketPath);
          socket.once('connect', () => {
            socket.destroy();
            resolve(false);
          });
          socket.once('error', () => resolve(true));
        }),
    );
  }

  async startLibvirtd(): Promise<void> {
    this.libvirtd = await startPrivateLibvirtd(this.#libvirtdSettings);
  }

  async log(): Promise<string> {
    const lines = (await readFile(join(this.directory, 'agent.log'), 'utf8')).split('\n');
    // That a call was answered says nothing, and there are many.
    return lines
      .filter((line) => !line.includes('"msg":"Call done"'))
      .join('\n')
      .slice(-6000);
  }

  call<T = unknown>(verb: string, params: object = {}): Promise<T> {
    return this.client.call(verb, params, { timeoutMs: 60_000 }) as Promise<T>;
  }

  /** Calls a verb that answers with a task and waits for its end. */
  async task(verb: string, params: object): Promise<void> {
    const taskID = await this.call<string>(verb, params);
    const status = await this.until(`task of ${verb}`, async () => {
      const found = await this.call<{ taskState: string; taskResult: string; message: string }>('Task.getStatus', { taskID });
      return found.taskState === 'finished' ? found : undefined;
    });
    await this.call('Task.clear', { taskID });
    if (status.taskResult !== 'success') throw new Error(`${verb}: ${status.message}`);
  }

  async stats(vmId: string): Promise<Record<string, unknown> | undefined> {
    const all = await this.call<Record<string, unknown>[]>('Host.getAllVmStats');
    return all.find((row) => row['vmId'] === vmId);
  }

  /** This host for who only asks for storage. */
  get storage(): StorageCaller {
    return { root: this.directory, call: (verb, params) => this.call(verb, params), task: (verb, params) => this.task(verb, params) };
  }

  /** Process of the agent. */
  get agentPid(): number | undefined {
    return this.#agent?.pid;
  }

  /** Waits until a VM has a status; gives its statistics. */
  async untilStatus(vmId: string, status: string, timeoutMs = startTimeoutMs): Promise<Record<string, unknown>> {
    let last: unknown;
    try {
      return await this.until(
        `status ${status}`,
        async () => {
          const row = await this.stats(vmId).catch((error: unknown) => {
            // An agent that finds its VMs again has no answer yet.
            if (error instanceof VdsmError && error.code === 99) return undefined;
            throw error;
          });
          last = row?.['status'];
          if (last === 'Down' && status !== 'Down') throw new Error(`VM is down: ${JSON.stringify(row)}`);
          return last === status ? row : undefined;
        },
        timeoutMs,
      );
    } catch (error) {
      throw new Error(`${String(error)}; last status ${String(last)}; log: ${await this.log()}`, { cause: error });
    }
  }

  async until<T>(what: string, ask: () => Promise<T | undefined | false>, timeoutMs = startTimeoutMs): Promise<T> {
    const endMs = Date.now() + timeoutMs;
    while (Date.now() < endMs) {
      const found = await ask();
      if (found !== undefined && found !== false) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`not within ${timeoutMs} ms: ${what}`);
  }

  async close(): Promise<void> {
    this.client.close();
    await this.stopAgent();
    await this.libvirtd.stop({ destroyGuests: true });
    for (const bridge of [this.bridge, `${this.bridge}-off`]) await run('ip', ['link', 'delete', bridge]).catch(() => undefined);
    await rm(this.directory, { recursive: true, force: true });
    this.#ports?.release();
  }
}
