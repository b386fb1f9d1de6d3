import { access, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readAgentConfig } from '../config.ts';
import type { Acceleration } from '../domain-xml/environment.ts';
import { isUuid } from '../uuid.ts';
import { readFingerprint } from './engine-connection.ts';
import { EnrolmentError } from './enrolment-error.ts';
import { joinEngine } from './join.ts';
import { readMachineLibvirt } from './machine-libvirt.ts';
import type { MachineLibvirt } from './machine-libvirt.ts';

const machineSocket = '/run/libvirt/libvirt-sock';

export const joinUsage = `virgate-host join URL --token TOKEN --fingerprint SHA256 [options]
  Asks the engine at URL to take this machine, waits until an administrator approves, then runs the agent.
  TOKEN and SHA256 are what the engine answers to POST /virgate/api/host-enrolment-tokens; TOKEN may be -: it is read from standard input.
  --name NAME          name of the host in the engine (default: its host name)
  --address ADDRESS    name or address by which the engine reaches it (default: its first address)
  --port PORT          port that the agent listens on (default 54321)
  --listen ADDRESS     address that the agent listens on (default ::)
  --data DIR           folder for key, certificate and state (default /var/lib/virgate-host)
  --run DIR            folder for sockets and links (default /run/virgate-host)
  --repository DIR     root of the storage repository (default /rhev/data-center)
  --management-network NAME
                       what the host calls the network that its cluster is managed over (default ovirtmgmt)
  --bridge NAME        Linux bridge of the management network (default: --management-network)
  --vnc-listen ADDRESS address that consoles listen on (default: --address when it is one, else 127.0.0.1)
  --libvirt SOCKET     socket of libvirtd (default /run/libvirt/libvirt-sock)
  --lock-manager none|sanlock
                       by what libvirt holds leases of VMs (default: what /etc/libvirt/qemu.conf says)
  --accel kvm|tcg      how guests run (default kvm when /dev/kvm is there)
  --migrate-unsafe     move VMs also when their disks lie in plain folders, which all hosts must see
  --migrate-pki DIR    where QEMU looks for what migrations are encrypted with; the agent puts it there
                       (default: what /etc/libvirt/qemu.conf says, or where libvirt looks without)
  --wait SECONDS       how long to wait for approval (default 86400)
  --no-start           only join, do not run the agent afterwards`;

/** What the command line says. */
export interface JoinCommand {
  engine: URL;
  token: string;
  fingerprint: string;
  name: string;
  address: string;
  port: number;
  listenHost: string;
  dataDir: string;
  runDir: string;
  repoRoot: string;
  managementNetwork: string;
  bridge: string;
  vncListen: string;
  libvirtSocket: string;
  accel: Acceleration | undefined;
  lockManager: 'none' | 'sanlock' | undefined;
  migrateUnsafe: boolean;
  migratePki: string | undefined;
  waitSeconds: number;
  start: boolean;
}

const options = {
  token: { type: 'string' },
  fingerprint: { type: 'string' },
  name: { type: 'string' },
  address: { type: 'string' },
  port: { type: 'string' },
  listen: { type: 'string' },
  data: { type: 'string' },
  run: { type: 'string' },
  repository: { type: 'string' },
  'management-network': { type: 'string' },
  bridge: { type: 'string' },
  'vnc-listen': { type: 'string' },
  libvirt: { type: 'string' },
  accel: { type: 'string' },
  'lock-manager': { type: 'string' },
  'migrate-unsafe': { type: 'boolean' },
  'migrate-pki': { type: 'string' },
  wait: { type: 'string' },
  'no-start': { type: 'boolean' },
} as const;

function usageError(message: string): EnrolmentError {
  return new EnrolmentError('USAGE', `${message}\nusage: ${joinUsage}`);
}

function wholeNumber(name: string, text: string | undefined, fallback: number, maximum: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1 || Number(text) > maximum)
    throw usageError(`--${name} must be a whole number from 1 to ${maximum}`);
  return Number(text);
}

function folder(text: string | undefined, fallback: string): string {
  const path = text ?? fallback;
  return isAbsolute(path) ? path : resolve(path);
}

function firstAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find((address) => !address.internal && address.family === 'IPv4')?.address ?? hostname();
}

function readEngine(text: string | undefined): URL {
  if (text === undefined || !URL.canParse(text))
    throw usageError('The address of the engine is missing, such as https://engine.example.org:8443');
  const url = new URL(text);
  if (url.protocol !== 'https:') throw usageError('The address of the engine must begin with https://');
  if (url.username !== '' || url.password !== '') throw usageError('The address of the engine holds a password; leave it out');
  return url;
}

