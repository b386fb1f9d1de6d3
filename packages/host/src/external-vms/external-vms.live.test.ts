// Budget: 20 s
// Needs: root, hypervisor, virsh
/** VMs of another manager: a second libvirtd, reached by TCP. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startPrivateLibvirtd } from '@virgate/libvirt';
import type { PrivateLibvirtd } from '@virgate/libvirt';
import { runCommand } from '../command.ts';
import { makePool, newVolume, startStorageHost } from '../storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from '../storage-fixture/host.ts';
import type { ExternalVm } from './describe.ts';

const mib = 1024 ** 2;
const sizeBytes = 16 * mib;

let host: StorageHost;
let pool: PoolFixture;
let other: PrivateLibvirtd;
let door: Server;
let uri: string;
let disks: string;

const virsh = async (...args: string[]): Promise<string> =>
  (await runCommand(['virsh', '-q', '-c', `qemu:///system?socket=${other.socketPath}`, ...args])).stdout;

before(async () => {
  host = await startStorageHost();
  pool = await makePool(host);
  other = await startPrivateLibvirtd({ dataDir: join(host.root, 'other') });
  // libvirt speaks the same over TCP as over its socket, where both ask for no credentials.
  door = createServer((peer) => {
    const inner = connect(other.socketPath);
    for (const end of [peer, inner]) end.on('error', () => undefined);
    peer.pipe(inner).pipe(peer);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.9', resolve));
  uri = `qemu+tcp://127.0.0.9:${(door.address() as AddressInfo).port}/system`;
  disks = join(host.root, 'disks of others');
  await mkdir(disks);
  await virsh('pool-create-as', 'others', 'dir', '--target', disks);
});
after(async () => {
  await other?.stop({ destroyGuests: true });
  door?.close();
  await host.close();
});

const manager = { username: 'root', password: 'never shown' };
const list = (more: object = {}): Promise<ExternalVm[]> => host.call('Host.getExternalVMs', { uri, ...manager, ...more });

/** A VM of the other manager, which is not started. */
async function define(name: string, files: { path: string; format: string }[]): Promise<void> {
  const targets = files
    .map(
      ({ path, format }, at) =>
        `<disk type='file' device='disk'><driver name='qemu' type='${format}'/><source file='${path}'/><target dev='vd${'abc'[at]}' bus='virtio'/></disk>`,
    )
    .join('');
  const file = join(host.root, `${name}.xml`);
  await writeFile(
    file,
    `<domain type='qemu'><name>${name}</name><memory unit='MiB'>64</memory><vcpu>2</vcpu><os><type>hvm</type></os><devices>${targets}</devices></domain>`,
  );
  await virsh('define', file);
}

async function image(name: string, format: 'raw' | 'qcow2', pattern: number): Promise<{ path: string; format: 'raw' | 'qcow2' }> {
  const path = join(disks, name);
  await runCommand(['qemu-img', 'create', '-q', '-f', format, path, String(sizeBytes)]);
  await runCommand(['qemu-io', '-f', format, '-c', `write -P ${pattern} 3M 2M`, path]);
  await virsh('pool-refresh', 'others');
  return { path, format };
}

interface Target {
  imageID: string;
  volumeID: string;
}

async function target(volFormat: 4 | 5): Promise<Target> {
  const volume = newVolume(pool, { size: String(sizeBytes), volFormat });
  await host.task('Volume.create', volume);
  return { imageID: volume.imageID, volumeID: volume.volumeID };
}

const pathOf = ({ imageID, volumeID }: Target): string => join(pool.directory, pool.domainId, 'images', imageID, volumeID);

