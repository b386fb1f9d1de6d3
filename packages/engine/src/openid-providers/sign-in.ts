import { transaction } from '@virgate/database';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { afterFirstFactor, awaitProvider, flowOf, providerAnswered, startFlow } from '../access/login-flow.ts';
import { groupIdOf, userIdOf } from '../directories/directories.ts';
import type { Engine } from '../engine.ts';
import { recordEvent } from '../events/record.ts';
import { seal, unseal } from '../pki/seal.ts';
import { say, type Sentence } from '../rest/sentence.ts';
import { loginPath } from '../sso/authorize.ts';
import { finish, type Asked } from '../sso/login-pages.ts';
import { originOfEngine } from '../sso/openid.ts';
import { html, sendPage } from '../sso/page.ts';
import { wordsFor } from '../sso/page-words.ts';
import { authorizationOf, providerOfProfile, userOfAnswer, type Expected, type Provider, type ProviderUser } from './provider.ts';

const path = '/ovirt-engine/sso/provider/:profile';
const profileIn = (request: FastifyRequest): string => (request.params as { profile: string }).profile;

const refuse = ({ reply, words }: Asked, status: number, problem: string | Sentence): FastifyReply =>
  sendPage(reply, {
    words,
    status,
    title: 'Sign in',
    content: html`<p class="problem" role="alert">${words.tell(problem)}</p>
      <p><a href="${loginPath}">${words.tell('Sign in')}</a></p>`,
  });

async function start(asked: Asked): Promise<FastifyReply> {
  const { engine, request, reply } = asked;
  const provider = await providerOfProfile(engine.db, profileIn(request));
  if (!provider) return refuse(asked, 404, 'There is no such provider.');
  const flow = (await flowOf(engine, request)) ?? (await startFlow(engine, reply, { kind: 'portal' }));
  const redirectUri = `${originOfEngine(engine, request)}${path.replace(':profile', encodeURIComponent(provider.profile))}/callback`;
  let authorization: Awaited<ReturnType<typeof authorizationOf>>;
  try {
    authorization = await authorizationOf(engine, provider, redirectUri);
  } catch (error) {
    engine.log.warn({ err: error, profile: provider.profile }, 'an OpenID provider could not be asked');
    return refuse(asked, 503, say`${provider.title} cannot be asked at the moment. Try again later.`);
  }
  const kept = seal(engine.authority.secretKey, JSON.stringify(authorization.expected));
  if (!(await awaitProvider(engine, flow, kept))) return reply.code(302).redirect(loginPath);
  return reply.code(302).header('Cache-Control', 'no-store').redirect(authorization.url);
}

/**
 * Makes known, or brings up to date, who comes from a provider: by its word for what never changes of him. He is known from his first
 * attempt on, so that he can be given a role.
 * @returns his id; null when he may not sign in
 */
async function admit(engine: Engine, provider: Provider, user: ProviderUser): Promise<string | null> {
  const groups = user.groups.map((name) => ({ externalId: name, name, dn: name }));
  return transaction(engine.db, async (trx) => {
    const id = userIdOf(provider.domain, user.subject);
    const facts = { externalId: user.subject, dn: user.subject, department: '', ...user };
    await engine.directories.store(trx, provider.domain, provider.issuer.slice(0, 255), facts, groups);
    const groupIds = groups.map((group) => groupIdOf(provider.domain, group.externalId));
    const permitted = await sql`select 1 from app_user u join permission p on p.principal_id = any(${[id, ...groupIds]}::uuid[])
      join role r on r.id = p.role_id where u.id = ${id} and u.enabled and (u.valid_until is null or u.valid_until > now())
        and 'login' = any(r.permits) limit 1`.execute(trx);
    if (permitted.rows.length > 0) return id;
    await recordEvent(trx, { name: 'USER_VDC_LOGIN_FAILED', user: { id, name: `${user.principal}@${provider.domain}` } });
    return null;
  });
}

async function answered(asked: Asked): Promise<FastifyReply> {
  const { engine, request, reply } = asked;
  const flow = await flowOf(engine, request);
  if (flow?.step !== 'provider') return refuse(asked, 400, 'No answer of a provider is awaited from this browser.');
  const expected = JSON.parse(unseal(engine.authority.secretKey, flow.secret)) as Expected;
  // The first answer counts, right or wrong: a second one is not looked at.
  if (!(await providerAnswered(engine, flow))) return refuse(asked, 400, 'The sign-in has gone on already.');
  const provider = await providerOfProfile(engine.db, profileIn(request));
  if (provider?.id !== expected.providerId) return refuse(asked, 400, 'The answer is of another provider than was asked.');
  let user: ProviderUser;
  try {
    user = await userOfAnswer(engine, provider, new URL(request.url, 'https://engine').search, expected);
  } catch (error) {
    engine.log.warn({ err: error, profile: provider.profile }, 'the answer of an OpenID provider was refused');
    return refuse(asked, 401, say`${provider.title} has not confirmed who you are.`);
  }
  const userId = await admit(engine, provider, user);
  if (userId === null) return refuse(asked, 403, say`${`${user.principal}@${provider.profile}`} is not authorized to sign in.`);
  // A provider that asks for a second factor itself may be trusted to have done so.
  const done = provider.second_factor === 'provider' || (await afterFirstFactor(engine, flow, userId));
  if (!done) return reply.code(302).header('Cache-Control', 'no-store').redirect(loginPath);
  return finish(asked, flow, { userId, secondFactor: provider.second_factor === 'provider' });
}

/** Registers how browsers go to providers of OpenID and come back. */
export function registerProviders(app: FastifyInstance, engine: Engine): void {
  for (const [step, answer] of [
    ['start', start],
    ['callback', answered],
  ] as const)
    app.get(`${path}/${step}`, async (request, reply) => answer({ engine, request, reply, words: await wordsFor(request) }));
}
