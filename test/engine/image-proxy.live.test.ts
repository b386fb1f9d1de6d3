// Budget: 60 s
// Needs: python, hypervisor
/** Images go through the engine to the image server of a host as a real agent has it; the host's verbs are simulated. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { createImageServer, createTickets, type ImageServer, type Tickets } from '@virgate/host';
import { cliProgram, virgate } from '../cli/program.ts';
import { PseudoTerminal } from '../cli/pseudo-terminal.ts';
import { imageioClient, pythonWith } from '../clients/python-environment.ts';
import { adminUser, Installation, eventually, expectStatus } from './installation.ts';
import { whole, type Json } from './rest-client.ts';

const run = promisify(execFile);
const mib = 1024 ** 2;
const imageBytes = 64 * mib;
const nobody = 'c0ffee00-0000-4000-8000-000000000000';

let installation: Installation;
let server: ImageServer;
let tickets: Tickets;
let ca: string;
let caFile: string;

before(async () => {
  installation = await Installation.start();
  await installation.addStorage();
  caFile = join(installation.folder, 'pki/ca.pem');
  ca = await readFile(caFile, 'utf8');
  const host = installation.hosts[0];
  assert.ok(host);
  const tls = { key: await readFile(host.keyFile, 'utf8'), cert: await readFile(host.certificateFile, 'utf8'), ca };
  tickets = createTickets(() => performance.now());
  server = createImageServer({
    host: host.address,
    port: 0,
    tls,
    tickets,
    upgrade: (_request, socket) => socket.destroy(),
    log: { warn: () => undefined },
  });
  const port = await server.listen();
  await installation.rows(`update host_state set capabilities = jsonb_set(capabilities, '{imageServerPort}', to_jsonb($1::int))`, [port]);
});
after(async () => {
  await server?.close();
  await installation?.stop();
});

interface Opened {
  id: string;
  direct: string;
  proxy: string;
  file: string;
}

/** Opens a transfer whose ticket leads to a file of the test's. */
async function opened(direction: 'upload' | 'download', content?: Buffer): Promise<Opened> {
  const { rest } = installation;
  const disk = { name: `d-${randomBytes(4).toString('hex')}`, format: 'raw', provisioned_size: imageBytes };
  const { id: diskId } = expectStatus(
    await rest.post('/disks', { ...disk, storage_domains: { storage_domain: [{ name: 'data' }] } }, whole),
    201,
  );
  const { id } = expectStatus(await rest.post('/imagetransfers', { disk: { id: diskId }, direction, format: 'raw' }), 201);
  const ready: Json = await eventually('the transfer is open', async () => {
    const found = expectStatus(await rest.get(`/imagetransfers/${id}`), 200);
    return found.phase === 'transferring' ? found : undefined;
  });
  const file = join(installation.folder, `${id}.raw`);
  await writeFile(file, content ?? '');
  await truncate(file, imageBytes);
  tickets.add({
    id,
    source: { kind: 'file', path: file },
    sizeBytes: imageBytes,
    operations: new Set([direction === 'upload' ? 'write' : 'read']),
    timeoutSeconds: 300,
    filename: undefined,
    sparse: true,
    dirty: false,
  });
  return { id, direct: ready.transfer_url, proxy: ready.proxy_url, file };
}

interface Sending {
  sent: ClientRequest;
  answer: Promise<IncomingMessage>;
}

function begin(url: string, method = 'GET', headers: Record<string, string> = {}): Sending {
  const sent = request(url, { method, headers, ca, agent: false });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', reject);
  });
  answer.catch(() => undefined);
  return { sent, answer };
}

async function send(url: string, method = 'GET', headers: Record<string, string> = {}, body?: Buffer | string) {
  const { sent, answer } = begin(url, method, {
    ...headers,
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
  });
  sent.end(body);
  const response = await answer;
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) };
}

const active = (id: string): number => tickets.find(id).active;
const idle = (id: string): Promise<boolean> => eventually('nothing is under way', async () => active(id) === 0);

