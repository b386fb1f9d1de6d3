import { transaction } from '@virgate/database';
import { sql, type Kysely } from 'kysely';
import type { Logger } from 'pino';
import { recordEvent } from '../events/record.ts';
import { Watch } from '../housekeeping/watch.ts';
import type { Tables } from '../tables/schema.ts';
import { dropOldParts } from './retention.ts';
import { tellFullSoon } from './forecast-alerts.ts';
import { sumUp } from './sum.ts';

const everyMs = 30_000;
/** One failure is told at most this often. Source: data warehouse, jobs. */
const betweenEventsMs = 300_000;
/** Old parts, and what will be full soon, are looked for this often. */
const retentionEveryMs = 600_000;

/** Tells in an event that something could not be summed up, unless that was told a short while ago, by whichever engine. */
export async function tellFailure(db: Kysely<Tables>, failed: { family: string; grain: string; error?: unknown }, at: Date): Promise<void> {
  await transaction(db, async (trx) => {
    // One at a time: of several engines one tells it.
    await sql`select 1 from warehouse_settings for update`.execute(trx);
    const told =
      await sql`select 1 from warehouse_progress where told_at > ${new Date(at.getTime() - betweenEventsMs)} and told_at <= ${at} limit 1`.execute(
        trx,
      );
    if (told.rows.length > 0) return;
    await sql`update warehouse_progress set told_at = ${at} where family = ${failed.family} and grain = ${failed.grain}`.execute(trx);
    await recordEvent(trx, { name: 'DWH_ERROR', values: { what: `${failed.family} (${failed.grain})`, reason: String(failed.error) } });
  });
}

/** Sums up the history, tells what it foretells, and drops what has served its time. Any engine does it; several share the work. */
export class WarehouseWatch extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #log: Logger;
  readonly #now: () => number;
  #lookedAt = -Infinity;

  constructor(parts: { db: Kysely<Tables>; log: Logger; now: () => number }) {
    super({ what: 'the history', everyMs, log: parts.log });
    this.#db = parts.db;
    this.#log = parts.log;
    this.#now = parts.now;
  }

  protected async look(ending: AbortSignal): Promise<void> {
    const at = new Date(this.#now());
    for (const outcome of await sumUp(this.#db, at, ending)) {
      if (outcome.error === undefined) continue;
      this.#log.warn(
        { err: outcome.error, family: outcome.family, grain: outcome.grain },
        'the history could not be summed up; it is tried again',
      );
      await tellFailure(this.#db, outcome, at);
    }
    // Either way: a clock may be set back.
    if (Math.abs(at.getTime() - this.#lookedAt) < retentionEveryMs) return;
    this.#lookedAt = at.getTime();
    const dropped = await dropOldParts(this.#db, at);
    if (dropped.length > 0) this.#log.info({ dropped }, 'old parts of the history were dropped');
    await tellFullSoon(this.#db, at);
  }
}
