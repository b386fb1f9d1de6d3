import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { Channel } from './channel.ts';
import type { CallOptions } from './channel.ts';
import { decodeFields } from './codec.ts';
import { LibvirtClientError } from './errors.ts';
import type { EventSource } from './event-source.ts';
import type { Frame } from './frame.ts';
import { AuthType, ConnectFlags, Feature, programs } from './generated/constants.ts';
import type { DomainEvents, NetworkEvents, NodeDeviceEvents, SecretEvents, StoragePoolEvents } from './generated/events.ts';
import { procedures } from './generated/procedures.ts';
import type { Procedures } from './generated/procedures.ts';
import { defaultKeepalive } from './keepalive.ts';
import type { KeepaliveSettings } from './keepalive.ts';
import { closeTimeoutMs, defaultCallTimeoutMs, defaultConnectTimeoutMs, defaultLimits } from './limits.ts';
import type { ConnectionLimits } from './limits.ts';
import { Operations } from './operations.ts';
import type { LibvirtStream } from './stream.ts';
import { Subscriptions } from './subscriptions.ts';
import type { MonitorEvent, Unsubscribe } from './subscriptions.ts';
import { XdrReader } from './xdr.ts';

export interface ConnectOptions {
  /** Socket of the daemon; libvirtd's own by default (the read-only one with `readOnly`). */
  socketPath?: string;
  /** An open connection to use instead of a socket, e.g. a tunnel. */
  transport?: Duplex;
  /** What the daemon shall open: `qemu:///system`, `test:///default`. */
  uri: string;
  /** `false` for connections whose streams may be read slowly: nobody then takes the silence for death. */
  keepalive?: KeepaliveSettings | false;
  /** Deadline of calls that name none; 0 for none. */
  callTimeoutMs?: number;
  connectTimeoutMs?: number;
  limits?: Partial<ConnectionLimits>;
  readOnly?: boolean;
}

interface ConnectionEvents {
  /** The connection has ended; the error is missing when this side closed it. */
  close: [error: LibvirtClientError | undefined];
  /** An event could not be read, or its handler threw. */
  eventError: [error: unknown];
}

const messageNames = new Map<string, keyof typeof procedures>(
  Object.entries(procedures)
    .filter(([, table]) => table.message)
    .map(([name, table]) => [`${programs[table.program].number}:${table.number}`, name as keyof typeof procedures] as const),
);

/** One connection to a libvirt daemon. Made by {@link connect}. */
export class LibvirtConnection extends Operations<ConnectionEvents> implements EventSource {
  readonly #channel: Channel;
  readonly #subscriptions: Subscriptions;
  readonly #callTimeoutMs: number;
  readonly #ended = Promise.withResolvers<LibvirtClientError | undefined>();

