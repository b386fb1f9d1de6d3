// Budget: 60 s
/** VMs and templates as archives (OVA), with simulated hosts. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ProbePoint } from '@virgate/saga';
import { Installation, defaultClusterId, eventually, expectStatus, gib } from './installation.ts';
import { whole, type Json } from './rest-client.ts';

let installation: Installation;
let vm: string;
/** A VM that is up. */
let running: string;
let template: string;
let host: { id: string };
let place: Json;
let stoppedAt: ((point: ProbePoint) => void) | undefined;

before(async () => {
  installation = await Installation.start({ hosts: 1, engineProgram: join(import.meta.dirname, 'interruptible-engine.ts') });
  installation.onEngineTold = (message) => {
    const { stoppedAt: point } = message as { stoppedAt?: ProbePoint };
    if (point !== undefined) stoppedAt?.(point);
  };
  const { id } = await installation.addStorage();
  template = (await installation.addTemplate('source', { diskBytes: gib })).id;
  const { rest } = installation;
  vm = expectStatus(
    await rest.post(
      '/vms',
      { name: 'original', description: 'the <first> & only', cluster: { id: defaultClusterId }, template: { id: template } },
      whole,
    ),
    201,
  ).id as string;
  host = { id: installation.hosts[0]?.id ?? '' };
  place = { cluster: { id: defaultClusterId }, storage_domain: { id }, host };
});
after(() => installation?.stop());

const target = (filename: string) => ({ host, directory: '/srv/exports/', filename });

/** No lock is held, and storage has the volumes of the database. */
async function nothingLeft(): Promise<void> {
  await eventually('no job is at work', async () => (await installation.rows('select 1 from object_lock')).length === 0);
  const images = await installation.rows('select id from image');
  assert.deepEqual(
    (await installation.look()).volumes.map((volume) => volume.volumeId).toSorted(),
    images.map((image) => image.id as string).toSorted(),
  );
  assert.equal((await installation.rows("select 1 from disk where status <> 'ok'")).length, 0);
  assert.equal((await installation.rows("select 1 from vm_state where status = 'image_locked'")).length, 0);
}

const eventCodes = async (): Promise<number[]> =>
  ((await installation.rest.get('/events?max=200')).body.event as Json[]).map((event) => Number(event.code));

test('a VM is exported, and imported as another one', async () => {
  const { rest } = installation;
  assert.equal(expectStatus(await rest.post(`/vms/${vm}/export`, target('vm.ova')), 200).status, 'complete');
  assert.equal((await rest.get(`/vms/${vm}`)).body.status, 'down');
  await nothingLeft();
  const again = await rest.post(`/vms/${vm}/export`, target('vm.ova'));
  assert.match(again.text, /There is a file .*vm\.ova already/);
  await nothingLeft();

  const request = { ...place, provider: 'vmware', name: 'imported', url: 'ova:///srv/exports/vm.ova' };
  const made = expectStatus(await rest.post('/externalvmimports', request), 201);
  const id = made.vm.id as string;
  assert.notEqual(id, vm);
  const imported = expectStatus(await rest.get(`/vms/${id}?follow=disk_attachments.disk,nics`), 200);
  assert.deepEqual([imported.name, imported.status, imported.description], ['imported', 'down', 'the <first> & only']);
  const [attachment] = imported.disk_attachments.disk_attachment as Json[];
  assert.equal(attachment?.disk.provisioned_size, String(gib));
  assert.equal(attachment?.disk.status, 'ok');
  assert.equal(attachment?.bootable, 'true');
  await nothingLeft();
  assert.match((await rest.post('/externalvmimports', request)).text, /NAME_EXISTS|exists|already/i);
  assert.match(
    (await rest.post('/externalvmimports', { ...request, name: 'none', url: 'ova:///srv/exports/none.ova' })).text,
    /can't be opened/,
  );
  assert.match((await rest.post('/externaltemplateimports', { ...place, url: 'ova:///srv/exports/vm.ova' })).text, /has a VM, no template/);
  expectStatus(await rest.post(`/vms/${id}/start`, {}), 200);
  await installation.vmStatus(id, 'up');
  running = id;
  const codes = await eventCodes();
  for (const code of [1223, 1224, 1225, 1165, 1152]) assert.ok(codes.includes(code), `event ${code}`);
});

