import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, loadAgentConfig, readAgentConfig } from './config.ts';

const good = {
  dataDir: 'state',
  runDir: '/run/virgate',
  repoRoot: '/rhev/data-center',
  listen: { host: '127.0.0.1', port: 54_321 },
  address: '192.0.2.1',
  tls: { keyFile: 'k', certFile: 'c', caFile: 'a' },
  libvirt: { socketPath: 'libvirt/run/libvirt-sock' },
  accel: 'tcg',
  hostUuid: '9F298858-4823-41b0-8b83-b9389bdb3c4b',
  hostName: 'one',
  managementBridge: { name: 'ovirtmgmt', bridge: 'virgate0' },
};

describe('configuration of the agent', () => {
  it('has defaults, and paths relative to its file', () => {
    const config = readAgentConfig(good, '/data/host');
    assert.equal(config.dataDir, '/data/host/state');
    assert.equal(config.libvirt.socketPath, '/data/host/libvirt/run/libvirt-sock');
    assert.deepEqual(
      [config.vncListen, config.unpluggedBridge, config.logLevel, config.libvirt.uri],
      ['127.0.0.1', 'virgate0-off', 'info', 'qemu:///system'],
    );
    assert.deepEqual(config.tls.peers, ['engine', 'hosts']);
    assert.deepEqual(config.migration, { port: 16_514, unsafe: false, pki: undefined });
    assert.equal(config.hostUuid, good.hostUuid.toLowerCase());
  });

  const wrong: Record<string, object> = {
    dataDir: { ...good, dataDir: '' },
    'listen.port': { ...good, listen: { host: '::', port: '54321' } },
    tls: { ...good, tls: undefined },
    'tls.peers': { ...good, tls: { ...good.tls, peers: ['everybody'] } },
    'tls.keyFile': { ...good, tls: { ...good.tls, keyFile: 5 } },
    accel: { ...good, accel: 'xen' },
    hostUuid: { ...good, hostUuid: 'x' },
    'managementBridge.bridge': { ...good, managementBridge: { name: 'ovirtmgmt', bridge: 'a/../../b' } },
    unpluggedBridge: { ...good, unpluggedBridge: '-x' },
    vncListen: { ...good, vncListen: 'everywhere' },
    'storage.owner.uid': { ...good, storage: { owner: { uid: -1, gid: 36 } } },
    fakeNics: { ...good, fakeNics: [1] },
  };
  for (const [entry, values] of Object.entries(wrong)) {
    it(`names a wrong ${entry}`, () => {
      assert.throws(
        () => readAgentConfig(values, '/'),
        (error) => error instanceof ConfigError && error.message.startsWith(entry),
      );
    });
  }

  it('says which file can not be read', async () => {
    await assert.rejects(
      loadAgentConfig('/nonexistent/agent.json'),
      (error) => error instanceof ConfigError && error.message.includes('/nonexistent/agent.json'),
    );
  });
});
