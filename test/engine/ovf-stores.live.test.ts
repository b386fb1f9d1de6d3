// Budget: 60 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, defaultDataCenterId, eventually, expectStatus, gib } from './installation.ts';
import { whole, type Answer, type Json } from './rest-client.ts';

let installation: Installation;
let masterId: string;
let domainId: string;
let vm: Json;
let snapshotId: string;
let diskId: string;
const mib = 1024 ** 2;
before(async () => {
  installation = await Installation.start();
  masterId = (await installation.addStorage('data')).id;
  domainId = (await installation.addStorage('travelling')).id;
});
after(() => installation.stop());

function refused(answer: Answer, status: number, text: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(String((answer.body.fault ?? answer.body).detail ?? answer.text), text);
}
const list = (answer: Answer, member: string): Json[] => (expectStatus(answer, 200)[member] ?? []) as Json[];
const attached = (): string => `/datacenters/${defaultDataCenterId}/storagedomains/${domainId}`;

async function consistent(): Promise<void> {
  await eventually(
    'no job is at work',
    async () => (await installation.rows(`select 1 from saga where status in ('running', 'undoing')`)).length === 0,
  );
  assert.deepEqual(await installation.rows('select lock_group, object_id from object_lock'), []);
  const images = await installation.rows('select id from image');
  const { volumes } = await installation.look();
  assert.deepEqual(volumes.map((volume) => volume.volumeId).sort(), images.map((image) => String(image.id)).sort());
}

test('a domain gets two stores, which are written on demand', async () => {
  const { rest } = installation;
  vm = expectStatus(
    await rest.post('/vms', {
      name: 'traveller',
      description: 'goes <far>',
      cluster: { name: 'Default' },
      template: { name: 'Blank' },
      memory: 96 * mib,
    }),
    201,
  );
  const attachment = expectStatus(
    await rest.post(
      `/vms/${vm.id}/diskattachments`,
      {
        interface: 'virtio',
        bootable: true,
        disk: { name: 'luggage', provisioned_size: gib, format: 'cow', storage_domains: { storage_domain: [{ id: domainId }] } },
      },
      whole,
    ),
    201,
  );
  diskId = attachment.id as string;
  const profile = list(await rest.get('/vnicprofiles'), 'vnic_profile').find((one) => one.name === 'ovirtmgmt');
  expectStatus(await rest.post(`/vms/${vm.id}/nics`, { name: 'nic1', interface: 'e1000', vnic_profile: { id: profile?.id } }), 201);
  snapshotId = expectStatus(await rest.post(`/vms/${vm.id}/snapshots`, { description: 'before the journey' }, whole), 201).id as string;

  expectStatus(await rest.post(`/storagedomains/${domainId}/updateovfstore`, {}), 200);
  const stores = list(await rest.get(`/storagedomains/${domainId}/disks`), 'disk').filter((disk) => disk.content_type === 'ovf_store');
  assert.equal(stores.length, 2);
  assert.ok(stores.every((disk) => disk.alias === 'OVF_STORE' && disk.status === 'ok'));
  expectStatus(await rest.post(`/storagedomains/${domainId}/updateovfstore`, {}), 200);
  assert.equal(
    list(await rest.get(`/storagedomains/${domainId}/disks`), 'disk').filter((disk) => disk.content_type === 'ovf_store').length,
    2,
    'no further ones',
  );
  const stranger = await installation.addUser('stranger');
  assert.equal((await stranger.post(`/storagedomains/${domainId}/updateovfstore`, {})).status, 403);
  await consistent();
});