test('ranges, zeros, extents and options go through the engine as to the host', async () => {
  const { id, proxy, file } = await opened('upload');
  assert.equal(proxy, `${installation.url}/images/${id}`);
  const options = await send(proxy, 'OPTIONS');
  assert.equal(options.headers.allow, 'OPTIONS,GET,PUT,PATCH');
  assert.ok((JSON.parse(options.body.toString()) as { features: string[] }).features.includes('extents'));
  const content = randomBytes(3 * mib + 17);
  const place = { 'content-range': `bytes ${mib}-${mib + content.length - 1}/*` };
  assert.equal((await send(`${proxy}?flush=y`, 'PUT', place, content)).status, 200);
  assert.equal((await send(proxy, 'PATCH', {}, JSON.stringify({ op: 'zero', offset: mib, size: 512, flush: true }))).status, 200);
  const written = await readFile(file);
  assert.ok(written.subarray(mib, mib + 512).equals(Buffer.alloc(512)));
  assert.ok(written.subarray(mib + 512, mib + content.length).equals(content.subarray(512)));
  assert.equal(tickets.find(id).transferredBytes, content.length, 'what goes by the engine counts on the host');
  const other = await opened('download', content);
  const part = await send(other.proxy, 'GET', { range: 'bytes=100-4099' });
  assert.equal(part.status, 206);
  assert.equal(part.headers['content-range'], `bytes 100-4099/${imageBytes}`);
  assert.ok(part.body.equals(content.subarray(100, 4100)));
  assert.equal((await send(other.proxy, 'PUT', {}, 'x')).status, 403);
  assert.equal((await send(other.proxy, 'GET', { range: `bytes=0-${imageBytes}` })).status, 416);
  await idle(id);
});

test('strangers, other sites and what is no transfer are refused', async () => {
  const { proxy } = await opened('download', randomBytes(4096));
  assert.equal((await send(`${installation.url}/images/${nobody}`)).status, 403);
  assert.equal((await send(`${proxy}?path=/etc/passwd`)).status, 400);
  assert.equal((await send(`${installation.url}/images/..%2ftickets`)).status, 404);
  assert.equal((await send(proxy, 'DELETE')).status, 405);
  assert.equal((await send(proxy, 'GET', { origin: 'https://elsewhere.example' })).status, 403);
  const own = await send(proxy, 'GET', { origin: installation.url, range: 'bytes=0-9' });
  assert.equal(own.headers['access-control-allow-origin'], installation.url);
  const asks = { 'access-control-request-method': 'PUT' };
  const preflight = await send(proxy, 'OPTIONS', { origin: installation.url, ...asks });
  assert.equal(preflight.status, 204);
  assert.match(String(preflight.headers['access-control-allow-headers']), /Content-Range/);
  assert.equal((await send(proxy, 'OPTIONS', { origin: 'https://elsewhere.example', ...asks })).status, 403);
});

test('a server that shows the certificate of another host gets no ticket and gives no image', async () => {
  const { id, proxy } = await opened('download', randomBytes(4096));
  const own: string = (await installation.rows('select certificate_subject from host_state'))[0]?.certificate_subject;
  const expect = (subject: string) => installation.rows('update host_state set certificate_subject = $1', [subject]);
  assert.equal((await send(proxy, 'GET', { range: 'bytes=0-9' })).status, 206);
  await expect('O=Virgate, CN=another');
  try {
    const refused = await send(proxy, 'GET', { range: 'bytes=0-9' });
    assert.equal(refused.status, 502);
    assert.match(refused.body.toString(), /not that of O=Virgate, CN=another/);
  } finally {
    await expect(own);
  }
  assert.equal(tickets.find(id).transferredBytes, 10);
});

test('a client that reads slowly holds the host back; one that leaves ends what the host does', async () => {
  const { id, proxy } = await opened('download', randomBytes(imageBytes));
  const { sent, answer } = begin(proxy);
  sent.end();
  const response = await answer;
  response.pause();
  await eventually('the host has begun', async () => tickets.find(id).transferredBytes > 0);
  let before = -1;
  await eventually('the host waits', async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = tickets.find(id).transferredBytes;
    const waits = now === before;
    before = now;
    return waits;
  });
  assert.ok(before < imageBytes, `${before} bytes were read of the image though nobody takes them`);
  assert.equal(active(id), 1);
  sent.destroy();
  await idle(id);
});

