// Budget: 60 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeCertificateRequest } from './certificate-request.ts';
import { Installation, defaultDataCenterId, eventually, expectStatus, gib } from './installation.ts';
import { whole, type Answer, type Json } from './rest-client.ts';

let installation: Installation;
let template: { id: string; diskId: string };
const mib = 1024 ** 2;

before(async () => {
  installation = await Installation.start();
});
after(() => installation.stop());

async function refused(answer: Answer, status: number, text: RegExp): Promise<void> {
  assert.equal(answer.status, status, answer.text);
  assert.match(String((answer.body.fault ?? answer.body).detail ?? answer.body.message), text);
}

/** All that a failed or finished operation must not leave: locks, live jobs, disks in between, volumes without a disk. */
async function nothingLeft(): Promise<void> {
  await eventually(
    'no job is at work',
    async () => (await installation.rows(`select 1 from saga where status in ('running', 'undoing')`)).length === 0,
  );
  assert.deepEqual(await installation.rows('select lock_group, object_id from object_lock'), [], 'no lock is held');
  assert.deepEqual(await installation.rows(`select name, status from disk where status <> 'ok'`), [], 'no disk is in between');
  const images = await installation.rows('select id from image');
  const { volumes } = await installation.look();
  assert.deepEqual(
    volumes.map((volume) => volume.volumeId).sort(),
    images.map((image) => image.id as string).sort(),
    'storage has exactly the volumes of the disks',
  );
}

async function addVm(name: string, options: { clone?: boolean; memory?: number } = {}): Promise<Json> {
  const body = {
    name,
    cluster: { name: 'Default' },
    template: { id: template.id },
    ...(options.memory === undefined ? {} : { memory: options.memory }),
  };
  return expectStatus(await installation.rest.post(`/vms${options.clone ? '?clone=true' : ''}`, body, whole), 201);
}

test('a host that joined is up', async () => {
  const host = expectStatus(await installation.rest.get(`/hosts/${installation.hosts[0]?.id}`), 200);
  assert.equal(host.status, 'up');
  assert.equal(host.cpu.topology.cores !== undefined, true);
});

test('an attached storage domain brings the data center up', async () => {
  assert.equal(expectStatus(await installation.rest.get(`/datacenters/${defaultDataCenterId}`), 200).status, 'uninitialized');
  const { id } = await installation.addStorage();
  assert.equal(expectStatus(await installation.rest.get(`/datacenters/${defaultDataCenterId}`), 200).status, 'up');
  const domain = expectStatus(await installation.rest.get(`/datacenters/${defaultDataCenterId}/storagedomains/${id}`), 200);
  assert.equal(domain.status, 'active');
  assert.equal(domain.master, 'true');
});

test('a template is made of a VM with a disk', async () => {
  template = await installation.addTemplate();
  const found = expectStatus(await installation.rest.get(`/templates/${template.id}`), 200);
  assert.equal(found.status, 'ok');
  await nothingLeft();
});

test('a thin VM starts, runs, stops and is removed with its disk', async () => {
  const { rest } = installation;
  const vm = await addVm('thin');
  assert.equal(vm.status, 'down');
  const [attachment] = expectStatus(await rest.get(`/vms/${vm.id}/diskattachments`), 200).disk_attachment as Json[];
  const disk = expectStatus(await rest.get(`/disks/${attachment.disk.id}`), 200);
  assert.equal(disk.status, 'ok');

  const action = expectStatus(await rest.post(`/vms/${vm.id}/start`, {}), 200);
  assert.equal(action.status, 'complete');
  const up = await installation.vmStatus(vm.id, 'up');
  assert.equal(up.host.id, installation.hosts[0]?.id);
  const { createCalls, launches, vms } = await installation.look();
  assert.equal(createCalls[vm.id], 1);
  assert.equal(launches[vm.id], 1);
  assert.equal(vms.filter((one) => one.running).length, 1);

  await refused(await rest.post(`/vms/${vm.id}/start`, {}), 409, /Cannot run VM\. VM is running/);
  await refused(await rest.delete(`/vms/${vm.id}`), 409, /Cannot remove VM\. VM is running/);
  assert.equal((await installation.look()).createCalls[vm.id], 1, 'a refused start asks no host');

  expectStatus(await rest.post(`/vms/${vm.id}/stop`, {}), 200);
  await installation.vmStatus(vm.id, 'down');
  await refused(await rest.post(`/vms/${vm.id}/stop`, {}), 409, /not running/);
  expectStatus(await rest.delete(`/vms/${vm.id}`), 200);
  assert.equal((await rest.get(`/vms/${vm.id}`)).status, 404);
  assert.equal((await rest.get(`/disks/${disk.id}`)).status, 404);
  assert.deepEqual((await installation.look()).vms, []);
  await nothingLeft();
});

