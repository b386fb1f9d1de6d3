// Budget: 30 s
// Needs: root, hypervisor
/** Screens under TLS: what viewers that come by themselves get of a real QEMU, and what comes through the agent. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import { after, before, test } from 'node:test';
import { testDomain } from '../agent-fixture/domain.ts';
import { LiveHost } from '../agent-fixture/host.ts';
import { linkToSpice, spiceAnswers } from '../agent-fixture/spice.ts';
import { signInToVnc } from '../agent-fixture/vnc.ts';
import { makeAuthority } from '../agent-fixture/certificates.ts';
import { consoleProtocol } from './serve.ts';

const vmId = 'd15b1a70-0000-4000-8000-000000000001';
const expiryMs = 2500;

let host: LiveHost;
let ca: string;
const ports = { vnc: 0, spice: 0, spiceTls: 0 };

const setTicket = (graphicsType: 'vnc' | 'spice', password: string, ttl = 120) =>
  host.call('VM.updateDevice', { vmID: vmId, params: { deviceType: 'graphics', graphicsType, password, ttl, params: {} } });

/** A console through the agent's own server, as engines open it. */
async function throughAgent(type: 'vnc' | 'spice'): Promise<Duplex> {
  const { path } = await host.call<{ path: string }>('Virgate.openConsole', { vmID: vmId, type });
  const { imageServerPort } = await host.call<{ imageServerPort: number }>('Host.getCapabilities');
  const sent = request({
    host: '127.0.0.1',
    port: imageServerPort,
    path,
    ca,
    headers: { connection: 'Upgrade', upgrade: consoleProtocol },
  }).end();
  const [, socket, head] = (await once(sent, 'upgrade')) as [unknown, Duplex, Buffer];
  if (head.length > 0) socket.unshift(head);
  return socket;
}

before(async () => {
  host = await LiveHost.start({ displayTls: true });
  ca = host.authority.certificate;
  await host.startAgent();
  await host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml: testDomain({ vmId, spice: true }) } });
  const row = await host.untilStatus(vmId, 'Powering up');
  for (const { type, port, tlsPort } of row['displayInfo'] as { type: string; port: string; tlsPort: string }[]) {
    if (type === 'vnc') ports.vnc = Number(port);
    else Object.assign(ports, { spice: Number(port), spiceTls: Number(tlsPort) });
  }
});
after(() => host?.close());

test('the host says that its VNC is under TLS', async () => {
  assert.equal((await host.call<{ vncEncrypted: boolean }>('Host.getCapabilities')).vncEncrypted, true);
});

test('VNC is opened within TLS by who has the ticket, as long as it is valid', async () => {
  assert.equal(await signInToVnc(ports.vnc, '*****', { ca }), undefined, 'no ticket yet');
  await setTicket('vnc', 'Secret12');
  const screen = await signInToVnc(ports.vnc, 'Secret12', { ca });
  assert.ok(screen && screen.width >= 640);
  assert.equal(await signInToVnc(ports.vnc, 'Secret13', { ca }), undefined);
  await assert.rejects(signInToVnc(ports.vnc, 'Secret12'), /offers other ways: 19/, 'without TLS');
  const { certificate: other } = await makeAuthority('Another');
  await assert.rejects(signInToVnc(ports.vnc, 'Secret12', { ca: other }), /certificate/);
  await setTicket('vnc', 'Short123', 1);
  await new Promise((resolve) => setTimeout(resolve, expiryMs));
  assert.equal(await signInToVnc(ports.vnc, 'Short123', { ca }), undefined, 'the ticket has run out');
});

test('through the agent the same screen asks for the ticket alone', async () => {
  await setTicket('vnc', 'Secret14');
  const screen = await signInToVnc(0, 'Secret14', { socket: await throughAgent('vnc') });
  assert.ok(screen && screen.width >= 640);
  assert.equal(await signInToVnc(0, 'Secret15', { socket: await throughAgent('vnc') }), undefined);
});

test('SPICE is linked to within TLS by who has the ticket; its secure channel at no plain port', async () => {
  await setTicket('spice', 'Secret-of-SPICE-1');
  assert.deepEqual(await linkToSpice(ports.spiceTls, 'Secret-of-SPICE-1', ca), {
    answer: spiceAnswers.ok,
    subject: `O=test,CN=host-${host.bridge}`,
  });
  assert.equal((await linkToSpice(ports.spiceTls, 'Secret-of-SPICE-2', ca)).answer, spiceAnswers.refused);
  assert.equal((await linkToSpice(ports.spice, 'Secret-of-SPICE-1')).answer, spiceAnswers.needsTls);
  await setTicket('spice', 'Short-of-SPICE', 1);
  await new Promise((resolve) => setTimeout(resolve, expiryMs));
  assert.equal((await linkToSpice(ports.spiceTls, 'Short-of-SPICE', ca)).answer, spiceAnswers.refused, 'the ticket has run out');
});
