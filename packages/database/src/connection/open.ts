import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { connectionLimits } from './limits.ts';
import { createListener, type Listener } from './listen.ts';
import { preparingClient } from './preparing-client.ts';
import { typeParsers } from './values.ts';

/** Where the database is, and the bounds of this process's use of it. */
export interface DatabaseOptions {
  /** `postgres://…`; any PostgreSQL 15 or newer. */
  url: string;
  maxConnections?: number;
  acquireTimeoutMs?: number;
  statementTimeoutMs?: number;
  idleTransactionTimeoutMs?: number;
  /** Prepare statements that are used often; default true. False for a proxy that shares connections between transactions. */
  prepare?: boolean;
  /** Shown in the server's list of sessions. Default `virgate`. */
  applicationName?: string;
  /** Told of broken connections; they are replaced by themselves. */
  onConnectionError?: (error: Error) => void;
}

/** An open database. */
export interface Database<DB> {
  /** The query builder, over the pool. */
  db: Kysely<DB>;
  /** The pool itself, for what the builder cannot do. */
  pool: Pool;
  /** LISTEN on a connection of its own. */
  listener: Listener;
  /** Major version of the server, such as 18. */
  serverVersion: number;
  close(): Promise<void>;
}

/** The oldest server that works. */
export const oldestServerVersion = 15;

/** The server is older than {@link oldestServerVersion}. */
export class ServerTooOldError extends Error {
  readonly code = 'server_too_old';

  constructor(found: number) {
    super(`This is PostgreSQL ${found}; version ${oldestServerVersion} or newer is needed.`);
    this.name = 'ServerTooOldError';
  }
}

/**
 * Opens a database and makes sure that it answers.
 *
 * Values come out as: `bigint` a number (an error when it is not exact), `numeric` a number, `timestamptz` epoch milliseconds,
 * `date` its text, `json`/`jsonb` a plain value, `bytea` a Buffer. They go in as usual, times as `Date` and `jsonb` through `json()`.
 *
 * @throws the connection's error when nothing answers; ServerTooOldError.
 */
export async function openDatabase<DB>(options: DatabaseOptions): Promise<Database<DB>> {
  const session = {
    connectionString: options.url,
    application_name: options.applicationName ?? 'virgate',
    // The readers of times in values.ts count on these.
    options: sessionSettings(),
    types: typeParsers,
    connectionTimeoutMillis: options.acquireTimeoutMs ?? connectionLimits.acquireTimeoutMs,
  };
  const pool = new Pool({
    ...session,
    ...(options.prepare === false ? {} : { Client: preparingClient() }),
    max: options.maxConnections ?? connectionLimits.maxConnections,
    idleTimeoutMillis: connectionLimits.idleTimeoutMs,
    statement_timeout: options.statementTimeoutMs ?? connectionLimits.statementTimeoutMs,
    idle_in_transaction_session_timeout: options.idleTransactionTimeoutMs ?? connectionLimits.idleTransactionTimeoutMs,
    allowExitOnIdle: false,
  });
  const onError = options.onConnectionError ?? (() => undefined);
  pool.on('error', onError);
  // The pool listens to its idle connections only. One that breaks while a transaction has it would otherwise end the process.
  pool.on('connect', (client) => client.on('error', onError));
  const listener = createListener(session, onError);
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  try {
    const serverVersion = await readServerVersion(pool);
    return { db, pool, listener, serverVersion, close: () => closeAll(listener, db, pool) };
  } catch (error) {
    await closeAll(listener, db, pool);
    throw error;
  }
}

function sessionSettings(): string {
  const settings = {
    timezone: 'UTC',
    datestyle: 'ISO,YMD',
    intervalstyle: 'postgres',
    client_min_messages: 'warning',
    // The locks of a client whose machine is gone must not be held for hours.
    tcp_keepalives_idle: connectionLimits.keepaliveIdleSeconds,
    tcp_keepalives_count: connectionLimits.keepaliveProbes,
    tcp_keepalives_interval: connectionLimits.keepalivePauseSeconds,
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

async function readServerVersion(pool: Pool): Promise<number> {
  const result = await pool.query<{ server_version_num: string }>('show server_version_num');
  const version = Math.floor(Number(result.rows[0]?.server_version_num) / 10_000);
  if (!(version >= oldestServerVersion)) throw new ServerTooOldError(version);
  return version;
}

async function closeAll<DB>(listener: Listener, db: Kysely<DB>, pool: Pool): Promise<void> {
  await listener.close();
  await db.destroy();
  if (!pool.ended && !pool.ending) await pool.end();
}
