import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, isAbsolute, resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import type { Acceleration } from './domain-xml/environment.ts';
import { libvirtTlsPort } from './migration/gateway.ts';
import type { QemuPki } from './migration/qemu-pki.ts';
import { defaultPeerRules, readPeerRules } from './peers.ts';
import type { PeerRule } from './peers.ts';
import { isUuid } from './uuid.ts';

export { ConfigError } from './config-error.ts';

/** Everything that an agent is told when it starts; one JSON file. Relative paths are relative to it. */
export interface AgentConfig {
  /** What must outlive a restart: records of VMs and tasks. */
  dataDir: string;
  /** What need not outlive a reboot: sockets, links, payloads. */
  runDir: string;
  /** Root of the storage repository (`/rhev/data-center` on a host of oVirt). */
  repoRoot: string;
  listen: { host: string; port: number };
  /** Port of the server for images, on the same address; 0 = chosen by the system. */
  imagePort: number;
  /** How others reach this host; shown where a VM listens on all addresses. */
  address: string;
  /** `peers`: who may command this agent, of those with a certificate of the authority. */
  tls: { keyFile: string; certFile: string; caFile: string; peers: PeerRule[] };
  /** `stateDirectory`: what libvirtd itself sees as /var/lib/libvirt; `lockManager`: what its qemu.conf says, by which it holds leases. */
  libvirt: { socketPath: string; uri: string; controlGroups: boolean; stateDirectory: string; lockManager: 'none' | 'sanlock' };
  accel: Acceleration;
  hostUuid: string;
  hostName: string;
  /** The management network and the Linux bridge that carries it. */
  managementBridge: { name: string; bridge: string };
  /**
   * How bridges of Open vSwitch move packets: in the kernel (`system`), in the switch's own process (`netdev`), or as the kernel can; and on
   * which address of this host tunnels of OVN end, where it is not `address`.
   */
  openVSwitch: { datapath: 'auto' | 'system' | 'netdev'; tunnelAddress: string | undefined };
  /** Bridge for NICs without network; made when first needed, never up, gone with the agent when no NIC is on it. */
  unpluggedBridge: string;
  /** Patterns of virtual devices that are shown as NICs, for labs. */
  fakeNics: string[];
  /** Address on which the consoles of VMs listen. */
  vncListen: string;
  /** Folders that libvirt's qemu.conf names for TLS of VNC and SPICE, where it turns that on; the agent fills them. */
  displayTls: DisplayTls;
  storage: {
    /** Owner of files on storage domains; the agent's own user when missing. */
    owner: { uid: number; gid: number } | undefined;
    directoryMeans: 'link' | 'mount';
    sanlockDaemon: 'auto' | 'never';
    importDirectories: string[];
    /** Patterns of paths of block devices that count as LUNs besides multipath devices. */
    blockDevices: string[];
    /** `loop`: a stand-in for machines whose kernel has no device-mapper. */
    volumeActivation: 'device-mapper' | 'loop';
  };
  /** `directory`: where the programs of hook points lie; `timeoutSeconds`: how long one of them may take. */
  hooks: { directory: string; timeoutSeconds: number };
  /** `pageSharing`: whether this agent decides for the whole machine how the kernel shares equal pages. */
  memory: { informationFile: string; pageSharing: 'manage' | 'leave'; sharingDirectory: string; intervalSeconds: number };
  /**
   * `port`: where other hosts' libvirts are let in to bring VMs (0 = chosen by the system); `unsafe`: whether VMs move whose disks lie in
   * plain folders; `pki`: where QEMU looks for what migrations are encrypted with, kept by the agent; somebody else's when missing.
   */
  migration: { port: number; unsafe: boolean; pki: QemuPki | undefined };
  /** `directories`: beneath which files of this host lie that VMs may boot kernels from. */
  boot: { directories: string[] };
  logLevel: string;
}

/** Where QEMU looks for the certificates of its screens; a protocol without a folder is served without TLS. As qemu.conf says. */
export interface DisplayTls {
  vncDirectory?: string;
  spiceDirectory?: string;
  /** Group as which QEMU runs, by number; missing when it runs as root. */
  group?: number | undefined;
}

