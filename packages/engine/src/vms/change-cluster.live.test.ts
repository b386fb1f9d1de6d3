// Budget: 40 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { addHostAndStorage } from '../testing/objects.ts';

test('a VM that is down moves to another cluster of its data center, and leaves what is of the first', async (t) => {
  const test = await startTestEngine(t);
  const { db } = test.engine;
  const made = async (path: string, body: object): Promise<string> => {
    const answer = await test.post(path, body, { expect: '201-created' });
    assert.equal(answer.status, 201, `${path}: ${answer.text}`);
    return String(answer.body['id']);
  };
  const { hosts: host } = await addHostAndStorage(test);
  const cpu = { architecture: 'x86_64', type: 'Intel Nehalem Family' };
  const pool = await made('/macpools', { name: 'other', ranges: { range: [{ from: '02:0b:00:00:00:00', to: '02:0b:00:00:00:ff' }] } });
  const other = await made('/clusters', { name: 'other', cpu, data_center: { id: defaultDataCenterId }, mac_pool: { id: pool } });
  const elsewhere = await made('/datacenters', { name: 'elsewhere', local: false });
  const far = await made('/clusters', { name: 'far', cpu, data_center: { id: elsewhere } });
  const network = await made('/networks', { name: 'green', data_center: { id: defaultDataCenterId }, usages: { usage: ['vm'] } });
  await made(`/clusters/${defaultClusterId}/networks`, { id: network, required: false });
  const profile = await made('/vnicprofiles', { name: 'green-more', network: { id: network } });
  const vm = await made('/vms', {
    name: 'mover',
    cluster: { id: defaultClusterId },
    template: { id: blankTemplateId },
    placement_policy: { affinity: 'pinned', hosts: { host: [{ id: host }] } },
  });
  const nic = await made(`/vms/${vm}/nics`, { name: 'nic1', vnic_profile: { id: profile } });
  const group = await made(`/clusters/${defaultClusterId}/affinitygroups`, { name: 'together', positive: true, enforcing: false });
  await made(`/clusters/${defaultClusterId}/affinitygroups/${group}/vms`, { id: vm });
  await db.insertInto('vm_host_device').values({ vm_id: vm, device_name: 'pci_0000_03_07_0', placeholder: false }).execute();
  const move = async (cluster: object, more: object = {}) => test.put(`/vms/${vm}`, { cluster, ...more });

  const missing = await move({ name: 'other' });
  assert.deepEqual([missing.status, /networks of the VM: green/.test(missing.text)], [409, true], missing.text);
  assert.match((await move({ id: far })).text, /another data center/);
  assert.equal((await move({ id: randomUUID() })).status, 404);
  assert.equal((await move({ name: 'nowhere' })).status, 404);
  await made(`/clusters/${other}/networks`, { id: network, required: false });

  // Who may edit the VM may not put it where he may make none.
  const editor = await test.user('editor', [{ role: 'UserVmManager', object: { type: 'vm', id: vm } }]);
  const forbidden = await editor.put(`/vms/${vm}`, { cluster: { id: other } });
  assert.deepEqual([forbidden.status, /create_vm/.test(forbidden.text)], [403, true], forbidden.text);

  await db.updateTable('vm_state').set({ status: 'up', host_id: host }).where('vm_id', '=', vm).execute();
  assert.equal((await move({ id: other })).status, 409);
  assert.equal((await move({ id: defaultClusterId }, { comment: 'same' })).status, 200, 'the cluster that it is in is no move');
  await db.updateTable('vm_state').set({ status: 'down', host_id: null }).where('vm_id', '=', vm).execute();

  // An address that another VM has is not taken into a pool without duplicates.
  const rival = await made('/vms', { name: 'rival', cluster: { id: other }, template: { id: blankTemplateId } });
  await made(`/vms/${rival}/nics`, { name: 'nic1' });
  await db.updateTable('nic').set({ mac: '02:0b:00:00:00:07' }).execute();
  const taken = await move({ id: other });
  assert.deepEqual([taken.status, /another network interface has the address/.test(taken.text)], [409, true], taken.text);
  await db.updateTable('nic').set({ mac: '02:0b:00:00:00:08' }).where('vm_id', '=', rival).execute();

  const wrong = await move({ id: other }, { memory: 1 });
  assert.equal(wrong.status, 400);
  const stays = (await test.get(`/vms/${vm}`)).body;
  assert.deepEqual([stays['cluster'].id, stays['placement_policy'].hosts.host[0].id], [defaultClusterId, host], 'nothing is half done');

  const moved = await move({ id: other }, { description: 'moved' });
  assert.equal(moved.status, 200, moved.text);
  const now = moved.body;
  assert.deepEqual([now['cluster'].id, now['description'], now['placement_policy'].hosts], [other, 'moved', undefined]);
  const profiles = (await test.get(`/clusters/${other}/cpuprofiles`)).body;
  assert.equal(now['cpu_profile'].id, profiles['cpu_profile'][0].id);
  assert.deepEqual((await test.get(`/vms/${vm}/hostdevices`)).body, {});
  assert.deepEqual((await test.get(`/clusters/${defaultClusterId}/affinitygroups/${group}/vms`)).body, {});
  assert.equal((await test.get(`/vms/${vm}/nics/${nic}`)).body['mac'].address, '02:0b:00:00:00:07');
  const events = (await test.get(`/events?search=${encodeURIComponent('vm.name=mover')}`)).body;
  const codes = events['event'].map((one: { code: string }) => one.code);
  assert.ok(codes.includes('250'), codes.join());
});
