// Budget: 40 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, defaultClusterId, eventually, expectStatus, gib } from './installation.ts';
import { whole, type Json } from './rest-client.ts';

let installation: Installation;
let vm: string;
let snapshot: string;
const mib = 1024 ** 2;

before(async () => {
  installation = await Installation.start();
  await installation.addStorage();
  const { rest } = installation;
  const cluster = { id: defaultClusterId };
  vm = expectStatus(
    await rest.post('/vms', { name: 'original', memory: 128 * mib, cluster, template: { name: 'Blank' }, usb: { enabled: true } }),
    201,
  ).id as string;
  const storage_domains = { storage_domain: [{ name: 'data' }] };
  const disk = { name: 'original-disk', provisioned_size: gib, format: 'cow', sparse: true, storage_domains };
  expectStatus(await rest.post(`/vms/${vm}/diskattachments`, { interface: 'virtio', bootable: true, active: true, disk }, whole), 201);
  expectStatus(await rest.post(`/vms/${vm}/nics`, { name: 'nic1', interface: 'e1000' }), 201);
  expectStatus(await rest.post(`/vms/${vm}/watchdogs`, { model: 'i6300esb', action: 'reset' }), 201);
  snapshot = expectStatus(await rest.post(`/vms/${vm}/snapshots`, { description: 'before' }, whole), 201).id as string;
  // What comes after the snapshot is none of its business.
  expectStatus(await rest.put(`/vms/${vm}`, { memory: 256 * mib, usb: { enabled: false } }), 200);
  expectStatus(await rest.post(`/vms/${vm}/nics`, { name: 'nic2' }), 201);
});
after(() => installation.stop());

/** What a copy has: memory, USB, NICs, watchdogs, and its disk with the number of volumes in its chain. */
async function shape(path: string): Promise<unknown[]> {
  const { rest } = installation;
  const found = expectStatus(await rest.get(`${path}?follow=nics,watchdogs,disk_attachments.disk`), 200);
  const [attachment] = found.disk_attachments.disk_attachment as Json[];
  const chain = await installation.rows('select id from image where disk_id = $1', [attachment.disk.id]);
  const nics = (found.nics.nic as Json[]).map((nic) => `${nic.name} ${nic.interface}`);
  const watchdogs = (found.watchdogs?.watchdog as Json[] | undefined)?.map((one) => one.action);
  return [Number(found.memory) / mib, found.usb.enabled, nics, watchdogs, attachment.interface, attachment.disk.status, chain.length];
}

/** All volumes are there, and only those of disks. */
async function storageIsInOrder(): Promise<void> {
  await eventually('no job is at work', async () => (await installation.rows('select 1 from object_lock')).length === 0);
  const images = await installation.rows('select id from image');
  assert.deepEqual(
    (await installation.look()).volumes.map((volume) => volume.volumeId).toSorted(),
    images.map((image) => image.id as string).toSorted(),
  );
}

const then = [128, 'true', ['nic1 e1000'], ['reset'], 'virtio', 'ok', 1];
const now = [256, 'false', ['nic1 e1000', 'nic2 virtio'], ['reset'], 'virtio', 'ok', 1];

test('a VM of a snapshot is what the VM was, with disks of its own', async () => {
  const { rest } = installation;
  const body = { cluster: { id: defaultClusterId }, template: { name: 'Blank' } };
  const made = expectStatus(
    await rest.post('/vms', { ...body, name: 'of-snapshot', snapshots: { snapshot: [{ id: snapshot }] } }, whole),
    201,
  );
  assert.equal(made.status, 'down');
  assert.deepEqual(await shape(`/vms/${made.id}`), then);
  assert.notEqual(made.id, vm);
  const none = await rest.post('/vms', { ...body, name: 'none', snapshots: { snapshot: [{ id: vm }] } });
  assert.equal(none.status, 400, none.text);
  const stranger = await installation.addUser('maker', [{ role: 'VmCreator', type: 'cluster', id: defaultClusterId }]);
  assert.equal((await stranger.post('/vms', { ...body, name: 'mine', snapshots: { snapshot: [{ id: snapshot }] } })).status, 404);
  await storageIsInOrder();
});

