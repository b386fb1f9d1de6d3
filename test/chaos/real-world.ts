import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { request } from 'node:https';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { VirtualSwitch } from '@virgate/lab';
import { Installation, defaultClusterId, eventually, expectStatus, type InstallationOptions } from '../engine/installation.ts';
import { JoiningHost } from '../engine/joining-host.ts';
import { addSharedDomain, enrol, type SharedDomain } from '../engine/real-guest.ts';
import type { Json } from '../engine/rest-client.ts';
import { chainsOfDomain } from './simulated-world.ts';
import type { Subject } from './subject.ts';
import type { RunningMachine, StoredVolume, Victim, World } from './world.ts';

const run = promisify(execFile);
const mib = 1024 ** 2;
const diskBytes = 16 * mib;
/** Where `A` and `B` are written, and how much of each. */
const places = { A: { at: 0, pattern: 0x41 }, B: { at: mib, pattern: 0x42 } } as const;
/** Slow enough that somebody can be killed in the middle of a migration. */
const migrationMbps = 8;
const writtenBytes = 64 * 1024;
const none = '00000000-0000-0000-0000-000000000000';
const incomingTimeoutMs = 2_000;
const uploadTimeoutMs = 20_000;
const looksAtOnce = 4;

interface Emulator {
  readonly pid: number;
  readonly vmId: string;
  /** It was started to take a guest over. */
  readonly isIncoming: boolean;
}

/** QEMUs of this machine, those of virtual hosts included. */
async function allEmulators(): Promise<Emulator[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      const at = words.indexOf('-uuid');
      return at < 0 ? [] : [{ pid: Number(pid), vmId: words[at + 1] ?? '', isIncoming: words.includes('-incoming') }];
    }),
  );
  return found.flat();
}

async function mapInParts<T, R>(list: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < list.length; at += looksAtOnce) results.push(...(await Promise.all(list.slice(at, at + looksAtOnce).map(work))));
  return results;
}

/** Two virtual hosts with real agents, libvirtds and QEMUs, and an engine whose jobs may be held up. */
export class RealWorld implements World {
  readonly installation: Installation;
  readonly diskBytes = diskBytes;
  readonly bootsSlowly = true;
  templateId = '';
  readonly #network: VirtualSwitch;
  readonly #machines: JoiningHost[] = [];
  readonly #hostIds: string[] = [];
  readonly #domains: SharedDomain[] = [];
  /** Hosts whose agent or libvirtd is down. */
  #down: JoiningHost[] = [];

  private constructor(network: VirtualSwitch, installation: Installation) {
    this.#network = network;
    this.installation = installation;
  }

