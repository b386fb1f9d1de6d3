import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../engine.ts';
import { Fault, say, unavailable } from '../rest/fault.ts';
import { rootOfPath } from '../rest/negotiation.ts';
import { basicCredentials } from '../sso/requests.ts';
import { SecondFactorNeeded, SignInError } from './sign-in-error.ts';
import { signIn } from './sign-in.ts';
import { browserCookie } from './browser-cookie.ts';
import type { SignedIn } from './permissions.ts';
import { apiScope, findToken, idleTimeoutOf, issueToken, revokeToken } from './tokens.ts';

/** Cookie of `Prefer: persistent-auth`. */
const apiCookie = 'JSESSIONID';
const maxSessionMinutes = 24 * 60;

const unauthorized = (): Fault => new Fault(401, 'Unauthorized', null);

/** Value of a cookie of a request; undefined when it has none of that name. */
export function cookieOf(request: FastifyRequest, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return undefined;
}

/** Where a session is opened from, as its user is shown it. */
export const originOf = (request: FastifyRequest): { sourceAddress: string; userAgent: string | undefined } => ({
  sourceAddress: request.ip,
  userAgent: request.headers['user-agent']?.replace(/[^\x20-\x7e]/g, ''),
});

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A browser sends its cookie along with whatever page asks: so a request with the portal's cookie that changes something
 * must come from our own origin.
 * @throws {Fault} 403
 */
export function checkOrigin(request: FastifyRequest): void {
  const origin = request.headers.origin;
  const own = origin !== undefined && URL.canParse(origin) && new URL(origin).host === request.headers.host;
  const fetchSite = request.headers['sec-fetch-site'];
  if (origin === undefined ? fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none' : own) return;
  throw new Fault(403, 'Forbidden', 'The request comes from another site.', { key: 'CROSS_SITE_REQUEST' });
}

/** A token that may only read changes nothing, whatever its user may do. @throws {Fault} 403 */
function checkReadOnly(user: SignedIn, request: FastifyRequest): void {
  if (user.limits?.readOnly === true && !safeMethods.has(request.method))
    throw new Fault(403, 'Forbidden', 'The token is good for reading only.', { key: 'READ_ONLY_TOKEN' });
}

const ends = (engine: Engine, reply: FastifyReply, token: string): void =>
  void reply.raw.once(
    'close',
    () => void revokeToken(engine.db, token).catch((error: unknown) => engine.log.warn({ err: error }, 'a session could not be ended')),
  );

/** What a request asks of its session. Source: REST contract, authentication. */
interface Preferences {
  persistent: boolean;
  anew: boolean;
  csrfProtected: boolean;
}

function preferencesOf(engine: Engine, request: FastifyRequest): Preferences {
  const words = [request.headers['prefer'] ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((word) => word.trim().toLowerCase());
  return {
    persistent: words.includes('persistent-auth'),
    anew: words.includes('new-auth'),
    csrfProtected: words.includes('csrf-protection') && engine.options.text('CSRFProtection') === 'true',
  };
}

async function byBasic(engine: Engine, request: FastifyRequest, reply: FastifyReply, prefers: Preferences): Promise<SignedIn> {
  const credentials = basicCredentials(request.headers.authorization);
  if (!credentials) throw unauthorized();
  let login: { userId: string; secondFactor: boolean };
  try {
    login = await signIn(engine, { ...credentials, address: request.ip });
  } catch (error) {
    if (error instanceof SignInError && error.code === 'server_error') throw unavailable(error.message);
    if (error instanceof SignInError && error.code === 'too_many_attempts')
      throw new Fault(429, 'Too Many Requests', [error.sentence], { headers: { 'Retry-After': String(error.retryAfterSeconds) } });
    if (error instanceof SecondFactorNeeded) throw new Fault(401, 'Unauthorized', [error.sentence], { key: error.code });
    throw error instanceof SignInError ? unauthorized() : error;
  }
  const minutes = Number(request.headers['session-ttl']);
  const idleTimeoutMs = minutes >= 1 ? Math.min(minutes, maxSessionMinutes) * 60_000 : idleTimeoutOf(engine);
  const token = await issueToken(engine.db, {
    kind: 'session',
    ...login,
    ...originOf(request),
    idleTimeoutMs,
    csrfProtected: prefers.persistent && prefers.csrfProtected,
  });
  if (prefers.persistent)
    reply.header('Set-Cookie', `${apiCookie}=${token}; Path=${rootOfPath(request.url)}; HttpOnly; Secure; SameSite=Strict`);
  else ends(engine, reply, token);
  const user = await findToken(engine.db, token);
  if (!user) throw unauthorized();
  return user;
}

/**
 * A session that was opened with `Prefer: csrf-protection`: what comes with its cookie must name it in a header too, which a page of
 * another site cannot do. Source: REST contract, authentication.
 * @throws {Fault} 403
 */
function checkRepeated(user: SignedIn, request: FastifyRequest, session: string): void {
  if (user.session.csrfProtected && request.headers['jsessionid'] !== session)
    throw new Fault(403, 'Forbidden', [say`The header ${apiCookie} must repeat the cookie of this session.`], {
      key: 'CSRF_HEADER_MISSING',
    });
}

async function identify(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<SignedIn> {
  const authorization = request.headers.authorization;
  const bearer = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) {
    const user = await findToken(engine.db, bearer, ['sso', 'api'], apiScope);
    if (!user) throw unauthorized();
    return user;
  }
  const prefers = preferencesOf(engine, request);
  const session = cookieOf(request, apiCookie);
  if (session !== undefined && prefers.anew) await revokeToken(engine.db, session);
  else if (session !== undefined && authorization === undefined) {
    const user = await findToken(engine.db, session, ['session']);
    if (!user) throw unauthorized();
    if (!safeMethods.has(request.method)) checkOrigin(request);
    checkRepeated(user, request, session);
    if (!prefers.persistent) ends(engine, reply, session);
    return user;
  }
  if (authorization !== undefined) return byBasic(engine, request, reply, prefers);
  const browser = cookieOf(request, browserCookie);
  const user = browser === undefined ? null : await findToken(engine.db, browser, ['browser']);
  if (!user) throw unauthorized();
  if (!safeMethods.has(request.method)) checkOrigin(request);
  return user;
}

/** The same for requests that change nothing themselves, whatever their verb: tokens that may only read are good for them. @throws {Fault} 401 */
export const authenticateReader = identify;

/**
 * Who makes a request: bearer token, then session cookie, then Basic. A request with a session cookie but without
 * `Prefer: persistent-auth` ends the session, as clients do to sign out; `Prefer: new-auth` ends it at once and does not use it.
 * Source: REST contract, authentication.
 * @throws {Fault} 401 with an empty body; 403 for what the session or token is not good for
 */
export async function authenticate(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<SignedIn> {
  const user = await identify(engine, request, reply);
  checkReadOnly(user, request);
  return user;
}
