import { watchChanges } from '../changes/watch.ts';
import type { ChangeWatch } from '../changes/watch.ts';
import type { Transport } from '../transport.ts';

/** How long the feed stays open after nobody waits any more. */
const lingerMs = 500;

/** The change feed of one client as its waits share it: open while somebody waits. */
export class SharedFeed {
  /** It tells what changes; while it doesn't, one has to look oneself. */
  open = false;
  readonly #transport: Transport;
  readonly #listeners = new Map<string, Set<() => void>>();
  #watch: ChangeWatch | undefined;
  /** The engine has none: it is another one, or this user may not follow. */
  #none = false;
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Calls back at every change of an object. @returns what ends it */
  listen(type: string, id: string, changed: () => void): () => void {
    const key = `${type} ${id}`;
    const some = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, some.add(changed));
    clearTimeout(this.#linger);
    this.#connect();
    return () => {
      some.delete(changed);
      if (some.size === 0) this.#listeners.delete(key);
      if (this.#listeners.size === 0) this.#linger = setTimeout(() => this.#close(), lingerMs);
    };
  }

  #connect(): void {
    if (this.#watch !== undefined || this.#none) return;
    const watch = watchChanges(this.#transport, {
      onChange: ({ type, id }) => this.#tell(`${type} ${id}`),
      onResync: () => this.#tellAll(),
      onState: (state) => {
        const before = this.open;
        this.open = state === 'open';
        if (before !== this.open) this.#tellAll();
      },
    });
    this.#watch = watch;
    watch.closed.catch(() => {
      this.#none = true;
      this.#close();
      this.#tellAll();
    });
  }

  #close(): void {
    this.open = false;
    this.#watch?.close();
    this.#watch = undefined;
  }

  #tell(key: string): void {
    for (const changed of this.#listeners.get(key) ?? []) changed();
  }

  #tellAll(): void {
    for (const key of this.#listeners.keys()) this.#tell(key);
  }
}

const feeds = new WeakMap<Transport, SharedFeed>();

/** The feed that all waits of a client share. */
export function feedOf(transport: Transport): SharedFeed {
  const known = feeds.get(transport);
  if (known !== undefined) return known;
  const feed = new SharedFeed(transport);
  feeds.set(transport, feed);
  return feed;
}
