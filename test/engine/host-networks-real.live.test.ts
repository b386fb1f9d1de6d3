// Budget: 60 s
// Needs: root, hypervisor, machine
/** The engine sets up the network of a real host agent on a virtual host: bridges, addresses, a way back when it cuts itself off. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { VirtualSwitch } from '@virgate/lab';
import { Installation, defaultClusterId, defaultDataCenterId, eventually, expectStatus } from './installation.ts';
import { JoiningHost } from './joining-host.ts';
import type { Json } from './rest-client.ts';

let network: VirtualSwitch;
let installation: Installation;
let machine: JoiningHost;
let host: string;

const hostOf = async (): Promise<Json> => (expectStatus(await installation.rest.get('/hosts'), 200).host ?? [])[0];
const untilUp = (): Promise<Json> =>
  eventually('the host is up', async () => {
    const found = await hostOf();
    return found?.status === 'up' ? found : undefined;
  });
const links = async (): Promise<string> => (await machine.host.run(['ip', '-br', 'address'])).stdout;
const attachments = async (): Promise<Json[]> =>
  expectStatus(await installation.rest.get(`${host}/networkattachments?follow=network`), 200).network_attachment ?? [];

before(async () => {
  network = await VirtualSwitch.start();
  installation = await Installation.start({ hosts: 0, address: network.address });
  machine = await JoiningHost.start({ name: 'netted', number: 1, folder: join(installation.folder, 'hosts'), network });
  await machine.host.run(['ip', 'link', 'add', 'veth_s', 'type', 'veth', 'peer', 'name', 'far_s']);
  const { token, fingerprint } = expectStatus(await installation.rest.post('/virgate/api/host-enrolment-tokens', {}), 201);
  await machine.join(installation.url, token, fingerprint);
  const waiting = await eventually('the host asks to join', async () =>
    (await hostOf())?.status === 'pending_approval' ? hostOf() : undefined,
  );
  expectStatus(await installation.rest.post(`/hosts/${waiting.id}/approve`, {}), 200);
  await untilUp();
  // On a virtual host the ends of virtual cables play the part of NICs.
  const file = join(machine.dataFolder, 'agent.json');
  const settings = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...settings, fakeNics: ['em*', 'veth_*'] }));
  await machine.restartAgent();
  host = `/hosts/${waiting.id}`;
  await eventually('its NICs are known', async () => {
    const nics = expectStatus(await installation.rest.get(`${host}/nics`), 200).host_nic ?? [];
    return nics.length === 2 && (await hostOf()).status === 'up';
  });
});
after(async () => {
  await machine?.host.powerOff();
  await installation?.stop();
  await network?.stop();
});

test('a network is built on the host, with its address, and VMs can be on it', async () => {
  const { rest } = installation;
  const red = expectStatus(await rest.post('/networks', { name: 'red', data_center: { id: defaultDataCenterId }, mtu: 1400 }), 201);
  expectStatus(await rest.post(`/clusters/${defaultClusterId}/networks`, { id: red.id, required: false }), 201);
  const made = expectStatus(
    await rest.post(`${host}/networkattachments`, {
      network: { id: red.id },
      host_nic: { name: 'veth_s' },
      ip_address_assignments: {
        ip_address_assignment: [{ assignment_method: 'static', ip: { address: '198.51.100.9', netmask: '255.255.255.0' } }],
      },
    }),
    201,
  );
  assert.equal(made.in_sync, 'true', JSON.stringify(made));
  assert.match(await links(), /^red\s.*198\.51\.100\.9\/24/m);
  assert.match((await machine.host.run(['ip', 'link', 'show', 'dev', 'veth_s'])).stdout, /mtu 1400 .*master red/);
  const management = (await attachments()).find((one) => one.network.name === 'ovirtmgmt');
  assert.equal(management.in_sync, 'true', JSON.stringify(management));

  const profiles = expectStatus(await rest.get(`/networks/${red.id}/vnicprofiles`), 200).vnic_profile as Json[];
  expectStatus(await rest.call('PUT', `/vnicprofiles/${profiles[0].id}`, { body: { port_mirroring: true } }), 200);
  const vm = expectStatus(
    await rest.post('/vms', { name: 'on-red', cluster: { id: defaultClusterId }, template: { name: 'Blank' }, memory: 64 * 1024 ** 2 }),
    201,
  );
  expectStatus(await rest.post(`/vms/${vm.id}/nics`, { name: 'nic1', vnic_profile: { id: profiles[0].id } }), 201);
  expectStatus(await rest.post(`/vms/${vm.id}/start`, {}), 200);
  const onBridge = async (): Promise<string> => (await machine.host.run(['ip', '-br', 'link', 'show', 'master', 'red'])).stdout;
  await eventually('the VM is on the bridge', async () => /^(?:vnet|tap)/m.test(await onBridge())).catch(async (error: unknown) => {
    throw new Error(`${String(error)}\n${await machine.log()}`);
  });
  const copies = async (): Promise<string> => (await machine.host.run(['tc', 'filter', 'show', 'dev', 'red', 'parent', 'ffff:'])).stdout;
  await eventually('the VM gets copies of what passes there', async () => /mirred \(Egress Mirror to device vnet/.test(await copies()));
  const used = await rest.delete(`${host}/networkattachments/${made.id}`);
  assert.equal(used.status, 409, 'a VM is on it');
  assert.match(used.body.detail, /is on it/);
  expectStatus(await rest.post(`/vms/${vm.id}/stop`, {}), 200);
  await installation.vmStatus(vm.id as string, 'down');
  await eventually('nobody gets copies any more', async () => !(await copies().catch(() => '')).includes('mirred'));
  expectStatus(await rest.delete(`${host}/networkattachments/${made.id}`), 200);
  assert.doesNotMatch(await links(), /^red\s/m);
});

test('a change that would cut the host off is taken back, and the host stays up', async () => {
  const { rest } = installation;
  const before = await links();
  const management = (await attachments()).find((one) => one.network.name === 'ovirtmgmt');
  const cut = await rest.post(`${host}/setupnetworks`, {
    modified_network_attachments: { network_attachment: [{ id: management.id, host_nic: { name: 'veth_s' } }] },
    check_connectivity: true,
    connectivity_timeout: 5,
  });
  assert.equal(cut.status, 409, cut.text);
  assert.match(cut.body.fault.detail, /not heard/);
  await untilUp();
  const plain = (text: string): string[] =>
    text
      .split('\n')
      .filter((line) => /^(?:ovirtmgmt|em1)/.test(line))
      .map((line) => line.replace(/fe80\S+/g, '').trim());
  assert.deepEqual(plain(await links()), plain(before));
  assert.equal((await attachments()).find((one) => one.network.name === 'ovirtmgmt').host_nic.id, management.host_nic.id);
});
