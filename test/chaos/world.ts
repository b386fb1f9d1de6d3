import type { Installation } from '../engine/installation.ts';
import type { Subject } from './subject.ts';

/** Which process is killed with SIGKILL; `there` is the other host, to which a VM moves. `job`: nobody is, its user calls the job off. */
export const victims = [
  'engine',
  'PostgreSQL',
  'agent',
  'agent there',
  'libvirtd',
  'libvirtd there',
  'QEMU',
  'QEMU there',
  'host',
  'job',
] as const;
export type Victim = (typeof victims)[number];
/** What happens to a victim, as cases and tables name it. */
export const fateOf = (victim: Victim): string => (victim === 'job' ? 'called off' : `${victim} killed`);

/** A volume as the storage has it: what its metadata and its header say. */
export interface StoredVolume {
  readonly volumeId: string;
  readonly parentId: string | null;
  /** What is wrong with it as it lies there; empty when nothing is. */
  readonly flaw: string;
}

/** A machine that runs, as its hypervisor tells it. */
export interface RunningMachine {
  readonly vmId: string;
  readonly hostId: string;
  /** Of each disk the volumes, the one that is written to first. */
  readonly chains: readonly (readonly string[])[];
  /** A disk is written to in two places, or being merged. */
  readonly isBusy: boolean;
}

/** What the operations are done in: an installation with two hosts and two storage domains, `data` and `other`. */
export interface World {
  readonly installation: Installation;
  /** A template with one disk, whose content is `A`. */
  readonly templateId: string;
  readonly diskBytes: number;
  /** Further attributes of the VMs that are made. */
  readonly vmAttributes: object;
  /** A guest tells too late that it is up: what needs it up gets a paused one, which takes part in jobs on its disks as well. */
  readonly bootsSlowly: boolean;
  /** Writes to the volume that a disk of a stopped VM writes to. */
  write(diskId: string, content: 'A' | 'B'): Promise<void>;
  /** What is read of the disk; undefined where nothing can be. */
  read(diskId: string): Promise<string | undefined>;
  /** Sends the content `A` to the address of an upload. */
  upload(url: string): Promise<void>;
  volumes(): Promise<StoredVolume[]>;
  machines(): Promise<RunningMachine[]>;
  /** How many QEMUs run for a VM, wherever. */
  emulators(vmId: string): Promise<number>;
  /** How often a QEMU was started for a VM, where that is counted. */
  launches?(vmId: string): Promise<number>;
  /** Kills the victims of all subjects. @returns the subjects for which there was none */
  kill(victim: Exclude<Victim, 'job'>, subjects: readonly Subject[]): Promise<ReadonlySet<Subject>>;
  /** Starts what was killed again, where it is to be started. */
  revive(victim: Victim): Promise<void>;
  /** What the hosts' logs end with. */
  logs(): Promise<string>;
}
