import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { ErrorCode, VdsmError } from './errors.ts';
import { memoryFenceStore } from './fence.ts';
import type { VdsmCall } from './request-handler.ts';
import type { VdsmServerOptions } from './server.ts';
import { RawPeer } from './testing/raw-peer.ts';
import { startServer } from './testing/server.ts';

async function startPair(context: TestContext, options: Partial<VdsmServerOptions> = {}) {
  const { server, port } = await startServer(context, options);
  const connect = async () => {
    const peer = await RawPeer.connect(port);
    context.after(() => peer.socket.destroy());
    return peer;
  };
  return { server, connect, peer: await connect() };
}

const ping = (id: string | number, more: object = {}) => ({ jsonrpc: '2.0', method: 'Host.ping2', params: {}, id, ...more });

describe('STOMP session', () => {
  test('SUBSCRIBE before CONNECT is honoured; CONNECTED has version and turned heart-beats, nothing else', async (context) => {
    const { peer } = await startPair(context);
    const connected = await peer.greet('0,15000');
    assert.equal(connected.command, 'CONNECTED');
    assert.deepEqual(
      [...connected.headers],
      [
        ['version', '1.2'],
        ['heart-beat', '15000,0'],
      ],
    );
    peer.request(ping('1'));
    assert.deepEqual(await peer.json(), { jsonrpc: '2.0', id: '1', result: {} });
  });

  test('heart-beats below a second are raised to it', async (context) => {
    const { peer } = await startPair(context);
    assert.equal((await peer.greet('1,20')).headers.get('heart-beat'), '1000,1000');
  });

  for (const version of ['1.1,1.2', '1.0', '']) {
    test(`accept-version ${JSON.stringify(version)} is refused`, async (context) => {
      const { peer } = await startPair(context);
      peer.send('CONNECT', { 'accept-version': version });
      const error = await peer.frame();
      assert.deepEqual([error.command, error.body.toString()], ['ERROR', 'Version unsupported']);
      await peer.end();
    });
  }

  test('malformed heart-beat and a second CONNECT are refused', async (context) => {
    const { peer, connect } = await startPair(context);
    peer.send('CONNECT', { 'accept-version': '1.2', 'heart-beat': 'x' });
    assert.match((await peer.frame()).body.toString(), /heart-beat/);
    const other = await connect();
    await other.greet();
    other.send('CONNECT', { 'accept-version': '1.2' });
    assert.match((await other.frame()).body.toString(), /Already connected/);
  });

  test('SUBSCRIBE without its headers, twice with one id, too long, too many: ERROR, and the connection lives', async (context) => {
    const { peer } = await startPair(context, { limits: { subscriptionsPerConnection: 2 } });
    await peer.greet();
    const complaint = async (headers: Record<string, string>) => {
      peer.send('SUBSCRIBE', headers);
      const frame = await peer.frame();
      assert.equal(frame.command, 'ERROR');
      return frame.body.toString();
    };
    assert.equal(await complaint({ id: '2' }), 'Missing destination or subscription id header');
    assert.equal(await complaint({ destination: 'a' }), 'Missing destination or subscription id header');
    assert.equal(await complaint({ id: 'answers', destination: 'a' }), 'Subscription id already exists');
    assert.match(await complaint({ id: '2', destination: 'a'.repeat(300) }), /too long/);
    peer.send('SUBSCRIBE', { id: '2', destination: 'a' });
    assert.equal(await complaint({ id: '3', destination: 'a' }), 'Too many subscriptions');
    peer.request(ping('1'));
    assert.equal(((await peer.json()) as { id: string }).id, '1');
  });

  test('SEND goes to the subscribers of the destination and of its dotted parents, with its headers', async (context) => {
    const { peer, connect } = await startPair(context);
    const other = await connect();
    await other.greet();
    for (const [id, destination] of [
      ['exact', 'a.b.c'],
      ['parent', 'a'],
      ['sibling', 'a.b.x'],
      ['prefix', 'a.b.cc'],
    ] as const)
      other.send('SUBSCRIBE', { id, destination });
    other.request(ping('sync'));
    await other.frame();
    peer.send('SEND', { destination: 'a.b.c', custom: 'x:y', subscription: 'forged' }, 'text');
    const frames = [await other.frame(), await other.frame()];
    assert.deepEqual(
      frames.map(({ command, headers, body }) => [command, headers.get('subscription'), headers.get('custom'), body.toString()]),
      [
        ['MESSAGE', 'exact', 'x:y', 'text'],
        ['MESSAGE', 'parent', 'x:y', 'text'],
      ],
    );
    other.request(ping('end'));
    assert.equal(((await other.json()) as { id: string }).id, 'end');
  });

  test('SEND that nobody takes is an ERROR; after UNSUBSCRIBE nothing comes', async (context) => {
    const { peer } = await startPair(context);
    await peer.greet();
    peer.send('SEND', { destination: 'nowhere' }, 'x');
    assert.equal((await peer.frame()).body.toString(), 'Subscription not available');
    peer.send('SEND', {}, 'x');
    assert.equal((await peer.frame()).command, 'ERROR');
    peer.send('UNSUBSCRIBE', { id: 'answers' });
    peer.send('UNSUBSCRIBE', { id: 'answers' });
    assert.equal((await peer.frame()).body.toString(), 'Subscription id not found');
    peer.request(ping('1'));
    peer.send('DISCONNECT', { receipt: 'r1' });
    const receipt = await peer.frame();
    assert.deepEqual([receipt.command, receipt.headers.get('receipt-id')], ['RECEIPT', 'r1']);
  });

  test('DISCONNECT with a receipt keeps the socket, without one drops it', async (context) => {
    const { peer } = await startPair(context);
    await peer.greet();
    peer.send('DISCONNECT', { receipt: 'r1' });
    await peer.frame();
    peer.request(ping('1'));
    assert.equal((await peer.frame()).command, 'MESSAGE');
    peer.send('DISCONNECT', {});
    await peer.end();
  });

  for (const command of ['ACK', 'BEGIN', 'STOMP', 'connect', '\x7f']) {
    test(`command ${JSON.stringify(command)} drops the connection`, async (context) => {
      const { peer } = await startPair(context);
      await peer.greet();
      peer.send(command, {});
      await peer.end();
    });
  }

  test('the server sends heart-beats as single line feeds and drops a silent peer after two periods', async (context) => {
    const { peer } = await startPair(context, { limits: { minimumHeartbeatMs: 40 } });
    await peer.greet('40,40');
    const startedAt = performance.now();
    await peer.end();
    assert.ok(performance.now() - startedAt >= 79, 'one period of grace');
    assert.ok(peer.chunks.slice(1).length >= 1);
    assert.ok(peer.chunks.slice(1).every((chunk) => chunk.equals(Buffer.from('\n')) || chunk.equals(Buffer.from('\n\n'))));
  });

  test('a peer that sends its heart-beats is kept', async (context) => {
    const { peer } = await startPair(context, { limits: { minimumHeartbeatMs: 60 } });
    await peer.greet('60,0');
    const timer = setInterval(() => peer.socket.write('\n'), 20);
    context.after(() => clearInterval(timer));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(peer.closed, false);
  });
});

