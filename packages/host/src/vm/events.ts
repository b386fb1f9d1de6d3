import {
  DomainEventResumedDetailType,
  DomainEventStoppedDetailType,
  DomainEventSuspendedDetailType,
  DomainEventType,
  DomainShutoffReason,
} from '@virgate/libvirt';
import type { DomainEvents } from '@virgate/libvirt';
import type { StopDetail } from './exit.ts';
import type { DomainEventHandlers } from './hypervisor.ts';
import { consoleLeft, consoleOpened } from './console-end.ts';
import { afterwards, runVmHook } from './hooks.ts';
import type { VmRegistry } from './registry.ts';
import type { PauseCode } from './status.ts';
import type { Vm } from './vm.ts';

/** What libvirt calls the ways to stop, in events. */
const stopDetails: Record<number, StopDetail> = {
  [DomainEventStoppedDetailType.SHUTDOWN]: 'shutdown',
  [DomainEventStoppedDetailType.DESTROYED]: 'destroyed',
  [DomainEventStoppedDetailType.CRASHED]: 'crashed',
  [DomainEventStoppedDetailType.MIGRATED]: 'migrated',
  [DomainEventStoppedDetailType.SAVED]: 'saved',
  [DomainEventStoppedDetailType.FAILED]: 'failed',
};

/** The same ways, as libvirt remembers them of a domain that is off. */
const shutoffDetails: Record<number, StopDetail> = {
  [DomainShutoffReason.SHUTDOWN]: 'shutdown',
  [DomainShutoffReason.DESTROYED]: 'destroyed',
  [DomainShutoffReason.CRASHED]: 'failed',
  [DomainShutoffReason.MIGRATED]: 'migrated',
  [DomainShutoffReason.SAVED]: 'saved',
  [DomainShutoffReason.FAILED]: 'failed',
};

/** How a domain that is off came to be so; `undefined` when libvirt does not know. */
export function stopDetailOf(shutoffReason: number): StopDetail | undefined {
  return shutoffDetails[shutoffReason];
}

/** Pauses that libvirt makes on its own way to something else. */
const transientPauses = new Set<number>([DomainEventSuspendedDetailType.MIGRATED, DomainEventSuspendedDetailType.FROM_SNAPSHOT]);

/** Pauses that hooks hear of. */
const hookedPauses = new Set<number>([DomainEventSuspendedDetailType.PAUSED, DomainEventSuspendedDetailType.IOERROR]);

const pauseCodes: Record<string, PauseCode> = { enospc: 'ENOSPC', eperm: 'EPERM', eio: 'EIO' };

/** Action numbers of a watchdog event, as libvirt counts them. */
const watchdogActions = ['ignore', 'pause', 'reset', 'destroy', 'shutdown', 'log', 'ignore'];

/** A domain that starts after its start was given up: the engine may run the VM elsewhere by now. */
function endUnwanted(vms: VmRegistry, vm: Vm): void {
  const { log } = vms.dependencies;
  log.error({ vmId: vm.vmId }, 'A VM that is down was started; it is ended');
  vms
    .call(vm, 'control', (connection) => connection.domainDestroy(vm.vmId))
    .catch((error: unknown) => log.error({ vmId: vm.vmId, error: String(error) }, 'A VM that is down runs and could not be ended'));
}

/** The memory of a VM lies on two hosts and can't be brought together any more: neither can go on. */
function endBroken(vms: VmRegistry, vm: Vm): void {
  const { log } = vms.dependencies;
  log.error({ vmId: vm.vmId }, 'A migration failed after the VM had begun to run on the other host; the VM is ended');
  vms.apply(vm, { type: 'endRequested', request: 'postcopyFailed' });
  vms
    .call(vm, 'control', (connection) => connection.domainDestroy(vm.vmId))
    .catch((error: unknown) => log.error({ vmId: vm.vmId, error: String(error) }, 'A broken VM could not be ended'));
}

function pauseCodeOf(vm: Vm, detail: number, ioErrors: Map<string, PauseCode>): PauseCode {
  if (detail === DomainEventSuspendedDetailType.IOERROR) return ioErrors.get(vm.vmId) ?? 'EOTHER';
  return detail === DomainEventSuspendedDetailType.POSTCOPY ? 'POSTCOPY' : 'NOERR';
}

