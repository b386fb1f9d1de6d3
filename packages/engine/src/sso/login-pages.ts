import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { renderSVG } from 'uqr';
import { checkOrigin } from '../access/authenticate.ts';
import { PasswordRefused, changePassword, internalProfile } from '../access/internal-directory.ts';
import { afterFirstFactor, endFlow, flowOf, startFlow, takeSecondFactor, type LoginFlow } from '../access/login-flow.ts';
import { principalName } from '../access/permissions.ts';
import { signInProfiles } from '../access/profiles.ts';
import { SecondFactorNeeded, SignInError } from '../access/sign-in-error.ts';
import { identityOf, signIn } from '../access/sign-in.ts';
import { say, type Sentence } from '../rest/sentence.ts';
import type { Engine } from '../engine.ts';
import { pendingSecret } from '../second-factor/second-factor.ts';
import { enrolmentUri } from '../second-factor/totp.ts';
import { arrive, forgetLogin, loginPath, rememberLogin } from './authorize.ts';
import { Html, html, sendPage } from './page.ts';
import { wordsFor, type PageWords } from './page-words.ts';
import { fieldsOf } from './requests.ts';

const changePath = '/ovirt-engine/sso/credentials-change.html';
const logoutPath = '/ovirt-engine/sso/logout.html';
const csrfNote = 'The page was open for too long, or was not opened here. Begin anew.';

/** A page that is to be sent: where to, and in which language. */
export interface Asked {
  readonly engine: Engine;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly words: PageWords;
}

const problemOf = (words: PageWords, problem: string | Sentence | undefined): Html | null =>
  problem === undefined ? null : html`<p class="problem" role="alert">${words.tell(problem)}</p>`;
const leadsTo = (flow: LoginFlow): string | undefined => (flow.target.kind === 'code' ? flow.target.redirectUri : undefined);

async function passwordPage(
  { engine, reply, words }: Asked,
  flow: LoginFlow,
  said: { problem?: string | Sentence; username?: string; profile?: string; status?: number } = {},
): Promise<FastifyReply> {
  const { passwords, providers } = await signInProfiles(engine);
  const options = passwords.map(
    (profile) => html`<option value="${profile}" ${profile === said.profile ? new Html(' selected') : null}>${profile}</option>`,
  );
  const others = providers.map(({ profile, title }) => {
    const label = words.tell(say`Sign in with ${title}`);
    return html`<a class="other" href="/ovirt-engine/sso/provider/${encodeURIComponent(profile)}/start">${label}</a>`;
  });
  return sendPage(reply, {
    words,
    status: said.status,
    title: 'Sign in',
    content: html`${problemOf(words, said.problem)}
      <form method="post" action="${loginPath}">
        <label for="username">${words.tell('User name')}</label
        ><input
          id="username"
          name="username"
          value="${said.username ?? ''}"
          maxlength="255"
          autocomplete="username"
          autocapitalize="none"
          spellcheck="false"
          required
          autofocus
        /><label for="password">${words.tell('Password')}</label
        ><input id="password" name="password" type="password" maxlength="1024" autocomplete="current-password" required /><label
          for="profile"
          >${words.tell('Profile')}</label
        ><select id="profile" name="profile">
          ${options}</select
        ><button>${words.tell('Sign in')}</button>
      </form>
      ${others}
      <p><a href="${changePath}">${words.tell('Change a password')}</a></p>`,
    leadsTo: leadsTo(flow),
  });
}

async function secondFactorPage({ engine, reply, words }: Asked, flow: LoginFlow, problem?: string | Sentence): Promise<FastifyReply> {
  const field = html`<label for="code">${words.tell('Code')}</label
    ><input id="code" name="code" inputmode="numeric" maxlength="32" autocomplete="one-time-code" required autofocus />`;
  const secret = flow.step === 'enrolment' ? await pendingSecret(engine, flow.userId) : null;
  if (flow.step !== 'enrolment' || flow.userId === null || secret === null)
    return sendPage(reply, {
      words,
      status: problem === undefined ? 200 : 401,
      title: 'Second factor',
      content: html`${problemOf(words, problem)}
        <p>${words.tell('Type the code that your authenticator shows now, or one of your recovery codes.')}</p>
        <form method="post" action="${loginPath}">${field}<button>${words.tell('Continue')}</button></form>`,
      leadsTo: leadsTo(flow),
    });
  const user = await engine.db.selectFrom('app_user').select(['principal', 'domain']).where('id', '=', flow.userId).executeTakeFirst();
  const picture = new Html(renderSVG(enrolmentUri(secret, user ? principalName(user) : '')));
  return sendPage(reply, {
    words,
    status: problem === undefined ? 200 : 401,
    title: 'Set up a second factor',
    content: html`${problemOf(words, problem)}
      <p>${words.tell('You need a second factor. Read the picture with an authenticator program, or type this there:')}</p>
      <p><code>${secret}</code></p>
      ${picture}
      <p>${words.tell('Then type the code that it shows.')}</p>
      <form method="post" action="${loginPath}">${field}<button>${words.tell('Continue')}</button></form>`,
    leadsTo: leadsTo(flow),
  });
}

