import type { IsolationLevel, Kysely, Transaction } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';
import { classifyDatabaseError } from './errors.ts';
import { connectionLimits } from './limits.ts';

/** How a transaction is run. */
export interface TransactionOptions {
  /** Default `read committed`. */
  isolation?: IsolationLevel;
  /** How often in all; default {@link connectionLimits.transactionAttempts}. */
  attempts?: number;
  /** Source of the pauses' randomness, 0 ≤ x < 1. */
  random?: () => number;
}

/**
 * Runs `fn` in a transaction. When other transactions are in the way (serialization failure, deadlock) it is rolled back and run again, with
 * growing random pauses, a bounded number of times; any other error ends it at once. So `fn` must have no effect outside the transaction.
 *
 * Inside a transaction `fn` joins it: the outermost one alone is repeated.
 */
export async function transaction<DB, T>(
  db: Kysely<DB> | Transaction<DB>,
  fn: (trx: Transaction<DB>) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  if (db.isTransaction) return await fn(db as Transaction<DB>);
  const attempts = options.attempts ?? connectionLimits.transactionAttempts;
  const random = options.random ?? Math.random;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const builder = db.transaction();
      return await (options.isolation === undefined ? builder : builder.setIsolationLevel(options.isolation)).execute(fn);
    } catch (error) {
      if (attempt >= attempts || classifyDatabaseError(error) !== 'retry') throw error;
      await delay(random() * Math.min(connectionLimits.transactionPauseMs, 2 ** attempt));
    }
  }
}
