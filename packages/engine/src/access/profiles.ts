import type { Engine } from '../engine.ts';
import { internalDomain, internalProfile } from './internal-directory.ts';

/** What follows the last `@` when users of a domain sign in; the domain itself where its directory is gone. */
export async function profileOf(engine: Pick<Engine, 'db'>, domain: string): Promise<string> {
  if (domain === internalDomain) return internalProfile;
  const found = await engine.db.selectFrom('directory').select('profile').where('domain', '=', domain).executeTakeFirst();
  if (found) return found.profile;
  const provider = await engine.db.selectFrom('openid_provider').select('profile').where('domain', '=', domain).executeTakeFirst();
  return provider?.profile ?? domain;
}

/** By which directories and providers people can sign in on the engine's pages. */
export async function signInProfiles(
  engine: Pick<Engine, 'db'>,
): Promise<{ passwords: string[]; providers: { profile: string; title: string }[] }> {
  const directories = await engine.db.selectFrom('directory').select('profile').orderBy('profile').execute();
  const providers = await engine.db.selectFrom('openid_provider').select(['profile', 'title']).orderBy('profile').execute();
  return { passwords: [internalProfile, ...directories.map((directory) => directory.profile)], providers };
}
