// Needs: root, hypervisor
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { access, readFile, readdir, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { runCommand } from '../command.ts';
import { makePool, newVolume, startStorageHost } from '../storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from '../storage-fixture/host.ts';
import { blankUuid, parseVolumeMetadata } from './volume-metadata.ts';

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
const removeImage = (imageId: string): Promise<void> =>
  host.task('Image.delete', inPool({ imageID: imageId, postZero: false, force: false }));

suite('volumes', () => {
  for (const [name, volFormat, preallocate] of [
    ['RAW sparse', 5, 2],
    ['RAW preallocated', 5, 1],
    ['COW sparse', 4, 2],
    ['COW preallocated', 4, 1],
  ] as const) {
    test(`${name}: created, read back, deleted without a trace`, async () => {
      const request = newVolume(pool, { volFormat, preallocate });
      const id = { imageID: request.imageID, volumeID: request.volumeID };
      await host.task('Volume.create', request);
      await assert.rejects(host.call('Volume.create', request), { code: 212 });
      assert.deepEqual((await readdir(imageDirectory(id.imageID))).sort(), [id.volumeID, `${id.volumeID}.lease`, `${id.volumeID}.meta`]);
      for (const file of await readdir(imageDirectory(id.imageID)))
        assert.equal((await stat(join(imageDirectory(id.imageID), file))).mode & 0o777, 0o660, file);
      const info = await host.call<Record<string, unknown>>('Volume.getInfo', inPool(id));
      assert.deepEqual(
        [
          info['format'],
          info['type'],
          info['capacity'],
          info['voltype'],
          info['legality'],
          info['status'],
          info['generation'],
          info['parent'],
          info['disktype'],
        ],
        [
          volFormat === 4 ? 'COW' : 'RAW',
          preallocate === 1 ? 'PREALLOCATED' : 'SPARSE',
          String(64 * mebibyte),
          'LEAF',
          'LEGAL',
          'OK',
          0,
          blankUuid,
          'DATA',
        ],
      );
      assert.deepEqual({ ...(info['lease'] as object), path: '' }, { path: '', offset: 0, owners: [], version: 0 });
      assert.equal(Number(info['truesize']) >= 64 * mebibyte, preallocate === 1);
      const image = await host.call<Record<string, unknown>>('Volume.getQemuImageInfo', inPool(id));
      assert.deepEqual([image['format'], image['virtualsize']], [volFormat === 4 ? 'qcow2' : 'raw', 64 * mebibyte]);

      const { path } = await host.call<{ path: string }>('Image.prepare', inPool(id));
      await write(path, String(image['format']), 0x5a, 0);
      await read(path, String(image['format']), 0x5a, 0);
      await host.call('Image.teardown', inPool(id));
      await removeImage(id.imageID);
      assert.deepEqual(await host.call('StorageDomain.getImages', { storagedomainID: pool.domainId }), []);
      assert.deepEqual(await readdir(join(pool.directory, pool.domainId, 'images')), []);
      await assert.rejects(host.call('Image.delete', inPool({ imageID: id.imageID, postZero: false, force: false })), { code: 268 });
    });
  }

  test('refuse what can not be', async () => {
    const cases: [Record<string, unknown>, number][] = [
      [{ size: '0' }, 229],
      [{ size: '-5' }, 91],
      [{ size: '9223372036854775808' }, 91],
      [{ size: '1e3' }, 91],
      [{ volFormat: 3 }, 202],
      [{ preallocate: 0 }, 231],
      [{ diskType: 'XXXX' }, 91],
      [{ imageID: '../../../etc' }, 91],
      [{ volumeID: `${randomUUID()}/x` }, 91],
      [{ volumeID: `${randomUUID()}\0` }, 91],
      [{ storagedomainID: '..' }, 91],
      [{ storagedomainID: randomUUID() }, 358],
      [{ storagepoolID: randomUUID() }, 309],
      [{ srcVolUUID: randomUUID() }, 201],
      [{ volFormat: 5, initialSize: '4096' }, 1000],
    ];
    for (const [change, code] of cases)
      await assert.rejects(host.call('Volume.create', newVolume(pool, change)), { code }, JSON.stringify(change));
    assert.deepEqual(await readdir(join(pool.directory, pool.domainId, 'images')), []);
  });

  test('a repeat while the first call runs gets the same task', async () => {
    const request = newVolume(pool);
    const [first, second] = await Promise.all([host.call<string>('Volume.create', request), host.call<string>('Volume.create', request)]);
    assert.equal(first, second);
    for (let state = ''; state !== 'finished';) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      state = (await host.call<{ taskState: string }>('Task.getStatus', { taskID: first })).taskState;
    }
    const all = await host.call<Record<string, unknown>>('Host.getAllTasksStatuses');
    assert.deepEqual(all[first], { taskID: first, taskState: 'finished', taskResult: 'success', code: 0, message: '' });
    await host.restart();
    assert.deepEqual((await host.call<Record<string, unknown>>('Host.getAllTasksStatuses'))[first], all[first]);
    assert.deepEqual((await host.call<Record<string, unknown>>('Host.getAllTasksInfo'))[first], { id: first, verb: 'createVolume' });
    await host.call('Task.clear', { taskID: first });
    await removeImage(request.imageID);
  });

  test('grow, and a repeat changes nothing', async () => {
    for (const volFormat of [4, 5]) {
      const request = newVolume(pool, { volFormat });
      const id = { imageID: request.imageID, volumeID: request.volumeID };
      await host.task('Volume.create', request);
      for (let round = 0; round < 2; round++) await host.task('Volume.extendSize', inPool({ ...id, newSize: String(128 * mebibyte) }));
      assert.equal((await host.call<Record<string, unknown>>('Volume.getInfo', inPool(id)))['capacity'], String(128 * mebibyte));
      assert.equal((await host.call<Record<string, unknown>>('Volume.getQemuImageInfo', inPool(id)))['virtualsize'], 128 * mebibyte);
      await removeImage(request.imageID);
    }
  });

  test('carry legality, description and generation', async () => {
    const request = newVolume(pool);
    const id = { imageID: request.imageID, volumeID: request.volumeID };
    const endpoint = { sd_id: pool.domainId, img_id: id.imageID, vol_id: id.volumeID };
    await host.task('Volume.create', request);
    await host.call('Volume.setDescription', inPool({ ...id, description: '{"DiskAlias":"žluť"}' }));
    await host.call('Volume.setLegality', inPool({ ...id, legality: 'ILLEGAL' }));
    await assert.rejects(host.call('Image.prepare', inPool(id)), { code: 227 });
    await host.call('Image.prepare', inPool({ ...id, allowIllegal: true }));
    await assert.rejects(host.job('SDM.update_volume', { vol_info: { ...endpoint, generation: 7 }, vol_attr: { legality: 'LEGAL' } }), {
      code: 911,
    });
    await host.job('SDM.update_volume', { vol_info: { ...endpoint, generation: 0 }, vol_attr: { legality: 'LEGAL' } });
    const info = await host.call<Record<string, unknown>>('Volume.getInfo', inPool(id));
    assert.deepEqual([info['legality'], info['generation'], info['description']], ['LEGAL', 1, '{"DiskAlias":"žluť"}']);
    await removeImage(request.imageID);
  });
});

