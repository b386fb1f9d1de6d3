// Budget: 60 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, defaultDataCenterId, eventually, expectStatus, gib, refused } from './installation.ts';
import { whole, type Json } from './rest-client.ts';

let installation: Installation;
let second: string;
before(async () => {
  installation = await Installation.start();
  await installation.addStorage('data');
  second = (await installation.addStorage('second')).id;
});
after(() => installation.stop());

async function consistent(): Promise<void> {
  await installation.quiet();
  const images = await installation.rows('select id from image');
  const { volumes } = await installation.look();
  assert.deepEqual(volumes.map((volume) => volume.volumeId).sort(), images.map((image) => String(image.id)).sort());
}

const addDisk = async (name: string, change: Json = {}): Promise<Json> =>
  expectStatus(
    await installation.rest.post(
      '/disks',
      { name, format: 'cow', provisioned_size: gib, storage_domains: { storage_domain: [{ name: 'data' }] }, ...change },
      whole,
    ),
    201,
  );
const disk = async (id: string): Promise<Json> => expectStatus(await installation.rest.get(`/disks/${id}`), 200);

test('a disk moves to another domain with all its snapshots', async () => {
  const { rest } = installation;
  const vm = expectStatus(
    await rest.post('/vms', { name: 'moving', cluster: { name: 'Default' }, template: { name: 'Blank' }, memory: 64 * 1024 ** 2 }),
    201,
  );
  const { id } = await addDisk('moved');
  expectStatus(await rest.post(`/vms/${vm.id}/diskattachments`, { interface: 'virtio', disk: { id } }), 201);
  expectStatus(await rest.post(`/vms/${vm.id}/snapshots`, { description: 'one' }, whole), 201);
  refused(await rest.post(`/disks/${id}/move`, { storage_domain: { name: 'data' } }), 400, /on this storage domain already/);
  refused(await rest.post(`/disks/${id}/move`, {}), 400, /storage_domain/);
  assert.equal((await rest.post(`/disks/${id}/move`, { storage_domain: { name: 'nowhere' } })).status, 404);
  expectStatus(await rest.post(`/disks/${id}/move`, { storage_domain: { id: second } }), 200);
  assert.deepEqual(
    (await disk(id)).storage_domains.storage_domain.map((one: Json) => one.id),
    [second],
  );
  assert.equal((await installation.rows('select distinct storage_domain_id from image where disk_id = $1', [id])).length, 1);
  await consistent();
  // the VM runs with the disk in its new place
  expectStatus(await rest.post(`/vms/${vm.id}/start`, {}), 200);
  await installation.vmStatus(vm.id, 'up');
  expectStatus(await rest.post(`/disks/${id}/move`, { storage_domain: { name: 'data' } }), 200);
  await consistent();
  expectStatus(await rest.post(`/vms/${vm.id}/stop`, {}), 200);
  await installation.vmStatus(vm.id, 'down');
  expectStatus(await rest.delete(`/vms/${vm.id}`), 200);
  await consistent();
});

test('a move whose source is gone counts as done only when the target is there', async () => {
  const { id } = await addDisk('cut');
  await installation.plan({ verb: 'Image.move', action: { kind: 'error', code: 268, message: 'Image does not exist in domain' } });
  refused(await installation.rest.post(`/disks/${id}/move`, { storage_domain: { id: second } }), 409, /./);
  assert.equal((await disk(id)).status, 'ok');
  assert.notEqual((await disk(id)).storage_domains.storage_domain[0].id, second, 'it was not there');
  await consistent();
});

test('a move whose host is not reached for a moment goes on', async () => {
  const { id } = await addDisk('waited for');
  await installation.plan({ verb: 'Task.getStatus', action: { kind: 'drop' } });
  expectStatus(await installation.rest.post(`/disks/${id}/move`, { storage_domain: { id: second } }), 200);
  assert.equal((await disk(id)).storage_domains.storage_domain[0].id, second);
  await consistent();
});

test('a copy is a disk of its own', async () => {
  const { rest } = installation;
  const source = await addDisk('source');
  const action = expectStatus(
    await rest.post(`/disks/${source.id}/copy`, { disk: { alias: 'copied' }, storage_domain: { id: second } }),
    200,
  );
  const copy = await disk(action.disk.id);
  assert.equal(copy.alias, 'copied');
  assert.equal(copy.status, 'ok');
  assert.equal(copy.storage_domains.storage_domain[0].id, second);
  await consistent();
});

