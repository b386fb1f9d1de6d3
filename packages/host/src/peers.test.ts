import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VdsmClient, VdsmError, VdsmServer } from '@virgate/vdsm';
import { makeAuthority } from './agent-fixture/certificates.ts';
import { ConfigError } from './config-error.ts';
import { acceptsPeer, defaultPeerRules, readPeerRules } from './peers.ts';
import type { PeerRule } from './peers.ts';

describe('who may command an agent', () => {
  const engine = { O: 'Virgate', OU: 'engine', CN: 'engine.example.org' };
  const host = { O: 'Virgate', CN: 'host.example.org' };
  const table: [string, readonly PeerRule[], Record<string, string | string[]> | undefined, boolean | 'restricted'][] = [
    ['the engine', defaultPeerRules, engine, true],
    ['an engine of several units', defaultPeerRules, { ...engine, OU: ['one', 'engine'] }, true],
    ['a host', defaultPeerRules, host, 'restricted'],
    ['a host that is called engine', defaultPeerRules, { O: 'engine', CN: 'engine' }, 'restricted'],
    ['a host of another unit', defaultPeerRules, { ...host, OU: 'engine-like' }, 'restricted'],
    ['a host where none may send VMs', ['engine'], host, false],
    ['a host without one name', defaultPeerRules, { CN: ['a', 'b'] }, false],
    ['nobody known', defaultPeerRules, undefined, false],
    ["oVirt's engine by its name", ['CN=engine.example.org'], { O: 'example.org', CN: 'engine.example.org' }, true],
    ['another name', ['CN=engine.example.org'], host, false],
    ['a name among several', ['CN=engine.example.org'], { CN: ['host', 'engine.example.org'] }, false],
    ['one rule of several', ['engine', 'CN=host.example.org'], host, true],
    ['anybody, as with VDSM', ['any'], host, true],
  ];
  for (const [name, rules, subject, accepted] of table)
    it(`${name}: ${accepted}`, () => {
      assert.equal(acceptsPeer(rules, subject === undefined ? {} : { subject }), accepted);
    });

  it('is told by the configuration', () => {
    assert.deepEqual(readPeerRules(['engine', 'hosts', 'any', 'CN=a.b']), ['engine', 'hosts', 'any', 'CN=a.b']);
    for (const wrong of [[], ['CN='], ['engine.example.org'], ['OU=engine'], [`CN=${'x'.repeat(300)}`]])
      assert.throws(() => readPeerRules(wrong), ConfigError);
  });

  it('is decided by the certificate on the wire, and the refused one learns why', async (context) => {
    const authority = await makeAuthority();
    const own = { ...(await authority.issue('host')), ca: authority.certificate };
    const server = new VdsmServer({
      host: '127.0.0.1',
      port: 0,
      tls: own,
      dispatch: async () => true,
      acceptPeer: (peer) => acceptsPeer(['engine'], peer),
    });
    const { port } = await server.listen();
    context.after(() => server.close());
    const ask = async (commonName: string, unit?: string): Promise<unknown> => {
      const tls = { ...(await authority.issue(commonName, unit)), ca: authority.certificate };
      const client = new VdsmClient<Record<string, { params: object; returns: unknown }>>({
        host: '127.0.0.1',
        port,
        tls,
        connectTimeoutMs: 500,
      });
      try {
        await client.connect();
        return await client.call('Host.ping2', {}, { timeoutMs: 5000 });
      } finally {
        client.close();
      }
    };
    assert.equal(await ask('engine.example.org', 'engine'), true);
    await assert.rejects(
      ask('other-host'),
      (error) => error instanceof VdsmError && /the host refused the connection: .*CN=other-host.* not accepted/.test(error.message),
    );
  });
});
