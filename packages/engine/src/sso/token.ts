import type { FastifyReply, FastifyRequest } from 'fastify';
import { originOf } from '../access/authenticate.ts';
import { recordSignIn } from '../access/events.ts';
import { SignInError } from '../access/sign-in-error.ts';
import { identityOf, signIn } from '../access/sign-in.ts';
import { internalDomain } from '../access/internal-directory.ts';
import { idleTimeoutOf, issueToken } from '../access/tokens.ts';
import type { Engine } from '../engine.ts';
import { recordEvent } from '../events/record.ts';
import { authenticateClient, type SsoClient } from './clients.ts';
import { redeemCode, type Grant } from './codes.ts';
import { idToken, issuerOf } from './openid.ts';
import { basicCredentials, fieldsOf, jsonType, noGrant, refuse, unknownClient, type Fields } from './requests.ts';
import { grantOfRefreshToken, issueRefreshToken } from './refresh.ts';
import { maxScopeLength, scopes, scopesOf, widen } from './scopes.ts';

/** `exp` of a token whose end is not known in advance: the largest 64-bit number, as text. */
export const openEnd = '9223372036854775807';
const httpGrant = 'urn:ovirt:params:oauth:grant-type:http';

interface Asked {
  engine: Engine;
  request: FastifyRequest;
  reply: FastifyReply;
  fields: Fields;
}

interface Issued {
  token: string;
  scope: string;
}

async function issue(
  { engine, request }: Asked,
  granted: { userId: string; scope: string; clientId?: string; secondFactor?: boolean },
): Promise<Issued> {
  const token = await issueToken(engine.db, {
    kind: 'sso',
    userId: granted.userId,
    scope: granted.scope,
    clientId: granted.clientId,
    secondFactor: granted.secondFactor ?? false,
    ...originOf(request),
    idleTimeoutMs: idleTimeoutOf(engine),
  });
  await recordSignIn(engine.db, 'USER_VDC_LOGIN', granted.userId);
  return { token, scope: granted.scope };
}

const answer = (reply: FastifyReply, { token, scope }: Issued, others: Record<string, unknown> = {}): FastifyReply =>
  reply
    .type(jsonType)
    .headers({ 'Cache-Control': 'no-store', Pragma: 'no-cache' })
    .send({ access_token: token, scope, exp: openEnd, token_type: 'bearer', ...others });

function refuseSignIn({ reply, fields }: Asked, error: SignInError): FastifyReply {
  if (error.retryAfterSeconds !== undefined) reply.header('Retry-After', String(error.retryAfterSeconds));
  // An expired password, a second factor and too many tries are no codes of their own there: the text says so.
  const code = error.code === 'server_error' || error.code === 'invalid_request' ? error.code : 'access_denied';
  return refuse(reply, fields, code, error.message);
}

async function byPassword(asked: Asked, credentials: { username: string; password: string }): Promise<FastifyReply> {
  const { engine, request, reply, fields } = asked;
  try {
    const { userId, secondFactor } = await signIn(engine, { ...credentials, address: request.ip, code: fields['otp'] });
    return answer(reply, await issue(asked, { userId, secondFactor, scope: widen(fields['scope']) }));
  } catch (error) {
    if (error instanceof SignInError) return refuseSignIn(asked, error);
    throw error;
  }
}

/** What a client sends that cannot do Kerberos: Negotiate is answered with what we understand, and Basic is taken. */
function byHttp(asked: Asked): Promise<FastifyReply> | FastifyReply {
  const { request, reply, fields } = asked;
  const credentials = basicCredentials(request.headers.authorization);
  if (credentials) return byPassword(asked, credentials);
  reply.header('WWW-Authenticate', 'Basic realm="RESTAPI"');
  return refuse(reply, fields, 'access_denied', 'User name and password are needed, by Basic authentication.', 401);
}

/** Facts of the OpenID statement that stand beside a token for the scope `openid`. */
const statement = async ({ engine, request }: Asked, client: SsoClient, grant: Grant): Promise<Record<string, unknown>> =>
  scopesOf(grant.scope).includes(scopes.openid)
    ? {
        id_token: await idToken(engine, issuerOf(engine, request), { ...grant, clientId: client.id }),
        expires_in: Math.floor(idleTimeoutOf(engine) / 1000),
      }
    : {};

async function byCode(asked: Asked): Promise<FastifyReply> {
  const { engine, request, reply, fields } = asked;
  const client = await authenticateClient(engine.db, request, fields);
  if (!client) return refuse(reply, fields, 'unauthorized_client', unknownClient);
  const { code, redirect_uri: redirectUri } = fields;
  if (!code || !redirectUri) return refuse(reply, fields, 'invalid_request', 'The parameters code and redirect_uri are needed.');
  const issued = await redeemCode(engine, { code, clientId: client.id, redirectUri, verifier: fields['code_verifier'] }, async (grant) => ({
    grant,
    ...(await issue(asked, { ...grant, clientId: client.id })),
  }));
  if (!issued) return refuse(reply, fields, 'invalid_grant', noGrant);
  const refresh = scopesOf(issued.scope).includes(scopes.offline)
    ? { refresh_token: await issueRefreshToken(engine, request, client, issued.grant) }
    : {};
  return answer(reply, issued, { ...(await statement(asked, client, issued.grant)), ...refresh });
}

