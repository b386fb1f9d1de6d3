import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { EVERYONE_ID } from '../access/objects.ts';
import { issueToken, maxSessionsOfUser } from '../access/tokens.ts';
import { defaultClusterId } from '../installation/fixed-ids.ts';
import { openStream } from '../testing/event-stream.ts';
import { adminPassword, startTestEngine } from '../testing/engine.ts';

const basic = (username: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});
const cookieOf = (answer: { headers: Record<string, string | string[] | undefined> }): string =>
  String(answer.headers['set-cookie']).split(';')[0] ?? '';

test('sessions are listed and ended, and with them cookies, tokens and streams', async (t) => {
  const admin = await startTestEngine(t);
  const ann = await admin.user('ann');
  const nobody = admin.client(null);
  const opened = await nobody.post(
    '/virgate/api/sessions',
    { username: 'ann', password: 'secret' },
    { 'user-agent': 'ann-browser/1\u00e9' },
  );
  assert.equal(opened.status, 201, opened.text);
  const cookie = cookieOf(opened);
  const persistent = await nobody.get('/clusters', { ...basic('ann@internal', 'secret'), prefer: 'persistent-auth' });
  assert.match(String(persistent.headers['set-cookie']), /^JSESSIONID=[\w-]{64}; Path=\/ovirt-engine\/api; HttpOnly; Secure/);
  const stream = await openStream(t, admin, '/virgate/api/changes', { authorization: `Bearer ${ann.token}` });

  const { sessions, total } = (await nobody.get('/virgate/api/sessions', { cookie })).body as {
    sessions: { id: string; kind: string; user: object; userAgent: string; sourceAddress: string; current: boolean }[];
    total: number;
  };
  assert.deepEqual([total, sessions.map((one) => one.kind).toSorted()], [3, ['browser', 'session', 'sso']]);
  const browser = sessions.find((one) => one.kind === 'browser');
  assert.deepEqual(
    [browser?.current, browser?.userAgent, browser?.sourceAddress, browser?.user],
    [true, 'ann-browser/1', '127.0.0.1', { id: ann.id, name: 'ann@internal-authz' }],
  );
  assert.ok(!JSON.stringify(sessions).includes(ann.token));
  const [other] = (await admin.get('/virgate/api/sessions?max=1')).body['sessions'];
  assert.equal((await admin.get('/virgate/api/sessions')).body['total'], 4, 'administrators see all');
  const admins = (await admin.get(`/virgate/api/sessions?user=${(await admin.get('/virgate/api/whoami')).body['user'].id}`)).body[
    'sessions'
  ];
  assert.equal((await ann.get(`/virgate/api/sessions?user=${admins[0].user.id}`)).status, 403);
  assert.equal((await ann.delete(`/virgate/api/sessions/${admins[0].id}`)).status, 404, "another's");
  assert.equal((await ann.delete(`/virgate/api/sessions?user=${admins[0].user.id}`)).status, 403);
  for (const query of ['max=0', 'max=1001', 'page=0', 'user=x'])
    assert.equal((await admin.get(`/virgate/api/sessions?${query}`)).body['field'], query.split('=')[0], query);
  assert.equal((await admin.delete('/virgate/api/sessions/nonsense')).status, 404);
  assert.ok(other.id);

  const bearer = sessions.find((one) => one.kind === 'sso');
  assert.equal((await admin.delete(`/virgate/api/sessions/${bearer?.id}`)).status, 204);
  assert.equal((await admin.get('/events?max=1')).body['event'][0].code, '831');
  assert.equal((await ann.get('/clusters')).status, 401);
  await stream.until('the stream ends', (one) => one.ended);
  assert.deepEqual((await admin.delete(`/virgate/api/sessions?user=${ann.id}`)).body, { ended: 2 });
  assert.equal((await nobody.get('/clusters', { cookie })).status, 401);
  assert.equal((await nobody.get('/clusters', { cookie: cookieOf(persistent), prefer: 'persistent-auth' })).status, 401);
  assert.equal((await admin.delete(`/virgate/api/sessions/${admins[0].id}`)).status, 204, 'also the one that asks');
  assert.equal((await admin.get('/clusters')).status, 401);
});

