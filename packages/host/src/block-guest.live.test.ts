// Budget: 180 s
// Needs: root, hypervisor, guestImage
// oxlint-disable-next-line no-restricted-imports -- this test boots a guest, and the lab builds the image for it
import { buildGuestImage } from '@virgate/lab';
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { testDomain } from './agent-fixture/domain.ts';
import { guestRunner } from './agent-fixture/guest-command.ts';
import { LiveHost } from './agent-fixture/host.ts';
import { createLvm } from './block/lvm.ts';
import { runCommand } from './command.ts';
import { parseNbdAddress } from './nbd/address.ts';
import { NbdClient } from './nbd/client.ts';
import { dirtyFlag } from './nbd/protocol.ts';
import { connectStorage, createDomain, newVolume, startStorageHost } from './storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from './storage-fixture/host.ts';
import { halveFreeRoom, makeBlockDomain, makeBlockPool, makeLun } from './storage-fixture/lun.ts';
import type { Lun } from './storage-fixture/lun.ts';

const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;
const bootTimeoutMs = 180_000;
const vmId = randomUUID();

let directory: string;
let lun: Lun;
/** Under a second block domain. */
let secondLun: Lun;
/** Further domains of the pool: of files, and on the second LUN. */
let filesId: string;
let secondId: string;
/** The host that manages the pool and runs no VM. */
let manager: StorageHost;
/** The host of the VM, which may not change logical volumes. */
let host: LiveHost;
let pool: PoolFixture;
let inGuest: (command: string, timeoutMs?: number) => Promise<string>;
/** What a disk of 4 GiB takes at most: a tenth more, in whole extents. */
const maximum = Math.ceil((4 * gibibyte * 1.1) / (128 * mebibyte)) * 128 * mebibyte;
/** The chain of the disk that grows, base first. */
const chain: string[] = [];
const imageId = randomUUID();

const sizeOf = async (volumeId: string, domainId = pool.domainId): Promise<number> => {
  const { path } = domainId === secondId ? secondLun : lun;
  const rows = await createLvm(false).report('lvs', ['lv_name', 'lv_size'], [path], domainId);
  return Number(rows.find((row) => row['lv_name'] === volumeId)?.['lv_size']);
};
const spec = (volumeId = chain.at(-1) ?? '', domainID = pool.domainId) => ({
  poolID: pool.poolId,
  domainID,
  imageID: imageId,
  volumeID: volumeId,
  device: 'disk',
});
const blockDisk = (image: string, volumeId: string) =>
  ({ poolId: pool.poolId, domainId: pool.domainId, imageId: image, volumeId, format: 'qcow2' }) as const;

async function newLeaf(change: Record<string, unknown>): Promise<string> {
  const volume = newVolume(pool, { imageID: imageId, size: String(4 * gibibyte), ...change });
  await manager.task('Volume.create', volume);
  chain.push(volume.volumeID);
  return volume.volumeID;
}

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'block-guest-'));
  lun = await makeLun(join(directory, 'lun'), 24);
  secondLun = await makeLun(join(directory, 'second'), 16);
  const storage = { blockDevices: [lun.path, secondLun.path], volumeActivation: 'loop' as const };
  const images = join(directory, 'import');
  await mkdir(images);
  manager = await startStorageHost({ ...storage, importDirectories: [images] });
  pool = await makeBlockPool(manager, [lun]);
  secondId = await makeBlockDomain(manager, [secondLun]);
  const files = { domainType: 4, connection: join(directory, 'files') };
  await mkdir(files.connection);
  await connectStorage(manager, files);
  filesId = await createDomain(manager, files);
  for (const storagedomainID of [secondId, filesId])
    for (const verb of ['attach', 'activate']) await manager.call(`StorageDomain.${verb}`, { storagepoolID: pool.poolId, storagedomainID });
  host = await LiveHost.start({ storage });
  await host.startAgent();
  inGuest = guestRunner(host, vmId);
  const { poolId, domainId } = pool;
  await connectStorage(host.storage, files);
  await host.call('StoragePool.connect', {
    storagepoolID: poolId,
    hostID: 2,
    scsiKey: poolId,
    masterSdUUID: domainId,
    masterVersion: 1,
    domainDict: { [domainId]: 'active', [secondId]: 'active', [filesId]: 'active' },
  });
  const guest = await buildGuestImage({ outDir: images, cacheDir: '/var/tmp/virgate-packages' });
  const system = newVolume(pool, { size: String(guest.virtualSizeBytes) });
  await manager.task('Volume.create', system);
  await manager.task('Image.download', {
    storagepoolID: poolId,
    storagedomainID: domainId,
    imageID: system.imageID,
    volumeID: system.volumeID,
    methodArgs: { method: 'file', url: `file://${guest.path}` },
  });
  const xml = testDomain({ vmId, name: 'blocks', memoryMib: 128, disk: blockDisk(system.imageID, system.volumeID) });
  await host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml } });
  await host.untilStatus(vmId, 'Up', bootTimeoutMs);
});
after(async () => {
  await host.close();
  await manager.close();
  await lun.remove();
  await secondLun.remove();
  await rm(directory, { recursive: true, force: true });
});

