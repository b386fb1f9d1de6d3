import { once } from 'node:events';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import ssh2, { type Algorithms, type ClientInfo, type Connection, type Server as SshServer } from 'ssh2';
import { senderOf } from '../access/attempts.ts';
import { TokenEnds } from '../access/token-ends.ts';
import type { Engine } from '../engine.ts';
import { ProxyConnection } from './connection.ts';
import type { SshHostKey } from './host-keys.ts';

/** Connections of one engine, those of them that are not signed in, those of one sender that are not, and how long that may take. */
export const proxyLimits = { connections: 500, strangers: 100, strangersOfSender: 10, signInMs: 30_000, keepAliveMs: 30_000 } as const;

/** What current clients have, without SHA-1 and without compression. */
const algorithms: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: ['chacha20-poly1305@openssh.com', 'aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'aes256-ctr', 'aes128-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
};

/** Time in which the other end of a connection that is over may close it. */
const lingerMs = 2_000;

const endOf = (address = '', port = 0): string => `${address} ${port}`;

/**
 * The proxy of serial consoles: an SSH server that knows users by the public keys of their profiles and opens them the serial ports of their
 * virtual machines, nothing else. Source: oVirt, serial consoles.
 */
export class SerialConsoleProxy {
  readonly #engine: Engine;
  readonly #tokens: TokenEnds;
  readonly #ssh: SshServer;
  readonly #server: NetServer;
  readonly #open = new Set<Socket>();
  /** Connections that are not signed in yet, by their other ends. */
  readonly #strangers = new Map<string, { socket: Socket; sender: string; timer: NodeJS.Timeout }>();
  readonly #endings = new Set<Promise<void>>();

  constructor(engine: Engine, hostKeys: readonly SshHostKey[]) {
    this.#engine = engine;
    this.#tokens = new TokenEnds(engine);
    this.#ssh = new ssh2.Server({
      hostKeys: hostKeys.map((key) => key.privateKey),
      algorithms,
      ident: 'Virgate',
      keepaliveInterval: proxyLimits.keepAliveMs,
      keepaliveCountMax: 3,
    });
    this.#ssh.on('connection', (client, info) => this.#greet(client, info));
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#take(socket));
  }

  /** @throws {Error} when the port cannot be listened on */
  async listen(host: string, port: number): Promise<void> {
    this.#server.listen({ host, port });
    await once(this.#server, 'listening');
    this.#server.on('error', (error) => this.#engine.log.error({ err: error }, 'the proxy of serial consoles takes no connections'));
  }

  /** Ends all connections, and waits until what there is to say of them is written. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#tokens.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
    await Promise.all(this.#endings);
  }

  #take(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    const sender = senderOf(socket.remoteAddress ?? '');
    const ofSender = [...this.#strangers.values()].filter((one) => one.sender === sender).length;
    const { connections, strangers, strangersOfSender, signInMs } = proxyLimits;
    if (this.#open.size >= connections || this.#strangers.size >= strangers || ofSender >= strangersOfSender) {
      socket.destroy();
      return;
    }
    const key = endOf(socket.remoteAddress, socket.remotePort);
    const timer = setTimeout(() => socket.destroy(), signInMs);
    this.#open.add(socket);
    this.#strangers.set(key, { socket, sender, timer });
    socket.once('close', () => {
      this.#forget(key);
      this.#open.delete(socket);
    });
    this.#ssh.injectSocket(socket);
  }

  #forget(key: string): void {
    clearTimeout(this.#strangers.get(key)?.timer);
    this.#strangers.delete(key);
  }

  /** A client has said its name: the library tells from where, not by which socket. */
  #greet(client: Connection, { ip: address, port, header }: ClientInfo): void {
    const key = endOf(address, port);
    const socket = this.#strangers.get(key)?.socket;
    if (!socket) return void client.end();
    const end = (): void => {
      client.end();
      setTimeout(() => socket.destroy(), lingerMs).unref();
    };
    const software = header.versions.software.replace(/[^\x20-\x7e]/g, '');
    const connection = new ProxyConnection(this.#engine, this.#tokens, client, { address, software, end });
    client.once('ready', () => this.#forget(key));
    client.on('error', (error) => this.#engine.log.debug({ err: error, address }, 'an SSH connection broke off'));
    socket.once('close', () => {
      const ending = connection.closed().finally(() => this.#endings.delete(ending));
      this.#endings.add(ending);
    });
  }
}