describe('hostile bytes', () => {
  const hostile: Array<[string, string | Buffer, RegExp]> = [
    ['4 GB announced', 'SEND\ndestination:jms.topic.vdsm_requests\ncontent-length:4294967296\n\n', /Body over/],
    ['header block without an end', `SEND\nx:${'y'.repeat(9000)}`, /Header block over/],
    ['no NUL after the body', 'SEND\ncontent-length:1\n\nxx', /no NUL/],
    ['NUL in the headers', 'SEND\nid\0\n\n', /NUL inside/],
    ['invalid UTF-8', Buffer.concat([Buffer.from('SEND\na:'), Buffer.from([0xc3, 0x28]), Buffer.from('\n\n\0')]), /not UTF-8/],
  ];
  for (const [name, bytes, expected] of hostile) {
    test(`${name}: ERROR and the end`, async (context) => {
      const { peer } = await startPair(context);
      peer.socket.write(bytes);
      const frame = await peer.frame();
      assert.equal(frame.command, 'ERROR');
      assert.match(frame.body.toString(), expected);
      await peer.end();
    });
  }

  test('a body over the limit without content-length', async (context) => {
    const { peer } = await startPair(context, { limits: { bodyBytes: 100_000 } });
    peer.socket.write(`SEND\n\n${'x'.repeat(200_000)}`);
    assert.match((await peer.frame()).body.toString(), /Body over/);
    await peer.end();
  });

  test('a frame fed drop by drop ends the connection', async (context) => {
    const { peer } = await startPair(context, { limits: { frameTimeoutMs: 80 } });
    await peer.greet();
    const timer = setInterval(() => peer.socket.write('x'), 10);
    context.after(() => clearInterval(timer));
    await peer.end();
  });

  test('no first bytes, or no CONNECT, ends the connection', async (context) => {
    const { peer, connect } = await startPair(context, { limits: { firstBytesTimeoutMs: 50, connectTimeoutMs: 80 } });
    const halfway = await connect();
    halfway.socket.write('CONN');
    const subscriber = await connect();
    subscriber.send('SUBSCRIBE', { id: '1', destination: 'jms.queue.events' });
    await Promise.all([peer.end(), halfway.end(), subscriber.end()]);
  });

  test('a leading heart-beat, TLS on the plain port and other protocols are closed', async (context) => {
    const { connect } = await startPair(context);
    for (const bytes of [
      '\nCONNECT\naccept-version:1.2\n\n\0',
      'STOMP\n\n\0',
      '\x16\x03\x01\x02\x00',
      'POST / HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
    ]) {
      const peer = await connect();
      peer.socket.write(Buffer.from(bytes, 'latin1'));
      await peer.end();
      assert.equal(peer.frames.length, 0);
    }
  });

  test('a peer that asks and never reads is dropped, and others are served', async (context) => {
    const { peer, connect, server } = await startPair(context, { limits: { queuedFrames: 50, queuedBytes: 2 ** 20 } });
    peer.send('SUBSCRIBE', { id: 'e', destination: 'jms.queue.events' });
    await peer.greet();
    peer.socket.pause();
    const text = 'x'.repeat(50_000);
    for (let count = 0; count < 200; count++) {
      server.emit('|virt|VM_status|1', { text });
      await new Promise(setImmediate);
    }
    peer.socket.resume();
    await peer.end();
    const other = await connect();
    await other.greet();
    other.request(ping('1'));
    await other.frame();
  });

  test('connections are bounded', async (context) => {
    const { peer, connect } = await startPair(context, { limits: { connections: 2 } });
    await peer.greet();
    await (await connect()).greet();
    await (await connect()).end();
  });
});

