import type { Session, VirgateCalls } from '@virgate/contract/generated/virgate';
import type { FastifyRequest } from 'fastify';
import type { Engine } from '../engine.ts';
import { Fault } from '../rest/fault.ts';
import { forgetLogin } from '../sso/authorize.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';
import { checkOrigin, cookieOf, originOf } from './authenticate.ts';
import { browserCookie, browserCookieAttributes } from './browser-cookie.ts';
import { recordSignIn } from './events.ts';
import { internalProfile } from './internal-directory.ts';
import { endFlow, flowOf, startFlow, takeSecondFactor } from './login-flow.ts';
import { SecondFactorNeeded, SignInError, type SignInErrorCode } from './sign-in-error.ts';
import { signIn } from './sign-in.ts';
import { principalName, type SignedIn } from './permissions.ts';
import { findToken, idleTimeoutOf, issueToken, revokeToken } from './tokens.ts';

const statusOfCode: Partial<Record<SignInErrorCode, number>> = { server_error: 503, too_many_attempts: 429, invalid_request: 400 };

/** The answer of our own API to a sign-in that failed. */
export function signInRefusal(error: SignInError): Fault {
  const { retryAfterSeconds, code, sentence } = error;
  return new Fault(statusOfCode[code] ?? 401, 'Unauthorized', [sentence], {
    key: code,
    ...(retryAfterSeconds === undefined ? {} : { headers: { 'Retry-After': String(retryAfterSeconds) } }),
  });
}

const userOf = (user: SignedIn) => ({
  id: user.id,
  name: user.principal,
  principal: principalName(user),
  administrator: user.administrator,
});

async function begin({ engine, request, reply }: VirgateContext, login: { userId: string; secondFactor: boolean }): Promise<Session> {
  const token = await issueToken(engine.db, { kind: 'browser', ...login, ...originOf(request), idleTimeoutMs: idleTimeoutOf(engine) });
  await recordSignIn(engine.db, 'USER_VDC_LOGIN', login.userId);
  const user = await findToken(engine.db, token, ['browser']);
  if (!user) throw refusal(401, 'access_denied', 'The session could not be opened.');
  reply.header('Set-Cookie', `${browserCookie}=${token}; ${browserCookieAttributes}`);
  return { user: userOf(user), expires: engine.now() + idleTimeoutOf(engine) };
}

async function open(context: VirgateContext<VirgateCalls['SessionsService']['add']>): Promise<Session> {
  const { engine, request, reply, body } = context;
  checkOrigin(request);
  const { username, password } = body;
  try {
    const name = username.includes('@') ? username : `${username}@${internalProfile}`;
    return await begin(context, await signIn(engine, { username: name, password, address: request.ip }));
  } catch (error) {
    // What follows is for the engine's pages, or for `sessions/second-factor`: the cookie says how far this browser has come.
    if (error instanceof SecondFactorNeeded) await startFlow(engine, reply, { kind: 'portal' }, error);
    throw error instanceof SignInError ? signInRefusal(error) : error;
  }
}

async function secondFactor(context: VirgateContext<VirgateCalls['SecondFactorSessionService']['add']>): Promise<Session> {
  const { engine, request, reply, body } = context;
  checkOrigin(request);
  try {
    const flow = await flowOf(engine, request);
    const recoveryCodes = await takeSecondFactor(engine, flow, body.code, request.ip);
    if (flow?.userId == null || !(await endFlow(engine, reply, flow)))
      throw refusal(409, 'sign_in_over', 'The sign-in is over. Begin anew.');
    const session = await begin(context, { userId: flow.userId, secondFactor: true });
    return recoveryCodes === null ? session : { ...session, recoveryCodes };
  } catch (error) {
    throw error instanceof SignInError ? signInRefusal(error) : error;
  }
}

/** Who the portal's cookie stands for. @throws {Fault} 401, or 403 for a change that another site asks for */
export async function browserUser(engine: Engine, request: FastifyRequest): Promise<SignedIn> {
  const cookie = cookieOf(request, browserCookie);
  const user = cookie === undefined ? null : await findToken(engine.db, cookie, ['browser']);
  if (!user) throw new Fault(401, 'Unauthorized', 'There is no session. Sign in first.', { key: 'no_session' });
  if (request.method !== 'GET') checkOrigin(request);
  return user;
}

/** The sessions of the portal: sign in, who am I, sign out. */
export const browserSessionOperations: VirgateOperations = {
  SessionsService: { add: { run: open } },
  SecondFactorSessionService: { add: { run: secondFactor } },
  CurrentSessionService: {
    get: { run: async ({ engine, user }) => ({ user: userOf(user), expires: engine.now() + idleTimeoutOf(engine) }) },
    remove: {
      async run({ engine, user, request, reply }) {
        await revokeToken(engine.db, cookieOf(request, browserCookie) ?? '');
        await forgetLogin(engine, request, reply);
        await recordSignIn(engine.db, 'USER_VDC_LOGOUT', user.id);
        reply.header('Set-Cookie', `${browserCookie}=; ${browserCookieAttributes}; Max-Age=0`);
        return undefined;
      },
    },
  },
};
