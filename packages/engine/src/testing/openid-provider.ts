import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey, type JWTPayload } from 'jose';
import { openAuthority } from '../pki/authority.ts';

const keyId = 'key-1';

/** What a provider of a test does wrong; nothing unless a test says so. */
export interface Misbehaviour {
  issuer?: string;
  /** The issuer that its configuration names. */
  announcedIssuer?: string;
  audience?: string;
  nonce?: string;
  unsigned?: boolean;
  /** Signs with a key that it does not publish, under the name of the one that it does. */
  otherKey?: boolean;
  expired?: boolean;
  /** Where the token endpoint redirects to. */
  redirect?: string;
}

/** A provider of OpenID on loopback, over TLS. It asks nobody: every code stands for the user of `claims`. */
export interface TestProvider {
  issuer: string;
  caPem: string;
  claims: JWTPayload & { sub: string };
  wrong: Misbehaviour;
  /** Forms that the token endpoint got. */
  readonly exchanges: { form: URLSearchParams; authorization: string }[];
  /** The nonce of the latest request; the test takes it from the browser's address. */
  nonce: string;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part as string;
  return text;
}

const unsigned = (payload: object): string => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(payload)}.`;
};

/** Starts a provider; it ends with the test. */
export async function startOpenidProvider(t: TestContext): Promise<TestProvider> {
  const folder = await mkdtemp(join(tmpdir(), 'virgate-openid-'));
  const authority = await openAuthority(folder, ['localhost', '127.0.0.1']);
  const keys = await generateKeyPair('RS256', { extractable: true });
  const others = await generateKeyPair('RS256', { extractable: true });
  const provider: TestProvider = { issuer: '', caPem: authority.caPem, claims: { sub: 'u1' }, wrong: {}, exchanges: [], nonce: '' };

  const statement = async (): Promise<string> => {
    const { wrong } = provider;
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      ...provider.claims,
      iss: wrong.issuer ?? provider.issuer,
      aud: wrong.audience ?? 'virgate',
      nonce: wrong.nonce ?? provider.nonce,
      iat: now - (wrong.expired ? 7200 : 0),
      exp: now + (wrong.expired ? -3600 : 300),
    };
    if (wrong.unsigned) return unsigned(payload);
    const key: CryptoKey = wrong.otherKey ? others.privateKey : keys.privateKey;
    return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: keyId }).sign(key);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const send = (value: unknown) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const { pathname } = new URL(request.url ?? '/', 'https://provider');
    if (pathname === '/.well-known/openid-configuration')
      return void send({
        issuer: provider.wrong.announcedIssuer ?? provider.issuer,
        authorization_endpoint: `${provider.issuer}/authorize`,
        token_endpoint: `${provider.issuer}/token`,
        userinfo_endpoint: `${provider.issuer}/userinfo`,
        jwks_uri: `${provider.issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'none'],
        token_endpoint_auth_methods_supported: ['client_secret_basic'],
        code_challenge_methods_supported: ['S256'],
      });
    if (pathname === '/jwks') return void send({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: keyId, alg: 'RS256', use: 'sig' }] });
    if (pathname === '/userinfo') return void send(provider.claims);
    if (pathname !== '/token') return void response.writeHead(404).end();
    provider.exchanges.push({ form: new URLSearchParams(await bodyOf(request)), authorization: request.headers.authorization ?? '' });
    if (provider.wrong.redirect !== undefined) return void response.writeHead(307, { location: provider.wrong.redirect }).end();
    send({ access_token: 'provider-token', token_type: 'Bearer', expires_in: 300, id_token: await statement() });
  };
  const server = createServer({ key: authority.engine.keyPem, cert: authority.engine.certificatePem }, (request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  provider.issuer = `https://localhost:${(server.address() as AddressInfo).port}`;
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return provider;
}
