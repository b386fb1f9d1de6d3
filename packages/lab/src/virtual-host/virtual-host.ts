import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { SwitchPort, VirtualSwitch } from './virtual-switch.ts';

const run = promisify(execFile);
const bootTimeoutMs = 10_000;
const pollMs = 20;
const maximumOutputBytes = 4 * 1024 * 1024;
const managementBridge = 'ovirtmgmt';

/** What a host is made of. */
export interface VirtualHostOptions {
  /** Name of the host, for itself too. */
  name: string;
  /** Folder of what outlives its power-off: state of libvirtd, logs, and what the host's programs are told to keep there. */
  folder: string;
  network: VirtualSwitch;
  /** From 1; gives it its address. */
  number: number;
}

// Process 1 of the host, $1 its name. It waits for whatever ends, because libvirt takes a zombie for a living guest.
const initScript = `set -e
hostname "$1"
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 run /run
# It knows its own name: what asks for it would wait for name servers that it cannot reach.
printf '127.0.0.1 localhost\\n127.0.1.1 %s\\n' "$1" > /run/hosts
mount --bind /run/hosts /etc/hosts
trap : CHLD
while :; do sleep 3600 & wait $! || :; done
`;

// $1: folder of the database. Without a kernel module its bridges are of the datapath netdev.
const openVSwitchScript = `set -e
run=/run/openvswitch
mkdir -p $run
[ -e "$1/openvswitch.db" ] || ovsdb-tool create "$1/openvswitch.db" /usr/share/openvswitch/vswitch.ovsschema
ovsdb-server "$1/openvswitch.db" --remote=punix:$run/db.sock --detach --no-chdir --pidfile=$run/ovsdb-server.pid --log-file="$1/ovsdb-server.log" -vconsole:off
ovs-vsctl --no-wait init
ovs-vswitchd unix:$run/db.sock --detach --no-chdir --pidfile=$run/ovs-vswitchd.pid --log-file="$1/ovs-vswitchd.log" -vconsole:off
`;

// $1: name of the host for the other ones. Without a watchdog device; where root may not raise RLIMIT_MEMLOCK, on which sanlock insists,
// a preloaded function answers that call.
const sanlockScript = `set -e
mkdir -p /run/sanlock
preload=
if ! (ulimit -l unlimited) 2>/dev/null; then
  preload=/run/sanlock/limit.so
  printf '%s' 'int setrlimit(int r, const void *l) { (void)r; (void)l; return 0; } int setrlimit64(int r, const void *l) { (void)r; (void)l; return 0; }' | cc -shared -fPIC -x c -o $preload -
fi
LD_PRELOAD=$preload sanlock daemon -w 0 -l 0 -h 0 -U root -G root -e "$1"
for attempt in 1 2 3 4 5 6 7 8 9 10; do sanlock client status >/dev/null 2>&1 && exit 0; sleep 0.2; done
exit 1
`;

/**
 * For tests: a host in namespaces of its own (mounts, network, processes, name, IPC) with its own libvirtd and the bridge `ovirtmgmt`.
 * It sees this machine's programs and files, but its `/run`, its mounts, its network and its processes are its own. Needs root.
 */
export class VirtualHost {
  readonly name: string;
  readonly folder: string;
  readonly address: string;
  /** Socket of its libvirtd, once {@link startLibvirtd} is done. */
  readonly libvirtSocket: string;
  readonly #number: number;
  readonly #shell: ChildProcess;
  /** Its process 1, as this machine counts. */
  readonly #pid: number;

  private constructor(options: VirtualHostOptions, shell: ChildProcess, pid: number, port: SwitchPort) {
    this.name = options.name;
    this.folder = options.folder;
    this.address = port.address;
    this.libvirtSocket = join(options.folder, 'libvirt', 'run', 'libvirt-sock');
    this.#number = options.number;
    this.#shell = shell;
    this.#pid = pid;
  }

