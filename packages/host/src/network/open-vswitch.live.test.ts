// Budget: 15 s
// Needs: root, hypervisor, openVSwitch
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { VdsmError } from '@virgate/vdsm';
import { runCommand } from '../command.ts';
import { TestHost, call, failure, networksOf, setup } from '../network-fixture/host.ts';

const noCheck = { connectivityCheck: 'false' };
const start = async (t: TestContext): Promise<TestHost> => {
  const host = await TestHost.start(t);
  await host.startOpenVSwitch();
  return host;
};
const ask = async (host: TestHost, ...args: string[]): Promise<string> =>
  (await runCommand(['ovs-vsctl', `--db=unix:${host.databaseSocket}`, ...args])).stdout.trim();
const names = (text: string): string[] => text.split('\n').filter(Boolean).toSorted();

test('networks on Open vSwitch are built, changed in one go, kept over a boot, and leave nothing behind', async (t) => {
  const host = await start(t);
  const untouched = await host.look();
  const network = await host.agent();
  const bondings = { bond0: { nics: ['veth_a', 'veth_b'], options: 'mode=1 miimon=100', switch: 'ovs' } };
  const red = { bonding: 'bond0', vlan: '10', mtu: 1400, ipaddr: '198.51.100.2', netmask: '255.255.255.0', switch: 'ovs' };
  await setup(network, { red, blue: { bonding: 'bond0', bridged: 'false', switch: 'ovs' } }, noCheck, bondings);
  const built = await networksOf(network);
  assert.deepEqual(
    [built['red']?.['switch'], built['red']?.['vlanid'], built['red']?.['addr'], built['red']?.['mtu'], built['red']?.['southbound']],
    ['ovs', 10, '198.51.100.2', 1400, 'bond0.10'],
  );
  assert.deepEqual([built['blue']?.['bridged'], built['blue']?.['switch'], built['blue']?.['southbound']], [false, 'ovs', 'bond0']);
  const capabilities = network.capabilities(await network.facts());
  const bond = capabilities.bondings['bond0'] as { slaves: string[]; opts: object; active_slave: string };
  assert.deepEqual([bond.slaves, bond.opts], [['veth_a', 'veth_b'], { mode: '1', miimon: '100' }]);
  assert.match(bond.active_slave, /^veth_[ab]$/);
  const [bridge = ''] = names(await ask(host, 'list-br'));
  assert.deepEqual(network.bridges().get('red'), { name: bridge, openVSwitch: { tag: 10 } });
  assert.equal(network.bridges().get('blue'), undefined, 'no VM network');
  await network.verbs['Host.setSafeNetworkConfig']?.({}, call);
  assert.deepEqual(await networksOf(await host.agent()), built, 'a restart of the agent changes nothing');

  // A NIC of a VM follows its network into another VLAN, and holds it.
  await host.ip('link', 'add', 'vnet7', 'type', 'veth', 'peer', 'name', 'guest7');
  await ask(host, 'add-port', bridge, 'vnet7', 'tag=10', '--', 'set', 'Interface', 'vnet7', 'external_ids:vm-id=x');
  await setup(network, { red: { ...red, vlan: '20' } });
  assert.deepEqual([await ask(host, 'get', 'Port', 'red', 'tag'), await ask(host, 'get', 'Port', 'vnet7', 'tag')], ['20', '20']);
  const used = await failure(setup(network, { red: { remove: 'true' } }));
  assert.equal(used.code, 28, used.message);
  assert.match(used.message, /vnet7/);

  await host.stopOpenVSwitch();
  await host.boot();
  await host.startOpenVSwitch();
  const booted = await host.agent('second');
  assert.deepEqual(await networksOf(booted), built, 'the safe configuration comes back');
  assert.deepEqual(names(await ask(host, 'list-ports', bridge)), ['blue', 'bond0', 'red'], 'no port of a VM is left');
  await setup(booted, { red: { remove: 'true' }, blue: { remove: 'true' } }, noCheck, { bond0: { remove: true } });
  assert.deepEqual([await ask(host, 'list-br'), await networksOf(booted)], ['', {}]);
  const left = (await host.look()) as { name: string }[];
  assert.deepEqual(
    left.filter((device) => !device.name.startsWith('ovs-')),
    untouched,
  );
});

