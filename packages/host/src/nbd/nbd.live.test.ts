// Budget: 50 s
// Needs: root, hypervisor, machine
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { request } from 'node:https';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeAuthority } from '../agent-fixture/certificates.ts';
import { createImageServer } from '../image-server/server.ts';
import type { ImageServer } from '../image-server/server.ts';
import { createTickets } from '../image-server/tickets.ts';
import { createImageTicketVerbs } from '../image-server/verbs.ts';
import { makePool, newVolume, startStorageHost } from '../storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from '../storage-fixture/host.ts';
import { leavePool, makeBlockPool, makeLun } from '../storage-fixture/lun.ts';
import type { Lun } from '../storage-fixture/lun.ts';
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

/** Under the block domain. */
let lun: Lun | undefined;
let directory: string;

const onFiles = 'a domain of files';
const kinds = {
  async [onFiles]() {
    host = await startStorageHost();
    pool = await makePool(host);
  },
  async 'a block domain'() {
    lun = await makeLun(join(directory, 'lun'), 24);
    host = await startStorageHost({ blockDevices: [lun.path], volumeActivation: 'loop' });
    pool = await makeBlockPool(host, [lun]);
  },
};

async function start(makeStorage: () => Promise<void>): Promise<void> {
  directory = await mkdtemp(join(tmpdir(), 'nbd-'));
  await makeStorage();
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
  const { nbdDirectory, liveVolumes } = host.storage;
  const places = { roots: [join(host.root, 'dc')], sockets: [nbdDirectory], makeRoom: liveVolumes.makeRoomForWriter };
  tickets = createImageTicketVerbs(known, places, () => true);
}

async function end(): Promise<void> {
  await server.close();
  if (lun !== undefined) await leavePool(host, pool);
  await host.close();
  await lun?.remove();
  await rm(directory, { recursive: true, force: true });
}

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

/** Stretches that changed since a bitmap was begun. */
async function dirty(volume: Volume, bitmap: string): Promise<unknown[]> {
  const { id, stop } = await open(volume, { readonly: true, bitmap }, { dirty: true });
  const found = (await extents(id, 'dirty')).filter((one) => one['dirty'] === true);
  await stop();
  return found.map(({ start, length }) => [start, length]);
}

/** A volume on top of another. */
async function newTop(base: Volume, change: Record<string, unknown> = {}): Promise<Volume> {
  const { imageID, volumeID } = base;
  return newDisk({ imageID, srcImgUUID: imageID, srcVolUUID: volumeID, ...change });
}

/** Merges a volume into the one below it, with what it recorded. @param times more than one, as after a crash */
async function mergeDown(base: Volume, top: Volume, times = 1): Promise<void> {
  const subchain = { sd_id: pool.domainId, img_id: base.imageID, base_id: base.volumeID, top_id: top.volumeID };
  await host.task('StoragePool.prepareMerge', { storagepoolID: pool.poolId, subchainInfo: subchain });
  for (let time = 0; time < times; time += 1) await host.job('SDM.merge', { subchain_info: subchain, merge_bitmaps: true });
  await host.task('StoragePool.finalizeMerge', { storagepoolID: pool.poolId, subchainInfo: subchain });
  const place = { storagepoolID: pool.poolId, storagedomainID: pool.domainId, imageID: base.imageID };
  await host.task('Image.deleteVolumes', { ...place, volumeList: [top.volumeID] });
}

type Declare = (title: string, run: () => Promise<void>) => void;
const here: Declare = (title, run) => void test(title, run);
/** No test of this kind of storage. */
const notHere: Declare = () => undefined;

