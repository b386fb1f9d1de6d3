import { transaction } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Engine } from '../engine.ts';
import { loadPasswordPolicy } from '../access/password-policy.ts';
import { SignInError } from '../access/sign-in-error.ts';
import { seal, unseal } from '../pki/seal.ts';
import type { Tables } from '../tables/schema.ts';
import { needsSecondFactor } from './policy.ts';
import { newRecoveryCodes, newSecret, periodOfCode, recoveryHashOf } from './totp.ts';

/** What a user has to do after his password was right. */
export type NextStep = 'done' | 'second_factor' | 'enrolment';

/** What is left to do for a user after his password: nothing, a code, or to enrol since the policy wants it. */
export async function stepAfterPassword(db: Kysely<Tables>, userId: string): Promise<NextStep> {
  const found = await db.selectFrom('second_factor').select('confirmed').where('user_id', '=', userId).executeTakeFirst();
  if (found?.confirmed === true) return 'second_factor';
  return (await needsSecondFactor(db, userId)) ? 'enrolment' : 'done';
}

const wrongCode = (): SignInError => new SignInError('access_denied', 'The code is wrong, or was used before.');

async function takeCode(engine: Engine, trx: Transaction<Tables>, userId: string, code: string): Promise<boolean> {
  const found = await trx
    .selectFrom('second_factor')
    .selectAll()
    .where('user_id', '=', userId)
    .where('confirmed', '=', true)
    .forUpdate()
    .executeTakeFirst();
  if (!found) return false;
  const period = periodOfCode(unseal(engine.authority.secretKey, found.secret), code, engine.now(), found.last_step);
  if (period !== null) {
    await trx.updateTable('second_factor').set({ last_step: period }).where('user_id', '=', userId).execute();
    return true;
  }
  const hash = recoveryHashOf(code);
  const used = await sql`update second_factor set recovery_hashes = array_remove(recovery_hashes, ${hash})
    where user_id = ${userId} and ${hash} = any(recovery_hashes) returning 1`.execute(trx);
  return used.rows.length > 0;
}

/**
 * Takes a code of a user's second factor, or one of his recovery codes; each is good once. Wrong ones count as wrong passwords do.
 * @throws {SignInError} `access_denied` also when too many were wrong
 */
export async function checkCode(engine: Engine, userId: string, code: string, address: string): Promise<void> {
  const policy = await loadPasswordPolicy(engine.db);
  await engine.attempts.guard({ address, directoryName: `second factor of ${userId}` }, null, policy, async () => {
    if (!(await transaction(engine.db, (trx) => takeCode(engine, trx, userId, code)))) throw wrongCode();
  });
}

/** Stores a secret that has yet to be confirmed by a code. What was confirmed before stays. @returns the secret, or null when there is one */
export async function beginEnrolment(engine: Engine, userId: string): Promise<string | null> {
  const secret = newSecret();
  const sealed = seal(engine.authority.secretKey, secret);
  const stored = await sql`insert into second_factor as f (user_id, secret) values (${userId}, ${sealed})
    on conflict (user_id) do update set secret = excluded.secret, created_at = now() where not f.confirmed returning 1`.execute(engine.db);
  return stored.rows.length > 0 ? secret : null;
}

/** The secret of an enrolment that has begun; null when none has. */
export async function pendingSecret(engine: Engine, userId: string): Promise<string | null> {
  const found = await engine.db
    .selectFrom('second_factor')
    .select('secret')
    .where('user_id', '=', userId)
    .where('confirmed', '=', false)
    .executeTakeFirst();
  return found ? unseal(engine.authority.secretKey, found.secret) : null;
}

/** Ends an enrolment by a first code. @returns the recovery codes: the only time that they are seen @throws {SignInError} */
export async function confirmEnrolment(engine: Engine, userId: string, code: string, address: string): Promise<string[]> {
  const policy = await loadPasswordPolicy(engine.db);
  return engine.attempts.guard({ address, directoryName: `second factor of ${userId}` }, null, policy, () =>
    transaction(engine.db, async (trx) => {
      const found = await trx.selectFrom('second_factor').selectAll().where('user_id', '=', userId).forUpdate().executeTakeFirst();
      const period =
        found?.confirmed === false ? periodOfCode(unseal(engine.authority.secretKey, found.secret), code, engine.now(), 0) : null;
      if (period === null) throw wrongCode();
      const codes = newRecoveryCodes();
      await trx
        .updateTable('second_factor')
        .set({ confirmed: true, last_step: period, recovery_hashes: codes.map(recoveryHashOf), created_at: new Date(engine.now()) })
        .where('user_id', '=', userId)
        .execute();
      return codes;
    }),
  );
}

/** Takes a second factor away. */
export const removeSecondFactor = async (db: Kysely<Tables>, userId: string): Promise<boolean> =>
  (await db.deleteFrom('second_factor').where('user_id', '=', userId).returning('user_id').execute()).length > 0;
