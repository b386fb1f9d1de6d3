import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { defaultClusterId } from '../installation/fixed-ids.ts';
import { locationOf, testBrowser, type TestBrowser } from '../testing/browser.ts';
import { startTestEngine, type Answer, type TestEngine } from '../testing/engine.ts';
import { startOpenidProvider, type Misbehaviour, type TestProvider } from '../testing/openid-provider.ts';

const login = '/ovirt-engine/sso/login.html';
const begin = '/ovirt-engine/sso/provider/cloud/start';
const callback = '/ovirt-engine/sso/provider/cloud/callback';

async function addProvider(engine: TestEngine, provider: TestProvider, change: object = {}): Promise<string> {
  const made = await engine.post('/virgate/api/openid-providers', {
    profile: 'cloud',
    domain: 'cloud-authz',
    title: 'The Cloud',
    issuer: provider.issuer,
    clientId: 'virgate',
    clientSecret: 'provider-secret',
    caPem: provider.caPem,
    ...change,
  });
  assert.equal(made.status, 201, made.text);
  assert.ok(!made.text.includes('provider-secret'));
  return made.body['id'];
}

/** Sends a browser to the provider. @returns what it was sent with */
async function sent(provider: TestProvider, browser: TestBrowser): Promise<URL> {
  const there = await browser.get(begin);
  assert.equal(there.status, 302, there.text);
  const url = new URL(locationOf(there));
  provider.nonce = url.searchParams.get('nonce') ?? '';
  return url;
}

const comeBack = (browser: TestBrowser, state: string | null): Promise<Answer> =>
  browser.get(`${callback}?${new URLSearchParams({ code: 'c1', ...(state === null ? {} : { state }) }).toString()}`);

async function signInBy(provider: TestProvider, browser: TestBrowser): Promise<Answer> {
  const url = await sent(provider, browser);
  return comeBack(browser, url.searchParams.get('state'));
}

const everybody = async (t: TestContext): Promise<{ engine: TestEngine; provider: TestProvider; id: string }> => {
  const provider = await startOpenidProvider(t);
  provider.claims = { sub: 'u1', preferred_username: 'ann', given_name: 'Ann', email: 'ann@cloud.example', groups: ['staff', 'ops'] };
  const engine = await startTestEngine(t);
  return { engine, provider, id: await addProvider(engine, provider) };
};

