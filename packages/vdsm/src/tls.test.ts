import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { TestContext } from 'node:test';
import { before, describe, test } from 'node:test';
import tls from 'node:tls';
import { VdsmClient } from './client.ts';
import { VdsmError } from './errors.ts';
import type { VdsmPeer } from './request-handler.ts';
import { encodeFrame } from './stomp.ts';
import type { TestAuthority } from './testing/certificates.ts';
import { makeAuthority } from './testing/certificates.ts';
import { RawPeer } from './testing/raw-peer.ts';
import { startServer } from './testing/server.ts';
import type { VdsmTls } from './tls.ts';
import type { AnyVerbs } from './verbs.ts';

let authority: TestAuthority;
let stranger: TestAuthority;
let host: VdsmTls;
let engine: VdsmTls;

before(async () => {
  [authority, stranger] = await Promise.all([makeAuthority('authority'), makeAuthority('stranger')]);
  [host, engine] = await Promise.all([authority.issue('host1'), authority.issue('engine')]);
});

function connect(
  context: TestContext,
  port: number,
  options: ConstructorParameters<typeof VdsmClient>[0]['tls'],
  more: object = {},
): VdsmClient<AnyVerbs> {
  const client = new VdsmClient<AnyVerbs>({ host: '127.0.0.1', port, tls: options, connectTimeoutMs: 1000, ...more });
  context.after(() => client.close());
  return client;
}

const lost = (error: unknown) => error instanceof VdsmError && error.code === 5022;

/** Whether a peer with these options gets as far as CONNECTED. */
async function isServed(port: number, options: tls.ConnectionOptions): Promise<boolean> {
  const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  socket.on('error', () => undefined);
  socket.write(encodeFrame('CONNECT', { 'accept-version': '1.2' }));
  const served = await Promise.race([
    once(socket, 'data').then(
      () => true,
      () => false,
    ),
    once(socket, 'close').then(
      () => false,
      () => false,
    ),
  ]);
  socket.destroy();
  return served;
}