  /** Starts everything, in a temporary folder; needs root. */
  static async start(options: Pick<InstallationOptions, 'durability'> = {}): Promise<RealWorld> {
    const network = await VirtualSwitch.start();
    const installation = await Installation.start({
      ...options,
      hosts: 0,
      address: network.address,
      engineProgram: join(import.meta.dirname, '../engine/interruptible-engine.ts'),
    });
    const world = new RealWorld(network, installation);
    try {
      await world.#furnish();
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  async #furnish(): Promise<void> {
    const { installation } = this;
    const { rest } = installation;
    // This machine's processors may be busy with what the test itself does.
    const properties = { property: [{ name: 'CpuOverCommitDurationMinutes', value: '99' }] };
    const { migration } = expectStatus(await rest.get(`/clusters/${defaultClusterId}`), 200);
    const bandwidth = { assignment_method: 'custom', custom_value: migrationMbps };
    const change = { custom_scheduling_policy_properties: properties, migration: { ...migration, bandwidth } };
    expectStatus(await rest.put(`/clusters/${defaultClusterId}`, change), 200);
    await this.#addHost(1);
    for (const name of ['data', 'other']) this.#domains.push(await addSharedDomain(installation, this.#hostIds[0] ?? '', name));
    await this.#addHost(2);
    const template = await installation.addTemplate('template', { diskBytes });
    this.templateId = template.id;
    // A template's volume is a file like any other.
    await this.#writeTo(await this.#fileOf(template.diskId), 'A');
  }

  async #addHost(number: number): Promise<void> {
    const folder = join(this.installation.folder, 'hosts');
    const machine = await JoiningHost.start({ name: `host-${number}`, number, folder, network: this.#network });
    this.#machines.push(machine);
    this.#hostIds.push(await enrol(this.installation, machine));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#machines.map((machine) => machine.host.powerOff()));
    await this.installation.stop();
    await this.#network.stop();
  }

  /** Machines start on the first host. */
  get vmAttributes(): object {
    return { placement_policy: { affinity: 'migratable', hosts: { host: [{ id: this.#hostIds[0] }] } } };
  }

  /** The file of the volume that a disk is read from. */
  async #fileOf(diskId: string): Promise<{ path: string; format: string }> {
    const [image] = await this.installation.rows('select id, format, storage_domain_id from image where disk_id = $1 and active', [diskId]);
    const domain = this.#domains.find(({ id }) => id === image?.storage_domain_id);
    const format = image?.format === 'raw' ? 'raw' : 'qcow2';
    return { path: join(domain?.folder ?? '', 'images', diskId, String(image?.id)), format };
  }

  async #writeTo({ path, format }: { path: string; format: string }, content: 'A' | 'B'): Promise<void> {
    const { at, pattern } = places[content];
    await run('qemu-io', ['-f', format, '-c', `write -P ${pattern} ${at} ${writtenBytes}`, path]);
  }

  async write(diskId: string, content: 'A' | 'B'): Promise<void> {
    await this.#writeTo(await this.#fileOf(diskId), content);
  }

  async read(diskId: string): Promise<string> {
    const { path, format } = await this.#fileOf(diskId);
    const holds = async (at: number, pattern: number): Promise<boolean> => {
      const { stdout } = await run('qemu-io', ['-U', '-r', '-f', format, '-c', `read -P ${pattern} ${at} ${writtenBytes}`, path]).catch(
        (error: { stdout?: string; stderr?: string }) => {
          if (error.stdout?.includes('Pattern verification failed') === true) return { stdout: error.stdout };
          throw new Error(`${path} cannot be read: ${error.stderr}`, { cause: error });
        },
      );
      return !stdout.includes('Pattern verification failed');
    };
    const parts: string[] = [];
    for (const [name, { at, pattern }] of Object.entries(places)) {
      if (await holds(at, pattern)) parts.push(name);
      else if (!(await holds(at, 0))) parts.push(`(no ${name})`);
    }
    return parts.join('');
  }

  async upload(url: string): Promise<void> {
    const caPem = await readFile(join(this.installation.folder, 'pki/ca.pem'), 'utf8');
    const content = Buffer.alloc(diskBytes);
    content.fill(places.A.pattern, places.A.at, places.A.at + writtenBytes);
    await new Promise<void>((resolve, reject) => {
      const sent = request(
        url,
        { method: 'PUT', ca: caPem, agent: false, timeout: uploadTimeoutMs, headers: { 'content-length': content.length } },
        (response) => {
          response.resume();
          response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`))));
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('the image server does not answer')));
      sent.on('error', reject);
      sent.end(content);
    });
  }

  async volumes(): Promise<StoredVolume[]> {
    const files: string[] = [];
    for (const { folder } of this.#domains)
      for (const name of await readdir(join(folder, 'images'), { recursive: true }).catch(() => []))
        if (name.endsWith('.meta')) files.push(join(folder, 'images', name.slice(0, -'.meta'.length)));
    const volumes = await mapInParts(files, (file) => this.#volumeOf(file).catch(() => undefined));
    return volumes.filter((volume) => volume !== undefined);
  }

  async #volumeOf(file: string): Promise<StoredVolume> {
    const metadata = new Map(
      (await readFile(`${file}.meta`, 'utf8')).split('\n').map((line) => line.split('=') as [string, string | undefined]),
    );
    const parentId = metadata.get('PUUID') ?? none;
    const { stdout } = await run('qemu-img', ['info', '-U', '--output=json', file]);
    const backing = (JSON.parse(stdout) as { 'backing-filename'?: string })['backing-filename'];
    const backingId = backing === undefined ? none : basename(backing);
    const flaws: string[] = [];
    if (backingId !== parentId) flaws.push(`its header names ${backingId}, its metadata ${parentId}`);
    if (metadata.get('LEGALITY') !== 'LEGAL') flaws.push(`it is ${metadata.get('LEGALITY')}`);
    return { volumeId: basename(file), parentId: parentId === none ? null : parentId, flaw: flaws.join(', ') };
  }

  async #virsh(machine: JoiningHost, ...args: string[]): Promise<string> {
    const { stdout } = await machine.host.run(['virsh', '-q', '-c', `qemu:///system?socket=${machine.host.libvirtSocket}`, ...args]);
    return stdout;
  }

  async machines(): Promise<RunningMachine[]> {
    const found: RunningMachine[] = [];
    for (const [index, machine] of this.#machines.entries()) {
      const ids = (await this.#virsh(machine, 'list', '--all', '--uuid')).split('\n').filter((line) => line !== '');
      for (const vmId of ids) {
        const { chains, isBusy } = chainsOfDomain(await this.#virsh(machine, 'dumpxml', vmId));
        found.push({ vmId, hostId: this.#hostIds[index] ?? '', chains, isBusy });
      }
    }
    return found;
  }

  async emulators(vmId: string): Promise<number> {
    return (await allEmulators()).filter((emulator) => emulator.vmId === vmId).length;
  }

  /** The host that works for a subject: its VM's, else the manager of the storage. */
  async #hostOf(subject: Subject): Promise<number> {
    const rows = await this.installation.rows('select host_id from vm_state where vm_id = $1 and host_id is not null', [
      subject.vmId === '' ? none : subject.vmId,
    ]);
    const manager = ((await this.installation.rest.get('/hosts')).body.host as Json[]).find((host) => host.spm?.status === 'spm');
    return Math.max(0, this.#hostIds.indexOf((rows[0]?.host_id ?? manager?.id) as string));
  }

  async kill(victim: Victim, subjects: readonly Subject[]): Promise<ReadonlySet<Subject>> {
    const unhurt = new Set<Subject>();
    if (victim === 'QEMU' || victim === 'QEMU there') {
      const isThere = victim === 'QEMU there';
      for (const subject of subjects) {
        const look = async (): Promise<Emulator | undefined> =>
          (await allEmulators()).find(({ vmId, isIncoming }) => vmId === subject.vmId && isIncoming === isThere);
        // A migration that has just been asked for starts it in a moment, or none at all.
        const found = isThere ? await eventually('QEMU waits there', look, incomingTimeoutMs).catch(() => undefined) : await look();
        if (found === undefined) unhurt.add(subject);
        else process.kill(found.pid, 'SIGKILL');
      }
      return unhurt;
    }
    const isThere = victim.endsWith(' there');
    const chosen = new Set<number>();
    for (const subject of subjects) chosen.add(isThere ? 1 - (await this.#hostOf(subject)) : await this.#hostOf(subject));
    this.#down = [...chosen].map((index) => this.#machines[index]).filter((machine) => machine !== undefined);
    for (const machine of this.#down) {
      if (victim.startsWith('agent')) await machine.killAgent();
      else if (victim.startsWith('libvirtd')) await machine.host.killLibvirtd();
      else throw new Error(`A real host has no ${victim} to kill`);
    }
    return unhurt;
  }

  async revive(victim: Victim): Promise<void> {
    for (const machine of this.#down) await (victim.startsWith('agent') ? machine.startAgent() : machine.startLibvirtd());
    this.#down = [];
  }

  async logs(): Promise<string> {
    const logs = await Promise.all(this.#machines.map((machine) => machine.log()));
    return [...logs, (await this.installation.engineLog()).slice(-6_000)].join('\n');
  }
}
