import type { DomainFacts } from '../domain-xml/facts.ts';
import type { VolumeIds } from '../domain-xml/request.ts';
import { emptyGuestFacts } from '../guest/facts.ts';
import type { GuestFacts } from '../guest/facts.ts';
import type { OvirtGuestFacts } from '../guest/ovirt-facts.ts';
import { VdsmError } from '@virgate/vdsm';
import { noSchedule } from '../migration/convergence.ts';
import type { ConvergencePlan } from '../migration/convergence.ts';
import { errorCode } from '../verb.ts';
import type { ConsoleEnd } from './console-end.ts';
import type { ExternalDataKind } from './external-data.ts';
import type { MergeJob } from './live-merge.ts';
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
  /** Custom properties, as hooks are told them. */
  custom: Record<string, string>;
  /** Its domain's document when it was last read; still there when the VM has ended. */
  documentXml: string | undefined;
  /** What its running domain says; missing until it runs. */
  facts: DomainFacts | undefined;
  guest: GuestFacts;
  /** What oVirt's own agent in the guest told, and when it was heard last; monotonic. */
  ovirtGuest: OvirtGuestFacts | undefined;
  ovirtHeardMs: number | undefined;
  /** Tells that agent to do something. @throws VdsmError 19 when it is away */
  tellAgent: (name: string, values?: Record<string, unknown>) => void;
  /** The two last samples of statistics, older first. */
  samples: VmSample[];
  /** Size of the disks' files by path: what each seems to hold and what it takes. */
  diskSizes: Map<string, { apparentBytes: number; trueBytes: number }>;
  /** When libvirt last told of this VM all that was asked; monotonic. */
  answeredMs: number;
  volumes: VolumeIds[];
  /** Merges of disks' layers that are not done, by their ids. */
  merges: Map<string, MergeJob>;
  clockOffsetSeconds: string;
  /** The guest's reboot ends the VM. */
  destroyOnReboot: boolean;
  balloonTargetKib: number | undefined;
  /** Hashes of what its TPM and its UEFI keep, of the last time that it was at rest. */
  externalHashes: Partial<Record<ExternalDataKind, string>>;
  /** Aliases of devices that the guest was asked to let go and refused to. */
  keptDevices: Set<string>;
  /** Calls to libvirt about this VM that passed their deadline and still go on. */
  stuckCalls: number;
  /** Address of the console's present user. */
  clientAddress: string;
  /** What is done when he leaves. */
  consoleEnd: ConsoleEnd | undefined;
  /** Forgets what is about to be done because the console was left. */
  cancelConsoleEnd: () => void;
  watchdog: { action: string; timeSeconds: number } | undefined;
  /** What helps its migration to another host to an end. */
  convergence: ConvergencePlan;
  /** When the guest stood still to change the host; monotonic. */
  switchedMs: number | undefined;
  /** Cancels the timer that waits for the next change of status by time alone. */
  cancelTimer: () => void;
  /** Something that changes the domain is under way: later ones wait for it. */
  work: Promise<void>;
  /** Hooks of what has happened already: later ones wait for it. */
  hookTurn: Promise<void>;
  /** The hooks that follow its end were run. */
  destroyedHooksRan: boolean;
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
    custom: {},
    documentXml: undefined,
    facts: undefined,
    guest: emptyGuestFacts(),
    ovirtGuest: undefined,
    ovirtHeardMs: undefined,
    tellAgent: () => {
      throw new VdsmError(errorCode.guestAgentNotResponsive, `oVirt's agent in the guest of virtual machine ${vmId} does not answer`);
    },
    samples: [],
    diskSizes: new Map(),
    answeredMs: nowMs,
    volumes: [],
    merges: new Map(),
    clockOffsetSeconds: '0',
    destroyOnReboot: false,
    balloonTargetKib: undefined,
    externalHashes: {},
    keptDevices: new Set(),
    stuckCalls: 0,
    clientAddress: '',
    consoleEnd: undefined,
    cancelConsoleEnd: () => undefined,
    watchdog: undefined,
    convergence: { left: noSchedule, firstRound: undefined },
    switchedMs: undefined,
    cancelTimer: () => undefined,
    work: Promise.resolve(),
    hookTurn: Promise.resolve(),
    destroyedHooksRan: false,
    destroyed: false,
  };
}
