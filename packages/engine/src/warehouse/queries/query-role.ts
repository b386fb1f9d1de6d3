import { transaction } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import { views } from '../facts.ts';
import { allowed } from '../readers.ts';

const mark = 'Asks the views of the history of Virgate';
const lock = 'virgate query role';

/** Roles are the server's, what they may read is the database's: each database has a role of its own. */
async function roleName(db: Kysely<Tables>): Promise<string> {
  const found = await sql<{
    name: string;
  }>`select 'virgate_query_' || oid as name from pg_database where datname = current_database()`.execute(db);
  return found.rows[0]?.name ?? '';
}

/** To the end of a transaction nothing can be read but the views of the warehouse. */
export async function becomeQueryRole(trx: Transaction<Tables>): Promise<void> {
  await sql`set local role ${sql.id(await roleName(trx))}`.execute(trx);
}

/**
 * Makes the role that queries are asked as, without a sign-in, and lets it read the views and nothing else.
 * @throws {Fault} 409 when the engine's user of the database may make none
 */
export async function makeQueryRole(db: Kysely<Tables>): Promise<void> {
  await allowed(() =>
    transaction(db, async (trx) => {
      await sql`select pg_advisory_xact_lock(hashtext(${lock}))`.execute(trx);
      const name = await roleName(trx);
      const role = sql.id(name);
      const there = await sql`select 1 from pg_roles where rolname = ${name}`.execute(trx);
      if (there.rows.length === 0) await sql`create role ${role} nologin nosuperuser nocreatedb nocreaterole noinherit`.execute(trx);
      await sql`comment on role ${role} is ${sql.lit(mark)}`.execute(trx);
      await sql`grant ${role} to current_user`.execute(trx);
      await sql`grant usage on schema history to ${role}`.execute(trx);
      await sql`grant select on ${sql.join(views.map(({ view }) => sql.table(`history.${view}`)))} to ${role}`.execute(trx);
    }),
  );
}
