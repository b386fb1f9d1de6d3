import { transaction } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { families, tables, type Family } from './facts.ts';
import { ensurePart, partOf } from './partitions.ts';
import { warehouseSettings } from './settings.ts';
import { sumStatement } from './statements.ts';

/** What is summed up at once: an hour of samples, or a day of hours. */
export type Grain = 'hour' | 'day';

/** How long after its end an hour or a day is summed up, so that the last samples are there. Later ones bring it back. */
const settleMs = 90_000;
/** One statement may take this long. */
const statementTimeoutMs = 600_000;
/** An hour of samples of some thousand objects is held in memory. */
const workMemory = '64MB';
/** Pauses after failures. Source: data warehouse, jobs: times failed × 5 s, at most 900 s. */
const pauseSeconds = { each: 5, most: 900 };

/** An hour or a day of a kind that is to be summed up. */
interface Due {
  family: string;
  fromMs: number;
  toMs: number;
  /** The day in the time zone of the warehouse. */
  day: string;
}

/** What became of one try. */
export type SumOutcome = { family: string; grain: Grain; fromMs: number; error?: unknown } | null;

const lit = (ms: number): string => `'${new Date(ms).toISOString()}'::timestamptz`;
const familyNamed = new Map(families.map((family) => [family.name, family]));

/**
 * Takes the oldest that is due. Its row stays locked to the end of the transaction: another engine takes another one, and who writes
 * samples of this hour meanwhile waits, and then notes it again.
 */
async function take(trx: Transaction<Tables>, grain: Grain, at: Date, timeZone: string): Promise<Due | undefined> {
  const dayEnd = sql`(((p.start at time zone ${timeZone})::date + 1)::timestamp at time zone ${timeZone})`;
  const end = grain === 'hour' ? sql`p.start + interval '1 hour'` : dayEnd;
  const complete =
    grain === 'hour'
      ? sql`true`
      : sql`not exists (select 1 from warehouse_pending h where h.family = p.family and h.grain = 'hour' and h.start >= p.start and h.start < ${dayEnd})`;
  const found = await sql<{ family: string; start: number; end: number; day: string }>`
    select p.family, p.start, ${end} as end, (p.start at time zone ${timeZone})::date as day from warehouse_pending p
    where p.grain = ${grain} and ${end} <= ${new Date(at.getTime() - settleMs)} and ${complete}
      and not exists (select 1 from warehouse_progress w where w.family = p.family and w.grain = p.grain and w.failures > 0
        and w.failed_at <= ${at} and w.failed_at > ${at}::timestamptz - least(w.failures * ${pauseSeconds.each}, ${pauseSeconds.most}) * interval '1 second')
    order by p.start, p.family limit 1 for update of p skip locked`.execute(trx);
  const [row] = found.rows;
  return row && { family: row.family, fromMs: row.start, toMs: row.end, day: row.day };
}

/** Whether part of what is to be summed up has been dropped since: then what was summed up before stays. */
async function isIncomplete(trx: Transaction<Tables>, table: string, fromMs: number): Promise<boolean> {
  const dropped = await sql`select 1 from warehouse_dropped where table_name = ${table} and until > ${new Date(fromMs)}`.execute(trx);
  return dropped.rows.length > 0;
}

async function write(trx: Transaction<Tables>, family: Family, grain: Grain, due: Due): Promise<void> {
  const { table, columns, select } = sumStatement(family, grain);
  const target = sql.table(`history.${table}`);
  const [from, to] = [lit(due.fromMs), lit(due.toMs)];
  // Most daily tables have a date in this column, that of users' usage has a time.
  const dated = tables.get(table)?.['history_datetime']?.startsWith('date') === true;
  const at = dated ? `'${due.day}'::date` : from;
  await ensurePart(trx, table, grain === 'hour' ? 'week' : 'year', dated ? Date.parse(`${due.day}T00:00:00Z`) : due.fromMs);
  // The whole span: in another time zone it began at another time.
  const before = dated ? `history_datetime = ${at}` : `history_datetime >= ${from} and history_datetime < ${to}`;
  await sql`delete from ${target} where ${sql.raw(before)}`.execute(trx);
  const names = sql.join(columns.map((column) => sql.ref(column)));
  await sql`insert into ${target} (${names}) ${sql.raw(select({ from, to, at }))}`.execute(trx);
}

