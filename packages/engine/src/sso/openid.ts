import { X509Certificate, createPrivateKey, randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { json } from '@virgate/database';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SignJWT, exportJWK, exportPKCS8, generateKeyPair, type JWK } from 'jose';
import { principalName } from '../access/permissions.ts';
import { profileOf } from '../access/profiles.ts';
import { findToken } from '../access/tokens.ts';
import type { Engine } from '../engine.ts';
import { seal, unseal } from '../pki/seal.ts';
import { jsonType } from './requests.ts';
import { scopes } from './scopes.ts';

const path = '/ovirt-engine/sso/openid';
const algorithm = 'RS256';
const idTokenSeconds = 3600;

/**
 * The address of this engine as the client calls it. A name that the engine's certificate does not have is none of ours: then the first one
 * that it has, so that nobody makes us say what we are called.
 */
export function originOfEngine(engine: Engine, request: FastifyRequest): string {
  const host = request.headers.host ?? '';
  const name = URL.canParse(`https://${host}`) ? new URL(`https://${host}`).hostname.replace(/^\[|\]$/g, '') : '';
  const certificate = new X509Certificate(engine.authority.engine.certificatePem);
  const known = isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name);
  if (name !== '' && known !== undefined) return `https://${host}`;
  const first = /DNS:([^,]+)/.exec(certificate.subjectAltName ?? '')?.[1] ?? 'localhost';
  return `https://${first}`;
}

export const issuerOf = (engine: Engine, request: FastifyRequest): string => `${originOfEngine(engine, request)}${path}`;

interface SigningKey {
  id: string;
  publicJwk: JWK;
  privatePem: string;
}

/** The key that signs, the same for all engines; it is made when it is first needed. */
async function signingKey(engine: Engine): Promise<SigningKey> {
  const { db, authority } = engine;
  const latest = () => db.selectFrom('signing_key').selectAll().orderBy('created_at').orderBy('id').executeTakeFirst();
  let row = await latest();
  if (!row) {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { modulusLength: 2048, extractable: true });
    const id = randomUUID();
    await db
      .insertInto('signing_key')
      .values({
        id,
        public_jwk: json({ ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' }),
        private_key: seal(authority.secretKey, await exportPKCS8(privateKey)),
      })
      .execute();
    // Of two engines that make one at once both use the first.
    row = await latest();
  }
  if (!row) throw new Error('There is no signing key');
  return { id: row.id, publicJwk: row.public_jwk, privatePem: unseal(authority.secretKey, row.private_key) };
}

/** What is said of a user, by the names of OpenID. */
export async function claimsOf(engine: Engine, userId: string): Promise<Record<string, unknown> & { sub: string }> {
  const user = await engine.db.selectFrom('app_user').selectAll().where('id', '=', userId).executeTakeFirstOrThrow();
  const groups = await engine.db
    .selectFrom('directory_group')
    .select('name')
    .where('id', 'in', user.group_ids.length > 0 ? user.group_ids : [userId])
    .orderBy('name')
    .execute();
  return {
    sub: user.id,
    preferred_username: `${user.principal}@${await profileOf(engine, user.domain)}`,
    name: [user.first_name, user.last_name].filter(Boolean).join(' ') || user.principal,
    given_name: user.first_name,
    family_name: user.last_name,
    email: user.email,
    groups: groups.map((group) => group.name),
  };
}

/** A signed statement to a client that a user has signed in. Source: OpenID Connect Core, section 2. */
export async function idToken(
  engine: Engine,
  issuer: string,
  statement: { userId: string; clientId: string; nonce: string | null; authenticatedAt: number; secondFactor: boolean },
): Promise<string> {
  const key = await signingKey(engine);
  const now = Math.floor(engine.now() / 1000);
  return new SignJWT({
    ...(await claimsOf(engine, statement.userId)),
    auth_time: Math.floor(statement.authenticatedAt / 1000),
    amr: statement.secondFactor ? ['pwd', 'otp'] : ['pwd'],
    ...(statement.nonce === null ? {} : { nonce: statement.nonce }),
  })
    .setProtectedHeader({ alg: algorithm, kid: key.id, typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(statement.clientId)
    .setIssuedAt(now)
    .setExpirationTime(now + idTokenSeconds)
    .sign(createPrivateKey(key.privatePem));
}

async function userinfo(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const bearer = /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const user = bearer === undefined ? null : await findToken(engine.db, bearer, ['sso'], scopes.openid);
  if (!user)
    return reply.code(401).header('WWW-Authenticate', 'Bearer error="invalid_token"').type(jsonType).send({ error: 'invalid_token' });
  return reply.type(jsonType).send({ ...(await claimsOf(engine, user.id)), ovirt_principal: principalName(user) });
}

/** Registers what OpenID clients find: the configuration, the keys, who a token stands for. */
export function registerOpenid(app: FastifyInstance, engine: Engine): void {
  app.get(`${path}/.well-known/openid-configuration`, (request, reply) => {
    const issuer = issuerOf(engine, request);
    return reply
      .type(jsonType)
      .send({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/userinfo`,
        jwks_uri: `${issuer}/jwks`,
        scopes_supported: ['openid', 'offline_access', 'ovirt-app-api', 'ovirt-app-portal', 'ovirt-app-admin'],
        response_types_supported: ['code'],
        response_modes_supported: ['query'],
        grant_types_supported: ['authorization_code', 'password', 'refresh_token', 'client_credentials'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: [algorithm],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
        code_challenge_methods_supported: ['S256'],
        claims_supported: ['sub', 'preferred_username', 'name', 'given_name', 'family_name', 'email', 'groups', 'auth_time', 'amr'],
      });
  });
  app.get(`${path}/jwks`, async (_request, reply) => reply.type(jsonType).send({ keys: [(await signingKey(engine)).publicJwk] }));
  for (const method of ['GET', 'POST'] as const)
    app.route({ method, url: `${path}/userinfo`, handler: (request, reply) => userinfo(engine, request, reply) });
}
