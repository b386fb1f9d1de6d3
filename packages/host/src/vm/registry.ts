import { isLibvirtError, ErrorNumber } from '@virgate/libvirt';
import type { DirectLuns } from '../iscsi/direct-luns.ts';
import type { LibvirtConnection } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import type { AgentTls } from '../certificate/renewal.ts';
import type { Clock } from '../clock.ts';
import type { DomainEnvironment } from '../domain-xml/environment.ts';
import type { LeaseIds, LeasePlace } from '../domain-xml/leases.ts';
import { readDomainFacts } from '../domain-xml/facts.ts';
import type { Hooks } from '../hooks/index.ts';
import type { AgentLog } from '../log.ts';
import { errorCode } from '../verb.ts';
import type { BackupFiles } from './backup/files.ts';
import type { ExternalData } from './external-data.ts';
import { HypervisorTimeout, HypervisorUnavailable } from './hypervisor.ts';
import type { Hypervisor, Lane } from './hypervisor.ts';
import type { JobRegistry } from '../job/registry.ts';
import type { LiveVolumes } from '../volume/live-volumes.ts';
import type { ImagePreparer } from './images.ts';
import { nextChangeMs, nextState, statusOf } from './status.ts';
import type { VmEvent } from './status.ts';
import { statusReport } from './statistics.ts';
import type { StatisticsContext } from './statistics.ts';
import type { VmStore } from './store.ts';
import type { Vm } from './vm.ts';

/** What the VM half of the agent works with. */
export interface VmDependencies {
  hypervisor: Hypervisor;
  images: ImagePreparer;
  /** LUNs that are disks of VMs. */
  luns: DirectLuns;
  hooks: Hooks;
  liveVolumes: LiveVolumes;
  /** Jobs of the host, which callers ask for. */
  jobs: JobRegistry;
  store: VmStore;
  clock: Clock;
  log: AgentLog;
  /** Sends a notification to the engine. */
  emit: (eventId: string, params: object) => void;
  /** Stamp for statistics, from the clock of the events. */
  eventTime: () => number;
  /** What domains need to know of the host. */
  environment: () => DomainEnvironment;
  displayAddress: (listenAddress: string) => string;
  /** Whether a storage domain answers. */
  isStorageWell: (domainId: string) => boolean;
  /** Where a lease lies that VMs of this host may hold; undefined when libvirt has no lock manager. */
  findLease: ((ids: LeaseIds) => Promise<LeasePlace>) | undefined;
  bootId: string;
  /** Makes what goes for the NICs' ports hold, before a guest sends by them. */
  settlePorts: () => Promise<void>;
  /** Makes sure that the bridge for NICs without network is there. */
  ensureUnpluggedBridge: () => Promise<void>;
  /** What VMs keep in files of the host beside their disks. */
  externalData: ExternalData;
  /** Folders beneath which files lie that VMs may boot kernels from. */
  bootDirectories: readonly string[];
  /** Folder for the images of payloads. */
  payloadDirectory: string;
  backupFiles: BackupFiles;
  migration: MigrationEnvironment;
}

/** What migration needs of the host. */
export interface MigrationEnvironment {
  /** What this host speaks TLS with. */
  tls: () => AgentTls;
  /** Folder in which the same lies under the names that libvirt's client looks for. */
  pkiDirectory: string;
  /** Where the libvirts of other hosts are let in; undefined when they are not. */
  libvirtPort: () => number | undefined;
  /** Disks may lie in folders of which libvirt does not know that all hosts see them. */
  unsafe: boolean;
}

/** Most VMs of one host. */
export const maximumVms = 2000;
/** Calls about one VM that may go on past their deadline; a further one is refused at once. */
const maximumStuckCalls = 2;

/** The VMs of this host: their state, who hears of it, and what is done with them one after the other. */
export class VmRegistry {
  readonly dependencies: VmDependencies;
  readonly #vms = new Map<string, Vm>();
  readonly #lookers = new Set<(vm: Vm) => void>();
  #isClosing = false;
  /** How far the migration of a VM to another host is, in percent. */
  migrationProgress: (vm: Vm) => number | undefined = () => undefined;

