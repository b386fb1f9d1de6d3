import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';

const cpu = { type: 'Intel Nehalem Family', architecture: 'x86_64' };

test('clusters are added, read, changed and removed', async (t) => {
  const { get, post, put, delete: remove, engine } = await startTestEngine(t);
  const made = await post('/clusters', {
    name: 'second',
    cpu,
    data_center: { name: 'Default' },
    memory_policy: { over_commit: { percent: '150' } },
    ksm: { enabled: false },
  });
  assert.equal(made.status, 201, made.text);
  const path = `/clusters/${made.body['id']}`;
  assert.equal(made.headers['location'], `/ovirt-engine/api${path}`);
  const found = (await get(path)).body;
  assert.deepEqual(found['cpu'], cpu);
  assert.equal(found['bios_type'], 'q35_sea_bios');
  assert.deepEqual(found['version'], { major: '4', minor: '7' });
  assert.deepEqual(found['ksm'], { enabled: 'false', merge_across_nodes: 'true' });
  assert.equal(found['memory_policy'].over_commit.percent, '150');
  assert.equal(found['data_center'].id, defaultDataCenterId);
  assert.deepEqual(
    (await get('/clusters?search=name%3Dsec*')).body['cluster'].map((one: { id: string }) => one.id),
    [made.body['id']],
  );
  assert.equal((await get(`/datacenters/${defaultDataCenterId}/clusters`)).body['cluster'].length, 2);
  assert.equal((await get(`/datacenters/${defaultDataCenterId}?follow=clusters`)).body['clusters'].cluster.length, 2);
  const networks = await engine.db
    .selectFrom('network_cluster')
    .select(['management', 'required'])
    .where('cluster_id', '=', made.body['id'])
    .execute();
  assert.deepEqual(networks, [{ management: true, required: true }]);

  const changed = await put(path, { description: 'changed', ballooning_enabled: 'false', cpu: { type: 'Intel Westmere Family' } });
  assert.equal(changed.status, 200, changed.text);
  assert.equal(changed.body['cpu'].type, 'Intel Westmere Family');
  assert.equal(changed.body['ballooning_enabled'], 'false');
  assert.deepEqual(changed.body['ksm'], { enabled: 'false', merge_across_nodes: 'true' }, 'other settings stay');

  const removed = await remove(path);
  assert.equal(removed.status, 200, removed.text);
  assert.equal(removed.body['status'], 'complete');
  const gone = await get(path);
  assert.deepEqual([gone.status, gone.text], [404, '']);
});

test('what cannot be is refused with its status', async (t) => {
  const { get, post, put, delete: remove, engine, user } = await startTestEngine(t);
  const path = `/clusters/${defaultClusterId}`;
  assert.equal(
    (await post('/clusters', { name: 'DEFAULT', data_center: { id: defaultDataCenterId } })).status,
    409,
    'names do not differ by case',
  );
  const noName = await post('/clusters', { data_center: { id: defaultDataCenterId } });
  assert.equal(noName.status, 400);
  assert.match(noName.body['detail'], /name/);
  assert.equal((await post('/clusters', { name: 'x', data_center: { id: randomUUID() } })).status, 404);
  assert.equal((await post('/clusters', { name: 'x', data_center: { name: 'Default' }, cpu: { type: 'Abacus' } })).status, 400);
  assert.equal(
    (await post('/clusters', { name: 'x', data_center: { name: 'Default' }, version: { major: 4, minor: 2 } })).status,
    400,
    'below its data center',
  );
  assert.equal(
    (await post('/clusters', { name: 'x', data_center: { name: 'Default' }, scheduling_policy: { name: 'perfect' } })).status,
    404,
  );
  assert.equal((await post('/clusters', { name: 'x', data_center: { name: 'Default' }, bios_type: 'coreboot' })).status, 400);
  assert.equal((await put(path, { id: randomUUID() })).status, 409);
  assert.equal((await put(`/clusters/${randomUUID()}`, { name: 'x' })).status, 404);
  assert.equal((await get('/clusters/not-an-id')).text, '');

  await engine.db.insertInto('host').values({ id: randomUUID(), name: 'h', address: 'h', cluster_id: defaultClusterId }).execute();
  const refused = await remove(path);
  assert.equal(refused.status, 409);
  assert.match(refused.text, /\[/);

  const nobody = await user('nobody');
  assert.equal((await nobody.post('/clusters', { name: 'x', data_center: { name: 'Default' } })).status, 403);
  assert.equal((await nobody.post('/clusters', { name: 'x' })).status, 403, 'who may nothing learns nothing about the request');
  assert.equal((await nobody.put(path, { name: 'x' })).status, 403);
  assert.equal((await nobody.delete(path)).status, 403);
  assert.equal((await nobody.get(path)).status, 404);
  const admin = await user('clusteradmin', [{ role: 'ClusterAdmin', object: { type: 'cluster', id: defaultClusterId } }]);
  assert.equal((await admin.put(path, { comment: 'mine' })).status, 200);
  assert.equal(
    (await admin.post('/clusters', { name: 'x', data_center: { name: 'Default' } })).status,
    403,
    'one cluster is not its data center',
  );
});
