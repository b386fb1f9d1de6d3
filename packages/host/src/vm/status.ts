import { exitOf, notArrived } from './exit.ts';
import type { EndRequest, StopDetail, VmExit } from './exit.ts';

/** The status of a VM as it travels (VDSM schema, VmStatus). */
export type VmStatus =
  | 'WaitForLaunch'
  | 'Powering up'
  | 'Up'
  | 'Powering down'
  | 'RebootInProgress'
  | 'Paused'
  | 'Saving State'
  | 'Restoring state'
  | 'Migration Source'
  | 'Migration Destination'
  | 'Down';

/** Why a VM is paused (NOERR: somebody wanted it; POSTCOPY: it runs on another host already, which still fetches its memory). */
export type PauseCode = 'NOERR' | 'EIO' | 'ENOSPC' | 'EPERM' | 'EOTHER' | 'POSTCOPY';

/** What the agent knows of a VM's life. Times are monotonic milliseconds. */
export interface VmState {
  phase: 'launching' | 'restoring' | 'arriving' | 'running' | 'paused' | 'saving' | 'down';
  /** The VM began to run. */
  startedMs: number | undefined;
  /** The guest began to boot, last. */
  bootedMs: number | undefined;
  /** The guest's agent spoke since then. */
  agentSeen: boolean;
  shutdownRequestedMs: number | undefined;
  rebooted: boolean;
  pauseCode: PauseCode;
  pausedMs: number | undefined;
  /** What was asked for and will end the VM. */
  endRequested: EndRequest | undefined;
  exit: VmExit | undefined;
  /** It is on its way to another host; the address of that one's agent. */
  migratingTo?: string | undefined;
  /** The host that it comes or came from, by the name in that host's certificate. */
  arrivedFrom?: string | undefined;
}

export type VmEvent =
  | { type: 'started'; paused: boolean; restored?: boolean }
  | { type: 'startFailed'; exit: VmExit }
  | { type: 'agentSpoke' }
  | { type: 'paused'; pauseCode: PauseCode }
  | { type: 'resumed' }
  | { type: 'rebooted' }
  | { type: 'endRequested'; request: EndRequest }
  | { type: 'endGivenUp' }
  | { type: 'saving' }
  | { type: 'savingFailed'; paused: boolean }
  | { type: 'migrating'; to: string }
  | { type: 'migrationEnded' }
  | { type: 'arrived'; paused: boolean }
  | { type: 'stopped'; detail: StopDetail }
  | { type: 'vanished'; exit: VmExit };

/** How long a guest without agent is taken to boot. */
export const bootTimeMs = 60_000;
/** How long a guest that was asked to shut down is shown as doing so. */
export const shutdownTimeMs = 300_000;

/** A VM that was just asked for. */
export function initialState(phase: 'launching' | 'restoring' | 'arriving' = 'launching'): VmState {
  return {
    phase,
    startedMs: undefined,
    bootedMs: undefined,
    agentSeen: false,
    shutdownRequestedMs: undefined,
    rebooted: false,
    pauseCode: 'NOERR',
    pausedMs: undefined,
    endRequested: undefined,
    exit: undefined,
  };
}

