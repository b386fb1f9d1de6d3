import { listed, type ListOrder } from '../lists/kinds.ts';
import type { ListRange } from '../lists/read.ts';
import type { Change } from './feed.ts';
import { feedLimits } from './limits.ts';

/** Two windows with the same text are the same window. */
export const windowKey = ({ kind, search, sort, descending, from, count }: ListRange): string =>
  JSON.stringify([kind, search, sort, descending, from, count]);

/**
 * Places of a list that some clients look at, all of whom see the same: what stands there is found out once for all of them, and only when
 * it may have changed.
 */
export class Window {
  readonly range: ListRange;
  /** Clients that look at it. */
  followers = 0;
  total = -1;
  ids: readonly string[] = [];
  /** Rows that changed since they were told. */
  readonly changed = new Set<string>();
  /** Whether total or ids are to be told, and which of them. */
  isTotalNew = false;
  areIdsNew = false;
  readonly #order: ListOrder | undefined;
  #here = new Set<string>();
  /** What stands here may have changed. */
  #doubtful = true;
  #looked = -Infinity;
  #lookMs = 0;

  constructor(range: ListRange) {
    this.range = range;
    this.#order = listed[range.kind].orders[range.sort];
  }

  has(id: string): boolean {
    return this.#here.has(id);
  }

  /** Takes note of a change of the kind's objects. */
  note({ id, op, fields }: Change): void {
    if (op !== 'update' || this.#moves(fields)) this.#doubtful = true;
    if (op === 'update' && this.#here.has(id)) this.changed.add(id);
  }

  /** Whether a change of some attributes can move an object into the window, out of it or within it. */
  #moves(fields: readonly string[] | null): boolean {
    const decisive = this.range.search === '' ? this.#order?.fields : null;
    return fields === null || decisive == null || fields.some((name) => decisive.includes(name));
  }

  /** Everything may have changed. */
  doubt(): void {
    this.#doubtful = true;
    for (const id of this.ids) this.changed.add(id);
  }

  /** Whether it is to be looked what stands here: a look that takes long is taken seldom. */
  isDue(now: number): boolean {
    return this.#doubtful && now - this.#looked >= Math.max(feedLimits.lookMs, this.#lookMs * feedLimits.restFactor);
  }

  /** Whether what is known was found out just now. */
  isFresh(now: number): boolean {
    return !this.#doubtful && now - this.#looked < feedLimits.lookMs;
  }

  /** Looks what stands here. @param read as {@link readWindow} */
  async look(read: (range: ListRange) => Promise<{ total: number; ids: string[] }>): Promise<void> {
    const begun = performance.now();
    // What changes from here on makes it doubtful again.
    this.#doubtful = false;
    const { total, ids } = await read(this.range);
    this.isTotalNew ||= total !== this.total;
    this.total = total;
    if (ids.length !== this.ids.length || ids.some((id, at) => id !== this.ids[at])) {
      this.areIdsNew = true;
      for (const id of ids) if (!this.#here.has(id)) this.changed.add(id);
      this.ids = ids;
      this.#here = new Set(ids);
      for (const id of this.changed) if (!this.#here.has(id)) this.changed.delete(id);
    }
    this.#looked = performance.now();
    this.#lookMs = this.#looked - begun;
  }

  /** JSON of what is new here, and it is told; undefined when nothing is. @param textOf the text of a row, where there is one */
  news(textOf: (id: string) => string | undefined): string | undefined {
    if (!this.isTotalNew && !this.areIdsNew && this.changed.size === 0) return undefined;
    const text = partText(this.total, this.areIdsNew ? this.ids : undefined, [...this.changed], textOf);
    this.isTotalNew = false;
    this.areIdsNew = false;
    this.changed.clear();
    return text;
  }

  /** JSON of what a client is told that comes new: where it stands, and the rows that it does not know as they are. */
  state(rows: readonly string[], textOf: (id: string) => string | undefined): string {
    return partText(this.total, this.ids, rows, textOf);
  }
}

function partText(
  total: number,
  ids: readonly string[] | undefined,
  rows: readonly string[],
  textOf: (id: string) => string | undefined,
): string {
  const texts = rows.map(textOf).filter((text) => text !== undefined);
  const places = ids === undefined ? '' : `,"ids":${JSON.stringify(ids)}`;
  return `{"total":${total}${places}${texts.length === 0 ? '' : `,"rows":[${texts.join(',')}]`}}`;
}