test('a user who is removed, and a role that is taken away, count at once', async (t) => {
  const admin = await startTestEngine(t);
  const ann = await admin.user('ann', [{ role: 'ClusterAdmin', object: { type: 'cluster', id: defaultClusterId } }]);
  const stream = await openStream(t, admin, '/virgate/api/changes', { authorization: `Bearer ${ann.token}` });
  const path = `/clusters/${defaultClusterId}`;
  assert.equal((await ann.put(path, { comment: 'hers' })).status, 200);
  const [permission] = (await admin.get(`/users/${ann.id}/permissions`)).body['permission'];
  assert.equal((await admin.delete(`/permissions/${permission.id}`)).status, 200);
  assert.ok([403, 404].includes((await ann.put(path, { comment: 'still hers' })).status));
  assert.equal((await admin.get(path)).body['comment'], 'hers');
  const token = (await ann.post('/virgate/api/tokens', { name: 'left behind' })).body['token'];
  assert.equal((await admin.client(token).get('/clusters')).status, 200);
  assert.equal((await admin.delete(`/users/${ann.id}`)).status, 200);
  for (const client of [ann, admin.client(token)]) assert.equal((await client.get('/clusters')).status, 401);
  await stream.until('the stream ends', (one) => one.ended);
  const bob = await admin.user('bob');
  await admin.engine.db
    .updateTable('app_user')
    .set({ valid_until: new Date(Date.now() - 1) })
    .where('id', '=', bob.id)
    .execute();
  assert.equal((await bob.get('/clusters')).status, 401, 'the account has ended');
});

test('the contract: Session-TTL, new-auth, and protection against forged requests where it is switched on', async (t) => {
  const admin = await startTestEngine(t);
  const nobody = admin.client(null);
  const path = `/clusters/${defaultClusterId}`;
  const sign = basic('admin@internal', adminPassword);
  const short = await nobody.get('/clusters', { ...sign, prefer: 'persistent-auth', 'session-ttl': '2' });
  const latest = () =>
    admin.engine.db
      .selectFrom('access_token')
      .select(['idle_timeout_ms', 'kind'])
      .where('kind', '=', 'session')
      .orderBy('created_at', 'desc')
      .executeTakeFirst();
  assert.equal((await latest())?.idle_timeout_ms, 120_000);
  const cookie = cookieOf(short);
  const again = await nobody.get('/clusters', { ...sign, cookie, prefer: 'persistent-auth, new-auth' });
  assert.equal(again.status, 200);
  assert.notEqual(cookieOf(again), cookie);
  assert.equal((await nobody.get('/clusters', { cookie, prefer: 'persistent-auth' })).status, 401, 'the old one is gone');
  const later = cookieOf(again);
  assert.equal((await nobody.get('/clusters', { cookie: later })).status, 200, 'signs out with the answer');
  let gone = 200;
  for (let attempt = 0; attempt < 100 && gone !== 401; attempt += 1)
    gone = (await nobody.get('/clusters', { cookie: later, prefer: 'persistent-auth' })).status;
  assert.equal(gone, 401);

  const prefer = 'persistent-auth, csrf-protection';
  const off = cookieOf(await nobody.get('/clusters', { ...sign, prefer }));
  assert.equal((await nobody.get(path, { cookie: off, prefer })).status, 200, 'off, as the contract has it by default');
  assert.equal((await admin.put('/virgate/api/options/CSRFProtection', { value: 'true' })).status, 204);
  await admin.post('/reloadconfigurations', {});
  const on = cookieOf(await nobody.get('/clusters', { ...sign, prefer }));
  assert.equal((await nobody.get(path, { cookie: on, prefer })).status, 403);
  assert.equal((await nobody.get(path, { cookie: on, prefer, jsessionid: 'x' })).status, 403);
  assert.equal((await nobody.get(path, { cookie: on, prefer, jsessionid: on.slice('JSESSIONID='.length) })).status, 200);
});

