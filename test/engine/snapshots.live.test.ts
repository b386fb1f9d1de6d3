// Budget: 95 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, eventually, expectStatus, gib, refused } from './installation.ts';
import { whole, type Json } from './rest-client.ts';

let installation: Installation;
let vmId: string;
let diskId: string;
const mib = 1024 ** 2;

before(async () => {
  installation = await Installation.start();
  await installation.addStorage();
});
after(() => installation.stop());

/** Storage has exactly the volumes that the rows know, in the chains that they know; no lock, no job, no disk in between. */
async function consistent(): Promise<void> {
  await installation.quiet();
  assert.deepEqual(await installation.rows(`select id, status from image where status <> 'ok'`), []);
  const images = await installation.rows('select id, parent_id from image');
  const { volumes } = await installation.look();
  const none = '00000000-0000-0000-0000-000000000000';
  assert.deepEqual(
    volumes.map((volume) => `${volume.volumeId} on ${volume.parentId}`).sort(),
    images.map((image) => `${image.id} on ${image.parent_id ?? none}`).sort(),
  );
}

const snapshots = async (): Promise<Json[]> => expectStatus(await installation.rest.get(`/vms/${vmId}/snapshots`), 200).snapshot as Json[];
const describe = async (): Promise<string[]> =>
  (await snapshots()).map((one) => `${one.snapshot_type} ${one.snapshot_status} ${one.description}`);
const activeImage = async (): Promise<string> => expectStatus(await installation.rest.get(`/disks/${diskId}`), 200).image_id as string;
const take = async (description: string): Promise<Json> =>
  expectStatus(await installation.rest.post(`/vms/${vmId}/snapshots`, { description }, whole), 201);
const events = async (): Promise<string[]> =>
  (expectStatus(await installation.rest.get('/events?max=30'), 200).event as Json[]).map((event) => String(event.code));

test('a snapshot of a stopped VM puts a volume on top of each disk', async () => {
  const { rest } = installation;
  const vm = expectStatus(
    await rest.post('/vms', { name: 'snapped', cluster: { name: 'Default' }, template: { name: 'Blank' }, memory: 64 * mib }),
    201,
  );
  vmId = vm.id as string;
  const attachment = expectStatus(
    await rest.post(
      `/vms/${vmId}/diskattachments`,
      {
        interface: 'virtio',
        bootable: true,
        disk: { name: 'one', provisioned_size: gib, format: 'raw', sparse: true, storage_domains: { storage_domain: [{ name: 'data' }] } },
      },
      whole,
    ),
    201,
  );
  diskId = attachment.id as string;
  expectStatus(await rest.post(`/vms/${vmId}/nics`, { name: 'nic1' }), 201);
  assert.deepEqual(await describe(), ['active ok Active VM']);
  const before = await activeImage();

  refused(await rest.post(`/vms/${vmId}/snapshots`, {}), 400, /snapshot\.description/);
  const taken = await take('first');
  assert.equal(taken.snapshot_status, 'ok');
  assert.equal(taken.snapshot_type, 'regular');
  assert.equal(taken.memory, String(64 * mib), 'a snapshot has the definition of the VM');
  assert.deepEqual(await describe(), ['active ok Active VM', 'regular ok first']);
  assert.notEqual(await activeImage(), before);
  assert.equal(expectStatus(await rest.get(`/disks/${diskId}`), 200).format, 'cow', 'what is on top of a raw volume is COW');
  const [disk] = expectStatus(await rest.get(`/vms/${vmId}/snapshots/${taken.id}/disks`), 200).disk as Json[];
  assert.equal(disk?.image_id, before);
  assert.equal(expectStatus(await rest.get(`/vms/${vmId}/snapshots/${taken.id}/disks/${diskId}`), 200).image_id, before);
  const [nic] = expectStatus(await rest.get(`/vms/${vmId}/snapshots/${taken.id}/nics`), 200).nic as Json[];
  assert.equal(nic?.name, 'nic1');
  assert.equal((expectStatus(await rest.get(`/vms/${vmId}/snapshots/${taken.id}/cdroms`), 200).cdrom as Json[]).length, 1);
  const followed = expectStatus(await rest.get(`/vms/${vmId}?follow=snapshots.disks`), 200);
  assert.equal(followed.snapshots.snapshot.length, 2);
  assert.ok((await events()).includes('45') && (await events()).includes('68'));
  refused(await rest.delete(`/vms/${vmId}/diskattachments/${diskId}`), 409, /Snapshots of the VM/);
  await consistent();
});