/** What an event makes of a VM. What is down stays down: late news of its former life change nothing. Pure. */
export function nextState(state: VmState, event: VmEvent, nowMs: number): VmState {
  if (state.phase === 'down') return state;
  switch (event.type) {
    case 'started':
      return {
        ...state,
        phase: event.paused ? 'paused' : 'running',
        pauseCode: 'NOERR',
        startedMs: state.startedMs ?? nowMs,
        bootedMs: state.bootedMs ?? nowMs,
        agentSeen: event.restored === true || state.agentSeen,
      };
    case 'startFailed':
    case 'vanished':
      return { ...state, phase: 'down', exit: event.exit };
    case 'agentSpoke':
      return state.agentSeen && !state.rebooted ? state : { ...state, agentSeen: true, rebooted: false };
    case 'paused':
      if (state.phase !== 'running' && !(state.phase === 'paused' && state.pauseCode !== event.pauseCode)) return state;
      return { ...state, phase: 'paused', pauseCode: event.pauseCode, pausedMs: nowMs };
    case 'resumed':
      // A guest whose state could not be saved is let go on by libvirt.
      if (state.phase === 'saving') return { ...state, phase: 'running', pauseCode: 'NOERR', endRequested: undefined };
      return state.phase === 'paused' ? { ...state, phase: 'running', pauseCode: 'NOERR' } : state;
    case 'rebooted':
      return {
        ...state,
        bootedMs: nowMs,
        agentSeen: false,
        rebooted: true,
        shutdownRequestedMs: undefined,
        endRequested: state.endRequested === 'shutdown' ? undefined : state.endRequested,
      };
    case 'endRequested':
      return {
        ...state,
        endRequested: event.request,
        shutdownRequestedMs: event.request === 'shutdown' ? nowMs : state.shutdownRequestedMs,
      };
    case 'endGivenUp':
      return { ...state, endRequested: undefined, shutdownRequestedMs: undefined };
    case 'saving':
      return { ...state, phase: 'saving', endRequested: 'save' };
    case 'savingFailed':
      if (state.phase !== 'saving') return state;
      return { ...state, phase: event.paused ? 'paused' : 'running', endRequested: undefined };
    case 'migrating':
      return state.phase === 'running' || state.phase === 'paused' ? { ...state, migratingTo: event.to } : state;
    case 'migrationEnded':
      return state.migratingTo === undefined ? state : { ...state, migratingTo: undefined };
    case 'arrived':
      if (state.phase !== 'arriving') return state;
      return {
        ...state,
        phase: event.paused ? 'paused' : 'running',
        startedMs: state.startedMs ?? nowMs,
        bootedMs: state.bootedMs ?? nowMs,
        agentSeen: true,
      };
    case 'stopped':
      if (state.phase === 'arriving') return { ...state, phase: 'down', exit: notArrived };
      return { ...state, phase: 'down', exit: exitOf(event.detail, state.endRequested) };
  }
}

function runningStatus(state: VmState, nowMs: number): VmStatus {
  const booting = !state.agentSeen && nowMs - (state.bootedMs ?? nowMs) < bootTimeMs;
  if (booting && state.rebooted) return 'RebootInProgress';
  if (state.shutdownRequestedMs !== undefined && nowMs - state.shutdownRequestedMs < shutdownTimeMs) return 'Powering down';
  return booting ? 'Powering up' : 'Up';
}

/** The status that travels, at a moment. Pure. */
export function statusOf(state: VmState, nowMs: number): VmStatus {
  switch (state.phase) {
    case 'launching':
      return 'WaitForLaunch';
    case 'restoring':
      return 'Restoring state';
    case 'arriving':
      return 'Migration Destination';
    case 'running':
      return state.migratingTo === undefined ? runningStatus(state, nowMs) : 'Migration Source';
    case 'paused':
      return state.migratingTo === undefined || state.pauseCode === 'POSTCOPY' ? 'Paused' : 'Migration Source';
    case 'saving':
      return 'Saving State';
    case 'down':
      return 'Down';
  }
}

/** When the status changes by time alone, if it does. */
export function nextChangeMs(state: VmState, nowMs: number): number | undefined {
  if (state.phase !== 'running') return undefined;
  const candidates = [
    state.agentSeen || state.bootedMs === undefined ? undefined : state.bootedMs + bootTimeMs,
    state.shutdownRequestedMs === undefined ? undefined : state.shutdownRequestedMs + shutdownTimeMs,
  ].filter((time) => time !== undefined && time > nowMs);
  return candidates.length === 0 ? undefined : Math.min(...candidates.map((time) => time ?? Infinity));
}
