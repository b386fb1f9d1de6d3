// Budget: 75 s
// Needs: root, hypervisor, machine
import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommand } from './command.ts';
import { createLvm } from './block/lvm.ts';
import { makeDomain, newVolume, startStorageHost } from './storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from './storage-fixture/host.ts';
import { leavePool, makeBlockPool, makeLun } from './storage-fixture/lun.ts';
import type { Lun } from './storage-fixture/lun.ts';

const mebibyte = 1024 * 1024;

let directory: string;
let luns: Lun[];
let host: StorageHost;
let pool: PoolFixture;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'luns-'));
  luns = [await makeLun(join(directory, 'first'), 16), await makeLun(join(directory, 'second'), 8)];
  host = await startStorageHost({ blockDevices: luns.map(({ path }) => path), volumeActivation: 'loop' });
  pool = await makeBlockPool(host, luns.slice(0, 1));
});
after(async () => {
  await leavePool(host, pool);
  await host.call('StorageDomain.format', { storagedomainID: pool.domainId, autoDetach: true });
  await host.close();
  for (const lun of luns) await lun.remove();
  await rm(directory, { recursive: true, force: true });
});

const tagsOf = async (): Promise<Record<string, string>> => {
  const rows = await createLvm(false).report('lvs', ['lv_name', 'lv_tags', 'lv_size'], [luns[0]?.path ?? ''], pool.domainId);
  return Object.fromEntries(rows.map((row) => [row['lv_name'] ?? '', row['lv_tags'] ?? '']));
};

const prepare = (id: { imageID: string; volumeID?: string }): Promise<{ path: string; info: { type: string } }> =>
  host.call('Image.prepare', { storagepoolID: pool.poolId, storagedomainID: pool.domainId, ...id });
const teardown = (imageID: string): Promise<unknown> =>
  host.call('Image.teardown', { storagepoolID: pool.poolId, storagedomainID: pool.domainId, imageID });
const info = <T>(id: { imageID: string; volumeID: string }): Promise<T> =>
  host.call('Volume.getInfo', { storagepoolID: pool.poolId, storagedomainID: pool.domainId, imageID: id.imageID, volumeID: id.volumeID });
const removeImage = (imageID: string, postZero = false): Promise<void> =>
  host.task('Image.delete', { storagepoolID: pool.poolId, storagedomainID: pool.domainId, imageID, postZero, force: false });

test('a domain on a LUN has the volumes and tags of its format', async () => {
  const { path = '' } = luns[0] ?? {};
  assert.deepEqual(Object.keys(await tagsOf()).sort(), ['ids', 'inbox', 'leases', 'master', 'metadata', 'outbox', 'xleases']);
  const [group] = await createLvm(false).report('vgs', ['vg_tags'], [path]);
  const tags = (group?.['vg_tags'] ?? '').split(',').filter((tag) => !/^MDT_(_SHA_CKSUM|VGUUID|PV0)=/.test(tag));
  assert.deepEqual(tags.sort(), [
    'MDT_ALIGNMENT=1048576',
    'MDT_BLOCK_SIZE=512',
    'MDT_CLASS=Data',
    'MDT_DESCRIPTION=blocks',
    'MDT_IOOPTIMEOUTSEC=10',
    'MDT_LEASERETRIES=3',
    'MDT_LEASETIMESEC=60',
    'MDT_LOCKPOLICY=',
    'MDT_LOCKRENEWALINTERVALSEC=5',
    `MDT_POOL_UUID=${pool.poolId}`,
    'MDT_ROLE=Master',
    `MDT_SDUUID=${pool.domainId}`,
    'MDT_TYPE=ISCSI',
    'MDT_VERSION=5',
    'RHAT_storage_domain',
  ]);
  const domain = await host.call<Record<string, unknown>>('StorageDomain.getInfo', { storagedomainID: pool.domainId });
  assert.equal(domain['metadataDevice'], luns[0]?.guid);
  assert.equal(domain['type'], 'ISCSI');
  const stats = await host.call<Record<string, unknown>>('StorageDomain.getStats', { storagedomainID: pool.domainId });
  assert.equal(stats['mdavalid'], true);
  assert.equal(stats['mdathreshold'], true);
  assert.deepEqual(await host.call('Host.getStorageDomains', { storageType: 3 }), [pool.domainId]);
});

