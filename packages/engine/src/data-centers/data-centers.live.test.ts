import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { addDisk, addHostAndStorage } from '../testing/objects.ts';

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
  const pool = (await post('/macpools', { name: 'north', ranges: { range: [{ from: '02:00:00:00:00:00', to: '02:00:00:00:00:ff' }] } }))
    .body['id'];
  assert.equal((await put(path, { mac_pool: { id: randomUUID() } })).status, 404);
  assert.equal((await put(path, { mac_pool: { id: pool } })).body['mac_pool'].id, pool);
  const cluster = (await post('/clusters', { name: 'low', data_center: { id: made.body['id'] }, cpu: { type: 'Intel Nehalem Family' } }))
    .body;
  assert.equal(cluster['mac_pool'].id, pool, 'new clusters begin with it');
  const version = (minor: number) => ({ version: { major: 4, minor } });
  const above = await put(path, version(8));
  assert.match(above.text, /cluster/i);
  assert.equal(above.status, 400);
  assert.equal((await put(`/clusters/${cluster['id']}`, version(6))).status, 400, 'below its data center');
  assert.equal((await put(path, version(6))).body['version'].minor, '6');
  assert.equal((await put(`/clusters/${cluster['id']}`, version(6))).status, 200);
  assert.equal((await put(path, version(7))).status, 400);
  const extra = (await post('/networks', { name: 'extra', data_center: { id: made.body['id'] } })).body['id'];
  assert.equal((await put(path, version(5))).status, 400, 'networks were made for its level');
  assert.equal((await remove(`/networks/${extra}`)).status, 200);
  assert.equal((await put(path, version(5))).status, 200);
  assert.equal((await remove(`/clusters/${cluster['id']}`)).status, 200);
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

test('a data center whose storage is lost is removed by force, with all that lies on it', async (t) => {
  const test = await startTestEngine(t);
  const { engine, get, post, delete: remove } = test;
  const { id: dataCenter } = (await post('/datacenters', { name: 'lost', local: false })).body;
  const { id: cluster } = (await post('/clusters', { name: 'c', data_center: { id: dataCenter }, cpu: { type: 'Intel Nehalem Family' } }))
    .body;
  const { hosts: host, storagedomains: domain } = await addHostAndStorage(test, 'x', dataCenter, cluster);
  const vm = (await post('/vms', { name: 'v', cluster: { id: cluster }, template: { name: 'Blank' } })).body['id'];
  const disk = await addDisk(test, vm, domain);
  const path = `/datacenters/${dataCenter}`;
  assert.equal((await remove(path)).status, 409, 'it has a storage domain');
  assert.equal((await remove(`/storagedomains/${domain}?host=${host}`)).status, 409, 'the host is not up');
  assert.equal((await remove(`/storagedomains/${domain}`)).status, 400, 'no host is named');
  const last = await remove(`/storagedomains/${domain}?destroy=true`);
  assert.equal(last.status, 409, 'it is active');
  const inPool = engine.db.updateTable('data_center_storage_domain').where('storage_domain_id', '=', domain);
  await inPool.set({ status: 'inactive' }).execute();
  assert.match((await remove(`/storagedomains/${domain}?destroy=true`)).text, /last/i);
  await engine.db.updateTable('host_state').set({ status: 'non_responsive' }).where('host_id', '=', host).execute();
  const early = await remove(`${path}?force=true`);
  assert.equal(early.status, 409, early.text);
  assert.equal((await get(`/vms/${vm}`)).status, 200, 'nothing is half done');
  await engine.db.updateTable('host_state').set({ status: 'maintenance' }).where('host_id', '=', host).execute();
  await inPool.set({ status: 'detaching' }).execute();
  assert.equal((await remove(`${path}?force=true`)).status, 409, 'work on a domain goes on');
  await inPool.set({ status: 'unknown' }).execute();
  const removed = await remove(`${path}?force=true`);
  assert.equal(removed.status, 200, removed.text);
  for (const gone of [path, `/storagedomains/${domain}`, `/vms/${vm}`, `/disks/${disk}`]) assert.equal((await get(gone)).status, 404, gone);
  assert.equal((await get(`/clusters/${cluster}`)).body['data_center'], undefined, 'the cluster stays');
  assert.ok((await get('/events?max=3')).body['event'].some((event: { code: string }) => event.code === '918'));
});
