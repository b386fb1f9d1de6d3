import { LibvirtClientError } from '@virgate/libvirt';
import { eventTime, fileFenceStore, VdsmServer } from '@virgate/vdsm';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readAgentTls } from './certificate/renewal.ts';
import type { AgentTls } from './certificate/renewal.ts';
import { createCertificateVerbs } from './certificate/verbs.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { readAgentConfig } from './config.ts';
import type { AgentConfig } from './config.ts';
import { createConsoleEntries } from './console/entries.ts';
import { serveConsoles } from './console/serve.ts';
import type { ConsoleServer } from './console/serve.ts';
import { createConsoleVerbs } from './console/verbs.ts';
import { createDispatcher } from './dispatch.ts';
import type { DomainEnvironment } from './domain-xml/environment.ts';
import { mirrorsOf } from './domain-xml/mirrors.ts';
import { createHostVerbs, fallbackModel, gatherHypervisorFacts, gatherSystemFacts, HostStatistics } from './host/index.ts';
import type { HypervisorFacts, SystemFacts } from './host/index.ts';
import { importJobs } from './external-vms/verbs.ts';
import { createImageServer } from './image-server/server.ts';
import type { ImageServer } from './image-server/server.ts';
import { createTickets } from './image-server/tickets.ts';
import { createImageTicketVerbs } from './image-server/verbs.ts';
import { createHooks } from './hooks/index.ts';
import type { Hooks } from './hooks/index.ts';
import { createLog } from './log.ts';
import type { AgentLog } from './log.ts';
import { MemoryPolicyLoop } from './memory-policy/loop.ts';
import { createHostNetwork, switchFilters } from './network/index.ts';
import type { HostNetwork, NetworkMapping } from './network/index.ts';
import { ensureUnpluggedBridge, removeUnpluggedBridge } from './network/unplugged-bridge.ts';
import { LibvirtGateway } from './migration/gateway.ts';
import { checkHostCall } from './migration/permission.ts';
import { makePkiDirectory } from './migration/pki-directory.ts';
import { writeQemuPki } from './migration/qemu-pki.ts';
import { acceptsPeer } from './peers.ts';
import { createStorage } from './storage.ts';
import type { Storage } from './storage.ts';
import type { VerbTable } from './verb.ts';
import { createBackupFiles, createVmService, ExternalData, Hypervisor, HypervisorUnavailable, VmStore } from './vm/index.ts';
import type { ImagePreparer, VmService } from './vm/index.ts';
import { prepareNetworkFilters } from './vm/network-filters.ts';

/** How long a hook of the agent's end may take: whoever stops the agent waits for it. */
const stopHookTimeoutMs = 5000;

/** How often an agent without libvirtd looks for it. */
const libvirtRetryMs = 1000;

/** A running host agent. */
export interface Agent {
  /** Where it listens; chosen by the system when the configuration says 0. */
  port: number;
  /** Resolves when its VMs are found again and all verbs are answered. */
  ready: Promise<void>;
  /** Stops; guests go on. */
  close(): Promise<void>;
}

/** What is found out once, before the first verb is answered. */
interface HostFacts {
  system: SystemFacts;
  hypervisor: HypervisorFacts;
  networkFilters: Set<string>;
}

function isWildcard(address: string): boolean {
  return address === '' || address === '0.0.0.0' || address === '::' || address === '[::]';
}

function imagePreparer(storage: Storage): ImagePreparer {
  return {
    async prepare(ids) {
      const { path, format, kind } = await storage.images.prepare(ids);
      return { path, format, isBlockDevice: kind === 'block' };
    },
    teardown: (ids) => storage.images.teardown(ids),
  };
}

function domainEnvironment(config: AgentConfig, facts: HostFacts, network: HostNetwork): DomainEnvironment {
  const { hypervisor, system, networkFilters } = facts;
  return {
    acceleration: config.accel,
    cpu: { usableModels: new Set(hypervisor.usableModels), fallbackModel: fallbackModel(hypervisor) },
    host: { osName: system.os.name, osVersion: `${system.os.version}-${system.os.release}`, serial: config.hostUuid },
    graphicsTypes: new Set(hypervisor.graphicsTypes),
    videoModels: new Set(hypervisor.videoModels),
    networkFilters,
    switchFilters,
    displayAddresses: new Map([[config.managementBridge.name, config.vncListen]]),
    bridges: network.bridges(),
    integrationBridge: network.integrationBridge(),
    unpluggedBridge: config.unpluggedBridge,
    spiceTls: config.displayTls.spiceDirectory !== undefined,
    controlGroups: config.libvirt.controlGroups,
    ioThreadsServeNbd: Number(hypervisor.qemuVersion.split('.')[0]) >= 9,
    channelsDirectory: join(config.runDir, 'channels'),
    consolesDirectory: join(config.runDir, 'consoles'),
    firmwareExists: (path) => path.startsWith('/') && existsSync(path),
  };
}

