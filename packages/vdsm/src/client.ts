import type { Verbs as ContractVerbs } from '@virgate/contract/generated/vdsm';
import { randomUUID } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import type { Backoff } from './backoff.ts';
import { backoffDelayMs, defaultBackoff } from './backoff.ts';
import { ClientLink } from './client-link.ts';
import { ErrorCode, VdsmError } from './errors.ts';
import { eventMatcher } from './event-id.ts';
import type { Fence } from './fence.ts';
import { DEFAULT_FENCE_KEY, FENCE_HEADER, FENCE_KEY_HEADER } from './fence.ts';
import { encodeRequest, parseMessages } from './json-rpc.ts';
import type { ClientLimits } from './limits.ts';
import { defaultClientLimits } from './limits.ts';
import type { VdsmLog } from './log.ts';
import { silentLog } from './log.ts';
import { QUEUES } from './queues.ts';
import type { VdsmTls } from './tls.ts';
import type { ParamsOf, ReturnsOf, VerbMap } from './verbs.ts';

export interface VdsmClientOptions {
  host: string;
  /** 54321 by custom. */
  port: number;
  /** Our certificate, and the authority that must have signed the host's; `null` = plain TCP. */
  tls: VdsmTls | null;
  /** A further check of the host's certificate, such as a pinned subject; its error refuses the host. */
  checkPeer?: (certificate: PeerCertificate) => Error | undefined;
  /** TCP, TLS and CONNECTED together; also how long a call waits for the connection. 20 s by default. */
  connectTimeoutMs?: number;
  /** 180 s by default. */
  callTimeoutMs?: number;
  /** 30 s by default: half of it is asked for, and silence of 1.5 times the host's answer (22.5 s) ends the connection. 0 = no heart-beats. */
  heartbeatMs?: number;
  requestQueue?: string;
  responseQueue?: string;
  /** Subscribe to the host's events; a second connection to the same host (SPM verbs) does not. */
  events?: boolean;
  backoff?: Partial<Backoff>;
  limits?: Partial<ClientLimits>;
  log?: VdsmLog;
  /** Monotonic milliseconds. */
  now?: () => number;
  /** In [0, 1), for the jitter of the back-off. */
  random?: () => number;
}

export interface CallOptions {
  /** From the call to its answer, waiting for the connection included. */
  timeoutMs?: number;
  /** The flow id in the host's log. */
  correlationId?: string;
  /** Lease number, or key and number; see `FenceGuard`. Only Virgate's hosts look at it. */
  fence?: number | Fence;
  /** Stops waiting; the host is not told and may still run the verb. */
  signal?: AbortSignal;
}

export type ClientState = 'connecting' | 'up' | 'down';

/** Called with the event's id and parameters (`notify_time` among them). */
export type EventHandler = (params: Record<string, unknown>, eventId: string) => void;

interface ClientListeners {
  state: (state: ClientState, reason?: VdsmError) => void;
  event: (eventId: string, params: Record<string, unknown>) => void;
}

interface PendingCall {
  method: string;
  headers: Record<string, string | undefined>;
  body: string;
  sent: boolean;
  settle: (error: VdsmError | undefined, result?: unknown) => void;
}

/**
 * An engine's connection to a host. It comes up with `connect()` or the first call and is then kept up, with back-off,
 * until `close()`. Methods are typed by the contract; `VdsmClient<AnyVerbs>` takes any. Calls that were sent when it broke fail with code 5022: whether the host ran them is unknown.
 *
 * @example
 * const client = new VdsmClient({ host: 'host1', port: 54321, tls, events: true });
 * client.subscribe('|virt|VM_status|*', (params) => console.log(params));
 * const capabilities = await client.call('Host.getCapabilities', {});
 */
