import { keepOption, type OptionName } from './options.ts';

/** Something that a user has chosen: kept in this browser, and at the engine for all others. */
export class Preference<T> {
  readonly #storageKey: string;
  readonly #option: OptionName;
  readonly #from: (value: unknown) => T;
  readonly #listeners = new Set<() => void>();
  #value: T;
  /** Whose it is, once it is known. */
  #owner: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param from what was kept, whatever it is, or null when nothing was
   */
  constructor(storageKey: string, option: OptionName, from: (value: unknown) => T) {
    this.#storageKey = storageKey;
    this.#option = option;
    this.#from = from;
    this.#value = this.#stored();
  }

  get value(): T {
    return this.#value;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * Takes over what the engine keeps for the user who has signed in; from then on changes are kept there too.
   * @param kept as it was read; undefined when nothing is kept, and what this browser has stays
   */
  take(userId: string, kept: unknown): void {
    this.#owner = userId;
    if (kept !== undefined) this.#show(this.#from(kept));
  }

  /**
   * @param delayMs time after the last change before it is sent
   */
  change(next: T, delayMs = 0): void {
    this.#show(next);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), delayMs);
  }

  #send(): void {
    if (this.#owner === undefined) return;
    const isEmpty = typeof this.#value === 'object' && this.#value !== null && Object.keys(this.#value).length === 0;
    // What cannot be kept is in this browser all the same, and is sent with the next change.
    keepOption(this.#owner, this.#option, isEmpty ? undefined : this.#value).catch(() => undefined);
  }

  #stored(): T {
    try {
      return this.#from(JSON.parse(localStorage.getItem(this.#storageKey) ?? 'null'));
    } catch {
      // Storage may be blocked, or hold something else: then it is as if nothing had been chosen.
      return this.#from(null);
    }
  }

  #show(next: T): void {
    this.#value = next;
    try {
      localStorage.setItem(this.#storageKey, JSON.stringify(next));
    } catch {
      // As above: the choice then lasts as long as the page.
    }
    for (const listener of this.#listeners) listener();
  }
}
