import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { authenticate } from '../access/authenticate.ts';
import { refuse } from '../access/browser-sessions.ts';
import type { SignedIn } from '../access/permissions.ts';
import type { Engine } from '../engine.ts';
import { ChangeFeed, type Change } from './feed.ts';
import { feedLimits } from './limits.ts';
import { View } from './visible.ts';

const path = '/virgate/api/changes';
/** Notification of a token that was revoked; its text is the token's hash. */
const tokensChannel = 'virgate_tokens';

interface Subscriber {
  user: SignedIn;
  end: AbortController;
}

const eventOf = (change: Change): string =>
  `id: ${change.seq}\nevent: change\ndata: ${JSON.stringify({ seq: change.seq, type: change.type, id: change.id, op: change.op })}\n\n`;
const resyncOf = (seq: number): string => `id: ${seq}\nevent: resync\ndata: {"seq":${seq}}\n\n`;

/** Writes to a subscriber, and waits when he takes less than is sent. @throws when he takes nothing for too long */
async function send(raw: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (raw.write(text) || raw.writableLength < feedLimits.queuedBytes) return;
  await once(raw, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(feedLimits.stalledMs)]) });
}

/** Where a subscriber wants to begin; undefined for now, null for what is no number. */
function sinceOf(request: FastifyRequest): number | undefined | null {
  const text = new URL(request.url, 'https://engine').searchParams.get('since') ?? request.headers['last-event-id'];
  if (text === undefined) return undefined;
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** `GET /virgate/api/changes` of one engine: its subscribers and how they end. */
class Subscriptions {
  readonly #engine: Engine;
  readonly #feed: ChangeFeed;
  readonly #subscribers = new Set<Subscriber>();
  #unlisten: (() => void) | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #opened: Promise<void> | undefined;
  #closed = false;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#feed = new ChangeFeed(engine);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweep);
    this.#unlisten?.();
    for (const { end } of this.#subscribers) end.abort();
    await this.#feed.close();
  }

  /** The first subscriber makes the engine listen. */
  #open(): Promise<void> {
    this.#opened ??= (async () => {
      await this.#feed.open();
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

  /** Ends subscriptions whose token has run out or whose user was disabled; having the feed open does not count as using it. */
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

  async serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const user = await authenticate(this.#engine, request, reply);
    const since = sinceOf(request);
    if (since === null) return refuse(reply, 400, 'invalid_request', 'since must be the number of a change.', 'since');
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
      const view = new View(this.#engine.db, user);
      const bounds = await this.#feed.bounds();
      if (since !== undefined && (since < bounds.removedTo || since > bounds.position)) {
        return await refuse(
          reply,
          410,
          'resync',
          'The changes after this number are not kept any more. Read everything again, then follow without since.',
        );
      }
      await view.open();
      reply.hijack();
      await this.#stream(reply.raw, subscriber, view, since ?? bounds.position, bounds.position);
      return reply;
    } finally {
      this.#subscribers.delete(subscriber);
    }
  }

  async #stream(raw: ServerResponse, { end }: Subscriber, view: View, since: number, position: number): Promise<void> {
    const { signal } = end;
    raw.once('close', () => end.abort());
    raw.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    const heartbeat = setInterval(() => raw.write(': alive\n\n'), feedLimits.heartbeatMs);
    try {
      await send(raw, `id: ${since}\nevent: position\ndata: {"seq":${since}}\n\n`, signal);
      let seq = since;
      while (!signal.aborted) {
        const batch = await this.#feed.after(seq);
        const [first] = batch;
        const last = batch.at(-1);
        if (first === undefined || last === undefined) {
          await this.#feed.changed(seq, signal);
          continue;
        }
        // A subscriber that fell behind by more than what is kept has missed something.
        const missed = first.seq !== seq + 1;
        const { changes, resync } = await view.filter(batch, last.seq <= position);
        if (signal.aborted) break;
        seq = last.seq;
        const text = changes.map(eventOf).join('') + (missed || resync ? resyncOf(seq) : '');
        if (text !== '') await send(raw, text, signal);
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#engine.log.info({ err: error }, 'a subscriber of the change feed was cut off');
        raw.destroy();
      }
    } finally {
      clearInterval(heartbeat);
      raw.end();
    }
  }
}

/**
 * Registers the change feed: `GET /virgate/api/changes` answers server-sent events `change` with `{seq, type, id, op}`, beginning
 * after `?since=` or `Last-Event-ID`, else now. `event: resync` tells that the subscriber sees other things than before.
 */
export function registerChanges(app: FastifyInstance, engine: Engine): void {
  const subscriptions = new Subscriptions(engine);
  app.get(path, (request, reply) => subscriptions.serve(request, reply));
  app.addHook('preClose', () => subscriptions.close());
}