test('a clone is what the VM is, and stands alone', async () => {
  const { rest } = installation;
  assert.match((await rest.post(`/vms/${vm}/clone`, {})).text, /vm\.name/);
  assert.equal((await rest.post(`/vms/${vm}/clone`, { vm: { name: 'original' } })).status, 409);
  const cloned = expectStatus(await rest.post(`/vms/${vm}/clone`, { vm: { name: 'clone', description: 'second' } }), 200);
  assert.equal(cloned.status, 'complete');
  const [clone] = (await rest.get('/vms?search=name%3Dclone')).body.vm as Json[];
  assert.deepEqual([clone.id, clone.description], [cloned.vm.id, 'second']);
  assert.deepEqual(await shape(`/vms/${clone.id}`), now);
  const macs = await installation.rows('select mac from nic where mac is not null');
  assert.equal(new Set(macs.map((nic) => nic.mac)).size, macs.length, 'every NIC has an address of its own');
  const viewer = await installation.addUser('viewer', [
    { role: 'ReadOnlyAdmin', type: 'system', id: 'aaa00000-0000-0000-0000-123456789aaa' },
  ]);
  assert.equal((await viewer.post(`/vms/${vm}/clone`, { vm: { name: 'other' } })).status, 403);
  await installation.plan({ verb: 'Volume.copy', when: 'before', action: { kind: 'error', code: 208, message: 'no room' } });
  const failed = await rest.post(`/vms/${vm}/clone`, { vm: { name: 'failed' } });
  assert.equal(failed.status, 409, failed.text);
  await storageIsInOrder();
  assert.equal((await rest.get('/vms?search=name%3Dfailed')).body.vm, undefined);
  expectStatus(await rest.post(`/vms/${clone.id}/start`, {}), 200);
  await installation.vmStatus(clone.id, 'up');
  const third = expectStatus(await rest.post(`/vms/${clone.id}/clone`, { vm: { name: 'third' } }), 200);
  await storageIsInOrder();
  expectStatus(await rest.delete(`/vms/${third.vm.id}`), 200);
  expectStatus(await rest.post(`/vms/${clone.id}/stop`, {}), 200);
});

test('a clone with snapshots has the chains of its VM, and goes back by itself', async () => {
  const { rest } = installation;
  const body = (name: string) => ({ vm: { name }, discard_snapshots: false });
  const cloned = expectStatus(await rest.post(`/vms/${vm}/clone`, body('layered')), 200);
  const path = `/vms/${cloned.vm.id}`;
  assert.deepEqual(await shape(path), [...now.slice(0, -1), 2]);
  await storageIsInOrder();
  const chains = await installation.rows(
    `select i.id, i.parent_id, i.active, i.status, s.description, d.name from image i join disk d on d.id = i.disk_id join disk_attachment a on a.disk_id = d.id
     left join snapshot s on s.id = i.snapshot_id where a.vm_id = $1 order by i.active`,
    [cloned.vm.id],
  );
  assert.deepEqual(
    chains.map((one) => [one.active, one.status, one.description, one.parent_id]),
    [
      [false, 'ok', 'before', null],
      [true, 'ok', null, chains[0]?.id],
    ],
  );
  const volumes = (await installation.look()).volumes.filter((volume) => chains.some((one) => one.id === volume.volumeId));
  assert.deepEqual(
    volumes.map((volume) => volume.generation),
    [1, 1],
    'each was filled once',
  );
  const taken = (await rest.get(`${path}/snapshots`)).body.snapshot as Json[];
  const copy = taken.find((one) => one.description === 'before');
  assert.notEqual(copy?.id, snapshot);
  expectStatus(await rest.post(`${path}/snapshots/${copy?.id}/restore`, {}), 200);
  assert.deepEqual((await shape(path)).slice(0, 3), then.slice(0, 3));
  assert.deepEqual((await shape(`/vms/${vm}`)).slice(0, 3), now.slice(0, 3), 'the original keeps what it has');
  const macs = await installation.rows('select mac from nic where mac is not null');
  assert.equal(new Set(macs.map((nic) => nic.mac)).size, macs.length, 'every NIC has an address of its own');
  expectStatus(await rest.delete(path), 200);
  await storageIsInOrder();
  await installation.plan({ verb: 'SDM.copy_data', when: 'before', action: { kind: 'error', code: 261, message: 'no room' } });
  const failed = await rest.post(`/vms/${vm}/clone`, body('broken'));
  assert.equal(failed.status, 409, failed.text);
  await storageIsInOrder();
  assert.equal((await rest.get('/vms?search=name%3Dbroken')).body.vm, undefined);
});

