// Budget: 20 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { json } from '@virgate/database';
import { reportedDevices, saveHostDevices } from '../host-devices/report.ts';
import { defaultClusterId, defaultDataCenterId, managementNetworkId } from '../installation/fixed-ids.ts';
import { startTestEngine, type TestEngine } from '../testing/engine.ts';
import { addHostAndStorage } from '../testing/objects.ts';

const pci = (more: object) => ({
  params: { capability: 'pci', parent: 'computer', address: { domain: '0', bus: '5', slot: '0', function: '0' }, ...more },
});
const net = (name: string, parent: string) => ({ params: { capability: 'net', parent, interface: name } });

/** A host with a NIC that has made one of its four virtual functions, and one that makes none. */
async function withCard(test: TestEngine): Promise<{ host: string; card: string; plain: string; virtual: string }> {
  const { hosts: host } = await addHostAndStorage(test);
  const { db } = test.engine;
  const ids: Record<string, string> = {};
  for (const name of ['ens1', 'ens1v0', 'eno1']) {
    ids[name] = randomUUID();
    const address = { method: 'none', address: '', netmask: '', gateway: '' };
    const settings = json({
      speedMbps: 1000,
      mtu: 1500,
      ipv4: address,
      ipv6: address,
      options: {},
      activeMember: '',
      partnerMac: '',
      aggregatorId: null,
    });
    await db.insertInto('host_nic').values({ id: ids[name], host_id: host, name, settings }).execute();
  }
  await saveHostDevices(
    db,
    host,
    reportedDevices({
      pci_0000_05_00_0: pci({ totalvfs: '4', is_assignable: 'false' }),
      pci_0000_05_10_0: pci({ physfn: 'pci_0000_05_00_0' }),
      net_ens1: net('ens1', 'pci_0000_05_00_0'),
      net_ens1v0: net('ens1v0', 'pci_0000_05_10_0'),
    }),
  );
  return { host, card: ids['ens1'] ?? '', virtual: ids['ens1v0'] ?? '', plain: ids['eno1'] ?? '' };
}

test('a NIC tells what virtual functions it makes, and which networks these are for', async (t) => {
  const test = await startTestEngine(t);
  const { get, post, delete: remove, user, engine } = test;
  const { host, card, plain, virtual } = await withCard(test);
  const place = (nic: string) => `/hosts/${host}/nics/${nic}`;
  assert.equal((await get(place(card))).body['virtual_functions_configuration'], undefined, 'all_content shows it');
  const shown = async () => (await get(`${place(card)}?all_content=true`)).body['virtual_functions_configuration'];
  assert.deepEqual(await shown(), { all_networks_allowed: 'true', max_number_of_virtual_functions: '4', number_of_virtual_functions: '1' });
  assert.equal((await get(place(virtual))).body['physical_function'].id, card);
  assert.equal((await get(`${place(plain)}?all_content=true`)).body['virtual_functions_configuration'], undefined);

  const update = (body: object, nic = card) =>
    post(`${place(nic)}/updatevirtualfunctionsconfiguration`, { virtual_functions_configuration: body });
  assert.match((await update({ all_networks_allowed: false }, plain)).text, /SR-IOV/);
  assert.equal((await post(`${place(card)}/updatevirtualfunctionsconfiguration`, {})).status, 400);
  assert.equal((await update({ number_of_virtual_functions: 5 })).status, 400);
  assert.equal((await update({ all_networks_allowed: false, number_of_virtual_functions: 1 })).status, 200, 'that many there are');
  assert.equal((await shown()).all_networks_allowed, 'false');
  await engine.db.updateTable('host_nic').set({ network_name: 'red' }).where('id', '=', virtual).execute();
  assert.equal((await update({ number_of_virtual_functions: 0 })).status, 400, 'a network uses one');

  const networks = `${place(card)}/virtualfunctionallowednetworks`;
  const other = (await post('/networks', { name: 'other', data_center: { id: defaultDataCenterId } })).body['id'];
  assert.equal((await post(networks, { id: other })).status, 404, 'the cluster does not have it');
  assert.equal((await post(`${place(plain)}/virtualfunctionallowednetworks`, { id: managementNetworkId })).status, 400);
  const added = await post(networks, { name: 'ovirtmgmt' });
  assert.equal(added.status, 201, added.text);
  assert.equal((await post(networks, { id: managementNetworkId })).status, 409, 'it is there');
  assert.equal((await get(`${networks}/${managementNetworkId}`)).body['name'], 'ovirtmgmt');
  assert.deepEqual(
    (await get(networks)).body['network'].map((one: { id: string }) => one.id),
    [managementNetworkId],
  );
  const labels = `${place(card)}/virtualfunctionallowedlabels`;
  assert.equal((await post(labels, { id: 'a b' })).status, 400);
  assert.equal((await post(labels, { id: 'fast' })).status, 201);
  assert.equal((await post(labels, { id: 'fast' })).status, 409);
  assert.equal((await get(`${labels}/fast`)).body['host_nic'].id, card);
  assert.equal((await get(`${place(card)}/networklabels`)).body['network_label'], undefined, 'the NIC itself has no label');

  const nobody = await user('nobody');
  assert.equal((await nobody.post(networks, { id: managementNetworkId })).status, 403);
  const keeper = await user('keeper', [{ role: 'ClusterAdmin', object: { type: 'cluster', id: defaultClusterId } }]);
  assert.equal((await keeper.delete(`${labels}/fast`)).status, 200);
  assert.equal((await remove(`${labels}/fast`)).status, 404);
  assert.equal((await remove(`${networks}/${managementNetworkId}`)).status, 200);
  assert.equal((await get(networks)).body['network'], undefined);
  const codes = (await get('/events?max=8')).body['event'].map((event: { code: string }) => event.code);
  for (const code of ['1201', '1203', '1205', '1207', '1209']) assert.ok(codes.includes(code), codes.join(' '));
});
