import { transaction } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { Tables } from '../tables/schema.ts';
import { columnTypes, type ColumnTypes } from './columns.ts';
import { recordConfigurations } from './configuration.ts';
import { makePartitions } from './partitions.ts';
import { recordSamples, removeSamples, samplingSeconds } from './samples.ts';

/** How early a sample may be: clocks of several engines are not quite the same. */
const slackSeconds = 10;
/** A last sample that is so far ahead was taken by a clock that has been set back since. */
const setBackSeconds = 600;
const minuteMs = samplingSeconds * 1000;

/**
 * A transaction that writes samples. It does not wait for the disk: a crash of the database may lose the last one, never a part of one; its
 * configurations are written with the next.
 */
export const writingSamples = <T>(db: Kysely<Tables>, work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> =>
  transaction(db, async (trx) => {
    await sql`set local synchronous_commit = off`.execute(trx);
    return await work(trx);
  });

/**
 * Notes a time as sampled.
 * @returns whether it is not after all that were sampled before
 */
async function noteNewest(trx: Transaction<Tables>, at: Date): Promise<boolean> {
  const noted = await sql`insert into history.history_configuration (var_name, var_datetime) values ('newestSampling', ${at})
    on conflict (var_name) do update set var_datetime = excluded.var_datetime
      where history_configuration.var_datetime < excluded.var_datetime returning 1`.execute(trx);
  return noted.rows.length === 0;
}

/**
 * Writes what is now into the history: partitions, changed configurations, samples; all or nothing. A clock that goes back a little is
 * waited for; one that was set back by more goes on from there, and what was sampled of these minutes before makes place for the newest.
 * @returns false when a sample of this minute is there already, by whichever engine
 */
export async function recordHistory(db: Kysely<Tables>, types: ColumnTypes, at: Date): Promise<boolean> {
  return writingSamples(db, async (trx) => {
    const claimed = await sql`update history.history_configuration set var_datetime = ${at}
      where var_name = 'lastSampling' and (var_datetime is null or var_datetime <= ${at}::timestamptz - ${samplingSeconds - slackSeconds} * interval '1 second'
        or var_datetime > ${at}::timestamptz + ${setBackSeconds} * interval '1 second')
      returning 1`.execute(trx);
    if (claimed.rows.length === 0) return false;
    if (await noteNewest(trx, at)) await removeSamples(trx, at);
    await makePartitions(trx, at);
    await recordConfigurations(trx, types, at);
    await recordSamples(trx, types, at);
    return true;
  });
}

/** Samples at every full minute. */
export function startHistory(parts: { db: Kysely<Tables>; log: Logger; now: () => number }): { stop(): Promise<void> } {
  const { db, log, now } = parts;
  let types: ColumnTypes | undefined;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout;
  let ended = false;
  const record = async (): Promise<void> => {
    types ??= await columnTypes(db);
    await recordHistory(db, types, new Date(Math.floor(now() / minuteMs) * minuteMs));
  };
  const plan = (): void => {
    if (ended) return;
    timer = setTimeout(
      () => {
        running = record()
          .catch((error: unknown) => log.warn({ err: error }, 'no sample for the history could be written'))
          .finally(plan);
      },
      minuteMs - (now() % minuteMs),
    );
  };
  plan();
  return {
    async stop() {
      ended = true;
      clearTimeout(timer);
      await running;
    },
  };
}
