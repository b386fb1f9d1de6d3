import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { SignedIn } from '../access/permissions.ts';
import { TokenEnds } from '../access/token-ends.ts';
import type { Engine } from '../engine.ts';
import { Fault } from '../rest/fault.ts';
import { feedLimits } from './limits.ts';

interface Subscriber {
  user: SignedIn;
  end: AbortController;
}

/** One open response of server-sent events. */
export class EventStream {
  readonly signal: AbortSignal;
  readonly #raw: ServerResponse;

  constructor(raw: ServerResponse, signal: AbortSignal) {
    this.#raw = raw;
    this.signal = signal;
  }

  /** Whether the subscriber takes less than is sent. */
  get isCongested(): boolean {
    return this.#raw.writableLength >= feedLimits.queuedBytes;
  }

  /** Writes to the subscriber without waiting for him: look first whether he takes anything. */
  push(text: string | Buffer): void {
    this.#raw.write(text);
  }

  /** Writes to the subscriber, and waits when he takes less than is sent. @throws when he takes nothing for too long */
  async send(text: string): Promise<void> {
    if (this.#raw.write(text) || this.#raw.writableLength < feedLimits.queuedBytes) return;
    await once(this.#raw, 'drain', { signal: AbortSignal.any([this.signal, AbortSignal.timeout(feedLimits.stalledMs)]) });
  }
}

/** What is streamed: prepared while a refusal can still be answered, then written until the stream's signal is aborted. */
export type Source = (user: SignedIn) => Promise<(stream: EventStream) => Promise<void>>;

/** The open streams of one engine: who has how many, and how they end (token revoked or run out, client gone, engine closed). */
export class EventStreams {
  readonly #tokens: TokenEnds;
  readonly #log: Engine['log'];
  readonly #subscribers = new Set<Subscriber>();
  #closed = false;

  constructor(engine: Engine) {
    this.#tokens = new TokenEnds(engine);
    this.#log = engine.log;
  }

  close(): void {
    this.#closed = true;
    this.#tokens.close();
    for (const { end } of this.#subscribers) end.abort();
  }

  /** Answers a request with a stream. @throws {Fault} 503 `too_many_subscribers`, or what the source throws */
  async serve(user: SignedIn, reply: FastifyReply, source: Source): Promise<void> {
    const ofUser = [...this.#subscribers].filter((one) => one.user.id === user.id).length;
    if (this.#closed || this.#subscribers.size >= feedLimits.subscribers || ofUser >= feedLimits.subscribersOfUser) {
      throw new Fault(503, 'Service Unavailable', 'Too many clients follow the changes. Try again in a few seconds.', {
        key: 'too_many_subscribers',
        headers: { 'Retry-After': '5' },
      });
    }
    const subscriber: Subscriber = { user, end: new AbortController() };
    this.#subscribers.add(subscriber);
    let release = (): void => undefined;
    try {
      release = await this.#tokens.watch(user.token, () => subscriber.end.abort());
      const write = await source(user);
      reply.hijack();
      await this.#stream(reply.raw, subscriber.end, write);
    } finally {
      release();
      this.#subscribers.delete(subscriber);
    }
  }

  async #stream(raw: ServerResponse, end: AbortController, write: (stream: EventStream) => Promise<void>): Promise<void> {
    raw.once('close', () => end.abort());
    raw.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    const heartbeat = setInterval(() => raw.write(': alive\n\n'), feedLimits.heartbeatMs);
    try {
      await write(new EventStream(raw, end.signal));
    } catch (error) {
      if (!end.signal.aborted) {
        this.#log.info({ err: error }, 'a subscriber was cut off');
        raw.destroy();
      }
    } finally {
      clearInterval(heartbeat);
      raw.end();
    }
  }
}
