import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { addObjects, rowCounts } from '../testing/objects.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

test('fields that have no meaning here are refused by their names, and nothing is done', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  const [vm, host] = [`/vms/${ids['vms']}`, `/hosts/${ids['hosts']}`];
  const before = await rowCounts(test);
  const newVm = { name: 'n', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } };
  const newHost = { name: 'n', address: '192.0.2.7', root_password: 'p' };
  const network = { name: 'n', data_center: { id: defaultDataCenterId }, external_provider_physical_network: { id: ids['networks'] } };
  const event = { description: 'd', origin: 'o', severity: 'normal', custom_id: 5, log_on_host: true };
  for (const [method, path, body, field] of [
    ['POST', `${vm}/start`, { attach_wgt: true }, 'attach_wgt'],
    ['POST', `${vm}/start`, { authorized_key: { key: 'none' } }, 'authorized_key.key'],
    ['POST', `${vm}/start`, { authorized_key: { key, user: { name: 'u' } } }, 'authorized_key.user'],
    ['POST', `${vm}/start`, { authorized_key: { key }, use_sysprep: true }, 'authorized_key'],
    [
      'POST',
      `${vm}/start`,
      { vm: { initialization: { cloud_init: { files: { file: [{}, {}] } } } } },
      'vm.initialization.cloud_init.files',
    ],
    ['PUT', vm, { initialization: { cloud_init: { users: { user: [{}, {}] } } } }, 'initialization.cloud_init.users'],
    ['PUT', vm, { display: { type: 'spice', monitors: 2, single_qxl_pci: false } }, 'display.single_qxl_pci'],
    ['POST', '/vms?auto_pinning_policy=always', newVm, 'auto_pinning_policy'],
    ['POST', '/vms?auto_pinning_policy=existing', newVm, 'auto_pinning_policy'],
    ['POST', '/hosts', { ...newHost, override_iptables: true }, 'override_iptables'],
    ['POST', '/hosts?deploy_hosted_engine=true', newHost, 'deploy_hosted_engine'],
    ['PUT', host, { override_iptables: true }, 'override_iptables'],
    ['POST', `${host}/install`, { root_password: 'p', host: { override_iptables: true } }, 'host.override_iptables'],
    ['POST', `${host}/install`, { root_password: 'p', deploy_hosted_engine: true }, 'deploy_hosted_engine'],
    ['POST', `${host}/install`, { root_password: 'p', image: 'i.iso' }, 'image'],
    ['POST', `${host}/approve`, { host: { override_iptables: true } }, 'host.override_iptables'],
    ['POST', '/datacenters', { name: 'n', local: false, storage_format: 'v3' }, 'storage_format'],
    ['PUT', `/datacenters/${defaultDataCenterId}`, { storage_format: 'v4' }, 'storage_format'],
    ['POST', '/networks', network, 'external_provider_physical_network'],
    ['PUT', `/networks/${ids['networks']}`, { external_provider_physical_network: { id: 'x' } }, 'external_provider_physical_network'],
    ['POST', '/events', event, 'log_on_host'],
  ] as const) {
    const answer = await test.call(method, path, { body });
    const { detail = '' } = (answer.body['fault'] ?? answer.body) as { detail?: string };
    const isMeant = detail.includes(`${field}:`) && !detail.includes('is expected');
    assert.deepEqual([answer.status, isMeant], [400, true], `${method} ${path} ${field}: ${answer.text}`);
  }
  assert.deepEqual(await rowCounts(test), before, 'no row came or went');
});

test('the same fields are taken where they say what is so anyway, or what can be', async (t) => {
  const test = await startTestEngine(t);
  const { get, post, put } = test;
  const center = await post('/datacenters', { name: 'n', local: false, storage_format: 'v5' });
  assert.deepEqual([center.status, center.body['storage_format']], [201, 'v5'], center.text);
  const added = await post('/vms?auto_pinning_policy=adjust', {
    name: 'n',
    cluster: { id: defaultClusterId },
    template: { id: blankTemplateId },
    display: { type: 'spice', monitors: 2, single_qxl_pci: true },
    initialization: { cloud_init: { host: { address: 'guest' }, authorized_keys: { authorized_key: [{ key }] } } },
  });
  assert.equal(added.status, 201, added.text);
  const { initialization, cpu_pinning_policy: policy } = (await get(`/vms/${added.body['id']}`)).body as {
    initialization: { host_name: string; authorized_ssh_keys: string; cloud_init?: unknown };
    cpu_pinning_policy: string;
  };
  assert.equal(policy, 'resize_and_pin_numa');
  assert.deepEqual([initialization.host_name, initialization.authorized_ssh_keys, initialization.cloud_init], ['guest', key, undefined]);
  const host = await post('/hosts', { name: 'n', address: '192.0.2.7', override_iptables: false });
  assert.equal(host.status, 201, host.text);
  const changed = await put(`/vms/${added.body['id']}`, { initialization: { cloud_init: { timezone: 'Europe/Berlin' } } });
  assert.equal(changed.body['initialization']?.timezone, 'Europe/Berlin', changed.text);
});
