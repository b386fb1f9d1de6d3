import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { json } from '@virgate/database';
import {
  blankTemplateId,
  defaultClusterId,
  defaultDataCenterId,
  managementNetworkId,
  managementProfileId,
} from '../installation/fixed-ids.ts';
import { networkFilters } from '../network-filters/predefined.ts';
import { startTestEngine, type TestEngine } from '../testing/engine.ts';
import { loadPlan } from '../vms/plan.ts';

/** A VM with one NIC. */
async function vmWithNic({ post }: Pick<TestEngine, 'post'>): Promise<{ vm: string; nic: string; path: string }> {
  const vm = await post('/vms', { name: 'guest', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } });
  assert.equal(vm.status, 201, vm.text);
  const nic = await post(`/vms/${vm.body['id']}/nics`, { name: 'nic1', vnic_profile: { id: managementProfileId } });
  assert.equal(nic.status, 201, nic.text);
  return { vm: vm.body['id'], nic: nic.body['id'], path: `/vms/${vm.body['id']}/nics/${nic.body['id']}` };
}

const events = async ({ get }: Pick<TestEngine, 'get'>, code: number): Promise<number> =>
  ((await get('/events?max=100')).body['event'] as { code: string }[]).filter((event) => event.code === String(code)).length;

test('network filters are there under all their paths', async (t) => {
  const { get, user } = await startTestEngine(t);
  for (const base of ['', `/clusters/${defaultClusterId}`, `/datacenters/${defaultDataCenterId}/clusters/${defaultClusterId}`]) {
    const list = await get(`${base}/networkfilters`);
    assert.equal(list.body['network_filter'].length, networkFilters.length, list.text);
    const first = list.body['network_filter'][0];
    assert.equal(first.name, 'vdsm-no-mac-spoofing');
    assert.deepEqual(first.version, { major: '3', minor: '2', build: '-1', revision: '-1' });
    assert.equal(first.href, `/ovirt-engine/api${base}/networkfilters/${first.id}`);
    assert.equal((await get(`${base}/networkfilters/${first.id}`)).body['name'], 'vdsm-no-mac-spoofing');
    assert.equal((await get(`${base}/networkfilters/${randomUUID()}`)).status, 404);
  }
  assert.equal((await get(`/clusters/${randomUUID()}/networkfilters`)).status, 404);
  assert.equal((await get(`/datacenters/${randomUUID()}/clusters/${defaultClusterId}/networkfilters`)).status, 404);
  assert.equal((await (await user('nobody')).get('/networkfilters')).status, 200, 'everybody may read them');
});

test('a vNIC profile has a network filter, which its NICs get', async (t) => {
  const engine = await startTestEngine(t);
  const { get, post, put } = engine;
  const filter = (name: string): string => networkFilters.find((one) => one.name === name)?.id ?? '';
  assert.equal((await get(`/vnicprofiles/${managementProfileId}`)).body['network_filter'].id, filter('vdsm-no-mac-spoofing'));
  assert.equal(
    (await get(`/vnicprofiles/${managementProfileId}?follow=network_filter`)).body['network_filter'].name,
    'vdsm-no-mac-spoofing',
  );
  const made = await post('/vnicprofiles', {
    name: 'clean',
    network: { id: managementNetworkId },
    network_filter: { id: filter('clean-traffic') },
  });
  assert.equal(made.body['network_filter'].id, filter('clean-traffic'), made.text);
  const unknown = await post('/vnicprofiles', { name: 'x', network: { id: managementNetworkId }, network_filter: { id: randomUUID() } });
  assert.ok(unknown.status === 400 || unknown.status === 409, unknown.text);
  const without = await post('/vnicprofiles', { name: 'open', network: { id: managementNetworkId }, network_filter: {} });
  assert.equal(without.body['network_filter'], undefined, 'an empty element means none');

  const { vm, path } = await vmWithNic(engine);
  const filterOf = async () => (await loadPlan(engine.engine.db, vm, {})).nics[0]?.filter;
  assert.deepEqual(await filterOf(), { name: 'vdsm-no-mac-spoofing', parameters: [] });
  assert.equal((await put(path, { vnic_profile: { id: without.body['id'] } })).status, 200);
  assert.equal(await filterOf(), null);
  assert.equal((await put(`/vnicprofiles/${without.body['id']}`, { network_filter: { id: filter('clean-traffic') } })).status, 200);
  assert.equal((await post(`${path}/networkfilterparameters`, { name: 'IP', value: '192.0.2.7' })).status, 201);
  assert.deepEqual(await filterOf(), { name: 'clean-traffic', parameters: [{ name: 'IP', value: '192.0.2.7' }] });
});

