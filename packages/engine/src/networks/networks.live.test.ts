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

test('networks bring hosts name servers and a share of their interface', async (t) => {
  const { get, post, put, delete: remove } = await startTestEngine(t);
  const qoss = `/datacenters/${defaultDataCenterId}/qoss`;
  const qos = (await post(qoss, { name: 'share', type: 'hostnetwork', outbound_average_linkshare: 10 })).body['id'];
  const other = (await post(qoss, { name: 'vms', type: 'network', inbound_average: 1, inbound_peak: 1, inbound_burst: 1 })).body['id'];
  const servers = { name_servers: { name_server: ['192.0.2.53', '2001:db8::53'] } };
  const body = { name: 'n', data_center: dataCenter, dns_resolver_configuration: servers };
  const bad = (name_server: string[]) => ({ ...body, dns_resolver_configuration: { name_servers: { name_server } } });
  assert.match((await post('/networks', bad(['ns.example.org']))).body['detail'], /dns_resolver_configuration.name_servers/);
  assert.equal((await post('/networks', bad(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']))).status, 400);
  assert.equal((await post('/networks', bad(['192.0.2.1', '192.0.2.1']))).status, 400);
  assert.equal((await post('/networks', { ...body, qos: { id: other } })).status, 404, 'a QoS of another kind');
  const made = await post('/networks', { ...body, qos: { name: 'share' } });
  assert.equal(made.status, 201, made.text);
  const path = `/networks/${made.body['id']}`;
  const found = (await get(path)).body;
  assert.deepEqual([found['dns_resolver_configuration'], found['qos'].id], [servers, qos]);
  assert.equal(found['qos'].href, `/ovirt-engine/api${qoss}/${qos}`);
  assert.equal((await put(path, { comment: 'kept' })).body['qos'].id, qos);
  assert.equal((await put(path, { dns_resolver_configuration: {} })).body['dns_resolver_configuration'], undefined);
  assert.equal((await remove(`${qoss}/${qos}`)).status, 200);
  assert.equal((await get(path)).body['qos'], undefined, 'it goes with the QoS');
});

test('vNIC profiles are added, changed, guarded and removed', async (t) => {
  const { engine, get, post, put, delete: remove, user } = await startTestEngine(t);
  const made = await post('/vnicprofiles', { name: 'gold', network: { id: managementNetworkId } });
  assert.equal(made.status, 201, made.text);
  const path = `/vnicprofiles/${made.body['id']}`;
  assert.deepEqual((await get(path)).body['pass_through'], { mode: 'disabled' });
  const qoss = `/datacenters/${defaultDataCenterId}/qoss`;
  const limits = { inbound_average: 10, inbound_peak: 20, inbound_burst: 30 };
  const qos = (await post(qoss, { name: 'slow', type: 'network', ...limits })).body['id'];
  assert.equal((await put(path, { qos: { id: qos } })).body['qos'].id, qos);
  assert.equal((await put(path, { comment: 'kept' })).body['qos'].id, qos);
  assert.equal((await put(path, { qos: { id: randomUUID() } })).status, 400);
  const cpu = (await post(qoss, { name: 'half', type: 'cpu', cpu_limit: 50 })).body['id'];
  assert.equal((await put(path, { qos: { id: cpu } })).status, 400, 'a QoS of another kind');
  assert.equal((await put(path, { qos: {} })).body['qos'], undefined);
  assert.equal((await post('/vnicprofiles', { name: 'GOLD', network: { id: managementNetworkId } })).status, 409);
  assert.equal((await post('/vnicprofiles', { name: 'x' })).status, 400);
  assert.equal((await post('/vnicprofiles', { name: 'x', network: { id: randomUUID() } })).status, 404);
  assert.equal((await put(path, { port_mirroring: true })).body['port_mirroring'], 'true');
  assert.equal((await put(path, { comment: 'kept' })).body['port_mirroring'], 'true');
  const passing = {
    name: 'x',
    network: { id: managementNetworkId },
    port_mirroring: true,
    pass_through: { mode: 'enabled' },
    network_filter: {},
  };
  assert.equal((await post('/vnicprofiles', passing)).status, 400, 'only a bridge makes copies');
  assert.equal((await put(path, { port_mirroring: false })).body['port_mirroring'], 'false');
  assert.equal(
    (await post('/vnicprofiles', { name: 'x', network: { id: managementNetworkId }, failover: { id: randomUUID() } })).status,
    400,
  );
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