test('an upload that breaks off, or whose host goes, ends on both sides', async () => {
  const { id, proxy } = await opened('upload');
  const first = begin(proxy, 'PUT', { 'content-length': String(imageBytes) });
  first.sent.write(randomBytes(2 * mib));
  await eventually('bytes have come', async () => tickets.find(id).transferredBytes >= mib);
  first.sent.destroy();
  await idle(id);
  const second = begin(proxy, 'PUT', { 'content-length': String(imageBytes) });
  second.sent.write(randomBytes(mib));
  await eventually('it is under way', async () => active(id) === 1);
  tickets.remove(id);
  second.sent.write(randomBytes(2 * mib));
  const status = await second.answer.then(
    (answer) => answer.statusCode,
    () => 'broken',
  );
  assert.ok(status === 403 || status === 502 || status === 'broken', String(status));
});

test('a transfer that ends ends what is passed on, whatever its host says', async () => {
  const { id, proxy } = await opened('upload');
  const { sent, answer } = begin(proxy, 'PUT', { 'content-length': String(imageBytes) });
  sent.write(randomBytes(2 * mib));
  await eventually('it is under way', async () => active(id) === 1);
  expectStatus(await installation.rest.post(`/imagetransfers/${id}/pause`, {}), 200);
  // the simulated verbs know nothing of this ticket: the engine alone ends the request
  await answer.then(
    (told) => assert.equal(told.statusCode, 502),
    () => undefined,
  );
  await idle(id);
  assert.equal((await send(proxy, 'OPTIONS')).status, 403);
});

test('the imageio client of oVirt copies an image by both ways', async () => {
  const python = await pythonWith(imageioClient);
  const script = join(import.meta.dirname, '../clients/python/imageio_copy.py');
  const source = join(installation.folder, 'source.raw');
  await writeFile(source, randomBytes(5 * mib));
  const file = await open(source, 'r+');
  await file.write(randomBytes(mib), 0, mib, 40 * mib);
  await file.truncate(imageBytes);
  await file.close();
  const expected = await readFile(source);
  const deaf = 'https://127.0.0.1:1/images/none';
  for (const way of ['direct', 'proxy'] as const) {
    const up = await opened('upload');
    const address = (one: Opened): string[] => (way === 'direct' ? [one.direct, caFile] : [deaf, caFile, one.proxy]);
    await run(python, [script, 'upload', source, ...address(up)]);
    assert.ok((await readFile(up.file)).equals(expected), `${way}: uploaded`);
    assert.ok((await stat(up.file)).blocks * 512 < imageBytes / 2, `${way}: holes stay holes`);
    assert.ok(tickets.find(up.id).transferredBytes >= 6 * mib);
    const down = await opened('download', expected);
    const target = join(installation.folder, `${way}.raw`);
    await run(python, [script, 'download', target, ...address(down)]);
    assert.ok((await readFile(target)).equals(expected), `${way}: downloaded`);
  }
});

