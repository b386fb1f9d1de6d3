// Budget: 15 s
// Needs: ovn
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine, type Answer } from '../testing/engine.ts';
import { startNorthbound } from '../testing/northbound.ts';
import { PortWatch } from './port-watch.ts';

const dataCenter = { id: defaultDataCenterId };
const southbound = { properties: { property: [{ name: 'southbound', value: 'ssl:192.0.2.1:6642' }] } };
const expect = (answer: Answer, status: number): Answer['body'] => {
  assert.equal(answer.status, status, answer.text);
  return answer.body;
};

test('a provider is OVN by its database, with networks and subnets that are made and removed there', async (t) => {
  const north = await startNorthbound(t);
  const { get, post, put, delete: remove, user } = await startTestEngine(t);
  const made = expect(await post('/openstacknetworkproviders', { name: 'ovn', type: 'external', url: north.url, ...southbound }), 201);
  assert.deepEqual(
    [made['type'], made['plugin_type'], made['external_plugin_type'], made['requires_authentication'], made['properties'].property],
    ['external', 'open_vswitch', 'OVIRT_PROVIDER_OVN', 'false', southbound.properties.property],
  );
  const path = `/openstacknetworkproviders/${made['id']}`;
  assert.match(expect(await post('/openstacknetworkproviders', { name: 'OVN', url: north.url, ...southbound }), 409)['detail'], /OVN|ovn/);
  assert.equal(expect(await put(path, { description: 'd', name: 'north' }), 200)['name'], 'north');
  assert.equal(expect(await get('/openstacknetworkproviders'), 200)['openstack_network_provider'].length, 1);
  expect(await post(`${path}/testconnectivity`, {}), 200);

  const external = { external_provider: { id: made['id'] }, data_center: dataCenter };
  const network = expect(await post('/networks', { name: 'green', ...external }), 201);
  assert.equal(network['external_provider'].id, made['id']);
  const [there] = expect(await get(`${path}/networks`), 200)['openstack_network'];
  assert.equal(there.name, 'green');
  assert.match(await north.nbctl('ls-list'), /\(green\)/);
  const place = `${path}/networks/${there.id}`;
  assert.equal(expect(await get(place), 200)['name'], 'green');

  const subnet = {
    name: 'four',
    cidr: '198.51.100.0/24',
    gateway: '198.51.100.1',
    dns_servers: { dns_server: ['198.51.100.53'] },
    ip_version: 'v4',
  };
  const added = expect(await post(`${place}/subnets`, subnet), 201);
  assert.deepEqual(expect(await get(`${place}/subnets/${added['id']}`), 200)['dns_servers'], { dns_server: ['198.51.100.53'] });
  assert.match(await north.nbctl('dhcp-options-get-options', added['id']), /router=198\.51\.100\.1/);
  assert.match(expect(await post(`${place}/subnets`, subnet), 409)['detail'], /has a subnet already/);
  expect(await remove(`${place}/subnets/${added['id']}`), 200);
  assert.deepEqual([expect(await get(`${place}/subnets`), 200), await north.nbctl('dhcp-options-list')], [{}, '']);
  for (const [wrong, field] of [
    [{ cidr: '198.51.100.1/24' }, 'cidr'],
    [{ gateway: '192.0.2.1' }, 'gateway'],
    [{ ip_version: 'v6' }, 'ip_version'],
    [{ dns_servers: { dns_server: ['x'] } }, 'dns_servers'],
  ] as const)
    assert.match(expect(await post(`${place}/subnets`, { ...subnet, ...wrong }), 400)['detail'], new RegExp(`^${field}`));

  // A network that was there before becomes one of a data center, and stays there when that lets it go.
  await north.nbctl('ls-add', 'old');
  const old = expect(await get(`${path}/networks`), 200)['openstack_network'].find((one: { name: string }) => one.name === 'old');
  expect(await post(`${path}/networks/${old.id}/import`, { data_center: dataCenter }), 200);
  expect(await post(`${path}/networks/${old.id}/import`, { data_center: dataCenter }), 409);
  const imported = expect(await get('/networks?search=name%3Dold'), 200)['network'][0];
  assert.equal(expect(await get(`/networks/${imported.id}/vnicprofiles`), 200)['vnic_profile'].length, 1);
  assert.match(expect(await remove(path), 409)['detail'], /green|old/);
  expect(await remove(`/networks/${imported.id}`), 200);
  expect(await remove(`/networks/${network['id']}`), 200);
  assert.match(await north.nbctl('ls-list'), /^[^\n]*\(old\)\n$/);

  const nobody = await user('nobody');
  assert.deepEqual(expect(await nobody.get('/openstacknetworkproviders'), 200), {});
  expect(await nobody.get(path), 404);
  expect(await nobody.post('/openstacknetworkproviders', { name: 'x', url: north.url, ...southbound }), 403);

  expect(await put(`/clusters/${defaultClusterId}`, { external_network_providers: { external_provider: [{ name: 'north' }] } }), 200);
  assert.equal(expect(await get(`/clusters/${defaultClusterId}/externalnetworkproviders`), 200)['external_provider'][0].id, made['id']);
  expect(await remove(path), 409);
  expect(await put(`/clusters/${defaultClusterId}`, { external_network_providers: { external_provider: [] } }), 200);
  expect(await remove(path), 200);
  expect(await get(path), 404);
  assert.ok((await get('/events')).text.includes('north'), 'the log tells of it');
});