/** A client comes for its user again, who may be away. Source: RFC 6749, section 6. */
async function byRefresh(asked: Asked): Promise<FastifyReply> {
  const { engine, request, reply, fields } = asked;
  const client = await authenticateClient(engine.db, request, fields);
  if (!client) return refuse(reply, fields, 'unauthorized_client', unknownClient);
  const value = fields['refresh_token'];
  if (!value) return refuse(reply, fields, 'invalid_request', 'The parameter refresh_token is missing.');
  const grant = await grantOfRefreshToken(engine, client, value);
  if (!grant) return refuse(reply, fields, 'invalid_grant', noGrant);
  const wanted = fields['scope'] === undefined ? grant.scope : widen(fields['scope']);
  const granted = scopesOf(grant.scope);
  if (!scopesOf(wanted).every((one) => granted.includes(one)))
    return refuse(reply, fields, 'invalid_scope', 'The scope exceeds what the user granted.');
  const issued = await issue(asked, { ...grant, scope: wanted, clientId: client.id });
  return answer(reply, issued, await statement(asked, client, { ...grant, scope: wanted }));
}

/** A client stands for itself: for the user whose rights it was given. Source: RFC 6749, section 4.4. */
async function byClient(asked: Asked): Promise<FastifyReply> {
  const { engine, request, reply, fields } = asked;
  const client = await authenticateClient(engine.db, request, fields);
  if (!client) return refuse(reply, fields, 'unauthorized_client', unknownClient);
  const user = await engine.db
    .selectFrom('app_user')
    .select('valid_until')
    .where('id', '=', client.service_user_id)
    .where('enabled', '=', true)
    .executeTakeFirst();
  if (client.service_user_id === null || !user || (user.valid_until !== null && user.valid_until < engine.now()))
    return refuse(reply, fields, 'unauthorized_client', 'The client has no user for whom it may sign in by itself.');
  return answer(reply, await issue(asked, { userId: client.service_user_id, scope: widen(fields['scope']), clientId: client.id }));
}

/** A trusted client signs a user in by his name alone: it has made sure who he is. */
async function onBehalf(asked: Asked, username: string): Promise<FastifyReply> {
  const { engine, request, reply, fields } = asked;
  const client = await authenticateClient(engine.db, request, fields);
  if (client?.trusted !== true)
    return refuse(reply, fields, 'unauthorized_client', 'Only a trusted client signs users in on their behalf.');
  const { principal, profile, internal } = identityOf(username);
  const domain = internal ? internalDomain : ((await engine.directories.byProfile(profile))?.config.domain ?? profile);
  const user = await engine.db
    .selectFrom('app_user')
    .select(['id', 'valid_until'])
    .where('principal', '=', principal)
    .where('domain', '=', domain)
    .where('enabled', '=', true)
    .executeTakeFirst();
  const values = { loginOnBehalfLogInfo: `client ${client.id}, user ${username.slice(0, 100)}` };
  if (!user || (user.valid_until !== null && user.valid_until < engine.now())) {
    await engine.db.transaction().execute((trx) => recordEvent(trx, { name: 'USER_LOGIN_ON_BEHALF_FAILED', values }));
    return refuse(reply, fields, 'access_denied', 'The user is unknown here, or cannot sign in.');
  }
  await engine.db
    .transaction()
    .execute((trx) => recordEvent(trx, { name: 'USER_LOGIN_ON_BEHALF', user: { id: user.id, name: `${principal}@${domain}` }, values }));
  const scope = scopesOf(fields['scope'])
    .filter((one) => one !== scopes.onBehalf)
    .join(' ');
  return answer(reply, await issue(asked, { userId: user.id, scope: widen(scope), clientId: client.id }));
}

/** `POST /ovirt-engine/sso/oauth/token`: tokens for passwords, for codes, for HTTP authentication, for clients that are trusted, come again or stand for themselves. */
export async function token(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const fields = fieldsOf(request);
  const asked = { engine, request, reply, fields };
  // Clients of OpenID say more in this header; those of the API must say just this.
  if (!request.url.includes('/openid/') && request.headers.accept !== 'application/json')
    return refuse(reply, fields, 'invalid_request', "The request's Accept header must be application/json.");
  const { grant_type: grant, username, password } = fields;
  if ((fields['scope'] ?? '').length > maxScopeLength) return refuse(reply, fields, 'invalid_scope', 'The scope is too long.');
  switch (grant) {
    case undefined:
      return refuse(reply, fields, 'invalid_request', 'The parameter grant_type is missing.');
    case 'authorization_code':
      return byCode(asked);
    case httpGrant:
      return byHttp(asked);
    case 'client_credentials':
      return byClient(asked);
    case 'refresh_token':
      return byRefresh(asked);
    case 'password':
      if (username !== undefined && scopesOf(fields['scope']).includes(scopes.onBehalf)) return onBehalf(asked, username);
      if (username === undefined || password === undefined)
        return refuse(reply, fields, 'invalid_request', 'The parameters username and password are needed.');
      return byPassword(asked, { username, password });
    default:
      return refuse(reply, fields, 'unsupported_grant_type', `The grant type ${grant.slice(0, 80)} is not supported.`);
  }
}
