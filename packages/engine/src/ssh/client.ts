import { createHash, createPrivateKey } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client, type ClientChannel, type ConnectConfig } from 'ssh2';

/** How a host is reached by SSH. */
export interface SshTarget {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly login: { readonly password: string } | { readonly privateKeyPem: string };
  /** `SHA256:…` of the host's key; whatever the host has is taken when it is missing, and told. */
  readonly fingerprint: string | undefined;
}

/** Why a host cannot be reached by SSH. */
export class SshError extends Error {
  readonly kind: 'unreachable' | 'fingerprint' | 'authentication' | 'failed';
  constructor(kind: SshError['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SshError';
    this.kind = kind;
  }
}

const connectTimeoutMs = 20_000;
const maximumOutputBytes = 256 * 1024;

/** The fingerprint of a public key as OpenSSH writes it. */
export const sshFingerprint = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

export interface SshResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

class Output {
  #chunks: Buffer[] = [];
  #size = 0;
  /** The last part is kept: that is where errors stand. */
  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size > maximumOutputBytes && this.#chunks.length > 1) this.#size -= this.#chunks.shift()?.length ?? 0;
  }
  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8').slice(-maximumOutputBytes);
  }
}

const reasonOf = (error: Error & { level?: string }): SshError['kind'] =>
  error.level === 'client-authentication' ? 'authentication' : 'unreachable';

/** A connection to a host by SSH. */
export class SshConnection {
  readonly #client: Client;
  /** The fingerprint that the host has shown. */
  readonly fingerprint: string;

  private constructor(client: Client, fingerprint: string) {
    this.#client = client;
    this.fingerprint = fingerprint;
  }

  /** @throws {SshError} */
  static async open(target: SshTarget, signal?: AbortSignal): Promise<SshConnection> {
    const client = new Client();
    let shown = '';
    const config: ConnectConfig = {
      host: target.address,
      port: target.port,
      username: target.user,
      readyTimeout: connectTimeoutMs,
      keepaliveInterval: 15_000,
      hostVerifier: (key: Buffer) => {
        shown = sshFingerprint(key);
        return target.fingerprint === undefined || target.fingerprint === shown;
      },
      ...('password' in target.login
        ? { password: target.login.password }
        : // OpenSSL's newer container is not read by the library.
          { privateKey: createPrivateKey(target.login.privateKeyPem).export({ format: 'pem', type: 'pkcs1' }) }),
    };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    client.once('ready', resolve);
    client.once('error', reject);
    client.once('close', () => reject(new Error('the host has closed the connection')));
    const abort = (): void => {
      client.end();
      reject(new Error('cancelled'));
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      client.connect(config);
      await promise;
      // What breaks later is told by the command that runs then.
      client.on('error', () => undefined);
      return new SshConnection(client, shown);
    } catch (error) {
      client.end();
      const cause = error instanceof Error ? error : new Error(String(error));
      if (target.fingerprint !== undefined && shown !== '' && shown !== target.fingerprint)
        throw new SshError('fingerprint', `the host shows the key ${shown}, not ${target.fingerprint}`, cause);
      const kind = reasonOf(cause);
      const what = kind === 'authentication' ? `user ${target.user} is refused` : cause.message;
      throw new SshError(kind, `SSH to ${target.address} port ${target.port}: ${what}`, cause);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * Runs a command line, which the user's shell on the host reads: it must not hold what others have written.
   * @param input goes to its standard input: where secrets belong
   * @throws {SshError} when the connection breaks or it takes too long; not for an exit code
   */
  async run(command: string, options: { input?: string | Readable; timeoutMs: number; signal?: AbortSignal }): Promise<SshResult> {
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      this.#client.exec(command, (error, stream) =>
        error === undefined ? resolve(stream) : reject(new SshError('failed', error.message, error)),
      );
    });
    const [stdout, stderr] = [new Output(), new Output()];
    channel.on('data', (chunk: Buffer) => stdout.add(chunk));
    channel.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let exitCode: number | undefined;
    channel.on('exit', (code: number | null) => {
      exitCode = code ?? -1;
    });
    channel.on('close', () =>
      exitCode === undefined ? reject(new SshError('failed', 'the connection broke while a command ran')) : resolve(exitCode),
    );
    const timer = setTimeout(() => reject(new SshError('failed', `a command took longer than ${options.timeoutMs} ms`)), options.timeoutMs);
    const abort = (): void => reject(new SshError('failed', 'cancelled'));
    options.signal?.addEventListener('abort', abort, { once: true });
    try {
      const feed =
        options.input === undefined || typeof options.input === 'string'
          ? Promise.resolve(channel.end(options.input ?? ''))
          : pipeline(options.input, channel);
      // A command that ends before it has read everything says by its exit code why.
      const [code] = await Promise.all([promise, feed.catch(() => undefined)]);
      return { exitCode: code, stdout: stdout.text(), stderr: stderr.text() };
    } catch (error) {
      channel.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
    }
  }

  close(): void {
    this.#client.end();
  }
}
