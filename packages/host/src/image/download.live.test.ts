// Needs: root, hypervisor
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommand } from '../command.ts';
import { makePool, newVolume, startStorageHost } from '../storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from '../storage-fixture/host.ts';

const mebibyte = 1024 * 1024;

let host: StorageHost;
let pool: PoolFixture;
let work: string;
let address: string;
const files = new Map<string, Buffer>();
const server = createServer((request, response) => {
  const name = request.url ?? '';
  const body = files.get(name);
  if (name.startsWith('/secret') && request.headers.authorization !== 'Bearer t') response.writeHead(403).end();
  else if (name === '/endless') {
    const send = (): void => {
      while (response.write(Buffer.alloc(mebibyte, 1))) if (response.destroyed) return;
      response.once('drain', send);
    };
    send();
  } else if (name === '/short') {
    response.setHeader('content-length', 8 * mebibyte);
    response.write(Buffer.alloc(mebibyte));
    setTimeout(() => response.destroy(), 50);
  } else if (body === undefined) response.writeHead(404).end();
  else response.setHeader('content-length', body.length).end(body);
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const root = await mkdtemp(join(tmpdir(), 'storage-'));
  work = join(root, 'import');
  await mkdir(work);
  host = await startStorageHost({ root, importDirectories: [work] });
  pool = await makePool(host);
});
after(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await host.close();
  await rm(host.root, { recursive: true, force: true });
});

const inPool = (params: Record<string, unknown>): Record<string, unknown> => ({
  storagepoolID: pool.poolId,
  storagedomainID: pool.domainId,
  ...params,
});

/** Makes an image by qemu-img and puts it on the server. */
async function serve(name: string, format: string, bytes: number, ...more: string[]): Promise<string> {
  const path = join(work, name);
  await runCommand(['qemu-img', 'create', '-q', '-f', format, ...more, path, String(bytes)]);
  if (more.length === 0) await runCommand(['qemu-io', '-f', format, '-c', 'write -P 0x42 1M 64k', path]);
  files.set(`/${name}`, await readFile(path));
  return path;
}

async function withVolume(
  change: Record<string, unknown>,
  run: (id: { imageID: string; volumeID: string }, path: string) => Promise<void>,
): Promise<void> {
  const request = newVolume(pool, change);
  const id = { imageID: request.imageID, volumeID: request.volumeID };
  await host.task('Volume.create', request);
  const directory = join(pool.directory, pool.domainId, 'images', id.imageID);
  await run(id, join(directory, id.volumeID));
  assert.deepEqual((await readdir(directory)).sort(), [id.volumeID, `${id.volumeID}.lease`, `${id.volumeID}.meta`]);
  await host.task('Image.delete', inPool({ imageID: id.imageID, postZero: false, force: false }));
}

for (const [from, to] of [
  ['qcow2', 4],
  ['qcow2', 5],
  ['raw', 4],
  ['raw', 5],
] as const) {
  test(`an image in ${from} fills a volume of format ${to}`, async () => {
    await serve(`disk.${from}`, from, 16 * mebibyte);
    await withVolume({ volFormat: to }, async (id, path) => {
      await host.task('Image.download', inPool({ ...id, methodArgs: { method: 'http', url: `${address}/disk.${from}` } }));
      await runCommand(['qemu-io', '-r', '-f', to === 4 ? 'qcow2' : 'raw', '-c', 'read -P 0x42 1M 64k', '-c', 'read -P 0 16M 1M', path]);
      const info = await host.call<Record<string, unknown>>('Volume.getInfo', inPool(id));
      assert.deepEqual([info['legality'], info['generation'], info['capacity']], ['LEGAL', 1, String(64 * mebibyte)]);
    });
  });
}

