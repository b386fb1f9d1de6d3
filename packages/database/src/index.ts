/** PostgreSQL: connection, migrations, the embedded server and its launcher. */
export { startEmbeddedPostgres, stopEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded/start.ts';
export type { StopMode } from './embedded/stop.ts';
export type { Durability } from './embedded/settings.ts';
export { installedBinaries, type PostgresBinaries } from './embedded/binaries.ts';
export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './embedded/errors.ts';
export { embeddedLimits } from './embedded/limits.ts';

export { openDatabase, oldestServerVersion, ServerTooOldError, type Database, type DatabaseOptions } from './connection/open.ts';
export type { Listener, NotificationHandler } from './connection/listen.ts';
export { connectionLimits } from './connection/limits.ts';
export { transaction, type TransactionOptions } from './connection/transaction.ts';
export {
  json,
  parseTimestamp,
  timestamp,
  UnsafeIntegerError,
  type Generated,
  type GeneratedTimestamp,
  type Json,
  type Timestamp,
} from './connection/values.ts';
export {
  classifyDatabaseError,
  isCheckViolation,
  isDatabaseUnavailable,
  isForeignKeyViolation,
  isUniqueViolation,
  sqlState,
  type DatabaseErrorClass,
} from './connection/errors.ts';

export {
  migrate,
  MigrationError,
  migrationLockTimeoutMs,
  pendingMigrations,
  type Migration,
  type MigrationErrorCode,
  type MigrationReport,
} from './migrations/migrate.ts';