describe('calls', () => {
  test('what dispatch is told', async (context) => {
    const calls: VdsmCall[] = [];
    const { peer } = await startPair(context, { dispatch: async (call) => void calls.push(call) });
    await peer.greet();
    peer.request(ping('1', { params: { a: 1 } }), { ovirtCorrelationId: 'flow:1' });
    assert.deepEqual(await peer.json(), { jsonrpc: '2.0', id: '1', result: true });
    assert.deepEqual(calls, [
      {
        method: 'Host.ping2',
        params: { a: 1 },
        id: '1',
        correlationId: 'flow:1',
        peer: { address: '127.0.0.1', localAddress: '127.0.0.1' },
      },
    ]);
  });

  test('positional parameters by the contract', async (context) => {
    const { peer } = await startPair(context);
    await peer.greet();
    peer.request({ jsonrpc: '2.0', method: 'VM.create', params: ['id', {}], id: '1' });
    assert.deepEqual(((await peer.json()) as { result: unknown }).result, { vmID: 'id', vmParams: {} });
    peer.request({ jsonrpc: '2.0', method: 'constructor', params: [1], id: '2' });
    assert.equal(((await peer.json()) as { error: { code: number } }).error.code, -32602);
  });

  test('the answer has the headers of VDSM, and goes to every subscriber of the destination on all connections', async (context) => {
    const { peer, connect } = await startPair(context);
    const other = await connect();
    await Promise.all([peer.greet(), other.greet()]);
    peer.request(ping('1'));
    const [mine, theirs] = [await peer.frame(), await other.frame()];
    assert.deepEqual([...mine.headers.keys()], ['destination', 'content-type', 'subscription', 'content-length']);
    assert.equal(mine.headers.get('content-type'), 'application/json');
    assert.deepEqual(mine.body, theirs.body);
  });

  test('reply-to is followed, also on the queue of the storage pool manager and on a child of a queue; without it the default queue answers', async (context) => {
    const { peer } = await startPair(context);
    await peer.greet();
    peer.send('SUBSCRIBE', { id: 'own', destination: 'my.answers' });
    for (const destination of ['jms.topic.vdsm_requests', 'jms.topic.vdsm_irs_requests', 'jms.topic.vdsm_requests.child']) {
      peer.send('SEND', { destination, 'reply-to': 'my.answers' }, JSON.stringify(ping('1')));
      assert.equal((await peer.frame()).headers.get('subscription'), 'own');
    }
    peer.send('SEND', { destination: 'jms.topic.vdsm_requests' }, JSON.stringify(ping('2')));
    assert.equal((await peer.frame()).headers.get('subscription'), 'answers');
    peer.send('SEND', { destination: 'jms.topic.vdsm_requests', 'reply-to': 'x'.repeat(300) }, JSON.stringify(ping('3')));
    assert.equal((await peer.frame()).command, 'ERROR');
  });

  test('what has no id is answered on the default queue', async (context) => {
    const { peer } = await startPair(context);
    await peer.greet();
    peer.send('SUBSCRIBE', { id: 'own', destination: 'my.answers' });
    for (const [body, code] of [
      ['{', -32700],
      ['[]', -32600],
      ['{"method":"a","id":"1"}', -32600],
    ] as const) {
      peer.request(body, { 'reply-to': 'my.answers' });
      const frame = await peer.frame();
      assert.equal(frame.headers.get('subscription'), 'answers');
      assert.equal((JSON.parse(frame.body.toString()) as { error: { code: number } }).error.code, code);
    }
  });

  test('a batch of one is answered with a bare object, a larger one with one frame per call', async (context) => {
    const { peer } = await startPair(context);
    await peer.greet();
    peer.request([ping('1')]);
    assert.deepEqual(await peer.json(), { jsonrpc: '2.0', id: '1', result: {} });
    peer.request([ping('2'), 7, ping('3')]);
    const answers = [await peer.json(), await peer.json(), await peer.json()] as Array<{ id: string }>;
    assert.deepEqual(answers.map(({ id }) => id).sort(), ['2', '3', null]);
  });

  test('notifications are run and not answered', async (context) => {
    const methods: string[] = [];
    const { peer } = await startPair(context, { dispatch: async ({ method }) => void methods.push(method) });
    await peer.greet();
    peer.request({ jsonrpc: '2.0', method: 'first' });
    peer.request(ping('2'));
    assert.equal(((await peer.json()) as { id: string }).id, '2');
    assert.deepEqual(methods, ['first', 'Host.ping2']);
  });

  test('errors: coded, unforeseen, thrown at once, and results that are no JSON', async (context) => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const { peer } = await startPair(context, {
      dispatch: (call) => {
        if (call.method === 'coded') return Promise.reject(new VdsmError(1, 'Virtual machine does not exist'));
        if (call.method === 'cyclic') return Promise.resolve(cyclic);
        throw new TypeError('unforeseen');
      },
    });
    await peer.greet();
    for (const [method, code] of [
      ['coded', 1],
      ['unforeseen', -32603],
      ['cyclic', -32603],
    ] as const) {
      peer.request({ jsonrpc: '2.0', method, id: method });
      const answer = (await peer.json()) as { id: string; error: { code: number } };
      assert.deepEqual([answer.id, answer.error.code], [method, code]);
    }
  });

  test('8 at once, 80 wait, the rest is refused with code 1100; answers come in order of completion', async (context) => {
    const releases = new Map<unknown, () => void>();
    const { peer } = await startPair(context, { dispatch: ({ id }) => new Promise<void>((resolve) => releases.set(id, resolve)) });
    await peer.greet();
    for (let id = 1; id <= 90; id++) peer.request(ping(id));
    for (const expected of [89, 90]) {
      const { id, error } = (await peer.json()) as { id: number; error: { code: number } };
      assert.deepEqual([id, error.code], [expected, ErrorCode.overloaded]);
    }
    assert.deepEqual([...releases.keys()], [1, 2, 3, 4, 5, 6, 7, 8]);
    releases.get(5)?.();
    assert.equal(((await peer.json()) as { id: number }).id, 5);
    releases.get(2)?.();
    assert.equal(((await peer.json()) as { id: number }).id, 2);
    assert.deepEqual([...releases.keys()].at(-1), 10);
  });
});

