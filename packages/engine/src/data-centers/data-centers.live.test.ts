import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';

test('data centers are added, read, changed and removed', async (t) => {
  const { get, post, put, delete: remove, user } = await startTestEngine(t);
  const made = await post('/datacenters', { name: 'north', description: 'd', local: true });
  assert.equal(made.status, 201, made.text);
  const path = `/datacenters/${made.body['id']}`;
  assert.deepEqual([made.body['status'], made.body['local'], made.body['quota_mode']], ['uninitialized', 'true', 'disabled']);
  assert.deepEqual(
    (await get(`${path}/networks`)).body['network'].map((one: { name: string }) => one.name),
    ['ovirtmgmt'],
  );
  assert.equal((await post('/datacenters', { name: 'NORTH', local: false })).status, 409);
  assert.equal((await post('/datacenters', { description: 'no name' })).status, 400);
  assert.equal((await post('/datacenters', { name: 'x', local: false, version: { major: 3, minor: 0 } })).status, 400);
  const changed = await put(path, { name: 'south', comment: 'c' });
  assert.deepEqual([changed.body['name'], changed.body['comment'], changed.body['description']], ['south', 'c', 'd']);
  assert.equal((await put(path, { name: 'Default' })).status, 409);
  assert.equal((await put(path, { id: randomUUID() })).status, 409);
  assert.deepEqual(
    (await get('/datacenters?search=name%3Dsouth')).body['data_center'].map((one: { id: string }) => one.id),
    [made.body['id']],
  );
  const nobody = await user('nobody');
  assert.equal((await nobody.post('/datacenters', { name: 'mine', local: false })).status, 403);
  assert.equal((await nobody.put(`/datacenters/${defaultDataCenterId}`, { comment: 'x' })).status, 403);
  assert.equal((await nobody.delete(path)).status, 403);
  assert.equal((await nobody.get(path)).status, 404);
  assert.equal((await remove(path)).status, 200);
  const gone = await get(path);
  assert.deepEqual([gone.status, gone.text], [404, '']);
});