test("a provider's users sign in by its word, with the roles of their groups there", async (t) => {
  const { engine, provider, id } = await everybody(t);
  assert.deepEqual((await engine.post(`/virgate/api/openid-providers/${id}/test`, {})).body, { works: true });
  const browser = testBrowser(engine);
  assert.match((await browser.get(login)).text, /href="\/ovirt-engine\/sso\/provider\/cloud\/start">Sign in with The Cloud/);
  const url = await sent(provider, browser);
  assert.equal(url.origin + url.pathname, `${provider.issuer}/authorize`);
  const asked = Object.fromEntries(url.searchParams);
  assert.deepEqual(
    [asked['client_id'], asked['scope'], asked['redirect_uri'], asked['code_challenge_method']],
    ['virgate', 'openid profile email', `${engine.url}${callback}`, 'S256'],
  );
  const denied = await comeBack(browser, asked['state'] ?? '');
  assert.equal(denied.status, 403, denied.text);
  const [exchange] = provider.exchanges;
  assert.equal(
    createHash('sha256')
      .update(exchange?.form.get('code_verifier') ?? '')
      .digest('base64url'),
    asked['code_challenge'],
  );
  assert.equal(
    decodeURIComponent(Buffer.from(exchange?.authorization.slice('Basic '.length) ?? '', 'base64').toString('utf8')),
    'virgate:provider-secret',
  );
  assert.equal((await engine.get('/events?max=1')).body['event'][0].code, '114');
  const [known] = (await engine.get('/users?search=usrname%3Dann*')).body['user'];
  assert.deepEqual([known.user_name, known.name, known.email], ['ann@cloud-authz', 'Ann', 'ann@cloud.example'], 'to be given a role');

  const group = await engine.post('/groups', { name: 'ops', domain: { name: 'cloud-authz' } });
  assert.equal(group.status, 201, group.text);
  const grant = { role: { name: 'ClusterAdmin' }, group: { id: group.body['id'] } };
  assert.equal((await engine.post(`/clusters/${defaultClusterId}/permissions`, grant)).status, 201);
  const back = await signInBy(provider, browser);
  assert.deepEqual([back.status, locationOf(back)], [302, '/ovirt-engine/webadmin/'], back.text);
  const who = (await browser.get('/virgate/api/whoami')).body;
  assert.deepEqual(
    [who['user'].signInName, who['user'].id, who['groups'].map((one: { name: string }) => one.name)],
    ['ann@cloud', known.id, ['Everyone', 'ops']],
  );
  assert.equal((await browser.get(`/ovirt-engine/api/clusters/${defaultClusterId}`, { accept: 'application/json' })).status, 200);
  provider.claims = { ...provider.claims, groups: [] };
  assert.equal((await signInBy(provider, browser)).status, 403, 'left the group');
  assert.equal((await browser.get(`/ovirt-engine/api/clusters/${defaultClusterId}`, { accept: 'application/json' })).status, 404);
  assert.equal((await engine.delete(`/virgate/api/openid-providers/${id}`)).status, 204);
  assert.equal((await browser.get('/virgate/api/sessions/current')).status, 401);
});