test("headers are sent, and older callers' name of the parameter serves", async () => {
  files.set('/secret', Buffer.alloc(mebibyte, 7));
  await withVolume({}, async (id) => {
    await assert.rejects(host.task('Image.download', inPool({ ...id, methodInfo: { method: 'http', url: `${address}/secret` } })), {
      code: 261,
      message: /403/,
    });
    await host.task(
      'Image.download',
      inPool({ ...id, methodInfo: { method: 'http', url: `${address}/secret`, headers: { Authorization: 'Bearer t' } } }),
    );
  });
});

test('a file is read only from the directories that the settings name', async () => {
  const path = await serve('local.qcow2', 'qcow2', 8 * mebibyte);
  await symlink('/etc/shadow', join(work, 'link'));
  await withVolume({}, async (id) => {
    const from = (file: string): Record<string, unknown> => inPool({ ...id, methodArgs: { method: 'file', url: `file://${file}` } });
    await host.task('Image.download', from(path));
    for (const file of ['/etc/passwd', join(work, 'link'), `${work}/../../../etc/passwd`, `${work}/missing`])
      await assert.rejects(host.task('Image.download', from(file)), { code: 484 }, file);
    for (const methodArgs of [
      { method: 'file', url: 'http://x/' },
      { method: 'http', url: 'file:///etc/passwd' },
      { method: 'ftp', url: 'ftp://x/' },
      { url: 'nonsense' },
      { url: 'http://x/', headers: { 'a\nb': 'c' } },
      { url: 'http://x/', headers: { a: 'b\r\nc: d' } },
    ]) {
      await assert.rejects(host.call('Image.download', inPool({ ...id, methodArgs })), { code: 91 }, JSON.stringify(methodArgs));
    }
  });
});

test('hostile and broken images are refused before QEMU sees them', async () => {
  await serve('backed.qcow2', 'qcow2', 8 * mebibyte, '-u', '-b', '/etc/passwd', '-F', 'raw');
  await serve('json.qcow2', 'qcow2', 8 * mebibyte, '-u', '-b', 'json:{"driver":"file","filename":"/etc/passwd"}', '-F', 'raw');
  await serve('external.qcow2', 'qcow2', 8 * mebibyte, '-o', `data_file=${join(work, 'data')},data_file_raw=on`);
  await serve('large.qcow2', 'qcow2', 65 * mebibyte, '-o', 'compat=1.1');
  await serve('disk.vmdk', 'vmdk', 8 * mebibyte, '-o', 'subformat=monolithicSparse');
  files.set('/empty', Buffer.alloc(0));
  files.set('/cut', (files.get('/backed.qcow2') ?? Buffer.alloc(0)).subarray(0, 60));
  files.set('/packed', Buffer.from('1f8b0800', 'hex'));
  files.set('/toolarge', Buffer.alloc(65 * mebibyte));
  await withVolume({}, async (id) => {
    for (const [name, code] of [
      ['backed.qcow2', 484],
      ['json.qcow2', 484],
      ['external.qcow2', 484],
      ['large.qcow2', 79],
      ['disk.vmdk', 17],
      ['empty', 484],
      ['cut', 484],
      ['packed', 17],
      ['toolarge', 79],
      ['missing', 261],
      ['short', 261],
      ['endless', 79],
    ] as const) {
      await assert.rejects(
        host.task('Image.download', inPool({ ...id, methodArgs: { method: 'http', url: `${address}/${name}` } })),
        { code },
        name,
      );
    }
    assert.equal((await host.call<Record<string, unknown>>('Volume.getInfo', inPool(id)))['legality'], 'ILLEGAL');
  });
});

test('a fetch can be stopped', async () => {
  await withVolume({ size: String(64 * 1024 ** 3) }, async (id) => {
    const taskID = await host.call<string>('Image.download', inPool({ ...id, methodArgs: { url: `${address}/endless` } }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await host.call('Task.stop', { taskID });
    for (let round = 0, state = ''; round < 500 && state !== 'finished'; round++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      state = (await host.call<{ taskState: string }>('Task.getStatus', { taskID })).taskState;
    }
    assert.equal((await host.call<{ code: number }>('Task.getStatus', { taskID })).code, 411);
    await host.call('Task.clear', { taskID });
  });
});
