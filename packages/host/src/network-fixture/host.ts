import { VdsmError } from '@virgate/vdsm';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../command.ts';
import { createHooks } from '../hooks/index.ts';
import { gatherNetworkFacts } from '../network/facts.ts';
import { createHostNetwork } from '../network/index.ts';
import type { HostNetwork, NetworkDependencies } from '../network/index.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
export const call = { peer: {} } as never;

/** For tests only: a network namespace that plays a host, with the NICs veth_a and veth_b, whose other ends are in a second one. */
export class TestHost {
  readonly namespace: string;
  readonly outside: string;
  readonly folder: string;
  readonly events: string[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #switch: ChildProcess[] = [];
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
      hooks: createHooks({ directory: join(this.folder, 'hooks'), runDirectory: join(this.folder, 'run'), timeoutMs: 10_000, log }),
      log,
      emit: (event) => this.events.push(event),
      prefix: ['ip', 'netns', 'exec', this.namespace],
      resolvConf: join(this.folder, 'resolv.conf'),
      openVSwitch: { databaseSocket: this.databaseSocket },
      chassis: { systemId: this.namespace, tunnelAddress: '192.0.2.2', tls: { keyFile: '', certFile: '', caFile: '' } },
    };
  }

  /** The agent's part, as after its start. */
  async agent(bootId = 'first'): Promise<HostNetwork> {
    const network = createHostNetwork({ ...this.dependencies, bootId });
    this.#networks.push(network);
    await network.recover();
    return network;
  }

  spawn(argv: string[], environment: Record<string, string> = {}): ChildProcess {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...environment } });
    this.#children.push(child);
    return child;
  }

  /** Starts an Open vSwitch of the host's own; its database outlives it. */
  async startOpenVSwitch(): Promise<void> {
    const run = join(this.folder, 'openvswitch');
    const [database, socket] = [join(this.folder, 'openvswitch.db'), this.databaseSocket];
    await mkdir(run, { recursive: true });
    await runCommand(['ovsdb-tool', 'create', database, '/usr/share/openvswitch/vswitch.ovsschema']).catch(() => undefined);
    const own = { OVS_RUNDIR: run, OVS_LOGDIR: run };
    this.#switch.push(this.spawn(['ovsdb-server', database, `--remote=punix:${socket}`, '-vconsole:off'], own));
    const ask = (...args: string[]) => runCommand(['ovs-vsctl', `--db=unix:${socket}`, '--timeout=20', ...args]);
    for (
      let attempt = 0;
      !(await ask('--no-wait', 'init').then(
        () => true,
        () => false,
      ));
      attempt += 1
    ) {
      if (attempt > 100) throw new Error('Open vSwitch does not start');
      await delay(50);
    }
    this.#switch.push(this.spawn(['ip', 'netns', 'exec', this.namespace, 'ovs-vswitchd', `unix:${socket}`, '-vconsole:off'], own));
    await ask('set', 'Open_vSwitch', '.', 'external_ids:started=yes');
  }

  async stopOpenVSwitch(): Promise<void> {
    for (const child of this.#switch.splice(0).toReversed())
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGTERM')) await once(child, 'exit');
  }

  get databaseSocket(): string {
    return join(this.folder, 'openvswitch', 'db.sock');
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

export const setup = (
  network: HostNetwork,
  networks: object,
  options: object = { connectivityCheck: 'false' },
  bondings: object = {},
): Promise<unknown> =>
  network.verbs['Host.setupNetworks']?.({ networks, bondings, options }, call) ?? Promise.reject(new Error('no such verb'));
export const failure = async (work: Promise<unknown>): Promise<VdsmError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof VdsmError) return error;
    throw error;
  }
  throw new Error('It did not fail');
};
export const networksOf = async (network: HostNetwork): Promise<Record<string, Record<string, unknown>>> =>
  network.capabilities(await network.facts()).networks as Record<string, Record<string, unknown>>;
