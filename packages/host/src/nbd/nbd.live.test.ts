// Budget: 15 s
// Needs: root, hypervisor
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { request } from 'node:https';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeAuthority } from '../agent-fixture/certificates.ts';
import { createImageServer } from '../image-server/server.ts';
import type { ImageServer } from '../image-server/server.ts';
import { createTickets } from '../image-server/tickets.ts';
import { createImageTicketVerbs } from '../image-server/verbs.ts';
import { makePool, newVolume, startStorageHost } from '../storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from '../storage-fixture/host.ts';
import { runCommand } from '../command.ts';
import type { VdsmCall } from '@virgate/vdsm';

const mebibyte = 1024 * 1024;
const sizeBytes = 16 * mebibyte;

let host: StorageHost;
let pool: PoolFixture;
let server: ImageServer;
let port: number;
let ca: string;
let tickets: ReturnType<typeof createImageTicketVerbs>;

const ticketVerb = (verb: string, params: Record<string, unknown>): Promise<unknown> =>
  tickets[verb]?.(params, {} as VdsmCall) ?? Promise.reject(new Error(verb));

before(async () => {
  host = await startStorageHost();
  pool = await makePool(host);
  const authority = await makeAuthority();
  ca = authority.certificate;
  const known = createTickets(() => performance.now());
  server = createImageServer({
    host: '127.0.0.1',
    port: 0,
    tls: { ...(await authority.issue('host')), ca },
    tickets: known,
    upgrade: (_request, socket) => socket.destroy(),
    log: { warn: () => undefined },
  });
  port = await server.listen();
  tickets = createImageTicketVerbs(known, { roots: [join(host.root, 'dc')], sockets: [host.storage.nbdDirectory] }, () => true);
});
after(async () => {
  await server.close();
  await host.close();
});

interface Answer {
  status: number;
  body: Buffer;
}

const send = (method: string, place: string, headers: Record<string, string> = {}, body?: Buffer | string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: place,
        method,
        ca,
        checkServerIdentity: () => undefined,
        agent: false,
        headers: { ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }), ...headers },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });

type Volume = ReturnType<typeof newVolume>;

/** Starts a server of a volume and opens it to a client; `stop` ends both. */
async function open(
  volume: Volume,
  config: Record<string, unknown>,
  ticket: Record<string, unknown> = {},
): Promise<{ id: string; stop: () => Promise<void> }> {
  const id = randomUUID();
  const url = await host.call<string>('NBD.start_server', {
    server_id: id,
    config: { sd_id: pool.domainId, img_id: volume.imageID, vol_id: volume.volumeID, ...config },
  });
  const ops = config['readonly'] === true ? ['read'] : ['write'];
  await ticketVerb('Host.add_image_ticket', { ticket: { uuid: id, url, size: sizeBytes, ops, timeout: 300, ...ticket } });
  return {
    id,
    stop: async () => {
      await ticketVerb('Host.remove_image_ticket', { uuid: id });
      await host.call('NBD.stop_server', { server_id: id });
    },
  };
}

async function write(volume: Volume, at: number, data: Buffer): Promise<void> {
  const { id, stop } = await open(volume, { readonly: false, discard: true, detect_zeroes: true });
  const answer = await send('PUT', `/images/${id}`, { 'content-range': `bytes ${at}-${at + data.length - 1}/*` }, data);
  assert.equal(answer.status, 200, answer.body.toString());
  await stop();
}

async function extents(id: string, context: string): Promise<Record<string, unknown>[]> {
  const answer = await send('GET', `/images/${id}/extents?context=${context}`);
  assert.equal(answer.status, 200, answer.body.toString());
  return JSON.parse(answer.body.toString()) as Record<string, unknown>[];
}

async function newDisk(change: Record<string, unknown> = {}): Promise<Volume> {
  const volume = newVolume(pool, { size: String(sizeBytes), ...change });
  await host.task('Volume.create', volume);
  return volume;
}

const bitmapJob = (verb: string, volume: Volume, bitmap?: string): Promise<void> =>
  host.job(verb, {
    vol_info: { endpoint_type: 'div', sd_id: pool.domainId, img_id: volume.imageID, vol_id: volume.volumeID },
    ...(bitmap === undefined ? {} : { bitmap }),
  });

const content = randomBytes(3 * mebibyte);