/** Reads the arguments after `join`. @throws EnrolmentError USAGE */
export function readJoinCommand(argv: readonly string[]): JoinCommand {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  if (positionals.length > 1) throw usageError(`Not understood: ${positionals.slice(1).join(' ')}`);
  if (values.token === undefined || values.token === '' || values.token.length > 1024) throw usageError('--token is missing');
  if (values.fingerprint === undefined) throw usageError('--fingerprint is missing');
  const address = values.address ?? firstAddress();
  if (values.accel !== undefined && values.accel !== 'kvm' && values.accel !== 'tcg') throw usageError('--accel must be kvm or tcg');
  const lockManager = values['lock-manager'];
  if (lockManager !== undefined && lockManager !== 'none' && lockManager !== 'sanlock')
    throw usageError('--lock-manager must be none or sanlock');
  return {
    engine: readEngine(positionals[0]),
    token: values.token === '-' ? readFileSync(0, 'utf8').trim() : values.token,
    fingerprint: readFingerprint(values.fingerprint),
    name: values.name ?? hostname(),
    address,
    port: wholeNumber('port', values.port, 54_321, 65_535),
    listenHost: values.listen ?? '::',
    dataDir: folder(values.data, '/var/lib/virgate-host'),
    runDir: folder(values.run, '/run/virgate-host'),
    repoRoot: folder(values.repository, '/rhev/data-center'),
    managementNetwork: values['management-network'] ?? 'ovirtmgmt',
    bridge: values.bridge ?? values['management-network'] ?? 'ovirtmgmt',
    vncListen: values['vnc-listen'] ?? (/^[\d.]+$/.test(address) || address.includes(':') ? address : '127.0.0.1'),
    libvirtSocket: folder(values.libvirt, machineSocket),
    accel: values.accel,
    lockManager,
    migrateUnsafe: values['migrate-unsafe'] === true,
    migratePki: values['migrate-pki'] === undefined ? undefined : folder(values['migrate-pki'], ''),
    waitSeconds: wholeNumber('wait', values.wait, 86_400, 31_536_000),
    start: values['no-start'] !== true,
  };
}

/** The UUID of this machine by its firmware; one of its own where that has none. */
async function hostUuid(dataDir: string): Promise<string> {
  const kept = (await readFile(join(dataDir, 'host-uuid'), 'utf8').catch(() => '')).trim();
  if (isUuid(kept)) return kept;
  const product = (await readFile('/sys/class/dmi/id/product_uuid', 'utf8').catch(() => '')).trim().toLowerCase();
  return isUuid(product) && !/^[0f-]+$/.test(product) ? product : randomUUID();
}

/** Where QEMU looks for what migrations are encrypted with: of a libvirtd that is not the machine's own only the caller knows. */
function migrationPki({ migratePki, libvirtSocket }: JoinCommand, machine: MachineLibvirt): object {
  if (migratePki !== undefined) return { pkiDirectory: migratePki };
  return libvirtSocket === machineSocket ? machine.migrationPki : {};
}

async function detectAcceleration(): Promise<Acceleration> {
  return await access('/dev/kvm').then(
    () => 'kvm' as const,
    () => 'tcg' as const,
  );
}

/**
 * Runs `virgate-host join`: afterwards the folder holds key, certificates and `agent.json`, with which
 * the agent starts from then on.
 *
 * @returns the configuration file
 * @throws EnrolmentError
 */
export async function runJoin(command: JoinCommand, tell: (line: string) => void): Promise<string> {
  const uuid = await hostUuid(command.dataDir);
  const { dataDir, runDir, repoRoot, address, port, name } = command;
  const machine = await readMachineLibvirt();
  const config = {
    dataDir: join(dataDir, 'state'),
    runDir,
    repoRoot,
    listen: { host: command.listenHost, port },
    address,
    tls: { keyFile: 'pki/host.key', certFile: 'pki/host.cer', caFile: 'pki/ca.pem' },
    libvirt: { socketPath: command.libvirtSocket, lockManager: command.lockManager ?? machine.lockManager },
    accel: command.accel ?? (await detectAcceleration()),
    hostUuid: uuid,
    hostName: name,
    managementBridge: { name: command.managementNetwork, bridge: command.bridge },
    vncListen: command.vncListen,
    displayTls: command.libvirtSocket === machineSocket ? machine.displayTls : {},
    migration: { ...(command.migrateUnsafe ? { unsafe: true } : {}), ...migrationPki(command, machine) },
  };
  // Wrong values are told now, not after somebody approved the host.
  readAgentConfig(config, dataDir);
  const wasThere = await access(dataDir).then(
    () => true,
    () => false,
  );
  try {
    await joinEngine(
      {
        engine: command.engine,
        token: command.token,
        fingerprint: command.fingerprint,
        name,
        address,
        port,
        uuid,
        pkiDirectory: join(dataDir, 'pki'),
      },
      {
        approvalTimeoutMs: command.waitSeconds * 1000,
        pollMs: 2000,
        onWaiting: () => tell(`Host ${name} waits for approval in the engine`),
      },
    );
  } catch (error) {
    if (!wasThere) for (const made of [join(dataDir, 'pki'), dataDir]) await rmdir(made).catch(() => undefined);
    throw error;
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'agent.json');
  await writeFile(join(dataDir, 'host-uuid'), `${uuid}\n`);
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  tell(`Host ${name} is approved; its configuration is ${file}`);
  return file;
}