/** The VM that is up has run all the time, and writes to its only volume again; no snapshot is left. */
async function runsAsBefore(): Promise<void> {
  assert.equal((await installation.rest.get(`/vms/${running}`)).body.status, 'up');
  assert.equal((await installation.look()).launches[running], 1);
  const images = await installation.rows(
    'select i.id, i.active, i.parent_id from image i join disk_attachment a on a.disk_id = i.disk_id where a.vm_id = $1',
    [running],
  );
  assert.deepEqual(
    images.map(({ active, parent_id }) => [active, parent_id]),
    [[true, null]],
  );
  const [, written] = /\/images\/[0-9a-f-]+\/([0-9a-f-]+)/.exec((await installation.domainOf(running)) ?? '') ?? [];
  assert.equal(written, images[0]?.id, 'the domain writes to the volume of the database');
  assert.equal((await installation.rows("select 1 from snapshot where vm_id = $1 and type <> 'active'", [running])).length, 0);
}

test('a VM that runs is exported, and runs on without a snapshot', async () => {
  const { rest } = installation;
  assert.equal(expectStatus(await rest.post(`/vms/${running}/export`, target('up.ova')), 200).status, 'complete');
  await nothingLeft();
  await runsAsBefore();
  const request = { ...place, provider: 'vmware', name: 'of running', url: 'ova:///srv/exports/up.ova' };
  const id = expectStatus(await rest.post('/externalvmimports', request), 201).vm.id as string;
  const imported = expectStatus(await rest.get(`/vms/${id}?follow=disk_attachments.disk,snapshots`), 200);
  assert.equal(imported.status, 'down');
  assert.deepEqual(
    (imported.snapshots.snapshot as Json[]).map((one) => one.snapshot_type),
    ['active'],
  );
  expectStatus(await rest.delete(`/vms/${id}`), 200);

  await installation.plan({ verb: 'Virgate.packArchive', when: 'before', action: { kind: 'error', code: 261, message: 'broken' } });
  assert.match((await rest.post(`/vms/${running}/export`, target('broken.ova'))).text, /broken/);
  await nothingLeft();
  await runsAsBefore();

  const shared = {
    name: 'shared',
    provisioned_size: gib,
    format: 'raw',
    shareable: true,
    storage_domains: { storage_domain: [place.storage_domain] },
  };
  const attached = expectStatus(
    await rest.post(`/vms/${running}/diskattachments`, { interface: 'virtio', active: false, disk: shared }, whole),
    201,
  );
  assert.match((await rest.post(`/vms/${running}/export`, target('shared.ova'))).text, /SHAREABLE|shareable|shared/);
  expectStatus(await rest.delete(`/vms/${running}/diskattachments/${attached.id}?detach_only=true`), 200);
  await nothingLeft();
  await runsAsBefore();
});

test('a template is exported, and VMs are made of the imported one', async () => {
  const { rest } = installation;
  expectStatus(await rest.post(`/templates/${template}/export`, target('template.ova')), 200);
  const request = { ...place, url: 'ova:///srv/exports/template.ova' };
  const made = expectStatus(await rest.post('/externaltemplateimports', request), 201);
  assert.equal(made.template.name, 'template');
  const id = made.template.id as string;
  assert.equal((await rest.get(`/templates/${id}`)).body.status, 'ok');
  const thin = await rest.post('/vms', { name: 'thin', cluster: { id: defaultClusterId }, template: { id } }, whole);
  expectStatus(thin, 201);
  await nothingLeft();
  assert.match((await rest.post('/externalvmimports', { ...request, provider: 'kvm', name: 'x' })).text, /has a template, no VM/);
  const codes = await eventCodes();
  for (const code of [1226, 1227, 1163, 1158]) assert.ok(codes.includes(code), `event ${code}`);
});

