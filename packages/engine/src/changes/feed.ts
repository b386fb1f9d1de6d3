import { sql } from 'kysely';
import type { Engine } from '../engine.ts';
import { feedLimits } from './limits.ts';
import { leaseName, publishedChannel } from './publisher.ts';

/** One entry of the feed. */
export interface Change {
  seq: number;
  type: string;
  id: string;
  op: string;
  /** Version of the object, as its entity tag has it; null when it is not known. */
  version: string | null;
  /** Attributes that differ from what was told of the object before; null when they are not known. */
  fields: string[] | null;
}

/** Where the feed stands: the number given last, and the last one that is no longer kept. */
export interface Bounds {
  position: number;
  removedTo: number;
}

/** The number given last: who reads something now and follows the feed from there on misses nothing. */
export async function feedPosition(db: Engine['db']): Promise<number> {
  const row = await db.selectFrom('publisher_lease').select('position').where('name', '=', leaseName).executeTakeFirst();
  return row?.position ?? 0;
}

/** The published changes as an engine's subscribers read them: the newest from memory, older ones from the database. */
export class ChangeFeed {
  readonly #engine: Engine;
  readonly #waiting = new Set<() => void>();
  /** The newest changes without a gap, and the number after which they begin. */
  #recent: Change[] = [];
  #recentAfter = 0;
  #unlisten: (() => void) | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #again = false;
  /** When it was last noted that there are followers. */
  #noted = 0;
  #opened: Promise<void> | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Begins to follow what is published; later calls wait for the same. */
  async open(): Promise<void> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    await this.#opened;
    await this.#noteFollowers();
  }

  async #open(): Promise<void> {
    const look = (): void => void this.#look();
    // Before anything is looked for: what is kept begins after this number.
    this.#recentAfter = (await this.bounds()).position;
    this.#unlisten = await this.#engine.database.listener.listen(publishedChannel, look, look);
    look();
    this.#sweep = setInterval(look, feedLimits.sweepMs);
  }

  /** Who publishes changes reads what changed only while there are followers, or such as may come back to where they were. */
  async #noteFollowers(): Promise<void> {
    if (Date.now() - this.#noted < feedLimits.noteFollowersMs) return;
    await sql`
      insert into publisher_lease (name, owner, lease_until, fence, followed_at) values (${leaseName}, '', 'epoch', 0, now())
      on conflict (name) do update set followed_at = excluded.followed_at`.execute(this.#engine.db);
    this.#noted = Date.now();
  }

  async close(): Promise<void> {
    this.#unlisten?.();
    clearInterval(this.#sweep);
    this.wakeAll();
    await this.#reading;
  }

  async bounds(): Promise<Bounds> {
    const row = await this.#engine.db
      .selectFrom('publisher_lease')
      .select(['position', 'removed_to'])
      .where('name', '=', leaseName)
      .executeTakeFirst();
    return { position: row?.position ?? 0, removedTo: row?.removed_to ?? 0 };
  }

  /** Changes after a number, at most a batch of them; empty when there are none yet. */
  async after(seq: number): Promise<Change[]> {
    if (seq >= this.#recentAfter) return this.#recent.slice(seq - this.#recentAfter, seq - this.#recentAfter + feedLimits.batch);
    return this.#read(seq);
  }

  /** Resolves when there may be something after a number, or when the feed closes. */
  changed(seq: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || seq < this.#recentAfter + this.#recent.length) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }

  #read(seq: number): Promise<Change[]> {
    return sql<Change>`select sequence as seq, type, object_id as id, operation as op, version, fields from change where sequence > ${seq} order by sequence limit ${feedLimits.batch}`
      .execute(this.#engine.db)
      .then((found) => found.rows);
  }

  /** One reader at a time; what is notified meanwhile is looked for afterwards. */
  async #look(): Promise<void> {
    this.#again = true;
    this.#reading ??= this.#drain().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        if (this.#waiting.size > 0) await this.#noteFollowers();
        const found = await this.#read(this.#recentAfter + this.#recent.length);
        const [first] = found;
        if (!first) continue;
        if (first.seq !== this.#recentAfter + this.#recent.length + 1) {
          this.#recent = [];
          this.#recentAfter = first.seq - 1;
        }
        this.#recent.push(...found);
        const surplus = this.#recent.length - feedLimits.recent;
        if (surplus > 0) {
          this.#recent = this.#recent.slice(surplus);
          this.#recentAfter += surplus;
        }
        this.#again ||= found.length === feedLimits.batch;
        this.wakeAll();
      }
    } catch (error) {
      this.#engine.log.warn({ err: error }, 'the change feed could not be read; it is tried again');
    }
  }
}
