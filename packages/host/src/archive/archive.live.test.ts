// Budget: 12 s
// Needs: root, hypervisor
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommand } from '../command.ts';
import { makePool, newVolume, startStorageHost } from '../storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from '../storage-fixture/host.ts';
import { tarHeader } from './tar.ts';

const mib = 1024 ** 2;
const sizeBytes = 64 * mib;

let host: StorageHost;
let pool: PoolFixture;
let folder: string;
before(async () => {
  host = await startStorageHost();
  pool = await makePool(host);
  folder = join(host.root, 'exports, and=more');
  await mkdir(folder);
});
after(() => host.close());

interface TestDisk {
  imageID: string;
  volumeID: string;
  format: 'raw' | 'qcow2';
}
const pathOf = (disk: TestDisk): string => join(pool.directory, pool.domainId, 'images', disk.imageID, disk.volumeID);

async function newDisk(format: TestDisk['format'], change: Record<string, unknown> = {}): Promise<TestDisk> {
  const volume = newVolume(pool, { size: String(sizeBytes), volFormat: format === 'raw' ? 5 : 4, ...change });
  await host.task('Volume.create', volume);
  return { imageID: volume.imageID, volumeID: volume.volumeID, format };
}

const write = (path: string, format: string, pattern: number, at: number): Promise<unknown> =>
  runCommand(['qemu-io', '-f', format, '-c', `write -P ${pattern} ${at} 1M`, path]);
const compare = (first: [string, string], second: [string, string]): Promise<unknown> =>
  runCommand(['qemu-img', 'compare', '-f', first[0], '-F', second[0], first[1], second[1]]);
const endpoint = (disk: TestDisk, more: object = {}) => ({ sd_id: pool.domainId, img_id: disk.imageID, vol_id: disk.volumeID, ...more });

/** What the engine measures, and gives each disk. */
async function roomOf(disk: TestDisk): Promise<number> {
  const ids = { storagepoolID: pool.poolId, storagedomainID: pool.domainId, imageID: disk.imageID, volumeID: disk.volumeID };
  const { required } = await host.call<{ required: number }>('Volume.measure', { ...ids, dstVolFormat: 4, backing_chain: true });
  return Math.ceil((required + 2 * mib) / mib) * mib;
}

async function pack(disks: TestDisk[], filename: string): Promise<void> {
  const packed = await Promise.all(disks.map(async (disk) => ({ ...endpoint(disk), name: disk.volumeID, size: await roomOf(disk) })));
  await host.job('Virgate.packArchive', { directory: folder, filename, ovf: '<Envelope/>', disks: packed });
}

const unpack = (path: string, name: string, disk: TestDisk, generation = 0): Promise<void> =>
  host.job('Virgate.unpackArchive', { path, name, destination: endpoint(disk, { generation }) });

/** An archive of files, as others write them. */
async function archive(name: string, files: Record<string, Buffer>): Promise<string> {
  const parts = Object.entries(files).flatMap(([file, content]) => [
    tarHeader(file, content.length, 0),
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ]);
  const path = join(folder, name);
  await writeFile(path, Buffer.concat([...parts, Buffer.alloc(1024)]));
  return path;
}

test('what was packed is unpacked as it was, whatever chain it stood on', async () => {
  const [raw, base] = [await newDisk('raw'), await newDisk('qcow2')];
  await write(pathOf(raw), 'raw', 7, 10 * mib);
  await write(pathOf(base), 'qcow2', 1, 0);
  await write(pathOf(base), 'qcow2', 2, 20 * mib);
  const leaf = await newDisk('qcow2', { imageID: base.imageID, srcImgUUID: base.imageID, srcVolUUID: base.volumeID });
  await write(pathOf(leaf), 'qcow2', 3, 20 * mib);
  await write(pathOf(leaf), 'qcow2', 4, 40 * mib);
  await pack([raw, leaf], 'vm.ova');

  const path = join(folder, 'vm.ova');
  const { stdout } = await runCommand(['tar', '-tvf', path]);
  assert.deepEqual(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/).at(-1)),
    ['vm.ovf', raw.volumeID, leaf.volumeID],
  );
  const { size, blocks } = await stat(path);
  assert.ok(blocks * 512 < size, 'what is empty takes no room');
  assert.deepEqual(await readdir(folder), ['vm.ova'], 'nothing else is left');

  const found = await host.call<{ ovf: string; disks: { name: string; format: string; capacity: string }[] }>('Virgate.readArchive', {
    path,
  });
  assert.equal(found.ovf, '<Envelope/>');
  assert.deepEqual(
    found.disks.map((disk) => [disk.name, disk.format, disk.capacity]),
    [raw, leaf].map((disk) => [disk.volumeID, 'qcow2', String(sizeBytes)]),
  );
  for (const source of [raw, leaf]) {
    for (const format of ['raw', 'qcow2'] as const) {
      const copy = await newDisk(format);
      await unpack(path, source.volumeID, copy);
      await compare([source.format, pathOf(source)], [format, pathOf(copy)]);
      await assert.rejects(unpack(path, source.volumeID, copy), { code: 911 }, 'a repeat is known by the generation');
    }
  }
});