test('a raw image goes into a qcow2 volume, with zeros and a flush, and comes out whole', async () => {
  const volume = await newDisk();
  const { id, stop } = await open(volume, { readonly: false, discard: true, detect_zeroes: true });
  const first = content.subarray(0, mebibyte);
  assert.equal((await send('PUT', `/images/${id}?flush=n`, { 'content-range': `bytes 0-${mebibyte - 1}/*` }, first)).status, 200);
  assert.equal(
    (await send('PUT', `/images/${id}`, { 'content-range': `bytes ${8 * mebibyte}-${11 * mebibyte - 1}/*` }, content)).status,
    200,
  );
  const zero = JSON.stringify({ op: 'zero', offset: 9 * mebibyte, size: mebibyte, flush: true });
  assert.equal((await send('PATCH', `/images/${id}`, {}, zero)).status, 200);
  assert.equal((await send('PATCH', `/images/${id}`, {}, JSON.stringify({ op: 'flush' }))).status, 200);
  assert.equal((await send('GET', `/images/${id}`)).status, 403, 'a ticket for writing does not read');
  const use = (await ticketVerb('Host.get_image_ticket', { uuid: id })) as Record<string, unknown>;
  assert.equal(use['transferred'], 4 * mebibyte);
  await stop();

  const expected = Buffer.alloc(sizeBytes);
  first.copy(expected);
  content.copy(expected, 8 * mebibyte);
  expected.fill(0, 9 * mebibyte, 10 * mebibyte);
  const reading = await open(volume, { readonly: true });
  assert.ok((await send('GET', `/images/${reading.id}`)).body.equals(expected));
  const part = await send('GET', `/images/${reading.id}`, { range: `bytes=${8 * mebibyte + 5}-${8 * mebibyte + 99}` });
  assert.deepEqual([part.status, part.body.equals(content.subarray(5, 100))], [206, true]);
  const found = await extents(reading.id, 'zero');
  assert.deepEqual(
    found.filter((one) => one['zero'] === false).map(({ start, length }) => [start, length]),
    [
      [0, mebibyte],
      [8 * mebibyte, mebibyte],
      [10 * mebibyte, mebibyte],
    ],
  );
  assert.equal((await send('GET', `/images/${reading.id}/extents?context=dirty`)).status, 404);
  assert.equal((await send('PUT', `/images/${reading.id}`, {}, 'x')).status, 403);
  await reading.stop();
});

test('a raw volume tells its holes', async () => {
  const volume = await newDisk({ volFormat: 5 });
  await write(volume, 4 * mebibyte, content.subarray(0, mebibyte));
  const { id, stop } = await open(volume, { readonly: true });
  assert.deepEqual(
    (await extents(id, 'zero')).map(({ start, length, zero }) => [start, length, zero]),
    [
      [0, 4 * mebibyte, true],
      [4 * mebibyte, mebibyte, false],
      [5 * mebibyte, 11 * mebibyte, true],
    ],
  );
  await stop();
});

test('a chain is read whole, or its top alone', async () => {
  const base = await newDisk();
  await write(base, 0, content.subarray(0, mebibyte));
  const top = newVolume(pool, { imageID: base.imageID, size: String(sizeBytes), srcImgUUID: base.imageID, srcVolUUID: base.volumeID });
  await host.task('Volume.create', top);
  await write(top, 2 * mebibyte, content.subarray(0, mebibyte));
  const whole = await open(top, { readonly: true });
  const bytes = (await send('GET', `/images/${whole.id}`)).body;
  assert.ok(bytes.subarray(0, mebibyte).equals(content.subarray(0, mebibyte)));
  assert.ok(bytes.subarray(2 * mebibyte, 3 * mebibyte).equals(content.subarray(0, mebibyte)));
  await whole.stop();
  const alone = await open(top, { readonly: true, backing_chain: false });
  assert.deepEqual(
    (await extents(alone.id, 'zero')).map(({ start, length, zero, hole }) => [start, length, zero, hole]),
    [
      [0, 2 * mebibyte, true, true],
      [2 * mebibyte, mebibyte, false, false],
      [3 * mebibyte, 13 * mebibyte, true, true],
    ],
  );
  await alone.stop();
});