const page = (asked: Asked, flow: LoginFlow): Promise<FastifyReply> =>
  flow.step === 'second_factor' || flow.step === 'enrolment' ? secondFactorPage(asked, flow) : passwordPage(asked, flow);

/** Ends a sign-in that has come through: cookies, then on to where it leads. */
export async function finish(
  { engine, request, reply, words }: Asked,
  flow: LoginFlow,
  login: { userId: string; secondFactor: boolean },
  recoveryCodes: readonly string[] | null = null,
): Promise<FastifyReply> {
  // Of two answers to the same sign-in one goes on.
  if (!(await endFlow(engine, reply, flow)))
    return sendPage(reply, { words, status: 400, title: 'Sign in', content: html`<p>${words.tell(csrfNote)}</p>` });
  const at = { ...login, authenticatedAt: engine.now() };
  await rememberLogin(engine, request, reply, at);
  const place = await arrive(engine, request, reply, flow.target, at);
  if (recoveryCodes === null) return reply.code(302).header('Cache-Control', 'no-store').redirect(place);
  return sendPage(reply, {
    words,
    title: 'Recovery codes',
    content: html`<p>
        ${words.tell(
          'Keep these: each signs you in once in place of a code, should you lose your authenticator. They are not shown again.',
        )}
      </p>
      <ul>
        ${recoveryCodes.map((code) => html`<li>${code}</li>`)}
      </ul>
      <p><a href="${place}">${words.tell('Continue')}</a></p>`,
  });
}

async function takePassword(asked: Asked, flow: LoginFlow): Promise<FastifyReply> {
  const { engine, request, reply } = asked;
  const { username = '', password = '', profile = internalProfile } = fieldsOf(request);
  const name = username.includes('@') && identityOf(username).internal ? username : `${username}@${profile}`;
  try {
    const login = await signIn(engine, { username: name, password, address: request.ip });
    return await finish(asked, flow, login);
  } catch (error) {
    if (error instanceof SecondFactorNeeded) {
      await afterFirstFactor(engine, flow, error.userId);
      return reply.code(303).header('Cache-Control', 'no-store').redirect(loginPath);
    }
    if (!(error instanceof SignInError)) throw error;
    if (error.retryAfterSeconds !== undefined) reply.header('Retry-After', String(error.retryAfterSeconds));
    if (error.code === 'password_expired') return changePage(asked, { problem: error.sentence, username, status: 401 });
    const status = { too_many_attempts: 429, server_error: 503 }[error.code as string] ?? 401;
    return passwordPage(asked, flow, { problem: error.sentence, username, profile, status });
  }
}

async function take(asked: Asked): Promise<FastifyReply> {
  const { engine, request, reply, words } = asked;
  checkOrigin(request);
  const flow = await flowOf(engine, request);
  // The cookie is not sent when a page of another site posts this form: nobody is signed in as somebody else without knowing.
  if (!flow)
    return sendPage(reply, {
      words,
      status: 400,
      title: 'Sign in',
      content: html`<p>${words.tell(csrfNote)}</p>
        <p><a href="${loginPath}">${words.tell('Sign in')}</a></p>`,
    });
  if (flow.step === 'password' || flow.step === 'provider') return takePassword(asked, flow);
  try {
    const codes = await takeSecondFactor(engine, flow, fieldsOf(request)['code'] ?? '', request.ip);
    return await finish(asked, flow, { userId: flow.userId, secondFactor: true }, codes);
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    const going = await flowOf(engine, request);
    return going
      ? secondFactorPage(asked, going, error.sentence)
      : sendPage(reply, {
          words,
          status: 401,
          title: 'Sign in',
          content: html`${problemOf(words, error.sentence)}
            <p><a href="${loginPath}">${words.tell('Begin anew')}</a></p>`,
        });
  }
}

