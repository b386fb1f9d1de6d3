import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../engine.ts';
import { Fault } from '../rest/fault.ts';
import { browserCookie, checkOrigin, cookieOf } from './authenticate.ts';
import { recordSignIn } from './events.ts';
import { SignInError, signIn } from './sign-in.ts';
import { principalName, type SignedIn } from './permissions.ts';
import { findToken, idleTimeoutOf, issueToken, revokeToken } from './tokens.ts';

const path = '/virgate/api/sessions';
const attributes = 'Path=/; HttpOnly; Secure; SameSite=Strict';

/** A coded answer of our own API. */
export const refuse = (reply: FastifyReply, status: number, code: string, message: string, field?: string): FastifyReply =>
  reply
    .code(status)
    .type('application/json')
    .send({ code, message, ...(field ? { field } : {}) });

const userOf = (user: SignedIn) => ({
  id: user.id,
  name: user.principal,
  principal: principalName(user),
  administrator: user.administrator,
});

function credentials(body: unknown): { username: string; password: string } | null {
  let value: unknown;
  try {
    value = JSON.parse(typeof body === 'string' ? body : '');
  } catch {
    return null;
  }
  const { username, password } = (value ?? {}) as Record<string, unknown>;
  return typeof username === 'string' && typeof password === 'string' ? { username, password } : null;
}

async function open(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  checkOrigin(request);
  const given = credentials(request.body);
  if (!given) return refuse(reply, 400, 'invalid_request', 'A JSON object with username and password is expected.');
  try {
    const userId = await signIn(engine, given.username.includes('@') ? given.username : `${given.username}@internal`, given.password);
    const token = await issueToken(engine.db, { kind: 'browser', userId, sourceAddress: request.ip, idleTimeoutMs: idleTimeoutOf(engine) });
    await recordSignIn(engine.db, 'USER_VDC_LOGIN', userId);
    const user = await findToken(engine.db, token, 'browser');
    if (!user) return refuse(reply, 401, 'access_denied', 'The session could not be opened.');
    reply.header('Set-Cookie', `${browserCookie}=${token}; ${attributes}`);
    return await reply.code(201).send({ user: userOf(user), expires: engine.now() + idleTimeoutOf(engine) });
  } catch (error) {
    if (error instanceof SignInError) return refuse(reply, error.code === 'server_error' ? 503 : 401, error.code, error.message);
    throw error;
  }
}

/** Who the portal's cookie stands for. @throws {Fault} 401, or 403 for a change that another site asks for */
export async function browserUser(engine: Engine, request: FastifyRequest): Promise<SignedIn> {
  const cookie = cookieOf(request, browserCookie);
  const user = cookie === undefined ? null : await findToken(engine.db, cookie, 'browser');
  if (!user) throw new Fault(401, 'Unauthorized', 'There is no session. Sign in first.', { key: 'no_session' });
  if (request.method !== 'GET') checkOrigin(request);
  return user;
}

/** Registers the sessions of the portal: sign in, who am I, sign out. */
export function registerBrowserSessions(app: FastifyInstance, engine: Engine): void {
  app.post(path, (request, reply) => open(engine, request, reply));
  app.get(`${path}/current`, async (request, reply) => {
    const user = await browserUser(engine, request);
    return reply.send({ user: userOf(user), expires: engine.now() + idleTimeoutOf(engine) });
  });
  app.delete(`${path}/current`, async (request, reply) => {
    const user = await browserUser(engine, request);
    await revokeToken(engine.db, cookieOf(request, browserCookie) ?? '');
    await recordSignIn(engine.db, 'USER_VDC_LOGOUT', user.id);
    return reply.code(204).header('Set-Cookie', `${browserCookie}=; ${attributes}; Max-Age=0`).send();
  });
}