suite('templates', () => {
  test('a thin clone stands on the template, a full one does not; data and order of deletion', async () => {
    const disk = newVolume(pool, { volFormat: 4 });
    await host.task('Volume.create', disk);
    const diskPath = join(imageDirectory(disk.imageID), disk.volumeID);
    await write(diskPath, 'qcow2', 0x11, 0);

    const template = { imageID: randomUUID(), volumeID: randomUUID() };
    const copy = {
      ...inPool({ imageID: disk.imageID, volumeID: disk.volumeID }),
      dstSdUUID: pool.domainId,
      desc: 'template',
      preallocate: 2,
      postZero: false,
      force: false,
    };
    await host.task('Volume.copy', { ...copy, dstImgUUID: template.imageID, dstVolUUID: template.volumeID, volType: 6, volFormat: 4 });
    await removeImage(disk.imageID);
    assert.equal((await host.call<Record<string, unknown>>('Volume.getInfo', inPool(template)))['voltype'], 'SHARED');

    const thin = newVolume(pool, { srcImgUUID: template.imageID, srcVolUUID: template.volumeID });
    await assert.rejects(host.call('Volume.create', { ...thin, volFormat: 5 }), { code: 202 });
    await assert.rejects(host.call('Volume.create', { ...thin, size: '512' }), { code: 229 });
    await host.task('Volume.create', thin);
    assert.deepEqual(
      (await readdir(imageDirectory(thin.imageID))).sort(),
      [thin.volumeID, template.volumeID].flatMap((id) => [id, `${id}.lease`, `${id}.meta`]).sort(),
    );
    assert.equal((await stat(join(imageDirectory(thin.imageID), template.volumeID))).nlink, 2);
    const thinPath = join(imageDirectory(thin.imageID), thin.volumeID);
    const header = JSON.parse((await runCommand(['qemu-img', 'info', '--output', 'json', thinPath])).stdout) as Record<string, unknown>;
    assert.deepEqual([header['backing-filename'], header['backing-filename-format']], [template.volumeID, 'qcow2']);
    await read(thinPath, 'qcow2', 0x11, 0);
    await write(thinPath, 'qcow2', 0x22, 65536);

    const prepared = await host.storage.images.prepare({
      poolId: pool.poolId,
      domainId: pool.domainId,
      imageId: thin.imageID,
      volumeId: thin.volumeID,
    });
    assert.deepEqual(
      prepared.chain.map((volume) => volume.volumeId),
      [template.volumeID, thin.volumeID],
    );
    assert.equal(
      prepared.path,
      join(
        host.root,
        'dc',
        'mnt',
        pool.directory.replaceAll('_', '__').replaceAll('/', '_'),
        pool.domainId,
        'images',
        thin.imageID,
        thin.volumeID,
      ),
    );
    assert.equal(await readlink(join(host.root, 'run', 'storage', pool.domainId, thin.imageID)), join(prepared.path, '..'));
    await host.storage.images.teardown({ domainId: pool.domainId, imageId: thin.imageID });
    await host.storage.images.teardown({ domainId: pool.domainId, imageId: thin.imageID });

    const full = newVolume(pool, { volFormat: 5 });
    await host.task('Volume.create', full);
    const endpoint = (volume: { imageID: string; volumeID: string }, generation?: number) => ({
      endpoint_type: 'div',
      sd_id: pool.domainId,
      img_id: volume.imageID,
      vol_id: volume.volumeID,
      ...(generation === undefined ? {} : { generation }),
    });
    await assert.rejects(host.job('SDM.copy_data', { source: endpoint(thin), destination: endpoint(full, 5) }), { code: 911 });
    await host.job('SDM.copy_data', { source: endpoint(thin), destination: endpoint(full, 0), legal: true });
    await read(join(imageDirectory(full.imageID), full.volumeID), 'raw', 0x11, 0);
    await read(join(imageDirectory(full.imageID), full.volumeID), 'raw', 0x22, 65536);
    const fullInfo = await host.call<Record<string, unknown>>('Volume.getInfo', inPool({ imageID: full.imageID, volumeID: full.volumeID }));
    assert.deepEqual([fullInfo['generation'], fullInfo['legality']], [1, 'LEGAL']);

    const measured = await host.call<{ required: number }>(
      'Volume.measure',
      inPool({ imageID: thin.imageID, volumeID: thin.volumeID, dstVolFormat: 4 }),
    );
    assert.ok(measured.required >= 128 * 1024);
    const layer = await host.call<{ required: number }>(
      'Volume.measure',
      inPool({ imageID: thin.imageID, volumeID: thin.volumeID, dstVolFormat: 4, backing_chain: false }),
    );
    assert.ok(layer.required < measured.required);

    await assert.rejects(host.call('Image.delete', inPool({ imageID: template.imageID, postZero: false, force: false })), { code: 223 });
    await host.call('Volume.setDescription', inPool({ ...template, description: 'renamed' }));
    assert.match(await readFile(join(imageDirectory(thin.imageID), `${template.volumeID}.meta`), 'utf8'), /^DESCRIPTION=renamed$/m);
    await removeImage(thin.imageID);
    await removeImage(template.imageID);
    await removeImage(full.imageID);
    assert.deepEqual(await readdir(join(pool.directory, pool.domainId, 'images')), []);
  });

  test('a chain of snapshots grows and shrinks by its end', async () => {
    const base = newVolume(pool, { volFormat: 5 });
    await host.task('Volume.create', base);
    const top = { ...newVolume(pool), imageID: base.imageID, srcImgUUID: base.imageID, srcVolUUID: base.volumeID };
    await host.task('Volume.create', top);
    const meta = async (volumeId: string) =>
      parseVolumeMetadata(await readFile(join(imageDirectory(base.imageID), `${volumeId}.meta`), 'utf8'));
    assert.deepEqual(
      [(await meta(base.volumeID)).role, (await meta(top.volumeID)).role, (await meta(top.volumeID)).parentId],
      ['INTERNAL', 'LEAF', base.volumeID],
    );
    // A look at what the snapshot holds stands beside the volume in use.
    const preview = { ...newVolume(pool), imageID: base.imageID, srcImgUUID: base.imageID, srcVolUUID: base.volumeID };
    await host.task('Volume.create', preview);
    await assert.rejects(host.task('Image.deleteVolumes', inPool({ imageID: base.imageID, volumeList: [base.volumeID] })), { code: 204 });
    await host.task('Image.deleteVolumes', inPool({ imageID: base.imageID, volumeList: [preview.volumeID] }));
    assert.equal((await meta(base.volumeID)).role, 'INTERNAL');
    await host.task('Image.deleteVolumes', inPool({ imageID: base.imageID, volumeList: [top.volumeID] }));
    assert.equal((await meta(base.volumeID)).role, 'LEAF');
    await removeImage(base.imageID);
  });
});

