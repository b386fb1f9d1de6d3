import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { transaction, type Database } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { Tables } from '../tables/schema.ts';
import type { Describe, Description, Unpublished } from './describe.ts';
import { feedLimits } from './limits.ts';
import { changesChannel } from './outbox.ts';

/** Tells every engine that changes have got their numbers. */
export const publishedChannel = 'virgate_changes_published';
/** The row of `publisher_lease` that the publisher of the change feed holds. */
export const leaseName = 'changes';

/** Another engine has the lease: what this one was about to write is not written. */
class LeaseLostError extends Error {}

/** What a publisher works with. */
export interface PublisherOptions {
  database: Database<Tables>;
  engineId: string;
  log: Logger;
  retentionMs?: number;
  /** What is told of changes beside that they happened; without it nothing is. */
  describe?: Describe;
}

interface Lease {
  owner: string;
  fence: number;
}

/** Takes the lease if nobody has it. @returns null while another engine holds it */
async function takeLease(db: Kysely<Tables>, owner: string): Promise<Lease | null> {
  const taken = await sql<{ fence: number }>`
    insert into publisher_lease as held (name, owner, lease_until, fence)
    values (${leaseName}, ${owner}, clock_timestamp() + ${feedLimits.leaseMs} * interval '1 millisecond', 1)
    on conflict (name) do update set owner = excluded.owner, lease_until = excluded.lease_until, fence = held.fence + 1
    where held.lease_until < clock_timestamp()
    returning fence`.execute(db);
  const fence = taken.rows[0]?.fence;
  return fence === undefined ? null : { owner, fence };
}

/** Runs work under the lease: its row stays locked until the commit, so that a successor begins only after it. */
async function underLease<T>(
  db: Kysely<Tables>,
  lease: Lease,
  work: (trx: Transaction<Tables>, position: number) => Promise<T>,
): Promise<T> {
  return transaction(db, async (trx) => {
    const held = await sql<{ position: number; left_ms: number }>`
      select position, extract(epoch from lease_until - clock_timestamp()) * 1000 as left_ms from publisher_lease
      where name = ${leaseName} and owner = ${lease.owner} and fence = ${lease.fence} and lease_until > clock_timestamp() for update`.execute(
      trx,
    );
    const row = held.rows[0];
    if (!row) throw new LeaseLostError('Another engine publishes changes.');
    if (row.left_ms < feedLimits.renewBeforeMs) {
      await sql`update publisher_lease set lease_until = clock_timestamp() + ${feedLimits.leaseMs} * interval '1 millisecond' where name = ${leaseName}`.execute(
        trx,
      );
    }
    return work(trx, row.position);
  });
}

/** What has no number yet, when anybody follows the feed or may still come back to it; null when not: then nobody asks what changed. */
async function unpublished(db: Kysely<Tables>): Promise<Unpublished[] | null> {
  const { rows } = await sql<{ followed: boolean | null } & (Unpublished | { id: null })>`
    select l.followed_at > now() - ${feedLimits.retentionMs} * interval '1 millisecond' as followed, c.*
    from publisher_lease l left join lateral (
      select id, type, object_id, operation from change where sequence is null order by id limit ${feedLimits.batch}
    ) c on true where l.name = ${leaseName} order by c.id`.execute(db);
  return rows[0]?.followed === true ? rows.filter((row) => row.id !== null) : null;
}

/** Numbers what is committed, as it is. */
const numberAll = (trx: Transaction<Tables>, position: number) =>
  sql`
  with fresh as (
    select id, type, object_id, operation, row_number() over (order by id) as place
    from (select * from change where sequence is null order by id limit ${feedLimits.batch}) unpublished
  ), forgotten as (
    delete from change_state s using fresh f where f.operation = 'remove' and s.type = f.type and s.object_id = f.object_id
  )
  update change set sequence = ${position}::bigint + fresh.place from fresh where change.id = fresh.id`.execute(trx);

/** Numbers what was described, and remembers what was told of the objects. */
async function numberDescribed(trx: Transaction<Tables>, position: number, { changes, states }: Description) {
  const told = JSON.stringify(changes.map((change, index) => ({ ...change, place: index + 1 })));
  const numbered = await sql`
    with fresh as (select * from jsonb_to_recordset(${told}::jsonb) as told (id bigint, place bigint, version text, fields text[]))
    update change set sequence = ${position}::bigint + fresh.place, version = fresh.version, fields = fresh.fields
    from fresh where change.id = fresh.id and change.sequence is null`.execute(trx);
  if (states.length > 0) {
    await sql`
      insert into change_state (type, object_id, fields)
      select type, id, digests from jsonb_to_recordset(${JSON.stringify(states)}::jsonb) as known (type text, id text, digests jsonb)
      on conflict (type, object_id) do update set fields = excluded.fields, at = now()`.execute(trx);
  }
  await sql`delete from change_state s using change c where c.operation = 'remove' and c.id = any(${changes.map((one) => one.id)}::bigint[])
    and s.type = c.type and s.object_id = c.object_id`.execute(trx);
  return numbered;
}

/**
 * Numbers what has been committed since the last time. Ids are given at the insert, so they are not the order of commits; a row
 * that becomes visible later gets a greater number whatever its id is, and a reader who has seen a number has seen all below it.
 * @returns how many rows got a number
 */
