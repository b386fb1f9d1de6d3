import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostConfiguration } from './configuration.ts';
import type { DeviceState } from './device-state.ts';
import type { SwitchBridge } from './open-vswitch.ts';

/** What the host has by its engine's will, and the boot in which that was set up. */
export interface RunningConfiguration {
  bootId: string;
  configuration: HostConfiguration;
}

/** A change that has begun: how the devices were, and what was asked for. */
export interface PendingChange {
  bootId: string;
  before: DeviceState[];
  /** Devices that the change makes. */
  made: string[];
  /** The bridges of Open vSwitch as they were. */
  switches?: SwitchBridge[];
  wanted: HostConfiguration;
}

/**
 * The host's network configuration in files: the running one, the safe one that a boot restores, and the change at work, which an
 * agent that died in its middle takes back.
 */
export class ConfigurationStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  running(): Promise<RunningConfiguration | undefined> {
    return this.#read('running.json');
  }

  safe(): Promise<HostConfiguration | undefined> {
    return this.#read('safe.json');
  }

  pending(): Promise<PendingChange | undefined> {
    return this.#read('pending.json');
  }

  saveRunning(running: RunningConfiguration): Promise<void> {
    return this.#write('running.json', running);
  }

  saveSafe(configuration: HostConfiguration): Promise<void> {
    return this.#write('safe.json', configuration);
  }

  savePending(change: PendingChange): Promise<void> {
    return this.#write('pending.json', change);
  }

  async forgetPending(): Promise<void> {
    await rm(join(this.#folder, 'pending.json'), { force: true });
  }

  async #read<T>(name: string): Promise<T | undefined> {
    try {
      return JSON.parse(await readFile(join(this.#folder, name), 'utf8')) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #write(name: string, value: unknown): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = join(this.#folder, name);
    await writeFile(`${file}.new`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600, flush: true });
    await rename(`${file}.new`, file);
  }
}
