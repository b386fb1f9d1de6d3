import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultDataCenterId, managementNetworkId } from '../installation/fixed-ids.ts';
import { passwordOf } from '../storage-connections/definition.ts';
import { startTestEngine } from '../testing/engine.ts';

test('iSCSI bonds have networks and targets of their data center', async (t) => {
  const { get, post, put, delete: remove, user } = await startTestEngine(t);
  const path = `/datacenters/${defaultDataCenterId}/iscsibonds`;
  const network = (await post('/networks', { name: 'paths', data_center: { id: defaultDataCenterId } })).body['id'] as string;
  const target = (await post('/storageconnections', { type: 'iscsi', address: 'san', port: 3260, target: 'iqn.2026-01.org.example:a' }))
    .body['id'] as string;
  const folder = (await post('/storageconnections', { type: 'nfs', address: 'nas', path: '/export' })).body['id'] as string;
  assert.equal((await post(path, {})).status, 400);
  assert.equal((await post(path, { name: 'a b' })).status, 400);
  assert.equal(
    (await post(path, { name: 'x', networks: { network: [{ id: managementNetworkId }] } })).status,
    400,
    'a cluster requires it',
  );
  assert.equal((await post(path, { name: 'x', storage_connections: { storage_connection: [{ id: folder }] } })).status, 409);
  assert.equal((await get(path)).body['iscsi_bond'], undefined, 'nothing is half done');

  const made = await post(path, { name: 'two-ways', description: 'first', storage_connections: { storage_connection: [{ id: target }] } });
  assert.equal(made.status, 201, made.text);
  const bond = `${path}/${made.body['id']}`;
  assert.equal((await post(path, { name: 'Two-Ways' })).status, 409);
  const added = await post(`${bond}/networks`, { id: network });
  assert.equal(added.status, 201, added.text);
  assert.deepEqual(
    (await get(`${bond}/networks`)).body['network'].map((one: { id: string }) => one.id),
    [network],
  );
  assert.equal((await get(`${bond}/networks/${network}`)).status, 200);
  assert.equal((await get(`${bond}/networks/${managementNetworkId}`)).status, 404);
  assert.deepEqual(
    (await get(`${bond}/storageserverconnections`)).body['storage_connection'].map((one: { id: string }) => one.id),
    [target],
  );
  assert.equal((await remove(`/networks/${network}`)).status, 400, 'a bond has it');
  const changed = await put(bond, { description: 'second', storage_connections: {} });
  assert.equal(changed.status, 200, changed.text);
  assert.equal((await get(bond)).body['description'], 'second');

  const nobody = await user('nobody');
  const permissions = `${bond}/networks/${network}/permissions`;
  const given = await post(permissions, { role: { name: 'VnicProfileUser' }, user: { id: nobody.id } });
  assert.equal(given.status, 201, given.text);
  assert.equal((await get(`/networks/${network}/permissions/${given.body['id']}`)).status, 200, 'they are the network’s');
  const [profile] = (await get(`${bond}/networks/${network}/vnicprofiles`)).body['vnic_profile'] as { id: string }[];
  assert.equal((await get(`${bond}/networks/${network}/vnicprofiles/${profile?.id}/permissions`)).status, 200);
  assert.equal((await get(`${bond}/networks/${managementNetworkId}/permissions`)).status, 404, 'the bond does not have that network');
  assert.equal((await remove(`${permissions}/${given.body['id']}`)).status, 200);
  assert.equal((await nobody.put(bond, { description: 'x' })).status, 403);
  assert.equal((await nobody.delete(`${bond}/networks/${network}`)).status, 403);
  assert.equal((await remove(`${bond}/networks/${network}`)).status, 200);
  assert.equal((await get(`${bond}/networks`)).body['network'], undefined);
  assert.equal((await get(`/networks/${network}`)).status, 200, 'the network stays');
  assert.equal((await remove(bond)).status, 200);
  assert.equal((await get(bond)).status, 404);
  const codes = (await get('/events?max=8')).body['event'].map((one: { code: string }) => one.code);
  for (const code of ['10400', '10402', '10404']) assert.ok(codes.includes(code), codes.join(' '));
});

test('passwords of iSCSI targets are sealed, and stay until others are given', async (t) => {
  const { engine, post, put } = await startTestEngine(t);
  const body = {
    type: 'iscsi',
    address: 'san',
    port: 3260,
    target: 'iqn.2026-01.org.example:a',
    username: 'chap',
    password: 'open-sesame',
  };
  const made = await post('/storageconnections', body);
  assert.equal(made.status, 201, made.text);
  const place = `/storageconnections/${made.body['id']}`;
  const kept = async () => {
    const { settings } = await engine.db
      .selectFrom('storage_connection')
      .select('settings')
      .where('id', '=', made.body['id'])
      .executeTakeFirstOrThrow();
    assert.doesNotMatch(JSON.stringify(settings), /sesame/);
    return passwordOf(engine.authority.secretKey, settings);
  };
  assert.equal(await kept(), 'open-sesame');
  const changed = await put(place, { username: 'other' });
  assert.equal(changed.status, 200, changed.text);
  assert.doesNotMatch(changed.text, /password|sesame/);
  assert.equal(await kept(), 'open-sesame');
  await put(place, { password: 'close-sesame' });
  assert.equal(await kept(), 'close-sesame');
  await put(place, { password: '' });
  assert.equal(await kept(), '');
});
