import { join } from 'node:path';
import { Installation, type InstallationOptions } from '../engine/installation.ts';
import type { Subject } from './subject.ts';
import type { RunningMachine, StoredVolume, Victim, World } from './world.ts';

const none = '00000000-0000-0000-0000-000000000000';
const gib = 1024 ** 3;

/** Volumes of a disk in a domain's XML, as libvirt nests them: the one that is written to first. */
export function chainsOfDomain(xml: string): { chains: string[][]; isBusy: boolean } {
  const chains: string[][] = [];
  for (const [disk] of xml.matchAll(/<disk\b[\s\S]*?<\/disk>/g)) {
    if (disk.includes('device="cdrom"') || disk.includes("device='cdrom'")) continue;
    const withoutMirror = disk.replace(/<mirror\b[\s\S]*?<\/mirror>/, '');
    const volumes = [...withoutMirror.matchAll(/<source\b[^>]*file=["'][^"']*\/images\/[0-9a-f-]{36}\/([0-9a-f-]{36})["']/g)];
    if (volumes.length > 0) chains.push(volumes.map((match) => match[1] ?? ''));
  }
  return { chains, isBusy: /<mirror\b/.test(xml) };
}

/** Two simulated hosts with an engine whose jobs may be held up. */
export class SimulatedWorld implements World {
  readonly installation: Installation;
  readonly templateId: string;
  readonly diskBytes = gib;
  readonly vmAttributes = {};
  readonly bootsSlowly = false;
  #off: string[] = [];

  private constructor(installation: Installation, templateId: string) {
    this.installation = installation;
    this.templateId = templateId;
  }

  /** Starts everything. */
  static async start(options: InstallationOptions = {}): Promise<SimulatedWorld> {
    const installation = await Installation.start({
      bootDelayMs: 30,
      ...options,
      hosts: 2,
      engineProgram: join(import.meta.dirname, '../engine/interruptible-engine.ts'),
    });
    for (const name of ['data', 'other']) await installation.addStorage(name);
    return new SimulatedWorld(installation, (await installation.addTemplate('template', { disks: 2 })).id);
  }

  async write(): Promise<void> {
    // The volumes of simulated hosts have no content to tell apart.
  }

  async read(): Promise<undefined> {
    return undefined;
  }

  async upload(): Promise<void> {
    // What was sent is not looked at.
  }

  async volumes(): Promise<StoredVolume[]> {
    return (await this.installation.look()).volumes.map(({ volumeId, parentId, legality }) => ({
      volumeId,
      parentId: parentId === none ? null : parentId,
      flaw: legality === 'LEGAL' ? '' : `it is ${legality}`,
    }));
  }

  async machines(): Promise<RunningMachine[]> {
    const { vms } = await this.installation.look();
    const ids = new Map(this.installation.hosts.map((host) => [host.name, host.id]));
    const machines: RunningMachine[] = [];
    for (const { vmId, host, running } of vms) {
      if (!running) continue;
      const { chains, isBusy } = chainsOfDomain((await this.installation.liveDomainOf(vmId)) ?? '');
      machines.push({ vmId, hostId: ids.get(host) ?? '', chains, isBusy });
    }
    return machines;
  }

  async emulators(vmId: string): Promise<number> {
    return (await this.installation.look()).vms.filter((vm) => vm.vmId === vmId && vm.running).length;
  }

  async launches(vmId: string): Promise<number> {
    return (await this.installation.look()).launches[vmId] ?? 0;
  }

  async kill(victim: Exclude<Victim, 'job'>, subjects: readonly Subject[]): Promise<ReadonlySet<Subject>> {
    const { installation } = this;
    if (victim === 'agent') {
      await installation.killHosts();
      return new Set();
    }
    const { vms } = await installation.look();
    const running = (subject: Subject) => vms.filter((vm) => vm.vmId === subject.vmId && vm.running);
    const unhurt = new Set(subjects.filter((subject) => running(subject).length === 0));
    if (victim === 'QEMU') {
      for (const subject of subjects) if (!unhurt.has(subject)) await installation.crashVm(subject.vmId);
      return unhurt;
    }
    if (victim !== 'host') throw new Error(`A simulated host has no ${victim} to kill`);
    // All hosts: power fails in the whole room.
    this.#off = installation.hosts.map((host) => host.address);
    for (const address of this.#off) await installation.powerOff(address);
    return new Set();
  }

  async revive(victim: Victim): Promise<void> {
    if (victim === 'agent') await this.installation.startHosts();
    for (const address of this.#off) await this.installation.powerOn(address);
    this.#off = [];
  }

  async logs(): Promise<string> {
    return (await this.installation.engineLog()).slice(-6_000);
  }
}
