import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../engine.ts';
import { internalDomain } from '../access/internal-directory.ts';
import { SignInError, signIn } from '../access/sign-in.ts';
import { apiScope, findToken, idleTimeoutOf, issueToken, revokeToken, revokeUser } from '../access/tokens.ts';
import { principalName } from '../access/permissions.ts';
import { recordSignIn } from '../access/events.ts';

/** `exp` of a token whose end is not known in advance: the largest 64-bit number, as text. */
const openEnd = '9223372036854775807';

/** Scopes that a scope brings along. Source: REST contract, single sign-on. */
const widened: Record<string, string[]> = {
  'ovirt-app-api': [
    'ovirt-ext=token-info:authz-search',
    'ovirt-ext=token-info:public-authz-search',
    'ovirt-ext=token-info:validate',
    'ovirt-ext=token:password-access',
  ],
  'ovirt-app-admin': [
    'ovirt-app-api',
    'ovirt-ext=revoke:revoke-all',
    'ovirt-ext=token-info:authz-search',
    'ovirt-ext=token-info:public-authz-search',
    'ovirt-ext=token-info:validate',
    'ovirt-ext=token:password-access',
  ],
  'ovirt-app-portal': [
    'ovirt-app-api',
    'ovirt-ext=revoke:revoke-all',
    'ovirt-ext=token-info:authz-search',
    'ovirt-ext=token-info:public-authz-search',
    'ovirt-ext=token-info:validate',
    'ovirt-ext=token:password-access',
  ],
};
const maxScopeLength = 2048;

type Fields = Record<string, string | undefined>;

function fieldsOf(request: FastifyRequest): Fields {
  const query = Object.fromEntries(new URL(request.url, 'https://engine').searchParams);
  const text = typeof request.body === 'string' ? request.body : '';
  return { ...query, ...Object.fromEntries(new URLSearchParams(text)) };
}

const forApi = (fields: Fields): boolean => (fields['scope'] ?? '').split(' ').includes(apiScope);

/** SSO errors come in two shapes: clients of the API know `error_code` and `error`, others OAuth's own names. */
function refuse(reply: FastifyReply, fields: Fields, code: string, text: string): FastifyReply {
  const body = forApi(fields) ? { error_code: code, error: text } : { error: code, error_description: text };
  return reply.code(400).type('application/json;charset=UTF-8').send(body);
}

function credentialsOf(request: FastifyRequest, fields: Fields): { username: string; password: string } | null {
  if (fields['grant_type'] !== 'urn:ovirt:params:oauth:grant-type:http') {
    return fields['username'] !== undefined && fields['password'] !== undefined
      ? { username: fields['username'], password: fields['password'] }
      : null;
  }
  return basicCredentials(request.headers.authorization);
}

/** User name and password of an `Authorization: Basic` header; null when there is none. */
export function basicCredentials(header: string | undefined): { username: string; password: string } | null {
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '');
  const text = match?.[1] ? Buffer.from(match[1], 'base64').toString('utf8') : '';
  const colon = text.indexOf(':');
  return colon > 0 ? { username: text.slice(0, colon), password: text.slice(colon + 1) } : null;
}

