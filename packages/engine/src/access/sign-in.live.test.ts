import assert from 'node:assert/strict';
import { request } from 'node:https';
import { test } from 'node:test';
import { defaultClusterId } from '../installation/fixed-ids.ts';
import { adminPassword, startTestEngine, type Client } from '../testing/engine.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const tokenFor = (client: Client, username: string, password: string) =>
  client.call('POST', '/ovirt-engine/sso/oauth/token', {
    body: new URLSearchParams({ grant_type: 'password', scope: 'ovirt-app-api', username, password }).toString(),
    headers: form,
  });
const basic = (username: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});

test('tokens are given for the right password only, and die when they are revoked or expire', async (t) => {
  const test = await startTestEngine(t);
  const nobody = test.client(null);
  for (const [name, password] of [
    ['admin@internal', 'wrong'],
    ['admin@internal', ''],
    ['nobody@internal', adminPassword],
    ['admin', adminPassword],
    ['admin@other', adminPassword],
  ] as const) {
    const refused = await tokenFor(nobody, name, password);
    assert.deepEqual([refused.status, refused.body['error_code']], [400, 'access_denied'], name);
  }
  const given = await tokenFor(nobody, 'admin@internal', adminPassword);
  assert.equal(given.status, 200, given.text);
  const client = test.client(given.body['access_token']);
  const scopeless = await nobody.call('POST', '/ovirt-engine/sso/oauth/token', {
    body: new URLSearchParams({ grant_type: 'password', username: 'admin@internal', password: adminPassword }).toString(),
    headers: form,
  });
  assert.equal(scopeless.status, 200, scopeless.text);
  assert.equal((await test.client(scopeless.body['access_token']).get('/clusters')).status, 401, 'a token that is not for the API');
  const { secret } = (await test.post('/virgate/api/sso-clients', { id: 'portal' })).body;
  const info = await nobody.call('POST', '/ovirt-engine/sso/oauth/token-info', {
    body: new URLSearchParams({ token: given.body['access_token'], client_id: 'portal', client_secret: secret }).toString(),
    headers: form,
  });
  assert.deepEqual(
    [info.body['active'], info.body['user_id'], info.body['ovirt'][1].first_name, info.body['ovirt'][1].capability_credentials_change],
    [true, 'admin@internal', 'admin', true],
    info.text,
  );
  assert.match(info.body['scope'], /ovirt-app-api/);
  assert.equal((await client.get('/clusters')).status, 200);
  await nobody.call('POST', '/ovirt-engine/services/sso-logout', {
    body: new URLSearchParams({ scope: 'ovirt-app-api', token: client.token }).toString(),
    headers: form,
  });
  const dead = await client.get('/clusters');
  assert.deepEqual([dead.status, dead.text, dead.headers['www-authenticate']], [401, '', 'Basic realm="RESTAPI"']);

  const other = test.client((await tokenFor(nobody, 'admin@internal', adminPassword)).body['access_token']);
  await test.engine.db
    .updateTable('access_token')
    .set({ expires_at: new Date(Date.now() - 1000) })
    .execute();
  assert.equal((await other.get('/clusters')).status, 401, 'expired');
  const idle = test.client((await tokenFor(nobody, 'admin@internal', adminPassword)).body['access_token']);
  await test.engine.db
    .updateTable('access_token')
    .set({ used_at: new Date(Date.now() - 31 * 60_000) })
    .execute();
  assert.equal((await idle.get('/clusters')).status, 401, 'idle for too long');

  assert.equal((await nobody.get('/clusters')).status, 401);
  assert.equal((await nobody.get('/clusters', basic('admin@internal', adminPassword))).status, 200);
  assert.equal((await nobody.get('/clusters', basic('admin@internal', 'wrong'))).status, 401);
});

