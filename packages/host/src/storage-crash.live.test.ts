// Needs: root, hypervisor
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { runCommand } from './command.ts';
import { makePool, newVolume, startStorageHost } from './storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from './storage-fixture/host.ts';

const mebibyte = 1024 * 1024;

/** Large enough that a copy is still running when it is looked at. */
const sourceBytes = 384 * mebibyte;

let root: string;
let pool: PoolFixture;
let source: { imageID: string; volumeID: string };

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'storage-'));
  const host = await startStorageHost({ root });
  pool = await makePool(host);
  const request = newVolume(pool, { volFormat: 5, size: String(sourceBytes) });
  source = { imageID: request.imageID, volumeID: request.volumeID };
  await host.task('Volume.create', request);
  await runCommand(['qemu-io', '-f', 'raw', '-c', `write -P 0x77 0 ${sourceBytes}`, join(imageDirectory(source.imageID), source.volumeID)]);
  await host.close();
});
after(() => rm(root, { recursive: true, force: true }));

const imageDirectory = (imageId: string): string => join(pool.directory, pool.domainId, 'images', imageId);
const inPool = (params: Record<string, unknown>): Record<string, unknown> => ({
  storagepoolID: pool.poolId,
  storagedomainID: pool.domainId,
  ...params,
});

/** Starts an agent, sends one call, waits for `moment`, and kills it without warning. */
async function killDuring(verb: string, params: Record<string, unknown>, moment: () => Promise<boolean>): Promise<unknown> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'storage-fixture/agent.ts'), root], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, 'ready');
    child.stdin.write(`${JSON.stringify({ verb, params })}\n`);
    const answer = JSON.parse(String((await lines.next()).value)) as { result?: unknown; error?: string };
    assert.equal(answer.error, undefined);
    let seen = false;
    for (let round = 0; round < 2000 && !seen; round++) {
      seen = await moment();
      if (!seen) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.ok(seen, 'the moment to kill never came');
    return answer.result;
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

/** Whether a qemu-img runs that has this text among its arguments. */
async function copies(text: string): Promise<boolean> {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.startsWith('qemu-img\0convert') && line.includes(text)) return true;
  }
  return false;
}

