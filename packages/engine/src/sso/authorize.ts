import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { cookieOf, originOf } from '../access/authenticate.ts';
import { browserCookie, browserCookieAttributes } from '../access/browser-cookie.ts';
import { recordSignIn } from '../access/events.ts';
import { startFlow, type LoginTarget } from '../access/login-flow.ts';
import { findToken, idleTimeoutOf, issueToken, revokeToken, tokenHashOf } from '../access/tokens.ts';
import type { Engine } from '../engine.ts';
import { clientOf } from './clients.ts';
import { issueCode } from './codes.ts';
import { html, sendPage } from './page.ts';
import { wordsFor } from './page-words.ts';
import { fieldsOf } from './requests.ts';
import { maxScopeLength, widen } from './scopes.ts';

/** Cookie of a browser that has signed in here: further clients get their codes without asking again. It is good for nothing else. */
export const loginCookie = '__Host-virgate-sso';
const loginCookieAttributes = 'Path=/; HttpOnly; Secure; SameSite=Lax';
export const loginPath = '/ovirt-engine/sso/login.html';
const portalPath = '/ovirt-engine/webadmin/';
const maxStateLength = 4096;
const stateForm = /^[\x20-\x7e]*$/;

type CodeTarget = LoginTarget & { kind: 'code' };

/** The client's address with what it is told. */
function backTo(redirectUri: string, state: string | null, told: Record<string, string>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(told)) url.searchParams.set(name, value);
  if (state !== null) url.searchParams.set('state', state);
  return url.href;
}

interface Login {
  userId: string;
  secondFactor: boolean;
  authenticatedAt: number;
}

/** Where a signed-in browser is sent: to the portal with a session, or to the client with a code. Sets the cookies. */
export async function arrive(
  engine: Engine,
  request: FastifyRequest,
  reply: FastifyReply,
  target: LoginTarget,
  login: Login,
): Promise<string> {
  if (target.kind === 'code') return backTo(target.redirectUri, target.state, { code: await issueCode(engine, target, login) });
  const session = await issueToken(engine.db, {
    kind: 'browser',
    userId: login.userId,
    secondFactor: login.secondFactor,
    ...originOf(request),
    idleTimeoutMs: idleTimeoutOf(engine),
  });
  reply.header('Set-Cookie', `${browserCookie}=${session}; ${browserCookieAttributes}`);
  return portalPath;
}

/** Remembers that a browser has signed in here. */
export async function rememberLogin(engine: Engine, request: FastifyRequest, reply: FastifyReply, login: Login): Promise<void> {
  const token = await issueToken(engine.db, {
    kind: 'login',
    userId: login.userId,
    secondFactor: login.secondFactor,
    ...originOf(request),
    idleTimeoutMs: idleTimeoutOf(engine),
  });
  await recordSignIn(engine.db, 'USER_VDC_LOGIN', login.userId);
  reply.header('Set-Cookie', `${loginCookie}=${token}; ${loginCookieAttributes}`);
}

/** Forgets it again. */
export async function forgetLogin(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const token = cookieOf(request, loginCookie);
  if (token === undefined) return;
  await revokeToken(engine.db, token);
  reply.header('Set-Cookie', `${loginCookie}=; ${loginCookieAttributes}; Max-Age=0`);
}

async function rememberedLogin(engine: Engine, request: FastifyRequest): Promise<Login | null> {
  const token = cookieOf(request, loginCookie);
  const user = token === undefined ? null : await findToken(engine.db, token, ['login']);
  if (!user || token === undefined) return null;
  const row = await engine.db
    .selectFrom('access_token')
    .select(['created_at', 'second_factor'])
    .where('token_hash', '=', tokenHashOf(token))
    .executeTakeFirst();
  return row ? { userId: user.id, secondFactor: row.second_factor, authenticatedAt: row.created_at } : null;
}

/** What is refused before it is known where the browser may be sent back to is told on a page of our own. */
async function refuse(request: FastifyRequest, reply: FastifyReply, text: string): Promise<FastifyReply> {
  const words = await wordsFor(request);
  return sendPage(reply, { words, status: 400, title: 'Sign-in is not possible', content: html`<p>${words.tell(text)}</p>` });
}

async function authorize(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const fields = fieldsOf(request);
  const client = fields['client_id'] ? await clientOf(engine.db, fields['client_id']) : undefined;
  if (!client) return refuse(request, reply, 'The application that sent you here is not registered.');
  const redirectUri = fields['redirect_uri'] ?? '';
  // Exactly one of those that are registered: a prefix could lead to another page of the same host, or to another host.
  if (!client.redirect_uris.includes(redirectUri))
    return refuse(request, reply, 'The application that sent you here did not say a registered address to return to.');
  const state = fields['state'] ?? null;
  if (state !== null && (state.length > maxStateLength || !stateForm.test(state)))
    return refuse(request, reply, 'The state is too long, or no text.');
  const back = (error: string, text: string): FastifyReply =>
    reply
      .code(302)
      .header('Cache-Control', 'no-store')
      .redirect(backTo(redirectUri, state, { error, error_description: text }));
  if (fields['response_type'] !== 'code') return back('unsupported_response_type', 'The response_type must be code.');
  const scope = fields['scope'] ?? '';
  if (scope.length > maxScopeLength || !stateForm.test(scope)) return back('invalid_scope', 'The scope is too long, or no text.');
  const { nonce = null, code_challenge: challenge = null, code_challenge_method: method = 'plain' } = fields;
  if (nonce !== null && nonce.length > maxStateLength) return back('invalid_request', 'The nonce is too long.');
  if (challenge !== null && (method !== 'S256' || !/^[\w-]{43}$/.test(challenge)))
    return back('invalid_request', 'The code_challenge must be one of the method S256.');
  const target: CodeTarget = {
    kind: 'code',
    clientId: client.id,
    redirectUri,
    scope: widen(scope),
    state,
    nonce,
    codeChallenge: challenge,
  };
  const login = fields['prompt'] === 'login' ? null : await rememberedLogin(engine, request);
  if (login)
    return reply
      .code(302)
      .header('Cache-Control', 'no-store')
      .redirect(await arrive(engine, request, reply, target, login));
  if (fields['prompt'] === 'none') return back('login_required', 'Nobody is signed in.');
  await startFlow(engine, reply, target);
  return reply.code(302).header('Cache-Control', 'no-store').redirect(loginPath);
}

/** Registers where clients send browsers to sign in: OAuth's address and that of OpenID. */
export function registerAuthorize(app: FastifyInstance, engine: Engine): void {
  for (const url of ['/ovirt-engine/sso/oauth/authorize', '/ovirt-engine/sso/openid/authorize'])
    for (const method of ['GET', 'POST'] as const)
      app.route({ method, url, handler: (request, reply) => authorize(engine, request, reply) });
}