  /** Switches a host on: its network is up, nothing else runs. It goes off with this process. */
  static async start(options: VirtualHostOptions): Promise<VirtualHost> {
    await mkdir(options.folder, { recursive: true, mode: 0o755 });
    const namespaces = ['--mount', '--uts', '--ipc', '--pid', '--net', '--fork', '--kill-child=KILL', '--propagation', 'private'];
    const log = await open(join(options.folder, 'init.log'), 'a', 0o600);
    const shell = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...namespaces, 'sh', '-c', initScript, 'sh', options.name], {
      stdio: ['ignore', log.fd, log.fd],
    });
    await log.close();
    shell.on('error', () => undefined);
    try {
      const pid = await VirtualHost.#booted(shell, options);
      const host = new VirtualHost(options, shell, pid, await options.network.plug(options.number, pid));
      await host.#configureNetwork(options.network.address);
      return host;
    } catch (error) {
      shell.kill('SIGKILL');
      throw error;
    }
  }

  /** The process 1 of a host that has done all that comes before its waiting. */
  static async #booted(shell: ChildProcess, { name, folder }: VirtualHostOptions): Promise<number> {
    const deadlineMs = performance.now() + bootTimeoutMs;
    while (performance.now() < deadlineMs && shell.exitCode === null && shell.signalCode === null) {
      const pid = await childOf(shell.pid ?? 0);
      if (pid !== undefined && (await childOf(pid)) !== undefined && (await hasOwnRun(pid))) return pid;
      await delay(pollMs);
    }
    throw new Error(`Host ${name} did not start: ${await readFile(join(folder, 'init.log'), 'utf8').catch(String)}`);
  }

  async #configureNetwork(gateway: string): Promise<void> {
    const ip = (...args: string[]) => this.run(['ip', ...args]);
    await ip('link', 'set', 'dev', 'lo', 'up');
    await ip('link', 'add', 'name', managementBridge, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
    await ip('link', 'set', 'dev', 'em1', 'master', managementBridge, 'up');
    await ip('address', 'add', `${this.address}/24`, 'dev', managementBridge);
    await ip('link', 'set', 'dev', managementBridge, 'up');
    await ip('route', 'add', 'default', 'via', gateway);
  }

  #inside(argv: readonly string[]): string[] {
    return ['--target', String(this.#pid), '--mount', '--uts', '--ipc', '--net', '--pid', '--', ...argv];
  }

  /** Runs a program on the host and waits for its end. @throws Error of `execFile` with stdout and stderr unless it exits with 0 */
  async run(argv: readonly string[], options: { timeoutMs?: number } = {}): Promise<{ stdout: string; stderr: string }> {
    return await run('nsenter', this.#inside(argv), { timeout: options.timeoutMs ?? 30_000, maxBuffer: maximumOutputBytes });
  }

  /** Starts a program on the host whose output goes to a file of its folder. */
  async spawn(argv: readonly string[], logName: string): Promise<HostProcess> {
    const log = await open(join(this.folder, logName), 'a', 0o600);
    try {
      return new HostProcess(spawn('nsenter', this.#inside(argv), { stdio: ['ignore', log.fd, log.fd] }));
    } finally {
      await log.close();
    }
  }

  /** Starts the host's libvirtd; it and its guests run until the host goes off. */
  async startLibvirtd(options: { hostUuid?: string; lockManager?: 'sanlock' } = {}): Promise<void> {
    const program = join(dirname(import.meta.filename), 'start-libvirtd.ts');
    const settings = JSON.stringify({ dataDir: join(this.folder, 'libvirt'), detached: true, vncListen: this.address, ...options });
    await this.run([process.execPath, program, settings], { timeoutMs: 90_000 });
  }

  /** `kill -9` of the host's libvirtd; its guests go on, and {@link startLibvirtd} brings it back. */
  async killLibvirtd(): Promise<void> {
    const pidFile = join(this.folder, 'libvirt', 'run', 'libvirtd.pid');
    const script = 'pid=$(cat "$1"); kill -9 "$pid"; for i in $(seq 200); do [ -e "/proc/$pid" ] || exit 0; sleep 0.02; done; exit 1';
    await this.run(['sh', '-c', script, 'sh', pidFile]);
  }

  /** Starts the host's sanlock, which takes part in nothing yet. */
  async startSanlock(): Promise<void> {
    await this.run(['sh', '-c', sanlockScript, 'sh', this.name]);
  }

  /** Plugs another NIC of the host into a switch. @param nic `em2` to `em9` */
  async plug(network: VirtualSwitch, nic: string): Promise<void> {
    await network.plug(this.#number, this.#pid, nic);
    await this.run(['ip', 'link', 'set', 'dev', nic, 'up']);
  }

  /** Starts the host's Open vSwitch; its database is in the host's folder, so that its bridges outlive a power-off. */
  async startOpenVSwitch(): Promise<void> {
    await this.run(['sh', '-c', openVSwitchScript, 'sh', this.folder]);
  }

  /** Pulls the plug: all its processes end at once, guests too; its folder stays. */
  async powerOff(): Promise<void> {
    if (this.#shell.exitCode !== null || this.#shell.signalCode !== null) return;
    const ended = once(this.#shell, 'exit');
    // Not its parent: that one has to wait for it, or a zombie stays where process 1 of the machine waits for nobody.
    process.kill(this.#pid, 'SIGKILL');
    await ended;
  }
}

/** A program that runs on a host. */
export class HostProcess {
  readonly #entry: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(entry: ChildProcess) {
    this.#entry = entry;
    this.#exited = once(entry, 'exit');
  }

  get running(): boolean {
    return this.#entry.exitCode === null && this.#entry.signalCode === null;
  }

  /** Waits for its end. @returns its exit code; null when a signal ended it */
  async ended(): Promise<number | null> {
    if (this.running) await this.#exited;
    return this.#entry.exitCode;
  }

  /** Signals the program itself, since `nsenter` hands nothing on, and waits for its end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const pid = this.running ? await childOf(this.#entry.pid ?? 0) : undefined;
    if (pid !== undefined) process.kill(pid, signal);
    return this.ended();
  }

  /** `kill -9` of the program and of what it runs in its place, where it is there to find a runtime; what those have started goes on. */
  async kill(): Promise<void> {
    const pid = this.running ? await childOf(this.#entry.pid ?? 0) : undefined;
    const inner = pid === undefined ? undefined : await childOf(pid);
    for (const one of [pid, inner]) if (one !== undefined) process.kill(one, 'SIGKILL');
    await this.ended();
  }
}

/** First child of a process; undefined when it has none. */
async function childOf(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const [first = ''] = text.trim().split(' ');
  return first === '' ? undefined : Number(first);
}

/** Whether a process has a `/run` of its own: the last thing that a host's process 1 mounts. */
async function hasOwnRun(pid: number): Promise<boolean> {
  const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '');
  return mounts.split('\n').some((line) => line.split(' ')[4] === '/run' && line.includes(' - tmpfs run '));
}
