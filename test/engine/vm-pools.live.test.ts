// Budget: 60 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, eventually, expectStatus, refused } from './installation.ts';
import { whole, type Json, type RestClient } from './rest-client.ts';

let installation: Installation;
let template: { id: string; diskId: string };
let poolId: string;
let ann: RestClient;
const noSpaceLeft = 1112;

before(async () => {
  installation = await Installation.start();
  await installation.addStorage();
  template = await installation.addTemplate('desktop');
});
after(() => installation.stop());

const members = async (): Promise<Json[]> =>
  (expectStatus(await installation.rest.get('/vms?search=pool%3Ddesk*+sortby+name'), 200).vm ?? []) as Json[];
const memberNames = async (): Promise<string[]> => (await members()).map((vm) => vm.name as string);
const pool = async (): Promise<Json> => expectStatus(await installation.rest.get(`/vmpools/${poolId}`), 200);
const codes = async (): Promise<string[]> =>
  (expectStatus(await installation.rest.get('/events?max=200'), 200).event as Json[]).map((event) => String(event.code));
const settled = (): Promise<unknown> =>
  eventually(
    'no job is at work',
    async () => (await installation.rows(`select 1 from saga where status in ('running', 'undoing')`)).length === 0,
  );
const idOf = async (kind: string): Promise<string> =>
  (expectStatus(await installation.rest.get(`/${kind}?search=name%3DDefault`), 200)[kind.slice(0, -1)] as Json[])[0].id as string;

test('a pool is made of VMs of a template, numbered by its name; some run for whom comes', async () => {
  const { rest } = installation;
  const body = {
    name: 'desk-??',
    cluster: { name: 'Default' },
    template: { name: 'desktop' },
    size: 3,
    max_user_vms: 1,
    prestarted_vms: 1,
    soundcard_enabled: true,
  };
  refused(await rest.post('/vmpools', { ...body, template: { name: 'Blank' } }), 409, /blank/i);
  refused(await rest.post('/vmpools', { ...body, prestarted_vms: 4 }), 409, /prestarted/i);
  refused(await rest.post('/vmpools', { ...body, size: 0 }), 400, /at least one VM/);
  refused(await rest.post('/vmpools', { ...body, size: 100_000 }), 400, /size/);
  refused(await rest.post('/vmpools', { ...body, max_user_vms: 0 }), 400, /max/i);
  refused(await rest.post('/vmpools', { ...body, name: 'a?b?' }), 400, /name/i);
  const made = expectStatus(await rest.post('/vmpools', body, whole), 201);
  poolId = made.id as string;
  assert.equal(made.size, '3');
  assert.equal(made.type, 'automatic');
  assert.deepEqual(await memberNames(), ['desk-01', 'desk-02', 'desk-03']);
  assert.equal((await members())[0]?.vm_pool.id, poolId);
  assert.equal((await members())[0]?.soundcard_enabled, 'true');
  refused(await rest.post('/vmpools', body), 409, /in use/);
  const found = expectStatus(await rest.get('/vmpools?search=name%3Ddesk*+and+assigned_vm_count%3D3'), 200).vm_pool as Json[];
  assert.deepEqual(
    found.map((one) => one.id),
    [poolId],
  );
  const followed = expectStatus(await rest.get(`/vmpools/${poolId}?follow=template,vm,permissions`), 200);
  assert.equal(followed.template.name, 'desktop');
  assert.equal(followed.vm.name, 'desk-01');
  await eventually('one VM runs', async () => (await members()).filter((vm) => vm.status === 'up').length === 1);
  await settled();
  assert.equal((await members()).filter((vm) => vm.status === 'down').length, 2);
  const seen = await codes();
  for (const code of ['302', '306', '537']) assert.ok(seen.includes(code), code);
});