test('bitmaps tell what changed, over the volumes that have them', async () => {
  const [early, late] = [randomUUID(), randomUUID()];
  const base = await newDisk();
  await write(base, 0, content.subarray(0, mebibyte));
  await bitmapJob('SDM.add_bitmap', base, early);
  await bitmapJob('SDM.add_bitmap', base, early);
  await write(base, 4 * mebibyte, content.subarray(0, mebibyte));
  const info = await host.call<{ generation: number; legality: string }>('Volume.getInfo', {
    storagepoolID: pool.poolId,
    storagedomainID: pool.domainId,
    imageID: base.imageID,
    volumeID: base.volumeID,
  });
  assert.deepEqual([info.generation, info.legality], [2, 'LEGAL']);

  const dirty = async (volume: Volume, bitmap: string): Promise<unknown[]> => {
    const { id, stop } = await open(volume, { readonly: true, bitmap }, { dirty: true });
    const found = (await extents(id, 'dirty')).filter((one) => one['dirty'] === true);
    await stop();
    return found.map(({ start, length }) => [start, length]);
  };
  assert.deepEqual(await dirty(base, early), [[4 * mebibyte, mebibyte]]);
  await assert.rejects(dirty(base, late), { code: 947 });

  const top = newVolume(pool, { imageID: base.imageID, size: String(sizeBytes), srcImgUUID: base.imageID, srcVolUUID: base.volumeID });
  await host.task('Volume.create', top);
  await write(top, 0, content.subarray(0, mebibyte));
  await assert.rejects(dirty(top, early), { code: 947 }, 'the top does not record');
  await bitmapJob('SDM.add_bitmap', top, early);
  await write(top, 8 * mebibyte, content.subarray(0, mebibyte));
  assert.deepEqual(
    await dirty(top, early),
    [
      [4 * mebibyte, mebibyte],
      [8 * mebibyte, mebibyte],
    ],
    'both layers count',
  );
  await bitmapJob('SDM.remove_bitmap', top, early);
  await bitmapJob('SDM.clear_bitmaps', base);
  await assert.rejects(dirty(base, early), { code: 947 });
  const raw = await newDisk({ volFormat: 5 });
  await assert.rejects(bitmapJob('SDM.add_bitmap', raw, early), { code: 202 });
});

test('an image that names another file is not served', async () => {
  const volume = await newDisk();
  const path = join(pool.directory, pool.domainId, 'images', volume.imageID, volume.volumeID);
  const secret = join(host.root, 'secret');
  await writeFile(secret, Buffer.alloc(sizeBytes, 's'));
  const config = { sd_id: pool.domainId, img_id: volume.imageID, vol_id: volume.volumeID, readonly: true };
  for (const options of [`backing_file=${secret},backing_fmt=raw`, `data_file=${secret}.data`]) {
    await runCommand(['qemu-img', 'create', '-q', '-f', 'qcow2', '-o', options, path, String(sizeBytes)]);
    await assert.rejects(
      host.call('NBD.start_server', { server_id: randomUUID(), config }),
      /ImageIsNotLegalChain|another|refused/,
      options,
    );
  }
});

test('what may not be is refused, and nothing stays', async () => {
  for (const url of [
    'nbd:unix:/etc/passwd',
    `nbd:unix:${host.storage.nbdDirectory}/../x.sock`,
    'nbd:127.0.0.1:10809',
    'nbd://127.0.0.1/x',
    `nbd:unix:${host.storage.nbdDirectory}/x.sock:exportname=a:b`,
  ])
    await assert.rejects(
      ticketVerb('Host.add_image_ticket', { ticket: { uuid: randomUUID(), url, size: 1, ops: ['read'], timeout: 1 } }),
      { code: 91 },
      url,
    );
  const volume = await newDisk();
  const config = { sd_id: pool.domainId, img_id: volume.imageID, vol_id: volume.volumeID };
  const id = randomUUID();
  await host.call('NBD.start_server', { server_id: id, config });
  assert.match(await host.call<string>('NBD.start_server', { server_id: id, config }), /^nbd:unix:/, 'a repeat');
  await assert.rejects(host.call('NBD.start_server', { server_id: randomUUID(), config }), { code: 203 }, 'two writers');
  await host.call('NBD.stop_server', { server_id: id });
  await host.call('NBD.stop_server', { server_id: id });
  await assert.rejects(host.call('NBD.start_server', { server_id: id, config: { ...config, vol_id: randomUUID() } }), { code: 201 });
  assert.deepEqual(await readdir(host.storage.nbdDirectory), []);
});