test('a preview shows the VM as it was; undone, it is as before', async () => {
  const { rest } = installation;
  const [first] = (await snapshots()).filter((one) => one.description === 'first');
  const before = await activeImage();
  expectStatus(await rest.put(`/vms/${vmId}`, { memory: 128 * mib, memory_policy: { guaranteed: 64 * mib, max: 512 * mib } }), 200);
  expectStatus(await rest.post(`/vms/${vmId}/previewsnapshot`, { snapshot: { id: first?.id } }), 200);
  assert.deepEqual(await describe(), ['active ok Active VM', 'preview ok Active VM before the preview', 'regular in_preview first']);
  assert.equal(expectStatus(await rest.get(`/vms/${vmId}`), 200).memory, String(64 * mib));
  assert.notEqual(await activeImage(), before);
  refused(await rest.post(`/vms/${vmId}/snapshots`, { description: 'x' }), 409, /preview/);
  refused(await rest.delete(`/vms/${vmId}/snapshots/${first?.id}`), 409, /preview/);
  expectStatus(await rest.post(`/vms/${vmId}/undosnapshot`, {}), 200);
  assert.deepEqual(await describe(), ['active ok Active VM', 'regular ok first']);
  assert.equal(expectStatus(await rest.get(`/vms/${vmId}`), 200).memory, String(128 * mib));
  assert.equal(await activeImage(), before);
  refused(await rest.post(`/vms/${vmId}/undosnapshot`, {}), 409, /no snapshot as a preview/);
  await consistent();
});

test('a preview that is committed drops what came after', async () => {
  const { rest } = installation;
  await take('second');
  const [first] = (await snapshots()).filter((one) => one.description === 'first');
  expectStatus(await rest.post(`/vms/${vmId}/previewsnapshot`, { snapshot: { id: first?.id } }), 200);
  expectStatus(await rest.post(`/vms/${vmId}/start`, {}), 200);
  await installation.vmStatus(vmId, 'up');
  refused(await rest.post(`/vms/${vmId}/commitsnapshot`, {}), 409, /status/);
  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
  expectStatus(await rest.post(`/vms/${vmId}/commitsnapshot`, {}), 200);
  assert.deepEqual(await describe(), ['active ok Active VM', 'regular ok first']);
  await consistent();
});

test('restoring goes back at once', async () => {
  const { rest } = installation;
  const second = await take('second');
  await take('third');
  expectStatus(await rest.post(`/vms/${vmId}/snapshots/${second.id}/restore`, {}), 200);
  assert.deepEqual(await describe(), ['active ok Active VM', 'regular ok first', 'regular ok second']);
  await consistent();
});

test('a removed snapshot gives its volume to the one above', async () => {
  const { rest } = installation;
  const [first, second] = (await snapshots()).filter((one) => one.snapshot_type === 'regular');
  const [kept] = expectStatus(await rest.get(`/vms/${vmId}/snapshots/${first?.id}/disks`), 200).disk as Json[];
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${first?.id}`), 200);
  assert.deepEqual(await describe(), ['active ok Active VM', 'regular ok second']);
  const [merged] = expectStatus(await rest.get(`/vms/${vmId}/snapshots/${second?.id}/disks`), 200).disk as Json[];
  assert.equal(merged?.image_id, kept?.image_id);
  await consistent();
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${second?.id}`), 200);
  assert.equal(await activeImage(), kept?.image_id);
  assert.equal(expectStatus(await rest.get(`/disks/${diskId}`), 200).format, 'raw');
  assert.ok((await events()).includes('356'));
  await consistent();
});

test('disk snapshots are volumes that belong to snapshots; one may be removed alone', async () => {
  const { rest } = installation;
  const taken = await take('alone');
  const [domain] = expectStatus(await rest.get('/storagedomains'), 200).storage_domain as Json[];
  const list = expectStatus(await rest.get(`/storagedomains/${domain?.id}/disksnapshots`), 200).disk_snapshot as Json[];
  assert.equal(list.length, 1);
  assert.equal(list[0]?.snapshot.id, taken.id);
  assert.equal((expectStatus(await rest.get(`/disks/${diskId}/disksnapshots?include_active=true`), 200).disk_snapshot as Json[]).length, 2);
  refused(await rest.delete(`/disks/${diskId}/disksnapshots/${await activeImage()}`), 400, /that the VM writes to/);
  expectStatus(await rest.delete(`/disks/${diskId}/disksnapshots/${list[0]?.id}`), 200);
  assert.deepEqual(expectStatus(await rest.get(`/vms/${vmId}/snapshots/${taken.id}/disks`), 200).disk ?? [], []);
  await consistent();
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${taken.id}`), 200);
  await consistent();
});

test('when the storage fails the VM is as before', async () => {
  const { rest } = installation;
  await installation.plan({ verb: 'Volume.create', action: { kind: 'error', code: 397, message: 'No space left on the storage domain' } });
  expectStatus(await rest.post(`/vms/${vmId}/snapshots`, { description: 'failing' }, whole), 409);
  assert.deepEqual(await describe(), ['active ok Active VM']);
  await consistent();
});

test('others than those who may manage snapshots are refused', async () => {
  const user = await installation.addUser('viewer', [{ role: 'UserRole', type: 'vm', id: vmId }]);
  assert.equal((await user.post(`/vms/${vmId}/snapshots`, { description: 'x' })).status, 403);
  assert.equal((await user.post(`/vms/${vmId}/previewsnapshot`, { snapshot: { id: vmId } })).status, 403);
  const stranger = await installation.addUser('stranger');
  assert.equal((await stranger.get(`/vms/${vmId}/snapshots`)).status, 404);
});

test('a merge that is cut off is taken up again', async () => {
  const { rest } = installation;
  const taken = await take('cut');
  await installation.plan({ verb: 'SDM.merge', when: 'after', action: { kind: 'restart', downMs: 500 } });
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${taken.id}`), 200);
  assert.deepEqual(await describe(), ['active ok Active VM']);
  await consistent();
});

