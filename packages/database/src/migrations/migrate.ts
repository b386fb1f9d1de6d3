import { createHash } from 'node:crypto';
import { sql, type Kysely, type Transaction } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * One step of the schema. Its name is `set/number-words`, such as `saga/001-tables`: what stands before the slash is the set, and the
 * migrations of a set only ever grow at their end.
 */
export interface Migration {
  name: string;
  /** SQL text (several statements are fine), or a function that runs in the migration's transaction. */
  up: string | ((trx: Transaction<unknown>) => Promise<void>);
  /** To be raised when a function's meaning changes; the text of SQL is compared by itself. */
  revision?: number;
}

/** What `migrate` did. */
export interface MigrationReport {
  /** Names that were applied now, in order. */
  applied: string[];
  /** How many there are in all. */
  total: number;
}

export type MigrationErrorCode = 'database_newer' | 'migration_changed' | 'migration_order' | 'migration_failed' | 'migration_locked';

/** A coded failure of a migration; the message says what to do next. */
export class MigrationError extends Error {
  readonly code: MigrationErrorCode;

  constructor(code: MigrationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
    this.code = code;
  }
}

/** How long to wait for another engine that migrates the same database. */
export const migrationLockTimeoutMs = 120_000;

/** Key of the advisory lock: one installation's engines migrate one after the other. */
const lockKey = 7_246_118_034;

interface AppliedRow {
  name: string;
  checksum: string;
}

/**
 * Brings the schema up to date. Each migration runs in a transaction together with the row that says so: after a crash it is there wholly or
 * not at all. Engines that start at once do it once.
 *
 * @throws MigrationError `database_newer` when the database knows migrations that this program doesn't (a downgrade), `migration_changed`
 * when the text of an applied one differs, `migration_order` when one would have to be put before an applied one, `migration_failed` with
 * the cause, `migration_locked` when another engine holds the lock for too long.
 */
export async function migrate<DB>(
  db: Kysely<DB>,
  migrations: readonly Migration[],
  options: { lockTimeoutMs?: number; log?: (line: string) => void } = {},
): Promise<MigrationReport> {
  assertNames(migrations);
  return await db.connection().execute(async (connection) => {
    await takeLock(connection, options.lockTimeoutMs ?? migrationLockTimeoutMs);
    try {
      await createTable(connection);
      const applied = await readApplied(connection);
      const pending = pendingMigrations(migrations, applied);
      for (const migration of pending) {
        options.log?.(`Migrating the database: ${migration.name}`);
        await apply(connection, migration);
      }
      return { applied: pending.map((each) => each.name), total: migrations.length };
    } finally {
      // A connection that broke has lost its lock already.
      await sql`select pg_advisory_unlock(${sql.lit(lockKey)})`.execute(connection).catch(() => undefined);
    }
  });
}

/** Pure: what is still to be applied. @throws MigrationError as `migrate`. */
export function pendingMigrations(migrations: readonly Migration[], applied: readonly AppliedRow[]): Migration[] {
  const known = new Map(migrations.map((each) => [each.name, each]));
  for (const row of applied) {
    const migration = known.get(row.name);
    if (migration === undefined) {
      throw new MigrationError(
        'database_newer',
        `The database has been migrated by a newer release (${row.name}): start that release, or restore a backup.`,
      );
    }
    if (checksum(migration) !== row.checksum) {
      throw new MigrationError(
        'migration_changed',
        `The migration ${row.name} is not the one that this database was made with: install the release that made it.`,
      );
    }
  }
  const done = new Set(applied.map((row) => row.name));
  const openSets = new Set<string>();
  for (const { name } of migrations) {
    const set = setOf(name);
    if (!done.has(name)) openSets.add(set);
    else if (openSets.has(set)) {
      throw new MigrationError(
        'migration_order',
        `The migration ${name} is applied, but one that stands before it is not: new migrations go to the end of their set.`,
      );
    }
  }
  return migrations.filter((each) => !done.has(each.name));
}

/** Fingerprint of a migration's meaning. */
export function checksum(migration: Migration): string {
  const meaning = typeof migration.up === 'string' ? migration.up.trim() : `function ${migration.name} ${migration.revision ?? 1}`;
  return createHash('sha256').update(meaning).digest('hex');
}

function setOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
}

function assertNames(migrations: readonly Migration[]): void {
  const seen = new Set<string>();
  for (const { name } of migrations) {
    if (!/^[a-z][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/.test(name))
      throw new TypeError(`"${name}" is no name of a migration: write set/number-words.`);
    if (seen.has(name)) throw new TypeError(`There are two migrations named ${name}.`);
    seen.add(name);
  }
}

async function takeLock<DB>(connection: Kysely<DB>, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const result = await sql<{ taken: boolean }>`select pg_try_advisory_lock(${sql.lit(lockKey)}) as taken`.execute(connection);
    if (result.rows[0]?.taken === true) return;
    if (performance.now() >= deadline) {
      throw new MigrationError('migration_locked', 'Another engine has been migrating this database for too long: look at its log.');
    }
    await delay(100);
  }
}

async function createTable<DB>(connection: Kysely<DB>): Promise<void> {
  await sql`
    create table if not exists schema_migration (
      name text primary key,
      checksum text not null,
      ordinal bigint generated always as identity,
      applied_at timestamptz not null default clock_timestamp(),
      duration_ms double precision not null
    )`.execute(connection);
}

async function readApplied<DB>(connection: Kysely<DB>): Promise<AppliedRow[]> {
  const result = await sql<AppliedRow>`select name, checksum from schema_migration order by ordinal`.execute(connection);
  return result.rows;
}

async function apply<DB>(connection: Kysely<DB>, migration: Migration): Promise<void> {
  const began = performance.now();
  try {
    await connection.transaction().execute(async (trx) => {
      // Building an index over millions of rows may well take longer than a request.
      await sql`set local statement_timeout = 0`.execute(trx);
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx);
      if (typeof migration.up === 'string') await sql.raw(migration.up).execute(trx);
      else await migration.up(trx as unknown as Transaction<unknown>);
      await sql`
        insert into schema_migration (name, checksum, duration_ms)
        values (${migration.name}, ${checksum(migration)}, ${performance.now() - began})`.execute(trx);
    });
  } catch (cause) {
    throw new MigrationError('migration_failed', `The migration ${migration.name} failed and was undone: ${(cause as Error).message}`, {
      cause,
    });
  }
}
