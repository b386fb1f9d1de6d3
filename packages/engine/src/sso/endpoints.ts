import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { recordSignIn } from '../access/events.ts';
import { internalDomain } from '../access/internal-directory.ts';
import { principalName } from '../access/permissions.ts';
import { findToken, revokeToken, revokeUser } from '../access/tokens.ts';
import type { Engine } from '../engine.ts';
import { registerProviders } from '../openid-providers/sign-in.ts';
import { registerAuthorize } from './authorize.ts';
import { authenticateClient } from './clients.ts';
import { registerLoginPages } from './login-pages.ts';
import { registerOpenid } from './openid.ts';
import { fieldsOf, jsonType, refuse } from './requests.ts';
import { scopes, scopesOf } from './scopes.ts';
import { openEnd, token } from './token.ts';

const unknownClient = 'The client is unknown, or its secret is wrong.';

/**
 * Ends a token. Clients of the API end their own by `services/sso-logout`, with the token alone; `oauth/revoke` is for registered clients.
 * The scope that ends all of a user's sessions needs a trusted client.
 */
async function revoke(engine: Engine, request: FastifyRequest, reply: FastifyReply, needsClient: boolean): Promise<FastifyReply> {
  const fields = fieldsOf(request);
  const client = await authenticateClient(engine.db, request, fields);
  if (needsClient && !client) return refuse(reply, fields, 'unauthorized_client', unknownClient);
  const value = fields['token'];
  if (!value) return refuse(reply, fields, 'invalid_request', 'The parameter token is missing.');
  const user = await findToken(engine.db, value, ['sso', 'session', 'browser']);
  if (user && client?.trusted === true && scopesOf(fields['scope']).includes(scopes.revokeAll)) await revokeUser(engine.db, user.id);
  else if (user) await revokeToken(engine.db, value);
  if (user) await recordSignIn(engine.db, 'USER_VDC_LOGOUT', user.id);
  return reply.type(jsonType).send({});
}

async function tokenInfo(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const fields = fieldsOf(request);
  const validates = scopesOf(fields['scope']).includes(scopes.validate);
  const client = validates ? null : await authenticateClient(engine.db, request, fields);
  if (!validates && !client) return refuse(reply, fields, 'unauthorized_client', unknownClient);
  if (fields['query_type'] !== undefined)
    return refuse(reply, fields, 'invalid_request', 'Directories are searched by the REST API (domains), not here.');
  const user = await findToken(engine.db, fields['token'] ?? '', ['sso', 'session', 'browser', 'api']);
  if (!user) return refuse(reply, fields, 'invalid_grant', 'The provided authorization grant is invalid, expired or revoked.');
  if (validates) return reply.type(jsonType).send({});
  const facts = await engine.db
    .selectFrom('app_user')
    .innerJoin('access_token', 'access_token.user_id', 'app_user.id')
    .select(['email', 'first_name', 'last_name', 'namespace', 'group_ids', 'access_token.scope', 'access_token.client_id'])
    .where('access_token.token_hash', '=', user.token)
    .executeTakeFirst();
  return reply
    .type(jsonType)
    .header('Cache-Control', 'no-store')
    .send({
      active: true,
      token_type: 'bearer',
      client_id: facts?.client_id ?? '',
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
        group_ids: facts?.group_ids ?? [],
        capability_credentials_change: user.domain === internalDomain,
      },
    });
}

/** Registers single sign-on: OAuth, OpenID, the pages on which people sign in, the SDKs' logout. */
export function registerSso(app: FastifyInstance, engine: Engine): void {
  for (const url of ['/ovirt-engine/sso/oauth/token', '/ovirt-engine/sso/oauth/token-http-auth', '/ovirt-engine/sso/openid/token'])
    for (const method of ['GET', 'POST'] as const) app.route({ method, url, handler: (request, reply) => token(engine, request, reply) });
  app.post('/ovirt-engine/sso/oauth/revoke', (request, reply) => revoke(engine, request, reply, true));
  app.post('/ovirt-engine/services/sso-logout', (request, reply) => revoke(engine, request, reply, false));
  app.post('/ovirt-engine/sso/oauth/token-info', (request, reply) => tokenInfo(engine, request, reply));
  app.get('/ovirt-engine/sso/status', async (_request, reply) => {
    await engine.ping();
    return reply.type('text/plain').send('DB Up!Welcome to Health Status!');
  });
  registerAuthorize(app, engine);
  registerLoginPages(app, engine);
  registerOpenid(app, engine);
  registerProviders(app, engine);
}
