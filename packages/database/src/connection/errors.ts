/** The classes of database failures that callers treat differently. */
export type DatabaseErrorClass =
  /** Another transaction was in the way (serialization failure, deadlock), or the schema changed: run the whole transaction again. */
  | 'retry'
  /** The server went away, is starting or stopping, or refuses more connections: try again later. */
  | 'unavailable'
  /** No room on the server's disk, or out of memory there. */
  | 'out_of_space'
  /** The server only reads, as a standby does. */
  | 'read_only'
  /** A time limit of ours: statement, lock or idle transaction. */
  | 'timeout'
  /** A value is none of its type: no UUID, out of range, a character that cannot be stored. */
  | 'value'
  /** The data breaks a constraint. */
  | 'constraint'
  /** Anything else: a mistake in a statement, usually. */
  | 'other';

interface PgError {
  code?: string;
  syscall?: string;
  constraint?: string;
  table?: string;
  message?: string;
}

/** The five-character SQLSTATE of a PostgreSQL error, looked for along the causes; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  for (let each = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth += 1) {
    const code = (each as PgError).code;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code)) return code;
  }
  return undefined;
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EACCES',
]);

/** Words of errors that `pg` throws without a code when the connection breaks or none becomes free. */
const lostWords =
  /Connection terminated|connection timeout|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|pool after calling end|driver has already been destroyed/i;

/** What a connection does when it breaks; files fail with the same codes by other calls. */
const networkCalls = new Set(['connect', 'read', 'write', 'shutdown', 'getaddrinfo', 'getaddrinfoEx']);

const isNetworkError = ({ code, syscall }: PgError): boolean =>
  code !== undefined && networkCodes.has(code) && (syscall === undefined || networkCalls.has(syscall));

/** Whether an error only passes on what the database's client has thrown: whatever has a class of its own tells of another system. */
const isPlain = (error: Error): boolean => error.constructor === Error || error instanceof AggregateError;

/**
 * Says what kind of failure an error is. A connection that broke is the database's only where no error of another class stands around it: a
 * host that refuses a connection is known by the error of the client that had asked for it.
 */
export function classifyDatabaseError(error: unknown): DatabaseErrorClass {
  const state = sqlState(error);
  if (isStalePlan(error)) return 'retry';
  if (state !== undefined) return classifyState(state);
  for (let each = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth += 1) {
    if (!isPlain(each)) return 'other';
    if (isNetworkError(each) || lostWords.test(each.message)) return 'unavailable';
  }
  return 'other';
}

/**
 * Whether a prepared statement was refused because the schema has changed beneath it, as when a newer engine migrates a database that an
 * older one still uses. The next try prepares it anew.
 */
export function isStalePlan(error: unknown): boolean {
  if (sqlState(error) !== '0A000') return false;
  for (let each = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth += 1) {
    if (each.message.includes('cached plan')) return true;
  }
  return false;
}

function classifyState(state: string): DatabaseErrorClass {
  if (state === '40001' || state === '40P01') return 'retry';
  if (state === '57014' || state === '55P03' || state === '25P03') return 'timeout';
  if (state === '25006') return 'read_only';
  if (state === '53100' || state === '53200') return 'out_of_space';
  if (state.startsWith('08') || state.startsWith('53') || state.startsWith('57P') || state.startsWith('58')) return 'unavailable';
  if (state.startsWith('22')) return 'value';
  if (state.startsWith('23')) return 'constraint';
  return 'other';
}

/** Whether a unique constraint (that of the given name) was broken. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return isViolation(error, '23505', constraint);
}

/** Whether a foreign key (that of the given name) was broken. */
export function isForeignKeyViolation(error: unknown, constraint?: string): boolean {
  return isViolation(error, '23503', constraint);
}

/** Whether a check constraint (that of the given name) was broken. */
export function isCheckViolation(error: unknown, constraint?: string): boolean {
  return isViolation(error, '23514', constraint);
}

/** Whether the database cannot take writes at the moment, through no fault of the statement: answer 503 and try again later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const kind = classifyDatabaseError(error);
  return kind === 'unavailable' || kind === 'read_only' || kind === 'out_of_space';
}

function isViolation(error: unknown, state: string, constraint: string | undefined): boolean {
  if (sqlState(error) !== state) return false;
  if (constraint === undefined) return true;
  for (let each = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth += 1) {
    if ((each as PgError).constraint === constraint) return true;
  }
  return false;
}