describe('mutual TLS', () => {
  test('certificates of one authority meet; the host sees the subject, names do not matter', async (context) => {
    const peers: VdsmPeer[] = [];
    const { port } = await startServer(context, { tls: host, dispatch: async ({ peer }) => void peers.push(peer) });
    assert.equal(await connect(context, port, engine).call('Host.ping2', {}), true);
    assert.deepEqual(peers, [{ address: '127.0.0.1', localAddress: '127.0.0.1', subject: { O: 'test', CN: 'engine' } }]);
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`${version}: no certificate, or one of another authority, is refused`, async (context) => {
      const { port } = await startServer(context, { tls: host });
      const only = { minVersion: version, maxVersion: version };
      assert.equal(await isServed(port, { ...only, key: engine.key, cert: engine.cert }), true);
      assert.equal(await isServed(port, only), false);
      const { key, cert } = await stranger.issue('engine');
      assert.equal(await isServed(port, { ...only, key, cert }), false);
    });
  }

  test('TLS 1.1 and plain text are refused', async (context) => {
    const { port } = await startServer(context, { tls: host });
    assert.equal(
      await isServed(port, {
        key: engine.key,
        cert: engine.cert,
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      }),
      false,
    );
    const peer = await RawPeer.connect(port);
    peer.send('CONNECT', { 'accept-version': '1.2' });
    await peer.end();
    assert.equal(peer.frames.length, 0);
  });

  test('the client refuses a host of another authority', async (context) => {
    const { port } = await startServer(context, { tls: { ...(await stranger.issue('host1')), ca: authority.certificate } });
    await assert.rejects(connect(context, port, engine).connect(), lost);
  });

  test('the client refuses a host that its own check refuses', async (context) => {
    const { port } = await startServer(context, { tls: host });
    const checkPeer = (certificate: tls.PeerCertificate) =>
      certificate.subject.CN === 'host2' ? undefined : new Error(`this is ${String(certificate.subject.CN)}`);
    await assert.rejects(connect(context, port, engine, { checkPeer }).connect(), /this is host1/);
  });

  test('acceptPeer refuses by subject', async (context) => {
    const { port } = await startServer(context, { tls: host, acceptPeer: ({ subject }) => subject?.['CN'] === 'engine' });
    assert.equal(
      await connect(context, port, engine)
        .call('Host.ping2', {})
        .then(() => true),
      true,
    );
    await assert.rejects(
      connect(context, port, host).connect(),
      (error: VdsmError) => lost(error) && /the certificate of O=test, CN=host1 is not accepted here/.test(error.message),
    );
  });

  test('an unusable PEM fails calls with its reason, and a renewed one heals', async (context) => {
    const { port } = await startServer(context, { tls: host });
    const client = connect(context, port, { ...engine, cert: 'nonsense' }, { connectTimeoutMs: 100, backoff: { initialMs: 10 } });
    await assert.rejects(client.call('Host.ping2', {}), /PEM/);
    client.setTls(engine);
    assert.deepEqual(await client.call('Host.ping2', {}), {});
  });

  test('a handshake that does not go on is closed', async (context) => {
    const { port } = await startServer(context, { tls: host, limits: { handshakeTimeoutMs: 60 } });
    const peer = await RawPeer.connect(port);
    await peer.end();
  });

  test('after setTls the new authority counts; disconnectAll ends connections of the old one', async (context) => {
    const { server, port } = await startServer(context, { tls: host });
    const old = connect(context, port, engine, { backoff: { initialMs: 20 } });
    await old.connect();
    server.setTls(await stranger.issue('host1'));
    assert.deepEqual(await old.call('Host.ping2', {}), {});
    const renewed = connect(context, port, await stranger.issue('engine'));
    await renewed.connect();
    server.disconnectAll();
    await assert.rejects(old.call('Host.ping2', {}), lost);
    assert.deepEqual(await renewed.call('Host.ping2', {}), {});
  });
});

/** Sizes of the TLS records that pass from server to client, seen from the wire between them. */
async function startRecordCounter(context: TestContext, port: number): Promise<{ port: number; records: number[] }> {
  const records: number[] = [];
  const sockets = new Set<net.Socket>();
  const proxy = net.createServer((near) => {
    const far = net.connect({ host: '127.0.0.1', port });
    let bytes: Buffer = Buffer.alloc(0);
    far.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 5 && bytes.length >= 5 + bytes.readUInt16BE(3)) {
        if (bytes[0] === 23) records.push(bytes.readUInt16BE(3));
        bytes = bytes.subarray(5 + bytes.readUInt16BE(3));
      }
    });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from.on('error', () => to.destroy()).on('close', () => to.destroy()));
      from.pipe(to);
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return { port: (proxy.address() as net.AddressInfo).port, records };
}

test('each frame is one TLS record, also when several become ready in one tick', async (context) => {
  const { server, port } = await startServer(context, { tls: host });
  const wire = await startRecordCounter(context, port);
  const peer = await RawPeer.connect(wire.port, { ...engine, maxVersion: 'TLSv1.2' } as VdsmTls);
  context.after(() => peer.socket.destroy());
  peer.send('SUBSCRIBE', { destination: 'jms.queue.events', id: 'events' });
  await peer.greet();
  const request = (id: number) =>
    encodeFrame(
      'SEND',
      { destination: 'jms.topic.vdsm_requests', 'reply-to': 'jms.topic.vdsm_responses' },
      JSON.stringify({ jsonrpc: '2.0', method: 'a', id }),
    );
  peer.socket.write(Buffer.concat([request(1), request(2), request(3)]));
  for (let count = 0; count < 3; count++) await peer.frame();
  for (let count = 0; count < 5; count++) server.emit('|virt|VM_status|1', {});
  for (let count = 0; count < 5; count++) await peer.frame();
  assert.equal(wire.records.length, 1 + 3 + 5);
});
