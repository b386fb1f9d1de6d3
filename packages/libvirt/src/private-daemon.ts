import { randomUUID } from 'node:crypto';
import { execFile, spawn } from 'node:child_process';
import { access, chmod, constants, mkdir, open, readdir, readFile, readlink, writeFile, copyFile, rename } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connect } from './connection.ts';
import { ConnectListAllDomainsFlags } from './generated/constants.ts';
import { PrivateLibvirtdError } from './private-daemon-error.ts';
import { lockManagerOf, migrationPkiOf, renderLibvirtdConf, renderQemuConf, renderSanlockConf } from './private-daemon-config.ts';
import type { ConfigurationOptions } from './private-daemon-config.ts';
import { identify, isAlive, signal, waitForEnd } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

export interface PrivateLibvirtdOptions extends ConfigurationOptions {
  /** Folder of everything this daemon has: sockets, definitions, logs, caches, guests' state. Absolute; made if missing, mode 0700. */
  dataDir: string;
  /** Let it outlive this process; a later call with the same folder finds it again. Otherwise it ends with this process. */
  detached?: boolean;
  /**
   * Folders beneath which this machine will mount file systems while the daemon runs. The daemon sees only the mounts of the moment it
   * started; these folders are made shared mounts, so that later ones reach it and its guests too.
   */
  mountFolders?: readonly string[];
  startTimeoutMs?: number;
}

export interface PrivateLibvirtd {
  socketPath: string;
  /** What the daemon itself sees as /var/lib/libvirt. */
  stateDirectory: string;
  pid: number;
  /** By which it holds leases of guests. */
  lockManager: 'none' | 'sanlock';
  /** Where its QEMUs look for what migrations are encrypted with; undefined for a daemon that was started before there was such a folder. */
  migrationPkiDirectory: string | undefined;
  /** It ran already; its configuration is that of its start. */
  found: boolean;
  /** Ends the daemon. Guests go on and are found by the next daemon of the same folder, unless `destroyGuests`. */
  stop(options?: { destroyGuests?: boolean }): Promise<void>;
}

/** Folders compiled into libvirtd, and what stands for them in the data folder. */
const boundFolders = [
  ['run', '/run/libvirt'],
  ['lib', '/var/lib/libvirt'],
  ['etc', '/etc/libvirt'],
  ['log', '/var/log/libvirt'],
  ['cache', '/var/cache/libvirt'],
] as const;

const defaultStartTimeoutMs = 60_000;
const stopTimeoutMs = 15_000;
const pollMs = 50;
/** libvirtd writes its number this soon after it has taken the lock. */
const pidFileMs = 1_000;
const unixPathBytes = 107;
const logTailBytes = 2000;
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

// Runs inside the new mount namespace; $1 is the data folder. exec keeps the process id that the starter knows.
const startScript = `set -e
data=$1
${boundFolders.map(([name, target]) => `mount --bind "$data/${name}" ${target}`).join('\n')}
cd /
exec libvirtd --pid-file /run/libvirt/libvirtd.pid
`;

const run = promisify(execFile);

/**
 * Starts a libvirtd whose every folder lies in `dataDir`, beside the machine's own one and without touching it; or finds the one that
 * already runs there. Needs root.
 * @throws PrivateLibvirtdError
 */
export async function startPrivateLibvirtd(options: PrivateLibvirtdOptions): Promise<PrivateLibvirtd> {
  const { dataDir } = options;
  await checkPrerequisites(dataDir);
  const socketPath = join(dataDir, 'run', 'libvirt-sock');
  const running = await findRunning(dataDir, socketPath);
  if (running) return handle(running, socketPath, true);
  await prepareFolders(options);
  await Promise.all((options.mountFolders ?? []).map(shareFolder));
  const identity = await spawnDaemon(options);
  const timeoutMs = options.startTimeoutMs ?? defaultStartTimeoutMs;
  if (await waitForSocket(identity, socketPath, timeoutMs)) {
    // The socket may be that of one that somebody else started at the same moment. Ours must not come after it once that one is ended.
    const owner = (await readPidFile(dataDir)) ?? identity;
    if (owner.pid !== identity.pid) {
      await end(identity);
      return handle(owner, socketPath, true);
    }
    await writeState(dataDir, identity);
    return handle(identity, socketPath, false);
  }
  if (isAlive(identity)) {
    await end(identity);
    throw new PrivateLibvirtdError('NOT_READY', `libvirtd did not open ${socketPath} within ${timeoutMs} ms; see ${join(dataDir, 'log')}`);
  }
  // Somebody else may have started one at the same moment: libvirtd's own lock lets only one live.
  const other = await waitForOther(dataDir, socketPath, timeoutMs);
  if (other) return handle(other, socketPath, true);
  throw new PrivateLibvirtdError('EXITED', `libvirtd ended at once: ${await logTail(dataDir)}`);
}

