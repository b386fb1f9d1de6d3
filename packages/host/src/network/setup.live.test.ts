// Needs: root, hypervisor, dhcpClient
import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../command.ts';
import { createHostNetwork } from './index.ts';
import type { Mirror } from '../domain-xml/mirrors.ts';
import { TestHost, call, failure, networksOf, setup } from '../network-fixture/host.ts';

test('a network is built, shown, changed, kept over a boot and removed', async (t) => {
  const host = await TestHost.start(t);
  const untouched = await host.look();
  const network = await host.agent();
  assert.deepEqual(await setup(network, { red: { nic: 'veth_a', mtu: 1400, ipaddr: '198.51.100.2', netmask: '255.255.255.0' } }), {
    code: 0,
    message: 'Done',
  });
  const { red } = await networksOf(network);
  assert.deepEqual(
    [red?.['bridged'], red?.['ports'], red?.['mtu'], red?.['addr'], red?.['netmask'], red?.['southbound']],
    [true, ['veth_a'], 1400, '198.51.100.2', '255.255.255.0', 'veth_a'],
  );
  assert.deepEqual(network.bridges().get('red'), { name: 'red' }, 'VMs can be on it');
  assert.ok(network.isDirty());
  await network.verbs['Host.setSafeNetworkConfig']?.({}, call);
  assert.ok(!network.isDirty());

  await setup(network, { red: { nic: 'veth_a', mtu: 1500, STP: 'yes' }, blue: { nic: 'veth_b', bridged: 'false' } });
  const changed = await networksOf(network);
  assert.deepEqual([changed['red']?.['mtu'], changed['red']?.['addr'], changed['red']?.['stp']], [1500, '', 'on']);
  assert.deepEqual([changed['blue']?.['bridged'], changed['blue']?.['iface']], [false, 'veth_b']);
  assert.deepEqual(await networksOf(await host.agent()), changed, 'a restart of the agent changes nothing');

  await host.ip('link', 'delete', 'dev', 'red');
  assert.deepEqual(await networksOf(await host.agent()), changed, 'it brings back what somebody took away');

  await host.boot();
  const booted = await host.agent('second');
  assert.deepEqual((await networksOf(booted))['red'], red, 'the safe configuration comes back');
  assert.equal((await networksOf(booted))['blue'], undefined);
  await setup(booted, { red: { remove: 'true' } });
  assert.deepEqual(await host.look(), untouched, 'nothing is left behind');
});

test('a change that the engine does not survive is taken back', async (t) => {
  const host = await TestHost.start(t);
  await host.ip('address', 'add', '192.0.2.2/24', 'dev', 'veth_a');
  await host.ip('route', 'add', 'default', 'via', '192.0.2.1', 'dev', 'veth_a');
  const before = await host.look();
  const network = await host.agent();
  const wanted = { ovirtmgmt: { nic: 'veth_a', ipaddr: '192.0.2.2', prefix: 24, gateway: '192.0.2.1', defaultRoute: true } };
  const lost = await failure(setup(network, wanted, { connectivityCheck: 'true', connectivityTimeout: 1 }));
  assert.equal(lost.code, 10, lost.message);
  assert.deepEqual(await host.look(), before);
  assert.deepEqual(await networksOf(network), {});

  const heard = setup(network, wanted, { connectivityCheck: 'true', connectivityTimeout: 60, commitOnSuccess: true });
  const calls = setInterval(() => void network.verbs['Host.confirmConnectivity']?.({}, call), 50);
  try {
    await heard;
  } finally {
    clearInterval(calls);
  }
  const { ovirtmgmt } = await networksOf(network);
  assert.deepEqual([ovirtmgmt?.['addr'], ovirtmgmt?.['gateway'], ovirtmgmt?.['ports']], ['192.0.2.2', '192.0.2.1', ['veth_a']]);
  assert.ok(!network.isDirty(), 'it was committed with the change');
  assert.ok((await failure(setup(network, { red: { nic: 'veth_c' } }))).code === 23);
});

