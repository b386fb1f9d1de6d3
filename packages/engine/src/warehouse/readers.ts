import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { sqlState, transaction } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { refusal } from '../virgate/operation.ts';

/** By this comment a role of the server is known as one of ours. */
const mark = 'Reads the history of Virgate';
/** `pg_` is the server's own. */
const namePattern = /^(?!pg_)[a-z_][a-z0-9_]{0,62}$/;
const limits = { iterations: 4096, saltBytes: 16, keyBytes: 32, connections: 10, statementTimeout: '10min' };
const insufficientPrivilege = '42501';

/** What the server keeps of a password, so that it never sees the password itself. Source: RFC 5802, RFC 7677. */
function scramVerifier(password: string): string {
  const salt = randomBytes(limits.saltBytes);
  const salted = pbkdf2Sync(password, salt, limits.iterations, limits.keyBytes, 'sha256');
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${limits.iterations}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`;
}

/** Whether the server has a role of this name, and whether it is a reader. */
async function roleOf(trx: Transaction<Tables>, name: string): Promise<'none' | 'reader' | 'other'> {
  const found = await sql<{
    mark: string | null;
  }>`select shobj_description(oid, 'pg_authid') as mark from pg_roles where rolname = ${name}`.execute(trx);
  const [row] = found.rows;
  if (!row) return 'none';
  return row.mark === mark ? 'reader' : 'other';
}

const refuseName = (): Error =>
  refusal(
    400,
    'invalid_value',
    'The name must begin with a lower case letter or _ and have letters, digits and _ only, at most 63.',
    'reader',
  );
const refuseOther = (): Error =>
  refusal(409, 'not_a_reader', 'The database has a user of that name who is no reader of the history.', 'reader');

/** Does what takes the right to make users of the database. @throws {Fault} 409 when the engine's user of it has none */
export async function allowed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (sqlState(error) !== insufficientPrivilege) throw error;
    throw refusal(409, 'database_forbids', 'The engine’s user of the database may not make users: give it CREATEROLE.');
  }
}

/**
 * Makes a user of the database who may read the history and nothing else, or sets his password.
 * @throws {Fault} 400 for another name, 409 when such a user is there for something else or none may be made
 */
export async function setReader(db: Kysely<Tables>, name: string, password: string): Promise<void> {
  if (!namePattern.test(name)) throw refuseName();
  await allowed(() =>
    transaction(db, async (trx) => {
      const role = sql.id(name);
      const there = await roleOf(trx, name);
      if (there === 'other') throw refuseOther();
      if (there === 'none') await sql`create role ${role} login nosuperuser nocreatedb nocreaterole noinherit`.execute(trx);
      await sql`alter role ${role} login connection limit ${sql.lit(limits.connections)} password ${sql.lit(scramVerifier(password))}`.execute(
        trx,
      );
      await sql`alter role ${role} set search_path = history`.execute(trx);
      await sql`alter role ${role} set default_transaction_read_only = on`.execute(trx);
      await sql`alter role ${role} set statement_timeout = ${sql.lit(limits.statementTimeout)}`.execute(trx);
      await sql`comment on role ${role} is ${sql.lit(mark)}`.execute(trx);
      await sql`grant usage on schema history to ${role}`.execute(trx);
      await sql`grant select on all tables in schema history to ${role}`.execute(trx);
    }),
  );
}

/** @throws {Fault} 404 when there is no such reader */
export async function removeReader(db: Kysely<Tables>, name: string): Promise<void> {
  if (!namePattern.test(name)) throw refuseName();
  await allowed(() =>
    transaction(db, async (trx) => {
      const there = await roleOf(trx, name);
      if (there === 'other') throw refuseOther();
      if (there === 'none') throw refusal(404, 'not_found', 'There is no such reader.');
      await sql`drop owned by ${sql.id(name)}`.execute(trx);
      await sql`drop role ${sql.id(name)}`.execute(trx);
    }),
  );
}
