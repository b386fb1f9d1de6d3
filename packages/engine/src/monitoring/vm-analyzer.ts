import type { VmStatus } from '@virgate/contract/generated/types';
import type { EventName } from '@virgate/contract/generated/events';
import type { VmReport } from './statistics.ts';

/** What the engine knows of a VM's run. */
export interface KnownVm {
  id: string;
  status: VmStatus;
  hostId: string | null;
  migratingToHostId: string | null;
  pauseCode: string | null;
  /** Stamp of the newest information of its host: older reports are ignored. Each host counts from its own start. Source: VDSM, event notifications. */
  stamp: number;
}

/** What a report means for the VM's row. Undefined members stay as they are. */
export interface VmChange {
  status?: VmStatus;
  hostId?: string | null;
  migratingToHostId?: string | null;
  pauseCode?: string | null;
  exit?: { status: number; reason: number; message: string };
  started?: true;
  stopped?: true;
  /** Another host has it now: what was reported of it before says nothing any more. */
  handedOver?: true;
}

/** What to do beside changing the row. */
export type VmEffect =
  | { kind: 'event'; name: EventName; reason?: string }
  /** The host keeps a VM that is down until it is told that its end was seen. */
  | { kind: 'destroyOnHost' };

export interface VmDecision {
  change: VmChange;
  effects: VmEffect[];
}

const statuses: Record<string, VmStatus> = {
  waitforlaunch: 'wait_for_launch',
  poweringup: 'powering_up',
  up: 'up',
  poweringdown: 'powering_down',
  rebootinprogress: 'reboot_in_progress',
  paused: 'paused',
  savingstate: 'saving_state',
  restoringstate: 'restoring_state',
  migrationsource: 'migrating',
  migrationdestination: 'migrating',
  down: 'down',
  notresponding: 'not_responding',
};
/** The API's status for a host's word: blanks and case do not matter. */
export const statusOf = (wire: string): VmStatus | undefined => statuses[wire.replaceAll(' ', '').toLowerCase()];

const nothing: VmDecision = { change: {}, effects: [] };
/** Exit reasons that are an orderly end. Source: VDSM, VM exit reasons. */
const exitReason = { migrationSucceeded: 4, saveStateSucceeded: 5 } as const;
const idle: ReadonlySet<VmStatus> = new Set<VmStatus>(['down', 'suspended', 'image_locked']);
const pauseEvents: Record<string, EventName> = {
  EIO: 'VM_PAUSED_EIO',
  ENOSPC: 'VM_PAUSED_ENOSPC',
  EPERM: 'VM_PAUSED_EPERM',
  EOTHER: 'VM_PAUSED_ERROR',
};
const isError = (pauseCode: string | null): boolean => pauseCode !== null && pauseCode in pauseEvents;

/** The VM ended: suspended when it was saving its state, otherwise down, with error where the host says so. */
function ended(known: KnownVm, exit: { status: number; reason: number; message: string }, seen: boolean): VmDecision {
  const suspended = known.status === 'saving_state' && (exit.status === 0 || exit.reason === exitReason.saveStateSucceeded);
  const effects: VmEffect[] = seen ? [{ kind: 'destroyOnHost' }] : [];
  const event: VmEffect = suspended
    ? { kind: 'event', name: 'USER_SUSPEND_VM_OK' }
    : exit.status === 0
      ? { kind: 'event', name: 'VM_DOWN', reason: exit.message }
      : { kind: 'event', name: 'VM_DOWN_ERROR', reason: exit.message };
  return {
    change: { status: suspended ? 'suspended' : 'down', hostId: null, migratingToHostId: null, pauseCode: null, exit, stopped: true },
    effects: [...effects, event],
  };
}

function paused(known: KnownVm, code: string | null): VmEffect[] {
  if (known.status === 'paused' && known.pauseCode === code) return [];
  return [{ kind: 'event', name: (code === null ? undefined : pauseEvents[code]) ?? 'VM_PAUSED' }];
}

/** The VM belongs to the host to which it went; that one will say how it is. Source: engine behaviour, hand-over of a migration. */
const handOver = (known: KnownVm, effects: VmEffect[]): VmDecision => ({
  change: { status: 'migrating', hostId: known.migratingToHostId, migratingToHostId: null, pauseCode: null, handedOver: true },
  effects,
});