suite('hostile content', () => {
  test('a link inside a domain is not followed', async () => {
    const imageId = randomUUID();
    await symlink('/etc', imageDirectory(imageId));
    await assert.rejects(host.call('Volume.getInfo', inPool({ imageID: imageId, volumeID: randomUUID() })), { code: 379 });
    await assert.rejects(host.task('Volume.create', { ...newVolume(pool), imageID: imageId }), { code: 379 });
    await rm(imageDirectory(imageId));
  });

  test('a volume that was exchanged for a link is refused', async () => {
    const request = newVolume(pool, { volFormat: 5 });
    await host.task('Volume.create', request);
    const path = join(imageDirectory(request.imageID), request.volumeID);
    await rm(path);
    await symlink('/etc/shadow', path);
    await assert.rejects(host.call('Image.prepare', inPool({ imageID: request.imageID, volumeID: request.volumeID })), { code: 379 });
    await removeImage(request.imageID);
    await access('/etc/shadow');
  });

  test('a guest that writes a qcow2 header into its raw disk is not believed', async () => {
    const raw = newVolume(pool, { volFormat: 5 });
    await host.task('Volume.create', raw);
    const path = join(imageDirectory(raw.imageID), raw.volumeID);
    await runCommand([
      'qemu-img',
      'create',
      '-q',
      '-u',
      '-f',
      'qcow2',
      '-o',
      'backing_file=/etc/passwd,backing_fmt=raw',
      `${path}.evil`,
      '64M',
    ]);
    await runCommand(['dd', `if=${path}.evil`, `of=${path}`, 'conv=notrunc', 'status=none']);
    await rm(`${path}.evil`);
    const copy = { imageID: randomUUID(), volumeID: randomUUID() };
    await host.task('Volume.copy', {
      ...inPool({ imageID: raw.imageID, volumeID: raw.volumeID }),
      dstSdUUID: pool.domainId,
      dstImgUUID: copy.imageID,
      dstVolUUID: copy.volumeID,
      desc: '',
      volType: 8,
      volFormat: 5,
      preallocate: 2,
      postZero: false,
      force: false,
    });
    assert.equal(Buffer.compare(await readFile(path), await readFile(join(imageDirectory(copy.imageID), copy.volumeID))), 0);
    await assert.rejects(host.call('Volume.verify_untrusted', inPool({ imageID: raw.imageID, volumeID: raw.volumeID })), { code: 484 });
    await removeImage(raw.imageID);
    await removeImage(copy.imageID);
  });

  test('a COW volume whose header names another file is not prepared', async () => {
    const request = newVolume(pool);
    const id = { imageID: request.imageID, volumeID: request.volumeID };
    await host.task('Volume.create', request);
    const path = join(imageDirectory(id.imageID), id.volumeID);
    await runCommand(['qemu-img', 'rebase', '-u', '-f', 'qcow2', '-F', 'raw', '-b', '/etc/passwd', path]);
    await assert.rejects(host.call('Image.prepare', inPool(id)), { code: 262 });
    await assert.rejects(host.call('Volume.verify_untrusted', inPool(id)), { code: 484 });
    await writeFile(path, Buffer.alloc(4096));
    await assert.rejects(host.call('Image.prepare', inPool(id)), { code: 202 });
    await removeImage(id.imageID);
  });
});