async function untilStopped(text: string): Promise<void> {
  for (let round = 0; round < 400 && (await copies(text)); round++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(await copies(text), false, 'the copy outlived its agent');
}

async function withHost(run: (host: StorageHost) => Promise<void>): Promise<void> {
  const host = await startStorageHost({ root });
  try {
    await run(host);
  } finally {
    await host.close();
  }
}

test('an agent killed while it copies a volume leaves no volume, and the repeat succeeds', async () => {
  const target = { imageID: randomUUID(), volumeID: randomUUID() };
  const params = {
    ...inPool(source),
    dstSdUUID: pool.domainId,
    dstImgUUID: target.imageID,
    dstVolUUID: target.volumeID,
    desc: '',
    volType: 6,
    volFormat: 4,
    preallocate: 2,
    postZero: false,
    force: false,
  };
  const taskID = await killDuring('Volume.copy', params, () => copies(target.volumeID));
  assert.ok((await readdir(imageDirectory(target.imageID))).includes(`${target.volumeID}.meta.volatile`));
  await untilStopped(target.volumeID);
  await withHost(async (host) => {
    assert.deepEqual(await readdir(join(pool.directory, pool.domainId, 'images')), [source.imageID]);
    const status = await host.call<Record<string, unknown>>('Task.getStatus', { taskID });
    assert.deepEqual([status['taskState'], status['taskResult'], status['code']], ['finished', 'cleanSuccess', 411]);
    await host.call('Task.clear', { taskID });
    await host.task('Volume.copy', params);
    await runCommand([
      'qemu-io',
      '-r',
      '-f',
      'qcow2',
      '-c',
      `read -P 0x77 0 ${mebibyte}`,
      join(imageDirectory(target.imageID), target.volumeID),
    ]);
    await host.task('Image.delete', inPool({ imageID: target.imageID, postZero: false, force: false }));
  });
});

test('an agent killed in a copy job leaves the target illegal with its old generation, and the repeat succeeds', async () => {
  const target = newVolume(pool, { volFormat: 4, size: String(sourceBytes) });
  const id = { imageID: target.imageID, volumeID: target.volumeID };
  await withHost((host) => host.task('Volume.create', target));
  const endpoint = (volume: { imageID: string; volumeID: string }) => ({
    endpoint_type: 'div',
    sd_id: pool.domainId,
    img_id: volume.imageID,
    vol_id: volume.volumeID,
    generation: 0,
  });
  const copy = { source: endpoint(source), destination: endpoint(target) };
  await killDuring('SDM.copy_data', { job_id: randomUUID(), ...copy }, () => copies(id.volumeID));
  await untilStopped(id.volumeID);
  await withHost(async (host) => {
    assert.deepEqual(await host.call('Host.getJobs', {}), {});
    const before = await host.call<Record<string, unknown>>('Volume.getInfo', inPool(id));
    assert.deepEqual([before['legality'], before['generation']], ['ILLEGAL', 0]);
    await host.job('SDM.copy_data', copy);
    const info = await host.call<Record<string, unknown>>('Volume.getInfo', inPool(id));
    assert.deepEqual([info['legality'], info['generation']], ['LEGAL', 1]);
    await runCommand([
      'qemu-io',
      '-r',
      '-f',
      'qcow2',
      '-c',
      `read -P 0x77 ${sourceBytes - mebibyte} ${mebibyte}`,
      join(imageDirectory(id.imageID), id.volumeID),
    ]);
    await host.task('Image.delete', inPool({ imageID: id.imageID, postZero: false, force: false }));
  });
});

test('an agent killed while it fetches an image leaves no part of it, and the repeat succeeds', async () => {
  let stall = true;
  const body = Buffer.alloc(4 * mebibyte, 0x55);
  const server = createServer((_request, response) => {
    response.setHeader('content-length', body.length);
    if (stall) response.write(body.subarray(0, mebibyte));
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const request = newVolume(pool, { volFormat: 4 });
    const id = { imageID: request.imageID, volumeID: request.volumeID };
    await withHost((host) => host.task('Volume.create', request));
    const fetched = join(imageDirectory(id.imageID), `${id.volumeID}.import.volatile`);
    const params = inPool({
      ...id,
      methodArgs: { method: 'http', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/image` },
    });
    await killDuring('Image.download', params, async () => ((await stat(fetched).catch(() => undefined))?.size ?? 0) > 0);
    stall = false;
    await withHost(async (host) => {
      assert.deepEqual((await readdir(imageDirectory(id.imageID))).sort(), [id.volumeID, `${id.volumeID}.lease`, `${id.volumeID}.meta`]);
      assert.equal((await host.call<Record<string, unknown>>('Volume.getInfo', inPool(id)))['legality'], 'ILLEGAL');
      await host.task('Image.download', params);
      assert.equal((await host.call<Record<string, unknown>>('Volume.getInfo', inPool(id)))['legality'], 'LEGAL');
      await host.task('Image.delete', inPool({ imageID: id.imageID, postZero: false, force: false }));
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('the manager removes what other agents left, but not what is young', async () => {
  const images = join(pool.directory, pool.domainId, 'images');
  const [old, young, discarded] = [randomUUID(), randomUUID(), randomUUID()];
  const longAgo = new Date(Date.now() - 7_200_000);
  for (const id of [old, young]) {
    await mkdir(join(images, id));
    for (const name of [id, `${id}.lease`, `${id}.meta.volatile`]) {
      await writeFile(join(images, id, name), 'x');
      if (id === old) await utimes(join(images, id, name), longAgo, longAgo);
    }
  }
  await mkdir(join(images, `_remove_me_${discarded}`));
  await writeFile(join(images, `_remove_me_${discarded}`, 'data'), 'x');
  await withHost(async (host) => {
    await host.call('StoragePool.spmStop', { storagepoolID: pool.poolId });
    await host.task('StoragePool.spmStart', { storagepoolID: pool.poolId, prevID: -1, prevLver: '-1', enableScsiFencing: 'false' });
    assert.deepEqual((await readdir(images)).sort(), [source.imageID, young].sort());
    assert.deepEqual(await host.call('StorageDomain.getVolumes', { ...inPool({}), imageID: young }), []);
  });
  await rm(join(images, young), { recursive: true });
});
