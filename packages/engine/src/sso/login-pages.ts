import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { renderSVG } from 'uqr';
import { checkOrigin } from '../access/authenticate.ts';
import { PasswordRefused, changePassword, internalProfile } from '../access/internal-directory.ts';
import { afterFirstFactor, endFlow, flowOf, startFlow, takeSecondFactor, type LoginFlow } from '../access/login-flow.ts';
import { principalName } from '../access/permissions.ts';
import { signInProfiles } from '../access/profiles.ts';
import { SecondFactorNeeded, SignInError } from '../access/sign-in-error.ts';
import { identityOf, signIn } from '../access/sign-in.ts';
import type { Engine } from '../engine.ts';
import { pendingSecret } from '../second-factor/second-factor.ts';
import { enrolmentUri } from '../second-factor/totp.ts';
import { arrive, forgetLogin, loginPath, rememberLogin } from './authorize.ts';
import { Html, html, sendPage } from './page.ts';
import { fieldsOf } from './requests.ts';

const changePath = '/ovirt-engine/sso/credentials-change.html';
const csrfNote = 'The page was open for too long, or was not opened here. Begin anew.';

const problemOf = (text: string | undefined): Html | null =>
  text === undefined ? null : html`<p class="problem" role="alert">${text}</p>`;
const leadsTo = (flow: LoginFlow): string | undefined => (flow.target.kind === 'code' ? flow.target.redirectUri : undefined);

async function passwordPage(
  engine: Engine,
  reply: FastifyReply,
  flow: LoginFlow,
  said: { problem?: string; username?: string; profile?: string; status?: number } = {},
): Promise<FastifyReply> {
  const { passwords, providers } = await signInProfiles(engine);
  const options = passwords.map(
    (profile) => html`<option value="${profile}" ${profile === said.profile ? new Html(' selected') : null}>${profile}</option>`,
  );
  const others = providers.map(
    ({ profile, title }) =>
      html`<a class="other" href="/ovirt-engine/sso/provider/${encodeURIComponent(profile)}/start">Sign in with ${title}</a>`,
  );
  return sendPage(
    reply,
    said.status ?? 200,
    'Sign in',
    html`${problemOf(said.problem)}
      <form method="post" action="${loginPath}">
        <label for="username">User name</label
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
        /><label for="password">Password</label
        ><input id="password" name="password" type="password" maxlength="1024" autocomplete="current-password" required /><label
          for="profile"
          >Profile</label
        ><select id="profile" name="profile">
          ${options}</select
        ><button>Sign in</button>
      </form>
      ${others}
      <p><a href="${changePath}">Change a password</a></p>`,
    leadsTo(flow),
  );
}

async function secondFactorPage(engine: Engine, reply: FastifyReply, flow: LoginFlow, problem?: string): Promise<FastifyReply> {
  const field = html`<label for="code">Code</label
    ><input id="code" name="code" inputmode="numeric" maxlength="32" autocomplete="one-time-code" required autofocus />`;
  const secret = flow.step === 'enrolment' ? await pendingSecret(engine, flow.userId) : null;
  if (flow.step !== 'enrolment' || flow.userId === null || secret === null)
    return sendPage(
      reply,
      problem === undefined ? 200 : 401,
      'Second factor',
      html`${problemOf(problem)}
        <p>Type the code that your authenticator shows now, or one of your recovery codes.</p>
        <form method="post" action="${loginPath}">${field}<button>Continue</button></form>`,
      leadsTo(flow),
    );
  const user = await engine.db.selectFrom('app_user').select(['principal', 'domain']).where('id', '=', flow.userId).executeTakeFirst();
  const picture = new Html(renderSVG(enrolmentUri(secret, user ? principalName(user) : '')));
  return sendPage(
    reply,
    problem === undefined ? 200 : 401,
    'Set up a second factor',
    html`${problemOf(problem)}
      <p>
        You need a second factor. Read this with an authenticator program, or type <code>${secret}</code> there; then type the code that it
        shows.
      </p>
      ${picture}
      <form method="post" action="${loginPath}">${field}<button>Continue</button></form>`,
    leadsTo(flow),
  );
}

const page = (engine: Engine, reply: FastifyReply, flow: LoginFlow): Promise<FastifyReply> =>
  flow.step === 'second_factor' || flow.step === 'enrolment' ? secondFactorPage(engine, reply, flow) : passwordPage(engine, reply, flow);

/** Ends a sign-in that has come through: cookies, then on to where it leads. */
export async function finish(
  engine: Engine,
  request: FastifyRequest,
  reply: FastifyReply,
  flow: LoginFlow,
  login: { userId: string; secondFactor: boolean },
  recoveryCodes: readonly string[] | null = null,
): Promise<FastifyReply> {
  // Of two answers to the same sign-in one goes on.
  if (!(await endFlow(engine, reply, flow))) return sendPage(reply, 400, 'Sign in', html`<p>${csrfNote}</p>`);
  const at = { ...login, authenticatedAt: engine.now() };
  await rememberLogin(engine, request, reply, at);
  const place = await arrive(engine, request, reply, flow.target, at);
  if (recoveryCodes === null) return reply.code(302).header('Cache-Control', 'no-store').redirect(place);
  return sendPage(
    reply,
    200,
    'Recovery codes',
    html`<p>Keep these: each signs you in once in place of a code, should you lose your authenticator. They are not shown again.</p>
      <ul>
        ${recoveryCodes.map((code) => html`<li>${code}</li>`)}
      </ul>
      <p><a href="${place}">Continue</a></p>`,
  );
}

