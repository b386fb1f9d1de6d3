import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { VolumeIds } from '../domain-xml/request.ts';
import type { AgentLog } from '../log.ts';
import type { ConvergencePlan } from '../migration/convergence.ts';
import { isUuid } from '../uuid.ts';
import type { ConsoleEnd } from './console-end.ts';
import type { VmState } from './status.ts';

/** What the agent remembers of a VM over its own restarts. */
export interface VmRecord {
  vmId: string;
  name: string;
  /** The boot of the host in which this was written; its times mean nothing in another. */
  bootId: string;
  state: VmState;
  /** Volumes that were made ready and must be let go at the end. */
  volumes: VolumeIds[];
  clockOffsetSeconds: string;
  consoleEnd?: ConsoleEnd;
  /** Of a VM that goes to another host. */
  convergence?: ConvergencePlan;
}

/** Longest record that is read. */
const maximumRecordBytes = 1024 * 1024;

function isRecord(value: unknown, vmId: string): value is VmRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<VmRecord>;
  return record.vmId === vmId && typeof record.bootId === 'string' && typeof record.state === 'object' && Array.isArray(record.volumes);
}

/** The records of VMs: one file each, replaced as a whole. */
export class VmStore {
  readonly #directory: string;
  readonly #log: AgentLog;
  /** The last writing of each VM's file, so that writings of one VM don't overtake each other. */
  readonly #writing = new Map<string, Promise<void>>();

  constructor(directory: string, log: AgentLog) {
    this.#directory = directory;
    this.#log = log;
  }

  async open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
  }

  /** Every record that can be read; what can't is left where it is and logged. */
  async list(): Promise<VmRecord[]> {
    const names = await readdir(this.#directory);
    const records = await Promise.all(names.map((name) => this.#read(name)));
    return records.filter((record) => record !== undefined);
  }

  /** Writes a record to the disk; it is there when this resolves. */
  async save(record: VmRecord): Promise<void> {
    await this.#inTurn(record.vmId, async () => {
      const path = this.#path(record.vmId);
      const draft = `${path}.new`;
      const file = await open(draft, 'w', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(record)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    });
  }

  async remove(vmId: string): Promise<void> {
    await this.#inTurn(vmId, () => rm(this.#path(vmId), { force: true }));
  }

  #path(vmId: string): string {
    if (!isUuid(vmId)) throw new Error('A record belongs to a UUID');
    return join(this.#directory, `${vmId}.json`);
  }

  async #read(name: string): Promise<VmRecord | undefined> {
    const vmId = name.replace(/\.json$/, '');
    if (!isUuid(vmId) || !name.endsWith('.json')) return undefined;
    try {
      const text = await readFile(join(this.#directory, name), 'utf8');
      const value: unknown = text.length > maximumRecordBytes ? undefined : JSON.parse(text);
      if (isRecord(value, vmId)) return value;
    } catch (error) {
      this.#log.warn({ vmId, error: String(error) }, 'The record of a VM could not be read');
      return undefined;
    }
    this.#log.warn({ vmId }, 'The record of a VM is none');
    return undefined;
  }

  async #inTurn(vmId: string, work: () => Promise<void>): Promise<void> {
    const before = this.#writing.get(vmId) ?? Promise.resolve();
    const now = before.catch(() => undefined).then(work);
    this.#writing.set(vmId, now);
    try {
      await now;
    } finally {
      if (this.#writing.get(vmId) === now) this.#writing.delete(vmId);
    }
  }
}
