import type { Engine } from '../engine.ts';
import { authenticateInternal, internalProfile } from './internal-directory.ts';
import { maxPasswordLength } from './password-policy.ts';
import { isPassword } from './passwords.ts';
import { SignInError } from './sign-in-error.ts';

export { SignInError } from './sign-in-error.ts';

const maxNameLength = 255;

/** Splits `user@profile` at the last `@`; a name without a profile has profile `N/A`, which nobody has. */
export function splitPrincipal(name: string): { principal: string; profile: string } {
  const at = name.lastIndexOf('@');
  return at < 0 ? { principal: name, profile: 'N/A' } : { principal: name.slice(0, at), profile: name.slice(at + 1) };
}

/**
 * Checks a user's name and password against the directory of his profile.
 * @returns the user's id
 * @throws {SignInError} `access_denied` for an unknown user, a wrong password, a user who may not sign in
 */
export async function signIn(engine: Engine, name: string, password: string): Promise<string> {
  if (name.length > maxNameLength || password.length > maxPasswordLength)
    throw new SignInError('invalid_request', 'The user name or password is too long.');
  const { principal, profile } = splitPrincipal(name);
  if (profile.toLowerCase() === internalProfile) return authenticateInternal(engine, principal, password);
  const directory = await engine.directories.byProfile(profile);
  if (directory) return engine.directories.signIn(directory, principal, password);
  await isPassword(password, null);
  throw new SignInError('access_denied', `Cannot authenticate user '${principal}@${profile}': The user name or password is incorrect.`);
}
