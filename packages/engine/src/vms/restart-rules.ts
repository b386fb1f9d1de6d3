import type { VmStatus } from '@virgate/contract/generated/types';

/** Why a VM is to be started by the engine itself: it is highly available and ended by a fault, or it ended to start anew as another machine. */
export type RestartReason = 'high_availability' | 'cold_reboot';

/** A VM that is to be started again. Times in epoch milliseconds. */
export interface WaitingVm {
  vmId: string;
  reason: RestartReason;
  highlyAvailable: boolean;
  priority: number;
  status: VmStatus;
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
  cold_reboot: new Set<VmStatus>(['down', 'image_locked', 'wait_for_launch', 'powering_down']),
};

/** Whether nothing is left to be done for a VM: it runs, or it is highly available no more. */
const isSettled = (vm: WaitingVm): boolean =>
  !between[vm.reason].has(vm.status) || (vm.reason === 'high_availability' && !vm.highlyAvailable);

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
  const isDue = (vm: WaitingVm): boolean => vm.status === 'down' && vm.nextAtMs <= nowMs;
  const holdsOthers = (vm: WaitingVm): boolean => vm.status === 'wait_for_launch' || isDue(vm);
  const start = open.filter(
    (vm) =>
      isDue(vm) && (nowMs - vm.queuedAtMs > times.blockedMs || !open.some((other) => other.priority > vm.priority && holdsOthers(other))),
  );
  return { start: start.map((vm) => vm.vmId), settled: waiting.filter(isSettled).map((vm) => vm.vmId) };
}

/** How long to wait after an attempt, in milliseconds. @param attempts how many there have been, this one included */
export const pauseAfter = (attempts: number, times: RestartTimes): number =>
  attempts < times.shortAttempts ? times.shortIntervalMs : times.longIntervalMs;