/** The disk for hot plug, as the engine describes it. */
function plugXml(volumeId: string): string {
  const path = `/rhev/data-center/${pool.poolId}/${pool.domainId}/images/${imageId}/${volumeId}`;
  return `<?xml version="1.0"?><hotplug xmlns:ovirt-vm="http://ovirt.org/vm/1.0"><devices><disk type="block" device="disk" snapshot="no">
    <target dev="vdb" bus="virtio"/><source dev="${path}"><seclabel model="dac" type="none" relabel="no"/></source>
    <driver name="qemu" io="native" type="qcow2" error_policy="stop" cache="none"/><alias name="ua-${imageId}"/><serial>${imageId}</serial></disk></devices>
    <metadata><ovirt-vm:vm><ovirt-vm:device devtype="disk" name="vdb"><ovirt-vm:poolID>${pool.poolId}</ovirt-vm:poolID><ovirt-vm:volumeID>${volumeId}</ovirt-vm:volumeID>
    <ovirt-vm:imageID>${imageId}</ovirt-vm:imageID><ovirt-vm:domainID>${pool.domainId}</ovirt-vm:domainID></ovirt-vm:device></ovirt-vm:vm></metadata></hotplug>`;
}

/** Gives the guest the disk, and waits until it has seen it. */
async function plug(volumeId: string): Promise<void> {
  await host.call('VM.hotplugDisk', { vmID: vmId, params: { vmId, xml: plugXml(volumeId) } });
  await inGuest('until [ -b /dev/vdb ]; do sleep 0.1; done');
}

/** Sum of some mebibytes of the disk as the guest reads them. */
const sum = (from: number, mebibytes: number): Promise<string> =>
  inGuest(`echo 3 > /proc/sys/vm/drop_caches; dd if=/dev/vdb bs=1M skip=${from} count=${mebibytes} 2>/dev/null | sha256sum`);

test('a sparse disk of a running guest grows before it is full: its host asks the manager by mail', async () => {
  // with a tenth more, in whole extents, this is 128 MiB above the 2048 that are to be free
  const volumeId = await newLeaf({ initialSize: String(1900 * mebibyte) });
  assert.equal(await sizeOf(volumeId), 2176 * mebibyte);
  await plug(volumeId);
  await inGuest('dd if=/dev/zero of=/dev/vdb bs=1M count=150 2>&1 && sync');
  await host.until(`the disk has grown; ${await host.log()}`, async () => (await sizeOf(volumeId)) > 2176 * mebibyte, 20_000);
  assert.equal(await sizeOf(volumeId), maximum);
});

test('a guest that is quicker stands still until the manager is there again, and loses nothing', async () => {
  await host.call('VM.hotunplugDisk', { vmID: vmId, params: { vmId, xml: plugXml(chain.at(-1) ?? '') } });
  await manager.task('Image.delete', {
    storagepoolID: pool.poolId,
    storagedomainID: pool.domainId,
    imageID: imageId,
    postZero: false,
    force: false,
  });
  chain.length = 0;
  const volumeId = await newLeaf({ initialSize: String(100 * mebibyte) });
  assert.equal(await sizeOf(volumeId), 128 * mebibyte);
  await manager.storage.close();
  await plug(volumeId);
  await inGuest('(yes 0123456789 | head -c 150000000 > /dev/vdb; sync; echo done > /tmp/written) > /dev/null 2>&1 &');
  await host.untilStatus(vmId, 'Paused', 60_000);
  assert.equal((await host.stats(vmId))?.['pauseCode'], 'ENOSPC');
  await manager.restart();
  await host.untilStatus(vmId, 'Up', 60_000);
  await inGuest('until [ -f /tmp/written ]; do sleep 0.5; done');
  const [from, text] = [130 * mebibyte, '0123456789\n'];
  const written = Buffer.alloc(8 * mebibyte, text.slice(from % text.length) + text.slice(0, from % text.length));
  assert.equal((await sum(130, 8)).split(' ')[0], createHash('sha256').update(written).digest('hex'));
  assert.ok((await sizeOf(volumeId)) > 2560 * mebibyte);
});

