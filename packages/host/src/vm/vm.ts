import type { DomainFacts } from '../domain-xml/facts.ts';
import type { VolumeIds } from '../domain-xml/request.ts';
import { emptyGuestFacts } from '../guest/facts.ts';
import type { GuestFacts } from '../guest/facts.ts';
import { initialState } from './status.ts';
import type { VmState, VmStatus } from './status.ts';
import type { VmSample } from './sample.ts';

/** A VM of this host, from VM.create to VM.destroy. */
export interface Vm {
  readonly vmId: string;
  name: string;
  state: VmState;
  /** The status that was last told to those who listen. */
  reportedStatus: VmStatus;
  /** What its running domain says; missing until it runs. */
  facts: DomainFacts | undefined;
  guest: GuestFacts;
  /** The two last samples of statistics, older first. */
  samples: VmSample[];
  /** Size of the disks' files by path: what each seems to hold and what it takes. */
  diskSizes: Map<string, { apparentBytes: number; trueBytes: number }>;
  /** When libvirt last told of this VM all that was asked; monotonic. */
  answeredMs: number;
  volumes: VolumeIds[];
  clockOffsetSeconds: string;
  /** The guest's reboot ends the VM. */
  destroyOnReboot: boolean;
  balloonTargetKib: number | undefined;
  /** Calls to libvirt about this VM that passed their deadline and still go on. */
  stuckCalls: number;
  /** Address of the console's present user. */
  clientAddress: string;
  watchdog: { action: string; timeSeconds: number } | undefined;
  /** Cancels the timer that waits for the next change of status by time alone. */
  cancelTimer: () => void;
  /** Something that changes the domain is under way: later ones wait for it. */
  work: Promise<void>;
  /** VM.destroy was called: nothing may start it any more. */
  destroyed: boolean;
}

/** A VM that was just asked for, or found again. */
export function newVm(vmId: string, name: string, nowMs: number): Vm {
  return {
    vmId,
    name,
    state: initialState(),
    reportedStatus: 'WaitForLaunch',
    facts: undefined,
    guest: emptyGuestFacts(),
    samples: [],
    diskSizes: new Map(),
    answeredMs: nowMs,
    volumes: [],
    clockOffsetSeconds: '0',
    destroyOnReboot: false,
    balloonTargetKib: undefined,
    stuckCalls: 0,
    clientAddress: '',
    watchdog: undefined,
    cancelTimer: () => undefined,
    work: Promise.resolve(),
    destroyed: false,
  };
}
