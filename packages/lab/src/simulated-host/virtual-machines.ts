import { eventTime } from '@virgate/vdsm';
import { breakBitmaps } from './bitmaps.ts';
import { domainHash, withAddresses } from './domain-xml.ts';
import { firmwareOfRun } from './firmware.ts';
import { failure } from './parameters.ts';
import type { SimulatedStorage } from './storage.ts';
import { EXIT_REASON, factsOf } from './virtual-machine.ts';
import type { VirtualMachine, VmExit, VmStatus } from './virtual-machine.ts';
import { shortStatistics } from './vm-statistics.ts';

/** How long things take. */
export interface VmTimes {
  /** From VM.create to a QEMU process that runs. */
  readonly launchDelayMs: number;
  /** From there to a guest that is up and has an address. */
  readonly bootDelayMs: number;
  /** From a request to shut down to the end of QEMU. */
  readonly shutdownDelayMs: number;
}

/** What tests count to see that nothing was done twice. */
export interface VmCounts {
  /** VM.create calls by VM id, refused ones included. */
  readonly createCalls: Record<string, number>;
  /** QEMU processes started by VM id. */
  readonly launches: Record<string, number>;
  /** QEMU processes that did not start because another one had the disk: each would have been a second QEMU. */
  lockedOut: number;
}

interface VmOptions {
  readonly times: VmTimes;
  readonly storage: SimulatedStorage;
  readonly address: string;
  readonly hostName: string;
  readonly emit: (eventId: string, params: object) => void;
  readonly onChange: () => void;
}

const FIRST_DISPLAY_PORT = 5900;
/** Guests get addresses of this network, which exists nowhere. */
const GUEST_NETWORK = '198.18';

/**
 * The virtual machines of a simulated host: QEMU's part (which goes on when the agent dies) and the agent's statuses.
 */
export class VirtualMachines {
  readonly all = new Map<string, VirtualMachine>();
  readonly counts: VmCounts = { createCalls: {}, launches: {}, lockedOut: 0 };
  readonly #options: VmOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #nextGuest = 1;
  /** Events are lost while the agent is away. */
  silent = false;

  constructor(options: VmOptions, kept: readonly VirtualMachine[] = []) {
    this.#options = options;
    for (const vm of kept) {
      this.all.set(vm.vmId, vm);
      this.#nextGuest += 1;
      if (vm.running) this.#lock(vm);
    }
    for (const vm of kept) this.#goOn(vm);
  }

  /** @throws 1 NoSuchVM */
  get(vmId: string): VirtualMachine {
    const vm = this.all.get(vmId);
    if (vm === undefined) throw failure('NoSuchVM', `Virtual machine does not exist: {'vmId': '${vmId}'}`);
    return vm;
  }

  /** @throws 1 NoSuchVM, 6 VMIsDown */
  running(vmId: string): VirtualMachine {
    const vm = this.get(vmId);
    if (!vm.running) throw failure('VMIsDown', 'Virtual machine is down');
    return vm;
  }

