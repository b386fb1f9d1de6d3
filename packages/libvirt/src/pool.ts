import { backOffMs, defaultBackOff } from './back-off.ts';
import type { BackOff } from './back-off.ts';
import type { CallOptions } from './channel.ts';
import { connect } from './connection.ts';
import type { ConnectOptions, LibvirtConnection } from './connection.ts';
import { LibvirtClientError } from './errors.ts';
import type { EventSource } from './event-source.ts';
import type { DomainEvents, NetworkEvents, NodeDeviceEvents, SecretEvents, StoragePoolEvents } from './generated/events.ts';
import type { Procedures } from './generated/procedures.ts';
import { defaultLimits } from './limits.ts';
import { Operations } from './operations.ts';
import type { LibvirtStream } from './stream.ts';
import type { MonitorEvent, Unsubscribe } from './subscriptions.ts';

export interface PoolOptions extends Omit<ConnectOptions, 'transport'> {
  backOff?: BackOff;
  /** Connections of jobs and streams at once; one more job is refused with `LIMIT`. */
  jobConnections?: number;
  /** From 0 up to 1; spreads the attempts to reconnect. */
  random?: () => number;
  /** Opens a connection; {@link connect} unless told. */
  open?: (options: ConnectOptions) => Promise<LibvirtConnection>;
}

interface PoolEvents {
  /** The connection for events stands and all handlers are registered. Events before it may have been missed: look at everything anew. */
  up: [];
  /** It was lost, or could not be opened; further attempts follow. */
  down: [error: unknown];
  eventError: [error: unknown];
}

interface Registration {
  attach(connection: LibvirtConnection): Promise<Unsubscribe>;
  detach: Unsubscribe | undefined;
}

const defaultJobConnections = 32;

/**
 * Connections to one daemon by purpose, because a call cannot be cancelled and a connection serves few at once: one for events, one for short
 * calls (the pool's own methods), one for each job or stream. Lost ones are renewed; a call that was under way is rejected, never repeated.
 */
export class LibvirtPool extends Operations<PoolEvents> implements EventSource {
  readonly #options: PoolOptions;
  readonly #open: (options: ConnectOptions) => Promise<LibvirtConnection>;
  readonly #registrations = new Set<Registration>();
  readonly #jobs = new Set<LibvirtConnection>();
  readonly #closing = new AbortController();
  #jobsOpening = 0;
  #events: LibvirtConnection | undefined;
  #eventsLoop: Promise<void> | undefined;
  #calls: { connection: LibvirtConnection | undefined; opening: Promise<LibvirtConnection> } | undefined;

  constructor(options: PoolOptions) {
    super();
    this.#options = options;
    this.#open = options.open ?? connect;
  }

  /** Whether the connection for events stands. */
  get up(): boolean {
    return this.#events !== undefined;
  }

  /** Begins to listen for events and resolves when that works for the first time; it is tried until then, or until the pool is closed. */
  async start(): Promise<void> {
    this.#mustBeOpen();
    this.#eventsLoop ??= this.#keepEventsUp();
    if (this.up) return;
    await new Promise<void>((resolve, reject) => {
      const onClose = (): void => {
        this.off('up', onUp);
        reject(closedError());
      };
      const onUp = (): void => {
        this.#closing.signal.removeEventListener('abort', onClose);
        resolve();
      };
      this.once('up', onUp);
      this.#closing.signal.addEventListener('abort', onClose, { once: true });
    });
  }

