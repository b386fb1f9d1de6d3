/** Every bound of a database connection, in one place. */
export const connectionLimits = {
  /** Connections of one process. */
  maxConnections: 20,
  /** A free connection is waited for this long. */
  acquireTimeoutMs: 10_000,
  /** An unused connection is closed after this time. */
  idleTimeoutMs: 30_000,
  /** One statement may run this long. */
  statementTimeoutMs: 60_000,
  /** A transaction in which nothing happens is ended by the server after this time. */
  idleTransactionTimeoutMs: 20_000,
  /** A statement is prepared when it has been used this often, at most so many of them, out of so many that are remembered. */
  prepareAfterUses: 4,
  preparedStatements: 500,
  rememberedStatements: 5_000,
  /** The server looks whether a silent client is still there after this time, this often, with this pause. */
  keepaliveIdleSeconds: 10,
  keepaliveProbes: 3,
  keepalivePauseSeconds: 5,
  /** A transaction is tried this often when others are in its way. */
  transactionAttempts: 8,
  /** Longest pause between two tries. */
  transactionPauseMs: 200,
  /** First and longest pause before a listening connection is made again. */
  listenPauseMs: 50,
  listenMaxPauseMs: 2_000,
  /** A listening connection is probed this often, so that a dead one is noticed. */
  listenProbeMs: 15_000,
} as const;
