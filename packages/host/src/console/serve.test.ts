import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer, request } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { createLog } from '../log.ts';
import type { VmRegistry } from '../vm/index.ts';
import { createConsoleEntries, type ConsoleEntries } from './entries.ts';
import { consoleProtocol, serveConsoles } from './serve.ts';

const vmId = '2b9b3d8e-0000-4000-8000-000000000001';

interface Bench {
  entries: ConsoleEntries;
  /** Status of an attempt, and the connection when it became a console. */
  open(path: string, upgrade?: string): Promise<{ status: number; socket: Duplex | undefined }>;
}

async function listen(t: TestContext, server: Server, where: string | number): Promise<void> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => open.add(socket.on('error', () => undefined)));
  server.listen(where as number, ...(typeof where === 'number' ? ['127.0.0.1'] : []));
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
}

/** A host with one VM whose screen greets and whose serial port, like QEMU's, serves one connection at a time and echoes. */
async function bench(t: TestContext): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'consoles-'));
  t.after(() => rm(folder, { recursive: true }));
  const screen = createServer((socket) => socket.write('RFB 003.008\n'));
  await listen(t, screen, 0);
  let taken: Promise<unknown> = Promise.resolve();
  const serial = createServer((socket) => {
    taken = taken.then(() => {
      socket.pipe(socket);
      return once(socket, 'close');
    });
  });
  const socketPath = join(folder, 'serial.sock');
  await listen(t, serial, socketPath);
  const facts = {
    graphics: [{ type: 'vnc', port: String((screen.address() as AddressInfo).port), tlsPort: '-1', address: '0.0.0.0' }],
    serialConsole: { socketPath },
  };
  const vms = { running: () => ({ vmId, facts }) } as unknown as VmRegistry;
  const entries = createConsoleEntries(() => performance.now());
  const consoles = serveConsoles(vms, entries, createLog('silent'), () => ({ key: '', cert: '', ca: '' }));
  const server = createHttpServer().on('upgrade', consoles.upgrade);
  await listen(t, server, 0);
  t.after(() => consoles.close());
  return {
    entries,
    open: (path, upgrade = consoleProtocol) =>
      new Promise((resolve, reject) => {
        const sent = request({
          host: '127.0.0.1',
          port: (server.address() as AddressInfo).port,
          path,
          headers: { connection: 'Upgrade', upgrade },
        });
        sent.on('response', (answer) => resolve({ status: answer.resume().statusCode ?? 0, socket: undefined }));
        sent.on('upgrade', (answer, socket, head) => {
          if (head.length > 0) socket.unshift(head);
          resolve({ status: answer.statusCode ?? 0, socket: socket.on('error', () => undefined) });
        });
        sent.on('error', reject);
        sent.end();
      }),
  };
}

const said = async (socket: Duplex | undefined): Promise<string> => String(((await once(socket as Duplex, 'data')) as [Buffer])[0]);

test('an entry becomes the bytes of its console, once', async (t) => {
  const { entries, open } = await bench(t);
  const path = `/consoles/${entries.add({ vmId, type: 'vnc' })}`;
  assert.equal((await open(path, 'websocket')).status, 404, 'another protocol');
  assert.equal((await open('/consoles/../etc')).status, 404);
  assert.equal((await open(`/consoles/${'0'.repeat(64)}`)).status, 403);
  const { status, socket } = await open(path);
  assert.equal(status, 101);
  assert.equal(await said(socket), 'RFB 003.008\n');
  assert.equal((await open(path)).status, 403);
});

test('a serial port goes to who opened it last', async (t) => {
  const { entries, open } = await bench(t);
  const serial = () => `/consoles/${entries.add({ vmId, type: 'serial' })}`;
  const first = (await open(serial())).socket;
  first?.write('one');
  assert.equal(await said(first), 'one');
  const over = once(first as Duplex, 'close');
  const second = (await open(serial())).socket;
  await over;
  second?.write('two');
  assert.equal(await said(second), 'two');
});

test('a console that is not there is a failure of the host, told before anything else', async (t) => {
  const { entries, open } = await bench(t);
  assert.equal((await open(`/consoles/${entries.add({ vmId, type: 'spice' })}`)).status, 502);
});