async function takePassword(engine: Engine, request: FastifyRequest, reply: FastifyReply, flow: LoginFlow): Promise<FastifyReply> {
  const { username = '', password = '', profile = internalProfile } = fieldsOf(request);
  const name = username.includes('@') && identityOf(username).internal ? username : `${username}@${profile}`;
  try {
    const login = await signIn(engine, { username: name, password, address: request.ip });
    return await finish(engine, request, reply, flow, login);
  } catch (error) {
    if (error instanceof SecondFactorNeeded) {
      await afterFirstFactor(engine, flow, error.userId);
      return reply.code(303).header('Cache-Control', 'no-store').redirect(loginPath);
    }
    if (!(error instanceof SignInError)) throw error;
    if (error.retryAfterSeconds !== undefined) reply.header('Retry-After', String(error.retryAfterSeconds));
    if (error.code === 'password_expired') return changePage(engine, reply, { problem: error.message, username, profile, status: 401 });
    const status = { too_many_attempts: 429, server_error: 503 }[error.code as string] ?? 401;
    return passwordPage(engine, reply, flow, { problem: error.message, username, profile, status });
  }
}

async function take(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  checkOrigin(request);
  const flow = await flowOf(engine, request);
  // The cookie is not sent when a page of another site posts this form: nobody is signed in as somebody else without knowing.
  if (!flow)
    return sendPage(
      reply,
      400,
      'Sign in',
      html`<p>${csrfNote}</p>
        <p><a href="${loginPath}">Sign in</a></p>`,
    );
  if (flow.step === 'password' || flow.step === 'provider') return takePassword(engine, request, reply, flow);
  try {
    const codes = await takeSecondFactor(engine, flow, fieldsOf(request)['code'] ?? '', request.ip);
    return await finish(engine, request, reply, flow, { userId: flow.userId, secondFactor: true }, codes);
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    const going = await flowOf(engine, request);
    return going
      ? secondFactorPage(engine, reply, going, error.message)
      : sendPage(
          reply,
          401,
          'Sign in',
          html`${problemOf(error.message)}
            <p><a href="${loginPath}">Begin anew</a></p>`,
        );
  }
}

async function changePage(
  _engine: Engine,
  reply: FastifyReply,
  said: { problem?: string; notice?: string; username?: string; profile?: string; status?: number } = {},
): Promise<FastifyReply> {
  const notice = said.notice === undefined ? null : html`<p class="notice" role="status">${said.notice}</p>`;
  return sendPage(
    reply,
    said.status ?? 200,
    'Change your password',
    html`${problemOf(said.problem)}${notice}
      <form method="post" action="${changePath}">
        <label for="username">User name</label
        ><input id="username" name="username" value="${said.username ?? ''}" maxlength="255" autocomplete="username" required /><label
          for="credentials"
          >Present password</label
        ><input id="credentials" name="credentials" type="password" maxlength="1024" autocomplete="current-password" required /><label
          for="credentialsNew1"
          >New password</label
        ><input id="credentialsNew1" name="credentialsNew1" type="password" maxlength="1024" autocomplete="new-password" required /><label
          for="credentialsNew2"
          >New password, again</label
        ><input id="credentialsNew2" name="credentialsNew2" type="password" maxlength="1024" autocomplete="new-password" required /><button>
          Change the password
        </button>
      </form>
      <p><a href="${loginPath}">Sign in</a></p>`,
  );
}

async function takeChange(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  checkOrigin(request);
  const { username = '', credentials = '', credentialsNew1: fresh = '', credentialsNew2: again = '' } = fieldsOf(request);
  const { principal, internal } = identityOf(username.includes('@') ? username : `${username}@${internalProfile}`);
  const refuse = (problem: string, status: number) => changePage(engine, reply, { problem, username, status });
  if (!internal) return refuse('Passwords of other directories are changed there.', 400);
  if (fresh !== again) return refuse('The new passwords differ.', 400);
  try {
    await changePassword(engine, principal, credentials, fresh, request.ip);
    return await changePage(engine, reply, { notice: 'The password was changed. Sign in with the new one.', username });
  } catch (error) {
    if (error instanceof PasswordRefused) return refuse(error.message, 400);
    if (error instanceof SignInError) return refuse(error.message, error.code === 'too_many_attempts' ? 429 : 401);
    throw error;
  }
}

/**
 * Registers the pages on which people sign in and change their passwords. They are plain HTML of the engine, without scripts. A sign-in
 * that no client asked for leads to the portal.
 */
export function registerLoginPages(app: FastifyInstance, engine: Engine): void {
  const open = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    page(engine, reply, (await flowOf(engine, request)) ?? (await startFlow(engine, reply, { kind: 'portal' })));
  for (const path of [loginPath, '/ovirt-engine/sso/interactive-login', '/ovirt-engine/sso/interactive-login-next-auth'])
    app.get(path, open);
  for (const path of [loginPath, '/ovirt-engine/sso/interactive-login']) app.post(path, (request, reply) => take(engine, request, reply));
  for (const path of [changePath, '/ovirt-engine/sso/interactive-change-passwd']) {
    app.get(path, (_request, reply) => changePage(engine, reply));
    app.post(path, (request, reply) => takeChange(engine, request, reply));
  }
  app.get('/ovirt-engine/sso/logout.html', (_request, reply) =>
    sendPage(reply, 200, 'Sign out', html`<form method="post" action="/ovirt-engine/sso/logout.html"><button>Sign out</button></form>`),
  );
  app.post('/ovirt-engine/sso/logout.html', async (request, reply) => {
    checkOrigin(request);
    await forgetLogin(engine, request, reply);
    return sendPage(
      reply,
      200,
      'Sign out',
      html`<p>You are signed out.</p>
        <p><a href="${loginPath}">Sign in</a></p>`,
    );
  });
}