async function checkPrerequisites(dataDir: string): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new PrivateLibvirtdError('NOT_ROOT', 'a libvirtd of its own needs root: run as root, or use the socket of a running libvirtd');
  if (!isAbsolute(dataDir)) throw new PrivateLibvirtdError('BAD_OPTION', `${dataDir} is not an absolute path`);
  const longest = join(dataDir, 'run', 'libvirt-admin-sock');
  if (Buffer.byteLength(longest) > unixPathBytes)
    throw new PrivateLibvirtdError(
      'BAD_OPTION',
      `${longest} is too long for the path of a socket (${unixPathBytes} bytes); choose a shorter data folder`,
    );
  for (const program of ['libvirtd', 'unshare', 'setpriv', 'mount', 'sh']) {
    if (!(await isInstalled(program)))
      throw new PrivateLibvirtdError(
        'MISSING_PROGRAM',
        `${program} is not installed; on Debian: apt-get install libvirt-daemon-system qemu-system-x86 util-linux`,
      );
  }
}

async function isInstalled(program: string): Promise<boolean> {
  for (const folder of systemPath.split(delimiter)) {
    try {
      await access(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
    }
  }
  return false;
}

const migrationPkiIn = (dataDir: string): string => join(dataDir, 'etc', 'migration-pki');

function statePath(dataDir: string): string {
  return join(dataDir, 'libvirtd.json');
}

async function writeState(dataDir: string, identity: ProcessIdentity): Promise<void> {
  const path = statePath(dataDir);
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(identity)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

/** The daemon of this folder, when it lives and answers. */
async function findRunning(dataDir: string, socketPath: string): Promise<ProcessIdentity | undefined> {
  const identity = (await readState(dataDir)) ?? (await readPidFile(dataDir));
  if (!identity || !isAlive(identity) || !(await canConnect(socketPath))) return undefined;
  return identity;
}

/** The daemon of this folder that another starter has begun: it answers only after it has taken the lock that ended ours. */
async function waitForOther(dataDir: string, socketPath: string, timeoutMs: number): Promise<ProcessIdentity | undefined> {
  const begun = performance.now();
  for (;;) {
    const running = await findRunning(dataDir, socketPath);
    if (running) return running;
    const isComing = (await readPidFile(dataDir)) !== undefined;
    if (performance.now() - begun > (isComing ? timeoutMs : pidFileMs)) return undefined;
    await delay(pollMs);
  }
}

async function readState(dataDir: string): Promise<ProcessIdentity | undefined> {
  try {
    const { pid, startTime } = JSON.parse(await readFile(statePath(dataDir), 'utf8')) as Partial<ProcessIdentity>;
    const identity = typeof pid === 'number' && typeof startTime === 'string' ? { pid, startTime } : undefined;
    return identity && isAlive(identity) ? identity : undefined;
  } catch {
    return undefined;
  }
}

/** libvirtd's own file, for a starter that died before it could write the state. It has no start time: the program must be libvirtd. */
async function readPidFile(dataDir: string): Promise<ProcessIdentity | undefined> {
  try {
    const pid = Number((await readFile(join(dataDir, 'run', 'libvirtd.pid'), 'utf8')).trim());
    const program = basename(await readlink(`/proc/${pid}/exe`));
    return program === 'libvirtd' && (await hasBound(pid, dataDir)) ? identify(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process sees this data folder as libvirt's own. */
async function hasBound(pid: number, dataDir: string): Promise<boolean> {
  const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8');
  return mounts.split('\n').some((line) => {
    const [, , , root, target] = line.split(' ');
    return target === '/run/libvirt' && root !== undefined && join(dataDir, 'run').endsWith(root);
  });
}

async function prepareFolders(options: PrivateLibvirtdOptions): Promise<void> {
  const { dataDir } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await chmod(dataDir, 0o700);
  for (const [name, target] of boundFolders) {
    await mkdir(join(dataDir, name), { recursive: true, mode: 0o755 });
    // A mount needs a place; an empty folder is all that this machine may get.
    await mkdir(target, { recursive: true });
  }
  await mkdir(migrationPkiIn(dataDir), { recursive: true, mode: 0o700 });
  await writeFile(join(dataDir, 'etc', 'libvirtd.conf'), renderLibvirtdConf(options), { mode: 0o600 });
  await writeFile(join(dataDir, 'etc', 'qemu.conf'), renderQemuConf(options), { mode: 0o600 });
  await writeFile(join(dataDir, 'etc', 'qemu-sanlock.conf'), renderSanlockConf(), { mode: 0o600 });
  await copyNetworkFilters(join(dataDir, 'etc', 'nwfilter'));
}

/** libvirt's standard network filters (`clean-traffic`, `no-mac-spoofing` …), where its packages brought them. */
async function copyNetworkFilters(target: string): Promise<void> {
  const source = '/usr/share/libvirt/nwfilter';
  const names = await readdir(source).catch((): string[] => []);
  if (names.length === 0) return;
  await mkdir(target, { recursive: true });
  for (const name of names) {
    // One that is there has got its UUID from libvirtd: it stays.
    await copyFile(join(source, name), join(target, name), constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function shareFolder(folder: string): Promise<void> {
  if (!isAbsolute(folder)) throw new PrivateLibvirtdError('BAD_OPTION', `${folder} is not an absolute path`);
  await mkdir(folder, { recursive: true });
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  const lines = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields[4] === folder);
  if (lines.some((fields) => fields.slice(6, fields.indexOf('-')).some((field) => field.startsWith('shared:')))) return;
  if (lines.length === 0) await run('mount', ['--bind', folder, folder], { env: { PATH: systemPath } });
  await run('mount', ['--make-rshared', folder], { env: { PATH: systemPath } });
}

async function spawnDaemon(options: PrivateLibvirtdOptions): Promise<ProcessIdentity> {
  const { dataDir, detached = false } = options;
  const log = await open(join(dataDir, 'log', 'libvirtd.out'), 'a', 0o600);
  try {
    // "slave": mounts of this machine's shared folders reach the daemon, none of its own get out.
    const namespace = ['unshare', '--mount', '--propagation', 'slave', 'sh', '-c', startScript, 'sh', dataDir];
    const [program, ...args] = detached ? namespace : ['setpriv', '--pdeathsig', 'TERM', ...namespace];
    const child = spawn(program!, args, {
      detached,
      stdio: ['ignore', log.fd, log.fd],
      env: { PATH: systemPath, HOME: '/root', LC_ALL: 'C' },
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(new PrivateLibvirtdError('EXITED', `libvirtd could not be started: ${error.message}`, error)));
    });
    child.unref();
    return identify(child.pid!) ?? { pid: child.pid!, startTime: '' };
  } finally {
    await log.close();
  }
}

async function waitForSocket(identity: ProcessIdentity, socketPath: string, timeoutMs: number): Promise<boolean> {
  const deadlineMs = Date.now() + timeoutMs;
  while (Date.now() < deadlineMs && isAlive(identity)) {
    if (await canConnect(socketPath)) return true;
    await delay(pollMs);
  }
  return false;
}

function canConnect(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function logTail(dataDir: string): Promise<string> {
  const texts = await Promise.all(
    ['libvirtd.out', 'libvirtd.log'].map((name) => readFile(join(dataDir, 'log', name), 'utf8').catch(() => '')),
  );
  return (
    texts
      .map((text) => text.slice(-logTailBytes).trim())
      .filter((text) => text !== '')
      .join('\n') || 'its log is empty'
  );
}

async function handle(identity: ProcessIdentity, socketPath: string, found: boolean): Promise<PrivateLibvirtd> {
  const dataDir = dirname(dirname(socketPath));
  const qemuConf = await readFile(join(dataDir, 'etc', 'qemu.conf'), 'utf8');
  return {
    socketPath,
    stateDirectory: join(dataDir, 'lib'),
    lockManager: lockManagerOf(qemuConf),
    migrationPkiDirectory: migrationPkiOf(qemuConf) === undefined ? undefined : migrationPkiIn(dataDir),
    pid: identity.pid,
    found,
    async stop({ destroyGuests = false } = {}) {
      if (destroyGuests && isAlive(identity)) await destroyAllGuests(socketPath);
      await end(identity);
    },
  };
}

async function destroyAllGuests(socketPath: string): Promise<void> {
  const connection = await connect({ socketPath, uri: 'qemu:///system' });
  try {
    for (const domain of await connection.listAllDomains(ConnectListAllDomainsFlags.ACTIVE)) await connection.domainDestroy(domain);
  } finally {
    await connection.close();
  }
}

async function end(identity: ProcessIdentity): Promise<void> {
  signal(identity, 'SIGTERM');
  if (await waitForEnd(identity, stopTimeoutMs)) return;
  signal(identity, 'SIGKILL');
  await waitForEnd(identity, stopTimeoutMs);
}