test('a VM of another manager is imported, as it is or converted', async () => {
  const { rest } = installation;
  const login = { username: 'root', password: 'never shown' };
  const request = {
    ...place,
    ...login,
    name: 'foreign',
    provider: 'kvm',
    url: 'qemu+tcp://kvm.example/system',
    vm: { name: 'of libvirt' },
  };
  const made = expectStatus(await rest.post('/externalvmimports', request), 201);
  assert.doesNotMatch(JSON.stringify(made), /never shown/);
  const shape = async (id: string): Promise<unknown> => {
    const vm = expectStatus(await rest.get(`/vms/${id}?follow=disk_attachments.disk,nics`), 200);
    const disks = (vm.disk_attachments.disk_attachment as Json[]).map(({ interface: model, bootable, disk }) => [
      model,
      bootable,
      disk.format,
      Number(disk.provisioned_size) / gib,
      disk.status,
    ]);
    const nics = (vm.nics.nic as Json[]).map((nic) => [nic.interface, nic.vnic_profile?.id !== undefined]);
    return [
      vm.status,
      Number(vm.memory) / gib,
      vm.cpu.topology.sockets,
      disks.toSorted((one, other) => Number(other[3]) - Number(one[3])),
      nics,
    ];
  };
  assert.deepEqual(await shape(made.vm.id as string), [
    'down',
    2,
    '2',
    [
      ['virtio', 'false', 'raw', 2, 'ok'],
      ['virtio_scsi', 'true', 'cow', 1, 'ok'],
    ],
    [['e1000', true]],
  ]);
  expectStatus(await rest.post(`/vms/${made.vm.id}/start`, {}), 200);
  await installation.vmStatus(made.vm.id as string, 'up');
  const converted = { ...request, provider: 'vmware', url: 'vpx://root@vc.example/dc/esx?no_verify=1', vm: { name: 'of vmware' } };
  const { vm: second } = expectStatus(await rest.post('/externalvmimports', converted), 201);
  assert.deepEqual(await shape(second.id as string), [
    'down',
    2,
    '2',
    [
      ['sata', 'false', 'cow', 2, 'ok'],
      ['sata', 'true', 'cow', 1, 'ok'],
    ],
    [['rtl8139', true]],
  ]);
  await nothingLeft();

  assert.match((await rest.post('/externalvmimports', { ...request, name: 'nobody', vm: { name: 'x' } })).text, /no VM of that name/);
  assert.equal((await rest.post('/externalvmimports', { ...request, name: 'busy', vm: { name: 'x' } })).status, 409);
  assert.match((await rest.post('/externalvmimports', { ...request, password: 'wrong', vm: { name: 'x' } })).text, /authentication failed/);
  await installation.plan({
    verb: 'Host.convertExternalVm',
    when: 'before',
    action: { kind: 'error', code: 100, message: 'no such program' },
  });
  await rest.post('/externalvmimports', { ...converted, vm: { name: 'x' } });
  await nothingLeft();
  assert.equal((await rest.get('/vms?search=name%3Dx')).body.vm, undefined);
  const [event] = (await rest.get('/events?max=1&search=type%3D1153')).body.event as Json[];
  assert.match(String(event?.description), /no such program/);
  const kept = JSON.stringify([
    await installation.rows('select params, state from saga'),
    await installation.rows('select * from audit_log'),
  ]);
  assert.doesNotMatch(kept, /never shown/);
  assert.doesNotMatch(await installation.engineLog(), /never shown/);
});