/** Sums up the oldest hour or day that is due, whole or not at all. */
async function sumInside(trx: Transaction<Tables>, grain: Grain, at: Date, taken: (due: Due) => void): Promise<SumOutcome> {
  const { timeZone, retention } = await warehouseSettings(trx);
  const due = await take(trx, grain, at, timeZone);
  if (due === undefined) return null;
  taken(due);
  const family = familyNamed.get(due.family);
  const source = grain === 'hour' ? family?.samples : family?.hourly;
  const unwanted = grain === 'day' && retention.daily === 0;
  if (family !== undefined && source !== undefined && !unwanted && !(await isIncomplete(trx, source, due.fromMs))) {
    await sql`set local statement_timeout = ${sql.lit(statementTimeoutMs)}`.execute(trx);
    await sql`set local work_mem = ${sql.lit(workMemory)}`.execute(trx);
    // How many groups there are is guessed: what is joined to them is hashed in any case.
    await sql`set local enable_nestloop = off`.execute(trx);
    await sql`set local enable_mergejoin = off`.execute(trx);
    // What came since the last vacuum is not in the index's summary, and would be read for every hour.
    if (grain === 'hour')
      await sql`select brin_summarize_new_values(to_regclass(${`history.${partOf(family.samples, 'day', due.fromMs).name}_history_datetime_idx`}))`.execute(
        trx,
      );
    await write(trx, family, grain, due);
    if (grain === 'hour')
      await sql`insert into warehouse_pending (family, grain, start)
        values (${due.family}, 'day', ${due.day}::date::timestamp at time zone ${timeZone})
        on conflict (family, grain, start) do update set noted = (warehouse_pending.noted % 1000000) + 1`.execute(trx);
  }
  await sql`delete from warehouse_pending where family = ${due.family} and grain = ${grain} and start = ${new Date(due.fromMs)}`.execute(
    trx,
  );
  await sql`insert into warehouse_progress (family, grain, last_success_at) values (${due.family}, ${grain}, ${at})
    on conflict (family, grain) do update set last_success_at = excluded.last_success_at, failures = 0, error = null`.execute(trx);
  return { family: due.family, grain, fromMs: due.fromMs };
}

/**
 * Sums up the oldest hour or day that is due. What fails is told in the outcome and noted; its kind waits a while, others go on.
 * @returns null when nothing is due
 */
export async function sumOne(db: Kysely<Tables>, grain: Grain, at: Date): Promise<SumOutcome> {
  let taken: Due | undefined;
  try {
    return await transaction(db, async (trx) =>
      sumInside(trx, grain, at, (due) => {
        taken = due;
      }),
    );
  } catch (error) {
    if (taken === undefined) throw error;
    const { family, fromMs } = taken;
    await sql`insert into warehouse_progress (family, grain, failures, failed_at, error) values (${family}, ${grain}, 1, ${at}, ${String(error)})
      on conflict (family, grain) do update set failures = warehouse_progress.failures + 1, failed_at = excluded.failed_at, error = excluded.error`.execute(
      db,
    );
    return { family, grain, fromMs, error };
  }
}

/** Notes for queries of others how far everything is summed up. Source: data warehouse, history configuration. */
export async function noteWatermarks(db: Kysely<Tables>, at: Date): Promise<void> {
  const { timeZone } = await warehouseSettings(db);
  for (const [name, grain, unit] of [
    ['lastHourAggr', 'hour', 'hour'],
    ['lastDayAggr', 'day', 'day'],
  ] as const)
    await sql`update history.history_configuration set var_datetime = least(
        (select min(start) from warehouse_pending where grain = ${grain}), date_trunc(${unit}, ${at}::timestamptz, ${timeZone})) where var_name = ${name}`.execute(
      db,
    );
  await sql`update history.history_configuration set var_value = exists (select 1 from warehouse_progress where grain = 'hour' and failures > 0)::text
    where var_name = 'HourlyAggFailed'`.execute(db);
}

/** How many hours and days one round sums up at most. */
const mostInRound = 20_000;

/**
 * Sums up everything that is due: hours, then days.
 * @returns what was done and what failed, in order
 */
export async function sumUp(db: Kysely<Tables>, at: Date, ending?: AbortSignal): Promise<Exclude<SumOutcome, null>[]> {
  const done: Exclude<SumOutcome, null>[] = [];
  const goesOn = (): boolean => done.length < mostInRound && ending?.aborted !== true;
  for (const grain of ['hour', 'day'] as const)
    while (goesOn()) {
      const outcome = await sumOne(db, grain, at);
      if (outcome === null) break;
      done.push(outcome);
    }
  if (done.length > 0) await noteWatermarks(db, at);
  return done;
}
