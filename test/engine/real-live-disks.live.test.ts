// Budget: 130 s
// Needs: root, hypervisor, virsh, guestImage
/** The disk of a real guest, by the REST API: snapshots while it writes, one with memory; merged, grown, moved, exported and gone back to; and a guest of another libvirt. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildGuestImage, VirtualHost, VirtualSwitch, type GuestImage } from '@virgate/lab';
import { Installation, defaultClusterId, expectStatus } from './installation.ts';
import { JoiningHost } from './joining-host.ts';
import { addGuest, addSharedDomain, enrol, shellInGuest, type SharedDomain } from './real-guest.ts';
import { whole, type Json } from './rest-client.ts';

const mib = 1024 ** 2;
const bootTimeoutMs = 180_000;

let network: VirtualSwitch;
let installation: Installation;
let host: JoiningHost;
let vmId: string;
let diskId: string;
let sizeBytes: number;
let image: GuestImage;
let hostId: string;
let exports: string;
let keptSum: string;
/** A machine of others, with a libvirtd of its own. */
let other: VirtualHost | undefined;
const domains = new Map<string, SharedDomain>();

before(async () => {
  network = await VirtualSwitch.start();
  installation = await Installation.start({ hosts: 0, address: network.address });
  host = await JoiningHost.start({ name: 'metal', number: 1, folder: join(installation.folder, 'hosts'), network });
  hostId = await enrol(installation, host);
  exports = join(installation.folder, 'exports');
  await mkdir(exports, { mode: 0o755 });
  for (const name of ['data', 'other']) domains.set(name, await addSharedDomain(installation, hostId, name));
  image = await buildGuestImage({ outDir: join(installation.folder, 'guest'), cacheDir: '/var/tmp/virgate-packages' });
  sizeBytes = image.virtualSizeBytes;
  const memory = { memory_policy: { guaranteed: 128 * mib, max: 256 * mib } };
  ({ vmId, diskId } = await addGuest(installation, image, domains.get('data') as SharedDomain, memory));
});
after(async () => {
  await other?.powerOff();
  await host?.host.powerOff();
  await installation?.stop();
  await network?.stop();
});

async function start(vm = vmId): Promise<void> {
  expectStatus(await installation.rest.post(`/vms/${vm}/start`, {}), 200);
  await installation.vmStatus(vm, 'up', bootTimeoutMs).catch(async (error: unknown) => {
    throw new Error(`${String(error)}\n${await host.log()}`, { cause: error });
  });
}

const inGuest = (command: string, vm = vmId): Promise<string> => shellInGuest(host, vm, command);

/** The guest writes files and tells what they hold; meanwhile something else is done. */
async function underLoad(name: string, work: () => Promise<void>): Promise<void> {
  const files = `/root/${name}`;
  const load = inGuest(
    `i=0; while [ $i -lt 30 ]; do dd if=/dev/urandom of=${files}$((i % 5)) bs=64k count=8 2>/dev/null; sync; i=$((i+1)); done; cat ${files}? | sha256sum`,
  );
  load.catch(() => undefined);
  await work();
  const sum = await load;
  assert.equal(await inGuest(`echo 3 > /proc/sys/vm/drop_caches; cat ${files}? | sha256sum`), sum, 'the guest reads what it wrote');
}

/** Volumes of the disk that lie on a domain. */
const volumesOn = async (name: string): Promise<string[]> => {
  const names = await readdir(join(domains.get(name)?.folder ?? '', 'images', diskId)).catch(() => []);
  return names
    .filter((one) => one.endsWith('.meta'))
    .map((one) => one.slice(0, -'.meta'.length))
    .sort();
};

/** Rows and files agree, and nothing is in between. */
async function consistent(name: string): Promise<void> {
  assert.deepEqual(await installation.rows(`select name, status from saga where status not in ('succeeded')`), []);
  assert.deepEqual(await installation.rows(`select id from image where status <> 'ok' union select id from disk where status <> 'ok'`), []);
  const images = await installation.rows('select id, storage_domain_id from image order by id');
  assert.deepEqual([...new Set(images.map((image) => image.storage_domain_id as string))], [domains.get(name)?.id]);
  assert.deepEqual(await volumesOn(name), images.map((image) => image.id as string).sort());
  assert.deepEqual(await volumesOn(name === 'data' ? 'other' : 'data'), []);
}

async function take(description: string, persistMemory: boolean): Promise<Json> {
  const body = { description, persist_memorystate: persistMemory };
  return expectStatus(await installation.rest.post(`/vms/${vmId}/snapshots`, body, whole), 201);
}

