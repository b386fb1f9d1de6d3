import { json } from '@virgate/database';
import type { Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { say, type Sentence } from '../rest/sentence.ts';

/** What passwords of the internal directory must be like, and what wrong ones lead to. */
export interface PasswordPolicy {
  minLength: number;
  /** How many of upper case, lower case, digits and signs a password must have. */
  minClasses: number;
  /** Passwords before the present one that cannot come again. */
  historyLength: number;
  /** Days after which a password must be changed; 0 is never. */
  expiresAfterDays: number;
  /** Wrong passwords in a row after which a user is locked. */
  maxFailures: number;
  lockMinutes: number;
  /** Failed sign-ins from one address, of whatever users, after which it has to wait until so many minutes after the first are over. */
  maxFailuresOfAddress: number;
  addressMinutes: number;
}

export const defaultPasswordPolicy: PasswordPolicy = {
  minLength: 8,
  minClasses: 1,
  historyLength: 3,
  expiresAfterDays: 0,
  maxFailures: 5,
  lockMinutes: 5,
  maxFailuresOfAddress: 50,
  addressMinutes: 10,
};

/** Longest password: more would only cost time. */
export const maxPasswordLength = 1024;
const classes = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u];
const optionName = 'password_policy';
const dayMs = 86_400_000;

/** Why a password cannot be; null when it can. */
export function passwordProblem(password: string, userName: string, policy: PasswordPolicy): Sentence | null {
  if (password.length < policy.minLength) return say`The password must have at least ${policy.minLength} characters.`;
  if (password.length > maxPasswordLength) return say`The password must have at most ${maxPasswordLength} characters.`;
  if (classes.filter((one) => one.test(password)).length < policy.minClasses)
    return say`The password must have ${policy.minClasses} of: capital letters, small letters, digits, other signs.`;
  if (userName !== '' && password.toLowerCase().includes(userName.toLowerCase()))
    return say`The password must not have the user's name in it.`;
  return null;
}

/** Whether a password has to be changed before its user may sign in. */
export const hasExpired = (changedAtMs: number, now: number, policy: PasswordPolicy): boolean =>
  policy.expiresAfterDays > 0 && now - changedAtMs > policy.expiresAfterDays * dayMs;

/** The policy in force. */
export async function loadPasswordPolicy(db: Kysely<Tables>): Promise<PasswordPolicy> {
  const row = await db.selectFrom('engine_option').select('value').where('name', '=', optionName).executeTakeFirst();
  return { ...defaultPasswordPolicy, ...(row?.value as Partial<PasswordPolicy> | undefined) };
}

export async function savePasswordPolicy(db: Kysely<Tables>, policy: PasswordPolicy): Promise<void> {
  const value = json({ ...policy });
  await db
    .insertInto('engine_option')
    .values({ name: optionName, value })
    .onConflict((clash) => clash.column('name').doUpdateSet({ value }))
    .execute();
}