test('frames keep a distance, unless the peer says that it reads merged ones', async (context) => {
  const { peer, connect } = await startPair(context, { limits: { frameGapMs: 60_000 } });
  const able = await connect();
  able.send('SUBSCRIBE', { destination: 'jms.topic.vdsm_responses', id: 'answers' });
  able.send('CONNECT', { 'accept-version': '1.2', 'virgate-merged-frames': 'yes' });
  await able.frame();
  await peer.greet();
  for (const id of ['1', '2', '3']) able.request(ping(id));
  for (const id of ['1', '2', '3']) assert.equal(((await able.json()) as { id: string }).id, id);
  assert.equal(peer.frames.length, 0);
});

describe('fencing', () => {
  const request = (peer: RawPeer, id: string, headers: Record<string, string>) => {
    peer.request(ping(id), headers);
    return peer.json() as Promise<{ id: string; result?: unknown; error?: { code: number; message: string } }>;
  };

  test('a lower number is refused, also after a restart; other keys and calls without a number pass', async (context) => {
    const fence = memoryFenceStore();
    const first = await startPair(context, { fence, dispatch: async (call) => call.fence ?? 'none' });
    await first.peer.greet();
    assert.equal((await request(first.peer, '1', { 'virgate-fence': '7' })).result, 7);
    assert.equal((await request(first.peer, '2', { 'virgate-fence': '6' })).error?.code, ErrorCode.fenced);
    assert.equal((await request(first.peer, '3', { 'virgate-fence': '1', 'virgate-fence-key': 'vm-1' })).result, 1);
    assert.equal((await request(first.peer, '4', {})).result, 'none');
    assert.equal((await request(first.peer, '5', { 'virgate-fence': 'x' })).error?.code, -32602);
    const second = await startPair(context, { fence });
    await second.peer.greet();
    assert.match((await request(second.peer, '6', { 'virgate-fence': '6' })).error?.message ?? '', /newer owner/);
    assert.deepEqual((await request(second.peer, '7', { 'virgate-fence': '8' })).result, {});
  });

  test('a call that waited in the queue while a newer owner came is refused', async (context) => {
    const run: unknown[] = [];
    let release: () => void = () => undefined;
    const { peer } = await startPair(context, {
      limits: { concurrentCalls: 1 },
      dispatch: ({ id }) => {
        run.push(id);
        return id === '1' ? new Promise<void>((resolve) => (release = resolve)) : Promise.resolve();
      },
    });
    await peer.greet();
    peer.request(ping('1'), { 'virgate-fence': '1' });
    peer.request(ping('2'), { 'virgate-fence': '1' });
    peer.request(ping('3'), { 'virgate-fence': '2' });
    peer.send('DISCONNECT', { receipt: 'all read' });
    await peer.frame();
    release();
    const answers = [await peer.json(), await peer.json(), await peer.json()] as Array<{ id: string; error?: { code: number } }>;
    assert.deepEqual(
      answers.map(({ id, error }) => [id, error?.code]),
      [
        ['1', undefined],
        ['2', ErrorCode.fenced],
        ['3', undefined],
      ],
    );
    assert.deepEqual(run, ['1', '3']);
  });

  test('when the number cannot be stored the call is not run', async (context) => {
    const { peer } = await startPair(context, {
      fence: { load: async () => ({}), save: () => Promise.reject(new Error('disk full: /secret')) },
      dispatch: () => assert.fail('must not run'),
    });
    await peer.greet();
    const { error } = await request(peer, '1', { 'virgate-fence': '1' });
    assert.equal(error?.code, -32603);
    assert.doesNotMatch(error?.message ?? '', /secret/);
  });
});

