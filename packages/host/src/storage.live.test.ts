// Needs: root, hypervisor
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { access, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { runCommand } from './command.ts';
import { makeDomain, makePool, newVolume, startStorageHost } from './storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from './storage-fixture/host.ts';
import { blankUuid } from './volume/volume-metadata.ts';

const mebibyte = 1024 * 1024;

let host: StorageHost;
let pool: PoolFixture;

before(async () => {
  host = await startStorageHost();
  pool = await makePool(host);
});
after(() => host.close());

const imageDirectory = (imageId: string): string => join(pool.directory, pool.domainId, 'images', imageId);
const inPool = (params: Record<string, unknown>): Record<string, unknown> => ({
  storagepoolID: pool.poolId,
  storagedomainID: pool.domainId,
  ...params,
});
const write = (path: string, format: string, pattern: number, at: number): Promise<unknown> =>
  runCommand(['qemu-io', '-f', format, '-c', `write -P ${pattern} ${at} 64k`, path]);
const read = (path: string, format: string, pattern: number, at: number): Promise<unknown> =>
  runCommand(['qemu-io', '-r', '-f', format, '-c', `read -P ${pattern} ${at} 64k`, path]);

suite('a file domain', () => {
  test('has every file of storage format V5', async () => {
    const directory = join(pool.directory, pool.domainId);
    assert.deepEqual((await readdir(directory)).sort(), ['dom_md', 'images', 'master']);
    assert.deepEqual((await readdir(join(directory, 'dom_md'))).sort(), ['ids', 'inbox', 'leases', 'metadata', 'outbox', 'xleases']);
    assert.deepEqual((await readdir(join(directory, 'master'))).sort(), ['tasks', 'vms']);
    for (const name of await readdir(join(directory, 'dom_md')))
      assert.equal((await stat(join(directory, 'dom_md', name))).mode & 0o777, 0o660, name);
    for (const name of ['inbox', 'outbox']) assert.equal((await stat(join(directory, 'dom_md', name))).size, 16 * mebibyte);
    const metadata = await readFile(join(directory, 'dom_md', 'metadata'), 'utf8');
    assert.match(metadata, new RegExp(`^POOL_UUID=${pool.poolId}$`, 'm'));
    assert.match(metadata, /^ROLE=Master$/m);
    assert.match(metadata, /^TYPE=LOCALFS$/m);
  });

  test('has leases that sanlock understands', async () => {
    const metadata = join(pool.directory, pool.domainId, 'dom_md');
    const spm = await runCommand(['sanlock', 'direct', 'read_leader', '-r', `${pool.domainId}:SDM:${metadata}/leases:${mebibyte}`]);
    assert.match(spm.stdout, /^resource_name SDM$/m);
    const lockspace = await runCommand(['sanlock', 'direct', 'read_leader', '-s', `${pool.domainId}:1:${metadata}/ids:0`]);
    assert.match(lockspace.stdout, new RegExp(`^space_name ${pool.domainId}$`, 'm'));
  });

  test('answers about itself', async () => {
    const info = await host.call<Record<string, unknown>>('StorageDomain.getInfo', { storagedomainID: pool.domainId });
    assert.deepEqual(
      { ...info, remotePath: undefined },
      {
        uuid: pool.domainId,
        type: 'LOCALFS',
        class: 'Data',
        name: 'data',
        role: 'Master',
        pool: [pool.poolId],
        version: '5',
        block_size: 512,
        alignment: mebibyte,
        lver: -1,
        spm_id: -1,
        master_ver: 0,
        remotePath: undefined,
      },
    );
    const stats = await host.call<Record<string, unknown>>('StorageDomain.getStats', { storagedomainID: pool.domainId });
    assert.ok(Number(stats['diskfree']) > 0 && typeof stats['disktotal'] === 'string');
    assert.deepEqual(
      await host.call('Host.getStorageDomains', { storagepoolID: blankUuid, domainClass: 1, storageType: 4, remotePath: pool.directory }),
      [pool.domainId],
    );
    assert.deepEqual(await host.call('Host.getStorageDomains', { storagepoolID: randomUUID() }), []);
  });

  test('is watched with the types that the engine casts to', async () => {
    await host.call('StorageDomain.activate', inPool({}));
    const status = host.storage.domainStatuses()[pool.domainId];
    assert.ok(status !== undefined);
    assert.deepEqual(
      { ...status, lastCheck: typeof status.lastCheck, delay: typeof status.delay },
      { code: 0, lastCheck: 'string', delay: 'string', valid: true, acquired: false, actual: true, version: 5 },
    );
    assert.match(status.lastCheck, /^\d+\.\d$/);
  });

  test('is in a pool that this host manages, reachable by its links', async () => {
    assert.deepEqual(await host.call('StoragePool.getSpmStatus', { storagepoolID: pool.poolId }), {
      spmStatus: 'SPM',
      spmId: 1,
      spmLver: 1,
    });
    const info = await host.call<{ info: Record<string, unknown>; dominfo: Record<string, Record<string, unknown>> }>(
      'StoragePool.getInfo',
      { storagepoolID: pool.poolId },
    );
    assert.equal(info.info['master_uuid'], pool.domainId);
    assert.equal(info.info['domains'], `${pool.domainId}:Active`);
    assert.equal(info.dominfo[pool.domainId]?.['status'], 'Active');
    assert.ok(Number(info.dominfo[pool.domainId]?.['diskfree']) > 0);
    await access(join(host.root, 'dc', pool.poolId, 'mastersd', 'dom_md', 'metadata'));
  });

  test('exists once, and alone on its connection', async () => {
    const again = { domainType: 4, typeArgs: pool.directory, name: 'x', domainClass: 1, version: '5', maxHosts: 250 };
    await assert.rejects(host.call('StorageDomain.create', { ...again, storagedomainID: pool.domainId }), { code: 365 });
    await assert.rejects(host.call('StorageDomain.create', { ...again, storagedomainID: randomUUID() }), { code: 361 });
    await assert.rejects(host.call('StorageDomain.create', { ...again, storagedomainID: randomUUID(), typeArgs: '/not/connected' }), {
      code: 360,
    });
    await assert.rejects(host.call('StorageDomain.create', { ...again, storagedomainID: randomUUID(), version: '4' }), { code: 394 });
    await assert.rejects(host.call('StorageDomain.create', { ...again, storagedomainID: randomUUID(), name: 'a\nROLE=Master' }), {
      code: 91,
    });
    await assert.rejects(host.call('StorageDomain.format', { storagedomainID: pool.domainId, autoDetach: true }), { code: 392 });
  });
});

suite('leases', () => {
  test('are made, found and removed, and sanlock understands them', async () => {
    const lease = { sd_id: pool.domainId, lease_id: randomUUID() };
    await assert.rejects(host.call('Lease.info', { lease }), { code: 936 });
    for (let round = 0; round < 2; round++) await host.task('Lease.create', { lease });
    const info = await host.call<{ path: string; offset: number }>('Lease.info', { lease });
    assert.equal(info.offset, 3 * mebibyte);
    assert.match(
      (await runCommand(['sanlock', 'direct', 'read_leader', '-r', `${lease.sd_id}:${lease.lease_id}:${info.path}:${info.offset}`])).stdout,
      new RegExp(`^resource_name ${lease.lease_id}$`, 'm'),
    );
    assert.deepEqual(await host.call('Lease.status', { lease }), { owners: [], version: 0 });
    await host.task('Lease.delete', { lease });
    await assert.rejects(host.task('Lease.delete', { lease }), { code: 936 });
  });
});

suite('connections and pools', () => {
  test('each connection answers for itself', async () => {
    const id = (number: number): string => `${blankUuid.slice(0, -1)}${number}`;
    const directory = join(host.root, 'second');
    await mkdir(directory);
    const connectionParams = [
      { id: id(1), connection: directory },
      { id: id(2), connection: '/etc' },
      { id: id(3), connection: join(host.root, 'missing') },
      { id: id(4), connection: `${host.root}/with space` },
    ];
    assert.deepEqual(await host.call('StoragePool.connectStorageServer', { storagepoolID: blankUuid, domainType: 4, connectionParams }), [
      { id: id(1), status: 0 },
      { id: id(2), status: 453 },
      { id: id(3), status: 451 },
      { id: id(4), status: 453 },
    ]);
    const nfs = await host.call<{ status: number }[]>('StoragePool.connectStorageServer', {
      storagepoolID: blankUuid,
      domainType: 1,
      connectionParams: [{ id: id(5), connection: '127.0.0.1:/none', mnt_options: 'exec' }],
    });
    assert.equal(nfs[0]?.status, 453);
    assert.deepEqual(
      await host.call('StoragePool.disconnectStorageServer', {
        storagepoolID: blankUuid,
        domainType: 4,
        connectionParams: [connectionParams[0]],
      }),
      [{ id: id(1), status: 0 }],
    );
    assert.deepEqual(
      await host.call('StoragePool.disconnectStorageServer', {
        storagepoolID: pool.poolId,
        domainType: 4,
        connectionParams: [{ id: id(6), connection: pool.directory }],
      }),
      [{ id: id(6), status: 452 }],
    );
  });

  test('a second domain is attached, gets images, becomes master, and is removed', async () => {
    const second = await makeDomain(host, join(host.root, 'second'));
    const there = { storagepoolID: pool.poolId, storagedomainID: second };
    await assert.rejects(host.call('StorageDomain.activate', there), { code: 353 });
    await host.call('StorageDomain.attach', there);
    await host.call('StorageDomain.attach', there);
    await host.call('StorageDomain.activate', there);

    const base = newVolume(pool, { volFormat: 5 });
    await host.task('Volume.create', base);
    await write(join(imageDirectory(base.imageID), base.volumeID), 'raw', 0x33, 0);
    const top = { ...newVolume(pool), imageID: base.imageID, srcImgUUID: base.imageID, srcVolUUID: base.volumeID };
    await host.task('Volume.create', top);
    await write(join(imageDirectory(base.imageID), top.volumeID), 'qcow2', 0x44, 65536);
    await host.task('Image.move', inPool({ imageID: base.imageID, dstSdUUID: second, operation: 2, postZero: false, force: false }));
    assert.deepEqual(await readdir(join(pool.directory, pool.domainId, 'images')), []);
    const { path } = await host.call<{ path: string }>('Image.prepare', { ...there, imageID: base.imageID, volumeID: top.volumeID });
    await read(path, 'qcow2', 0x33, 0);
    await read(path, 'qcow2', 0x44, 65536);
    await host.task('Image.delete', { ...there, imageID: base.imageID, postZero: false, force: false });

    await assert.rejects(host.call('StorageDomain.detach', { ...there, masterSdUUID: blankUuid, masterVersion: 0 }), { code: 382 });
    await host.task('StoragePool.switchMaster', {
      storagepoolID: pool.poolId,
      oldMasterUUID: pool.domainId,
      newMasterUUID: second,
      masterVersion: 2,
    });
    assert.equal(
      (await host.call<Record<string, unknown>>('StorageDomain.getInfo', { storagedomainID: pool.domainId }))['role'],
      'Regular',
    );
    await assert.rejects(host.call('StorageDomain.detach', { ...there, masterSdUUID: blankUuid, masterVersion: 0 }), { code: 383 });
    await host.call('StorageDomain.deactivate', { ...there, masterSdUUID: pool.domainId, masterVersion: 3 });
    await host.call('StorageDomain.detach', { ...there, masterSdUUID: pool.domainId, masterVersion: 3 });
    assert.equal(host.storage.domainStatuses()[second], undefined);
    await host.call('StorageDomain.format', { storagedomainID: second, autoDetach: false });
    assert.deepEqual(await readdir(join(host.root, 'second')), []);
  });

  test('only the manager changes a pool', async () => {
    await host.call('StoragePool.spmStop', { storagepoolID: pool.poolId });
    assert.deepEqual(await host.call('StoragePool.getSpmStatus', { storagepoolID: pool.poolId }), {
      spmStatus: 'Free',
      spmId: -1,
      spmLver: -1,
    });
    await assert.rejects(host.call('Volume.create', newVolume(pool)), { code: 654 });
    await assert.rejects(host.call('StorageDomain.setDescription', { storagedomainID: pool.domainId, description: 'x' }), { code: 654 });
    await host.task('StoragePool.spmStart', { storagepoolID: pool.poolId, prevID: -1, prevLver: '-1', enableScsiFencing: 'false' });
    await assert.rejects(host.call('StoragePool.disconnect', { storagepoolID: pool.poolId, hostID: 1, scsiKey: '' }), { code: 656 });
    await host.call('StorageDomain.setDescription', { storagedomainID: pool.domainId, description: 'Daten äöü' });
    assert.equal(
      (await host.call<Record<string, unknown>>('StorageDomain.getInfo', { storagedomainID: pool.domainId }))['name'],
      'Daten äöü',
    );
  });

  test('a host that is restarted is connected and manager again', async () => {
    await host.restart();
    assert.equal(
      (await host.call<Record<string, unknown>>('StoragePool.getSpmStatus', { storagepoolID: pool.poolId }))['spmStatus'],
      'SPM',
    );
    assert.deepEqual(await host.call('Host.getConnectedStoragePools'), [pool.poolId]);
    assert.equal(host.storage.domainStatuses()[pool.domainId]?.valid, true);
  });

  test('damage of the metadata shows in the status of the domain', async () => {
    const file = join(pool.directory, pool.domainId, 'dom_md', 'metadata');
    const good = await readFile(file, 'utf8');
    await writeFile(file, good.replace('ROLE=Master', 'ROLE=Regular'));
    await assert.rejects(host.call('StorageDomain.getInfo', { storagedomainID: pool.domainId }), { code: 752 });
    await writeFile(file, good);
    await host.call('StorageDomain.getInfo', { storagedomainID: pool.domainId });
  });
});