test('a network that its provider cannot make is not made, and what OVN does not do is refused', async (t) => {
  const north = await startNorthbound(t);
  const { engine, get, post, put, delete: remove } = await startTestEngine(t);
  for (const [wrong, status, why] of [
    [{ name: 'x', url: 'https://ovn.example:9696', ...southbound }, 400, /^url/],
    [{ name: 'x', url: 'unix:/nonexistent', ...southbound }, 503, /cannot be reached/],
    [{ name: 'x', url: north.url }, 400, /southbound/],
    [{ url: north.url, ...southbound }, 400, /name/],
    [{ name: 'x', url: north.url, ...southbound, requires_authentication: true }, 400, /./],
    [{ name: 'x', url: north.url, ...southbound, type: 'neutron' }, 400, /^type/],
    [{ name: 'x', url: north.url, ...southbound, auto_sync: true }, 400, /^auto_sync/],
  ] as const)
    assert.match(expect(await post('/openstacknetworkproviders', wrong), status)['detail'], why);
  const { id } = expect(await post('/openstacknetworkproviders', { name: 'ovn', url: north.url, ...southbound }), 201);
  const external = { external_provider: { id }, data_center: dataCenter };
  for (const wrong of [{ vlan: { id: 7 } }, { usages: { usage: [] } }, { stp: true }, { port_isolation: true }])
    assert.ok([400, 409].includes((await post('/networks', { name: 'x', ...external, ...wrong })).status), JSON.stringify(wrong));
  expect(await post('/networks', { name: 'x', data_center: dataCenter, external_provider: { id: randomUUID() } }), 404);
  expect(await post('/networks', { name: 'ovirtmgmt', ...external }), 409);
  assert.equal(await north.nbctl('ls-list'), '', 'what could not be entered is taken back');

  const network = expect(await post('/networks', { name: 'green', ...external }), 201);
  const inCluster = `/clusters/${defaultClusterId}/networks`;
  assert.ok([400, 409].includes((await post(inCluster, { id: network['id'], required: true })).status));
  assert.equal(expect(await post(inCluster, { id: network['id'] }), 201)['required'], 'false');
  assert.ok((await put(`${inCluster}/${network['id']}`, { usages: { usage: ['display'] } })).status >= 400);
  const [profile] = expect(await get(`/networks/${network['id']}/vnicprofiles`), 200)['vnic_profile'];
  const mirror = await post('/vnicprofiles', { name: 'm', network: { id: network['id'] }, port_mirroring: true });
  assert.ok([400, 409].includes(mirror.status), mirror.text);

  // A port without a NIC goes; one whose NIC is there stays.
  const vm = expect(await post('/vms', { name: 'v', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } }), 201);
  const nic = expect(await post(`/vms/${vm['id']}/nics`, { name: 'nic1', vnic_profile: { id: profile.id } }), 201);
  const ports = engine.networkProviders.at({ url: north.url });
  const [{ id: there } = { id: '' }] = await ports.networks();
  for (const one of [nic['id'], randomUUID()])
    await ports.putPort({ id: one, name: 'nic1', mac: nic['mac'].address, vmId: vm['id'], networkId: there, securityGroups: [] });
  const watch = new PortWatch({ db: engine.db, providers: engine.networkProviders, log: engine.log });
  await watch.sweep();
  assert.deepEqual(
    (await ports.ownPorts()).map((port) => port.nicId),
    [nic['id']],
  );
  expect(await remove(`/vms/${vm['id']}/nics/${nic['id']}`), 200);
  await watch.sweep();
  assert.deepEqual(await ports.ownPorts(), []);

  await north.stop();
  assert.match(expect(await post('/networks', { name: 'blue', ...external }), 503)['detail'], /ovn cannot be reached/);
  assert.ok(!(await get('/networks')).text.includes('"blue"'));
});