test('templates are made of snapshots too, in versions, with the permissions of their VM when asked', async () => {
  const { rest } = installation;
  const reader = await installation.addUser('reader', [{ role: 'UserTemplateBasedVm', type: 'vm', id: vm }]);
  const first = expectStatus(await rest.post('/templates?clone_permissions=true', { name: 'mould', vm: { id: vm } }, whole), 201);
  assert.deepEqual(await shape(`/templates/${first.id}`), now);
  assert.equal((await reader.get(`/templates/${first.id}`)).status, 200);
  const second = expectStatus(
    await rest.post(
      '/templates',
      {
        name: 'mould',
        vm: { id: vm, snapshots: { snapshot: [{ id: snapshot }] } },
        version: { base_template: { id: first.id }, version_name: 'old' },
      },
      whole,
    ),
    201,
  );
  assert.deepEqual(await shape(`/templates/${second.id}`), then);
  // A version of a version is one of their base.
  const third = expectStatus(
    await rest.post('/templates', { name: 'mould', vm: { id: vm }, version: { base_template: { id: second.id } } }, whole),
    201,
  );
  assert.deepEqual(
    [second, third].map(({ version }) => [version.version_number, version.base_template.id]),
    [
      ['2', first.id],
      ['3', first.id],
    ],
  );
  assert.equal((await reader.get(`/templates/${third.id}`)).status, 404);
  const foreign = { id: (await rest.get('/vms?search=name%3Dclone')).body.vm[0].id, snapshots: { snapshot: [{ id: snapshot }] } };
  assert.equal((await rest.post('/templates', { name: 'foreign', vm: foreign })).status, 400);
  assert.equal(expectStatus(await rest.get(`/vms/${vm}`), 200).status, 'down');
  await storageIsInOrder();
});

test('a template is sealed before others can stand on it, or there is none', async () => {
  const { rest } = installation;
  const seal = (name: string) => rest.post('/templates?seal=true', { name, vm: { id: vm } }, whole);
  const sealed = expectStatus(await seal('sealed'), 201);
  assert.equal(sealed.status, 'ok');
  const [attachment] = expectStatus(await rest.get(`/templates/${sealed.id}/diskattachments?follow=disk`), 200).disk_attachment as Json[];
  assert.equal(attachment?.disk.status, 'ok');
  const volume = (await installation.look()).volumes.find(({ imageId }) => imageId === attachment?.id);
  assert.deepEqual([volume?.role, volume?.isSealed], ['SHARED', true]);
  const thin = { name: 'of sealed', cluster: { id: defaultClusterId }, template: { id: sealed.id } };
  expectStatus(await rest.post('/vms', thin, whole), 201);

  await installation.plan({ verb: 'VM.seal', when: 'before', action: { kind: 'error', code: 100, message: 'no such program' } });
  await seal('unsealed');
  assert.equal((await rest.get('/templates?search=name%3Dunsealed')).body.template, undefined);
  const [event] = (await rest.get('/events?max=1&search=type%3D1324')).body.event as Json[];
  assert.match(String(event?.description), /could not be sealed.*no such program/);
  assert.equal((await installation.rows("select 1 from disk where status <> 'ok'")).length, 0);
  assert.equal(expectStatus(await rest.get(`/vms/${vm}`), 200).status, 'down');
  await storageIsInOrder();
});

test('a VM gets the permissions of its template when asked', async () => {
  const { rest } = installation;
  const [template] = (await rest.get('/templates?search=name%3Dmould')).body.template as Json[];
  const body = { cluster: { id: defaultClusterId }, template: { id: template.id } };
  const made = expectStatus(await rest.post('/vms?clone_permissions=true&clone=true', { ...body, name: 'open' }, whole), 201);
  const given = await installation.rows(`select principal_id from permission where object_id = $1 and object_type = 'vm'`, [made.id]);
  const there = await installation.rows('select principal_id from permission where object_id = $1', [template.id]);
  assert.ok(there.length > 1);
  assert.deepEqual(
    there.filter((one) => !given.some((other) => other.principal_id === one.principal_id)),
    [],
  );
  await storageIsInOrder();
});