  /** Takes a VM in; QEMU starts a moment later. @throws 4 VMExists */
  create(vmId: string, xml: string, restored: boolean, firmware: Record<string, string> = {}): object {
    this.counts.createCalls[vmId] = (this.counts.createCalls[vmId] ?? 0) + 1;
    if (this.all.has(vmId)) throw failure('VMExists', `Virtual machine already exists: ${vmId}`);
    const guest = this.#nextGuest++;
    const full = withAddresses(xml);
    const vm: VirtualMachine = {
      vmId,
      xml: full,
      hash: domainHash(full),
      status: 'WaitForLaunch',
      running: false,
      startedAtMs: Date.now(),
      pauseCode: 'NOERR',
      exit: undefined,
      displayPort: FIRST_DISPLAY_PORT + guest,
      guestAddress: '',
      guestName: '',
      ticket: undefined,
      consoleEnd: undefined,
      vcpuOverride: undefined,
      jobs: {},
      memoryVolumes: restored ? 'restored' : undefined,
      firmware: firmwareOfRun(full, firmware, this.#options.hostName),
    };
    this.all.set(vmId, vm);
    this.#options.onChange();
    this.#goOn(vm);
    return { vmId, status: vm.status, statusTime: String(eventTime()), xml };
  }

  /** Removes a VM, its QEMU first. */
  destroy(vm: VirtualMachine): void {
    this.#end(vm, { code: 0, message: 'Admin shut down from the engine', reason: EXIT_REASON.adminShutdown });
    this.all.delete(vm.vmId);
    this.#options.onChange();
  }

  shutDown(vm: VirtualMachine, request: { readonly delayMs: number; readonly reboot: boolean }): void {
    if (!vm.running) throw failure('VMIsDown', 'Virtual machine is down');
    this.#become(vm, 'Powering down');
    this.#after(vm, request.delayMs + this.#options.times.shutdownDelayMs, () => {
      if (request.reboot) this.reboot(vm);
      else this.#end(vm, { code: 0, message: 'User shut down from within the guest', reason: EXIT_REASON.userShutdown });
    });
  }

  reboot(vm: VirtualMachine): void {
    if (!vm.running) throw failure('VMIsDown', 'Virtual machine is down');
    this.#become(vm, 'RebootInProgress');
    this.#after(vm, this.#options.times.bootDelayMs, () => this.#become(vm, 'Up'));
  }

  /** Stops the processors: by request (NOERR) or for an I/O error (EIO, ENOSPC …). Leases are held while they run. */
  pause(vm: VirtualMachine, code: string): void {
    if (!vm.running) throw failure('VMIsDown', 'Virtual machine is down');
    this.#stopTimer(vm);
    for (const { leaseId } of factsOf(vm).leases) this.#options.storage.letGo(leaseId);
    vm.pauseCode = code;
    this.#become(vm, 'Paused');
  }

  resume(vm: VirtualMachine): void {
    if (!vm.running) throw failure('VMIsDown', 'Virtual machine is down');
    const refusal = this.#options.storage.hold(this.#owner(vm), factsOf(vm).leases);
    if (refusal !== undefined) throw failure('GeneralException', refusal);
    vm.pauseCode = 'NOERR';
    this.#become(vm, 'Up');
    this.#boot(vm);
  }

  hibernate(vm: VirtualMachine, volumes: string): void {
    if (!vm.running) throw failure('VMIsDown', 'Virtual machine is down');
    vm.memoryVolumes = volumes;
    this.#become(vm, 'Saving State');
    this.#after(vm, this.#options.times.shutdownDelayMs, () =>
      this.#end(vm, { code: 0, message: 'SaveState succeeded', reason: EXIT_REASON.savedState }),
    );
  }

  /** It begins to go to another host. */
  leave(vm: VirtualMachine): void {
    this.#stopTimer(vm);
    vm.migrationProgress = 0;
    this.#become(vm, 'Migration Source');
  }

  /** Its processors stand still and its disks are free, for the moment in which it changes the host. */
  letGo(vm: VirtualMachine): void {
    this.#options.storage.unlock(this.#owner(vm));
  }

  /** It runs on the other host. */
  depart(vm: VirtualMachine): void {
    this.#end(vm, { code: 0, message: 'Migration succeeded', reason: EXIT_REASON.migrationSucceeded });
  }

  /** Its migration failed or was cancelled: it goes on here. */
  stay(vm: VirtualMachine): void {
    this.#lock(vm);
    vm.migrationProgress = undefined;
    this.#become(vm, 'Up');
  }

  /** Makes ready for a VM of another host. @throws 4 VMExists */
  expect(vmId: string, xml: string, machine: VirtualMachine | undefined): void {
    const known = this.all.get(vmId);
    if (known !== undefined && known.status !== 'Down') throw failure('VMExists', `Virtual machine already exists: ${vmId}`);
    const vm: VirtualMachine = {
      ...(machine ?? { startedAtMs: Date.now(), guestAddress: '', guestName: '', ticket: undefined, consoleEnd: undefined, firmware: {} }),
      vmId,
      xml,
      hash: domainHash(xml),
      status: 'Migration Destination',
      running: false,
      pauseCode: 'NOERR',
      exit: undefined,
      displayPort: FIRST_DISPLAY_PORT + this.#nextGuest++,
      vcpuOverride: machine?.vcpuOverride,
      jobs: {},
      memoryVolumes: undefined,
      migrationProgress: undefined,
    };
    this.all.set(vmId, vm);
    this.#become(vm, 'Migration Destination');
  }

  /** The guest goes on here. @throws Error when its disks are in use */
  arrive(vm: VirtualMachine): void {
    if (vm.status !== 'Migration Destination') throw failure('VMIsDown', 'No such VM is expected');
    const refusal = this.#lock(vm);
    if (refusal !== undefined) {
      if (refusal.includes('write')) this.counts.lockedOut += 1;
      throw new Error(refusal);
    }
    vm.running = true;
    this.#become(vm, 'Up');
  }

  /** The guest's QEMU dies by itself. */
  crash(vm: VirtualMachine): void {
    this.#breakBitmaps(vm);
    this.#end(vm, { code: 1, message: 'Lost connection with qemu process', reason: EXIT_REASON.lostQemu });
  }

  /** Its devices changed. */
  changed(vm: VirtualMachine): void {
    vm.hash = domainHash(vm.xml);
    this.#options.onChange();
    this.#announce(vm);
  }

  /** Its host takes a lease for it while it runs. @throws 86 when another host holds it */
  hold(vm: VirtualMachine, lease: { readonly domainId: string; readonly leaseId: string }): void {
    const refusal = this.#options.storage.hold(this.#owner(vm), [lease]);
    if (refusal !== undefined) throw failure('HotplugLeaseFailed', refusal);
  }

  /** Its disks are on other volumes: QEMU locks those, and lets go of the others. */
  relock(vm: VirtualMachine): void {
    this.#options.storage.unlock(this.#owner(vm));
    this.#lock(vm);
  }

  /** How many QEMU processes run. */
  get runningCount(): number {
    let count = 0;
    for (const vm of this.all.values()) if (vm.running) count += 1;
    return count;
  }

  /** Power failure: every QEMU is gone, nobody is told. */
  powerOff(): void {
    this.stopTimers();
    for (const vm of this.all.values()) {
      if (vm.running) this.#breakBitmaps(vm);
      this.#options.storage.unlock(this.#owner(vm));
    }
    this.all.clear();
    this.#options.onChange();
  }

  stopTimers(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** QEMU did not write down what it had recorded. */
  #breakBitmaps(vm: VirtualMachine): void {
    for (const { domainId, volumeId, readOnly } of this.#volumes(vm)) {
      const volume = this.#options.storage.content.domains[domainId]?.volumes[volumeId];
      if (volume !== undefined && !readOnly) breakBitmaps(volume);
    }
  }

  /** Holds its leases, then the locks of its disks. @returns why QEMU would not start */
  #lock(vm: VirtualMachine): string | undefined {
    const { storage } = this.#options;
    return storage.hold(this.#owner(vm), factsOf(vm).leases) ?? storage.lock(this.#owner(vm), this.#volumes(vm));
  }

  #owner(vm: VirtualMachine): string {
    return `${this.#options.hostName}/${vm.vmId}`;
  }

  #volumes(vm: VirtualMachine): { domainId: string; volumeId: string; readOnly: boolean; shareable: boolean }[] {
    return factsOf(vm).disks.map(({ domainId, volumeId, readOnly, shareable }) => ({ domainId, volumeId, readOnly, shareable }));
  }

  /** Plans the next step of a VM that starts or boots; also for one that was kept in a file. */
  #goOn(vm: VirtualMachine): void {
    // The other half of the migration is gone with the process.
    if (vm.status === 'Migration Source') vm.status = 'Up';
    else if (vm.status === 'Migration Destination')
      this.#end(vm, { code: 1, message: 'Migration failed', reason: EXIT_REASON.migrationFailed });
    else if (vm.status === 'WaitForLaunch' || vm.status === 'Restoring state')
      this.#after(vm, this.#options.times.launchDelayMs, () => this.#launch(vm));
    else if (vm.status === 'Powering up' || vm.status === 'RebootInProgress') this.#boot(vm);
    else if (vm.status === 'Powering down')
      this.#after(vm, this.#options.times.shutdownDelayMs, () =>
        this.#end(vm, { code: 0, message: 'User shut down from within the guest', reason: EXIT_REASON.userShutdown }),
      );
  }

  #launch(vm: VirtualMachine): void {
    const refusal = this.#lock(vm);
    if (refusal !== undefined) {
      if (refusal.includes('write')) this.counts.lockedOut += 1;
      this.#end(vm, { code: 1, message: refusal, reason: EXIT_REASON.genericError });
      return;
    }
    this.counts.launches[vm.vmId] = (this.counts.launches[vm.vmId] ?? 0) + 1;
    vm.running = true;
    vm.startedAtMs = Date.now();
    if (factsOf(vm).launchPaused) {
      this.#become(vm, 'Paused');
      return;
    }
    this.#become(vm, 'Powering up');
    this.#boot(vm);
  }

  #boot(vm: VirtualMachine): void {
    const delayMs = vm.memoryVolumes === 'restored' ? 0 : this.#options.times.bootDelayMs;
    this.#after(vm, delayMs, () => {
      const guest = vm.displayPort - FIRST_DISPLAY_PORT;
      vm.guestAddress = `${GUEST_NETWORK}.${Math.trunc(guest / 250) % 250}.${(guest % 250) + 1}`;
      vm.guestName = factsOf(vm).name;
      vm.memoryVolumes = undefined;
      this.#become(vm, 'Up');
    });
  }

  #end(vm: VirtualMachine, exit: VmExit): void {
    this.#stopTimer(vm);
    this.#options.storage.unlock(this.#owner(vm));
    vm.running = false;
    vm.backup = undefined;
    vm.checkpoints = [];
    vm.exit = exit;
    vm.guestAddress = '';
    this.#become(vm, 'Down');
  }

  #become(vm: VirtualMachine, status: VmStatus): void {
    vm.status = status;
    this.#options.onChange();
    this.#announce(vm);
  }

  #announce(vm: VirtualMachine): void {
    if (!this.silent) this.#options.emit(`|virt|VM_status|${vm.vmId}`, { [vm.vmId]: shortStatistics(vm, this.#options.address) });
  }

  #after(vm: VirtualMachine, delayMs: number, action: () => void): void {
    this.#stopTimer(vm);
    const timer = setTimeout(() => {
      this.#timers.delete(vm.vmId);
      if (this.all.get(vm.vmId) === vm) action();
    }, delayMs);
    this.#timers.set(vm.vmId, timer);
  }

  #stopTimer(vm: VirtualMachine): void {
    clearTimeout(this.#timers.get(vm.vmId));
    this.#timers.delete(vm.vmId);
  }
}