describe('events', () => {
  test('go to subscribers of the event queue only, with notify_time', async (context) => {
    const { peer, connect, server } = await startPair(context);
    const listener = await connect();
    listener.send('SUBSCRIBE', { id: 'events', destination: 'jms.queue.events' });
    await Promise.all([peer.greet(), listener.greet()]);
    server.emit('|virt|VM_status|1', { 1: { status: 'Up' } });
    const frame = await listener.frame();
    assert.deepEqual([frame.headers.get('destination'), frame.headers.get('subscription')], ['jms.queue.events', 'events']);
    const { method, params } = JSON.parse(frame.body.toString()) as { method: string; params: Record<string, unknown> };
    assert.equal(method, '|virt|VM_status|1');
    assert.deepEqual(params['1'], { status: 'Up' });
    assert.ok(Number.isSafeInteger(params['notify_time']));
    peer.request(ping('1'));
    assert.equal(((await peer.json()) as { id: string }).id, '1');
  });

  test('a malformed id throws', async (context) => {
    const { server } = await startServer(context);
    assert.throws(() => server.emit('VM_status', {}), RangeError);
  });
});

describe('HTTP on the same port', () => {
  test('GET and PUT reach the handler, one request per connection', async (context) => {
    const { port } = await startServer(context, {
      http: (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => response.end(`${request.method} ${request.url} ${Buffer.concat(chunks).length}`));
      },
    });
    const got = await fetch(`http://127.0.0.1:${port}/image`);
    assert.deepEqual([await got.text(), got.headers.get('connection')], ['GET /image 0', 'close']);
    const put = await fetch(`http://127.0.0.1:${port}/`, { method: 'PUT', body: 'x'.repeat(300_000) });
    assert.equal(await put.text(), 'PUT / 300000');
  });

  test('a request whose headers do not end is closed', async (context) => {
    const { port } = await startServer(context, { http: () => assert.fail('no request'), limits: { firstBytesTimeoutMs: 60 } });
    const peer = await RawPeer.connect(port);
    peer.socket.write('GET / HTTP/1.1\r\n');
    await peer.end();
  });
});