test('a raw disk is as large as its capacity, holds what is written, and grows', async () => {
  const volume = newVolume(pool, { volFormat: 5, preallocate: 1, size: String(200 * mebibyte) });
  await host.task('Volume.create', volume);
  assert.match((await tagsOf())[volume.volumeID] ?? '', new RegExp(`^IU_${volume.imageID},MD_1,PU_0{8}-`));
  const { path, info: how } = await prepare(volume);
  assert.equal(how.type, 'block');
  await runCommand(['qemu-io', '-f', 'raw', '-c', 'write -P 0x5a 100M 1M', path]);
  await teardown(volume.imageID);
  await host.task('Volume.extendSize', { ...volume, newSize: String(300 * mebibyte) });
  const facts = await info<{ capacity: string; apparentsize: string; lease: { path: string; offset: number } }>(volume);
  assert.deepEqual([facts.capacity, facts.apparentsize], [String(300 * mebibyte), String(384 * mebibyte)]);
  assert.equal(facts.lease.offset, 101 * mebibyte);
  const again = await prepare(volume);
  await runCommand(['qemu-io', '-r', '-f', 'raw', '-c', 'read -P 0x5a 100M 1M', again.path]);
  await teardown(volume.imageID);
  await removeImage(volume.imageID, true);
  assert.equal((await tagsOf())[volume.volumeID], undefined);
});

test('a thin chain on a template is read through all of its volumes, and copied to one', async () => {
  const base = newVolume(pool, { size: String(256 * mebibyte) });
  await host.task('Volume.create', base);
  const filled = await prepare(base);
  await runCommand(['qemu-io', '-f', 'qcow2', '-c', 'write -P 0x11 0 4M', filled.path]);
  await teardown(base.imageID);
  const template = { imageID: randomUUID(), volumeID: randomUUID() };
  const copy = { storagepoolID: pool.poolId, storagedomainID: pool.domainId, desc: '', postZero: false, force: false };
  await host.task('Volume.copy', {
    ...copy,
    imageID: base.imageID,
    volumeID: base.volumeID,
    dstSdUUID: pool.domainId,
    dstImgUUID: template.imageID,
    dstVolUUID: template.volumeID,
    volType: 6,
    volFormat: 4,
    preallocate: 2,
  });
  const thin = newVolume(pool, { size: String(256 * mebibyte), srcImgUUID: template.imageID, srcVolUUID: template.volumeID });
  await host.task('Volume.create', thin);
  assert.deepEqual(
    (await host.call<string[]>('Image.getVolumes', { storagedomainID: pool.domainId, imageID: thin.imageID })).sort(),
    [template.volumeID, thin.volumeID].sort(),
  );
  const { path } = await prepare(thin);
  await runCommand(['qemu-io', '-f', 'qcow2', '-c', 'read -P 0x11 0 4M', '-c', 'write -P 0x22 8M 1M', path]);
  await teardown(thin.imageID);
  const flat = newVolume(pool, { size: String(256 * mebibyte), volFormat: 5, preallocate: 1 });
  await host.task('Volume.create', flat);
  const end = (id: { imageID: string; volumeID: string }): object => ({
    endpoint_type: 'div',
    sd_id: pool.domainId,
    img_id: id.imageID,
    vol_id: id.volumeID,
  });
  await host.job('SDM.copy_data', { source: end(thin), destination: end(flat) });
  const whole = await prepare(flat);
  await runCommand(['qemu-io', '-r', '-f', 'raw', '-c', 'read -P 0x11 0 4M', '-c', 'read -P 0x22 8M 1M', whole.path]);
  await teardown(flat.imageID);
  await assert.rejects(removeImage(template.imageID), { code: 223 });
  for (const id of [thin, flat, base, template]) await removeImage(id.imageID);
  assert.deepEqual(await host.call('StorageDomain.getImages', { storagedomainID: pool.domainId }), []);
});

