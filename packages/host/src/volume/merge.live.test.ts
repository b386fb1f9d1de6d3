// Needs: root, hypervisor
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { runCommand } from '../command.ts';
import { makePool, newVolume, startStorageHost } from '../storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from '../storage-fixture/host.ts';
import { parseVolumeMetadata } from './volume-metadata.ts';

let host: StorageHost;
let pool: PoolFixture;
before(async () => {
  host = await startStorageHost();
  pool = await makePool(host);
});
after(() => host.close());

const directory = (imageId: string): string => join(pool.directory, pool.domainId, 'images', imageId);
const metadata = async (imageId: string, volumeId: string) =>
  parseVolumeMetadata(await readFile(join(directory(imageId), `${volumeId}.meta`), 'utf8'));
const write = (path: string, format: string, pattern: number, at: number): Promise<unknown> =>
  runCommand(['qemu-io', '-f', format, '-c', `write -P ${pattern} ${at} 64k`, path]);
const read = async (path: string, format: string, pattern: number, at: number): Promise<void> => {
  const { stdout } = await runCommand(['qemu-io', '-r', '-f', format, '-c', `read -P ${pattern} ${at} 64k`, path]);
  assert.doesNotMatch(stdout, /verification failed/, `${path} at ${at}`);
};

/** An image with a chain of volumes, each with one block of its own number; the base first. */
async function chainOf(count: number, base: Record<string, unknown> = {}): Promise<{ imageId: string; volumes: string[] }> {
  const first = newVolume(pool, base);
  await host.task('Volume.create', first);
  const volumes = [first.volumeID];
  const { imageID } = first;
  await write(join(directory(imageID), first.volumeID), base['volFormat'] === 5 ? 'raw' : 'qcow2', 1, 0);
  for (let at = 1; at < count; at += 1) {
    const next = newVolume(pool, { imageID, srcImgUUID: imageID, srcVolUUID: volumes.at(-1) });
    await host.task('Volume.create', next);
    await write(join(directory(imageID), next.volumeID), 'qcow2', at + 1, at * 65_536);
    volumes.push(next.volumeID);
  }
  return { imageId: imageID, volumes };
}

async function merge(imageId: string, baseId: string, topId: string, generation = 0): Promise<void> {
  const chain = { sd_id: pool.domainId, img_id: imageId, base_id: baseId, top_id: topId, base_generation: generation };
  await host.task('StoragePool.prepareMerge', { storagepoolID: pool.poolId, subchainInfo: chain });
  await host.job('SDM.merge', { subchain_info: chain });
  await host.task('StoragePool.finalizeMerge', { storagepoolID: pool.poolId, subchainInfo: chain });
  // a repeat of the last step changes nothing
  await host.task('StoragePool.finalizeMerge', { storagepoolID: pool.poolId, subchainInfo: chain });
  await host.task('Image.deleteVolumes', {
    storagepoolID: pool.poolId,
    storagedomainID: pool.domainId,
    imageID: imageId,
    volumeList: [topId],
  });
  await host.task('StoragePool.finalizeMerge', { storagepoolID: pool.poolId, subchainInfo: chain });
}

test('the middle of a chain is merged into its base, and the leaf reads as before', async () => {
  const { imageId, volumes } = await chainOf(3);
  const [base = '', middle = '', leaf = ''] = volumes;
  await merge(imageId, base, middle);
  assert.deepEqual(
    (await host.call<string[]>('Image.getVolumes', { storagedomainID: pool.domainId, imageID: imageId })).sort(),
    [base, leaf].sort(),
  );
  const path = join(directory(imageId), leaf);
  for (const number of [1, 2, 3]) await read(path, 'qcow2', number, (number - 1) * 65_536);
  assert.equal((await metadata(imageId, leaf)).parentId, base);
  assert.deepEqual(
    { role: (await metadata(imageId, base)).role, generation: (await metadata(imageId, base)).generation },
    { role: 'INTERNAL', generation: 1 },
  );
  await host.call('Image.prepare', { storagepoolID: pool.poolId, storagedomainID: pool.domainId, imageID: imageId, volumeID: leaf });
});