test('a merge that fails leaves the VM whole; another try ends it', async () => {
  const { rest } = installation;
  const taken = await take('twice');
  await installation.plan({ verb: 'SDM.merge', action: { kind: 'error', code: 261, message: 'it broke' } });
  refused(await rest.delete(`/vms/${vmId}/snapshots/${taken.id}`), 409, /it broke/);
  assert.deepEqual(await describe(), ['active ok Active VM', 'regular ok twice']);
  refused(await rest.post(`/vms/${vmId}/snapshots/${taken.id}/restore`, {}), 500, /no usable image: one/);
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${taken.id}`), 200);
  await consistent();
});

/** How often the deletion of volumes fails before a job leaves it for later. */
const attemptsOfJob = 4;
const refuseDeletion = (times: number): Promise<void> =>
  installation.plan({ verb: 'Image.deleteVolumes', times, action: { kind: 'error', code: 294, message: 'the storage keeps it' } });
const leftovers = (): Promise<Json[]> =>
  installation.rows(`select id, attempts, next_at is null as "givenUp", reason from leftover_volume`);
/** The pause before the next attempt is over. */
const due = (attempts = 1): Promise<Json[]> => installation.rows(`update leftover_volume set next_at = now(), attempts = $1`, [attempts]);

test('a merge whose volume cannot be deleted ends well; the deletion is tried again by itself, also after a restart of the engine', async () => {
  const { rest } = installation;
  const taken = await take('kept by the storage');
  const top = await activeImage();
  await refuseDeletion(attemptsOfJob + 1);
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${taken.id}`), 200);
  assert.deepEqual(await describe(), ['active ok Active VM']);
  assert.notEqual(await activeImage(), top, 'the VM writes to the merged volume');
  assert.deepEqual(await installation.rows(`select id from image where status <> 'ok' or id = $1`, [top]), []);
  assert.equal((await leftovers())[0]?.id, top);
  assert.ok((await installation.look()).volumes.some((volume) => volume.volumeId === top));
  expectStatus(await rest.post(`/vms/${vmId}/start`, {}), 200);
  await installation.vmStatus(vmId, 'up');
  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
  await due();
  await eventually('a vain attempt is noted', async () => (await leftovers())[0]?.attempts === 2);
  assert.match(String((await leftovers())[0]?.reason), /the storage keeps it/);

  await installation.engine.kill();
  await due();
  await installation.startEngine();
  await eventually('the volume is deleted', async () => (await leftovers()).length === 0);
  await consistent();
});

test('a deletion that never succeeds ends with an event that says what to do, and is tried again when the storage was seen to', async () => {
  const { rest } = installation;
  const taken = await take('kept for good');
  await refuseDeletion(attemptsOfJob + 1);
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${taken.id}`), 200);
  await due(27);
  await eventually('it is given up', async () => (await leftovers())[0]?.givenUp);
  const [event] = (expectStatus(await rest.get('/events?max=10'), 200).event as Json[]).filter((one) => String(one.code) === '2025');
  assert.equal(event?.severity, 'warning');
  assert.match(
    String(event?.description),
    /disk one .*storage domain data in 28 attempts.*the storage keeps it.*activate the storage domain anew/,
  );

  const again = await take('again');
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${again.id}`), 200);
  assert.deepEqual(await leftovers(), [], 'another removal deletes it first');
  await consistent();
});

test('the deletion that was given up is tried again when the storage domain is activated', async () => {
  const { rest } = installation;
  const taken = await take('once more');
  await refuseDeletion(attemptsOfJob);
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${taken.id}`), 200);
  await installation.rows(`update leftover_volume set next_at = null, attempts = 28`);
  const [center] = expectStatus(await rest.get('/datacenters?search=name%3DDefault'), 200).data_center as Json[];
  const [domain] = expectStatus(await rest.get('/storagedomains?search=name%3Ddata'), 200).storage_domain as Json[];
  const place = `/datacenters/${center?.id}/storagedomains/${domain?.id}`;
  expectStatus(await rest.post(`${place}/deactivate`, {}), 200);
  expectStatus(await rest.post(`${place}/activate`, {}), 200);
  await eventually('the volume is deleted', async () => (await leftovers()).length === 0);
  await consistent();
});