test('a snapshot is merged back into its parent', async () => {
  const base = newVolume(pool, { size: String(128 * mebibyte) });
  await host.task('Volume.create', base);
  const top = {
    ...newVolume(pool, { size: String(128 * mebibyte), srcVolUUID: base.volumeID, srcImgUUID: base.imageID }),
    imageID: base.imageID,
  };
  await host.task('Volume.create', top);
  const { path } = await prepare(top);
  await runCommand(['qemu-io', '-f', 'qcow2', '-c', 'write -P 0x33 1M 1M', path]);
  await teardown(top.imageID);
  const subchain = { sd_id: pool.domainId, img_id: base.imageID, base_id: base.volumeID, top_id: top.volumeID, base_generation: 0 };
  await host.task('StoragePool.prepareMerge', { storagepoolID: pool.poolId, subchainInfo: subchain });
  await host.job('SDM.merge', { subchain_info: subchain });
  await host.task('StoragePool.finalizeMerge', { storagepoolID: pool.poolId, subchainInfo: subchain });
  await host.task('Image.deleteVolumes', {
    storagepoolID: pool.poolId,
    storagedomainID: pool.domainId,
    imageID: base.imageID,
    volumeList: [top.volumeID],
    postZero: false,
    force: false,
  });
  assert.equal((await info<{ voltype: string }>(base)).voltype, 'LEAF');
  const merged = await prepare(base);
  await runCommand(['qemu-io', '-r', '-f', 'qcow2', '-c', 'read -P 0x33 1M 1M', merged.path]);
  await teardown(base.imageID);
  await removeImage(base.imageID);
});

