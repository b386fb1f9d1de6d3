// Budget: 30 s
// Needs: ovn
/** VMs with NICs on networks of OVN: where they start, as what, and what becomes of a start without the provider. On a simulated host. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, defaultClusterId, defaultDataCenterId, eventually, expectStatus, freePort } from './installation.ts';
import { OvnCentral, northboundOf } from './ovn-central.ts';
import type { Json } from './rest-client.ts';

let installation: Installation;
let central: OvnCentral;

before(async () => {
  const listen = { host: '127.0.0.1', port: await freePort('127.0.0.1') };
  installation = await Installation.start({ hosts: 1, ovn: { northbound: northboundOf, southbound: `ssl:${listen.host}:${listen.port}` } });
  central = await OvnCentral.start(installation.folder, listen);
});
after(async () => {
  await installation?.stop();
  await central?.stop();
});

test('a VM on a network of OVN starts on a chassis, as its port, and fails at once without its provider', async () => {
  const { rest } = installation;
  const [provider] = expectStatus(await rest.get('/openstacknetworkproviders'), 200).openstack_network_provider as Json[];
  const network = { name: 'green', data_center: { id: defaultDataCenterId }, external_provider: { id: provider?.id } };
  const { id: networkId } = expectStatus(await rest.post('/networks', network), 201);
  expectStatus(await rest.post(`/clusters/${defaultClusterId}/networks`, { id: networkId }), 201);
  const [profile] = expectStatus(await rest.get(`/networks/${networkId}/vnicprofiles`), 200).vnic_profile as Json[];
  const definition = { name: 'v', cluster: { id: defaultClusterId }, template: { name: 'Blank' }, memory: 64 * 1024 ** 2 };
  const { id } = expectStatus(await rest.post('/vms', definition), 201);
  const nic = expectStatus(await rest.post(`/vms/${id}/nics`, { name: 'nic1', vnic_profile: { id: profile?.id } }), 201);

  const nowhere = await rest.post(`/vms/${id}/start`, {});
  assert.equal(nowhere.status, 409, nowhere.text);
  assert.match(nowhere.body.fault.detail, /br-int/);
  const becomesChassis = () => installation.rows(`update host_state set networks = networks || '{br-int}'::text[]`);
  await becomesChassis();
  expectStatus(await rest.post(`/vms/${id}/start`, {}), 200);
  const xml = (await installation.domainOf(id as string)) ?? '';
  assert.match(xml, new RegExp(`<source bridge="br-int"/>.*<virtualport type="openvswitch"><parameters interfaceid="${nic.id}"/>`));
  assert.match(xml, new RegExp(`<ovirt-vm:plugin_type>OVIRT_PROVIDER_OVN</ovirt-vm:plugin_type><ovirt-vm:vnic_id>${nic.id}<`));
  expectStatus(await rest.post(`/vms/${id}/stop`, {}), 200);
  await installation.vmStatus(id as string, 'down');

  await central.stop();
  await becomesChassis();
  const refused = await rest.post(`/vms/${id}/start`, {});
  assert.equal(refused.status, 503, refused.text);
  assert.match(refused.body.fault.detail, /ovirt-provider-ovn cannot be reached/);
  await eventually('the VM is down', async () => (await rest.get(`/vms/${id}`)).body.status === 'down');
  await installation.quiet();
});