test('a change in whose middle the agent is killed is taken back at its next start', async (t) => {
  const host = await TestHost.start(t);
  const before = await host.look();
  const module = new URL('./index.ts', import.meta.url).href;
  const program = `
    const { createHostNetwork } = await import(${JSON.stringify(module)});
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const network = createHostNetwork({ ...${JSON.stringify(host.dependencies)}, hooks: { onJson: async (_, value) => value }, log, emit() {}, monotonicMs: () => 0 });
    await network.recover();
    await network.verbs['Host.setupNetworks']({ networks: { red: { nic: 'veth_a' } }, options: { connectivityTimeout: 300 } }, {});`;
  const agent = host.spawn([process.execPath, '--input-type=module', '-e', program]);
  const isUp = async (): Promise<boolean> => /\bred\b.*[<,]UP[,>]/.test(await host.ip('link', 'show'));
  for (let attempt = 0; !(await isUp()); attempt += 1) {
    assert.ok(attempt < 300 && agent.exitCode === null, 'the change begins');
    await delay(50);
  }
  agent.kill('SIGKILL');
  await once(agent, 'exit');
  assert.notDeepEqual(await host.look(), before);
  const network = await host.agent();
  assert.deepEqual(await host.look(), before);
  await setup(network, { red: { nic: 'veth_a' } });
  assert.deepEqual(Object.keys(await networksOf(network)), ['red']);
});

test('a bond with a VLAN on it is there whole, or nothing of it where the kernel has none', async (t) => {
  const host = await TestHost.start(t);
  const before = await host.look();
  const network = await host.agent();
  const bondings = { bond0: { nics: ['veth_a', 'veth_b'], options: 'mode=1 miimon=100' } };
  const work = setup(network, { red: { bonding: 'bond0', vlan: '7', mtu: 1400 } }, { connectivityCheck: false }, bondings);
  const able = await work.then(
    () => true,
    (error: unknown) => {
      assert.ok(error instanceof VdsmError && error.code === 29 && /kernel of this host lacks/.test(error.message), String(error));
      return false;
    },
  );
  if (able) {
    const capabilities = network.capabilities(await network.facts());
    assert.deepEqual((capabilities.bondings['bond0'] as { slaves: string[] }).slaves.toSorted(), ['veth_a', 'veth_b']);
    assert.deepEqual(
      [
        (capabilities.networks['red'] as Record<string, unknown>)['vlanid'],
        (capabilities.vlans['bond0.7'] as Record<string, unknown>)['vlanid'],
      ],
      [7, 7],
    );
    await setup(network, { red: { remove: true } }, { connectivityCheck: false }, { bond0: { remove: true } });
  }
  assert.deepEqual(await host.look(), before);
});

test('a network gets its address by DHCP', async (t) => {
  const host = await TestHost.start(t);
  await runCommand(['ip', '-n', host.outside, 'address', 'add', '203.0.113.1/24', 'dev', 'veth_b']);
  const options = ['--port=0', '--interface=veth_b', '--bind-interfaces', '--dhcp-range=203.0.113.50,203.0.113.60,120'];
  const dnsmasq = ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--leasefile-ro', '--pid-file=', '--user=root', '--no-ping'];
  host.spawn(['ip', 'netns', 'exec', host.outside, 'setpriv', '--pdeathsig', 'KILL', '--', ...dnsmasq, ...options, '--dhcp-authoritative']);
  const network = await host.agent();
  await setup(network, { red: { nic: 'veth_b', bootproto: 'dhcp', defaultRoute: true } });
  let red: Record<string, unknown> | undefined;
  for (let attempt = 0; attempt < 200 && !red?.['addr']; attempt += 1) {
    await delay(100);
    red = (await networksOf(network))['red'];
  }
  assert.match(String(red?.['addr']), /^203\.0\.113\.5\d$|^203\.0\.113\.60$/);
  assert.deepEqual([red?.['dhcpv4'], red?.['gateway']], [true, '203.0.113.1']);
  for (let attempt = 0; attempt < 50 && host.events.length === 0; attempt += 1) await delay(100);
  assert.ok(host.events.includes('|net|host_conn|no_id'), 'the engine is told');
  await setup(network, { red: { remove: true } });
  assert.deepEqual(await networksOf(network), {});
});

