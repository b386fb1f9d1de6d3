// Needs: root, hypervisor
import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../command.ts';
import { gatherNetworkFacts } from './facts.ts';
import { createHostNetwork } from './index.ts';
import type { HostNetwork, NetworkDependencies } from './index.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const call = {} as never;

/** A network namespace that plays a host, with the NICs veth_a and veth_b, whose other ends are in a second one. */
class TestHost {
  readonly namespace: string;
  readonly outside: string;
  readonly folder: string;
  readonly events: string[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #networks: HostNetwork[] = [];

  private constructor(number: number, folder: string) {
    this.namespace = `vgn${process.pid % 10_000}-${number}`;
    this.outside = `${this.namespace}o`;
    this.folder = folder;
  }

  static #count = 0;

  static async start(t: TestContext): Promise<TestHost> {
    const host = new TestHost(++TestHost.#count, await mkdtemp(join(tmpdir(), 'virgate-network-')));
    t.after(() => host.#stop());
    await host.boot();
    return host;
  }

  /** The host begins anew: no device that was set up is there. */
  async boot(): Promise<void> {
    for (const name of [this.namespace, this.outside]) {
      await runCommand(['ip', 'netns', 'delete', name]).catch(() => undefined);
      await runCommand(['ip', 'netns', 'add', name]);
      await runCommand(['ip', '-n', name, 'link', 'set', 'dev', 'lo', 'up']);
    }
    for (const nic of ['veth_a', 'veth_b']) {
      await this.ip('link', 'add', nic, 'type', 'veth', 'peer', 'name', nic, 'netns', this.outside);
      await this.ip('link', 'set', 'dev', nic, 'up');
      await runCommand(['ip', '-n', this.outside, 'link', 'set', 'dev', nic, 'up']);
    }
  }

  async ip(...args: string[]): Promise<string> {
    return (await runCommand(['ip', '-n', this.namespace, ...args])).stdout;
  }

  get dependencies(): NetworkDependencies {
    return {
      mapping: { management: { name: 'ovirtmgmt', bridge: 'ovirtmgmt' }, fakeNics: ['veth_*'], hiddenBridges: [] },
      monotonicMs: () => performance.now(),
      folder: this.folder,
      bootId: 'first',
      log,
      emit: (event) => this.events.push(event),
      prefix: ['ip', 'netns', 'exec', this.namespace],
    };
  }

  /** The agent's part, as after its start. */
  async agent(bootId = 'first'): Promise<HostNetwork> {
    const network = createHostNetwork({ ...this.dependencies, bootId });
    this.#networks.push(network);
    await network.recover();
    return network;
  }

  spawn(argv: string[]): ChildProcess {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, { stdio: 'ignore' });
    this.#children.push(child);
    return child;
  }

  /** What of the network a change may touch. */
  async look(): Promise<unknown> {
    const { links } = await gatherNetworkFacts(this.dependencies.prefix);
    return links
      .filter((link) => link.kind !== 'loopback')
      .map(({ name, master, mtuBytes, administrativelyUp, ipv4, ipv4Gateway }) => ({
        name,
        master,
        mtuBytes,
        administrativelyUp,
        ipv4,
        ipv4Gateway,
      }))
      .toSorted((a, b) => a.name.localeCompare(b.name));
  }

  async #stop(): Promise<void> {
    for (const network of this.#networks) network.close();
    for (const child of this.#children) {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    }
    for (const name of [this.namespace, this.outside]) await runCommand(['ip', 'netns', 'delete', name]).catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }
}

const setup = (
  network: HostNetwork,
  networks: object,
  options: object = { connectivityCheck: 'false' },
  bondings: object = {},
): Promise<unknown> =>
  network.verbs['Host.setupNetworks']?.({ networks, bondings, options }, call) ?? Promise.reject(new Error('no such verb'));
const failure = async (work: Promise<unknown>): Promise<VdsmError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof VdsmError) return error;
    throw error;
  }
  throw new Error('It did not fail');
};
const networksOf = async (network: HostNetwork): Promise<Record<string, Record<string, unknown>>> =>
  network.capabilities(await network.facts()).networks as Record<string, Record<string, unknown>>;

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
  assert.equal(network.bridges().get('red'), 'red', 'VMs can be on it');
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
    const network = createHostNetwork({ ...${JSON.stringify(host.dependencies)}, log, emit() {}, monotonicMs: () => 0 });
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
