// Budget: 60 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, eventually, expectStatus, gib, refused } from './installation.ts';
import { whole, type Json } from './rest-client.ts';

let installation: Installation;
before(async () => {
  installation = await Installation.start();
  await installation.addStorage();
});
after(() => installation.stop());

const addDisk = async (name: string, change: Json = {}): Promise<Json> =>
  expectStatus(
    await installation.rest.post(
      '/disks',
      { name, format: 'raw', provisioned_size: gib, storage_domains: { storage_domain: [{ name: 'data' }] }, ...change },
      whole,
    ),
    201,
  );
const begin = async (body: Json): Promise<Json> => expectStatus(await installation.rest.post('/imagetransfers', body), 201);
const phase = (id: string, wanted: string): Promise<Json> =>
  eventually(`transfer ${id} is ${wanted}`, async () => {
    const found = expectStatus(await installation.rest.get(`/imagetransfers/${id}`), 200);
    return found.phase === wanted ? found : undefined;
  });
const diskStatus = async (id: string): Promise<string> => (await installation.rest.get(`/disks/${id}`)).body.status as string;
const unlocked = async (): Promise<void> =>
  assert.deepEqual(await installation.rows('select lock_group, object_id from object_lock'), []) as undefined;

test('an upload is opened on a host, and the disk may be used when it is finalized', async () => {
  const { rest } = installation;
  const disk = await addDisk('uploaded');
  const made = await begin({ disk: { id: disk.id }, direction: 'upload', format: 'raw' });
  assert.ok(['initializing', 'transferring'].includes(made.phase as string));
  const ready = await phase(made.id, 'transferring');
  assert.match(String(ready.transfer_url), new RegExp(`^https://127\\.0\\.1\\.1:\\d+/images/${made.id}$`));
  assert.equal(ready.host.id, installation.hosts[0]?.id);
  assert.equal(await diskStatus(disk.id), 'locked');
  refused(await rest.post('/imagetransfers', { disk: { id: disk.id } }), 409, /locked/i);
  assert.ok((expectStatus(await rest.get('/imagetransfers'), 200).image_transfer as Json[]).some((one) => one.id === made.id));
  expectStatus(await rest.post(`/imagetransfers/${made.id}/extend`, {}), 200);
  expectStatus(await rest.post(`/imagetransfers/${made.id}/pause`, {}), 200);
  await phase(made.id, 'paused_user');
  refused(await rest.post(`/imagetransfers/${made.id}/pause`, {}), 409, /transfer/i);
  expectStatus(await rest.post(`/imagetransfers/${made.id}/resume`, {}), 200);
  await phase(made.id, 'transferring');
  expectStatus(await rest.post(`/imagetransfers/${made.id}/finalize`, {}), 200);
  await phase(made.id, 'finished_success');
  assert.equal(await diskStatus(disk.id), 'ok');
  refused(await rest.post(`/imagetransfers/${made.id}/cancel`, {}), 409, /transfer/i);
  const codes = (expectStatus(await rest.get('/events?max=20'), 200).event as Json[]).map((event) => String(event.code));
  for (const code of ['1031', '1032', '1073', '1074']) assert.ok(codes.includes(code), code);
  await unlocked();
});

test('a cancelled upload takes its disk along, a cancelled download does not', async () => {
  const { rest } = installation;
  const disk = await addDisk('cancelled');
  const upload = await begin({ disk: { id: disk.id } });
  await phase(upload.id, 'transferring');
  expectStatus(await rest.post(`/imagetransfers/${upload.id}/cancel`, {}), 200);
  await phase(upload.id, 'finished_cleanup');
  assert.equal((await rest.get(`/disks/${disk.id}`)).status, 404);
  const kept = await addDisk('kept');
  const download = await begin({ disk: { id: kept.id }, direction: 'download' });
  await phase(download.id, 'transferring');
  expectStatus(await rest.post(`/imagetransfers/${download.id}/cancel`, {}), 200);
  await phase(download.id, 'finished_cleanup');
  assert.equal(await diskStatus(kept.id), 'ok');
  await unlocked();
});

test('an upload that is no good image leaves the disk illegal', async () => {
  const disk = await addDisk('bad', { format: 'cow' });
  const made = await begin({ disk: { id: disk.id } });
  await phase(made.id, 'transferring');
  await installation.plan({ verb: 'Volume.verify_untrusted', action: { kind: 'error', code: 484, message: 'no qcow2 image' } });
  expectStatus(await installation.rest.post(`/imagetransfers/${made.id}/finalize`, {}), 200);
  await phase(made.id, 'finished_failure');
  assert.equal(await diskStatus(disk.id), 'illegal');
  await unlocked();
});

test('a client that stays away loses its transfer, by the policy that it chose', async () => {
  const paused = await begin({ disk: { id: (await addDisk('slow')).id }, inactivity_timeout: 1, timeout_policy: 'pause' });
  const download = await begin({ disk: { id: (await addDisk('slow-download')).id }, direction: 'download', inactivity_timeout: 1 });
  await phase(paused.id, 'paused_system');
  await phase(download.id, 'finished_failure');
});

test('a host that forgot the ticket pauses the transfer; a host that cannot open it fails it', async () => {
  const forgotten = await begin({ disk: { id: (await addDisk('forgotten')).id } });
  await phase(forgotten.id, 'transferring');
  await installation.plan({ verb: 'Host.get_image_ticket', action: { kind: 'error', code: 100, message: 'no such ticket' } });
  await phase(forgotten.id, 'paused_system');
  const disk = await addDisk('failing');
  await installation.plan({ verb: 'Host.add_image_ticket', times: 3, action: { kind: 'error', code: 100, message: 'no' } });
  const failed = await begin({ disk: { id: disk.id }, direction: 'download' });
  await phase(failed.id, 'finished_failure');
  assert.equal(await diskStatus(disk.id), 'ok');
});

test('what cannot be is refused', async () => {
  const { rest } = installation;
  const disk = await addDisk('plain');
  refused(await rest.post('/imagetransfers', {}), 400, /disk\.id/);
  assert.equal((await rest.post('/imagetransfers', { disk: { id: 'c0ffee00-0000-4000-8000-000000000000' } })).status, 404);
  assert.equal((await rest.get('/imagetransfers/c0ffee00-0000-4000-8000-000000000000')).status, 404);
  refused(await rest.post('/imagetransfers', { disk: { id: disk.id }, format: 'cow' }), 400, /format: the image is raw/);
  const nobody = { id: 'c0ffee00-0000-4000-8000-000000000000' };
  refused(await rest.post('/imagetransfers', { disk: { id: disk.id }, backup: nobody, direction: 'download' }), 400, /backup/i);
  refused(await rest.post('/imagetransfers', { disk: { id: disk.id }, inactivity_timeout: -1 }), 400, /inactivity/);
  const stranger = await installation.addUser('stranger');
  assert.equal((await stranger.post('/imagetransfers', { disk: { id: disk.id } })).status, 403);
  assert.deepEqual(expectStatus(await stranger.get('/imagetransfers'), 200).image_transfer ?? [], []);
  assert.equal(await diskStatus(disk.id), 'ok');
});
