import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secureChannelsOf } from './secure-channels.ts';
import { viewerFileText, type ViewerFacts } from './viewer-file.ts';

const facts: ViewerFacts = {
  protocol: 'spice',
  host: 'host1.example.org',
  port: 5900,
  tlsPort: 5901,
  password: 'Secret12',
  ticketSeconds: 120,
  vmName: 'web',
  vmId: 'd15b1a70-0000-4000-8000-000000000001',
  toggleFullscreen: '',
  releaseCursor: 'shift+f12',
  usbAutoShare: false,
  smartcard: false,
  secureChannels: ['main', 'inputs'],
  spiceProxy: '',
  username: '',
  hostSubject: 'O=Virgate,CN=host1',
  versions: '',
  newerVersionUrl: '',
  engine: {
    host: 'engine:8443',
    token: 't',
    administrator: false,
    caPem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  },
};

/** The keys of the section for viewers. */
function keysOf(text: string): Record<string, string> {
  const [viewer = ''] = text.split('\n\n');
  return Object.fromEntries(
    viewer
      .split('\n')
      .filter((line) => line.includes('=') && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

test('the file for a SPICE viewer says by what it knows the host, and what has to be under TLS', () => {
  const {
    'host-subject': subject,
    ca,
    'secure-channels': secure,
    port,
    'tls-port': tlsPort,
    host,
    password,
  } = keysOf(viewerFileText(facts));
  assert.deepEqual(
    { subject, ca, secure, port, tlsPort, host, password },
    {
      subject: 'O=Virgate,CN=host1',
      ca: '-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----',
      secure: 'main;inputs',
      port: '5900',
      tlsPort: '5901',
      host: 'host1.example.org',
      password: 'Secret12',
    },
  );
  const plain = keysOf(viewerFileText({ ...facts, tlsPort: undefined }));
  for (const key of ['tls-port', 'host-subject', 'ca', 'secure-channels']) assert.ok(!(key in plain), key);
});

test('channels have the names that libvirt and viewers know, whatever way they are said', () => {
  const of = (said: string, ssl = 'true') => secureChannelsOf({ text: (name) => (name === 'SSLEnabled' ? ssl : said) });
  assert.deepEqual(of('smain,sinputs, ssmartcard,susbredir'), ['main', 'inputs', 'smartcard', 'usbredir']);
  assert.deepEqual(of('main,smartcard,nothing,'), ['main', 'smartcard']);
  assert.deepEqual(of('smain', 'false'), []);
});
