import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { VdsmCall } from '@virgate/vdsm';
import { makeAuthority } from '../agent-fixture/certificates.ts';
import { createImageServer, type ImageServer } from './server.ts';
import { createTickets, type Tickets } from './tickets.ts';
import { createImageTicketVerbs } from './verbs.ts';
import type { VerbTable } from '../verb.ts';

let root: string;
let path: string;
let server: ImageServer;
let tickets: Tickets;
let verbs: VerbTable;
let port: number;
let ca: string;
const bytes = 1024 * 1024;
const call = (verb: string, params: Record<string, unknown>): Promise<unknown> =>
  verbs[verb]?.(params, {} as VdsmCall) ?? Promise.reject(new Error(verb));

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'images-'));
  const directory = join(root, 'mnt/x/d/images/i');
  await mkdir(directory, { recursive: true });
  path = join(directory, randomUUID());
  await writeFile(path, Buffer.alloc(bytes));
  const authority = await makeAuthority();
  ca = authority.certificate;
  tickets = createTickets(() => performance.now());
  server = createImageServer({
    host: '127.0.0.1',
    port: 0,
    tls: { ...(await authority.issue('host')), ca },
    tickets,
    upgrade: (_request, socket) => socket.destroy(),
    log: { warn: () => undefined },
  });
  port = await server.listen();
  verbs = createImageTicketVerbs(tickets, { roots: [root], sockets: [join(root, 'nbd')], makeRoom: () => Promise.resolve() }, () => true);
});
after(async () => {
  await server.close();
  await rm(root, { recursive: true, force: true });
});

async function ticket(ops: string[], change: Record<string, unknown> = {}): Promise<string> {
  const uuid = randomUUID();
  await call('Host.add_image_ticket', { ticket: { uuid, url: `file://${path}`, size: bytes, ops, timeout: 300, ...change } });
  return uuid;
}

const send = (
  method: string,
  place: string,
  headers: Record<string, string> = {},
  body?: Buffer | string,
): Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }> =>
  new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: place,
        method,
        ca,
        servername: 'localhost',
        checkServerIdentity: () => undefined,
        agent: false,
        headers: { ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }), ...headers },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });

test('an upload in ranges, zeros and a flush change the file', async () => {
  const id = await ticket(['write']);
  const content = randomBytes(bytes);
  const half = bytes / 2;
  assert.equal(
    (await send('PUT', `/images/${id}?flush=n`, { 'content-range': `bytes 0-${half - 1}/*` }, content.subarray(0, half))).status,
    200,
  );
  assert.equal(
    (await send('PUT', `/images/${id}`, { 'content-range': `bytes ${half}-${bytes - 1}/*` }, content.subarray(half))).status,
    200,
  );
  assert.ok((await readFile(path)).equals(content));
  assert.equal(
    (await send('PATCH', `/images/${id}`, {}, JSON.stringify({ op: 'zero', offset: 4096, size: 8192, flush: false }))).status,
    200,
  );
  assert.equal((await send('PATCH', `/images/${id}`, {}, JSON.stringify({ op: 'flush' }))).status, 200);
  content.fill(0, 4096, 12_288);
  assert.ok((await readFile(path)).equals(content));
  const use = (await call('Host.get_image_ticket', { uuid: id })) as Record<string, unknown>;
  assert.deepEqual([use['transferred'], use['active'], use['size']], [bytes, false, bytes]);
  assert.equal((await send('GET', `/images/${id}`)).status, 403, 'a ticket for writing does not read');
});

test('a download, whole and in part', async () => {
  const content = await readFile(path);
  const id = await ticket(['read'], { filename: 'disk.raw' });
  const whole = await send('GET', `/images/${id}`);
  assert.equal(whole.status, 200);
  assert.ok(whole.body.equals(content));
  assert.equal(whole.headers['content-disposition'], "attachment; filename*=UTF-8''disk.raw");
  const part = await send('GET', `/images/${id}`, { range: 'bytes=100-199' });
  assert.equal(part.status, 206);
  assert.equal(part.headers['content-range'], `bytes 100-199/${bytes}`);
  assert.ok(part.body.equals(content.subarray(100, 200)));
  const options = await send('OPTIONS', `/images/${id}`);
  assert.deepEqual((JSON.parse(options.body.toString()) as { features: string[] }).features, ['extents', 'zero', 'flush']);
  assert.deepEqual(JSON.parse((await send('GET', `/images/${id}/extents`)).body.toString()), [
    { start: 0, length: bytes, zero: false, hole: false },
  ]);
});

test('what may not be is refused', async () => {
  const id = await ticket(['read', 'write']);
  assert.equal((await send('GET', `/images/${randomUUID()}`)).status, 403);
  assert.equal((await send('GET', '/etc/passwd')).status, 404);
  assert.equal((await send('DELETE', `/images/${id}`)).status, 405);
  assert.equal((await send('GET', `/images/${id}`, { range: `bytes=0-${bytes}` })).status, 416);
  assert.equal((await send('PUT', `/images/${id}`, { 'content-range': `bytes ${bytes - 1}-${bytes}/*` }, 'xx')).status, 416);
  assert.equal((await send('PATCH', `/images/${id}`, {}, 'no json')).status, 400);
  assert.equal((await send('PATCH', `/images/${id}`, {}, ' '.repeat(70_000))).status, 413);
  await call('Host.remove_image_ticket', { uuid: id });
  assert.equal((await send('GET', `/images/${id}`)).status, 403);
  for (const url of ['file:///etc/passwd', `file://${root}/../etc/passwd`, 'nbd:unix:/x', `file://${path}x`])
    await assert.rejects(ticket(['read'], { url }), { code: 91 }, url);
  await assert.rejects(ticket(['zero']), { code: 91 });
});

test('an upload whose client goes away leaves the server well', async () => {
  const id = await ticket(['write']);
  await new Promise<void>((resolve) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      path: `/images/${id}`,
      method: 'PUT',
      ca,
      checkServerIdentity: () => undefined,
      agent: false,
      headers: { 'content-length': String(bytes) },
    });
    sent.on('error', () => resolve());
    sent.write(Buffer.alloc(1000));
    setTimeout(() => sent.destroy(), 100);
  });
  for (let at = 0; at < 50 && ((await call('Host.get_image_ticket', { uuid: id })) as { active: boolean }).active; at += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(((await call('Host.get_image_ticket', { uuid: id })) as { active: boolean }).active, false);
});