async function publish(
  db: Kysely<Tables>,
  lease: Lease,
  describe: (changes: Unpublished[]) => Promise<Description | null>,
): Promise<number> {
  const fresh = await unpublished(db);
  const description = fresh === null || fresh.length === 0 ? null : await describe(fresh);
  return underLease(db, lease, async (trx, position) => {
    if (fresh?.length === 0) return 0;
    const numbered = description === null ? await numberAll(trx, position) : await numberDescribed(trx, position, description);
    const count = Number(numbered.numAffectedRows ?? 0n);
    if (count > 0) {
      await sql`update publisher_lease set position = position + ${count} where name = ${leaseName}`.execute(trx);
      await sql`notify virgate_changes_published`.execute(trx);
    }
    return count;
  });
}

/** Removes what is older than the retention, and notes up to where. Only a beginning goes, so that what is left has no gap. */
async function removeOld(db: Kysely<Tables>, lease: Lease, retentionMs: number): Promise<number> {
  return underLease(db, lease, async (trx) => {
    const removed = await sql<{ count: number; last: number | null }>`
      with kept as (
        select min(sequence) as first from change where at >= now() - ${retentionMs} * interval '1 millisecond'
      ), old as (
        delete from change where sequence in (
          select sequence from change where sequence < coalesce((select first from kept), 9223372036854775807) order by sequence limit ${feedLimits.batch}
        ) returning sequence
      ) select count(*) as count, max(sequence) as last from old`.execute(trx);
    const row = removed.rows[0];
    await sql`delete from change_state where type = 'job' and at < now() - ${retentionMs} * interval '1 millisecond'`.execute(trx);
    if (row && row.last !== null)
      await sql`update publisher_lease set removed_to = greatest(removed_to, ${row.last}) where name = ${leaseName}`.execute(trx);
    return row?.count ?? 0;
  });
}

class Publisher {
  readonly #options: PublisherOptions;
  /** A restart of the same engine is another owner. */
  readonly #owner: string;
  #lease: Lease | null = null;
  #stopped = false;
  #wake: (() => void) | undefined;
  #woken = false;
  #nextRetention = 0;
  /** When it was last looked for changes. */
  #published = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#owner = `${options.engineId}/${randomUUID()}`;
  }

  wake = (): void => {
    this.#woken = true;
    this.#wake?.();
  };

  stop(): void {
    this.#stopped = true;
    this.wake();
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#round();
      } catch (error) {
        this.#lease = null;
        if (error instanceof LeaseLostError) this.#options.log.info('another engine publishes changes from now on');
        else this.#options.log.warn({ err: error }, 'changes could not be published; it is tried again');
        await this.#pause(false);
      }
      await this.#pause(true);
    }
    await this.#release();
  }

  /** The feed goes on whatever becomes of the descriptions: without one, a change is told as before. */
  #describe = async (changes: Unpublished[]): Promise<Description | null> => {
    const { database, describe, log } = this.#options;
    try {
      return (await describe?.(database.db, changes)) ?? null;
    } catch (error) {
      log.warn({ err: error }, 'what changed could not be read; the changes are told without it');
      return null;
    }
  };

  async #round(): Promise<void> {
    const {
      database: { db },
      retentionMs = feedLimits.retentionMs,
    } = this.#options;
    this.#lease ??= await takeLease(db, this.#owner);
    if (!this.#lease) return;
    // Changes that follow one another closely are read and told together.
    const early = this.#published + feedLimits.togetherMs - Date.now();
    if (early > 0) await delay(early);
    this.#woken = false;
    while (!this.#stopped && (await publish(db, this.#lease, this.#describe)) === feedLimits.batch);
    this.#published = Date.now();
    if (Date.now() < this.#nextRetention) return;
    this.#nextRetention = Date.now() + Math.min(feedLimits.retentionEveryMs, retentionMs);
    while (!this.#stopped && (await removeOld(db, this.#lease, retentionMs)) === feedLimits.batch);
  }

  /** Waits for a notification or the next sweep; engines without the lease only sweep. */
  #pause(wakeable: boolean): Promise<void> {
    if (this.#stopped || (wakeable && this.#woken && this.#lease)) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(), feedLimits.sweepMs);
      this.#wake = () => {
        if (!this.#stopped && !(wakeable && this.#lease)) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Lets another engine take over at once. */
  async #release(): Promise<void> {
    const lease = this.#lease;
    if (!lease) return;
    await this.#options.database.db
      .updateTable('publisher_lease')
      .set({ lease_until: new Date(0) })
      .where('name', '=', leaseName)
      .where('owner', '=', lease.owner)
      .where('fence', '=', lease.fence)
      .execute()
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'the lease of the change feed could not be given back'));
  }
}

/**
 * Starts publishing changes: of all engines one at a time holds the lease and numbers committed rows of `change` in the order in
 * which they became visible. Every engine may call it; those without the lease wait for it.
 */
export async function startPublisher(options: PublisherOptions): Promise<{ stop(): Promise<void> }> {
  const publisher = new Publisher(options);
  const unlisten = await options.database.listener.listen(changesChannel, publisher.wake, publisher.wake);
  const running = publisher.run();
  return {
    async stop() {
      unlisten();
      publisher.stop();
      await running;
    },
  };
}