  async #keepEventsUp(): Promise<void> {
    const { backOff = defaultBackOff, random = Math.random } = this.#options;
    let attempt = 0;
    while (!this.#closing.signal.aborted) {
      const error = await this.#serveEvents(() => {
        attempt = 0;
      });
      if (this.#closing.signal.aborted) return;
      queueMicrotask(() => this.emit('down', error));
      await pause(backOffMs(attempt, backOff, random), this.#closing.signal);
      attempt += 1;
    }
  }

  /** One connection for events, from its opening to its end; gives the reason of its end. */
  async #serveEvents(onUp: () => void): Promise<unknown> {
    let connection: LibvirtConnection | undefined;
    try {
      connection = await this.#openOne({});
      connection.on('eventError', (error) => this.#eventError(error));
      // A handler that comes while others are registered joins the set and thereby this loop.
      for (const registration of this.#registrations) await this.#attach(registration, connection);
      this.#mustBeOpen();
      this.#events = connection;
      onUp();
      queueMicrotask(() => this.emit('up'));
      return await connection.ended;
    } catch (error) {
      connection?.destroy();
      return error;
    } finally {
      this.#events = undefined;
      for (const registration of this.#registrations) registration.detach = undefined;
    }
  }

  async #attach(registration: Registration, connection: LibvirtConnection): Promise<void> {
    const detach = await registration.attach(connection);
    // It may have been removed meanwhile.
    if (this.#registrations.has(registration)) registration.detach = detach;
    else await detach();
  }

  #eventError(error: unknown): void {
    if (this.listenerCount('eventError') > 0) queueMicrotask(() => this.emit('eventError', error));
    else process.emitWarning(error instanceof Error ? error : String(error), 'LibvirtEventError');
  }

  async #openOne(options: Partial<ConnectOptions>): Promise<LibvirtConnection> {
    this.#mustBeOpen();
    const connection = await this.#open({ ...this.#options, ...options });
    if (!this.#closing.signal.aborted) return connection;
    connection.destroy();
    throw closedError();
  }

  #mustBeOpen(): void {
    if (this.#closing.signal.aborted) throw closedError();
  }

  async call<Name extends keyof Procedures>(
    name: Name,
    args: Procedures[Name]['args'],
    options: CallOptions = {},
  ): Promise<Procedures[Name]['ret']> {
    const connection = await this.#shortCalls();
    return await connection.call(name, args, options);
  }

  async #shortCalls(): Promise<LibvirtConnection> {
    this.#mustBeOpen();
    const current = this.#calls;
    const placesInFlight = this.#options.limits?.callsInFlight ?? defaultLimits.callsInFlight;
    if (current?.connection && !current.connection.closed) {
      // Calls that nobody waits for any more have taken every place: libvirtd goes on with them, others need a connection that answers.
      if (current.connection.abandonedCalls < placesInFlight) return current.connection;
      current.connection.destroy();
    }
    if (current && !current.connection) return await current.opening;
    const opening = this.#openOne({});
    const next = { connection: undefined as LibvirtConnection | undefined, opening };
    this.#calls = next;
    try {
      next.connection = await opening;
      return next.connection;
    } catch (error) {
      if (this.#calls === next) this.#calls = undefined;
      throw error;
    }
  }

  /**
   * Runs `work` on a connection of its own and closes it afterwards.
   * @example await pool.job((connection) => connection.domainMigratePeerToPeer(uuid, uri, parameters, flags));
   */
  async job<Result>(
    work: (connection: LibvirtConnection) => Promise<Result>,
    options: Pick<ConnectOptions, 'keepalive' | 'callTimeoutMs'> = {},
  ): Promise<Result> {
    const connection = await this.#openJob(options);
    try {
      return await work(connection);
    } finally {
      await this.#closeJob(connection);
    }
  }

  async #openJob(options: Partial<ConnectOptions>): Promise<LibvirtConnection> {
    const limit = this.#options.jobConnections ?? defaultJobConnections;
    if (this.#jobs.size + this.#jobsOpening >= limit)
      throw new LibvirtClientError('LIMIT', `${limit} jobs have a connection of their own; wait for one to end`);
    this.#jobsOpening += 1;
    try {
      const connection = await this.#openOne(options);
      this.#jobs.add(connection);
      return connection;
    } finally {
      this.#jobsOpening -= 1;
    }
  }

  async #closeJob(connection: LibvirtConnection): Promise<void> {
    this.#jobs.delete(connection);
    await connection.close();
  }

  /** Opens a stream on a connection of its own, which goes with it. */
  async openStream<Name extends keyof Procedures>(
    name: Name,
    args: Procedures[Name]['args'],
    options: CallOptions = {},
  ): Promise<{ values: Procedures[Name]['ret']; stream: LibvirtStream }> {
    const connection = await this.#openJob({ keepalive: false });
    try {
      const opened = await connection.openStream(name, args, options);
      void opened.stream.over.then(() => this.#closeJob(connection));
      return opened;
    } catch (error) {
      await this.#closeJob(connection);
      throw error;
    }
  }

  /** Handlers outlive the connection: they are registered anew after each reconnect. Resolves at once while it is down. */
  onDomainEvent<Kind extends keyof DomainEvents>(kind: Kind, handler: (event: DomainEvents[Kind]) => void): Promise<Unsubscribe> {
    return this.#register((connection) => connection.onDomainEvent(kind, handler));
  }

  onNetworkEvent<Kind extends keyof NetworkEvents>(kind: Kind, handler: (event: NetworkEvents[Kind]) => void): Promise<Unsubscribe> {
    return this.#register((connection) => connection.onNetworkEvent(kind, handler));
  }

  onStoragePoolEvent<Kind extends keyof StoragePoolEvents>(
    kind: Kind,
    handler: (event: StoragePoolEvents[Kind]) => void,
  ): Promise<Unsubscribe> {
    return this.#register((connection) => connection.onStoragePoolEvent(kind, handler));
  }

  onNodeDeviceEvent<Kind extends keyof NodeDeviceEvents>(
    kind: Kind,
    handler: (event: NodeDeviceEvents[Kind]) => void,
  ): Promise<Unsubscribe> {
    return this.#register((connection) => connection.onNodeDeviceEvent(kind, handler));
  }

  onSecretEvent<Kind extends keyof SecretEvents>(kind: Kind, handler: (event: SecretEvents[Kind]) => void): Promise<Unsubscribe> {
    return this.#register((connection) => connection.onSecretEvent(kind, handler));
  }

  onMonitorEvent(handler: (event: MonitorEvent) => void): Promise<Unsubscribe> {
    return this.#register((connection) => connection.onMonitorEvent(handler));
  }

  async #register(attach: Registration['attach']): Promise<Unsubscribe> {
    const registration: Registration = { attach, detach: undefined };
    this.#registrations.add(registration);
    const connection = this.#events;
    if (connection) {
      try {
        await this.#attach(registration, connection);
      } catch (error) {
        // A connection that broke meanwhile is renewed, with this handler too; anything else is the caller's affair.
        if (!connection.closed) {
          this.#registrations.delete(registration);
          throw error;
        }
      }
    }
    return async () => {
      this.#registrations.delete(registration);
      const { detach } = registration;
      registration.detach = undefined;
      await detach?.().catch((error: unknown) => {
        if (this.#events) throw error;
      });
    };
  }

  /** Closes every connection; what waits is rejected. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    const connections = [this.#events, this.#calls?.connection, ...this.#jobs].filter((connection) => connection !== undefined);
    await Promise.all(connections.map((connection) => connection.close()));
    await this.#eventsLoop;
  }
}

function closedError(): LibvirtClientError {
  return new LibvirtClientError('CLOSED', 'the pool was closed');
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
