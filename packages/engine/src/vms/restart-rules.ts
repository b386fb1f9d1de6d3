import type { HostStatus, VmStatus } from '@virgate/contract/generated/types';

/**
 * Why a VM is to be started by the engine itself: it is highly available and ended by a fault, or has a lease and a host that does not
 * answer, it ended to start anew as another machine, or it did not come up on the host that took it.
 */
export type RestartReason = 'high_availability' | 'silent_host' | 'cold_reboot' | 'rerun';

/** A VM that is to be started again. Times in epoch milliseconds. */
export interface WaitingVm {
  vmId: string;
  reason: RestartReason;
  highlyAvailable: boolean;
  priority: number;
  status: VmStatus;
  /** Status of the host that has it; null when none has. */
  hostStatus: HostStatus | null;
  /** Its run holds a lease. */
  hasLease: boolean;
  attempts: number;
  queuedAtMs: number;
  nextAtMs: number;
}

/** How patient the engine is. Source: engine configuration, AutoStartVm options. */
export interface RestartTimes {
  shortIntervalMs: number;
  longIntervalMs: number;
  /** Attempts at short intervals; those after them come at long ones, without end. */
  shortAttempts: number;
  /** How long a VM waits for those of higher priority. */
  blockedMs: number;
}

/** Statuses of a VM that is not running yet, or not down yet. */
const between: Record<RestartReason, ReadonlySet<VmStatus>> = {
  high_availability: new Set<VmStatus>(['down', 'image_locked', 'wait_for_launch']),
  silent_host: new Set<VmStatus>(['unknown', 'wait_for_launch', 'down']),
  cold_reboot: new Set<VmStatus>(['down', 'image_locked', 'wait_for_launch', 'powering_down']),
  rerun: new Set<VmStatus>(['down', 'image_locked', 'wait_for_launch']),
};

const ofAnyVm: ReadonlySet<RestartReason> = new Set<RestartReason>(['cold_reboot', 'rerun']);

/** Whether nothing is left to be done for a VM: it runs, or it is highly available no more, or has no lease that would keep it single. */
const isSettled = (vm: WaitingVm): boolean =>
  !between[vm.reason].has(vm.status) || (!ofAnyVm.has(vm.reason) && !vm.highlyAvailable) || (vm.status === 'unknown' && !vm.hasLease);

/** Whether a VM may be started: it is down, or its host says nothing of it and its lease decides. */
const isStartable = (vm: WaitingVm): boolean =>
  vm.status === 'down' || (vm.reason === 'silent_host' && vm.status === 'unknown' && vm.hostStatus === 'non_responsive');

/**
 * Which VMs are started now, in order, and which need it no more. The engine begins with the highest priority; those below wait until that
 * one runs, but not for ever. Source: engine behaviour, highly available VMs.
 */
export function decideRestarts(
  waiting: readonly WaitingVm[],
  nowMs: number,
  times: Pick<RestartTimes, 'blockedMs'>,
): { start: string[]; settled: string[] } {
  const open = waiting.filter((vm) => !isSettled(vm)).toSorted((a, b) => b.priority - a.priority || a.queuedAtMs - b.queuedAtMs);
  const isDue = (vm: WaitingVm): boolean => isStartable(vm) && vm.nextAtMs <= nowMs;
  const holdsOthers = (vm: WaitingVm): boolean => vm.status === 'wait_for_launch' || isDue(vm);
  const start = open.filter(
    (vm) =>
      isDue(vm) && (nowMs - vm.queuedAtMs > times.blockedMs || !open.some((other) => other.priority > vm.priority && holdsOthers(other))),
  );
  return { start: start.map((vm) => vm.vmId), settled: waiting.filter(isSettled).map((vm) => vm.vmId) };
}

/** The longest pause between two attempts while the host says nothing. Source: engine behaviour, VM leases. */
const silentPauseMs = 300_000;

/**
 * How long to wait after an attempt, in milliseconds. A host that died lets go of its leases within minutes; one that is only cut off keeps
 * them for as long as it lasts: the pauses double.
 * @param attempts how many there have been, this one included
 */
export function pauseAfter(reason: RestartReason, attempts: number, times: RestartTimes): number {
  if (reason === 'silent_host') return Math.min(silentPauseMs, times.shortIntervalMs * 2 ** Math.min(attempts - 1, 20));
  return attempts < times.shortAttempts ? times.shortIntervalMs : times.longIntervalMs;
}
