import { transaction } from '@virgate/database';
import { sql, type Transaction } from 'kysely';
import type { Engine } from '../engine.ts';
import { recordEvent } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';
import { hasExpired, loadPasswordPolicy, passwordProblem, type PasswordPolicy } from './password-policy.ts';
import { hashPassword, isPassword } from './passwords.ts';
import { SignInError } from './sign-in-error.ts';
import { revokeUser } from './tokens.ts';
import { say, sentenceOf, tell, type Sentence } from '../rest/sentence.ts';

/** The directory of users that the engine itself keeps, and the profile by which they sign in: `admin@internal`. */
export const internalDomain = 'internal-authz';
export const internalProfile = 'internal';

interface Account {
  id: string;
  principal: string;
  password_hash: string | null;
  password_changed_at: number;
  password_history: string[];
  enabled: boolean;
  locked_until: number | null;
  valid_until: number | null;
}

/** Tells nothing of what was wrong: name, password, or a user that may not sign in. */
const denied = (principal: string): SignInError =>
  new SignInError(
    'access_denied',
    say`Cannot authenticate user '${`${principal}@${internalProfile}`}': The user name or password is incorrect, or the account is locked or disabled.`,
  );

async function accountOf(engine: Engine, principal: string): Promise<Account | undefined> {
  return engine.db
    .selectFrom('app_user')
    .select(['id', 'principal', 'password_hash', 'password_changed_at', 'password_history', 'enabled', 'locked_until', 'valid_until'])
    .where(sql`lower(principal)`, '=', principal.toLowerCase())
    .where('domain', '=', internalDomain)
    .executeTakeFirst();
}

/** Counts a wrong password, and locks the user when it was one too many. */
async function countFailure(engine: Engine, account: Account, policy: PasswordPolicy): Promise<void> {
  await transaction(engine.db, async (trx) => {
    const { failed_logins: failures } = await trx
      .updateTable('app_user')
      .set({ failed_logins: sql<number>`failed_logins + 1` })
      .where('id', '=', account.id)
      .returning('failed_logins')
      .executeTakeFirstOrThrow();
    const user = { id: account.id, name: `${account.principal}@${internalDomain}` };
    await recordEvent(trx, { name: 'USER_VDC_LOGIN_FAILED', user });
    if (failures < policy.maxFailures) return;
    const lockedUntil = new Date(engine.now() + policy.lockMinutes * 60_000);
    await trx.updateTable('app_user').set({ locked_until: lockedUntil }).where('id', '=', account.id).execute();
    await recordEvent(trx, { name: 'USER_ACCOUNT_DISABLED_OR_LOCKED', user, values: { minutes: String(policy.lockMinutes) } });
  });
}

/** Who a name and a right password stand for, whether the password has expired or not. */
async function verify(engine: Engine, principal: string, password: string, policy: PasswordPolicy): Promise<Account> {
  const account = await accountOf(engine, principal);
  const now = engine.now();
  // While a user is locked his password is not even looked at: the lock would be worth nothing if it told which one is right.
  const locked = account?.locked_until != null && account.locked_until > now;
  const right = await isPassword(password, locked ? null : (account?.password_hash ?? null));
  if (account && right && account.enabled && (account.valid_until === null || account.valid_until > now)) {
    await engine.db
      .updateTable('app_user')
      .set({ failed_logins: 0, locked_until: null })
      .where('id', '=', account.id)
      .where('failed_logins', '>', 0)
      .execute();
    return account;
  }
  if (account && !right && !locked && account.enabled) await countFailure(engine, account, policy);
  throw denied(principal);
}

/**
 * Checks a name and a password against the internal directory.
 * @returns the user's id
 * @throws {SignInError} `access_denied` for whoever may not sign in; `password_expired` when the right password must be changed first
 */
export async function authenticateInternal(engine: Engine, principal: string, password: string, policy: PasswordPolicy): Promise<string> {
  const account = await verify(engine, principal, password, policy);
  if (hasExpired(account.password_changed_at, engine.now(), policy)) {
    await transaction(engine.db, (trx) =>
      recordEvent(trx, { name: 'USER_ACCOUNT_PASSWORD_EXPIRED', user: { id: account.id, name: `${account.principal}@${internalDomain}` } }),
    );
    throw new SignInError('password_expired', 'The password has expired and must be changed before the user can sign in.');
  }
  return account.id;
}

/** Why a new password was refused. */
export class PasswordRefused extends Error {
  readonly sentence: Sentence;
  constructor(problem: string | Sentence) {
    const sentence = sentenceOf(problem);
    super(tell([sentence]));
    this.sentence = sentence;
  }
}

/**
 * Gives a user of the internal directory a password and ends his sessions.
 * @throws {PasswordRefused} when the policy does not allow it
 */
export async function setPassword(
  trx: Transaction<Tables>,
  userId: string,
  password: string,
  policy: PasswordPolicy,
  now: number,
  options: { checkHistory: boolean },
): Promise<void> {
  const account = await trx
    .selectFrom('app_user')
    .select(['principal', 'password_hash', 'password_history'])
    .where('id', '=', userId)
    .where('domain', '=', internalDomain)
    .forUpdate()
    .executeTakeFirst();
  if (!account) throw new PasswordRefused('Only users of the internal directory have passwords here.');
  const problem = passwordProblem(password, account.principal, policy);
  if (problem !== null) throw new PasswordRefused(problem);
  const before = [account.password_hash, ...account.password_history].filter((hash): hash is string => hash !== null);
  if (options.checkHistory)
    for (const hash of before.slice(0, policy.historyLength))
      if (await isPassword(password, hash))
        throw new PasswordRefused(say`The password must not be one of the last ${policy.historyLength}.`);
  await trx
    .updateTable('app_user')
    .set({
      password_hash: await hashPassword(password),
      password_history: before.slice(0, Math.max(0, policy.historyLength - 1)),
      password_changed_at: new Date(now),
      failed_logins: 0,
      locked_until: null,
    })
    .where('id', '=', userId)
    .execute();
  await revokeUser(trx, userId);
}

/**
 * A user changes his own password, by the present one; also when that has expired.
 * @throws {SignInError} for a wrong present password; {PasswordRefused}
 */
export async function changePassword(engine: Engine, principal: string, present: string, fresh: string, address: string): Promise<string> {
  const policy = await loadPasswordPolicy(engine.db);
  const account = await engine.attempts.guard({ address, directoryName: null }, null, policy, () =>
    verify(engine, principal, present, policy),
  );
  const user = { id: account.id, name: `${account.principal}@${internalDomain}` };
  try {
    await transaction(engine.db, async (trx) => {
      await setPassword(trx, account.id, fresh, policy, engine.now(), { checkHistory: true });
      await recordEvent(trx, { name: 'USER_PASSWORD_CHANGED', user });
    });
  } catch (error) {
    if (error instanceof PasswordRefused)
      await transaction(engine.db, (trx) =>
        recordEvent(trx, { name: 'USER_PASSWORD_CHANGE_FAILED', user, values: { reason: error.message } }),
      );
    throw error;
  }
  return account.id;
}