test('security groups are groups of ports with lists in OVN, as long as somebody names them', async (t) => {
  const north = await startNorthbound(t);
  const { engine, get, post, put, delete: remove, user } = await startTestEngine(t);
  const { id } = expect(await post('/openstacknetworkproviders', { name: 'ovn', url: north.url, ...southbound }), 201);
  const groups = `/virgate/api/network-providers/${id}/security-groups`;
  const ping = { direction: 'ingress', version: 'v4', protocol: 'icmp' };
  const web = { direction: 'ingress', version: 'v4', protocol: 'tcp', portFrom: 80, portTo: 81, remoteCidr: '198.51.100.0/24' };
  const made = expect(await post(groups, { name: 'web', rules: [ping, web] }), 201);
  assert.deepEqual(made['rules'], [ping, web]);
  const acls = await north.nbctl('--bare', '--columns=match', 'list', 'ACL');
  assert.match(acls, /outport == @virgate_[0-9a-f]{32} && ip4 && icmp4/);
  assert.match(acls, /ip4\.src == 198\.51\.100\.0\/24 && tcp && tcp\.dst >= 80 && tcp\.dst <= 81/);
  const inner = expect(
    await post(groups, { name: 'inner', rules: [{ direction: 'egress', version: 'v6', remoteGroupId: made['id'] }] }),
    201,
  );
  assert.match(
    await north.nbctl('--bare', '--columns=match', 'list', 'ACL'),
    /inport == @virgate_\w+ && ip6 && ip6\.dst == \$virgate_\w+_ip6/,
  );
  expect(await remove(`${groups}/${made['id']}`), 409);
  assert.deepEqual(expect(await put(`${groups}/${inner['id']}`, { rules: [] }), 200)['rules'], []);

  const network = expect(await post('/networks', { name: 'green', data_center: dataCenter, external_provider: { id } }), 201);
  const property = { custom_properties: { custom_property: [{ name: 'SecurityGroups', value: made['id'] }] } };
  const profile = expect(await post('/vnicprofiles', { name: 'guarded', network: { id: network['id'] }, ...property }), 201);
  expect(await remove(`${groups}/${made['id']}`), 409);
  const ports = engine.networkProviders.at({ url: north.url });
  const [{ id: there } = { id: '' }] = await ports.networks();
  const nic = { id: randomUUID(), name: 'nic1', mac: '56:6f:00:00:00:01', vmId: randomUUID(), networkId: there };
  const members = async (name: string): Promise<number> =>
    (await north.nbctl('--bare', '--columns=ports', 'find', 'Port_Group', name)).trim().split(/\s+/).filter(Boolean).length;
  await ports.putPort({ ...nic, securityGroups: [made['id']] });
  assert.deepEqual([await members(`external_ids:ovirt_name=web`), await members('name=virgate_drop')], [1, 1]);
  await ports.putPort({ ...nic, securityGroups: [inner['id']] });
  assert.deepEqual([await members(`external_ids:ovirt_name=web`), await members(`external_ids:ovirt_name=inner`)], [0, 1]);
  await ports.putPort({ ...nic, securityGroups: [] });
  assert.equal(await members('name=virgate_drop'), 0);
  await assert.rejects(ports.putPort({ ...nic, securityGroups: [randomUUID()] }), { code: 'no_group' });
  expect(await remove(`/vnicprofiles/${profile['id']}`), 200);
  expect(await remove(`${groups}/${made['id']}`), 204);
  expect(await get(`${groups}/${made['id']}`), 404);
  assert.equal(expect(await get(groups), 200)['groups'].length, 1);

  for (const [rule, field] of [
    [{ ...ping, portFrom: 1 }, 'portFrom'],
    [{ ...web, portTo: 1 }, 'portTo'],
    [{ ...web, remoteCidr: '2001:db8::/64' }, 'remoteCidr'],
    [{ ...web, remoteCidr: '1.2.3.4/24 || 1' }, 'remoteCidr'],
    [{ ...web, remoteGroupId: randomUUID() }, 'remoteGroupId'],
  ] as const)
    assert.equal(expect(await post(groups, { name: 'x', rules: [rule] }), 400)['field'], `rules[0].${field}`);
  expect(await post(groups, { name: 'x', rules: [{ ...ping, remoteGroupId: randomUUID() }] }), 404);
  const nobody = await user('nobody');
  expect(await nobody.get(groups), 403);
});