/** What the host from which a VM migrates says of it. Undefined where it is as with any other VM. */
function leaving(known: KnownVm, report: VmReport, status: VmStatus, inHand: boolean): VmDecision | undefined {
  if (status === 'down') {
    const moved = report.exitReason === exitReason.migrationSucceeded;
    return moved ? handOver(known, [{ kind: 'destroyOnHost' }]) : undefined;
  }
  if (status === 'paused' && report.pauseCode === 'POSTCOPY') return handOver(known, []);
  // It stays after all, or has not begun to leave: the job that moves it finds out which.
  return inHand && status !== 'migrating' ? nothing : undefined;
}

function running(known: KnownVm, status: VmStatus, report: VmReport, hostId: string): VmDecision {
  const pauseCode = status === 'paused' ? (report.pauseCode ?? 'NOERR') : null;
  const effects: VmEffect[] = status === 'paused' ? paused(known, pauseCode) : [];
  if (known.status === 'paused' && status !== 'paused' && isError(known.pauseCode))
    effects.push({ kind: 'event', name: 'VM_RECOVERED_FROM_PAUSE_ERROR' });
  if (known.status === 'powering_down' && status === 'up') effects.push({ kind: 'event', name: 'VM_POWER_DOWN_FAILED' });
  const change: VmChange = {};
  // A command's own word counts until the host has caught up: what it is about to do is no news.
  const catchingUp =
    (known.status === 'saving_state' && status === 'up') || (known.status === 'wait_for_launch' && status === 'wait_for_launch');
  if (known.status !== status && !catchingUp) change.status = status;
  if (known.hostId !== hostId) change.hostId = hostId;
  if (known.hostId !== null && known.hostId !== hostId) change.handedOver = true;
  if (known.migratingToHostId !== null && status !== 'migrating') change.migratingToHostId = null;
  if (known.pauseCode !== pauseCode) change.pauseCode = pauseCode;
  if (idle.has(known.status) || known.status === 'wait_for_launch') change.started = true;
  return { change, effects };
}

/**
 * What a host's report of one VM means. Pure: rows in, changes and effects out.
 * @param report undefined when the host's full list does not have the VM
 * @param inHand a job is at work on the VM's run (it is being started or stopped): its disappearance is that job's business
 */
export function analyzeVm(known: KnownVm, report: VmReport | undefined, hostId: string, inHand: boolean): VmDecision {
  if (report === undefined) {
    if (known.hostId !== hostId || idle.has(known.status)) return nothing;
    if (known.migratingToHostId !== null) return handOver(known, []);
    if (inHand) return nothing;
    return ended(
      known,
      {
        status: known.status === 'powering_down' ? 0 : 1,
        reason: 9,
        message: known.status === 'powering_down' ? '' : 'The VM is no longer there on its host.',
      },
      false,
    );
  }
  const status = statusOf(report.status);
  const isHere = known.hostId === hostId;
  if (status === undefined || (isHere && report.stamp !== undefined && report.stamp < known.stamp)) return nothing;
  if (isHere && known.migratingToHostId !== null) {
    const decision = leaving(known, report, status, inHand);
    if (decision) return decision;
  }
  if (status === 'down') {
    if (!isHere) return { change: {}, effects: [{ kind: 'destroyOnHost' }] };
    if (idle.has(known.status)) return { change: {}, effects: [{ kind: 'destroyOnHost' }] };
    return ended(known, { status: report.exitCode ?? 0, reason: report.exitReason ?? -1, message: report.exitMessage ?? '' }, true);
  }
  // Another host's word about a VM that runs elsewhere counts only once the VM really runs there.
  const arrived = known.migratingToHostId === hostId && (status === 'paused' || status === 'powering_up');
  if (known.hostId !== null && !isHere && status !== 'up' && !arrived) return nothing;
  if (known.hostId === null && idle.has(known.status) && status !== 'up' && status !== 'powering_up' && status !== 'paused') return nothing;
  return running(known, status, report, hostId);
}
