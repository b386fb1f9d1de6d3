import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locationOf, testBrowser } from '../testing/browser.ts';
import { adminPassword, startTestEngine, type Client, type TestEngine } from '../testing/engine.ts';
import { codeAt } from './totp.ts';

const login = '/ovirt-engine/sso/login.html';
const periodMs = 30_000;
const tokenFor = (client: Client, username: string, password: string, otp?: string) =>
  client.call('POST', '/ovirt-engine/sso/oauth/token', {
    body: new URLSearchParams({ grant_type: 'password', scope: 'ovirt-app-api', username, password, ...(otp ? { otp } : {}) }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

/** Lets the engine's clock go on by so many periods of codes: none is good twice. */
function clockOf(test: TestEngine): { now(): number; next(): void } {
  let ahead = 0;
  (test.engine as { now: () => number }).now = () => Date.now() + ahead;
  return { now: () => Date.now() + ahead, next: () => (ahead += 2 * periodMs) };
}

test('a second factor is set up, asked for everywhere, good once, and taken away', async (t) => {
  const test = await startTestEngine(t);
  const clock = clockOf(test);
  const nobody = test.client(null);
  const own = '/virgate/api/second-factor';
  assert.deepEqual((await test.get(own)).body, { enabled: false, since: null, required: false, recoveryCodes: 0 });
  const token = (await test.post('/virgate/api/tokens', { name: 'backup' })).body['token'];
  assert.equal((await test.client(token).post(own, { password: adminPassword })).status, 403, 'not by a token');
  assert.equal((await test.post(own, { password: 'wrong' })).status, 403);
  const { secret, uri, picture } = (await test.post(own, { password: adminPassword })).body;
  assert.match(uri, /^otpauth:\/\/totp\/Virgate:admin%40internal-authz\?/);
  assert.match(picture, /^<svg/);
  assert.equal((await tokenFor(nobody, 'admin@internal', adminPassword)).status, 200, 'not in force yet');
  assert.equal((await test.post(`${own}/confirm`, { code: '000000' })).status, 403);
  const setUp = codeAt(secret, clock.now());
  const confirmed = await test.post(`${own}/confirm`, { code: setUp });
  assert.equal(confirmed.status, 200, confirmed.text);
  const [recovery = '', second = ''] = confirmed.body['recoveryCodes'];
  assert.equal((await test.post(own, { password: adminPassword })).status, 409, 'a password alone changes nothing now');
  assert.deepEqual([(await test.get(own)).body['enabled'], (await test.get(own)).body['recoveryCodes']], [true, 10]);
  const stored = await test.engine.db.selectFrom('second_factor').selectAll().executeTakeFirstOrThrow();
  assert.ok(!stored.secret.toString('utf8').includes(secret), 'encrypted');

  const without = await tokenFor(nobody, 'admin@internal', adminPassword);
  assert.deepEqual([without.status, without.body['error_code']], [400, 'access_denied']);
  assert.match(without.body['error'], /second factor/);
  const wrong = await tokenFor(nobody, 'admin@internal', 'wrong', codeAt(secret, clock.now()));
  assert.ok(!/second factor/.test(wrong.text), 'the password comes first');
  const basic = { authorization: `Basic ${Buffer.from(`admin@internal:${adminPassword}`).toString('base64')}` };
  const refused = await nobody.get('/clusters', basic);
  assert.equal(refused.status, 401);
  assert.match(refused.text, /second factor/);
  assert.equal((await test.client(token).get('/clusters')).status, 200, 'tokens for programs go on');
  assert.equal((await tokenFor(nobody, 'admin@internal', adminPassword, setUp)).status, 400, 'the code that set it up is used');
  clock.next();
  const code = codeAt(secret, clock.now());
  const [first, replay] = await Promise.all([1, 2].map(() => tokenFor(nobody, 'admin@internal', adminPassword, code)));
  assert.equal([first?.status, replay?.status].filter((status) => status === 200).length, 1, 'once, also when it comes twice at once');
  assert.equal((await tokenFor(nobody, 'admin@internal', adminPassword, recovery)).status, 200);
  assert.equal((await tokenFor(nobody, 'admin@internal', adminPassword, recovery)).status, 400);

  const origin = { origin: test.url };
  const begin = () => nobody.post('/virgate/api/sessions', { username: 'admin', password: adminPassword }, origin);
  const begun = await begin();
  assert.deepEqual([begun.status, begun.body['code']], [401, 'second_factor_required']);
  const cookie = String(begun.headers['set-cookie']).split(';')[0] ?? '';
  assert.match(cookie, /^__Host-virgate-login=/);
  const goOn = (given: string, headers: Record<string, string> = { cookie }) =>
    nobody.post('/virgate/api/sessions/second-factor', { code: given }, { ...origin, ...headers });
  clock.next();
  const good = codeAt(secret, clock.now());
  assert.equal((await goOn(good, {})).body['code'], 'invalid_request', 'the second step first');
  assert.equal((await goOn(good, { cookie: '__Host-virgate-login=made-up' })).status, 400);
  assert.equal((await goOn(good, { cookie, origin: 'https://evil.example' })).status, 403);
  assert.equal((await nobody.get('/clusters', { cookie })).status, 401, 'half a sign-in is none');
  const session = await goOn(good);
  assert.equal(session.status, 201, session.text);
  const browserCookie =
    [session.headers['set-cookie'] ?? []]
      .flat()
      .find((one) => one.startsWith('__Host-virgate='))
      ?.split(';')[0] ?? '';
  assert.equal((await nobody.get('/virgate/api/whoami', { cookie: browserCookie })).body['session'].secondFactor, true);
  clock.next();
  assert.equal((await goOn(codeAt(secret, clock.now()))).status, 400, 'the sign-in is over');

  assert.equal((await test.post(`${own}/remove`, { code: '123456' })).status, 403);
  assert.equal((await test.post(`${own}/remove`, { code: second })).status, 204);
  assert.equal((await tokenFor(nobody, 'admin@internal', adminPassword)).status, 200);
});

test('wrong codes end the sign-in and then hold the user back, whoever knows the password', async (t) => {
  const test = await startTestEngine(t);
  const clock = clockOf(test);
  const ann = await test.user('ann');
  const { secret } = (await ann.post('/virgate/api/second-factor', { password: 'secret' })).body;
  await ann.post('/virgate/api/second-factor/confirm', { code: codeAt(secret, clock.now()) });
  const browser = testBrowser(test);
  await browser.get(login);
  const asked = await browser.submit(login, { username: 'ann', password: 'secret', profile: 'internal' });
  assert.deepEqual([asked.status, locationOf(asked)], [303, login]);
  assert.match((await browser.get(login)).text, /Second factor/);
  assert.equal(
    (await browser.submit(login, { username: 'ann', password: 'secret', profile: 'internal' })).status,
    401,
    'no way back to the first',
  );
  for (let attempt = 0; attempt < 4; attempt += 1) await browser.submit(login, { code: '000000' });
  clock.next();
  assert.equal((await browser.submit(login, { code: codeAt(secret, clock.now()) })).status, 400, 'the sign-in is over');
  const held = await tokenFor(test.client(null), 'ann@internal', 'secret', codeAt(secret, clock.now()));
  assert.deepEqual([held.status, held.body['error_code']], [400, 'access_denied']);
  assert.equal((await test.put(`/virgate/api/users/${ann.id}`, { removeSecondFactor: true })).status, 204);
  assert.equal((await tokenFor(test.client(null), 'ann@internal', 'secret')).status, 200, 'an administrator helps');
});

test('a policy asks who has certain roles for one: signing in sets it up', async (t) => {
  const test = await startTestEngine(t);
  const clock = clockOf(test);
  const policy = '/virgate/api/second-factor-policy';
  assert.equal((await test.put(policy, { required: 'sometimes', roles: [] })).status, 400);
  assert.equal((await test.put(policy, { required: 'nobody', roles: ['Nobody'] })).body['field'], 'roles');
  assert.equal((await test.put(policy, { required: 'administrators', roles: ['PowerUserRole'] })).status, 200);
  const system = { type: 'system', id: 'aaa00000-0000-0000-0000-123456789aaa' };
  const ann = await test.user('ann', [{ role: 'PowerUserRole', object: system }]);
  await test.user('bob', [{ role: 'UserRole', object: system }]);
  assert.equal((await ann.put(policy, { required: 'nobody', roles: [] })).status, 403);
  const nobody = test.client(null);
  assert.equal((await tokenFor(nobody, 'bob@internal', 'secret')).status, 200);
  assert.match((await tokenFor(nobody, 'admin@internal', adminPassword)).body['error'], /set up first/);
  const browser = testBrowser(test);
  await browser.get(login);
  await browser.submit(login, { username: 'ann', password: 'secret', profile: 'internal' });
  const page = await browser.get(login);
  const [, secret = ''] = /<code>([A-Z2-7]+)<\/code>/.exec(page.text) ?? [];
  assert.match(page.text, /<svg/);
  assert.equal((await browser.submit(login, { code: '000000' })).status, 401);
  assert.ok(!browser.cookies.has('__Host-virgate'));
  const done = await browser.submit(login, { code: codeAt(secret, clock.now()) });
  assert.match(done.text, /<li>[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}<\/li>/);
  assert.equal((await browser.get('/virgate/api/sessions/current')).status, 200);
  clock.next();
  assert.equal((await tokenFor(nobody, 'ann@internal', 'secret', codeAt(secret, clock.now()))).status, 200);
});
