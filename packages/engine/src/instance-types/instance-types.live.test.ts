import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId, instanceTypes, managementProfileId } from '../installation/fixed-ids.ts';
import { startTestEngine, type Answer } from '../testing/engine.ts';

const mib = 1024 ** 2;
const gib = 1024 ** 3;

test('VMs take what their instance type says, and follow it', async (t) => {
  const { engine, get, post, put, delete: remove, user } = await startTestEngine(t);
  const expect = (answer: Answer, status: number): Answer['body'] => {
    assert.equal(answer.status, status, answer.text);
    return answer.body;
  };
  const predefined = expect(await get('/instancetypes'), 200)['instance_type'];
  assert.deepEqual(
    predefined.map((one: { name: string; memory: string; cpu: { topology: { sockets: string } } }) => [
      one.name,
      Number(one.memory) / gib,
      one.cpu.topology.sockets,
    ]),
    [
      ['Tiny', 0.5, '1'],
      ['Small', 2, '1'],
      ['Medium', 4, '2'],
      ['Large', 8, '2'],
      ['XLarge', 16, '4'],
    ],
  );
  assert.deepEqual(
    predefined[0].link.map((one: { rel: string }) => one.rel),
    ['graphicsconsoles', 'nics', 'watchdogs'],
  );

  const added = expect(
    await post('/instancetypes', {
      name: 'huge',
      description: 'for data',
      memory: 3 * gib,
      memory_policy: { guaranteed: 2 * gib, max: 6 * gib, ballooning: false },
      cpu: { topology: { sockets: 2, cores: 3, threads: 1 } },
      high_availability: { enabled: true, priority: 50 },
      io: { threads: 2 },
      display: { type: 'spice' },
      os: { boot: { devices: { device: ['network', 'hd'] } } },
    }),
    201,
  );
  const path = `/instancetypes/${added['id']}`;
  assert.deepEqual(
    [added['name'], added['description'], added['memory'], added['memory_policy'].guaranteed, added['io'].threads, added['href']],
    ['huge', 'for data', String(3 * gib), String(2 * gib), '2', `/ovirt-engine/api${path}`],
  );
  assert.equal(expect(await get('/instancetypes?search=name%3Dhu*'), 200)['instance_type'].length, 1);
  assert.equal((await get('/events?max=1')).body['event'][0].code, '51');
  assert.equal((await post('/instancetypes', { name: 'HUGE' })).status, 409);
  assert.match((await post('/instancetypes', { memory: gib })).text, /name/);
  assert.equal((await post('/instancetypes', { name: 'small', memory: 1 })).status, 400);
  assert.equal((await get(`/templates/${added['id']}`)).status, 404);

  // NICs, watchdog
  expect(await post(`${path}/watchdogs`, { model: 'i6300esb', action: 'reset' }), 201);
  const nic = expect(await post(`${path}/nics`, { name: 'nic1', vnic_profile: { id: managementProfileId } }), 201);
  assert.equal(nic['instance_type'].id, added['id']);
  assert.equal((await post(`${path}/nics`, { name: 'nic1' })).status, 409);
  assert.equal((await post(`${path}/nics`, { name: 'nic2', mac: { address: '56:6f:00:00:00:01' } })).status, 400);
  assert.equal(expect(await put(`${path}/nics/${nic['id']}`, { interface: 'e1000' }), 200)['interface'], 'e1000');
  assert.equal((await get(`${path}?follow=nics`)).body['nics'].nic[0].name, 'nic1');
  expect(await remove(`${path}/nics/${nic['id']}`), 200);
  assert.equal((await get(`${path}/nics/${nic['id']}`)).status, 404);

  // A VM of it: what the type decides cannot be said otherwise.
  const base = { cluster: { id: defaultClusterId }, template: { id: blankTemplateId } };
  const vm = expect(await post('/vms', { ...base, name: 'bound', memory: gib, instance_type: { name: 'huge' }, description: 'mine' }), 201);
  const seen = async (): Promise<unknown[]> => {
    const body = expect(await get(`/vms/${vm['id']}`), 200);
    return [body['memory'], body['cpu'].topology.sockets, body['high_availability'].enabled, body['memory_policy'].guaranteed];
  };
  assert.deepEqual(await seen(), [String(3 * gib), '2', 'true', String(2 * gib)]);
  assert.deepEqual([vm['instance_type'].id, vm['description'], vm['io'].threads, vm['display'].type], [added['id'], 'mine', '2', 'spice']);
  assert.deepEqual(
    [added['os'].boot.devices.device, vm['os'].boot.devices.device, vm['os'].type],
    [['network', 'hd'], ['network', 'hd'], 'other'],
  );
  assert.equal((await get(`/vms/${vm['id']}/watchdogs`)).body['watchdog'][0].action, 'reset');
  assert.equal((await get(`/vms/${vm['id']}?follow=instance_type`)).body['instance_type'].name, 'huge');
  expect(await put(`/vms/${vm['id']}`, { memory: gib, memory_policy: { guaranteed: gib } }), 200);
  assert.deepEqual(await seen(), [String(3 * gib), '2', 'true', String(2 * gib)]);
  const running = expect(await post('/vms', { ...base, name: 'running', instance_type: { id: added['id'] } }), 201);
  await engine.db.updateTable('vm_state').set({ status: 'up' }).where('vm_id', '=', running['id']).execute();
  assert.equal((await post('/vms', { ...base, name: 'none', instance_type: { name: 'nowhere' } })).status, 404);

  // The type changes.
  const changed = expect(
    await put(path, { name: 'vast', memory: 4 * gib, cpu: { topology: { sockets: 4 } }, high_availability: { enabled: false } }),
    200,
  );
  assert.deepEqual([changed['name'], changed['memory'], changed['cpu'].topology.cores], ['vast', String(4 * gib), '3']);
  assert.deepEqual(await seen(), [String(4 * gib), '4', 'false', String(2 * gib)]);
  assert.equal((await get(`/vms/${running['id']}`)).body['memory'], String(3 * gib), 'what runs is as it was');
  assert.equal((await put(path, { name: 'tiny' })).status, 409);
  assert.equal((await put(path, { id: instanceTypes[0].id })).status, 409);

  // Unbound, it is free again; bound to another, it takes that one's.
  expect(await put(`/vms/${vm['id']}`, { instance_type: { name: 'Tiny' } }), 200);
  assert.deepEqual(await seen(), [String(512 * mib), '1', 'false', String(512 * mib)]);
  const free = expect(await put(`/vms/${vm['id']}`, { instance_type: {}, memory: gib }), 200);
  assert.deepEqual([free['instance_type'], free['memory']], [undefined, String(gib)]);

  // Who may only make instances.
  const maker = await user('maker', [{ role: 'InstanceCreator', object: { type: 'cluster', id: defaultClusterId } }]);
  assert.equal((await maker.post('/vms', { ...base, name: 'own' })).status, 403);
  const own = await maker.post('/vms', { ...base, name: 'own', memory: 5 * gib, instance_type: { name: 'Tiny' } });
  assert.deepEqual([own.status, own.body['memory']], [201, String(512 * mib)], own.text);
  assert.equal((await maker.post('/instancetypes', { name: 'mine' })).status, 403);
  assert.equal((await maker.put(path, { comment: 'x' })).status, 403);
  assert.equal((await maker.delete(path)).status, 403);
  assert.deepEqual((await maker.get('/instancetypes')).body['instance_type'].length, 5, 'shown to those who have a role on it');

  expect(await remove(path), 200);
  assert.equal((await get(path)).status, 404);
  assert.equal((await get(`/vms/${running['id']}`)).body['instance_type'], undefined);
  assert.equal((await get(`/vms/${running['id']}`)).body['memory'], String(3 * gib));
});