/** Imports a VM, and waits for the end. @throws what the job says */
async function convert(vmName: string, targets: Target[], from = uri): Promise<string> {
  const jobid = randomUUID();
  const vminfo = { vmName, poolID: pool.poolId, domainID: pool.domainId, disks: targets, format: 'COW', allocation: 'SPARSE' };
  await host.call('Host.convertExternalVm', { uri: from, ...manager, vminfo, jobid });
  for (let look = 0; look < 400; look++) {
    const jobs = await host.call<Record<string, { status: string; error?: { code: number; message: string } }>>('Host.getJobs', {
      job_type: 'v2v',
      job_ids: [jobid],
    });
    const { status, error } = jobs[jobid] ?? { status: 'gone' };
    if (error !== undefined) throw Object.assign(new Error(error.message), error);
    if (status === 'done') return jobid;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the import has not ended');
}

test('the VMs of another libvirt are told of, and one is copied as it is', async () => {
  const [one, two] = [await image('one.qcow2', 'qcow2', 7), await image('two.raw', 'raw', 9)];
  await define('web', [one, two]);
  await define('other', []);
  assert.deepEqual(await host.call('Host.getExternalVMNames', { uri, ...manager }), ['other', 'web']);
  const [vm, ...more] = await list({ vm_names: ['web'] });
  assert.deepEqual([vm?.vmName, vm?.status, vm?.memSize, vm?.smp, vm?.has_snapshots, more], ['web', 'Down', 64, 2, false, []]);
  assert.deepEqual(
    vm?.disks.map(({ dev, format, capacity, alias }) => [dev, format, capacity, alias]),
    [
      ['vda', 'COW', String(sizeBytes), one.path],
      ['vdb', 'RAW', String(sizeBytes), two.path],
    ],
  );
  // Volumes have formats of their own.
  const targets = [await target(5), await target(4)] as const;
  const job = await convert('web', [...targets]);
  await runCommand(['qemu-img', 'compare', '-f', 'qcow2', '-F', 'raw', one.path, pathOf(targets[0])]);
  await runCommand(['qemu-img', 'compare', '-f', 'raw', '-F', 'qcow2', two.path, pathOf(targets[1])]);
  assert.ok((await stat(pathOf(targets[0]))).blocks * 512 < sizeBytes, 'what is empty takes no room');
  assert.deepEqual(
    (await readdir(join(pathOf(targets[0]), '..'))).filter((name) => !name.startsWith(targets[0].volumeID)),
    [],
    'nothing else is left',
  );
  await assert.rejects(host.call('Host.getConvertedVm', { jobid: job }), { code: 67 });
  await assert.rejects(host.call('Host.abortV2VJob', { jobid: job }), { code: 84 });
  await host.call('Host.deleteV2VJob', { jobid: job });
  await assert.rejects(host.call('Host.deleteV2VJob', { jobid: job }), { code: 66 });
});

test('what cannot be imported is refused, and why', async () => {
  await assert.rejects(host.call('Host.getExternalVMNames', { uri: 'qemu+tcp://127.0.0.9:1/system', ...manager }), { code: 65 });
  await assert.rejects(list({ uri: `qemu:///system?socket=${other.socketPath}` }), { code: 91 });
  await assert.rejects(convert('nobody', [await target(4)]), { code: 100, message: /no VM "nobody"/ });
  await assert.rejects(convert('web', [await target(4)]), { code: 100, message: /2 disks/ });

  await virsh('start', 'web', '--paused');
  await assert.rejects(convert('web', [await target(4), await target(4)]), { code: 100, message: /not shut down/ });
  assert.equal((await list({ vm_names: ['web'] }))[0]?.status, 'Up');
  await virsh('destroy', 'web');

  const outside = join(host.root, 'outside.raw');
  await runCommand(['qemu-img', 'create', '-q', '-f', 'raw', outside, String(sizeBytes)]);
  await define('outside', [{ path: outside, format: 'raw' }]);
  await assert.rejects(convert('outside', [await target(4)]), { code: 261, message: /no storage pool.*pool-define-as/s });

  // A disk that would have QEMU read a file of this host.
  const hostile = await image('hostile.qcow2', 'qcow2', 1);
  await runCommand(['qemu-img', 'rebase', '-u', '-f', 'qcow2', '-F', 'raw', '-b', '/etc/shadow', hostile.path]);
  await virsh('pool-refresh', 'others');
  await define('hostile', [hostile]);
  const victim = await target(4);
  await assert.rejects(convert('hostile', [victim]), { code: 484 });
  const large = await image('large.raw', 'raw', 2);
  await runCommand(['truncate', '-s', String(4 * sizeBytes), large.path]);
  await define('large', [large]);
  await virsh('pool-refresh', 'others');
  await assert.rejects(convert('large', [victim]), { code: 79 });
});

test('programs that are not there are named', async () => {
  const targets = [await target(4)];
  const { PATH: path } = process.env;
  process.env['PATH'] = host.root;
  try {
    await assert.rejects(convert('web', targets, 'vpx://root@vc.example/dc/esx'), { code: 100, message: /install the package "virt-v2v"/ });
    await assert.rejects(convert('web', targets, 'xen+ssh://root@xen.example'), {
      code: 100,
      message: /install the package "openssh-client"/,
    });
    await assert.rejects(list(), { code: 100, message: /install the package "libvirt-clients"/ });
  } finally {
    process.env['PATH'] = path;
  }
});