  /** @internal */
  constructor(transport: Duplex, options: ConnectOptions) {
    super();
    this.#callTimeoutMs = options.callTimeoutMs ?? defaultCallTimeoutMs;
    this.#subscriptions = new Subscriptions(
      (name, args) => this.call(name, args),
      (error) => this.#eventError(error),
    );
    this.#channel = new Channel(
      transport,
      { ...defaultLimits, ...options.limits },
      { message: (frame) => this.#onMessage(frame), closed: (error) => this.#onClosed(error) },
    );
  }

  get closed(): boolean {
    return this.#channel.closed;
  }

  /** Resolves when the connection has ended, with the reason unless this side closed it. */
  get ended(): Promise<LibvirtClientError | undefined> {
    return this.#ended.promise;
  }

  #onClosed(error: LibvirtClientError | undefined): void {
    this.#ended.resolve(error);
    // A listener that throws must not do so in the midst of the channel's work.
    queueMicrotask(() => this.emit('close', error));
  }

  /** Sent calls whose callers have given up but which libvirtd still works on; each takes one of `callsInFlight`. */
  get abandonedCalls(): number {
    return this.#channel.abandonedCalls;
  }

  /**
   * Calls a procedure with the protocol's own field names; optional fields and `flags` may be left out.
   * Rejects with {@link LibvirtError} when libvirtd answers so, else with {@link LibvirtClientError}.
   */
  async call<Name extends keyof Procedures>(
    name: Name,
    args: Procedures[Name]['args'],
    options: CallOptions = {},
  ): Promise<Procedures[Name]['ret']> {
    refuseFiles(name);
    return await this.#channel.call(name, procedures[name], args, { timeoutMs: this.#callTimeoutMs, ...options });
  }

  /** Calls a procedure that carries a stream. The deadline is that of the opening, not of the transfer. */
  async openStream<Name extends keyof Procedures>(
    name: Name,
    args: Procedures[Name]['args'],
    options: CallOptions = {},
  ): Promise<{ values: Procedures[Name]['ret']; stream: LibvirtStream }> {
    return await this.#channel.openStream(name, procedures[name], args, { timeoutMs: this.#callTimeoutMs, ...options });
  }

  /** Handles a kind of domain event, of all domains; resolves when libvirtd sends it. */
  onDomainEvent<Kind extends keyof DomainEvents>(kind: Kind, handler: (event: DomainEvents[Kind]) => void): Promise<Unsubscribe> {
    return this.#subscriptions.add('domain', kind, handler);
  }

  onNetworkEvent<Kind extends keyof NetworkEvents>(kind: Kind, handler: (event: NetworkEvents[Kind]) => void): Promise<Unsubscribe> {
    return this.#subscriptions.add('network', kind, handler);
  }

  onStoragePoolEvent<Kind extends keyof StoragePoolEvents>(
    kind: Kind,
    handler: (event: StoragePoolEvents[Kind]) => void,
  ): Promise<Unsubscribe> {
    return this.#subscriptions.add('storagePool', kind, handler);
  }

  onNodeDeviceEvent<Kind extends keyof NodeDeviceEvents>(
    kind: Kind,
    handler: (event: NodeDeviceEvents[Kind]) => void,
  ): Promise<Unsubscribe> {
    return this.#subscriptions.add('nodeDevice', kind, handler);
  }

  onSecretEvent<Kind extends keyof SecretEvents>(kind: Kind, handler: (event: SecretEvents[Kind]) => void): Promise<Unsubscribe> {
    return this.#subscriptions.add('secret', kind, handler);
  }

  /** Handles every event of QEMU's monitor, of all domains. */
  onMonitorEvent(handler: (event: MonitorEvent) => void): Promise<Unsubscribe> {
    return this.#subscriptions.addMonitor(handler);
  }

  /** Says goodbye and closes; calls that still wait are rejected. */
  async close(): Promise<void> {
    if (this.closed) return;
    await this.call('CONNECT_CLOSE', {}, { timeoutMs: closeTimeoutMs }).catch(() => undefined);
    this.#channel.close();
  }

  /** Closes at once. */
  destroy(error?: LibvirtClientError): void {
    this.#channel.close(error);
  }

  /** @internal Authenticates, opens the URI, begins to keep alive. */
  async open(options: ConnectOptions): Promise<void> {
    const timeoutMs = options.connectTimeoutMs ?? defaultConnectTimeoutMs;
    await this.#authenticate(timeoutMs);
    const keepalive = options.keepalive ?? defaultKeepalive;
    // Asking for the feature is what makes libvirtd send pings of its own.
    if (keepalive) {
      const { supported } = await this.call('CONNECT_SUPPORTS_FEATURE', { feature: Feature.PROGRAM_KEEPALIVE }, { timeoutMs });
      if (supported !== 0) this.#channel.keepAlive(keepalive);
    }
    await this.call('CONNECT_OPEN', { name: options.uri, flags: options.readOnly ? ConnectFlags.RO : 0 }, { timeoutMs });
  }

  async #authenticate(timeoutMs: number): Promise<void> {
    const { types } = await this.call('AUTH_LIST', {}, { timeoutMs });
    if (types.length === 0 || types.includes(AuthType.NONE)) return;
    if (!types.includes(AuthType.POLKIT)) {
      throw new LibvirtClientError(
        'AUTHENTICATION',
        'the daemon wants SASL, which this client does not speak; set auth_unix_rw = "none" and guard the socket by its folder',
      );
    }
    await this.call('AUTH_POLKIT', {}, { timeoutMs });
  }

  #onMessage(frame: Frame): void {
    const name = messageNames.get(`${frame.program}:${frame.procedure}`);
    // A newer daemon may know messages that this client has no facts of.
    if (name === undefined) return;
    try {
      this.#subscriptions.dispatch(name, decodeFields(new XdrReader(frame.payload), procedures[name].message));
    } catch (error) {
      this.#eventError(error);
    }
  }

  #eventError(error: unknown): void {
    if (this.listenerCount('eventError') > 0) queueMicrotask(() => this.emit('eventError', error));
    else process.emitWarning(error instanceof Error ? error : String(error), 'LibvirtEventError');
  }
}

function refuseFiles(name: keyof Procedures): void {
  if (procedures[name].files === undefined) return;
  throw new LibvirtClientError('UNSUPPORTED', `${name} passes file descriptors, which Node's sockets cannot`, { procedure: name });
}

function openSocket(path: string, timeoutMs: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    const fail = (reason: string, cause?: Error): void => {
      socket.destroy();
      reject(
        new LibvirtClientError(
          'CONNECT',
          `cannot connect to libvirtd at ${path}: ${reason}; see that the daemon runs and that the socket may be used`,
          { cause },
        ),
      );
    };
    const timer = setTimeout(() => fail(`no connection within ${timeoutMs} ms`), timeoutMs);
    const onError = (error: Error): void => {
      clearTimeout(timer);
      fail(error.message, error);
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

/**
 * Opens a connection.
 * @example
 * const connection = await connect({ uri: 'qemu:///system' });
 * for (const domain of await connection.listAllDomains()) console.log(domain.name, domain.uuid);
 * @throws LibvirtClientError `CONNECT`, `AUTHENTICATION`, `TIMEOUT`; LibvirtError when the daemon refuses the URI
 */
export async function connect(options: ConnectOptions): Promise<LibvirtConnection> {
  const path = options.socketPath ?? (options.readOnly ? '/run/libvirt/libvirt-sock-ro' : '/run/libvirt/libvirt-sock');
  const transport = options.transport ?? (await openSocket(path, options.connectTimeoutMs ?? defaultConnectTimeoutMs));
  const connection = new LibvirtConnection(transport, options);
  try {
    await connection.open(options);
  } catch (error) {
    connection.destroy();
    throw error;
  }
  return connection;
}