function onLifecycle(
  { vms, onArrival }: Pick<EventOptions, 'vms' | 'onArrival'>,
  vm: Vm,
  event: DomainEvents['lifecycle'],
  ioErrors: Map<string, PauseCode>,
): void {
  if (vm.state.phase === 'arriving') {
    const ended = event.event === DomainEventType.STOPPED;
    // Late news of its former run here, which went to where it comes from now.
    if (ended && event.detail === DomainEventStoppedDetailType.MIGRATED) return;
    onArrival(vm, ended);
    return;
  }
  switch (event.event) {
    case DomainEventType.STARTED:
      if (vm.state.phase === 'down') endUnwanted(vms, vm);
      return;
    case DomainEventType.SUSPENDED:
      if (event.detail === DomainEventSuspendedDetailType.MIGRATED) vm.switchedMs = vms.dependencies.clock.monotonicMs();
      if (transientPauses.has(event.detail)) return;
      if (event.detail === DomainEventSuspendedDetailType.POSTCOPY_FAILED) endBroken(vms, vm);
      else vms.apply(vm, { type: 'paused', pauseCode: pauseCodeOf(vm, event.detail, ioErrors) });
      if (hookedPauses.has(event.detail)) afterwards(vms, vm, () => runVmHook(vms, vm, 'after_vm_pause'));
      return;
    case DomainEventType.RESUMED:
      ioErrors.delete(vm.vmId);
      vms.apply(vm, { type: 'resumed' });
      if (event.detail === DomainEventResumedDetailType.UNPAUSED) afterwards(vms, vm, () => runVmHook(vms, vm, 'after_vm_cont'));
      return;
    case DomainEventType.STOPPED:
      // A start that fails stops what it began; the start itself tells why.
      if (vm.state.phase === 'launching' || vm.state.phase === 'restoring') return;
      vms.apply(vm, { type: 'stopped', detail: stopDetails[event.detail] ?? 'failed' });
  }
}

function onReboot(vms: VmRegistry, vm: Vm): void {
  if (!vm.destroyOnReboot) {
    vms.apply(vm, { type: 'rebooted' });
    return;
  }
  vms.apply(vm, { type: 'endRequested', request: 'reboot' });
  vms
    .call(vm, 'control', (connection) => connection.domainDestroy(vm.vmId))
    .catch((error: unknown) =>
      vms.dependencies.log.error({ vmId: vm.vmId, error: String(error) }, 'A VM that shall end on reboot could not be ended'),
    );
}

export interface EventOptions {
  vms: VmRegistry;
  /** The guest's agent came or went. */
  onAgent: (vm: Vm, connected: boolean) => void;
  /** What a VM writes to a disk passed the place that QEMU was told to watch. */
  onThreshold: (vm: Vm) => void;
  /** A block job of a VM began to be ready, ended or failed. */
  onBlockJob: (vm: Vm) => void;
  /** Something happened to a VM that comes from another host; `ended`: it does not come any more. */
  onArrival: (vm: Vm, ended: boolean) => void;
}

/** What the agent does at each event of libvirt. Events of domains that are none of its VMs are passed over. */
export function domainEventHandlers({ vms, onAgent, onThreshold, onBlockJob, onArrival }: EventOptions): DomainEventHandlers {
  const ioErrors = new Map<string, PauseCode>();
  const { log, clock } = vms.dependencies;
  const forVm = <Event extends { dom: { uuid: string } }>(handle: (vm: Vm, event: Event) => void) => {
    return (event: Event): void => {
      const vm = vms.find(event.dom.uuid.toLowerCase());
      if (vm) handle(vm, event);
    };
  };
  const refresh = (vm: Vm): void => {
    vms
      .refreshFacts(vm)
      .catch((error: unknown) => log.debug({ vmId: vm.vmId, error: String(error) }, 'The document of a VM could not be read again'));
  };
  return {
    lifecycle: forVm((vm, event) => onLifecycle({ vms, onArrival }, vm, event, ioErrors)),
    reboot: forVm((vm) => onReboot(vms, vm)),
    ioErrorReason: forVm((vm, event) => {
      ioErrors.set(vm.vmId, pauseCodes[event.reason.toLowerCase()] ?? 'EOTHER');
      // The reason may come after the pause that it explains.
      if (vm.state.phase === 'paused') vms.apply(vm, { type: 'paused', pauseCode: ioErrors.get(vm.vmId) ?? 'EOTHER' });
    }),
    agentLifecycle: forVm((vm, event) => onAgent(vm, event.state === 1)),
    rtcChange: forVm((vm, event) => {
      vm.clockOffsetSeconds = String(event.offset);
      if (vm.destroyed) return;
      vms.save(vm).catch((error: unknown) => log.warn({ vmId: vm.vmId, error: String(error) }, 'The record of a VM could not be written'));
    }),
    watchdog: forVm((vm, event) => {
      vm.watchdog = { action: watchdogActions[event.action] ?? 'ignore', timeSeconds: clock.nowMs() / 1000 };
    }),
    graphics: forVm((vm, event) => {
      // Phases: 0 connected, 1 authenticated, 2 gone.
      if (event.phase === 1) {
        vm.clientAddress = event.remote.node;
        consoleOpened(vm);
      } else if (event.phase === 2 && vm.clientAddress === event.remote.node) {
        vm.clientAddress = '';
        consoleLeft(vms, vm);
      }
    }),
    deviceAdded: forVm(refresh),
    deviceRemoved: forVm(refresh),
    deviceRemovalFailed: forVm((vm, event) => void vm.keptDevices.add(event.devAlias)),
    trayChange: forVm(refresh),
    blockJob2: forVm(onBlockJob),
    blockThreshold: forVm(onThreshold),
  };
}