test('a clone has a disk of its own', async () => {
  const { rest } = installation;
  const vm = await addVm('clone', { clone: true });
  const rows = await installation.rows(
    'select i.parent_id from image i join disk_attachment a on a.disk_id = i.disk_id where a.vm_id = $1',
    [vm.id],
  );
  assert.deepEqual(rows, [{ parent_id: null }]);
  expectStatus(await rest.post(`/vms/${vm.id}/start`, {}), 200);
  await installation.vmStatus(vm.id, 'up');
  expectStatus(await rest.post(`/vms/${vm.id}/shutdown`, {}), 200);
  await installation.vmStatus(vm.id, 'down');
  expectStatus(await rest.delete(`/vms/${vm.id}`), 200);
  await nothingLeft();
});

test('reboot, reset, pause for suspension and resume are single calls to the host', async () => {
  const { rest } = installation;
  const vm = await addVm('power');
  expectStatus(await rest.post(`/vms/${vm.id}/start`, {}), 200);
  await installation.vmStatus(vm.id, 'up');
  expectStatus(await rest.post(`/vms/${vm.id}/reboot`, {}), 200);
  await installation.vmStatus(vm.id, 'up');
  expectStatus(await rest.post(`/vms/${vm.id}/reset`, {}), 200);
  await installation.vmStatus(vm.id, 'up');
  expectStatus(await rest.post(`/vms/${vm.id}/suspend`, {}), 200, 202);
  await installation.vmStatus(vm.id, 'suspended');
  expectStatus(await rest.post(`/vms/${vm.id}/start`, {}), 200);
  await installation.vmStatus(vm.id, 'up');
  expectStatus(await rest.post(`/vms/${vm.id}/stop`, {}), 200);
  expectStatus(await rest.delete(`/vms/${vm.id}`), 200);
  await nothingLeft();
});

test('two starts at once run one VM; the second is refused', async () => {
  const { rest } = installation;
  const vm = await addVm('twice');
  const answers = await Promise.all([rest.post(`/vms/${vm.id}/start`, {}), rest.post(`/vms/${vm.id}/start`, {})]);
  assert.deepEqual(
    answers.map((answer) => answer.status).sort((a, b) => a - b),
    [200, 409],
  );
  await installation.vmStatus(vm.id, 'up');
  await refused(await rest.post(`/vms/${vm.id}/start`, {}), 409, /VM is running/);
  await refused(await rest.delete(`/vms/${vm.id}`), 409, /VM is running/);
  assert.equal((await installation.look()).launches[vm.id], 1);
  assert.equal((await rest.get(`/vms/${vm.id}`)).body.status, 'up');
  expectStatus(await rest.post(`/vms/${vm.id}/stop`, {}), 200);
  expectStatus(await rest.delete(`/vms/${vm.id}`), 200);
  await nothingLeft();
});

test('a disk larger than the storage is refused before anything is made', async () => {
  const body = {
    name: 'huge',
    provisioned_size: 4096 * gib,
    format: 'raw',
    sparse: false,
    storage_domains: { storage_domain: [{ name: 'data' }] },
  };
  await refused(await installation.rest.post('/disks', body, whole), 409, /Low disk space on storage domain data/);
  await nothingLeft();
});

test('storage that fills up while a VM is made takes the VM back', async () => {
  await installation.plan({ verb: 'Volume.create', action: { kind: 'error', code: 397, message: 'No space left on the storage domain' } });
  const body = { name: 'no-room', cluster: { name: 'Default' }, template: { id: template.id } };
  await refused(await installation.rest.post('/vms', body, whole), 409, /Low disk space/i);
  assert.equal(expectStatus(await installation.rest.get('/vms?search=name%3Dno-room'), 200).vm, undefined);
  assert.deepEqual(await installation.rows(`select id from vm where name = 'no-room'`), []);
  await nothingLeft();
});

test('a host without room for the VM is named with its reason', async () => {
  const vm = await addVm('giant', { memory: 512 * gib });
  await refused(await installation.rest.post(`/vms/${vm.id}/start`, {}), 409, /sim-1.*memory/is);
  assert.equal((await installation.look()).createCalls[vm.id], undefined);
  expectStatus(await installation.rest.delete(`/vms/${vm.id}`), 200);
  await nothingLeft();
});

test('a host that refuses the VM leaves it down', async () => {
  const vm = await addVm('refused');
  await installation.plan({ verb: 'VM.create', action: { kind: 'error', code: 10, message: 'the host will not' } });
  const answer = await installation.rest.post(`/vms/${vm.id}/start`, {});
  assert.equal(answer.status, 409, answer.text);
  await installation.vmStatus(vm.id, 'down');
  assert.deepEqual((await installation.look()).vms, []);
  expectStatus(await installation.rest.delete(`/vms/${vm.id}`), 200);
  await nothingLeft();
});

