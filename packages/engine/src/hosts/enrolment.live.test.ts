import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';

const tokens = '/virgate/api/host-enrolment-tokens';
const enrolments = '/virgate/api/host-enrolments';
const asks = (token: string, change: object = {}) => ({
  token,
  name: 'h1',
  address: '192.0.2.1',
  port: 54_321,
  uuid: 'u',
  csr: 'csr',
  ...change,
});

test('a token serves one host, and what is wrong with a request uses it up not', async (t) => {
  const { engine, client, post, get, user } = await startTestEngine(t);
  const nobody = client(null);
  assert.equal((await nobody.post(tokens, {})).status, 401);
  assert.equal((await (await user('somebody')).post(tokens, {})).status, 403);
  assert.equal((await post(tokens, { cluster: '7c7b5a0e-0000-4000-8000-000000000000' })).status, 404);
  const made = await post(tokens, {});
  assert.equal(made.status, 201);
  assert.equal(made.body['fingerprint'], engine.authority.fingerprint);
  const token = made.body['token'] as string;
  const stored = await engine.db.selectFrom('host_enrolment_token').selectAll().executeTakeFirstOrThrow();
  assert.ok(!JSON.stringify(stored).includes(token), 'only its hash is stored');
  for (const [change, status] of [
    [{ token: 'other' }, 403],
    [{ token: 5 }, 400],
    [{ name: '' }, 400],
    [{ address: 'a b' }, 400],
    [{ port: 0 }, 400],
    [{ csr: 'x'.repeat(20_000) }, 400],
  ] as const)
    assert.equal((await nobody.post(enrolments, asks(token, change))).status, status, JSON.stringify(change).slice(0, 60));
  assert.deepEqual((await get('/hosts')).body['host'], undefined);
  const asked = await nobody.post(enrolments, asks(token));
  assert.equal(asked.status, 201, asked.text);
  assert.equal((await nobody.post(enrolments, asks(token, { name: 'h2', address: '192.0.2.2' }))).status, 403, 'used');
  const other = (await post(tokens, {})).body['token'] as string;
  assert.equal((await nobody.post(enrolments, asks(other))).status, 409, 'a host of that name');
  await engine.db
    .updateTable('host_enrolment_token')
    .set({ expires_at: new Date(0) })
    .where('used_at', 'is', null)
    .execute();
  assert.equal((await nobody.post(enrolments, asks(other, { name: 'h2', address: '192.0.2.2' }))).status, 403, 'expired');
});

test('a host hears what became of its request with its own token only', async (t) => {
  const { client, post, get, delete: remove } = await startTestEngine(t);
  const nobody = client(null);
  const token = (await post(tokens, {})).body['token'] as string;
  const { id, host } = (await nobody.post(enrolments, asks(token))).body;
  const hear = async (withToken: string) => {
    const { status, body } = await nobody.get(`${enrolments}/${id}`, { authorization: `Bearer ${withToken}` });
    return [status, body['state']];
  };
  assert.deepEqual(await hear(token), [200, 'pending']);
  assert.deepEqual(await hear('other'), [403, undefined]);
  assert.equal((await post(`/hosts/${host}/approve`, {})).status, 409, 'what cannot be signed is not approved');
  assert.equal((await get(`/hosts/${host}`)).body['status'], 'pending_approval');
  assert.equal((await remove(`/hosts/${host}`)).status, 200);
  assert.deepEqual(await hear(token), [200, 'removed']);
  assert.deepEqual(await hear('other'), [403, undefined]);
});

test('a data center with local storage takes one host', async (t) => {
  const { client, post } = await startTestEngine(t);
  const center = (await post('/datacenters', { name: 'local', local: true })).body['id'] as string;
  const cluster = (await post('/clusters', { name: 'local', data_center: { id: center }, cpu: { architecture: 'x86_64' } })).body[
    'id'
  ] as string;
  const first = await post('/hosts', { name: 'one', address: '192.0.2.1', cluster: { id: cluster } });
  assert.equal(first.status, 201, first.text);
  const second = await post('/hosts', { name: 'two', address: '192.0.2.2', cluster: { id: cluster } });
  assert.deepEqual([second.status, /local storage/i.test(second.text)], [400, true], second.text);
  const token = (await post(tokens, { cluster })).body['token'] as string;
  const joining = await client(null).post(enrolments, asks(token, { name: 'two', address: '192.0.2.2' }));
  assert.deepEqual([joining.status, /local storage/i.test(joining.text)], [400, true], joining.text);
});

test('a host is approved into the cluster that the request names, and stays in maintenance where it says so', async (t) => {
  const { client, post, get } = await startTestEngine(t);
  const made = await post('/clusters', { name: 'c', data_center: { id: defaultDataCenterId }, cpu: { architecture: 'x86_64' } });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', '/dev/null'];
  const { stdout: csr } = await promisify(execFile)('openssl', ['req', '-new', ...key, '-subj', '/CN=h1']);
  const token = (await post(tokens, {})).body['token'] as string;
  const { host } = (await client(null).post(enrolments, asks(token, { csr }))).body;
  assert.equal((await post(`/hosts/${host}/approve`, { cluster: { name: 'none' } })).status, 404);
  const approved = await post(`/hosts/${host}/approve`, { cluster: { name: 'c' }, activate: false });
  assert.equal(approved.status, 200, approved.text);
  const { cluster, status } = (await get(`/hosts/${host}`)).body;
  assert.deepEqual([cluster.id, status], [made.body['id'], 'maintenance']);
});