test('disks that no VM uses move, are copied and converted between files and LUNs, with what is recorded', async () => {
  const filesId = await makeDomain(host, join(directory, 'files'));
  const there = { storagepoolID: pool.poolId, storagedomainID: filesId };
  await host.call('StorageDomain.attach', there);
  await host.call('StorageDomain.activate', there);
  const at = (domainId: string, imageID: string): Record<string, string> => ({
    storagepoolID: pool.poolId,
    storagedomainID: domainId,
    imageID,
  });
  const io = async (domainId: string, id: { imageID: string; volumeID: string }, format: string, ...commands: string[]): Promise<void> => {
    const place = { ...at(domainId, id.imageID), volumeID: id.volumeID };
    const { path } = await host.call<{ path: string }>('Image.prepare', place);
    const read = commands.every((command) => command.startsWith('read'));
    const { stdout } = await runCommand([
      'qemu-io',
      ...(read ? ['-r'] : []),
      '-f',
      format,
      ...commands.flatMap((one) => ['-c', one]),
      path,
    ]);
    assert.doesNotMatch(stdout, /verification failed/);
    await host.call('Image.teardown', place);
  };
  const move = (imageID: string, from: string, to: string): Promise<void> =>
    host.task('Image.move', { ...at(from, imageID), dstSdUUID: to, operation: 2, postZero: false, force: false });
  const kind = async (domainId: string, id: { imageID: string; volumeID: string }): Promise<[string, string]> => {
    const { format, type } = await host.call<{ format: string; type: string }>('Volume.getInfo', {
      ...at(domainId, id.imageID),
      volumeID: id.volumeID,
    });
    return [format, type];
  };

  const size = String(256 * mebibyte);
  const raw = newVolume(pool, { storagedomainID: filesId, volFormat: 5, size });
  await host.task('Volume.create', raw);
  await io(filesId, raw, 'raw', 'write -P 0x21 1M 1M');
  await move(raw.imageID, filesId, pool.domainId);
  assert.deepEqual(await kind(pool.domainId, raw), ['RAW', 'PREALLOCATED']);
  await io(pool.domainId, raw, 'raw', 'read -P 0x21 1M 1M', 'read -P 0 2M 254M');
  await move(raw.imageID, pool.domainId, filesId);
  await io(filesId, raw, 'raw', 'read -P 0x21 1M 1M', 'read -P 0 2M 254M');

  const base = newVolume(pool, { size });
  await host.task('Volume.create', base);
  await io(pool.domainId, base, 'qcow2', 'write -P 0x31 0 1M');
  const recorded = randomUUID();
  const top = newVolume(pool, { size, imageID: base.imageID, srcImgUUID: base.imageID, srcVolUUID: base.volumeID, bitmap: recorded });
  await host.task('Volume.create', top);
  await io(pool.domainId, top, 'qcow2', 'write -P 0x32 4M 1M');
  for (const [from, to] of [
    [pool.domainId, filesId],
    [filesId, pool.domainId],
  ] as const) {
    await move(base.imageID, from, to);
    await io(to, top, 'qcow2', 'read -P 0x31 0 1M', 'read -P 0x32 4M 1M');
    const { bitmaps } = await host.call<{ bitmaps: { name: string; flags: string[] }[] }>('Volume.getQemuImageInfo', {
      ...at(to, top.imageID),
      volumeID: top.volumeID,
    });
    assert.deepEqual(
      bitmaps.map(({ name, flags }) => [name, flags]),
      [[recorded, ['auto']]],
    );
  }

  const end = (domainId: string, id: { imageID: string; volumeID: string }): object => ({
    endpoint_type: 'div',
    sd_id: domainId,
    img_id: id.imageID,
    vol_id: id.volumeID,
  });
  const converted = newVolume(pool, { storagedomainID: filesId, volFormat: 5, size });
  await host.task('Volume.create', converted);
  await host.job('SDM.copy_data', { source: end(pool.domainId, top), destination: end(filesId, converted) });
  await io(filesId, converted, 'raw', 'read -P 0x31 0 1M', 'read -P 0x32 4M 1M');
  const back = newVolume(pool, { size, initialSize: String(100 * mebibyte) });
  await host.task('Volume.create', back);
  await host.job('SDM.copy_data', { source: end(filesId, converted), destination: end(pool.domainId, back) });
  await io(pool.domainId, back, 'qcow2', 'read -P 0x31 0 1M', 'read -P 0x32 4M 1M');
  const vol_info = end(pool.domainId, back);
  await assert.rejects(host.job('SDM.sparsify_volume', { vol_info }), { code: 231 }, 'qcow2 is not sparsified');
  for (const [domainId, { imageID }] of [
    [pool.domainId, back],
    [pool.domainId, base],
    [filesId, raw],
    [filesId, converted],
  ] as const)
    await host.task('Image.delete', { ...at(domainId, imageID), postZero: false, force: false });
  await host.call('StorageDomain.deactivate', { ...there, masterSdUUID: pool.domainId, masterVersion: 1 });
  await host.call('StorageDomain.detach', { ...there, masterSdUUID: pool.domainId, masterVersion: 1 });
});

test('a sparse volume gives back what it does not need', async () => {
  const big = String(8 * 1024 * mebibyte);
  const volume = newVolume(pool, { size: big, initialSize: String(6 * 1024 * mebibyte) });
  await host.task('Volume.create', volume);
  const sizeNow = async (): Promise<number> => Number((await info<{ apparentsize: string }>(volume)).apparentsize);
  const { path } = await prepare(volume);
  await runCommand(['qemu-io', '-f', 'qcow2', '-c', 'write -P 0x44 0 130M', path]);
  const reduce = (id: object): Promise<void> => host.task('StoragePool.reduceVolume', { storagedomainID: pool.domainId, ...id });
  await assert.rejects(reduce(volume), { code: 203 }, 'in use');
  await teardown(volume.imageID);
  const before = await sizeNow();
  assert.ok(before > 6.5 * 1024 * mebibyte);
  await reduce(volume);
  assert.equal(await sizeNow(), (2560 + 256) * mebibyte);
  const again = await prepare(volume);
  await runCommand(['qemu-io', '-r', '-f', 'qcow2', '-c', 'read -P 0x44 0 130M', '-c', 'read -P 0 1G 1M', again.path]);
  await teardown(volume.imageID);
  const flat = newVolume(pool, { volFormat: 5, preallocate: 1 });
  await host.task('Volume.create', flat);
  await assert.rejects(reduce(flat), { code: 202 });
  for (const id of [volume, flat]) await removeImage(id.imageID);
});

