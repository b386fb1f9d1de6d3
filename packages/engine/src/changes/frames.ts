import { setTimeout as delay } from 'node:timers/promises';
import { isAdministrator, type SignedIn } from '../access/permissions.ts';
import { principalsNow } from '../access/tokens.ts';
import type { Engine } from '../engine.ts';
import { Audience, type Follower } from './audience.ts';
import { resyncOf } from './event-text.ts';
import type { EventStream } from './event-streams.ts';
import type { Change, ChangeFeed } from './feed.ts';
import { feedLimits } from './limits.ts';
import { nobody } from './reading.ts';
import type { Watched } from './watched.ts';

interface Joining {
  stream: EventStream;
  user: SignedIn;
  watched: Watched;
  since: number | undefined;
  left: PromiseWithResolvers<void>;
}

/** Administrators all see the same. */
const administrators = 'administrators';

/**
 * Tells clients that watch windows what changed, in frames: at most one in {@link feedLimits}.frameMs. One loop for all of them: what
 * changed is read once, filtered once for all who see the same, and written once for all who look at the same places. Who takes less than
 * is sent gets no frames until he takes them again, and then the word that something was left out.
 */
export class Frames {
  readonly #engine: Engine;
  readonly #feed: ChangeFeed;
  readonly #audiences = new Map<string, Audience>();
  #joining: Joining[] = [];
  /** All of the feed up to here has been told. */
  #seq = 0;
  #running: Promise<void> | undefined;
  #wake = Promise.withResolvers<void>();
  #closed = false;

  constructor(engine: Engine, feed: ChangeFeed) {
    this.#engine = engine;
    this.#feed = feed;
  }

  /** Ends the loop; the streams end by themselves. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake.resolve();
    await this.#running;
  }

  /** Tells a client what changes until his stream ends, or until he sees other things than before and has to begin anew. */
  async follow(stream: EventStream, user: SignedIn, watched: Watched, since: number | undefined): Promise<void> {
    const left = Promise.withResolvers<void>();
    stream.signal.addEventListener('abort', () => left.resolve(), { once: true });
    this.#joining.push({ stream, user, watched, since, left });
    this.#wake.resolve();
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    await left.promise;
  }

  async #run(): Promise<void> {
    let next = 0;
    while (!this.#closed && (this.#joining.length > 0 || this.#audiences.size > 0)) {
      try {
        if (this.#audiences.size === 0) this.#seq = (await this.#feed.bounds()).position;
        if (performance.now() >= next) {
          next = performance.now() + feedLimits.frameMs;
          await this.#tell();
        }
        await this.#admit(this.#joining.splice(0));
      } catch (error) {
        this.#engine.log.warn({ err: error }, 'changes could not be told; it is tried again');
        await delay(feedLimits.frameMs);
      }
      if (this.#joining.length === 0) await this.#pause(next - performance.now());
    }
  }

  #pause(milliseconds: number): Promise<unknown> {
    this.#wake = Promise.withResolvers<void>();
    return Promise.race([this.#wake.promise, delay(Math.max(1, milliseconds))]);
  }

  /** All that came since a number, up to another; null when that is too much, or not kept any more. */
  async #between(from: number, to: number): Promise<Change[] | null> {
    const found: Change[] = [];
    let seq = from;
    while (seq < to) {
      const batch = await this.#feed.after(seq);
      const [first] = batch;
      if (first === undefined) break;
      if (first.seq !== seq + 1 || found.length + batch.length > feedLimits.frameChanges) return null;
      found.push(...batch);
      seq = batch.at(-1)?.seq ?? to;
    }
    return found.filter((change) => change.seq <= to);
  }

  async #tell(): Promise<void> {
    this.#leave();
    const changes = await this.#between(this.#seq, Infinity);
    this.#seq = changes === null ? (await this.#feed.bounds()).position : (changes.at(-1)?.seq ?? this.#seq);
    const isPermission = changes?.some(({ type }) => type === 'permission' || type === 'role') ?? true;
    if (isPermission) await this.#endFormerAdministrators();
    const looksUntil = performance.now() + feedLimits.looksMs;
    for (const audience of this.#audiences.values()) {
      const isSame = await audience.take(changes);
      if (isSame) await audience.tell(this.#seq, looksUntil);
      else audience.followers.forEach((one) => this.#end(one));
    }
  }

  /** Forgets those whose streams have ended. */
  #leave(): void {
    for (const [key, audience] of this.#audiences) {
      for (const follower of audience.followers) if (follower.stream.signal.aborted) audience.remove(follower);
      if (audience.followers.size === 0) this.#audiences.delete(key);
    }
  }

  /** Who sees other things than before reads everything again, and comes back as who he is by then. */
  #end({ stream, left }: Follower): void {
    if (!stream.signal.aborted) stream.push(resyncOf(this.#seq));
    left.resolve();
  }

  async #endFormerAdministrators(): Promise<void> {
    const { db } = this.#engine;
    const all = this.#audiences.get(administrators);
    if (all === undefined) return;
    for (const [id, followers] of Map.groupBy(all.followers, (one) => one.user.id)) {
      if (await isAdministrator(db, await principalsNow(db, id))) continue;
      for (const follower of followers) {
        all.remove(follower);
        this.#end(follower);
      }
    }
  }

  async #admit(joining: readonly Joining[]): Promise<void> {
    for (const { stream, user, watched, since, left } of joining) {
      try {
        if (stream.signal.aborted) continue;
        const audience = await this.#audienceOf(user);
        const follower: Follower = { stream, user, left, windows: new Map(), objects: watched.objects, behindSince: null };
        await audience.admit(follower, watched.ranges, since, this.#seq, (from) => this.#between(from, this.#seq));
      } catch (error) {
        this.#engine.log.warn({ err: error }, 'a client could not be told of changes');
        left.reject(error);
      }
    }
  }

  async #audienceOf(user: SignedIn): Promise<Audience> {
    const key = user.administrator ? administrators : user.id;
    const known = this.#audiences.get(key);
    if (known !== undefined) return known;
    const audience = user.administrator ? new Audience(this.#engine, nobody, false) : new Audience(this.#engine, user, true);
    await audience.open();
    this.#audiences.set(key, audience);
    return audience;
  }
}
