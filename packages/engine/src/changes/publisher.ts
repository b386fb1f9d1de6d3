import { randomUUID } from 'node:crypto';
import { transaction, type Database } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { Tables } from '../tables/schema.ts';
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

/**
 * Numbers what has been committed since the last time. Ids are given at the insert, so they are not the order of commits; a row
 * that becomes visible later gets a greater number whatever its id is, and a reader who has seen a number has seen all below it.
 * @returns how many rows got a number
 */
async function publish(db: Kysely<Tables>, lease: Lease): Promise<number> {
  return underLease(db, lease, async (trx, position) => {
    const numbered = await sql`
      with fresh as (
        select id, row_number() over (order by id) as place from (select id from change where sequence is null order by id limit ${feedLimits.batch}) unpublished
      )
      update change set sequence = ${position}::bigint + fresh.place from fresh where change.id = fresh.id`.execute(trx);
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

  async #round(): Promise<void> {
    const {
      database: { db },
      retentionMs = feedLimits.retentionMs,
    } = this.#options;
    this.#lease ??= await takeLease(db, this.#owner);
    if (!this.#lease) return;
    this.#woken = false;
    while (!this.#stopped && (await publish(db, this.#lease)) === feedLimits.batch);
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
