// Budget: 60 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, defaultDataCenterId, expectStatus, gib } from './installation.ts';
import { whole, type Answer, type Json } from './rest-client.ts';

let installation: Installation;
let domainId: string;
let otherId: string;
let template: { id: string; diskId: string };
before(async () => {
  installation = await Installation.start();
  domainId = (await installation.addStorage('data')).id;
  otherId = (await installation.addStorage('other')).id;
  template = await installation.addTemplate();
});
after(() => installation.stop());

function refused(answer: Answer, status: number, text: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(String((answer.body.fault ?? answer.body).detail ?? answer.text), text);
}
const ids = (answer: Answer, member: string): string[] =>
  ((expectStatus(answer, 200)[member] ?? []) as Json[]).map((one) => one.id as string);

test('a domain lists its disks, and makes new ones', async () => {
  const { rest } = installation;
  const disk = expectStatus(
    await rest.post(`/storagedomains/${domainId}/disks`, { name: 'here', format: 'cow', provisioned_size: gib }, whole),
    201,
  );
  for (const place of [`/storagedomains/${domainId}`, `/datacenters/${defaultDataCenterId}/storagedomains/${domainId}`]) {
    assert.ok(ids(await rest.get(`${place}/disks`), 'disk').includes(disk.id as string));
    assert.equal(expectStatus(await rest.get(`${place}/disks/${disk.id}`), 200).name, 'here');
    assert.equal(expectStatus(await rest.put(`${place}/disks/${disk.id}`, { description: place }), 200).description, place);
  }
  assert.deepEqual(ids(await rest.get(`/storagedomains/${otherId}/disks`), 'disk'), []);
  assert.equal((await rest.get(`/storagedomains/${otherId}/disks/${disk.id}`)).status, 404);
  assert.equal((await rest.post(`/storagedomains/${otherId}/disks/${disk.id}/move`, { storage_domain: { id: domainId } })).status, 404);
  expectStatus(await rest.post(`/storagedomains/${domainId}/disks/${disk.id}/move`, { storage_domain: { id: otherId } }), 200);
  assert.deepEqual(ids(await rest.get(`/storagedomains/${otherId}/disks`), 'disk'), [disk.id]);
  expectStatus(await rest.delete(`/storagedomains/${otherId}/disks/${disk.id}`), 200);
  assert.equal((await rest.get(`/disks/${disk.id}`)).status, 404);
});

test('a domain lists the VMs and templates that have disks on it', async () => {
  const { rest } = installation;
  const vm = expectStatus(
    await rest.post('/vms', { name: 'thin', cluster: { name: 'Default' }, template: { id: template.id } }, whole),
    201,
  );
  assert.deepEqual(ids(await rest.get(`/storagedomains/${domainId}/vms`), 'vm'), [vm.id]);
  assert.deepEqual(ids(await rest.get(`/storagedomains/${domainId}/templates`), 'template'), [template.id]);
  assert.deepEqual(ids(await rest.get(`/storagedomains/${otherId}/vms`), 'vm'), []);
  const [disk] = ids(await rest.get(`/storagedomains/${domainId}/vms/${vm.id}/disks`), 'disk');
  assert.equal(expectStatus(await rest.get(`/storagedomains/${domainId}/vms/${vm.id}/disks/${disk}`), 200).id, disk);
  assert.deepEqual(ids(await rest.get(`/storagedomains/${domainId}/vms/${vm.id}/diskattachments`), 'disk_attachment'), [disk]);
  assert.deepEqual(ids(await rest.get(`/storagedomains/${domainId}/templates/${template.id}/disks`), 'disk'), [template.diskId]);
  refused(await rest.post(`/storagedomains/${domainId}/vms/${vm.id}/import`, { cluster: { name: 'Default' } }), 400, /of this kind/);
  // what the VM stands on stays; without the VM it goes
  refused(await rest.delete(`/templates/${template.id}/diskattachments/${template.diskId}`), 409, /derived/i);
  expectStatus(await rest.delete(`/vms/${vm.id}`), 200);
  refused(await rest.delete(`/templates/${template.id}/diskattachments/${template.diskId}?storage_domain=${otherId}`), 400, /is not there/);
  expectStatus(await rest.delete(`/templates/${template.id}/diskattachments/${template.diskId}`), 200);
  assert.deepEqual(ids(await rest.get(`/templates/${template.id}/diskattachments`), 'disk_attachment'), []);
});

test('images that the engine knows no disk of are found and registered', async () => {
  const { rest } = installation;
  const disk = expectStatus(
    await rest.post(
      `/storagedomains/${domainId}/disks`,
      { name: 'forgotten', description: 'kept on storage', format: 'cow', provisioned_size: gib },
      whole,
    ),
    201,
  );
  assert.deepEqual(ids(await rest.get(`/storagedomains/${domainId}/disks?unregistered=true`), 'disk'), []);
  await installation.rows('delete from disk where id = $1', [disk.id]);
  const [found] = expectStatus(await rest.get(`/storagedomains/${domainId}/disks?unregistered=true`), 200).disk as Json[];
  assert.deepEqual([found?.id, found?.alias, found?.provisioned_size, found?.format], [disk.id, 'forgotten', String(gib), 'cow']);
  const stranger = await installation.addUser('stranger');
  assert.equal((await stranger.post(`/storagedomains/${domainId}/disks?unregistered=true`, { id: disk.id })).status, 403);
  const registered = expectStatus(await rest.post(`/storagedomains/${domainId}/disks?unregistered=true`, { id: disk.id }), 201);
  assert.deepEqual([registered.alias, registered.description, registered.image_id], ['forgotten', 'kept on storage', disk.image_id]);
  refused(await rest.post(`/storagedomains/${domainId}/disks?unregistered=true`, { id: disk.id }), 409, /disk of this id already/);
  assert.equal((await rest.post(`/storagedomains/${domainId}/disks?unregistered=true`, { id: domainId })).status, 404);
  expectStatus(await rest.delete(`/disks/${disk.id}`), 200);
});