test("the portal's session is HttpOnly, and another site cannot use it to change anything", async (t) => {
  const test = await startTestEngine(t);
  const nobody = test.client(null);
  const origin = test.url;
  const open = (password: string, headers: Record<string, string> = { origin }) =>
    nobody.post('/virgate/api/sessions', { username: 'admin', password }, headers);
  assert.equal((await open('wrong')).status, 401);
  assert.equal((await open(adminPassword, { origin: 'https://evil.example' })).status, 403);
  const opened = await open(adminPassword);
  assert.equal(opened.status, 201, opened.text);
  const set = String(opened.headers['set-cookie']);
  for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Strict']) assert.match(set, new RegExp(attribute));
  const cookie = set.split(';')[0] ?? '';
  const path = `/clusters/${defaultClusterId}`;
  const change = (headers: Record<string, string>) => nobody.call('PUT', path, { body: { comment: 'x' }, headers: { cookie, ...headers } });
  assert.equal((await nobody.get(path, { cookie })).status, 200);
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }] as Record<
    string,
    string
  >[]) {
    assert.equal((await change(headers)).status, 403, JSON.stringify(headers));
    assert.equal((await nobody.post('/virgate/api/users', { name: 'eve', password: 'analytical' }, { cookie, ...headers })).status, 403);
  }
  assert.equal((await nobody.get(path, { cookie })).body['comment'], '');
  assert.equal((await change({ origin })).status, 200);
  assert.equal((await nobody.call('DELETE', '/virgate/api/sessions/current', { headers: { cookie, origin } })).status, 204);
  assert.equal((await nobody.get(path, { cookie })).status, 401);
});

test('a wrong password often enough locks the user for a while', async (t) => {
  const test = await startTestEngine(t);
  const nobody = test.client(null);
  for (let attempt = 1; attempt <= 5; attempt += 1) assert.equal((await tokenFor(nobody, 'admin@internal', 'wrong')).status, 400);
  assert.equal((await tokenFor(nobody, 'admin@internal', adminPassword)).status, 400, 'the right one does not help now');
  const codes = (await test.get('/events?max=2')).body['event'].map((one: { code: string }) => one.code);
  assert.deepEqual(codes, ['160', '114'], 'locked after a failed login');
  await test.engine.db
    .updateTable('app_user')
    .set({ locked_until: new Date(Date.now() - 1) })
    .execute();
  assert.equal((await tokenFor(nobody, 'admin@internal', adminPassword)).status, 200);
  assert.equal((await tokenFor(nobody, 'admin@internal', 'wrong')).status, 400);
  assert.equal((await tokenFor(nobody, 'admin@internal', adminPassword)).status, 200, 'a right one lets it begin anew');
});

test('passwords follow the policy, are changed by their users, and end', async (t) => {
  const test = await startTestEngine(t);
  const nobody = test.client(null);
  const origin = { origin: test.url };
  const policy = {
    minLength: 10,
    minClasses: 3,
    historyLength: 2,
    expiresAfterDays: 30,
    maxFailures: 2,
    lockMinutes: 60,
    maxFailuresOfAddress: 40,
    addressMinutes: 5,
  };
  for (const [body, status] of [
    [{ minLength: 2 }, 400],
    [{ minLength: '9' }, 400],
    [{ spell: 1 }, 400],
    [policy, 200],
  ] as const)
    assert.equal((await test.put('/virgate/api/password-policy', body)).status, status, JSON.stringify(body));
  assert.deepEqual((await test.get('/virgate/api/password-policy')).body, policy);
  assert.equal((await test.post('/virgate/api/users', { name: 'ann', password: 'analytical' })).status, 400);
  const made = await test.post('/virgate/api/users', { name: 'ann', password: 'Difference-1' });
  assert.equal(made.status, 201, made.text);
  const ann = `/virgate/api/users/${made.body['id']}`;
  const token = test.client((await tokenFor(nobody, 'ann@internal', 'Difference-1')).body['access_token']);
  assert.equal((await token.get('/clusters')).status, 200);
  assert.equal((await token.put('/virgate/api/password-policy', policy)).status, 403);
  assert.equal((await token.put(ann, { enabled: true })).status, 403);
  const change = (current: string, password: string) =>
    nobody.post('/virgate/api/password', { username: 'ann@internal', current, password }, origin);
  assert.equal((await change('wrong', 'Difference-2')).status, 401);
  assert.equal((await change('Difference-1', 'short-1A')).status, 400);
  assert.equal((await change('Difference-1', 'Difference-1')).status, 400, 'not the same again');
  assert.equal((await change('Difference-1', 'Difference-2')).status, 204);
  assert.equal((await token.get('/clusters')).status, 401, 'sessions end with the password');
  assert.equal((await change('Difference-2', 'Difference-1')).status, 400, 'nor the one before');
  await test.engine.db
    .updateTable('app_user')
    .set({ password_changed_at: new Date(Date.now() - 31 * 86_400_000) })
    .where('principal', '=', 'ann')
    .execute();
  const expired = await tokenFor(nobody, 'ann@internal', 'Difference-2');
  assert.deepEqual([expired.status, expired.body['error_code']], [400, 'access_denied']);
  assert.match(expired.body['error'], /expired/);
  assert.equal((await change('Difference-2', 'Difference-3')).status, 204, 'which is how it is mended');
  assert.equal((await tokenFor(nobody, 'ann@internal', 'Difference-3')).status, 200);

  for (let attempt = 0; attempt < 2; attempt += 1) await tokenFor(nobody, 'ann@internal', 'wrong');
  assert.equal((await tokenFor(nobody, 'ann@internal', 'Difference-3')).status, 400, 'locked');
  assert.equal((await test.put(ann, { unlock: true })).status, 204);
  assert.equal((await tokenFor(nobody, 'ann@internal', 'Difference-3')).status, 200);
  assert.equal((await test.put(ann, { validUntil: '2020-01-01' })).status, 204);
  assert.equal((await tokenFor(nobody, 'ann@internal', 'Difference-3')).status, 400, 'the account has ended');
  assert.equal((await test.put(ann, { validUntil: null, enabled: false })).status, 204);
  assert.equal((await tokenFor(nobody, 'ann@internal', 'Difference-3')).status, 400, 'switched off');
  assert.equal((await test.put(ann, { enabled: true, password: 'Difference-1' })).status, 204);
  assert.equal((await tokenFor(nobody, 'ann@internal', 'Difference-1')).status, 200);
});

