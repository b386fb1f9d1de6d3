import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { VirtualHost, type HostProcess, type VirtualSwitch } from '@virgate/lab';

const program = join(import.meta.dirname, '../../packages/host/bin/virgate-host.mjs');
const joinTimeoutMs = 40_000;

/** What a join ended with. */
export interface JoinOutcome {
  readonly code: number;
  readonly stderr: string;
}

/** A virtual host on which `virgate-host` runs as an administrator would run it; its folder holds all that it keeps. */
export class JoiningHost {
  readonly host: VirtualHost;
  readonly name: string;
  /** Each host is another one to libvirt, as machines are by their firmware. */
  readonly #hostUuid = randomUUID();
  #agent: HostProcess | undefined;

  private constructor(host: VirtualHost) {
    this.host = host;
    this.name = host.name;
  }

  static async start(options: { name: string; number: number; folder: string; network: VirtualSwitch }): Promise<JoiningHost> {
    const machine = new JoiningHost(await VirtualHost.start({ ...options, folder: join(options.folder, options.name) }));
    await machine.startLibvirtd();
    return machine;
  }

  /** The agent's own folder. */
  get dataFolder(): string {
    return join(this.host.folder, 'agent');
  }

  get keyFile(): string {
    return join(this.dataFolder, 'pki/host.key');
  }

  #arguments(url: string, token: string, fingerprint: string): string[] {
    const { host } = this;
    const command = [program, 'join', url, '--token', token, '--fingerprint', fingerprint];
    const places = ['--data', this.dataFolder, '--run', '/run/virgate-host', '--repository', join(host.folder, 'repository')];
    return [
      ...command,
      ...places,
      '--address',
      host.address,
      '--libvirt',
      host.libvirtSocket,
      '--accel',
      'tcg',
      '--migrate-unsafe',
      ...this.#pki(),
    ];
  }

  /** Where the QEMUs of its libvirtd look for what migrations are encrypted with. */
  #pki(): string[] {
    return ['--migrate-pki', join(this.host.folder, 'libvirt/etc/migration-pki')];
  }

  /** Starts the host's libvirtd, also again after it was killed. */
  startLibvirtd(): Promise<void> {
    return this.host.startLibvirtd({ hostUuid: this.#hostUuid });
  }

  /** Runs a join that is expected to be refused, and waits for its end. */
  async joinAndFail(url: string, token: string, fingerprint: string): Promise<JoinOutcome> {
    return await this.host.run(this.#arguments(url, token, fingerprint), { timeoutMs: joinTimeoutMs }).then(
      ({ stderr }) => ({ code: 0, stderr }),
      (error: { code?: number; stderr?: string }) => ({ code: error.code ?? -1, stderr: error.stderr ?? '' }),
    );
  }

  /** Begins to join; the agent runs in the same process once it is approved. */
  async join(url: string, token: string, fingerprint: string): Promise<void> {
    this.#agent = await this.host.spawn(this.#arguments(url, token, fingerprint), 'agent.log');
  }

  /** Starts the agent with what `join` has left. */
  async startAgent(): Promise<void> {
    this.#agent = await this.host.spawn([program, 'run', '--config', join(this.dataFolder, 'agent.json')], 'agent.log');
  }

  /** Ends the agent as an administrator does, and starts it again. */
  async restartAgent(): Promise<number | null | undefined> {
    const code = await this.#agent?.stop();
    await this.startAgent();
    return code;
  }

  /** `kill -9` of the agent; its guests go on. */
  async killAgent(): Promise<void> {
    await this.#agent?.kill();
  }

  async log(): Promise<string> {
    const { stdout } = await this.host.run(['tail', '-c', '4000', join(this.host.folder, 'agent.log')]).catch(() => ({ stdout: '' }));
    return stdout;
  }
}
