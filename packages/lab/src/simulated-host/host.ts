import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorCode, VdsmError, VdsmServer } from '@virgate/vdsm';
import type { FenceStore, VdsmCall, VdsmTls } from '@virgate/vdsm';
import { SimulatedConsoles } from './consoles.ts';
import { FaultPlan, faultError } from './faults.ts';
import type { Fault, FaultAction } from './faults.ts';
import { DEFAULT_CPU_FLAGS, hostVerbs } from './host-verbs.ts';
import { liveXml, settleDisks } from './live-disks.ts';
import { migrationVerbs } from './migration.ts';
import { SimulatedNetwork } from './network.ts';
import type { SimulatedVerb } from './parameters.ts';
import type { SimulatedPower } from './power.ts';
import { SimulatedImageServer } from './image-server.ts';
import { SimulatedStorage } from './storage.ts';
import type { StorageContent } from './storage.ts';
import { blockVerbs } from './block-verbs.ts';
import { externalVmVerbs } from './external-vms.ts';
import { storageVerbs } from './storage-verbs.ts';
import type { StorageSession } from './storage-verbs.ts';
import { SimulatedTasks } from './tasks.ts';
import type { TaskContent } from './tasks.ts';
import type { VirtualMachine } from './virtual-machine.ts';
import { VirtualMachines } from './virtual-machines.ts';
import type { VmCounts } from './virtual-machines.ts';
import { vmVerbs } from './vm-verbs.ts';
import { volumeVerbs } from './volume-verbs.ts';

/** What a simulated host is; everything but `tls` has a default. */
export interface SimulatedHostOptions {
  /** Address to listen on; a loopback address of its own lets many hosts use the same port. */
  readonly address?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Key, certificate and authority in PEM; null = plain TCP. */
  readonly tls: VdsmTls | null;
  readonly name?: string;
  /** The host's hardware id. */
  readonly uuid?: string;
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly cpuFlags?: string;
  readonly managementNetwork?: string;
  readonly launchDelayMs?: number;
  readonly bootDelayMs?: number;
  readonly shutdownDelayMs?: number;
  /** How long the memory of a VM takes to another host, where the bandwidth has no limit. */
  readonly migrationDelayMs?: number;
  /** How long a storage task or job takes. */
  readonly taskDelayMs?: number;
  readonly faults?: readonly Fault[];
  /** Storage that this host shares with others; without it, it has its own. */
  readonly storage?: SimulatedStorage;
  /** Management boards that this host shares with others; without them it cannot fence. */
  readonly power?: SimulatedPower;
  /** File that keeps VMs, tasks and own storage over a restart of the process. */
  readonly stateFile?: string;
  /** Where the highest fencing number is kept; in memory by default. */
  readonly fence?: FenceStore;
}

interface KeptState {
  readonly vms: readonly VirtualMachine[];
  readonly tasks: TaskContent;
  readonly storage?: StorageContent;
}

const DROP_PAUSE_MS = 500;
const DEFAULT_DOWN_MS = 200;
const GIB = 1024 ** 3;

