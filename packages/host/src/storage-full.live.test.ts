// Needs: root, hypervisor
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommand } from './command.ts';
import { newVolume, startStorageHost } from './storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from './storage-fixture/host.ts';
import { blankUuid } from './volume/volume-metadata.ts';

const mebibyte = 1024 * 1024;

let host: StorageHost;
let pool: PoolFixture;
let connection: Record<string, unknown>;

/** A domain on a file system of 48 MiB that the host mounts by itself (POSIX file system). */
before(async () => {
  host = await startStorageHost();
  const disk = join(host.root, 'disk.img');
  await runCommand(['truncate', '-s', '48M', disk]);
  await runCommand(['mkfs.ext4', '-q', '-m', '0', disk]);
  connection = {
    storagepoolID: blankUuid,
    domainType: 6,
    connectionParams: [{ id: randomUUID(), connection: disk, vfs_type: 'ext4', mnt_options: 'noatime' }],
  };
  const [status] = await host.call<{ status: number }[]>('StoragePool.connectStorageServer', connection);
  assert.equal(status?.status, 0);
  const [domainId, poolId] = [randomUUID(), randomUUID()];
  const mount = join(host.root, 'dc', 'mnt', disk.replaceAll('_', '__').replaceAll('/', '_'));
  await runCommand(['rmdir', join(mount, 'lost+found')]);
  await host.call('StorageDomain.create', {
    storagedomainID: domainId,
    domainType: 6,
    typeArgs: disk,
    name: 'small',
    domainClass: 1,
    version: '5',
  });
  const master = { storagepoolID: poolId, masterSdUUID: domainId, masterVersion: 1 };
  await host.call('StoragePool.create', { ...master, name: 'Default', domainList: [domainId] });
  await host.call('StoragePool.connect', { ...master, hostID: 1, scsiKey: '', domainDict: { [domainId]: 'active' } });
  await host.task('StoragePool.spmStart', { storagepoolID: poolId, prevID: -1, prevLver: '-1', enableScsiFencing: 'false' });
  pool = { poolId, domainId, directory: mount };
});
after(async () => {
  await host.call('StoragePool.spmStop', { storagepoolID: pool.poolId });
  await host.call('StoragePool.disconnect', { storagepoolID: pool.poolId, hostID: 1, scsiKey: '' });
  await host.call('StoragePool.disconnectStorageServer', connection);
  await host.close();
});

const images = (): Promise<string[]> => readdir(join(pool.directory, pool.domainId, 'images'));
const inPool = (params: Record<string, unknown>): Record<string, unknown> => ({
  storagepoolID: pool.poolId,
  storagedomainID: pool.domainId,
  ...params,
});

test('storage is mounted with protective options', async () => {
  const line = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').find((entry) => entry.includes(pool.directory));
  for (const option of ['nosuid', 'nodev', 'noexec', 'noatime']) assert.ok(line?.includes(option), option);
});

test('a volume that does not fit is refused with its code and leaves nothing', async () => {
  for (const volFormat of [4, 5]) {
    await assert.rejects(host.task('Volume.create', newVolume(pool, { volFormat, preallocate: 1 })), {
      code: 397,
      taskResult: 'cleanSuccess',
    });
    assert.deepEqual(await images(), []);
  }
});

test('a copy that runs out of space is taken back; the source stays', async () => {
  const source = newVolume(pool, { volFormat: 5, size: String(24 * mebibyte) });
  await host.task('Volume.create', source);
  await runCommand([
    'qemu-io',
    '-f',
    'raw',
    '-c',
    'write -P 0x77 0 24M',
    join(pool.directory, pool.domainId, 'images', source.imageID, source.volumeID),
  ]);
  const copy = {
    ...inPool({ imageID: source.imageID, volumeID: source.volumeID }),
    dstSdUUID: pool.domainId,
    dstImgUUID: randomUUID(),
    dstVolUUID: randomUUID(),
    desc: '',
    volType: 8,
    volFormat: 4,
    preallocate: 2,
    postZero: false,
    force: false,
  };
  await assert.rejects(host.task('Volume.copy', copy), { code: 397, taskResult: 'cleanSuccess' });
  assert.deepEqual(await images(), [source.imageID]);
  const target = newVolume(pool, { volFormat: 4, size: String(24 * mebibyte) });
  await host.task('Volume.create', target);
  const endpoint = (volume: { imageID: string; volumeID: string }) => ({
    endpoint_type: 'div',
    sd_id: pool.domainId,
    img_id: volume.imageID,
    vol_id: volume.volumeID,
  });
  await assert.rejects(host.job('SDM.copy_data', { source: endpoint(source), destination: endpoint(target) }), { code: 397 });
  for (const { imageID } of [source, target]) await host.task('Image.delete', inPool({ imageID, postZero: false, force: false }));
  assert.deepEqual(await images(), []);
});

test('a full domain still answers, and a metadata file is never cut short', async () => {
  const request = newVolume(pool, { volFormat: 5, size: String(mebibyte) });
  const id = { imageID: request.imageID, volumeID: request.volumeID };
  await host.task('Volume.create', request);
  await runCommand(['dd', 'if=/dev/zero', `of=${join(pool.directory, 'filler')}`, 'bs=64k', 'status=none']).catch(() => undefined);
  await assert.rejects(host.task('Volume.create', newVolume(pool)), { code: 397 });
  await host
    .call('Volume.setDescription', inPool({ ...id, description: 'after' }))
    .catch((error: { code?: number }) => assert.equal(error.code, 397));
  assert.match(
    String((await host.call<Record<string, unknown>>('Volume.getInfo', inPool(id)))['description']),
    /^(after|\{"DiskAlias".*)$/,
  );
  assert.ok(
    Number((await host.call<Record<string, unknown>>('StorageDomain.getStats', { storagedomainID: pool.domainId }))['diskfree']) < 65_536,
  );
  await runCommand(['rm', join(pool.directory, 'filler')]);
  await host.task('Image.delete', inPool({ imageID: id.imageID, postZero: false, force: false }));
  assert.deepEqual(await images(), []);
});

test('a mount is connected once, and can not be taken away from an active domain', async () => {
  assert.equal((await host.call<{ status: number }[]>('StoragePool.connectStorageServer', connection))[0]?.status, 0);
  assert.equal((await host.call<{ status: number }[]>('StoragePool.disconnectStorageServer', connection))[0]?.status, 452);
  const none = { ...connection, connectionParams: [{ id: randomUUID(), connection: join(host.root, 'none.img'), vfs_type: 'ext4' }] };
  assert.equal((await host.call<{ status: number }[]>('StoragePool.connectStorageServer', none))[0]?.status, 477);
});