for (const [kind, makeStorage] of Object.entries(kinds))
  describe(`on ${kind}`, () => {
    /** What is the same code on a block domain, where every command of LVM takes its time, or cannot be there. */
    const testOnFiles = kind === onFiles ? here : notHere;
    /** Files grow by themselves. */
    const testOnBlocks = kind === onFiles ? notHere : here;

    before(() => start(makeStorage));
    after(end);

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

    testOnFiles('a raw volume tells its holes', async () => {
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

    testOnFiles('a chain is read whole, or its top alone', async () => {
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

    testOnFiles('bitmaps tell what changed, over the volumes that have them', async () => {
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
      const raw = await newDisk({ volFormat: 5, preallocate: 1 });
      await assert.rejects(bitmapJob('SDM.add_bitmap', raw, early), { code: 202 });
    });

    testOnBlocks('an upload finds room in a sparse volume, as raw bytes and as qcow2, and the disk is downloaded again', async () => {
      const capacity = 1024 * mebibyte;
      const data = Buffer.concat(Array.from({ length: 60 }, () => content)).subarray(0, 160 * mebibyte);
      const small = { size: String(capacity), initialSize: String(64 * mebibyte) };
      const raw = await newDisk(small);
      const { id, stop } = await open(raw, { readonly: false, discard: true, detect_zeroes: true }, { size: capacity });
      const answer = await send('PUT', `/images/${id}`, { 'content-range': `bytes 0-${data.length - 1}/*` }, data);
      assert.equal(answer.status, 200, answer.body.toString());
      await stop();

      const [plain, packed] = ['plain', 'packed'].map((name) => join(directory, name)) as [string, string];
      await writeFile(plain, data);
      await runCommand(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', plain, packed]);
      await runCommand(['qemu-img', 'resize', '-q', '-f', 'qcow2', packed, String(capacity)]);
      const cow = await newDisk(small);
      const place = { storagepoolID: pool.poolId, storagedomainID: pool.domainId, imageID: cow.imageID, volumeID: cow.volumeID };
      const { path } = await host.call<{ path: string }>('Image.prepare', place);
      const ticket = { uuid: randomUUID(), url: `file://${path}`, size: 1200 * mebibyte, ops: ['write'], timeout: 300 };
      await ticketVerb('Host.add_image_ticket', { ticket });
      const sent = await send('PUT', `/images/${ticket.uuid}`, {}, await readFile(packed));
      assert.equal(sent.status, 200, sent.body.toString());
      await ticketVerb('Host.remove_image_ticket', { uuid: ticket.uuid });
      await host.call('Image.teardown', place);
      await host.call('Volume.verify_untrusted', place);

      for (const volume of [raw, cow]) {
        const reading = await open(volume, { readonly: true }, { size: capacity });
        const found = await send('GET', `/images/${reading.id}`, { range: `bytes=0-${data.length + mebibyte - 1}` });
        assert.ok(found.body.subarray(0, data.length).equals(data));
        assert.ok(found.body.subarray(data.length).every((byte) => byte === 0));
        await reading.stop();
      }
      await host.call('Image.prepare', place);
      const own = { ...ticket, uuid: randomUUID(), ops: ['read'], size: 1152 * mebibyte };
      await ticketVerb('Host.add_image_ticket', { ticket: own });
      const head = await send('GET', `/images/${own.uuid}`, { range: 'bytes=0-3' });
      assert.equal(head.body.toString('latin1'), 'QFI\u00FB');
      await ticketVerb('Host.remove_image_ticket', { uuid: own.uuid });
      await host.call('Image.teardown', place);
    });

    const mib = (at: number): [number, number] => [at * mebibyte, mebibyte];

    test('what is recorded goes on in a new volume, and comes back with its merge', async () => {
      const [early, late] = [randomUUID(), randomUUID()];
      const base = await newDisk();
      await bitmapJob('SDM.add_bitmap', base, early);
      await write(base, 4 * mebibyte, content.subarray(0, mebibyte));
      const top = await newTop(base, { addBitmaps: true, bitmap: late });
      await write(top, 8 * mebibyte, content.subarray(0, mebibyte));
      assert.deepEqual(await dirty(top, early), [mib(4), mib(8)]);
      await mergeDown(base, top);
      assert.deepEqual(await dirty(base, early), [mib(4), mib(8)]);
      assert.deepEqual(await dirty(base, late), [mib(8)]);
    });

    testOnFiles('a merge closes no gap, a repeated one forgets nothing, and copies take whole bitmaps along', async () => {
      const [early, late] = [randomUUID(), randomUUID()];
      const base = await newDisk();
      await bitmapJob('SDM.add_bitmap', base, early);
      const top = await newTop(base, { addBitmaps: true });
      await write(top, 4 * mebibyte, content.subarray(0, mebibyte));
      await bitmapJob('SDM.add_bitmap', top, late);
      await write(top, 8 * mebibyte, content.subarray(0, mebibyte));
      await mergeDown(base, top, 2);
      assert.deepEqual(await dirty(base, early), [mib(4), mib(8)]);
      // the second merge knows no better of it than that all of the top changed
      assert.deepEqual(await dirty(base, late), [mib(4), mib(8)]);

      const silent = await newTop(base);
      const leaf = await newTop(silent);
      await bitmapJob('SDM.add_bitmap', leaf, early);
      await assert.rejects(dirty(leaf, early), { code: 946 }, 'a gap');
      await mergeDown(silent, leaf);
      await assert.rejects(dirty(silent, early), { code: 947 });

      const end = (volume: Volume): object => ({
        endpoint_type: 'div',
        sd_id: pool.domainId,
        img_id: volume.imageID,
        vol_id: volume.volumeID,
      });
      const copy = await newDisk();
      const ends = { source: end(base), destination: end(copy), copy_bitmaps: true };
      for (let time = 0; time < 2; time += 1) await host.job('SDM.copy_data', ends);
      assert.deepEqual(await dirty(copy, early), [mib(4), mib(8)]);
      await assert.rejects(newDisk({ volFormat: 5, bitmap: early }), { code: 202 });
    });

    test('an image that names another file is not served', async () => {
      const volume = await newDisk();
      const place = { storagepoolID: pool.poolId, storagedomainID: pool.domainId, imageID: volume.imageID };
      const { path } = await host.call<{ path: string }>('Image.prepare', place);
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
      await host.call('Image.teardown', place);
    });

    testOnFiles('what may not be is refused, and nothing stays', async () => {
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
  });