test('name servers and addresses by router advertisement come with a network and go with it, or when the engine is not heard', async (t) => {
  const host = await TestHost.start(t);
  const file = join(host.folder, 'resolv.conf');
  await writeFile(file, 'search example.org\nnameserver 192.0.2.53\n');
  await runCommand(['ip', '-n', host.outside, '-6', 'address', 'add', '2001:db8:7::1/64', 'dev', 'veth_b', 'nodad']);
  const options = ['--port=0', '--interface=veth_b', '--bind-interfaces', '--enable-ra', '--dhcp-range=2001:db8:7::,ra-only,64,120'];
  const dnsmasq = ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--leasefile-ro', '--pid-file=', '--user=root', '--no-ping'];
  host.spawn(['ip', 'netns', 'exec', host.outside, 'setpriv', '--pdeathsig', 'KILL', '--', ...dnsmasq, ...options]);
  const network = await host.agent();
  const red = { nic: 'veth_b', ipv6autoconf: true, defaultRoute: true, nameservers: ['198.51.100.53', '2001:db8::53'] };
  const lost = await failure(setup(network, { red }, { connectivityCheck: 'true', connectivityTimeout: 1 }));
  assert.equal(lost.code, 10);
  assert.equal(await readFile(file, 'utf8'), 'search example.org\nnameserver 192.0.2.53\n');

  await setup(network, { red });
  assert.equal(await readFile(file, 'utf8'), 'nameserver 198.51.100.53\nnameserver 2001:db8::53\nsearch example.org\n');
  assert.deepEqual(network.capabilities(await network.facts()).nameservers, ['198.51.100.53', '2001:db8::53']);
  let shown: Record<string, unknown> | undefined;
  for (let attempt = 0; attempt < 200 && (shown?.['ipv6addrs'] as string[] | undefined)?.length !== 1; attempt += 1) {
    await delay(100);
    shown = (await networksOf(network))['red'];
  }
  assert.match(String(shown?.['ipv6addrs']), /^2001:db8:7:.*\/64$/);
  assert.equal(shown?.['ipv6autoconf'], true);
  assert.match(String(shown['ipv6gateway']), /^fe80:/);

  await setup(network, { red: { nic: 'veth_b' } });
  const without = (await networksOf(network))['red'];
  assert.deepEqual([without?.['ipv6addrs'], without?.['ipv6autoconf']], [[], false]);
  assert.equal(await readFile(file, 'utf8'), 'search example.org\nnameserver 192.0.2.53\n');
  assert.equal((await failure(setup(network, { red: { nic: 'veth_b', nameservers: ['--help'] } }))).code, 22);
});

test('a NIC of a VM that watches a network gets copies of its frames, until it goes', async (t) => {
  const host = await TestHost.start(t);
  const watchers: Mirror[] = [];
  const network = createHostNetwork({ ...host.dependencies, mirrors: () => watchers });
  t.after(() => network.close());
  await network.recover();
  await setup(network, { red: { nic: 'veth_a' } });
  await host.ip('link', 'add', 'vnet7', 'type', 'veth', 'peer', 'name', 'guest7');
  for (const name of ['vnet7', 'guest7']) await host.ip('link', 'set', 'dev', name, 'up');
  const outside = (...argv: string[]) => runCommand(['ip', 'netns', 'exec', host.outside, ...argv]);
  await outside('ip', 'address', 'add', '198.51.100.9/24', 'dev', 'veth_a');
  // To an address of which the bridge knows nothing, so that nothing but a copy could bring it to the guest.
  await outside('ip', 'neighbour', 'add', '198.51.100.77', 'lladdr', '02:00:00:00:00:77', 'dev', 'veth_a');
  const received = async (): Promise<number> => {
    const [link] = JSON.parse(await host.ip('-s', '-j', 'link', 'show', 'dev', 'guest7')) as { stats64: { rx: { packets: number } } }[];
    return link?.stats64.rx.packets ?? 0;
  };
  const sender = `const socket = require('node:dgram').createSocket('udp4'); let left = 5;
    for (let n = 0; n < 5; n += 1) socket.send('x', 9, '198.51.100.77', () => { left -= 1; if (left === 0) socket.close(); });`;
  const afterFrames = async (): Promise<number> => {
    await delay(300);
    const before = await received();
    await outside(process.execPath, '-e', sender);
    await delay(100);
    return (await received()) - before;
  };
  assert.ok((await afterFrames()) < 5);
  watchers.push({ network: 'red', device: 'vnet7' });
  await network.settlePorts();
  assert.ok((await afterFrames()) >= 5);
  await network.settlePorts();
  assert.ok((await afterFrames()) >= 5, 'asked twice, there once');
  watchers.pop();
  // An agent that comes after this one takes away what it finds.
  const later = createHostNetwork({ ...host.dependencies, mirrors: () => watchers });
  t.after(() => later.close());
  await later.recover();
  await later.settlePorts();
  assert.ok((await afterFrames()) < 5);
  assert.doesNotMatch(
    (await runCommand(['ip', 'netns', 'exec', host.namespace, 'tc', 'qdisc', 'show', 'dev', 'red'])).stdout,
    /ingress|htb/,
  );
});

