import type { ListKind, ListNews, ListPart, WatchedWindow } from '@virgate/sdk';
import type { Identified } from './patch.ts';

/** Which list is shown. */
export interface ListQuery {
  readonly kind: ListKind;
  readonly search: string;
  readonly sort: string;
  readonly descending: boolean;
}

/** How a part of a list is asked for. */
export type ReadPart = (asked: ListQuery & ({ from: number; count: number } | { ids: string[] })) => Promise<ListPart>;

interface Page {
  ids: readonly string[];
  /** What it shows is as new as this number of the change feed. */
  seq: number;
}

const pageRows = 100;
/** Pages that are loaded at the same time. */
const atOnce = 2;

/**
 * A list of any length of which only the pages around those in sight are held. They are loaded when they come into sight and kept up
 * to date by the change feed, which tells of these places alone.
 */
export class LiveList<T extends Identified> {
  readonly query: ListQuery;
  readonly #key: string;
  readonly #read: ReadPart;
  readonly #onRange: () => void;
  readonly #listeners = new Set<() => void>();
  readonly #pages = new Map<number, Page>();
  readonly #rows = new Map<string, T>();
  readonly #loading = new Set<number>();
  /** First and last page that are wanted. */
  #wanted: readonly [number, number] = [0, 0];
  #total: number | undefined;
  #totalSeq = 0;
  #error: unknown = null;
  #version = 0;
  /** Answers of readings that began before are not taken. */
  #round = 0;

  /**
   * @param key of this list among all that are watched
   * @param onRange told when other places are to be watched
   */
  constructor(query: ListQuery, key: string, read: ReadPart, onRange: () => void) {
    this.query = query;
    this.#key = key;
    this.#read = read;
    this.#onRange = onRange;
  }

  /** Rows of the whole list; undefined before the first answer. */
  get total(): number | undefined {
    return this.#total;
  }

  /** Why there is nothing to show. */
  get error(): unknown {
    return this.#error;
  }

  /** Grows with each change of what is shown. */
  readonly version = (): number => this.#version;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #changed(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }

  /** The row at a place; undefined while it is not loaded. */
  at(index: number): T | undefined {
    const id = this.#pages.get(Math.floor(index / pageRows))?.ids[index % pageRows];
    return id === undefined ? undefined : this.#rows.get(id);
  }

  /** Rows at these places are in sight; those around them are loaded too, and the others forgotten. */
  want(first: number, last: number): void {
    const end = this.#total === undefined ? 0 : Math.max(0, Math.ceil(this.#total / pageRows) - 1);
    const from = Math.max(0, Math.min(end, Math.floor(first / pageRows) - 1));
    const to = Math.min(end, Math.floor(last / pageRows) + 1);
    if (from === this.#wanted[0] && to === this.#wanted[1]) return this.#load();
    this.#wanted = [from, to];
    for (const page of this.#pages.keys()) if (page < from || page > to) this.#pages.delete(page);
    this.#forgetRows();
    this.#load();
    this.#onRange();
  }

  /** Begins to load what is shown at first. */
  start(): void {
    this.#load();
  }

  /** Reads everything again that is held; until then it is shown as it is. */
  reload(): void {
    this.#round += 1;
    this.#loading.clear();
    for (const page of this.#pages.values()) page.seq = -1;
    this.#error = null;
    this.#load();
  }

  /** The ids of the whole list are for who does something with all of it: they are not held. */
  #forgetRows(): void {
    const held = new Set([...this.#pages.values()].flatMap((page) => page.ids));
    for (const id of this.#rows.keys()) if (!held.has(id)) this.#rows.delete(id);
  }

  /** Loads the nearest pages that are wanted and missing; those in sight first. */
  #load(): void {
    const [from, to] = this.#wanted;
    const missing = Array.from({ length: to - from + 1 }, (_, at) => from + at).filter(
      (page) => !this.#loading.has(page) && (this.#pages.get(page)?.seq ?? -1) < 0,
    );
    const middle = (from + to) / 2;
    missing.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    for (const page of missing.slice(0, Math.max(0, atOnce - this.#loading.size))) void this.#loadPage(page);
  }

  async #loadPage(page: number): Promise<void> {
    const round = this.#round;
    this.#loading.add(page);
    try {
      const part = await this.#read({ ...this.query, from: page * pageRows, count: pageRows });
      if (round !== this.#round) return;
      this.#loading.delete(page);
      if (part.seq >= this.#totalSeq) this.#setTotal(part.total, part.seq);
      if (page < this.#wanted[0] || page > this.#wanted[1]) return this.#load();
      for (const row of part.rows as T[]) this.#rows.set(row.id ?? '', row);
      this.#pages.set(page, { ids: part.ids, seq: part.seq });
      this.#forgetRows();
      this.#error = null;
      this.#changed();
      this.#onRange();
      this.#load();
    } catch (error) {
      if (round !== this.#round) return;
      this.#loading.delete(page);
      // Pages that are there go on being shown; the missing one is asked for again when it is looked at again.
      if (this.#pages.size > 0) return;
      this.#error = error;
      this.#changed();
    }
  }

  #setTotal(total: number, seq: number): void {
    this.#total = total;
    this.#totalSeq = seq;
    const end = Math.max(0, Math.ceil(total / pageRows) - 1);
    for (const page of this.#pages.keys()) if (page > end) this.#pages.delete(page);
    if (this.#wanted[1] > end) this.#wanted = [Math.min(this.#wanted[0], end), end];
  }

  /** What is held, as the change feed is asked for it; undefined while nothing is. */
  watched(): (WatchedWindow & { from: number }) | undefined {
    if (this.#pages.size === 0) return undefined;
    const pages = [...this.#pages.keys()];
    const first = Math.min(...pages);
    const from = first * pageRows;
    const count = (Math.max(...pages) - first + 1) * pageRows;
    const since = Math.min(...[...this.#pages.values()].map((page) => page.seq));
    return { key: `${this.#key}.${from}-${count}`, ...this.query, from, count, ...(since < 0 ? {} : { since }) };
  }

  /** Takes in what a frame told of the window of a key; of other places than are watched now it is not taken. */
  take(key: string, { total, ids, rows = [] }: ListNews, seq: number): void {
    const watched = this.watched();
    if (watched === undefined || watched.key !== key) return;
    for (const row of rows as T[]) this.#rows.set(row.id ?? '', row);
    for (const [number, page] of this.#pages) {
      const at = number * pageRows - watched.from;
      if (ids !== undefined) page.ids = ids.slice(at, at + pageRows);
      page.seq = Math.max(page.seq, seq);
    }
    this.#setTotal(total, seq);
    this.#forgetRows();
    this.#changed();
    void this.#readUnknown();
    // Of a list that grew the next page may be in sight by now.
    this.#load();
  }

  /** Rows that moved into sight without having changed are not told of. */
  async #readUnknown(): Promise<void> {
    const unknown = [...this.#pages.values()].flatMap((page) => page.ids).filter((id) => !this.#rows.has(id));
    if (unknown.length === 0) return;
    try {
      const { rows } = await this.#read({ ...this.query, ids: unknown });
      for (const row of rows as T[]) if (!this.#rows.has(row.id ?? '')) this.#rows.set(row.id ?? '', row);
      this.#forgetRows();
      this.#changed();
    } catch {
      this.reload();
    }
  }
}
