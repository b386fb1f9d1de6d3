import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { FastifyRequest } from 'fastify';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { locationOf, testBrowser } from '../testing/browser.ts';
import { adminPassword, startTestEngine, type Answer, type TestEngine } from '../testing/engine.ts';
import { originOfEngine } from './openid.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const login = '/ovirt-engine/sso/login.html';
const callback = 'https://app.example/callback';
const basic = (name: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}` });

const sso = (engine: TestEngine, path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> =>
  engine
    .client(null)
    .call('POST', `/ovirt-engine/sso/${path}`, { body: new URLSearchParams(fields).toString(), headers: { ...form, ...headers } });

async function addClient(engine: TestEngine, change: object = {}): Promise<string> {
  const made = await engine.post('/virgate/api/sso-clients', { id: 'app', redirectUris: [callback], ...change });
  assert.equal(made.status, 201, made.text);
  return made.body['secret'];
}

const authorize = (change: Record<string, string> = {}): string =>
  `/ovirt-engine/sso/oauth/authorize?${new URLSearchParams({ response_type: 'code', client_id: 'app', redirect_uri: callback, scope: 'ovirt-app-api', state: 'a b&c', ...change }).toString()}`;

const signInForm = { username: 'admin', password: adminPassword, profile: 'internal' };
const codeOf = (answer: Answer): string => new URL(locationOf(answer)).searchParams.get('code') ?? '';

test('a client gets a code for a user who signs in on the engine, and a token for the code, once', async (t) => {
  const engine = await startTestEngine(t);
  const secret = await addClient(engine);
  const browser = testBrowser(engine);
  const asked = await browser.get(authorize());
  assert.deepEqual([asked.status, locationOf(asked)], [302, login]);
  assert.match(String(asked.headers['set-cookie']), /__Host-virgate-login=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax/);
  const page = await browser.get(login);
  assert.equal(page.status, 200);
  const policy = String(page.headers['content-security-policy']);
  assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' https:\/\/app\.example; frame-ancestors 'none'/);
  assert.ok(!/<script|javascript:| on\w+=/i.test(page.text));
  const wrong = await browser.submit(login, { ...signInForm, username: '"><script>alert(1)</script>', password: 'wrong' });
  assert.equal(wrong.status, 401);
  assert.ok(!wrong.text.includes('<script>'), wrong.text);
  assert.equal((await browser.submit(login, signInForm, 'https://evil.example')).status, 403);
  const german = await browser.get(login, { 'accept-language': 'nl, de-AT;q=0.9, en;q=0.5' });
  assert.equal(german.headers['content-language'], 'de');
  assert.match(german.text, /<html lang="de">[^]*<title>Anmelden<\/title>[^]*<label for="username">Benutzername<\/label/);
  browser.cookies.set('virgate-language', 'ja');
  const japanese = await browser.submit(login, { ...signInForm, password: 'wrong' });
  assert.match(japanese.text, /<html lang="ja">[^]*ユーザー「admin@internal」を認証できません。[^]*<button>サインイン<\/button>/);
  browser.cookies.set('virgate-language', '"><script>');
  assert.match((await browser.get(login)).text, /<html lang="en">/);
  const back = await browser.submit(login, signInForm);
  const place = new URL(locationOf(back));
  assert.deepEqual([back.status, place.origin + place.pathname, place.searchParams.get('state')], [302, callback, 'a b&c'], back.text);
  const code = codeOf(back);

  const exchange = (change: Record<string, string> = {}, headers: Record<string, string> = basic('app', secret)) =>
    sso(engine, 'oauth/token', { grant_type: 'authorization_code', code, redirect_uri: callback, ...change }, headers);
  assert.equal((await exchange({}, {})).body['error'], 'unauthorized_client');
  assert.equal((await exchange({}, basic('app', 'wrong'))).body['error'], 'unauthorized_client');
  assert.equal((await exchange({ code: 'x' })).body['error'], 'invalid_grant');
  const given = await exchange();
  assert.equal(given.status, 200, given.text);
  assert.match(given.body['scope'], /^ovirt-app-api ovirt-ext=token-info:authz-search/);
  const user = engine.client(given.body['access_token']);
  assert.equal((await user.get('/clusters')).status, 200);
  assert.equal((await exchange()).body['error'], 'invalid_grant', 'a code is good once');
  assert.equal((await user.get('/clusters')).status, 401, 'and coming twice it was stolen: what was given for it ends');

  const again = await browser.get(authorize());
  assert.equal(again.status, 302);
  const second = codeOf(again);
  assert.ok(second !== '' && second !== code, 'who is signed in is not asked again');
  assert.equal((await exchange({ code: second, redirect_uri: 'https://app.example/other' })).body['error'], 'invalid_grant');
  assert.equal((await exchange({ code: second })).body['error'], 'invalid_grant', 'used up by the wrong one');
  assert.equal(locationOf(await browser.get(authorize({ prompt: 'login' }))), login);
  const sessions = (await engine.get('/virgate/api/sessions')).body['sessions'] as { id: string; kind: string }[];
  const remembered = sessions.find((one) => one.kind === 'login');
  await engine.delete(`/virgate/api/sessions/${remembered?.id}`);
  assert.equal(locationOf(await browser.get(authorize())), login, 'the session was ended elsewhere');
  const stranger = testBrowser(engine);
  assert.equal(new URL(locationOf(await stranger.get(authorize({ prompt: 'none' })))).searchParams.get('error'), 'login_required');
  assert.equal((await stranger.submit(login, signInForm)).status, 400, 'no form without a page');
});

test('what a client may not ask for is told on a page, or to the client alone', async (t) => {
  const engine = await startTestEngine(t);
  const secret = await addClient(engine);
  const browser = testBrowser(engine);
  for (const change of [
    { client_id: 'other' },
    { client_id: '' },
    { redirect_uri: 'https://evil.example/callback' },
    { redirect_uri: `${callback}/..` },
    { redirect_uri: `${callback}?x=1` },
    { redirect_uri: 'https://app.example.evil.example/callback' },
    { redirect_uri: '' },
    { state: 'x'.repeat(5000) },
    { state: 'a\r\nSet-Cookie: x=1' },
  ] as Record<string, string>[]) {
    const refused = await browser.get(authorize(change));
    assert.deepEqual([refused.status, refused.headers['location'], browser.cookies.size], [400, undefined, 0], JSON.stringify(change));
  }
  for (const [change, error] of [
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_type: '"><script>' }, 'unsupported_response_type'],
    [{ scope: 'x'.repeat(3000) }, 'invalid_scope'],
    [{ code_challenge: 'short' }, 'invalid_request'],
    [{ code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }, 'invalid_request'],
  ] as [Record<string, string>, string][]) {
    const refused = new URL(locationOf(await browser.get(authorize(change))));
    assert.deepEqual([refused.host, refused.searchParams.get('error')], ['app.example', error]);
  }
  for (const redirectUris of [
    ['http://app.example/'],
    ['https://app.example/#x'],
    ['https://u@app.example/'],
    ['nonsense'],
    ['javascript:alert(1)'],
  ]) {
    const refused = await engine.post('/virgate/api/sso-clients', { id: 'bad', redirectUris });
    assert.deepEqual([refused.status, refused.body['field']], [400, 'redirectUris'], refused.text);
  }
  assert.equal((await engine.post('/virgate/api/sso-clients', { id: 'app' })).status, 409);
  const ann = await engine.user('ann');
  assert.equal((await ann.get('/virgate/api/sso-clients')).status, 403);
  const clients = await engine.get('/virgate/api/sso-clients');
  assert.ok(!clients.text.includes(secret));
  const renewed = (await engine.post('/virgate/api/sso-clients/app/renew-secret', {})).body['secret'];
  assert.notEqual(renewed, secret);
  const info = (password: string) => sso(engine, 'oauth/token-info', { token: engine.token }, basic('app', password));
  assert.equal((await info(secret)).body['error'], 'unauthorized_client');
  assert.equal((await info(renewed)).body['active'], true);
  assert.equal((await engine.put('/virgate/api/sso-clients/app', { redirectUris: ['https://new.example/'] })).status, 200);
  assert.equal((await browser.get(authorize())).status, 400);
  assert.equal((await engine.delete('/virgate/api/sso-clients/app')).status, 204);
  assert.equal((await engine.get('/virgate/api/sso-clients/app')).status, 404);
});

test('OpenID: configuration, signed statements, PKCE, who a token stands for', async (t) => {
  const engine = await startTestEngine(t);
  const secret = await addClient(engine);
  const root = '/ovirt-engine/sso/openid';
  const nobody = engine.client(null);
  const configuration = (await nobody.get(`${root}/.well-known/openid-configuration`)).body;
  assert.equal(configuration['issuer'], `${engine.url}${root}`);
  const foreign = { headers: { host: 'evil.example' } } as FastifyRequest;
  assert.equal(originOfEngine(engine.engine, foreign), 'https://localhost', 'nobody tells the engine what it is called');
  const verifier = 'v'.repeat(50);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const browser = testBrowser(engine);
  const asked = { scope: 'openid ovirt-app-api', nonce: 'n1', code_challenge: challenge, code_challenge_method: 'S256' };
  await browser.get(authorize(asked).replace('oauth', 'openid'));
  const fields = (code: string) => ({
    grant_type: 'authorization_code',
    redirect_uri: callback,
    client_id: 'app',
    client_secret: secret,
    code,
  });
  const first = codeOf(await browser.submit(login, signInForm));
  assert.equal((await sso(engine, 'openid/token', { ...fields(first), code_verifier: 'w'.repeat(50) })).body['error'], 'invalid_grant');
  const second = codeOf(await browser.get(authorize(asked)));
  const given = await sso(engine, 'openid/token', { ...fields(second), code_verifier: verifier }, { accept: '*/*' });
  assert.equal(given.status, 200, given.text);
  const keys = createLocalJWKSet((await nobody.get(`${root}/jwks`)).body as { keys: [] });
  const { payload } = await jwtVerify(given.body['id_token'], keys, {
    issuer: configuration['issuer'],
    audience: 'app',
    algorithms: ['RS256'],
  });
  assert.deepEqual([payload['nonce'], payload['preferred_username'], payload['amr']], ['n1', 'admin@internal', ['pwd']]);
  assert.ok(!JSON.stringify((await nobody.get(`${root}/jwks`)).body).includes('"d"'));
  const info = await engine.client(given.body['access_token']).get(`${root}/userinfo`);
  assert.deepEqual([info.body['sub'], info.body['preferred_username']], [payload.sub, 'admin@internal']);
  assert.equal((await engine.get(`${root}/userinfo`)).status, 401, 'a token without the scope openid');
});

test('trusted clients sign users in, see and end all their tokens; others do not', async (t) => {
  const engine = await startTestEngine(t);
  const plain = await addClient(engine, { id: 'plain' });
  const trusted = await addClient(engine, { id: 'trusted', trusted: true });
  const ann = await engine.user('ann', [{ role: 'UserRole', object: { type: 'system', id: 'aaa00000-0000-0000-0000-123456789aaa' } }]);
  const behalf = { grant_type: 'password', username: 'ann@internal', scope: 'ovirt-app-api ovirt-ext=token:login-on-behalf' };
  for (const headers of [{}, basic('plain', plain), basic('trusted', plain)])
    assert.equal((await sso(engine, 'oauth/token', behalf, headers)).body['error_code'], 'unauthorized_client');
  const given = await sso(engine, 'oauth/token', behalf, basic('trusted', trusted));
  assert.equal(given.status, 200, given.text);
  assert.ok(!given.body['scope'].includes('on-behalf'));
  const client = engine.client(given.body['access_token']);
  assert.equal((await client.get('/virgate/api/whoami')).body['user'].id, ann.id);
  const codes = (await engine.get('/events?max=2')).body['event'].map((one: { code: string }) => one.code);
  assert.ok(codes.includes('1401'), String(codes));
  const unknown = await sso(engine, 'oauth/token', { ...behalf, username: 'ghost@internal' }, basic('trusted', trusted));
  assert.deepEqual([unknown.body['error_code'], (await engine.get('/events?max=1')).body['event'][0].code], ['access_denied', '1402']);
  const info = await sso(engine, 'oauth/token-info', { token: client.token }, basic('plain', plain));
  assert.deepEqual(
    [info.body['client_id'], info.body['user_id'], info.body['user_authz'], info.body['ovirt'][1].principal_id],
    ['trusted', 'ann@internal', 'internal-authz', ann.id],
  );
  assert.deepEqual((await sso(engine, 'oauth/token-info', { token: client.token, scope: 'ovirt-ext=token-info:validate' })).body, {});
  assert.equal((await sso(engine, 'oauth/token-info', { token: 'x', scope: 'ovirt-ext=token-info:validate' })).status, 400);
  assert.equal((await sso(engine, 'oauth/revoke', { token: client.token })).body['error'], 'unauthorized_client');
  const all = { token: client.token, scope: 'ovirt-ext=revoke:revoke-all' };
  assert.deepEqual((await sso(engine, 'oauth/revoke', all, basic('plain', plain))).body, {});
  assert.deepEqual([(await client.get('/clusters')).status, (await ann.get('/clusters')).status], [401, 200], 'that token alone');
  assert.deepEqual((await sso(engine, 'oauth/revoke', { ...all, token: ann.token }, basic('trusted', trusted))).body, {});
  assert.equal((await ann.get('/clusters')).status, 401);
});

const search = 'ovirt-ext=token-info:authz-search';
const publicly = 'ovirt-ext=token-info:public-authz-search';

test('a client comes again for a user who is away, as long as he may sign in and nobody ends it', async (t) => {
  const engine = await startTestEngine(t);
  const secret = await addClient(engine);
  const other = await addClient(engine, { id: 'other' });
  const browser = testBrowser(engine);
  await browser.get(authorize({ scope: 'openid offline_access ovirt-app-api' }));
  const code = codeOf(await browser.submit(login, signInForm));
  const exchange = { grant_type: 'authorization_code', code, redirect_uri: callback };
  const given = await sso(engine, 'openid/token', exchange, basic('app', secret));
  assert.equal(given.status, 200, given.text);
  const refresh_token = given.body['refresh_token'];
  const refresh = (change: object = {}, headers = basic('app', secret)) =>
    sso(engine, 'oauth/token', { grant_type: 'refresh_token', refresh_token, ...change }, headers);
  assert.equal((await engine.client(refresh_token).get('/clusters')).status, 401, 'it opens nothing by itself');
  assert.equal((await refresh({}, basic('other', other))).body['error'], 'invalid_grant', 'and serves no other client');
  assert.equal((await refresh({}, basic('app', other))).body['error'], 'unauthorized_client');
  assert.equal((await refresh({ refresh_token: 'x' })).body['error'], 'invalid_grant');
  assert.equal((await refresh({ scope: 'ovirt-app-admin' })).body['error'], 'invalid_scope');
  const again = await refresh();
  assert.deepEqual([again.status, again.body['scope'], typeof again.body['id_token']], [200, given.body['scope'], 'string'], again.text);
  assert.notEqual(again.body['access_token'], given.body['access_token']);
  const narrow = await refresh({ scope: 'openid' });
  assert.deepEqual([narrow.status, narrow.body['scope']], [200, 'openid']);
  assert.equal((await engine.client(narrow.body['access_token']).get('/clusters')).status, 401);
  const fresh = engine.client(again.body['access_token']);
  assert.equal((await fresh.get('/clusters')).status, 200);
  const kinds = (await engine.get('/virgate/api/sessions')).body['sessions'].map((one: { kind: string }) => one.kind);
  assert.ok(kinds.includes('refresh'), String(kinds));
  await sso(engine, 'oauth/revoke', { token: refresh_token, scope: '' }, basic('other', other));
  assert.equal((await refresh()).status, 200, 'another client does not end it');
  await sso(engine, 'oauth/revoke', { token: refresh_token, scope: '' }, basic('app', secret));
  assert.deepEqual([(await refresh()).body['error'], (await fresh.get('/clusters')).status], ['invalid_grant', 401]);
  await browser.get(authorize({ scope: 'offline_access' }));
  const second = codeOf(await browser.get(authorize({ scope: 'offline_access' })));
  const third = await sso(engine, 'oauth/token', { ...exchange, code: second }, basic('app', secret));
  const token = third.body['refresh_token'];
  assert.equal((await refresh({ refresh_token: token })).status, 200);
  await engine.engine.db.updateTable('app_user').set({ enabled: false }).where('principal', '=', 'admin').execute();
  assert.equal((await refresh({ refresh_token: token })).body['error'], 'invalid_grant', 'a user who is switched off');
});

test('a client stands for itself, with the rights of the user that it was given', async (t) => {
  const engine = await startTestEngine(t);
  const robot = await engine.user('robot', [
    { role: 'ReadOnlyAdmin', object: { type: 'system', id: 'aaa00000-0000-0000-0000-123456789aaa' } },
  ]);
  const secret = await addClient(engine, { serviceUser: robot.id });
  const grant = { grant_type: 'client_credentials', scope: 'ovirt-app-api' };
  const given = await sso(engine, 'oauth/token', grant, basic('app', secret));
  assert.equal(given.status, 200, given.text);
  const client = engine.client(given.body['access_token']);
  assert.equal((await client.get('/virgate/api/whoami')).body['user'].id, robot.id);
  assert.deepEqual([(await client.get('/clusters')).status, (await client.post('/tags', { name: 'x' })).status], [200, 403]);
  assert.equal((await sso(engine, 'oauth/token', grant, basic('app', 'wrong'))).body['error_code'], 'unauthorized_client');
  const nobody = await engine.put('/virgate/api/sso-clients/app', { serviceUser: '00000000-0000-0000-0000-00000000dead' });
  assert.deepEqual([nobody.status, nobody.body['field']], [400, 'serviceUser']);
  assert.equal((await engine.put('/virgate/api/sso-clients/app', { serviceUser: null })).body['serviceUser'], null);
  assert.equal((await sso(engine, 'oauth/token', grant, basic('app', secret))).body['error_code'], 'unauthorized_client');
});

test('clients search directories through token-info, in the shape that those of oVirt read', async (t) => {
  const engine = await startTestEngine(t);
  const plain = basic('plain', await addClient(engine, { id: 'plain' }));
  const trusted = basic('trusted', await addClient(engine, { id: 'trusted', trusted: true }));
  const ann = await engine.user('ann');
  const full = await sso(engine, 'oauth/token', {
    grant_type: 'password',
    ...signInForm,
    username: 'admin@internal',
    scope: 'ovirt-app-api',
  });
  const token: string = full.body['access_token'];
  const ask = (query_type: string, params?: object, change: Record<string, string> = {}, headers: Record<string, string> = plain) =>
    sso(
      engine,
      'oauth/token-info',
      { query_type, scope: search, token, ...(params ? { params: JSON.stringify(params) } : {}), ...change },
      headers,
    );
  const open = { scope: publicly };
  const profiles = await ask('profile-list', undefined, { ...open, token: '' });
  // What the network provider of oVirt takes: result[1][0] without its first member.
  assert.deepEqual(profiles.body['result'][1][0], [
    'java.util.HashMap',
    { authn_name: 'internal', authz_name: 'internal-authz', capability_password_auth: true },
  ]);
  assert.deepEqual((await ask('domain-list')).body, { result: ['java.util.ArrayList', ['internal-authz']] });
  assert.deepEqual((await ask('available-namespaces')).body['result'], [
    'java.util.HashMap',
    { 'internal-authz': ['java.util.ArrayList', ['*']] },
  ]);
  const query = '(&($USER_ACCOUNT_TYPE)(|($GIVENNAME=an*)($PRINCIPAL_NAME=an*)))';
  const users = (await ask('users', { authz: 'internal-authz', namespace: '*', query })).body['result'][1];
  assert.equal(users.length, 1);
  assert.equal(users[0][0], 'org.ovirt.engine.api.extensions.ExtMap');
  const idKey = 'AAA_AUTHZ_PRINCIPAL_ID;java.lang.String;4f9440bc-9303-4d95-b317-b827515c782f';
  assert.equal(users[0][1][idKey], ann.id);
  const byId = { domain: 'internal-authz', groups_resolving: true, groups_resolving_recursive: false };
  assert.equal((await ask('find-principal-by-id', { ...byId, id: ann.id })).body['result'][1][0][1][idKey], ann.id);
  const ids = ['java.util.HashSet', [ann.id, 'unknown']];
  assert.equal((await ask('find-principals-by-ids', { ...byId, namespace: '', ids })).body['result'][1].length, 1);
  assert.equal((await ask('fetch-principal-record', { ...byId, principal: 'ann' })).body['result'][1][0][1][idKey], ann.id);
  assert.deepEqual((await ask('fetch-principal-record', { ...byId, principal: 'ghost' })).body['result'][1], [null]);
  assert.deepEqual((await ask('find-directory-group-by-id', { ...byId, id: 'x' })).body['result'][1], []);
  const statuses = await ask('session-statuses', { tokens: ['java.util.HashSet', [token, 'dead']] }, { ...open, token: '' });
  assert.deepEqual(statuses.body['result'][1], { [token]: true, dead: false });
  const behalf = ['find-login-on-behalf-principal-by-id', { ...byId, ids }, { ...open, token: '' }] as const;
  assert.equal((await ask(...behalf)).body['error'], 'access_denied');
  assert.equal((await ask(...behalf, trusted)).body['result'][1].length, 1);
  const asAnn = {
    token: (await sso(engine, 'oauth/token', { grant_type: 'password', username: 'ann@internal', password: 'secret', scope: search })).body[
      'access_token'
    ],
  };
  assert.equal((await ask('domain-list', undefined, asAnn)).body['error'], 'access_denied', 'who may not look into directories');
  assert.equal((await ask('domain-list', undefined, asAnn, trusted)).status, 200);
  assert.equal((await ask('domain-list', undefined, {}, {})).body['error'], 'unauthorized_client');
  assert.equal((await ask('domain-list', undefined, { token: 'x' })).body['error'], 'invalid_grant');
  assert.equal((await ask('domain-list', undefined, { token: engine.token })).body['error'], 'invalid_scope');
  for (const [type, params, change] of [
    ['colours', {}, {}],
    ['constructor', {}, {}],
    ['users', {}, open],
    ['profile-list', {}, {}],
    ['users', { authz: 'moon' }, {}],
    ['users', { authz: 'internal-authz', namespace: 'dc=moon' }, {}],
    ['users', { authz: 'internal-authz', query: '(objectClass=*)' }, {}],
    ['find-principals-by-ids', { ...byId, ids: 'x' }, {}],
    ['find-principals-by-ids', { ...byId, ids: Array.from({ length: 101 }, String) }, {}],
    ['users', ['java.util.ArrayList', []], {}],
  ] as [string, object, Record<string, string>][]) {
    const refused = await ask(type, params, change);
    assert.deepEqual([refused.status, refused.body['error']], [400, 'invalid_request'], `${type} ${JSON.stringify(params).slice(0, 80)}`);
  }
  assert.equal((await sso(engine, 'oauth/token-info', { query_type: 'users', scope: search, token, params: '{' }, plain)).status, 400);
});

test('HTTP authentication, and what the token endpoint refuses', async (t) => {
  const engine = await startTestEngine(t);
  const http = { grant_type: 'urn:ovirt:params:oauth:grant-type:http', scope: 'ovirt-app-api' };
  const negotiate = await sso(engine, 'oauth/token-http-auth', http, { authorization: 'Negotiate abcd' });
  assert.deepEqual([negotiate.status, negotiate.headers['www-authenticate']], [401, 'Basic realm="RESTAPI"']);
  assert.equal((await sso(engine, 'oauth/token-http-auth', http, basic('admin@internal', adminPassword))).status, 200);
  assert.equal((await sso(engine, 'oauth/token', http, basic('admin@internal', 'wrong'))).body['error_code'], 'access_denied');
  for (const [fields, error] of [
    [{}, 'invalid_request'],
    [{ grant_type: 'implicit' }, 'unsupported_grant_type'],
    [{ grant_type: 'client_credentials' }, 'unauthorized_client'],
    [{ grant_type: 'refresh_token' }, 'unauthorized_client'],
    [{ grant_type: 'password' }, 'invalid_request'],
    [{ grant_type: 'password', username: 'a', password: 'b', scope: 'x'.repeat(3000) }, 'invalid_scope'],
    [{ grant_type: 'authorization_code' }, 'unauthorized_client'],
  ] as [Record<string, string>, string][])
    assert.equal((await sso(engine, 'oauth/token', fields)).body['error'], error);
  const accept = await sso(
    engine,
    'oauth/token',
    { grant_type: 'password', username: 'admin@internal', password: adminPassword },
    { accept: '*/*' },
  );
  assert.equal(accept.body['error'], 'invalid_request');
});

test("the engine's pages: sign in to the portal, change a password, also one that has expired", async (t) => {
  const engine = await startTestEngine(t);
  await engine.user('ann');
  const browser = testBrowser(engine);
  await browser.get(login);
  await engine.engine.db
    .updateTable('app_user')
    .set({ password_changed_at: new Date(0) })
    .where('principal', '=', 'ann')
    .execute();
  await engine.put('/virgate/api/password-policy', { expiresAfterDays: 30 });
  const expired = await browser.submit(login, { username: 'ann', password: 'secret', profile: 'internal' });
  assert.equal(expired.status, 401);
  assert.match(expired.text, /Change your password/);
  const change = '/ovirt-engine/sso/credentials-change.html';
  assert.equal((await browser.get(change)).status, 200);
  const fields = { username: 'ann', credentials: 'secret', credentialsNew1: 'long-enough-1', credentialsNew2: 'long-enough-1' };
  assert.equal((await browser.submit(change, { ...fields, credentialsNew2: 'other' })).status, 400);
  assert.equal((await browser.submit(change, { ...fields, credentials: 'wrong' })).status, 401);
  assert.equal((await browser.submit(change, { ...fields, credentialsNew1: 'x', credentialsNew2: 'x' })).status, 400);
  assert.equal((await browser.submit(change, fields, 'https://evil.example')).status, 403);
  assert.equal((await browser.submit(change, fields)).status, 200);
  const into = await browser.submit(login, { username: 'ann', password: 'long-enough-1', profile: 'internal' });
  assert.deepEqual([into.status, locationOf(into)], [302, '/ovirt-engine/webadmin/']);
  assert.ok(browser.cookies.has('__Host-virgate'));
  const current = await browser.get('/virgate/api/sessions/current');
  assert.equal(current.body['user'].name, 'ann');
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  assert.equal(
    (await engine.client(null).get('/clusters', { cookie: `__Host-virgate=${browser.cookies.get('__Host-virgate-sso')}` })).status,
    401,
  );
  const out = await engine.client(null).call('DELETE', '/virgate/api/sessions/current', { headers: { cookie, origin: engine.url } });
  assert.equal(out.status, 204);
  assert.equal(
    (await engine.get('/virgate/api/sessions')).body['sessions'].filter((one: { kind: string }) => one.kind !== 'sso').length,
    0,
  );
});