test('a guest lives on while its disk is snapshotted, merged, grown and moved, and goes back to what it was', async () => {
  const { rest } = installation;
  await start();
  await inGuest('echo one > /root/one; sync');
  let first: Json;
  await underLoad('first', async () => {
    first = await take('first', false);
  });
  await inGuest('echo two > /root/two; echo there > /run/mark; sync');
  const remembered = await take('remembered', true);
  await consistent('data');
  await inGuest('rm /run/mark; echo three > /root/three; sync');

  // In the middle of the chain: what stands on it is the snapshot with the memory.
  await underLoad('merged', async () => {
    expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${first.id}`), 200);
  });
  await consistent('data');

  expectStatus(await rest.put(`/disks/${diskId}`, { provisioned_size: sizeBytes + 16 * mib }), 200);
  assert.equal(await inGuest('cat /sys/block/vda/size'), String((sizeBytes + 16 * mib) / 512));

  await underLoad('moved', async () => {
    expectStatus(await rest.post(`/disks/${diskId}/move`, { storage_domain: { name: 'other' } }), 200);
  });
  await consistent('other');
  assert.equal(await inGuest('cat /root/one /root/two /root/three | tr "\n" " "'), 'one two three');

  await inGuest('dd if=/dev/urandom of=/root/kept bs=64k count=16 2>/dev/null; sync');
  keptSum = await inGuest('sha256sum < /root/kept');
  const volumesBefore = await volumesOn('other');
  await underLoad('exported', async () => {
    expectStatus(await rest.post(`/vms/${vmId}/export`, { host: { id: hostId }, directory: exports, filename: 'guest.ova' }), 200);
  });
  await consistent('other');
  assert.deepEqual(await volumesOn('other'), volumesBefore, 'the snapshot of the export is merged away');

  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
  expectStatus(await rest.post(`/vms/${vmId}/previewsnapshot`, { snapshot: { id: remembered.id }, restore_memory: true }), 200);
  await start();
  assert.equal(await inGuest('cat /root/two /run/mark | tr "\n" " "; ls /root/three 2>/dev/null || true'), 'two there');
  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
  expectStatus(await rest.post(`/vms/${vmId}/commitsnapshot`, {}), 200);
  await consistent('other');
  // Down, then all of it is one volume again.
  expectStatus(await rest.delete(`/vms/${vmId}/snapshots/${remembered.id}`), 200);
  await consistent('other');
  assert.equal((await volumesOn('other')).length, 1);
});

test('what was exported while the guest ran boots, and holds what had been written', async () => {
  const { rest } = installation;
  const place = { cluster: { id: defaultClusterId }, storage_domain: { id: domains.get('data')?.id ?? '' }, host: { id: hostId } };
  const request = { ...place, provider: 'kvm', name: 'copy', url: `ova://${exports}/guest.ova` };
  const copy = expectStatus(await rest.post('/externalvmimports', request), 201).vm.id as string;
  await start(copy);
  assert.equal(await inGuest('cat /root/one /root/two /root/three | tr "\n" " "', copy), 'one two three');
  assert.equal(await inGuest('sha256sum < /root/kept', copy), keptSum);
  expectStatus(await rest.post(`/vms/${copy}/stop`, {}), 200);
  await installation.vmStatus(copy, 'down');
});

/** Lets others speak to a libvirtd over TCP as over its socket, which asks for no credentials either. */
const relay = (socket: string, address: string): string =>
  `const net = require('net'); net.createServer((peer) => { const inner = net.connect(${JSON.stringify(socket)}); for (const end of [peer, inner]) end.on('error', () => {}); peer.pipe(inner).pipe(peer); }).listen(16509, ${JSON.stringify(address)})`;

test('a guest of another libvirt is imported, and boots', async () => {
  const { rest } = installation;
  const machine = await VirtualHost.start({ name: 'other', number: 2, folder: join(installation.folder, 'hosts', 'other'), network });
  other = machine;
  await machine.startLibvirtd();
  const virsh = (...args: string[]) => machine.run(['virsh', '-q', '-c', `qemu:///system?socket=${machine.libvirtSocket}`, ...args]);
  const images = join(machine.folder, 'images');
  await mkdir(images);
  await copyFile(image.path, join(images, 'guest.qcow2'));
  const definition = join(machine.folder, 'guest.xml');
  await writeFile(
    definition,
    `<domain type='qemu'><name>elsewhere</name><memory unit='MiB'>128</memory><vcpu>1</vcpu><os><type>hvm</type></os><devices>
      <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${join(images, 'guest.qcow2')}'/><target dev='vda' bus='virtio'/></disk>
    </devices></domain>`,
  );
  await virsh('define', definition);
  await virsh('pool-create-as', 'images', 'dir', '--target', images);
  await machine.spawn([process.execPath, '-e', relay(machine.libvirtSocket, machine.address)], 'relay.log');
  const request = {
    cluster: { id: defaultClusterId },
    storage_domain: { id: domains.get('data')?.id ?? '' },
    host: { id: hostId },
    provider: 'kvm',
    url: `qemu+tcp://${machine.address}/system`,
    username: 'root',
    password: 'never shown',
    name: 'elsewhere',
    vm: { name: 'here' },
  };
  const id = expectStatus(await rest.post('/externalvmimports', request), 201).vm.id as string;
  await start(id);
  assert.equal(await inGuest('echo alive > /root/alive; sync; cat /root/alive', id), 'alive');
  expectStatus(await rest.post(`/vms/${id}/stop`, {}), 200);
  await installation.vmStatus(id, 'down');
  assert.doesNotMatch(await host.log(), /never shown/);
});
