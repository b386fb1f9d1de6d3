// Budget: 15 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { addDisk, addHostAndStorage } from '../testing/objects.ts';

test('no VM runs on a storage domain that is for backups', async (t) => {
  const test = await startTestEngine(t);
  const { post, put, engine } = test;
  const { storagedomains: domain } = await addHostAndStorage(test);
  const made = async (name: string): Promise<string> =>
    (await post('/vms', { name, cluster: { id: defaultClusterId }, template: { id: blankTemplateId } })).body['id'];
  const [vm, other] = [await made('a'), await made('b')];
  const disk = await addDisk(test, vm, domain);
  const path = `/storagedomains/${domain}`;
  const run = (status: string) => engine.db.updateTable('vm_state').set({ status }).where('vm_id', '=', vm).execute();
  const refused = (answer: { status: number; text: string }, text: RegExp): void => {
    assert.ok(answer.status === 400 || answer.status === 409, answer.text);
    assert.match(answer.text, text);
  };

  await run('up');
  refused(await put(path, { backup: true }), /backup: VMs run/);
  await run('down');
  const changed = await put(path, { backup: true });
  assert.deepEqual([changed.status, changed.body['backup']], [200, 'true'], changed.text);
  refused(await post(`/vms/${vm}/start`, {}), /for backups/);
  await engine.db.deleteFrom('disk_attachment').execute();
  refused(await post(`/vms/${other}/diskattachments`, { disk: { id: disk }, interface: 'virtio' }), /for backups/);
  await engine.db
    .updateTable('vm')
    .set({ settings: { lease: { storage_domain: { id: domain } } } as never })
    .where('id', '=', other)
    .execute();
  refused(await post(`/vms/${other}/start`, {}), /for backups/);
  const { storagedomains: second } = await addHostAndStorage(test, 'x');
  await engine.db.updateTable('storage_domain').set({ master: true }).where('id', '=', second).execute();
  refused(await post(`/datacenters/${defaultDataCenterId}/setmaster`, { storage_domain: { id: domain } }), /not for backups/);

  assert.equal((await put(path, { backup: false })).status, 200);
  const attached = await post(`/vms/${other}/diskattachments`, { disk: { id: disk }, interface: 'virtio' });
  assert.equal(attached.status, 201, attached.text);
});
