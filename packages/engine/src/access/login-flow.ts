import { randomBytes } from 'node:crypto';
import { json } from '@virgate/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { Engine } from '../engine.ts';
import { beginEnrolment, checkCode, confirmEnrolment, stepAfterPassword } from '../second-factor/second-factor.ts';
import { cookieOf } from './authenticate.ts';
import { SignInError } from './sign-in-error.ts';
import { tokenHashOf } from './tokens.ts';

/** Cookie that ties a browser to the sign-in that it has begun. Lax: a provider of another site sends the browser back by a link. */
const flowCookie = '__Host-virgate-login';
const attributes = 'Path=/; HttpOnly; Secure; SameSite=Lax';
const flowMinutes = 10;
const maxFailures = 5;

/** Where a sign-in leads: the portal, or back to a client with a code. */
export type LoginTarget =
  | { kind: 'portal' }
  | {
      kind: 'code';
      clientId: string;
      redirectUri: string;
      scope: string;
      state: string | null;
      nonce: string | null;
      codeChallenge: string | null;
    };

/** What a sign-in has reached. The step is known to the engine alone: no request can name it, or skip the one before. */
export type LoginFlow = { token: string; target: LoginTarget } & (
  | { step: 'password'; userId: null }
  | { step: 'provider'; userId: null; secret: Buffer }
  | { step: 'second_factor' | 'enrolment'; userId: string }
);

/** Begins a sign-in in a browser, at its first step or, after the right password, at a later one. */
export async function startFlow(
  engine: Engine,
  reply: FastifyReply,
  target: LoginTarget,
  at: { step: 'password' } | { step: 'second_factor' | 'enrolment'; userId: string } = { step: 'password' },
): Promise<LoginFlow> {
  const token = randomBytes(32).toString('base64url');
  await engine.db
    .insertInto('login_flow')
    .values({
      token_hash: tokenHashOf(token),
      step: at.step,
      user_id: 'userId' in at ? at.userId : null,
      target: json({ ...target }),
      expires_at: new Date(engine.now() + flowMinutes * 60_000),
    })
    .execute();
  if (at.step === 'enrolment') await beginEnrolment(engine, at.userId);
  reply.header('Set-Cookie', `${flowCookie}=${token}; ${attributes}; Max-Age=${flowMinutes * 60}`);
  return at.step === 'password' ? { token, target, step: 'password', userId: null } : { token, target, step: at.step, userId: at.userId };
}

/** The sign-in that a browser is in; null when it is in none, or took too long. */
export async function flowOf(engine: Engine, request: FastifyRequest): Promise<LoginFlow | null> {
  const token = cookieOf(request, flowCookie);
  if (token === undefined) return null;
  const row = await engine.db
    .selectFrom('login_flow')
    .selectAll()
    .where('token_hash', '=', tokenHashOf(token))
    .where(sql<boolean>`expires_at > now()`)
    .executeTakeFirst();
  if (!row) return null;
  const target = row.target as unknown as LoginTarget;
  if (row.step === 'password') return { token, target, step: 'password', userId: null };
  if (row.step === 'provider') return row.secret === null ? null : { token, target, step: 'provider', userId: null, secret: row.secret };
  return row.user_id === null ? null : { token, target, step: row.step as 'second_factor' | 'enrolment', userId: row.user_id };
}

/** Sends a browser to a provider: what its answer must be like is kept with the sign-in. */
export async function awaitProvider(engine: Engine, flow: LoginFlow, secret: Buffer): Promise<boolean> {
  const found = await engine.db
    .updateTable('login_flow')
    .set({ step: 'provider', secret })
    .where('token_hash', '=', tokenHashOf(flow.token))
    .where('step', 'in', ['password', 'provider'])
    .returning('step')
    .execute();
  return found.length > 0;
}

/** Takes the provider's turn back: its answer is looked at once. @returns whether it was awaited */
export async function providerAnswered(engine: Engine, flow: LoginFlow): Promise<boolean> {
  const found = await engine.db
    .updateTable('login_flow')
    .set({ step: 'password', secret: null })
    .where('token_hash', '=', tokenHashOf(flow.token))
    .where('step', '=', 'provider')
    .returning('step')
    .execute();
  return found.length > 0;
}

/** Goes on after the right password, or a provider's word: to the second factor where there is or must be one. @returns whether it is done */
export async function afterFirstFactor(engine: Engine, flow: LoginFlow, userId: string): Promise<boolean> {
  const step = await stepAfterPassword(engine.db, userId);
  if (step === 'done') return true;
  await engine.db
    .updateTable('login_flow')
    .set({ step, user_id: userId, secret: null, failures: 0 })
    .where('token_hash', '=', tokenHashOf(flow.token))
    .where('step', 'in', ['password', 'provider'])
    .execute();
  if (step === 'enrolment') await beginEnrolment(engine, userId);
  return false;
}

/**
 * The second factor's turn: takes a code, or the first one of an enrolment. A sign-in with too many wrong ones is over.
 * @returns recovery codes when a second factor was enrolled
 * @throws {SignInError} `access_denied`; `invalid_request` when it is not its turn
 */
export async function takeSecondFactor(engine: Engine, flow: LoginFlow | null, code: string, address: string): Promise<string[] | null> {
  if (flow === null || flow.userId === null)
    throw new SignInError('invalid_request', 'No code is awaited. Begin with the user name and the password.');
  try {
    if (flow.step === 'enrolment') return await confirmEnrolment(engine, flow.userId, code, address);
    await checkCode(engine, flow.userId, code, address);
    return null;
  } catch (error) {
    if (error instanceof SignInError) {
      const counted = await engine.db
        .updateTable('login_flow')
        .set((column) => ({ failures: column('failures', '+', 1) }))
        .where('token_hash', '=', tokenHashOf(flow.token))
        .returning('failures')
        .executeTakeFirst();
      if ((counted?.failures ?? maxFailures) >= maxFailures) await endFlow(engine, null, flow);
    }
    throw error;
  }
}

/** Ends a sign-in, whatever it has reached. @returns whether it was still there: of two that end it at once, one goes on */
export async function endFlow(engine: Engine, reply: FastifyReply | null, flow: LoginFlow): Promise<boolean> {
  reply?.header('Set-Cookie', `${flowCookie}=; ${attributes}; Max-Age=0`);
  const ended = await engine.db
    .deleteFrom('login_flow')
    .where('token_hash', '=', tokenHashOf(flow.token))
    .returning('token_hash')
    .execute();
  return ended.length > 0;
}
