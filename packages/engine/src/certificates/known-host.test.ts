import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type Agent, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { throughServer } from '../consoles/connect.ts';
import { openAuthority, type Authority } from '../pki/authority.ts';
import { KnownHostAgents, knownHostTls } from './known-host.ts';

const address = '127.0.0.1';
const own = 'O=Virgate, CN=host2';
const other = 'O=Virgate, CN=host1';

let folder: string;
let authority: Authority;
let server: Server;
let port: number;
let taken = 0;
const upgraded = new Set<Socket>();

/** The server of host2, whose certificate names the same address as that of host1. */
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'known-host-'));
  authority = await openAuthority(folder, [address]);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const asked = (await x509.Pkcs10CertificateRequestGenerator.create({ name: 'CN=host2', keys, signingAlgorithm: algorithm })).toString(
    'pem',
  );
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  server = createServer({ key, cert: await authority.signHost(asked, { commonName: 'host2', address }) }, (_request, response) =>
    response.end('image'),
  );
  server.on('connection', () => (taken += 1));
  server.on('upgrade', (_request, socket: Socket) => {
    upgraded.add(socket);
    socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: virgate-console\r\n\r\nscreen');
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  ({ port } = server.address() as AddressInfo);
});
after(async () => {
  for (const socket of upgraded) socket.destroy();
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

function get(subject: string | null, agent: Agent | false): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: address, port, agent, ...(agent ? {} : knownHostTls({ caPem: authority.caPem, subject })) },
      (response) => {
        let body = '';
        response.on('data', (part: Buffer) => (body += part.toString()));
        response.on('end', () => resolve(body));
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

test("a host's server shows the host's own certificate; that of another host of the authority is refused", async () => {
  assert.equal(await get(own, false), 'image');
  assert.equal(await get(null, false), 'image');
  await assert.rejects(get(other, false), /showed the certificate of O=Virgate, CN=host2, not that of O=Virgate, CN=host1/);
});

test('a kept connection and a resumed session serve the host only that was checked', async () => {
  const agents = new KnownHostAgents(authority.caPem, { keepAlive: true });
  const connections = taken;
  try {
    for (let round = 0; round < 2; round++) {
      assert.equal(await get(own, agents.of(own)), 'image');
      await new Promise((resolve) => setImmediate(resolve));
      await assert.rejects(get(other, agents.of(other)), /not that of O=Virgate, CN=host1/);
    }
    assert.equal(taken - connections, 3, 'one is kept for the host, each of the other is refused');
  } finally {
    agents.destroy();
  }
});

test('so it is with consoles', async () => {
  const place = { host: address, port, caPem: authority.caPem };
  const screen = await throughServer({ ...place, subject: own }, '/consoles/x');
  assert.equal(String((await screen[Symbol.asyncIterator]().next()).value), 'screen');
  screen.destroy();
  await assert.rejects(
    throughServer({ ...place, subject: other }, '/consoles/x'),
    /Cannot open the console.*not that of O=Virgate, CN=host1/,
  );
});