test('a detached domain takes its VMs along, and brings them back', async () => {
  const { rest } = installation;
  const nics = list(await rest.get(`/vms/${vm.id}/nics`), 'nic');
  expectStatus(await rest.post(`${attached()}/deactivate`, {}), 200);
  expectStatus(await rest.delete(attached()), 200);
  assert.equal((await rest.get(`/vms/${vm.id}`)).status, 404);
  assert.equal((await rest.get(`/disks/${diskId}`)).status, 404);
  // the engine forgets the domain, as another engine would never have known it
  expectStatus(await rest.delete(`/storagedomains/${domainId}?destroy=true`), 200);
  assert.equal((await rest.get(`/storagedomains/${domainId}`)).status, 404);
  refused(
    await rest.post('/storagedomains', {
      name: 'back',
      type: 'data',
      import: true,
      host: { name: 'sim-1' },
      storage: { type: 'localfs', path: '/data/nothing' },
    }),
    400,
    /is not there/,
  );
  const back = expectStatus(
    await rest.post('/storagedomains', {
      name: 'back',
      type: 'data',
      import: true,
      host: { name: 'sim-1' },
      storage: { type: 'localfs', path: '/data/travelling' },
    }),
    201,
  );
  assert.equal(back.id, domainId);
  expectStatus(await rest.post(`/datacenters/${defaultDataCenterId}/storagedomains`, { id: domainId }), 201);

  assert.deepEqual(list(await rest.get(`/storagedomains/${domainId}/vms`), 'vm'), []);
  const [found] = list(await rest.get(`/storagedomains/${domainId}/vms?unregistered=true`), 'vm');
  assert.deepEqual([found?.id, found?.name, found?.description, found?.memory], [vm.id, 'traveller', 'goes <far>', String(96 * mib)]);
  assert.equal(expectStatus(await rest.get(`/storagedomains/${domainId}/vms/${vm.id}`), 200).name, 'traveller');
  const stranger = await installation.addUser('stranger2');
  assert.equal((await stranger.post(`/storagedomains/${domainId}/vms/${vm.id}/register`, { cluster: { name: 'Default' } })).status, 403);
  assert.equal((await rest.post(`/storagedomains/${domainId}/vms/${vm.id}/register`, { cluster: { name: 'Nowhere' } })).status, 404);
  refused(await rest.post(`/storagedomains/${domainId}/vms/${vm.id}/register`, { clone: true }), 400, /registered as it is/);
  expectStatus(await rest.post(`/storagedomains/${domainId}/vms/${vm.id}/register`, { cluster: { name: 'Default' } }), 200);

  const again = expectStatus(await rest.get(`/vms/${vm.id}`), 200);
  assert.deepEqual([again.name, again.description, again.memory, again.status], ['traveller', 'goes <far>', String(96 * mib), 'down']);
  assert.deepEqual(
    list(await rest.get(`/vms/${vm.id}/nics`), 'nic').map((nic) => [nic.name, nic.mac.address, nic.interface, nic.vnic_profile?.id]),
    nics.map((nic) => [nic.name, nic.mac.address, nic.interface, nic.vnic_profile?.id]),
  );
  const disk = expectStatus(await rest.get(`/disks/${diskId}`), 200);
  assert.deepEqual([disk.alias, disk.status, disk.provisioned_size], ['luggage', 'ok', String(gib)]);
  const snapshots = list(await rest.get(`/vms/${vm.id}/snapshots`), 'snapshot');
  assert.ok(snapshots.some((one) => one.id === snapshotId && one.description === 'before the journey'));
  assert.equal(list(await rest.get(`/vms/${vm.id}/snapshots/${snapshotId}/disks`), 'disk').length, 1);
  assert.equal((await rest.post(`/storagedomains/${domainId}/vms/${vm.id}/register`, {})).status, 404, 'it is registered now');
  await consistent();

  // it is a VM like any other: its snapshot can be gone back to, and it runs
  expectStatus(await rest.post(`/vms/${vm.id}/snapshots/${snapshotId}/restore`, {}), 200);
  expectStatus(await rest.post(`/vms/${vm.id}/start`, {}), 200);
  await installation.vmStatus(vm.id as string, 'up');
  expectStatus(await rest.post(`/vms/${vm.id}/stop`, {}), 200);
  await installation.vmStatus(vm.id as string, 'down');
  await consistent();
});

