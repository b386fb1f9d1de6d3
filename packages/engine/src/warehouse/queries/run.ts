import { sqlState } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import { say } from '../../rest/fault.ts';
import type { Tables } from '../../tables/schema.ts';
import { refusal } from '../../virgate/operation.ts';
import type { ExportValue } from '../exports/rows.ts';
import { statementOf, type QueryClock } from './compile.ts';
import type { CheckedQuery } from './document.ts';
import { becomeQueryRole, makeQueryRole } from './query-role.ts';

/** What queries may take. */
export interface QueryLimits {
  /** Queries of one engine. */
  readonly atOnce: number;
  readonly totalMs: number;
  /** As the database writes sizes. */
  readonly workMemory: string;
  readonly temporaryFiles: string;
  readonly batchRows: number;
  /** Of all values of an answer together. */
  readonly characters: number;
}

export const queryLimits: QueryLimits = {
  atOnce: 3,
  totalMs: 30_000,
  workMemory: '32MB',
  temporaryFiles: '1GB',
  batchRows: 2000,
  characters: 32 * 1024 ** 2,
};

/** Rows as files for other tools have them, and whether there are more than were read. */
export interface QueriedRows {
  readonly rows: ExportValue[][];
  readonly cut: boolean;
}

const states = {
  canceled: '57014',
  tooMuchSpace: '53400',
  insufficientPrivilege: '42501',
  noSuchRole: '22023',
  noSuchRoleEither: '42704',
} as const;
const running = new WeakMap<Kysely<Tables>, number>();

/** What a query may take is set before it becomes somebody who may set nothing. */
async function bound(trx: Transaction<Tables>, limits: QueryLimits): Promise<void> {
  await sql`set local statement_timeout = ${sql.lit(limits.totalMs)}`.execute(trx);
  await sql`set local work_mem = ${sql.lit(limits.workMemory)}`.execute(trx);
  await sql`set local max_parallel_workers_per_gather = 0`.execute(trx);
  // All of it is fetched, if in pieces.
  await sql`set local cursor_tuple_fraction = 1`.execute(trx);
  await sql`select set_config('temp_file_limit', ${limits.temporaryFiles}, true) where has_parameter_privilege('temp_file_limit', 'set')`.execute(
    trx,
  );
  await becomeQueryRole(trx);
}

const charactersOf = (row: readonly ExportValue[]): number =>
  row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);

async function fetchAll(trx: Transaction<Tables>, columns: number, most: number, limits: QueryLimits): Promise<QueriedRows> {
  const until = performance.now() + limits.totalMs;
  const rows: ExportValue[][] = [];
  let characters = 0;
  for (;;) {
    const found = await sql<Record<string, ExportValue>>`fetch ${sql.lit(limits.batchRows)} from asked`.execute(trx);
    for (const row of found.rows) {
      const values = Array.from({ length: columns }, (_, index) => row[`c${index}`] ?? null);
      characters += charactersOf(values);
      if (rows.length === most || characters > limits.characters) return { rows, cut: true };
      rows.push(values);
    }
    if (found.rows.length < limits.batchRows) return { rows, cut: false };
    if (performance.now() > until) throw tookTooLong();
  }
}

const tookTooLong = (): Error =>
  refusal(400, 'query_too_long', [say`The query takes too long. Ask for a shorter period, for less, or for the sums of hours or days.`]);

async function ask(db: Kysely<Tables>, query: CheckedQuery, clock: QueryClock, most: number, limits: QueryLimits): Promise<QueriedRows> {
  const trx = await db.startTransaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute();
  try {
    await bound(trx, limits);
    await sql`declare asked no scroll cursor for ${statementOf(query, clock, most + 1)}`.execute(trx);
    return await fetchAll(trx, query.outputs.length, most, limits);
  } finally {
    await trx.rollback().execute();
  }
}

/** The role may not be there yet, or not know a view that came later. */
async function askAsRole(
  db: Kysely<Tables>,
  query: CheckedQuery,
  clock: QueryClock,
  most: number,
  limits: QueryLimits,
): Promise<QueriedRows> {
  try {
    return await ask(db, query, clock, most, limits);
  } catch (error) {
    const state = sqlState(error);
    if (state !== states.insufficientPrivilege && state !== states.noSuchRole && state !== states.noSuchRoleEither) throw error;
    await makeQueryRole(db);
    return await ask(db, query, clock, most, limits);
  }
}

/**
 * Asks a view, in a transaction that can only read, as a role that may read the views only, within {@link queryLimits}.
 * @param most rows that are wanted at most
 * @throws {Fault} 400 when it takes too long or too much, 409 when the engine can make no such role, 503 while others ask
 */
export async function askView(
  db: Kysely<Tables>,
  query: CheckedQuery,
  clock: QueryClock,
  most: number,
  limits: QueryLimits = queryLimits,
): Promise<QueriedRows> {
  const others = running.get(db) ?? 0;
  if (others >= limits.atOnce) throw refusal(503, 'unavailable', [say`Other queries are running. Ask again when they are done.`]);
  running.set(db, others + 1);
  try {
    return await askAsRole(db, query, clock, most, limits);
  } catch (error) {
    switch (sqlState(error)) {
      case states.canceled:
        throw tookTooLong();
      case states.tooMuchSpace:
        throw refusal(400, 'query_too_large', [say`The query takes too much space. Ask for a shorter period, or for less.`]);
      default:
        throw error;
    }
  } finally {
    running.set(db, (running.get(db) ?? 1) - 1);
  }
}