test('what fails leaves nothing', async () => {
  const { rest } = installation;
  const fail = (verb: string) => installation.plan({ verb, when: 'before', action: { kind: 'error', code: 261, message: 'broken' } });
  await fail('Virgate.packArchive');
  const failed = await rest.post(`/vms/${vm}/export`, target('failed.ova'));
  assert.match(failed.text, /broken/);
  await nothingLeft();
  await fail('Virgate.unpackArchive');
  const request = { ...place, provider: 'vmware', name: 'gone', url: 'ova:///srv/exports/vm.ova' };
  const answer = await rest.post('/externalvmimports', request);
  await nothingLeft();
  assert.equal((await rest.get('/vms?search=name%3Dgone')).body.vm, undefined, answer.text);
  assert.match((await rest.post('/externalvmimports', { ...request, url: 'ova:///srv/exports/none.ova' })).text, /can't be opened/);
  await nothingLeft();
  const viewer = await installation.addUser('viewer', [
    { role: 'ReadOnlyAdmin', type: 'system', id: 'aaa00000-0000-0000-0000-123456789aaa' },
  ]);
  assert.equal((await viewer.post(`/vms/${vm}/export`, target('mine.ova'))).status, 403);
  assert.equal((await viewer.post('/externalvmimports', { ...request, name: 'mine' })).status, 403);
});

/** Where the engine is killed: the host has done the step, and nobody has noted it. The steps of snapshots are killed in `live-crash`. */
const crashes: readonly { job: 'export' | 'live export' | 'import'; step: string; at: ProbePoint['at']; going?: 'undo' }[] = [
  { job: 'export', step: 'pack', at: 'ran' },
  { job: 'export', step: 'pack', at: 'ran', going: 'undo' },
  { job: 'live export', step: 'pack', at: 'ran' },
  { job: 'live export', step: 'pack', at: 'ran', going: 'undo' },
  { job: 'live export', step: 'passing-back', at: 'tx', going: 'undo' },
  { job: 'import', step: 'disk-0-unpack', at: 'ran' },
  { job: 'import', step: 'disk-0', at: 'ran', going: 'undo' },
];

test('an engine that is killed ends the job when it is back, whole or with nothing left', async () => {
  for (const [index, { job, step, at, going = 'run' }] of crashes.entries()) {
    const { rest } = installation;
    const name = `crash-${index}`;
    const exported = job === 'export' ? vm : running;
    const verb = job === 'import' ? 'Virgate.unpackArchive' : 'Virgate.packArchive';
    if (going === 'undo') await installation.plan({ verb, when: 'before', action: { kind: 'error', code: 261, message: 'broken' } });
    const reached = new Promise<ProbePoint>((resolve) => {
      stoppedAt = resolve;
    });
    await installation.engine.ask({ kind: 'stop-at', point: { step, going, at } });
    const asked =
      job !== 'import'
        ? rest.post(`/vms/${exported}/export`, { ...target(`${name}.ova`), async: true })
        : rest.post('/externalvmimports?async=true', { ...place, provider: 'vmware', name, url: 'ova:///srv/exports/vm.ova' });
    void asked.catch(() => undefined);
    const { sagaId } = await reached;
    await installation.engine.kill();
    await installation.startEngine();
    const status = await eventually('the job ends', async () => {
      const [row] = await installation.rows('select status from saga where id = $1', [sagaId]);
      return ['succeeded', 'failed', 'aborted'].includes(String(row?.status)) ? String(row?.status) : undefined;
    });
    assert.equal(status === 'succeeded', going === 'run', `${job} ${step} ${at}: ${status}`);
    await nothingLeft();
    const there =
      job !== 'import'
        ? (await rest.post(`/vms/${exported}/export`, target(`${name}.ova`))).text.includes('already')
        : ((await rest.get(`/vms?search=name%3D${name}`)).body.vm ?? []).length === 1;
    assert.equal(there, going === 'run', `${job} ${step} ${at}: what came of it`);
    await nothingLeft();
    await runsAsBefore();
  }
});
