// Budget: 60 s
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Installation, eventually, expectStatus, gib } from './installation.ts';
import type { StopPoint } from './interruptible-engine.ts';
import { whole, type Json } from './rest-client.ts';

let installation: Installation;
let vmId: string;
let diskId: string;
let stoppedAt: (point: StopPoint) => void = () => undefined;
const mib = 1024 ** 2;
const createError = 9;

before(async () => {
  installation = await Installation.start({ engineProgram: join(import.meta.dirname, 'interruptible-engine.ts') });
  installation.onEngineTold = (message) => stoppedAt((message as { stoppedAt: StopPoint }).stoppedAt);
  await installation.addStorage();
  const { rest } = installation;
  const vm = expectStatus(
    await rest.post('/vms', {
      name: 'kiosk',
      cluster: { name: 'Default' },
      template: { name: 'Blank' },
      memory: 64 * mib,
      stateless: true,
      high_availability: { enabled: false },
    }),
    201,
  );
  vmId = vm.id as string;
  const disk = { name: 'one', provisioned_size: gib, format: 'cow', sparse: true, storage_domains: { storage_domain: [{ name: 'data' }] } };
  const attached = expectStatus(await rest.post(`/vms/${vmId}/diskattachments`, { interface: 'virtio', bootable: true, disk }, whole), 201);
  diskId = attached.id as string;
});
after(() => installation.stop());

const imageOf = async (): Promise<string> => expectStatus(await installation.rest.get(`/disks/${diskId}`), 200).image_id as string;
const kinds = async (): Promise<string[]> =>
  (expectStatus(await installation.rest.get(`/vms/${vmId}/snapshots`), 200).snapshot as Json[]).map((one) => String(one.snapshot_type));
const codes = async (): Promise<string[]> =>
  (expectStatus(await installation.rest.get('/events?max=40'), 200).event as Json[]).map((event) => String(event.code));

/** The VM is down and is what it was; storage has one volume for its disk; no lock, no job, no disk in between. */
async function returned(image: string): Promise<void> {
  await installation.vmStatus(vmId, 'down');
  await eventually(
    'no job is at work',
    async () => (await installation.rows(`select 1 from saga where status in ('running', 'undoing')`)).length === 0,
  );
  assert.deepEqual(await kinds(), ['active']);
  assert.equal(await imageOf(), image);
  assert.deepEqual(await installation.rows('select lock_group, object_id from object_lock'), []);
  assert.deepEqual(await installation.rows(`select name, status from disk where status <> 'ok'`), []);
  assert.deepEqual(
    (await installation.look()).volumes.filter((volume) => volume.imageId === diskId).map((volume) => volume.volumeId),
    [image],
  );
}

/** `kill -9` of the engine when a job comes to a point; then another engine goes on. */
async function killAt(point: StopPoint, begin: () => Promise<unknown>): Promise<void> {
  const reached = new Promise<StopPoint>((resolve) => {
    stoppedAt = resolve;
  });
  await installation.engine.ask({ kind: 'stop-at', point });
  void begin().catch(() => undefined);
  await reached;
  await installation.engine.kill();
  await installation.startEngine();
  await installation.hostsUp();
}

test('a stateless VM writes beside what it has, and is as before when it goes down', async () => {
  const { rest } = installation;
  const image = await imageOf();
  expectStatus(await rest.post(`/vms/${vmId}/start`, {}), 200);
  await installation.vmStatus(vmId, 'up');
  assert.deepEqual(await kinds(), ['active', 'stateless']);
  const running = await imageOf();
  assert.notEqual(running, image);
  assert.match(String(await installation.domainOf(vmId)), new RegExp(running), 'the guest writes to the new volume');
  assert.equal((await rest.post(`/vms/${vmId}/suspend`, {})).status, 409);
  const refused = await rest.post(`/vms/${vmId}/snapshots`, { description: 'x' });
  assert.equal(refused.status, 409, refused.text);
  assert.match(refused.text, /stateless/i);
  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await returned(image);
  expectStatus(await rest.post(`/vms/${vmId}/start`, {}), 200);
  await installation.vmStatus(vmId, 'up');
  expectStatus(await rest.post(`/vms/${vmId}/shutdown`, {}), 200);
  await returned(image);
  assert.ok((await codes()).includes('538'), 'the event of a stateless run');
});

test('run once decides for this run; a highly available VM is refused', async () => {
  const { rest } = installation;
  const image = await imageOf();
  expectStatus(await rest.post(`/vms/${vmId}/start`, { vm: { stateless: false } }), 200);
  await installation.vmStatus(vmId, 'up');
  assert.deepEqual(await kinds(), ['active']);
  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await returned(image);
  expectStatus(await rest.put(`/vms/${vmId}`, { stateless: false }), 200);
  expectStatus(await rest.post(`/vms/${vmId}/start`, { vm: { stateless: true } }), 200);
  await installation.vmStatus(vmId, 'up');
  assert.deepEqual(await kinds(), ['active', 'stateless']);
  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await returned(image);
  expectStatus(await rest.put(`/vms/${vmId}`, { high_availability: { enabled: true } }), 200);
  const refused = await rest.post(`/vms/${vmId}/start`, { vm: { stateless: true } });
  assert.equal(refused.status, 409, refused.text);
  expectStatus(await rest.put(`/vms/${vmId}`, { stateless: true, high_availability: { enabled: false } }), 200);
  await returned(image);
});

test('a start that fails leaves nothing', async () => {
  const image = await imageOf();
  await installation.plan({
    verb: 'VM.create',
    times: 1,
    containing: vmId,
    action: { kind: 'error', code: createError, message: 'Failed to create VM' },
  });
  const answer = await installation.rest.post(`/vms/${vmId}/start`, {});
  assert.equal(answer.status, 409, answer.text);
  await returned(image);
  assert.ok((await codes()).includes('70'));
});

for (const point of [
  { step: 'stateless', going: 'run', at: 'stored' },
  { step: 'return', going: 'run', at: 'stored' },
] as const)
  test(`kill -9 of the engine at ${point.step}, ${point.at}`, async () => {
    const { rest } = installation;
    const image = await imageOf();
    const starting = point.step === 'stateless';
    const start = () => rest.post(`/vms/${vmId}/start`, {});
    if (starting) await killAt(point, start);
    else expectStatus(await start(), 200);
    await installation.vmStatus(vmId, 'up');
    assert.notEqual(await imageOf(), image);
    const stop = () => rest.post(`/vms/${vmId}/stop`, {});
    if (starting) expectStatus(await stop(), 200);
    else await killAt(point, stop);
    await returned(image);
  });