test('tokens for programs: scopes, ends, use, and that none makes another', async (t) => {
  const admin = await startTestEngine(t);
  const path = `/clusters/${defaultClusterId}`;
  const make = (body: object) => admin.post('/virgate/api/tokens', body);
  for (const [body, field] of [
    [{}, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 'a', expires: 'yesterday' }, 'expires'],
    [{ name: 'a', expires: '2020-01-01' }, 'expires'],
    [{ name: 'a', expires: '2999-01-01' }, 'expires'],
    [{ name: 'a', scope: 'all' }, 'scope'],
    [{ name: 'a', scope: { permits: [] } }, 'scope.permits'],
    [{ name: 'a', scope: { permits: ['fly'] } }, 'scope.permits'],
  ] as const) {
    const refused = await make(body);
    assert.deepEqual([refused.status, refused.body['field']], [400, field], refused.text);
  }
  const full = (await make({ name: 'full' })).body;
  const reader = (await make({ name: 'reader', scope: 'read_only', expires: Date.now() + 60_000 })).body;
  const narrow = (await make({ name: 'narrow', scope: { permits: ['edit_cluster_configuration', 'login'] } })).body;
  assert.match(full['token'], /^vgt_[\w-]{64}$/);
  const listed = (await admin.get('/virgate/api/tokens')).body['tokens'];
  assert.deepEqual(
    listed.map((one: { name: string; scope: unknown; lastUsed: unknown }) => [one.name, one.scope, one.lastUsed]),
    [
      ['narrow', { permits: ['edit_cluster_configuration', 'login'] }, null],
      ['reader', 'read_only', null],
      ['full', 'full', null],
    ],
  );
  assert.ok(!JSON.stringify(listed).includes('vgt_'));
  const by = (made: Record<string, string>) => admin.client(made['token'] ?? '');
  assert.equal((await by(full).put(path, { comment: 'full' })).status, 200);
  assert.equal((await by(full).post('/virgate/api/tokens', { name: 'child' })).status, 403);
  assert.equal((await by(reader).get(path)).body['comment'], 'full');
  assert.equal((await by(reader).put(path, { comment: 'reader' })).status, 403);
  assert.equal((await by(reader).post('/virgate/api/users', { name: 'eve', password: 'analytical' })).status, 403);
  assert.equal((await by(narrow).put(path, { comment: 'narrow' })).status, 200);
  assert.equal((await by(narrow).delete(path)).status, 403);
  assert.equal((await by(narrow).post('/virgate/api/users', { name: 'eve', password: 'analytical' })).status, 403, 'no SuperUser any more');
  const grant = { role: { name: 'SuperUser' }, group: { id: EVERYONE_ID } };
  assert.equal((await by(narrow).post('/permissions', grant)).status, 403);
  assert.equal((await by(narrow).delete(`/virgate/api/tokens/${full['id']}`)).status, 404);
  assert.deepEqual((await by(narrow).get('/virgate/api/whoami')).body['permits'], ['edit_cluster_configuration', 'login']);
  const who = (await by(reader).get('/virgate/api/whoami')).body;
  assert.deepEqual([who['session'].kind, who['session'].readOnly, who['user'].signInName], ['api', true, 'admin@internal']);
  assert.deepEqual(
    [who['roles'].map((one: { name: string }) => one.name), who['groups'].map((one: { name: string }) => one.name)],
    [['SuperUser', 'UserProfileEditor'], ['Everyone']],
  );
  assert.equal((await admin.client(null).get(path, { cookie: `__Host-virgate=${full['token']}` })).status, 401, 'no cookie');
  await admin.engine.db
    .updateTable('access_token')
    .set({ created_at: new Date(Date.now() - 120_000), used_at: new Date(Date.now() - 100_000) })
    .where('kind', '=', 'api')
    .execute();
  assert.equal((await by(full).get(path)).status, 200);
  const used = (await admin.get('/virgate/api/tokens')).body['tokens'].find((one: { name: string }) => one.name === 'full');
  assert.ok(Date.now() - used.lastUsed < 60_000);

  const ann = await admin.user('ann');
  assert.deepEqual((await ann.get('/virgate/api/tokens')).body, { tokens: [] });
  assert.equal((await ann.get('/virgate/api/tokens?user=all')).status, 403);
  assert.equal((await ann.delete(`/virgate/api/tokens/${full['id']}`)).status, 404);
  await ann.post('/virgate/api/tokens', { name: 'hers' });
  assert.equal((await admin.get('/virgate/api/tokens?user=all')).body['tokens'].length, 4);
  assert.equal((await admin.delete(`/virgate/api/tokens/${full['id']}`)).status, 204);
  assert.equal((await by(full).get(path)).status, 401);
  await admin.engine.db
    .updateTable('access_token')
    .set({ expires_at: new Date(Date.now() - 1) })
    .where('name', '=', 'reader')
    .execute();
  assert.equal((await by(reader).get(path)).status, 401);
});

test('ten thousand sessions: each user keeps his latest, pages are answered, all end at once', async (t) => {
  const admin = await startTestEngine(t);
  const { db } = admin.engine;
  const users = await Promise.all(Array.from({ length: 10 }, async (_, at) => (await admin.user(`user${at}`)).id));
  const [first = ''] = users;
  await sql`insert into access_token (token_hash, kind, user_id, idle_timeout_ms, expires_at)
    select sha256(convert_to(u.id || '-' || n, 'utf8')), 'sso', u.id, 1800000, now() + interval '1 hour'
    from generate_series(1, 999) n, app_user u where u.id = any(${users}::uuid[])`.execute(db);
  assert.equal((await admin.get('/virgate/api/sessions')).body['total'], 10_001);
  assert.equal((await admin.get('/virgate/api/sessions?max=1000&page=11')).body['sessions'].length, 1);
  await issueToken(db, { kind: 'sso', userId: first });
  assert.equal((await admin.get(`/virgate/api/sessions?user=${first}`)).body['total'], maxSessionsOfUser, 'the oldest one went');
  assert.deepEqual((await admin.delete(`/virgate/api/sessions?user=${first}`)).body, { ended: maxSessionsOfUser });
});