test('an answer that is lost on its way starts no second VM', async () => {
  const vm = await addVm('lost-answer');
  await installation.plan({ verb: 'VM.create', when: 'after', action: { kind: 'drop' }, containing: vm.id });
  await installation.rest.post(`/vms/${vm.id}/start`, {});
  await eventually(
    'the job ends',
    async () => (await installation.rows(`select 1 from object_lock where object_id = $1`, [vm.id])).length === 0,
  );
  await installation.hostsUp();
  const { status } = expectStatus(await installation.rest.get(`/vms/${vm.id}`), 200);
  const { vms, launches } = await installation.look();
  const running = vms.filter((one) => one.vmId === vm.id && one.running).length;
  assert.equal((launches[vm.id] ?? 0) <= 1, true, 'QEMU was started once at most');
  assert.equal(running, status === 'down' ? 0 : 1, `the engine says ${status}, ${running} run`);
  if (status !== 'down') expectStatus(await installation.rest.post(`/vms/${vm.id}/stop`, {}), 200);
  await installation.vmStatus(vm.id, 'down');
  expectStatus(await installation.rest.delete(`/vms/${vm.id}`), 200);
  await nothingLeft();
});

test('a template whose disk is missing makes no VM', async () => {
  const broken = await installation.addTemplate('broken');
  const [image] = await installation.rows('select id from image where disk_id = $1', [broken.diskId]);
  await installation.forgetVolume(image.id as string);
  for (const clone of [false, true]) {
    const answer = await installation.rest.post(
      `/vms${clone ? '?clone=true' : ''}`,
      { name: `of-broken-${clone}`, cluster: { name: 'Default' }, template: { id: broken.id } },
      whole,
    );
    assert.equal(answer.status, 409, answer.text);
    assert.match(answer.text, /Volume does not exist|image/i);
  }
  assert.deepEqual(await installation.rows(`select name from vm where name like 'of-broken%'`), []);
  await installation.rest.delete(`/templates/${broken.id}`);
  await eventually('the template is gone', async () => (await installation.rest.get(`/templates/${broken.id}`)).status === 404);
  await nothingLeft();
});

test('a host with a wrong, used or missing token is not taken in', async () => {
  const { rest } = installation;
  const nobody = rest.as(null);
  const { requestPem } = await makeCertificateRequest('intruder');
  const request = { name: 'intruder', address: '127.0.1.99', port: 54321, uuid: 'ffffffff-0000-4000-8000-000000000001', csr: requestPem };
  for (const token of ['wrong', '', undefined]) {
    const answer = await nobody.post('/virgate/api/host-enrolments', { ...request, token });
    assert.equal(answer.status, token === undefined ? 400 : 403, answer.text);
    assert.match(answer.text, token === undefined ? /"incomplete".*"field":"token"/ : /invalid_token/);
  }
  const { token } = expectStatus(await rest.post('/virgate/api/host-enrolment-tokens', {}), 201);
  const enrolment = expectStatus(await nobody.post('/virgate/api/host-enrolments', { ...request, token }), 201);
  assert.match(
    (await nobody.post('/virgate/api/host-enrolments', { ...request, name: 'second', address: '127.0.1.98', token })).text,
    /used_token/,
  );
  assert.equal((await nobody.get(`/virgate/api/host-enrolments/${enrolment.id}`, { authorization: 'Bearer wrong' })).status, 403);
  const waiting = expectStatus(await nobody.get(`/virgate/api/host-enrolments/${enrolment.id}`, { authorization: `Bearer ${token}` }), 200);
  assert.equal(waiting.certificate, undefined, 'no certificate before approval');
  expectStatus(await rest.delete(`/hosts/${enrolment.host}`), 200);
  assert.equal((expectStatus(await rest.get('/hosts'), 200).host as Json[]).length, 1);
});

test('nobody but a user with the permit may create, start or remove a VM', async () => {
  const vm = await addVm('guarded', { memory: 64 * mib });
  const stranger = await installation.addUser('stranger');
  assert.equal((await stranger.post('/vms', { name: 'theirs', cluster: { name: 'Default' }, template: { name: 'Blank' } })).status, 403);
  assert.equal((await stranger.get(`/vms/${vm.id}`)).status, 404);
  for (const answer of [await stranger.post(`/vms/${vm.id}/start`, {}), await stranger.delete(`/vms/${vm.id}`)])
    assert.equal([403, 404].includes(answer.status), true, answer.text);
  expectStatus(await installation.rest.delete(`/vms/${vm.id}`), 200);
  await nothingLeft();
});
