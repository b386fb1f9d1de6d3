import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { authenticate } from '../access/authenticate.ts';
import { refuse } from '../access/browser-sessions.ts';
import type { SignedIn } from '../access/permissions.ts';
import type { Engine } from '../engine.ts';
import { feedLimits } from './limits.ts';

/** Notification of a token that was revoked; its text is the token's hash. */
const tokensChannel = 'virgate_tokens';

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
  readonly #engine: Engine;
  readonly #subscribers = new Set<Subscriber>();
  #unlisten: (() => void) | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #opened: Promise<void> | undefined;
  #closed = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#sweep);
    this.#unlisten?.();
    for (const { end } of this.#subscribers) end.abort();
  }

  /** The first subscriber makes the engine listen. */
  #open(): Promise<void> {
    this.#opened ??= (async () => {
      this.#unlisten = await this.#engine.database.listener.listen(
        tokensChannel,
        (hash) => this.#ended(hash),
        () => void this.#endDead(),
      );
      this.#sweep = setInterval(() => void this.#endDead(), feedLimits.sweepMs);
    })().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  #ended(hash: string): void {
    for (const { user, end } of this.#subscribers) if (user.token.toString('hex') === hash) end.abort();
  }

  /** Ends streams whose token has run out or whose user was disabled; having a stream open does not count as using the token. */
  async #endDead(): Promise<void> {
    if (this.#subscribers.size === 0) return;
    try {
      const tokens = [...new Set([...this.#subscribers].map(({ user }) => user.token.toString('hex')))];
      const alive = await sql<{ hash: string }>`
        select encode(t.token_hash, 'hex') as hash from access_token t join app_user u on u.id = t.user_id
        where t.token_hash = any(select decode(x, 'hex') from unnest(${tokens}::text[]) x) and u.enabled
          and t.expires_at > now() and t.used_at > now() - t.idle_timeout_ms * interval '1 millisecond'`.execute(this.#engine.db);
      const living = new Set(alive.rows.map((row) => row.hash));
      for (const { user, end } of this.#subscribers) if (!living.has(user.token.toString('hex'))) end.abort();
    } catch (error) {
      this.#engine.log.warn({ err: error }, 'the tokens of subscribers could not be checked; it is tried again');
    }
  }

  /** Answers a request with a stream, or refuses it: 401, 503 `too_many_subscribers`, or what the source throws. */
  async serve(request: FastifyRequest, reply: FastifyReply, source: Source): Promise<FastifyReply> {
    const user = await authenticate(this.#engine, request, reply);
    const ofUser = [...this.#subscribers].filter((one) => one.user.id === user.id).length;
    if (this.#closed || this.#subscribers.size >= feedLimits.subscribers || ofUser >= feedLimits.subscribersOfUser) {
      return refuse(
        reply.header('Retry-After', '5'),
        503,
        'too_many_subscribers',
        'Too many clients follow the changes. Try again in a few seconds.',
      );
    }
    const subscriber: Subscriber = { user, end: new AbortController() };
    this.#subscribers.add(subscriber);
    try {
      await this.#open();
      const write = await source(user);
      if (reply.sent) return reply;
      reply.hijack();
      await this.#stream(reply.raw, subscriber.end, write);
      return reply;
    } finally {
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
        this.#engine.log.info({ err: error }, 'a subscriber was cut off');
        raw.destroy();
      }
    } finally {
      clearInterval(heartbeat);
      raw.end();
    }
  }
}