test('parameters of a NIC’s network filter', async (t) => {
  const engine = await startTestEngine(t);
  const { get, post, put, delete: remove, user } = engine;
  const { vm, nic, path } = await vmWithNic(engine);
  const list = `${path}/networkfilterparameters`;
  const made = await post(list, { name: 'GATEWAY_MAC', value: '56:6f:00:00:00:01' });
  assert.equal(made.status, 201, made.text);
  const place = `${list}/${made.body['id']}`;
  assert.equal(made.body['href'], `/ovirt-engine/api${place}`);
  assert.equal((await post(list, { name: 'GATEWAY_MAC', value: '56:6f:00:00:00:02' })).status, 201, 'a variable may have several values');
  assert.equal((await put(place, { value: '56:6f:00:00:00:03' })).body['value'], '56:6f:00:00:00:03');
  const found = (await get(place)).body;
  assert.deepEqual([found['name'], found['value'], found['nic'].id], ['GATEWAY_MAC', '56:6f:00:00:00:03', nic]);
  assert.equal(
    (await get(`${path}?follow=network_filter_parameters`)).body['network_filter_parameters'].network_filter_parameter.length,
    2,
  );
  for (const [body, text] of [
    [{ name: 'A B', value: '1' }, 'name'],
    [{ name: 'A', value: '1; drop' }, 'value'],
    [{ value: '1' }, 'name'],
    [{ name: 'A' }, 'value'],
  ] as const) {
    const answer = await post(list, body);
    assert.ok(answer.status === 400 || answer.status === 409, answer.text);
    assert.match(answer.body['detail'], new RegExp(text, 'i'));
  }
  assert.equal((await get(`${list}/${randomUUID()}`)).status, 404);
  assert.equal((await get(`/vms/${vm}/nics/${randomUUID()}/networkfilterparameters`)).status, 404);
  const nobody = await user('nobody');
  assert.equal((await nobody.post(list, { name: 'A', value: '1' })).status, 403);
  assert.equal((await nobody.delete(place)).status, 403);
  assert.equal((await remove(place)).status, 200);
  assert.equal((await get(place)).status, 404);
  assert.deepEqual([await events(engine, 10_912), await events(engine, 10_914), await events(engine, 10_910)], [2, 1, 1]);
  assert.equal((await remove(path)).status, 200);
  assert.deepEqual(await engine.engine.db.selectFrom('nic_filter_parameter').selectAll().execute(), [], 'they go with the NIC');
});

test('a NIC is plugged and unplugged', async (t) => {
  const engine = await startTestEngine(t);
  const { get, post, user } = engine;
  const { path, vm } = await vmWithNic(engine);
  const off = await post(`${path}/deactivate`, {});
  assert.equal(off.status, 200, off.text);
  assert.equal((await get(path)).body['plugged'], 'false');
  assert.deepEqual((await loadPlan(engine.engine.db, vm, {})).nics, [], 'the VM starts without it');
  assert.equal((await post(`${path}/activate`, {})).status, 200);
  assert.equal((await get(path)).body['plugged'], 'true');
  assert.deepEqual([await events(engine, 1014), await events(engine, 1012)], [1, 1]);
  assert.equal((await (await user('nobody')).post(`${path}/activate`, {})).status, 403);
  await engine.engine.db.updateTable('vm_state').set({ status: 'suspended' }).where('vm_id', '=', vm).execute();
  assert.equal((await post(`${path}/deactivate`, {})).status, 409);
});

test('NICs of templates', async (t) => {
  const engine = await startTestEngine(t);
  const { get, post, put, delete: remove, user } = engine;
  const { vm } = await vmWithNic(engine);
  const template = await post('/templates', { name: 'mold', vm: { id: vm } }, { 'x-ovirt-expect': '201-created' });
  assert.equal(template.status, 201, template.text);
  const list = `/templates/${template.body['id']}/nics`;
  const made = await post(list, { name: 'nic2', interface: 'e1000', vnic_profile: { id: managementProfileId } });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.body['mac'], undefined);
  const place = `${list}/${made.body['id']}`;
  assert.equal((await put(place, { name: 'nic3', linked: false })).body['linked'], 'false');
  assert.equal((await put(place, { name: 'nic1' })).status, 409, 'the name is taken');
  assert.equal((await put(place, { mac: { address: '02:00:00:00:00:01' } })).status, 400);
  const built = await post('/vms', { name: 'cast', cluster: { id: defaultClusterId }, template: { id: template.body['id'] } });
  const nics = (await get(`/vms/${built.body['id']}/nics`)).body['nic'] as { name: string; interface: string; mac: unknown }[];
  assert.deepEqual(
    nics.map((nic) => [nic.name, nic.interface, nic.mac !== undefined]),
    [
      ['nic1', 'virtio', true],
      ['nic3', 'e1000', true],
    ],
  );
  const nobody = await user('nobody');
  assert.equal((await nobody.post(list, { name: 'x' })).status, 403);
  assert.equal((await nobody.delete(place)).status, 403);
  assert.equal((await remove(place)).status, 200);
  assert.equal((await get(place)).status, 404);
  assert.deepEqual([await events(engine, 936), await events(engine, 940), await events(engine, 938)], [1, 1, 1]);
});

test('what a guest reports of its network is shown with the NIC that it is', async (t) => {
  const engine = await startTestEngine(t);
  const { get } = engine;
  const { vm, path } = await vmWithNic(engine);
  const mac = (await get(path)).body['mac'].address as string;
  const interfaces = [
    { name: 'eth0', mac: mac.toUpperCase(), ipv4: ['192.0.2.5'], ipv6: [] },
    { name: 'docker0', mac: '02:42:00:00:00:01', ipv4: ['172.17.0.1'], ipv6: [] },
  ];
  await engine.engine.db
    .updateTable('vm_state')
    .set({ guest: json({ interfaces }) })
    .where('vm_id', '=', vm)
    .execute();
  assert.equal((await get(`/vms/${vm}/reporteddevices`)).body['reported_device'].length, 2);
  const own = (await get(`${path}/reporteddevices`)).body['reported_device'];
  assert.deepEqual(
    own.map((one: { name: string }) => one.name),
    ['eth0'],
  );
  assert.equal((await get(`${path}/reporteddevices/${own[0].id}`)).body['name'], 'eth0');
  assert.equal((await get(`/vms/${vm}/reporteddevices/${own[0].id}`)).body['name'], 'eth0');
  assert.equal((await get(`/vms/${vm}/reporteddevices/${randomUUID()}`)).status, 404);
});