export class VdsmClient<Verbs extends VerbMap<Verbs> = ContractVerbs> {
  readonly #options: Required<Omit<VdsmClientOptions, 'checkPeer' | 'limits' | 'backoff'>> & Pick<VdsmClientOptions, 'checkPeer'>;
  readonly #limits: ClientLimits;
  readonly #backoff: Backoff;
  readonly #pending: Map<string, PendingCall> = new Map();
  readonly #listeners: { [E in keyof ClientListeners]: Set<ClientListeners[E]> } = { state: new Set(), event: new Set() };
  readonly #waiters: Set<(error?: VdsmError) => void> = new Set();
  #link: ClientLink | undefined;
  #state: ClientState = 'down';
  #wanted = false;
  #failures = 0;
  #lastAttemptAt = Number.NEGATIVE_INFINITY;
  #lastError: VdsmError | undefined;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(options: VdsmClientOptions) {
    this.#options = {
      connectTimeoutMs: 20_000,
      callTimeoutMs: 180_000,
      heartbeatMs: 30_000,
      requestQueue: QUEUES.requests,
      responseQueue: QUEUES.responses,
      events: true,
      log: silentLog,
      now: () => performance.now(),
      random: Math.random,
      ...options,
    };
    this.#limits = { ...defaultClientLimits, ...options.limits };
    this.#backoff = { ...defaultBackoff, ...options.backoff };
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Why the connection is not up, when it is not. */
  get lastError(): VdsmError | undefined {
    return this.#lastError;
  }

  /** Another key, certificate or authority for the next connection; the present one goes on. */
  setTls(tls: VdsmTls): void {
    this.#options.tls = tls;
  }

  /**
   * Wants the connection from now on and resolves when it is up.
   *
   * @throws VdsmError 5022 when it is not up within `connectTimeoutMs`; attempts go on until `close()`.
   */
  async connect(): Promise<void> {
    this.#want();
    if (this.#state === 'up') return;
    await new Promise<void>((resolve, reject) => {
      const { host, port, connectTimeoutMs } = this.#options;
      const timer = setTimeout(() => {
        const reason = this.#lastError?.message ?? `Connection to ${host}:${port} is not up after ${connectTimeoutMs} ms`;
        settle(new VdsmError(ErrorCode.network, reason, { cause: this.#lastError }));
      }, connectTimeoutMs);
      const settle = (error?: VdsmError) => {
        clearTimeout(timer);
        this.#waiters.delete(settle);
        if (error) reject(error);
        else resolve();
      };
      this.#waiters.add(settle);
    });
  }

  /**
   * Runs a verb on the host and resolves to its result.
   *
   * @throws VdsmError with the host's code; 5022 when no answer came (time-out, connection lost or not to be had); 1100
   * when too many calls are under way; −32602 when the parameters are no JSON. @throws the signal's reason when it was aborted.
   */
  call<M extends keyof Verbs & string>(method: M, params: ParamsOf<Verbs, M>, options: CallOptions = {}): Promise<ReturnsOf<Verbs, M>> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (this.#pending.size >= this.#limits.pendingCalls) {
      return Promise.reject(
        new VdsmError(ErrorCode.overloaded, `${this.#pending.size} calls to ${this.#options.host} are under way; ${method} was not sent`),
      );
    }
    const id = randomUUID();
    let body: string;
    try {
      body = encodeRequest(id, method, params);
    } catch (error) {
      return Promise.reject(
        new VdsmError(ErrorCode.invalidParams, `${method} cannot be sent: ${(error as Error).message}`, { cause: error }),
      );
    }
    this.#want();
    return new Promise((resolve, reject) => {
      const timeoutMs = options.timeoutMs ?? this.#options.callTimeoutMs;
      const callTimer = setTimeout(() => this.#expire(id, `no answer within ${timeoutMs} ms`), timeoutMs);
      const connectTimer = setTimeout(() => this.#expireUnsent(id), this.#options.connectTimeoutMs);
      const finish = () => {
        clearTimeout(callTimer);
        clearTimeout(connectTimer);
        signal?.removeEventListener('abort', abort);
        this.#pending.delete(id);
      };
      const abort = () => {
        finish();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
      const settle = (error: VdsmError | undefined, result?: unknown) => {
        finish();
        if (error) reject(error);
        else resolve(result);
      };
      const call: PendingCall = { method, headers: this.#headers(options), body, sent: false, settle };
      this.#pending.set(id, call);
      if (this.#link && this.#state === 'up') this.#send(this.#link, call);
    });
  }

  /** Listens to `state` changes or to every `event`. @returns how to stop. */
  on<E extends keyof ClientListeners>(name: E, listener: ClientListeners[E]): () => void {
    this.#listeners[name].add(listener);
    return () => {
      this.#listeners[name].delete(listener);
    };
  }

  /**
   * Listens to the events that match `|component|operation|unique-id`, each part may be `*`. Needs the option `events`.
   * Events that the host sends while the connection is down are lost: poll once after each `up`.
   *
   * @returns how to stop. @throws RangeError on a malformed pattern.
   */
  subscribe(pattern: string, handler: EventHandler): () => void {
    const matches = eventMatcher(pattern);
    return this.on('event', (eventId, params) => {
      if (matches(eventId)) handler(params, eventId);
    });
  }

  /** Gives the connection up; calls under way fail with code 5022. `connect()` or a call wants it again. */
  close(): void {
    this.#wanted = false;
    clearTimeout(this.#retryTimer);
    const error = new VdsmError(ErrorCode.network, `The connection to ${this.#options.host} was given up here`);
    const link = this.#link;
    this.#link = undefined;
    link?.close();
    for (const call of this.#pending.values()) call.settle(error);
    for (const waiter of this.#waiters) waiter(error);
    this.#setState('down', error);
  }

  #headers({ correlationId, fence }: CallOptions): Record<string, string | undefined> {
    const { requestQueue, responseQueue } = this.#options;
    const { key, number } =
      typeof fence === 'number' ? { key: DEFAULT_FENCE_KEY, number: fence } : (fence ?? { key: undefined, number: undefined });
    return {
      destination: requestQueue,
      'reply-to': responseQueue,
      ovirtCorrelationId: correlationId?.slice(0, 255),
      [FENCE_HEADER]: number?.toString(),
      [FENCE_KEY_HEADER]: key === DEFAULT_FENCE_KEY ? undefined : key,
    };
  }

  #want(): void {
    this.#wanted = true;
    if (this.#state !== 'down') return;
    // Whoever asks now does not wait out a long back-off, only the least time between two attempts.
    const waitMs = this.#failures === 0 ? 0 : this.#lastAttemptAt + this.#backoff.initialMs - this.#options.now();
    if (waitMs <= 0) this.#attempt();
    else this.#attemptIn(waitMs);
  }

  #attemptIn(delayMs: number): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#attempt(), delayMs);
  }

  #attempt(): void {
    clearTimeout(this.#retryTimer);
    if (!this.#wanted || this.#link) return;
    this.#lastAttemptAt = this.#options.now();
    try {
      this.#link = this.#open();
    } catch (error) {
      const { host, port } = this.#options;
      this.#failed(new VdsmError(ErrorCode.network, `Connection to ${host}:${port} failed: ${(error as Error).message}`, { cause: error }));
      return;
    }
    this.#setState('connecting');
  }

  #open(): ClientLink {
    const { host, port, tls, checkPeer, connectTimeoutMs, heartbeatMs, responseQueue, events, log, now } = this.#options;
    const link: ClientLink = new ClientLink({
      host,
      port,
      tls,
      ...(checkPeer ? { checkPeer } : {}),
      connectTimeoutMs,
      heartbeatMs,
      destinations: events ? [QUEUES.events, responseQueue] : [responseQueue],
      limits: this.#limits,
      log,
      now,
      randomId: randomUUID,
      onUp: () => this.#up(link),
      onMessage: (body) => this.#take(body),
      onDown: (error) => this.#down(link, error),
    });
    return link;
  }

  #up(link: ClientLink): void {
    if (link !== this.#link) return;
    this.#failures = 0;
    this.#lastError = undefined;
    this.#setState('up');
    for (const waiter of this.#waiters) waiter();
    for (const call of this.#pending.values()) if (!call.sent) this.#send(link, call);
  }

  #down(link: ClientLink, error: VdsmError): void {
    if (link !== this.#link) return;
    this.#link = undefined;
    for (const call of this.#pending.values()) if (call.sent) call.settle(error);
    this.#failed(error);
  }

  #failed(error: VdsmError): void {
    this.#lastError = error;
    this.#failures++;
    // The first failure is news; that the host is still away is not.
    const told = { host: this.#options.host, failures: this.#failures, reason: error.message };
    if (this.#failures === 1) this.#options.log.info(told, 'Host connection is down');
    else this.#options.log.debug(told, 'Host connection is still down');
    if (this.#wanted) this.#attemptIn(this.#delayMs());
    this.#setState('down', error);
  }

  #delayMs(): number {
    // Someone still waits for the connection: he gets a try in each short interval.
    const failures = this.#pending.size > 0 || this.#waiters.size > 0 ? 1 : this.#failures;
    return backoffDelayMs(this.#backoff, failures, this.#options.random());
  }

  #send(link: ClientLink, call: PendingCall): void {
    call.sent = true;
    try {
      link.send(call.headers, call.body);
    } catch (error) {
      call.settle(new VdsmError(ErrorCode.invalidRequest, `${call.method} cannot be sent: ${(error as Error).message}`, { cause: error }));
    }
  }

  #expire(id: string, reason: string): void {
    const call = this.#pending.get(id);
    call?.settle(new VdsmError(ErrorCode.network, `${call.method} on ${this.#options.host}: ${call.sent ? reason : this.#unreachable()}`));
  }

  #expireUnsent(id: string): void {
    if (this.#pending.get(id)?.sent === false) this.#expire(id, '');
  }

  #unreachable(): string {
    return this.#lastError?.message ?? 'the connection did not come up in time';
  }

  #take(body: string): void {
    let messages;
    try {
      messages = parseMessages(body);
    } catch (error) {
      this.#options.log.warn({ host: this.#options.host, reason: (error as Error).message }, 'Unreadable message from the host');
      return;
    }
    for (const message of messages) {
      if ('method' in message) this.#notify('event', message.method, message.params);
      // Answers go to every subscriber of the queue, so ids of others come by: not ours, not an error.
      else if (typeof message.id === 'string') this.#pending.get(message.id)?.settle(message.error, message.result);
    }
  }

  #setState(state: ClientState, reason?: VdsmError): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#notify('state', state, reason);
  }

  #notify<E extends keyof ClientListeners>(name: E, ...values: Parameters<ClientListeners[E]>): void {
    for (const listener of [...this.#listeners[name]] as Array<(...values: Parameters<ClientListeners[E]>) => void>) {
      try {
        listener(...values);
      } catch (error) {
        this.#options.log.error({ error: error instanceof Error ? error.stack : String(error) }, `Listener for ${name} failed`);
      }
    }
  }
}
