import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ErrorCode, VdsmError } from './errors.ts';

/** Where the highest fencing numbers lie, so that a restart of the agent does not forget them. */
export interface FenceStore {
  load(): Promise<Record<string, number>>;
  /** Must have reached the disk when it resolves. Calls never overlap. */
  save(numbers: Readonly<Record<string, number>>): Promise<void>;
}

/** A fencing number that came with a call: `key` names the lease, a later owner of the lease has a higher number. */
export interface Fence {
  key: string;
  number: number;
}

export const FENCE_HEADER = 'virgate-fence';
export const FENCE_KEY_HEADER = 'virgate-fence-key';
export const DEFAULT_FENCE_KEY = 'engine';

const FENCE_KEYS = 4096;
const FENCE_KEY_LENGTH = 128;

/**
 * Reads the two headers.
 *
 * @returns `undefined` when the call carries no number (a real oVirt engine never sends one).
 * @throws VdsmError −32602 when they are malformed: guessing would mean not to fence.
 */
export function readFence(headers: ReadonlyMap<string, string>): Fence | undefined {
  const text = headers.get(FENCE_HEADER);
  if (text === undefined) return undefined;
  const key = headers.get(FENCE_KEY_HEADER) ?? DEFAULT_FENCE_KEY;
  const number = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(number))
    throw new VdsmError(ErrorCode.invalidParams, `${FENCE_HEADER} must be a whole number`);
  if (key === '' || key.length > FENCE_KEY_LENGTH)
    throw new VdsmError(ErrorCode.invalidParams, `${FENCE_KEY_HEADER} must have 1 to ${FENCE_KEY_LENGTH} characters`);
  return { key, number };
}

/** Remembers the highest number per lease and refuses calls with a lower one. */
export class FenceGuard {
  readonly #store: FenceStore;
  #highest: Map<string, number> = new Map();
  #saved: Map<string, number> = new Map();
  #saving: Promise<void> = Promise.resolve();

  constructor(store: FenceStore) {
    this.#store = store;
  }

  async load(): Promise<void> {
    this.#saved = new Map(Object.entries(await this.#store.load()));
    this.#highest = new Map(this.#saved);
  }

  /**
   * Takes note of a number as soon as its call arrives, so that older calls still waiting in the queue are refused,
   * and resolves when it is stored.
   *
   * @throws VdsmError {@link ErrorCode.fenced} when a higher number was seen.
   */
  async admit(fence: Fence): Promise<void> {
    this.check(fence);
    const { key, number } = fence;
    if (!this.#highest.has(key) && this.#highest.size >= FENCE_KEYS) {
      throw new VdsmError(ErrorCode.overloaded, `More than ${FENCE_KEYS} fencing keys; use fewer ${FENCE_KEY_HEADER} values`);
    }
    if ((this.#highest.get(key) ?? -1) < number) this.#highest.set(key, number);
    if ((this.#saved.get(key) ?? -1) >= number) return;
    this.#saving = this.#saving.catch(() => undefined).then(() => this.#save(key, number));
    await this.#saving;
  }

  /** @throws VdsmError {@link ErrorCode.fenced} when a higher number was seen. */
  check({ key, number }: Fence): void {
    const highest = this.#highest.get(key);
    if (highest !== undefined && number < highest) {
      throw new VdsmError(
        ErrorCode.fenced,
        `Refused: the lease "${key}" has passed to a newer owner (number ${highest}, this call has ${number}). Take the lease again before you repeat the call`,
      );
    }
  }

  async #save(key: string, number: number): Promise<void> {
    if ((this.#saved.get(key) ?? -1) >= number) return;
    const snapshot = new Map(this.#highest);
    await this.#store.save(Object.fromEntries(snapshot));
    this.#saved = snapshot;
  }
}

/** Forgets everything when the process ends; for simulated hosts and tests. */
export function memoryFenceStore(): FenceStore {
  let kept: Readonly<Record<string, number>> = {};
  return {
    load: async () => ({ ...kept }),
    save: async (numbers) => {
      kept = { ...numbers };
    },
  };
}

/** A JSON file, replaced by rename and synced before the call that brought the number runs. */
export function fileFenceStore(path: string): FenceStore {
  return {
    async load() {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
        throw error;
      }
      return readNumbers(path, text);
    },
    async save(numbers) {
      await using file = await open(`${path}.new`, 'w', 0o600);
      await file.writeFile(JSON.stringify(numbers));
      await file.sync();
      await rename(`${path}.new`, path);
      await using folder = await open(dirname(path), 'r');
      await folder.sync();
    },
  };
}

function readNumbers(path: string, text: string): Record<string, number> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Object.values(value).some((number) => !Number.isSafeInteger(number))) {
    throw new Error(`The fencing numbers in ${path} cannot be read. Remove the file only when no older engine can still be running`);
  }
  return value as Record<string, number>;
}
