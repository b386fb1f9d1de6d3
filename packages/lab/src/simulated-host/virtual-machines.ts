import { eventTime } from '@virgate/vdsm';
import { domainHash, withAddresses } from './domain-xml.ts';
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
      if (vm.running) this.#options.storage.lock(this.#owner(vm), this.#volumes(vm));
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
  create(vmId: string, xml: string, restored: boolean): object {
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
      vcpuOverride: undefined,
      jobs: {},
      memoryVolumes: restored ? 'restored' : undefined,
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

  /** Stops the processors: by request (NOERR) or for an I/O error (EIO, ENOSPC …). */
  pause(vm: VirtualMachine, code: string): void {
    if (!vm.running) throw failure('VMIsDown', 'Virtual machine is down');
    this.#stopTimer(vm);
    vm.pauseCode = code;
    this.#become(vm, 'Paused');
  }

  resume(vm: VirtualMachine): void {
    if (!vm.running) throw failure('VMIsDown', 'Virtual machine is down');
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

  /** The guest's QEMU dies by itself. */
  crash(vm: VirtualMachine): void {
    this.#end(vm, { code: 1, message: 'Lost connection with qemu process', reason: EXIT_REASON.lostQemu });
  }

  /** Its devices changed. */
  changed(vm: VirtualMachine): void {
    vm.hash = domainHash(vm.xml);
    this.#options.onChange();
    this.#announce(vm);
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
    for (const vm of this.all.values()) this.#options.storage.unlock(this.#owner(vm));
    this.all.clear();
    this.#options.onChange();
  }

  stopTimers(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #owner(vm: VirtualMachine): string {
    return `${this.#options.hostName}/${vm.vmId}`;
  }

  #volumes(vm: VirtualMachine): { domainId: string; volumeId: string; readOnly: boolean; shareable: boolean }[] {
    return factsOf(vm).disks.map(({ domainId, volumeId, readOnly, shareable }) => ({ domainId, volumeId, readOnly, shareable }));
  }

  /** Plans the next step of a VM that starts or boots; also for one that was kept in a file. */
  #goOn(vm: VirtualMachine): void {
    if (vm.status === 'WaitForLaunch' || vm.status === 'Restoring state')
      this.#after(vm, this.#options.times.launchDelayMs, () => this.#launch(vm));
    else if (vm.status === 'Powering up' || vm.status === 'RebootInProgress') this.#boot(vm);
    else if (vm.status === 'Powering down')
      this.#after(vm, this.#options.times.shutdownDelayMs, () =>
        this.#end(vm, { code: 0, message: 'User shut down from within the guest', reason: EXIT_REASON.userShutdown }),
      );
  }

  #launch(vm: VirtualMachine): void {
    const refusal = this.#options.storage.lock(this.#owner(vm), this.#volumes(vm));
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