test('who guesses passwords of many users has to wait, whatever he knows; nothing tells which users there are', async (t) => {
  const test = await startTestEngine(t);
  const nobody = test.client(null);
  await test.user('ann');
  assert.equal((await test.put('/virgate/api/password-policy', { maxFailuresOfAddress: 12, addressMinutes: 60 })).status, 200);
  const known = await tokenFor(nobody, 'ann@internal', 'guess');
  const unknown = await tokenFor(nobody, 'eve@internal', 'guess');
  assert.equal(known.body['error'].replace("'ann@", "'eve@"), unknown.body['error']);
  // Those that come at once are counted as well.
  await Promise.all(Array.from({ length: 30 }, (_, at) => tokenFor(nobody, `user${at}@internal`, 'Summer2026')));
  const failures = await test.engine.db.selectFrom('sign_in_failure').selectAll().execute();
  assert.deepEqual(
    failures.map((one) => one.bucket),
    ['address 127.0.0.1'],
  );
  assert.ok((failures[0]?.failures ?? 0) < 12 + 4, `${failures[0]?.failures} were looked at`);
  const refused = await tokenFor(nobody, 'admin@internal', adminPassword);
  assert.deepEqual([refused.status, refused.body['error_code']], [400, 'access_denied']);
  assert.match(refused.body['error'], /Too many/);
  assert.ok(Number(refused.headers['retry-after']) > 3000);
  const portal = await nobody.post('/virgate/api/sessions', { username: 'admin', password: adminPassword }, { origin: test.url });
  assert.deepEqual([portal.status, portal.body['code']], [429, 'too_many_attempts']);
  assert.equal((await nobody.get('/clusters', basic('admin@internal', adminPassword))).status, 429);
  const change = { username: 'admin', current: adminPassword, password: 'another-good-one' };
  assert.equal((await nobody.post('/virgate/api/password', change, { origin: test.url })).status, 429);
  assert.equal((await test.get('/clusters')).status, 200, 'sessions go on');
  await test.engine.db
    .updateTable('sign_in_failure')
    .set({ since: new Date(Date.now() - 3_600_001) })
    .execute();
  assert.equal((await tokenFor(nobody, 'admin@internal', adminPassword)).status, 200);
  assert.equal((await tokenFor(nobody, 'admin@ovirt@internalsso', adminPassword)).status, 200, 'the name that Keycloak gives');
  assert.equal((await tokenFor(nobody, 'admin@other@internalsso', adminPassword)).status, 400);
});

test("a certificate is no sign-in, not even the engine's own", async (t) => {
  const test = await startTestEngine(t);
  const { certificatePem, keyPem } = test.engine.authority.engine;
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(
      new URL('/ovirt-engine/api/clusters', test.url),
      { ca: test.caPem, cert: certificatePem, key: keyPem, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    sent.on('error', reject);
    sent.end();
  });
  assert.equal(status, 401);
});