test('the leaf is merged into a raw base, which becomes the leaf', async () => {
  const { imageId, volumes } = await chainOf(2, { volFormat: 5 });
  const [base = '', top = ''] = volumes;
  await merge(imageId, base, top);
  assert.equal((await metadata(imageId, base)).role, 'LEAF');
  await read(join(directory(imageId), base), 'raw', 2, 65_536);
});

test('a smaller base grows to what is merged into it', async () => {
  const { imageId, volumes } = await chainOf(2);
  const [base = '', top = ''] = volumes;
  await host.task('Volume.extendSize', {
    storagepoolID: pool.poolId,
    storagedomainID: pool.domainId,
    imageID: imageId,
    volumeID: top,
    newSize: String(128 * 1024 * 1024),
  });
  await merge(imageId, base, top);
  assert.equal((await metadata(imageId, base)).capacityBytes, 128 * 1024 * 1024);
});

test('what is no pair of neighbours, another generation and a base with another child are refused', async () => {
  const { imageId, volumes } = await chainOf(3);
  const [base = '', middle = '', leaf = ''] = volumes;
  const job = (change: Record<string, unknown>) =>
    host.job('SDM.merge', { subchain_info: { sd_id: pool.domainId, img_id: imageId, base_id: base, top_id: middle, ...change } });
  await assert.rejects(job({ top_id: leaf }), { code: 920 });
  await assert.rejects(job({ base_generation: 5 }), { code: 911 });
  const branch = newVolume(pool, { imageID: imageId, srcImgUUID: imageId, srcVolUUID: base });
  await host.task('Volume.create', branch);
  await assert.rejects(job({}), { code: 204 });
  const remove = { storagepoolID: pool.poolId, storagedomainID: pool.domainId, imageID: imageId, volumeList: [branch.volumeID] };
  await host.task('Image.deleteVolumes', remove);
  assert.equal((await metadata(imageId, base)).role, 'INTERNAL', 'the other child still stands on it');
  await job({});
});

test('a template takes no merge', async () => {
  const template = newVolume(pool);
  await host.task('Volume.create', template);
  await host.job('SDM.update_volume', {
    vol_info: { sd_id: pool.domainId, img_id: template.imageID, vol_id: template.volumeID },
    vol_attr: { type: 'SHARED' },
  });
  const thin = newVolume(pool, { srcImgUUID: template.imageID, srcVolUUID: template.volumeID });
  await host.task('Volume.create', thin);
  const chain = { sd_id: pool.domainId, img_id: thin.imageID, base_id: template.volumeID, top_id: thin.volumeID };
  await assert.rejects(host.job('SDM.merge', { subchain_info: chain }), { code: 218 });
});

test('zeros are given back to the storage, the content stays', async () => {
  const volume = newVolume(pool, { volFormat: 5 });
  await host.task('Volume.create', volume);
  const path = join(directory(volume.imageID), volume.volumeID);
  await runCommand(['dd', 'if=/dev/zero', `of=${path}`, 'bs=1M', 'count=8', 'conv=notrunc', 'status=none']);
  await write(path, 'raw', 7, 1024 * 1024);
  const before = Number((await runCommand(['stat', '-c', '%b', path])).stdout);
  await host.job('SDM.sparsify_volume', { vol_info: { sd_id: pool.domainId, img_id: volume.imageID, vol_id: volume.volumeID } });
  const afterwards = Number((await runCommand(['stat', '-c', '%b', path])).stdout);
  assert.ok(afterwards < before / 8, `${afterwards} blocks of ${before}`);
  await read(path, 'raw', 7, 1024 * 1024);
  await assert.rejects(
    host.job('SDM.sparsify_volume', { vol_info: { sd_id: pool.domainId, img_id: volume.imageID, vol_id: randomUUID() } }),
    { code: 201 },
  );
});
