// Budget: 60 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Installation, eventually, expectStatus, gib, refused } from './installation.ts';
import { whole, type Json } from './rest-client.ts';

const mib = 1024 ** 2;
const cluster = 65_536;

let installation: Installation;
let caPem: string;
let vmId: string;
let diskId: string;
let rawDiskId: string;

before(async () => {
  installation = await Installation.start();
  await installation.addStorage();
  caPem = await readFile(join(installation.folder, 'pki/ca.pem'), 'utf8');
});
after(() => installation.stop());

/** A request to a host's image server. */
const image = (
  url: string,
  place = '',
  method = 'GET',
  headers: Record<string, string> = {},
  body?: Buffer,
): Promise<{ status: number; body: Buffer }> =>
  new Promise((resolve, reject) => {
    const sent = request(
      `${url}${place}`,
      { method, ca: caPem, agent: false, headers: { ...headers, ...(body ? { 'content-length': String(body.length) } : {}) } },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });

async function addDisk(name: string, change: Json): Promise<string> {
  const attachment = expectStatus(
    await installation.rest.post(
      `/vms/${vmId}/diskattachments`,
      {
        interface: 'virtio_scsi',
        active: true,
        disk: { name, provisioned_size: gib, sparse: true, storage_domains: { storage_domain: [{ name: 'data' }] }, ...change },
      },
      whole,
    ),
    201,
  );
  return attachment.id as string;
}

const backups = (): string => `/vms/${vmId}/backups`;
const checkpoints = async (): Promise<Json[]> =>
  (expectStatus(await installation.rest.get(`/vms/${vmId}/checkpoints`), 200).checkpoint ?? []) as Json[];
const begin = async (body: Json = {}): Promise<Json> =>
  expectStatus(await installation.rest.post(backups(), { disks: { disk: [{ id: diskId }] }, ...body }), 202);
const phase = (id: string, wanted: string): Promise<Json> =>
  eventually(`backup ${id} is ${wanted}`, async () => {
    const found = expectStatus(await installation.rest.get(`${backups()}/${id}`), 200);
    if (found.phase === 'failed' && wanted !== 'failed')
      throw new Error(
        `the backup failed: ${JSON.stringify(await installation.rows('select description from audit_log order by id desc limit 3'))}`,
      );
    return found.phase === wanted ? found : undefined;
  });
const finalize = async (id: string): Promise<void> => {
  expectStatus(await installation.rest.post(`${backups()}/${id}/finalize`, {}), 200);
  await phase(id, 'succeeded');
};
const transferPhase = (id: string, wanted: string): Promise<Json> =>
  eventually(`transfer ${id} is ${wanted}`, async () => {
    const found = expectStatus(await installation.rest.get(`/imagetransfers/${id}`), 200);
    return found.phase === wanted ? found : undefined;
  });
const transfer = async (body: Json): Promise<Json> => {
  const made = expectStatus(await installation.rest.post('/imagetransfers', body), 201);
  return transferPhase(made.id as string, 'transferring');
};
const endTransfer = async (id: string): Promise<void> => {
  expectStatus(await installation.rest.post(`/imagetransfers/${id}/finalize`, {}), 200);
  await transferPhase(id, 'finished_success');
};
const diskStatus = async (id = diskId): Promise<string> => (await installation.rest.get(`/disks/${id}`)).body.status as string;
const volumeId = async (): Promise<string> => expectStatus(await installation.rest.get(`/disks/${diskId}`), 200).image_id as string;
const eventCodes = async (): Promise<string[]> =>
  (expectStatus(await installation.rest.get('/events?max=40'), 200).event as Json[]).map((event) => String(event.code));

/** Nothing is locked and no job is at work. */
async function quiet(): Promise<void> {
  await installation.quiet();
}

/** Reads what changed of the disk, and its content, by a transfer of a backup. */
async function changes(backupId: string): Promise<{ dirty: [number, number][]; content: Buffer }> {
  const moved = await transfer({ backup: { id: backupId }, disk: { id: diskId }, direction: 'download', format: 'raw' });
  assert.equal(moved.backup.id, backupId);
  const told = await image(moved.transfer_url as string, '/extents?context=dirty');
  const list = told.status === 404 ? [] : (JSON.parse(told.body.toString()) as { start: number; length: number; dirty: boolean }[]);
  const { body } = await image(moved.transfer_url as string, '', 'GET', { range: `bytes=0-${4 * cluster - 1}` });
  refused(await installation.rest.post(`${backups()}/${backupId}/finalize`, {}), 409, /transfer/i);
  await endTransfer(moved.id as string);
  return { dirty: list.filter((one) => one.dirty).map(({ start, length }) => [start, length]), content: body };
}

const content = (...patterns: number[]): Buffer => Buffer.concat(patterns.map((pattern) => Buffer.alloc(cluster, pattern)));
const cpts: string[] = [];

test('a VM that is down is backed up: bitmaps are begun, its disks are read, and it does not start meanwhile', async () => {
  const { rest } = installation;
  const vm = expectStatus(
    await rest.post('/vms', { name: 'kept', cluster: { name: 'Default' }, template: { name: 'Blank' }, memory: 64 * mib }),
    201,
  );
  vmId = vm.id as string;
  diskId = await addDisk('one', { format: 'cow' });
  rawDiskId = await addDisk('two', { format: 'raw' });
  assert.equal(expectStatus(await rest.put(`/disks/${diskId}`, { backup: 'incremental' }), 200).backup, 'incremental');
  refused(await rest.put(`/disks/${rawDiskId}`, { backup: 'incremental' }), 400, /backup/);
  await installation.writeVolume(await volumeId(), content(1, 2, 3, 4));

  refused(await rest.post(backups(), {}), 400, /disks/);
  refused(await rest.post(backups(), { disks: { disk: [{ id: diskId }, { id: diskId }] } }), 400, /twice/);
  refused(await rest.post(backups(), { disks: { disk: [{ id: diskId }] }, from_checkpoint_id: randomUUID() }), 400, /checkpoint/i);
  const made = await begin();
  assert.ok(['initializing', 'starting', 'ready'].includes(made.phase as string));
  const ready = await phase(made.id as string, 'ready');
  assert.ok(ready.to_checkpoint_id);
  cpts.push(ready.to_checkpoint_id as string);
  assert.equal(await diskStatus(), 'locked');
  refused(await rest.post(backups(), { disks: { disk: [{ id: rawDiskId }] } }), 409, /backup/i);
  refused(await rest.post(`/vms/${vmId}/start`, {}), 409, /locked/i);
  const disks = expectStatus(await rest.get(`${backups()}/${made.id}/disks`), 200).disk as Json[];
  assert.deepEqual(
    disks.map((disk) => [disk.id, disk.backup_mode]),
    [[diskId, 'full']],
  );
  assert.equal(expectStatus(await rest.get(`${backups()}/${made.id}/disks/${diskId}`), 200).backup_mode, 'full');
  refused(
    await rest.post('/imagetransfers', { backup: { id: made.id }, disk: { id: diskId }, direction: 'download', format: 'cow' }),
    400,
    /format/i,
  );
  assert.equal(
    (await rest.post('/imagetransfers', { backup: { id: made.id }, disk: { id: rawDiskId }, direction: 'download' })).status,
    404,
  );
  const { dirty, content: read } = await changes(made.id as string);
  assert.deepEqual(dirty, []);
  assert.ok(read.equals(content(1, 2, 3, 4)));
  assert.equal(await diskStatus(), 'locked', 'the transfer leaves the disk to the backup');
  await finalize(made.id as string);
  refused(await rest.post(`${backups()}/${made.id}/finalize`, {}), 409, /ready/i);
  const codes = await eventCodes();
  for (const code of ['10790', '10796', '10794', '10793']) assert.ok(codes.includes(code), code);
  assert.deepEqual(
    (await checkpoints()).map((one) => [one.id, one.state, one.parent_id]),
    [[cpts[0], 'created', undefined]],
  );
  const of = expectStatus(await rest.get(`/vms/${vmId}/checkpoints/${cpts[0]}/disks`), 200).disk as Json[];
  assert.deepEqual(
    of.map((disk) => disk.id),
    [diskId],
  );
  await quiet();
});

test('an incremental backup of a VM that is down tells what changed', async () => {
  await installation.writeVolume(await volumeId(), content(1, 9, 3, 4));
  const made = await begin({ from_checkpoint_id: cpts[0] });
  const ready = await phase(made.id as string, 'ready');
  assert.equal(ready.from_checkpoint_id, cpts[0]);
  cpts.push(ready.to_checkpoint_id as string);
  const { dirty, content: read } = await changes(made.id as string);
  assert.deepEqual(dirty, [[cluster, cluster]]);
  assert.ok(read.subarray(cluster, 2 * cluster).equals(content(9)));
  await finalize(made.id as string);
  refused(await installation.rest.post(backups(), { disks: { disk: [{ id: rawDiskId }] }, from_checkpoint_id: cpts[1] }), 400, /raw/i);
  await quiet();
});

test('a running VM is backed up: its host is told of the checkpoints that it does not know, and serves the disks', async () => {
  const { rest } = installation;
  expectStatus(await rest.post(`/vms/${vmId}/start`, {}), 200);
  await installation.vmStatus(vmId, 'up');
  await installation.writeVolume(await volumeId(), content(1, 9, 8, 4));
  const made = await begin({ from_checkpoint_id: cpts[1], disks: { disk: [{ id: diskId }, { id: rawDiskId }] } }).catch(() => undefined);
  assert.equal(made, undefined, 'a raw disk has no incremental backup');
  const backup = await begin({ from_checkpoint_id: cpts[1] });
  const ready = await phase(backup.id as string, 'ready');
  cpts.push(ready.to_checkpoint_id as string);
  await installation.writeVolume(await volumeId(), content(7, 7, 7, 7));
  const { dirty, content: read } = await changes(backup.id as string);
  assert.deepEqual(dirty, [[2 * cluster, cluster]]);
  assert.ok(read.equals(content(1, 9, 8, 4)), 'the disk as it was when the backup began');
  await finalize(backup.id as string);
  assert.deepEqual(
    (await checkpoints()).map((one) => [one.id, one.parent_id]),
    [
      [cpts[0], undefined],
      [cpts[1], cpts[0]],
      [cpts[2], cpts[1]],
    ],
  );
  const { calls } = await installation.look();
  assert.equal(calls['VM.redefine_checkpoints'], 1);
  const followed = expectStatus(await rest.get(`${backups()}?follow=disks`), 200).backup as Json[];
  assert.deepEqual(
    followed.map((one) => one.disks.disk[0].backup_mode),
    ['full', 'incremental', 'incremental'],
  );
  await quiet();
});

test('checkpoints go, of running VMs and of those that are down', async () => {
  const { rest } = installation;
  expectStatus(await rest.delete(`/vms/${vmId}/checkpoints/${cpts[1]}`), 200);
  assert.deepEqual(
    (await checkpoints()).map((one) => [one.id, one.parent_id]),
    [
      [cpts[0], undefined],
      [cpts[2], cpts[0]],
    ],
  );
  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
  expectStatus(await rest.delete(`/vms/${vmId}/checkpoints/${cpts[0]}`), 200);
  assert.equal((await rest.delete(`/vms/${vmId}/checkpoints/${cpts[0]}`)).status, 404);
  assert.ok((await eventCodes()).includes('10797'));
  await quiet();
});

test('a backup ends with its VM, and what the crash broke is told: the next backup has to be a full one', async () => {
  const { rest } = installation;
  expectStatus(await rest.post(`/vms/${vmId}/start`, {}), 200);
  await installation.vmStatus(vmId, 'up');
  const made = await begin({ from_checkpoint_id: cpts[2] });
  await phase(made.id as string, 'ready');
  const moved = await transfer({ backup: { id: made.id }, disk: { id: diskId }, direction: 'download' });
  await installation.crashVm(vmId);
  await eventually('the backup failed', async () => (await rest.get(`${backups()}/${made.id}`)).body.phase === 'failed');
  await transferPhase(moved.id as string, 'finished_failure');
  assert.equal(await diskStatus(), 'ok');
  assert.ok((await eventCodes()).includes('10814'));
  await quiet();

  await installation.vmStatus(vmId, 'down');
  expectStatus(await rest.post(`/vms/${vmId}/start`, {}), 200);
  await installation.vmStatus(vmId, 'up');
  const lost = await begin({ from_checkpoint_id: cpts[2] });
  await eventually('the backup failed', async () => (await rest.get(`${backups()}/${lost.id}`)).body.phase === 'failed');
  assert.ok((await eventCodes()).includes('10791'));
  assert.ok((await checkpoints()).every((one) => one.state === 'invalid'));
  refused(await rest.post(backups(), { disks: { disk: [{ id: diskId }] }, from_checkpoint_id: cpts[2] }), 400, /checkpoint/i);
  const full = await begin();
  const ready = await phase(full.id as string, 'ready');
  await finalize(full.id as string);
  const next = await begin({ from_checkpoint_id: ready.to_checkpoint_id });
  await phase(next.id as string, 'ready');
  await finalize(next.id as string);
  for (const one of await checkpoints())
    if (one.state === 'invalid') expectStatus(await rest.delete(`/vms/${vmId}/checkpoints/${one.id}`), 200);
  await quiet();
});

test('what a host refuses fails the backup and leaves nothing locked; an engine that dies goes on', async () => {
  const { rest } = installation;
  await installation.plan({ verb: 'VM.start_backup', action: { kind: 'error', code: 1600, message: 'no room for scratch files' } });
  const failed = await begin();
  await eventually('the backup failed', async () => (await rest.get(`${backups()}/${failed.id}`)).body.phase === 'failed');
  assert.ok((await eventCodes()).includes('10792'));
  await quiet();

  // the host has begun it, says no, and does not let it be taken back
  const no = { kind: 'error', code: 1600, message: 'not now' } as const;
  await installation.plan({ verb: 'VM.start_backup', when: 'after', action: no });
  await installation.plan({ verb: 'VM.stop_backup', times: 4, action: no });
  const left = await begin();
  await eventually('the backup failed', async () => (await rest.get(`${backups()}/${left.id}`)).body.phase === 'failed');
  await quiet();
  await eventually(
    'what was left on the host is ended',
    async () => (await installation.rows('select 1 from vm_backup_disk where url is not null')).length === 0,
  );

  await installation.plan({ verb: 'VM.start_backup', when: 'after', action: { kind: 'restart', downMs: 50 } });
  const repeated = await begin();
  await phase(repeated.id as string, 'ready');
  await finalize(repeated.id as string);

  await installation.plan({ verb: 'VM.start_backup', when: 'after', action: { kind: 'delay', delayMs: 2_000 } });
  await installation.hostsUp();
  const cut = await begin();
  await eventually('the host is asked', async () => (await rest.get(`${backups()}/${cut.id}`)).body.phase === 'starting');
  await installation.engine.kill();
  await installation.startEngine();
  await phase(cut.id as string, 'ready');
  await finalize(cut.id as string);
  await quiet();
});

test('an image goes in another format, and whole although it stands on others', async () => {
  const { rest } = installation;
  await installation.hostsUp();
  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
  const disk = expectStatus(
    await rest.post(
      '/disks',
      { name: 'made', format: 'cow', provisioned_size: gib, storage_domains: { storage_domain: [{ name: 'data' }] } },
      whole,
    ),
    201,
  );
  const up = await transfer({ disk: { id: disk.id }, direction: 'upload', format: 'raw' });
  assert.equal(up.format, 'raw');
  const bytes = content(5, 6);
  assert.equal(
    (await image(up.transfer_url as string, '', 'PUT', { 'content-range': `bytes 0-${bytes.length - 1}/*` }, bytes)).status,
    200,
  );
  await endTransfer(up.id as string);
  const down = await transfer({ disk: { id: disk.id }, direction: 'download', format: 'raw' });
  assert.ok((await image(down.transfer_url as string, '', 'GET', { range: `bytes=0-${bytes.length - 1}` })).body.equals(bytes));
  await endTransfer(down.id as string);

  expectStatus(await rest.post(`/vms/${vmId}/snapshots`, { description: 'below' }, whole), 201);
  refused(await rest.post('/imagetransfers', { disk: { id: diskId }, direction: 'download', format: 'cow' }), 400, /shallow/);
  const complete = await transfer({ disk: { id: diskId }, direction: 'download' });
  assert.equal(complete.format, 'raw');
  assert.ok((await image(complete.transfer_url as string, '', 'GET', { range: 'bytes=0-9' })).body.equals(Buffer.alloc(10, 7)));
  await endTransfer(complete.id as string);
  const top = await transfer({ disk: { id: diskId }, direction: 'download', format: 'cow', shallow: true });
  assert.equal(top.format, 'cow');
  await endTransfer(top.id as string);
  const { calls } = await installation.look();
  assert.equal(calls['NBD.start_server'], calls['NBD.stop_server']);
  await quiet();
});

test('who may not, learns nothing', async () => {
  const stranger = await installation.addUser('stranger');
  assert.equal((await stranger.get(backups())).status, 404);
  assert.equal((await stranger.post(backups(), { disks: { disk: [{ id: diskId }] } })).status, 403);
  assert.equal((await stranger.get(`/vms/${vmId}/checkpoints`)).status, 404);
});
