import { readDomain } from './domain-xml.ts';
import type { DomainFacts } from './domain-xml.ts';
import type { SimulatedMerge, SimulatedReplica } from './live-disks.ts';

/** Status on the wire. Source: VDSM, VM states. */
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

/** Why a VM is down. Source: VDSM, vmexitreason. */
export const EXIT_REASON = {
  success: 0,
  genericError: 1,
  lostQemu: 2,
  startFailed: 3,
  migrationSucceeded: 4,
  savedState: 5,
  adminShutdown: 6,
  userShutdown: 7,
  migrationFailed: 8,
  hostShutdown: 11,
  destroyedOnReboot: 13,
} as const;

export interface VmExit {
  readonly code: 0 | 1;
  readonly message: string;
  readonly reason: number;
}

/** A virtual machine as it is kept; plain data, so that it can lie in a file. */
export interface VirtualMachine {
  readonly vmId: string;
  xml: string;
  hash: string;
  status: VmStatus;
  /** Whether a QEMU process of it runs. */
  running: boolean;
  startedAtMs: number;
  pauseCode: string;
  exit: VmExit | undefined;
  displayPort: number;
  guestAddress: string;
  guestName: string;
  /** From where its screen is looked at. */
  clientAddress?: string;
  /** Who is signed in to the guest. */
  guestUser?: string;
  /** Console password and the end of its validity. */
  ticket: { readonly password: string; readonly validUntilMs: number } | undefined;
  /** What the host does when the console is left: the action, and minutes. */
  consoleEnd: string | undefined;
  vcpuOverride: number | undefined;
  /** Block jobs by id. */
  jobs: Record<string, object>;
  merges?: Record<string, SimulatedMerge>;
  /** Disks that are written to in two places, by their images. */
  replicas?: Record<string, SimulatedReplica>;
  memoryVolumes: string | undefined;
  /** What it keeps in its TPM and among the variables of its UEFI, by kind: a line for each run. */
  firmware: Record<string, string>;
  /** How far its migration is, in percent, and what it was asked for with. */
  migrationProgress?: number | undefined;
  migrationOrder?: Readonly<Record<string, unknown>>;
  /** The backup that is under way: where each disk is served, and what it was when it began, by target. */
  backup?: { readonly id: string; readonly disks: Record<string, string>; readonly contents: Record<string, BackupContent> } | undefined;
  /** Checkpoints that libvirt knows, until the run ends. */
  checkpoints?: string[];
}

/** What a disk was when its backup began, in Base64, and when the bitmap was begun on which the backup stands. */
export interface BackupContent {
  readonly content: string;
  readonly since: string | null;
}

const factsByXml = new WeakMap<VirtualMachine, { xml: string; facts: DomainFacts }>();

/** What the VM's domain says; read once for each version of it. */
export function factsOf(vm: VirtualMachine): DomainFacts {
  const known = factsByXml.get(vm);
  if (known?.xml === vm.xml) return known.facts;
  const facts = readDomain(vm.xml) ?? {
    name: vm.vmId,
    memoryKib: 0,
    vcpus: 1,
    launchPaused: false,
    disks: [],
    interfaces: [],
    graphics: [],
    leases: [],
  };
  factsByXml.set(vm, { xml: vm.xml, facts });
  return facts;
}