test('an archive takes the place of no other file, and what a job made it can take back', async () => {
  const disk = await newDisk('raw');
  await writeFile(join(folder, 'mine.ova'), 'mine');
  await assert.rejects(pack([disk], 'mine.ova'), /There is a file .*mine\.ova already/);
  assert.equal(await readFile(join(folder, 'mine.ova'), 'utf8'), 'mine');
  const id = randomUUID();
  const place = { job_id: id, directory: folder, filename: 'again.ova' };
  const disks = [{ ...endpoint(disk), name: 'disk', size: await roomOf(disk) }];
  const request = { ...place, ovf: '<Envelope/>', disks };
  const ended = async (): Promise<void> => {
    while (!['done', 'failed'].includes(host.storage.jobs.list(undefined, [id])[id]?.status ?? ''))
      await new Promise((go) => setTimeout(go, 20));
    assert.equal(host.storage.jobs.list(undefined, [id])[id]?.status, 'done');
  };
  await host.call('Virgate.packArchive', request);
  await ended();
  const { ino } = await stat(join(folder, 'again.ova'));
  // The agent that comes after this one knows no jobs, and is asked again.
  await host.restart();
  await host.call('StoragePool.connect', {
    storagepoolID: pool.poolId,
    hostID: 1,
    scsiKey: '',
    masterSdUUID: pool.domainId,
    masterVersion: 1,
    domainDict: { [pool.domainId]: 'active' },
  });
  await host.call('Virgate.packArchive', request);
  await ended();
  assert.equal((await stat(join(folder, 'again.ova'))).ino, ino, 'it was there already');
  await host.call('Virgate.removeArchive', place);
  await assert.rejects(stat(join(folder, 'again.ova')));
  await host.call('Virgate.removeArchive', { ...place, filename: 'mine.ova' });
  assert.equal(await readFile(join(folder, 'mine.ova'), 'utf8'), 'mine');
  await assert.rejects(host.call('Virgate.packArchive', { ...request, job_id: randomUUID(), filename: '../x' }), { code: 91 });
  await assert.rejects(host.job('Virgate.packArchive', { directory: '/etc', filename: 'x.ova', ovf: '', disks: [] }), { code: 379 });
});

test('a disk in the form of VMware is converted, after its header and its checksum were looked at', async () => {
  const source = join(host.root, 'source.raw');
  await writeFile(source, '');
  await runCommand(['truncate', '-s', String(sizeBytes), source]);
  await write(source, 'raw', 9, 30 * mib);
  const image = join(host.root, 'disk.vmdk');
  await runCommand(['qemu-img', 'convert', '-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized', source, image]);
  const content = await readFile(image);
  const sum = createHash('sha256').update(content).digest('hex');
  const good = await archive('vmware.ova', {
    'x.ovf': Buffer.from('<Envelope/>'),
    'x.mf': Buffer.from(`SHA256(disk.vmdk)= ${sum}\n`),
    'disk.vmdk': content,
  });
  const disk = await newDisk('qcow2');
  await unpack(good, 'disk.vmdk', disk);
  await compare(['raw', source], ['qcow2', pathOf(disk)]);
  const changed = Buffer.from(content);
  changed[changed.length - 2000] = (changed.at(-2000) ?? 0) ^ 1;
  const bad = await archive('changed.ova', { 'x.mf': Buffer.from(`SHA256(disk.vmdk)= ${sum}\n`), 'disk.vmdk': changed });
  await assert.rejects(unpack(bad, 'disk.vmdk', await newDisk('qcow2')), { code: 484, message: /another checksum/ });
  const small = await newDisk('qcow2', { size: String(mib) });
  await assert.rejects(unpack(good, 'disk.vmdk', small), { code: 79 });
});

test('images that reach for other files fill nothing', async () => {
  const image = join(host.root, 'evil.qcow2');
  const evil: [string[], RegExp][] = [
    [['-b', '/etc/shadow', '-F', 'raw', '-u'], /backing file/],
    [['-b', 'json:{"driver":"file","filename":"/etc/shadow"}', '-F', 'raw', '-u'], /backing file/],
    [['-b', 'nbd://127.0.0.1/x', '-F', 'raw', '-u'], /backing file/],
    [['-o', `data_file=${join(host.root, 'evil.data')},data_file_raw=on`], /data in another file/],
  ];
  for (const [options, pattern] of evil) {
    await rm(image, { force: true });
    await runCommand(['qemu-img', 'create', '-q', '-f', 'qcow2', ...options, image, '1M']);
    const path = await archive('evil.ova', { disk: await readFile(image) });
    const disk = await newDisk('qcow2');
    await assert.rejects(unpack(path, 'disk', disk), pattern);
    assert.equal(
      (
        await host.call<{ legality: string }>('Volume.getInfo', {
          storagepoolID: pool.poolId,
          storagedomainID: pool.domainId,
          imageID: disk.imageID,
          volumeID: disk.volumeID,
        })
      ).legality,
      'ILLEGAL',
    );
  }
  // Named raw by nobody: what begins as qcow2 is one, whatever the description says.
  await runCommand(['qemu-img', 'create', '-q', '-f', 'qcow2', image, '500T']);
  await assert.rejects(unpack(await archive('bomb.ova', { disk: await readFile(image) }), 'disk', await newDisk('raw')), { code: 79 });
  const handle = await open(image, 'r+');
  await handle.write(Buffer.from([0, 0, 0, 0]), 0, 4, 20);
  await handle.close();
  await assert.rejects(unpack(await archive('zero.ova', { disk: await readFile(image) }), 'disk', await newDisk('raw')), /cluster size/);
});
