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
import type { AgentConfig } from './config.ts';
import { createDispatcher } from './dispatch.ts';
import type { DomainEnvironment } from './domain-xml/environment.ts';
import { createHostVerbs, fallbackModel, gatherHypervisorFacts, gatherSystemFacts, HostStatistics } from './host/index.ts';
import type { HypervisorFacts, SystemFacts } from './host/index.ts';
import { createImageServer } from './image-server/server.ts';
import type { ImageServer } from './image-server/server.ts';
import { createTickets } from './image-server/tickets.ts';
import { createImageTicketVerbs } from './image-server/verbs.ts';
import type { AgentLog } from './log.ts';
import { createHostNetwork } from './network/index.ts';
import type { HostNetwork, NetworkMapping } from './network/index.ts';
import { ensureUnpluggedBridge, removeUnpluggedBridge } from './network/unplugged-bridge.ts';
import { acceptsPeer } from './peers.ts';
import { createStorage } from './storage.ts';
import type { Storage } from './storage.ts';
import type { VerbTable } from './verb.ts';
import { createVmService, Hypervisor, HypervisorUnavailable, VmStore } from './vm/index.ts';
import type { ImagePreparer, VmService } from './vm/index.ts';
import { prepareNetworkFilters } from './vm/network-filters.ts';

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
  return { prepare: (ids) => storage.images.prepare(ids), teardown: (ids) => storage.images.teardown(ids) };
}

function domainEnvironment(config: AgentConfig, facts: HostFacts, bridges: ReadonlyMap<string, string>): DomainEnvironment {
  const { hypervisor, system, networkFilters } = facts;
  return {
    acceleration: config.accel,
    cpu: { usableModels: new Set(hypervisor.usableModels), fallbackModel: fallbackModel(hypervisor) },
    host: { osName: system.os.name, osVersion: `${system.os.version}-${system.os.release}`, serial: config.hostUuid },
    graphicsTypes: new Set(hypervisor.graphicsTypes),
    videoModels: new Set(hypervisor.videoModels),
    networkFilters,
    displayAddresses: new Map([[config.managementBridge.name, config.vncListen]]),
    bridges,
    unpluggedBridge: config.unpluggedBridge,
    controlGroups: config.libvirt.controlGroups,
    channelsDirectory: join(config.runDir, 'channels'),
    consolesDirectory: join(config.runDir, 'consoles'),
    firmwareExists: (path) => path.startsWith('/') && existsSync(path),
  };
}

async function makeFolders(config: AgentConfig): Promise<void> {
  for (const folder of [config.dataDir, config.runDir, join(config.runDir, 'channels'), join(config.runDir, 'consoles')])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  await mkdir(config.repoRoot, { recursive: true, mode: 0o755 });
  await chmod(config.dataDir, 0o700);
}

/** The parts of one agent, put together but not started. */
class Composition {
  readonly hypervisor: Hypervisor;
  readonly storage: Storage;
  readonly vms: VmService;
  readonly statistics: HostStatistics;
  readonly network: HostNetwork;
  readonly server: VdsmServer;
  readonly images: ImageServer;
  #imagePort: number | undefined;
  readonly #config: AgentConfig;
  readonly #log: AgentLog;
  #facts: HostFacts | undefined;
  #isReady = false;
  #isClosing = false;

  constructor(config: AgentConfig, log: AgentLog, clock: Clock, bootId: string, tls: AgentTls) {
    this.#config = config;
    this.#log = log;
    const emit = (eventId: string, params: object): void => {
      // Nobody listens to an agent that answers nothing yet; statistics tell all of it afterwards.
      if (this.#isReady) this.server.emit(eventId, params);
    };
    const mapping: NetworkMapping = {
      management: config.managementBridge,
      fakeNics: config.fakeNics,
      hiddenBridges: [config.unpluggedBridge],
    };
    const network = createHostNetwork({
      mapping,
      monotonicMs: clock.monotonicMs,
      folder: join(config.dataDir, 'network'),
      bootId,
      log,
      emit,
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
      ...(owner === undefined ? {} : { owner }),
      onJobEnd: (job) => emit(`|jobs|status|${job.id}`, job),
    });
    this.vms = createVmService({
      hypervisor: this.hypervisor,
      images: imagePreparer(this.storage),
      store: new VmStore(join(config.dataDir, 'vms'), log),
      clock,
      log,
      emit,
      eventTime,
      environment: () => domainEnvironment(config, this.facts(), this.network.bridges()),
      displayAddress: (address) => (isWildcard(address) ? config.address : address),
      isStorageWell: (domainId) => this.storage.domainStatuses()[domainId]?.valid === true,
      bootId,
      ensureUnpluggedBridge: () => ensureUnpluggedBridge(config.unpluggedBridge),
      payloadDirectory: join(config.runDir, 'payloads'),
    });
    this.statistics = new HostStatistics({
      clock,
      system: () => this.facts().system,
      network,
      vms: this.vms.registry,
      storageDomains: () => this.storage.domainStatuses(),
      watchedPaths: ['/tmp', '/var/log', config.dataDir, config.runDir],
    });
    const hostVerbs = createHostVerbs({
      acceleration: config.accel,
      hostUuid: config.hostUuid,
      imageServerPort: () => this.#imagePort,
      system: () => this.facts().system,
      hypervisor: () => this.facts().hypervisor,
      network,
      statistics: this.statistics,
      log,
    });
    const tickets = createTickets(clock.monotonicMs);
    this.images = createImageServer({ host: config.listen.host, port: config.imagePort, tls, tickets, log });
    const ticketVerbs = createImageTicketVerbs(tickets, [config.repoRoot], () => this.#imagePort !== undefined);
    const verbs = { ...network.verbs, ...hostVerbs, ...this.storage.verbs, ...this.vms.verbs, ...ticketVerbs, ...this.#certificateVerbs() };
    this.server = new VdsmServer({
      host: config.listen.host,
      port: config.listen.port,
      tls,
      dispatch: createDispatcher(verbs, () => this.#isReady),
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
        this.server.setTls(tls);
        this.images.setTls(tls);
      },
      log: this.#log,
    });
  }

  facts(): HostFacts {
    if (!this.#facts) throw new Error('The facts of the host are asked for before they are known');
    return this.#facts;
  }

  /** Everything between listening and answering. */
  async recover(): Promise<void> {
    await this.network.recover();
    const [system, hypervisor] = await Promise.all([gatherSystemFacts(), this.#askHypervisor()]);
    this.#facts = { system, hypervisor, networkFilters: await prepareNetworkFilters(this.hypervisor, this.#log) };
    await this.statistics.start();
    await this.storage.recover();
    await this.vms.recover();
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

  async close(): Promise<void> {
    this.#isReady = false;
    this.#isClosing = true;
    await this.server.close();
    await this.images.close();
    this.statistics.stop();
    this.network.close();
    await this.vms.close();
    await this.storage.close();
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
  const { port } = await parts.server.listen();
  await parts.listenForImages();
  log.info({ host: config.listen.host, port, ipVersion: isIP(config.listen.host) }, 'Host agent listens');
  const ready = parts.recover();
  ready.catch(() => undefined);
  return { port, ready, close: () => parts.close() };
}