test('a user takes a VM of the pool, and gives it back by shutting it down', async () => {
  ann = await installation.addUser('ann', [{ role: 'UserRole', type: 'vm_pool', id: poolId }]);
  const bob = await installation.addUser('bob', [{ role: 'UserRole', type: 'cluster', id: await idOf('clusters') }]);
  const nobody = await installation.addUser('nobody');
  assert.equal((await nobody.post(`/vmpools/${poolId}/allocatevm`, {})).status, 403);
  assert.deepEqual(
    (expectStatus(await ann.get('/vmpools'), 200).vm_pool as Json[]).map((one) => one.id),
    [poolId],
  );
  assert.deepEqual(expectStatus(await ann.get('/vms'), 200).vm ?? [], []);
  const taken = expectStatus(await ann.post(`/vmpools/${poolId}/allocatevm`, {}), 200).vm;
  assert.equal(taken.status, 'up', 'the VM ran already');
  assert.deepEqual(
    (expectStatus(await ann.get('/vms'), 200).vm as Json[]).map((vm) => vm.id),
    [taken.id],
  );
  refused(await ann.post(`/vmpools/${poolId}/allocatevm`, {}), 409, /as many VMs of this pool/);
  refused(await installation.rest.post(`/vms/${taken.id}/suspend`, {}), 409, /pool/i);
  refused(await installation.rest.delete(`/vms/${taken.id}`), 409, /pool/i);
  refused(await installation.rest.post(`/vms/${taken.id}/detach`, {}), 409, /leaves its pool/);
  const userId = expectStatus(await installation.rest.get(`/vms/${taken.id}/permissions?follow=user`), 200).permission as Json[];
  refused(
    await installation.rest.post(`/vms/${taken.id}/permissions`, { role: { name: 'UserRole' }, user: { id: userId[0]?.user.id } }),
    409,
    /pool/i,
  );
  await eventually('another VM runs for the next', async () => (await members()).filter((vm) => vm.status === 'up').length === 2);
  await settled();
  const second = expectStatus(await bob.post(`/vmpools/${poolId}/allocatevm`, {}), 200).vm;
  assert.notEqual(second.id, taken.id);
  await eventually('all VMs run', async () => (await members()).filter((vm) => vm.status === 'up').length === 3);
  await settled();
  expectStatus(await ann.post(`/vms/${taken.id}/stop`, {}), 200);
  assert.deepEqual(expectStatus(await ann.get('/vms'), 200).vm ?? [], [], "it is nobody's again");
  await installation.vmStatus(taken.id as string, 'down');
  expectStatus(await installation.rest.post(`/vms/${second.id}/stop`, {}), 200);
  await installation.vmStatus(second.id as string, 'down');
  await settled();
  const seen = await codes();
  for (const code of ['316', '318', '312']) assert.ok(seen.includes(code), code);
});

test('without a prestarted VM one is started; a start that fails gives nobody anything', async () => {
  const { rest } = installation;
  expectStatus(await rest.put(`/vmpools/${poolId}`, { prestarted_vms: 0 }), 200);
  const idle = (await members()).filter((vm) => vm.status === 'up');
  for (const vm of idle) expectStatus(await rest.post(`/vms/${vm.id}/stop`, {}), 200);
  for (const vm of idle) await installation.vmStatus(vm.id as string, 'down');
  await settled();
  await installation.plan({ verb: 'VM.create', times: 1, action: { kind: 'error', code: 9, message: 'Failed to create VM' } });
  refused(await ann.post(`/vmpools/${poolId}/allocatevm`, {}), 409, /create/i);
  await settled();
  assert.deepEqual(expectStatus(await ann.get('/vms'), 200).vm ?? [], []);
  const taken = expectStatus(await ann.post(`/vmpools/${poolId}/allocatevm`, {}), 200).vm;
  await installation.vmStatus(taken.id as string, 'up');
  expectStatus(await rest.post(`/vms/${taken.id}/stop`, {}), 200);
  await installation.vmStatus(taken.id as string, 'down');
  await settled();
  assert.ok((await codes()).includes('319'));
});