test('a snapshot of the running guest is made, written to and merged back', async () => {
  const before = await sum(130, 8);
  const base = chain.at(-1) ?? '';
  const leaf = await newLeaf({ srcImgUUID: imageId, srcVolUUID: base, initialSize: String(100 * mebibyte) });
  const jobUUID = randomUUID();
  const drive = { baseVolumeID: base, domainID: pool.domainId, imageID: imageId, volumeID: leaf };
  await host.call('VM.snapshot', { vmID: vmId, snapDrives: [drive], jobUUID });
  await ended(jobUUID);
  assert.equal(await sum(130, 8), before);
  await inGuest('yes over | head -c 4194304 | dd of=/dev/vdb bs=1M seek=132 2>&1 && sync');
  await host.until('the snapshot has grown', async () => (await sizeOf(leaf)) > 2560 * mebibyte, 20_000);
  const after = await sum(130, 8);
  assert.notEqual(after, before);
  const merge = randomUUID();
  await host.call('VM.merge', { vmID: vmId, drive: spec(), baseVolUUID: base, topVolUUID: leaf, bandwidth: '0', jobUUID: merge });
  await host.until(
    'the merge ends',
    async () => !Object.hasOwn(((await host.stats(vmId))?.['vmJobs'] as object | undefined) ?? { [merge]: 1 }, merge),
  );
  chain.pop();
  await manager.task('Image.deleteVolumes', {
    storagepoolID: pool.poolId,
    storagedomainID: pool.domainId,
    imageID: imageId,
    volumeList: [leaf],
  });
  assert.equal(await sum(130, 8), after);
  assert.ok(Number.isNaN(await sizeOf(leaf)));
});

test('the guest sees its disk grow', async () => {
  assert.equal(
    await host.call('VM.diskSizeExtend', { vmID: vmId, driveSpecs: spec(), newSize: String(5 * gibibyte) }),
    String(5 * gibibyte),
  );
  assert.equal(await inGuest('cat /sys/block/vdb/size'), `${(5 * gibibyte) / 512} `);
});

interface BackupAnswer {
  disks: Record<string, string>;
}

const checkpointId = randomUUID();

/** Begins a backup of the disk, reads it and ends it. @param scratch where what the guest overwrites meanwhile goes */
async function backUp<T>(
  domainId: string,
  from: string | undefined,
  read: (client: NbdClient) => Promise<T>,
  scratch?: Record<string, unknown>,
): Promise<T> {
  const id = randomUUID();
  const disk = { sd_id: domainId, img_id: imageId, vol_id: chain.at(-1), checkpoint: from === undefined && scratch === undefined };
  const config = {
    backup_id: id,
    disks: [
      { ...disk, ...(scratch === undefined ? {} : { scratch_disk: scratch }), backup_mode: from === undefined ? 'full' : 'incremental' },
    ],
    from_checkpoint_id: from ?? null,
    to_checkpoint_id: disk.checkpoint ? checkpointId : null,
    parent_checkpoint_id: null,
  };
  const answer = await host.call<BackupAnswer>('VM.start_backup', { vmID: vmId, config });
  const address = parseNbdAddress(answer.disks[imageId] ?? '');
  assert.ok(address);
  const client = await NbdClient.connect({ ...address, contexts: ['base:allocation', 'qemu:dirty-bitmap:'] });
  try {
    return await read(client);
  } finally {
    client.close();
    await host.call('VM.stop_backup', { vmID: vmId, backup_id: id });
  }
}

/** Mebibytes of the disk that changed since the checkpoint. */
const changed = (domainId: string): Promise<number[]> =>
  backUp(domainId, checkpointId, async (client) => {
    const name = client.contexts.find((one) => one.startsWith('qemu:dirty-bitmap:')) ?? '';
    const found = new Set<number>();
    let at = 0;
    for (const { length, flags } of (await client.blockStatus(0, client.sizeBytes)).get(name) ?? []) {
      if ((flags & dirtyFlag) !== 0) for (let byte = at; byte < at + length; byte += mebibyte) found.add(Math.floor(byte / mebibyte));
      at += length;
    }
    return [...found].sort((one, other) => one - other);
  });

test('a backup shows the disk as it was, and another what changed since', async () => {
  const before = await sum(130, 8);
  const read = await backUp(pool.domainId, undefined, async (client) => {
    await inGuest('dd if=/dev/zero of=/dev/vdb bs=1M count=200 2>&1 && sync');
    return createHash('sha256')
      .update(await client.read(130 * mebibyte, 8 * mebibyte))
      .digest('hex');
  });
  assert.equal(read, before.split(' ')[0]);
  assert.deepEqual(
    await changed(pool.domainId),
    Array.from({ length: 200 }, (_, at) => at),
  );
});

