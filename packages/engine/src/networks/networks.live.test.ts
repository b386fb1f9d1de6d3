import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId, defaultDataCenterId, managementNetworkId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';

const dataCenter = { id: defaultDataCenterId };

test('networks, their vNIC profiles and their place in clusters', async (t) => {
  const { get, post, put, delete: remove } = await startTestEngine(t);
  const made = await post('/networks', { name: 'a rather long name', data_center: dataCenter, vlan: { id: 7 }, mtu: 9000 });
  assert.equal(made.status, 201, made.text);
  const path = `/networks/${made.body['id']}`;
  const found = (await get(path)).body;
  assert.deepEqual([found['vlan'], found['mtu'], found['usages'], found['stp']], [{ id: '7' }, '9000', { usage: ['vm'] }, 'false']);
  assert.match(found['vdsm_name'], /^on[0-9a-f]{13}$/);
  const profiles = (await get(`${path}/vnicprofiles`)).body['vnic_profile'];
  assert.deepEqual(
    profiles.map((one: { name: string }) => one.name),
    ['a rather long name'],
  );
  assert.equal((await get(`${path}?follow=vnic_profiles`)).body['vnic_profiles'].vnic_profile.length, 1);
  assert.equal((await get(`/datacenters/${defaultDataCenterId}/networks`)).body['network'].length, 2);
  assert.equal((await get(`/datacenters/${defaultDataCenterId}/networks/${made.body['id']}`)).status, 200);

  const inCluster = `/clusters/${defaultClusterId}/networks`;
  const attached = await post(inCluster, { id: made.body['id'], required: false });
  assert.equal(attached.status, 201, attached.text);
  assert.deepEqual([attached.body['required'], attached.body['status']], ['false', 'operational']);
  assert.equal((await post(inCluster, { name: 'a rather long name' })).status, 409);
  const moved = await put(`${inCluster}/${made.body['id']}`, { usages: { usage: ['vm', 'display'] } });
  assert.deepEqual(moved.body['usages'], { usage: ['vm', 'display'] }, moved.text);
  assert.ok(!(await get(`${inCluster}/${managementNetworkId}`)).body['usages'].usage.includes('display'), 'one network for each role');
  assert.equal((await remove(`${inCluster}/${made.body['id']}`)).status, 200);
  assert.ok((await get(`${inCluster}/${managementNetworkId}`)).body['usages'].usage.includes('display'), 'the role goes back');
  assert.equal((await remove(`${inCluster}/${managementNetworkId}`)).status, 400);

  const changed = await put(path, { name: 'renamed', mtu: 1500, description: 'd' });
  assert.deepEqual([changed.body['name'], changed.body['mtu'], changed.body['vdsm_name']], ['renamed', '1500', found['vdsm_name']]);
  assert.equal((await remove(path)).status, 200);
  assert.deepEqual([(await get(path)).status, (await get(path)).text], [404, '']);
  assert.equal((await get(`/vnicprofiles/${profiles[0].id}`)).status, 404, 'its profiles went with it');
});

test('networks that cannot be are refused', async (t) => {
  const { get, post, put, delete: remove, user } = await startTestEngine(t);
  assert.equal((await post('/networks', { name: 'OVIRTMGMT', data_center: dataCenter })).status, 409);
  assert.equal((await post('/networks', { data_center: dataCenter })).status, 400);
  assert.equal((await post('/networks', { name: 'x' })).status, 400);
  assert.equal((await post('/networks', { name: 'bond0', data_center: dataCenter })).status, 400);
  assert.equal((await post('/networks', { name: 'x', data_center: { id: randomUUID() } })).status, 404);
  assert.equal((await post('/networks', { name: 'x', data_center: dataCenter, vlan: { id: 5000 } })).status, 400);
  assert.equal((await post('/networks', { name: 'x', data_center: dataCenter, mtu: 5 })).status, 400);
  assert.equal((await post('/networks', { name: 'x', data_center: dataCenter, usages: { usage: ['migration'] }, stp: true })).status, 409);
  assert.equal((await put(`/networks/${managementNetworkId}`, { name: 'other' })).status, 400);
  assert.equal((await remove(`/networks/${managementNetworkId}`)).status, 400);
  assert.equal((await get(`/datacenters/${randomUUID()}/networks`)).status, 404);
  const nobody = await user('nobody');
  assert.equal((await nobody.post('/networks', { name: 'x', data_center: dataCenter })).status, 403);
  assert.equal((await nobody.put(`/networks/${managementNetworkId}`, { mtu: 1500 })).status, 403);
  assert.equal(
    (await nobody.post(`/clusters/${defaultClusterId}/networks`, { id: managementNetworkId })).status,
    404,
    'the cluster is not seen',
  );
  const admin = await user('netadmin', [{ role: 'NetworkAdmin', object: { type: 'data_center', id: defaultDataCenterId } }]);
  assert.equal((await admin.post('/networks', { name: 'mine', data_center: dataCenter })).status, 201);
});

test('vNIC profiles are added, changed, guarded and removed', async (t) => {
  const { engine, get, post, put, delete: remove, user } = await startTestEngine(t);
  const made = await post('/vnicprofiles', { name: 'gold', network: { id: managementNetworkId } });
  assert.equal(made.status, 201, made.text);
  const path = `/vnicprofiles/${made.body['id']}`;
  assert.deepEqual((await get(path)).body['pass_through'], { mode: 'disabled' });
  assert.equal((await post('/vnicprofiles', { name: 'GOLD', network: { id: managementNetworkId } })).status, 409);
  assert.equal((await post('/vnicprofiles', { name: 'x' })).status, 400);
  assert.equal((await post('/vnicprofiles', { name: 'x', network: { id: randomUUID() } })).status, 404);
  assert.equal((await post('/vnicprofiles', { name: 'x', network: { id: managementNetworkId }, port_mirroring: true })).status, 400);
  assert.equal((await post(`/networks/${managementNetworkId}/vnicprofiles`, { name: 'silver' })).status, 201);
  assert.equal((await get(`/networks/${managementNetworkId}/vnicprofiles`)).body['vnic_profile'].length, 3);
  assert.equal((await put(path, { name: 'platinum', migratable: false })).body['migratable'], 'false');
  assert.equal((await put(path, { name: 'silver' })).status, 409);
  assert.equal((await put(path, { network: { id: randomUUID() } })).status, 400);
  const nobody = await user('nobody');
  assert.equal((await nobody.post('/vnicprofiles', { name: 'x', network: { id: managementNetworkId } })).status, 403);
  assert.equal((await nobody.delete(path)).status, 403);
  assert.deepEqual(
    (await nobody.get('/vnicprofiles')).body['vnic_profile'].map((one: { name: string }) => one.name),
    ['ovirtmgmt'],
    'what everybody may use',
  );
  await engine.db
    .insertInto('nic')
    .values({ id: randomUUID(), vm_id: blankTemplateId, name: 'n', vnic_profile_id: made.body['id'] })
    .execute();
  assert.equal((await remove(path)).status, 409);
  await engine.db.deleteFrom('nic').where('name', '=', 'n').execute();
  assert.equal((await remove(path)).status, 200);
  assert.equal((await get(path)).status, 404);
});
