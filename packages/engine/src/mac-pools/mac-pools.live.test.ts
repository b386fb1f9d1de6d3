import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId, defaultMacPoolId } from '../installation/fixed-ids.ts';
import { Fault } from '../rest/fault.ts';
import { startTestEngine } from '../testing/engine.ts';
import { allocateMac, claimMac } from './allocate.ts';

test('two transactions at once never get the same address, and an empty pool says so', async (t) => {
  const { engine, post } = await startTestEngine(t);
  const pool = await post('/macpools', { name: 'small', ranges: { range: [{ from: '02:00:00:00:00:FE', to: '02:00:00:00:01:02' }] } });
  assert.equal(pool.status, 201, pool.text);
  const addresses: string[] = [];
  const take = () =>
    engine.db.transaction().execute(async (trx) => {
      const mac = await allocateMac(trx, pool.body['id']);
      addresses.push(mac);
      await trx.insertInto('nic').values({ id: randomUUID(), vm_id: blankTemplateId, name: mac, mac }).execute();
    });
  await Promise.all([take(), take(), take(), take()]);
  await engine.db.transaction().execute(async (trx) => {
    assert.equal(await allocateMac(trx, pool.body['id']), '02:00:00:00:01:02');
    await assert.rejects(
      claimMac(trx, pool.body['id'], '02:00:00:00:00:FF'),
      (error: Fault) => error.status === 409 && error.key === 'NETWORK_MAC_ADDRESS_IN_USE',
    );
    assert.equal(await claimMac(trx, pool.body['id'], '02:00:00:00:01:02'), '02:00:00:00:01:02');
  });
  await take();
  assert.deepEqual(addresses.toSorted(), [
    '02:00:00:00:00:fe',
    '02:00:00:00:00:ff',
    '02:00:00:00:01:00',
    '02:00:00:00:01:01',
    '02:00:00:00:01:02',
  ]);
  await assert.rejects(take, (error: Fault) => error.key === 'MAC_POOL_NOT_ENOUGH_MAC_ADDRESSES');
  await engine.db.deleteFrom('nic').where('mac', '=', '02:00:00:00:01:00').execute();
  await take();
  assert.equal(addresses.at(-1), '02:00:00:00:01:00', 'the lowest free address comes first');
});

test('MAC pools are added, changed, removed and guarded', async (t) => {
  const { get, post, put, delete: remove, user } = await startTestEngine(t);
  const wanted = {
    name: 'lab',
    description: 'for tests',
    allow_duplicates: true,
    ranges: { range: [{ from: '02:AA:00:00:00:00', to: '02:aa:00:00:00:ff' }] },
  };
  const made = await post('/macpools', wanted);
  assert.equal(made.status, 201, made.text);
  const path = `/macpools/${made.body['id']}`;
  assert.deepEqual((await get(path)).body['ranges'], { range: [{ from: '02:aa:00:00:00:00', to: '02:aa:00:00:00:ff' }] });
  assert.equal((await get('/macpools')).body['mac_pool'].length, 2);

  assert.equal((await post('/macpools', wanted)).status, 409, 'the ranges are taken');
  const other = { ...wanted, ranges: { range: [{ from: '02:bb:00:00:00:00', to: '02:bb:00:00:00:ff' }] } };
  assert.equal((await post('/macpools', other)).status, 409, 'the name is taken');
  assert.equal((await post('/macpools', { name: 'none' })).status, 400);
  assert.equal(
    (await post('/macpools', { ...other, name: 'odd', ranges: { range: [{ from: '03:00:00:00:00:00', to: '03:00:00:00:00:01' }] } }))
      .status,
    400,
    'multicast',
  );
  assert.equal(
    (await post('/macpools', { ...other, name: 'odd', ranges: { range: [{ from: '02:00:00:00:00:02', to: '02:00:00:00:00:01' }] } }))
      .status,
    400,
  );

  const changed = await put(path, { name: 'lab2', allow_duplicates: false });
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual([changed.body['name'], changed.body['allow_duplicates'], changed.body['description']], ['lab2', 'false', 'for tests']);
  assert.equal((await put(path, { default_pool: true })).status, 400);

  const nobody = await user('nobody');
  assert.equal((await nobody.post('/macpools', { ...other, name: 'mine' })).status, 403);
  assert.equal((await nobody.put(path, { name: 'mine' })).status, 403);
  assert.equal((await nobody.get(path)).status, 404, 'a pool without a permission is not seen');
  assert.equal((await nobody.get(`/macpools/${defaultMacPoolId}`)).status, 200);

  const clusterAdmin = await user('cluster-admin', [{ role: 'ClusterAdmin', object: { type: 'cluster', id: defaultClusterId } }]);
  const cluster = `/clusters/${defaultClusterId}`;
  for (const reference of [{ id: made.body['id'] }, { name: 'lab2' }]) {
    const refused = await clusterAdmin.put(cluster, { mac_pool: reference });
    assert.deepEqual([refused.status, /configure_mac_pool/.test(refused.text)], [403, true], refused.text);
  }
  assert.equal((await clusterAdmin.put(cluster, { mac_pool: { id: defaultMacPoolId }, comment: 'his' })).status, 200, 'the one it has');
  assert.equal((await get(cluster)).body['mac_pool'].id, defaultMacPoolId);
  assert.equal((await post('/datacenters', { name: 'd', mac_pool: { id: randomUUID() } })).status, 400);

  assert.equal((await remove(`/macpools/${defaultMacPoolId}`)).status, 409);
  assert.equal((await remove(path)).status, 200);
  const gone = await get(path);
  assert.deepEqual([gone.status, gone.text], [404, '']);
});