function readState(path: string | undefined): KeptState | undefined {
  if (path === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as KeptState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A running simulated host. */
export class SimulatedHost implements AsyncDisposable {
  readonly name: string;
  readonly uuid: string;
  readonly address: string;
  readonly storage: SimulatedStorage;
  readonly faults: FaultPlan;
  /** Calls by verb, those that a fault befell included. */
  readonly calls: Record<string, number> = {};
  readonly #options: SimulatedHostOptions;
  readonly #vms: VirtualMachines;
  readonly #tasks: SimulatedTasks;
  readonly #session: StorageSession = { connections: new Set(), pool: undefined, tickets: new Map(), nbdServers: new Map() };
  readonly #verbs: ReadonlyMap<string, SimulatedVerb>;
  readonly #hanging = new Set<(error: Error) => void>();
  #server: VdsmServer;
  #port: number;
  readonly #consoles = new SimulatedConsoles();
  readonly #images: SimulatedImageServer | undefined;
  #imagePort: number | undefined;
  #closed = false;
  #restarting: Promise<void> | undefined;

  constructor(options: SimulatedHostOptions) {
    const kept = readState(options.stateFile);
    this.#options = options;
    this.#port = options.port ?? 0;
    this.name = options.name ?? 'simulated-host';
    this.uuid = options.uuid ?? randomUUID();
    this.address = options.address ?? '127.0.0.1';
    this.faults = new FaultPlan(options.faults);
    this.storage = options.storage ?? new SimulatedStorage(kept?.storage === undefined ? {} : { content: kept.storage });
    const onChange = (): void => this.#save();
    if (options.storage === undefined) this.storage.onChange = onChange;
    this.#tasks = new SimulatedTasks({ durationMs: options.taskDelayMs ?? 10, onChange, content: kept?.tasks });
    this.#tasks.abandon();
    const times = {
      launchDelayMs: options.launchDelayMs ?? 10,
      bootDelayMs: options.bootDelayMs ?? 100,
      shutdownDelayMs: options.shutdownDelayMs ?? 50,
    };
    this.#vms = new VirtualMachines(
      {
        times,
        storage: this.storage,
        address: this.address,
        hostName: this.name,
        emit: (id, params) => this.#server.emit(id, params),
        onChange: () => {
          this.#consoles.endGone();
          onChange();
        },
      },
      kept?.vms,
    );
    this.#verbs = new Map(Object.entries(this.#allVerbs()));
    this.#server = this.#newServer();
    options.power?.register(this);
    if (options.tls !== null) {
      const { upgrade } = this.#consoles;
      this.#images = new SimulatedImageServer(options.tls, { storage: this.storage, session: this.#session, vms: this.#vms, upgrade });
    }
  }

  #allVerbs(): Record<string, SimulatedVerb> {
    const { storage, address } = this;
    const facts = {
      name: this.name,
      uuid: this.uuid,
      address,
      cpus: this.#options.cpus ?? 16,
      memoryBytes: this.#options.memoryBytes ?? 64 * GIB,
      managementNetwork: this.#options.managementNetwork ?? 'ovirtmgmt',
      cpuFlags: this.#options.cpuFlags ?? DEFAULT_CPU_FLAGS,
    };
    const parts = {
      storage,
      address,
      facts,
      session: this.#session,
      tasks: this.#tasks,
      startedAtMs: Date.now(),
      network: new SimulatedNetwork(facts),
    };
    const ofHost = hostVerbs({ ...parts, vms: this.#vms.all });
    return {
      ...ofHost,
      'Host.getCapabilities': (params, call) => ({
        ...(ofHost['Host.getCapabilities']?.(params, call) as object),
        ...(this.#imagePort === undefined ? {} : { imageServerPort: this.#imagePort }),
      }),
      ...(this.#options.power === undefined ? {} : { 'Host.fenceNode': this.#options.power.fenceNode }),
      ...storageVerbs(parts),
      ...blockVerbs(parts),
      ...volumeVerbs(parts),
      ...externalVmVerbs(parts),
      ...this.#tasks.verbs(),
      ...vmVerbs({ ...parts, vms: this.#vms }),
      ...this.#consoles.verbs(this.#vms),
      ...migrationVerbs({ vms: this.#vms, tls: this.#options.tls, durationMs: this.#options.migrationDelayMs ?? 100 }),
    };
  }

  #newServer(): VdsmServer {
    return new VdsmServer({
      host: this.address,
      port: this.#port,
      tls: this.#options.tls,
      dispatch: async (call) => this.#dispatch(call),
      ...(this.#options.fence === undefined ? {} : { fence: this.#options.fence }),
    });
  }

  async #dispatch(call: VdsmCall): Promise<unknown> {
    this.calls[call.method] = (this.calls[call.method] ?? 0) + 1;
    await this.#suffer(this.faults.take(call.method, 'before', call.params), call.params);
    const verb = this.#verbs.get(call.method);
    if (verb === undefined) throw new VdsmError(ErrorCode.methodNotFound, `The simulated host has no ${call.method}`);
    const result = await verb(call.params, call);
    await this.#suffer(this.faults.take(call.method, 'after', call.params), call.params);
    return result;
  }

  async #suffer(action: FaultAction | undefined, params: Readonly<Record<string, unknown>>): Promise<void> {
    if (action === undefined) return;
    if (action.kind === 'crash-guest') {
      this.crashVm(String(params['vmID']));
      return;
    }
    if (action.kind === 'error') throw faultError(action);
    if (action.kind === 'delay') {
      await sleep(action.delayMs);
      return;
    }
    if (action.kind === 'drop') {
      this.#server.disconnectAll();
      // An answer that is given at once may still find its way out before the connection is closed.
      await sleep(DROP_PAUSE_MS);
      throw new Error('the connection was cut: nobody hears this');
    }
    if (action.kind === 'restart') void this.restart(action.downMs);
    // The caller hears nothing any more; the end of the agent ends the wait.
    await new Promise((_resolve, reject) => {
      this.#hanging.add(reject);
    });
  }

  #save(): void {
    const { stateFile } = this.#options;
    if (stateFile === undefined || this.#closed) return;
    const state: KeptState = {
      vms: [...this.#vms.all.values()],
      tasks: this.#tasks.content,
      ...(this.#options.storage === undefined ? { storage: this.storage.content } : {}),
    };
    writeFileSync(`${stateFile}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${stateFile}.new`, stateFile);
  }

  async listen(): Promise<void> {
    this.#imagePort = await this.#images?.listen(this.address);
    this.#port = (await this.#server.listen()).port;
  }

  get port(): number {
    return this.#port;
  }

  /** The VMs that the host knows, by id. */
  get vms(): ReadonlyMap<string, VirtualMachine> {
    return this.#vms.all;
  }

  /** What was done how often, and how many QEMU processes run now. */
  get counts(): VmCounts & { readonly running: number } {
    return { ...this.#vms.counts, running: this.#vms.runningCount };
  }

  /** Sends an event as the agent would. */
  emit(eventId: string, params: object): void {
    this.#server.emit(eventId, params);
  }

  /** Cuts all connections; the engine may connect again at once. */
  disconnect(): void {
    this.#server.disconnectAll();
  }

  /** The XML of a running VM as libvirt would tell it now, chains and copies included. */
  liveDomain(vmId: string): string {
    const vm = this.#vms.running(vmId);
    settleDisks({ vms: this.#vms, storage: this.storage }, vm);
    return liveXml(this.storage, vm);
  }

  /** The guest switches itself off. */
  guestShutdown(vmId: string): void {
    this.#vms.shutDown(this.#vms.get(vmId), { delayMs: 0, reboot: false });
  }

  /** Somebody looks at a VM's screen from an address, or (empty) leaves it; in the guest somebody is signed in. */
  useConsole(vmId: string, address: string, guestUser = ''): void {
    const vm = this.#vms.running(vmId);
    vm.clientAddress = address;
    vm.guestUser = guestUser;
    this.#vms.changed(vm);
  }

  /** The guest's QEMU process dies. */
  crashVm(vmId: string): void {
    this.#vms.crash(this.#vms.get(vmId));
  }

  /** The guest stops for an I/O error: `EIO`, `ENOSPC`, `EPERM`, `EOTHER`. */
  pauseVm(vmId: string, code: string): void {
    this.#vms.pause(this.#vms.get(vmId), code);
  }

  /** The agent dies and comes back after a while: connections, jobs and running tasks are lost, guests go on. */
  async restart(downMs = DEFAULT_DOWN_MS): Promise<void> {
    this.#restarting ??= this.#restart(downMs).finally(() => {
      this.#restarting = undefined;
    });
    return this.#restarting;
  }

  async #restart(downMs: number): Promise<void> {
    this.#vms.silent = true;
    await this.#stopServer();
    this.#tasks.abandon();
    this.#session.connections.clear();
    this.#session.nbdServers.clear();
    this.#session.tickets.clear();
    this.#session.pool = undefined;
    await sleep(downMs);
    if (this.#closed) return;
    this.#vms.silent = false;
    this.#server = this.#newServer();
    await this.#server.listen();
  }

  async #stopServer(): Promise<void> {
    for (const reject of this.#hanging) reject(new Error('The simulated host ended'));
    this.#hanging.clear();
    await this.#server.close();
  }

  /** Nobody reaches the agent any more; guests and storage go on. {@link answerAgain} ends it. */
  async goSilent(): Promise<void> {
    this.#vms.silent = true;
    await this.#stopServer();
  }

  async answerAgain(): Promise<void> {
    this.#vms.silent = false;
    this.#server = this.#newServer();
    await this.#server.listen();
  }

  /** Power failure: guests and agent are gone at once. {@link powerOn} brings the agent back. */
  async powerOff(): Promise<void> {
    await this.goSilent();
    this.#vms.powerOff();
    this.#tasks.abandon();
    this.#session.connections.clear();
    this.#session.nbdServers.clear();
    this.#session.tickets.clear();
    this.#session.pool = undefined;
  }

  powerOn(): Promise<void> {
    return this.answerAgain();
  }

  /** Ends the simulation of this host; its state file keeps what it was. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#vms.silent = true;
    this.#vms.stopTimers();
    this.#tasks.abandon();
    await this.#stopServer();
    await this.#images?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/**
 * Starts a simulated host: VDSM's protocol and verbs over real TLS, with guests and storage that exist in memory only.
 *
 * @example
 * await using host = await startSimulatedHost({ tls, name: 'host-1', bootDelayMs: 50, faults: [{ verb: 'VM.create', when: 'after', action: { kind: 'drop' } }] });
 * assert.equal(host.counts.launches[vmId], 1);
 */
export async function startSimulatedHost(options: SimulatedHostOptions): Promise<SimulatedHost> {
  const host = new SimulatedHost(options);
  await host.listen();
  return host;
}