class Reader {
  readonly #values: Record<string, unknown>;
  readonly #path: string;
  readonly #base: string;

  constructor(values: unknown, path: string, base: string) {
    if (typeof values !== 'object' || values === null || Array.isArray(values))
      throw new ConfigError(`${path === '' ? 'The configuration' : path} must be an object`);
    this.#values = values as Record<string, unknown>;
    this.#path = path;
    this.#base = base;
  }

  #name(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  section(key: string, optional = false): Reader {
    return new Reader(optional ? (this.#values[key] ?? {}) : this.#values[key], this.#name(key), this.#base);
  }

  text(key: string, fallback?: string): string {
    const value = this.#values[key] ?? fallback;
    if (typeof value !== 'string' || value === '' || value.length > 4096 || value.includes('\0'))
      throw new ConfigError(`${this.#name(key)} must be a text`);
    return value;
  }

  ipAddress(key: string, fallback?: string): string {
    const value = this.text(key, fallback);
    if (isIP(value) === 0) throw new ConfigError(`${this.#name(key)} must be an IP address`);
    return value;
  }

  path(key: string, fallback?: string): string {
    const value = this.text(key, fallback);
    return isAbsolute(value) ? value : resolve(this.#base, value);
  }

  oneOf<T extends string>(key: string, values: readonly T[], fallback?: T): T {
    const value = this.text(key, fallback);
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw new ConfigError(`${this.#name(key)} must be one of ${values.join(', ')}`);
    return found;
  }

  integer(key: string, minimum: number, maximum: number, fallback?: number): number {
    const value = this.#values[key] ?? fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum)
      throw new ConfigError(`${this.#name(key)} must be a whole number from ${minimum} to ${maximum}`);
    return value;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.#values[key] ?? fallback;
    if (typeof value !== 'boolean') throw new ConfigError(`${this.#name(key)} must be true or false`);
    return value;
  }

  texts(key: string, fallback: string[]): string[] {
    const value = this.#values[key] ?? fallback;
    if (!Array.isArray(value) || value.length > 256 || value.some((item) => typeof item !== 'string'))
      throw new ConfigError(`${this.#name(key)} must be a list of texts`);
    return value as string[];
  }

  paths(key: string): string[] {
    const values = this.texts(key, []);
    if (values.some((path) => path === '' || path.length > 4096 || path.includes('\0')))
      throw new ConfigError(`${this.#name(key)} must be a list of paths`);
    return values.map((path) => resolve(this.#base, path));
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined && this.#values[key] !== null;
  }

  /** A name that the kernel takes for a device; it reaches argument lists. */
  device(key: string, fallback?: string): string {
    const value = this.text(key, fallback);
    if (!/^[\w.;@+][\w.;@+-]{0,14}$/.test(value) || value === '.' || value === '..')
      throw new ConfigError(`${this.#name(key)} must be the name of a network device (at most 15 characters)`);
    return value;
  }
}

/** Where packages of hooks for oVirt put them. */
const defaultHooksDirectory = '/usr/libexec/vdsm/hooks';

/** The port beside the agent's own: 54322 beside 54321, which is what other managers expect. */
const defaultImagePort = (port: number): number => (port === 0 || port === 65_535 ? 0 : port + 1);

/** Checks what a configuration file holds. @throws ConfigError */
export function readAgentConfig(values: unknown, baseDirectory: string): AgentConfig {
  const root = new Reader(values, '', baseDirectory);
  const listen = root.section('listen');
  const tls = root.section('tls');
  const libvirt = root.section('libvirt');
  const hooks = root.section('hooks', true);
  const management = root.section('managementBridge');
  const storage = root.section('storage', true);
  const displayTls = root.section('displayTls', true);
  const memory = root.section('memory', true);
  const migration = root.section('migration', true);
  const openVSwitch = root.section('openVSwitch', true);
  const hostUuid = root.text('hostUuid');
  if (!isUuid(hostUuid)) throw new ConfigError('hostUuid must be a UUID');
  const vncListen = root.ipAddress('vncListen', '127.0.0.1');
  const bridge = management.device('bridge');
  return {
    dataDir: root.path('dataDir'),
    runDir: root.path('runDir'),
    repoRoot: root.path('repoRoot'),
    listen: { host: listen.text('host', '::'), port: listen.integer('port', 0, 65_535) },
    imagePort: root.has('imagePort') ? root.integer('imagePort', 0, 65_535) : defaultImagePort(listen.integer('port', 0, 65_535)),
    address: root.text('address'),
    tls: {
      keyFile: tls.path('keyFile'),
      certFile: tls.path('certFile'),
      caFile: tls.path('caFile'),
      peers: readPeerRules(tls.texts('peers', [...defaultPeerRules])),
    },
    libvirt: {
      socketPath: libvirt.path('socketPath'),
      uri: libvirt.text('uri', 'qemu:///system'),
      controlGroups: libvirt.boolean('controlGroups', false),
      stateDirectory: libvirt.path('stateDirectory', '/var/lib/libvirt'),
      lockManager: libvirt.oneOf('lockManager', ['none', 'sanlock'], 'none'),
    },
    accel: root.oneOf('accel', ['kvm', 'tcg']),
    hostUuid: hostUuid.toLowerCase(),
    hostName: root.text('hostName'),
    managementBridge: { name: management.text('name', 'ovirtmgmt'), bridge },
    openVSwitch: {
      datapath: openVSwitch.oneOf('datapath', ['auto', 'system', 'netdev'], 'auto'),
      tunnelAddress: openVSwitch.has('tunnelAddress') ? openVSwitch.ipAddress('tunnelAddress') : undefined,
    },
    unpluggedBridge: root.device('unpluggedBridge', `${bridge.slice(0, 11)}-off`),
    fakeNics: root.texts('fakeNics', ['dummy_*', 'veth_*']),
    vncListen,
    displayTls: {
      ...(displayTls.has('vncDirectory') ? { vncDirectory: displayTls.path('vncDirectory') } : {}),
      ...(displayTls.has('spiceDirectory') ? { spiceDirectory: displayTls.path('spiceDirectory') } : {}),
      group: displayTls.has('group') ? displayTls.integer('group', 0, 2 ** 31) : undefined,
    },
    storage: {
      owner: storage.has('owner')
        ? { uid: storage.section('owner').integer('uid', 0, 2 ** 31), gid: storage.section('owner').integer('gid', 0, 2 ** 31) }
        : undefined,
      directoryMeans: storage.oneOf('directoryMeans', ['link', 'mount'], 'link'),
      sanlockDaemon: storage.oneOf('sanlockDaemon', ['auto', 'never'], 'auto'),
      importDirectories: storage.texts('importDirectories', []),
      blockDevices: storage.texts('blockDevices', []),
      volumeActivation: storage.oneOf('volumeActivation', ['device-mapper', 'loop'], 'device-mapper'),
    },
    hooks: { directory: hooks.path('directory', defaultHooksDirectory), timeoutSeconds: hooks.integer('timeoutSeconds', 1, 3600, 60) },
    memory: {
      informationFile: memory.path('informationFile', '/proc/meminfo'),
      pageSharing: memory.oneOf('pageSharing', ['manage', 'leave'], 'manage'),
      sharingDirectory: memory.path('sharingDirectory', '/sys/kernel/mm/ksm'),
      intervalSeconds: memory.has('intervalSeconds') ? memory.integer('intervalSeconds', 1, 3600) : 15,
    },
    migration: {
      port: migration.has('port') ? migration.integer('port', 0, 65_535) : libvirtTlsPort,
      unsafe: migration.boolean('unsafe', false),
      pki: migration.has('pkiDirectory')
        ? {
            directory: migration.path('pkiDirectory'),
            group: migration.has('pkiGroup') ? migration.integer('pkiGroup', 0, 2 ** 31) : undefined,
          }
        : undefined,
    },
    boot: { directories: root.section('boot', true).paths('directories') },
    logLevel: root.oneOf('logLevel', ['debug', 'info', 'warn', 'error'], 'info'),
  };
}

/** Reads a configuration file. @throws ConfigError */
export async function loadAgentConfig(file: string): Promise<AgentConfig> {
  let values: unknown;
  try {
    values = JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    throw new ConfigError(`${file} can't be read as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return readAgentConfig(values, dirname(resolve(file)));
}
