// Budget: 150 s
// Needs: root, hypervisor, virsh, guestImage
/** A real guest is uploaded, booted, backed up whole and by what changed, and restored: byte for byte, through plain HTTPS. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { VirtualSwitch, buildGuestImage } from '@virgate/lab';
import type { GuestImage } from '@virgate/lab';
import { connect } from '@virgate/libvirt';
import type { LibvirtConnection } from '@virgate/libvirt';
import { Installation, eventually, expectStatus, refused } from './installation.ts';
import { JoiningHost } from './joining-host.ts';
import { addSharedDomain, enrol, shellInGuest } from './real-guest.ts';
import { whole, type Json } from './rest-client.ts';

const bootTimeoutMs = 120_000;
const mib = 1024 ** 2;

let network: VirtualSwitch;
let installation: Installation;
let machine: JoiningHost;
let libvirt: LibvirtConnection;
let guest: GuestImage;
let sizeBytes: number;
let connections: Agent;
let vmId: string;
let diskId: string;

before(async () => {
  network = await VirtualSwitch.start();
  installation = await Installation.start({ hosts: 0, address: network.address });
  await installation.bearLoad();
  machine = await JoiningHost.start({ name: 'kept', number: 1, folder: join(installation.folder, 'hosts'), network });
  const hostId = await enrol(installation, machine);
  for (const name of ['data', 'other']) await addSharedDomain(installation, hostId, name);
  guest = await buildGuestImage({ outDir: join(installation.folder, 'guest'), cacheDir: '/var/tmp/virgate-packages' });
  sizeBytes = guest.virtualSizeBytes;
  connections = new Agent({ ca: await readFile(join(installation.folder, 'pki/ca.pem'), 'utf8'), keepAlive: true });
  libvirt = await connect({ socketPath: machine.host.libvirtSocket, uri: 'qemu:///system', callTimeoutMs: 60_000 });
});
after(async () => {
  connections?.destroy();
  libvirt?.destroy();
  await machine?.host.powerOff();
  await installation?.stop();
  await network?.stop();
});

/** A request to the host's image server; anything but success is an error. */
const image = (url: string, place = '', method = 'GET', headers: Record<string, string> = {}, body?: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const sent = request(
      `${url}${place}`,
      { method, agent: connections, headers: { ...headers, ...(body ? { 'content-length': String(body.length) } : {}) } },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const found = Buffer.concat(parts);
          if ((response.statusCode ?? 500) < 300) resolve(found);
          else reject(new Error(`${method} ${place}: ${response.statusCode} ${found.toString().slice(0, 500)}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });

interface Extent {
  start: number;
  length: number;
  zero: boolean;
  dirty?: boolean;
}
const extents = async (url: string, context: string): Promise<Extent[]> =>
  JSON.parse((await image(url, `/extents?context=${context}`)).toString()) as Extent[];
const range = (start: number, length: number): Record<string, string> => ({ range: `bytes=${start}-${start + length - 1}` });
const place = (start: number, length: number): Record<string, string> => ({ 'content-range': `bytes ${start}-${start + length - 1}/*` });

/** Opens a transfer, works with its address, and finalizes it. */
async function transfer<T>(body: Json, work: (url: string) => Promise<T>): Promise<T> {
  const { rest } = installation;
  const { id } = expectStatus(await rest.post('/imagetransfers', body), 201);
  const until = (wanted: string): Promise<Json> =>
    eventually(`transfer is ${wanted}`, async () => {
      const found = expectStatus(await rest.get(`/imagetransfers/${id}`), 200);
      if (String(found.phase).startsWith('finished') && found.phase !== wanted)
        throw new Error(`the transfer is ${String(found.phase)}: ${await machine.log()}`);
      return found.phase === wanted ? found : undefined;
    });
  const result = await work((await until('transferring')).transfer_url as string);
  expectStatus(await rest.post(`/imagetransfers/${id}/finalize`, {}), 200);
  await until('finished_success');
  return result;
}

const addDisk = async (name: string): Promise<string> => {
  const disk = {
    name,
    format: 'cow',
    backup: 'incremental',
    provisioned_size: sizeBytes,
    storage_domains: { storage_domain: [{ name: 'data' }] },
  };
  return expectStatus(await installation.rest.post('/disks', disk, whole), 201).id as string;
};

const inGuest = (command: string): Promise<string> => shellInGuest(machine, vmId, command);

/** Makes a backup, reads it, and finalizes it. */
async function backUp<T>(from: string | undefined, read: (url: string) => Promise<T>): Promise<{ checkpoint: string; result: T }> {
  const { rest } = installation;
  const body = { disks: { disk: [{ id: diskId }] }, ...(from === undefined ? {} : { from_checkpoint_id: from }) };
  const made = expectStatus(await rest.post(`/vms/${vmId}/backups`, body), 202);
  const until = (wanted: string): Promise<Json> =>
    eventually(`the backup is ${wanted}`, async () => {
      const found = expectStatus(await rest.get(`/vms/${vmId}/backups/${made.id}`), 200);
      if (found.phase === 'failed') throw new Error(`the backup failed: ${await machine.log()}`);
      return found.phase === wanted ? found : undefined;
    });
  const ready = await until('ready');
  const result = await transfer({ backup: { id: made.id }, disk: { id: diskId }, direction: 'download', format: 'raw' }, read);
  const ended = await rest.post(`/vms/${vmId}/backups/${made.id}/finalize`, {});
  if (ended.status !== 200) throw new Error(`${ended.text}: ${await machine.log()}`);
  await until('succeeded');
  return { checkpoint: ready.to_checkpoint_id as string, result };
}

/** The whole of an image, zeros left out on the way. */
async function readWhole(url: string): Promise<Buffer> {
  const found = Buffer.alloc(sizeBytes);
  for (const { start, length, zero } of await extents(url, 'zero'))
    if (!zero) (await image(url, '', 'GET', range(start, length))).copy(found, start);
  return found;
}

const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** Starts the VM, and waits until its guest answers. */
async function boot(): Promise<void> {
  const { rest } = installation;
  expectStatus(await rest.post(`/vms/${vmId}/start`, {}), 200);
  await installation.vmStatus(vmId, 'up', bootTimeoutMs);
  await eventually(
    "the guest's agent answers",
    async () => libvirt.domainAgentCommand(vmId, '{"execute":"guest-ping"}', 5).catch(() => undefined),
    bootTimeoutMs,
  );
}

test('a guest is uploaded and boots', async () => {
  const { rest } = installation;
  diskId = await addDisk('guest');
  const file = await readFile(guest.path);
  await transfer({ disk: { id: diskId }, direction: 'upload', format: 'cow' }, (url) => image(url, '', 'PUT', place(0, file.length), file));
  const vm = expectStatus(
    await rest.post('/vms', { name: 'guest', cluster: { name: 'Default' }, template: { name: 'Blank' }, memory: 128 * mib }),
    201,
  );
  vmId = vm.id as string;
  expectStatus(
    await rest.post(`/vms/${vmId}/diskattachments`, { disk: { id: diskId }, interface: 'virtio', bootable: true, active: true }, whole),
    201,
  );
  await boot();
});

let full: Buffer;
let checkpoint: string;
let restored: Buffer;

test('a full backup, and one of what the guest wrote since, make up the disk as it is', async () => {
  const { rest } = installation;
  ({ checkpoint, result: full } = await backUp(undefined, readWhole));
  const written = (await inGuest('dd if=/dev/urandom of=/kept bs=64k count=24 2>/dev/null; sync; md5sum /kept')).split(' ')[0];
  assert.match(written ?? '', /^[0-9a-f]{32}$/);
  const { result } = await backUp(checkpoint, async (url) => {
    const dirty = (await extents(url, 'dirty')).filter((one) => one.dirty === true);
    const bytes = dirty.reduce((sum, one) => sum + one.length, 0);
    assert.ok(bytes >= 24 * 65_536 && bytes < sizeBytes / 2, `${bytes} bytes changed`);
    restored = Buffer.from(full);
    for (const { start, length } of dirty) (await image(url, '', 'GET', range(start, length))).copy(restored, start);
    return digest(await readWhole(url));
  });
  assert.equal(digest(restored), result, 'the full backup with the changes is the disk');
  assert.notEqual(digest(full), result);
  const list = expectStatus(await rest.get(`/vms/${vmId}/checkpoints`), 200).checkpoint as Json[];
  assert.deepEqual(
    list.map((one) => [one.state, one.parent_id]),
    [
      ['created', undefined],
      ['created', checkpoint],
    ],
  );
});

/** What a backup tells as changed since a checkpoint, made good in what was restored. */
const changes = (url: string): Promise<number> =>
  extents(url, 'dirty').then(async (found) => {
    const dirty = found.filter((one) => one.dirty === true);
    for (const { start, length } of dirty) (await image(url, '', 'GET', range(start, length))).copy(restored, start);
    return dirty.reduce((sum, one) => sum + one.length, 0);
  });

/** Backs up what changed since the last time. @returns bytes of it */
async function backUpChanges(): Promise<number> {
  const { checkpoint: next, result } = await backUp(checkpoint, async (url) => {
    const bytes = await changes(url);
    return { bytes, whole: digest(await readWhole(url)) };
  });
  checkpoint = next;
  assert.equal(digest(restored), result.whole, 'the backups together are the disk');
  return result.bytes;
}

async function addSnapshot(description: string): Promise<string> {
  const { rest } = installation;
  const made = expectStatus(await rest.post(`/vms/${vmId}/snapshots`, { description, persist_memorystate: false }, whole), 201);
  await eventually(
    'the snapshot is there',
    async () => (await rest.get(`/vms/${vmId}/snapshots/${made.id}`)).body.snapshot_status === 'ok',
  );
  return made.id as string;
}

const removeSnapshot = async (id: string): Promise<void> =>
  void expectStatus(await installation.rest.delete(`/vms/${vmId}/snapshots/${id}`), 200);

test('checkpoints outlive snapshots and their removal, of the running VM and of the one that is down', async () => {
  const { rest } = installation;
  ({ checkpoint } = await backUp(checkpoint, changes));
  const running = await addSnapshot('running');
  await inGuest('dd if=/dev/urandom of=/later bs=64k count=8 2>/dev/null; sync');
  assert.ok((await backUpChanges()) < sizeBytes / 2);
  await inGuest('dd if=/dev/urandom of=/last bs=64k count=8 2>/dev/null; sync');
  await removeSnapshot(running);
  assert.ok((await backUpChanges()) >= 8 * 65_536);
  await inGuest('dd if=/dev/urandom of=/end bs=64k count=8 2>/dev/null; sync');

  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
  const down = await addSnapshot('down');
  assert.ok((await backUpChanges()) >= 8 * 65_536);
  await removeSnapshot(down);
  assert.ok((await backUpChanges()) < sizeBytes / 2);
  const list = expectStatus(await rest.get(`/vms/${vmId}/checkpoints`), 200).checkpoint as Json[];
  assert.deepEqual([...new Set(list.map((one) => one.state))], ['created']);
});

const checkpoints = async (): Promise<Json[]> =>
  (expectStatus(await installation.rest.get(`/vms/${vmId}/checkpoints`), 200).checkpoint ?? []) as Json[];

test('a move under the running VM ends what is recorded: the next backup has to be a full one, and is refused until then', async () => {
  const { rest } = installation;
  await boot();
  await backUpChanges();
  expectStatus(await rest.post(`/disks/${diskId}/move`, { storage_domain: { name: 'other' } }), 200);
  const lost = checkpoint;
  const body = { disks: { disk: [{ id: diskId }] }, from_checkpoint_id: lost };
  refused(await rest.post(`/vms/${vmId}/backups`, body), 400, new RegExp(`checkpoint ${lost}. Back the VM up in full instead`));
  assert.deepEqual([...new Set((await checkpoints()).map((one) => one.state))], ['invalid']);
  const events = expectStatus(await rest.get('/events?max=20'), 200).event as Json[];
  assert.match(String(events.find((one) => String(one.code) === '10791')?.description), /VM guest .*moved.*Make a full backup/);

  ({ checkpoint, result: restored } = await backUp(undefined, readWhole));
  await inGuest('dd if=/dev/urandom of=/moved bs=64k count=8 2>/dev/null; sync');
  const bytes = await backUpChanges();
  assert.ok(bytes >= 8 * 65_536 && bytes < sizeBytes / 2, `${bytes} bytes changed`);
  assert.deepEqual(
    (await checkpoints()).slice(-2).map((one) => one.state),
    ['created', 'created'],
  );
});

test('the backup is restored into a new disk, which is the same', async () => {
  const newDisk = await addDisk('restored');
  await transfer({ disk: { id: newDisk }, direction: 'upload', format: 'raw' }, async (url) => {
    const step = 4 * mib;
    for (let start = 0; start < sizeBytes; start += step) {
      const part = restored.subarray(start, start + step);
      if (part.some((byte) => byte !== 0)) await image(url, '?flush=n', 'PUT', place(start, part.length), part);
      else await image(url, '', 'PATCH', {}, Buffer.from(JSON.stringify({ op: 'zero', offset: start, size: part.length })));
    }
    await image(url, '', 'PATCH', {}, Buffer.from('{"op":"flush"}'));
  });
  const read = await transfer({ disk: { id: newDisk }, direction: 'download', format: 'raw' }, readWhole);
  assert.equal(digest(read), digest(restored));
  assert.deepEqual(await installation.rows('select lock_group, object_id from object_lock'), []);
  assert.deepEqual(await installation.rows(`select name from disk where status <> 'ok'`), []);
  const { stdout } = await machine.host
    .run(['ls', '-A', '/run/virgate-host/backup', '/run/virgate-host/nbd', join(machine.dataFolder, 'scratch')])
    .catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }));
  assert.doesNotMatch(stdout, /sock|qcow2/, 'nothing is left on the host');
});