test('a domain takes in further LUNs, gives them back, and grows with them', async () => {
  const [first, second] = luns;
  assert.ok(first !== undefined && second !== undefined);
  const total = async (): Promise<number> =>
    Number((await host.call<{ disktotal: string }>('StorageDomain.getStats', { storagedomainID: pool.domainId })).disktotal);
  const before = await total();
  const place = { storagedomainID: pool.domainId, storagepoolID: pool.poolId };
  await host.call('StorageDomain.extend', { ...place, devlist: [second.guid], force: false });
  assert.ok((await total()) > before);
  const { vguuid } = await host.call<{ vguuid: string }>('StorageDomain.getInfo', { storagedomainID: pool.domainId });
  const group = await host.call<{ name: string; pvlist: { GUID: string }[] }>('LVMVolumeGroup.getInfo', { lvmvolumegroupID: vguuid });
  assert.equal(group.name, pool.domainId);
  assert.deepEqual(
    group.pvlist.map(({ GUID }) => GUID),
    [first.guid, second.guid],
  );
  await runCommand(['truncate', '-s', '10G', second.file]);
  await runCommand(['losetup', '--set-capacity', second.path]);
  const grown = Number(await host.call('StorageDomain.resizePV', { ...place, guid: second.guid }));
  assert.ok(grown > 9 * 1024 ** 3, String(grown));
  await assert.rejects(host.job('SDM.reduce_domain', { reduce_params: { sd_id: pool.domainId, guid: first.guid } }), { code: 617 });
  await host.job('SDM.move_domain_device', { move_params: { sd_id: pool.domainId, guid: second.guid } });
  await host.job('SDM.reduce_domain', { reduce_params: { sd_id: pool.domainId, guid: second.guid } });
  assert.equal(await total(), before);
  await assert.rejects(host.call('LVMVolumeGroup.create', { name: randomUUID(), devlist: [first.guid], force: false }), { code: 601 });
  const named = async (): Promise<string[]> =>
    (await host.call<{ name: string }[]>('Host.getLVMVolumeGroups')).map(({ name }) => name).toSorted();
  const name = randomUUID();
  const uuid = await host.call<string>('LVMVolumeGroup.create', { name, devlist: [second.guid], force: false });
  assert.deepEqual(await named(), [name, pool.domainId].toSorted());
  await assert.rejects(host.call('LVMVolumeGroup.remove', { lvmvolumegroupID: vguuid }), VdsmError, 'a storage domain');
  await host.call('LVMVolumeGroup.remove', { lvmvolumegroupID: uuid });
  assert.deepEqual(await named(), [pool.domainId]);
});

test('external leases have their places, and an agent that starts again finds everything', async () => {
  const lease = { sd_id: pool.domainId, lease_id: randomUUID() };
  await host.task('Lease.create', { lease });
  const volume = newVolume(pool, { size: String(64 * mebibyte) });
  await host.task('Volume.create', volume);
  const { path } = await prepare(volume);
  await host.restart();
  assert.equal((await host.call<{ offset: number }>('Lease.info', { lease })).offset, 3 * mebibyte);
  await host.task('Lease.delete', { lease });
  await runCommand(['qemu-io', '-f', 'qcow2', '-c', 'read 0 1M', path]);
  await teardown(volume.imageID);
  await assert.rejects(readdir(join(host.root, 'run', 'storage', pool.domainId, volume.imageID)), { code: 'ENOENT' });
  await removeImage(volume.imageID);
});
