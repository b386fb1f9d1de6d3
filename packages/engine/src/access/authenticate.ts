import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../engine.ts';
import { Fault, unavailable } from '../rest/fault.ts';
import { basicCredentials } from '../sso/endpoints.ts';
import { SignInError, signIn } from './sign-in.ts';
import type { SignedIn } from './permissions.ts';
import { apiScope, findToken, idleTimeoutOf, issueToken, revokeToken } from './tokens.ts';

/** Cookie of `Prefer: persistent-auth`. */
const apiCookie = 'JSESSIONID';
/** Cookie of the portal. The `__Host-` prefix binds it to this origin, over TLS only. */
export const browserCookie = '__Host-virgate';
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

async function byBasic(engine: Engine, request: FastifyRequest, reply: FastifyReply, persistent: boolean): Promise<SignedIn> {
  const credentials = basicCredentials(request.headers.authorization);
  if (!credentials) throw unauthorized();
  let userId: string;
  try {
    userId = await signIn(engine, credentials.username, credentials.password);
  } catch (error) {
    if (error instanceof SignInError && error.code === 'server_error') throw unavailable(error.message);
    throw error instanceof SignInError ? unauthorized() : error;
  }
  const minutes = Number(request.headers['session-ttl']);
  const idleTimeoutMs = minutes >= 1 ? Math.min(minutes, maxSessionMinutes) * 60_000 : idleTimeoutOf(engine);
  const token = await issueToken(engine.db, { kind: 'session', userId, sourceAddress: request.ip, idleTimeoutMs });
  if (persistent) reply.header('Set-Cookie', `${apiCookie}=${token}; Path=/ovirt-engine/api; HttpOnly; Secure; SameSite=Strict`);
  else
    reply.raw.once(
      'close',
      () => void revokeToken(engine.db, token).catch((error: unknown) => engine.log.warn({ err: error }, 'a session could not be ended')),
    );
  const user = await findToken(engine.db, token);
  if (!user) throw unauthorized();
  return user;
}

/**
 * Who makes a request: bearer token, then session cookie, then Basic. A request with a session cookie but without
 * `Prefer: persistent-auth` ends the session, as clients do to sign out. Source: REST contract, authentication.
 * @throws {Fault} 401 with an empty body
 */
export async function authenticate(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<SignedIn> {
  const authorization = request.headers.authorization;
  const bearer = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) {
    const user = await findToken(engine.db, bearer, 'sso', apiScope);
    if (!user) throw unauthorized();
    return user;
  }
  const prefer = String(request.headers['prefer'] ?? '')
    .split(',')
    .map((word) => word.trim());
  const persistent = prefer.includes('persistent-auth');
  const session = cookieOf(request, apiCookie);
  if (session !== undefined && authorization === undefined) {
    const user = await findToken(engine.db, session, 'session');
    if (!user) throw unauthorized();
    if (!safeMethods.has(request.method)) checkOrigin(request);
    if (!persistent)
      reply.raw.once(
        'close',
        () =>
          void revokeToken(engine.db, session).catch((error: unknown) => engine.log.warn({ err: error }, 'a session could not be ended')),
      );
    return user;
  }
  if (authorization !== undefined) return byBasic(engine, request, reply, persistent);
  const browser = cookieOf(request, browserCookie);
  const user = browser === undefined ? null : await findToken(engine.db, browser, 'browser');
  if (!user) throw unauthorized();
  if (!safeMethods.has(request.method)) checkOrigin(request);
  return user;
}