test('a template travels with its VM', async () => {
  const { rest } = installation;
  const made = expectStatus(
    await rest.post('/templates', { name: 'mould', vm: { id: vm.id }, storage_domain: { id: domainId } }, whole),
    201,
  );
  const cast = expectStatus(
    await rest.post('/templates', { name: 'cast', description: 'told', vm: { id: vm.id }, storage_domain: { id: domainId } }, whole),
    201,
  );
  const thin = expectStatus(await rest.post('/vms', { name: 'thin', cluster: { name: 'Default' }, template: { id: made.id } }, whole), 201);
  expectStatus(await rest.post(`${attached()}/deactivate`, {}), 200);
  expectStatus(await rest.delete(attached()), 200);
  expectStatus(await rest.post(`/datacenters/${defaultDataCenterId}/storagedomains`, { id: domainId }), 201);
  const names = async (kind: string): Promise<string[]> =>
    list(await rest.get(`/storagedomains/${domainId}/${kind}s?unregistered=true`), kind).map((one) => one.name as string);
  assert.deepEqual(
    [await names('vm'), await names('template')],
    [
      ['thin', 'traveller'],
      ['cast', 'mould'],
    ],
  );
  refused(await rest.post(`/storagedomains/${domainId}/vms/${thin.id}/register`, { cluster: { name: 'Default' } }), 400, /image/i);
  expectStatus(await rest.post(`/storagedomains/${domainId}/templates/${made.id}/register`, { cluster: { name: 'Default' } }), 200);
  expectStatus(await rest.post(`/storagedomains/${domainId}/vms/${thin.id}/register`, { cluster: { name: 'Default' } }), 200);
  assert.equal(expectStatus(await rest.get(`/vms/${thin.id}`), 200).template.id, made.id);
  assert.equal(expectStatus(await rest.get(`/templates/${made.id}`), 200).status, 'ok');
  assert.equal(list(await rest.get(`/vms/${thin.id}/diskattachments`), 'disk_attachment').length, 1);

  // The same by a description that the request brings.
  const described = async (name: string): Promise<string> =>
    String((await installation.rows(`select ovf from unregistered_entity where name = '${name}'`))[0]?.ovf);
  const configuration = { type: 'ovf', data: await described('cast') };
  const cluster = { name: 'Default' };
  const add = (initialization: object, more: object = {}) => rest.post('/templates', { cluster, initialization, ...more });
  refused(await add({ configuration: { type: 'ovf' } }), 400, /configuration\.data/);
  refused(await add({ configuration: { type: 'ovf', data: '<nothing/>' } }), 400, /configuration\.data/);
  refused(await add({ configuration: { ...configuration, data: await described('traveller') } }), 400, /describes a VM/);
  refused(await rest.post('/templates', { initialization: { configuration } }), 400, /cluster/i);
  const stranger = await installation.addUser('stranger3');
  assert.equal((await stranger.post('/templates', { cluster, initialization: { configuration } })).status, 403);
  refused(await add({ configuration }, { storage_domain: { id: masterId } }), 400, /disk/i);
  const back = expectStatus(await add({ configuration }, { comment: 'mine', name: 'cast2' }), 201);
  assert.deepEqual([back.id, back.name, back.description, back.comment], [cast.id, 'cast2', 'told', 'mine']);
  const [attachment] = list(await rest.get(`/templates/${back.id}/diskattachments`), 'disk_attachment');
  assert.equal(expectStatus(await rest.get(`/disks/${attachment?.id}`), 200).status, 'ok');
  refused(await add({ configuration }), 409, /of this id already/);
});

test('a MAC address that is taken meanwhile is told, or replaced', async () => {
  const { rest } = installation;
  const row = (await installation.rows(`select ovf from unregistered_entity where name = 'traveller'`))[0];
  const mac = /<rasd:MACAddress>([^<]+)</.exec(String(row?.ovf))?.[1];
  const other = expectStatus(await rest.post('/vms', { name: 'other', cluster: { name: 'Default' }, template: { name: 'Blank' } }), 201);
  expectStatus(await rest.post(`/vms/${other.id}/nics`, { name: 'nic1', mac: { address: mac } }), 201);
  refused(
    await rest.post(`/storagedomains/${domainId}/vms/${vm.id}/register`, { cluster: { name: 'Default' } }),
    409,
    /another network interface has the address/,
  );
  expectStatus(
    await rest.post(`/storagedomains/${domainId}/vms/${vm.id}/register`, {
      cluster: { name: 'Default' },
      reassign_bad_macs: true,
      vm: { name: 'renamed' },
    }),
    200,
  );
  const [nic] = list(await rest.get(`/vms/${vm.id}/nics`), 'nic');
  assert.notEqual(nic?.mac.address, mac);
  assert.equal(expectStatus(await rest.get(`/vms/${vm.id}`), 200).name, 'renamed');
});

test('a domain whose VMs have disks elsewhere too stays', async () => {
  const { rest } = installation;
  expectStatus(
    await rest.post(
      `/vms/${vm.id}/diskattachments`,
      {
        interface: 'virtio',
        disk: { name: 'elsewhere', provisioned_size: gib, format: 'cow', storage_domains: { storage_domain: [{ id: masterId }] } },
      },
      whole,
    ),
    201,
  );
  expectStatus(await rest.post(`${attached()}/deactivate`, {}), 200);
  assert.equal((await rest.delete(attached())).status, 409);
  assert.equal(expectStatus(await rest.get(`/vms/${vm.id}`), 200).status, 'down');
});