async function token(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const fields = fieldsOf(request);
  if (request.headers.accept !== 'application/json')
    return refuse(reply, fields, 'invalid_request', "The request's Accept header must be application/json.");
  const grant = fields['grant_type'];
  if (grant === undefined) return refuse(reply, fields, 'invalid_request', 'The parameter grant_type is missing.');
  if (grant !== 'password' && grant !== 'urn:ovirt:params:oauth:grant-type:http') {
    return refuse(reply, fields, 'unsupported_grant_type', `The grant type ${grant.slice(0, 80)} is not supported.`);
  }
  const scope = fields['scope'] ?? '';
  if (scope.length > maxScopeLength) return refuse(reply, fields, 'invalid_scope', 'The scope is too long.');
  const credentials = credentialsOf(request, fields);
  if (!credentials) return refuse(reply, fields, 'invalid_request', 'The parameters username and password are needed.');
  try {
    const userId = await signIn(engine, credentials.username, credentials.password);
    const scopes = [
      ...new Set(
        scope
          .split(' ')
          .filter(Boolean)
          .flatMap((name) => [name, ...(widened[name] ?? [])]),
      ),
    ].join(' ');
    const accessToken = await issueToken(engine.db, {
      kind: 'sso',
      userId,
      scope: scopes,
      sourceAddress: request.ip,
      idleTimeoutMs: idleTimeoutOf(engine),
    });
    await recordSignIn(engine.db, 'USER_VDC_LOGIN', userId);
    return await reply
      .type('application/json;charset=UTF-8')
      .send({ access_token: accessToken, scope: scopes, exp: openEnd, token_type: 'bearer' });
  } catch (error) {
    // An expired password is no code of its own there: the text says so.
    if (error instanceof SignInError)
      return refuse(reply, fields, error.code === 'password_expired' ? 'access_denied' : error.code, error.message);
    throw error;
  }
}

async function revoke(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const fields = fieldsOf(request);
  const value = fields['token'];
  if (!value) return refuse(reply, fields, 'invalid_request', 'The parameter token is missing.');
  const user = await findToken(engine.db, value);
  if (user && (fields['scope'] ?? '').includes('revoke:revoke-all')) await revokeUser(engine.db, user.id);
  else await revokeToken(engine.db, value);
  if (user) await recordSignIn(engine.db, 'USER_VDC_LOGOUT', user.id);
  return reply.type('application/json;charset=UTF-8').send({});
}

async function tokenInfo(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const fields = fieldsOf(request);
  const user = await findToken(engine.db, fields['token'] ?? '');
  if (!user) return refuse(reply, fields, 'invalid_grant', 'The provided authorization grant is invalid, expired or revoked.');
  if ((fields['scope'] ?? '').includes('token-info:validate')) return reply.type('application/json;charset=UTF-8').send({});
  const facts = await engine.db
    .selectFrom('app_user')
    .innerJoin('access_token', 'access_token.user_id', 'app_user.id')
    .select(['app_user.email', 'app_user.first_name', 'app_user.last_name', 'app_user.namespace', 'access_token.scope'])
    .where('access_token.token_hash', '=', user.token)
    .executeTakeFirst();
  return reply
    .type('application/json;charset=UTF-8')
    .send({
      active: true,
      token_type: 'bearer',
      scope: facts?.scope ?? '',
      user_id: principalName(user),
      user_authz: user.domain,
      exp: openEnd,
      ovirt: {
        version: '0',
        principal_id: user.id,
        email: facts?.email ?? '',
        namespace: facts?.namespace ?? '*',
        first_name: facts?.first_name ?? '',
        last_name: facts?.last_name ?? '',
        group_ids: user.principals.slice(1, -1),
        capability_credentials_change: user.domain === internalDomain,
      },
    });
}

/** Registers the OAuth endpoints that clients of the API use: token, token-info, revoke and the SDKs' logout. */
export function registerSso(app: FastifyInstance, engine: Engine): void {
  for (const path of ['/ovirt-engine/sso/oauth/token', '/ovirt-engine/sso/oauth/token-http-auth']) {
    app.post(path, (request, reply) => token(engine, request, reply));
    app.get(path, (request, reply) => token(engine, request, reply));
  }
  app.post('/ovirt-engine/sso/oauth/revoke', (request, reply) => revoke(engine, request, reply));
  app.post('/ovirt-engine/services/sso-logout', (request, reply) => revoke(engine, request, reply));
  app.post('/ovirt-engine/sso/oauth/token-info', (request, reply) => tokenInfo(engine, request, reply));
  app.get('/ovirt-engine/sso/status', async (_request, reply) => {
    await engine.ping();
    return reply.type('text/plain').send('DB Up!Welcome to Health Status!');
  });
}