/** A qcow2 volume of the block domain for what the guest overwrites during a backup. */
async function scratchVolume(mebibytes: number): Promise<{ disk: Record<string, unknown>; remove: () => Promise<void> }> {
  const volume = newVolume(pool, { size: String(5 * gibibyte), initialSize: String(mebibytes * mebibyte) });
  await manager.task('Volume.create', volume);
  const { imageID, volumeID } = volume;
  const path = `/rhev/data-center/mnt/blockSD/${pool.domainId}/images/${imageID}/${volumeID}`;
  const place = { storagepoolID: pool.poolId, storagedomainID: pool.domainId, imageID };
  return {
    disk: { type: 'block', path, domainID: pool.domainId, imageID, volumeID },
    remove: () => manager.task('Image.delete', { ...place, postZero: false, force: false }).then(() => undefined),
  };
}

/** Volumes of an image that the host of the VM has ready. */
const readyVolumes = async (image: unknown): Promise<string[]> =>
  (await readdir(join(host.directory, 'run/storage', pool.domainId, String(image))).catch(() => [])).filter(
    (name) => !name.startsWith('.'),
  );

test('a backup puts what the guest overwrites into a volume of the block domain, where the engine says so', async () => {
  const small = await scratchVolume(128);
  await assert.rejects(
    backUp(pool.domainId, undefined, async () => undefined, small.disk),
    { code: 1600, message: /scratch disk of vdb has \d+ bytes of room, and a disk of 5368709120 bytes needs \d+/ },
  );
  await assert.rejects(
    backUp(pool.domainId, undefined, async () => undefined, { ...small.disk, type: 'file' }),
    { code: 1600, message: /of type file, and lies on a block domain/ },
  );
  assert.deepEqual(await readyVolumes(small.disk['imageID']), [], 'a refused one is let go');
  await small.remove();

  const { disk, remove } = await scratchVolume(5 * 1024);
  const before = await sum(130, 8);
  const read = await backUp(
    pool.domainId,
    undefined,
    async (client) => {
      assert.deepEqual(await readyVolumes(disk['imageID']), [disk['volumeID']]);
      await inGuest('yes scratched | head -c 8388608 | dd of=/dev/vdb bs=1M seek=130 2>&1 && sync');
      // what was overwritten is read out of the volume, also after the agent's death
      await host.stopAgent('SIGKILL');
      await host.startAgent();
      const content = await client.read(130 * mebibyte, 8 * mebibyte);
      return createHash('sha256').update(content).digest('hex');
    },
    disk,
  );
  assert.equal(read, before.split(' ')[0]);
  assert.notEqual(await sum(130, 8), before);
  assert.deepEqual(await readyVolumes(disk['imageID']), [], 'it is let go with the backup');
  assert.deepEqual(await readdir(join(host.directory, 'state/scratch')), [], 'nothing lies on the host');
  await remove();
});

/** Data that the guest writes while its disk moves, in the last third of it. @returns their sum */
const writing = (): Promise<string> =>
  inGuest(
    'i=0; while [ $i -lt 24 ]; do dd if=/dev/urandom of=/dev/vdb bs=1M count=1 seek=$((3400 + i % 8)) conv=fsync 2>/dev/null; i=$((i+1)); done; dd if=/dev/vdb bs=1M skip=3400 count=8 2>/dev/null | sha256sum',
  );

/** A snapshot of the disk on the domain where it is. */
async function takeSnapshot(domainId: string): Promise<string> {
  const [base = ''] = chain.slice(-1);
  const leaf = await newLeaf({ storagedomainID: domainId, srcImgUUID: imageId, srcVolUUID: base, size: String(5 * gibibyte) });
  const jobUUID = randomUUID();
  const drive = { baseVolumeID: base, domainID: domainId, imageID: imageId, volumeID: leaf };
  await host.call('VM.snapshot', { vmID: vmId, snapDrives: [drive], jobUUID });
  await ended(jobUUID);
  return leaf;
}

