import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { TestContext } from 'node:test';
import { describe, test } from 'node:test';
import type { VdsmClientOptions } from './client.ts';
import { VdsmClient } from './client.ts';
import { ErrorCode, VdsmError } from './errors.ts';
import type { VdsmCall } from './request-handler.ts';
import { VdsmServer } from './server.ts';
import type { StompFrame } from './stomp.ts';
import { encodeFrame, StompDecoder } from './stomp.ts';
import { startServer } from './testing/server.ts';
import type { AnyVerbs } from './verbs.ts';

const backoff = { initialMs: 20, maximumMs: 40, jitter: 0 };

function makeClient(context: TestContext, port: number, options: Partial<VdsmClientOptions> = {}): VdsmClient<AnyVerbs> {
  const client = new VdsmClient<AnyVerbs>({ host: '127.0.0.1', port, tls: null, backoff, connectTimeoutMs: 2000, ...options });
  context.after(() => client.close());
  return client;
}

function coded(code: number, text: RegExp = /./): (error: unknown) => boolean {
  return (error) => error instanceof VdsmError && error.code === code && text.test(error.message);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(condition: () => boolean): Promise<void> {
  for (let count = 0; count < 500 && !condition(); count++) await pause(10);
  assert.ok(condition());
}

type Script = (frame: StompFrame, write: (bytes: Buffer | string) => void, socket: net.Socket) => void;

/** A host that says what a test lets it say. */
async function startScript(context: TestContext, script: Script): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    const decoder = new StompDecoder({ headerBytes: 8192, headerCount: 64, bodyBytes: 2 ** 20 });
    sockets.add(socket.on('error', () => undefined));
    socket.on('data', (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) script(frame, (bytes) => socket.write(bytes), socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

const connected = (heartbeat = '0,0') => encodeFrame('CONNECTED', { version: '1.2', 'heart-beat': heartbeat });
const message = (json: unknown) => encodeFrame('MESSAGE', { subscription: '1' }, JSON.stringify(json));
const idOf = (frame: StompFrame) => (JSON.parse(frame.body.toString()) as { id: string }).id;

describe('calls', () => {
  test('results, errors with their code, and nothing for undefined', async (context) => {
    const { port } = await startServer(context, {
      dispatch: async ({ method, params }) => {
        if (method === 'Host.ping2') return undefined;
        if (method === 'echo') return params;
        throw new VdsmError(99, 'Recovering from crash or Initializing');
      },
    });
    const client = makeClient(context, port);
    assert.equal(await client.call('Host.ping2', {}), true);
    assert.deepEqual(await client.call('echo', { a: [1, 'ž'] }), { a: [1, 'ž'] });
    await assert.rejects(client.call('Host.getStats', {}), coded(99, /Recovering/));
  });

  test('three at once, answered in another order', async (context) => {
    const { port } = await startServer(context, {
      dispatch: async ({ params }) => {
        await pause(Number(params['wait']));
        return params['wait'];
      },
    });
    const client = makeClient(context, port);
    const order: unknown[] = [];
    const results = await Promise.all([60, 30, 1].map((wait) => client.call('a', { wait }).then((result) => (order.push(result), result))));
    assert.deepEqual(results, [60, 30, 1]);
    assert.deepEqual(order, [1, 30, 60]);
  });

  test('a body of 60 kB of UTF-8 both ways, and one of 2 MB', async (context) => {
    const { port } = await startServer(context);
    const client = makeClient(context, port);
    for (const text of ['žluť 🐎 '.repeat(5000), '\u0000\u2028"\\'.repeat(400_000)]) {
      assert.deepEqual(await client.call('echo', { text }), { text });
    }
  });

  test('correlation id and fencing number travel as headers', async (context) => {
    const calls: VdsmCall[] = [];
    const { port } = await startServer(context, { dispatch: async (call) => void calls.push(call) });
    const client = makeClient(context, port);
    await client.call('a', {}, { correlationId: 'flow:1\n', fence: 3 });
    await client.call('b', {}, { fence: { key: 'vm:1', number: 1 } });
    await assert.rejects(client.call('c', {}, { fence: 2 }), coded(ErrorCode.fenced));
    assert.deepEqual(
      calls.map(({ method, correlationId, fence }) => [method, correlationId, fence]),
      [
        ['a', 'flow:1\n', 3],
        ['b', undefined, 1],
      ],
    );
  });

  test('the queues of the storage pool manager', async (context) => {
    const { port } = await startServer(context);
    const client = makeClient(context, port, {
      requestQueue: 'jms.topic.vdsm_irs_requests',
      responseQueue: 'jms.topic.vdsm_irs_responses',
      events: false,
    });
    assert.deepEqual(await client.call('a', {}), {});
  });

  test('time-out, and the late answer is ignored', async (context) => {
    let release: () => void = () => undefined;
    const { port } = await startServer(context, {
      dispatch: ({ method }) => (method === 'slow' ? new Promise<void>((resolve) => (release = resolve)) : Promise.resolve()),
    });
    const client = makeClient(context, port);
    await assert.rejects(client.call('slow', {}, { timeoutMs: 50 }), coded(5022, /slow on 127.0.0.1: no answer within 50 ms/));
    release();
    assert.equal(await client.call('fast', {}), true);
    assert.equal(client.state, 'up');
  });

  test('a signal ends the wait, before and during the call', async (context) => {
    const { port } = await startServer(context, { dispatch: () => new Promise(() => undefined) });
    const client = makeClient(context, port);
    await assert.rejects(client.call('a', {}, { signal: AbortSignal.abort(new Error('given up')) }), /given up/);
    const controller = new AbortController();
    const call = client.call('a', {}, { signal: controller.signal });
    await until(() => client.state === 'up');
    controller.abort();
    await assert.rejects(call, { name: 'AbortError' });
  });

  test('calls under way are bounded', async (context) => {
    const { port } = await startServer(context, { dispatch: () => new Promise(() => undefined) });
    const client = makeClient(context, port, { limits: { pendingCalls: 2 } });
    const calls = [client.call('a', {}), client.call('b', {})].map((call) => assert.rejects(call, coded(5022)));
    await assert.rejects(client.call('c', {}), coded(ErrorCode.overloaded));
    client.close();
    await Promise.all(calls);
  });

  test('parameters that cannot be sent fail alone', async (context) => {
    const { port } = await startServer(context);
    const client = makeClient(context, port);
    await assert.rejects(
      client.call('a', {}, { fence: { key: 'x'.repeat(2000), number: 1 } }),
      coded(ErrorCode.invalidRequest, /Header block/),
    );
    await assert.rejects(client.call('a', { big: 1n }), coded(ErrorCode.invalidParams));
    assert.deepEqual(await client.call('a', {}), {});
  });
});

describe('events', () => {
  test('reach the handlers whose pattern matches; a failing handler harms no other', async (context) => {
    const { server, port } = await startServer(context);
    const client = makeClient(context, port);
    const seen: string[] = [];
    const all: string[] = [];
    client.subscribe('|virt|VM_status|*', () => {
      throw new Error('handler');
    });
    const stop = client.subscribe('|virt|VM_status|*', (params, id) =>
      seen.push(`${id} ${JSON.stringify(params['1'])} ${typeof params['notify_time']}`),
    );
    client.on('event', (id) => all.push(id));
    await client.call('sync', {});
    server.emit('|virt|VM_status|1', { 1: { status: 'Up' } });
    server.emit('|net|host_conn|no_id', {});
    await client.call('sync', {});
    stop();
    server.emit('|virt|VM_status|1', {});
    await client.call('sync', {});
    assert.deepEqual(seen, ['|virt|VM_status|1 {"status":"Up"} number']);
    assert.deepEqual(all, ['|virt|VM_status|1', '|net|host_conn|no_id', '|virt|VM_status|1']);
    assert.throws(() => client.subscribe('VM_status', () => undefined), RangeError);
  });

  test('a client without events gets none', async (context) => {
    const { server, port } = await startServer(context);
    const client = makeClient(context, port, { events: false });
    client.on('event', () => assert.fail('an event came'));
    await client.call('sync', {});
    server.emit('|virt|VM_status|1', {});
    await client.call('sync', {});
  });
});

describe('connection', () => {
  test('states on the way up, down and up again; calls under way fail with 5022', async (context) => {
    const { server, port } = await startServer(context, {
      dispatch: ({ method }) => (method === 'hang' ? new Promise(() => undefined) : Promise.resolve()),
    });
    const client = makeClient(context, port);
    const states: string[] = [];
    client.on('state', (state) => states.push(state));
    await client.connect();
    const hanging = client.call('hang', {});
    await client.call('sync', {});
    server.disconnectAll();
    await assert.rejects(hanging, coded(5022));
    await until(() => client.state === 'up');
    assert.equal(await client.call('sync', {}), true);
    assert.deepEqual(states, ['connecting', 'up', 'down', 'connecting', 'up']);
  });

  test('a call waits for a host that comes up, and events come again after a reconnect', async (context) => {
    const { server: first, port } = await startServer(context);
    const client = makeClient(context, port);
    await client.connect();
    await first.close();
    await until(() => client.state !== 'up');
    const call = client.call('echo', { a: 1 });
    await pause(100);
    const second = new VdsmServer({ host: '127.0.0.1', port, tls: null, dispatch: async ({ params }) => params });
    context.after(() => second.close());
    await second.listen();
    assert.deepEqual(await call, { a: 1 });
    const event = new Promise((resolve) => client.on('event', resolve));
    await client.call('sync', {});
    second.emit('|net|host_conn|no_id', {});
    assert.equal(await event, '|net|host_conn|no_id');
  });

  test('nobody there: connect and calls fail with 5022 and the reason after connectTimeoutMs', async (context) => {
    const { server, port } = await startServer(context);
    await server.close();
    const client = makeClient(context, port, { connectTimeoutMs: 100 });
    await Promise.all([
      assert.rejects(client.connect(), coded(5022, /ECONNREFUSED/)),
      assert.rejects(client.call('a', {}), coded(5022, /ECONNREFUSED/)),
    ]);
    assert.match(client.lastError?.message ?? '', /ECONNREFUSED/);
  });

  test('back-off grows while nobody waits, and a call cuts it short', async (context) => {
    const { server, port } = await startServer(context);
    const client = makeClient(context, port, { backoff: { initialMs: 20, maximumMs: 60_000, factor: 1000, jitter: 0 } });
    await client.connect();
    await server.close();
    await until(() => client.state === 'down');
    await until(() => client.lastError?.message.includes('ECONNREFUSED') === true);
    const again = new VdsmServer({ host: '127.0.0.1', port, tls: null, dispatch: async () => 1 });
    context.after(() => again.close());
    await again.listen();
    await pause(100);
    assert.equal(client.state, 'down');
    assert.equal(await client.call('a', {}), 1);
  });

  test('a host that accepts and says nothing', async (context) => {
    const port = await startScript(context, () => undefined);
    await assert.rejects(makeClient(context, port, { connectTimeoutMs: 60 }).connect(), coded(5022));
  });

  test('a host that refuses the version, or speaks another', async (context) => {
    const refusing = await startScript(context, (_frame, write) => write(encodeFrame('ERROR', {}, 'Version unsupported')));
    await assert.rejects(makeClient(context, refusing, { connectTimeoutMs: 60 }).connect(), coded(5022, /Version unsupported/));
    const other = await startScript(context, (_frame, write) => write(encodeFrame('CONNECTED', { version: '1.1' })));
    await assert.rejects(makeClient(context, other, { connectTimeoutMs: 60 }).connect(), coded(5022, /another version/));
  });

  test('silence of 1.5 periods ends the connection; heart-beats keep it', async (context) => {
    let beating = true;
    const port = await startScript(context, (frame, write) => {
      if (frame.command !== 'CONNECT') return;
      assert.equal(frame.headers.get('heart-beat'), '40,40');
      write(connected('40,0'));
      const timer = setInterval(() => beating && write('\n'), 20);
      context.after(() => clearInterval(timer));
    });
    const client = makeClient(context, port, { heartbeatMs: 80 });
    await client.connect();
    await pause(400);
    assert.equal(client.state, 'up');
    beating = false;
    await until(() => client.state === 'down');
    assert.match(client.lastError?.message ?? '', /silent for 60 ms/);
  });

  test('the client sends the heart-beats that the host wants', async (context) => {
    const { port } = await startServer(context, { limits: { minimumHeartbeatMs: 50 } });
    const client = makeClient(context, port, { heartbeatMs: 100 });
    const states: string[] = [];
    await client.connect();
    client.on('state', (state) => states.push(state));
    await pause(500);
    assert.deepEqual(states, []);
  });

  test('after close nothing runs; a later call connects again', async (context) => {
    const { port } = await startServer(context);
    const client = makeClient(context, port);
    const early = client.call('a', {});
    client.close();
    await assert.rejects(early, coded(5022, /given up/));
    assert.equal(client.state, 'down');
    await pause(80);
    assert.equal(client.state, 'down');
    assert.deepEqual(await client.call('a', {}), {});
  });
});

describe('hosts that are not like ours', () => {
  test('answers with foreign ids, escaped headers, batches, nonsense and ERROR frames do no harm', async (context) => {
    const port = await startScript(context, (frame, write) => {
      if (frame.command === 'CONNECT') write(Buffer.concat([connected(), Buffer.from('\n')]));
      if (frame.command !== 'SEND') return;
      write(message({ jsonrpc: '2.0', id: '00000000-0000-4000-8000-000000000000', result: 'foreign' }));
      write(message({ jsonrpc: '2.0', id: null, error: { code: -32700, message: 'x' } }));
      write(message({ jsonrpc: '2.0', id: 5, result: 'foreign' }));
      write(message({ jsonrpc: '2.0', method: 'no event id', params: [] }));
      write(encodeFrame('MESSAGE', {}, 'no JSON'));
      write(encodeFrame('ERROR', {}, 'Subscription not available'));
      write(
        Buffer.from(`MESSAGE\r\ndestination:a\\cb:c\r\n\r\n${JSON.stringify([{ jsonrpc: '2.0', id: idOf(frame), result: 'ours' }])}\0`),
      );
    });
    const client = makeClient(context, port);
    client.subscribe('|*|*|*', () => assert.fail('an event came'));
    assert.equal(await client.call('a', {}), 'ours');
    assert.equal(await client.call('b', {}), 'ours');
    assert.equal(client.state, 'up');
  });

  for (const [name, bytes, expected] of [
    ['an endless header block', `MESSAGE\na:${'x'.repeat(10_000)}`, /Header block over/],
    ['a body of 4 GB', 'MESSAGE\ncontent-length:4294967296\n\n', /Body over/],
    ['no NUL', 'MESSAGE\ncontent-length:1\n\nabc', /no NUL/],
    ['an unknown command', 'SELFDESTRUCT\n\n\0', /unknown command/],
    ['a frame that does not end', 'MESSAGE\n\nabc', /did not end in time/],
  ] as const) {
    test(`${name} ends the connection, the call fails with 5022`, async (context) => {
      const port = await startScript(context, (frame, write) => {
        if (frame.command === 'CONNECT') write(connected());
        if (frame.command === 'SEND') write(bytes);
      });
      await assert.rejects(makeClient(context, port, { limits: { frameTimeoutMs: 50 } }).call('a', {}), coded(5022, expected));
    });
  }
});