test('a network sends no more than its limit, and all again without one', async (t) => {
  const host = await TestHost.start(t);
  const outside = (...argv: string[]) => runCommand(['ip', 'netns', 'exec', host.outside, ...argv]);
  await outside('ip', 'address', 'add', '198.51.100.9/24', 'dev', 'veth_a');
  const mac = /link\/ether (\S+)/.exec((await outside('ip', 'link', 'show', 'dev', 'veth_a')).stdout)?.[1] ?? '';
  const network = await host.agent();
  const red = { nic: 'veth_a', ipaddr: '198.51.100.2', netmask: '255.255.255.0' };
  const hostQos = { out: { ls: { m2: 50 }, ul: { m2: 4_000_000 } } };
  await setup(network, { red: { ...red, hostQos } });
  assert.deepEqual((await networksOf(network))['red']?.['hostQos'], hostQos);
  const shown = async (): Promise<string> =>
    (await runCommand(['ip', 'netns', 'exec', host.namespace, 'tc', '-s', 'class', 'show', 'dev', 'veth_a'])).stdout;
  assert.match(await shown(), /class (?:htb|hfsc) 7668:ffff .*(?:ceil|ul m2) 4Mbit/);
  await host.ip('neighbour', 'replace', '198.51.100.9', 'lladdr', mac, 'dev', 'red');
  // As much as the link takes for a second: a NIC of a test takes some Gbit/s.
  const sender = `const socket = require('node:dgram').createSocket('udp4'); const end = Date.now() + 1000; const data = Buffer.alloc(1400);
    const next = () => (Date.now() > end ? socket.close() : socket.send(data, 9, '198.51.100.9', () => setImmediate(next)));
    for (let n = 0; n < 8; n += 1) next();`.replace('socket.close()', '(socket.closed_ ??= (socket.close(), true))');
  const received = async (): Promise<number> => {
    const [link] = JSON.parse((await outside('ip', '-s', '-j', 'link', 'show', 'dev', 'veth_a')).stdout) as {
      stats64: { rx: { bytes: number } };
    }[];
    return link?.stats64.rx.bytes ?? 0;
  };
  const bytesInASecond = async (): Promise<number> => {
    const before = await received();
    await runCommand(['ip', 'netns', 'exec', host.namespace, process.execPath, '-e', sender]);
    return (await received()) - before;
  };
  const limited = await bytesInASecond();
  assert.ok(limited > 100_000 && limited < 1_200_000, `${limited} bytes at 4 Mbit/s`);
  assert.match(await shown(), /dropped [1-9]|backlog [1-9]|overlimits [1-9]/);
  assert.match(JSON.stringify((await networksOf(await host.agent()))['red']), /4000000/, 'a restart of the agent changes nothing');
  await setup(network, { red });
  assert.equal(await shown(), '');
  const free = await bytesInASecond();
  assert.ok(free > 2 * limited, `${free} bytes without a limit`);
});

test('a network gets its address of IPv6 by DHCP', async (t) => {
  const host = await TestHost.start(t);
  await runCommand(['ip', '-n', host.outside, '-6', 'address', 'add', '2001:db8:8::1/64', 'dev', 'veth_b', 'nodad']);
  const options = [
    '--port=0',
    '--interface=veth_b',
    '--bind-interfaces',
    '--enable-ra',
    '--dhcp-range=2001:db8:8::50,2001:db8:8::60,64,300',
  ];
  const dnsmasq = ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--leasefile-ro', '--pid-file=', '--user=root', '--no-ping'];
  host.spawn(['ip', 'netns', 'exec', host.outside, 'setpriv', '--pdeathsig', 'KILL', '--', ...dnsmasq, ...options, '--dhcp-authoritative']);
  const network = await host.agent();
  await setup(network, { red: { nic: 'veth_b', dhcpv6: true, defaultRoute: true } });
  let red: Record<string, unknown> = {};
  const isThere = (): boolean => (red['ipv6addrs'] as string[] | undefined)?.length === 1 && String(red['ipv6gateway']).startsWith('fe80:');
  for (let attempt = 0; attempt < 200 && !isThere(); attempt += 1) {
    await delay(100);
    red = (await networksOf(network))['red'] ?? {};
  }
  assert.match(String(red['ipv6addrs']), /^2001:db8:8::(?:5|60)/);
  assert.deepEqual([red['dhcpv6'], red['ipv6autoconf']], [true, false]);
  assert.match(String(red['ipv6gateway']), /^fe80:/, 'its route comes from the router');
  assert.ok(host.events.includes('|net|host_conn|no_id'), 'the engine is told');
  assert.equal((await failure(setup(network, { red: { nic: 'veth_b', dhcpv6: true, ipv6addr: '2001:db8::2/64' } }))).code, 22);
  await setup(network, { red: { remove: true } });
  assert.deepEqual(await networksOf(network), {});
});
