import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { isPassword } from './passwords.ts';

/** Why a sign-in was refused. The text never says which of user and password was wrong. */
export class SignInError extends Error {
  readonly code: 'access_denied' | 'invalid_request';
  constructor(code: 'access_denied' | 'invalid_request', text: string) {
    super(text);
    this.name = 'SignInError';
    this.code = code;
  }
}

/** Wrong passwords in a row after which a user is locked, and for how long. */
const maxFailures = 20;
const lockMs = 60_000;
const maxNameLength = 255;
const maxPasswordLength = 1024;

/** Splits `user@profile` at the last `@`; a name without a profile has profile `N/A`, which nobody has. */
export function splitPrincipal(name: string): { principal: string; domain: string } {
  const at = name.lastIndexOf('@');
  return at < 0 ? { principal: name, domain: 'N/A' } : { principal: name.slice(0, at), domain: name.slice(at + 1) };
}

/**
 * Checks a user's name and password against the internal directory.
 * @returns the user's id
 * @throws {SignInError} `access_denied` for an unknown user, a wrong password, a disabled or locked user
 */
export async function signIn(db: Kysely<Tables>, name: string, password: string): Promise<string> {
  if (name.length > maxNameLength || password.length > maxPasswordLength)
    throw new SignInError('invalid_request', 'The user name or password is too long.');
  const { principal, domain } = splitPrincipal(name);
  const directory = domain === 'internal' ? 'internal-authz' : domain;
  const user = await db
    .selectFrom('app_user')
    .select(['id', 'password_hash', 'enabled', 'locked_until'])
    .where(sql`lower(principal)`, '=', principal.toLowerCase())
    .where('domain', '=', directory)
    .executeTakeFirst();
  const right = await isPassword(password, user?.password_hash ?? null);
  const locked = user?.locked_until != null && user.locked_until > Date.now();
  if (user && right && user.enabled && !locked) {
    await db
      .updateTable('app_user')
      .set({ failed_logins: 0, locked_until: null })
      .where('id', '=', user.id)
      .where('failed_logins', '>', 0)
      .execute();
    return user.id;
  }
  if (user && !right) {
    await sql`update app_user set failed_logins = failed_logins + 1,
      locked_until = case when failed_logins + 1 >= ${maxFailures} then now() + ${lockMs} * interval '1 millisecond' end
      where id = ${user.id}`.execute(db);
  }
  throw new SignInError('access_denied', `Cannot authenticate user '${principal}@${domain}': The user name or password is incorrect.`);
}
