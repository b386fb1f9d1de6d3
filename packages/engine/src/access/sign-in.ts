import type { Engine } from '../engine.ts';
import { authenticateInternal, internalProfile } from './internal-directory.ts';
import { loadPasswordPolicy, maxPasswordLength } from './password-policy.ts';
import { isPassword } from './passwords.ts';
import { checkCode, stepAfterPassword } from '../second-factor/second-factor.ts';
import { SecondFactorNeeded, SignInError } from './sign-in-error.ts';
import { say } from '../rest/sentence.ts';

export { SignInError } from './sign-in-error.ts';

const maxNameLength = 255;

/** Splits `user@profile` at the last `@`; a name without a profile has profile `N/A`, which nobody has. */
export function splitPrincipal(name: string): { principal: string; profile: string } {
  const at = name.lastIndexOf('@');
  return at < 0 ? { principal: name, profile: 'N/A' } : { principal: name.slice(0, at), profile: name.slice(at + 1) };
}

/** The name by which clients of oVirt with Keycloak know a user of the internal directory: `admin@ovirt@internalsso`. */
const otherInternal = { profile: 'internalsso', suffix: '@ovirt' };

/** Who a name of sign-in means. */
export function identityOf(name: string): { principal: string; profile: string; internal: boolean } {
  const { principal, profile } = splitPrincipal(name);
  if (profile.toLowerCase() === otherInternal.profile && principal.toLowerCase().endsWith(otherInternal.suffix))
    return { principal: principal.slice(0, -otherInternal.suffix.length), profile: internalProfile, internal: true };
  return { principal, profile, internal: profile.toLowerCase() === internalProfile };
}

/** What somebody shows to sign in. `code` is one of his second factor; `address` is the client's: who guesses is slowed down by it. */
export interface Credentials {
  username: string;
  password: string;
  address: string;
  code?: string | undefined;
}

/** Checks a user's name and password alone. @returns the user's id @throws {SignInError} */
export async function checkPassword(engine: Engine, { username, password, address }: Credentials): Promise<string> {
  if (username.length > maxNameLength || password.length > maxPasswordLength)
    throw new SignInError('invalid_request', 'The user name or password is too long.');
  const { principal, profile, internal } = identityOf(username);
  const policy = await loadPasswordPolicy(engine.db);
  const directory = internal ? null : await engine.directories.byProfile(profile);
  const attempt = { address, directoryName: directory ? `${principal}@${directory.config.profile}` : null };
  return engine.attempts.guard(attempt, directory?.config.profile ?? null, policy, async () => {
    if (internal) return authenticateInternal(engine, principal, password, policy);
    if (directory) return engine.directories.signIn(directory, principal, password);
    await isPassword(password, null);
    throw new SignInError(
      'access_denied',
      say`Cannot authenticate user '${`${principal}@${profile}`}': The user name or password is incorrect.`,
    );
  });
}

/**
 * Checks a user's name and password against the directory of his profile, then the code of his second factor.
 * @throws {SignInError} `access_denied` for an unknown user, a wrong password or code, a user who may not sign in; `too_many_attempts`;
 *   {SecondFactorNeeded} when the password was right and that is not enough
 */
export async function signIn(engine: Engine, credentials: Credentials): Promise<{ userId: string; secondFactor: boolean }> {
  const userId = await checkPassword(engine, credentials);
  const step = await stepAfterPassword(engine.db, userId);
  if (step === 'done') return { userId, secondFactor: false };
  if (step === 'enrolment' || credentials.code === undefined) throw new SecondFactorNeeded(step, userId);
  await checkCode(engine, userId, credentials.code, credentials.address);
  return { userId, secondFactor: true };
}