  constructor(dependencies: VmDependencies) {
    this.dependencies = dependencies;
  }

  list(): Vm[] {
    return [...this.#vms.values()];
  }

  find(vmId: string): Vm | undefined {
    return this.#vms.get(vmId);
  }

  /** @throws VdsmError 1 when there is no such VM */
  get(vmId: string): Vm {
    const vm = this.#vms.get(vmId);
    if (!vm) throw new VdsmError(errorCode.noSuchVm, `Virtual machine does not exist: ${vmId}`);
    return vm;
  }

  /** A VM whose domain runs. @throws VdsmError 1, 6 when it is down or does not run yet */
  running(vmId: string): Vm {
    const vm = this.get(vmId);
    if (vm.state.phase !== 'running' && vm.state.phase !== 'paused')
      throw new VdsmError(
        errorCode.vmIsDown,
        `Virtual machine ${vmId} is not running: its status is ${statusOf(vm.state, this.dependencies.clock.monotonicMs())}`,
      );
    return vm;
  }

  add(vm: Vm): void {
    this.#vms.set(vm.vmId, vm);
  }

  /** Forgets a VM for good. */
  async forget(vm: Vm): Promise<void> {
    vm.cancelTimer();
    this.#vms.delete(vm.vmId);
    await this.dependencies.store.remove(vm.vmId);
  }

  /** Calls `look` after each change of any VM's state. */
  onChange(look: (vm: Vm) => void): void {
    this.#lookers.add(look);
  }

  context(): StatisticsContext {
    const { clock, eventTime, displayAddress } = this.dependencies;
    return { nowMs: clock.monotonicMs(), statusTime: eventTime(), displayAddress, migrationProgress: this.migrationProgress };
  }

  /** Takes an event into a VM's state, tells of a new status, and remembers it. */
  apply(vm: Vm, event: VmEvent): void {
    const { clock, log } = this.dependencies;
    const before = vm.state;
    vm.state = nextState(before, event, clock.monotonicMs());
    if (vm.state === before) return;
    log.info({ vmId: vm.vmId, event: event.type, phase: vm.state.phase, exit: vm.state.exit }, 'VM changed');
    this.#reportStatus(vm, event.type === 'paused' || event.type === 'resumed');
    if (!vm.destroyed)
      this.save(vm).catch((error: unknown) =>
        log.error({ vmId: vm.vmId, error: String(error) }, 'The record of a VM could not be written'),
      );
    if (vm.state.phase === 'down' && before.phase !== 'down') this.letVolumesGo(vm);
    for (const look of this.#lookers) look(vm);
  }

  /** Writes down what a restarted agent needs to know. */
  async save(vm: Vm): Promise<void> {
    const { store, bootId } = this.dependencies;
    await store.save({
      vmId: vm.vmId,
      name: vm.name,
      bootId,
      state: vm.state,
      volumes: vm.volumes,
      clockOffsetSeconds: vm.clockOffsetSeconds,
      ...(vm.consoleEnd ? { consoleEnd: vm.consoleEnd } : {}),
      ...(vm.state.migratingTo === undefined ? {} : { convergence: vm.convergence }),
    });
  }

  /** Runs what changes the domain of a VM, after what was asked before. */
  async inTurn<T>(vm: Vm, work: () => Promise<T>): Promise<T> {
    const before = vm.work;
    const now = before.then(work, work);
    vm.work = now.then(
      () => undefined,
      () => undefined,
    );
    return await now;
  }

  /**
   * Calls libvirt about one VM. A VM that doesn't answer gets no more than a few of the places that
   * all share.
   *
   * @throws HypervisorTimeout, HypervisorUnavailable, LibvirtError
   */
  async call<T>(vm: Vm, lane: Lane, work: (connection: LibvirtConnection) => Promise<T>, deadlineMs?: number): Promise<T> {
    if (vm.stuckCalls >= maximumStuckCalls)
      throw new HypervisorTimeout(`Virtual machine ${vm.vmId} does not respond: earlier calls still wait for it`);
    let settled = false;
    let late = false;
    const counted = async (connection: LibvirtConnection): Promise<T> => {
      try {
        return await work(connection);
      } finally {
        settled = true;
        if (late) vm.stuckCalls--;
      }
    };
    try {
      return await this.dependencies.hypervisor.run(lane, counted, deadlineMs);
    } catch (error) {
      if (error instanceof HypervisorTimeout && !settled) {
        late = true;
        vm.stuckCalls++;
      }
      throw error;
    }
  }

  /** Reads the document of the running domain again. */
  async refreshFacts(vm: Vm): Promise<void> {
    const xml = await this.call(vm, 'query', (connection) => connection.domainGetXMLDesc(vm.vmId));
    vm.facts = readDomainFacts(xml);
    vm.documentXml = xml;
    vm.custom = vm.facts.metadata.custom;
    vm.answeredMs = this.dependencies.clock.monotonicMs();
  }

  /** Tells of a VM that has just come to be known. */
  announce(vm: Vm): void {
    this.#reportStatus(vm, true);
  }

  /** Begins to wait for the next change of a VM's status by time alone. */
  watch(vm: Vm): void {
    this.#reportStatus(vm, false);
  }

  /** Whether the agent stops: what fails now fails for that reason. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Waits for what changes VMs right now, as long as allowed, and begins nothing more. */
  async settle(timeoutMs: number): Promise<void> {
    const timeout = new Promise<void>((resolve) => void this.dependencies.clock.after(timeoutMs, resolve));
    await Promise.race([Promise.all(this.list().map((vm) => vm.work)), timeout]);
    this.#isClosing = true;
  }

  /** Cancels what waits for time to pass. */
  close(): void {
    this.#isClosing = true;
    for (const vm of this.#vms.values()) vm.cancelTimer();
  }

  #reportStatus(vm: Vm, always: boolean): void {
    const { clock, emit } = this.dependencies;
    vm.cancelTimer();
    const nowMs = clock.monotonicMs();
    const changeMs = nextChangeMs(vm.state, nowMs);
    vm.cancelTimer = changeMs === undefined ? () => undefined : clock.after(changeMs - nowMs + 1, () => this.#reportStatus(vm, false));
    const status = statusOf(vm.state, nowMs);
    if (status === vm.reportedStatus && !always) return;
    vm.reportedStatus = status;
    if (!vm.destroyed) emit(`|virt|VM_status|${vm.vmId}`, { [vm.vmId]: statusReport(vm, this.context()) });
  }

  /** Lets the volumes of a VM go that does not run here. */
  letVolumesGo(vm: Vm): void {
    const { images, log } = this.dependencies;
    const volumes = vm.volumes;
    vm.volumes = [];
    const used = new Set(this.list().flatMap((other) => other.volumes.map((ids) => ids.imageId)));
    for (const ids of volumes) {
      // A disk that VMs share is let go by the last of them.
      if (used.has(ids.imageId)) continue;
      images
        .teardown(ids)
        .catch((error: unknown) => log.warn({ vmId: vm.vmId, ...ids, error: String(error) }, 'A volume could not be let go'));
    }
  }
}

/** Any failure of a call about a VM as a fault of the contract; `code` is the verb's own. */
export function asFault(error: unknown, code: number): VdsmError {
  if (error instanceof VdsmError) return error;
  if (isLibvirtError(error, ErrorNumber.NO_DOMAIN)) return new VdsmError(errorCode.noSuchVm, 'Virtual machine does not exist');
  if (error instanceof HypervisorTimeout || error instanceof HypervisorUnavailable)
    return new VdsmError(code, `${error.message}; try again later`, { cause: error });
  return new VdsmError(code, error instanceof Error ? error.message : String(error), { cause: error });
}