test('the command line uploads and downloads an image, and goes on where it was interrupted', async () => {
  const folder = installation.folder;
  const sizeBytes = 256 * mib;
  const source = join(folder, 'by-hand.img');
  await writeFile(source, randomBytes(30 * mib));
  await truncate(source, sizeBytes);
  const password = (await readFile(join(folder, 'password'), 'utf8')).trim();
  const env = { VIRGATE_CONFIG: join(folder, 'contexts.json'), VIRGATE_PASSWORD: password };
  assert.equal((await virgate(['login', installation.url, '--user', adminUser, '--ca-file', caFile], env)).code, 0);
  const known = new Set(((await installation.rest.get('/imagetransfers')).body.image_transfer as Json[] | undefined)?.map(({ id }) => id));
  const stored = join(folder, 'stored.raw');
  await writeFile(stored, '');
  await truncate(stored, sizeBytes);
  /** Lets bytes of a transfer pass, as its host would: the hosts' verbs are simulated. */
  const admit = (id: string, direction: 'write' | 'read', admittedBytes: number): void => {
    known.add(id);
    tickets.add({
      id,
      source: { kind: 'file', path: stored },
      sizeBytes: admittedBytes,
      operations: new Set([direction]),
      timeoutSeconds: 300,
      filename: undefined,
      sparse: true,
      dirty: false,
    });
  };
  const begun = (): Promise<string> =>
    eventually('a transfer is being opened', async () => {
      const rows = await installation.rows('select id from image_transfer');
      return rows.map(({ id }) => id as string).find((id) => !known.has(id));
    });
  /** The host's ticket comes late, so that the server has its own before bytes come. */
  const late = () => installation.plan({ verb: 'Host.add_image_ticket', action: { kind: 'delay', delayMs: 1_500 } });
  const kept = `${source}.virgate-transfer`;

  await late();
  const upload = virgate(['disk', 'upload', source, '--storage-domain', 'data'], env);
  const up = await begun();
  admit(up, 'write', 20 * mib);
  const broken = await upload;
  assert.match(broken.err, /ended after 20\.0 MiB of 256\.0 MiB: [^]*--resume goes on; virgate image-transfer cancel /);
  assert.equal((await installation.rest.get(`/imagetransfers/${up}`)).body.phase, 'paused_user');
  assert.equal((await stat(kept)).mode & 0o777, 0o600);
  const again = await virgate(['disk', 'upload', source, '--storage-domain', 'data'], env);
  assert.deepEqual([again.code, /interrupted_transfer: .* 20\.0 MiB of 256\.0 MiB\./.test(again.err)], [2, true], again.err);
  tickets.remove(up);
  admit(up, 'write', sizeBytes);
  const terminal = new PseudoTerminal(
    [process.execPath, cliProgram, 'disk', 'upload', source, '--resume'],
    { ...env, NO_COLOR: '' },
    folder,
  );
  try {
    assert.equal(await terminal.ended(), 0, terminal.text);
  } finally {
    terminal.kill();
  }
  assert.match(terminal.text, /by-hand\.img +\[#*-+\] +\d+ %  (\d+:\d\d left|\d+\.\d MiB of 256\.0 MiB)/);
  assert.match(terminal.text, /name +: by-hand\n/);
  assert.ok((await readFile(stored)).equals(await readFile(source)), 'uploaded');
  await assert.rejects(stat(kept), { code: 'ENOENT' });

  const target = join(folder, 'down.raw');
  await late();
  const download = virgate(['disk', 'download', 'by-hand', target], env);
  const down = await begun();
  admit(down, 'read', 44 * mib);
  const half = await download;
  assert.match(half.err, /ended after 44\.0 MiB of 256\.0 MiB: [^]*--resume goes on/);
  tickets.remove(down);
  admit(down, 'read', sizeBytes);
  const resumed = await virgate(['disk', 'download', 'by-hand', target, '--resume'], env);
  assert.deepEqual([resumed.code, resumed.err], [0, `disk download: ${target}\n`]);
  assert.ok((await readFile(target)).equals(await readFile(source)), 'downloaded');
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith('down.raw')),
    ['down.raw'],
  );
  const refused: [string[], number, RegExp][] = [
    [['disk', 'download', 'by-hand', target], 2, /file_exists/],
    [['disk', 'download', 'nothing'], 11, /not_found/],
    [['disk', 'upload', source, '--storage-domain', 'nowhere'], 11, /not_found/],
    [['disk', 'upload', source], 1, /missing_attribute/],
    [['disk', 'upload', source, '--resume'], 2, /nothing_to_resume/],
    [['disk', 'upload', join(folder, 'nothing.raw'), '--storage-domain', 'data'], 2, /file_unreadable/],
    [['disk', 'upload', caFile, '--disk', 'by-hand', '--storage-domain', 'data'], 1, /unexpected_argument/],
  ];
  for (const [args, code, words] of refused) {
    const { code: is, err } = await virgate(args, env);
    assert.deepEqual([is, words.test(err)], [code, true], `${args.join(' ')}: ${err}`);
  }
});