test('a disk gets another format, and gives zeros back', async () => {
  const { rest } = installation;
  const { id, image_id: before } = await addDisk('converted');
  refused(await rest.post(`/disks/${id}/sparsify`, {}), 400, /disk of format raw is sparsified/);
  refused(await rest.post(`/disks/${id}/convert`, {}), 400, /format\|sparse/);
  refused(await rest.post(`/disks/${id}/convert`, { disk: { format: 'cow' } }), 409, /has this format and allocation already/);
  expectStatus(await rest.post(`/disks/${id}/convert`, { disk: { format: 'raw' } }), 200);
  const after = await disk(id);
  assert.equal(after.format, 'raw');
  assert.notEqual(after.image_id, before);
  await consistent();
  expectStatus(await rest.post(`/disks/${id}/sparsify`, {}), 200);
  expectStatus(await rest.post(`/disks/${id}/convert`, { disk: { sparse: false } }), 200);
  assert.equal((await disk(id)).sparse, 'false');
  refused(await rest.post(`/disks/${id}/sparsify`, {}), 400, /preallocated/i);
  await consistent();
});

test('a conversion that fails leaves the disk as it was', async () => {
  const { id, image_id: before } = await addDisk('unconverted');
  await installation.plan({ verb: 'SDM.copy_data', action: { kind: 'error', code: 261, message: 'it broke' } });
  refused(await installation.rest.post(`/disks/${id}/convert`, { disk: { format: 'raw' } }), 409, /it broke/);
  assert.equal((await disk(id)).image_id, before);
  assert.equal((await disk(id)).format, 'cow');
  await consistent();
});

test('a disk grows, and never shrinks', async () => {
  const { rest } = installation;
  const { id } = await addDisk('growing');
  assert.equal(expectStatus(await rest.put(`/disks/${id}`, { provisioned_size: 2 * gib }), 200).provisioned_size, String(2 * gib));
  refused(await rest.put(`/disks/${id}`, { provisioned_size: gib, description: 'not so' }), 400, /smaller/);
  assert.notEqual((await disk(id)).description, 'not so', 'a refused change changes nothing');
  refused(await rest.put(`/disks/${id}`, { provisioned_size: 9000 * gib }), 400, /at most/);
  await consistent();
});

test('a disk is changed where it hangs, and shared where it can be', async () => {
  const { rest } = installation;
  const add = async (name: string): Promise<string> =>
    expectStatus(await rest.post('/vms', { name, cluster: { name: 'Default' }, template: { name: 'Blank' } }), 201).id;
  const [first, other] = [await add('sharer'), await add('partner')];
  const { id } = await addDisk('plain', { format: 'raw' });
  expectStatus(await rest.post(`/vms/${first}/diskattachments`, { interface: 'virtio', disk: { id } }), 201);
  const place = `/vms/${first}/diskattachments/${id}`;
  expectStatus(await rest.put(place, { disk: { alias: 'renamed', description: 'by its VM', wipe_after_delete: true } }), 200);
  const { alias, description, wipe_after_delete: wipe } = await disk(id);
  assert.deepEqual([alias, description, wipe], ['renamed', 'by its VM', 'true']);
  refused(await rest.put(place, { disk: { format: 'cow' } }), 409, /format/);
  refused(await rest.post(`/vms/${other}/diskattachments`, { interface: 'virtio', disk: { id } }), 409, /./);
  expectStatus(await rest.put(`/disks/${id}`, { shareable: true }), 200);
  assert.equal((await disk(id)).shareable, 'true');
  expectStatus(await rest.post(`/vms/${other}/diskattachments`, { interface: 'virtio', disk: { id } }), 201);
  refused(await rest.put(`/disks/${id}`, { shareable: false }), 409, /./);
  const thin = await addDisk('thin');
  refused(await rest.put(`/disks/${thin.id}`, { shareable: true }), 409, /./);
  for (const vm of [first, other]) expectStatus(await rest.delete(`/vms/${vm}?detach_only=true`), 200);
  for (const one of [id, thin.id]) expectStatus(await rest.delete(`/disks/${one}`), 200);
  await consistent();
});

test('what only block storage and providers have is refused', async () => {
  const { rest } = installation;
  const { id } = await addDisk('plain');
  refused(await rest.post(`/disks/${id}/reduce`, {}), 400, /Only on block storage/);
  refused(await rest.post(`/disks/${id}/refreshlun`, { host: { name: 'sim-1' } }), 400, /storage of the disk/);
  assert.equal((await rest.post(`/disks/${id}/export`, { storage_domain: { name: 'glance' } })).status, 404);
  const stranger = await installation.addUser('stranger');
  for (const action of ['move', 'copy', 'convert', 'sparsify', 'reduce'])
    assert.equal(
      (await stranger.post(`/disks/${id}/${action}`, { storage_domain: { id: second }, disk: { format: 'raw' } })).status,
      403,
      action,
    );
  await eventually('the data center is up', async () => (await rest.get(`/datacenters/${defaultDataCenterId}`)).body.status === 'up');
});