/** Merges the newest volume away, as the end of an engine's live move does. */
async function dropSnapshot(domainId: string): Promise<void> {
  const [base = '', leaf = ''] = chain.slice(-2);
  const merge = randomUUID();
  const params = { vmID: vmId, drive: spec(leaf, domainId), baseVolUUID: base, topVolUUID: leaf, bandwidth: '0', jobUUID: merge };
  await host.call('VM.merge', params);
  await host.until(
    'the merge ends',
    async () => !Object.hasOwn(((await host.stats(vmId))?.['vmJobs'] as object | undefined) ?? { [merge]: 1 }, merge),
  );
  chain.pop();
  if (domainId !== filesId)
    assert.deepEqual(
      (await readdir(join(host.directory, 'run/storage', domainId, imageId))).filter((name) => !name.startsWith('.')),
      chain,
      'the host of the VM has let the merged volume go',
    );
  const place = { storagepoolID: pool.poolId, storagedomainID: domainId, imageID: imageId };
  await manager.task('Image.deleteVolumes', { ...place, volumeList: [leaf] });
}

/** Moves the disk while the guest writes; the host's agent is killed on the way. */
async function move(from: string, to: string): Promise<void> {
  const before = await sum(130, 8);
  const leaf = await takeSnapshot(from);
  const both = { storagepoolID: pool.poolId, storagedomainID: from, dstSdUUID: to, imageID: imageId };
  const replicate = { vmID: vmId, srcDisk: spec(leaf, from), dstDisk: spec(leaf, to), needExtend: true };
  await manager.task('Image.cloneStructure', both);
  const first = to === filesId ? 0 : await sizeOf(leaf, to);

  // begun and given up
  await host.call('VM.diskReplicateStart', replicate);
  await host.call('VM.diskReplicateFinish', { ...replicate, dstDisk: replicate.srcDisk });
  assert.equal(await sum(130, 8), before);

  const load = writing();
  await host.call('VM.diskReplicateStart', replicate);
  await manager.task('Image.syncData', { ...both, syncType: 'INTERNAL' });
  await host.stopAgent('SIGKILL');
  await host.startAgent();
  if (to !== filesId) await host.until('the copy grows', async () => (await sizeOf(leaf, to)) > first, 20_000);
  const written = await load;
  await host.until('the disk goes over', async () =>
    host.call('VM.diskReplicateFinish', replicate).then(
      () => true,
      (error: unknown) => {
        assert.equal((error as { code: number }).code, 40, String(error));
        return false;
      },
    ),
  );
  await manager.task('Image.delete', { ...both, postZero: false, force: true });
  assert.equal(await sum(3400, 8), written);
  await dropSnapshot(to);
  assert.equal(await sum(130, 8), before);
  assert.equal(await sum(3400, 8), written);
}

test('a disk moves to a domain of files, to a block domain and to another one while the guest writes', async () => {
  await move(pool.domainId, filesId);
  for (const domainId of [secondId, pool.domainId]) await halveFreeRoom(manager, pool, domainId);
  await move(filesId, secondId);
  await move(secondId, pool.domainId);
});

test('a disk whose QEMU dies while it moves stays where it was, and nothing of the move is left', async () => {
  const leaf = await takeSnapshot(pool.domainId);
  const both = { storagepoolID: pool.poolId, storagedomainID: pool.domainId, dstSdUUID: secondId, imageID: imageId };
  await manager.task('Image.cloneStructure', both);
  await host.call('VM.diskReplicateStart', { vmID: vmId, srcDisk: spec(leaf), dstDisk: spec(leaf, secondId), needExtend: true });
  const { stdout } = await runCommand(['pgrep', '-f', 'guest=blocks,']);
  for (const pid of stdout.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
  await host.untilStatus(vmId, 'Down');
  await host.call('VM.destroy', { vmID: vmId });
  const links = async (domainId: string): Promise<string[]> =>
    readdir(join(host.directory, 'run/storage', domainId, imageId)).catch(() => []);
  for (const domainId of [pool.domainId, secondId])
    await host.until('its volumes are let go', async () => (await links(domainId)).length === 0);
  await manager.task('Image.delete', { ...both, storagedomainID: secondId, postZero: false, force: true });
  assert.ok(Number.isNaN(await sizeOf(leaf, secondId)));
  assert.deepEqual(await manager.call('Image.reconcileVolumeChain', { ...both, leafVolID: leaf }), chain);
});

async function ended(jobUUID: string): Promise<void> {
  type Job = { status: string; error?: { message: string } };
  const job = await host.until(`the end of job ${jobUUID}`, async () => {
    const found = (await host.call<Record<string, Job>>('Host.getJobs', { job_type: 'virt', job_ids: [jobUUID] }))[jobUUID];
    return found && ['done', 'failed', 'aborted'].includes(found.status) ? found : undefined;
  });
  assert.equal(job.status, 'done', job.error?.message);
}