const pkiDirectory = (config: AgentConfig): string => join(config.dataDir, 'libvirt-client');

async function makeFolders(config: AgentConfig): Promise<void> {
  for (const folder of [config.dataDir, config.runDir, join(config.runDir, 'channels'), join(config.runDir, 'consoles')])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  await mkdir(config.repoRoot, { recursive: true, mode: 0o755 });
  await chmod(config.dataDir, 0o700);
  await makePkiDirectory(pkiDirectory(config), config.tls);
}

/** The parts of one agent, put together but not started. */
class Composition {
  readonly hypervisor: Hypervisor;
  readonly storage: Storage;
  readonly vms: VmService;
  readonly memoryPolicy: MemoryPolicyLoop;
  readonly statistics: HostStatistics;
  readonly network: HostNetwork;
  readonly server: VdsmServer;
  readonly images: ImageServer;
  readonly consoles: ConsoleServer;
  readonly hooks: Hooks;
  readonly gateway: LibvirtGateway;
  readonly verbs: VerbTable;
  #imagePort: number | undefined;
  readonly #config: AgentConfig;
  readonly #log: AgentLog;
  #facts: HostFacts | undefined;
  #isReady = false;
  #isClosing = false;
  #tls: AgentTls;

  constructor(config: AgentConfig, log: AgentLog, clock: Clock, bootId: string, tls: AgentTls) {
    this.#config = config;
    this.#log = log;
    this.#tls = tls;
    const emit = (eventId: string, params: object): void => {
      // Nobody listens to an agent that answers nothing yet; statistics tell all of it afterwards.
      if (this.#isReady) this.server.emit(eventId, params);
    };
    const mapping: NetworkMapping = {
      management: config.managementBridge,
      fakeNics: config.fakeNics,
      hiddenBridges: [config.unpluggedBridge],
    };
    this.hooks = createHooks({
      directory: config.hooks.directory,
      runDirectory: join(config.runDir, 'hooks'),
      timeoutMs: config.hooks.timeoutSeconds * 1000,
      log,
    });
    const hooks = this.hooks;
    const network = createHostNetwork({
      mapping,
      monotonicMs: clock.monotonicMs,
      folder: join(config.dataDir, 'network'),
      bootId,
      hooks,
      log,
      emit,
      openVSwitch: config.openVSwitch,
      chassis: { systemId: config.hostUuid, tunnelAddress: config.openVSwitch.tunnelAddress ?? config.address, tls: config.tls },
      mirrors: () => this.vms.registry.list().flatMap((vm) => (vm.state.phase === 'down' ? [] : mirrorsOf(vm.documentXml ?? ''))),
    });
    this.network = network;
    const { owner, ...storageOptions } = config.storage;
    this.hypervisor = new Hypervisor({ socketPath: config.libvirt.socketPath, uri: config.libvirt.uri, log });
    this.storage = createStorage({
      repoRoot: config.repoRoot,
      runDir: config.runDir,
      stateDir: config.dataDir,
      log,
      clock,
      ...storageOptions,
      acceleration: config.accel,
      leasesOfVms: config.libvirt.lockManager !== 'none',
      ...(owner === undefined ? {} : { owner }),
      onJobEnd: (job) => emit(`|jobs|status|${job.id}`, job),
    });
    const backupDirectory = join(config.runDir, 'backup');
    this.vms = createVmService({
      hypervisor: this.hypervisor,
      images: imagePreparer(this.storage),
      luns: this.storage.luns,
      hooks,
      liveVolumes: this.storage.liveVolumes,
      jobs: this.storage.jobs,
      store: new VmStore(join(config.dataDir, 'vms'), log),
      clock,
      log,
      emit,
      eventTime,
      environment: () => domainEnvironment(config, this.facts(), this.network),
      displayAddress: (address) => (isWildcard(address) ? config.address : address),
      findLease: config.libvirt.lockManager === 'none' ? undefined : (ids) => this.storage.findLease(ids),
      isStorageWell: (domainId) => this.storage.domainStatuses()[domainId]?.valid === true,
      bootId,
      settlePorts: () => network.settlePorts(),
      ensureUnpluggedBridge: () => ensureUnpluggedBridge(config.unpluggedBridge),
      externalData: new ExternalData(config.libvirt.stateDirectory, join(config.runDir, 'firmware')),
      bootDirectories: config.boot.directories,
      payloadDirectory: join(config.runDir, 'payloads'),
      backupFiles: createBackupFiles(backupDirectory, join(config.dataDir, 'scratch')),
      migration: {
        tls: () => this.#tls,
        pkiDirectory: pkiDirectory(config),
        libvirtPort: () => this.gateway.port,
        unsafe: config.migration.unsafe,
      },
    });
    this.gateway = new LibvirtGateway({
      host: config.listen.host,
      port: config.migration.port,
      tls,
      libvirtSocket: config.libvirt.socketPath,
      admitArrival: (peer, xml) => this.vms.migrations.incoming.admitArrival(peer, xml),
      log,
    });
    const { informationFile, pageSharing, sharingDirectory, intervalSeconds } = config.memory;
    this.memoryPolicy = new MemoryPolicyLoop({
      vms: this.vms.registry,
      clock,
      log,
      informationFile,
      sharingDirectory: pageSharing === 'manage' ? sharingDirectory : undefined,
      intervalMs: intervalSeconds * 1000,
    });
    this.statistics = new HostStatistics({
      memoryPolicy: this.memoryPolicy,
      informationFile,
      sharingDirectory,
      clock,
      system: () => this.facts().system,
      network,
      vms: this.vms.registry,
      storageDomains: () => this.storage.domainStatuses(),
      imports: () => importJobs(this.storage.jobs),
      watchedPaths: ['/tmp', '/var/log', config.dataDir, config.runDir],
    });
    const hostVerbs = createHostVerbs({
      acceleration: config.accel,
      hostUuid: config.hostUuid,
      vncEncrypted: config.displayTls.vncDirectory !== undefined,
      imageServerPort: () => this.#imagePort,
      system: () => this.facts().system,
      hypervisor: () => this.facts().hypervisor,
      network,
      statistics: this.statistics,
      memoryPolicy: this.memoryPolicy,
      sharingDirectory: pageSharing === 'manage' ? sharingDirectory : undefined,
      hooks,
      log,
    });
    const tickets = createTickets(clock.monotonicMs);
    const consoleEntries = createConsoleEntries(clock.monotonicMs);
    this.consoles = serveConsoles(this.vms.registry, consoleEntries, log, () => this.#tls);
    const { upgrade } = this.consoles;
    this.images = createImageServer({ host: config.listen.host, port: config.imagePort, tls, tickets, upgrade, log });
    const listens = (): boolean => this.#imagePort !== undefined;
    this.verbs = {
      ...network.verbs,
      ...hostVerbs,
      ...this.storage.verbs,
      ...this.vms.verbs,
      ...createImageTicketVerbs(
        tickets,
        {
          roots: [config.repoRoot],
          sockets: [this.storage.nbdDirectory, backupDirectory],
          makeRoom: (volume) => this.storage.liveVolumes.makeRoomForWriter(volume),
        },
        listens,
      ),
      ...createConsoleVerbs(this.vms.registry, consoleEntries, listens),
      ...this.#certificateVerbs(),
    };
    this.server = new VdsmServer({
      host: config.listen.host,
      port: config.listen.port,
      tls,
      dispatch: createDispatcher(
        this.verbs,
        () => this.#isReady,
        (call) => checkHostCall(this.vms.registry, call),
      ),
      acceptPeer: (peer) => acceptsPeer(config.tls.peers, peer),
      fence: fileFenceStore(join(config.dataDir, 'fence.json')),
      log,
    });
  }

  #certificateVerbs(): VerbTable {
    return createCertificateVerbs({
      files: this.#config.tls,
      hostName: this.#config.address,
      nowMs: Date.now,
      renewed: (tls) => {
        this.#tls = tls;
        this.server.setTls(tls);
        this.images.setTls(tls);
        this.gateway.setTls(tls);
        void this.keepQemuPki();
      },
      log: this.#log,
    });
  }

  /** Gives QEMU what migrations and its screens are encrypted with. */
  async keepQemuPki(): Promise<void> {
    const { migration, displayTls } = this.#config;
    const { vncDirectory, spiceDirectory, group } = displayTls;
    const screens = [...new Set([vncDirectory, spiceDirectory])].flatMap((directory) =>
      directory === undefined ? [] : { directory, group },
    );
    for (const pki of [...(migration.pki === undefined ? [] : [migration.pki]), ...screens]) {
      const { directory } = pki;
      try {
        if (!(await writeQemuPki(pki, this.#tls))) this.#log.info({ directory }, 'What QEMU encrypts with is not kept by this agent');
      } catch (error) {
        this.#log.error({ directory, error: String(error) }, 'QEMU could not be given what it encrypts with');
      }
    }
  }

  facts(): HostFacts {
    if (!this.#facts) throw new Error('The facts of the host are asked for before they are known');
    return this.#facts;
  }

  /** Everything between listening and answering. */
  async recover(): Promise<void> {
    await this.#tell('before_vdsm_start');
    await this.network.recover();
    const [system, hypervisor] = await Promise.all([gatherSystemFacts(), this.#askHypervisor()]);
    this.#facts = { system, hypervisor, networkFilters: await prepareNetworkFilters(this.hypervisor, this.#log) };
    await this.statistics.start();
    await this.storage.recover();
    await this.vms.recover();
    this.memoryPolicy.start();
    this.#isReady = true;
    this.#log.info({ address: this.#config.address, acceleration: this.#config.accel }, 'Host agent is ready');
  }

  /** libvirtd may start after the agent, or be started again while it asks. */
  async #askHypervisor(): Promise<HypervisorFacts> {
    while (true) {
      try {
        return await gatherHypervisorFacts(this.hypervisor, this.#config.accel);
      } catch (error) {
        if (this.#isClosing || !(error instanceof HypervisorUnavailable || error instanceof LibvirtClientError)) throw error;
        this.#log.warn(
          { socketPath: this.#config.libvirt.socketPath, error: error.message },
          'libvirtd is not there; the agent waits for it',
        );
        await delay(libvirtRetryMs);
      }
    }
  }

  /** The agent starts and stops whatever its hooks say. */
  async #tell(point: 'before_vdsm_start' | 'after_vdsm_stop'): Promise<void> {
    const longest = point === 'after_vdsm_stop' ? stopHookTimeoutMs : Infinity;
    await this.hooks
      .onDocument(point, '', { timeoutMs: Math.min(longest, this.#config.hooks.timeoutSeconds * 1000) })
      .catch((error: unknown) => this.#log.error({ point, error: String(error) }, 'Hooks of the agent could not be run'));
  }

  /** Images can be served another time: an agent without this server does everything else. */
  async listenForImages(): Promise<void> {
    try {
      this.#imagePort = await this.images.listen();
    } catch (error) {
      this.#log.warn(
        { port: this.#config.imagePort, error: String(error) },
        'The server for images does not listen; uploads and downloads are refused',
      );
    }
  }

  /** A host without this door serves all the same; only VMs of other hosts can't come to it. */
  async listenForMigrations(): Promise<void> {
    const { tls, migration } = this.#config;
    if (!tls.peers.some((rule) => rule === 'hosts' || rule === 'any')) return;
    try {
      await this.gateway.listen();
    } catch (error) {
      this.#log.warn(
        { port: migration.port, error: String(error) },
        'The port for migrations is not listened on; no VM can come to this host',
      );
    }
  }

  async close(): Promise<void> {
    this.#isReady = false;
    this.#isClosing = true;
    await this.gateway.close();
    await this.server.close();
    this.consoles.close();
    await this.images.close();
    this.statistics.stop();
    this.memoryPolicy.stop();
    this.network.close();
    await this.vms.close();
    await this.storage.close();
    await this.#tell('after_vdsm_stop');
    await removeUnpluggedBridge(this.#config.unpluggedBridge).catch((error: unknown) =>
      this.#log.warn({ error: String(error) }, 'The bridge for NICs without network could not be removed'),
    );
  }
}

/**
 * Starts a host agent: it listens at once, and answers 99 until its VMs are found again.
 *
 * @throws Error when it can't listen or its folders and keys can't be read; an agent without libvirtd
 * waits for it
 */
export async function startAgent(config: AgentConfig, log: AgentLog, clock: Clock = systemClock): Promise<Agent> {
  await makeFolders(config);
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const parts = new Composition(config, log, clock, bootId, await readAgentTls(config.tls));
  await parts.keepQemuPki();
  const { port } = await parts.server.listen();
  await parts.listenForImages();
  await parts.listenForMigrations();
  log.info({ host: config.listen.host, port, ipVersion: isIP(config.listen.host) }, 'Host agent listens');
  const ready = parts.recover();
  ready.catch(() => undefined);
  return { port, ready, close: () => parts.close() };
}

/** The verbs that this agent answers, by their full names; others of the contract answer 44. Nothing of the machine is touched. */
export function answeredVerbs(): string[] {
  const folder = '/nonexistent';
  const config = readAgentConfig(
    {
      dataDir: 'data',
      runDir: 'run',
      repoRoot: 'repository',
      listen: { port: 0 },
      address: '::1',
      tls: { keyFile: 'key', certFile: 'certificate', caFile: 'authority' },
      libvirt: { socketPath: 'libvirt' },
      accel: 'tcg',
      hostUuid: '00000000-0000-0000-0000-000000000000',
      hostName: 'none',
      managementBridge: { name: 'ovirtmgmt', bridge: 'ovirtmgmt' },
    },
    folder,
  );
  const { verbs } = new Composition(config, createLog('silent'), systemClock, '', { key: '', cert: '', ca: '' });
  return Object.keys(verbs).sort();
}