test('the management network moves to Open vSwitch and back, or stays when the engine is not heard', async (t) => {
  const host = await start(t);
  await host.ip('address', 'add', '192.0.2.2/24', 'dev', 'veth_a');
  await host.ip('route', 'add', 'default', 'via', '192.0.2.1', 'dev', 'veth_a');
  const network = await host.agent();
  const legacy = { nic: 'veth_a', ipaddr: '192.0.2.2', prefix: 24, gateway: '192.0.2.1', defaultRoute: true };
  await setup(network, { ovirtmgmt: legacy });
  const before = await host.look();
  const lost = await failure(
    setup(network, { ovirtmgmt: { ...legacy, switch: 'ovs' } }, { connectivityCheck: 'true', connectivityTimeout: 1 }),
  );
  assert.equal(lost.code, 10, lost.message);
  const plain = async (): Promise<unknown> =>
    ((await host.look()) as { name: string }[]).filter((device) => !device.name.startsWith('ovs-'));
  assert.deepEqual([await plain(), await ask(host, 'list-br')], [before, '']);
  const address = await host.ip('-br', 'link', 'show', 'dev', 'veth_a');
  await setup(network, { ovirtmgmt: { ...legacy, switch: 'ovs' } });
  const { ovirtmgmt } = await networksOf(network);
  assert.deepEqual([ovirtmgmt?.['switch'], ovirtmgmt?.['addr'], ovirtmgmt?.['gateway']], ['ovs', '192.0.2.2', '192.0.2.1']);
  const [mac = ''] = /(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/.exec(address) ?? [];
  assert.ok((await host.ip('-br', 'link', 'show', 'dev', 'ovirtmgmt')).includes(mac), 'it has the address of its NIC');
  await setup(network, { ovirtmgmt: legacy });
  assert.deepEqual([await plain(), await ask(host, 'list-br')], [before, '']);
});

test('what Open vSwitch can not do is refused, and nothing is left of it', async (t) => {
  const host = await start(t);
  const before = await host.look();
  const network = await host.agent();
  const bond = { nics: ['veth_a', 'veth_b'], switch: 'ovs' };
  const networks = { red: { bonding: 'bond0', switch: 'ovs' } };
  assert.equal((await failure(setup(network, networks, noCheck, { bond0: { ...bond, options: 'mode=3' } }))).code, 25);
  assert.equal((await failure(setup(network, { red: { nic: 'veth_a', switch: 'ovs' }, blue: { nic: 'veth_a', vlan: 7 } }))).code, 21);
  const chassis = (params: object): Promise<VdsmError> =>
    failure(network.verbs['Virgate.setupOvn']?.({ ...params }, call) ?? Promise.reject(new Error('no such verb')));
  for (const params of [{}, { remote: 'https://ovn.example' }, { remote: 'ssl:192.0.2.1:6642', tunnelAddress: 'here' }])
    assert.ok([11, 91].includes((await chassis(params)).code), JSON.stringify(params));
  assert.deepEqual((await network.facts()).openVSwitch?.externalIds, { started: 'yes' });
  await host.stopOpenVSwitch();
  assert.match((await chassis({ remote: 'ssl:192.0.2.1:6642' })).message, /Open vSwitch/);
  const missing = await failure(setup(network, { red: { nic: 'veth_a', switch: 'ovs' } }));
  assert.equal(missing.code, 29, missing.message);
  assert.match(missing.message, /Open vSwitch/);
  assert.deepEqual(await host.look(), before);
});