test('a pool grows by its size, shrinks by detaching, and keeps its kind', async () => {
  const { rest } = installation;
  refused(await rest.put(`/vmpools/${poolId}`, { size: 2 }), 400, /not made smaller/);
  refused(await rest.put(`/vmpools/${poolId}`, { type: 'manual' }), 400, /type/i);
  refused(await rest.put(`/vmpools/${poolId}`, { stateful: true }), 400, /stateful/i);
  const grown = expectStatus(await rest.put(`/vmpools/${poolId}`, { size: 4, description: 'for guests' }), 200);
  assert.equal(grown.size, '4');
  assert.equal(grown.description, 'for guests');
  assert.deepEqual(await memberNames(), ['desk-01', 'desk-02', 'desk-03', 'desk-04']);
  const last = (await members()).at(-1);
  expectStatus(await rest.post(`/vms/${last.id}/detach`, {}), 200);
  refused(await rest.post(`/vms/${last.id}/detach`, {}), 409, /belongs to no pool/);
  assert.equal((await pool()).size, '3');
  expectStatus(await rest.delete(`/vms/${last.id}`), 200);
  assert.ok((await codes()).includes('308') && (await codes()).includes('344'));

  // In another cluster of the data center only new VMs are made.
  const dataCenter = { id: (await rest.get('/datacenters')).body.data_center[0].id };
  const cpu = { architecture: 'x86_64', type: 'Intel Nehalem Family' };
  const other = expectStatus(await rest.post('/clusters', { name: 'other', cpu, data_center: dataCenter }), 201);
  const elsewhere = expectStatus(await rest.post('/datacenters', { name: 'elsewhere', local: false }), 201);
  const far = expectStatus(await rest.post('/clusters', { name: 'far', cpu, data_center: { id: elsewhere.id } }), 201);
  refused(await rest.put(`/vmpools/${poolId}`, { cluster: { id: far.id } }), 400, /another data center/);
  const moved = expectStatus(await rest.put(`/vmpools/${poolId}`, { cluster: { name: 'other' }, size: 4 }), 200);
  assert.equal(moved.cluster.id, other.id);
  const clusters = (await members()).map((vm) => vm.cluster.id);
  assert.deepEqual([clusters.length, clusters.filter((id) => id === other.id).length, clusters.at(-1)], [4, 1, other.id]);
  expectStatus(await rest.put(`/vmpools/${poolId}`, { cluster: { id: clusters[0] } }), 200);
  const odd = (await members()).at(-1);
  expectStatus(await rest.post(`/vms/${odd.id}/detach`, {}), 200);
  expectStatus(await rest.delete(`/vms/${odd.id}`), 200);
});

test('VMs of a pool that follows its template are made anew of the newest version', async () => {
  const { rest } = installation;
  const source = expectStatus(
    await rest.post('/vms', { name: 'next', cluster: { name: 'Default' }, template: { id: template.id }, memory: 128 * 1024 ** 2 }, whole),
    201,
  );
  const version = expectStatus(
    await rest.post(
      '/templates',
      { name: 'desktop', vm: { id: source.id }, version: { base_template: { id: template.id }, version_name: 'v2' } },
      whole,
    ),
    201,
  );
  const before = await members();
  expectStatus(await rest.put(`/vmpools/${poolId}`, { use_latest_template_version: true }), 200);
  const after = await eventually('all VMs are of the new version', async () => {
    const now = await members();
    return now.every((vm) => vm.template.id === version.id && vm.status === 'down') ? now : undefined;
  });
  await settled();
  assert.deepEqual(
    after.map((vm) => vm.id),
    before.map((vm) => vm.id),
  );
  assert.equal(after[0]?.memory, String(128 * 1024 ** 2));
  expectStatus(await rest.delete(`/vms/${source.id}`), 200);
});

test('a pool goes with its VMs, also with one that runs', async () => {
  const { rest } = installation;
  const taken = expectStatus(await ann.post(`/vmpools/${poolId}/allocatevm`, {}), 200).vm;
  await installation.vmStatus(taken.id as string, 'up');
  expectStatus(await rest.delete(`/vmpools/${poolId}`), 200);
  assert.equal((await rest.get(`/vmpools/${poolId}`)).status, 404);
  assert.deepEqual(await members(), []);
  await settled();
  assert.deepEqual(await installation.rows('select lock_group from object_lock'), []);
  assert.deepEqual(await installation.rows(`select 1 from permission where object_id = $1`, [poolId]), []);
  const images = await installation.rows('select id from image');
  assert.deepEqual((await installation.look()).volumes.map((one) => one.volumeId).sort(), images.map((one) => one.id as string).sort());
  assert.ok((await codes()).includes('321') && (await codes()).includes('304'));
});

test('a pool of which no VM can be made goes; too many failures in a row end it', async () => {
  const { rest } = installation;
  await installation.plan({ verb: 'Volume.create', times: 50, action: { kind: 'error', code: noSpaceLeft, message: 'No space left' } });
  const answer = await rest.post('/vmpools', { name: 'full', cluster: { name: 'Default' }, template: { id: template.id }, size: 4 }, whole);
  refused(answer, 409, /None of the VMs of the pool could be made: .*space/i);
  await settled();
  assert.deepEqual(expectStatus(await rest.get('/vmpools'), 200).vm_pool ?? [], []);
  assert.deepEqual(await installation.rows(`select name from vm where name like 'full%'`), []);
  assert.ok((await codes()).includes('303') && (await codes()).includes('358'));
});