test('answers that are not as they must be sign nobody in', async (t) => {
  const { engine, provider, id } = await everybody(t);
  const everyone = {
    role: { name: 'UserRole' },
    group: { id: (await engine.post('/groups', { name: 'staff', domain: { name: 'cloud' } })).body['id'] },
  };
  assert.equal((await engine.post('/permissions', everyone)).status, 201);
  let strangers = 0;
  const stranger = createServer((socket) => {
    strangers += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  t.after(() => stranger.close());
  const elsewhere = `https://localhost:${(stranger.address() as AddressInfo).port}/token`;
  const wrongs: Record<string, Misbehaviour> = {
    'another issuer': { issuer: 'https://evil.example' },
    'another audience': { audience: 'other' },
    'another nonce': { nonce: 'made-up' },
    'alg none': { unsigned: true },
    'another key': { otherKey: true },
    'too old': { expired: true },
    'a redirect to another host': { redirect: elsewhere },
  };
  for (const [what, wrong] of Object.entries(wrongs)) {
    const browser = testBrowser(engine);
    provider.wrong = wrong;
    const refused = await signInBy(provider, browser);
    assert.equal(refused.status, 401, what);
    assert.deepEqual([...browser.cookies.keys()], ['__Host-virgate-login'], what);
  }
  assert.equal(strangers, 0, 'nobody else is asked');
  provider.wrong = { announcedIssuer: 'https://evil.example' };
  assert.equal((await testBrowser(engine).get(begin)).status, 503, 'a configuration of somebody else');
  assert.equal((await engine.post(`/virgate/api/openid-providers/${id}/test`, {})).body['works'], false);
  provider.wrong = {};

  const browser = testBrowser(engine);
  const exchanges = provider.exchanges.length;
  for (const state of [null, 'made-up', '']) {
    await sent(provider, browser);
    assert.equal((await comeBack(browser, state)).status, 401, `state ${state}`);
  }
  const other = testBrowser(engine);
  const theirs = (await sent(provider, other)).searchParams.get('state');
  await sent(provider, browser);
  assert.equal((await comeBack(browser, theirs)).status, 401, "another browser's state");
  assert.equal((await comeBack(testBrowser(engine), theirs)).status, 400, 'no sign-in was begun here');
  const own = (await sent(provider, browser)).searchParams.get('state');
  await browser.get(`${callback}?error=access_denied&state=${own}`);
  assert.equal((await comeBack(browser, own)).status, 400, 'the first answer counts');
  assert.equal(provider.exchanges.length, exchanges, 'no code was brought to the provider');
  assert.equal((await browser.get('/ovirt-engine/sso/provider/other/start')).status, 404);
  provider.claims = { sub: 'u2', groups: ['staff'] };
  assert.equal((await signInBy(provider, browser)).status, 401, 'without a name');
  provider.claims = { sub: 'u2', preferred_username: 'bob\n', groups: ['staff'] };
  assert.equal((await signInBy(provider, browser)).status, 401, 'with a name that is none');
  provider.claims = { sub: 'u2', preferred_username: 'ann', groups: ['staff'] };
  assert.equal((await signInBy(provider, browser)).status, 302, 'who has the name of somebody who left');
});

test('a second factor of the engine follows the word of a provider, unless the provider asks for one', async (t) => {
  const { engine, provider, id } = await everybody(t);
  const staff = (await engine.post('/groups', { name: 'staff', domain: { name: 'cloud' } })).body['id'];
  await engine.post('/permissions', { role: { name: 'UserRole' }, group: { id: staff } });
  await engine.put('/virgate/api/second-factor-policy', { required: 'nobody', roles: ['UserRole'] });
  const browser = testBrowser(engine);
  const back = await signInBy(provider, browser);
  assert.deepEqual([back.status, locationOf(back)], [302, login]);
  assert.match((await browser.get(login)).text, /Set up a second factor/);
  assert.equal((await browser.get(begin)).headers['location'], login, 'no way back to the first step');
  assert.equal((await engine.put(`/virgate/api/openid-providers/${id}`, { secondFactor: 'provider' })).status, 200);
  assert.equal(locationOf(await signInBy(provider, testBrowser(engine))), '/ovirt-engine/webadmin/');
});

test('providers are set up by SuperUsers, with names of their own', async (t) => {
  const { engine, provider, id } = await everybody(t);
  const path = `/virgate/api/openid-providers/${id}`;
  for (const [change, status, field] of [
    [{ issuer: 'http://cloud.example' }, 400, 'issuer'],
    [{ issuer: 'nonsense' }, 400, 'issuer'],
    [{ scopes: 'profile' }, 400, 'scopes'],
    [{ caPem: 'nonsense' }, 400, 'caPem'],
    [{ secondFactor: 'never' }, 400, 'secondFactor'],
    [{ profile: 'internal' }, 409, 'profile'],
    [{ domain: 'other' }, 400, 'domain'],
  ] as const) {
    const refused = await engine.put(path, change);
    assert.deepEqual([refused.status, refused.body['field']], [status, field], refused.text);
  }
  const again = await engine.post('/virgate/api/openid-providers', {
    profile: 'CLOUD',
    issuer: provider.issuer,
    clientId: 'x',
    clientSecret: 'y',
  });
  assert.deepEqual([again.status, again.body['field']], [409, 'profile'], again.text);
  const directory = { profile: 'Cloud', kind: 'rfc2307', servers: ['ldap'], baseDn: 'dc=x' };
  assert.equal((await engine.post('/virgate/api/directories', directory)).status, 409);
  const ann = await engine.user('ann');
  assert.equal((await ann.get('/virgate/api/openid-providers')).status, 403);
  const changed = await engine.put(path, { title: '<b>Cloud</b>' });
  assert.deepEqual([changed.status, changed.body['title'], changed.body['clientId']], [200, '<b>Cloud</b>', 'virgate']);
  assert.match((await testBrowser(engine).get(login)).text, /&lt;b&gt;Cloud&lt;\/b&gt;/);
  await engine.put(path, { caPem: null });
  assert.match((await engine.post(`${path}/test`, {})).body['reason'], /certificate|fetch|issuer/i);
});
