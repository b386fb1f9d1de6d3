import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';
import * as openid from 'openid-client';
import type { Engine } from '../engine.ts';
import { unseal } from '../pki/seal.ts';
import type { OpenidProviderTable, Tables } from '../tables/schema.ts';
import { fetchFrom } from './fetch.ts';

export type Provider = Selectable<OpenidProviderTable>;

const timeoutSeconds = 15;
const maxGroups = 1000;
const maxTextLength = 255;

/** The provider of `user@profile`; undefined when there is none. */
export const providerOfProfile = (db: Kysely<Tables>, profile: string): Promise<Provider | undefined> =>
  db
    .selectFrom('openid_provider')
    .selectAll()
    .where(sql`lower(profile)`, '=', profile.toLowerCase())
    .executeTakeFirst();

/** What the provider says of itself, checked against what its set-up says. @throws when it does not answer, or is another one */
export async function discover(engine: Engine, provider: Provider): Promise<openid.Configuration> {
  const secret = unseal(engine.authority.secretKey, provider.client_secret);
  const configuration = await openid.discovery(
    new URL(provider.issuer),
    provider.client_id,
    { client_secret: secret },
    openid.ClientSecretBasic(secret),
    { [openid.customFetch]: fetchFrom(provider.ca_pem), timeout: timeoutSeconds },
  );
  // Without this the signature of a statement that comes straight from the provider would be taken on trust.
  openid.enableNonRepudiationChecks(configuration);
  return configuration;
}

/** What the answer of a provider must be like; kept with the sign-in, encrypted. */
export interface Expected {
  providerId: string;
  state: string;
  nonce: string;
  verifier: string;
  redirectUri: string;
}

/** Where a browser is sent, and what must come back with it. */
export async function authorizationOf(
  engine: Engine,
  provider: Provider,
  redirectUri: string,
): Promise<{ url: string; expected: Expected }> {
  const configuration = await discover(engine, provider);
  const expected: Expected = {
    providerId: provider.id,
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    verifier: openid.randomPKCECodeVerifier(),
    redirectUri,
  };
  const url = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: provider.scopes,
    state: expected.state,
    nonce: expected.nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(expected.verifier),
    code_challenge_method: 'S256',
  });
  return { url: url.href, expected };
}

/** A user as a provider knows him. */
export interface ProviderUser {
  subject: string;
  principal: string;
  firstName: string;
  lastName: string;
  email: string;
  groups: string[];
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, maxTextLength) : '');

function groupsOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const names = list.filter((one): one is string => typeof one === 'string' && one !== '' && one.length <= maxTextLength);
  if (names.length > maxGroups) throw new Error(`The provider says more than ${maxGroups} groups of one user.`);
  return [...new Set(names)];
}

/** The user that an answer stands for. @throws for whatever is not as it must be: state, nonce, issuer, audience, signature, time */
export async function userOfAnswer(engine: Engine, provider: Provider, query: string, expected: Expected): Promise<ProviderUser> {
  const configuration = await discover(engine, provider);
  const tokens = await openid.authorizationCodeGrant(configuration, new URL(`${expected.redirectUri}${query}`), {
    expectedState: expected.state,
    expectedNonce: expected.nonce,
    pkceCodeVerifier: expected.verifier,
    idTokenExpected: true,
  });
  const stated = tokens.claims();
  if (!stated) throw new Error('The provider made no statement.');
  const wanted = [provider.user_name_claim, provider.groups_claim];
  const more =
    configuration.serverMetadata().userinfo_endpoint !== undefined && wanted.some((claim) => stated[claim] === undefined)
      ? await openid.fetchUserInfo(configuration, tokens.access_token, stated.sub)
      : {};
  const claims: Record<string, unknown> = { ...more, ...stated };
  const principal = claims[provider.user_name_claim];
  if (typeof principal !== 'string' || !/^[^\p{Cc}]{1,255}$/u.test(principal))
    throw new Error(`The provider does not say the user's name: the claim ${provider.user_name_claim} is missing.`);
  return {
    subject: stated.sub,
    principal,
    firstName: textOf(claims['given_name']),
    lastName: textOf(claims['family_name']),
    email: textOf(claims['email']),
    groups: groupsOf(claims[provider.groups_claim]),
  };
}
