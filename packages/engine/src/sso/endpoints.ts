import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { recordSignIn } from '../access/events.ts';
import { findToken, revokeToken, revokeUser } from '../access/tokens.ts';
import type { Engine } from '../engine.ts';
import { registerProviders } from '../openid-providers/sign-in.ts';
import { registerAuthorize } from './authorize.ts';
import { authenticateClient } from './clients.ts';
import { registerLoginPages } from './login-pages.ts';
import { registerOpenid } from './openid.ts';
import { revokeRefreshToken } from './refresh.ts';
import { fieldsOf, jsonType, refuse, unknownClient } from './requests.ts';
import { scopes, scopesOf } from './scopes.ts';
import { token } from './token.ts';
import { tokenInfo } from './token-info.ts';

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
  const user = await findToken(engine.db, value, ['sso', 'session', 'browser', 'refresh']);
  if (user && client?.trusted === true && scopesOf(fields['scope']).includes(scopes.revokeAll)) await revokeUser(engine.db, user.id);
  else if (user?.session.kind === 'refresh') {
    if (client) await revokeRefreshToken(engine, client, value);
  } else if (user) await revokeToken(engine.db, value);
  if (user) await recordSignIn(engine.db, 'USER_VDC_LOGOUT', user.id);
  return reply.type(jsonType).send({});
}

/** Registers single sign-on: OAuth, OpenID, the pages on which people sign in, the SDKs' logout. */
export function registerSso(app: FastifyInstance, engine: Engine): void {
  for (const url of ['/ovirt-engine/sso/oauth/token', '/ovirt-engine/sso/oauth/token-http-auth', '/ovirt-engine/sso/openid/token'])
    for (const method of ['GET', 'POST'] as const) app.route({ method, url, handler: (request, reply) => token(engine, request, reply) });
  app.post('/ovirt-engine/sso/oauth/revoke', (request, reply) => revoke(engine, request, reply, true));
  app.post('/ovirt-engine/services/sso-logout', (request, reply) => revoke(engine, request, reply, false));
  for (const method of ['GET', 'POST'] as const)
    app.route({ method, url: '/ovirt-engine/sso/oauth/token-info', handler: (request, reply) => tokenInfo(engine, request, reply) });
  app.get('/ovirt-engine/sso/status', async (_request, reply) => {
    await engine.ping();
    return reply.type('text/plain').send('DB Up!Welcome to Health Status!');
  });
  registerAuthorize(app, engine);
  registerLoginPages(app, engine);
  registerOpenid(app, engine);
  registerProviders(app, engine);
}