function changePage(
  { reply, words }: Asked,
  said: { problem?: string | Sentence; notice?: string; username?: string; status?: number } = {},
): FastifyReply {
  const notice = said.notice === undefined ? null : html`<p class="notice" role="status">${words.tell(said.notice)}</p>`;
  return sendPage(reply, {
    words,
    status: said.status,
    title: 'Change your password',
    content: html`${problemOf(words, said.problem)}${notice}
      <form method="post" action="${changePath}">
        <label for="username">${words.tell('User name')}</label
        ><input id="username" name="username" value="${said.username ?? ''}" maxlength="255" autocomplete="username" required /><label
          for="credentials"
          >${words.tell('Present password')}</label
        ><input id="credentials" name="credentials" type="password" maxlength="1024" autocomplete="current-password" required /><label
          for="credentialsNew1"
          >${words.tell('New password')}</label
        ><input id="credentialsNew1" name="credentialsNew1" type="password" maxlength="1024" autocomplete="new-password" required /><label
          for="credentialsNew2"
          >${words.tell('New password, again')}</label
        ><input id="credentialsNew2" name="credentialsNew2" type="password" maxlength="1024" autocomplete="new-password" required /><button>
          ${words.tell('Change the password')}
        </button>
      </form>
      <p><a href="${loginPath}">${words.tell('Sign in')}</a></p>`,
  });
}

async function takeChange(asked: Asked): Promise<FastifyReply> {
  const { engine, request } = asked;
  checkOrigin(request);
  const { username = '', credentials = '', credentialsNew1: fresh = '', credentialsNew2: again = '' } = fieldsOf(request);
  const { principal, internal } = identityOf(username.includes('@') ? username : `${username}@${internalProfile}`);
  const refuse = (problem: string | Sentence, status: number): FastifyReply => changePage(asked, { problem, username, status });
  if (!internal) return refuse('Passwords of other directories are changed there.', 400);
  if (fresh !== again) return refuse('The new passwords differ.', 400);
  try {
    await changePassword(engine, principal, credentials, fresh, request.ip);
    return changePage(asked, { notice: 'The password was changed. Sign in with the new one.', username });
  } catch (error) {
    if (error instanceof PasswordRefused) return refuse(error.sentence, 400);
    if (error instanceof SignInError) return refuse(error.sentence, error.code === 'too_many_attempts' ? 429 : 401);
    throw error;
  }
}

/**
 * Registers the pages on which people sign in and change their passwords. They are plain HTML of the engine, without scripts. A sign-in
 * that no client asked for leads to the portal.
 */
export function registerLoginPages(app: FastifyInstance, engine: Engine): void {
  const asked = async (request: FastifyRequest, reply: FastifyReply): Promise<Asked> => ({
    engine,
    request,
    reply,
    words: await wordsFor(request),
  });
  const open = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    page(await asked(request, reply), (await flowOf(engine, request)) ?? (await startFlow(engine, reply, { kind: 'portal' })));
  for (const path of [loginPath, '/ovirt-engine/sso/interactive-login', '/ovirt-engine/sso/interactive-login-next-auth'])
    app.get(path, open);
  for (const path of [loginPath, '/ovirt-engine/sso/interactive-login'])
    app.post(path, async (request, reply) => take(await asked(request, reply)));
  for (const path of [changePath, '/ovirt-engine/sso/interactive-change-passwd']) {
    app.get(path, async (request, reply) => changePage(await asked(request, reply)));
    app.post(path, async (request, reply) => takeChange(await asked(request, reply)));
  }
  app.get(logoutPath, async (request, reply) => {
    const words = await wordsFor(request);
    const content = html`<form method="post" action="${logoutPath}"><button>${words.tell('Sign out')}</button></form>`;
    return sendPage(reply, { words, title: 'Sign out', content });
  });
  app.post(logoutPath, async (request, reply) => {
    checkOrigin(request);
    await forgetLogin(engine, request, reply);
    const words = await wordsFor(request);
    return sendPage(reply, {
      words,
      title: 'Sign out',
      content: html`<p>${words.tell('You are signed out.')}</p>
        <p><a href="${loginPath}">${words.tell('Sign in')}</a></p>`,
    });
  });
}
