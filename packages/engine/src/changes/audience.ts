import type { ListKind } from '@virgate/contract/generated/virgate';
import type { SignedIn } from '../access/permissions.ts';
import type { Engine } from '../engine.ts';
import { listed } from '../lists/kinds.ts';
import { readRows, readWindow } from '../lists/read.ts';
import type { Context } from '../rest/operation.ts';
import { frameOf, positionOf, told } from './event-text.ts';
import type { EventStream } from './event-streams.ts';
import type { Change } from './feed.ts';
import { gathered } from './gather.ts';
import { feedLimits } from './limits.ts';
import { readingAs } from './reading.ts';
import { View } from './visible.ts';
import type { WatchedRange } from './watched.ts';
import { Window, windowKey } from './window.ts';

/** A client that watches windows. */
export interface Follower {
  readonly stream: EventStream;
  readonly user: SignedIn;
  /** By the client's own keys. */
  readonly windows: Map<string, Window>;
  readonly objects: ReadonlyMap<ListKind, ReadonlySet<string>>;
  readonly left: PromiseWithResolvers<void>;
  /** Since when he has taken less than was sent, by the performance clock: what came since was not told. Null while he keeps up. */
  behindSince: number | null;
}

const kindNames = Object.keys(listed) as ListKind[];
/** The kind of list whose objects a change is about; undefined for what is in no list. */
const kindOf = (change: Change): ListKind | undefined => kindNames.find((kind) => listed[kind].followed.includes(change.type));
/** Changes of something below an object are changes of its row, which neither comes nor goes by them. */
const ofRow = (kind: ListKind, change: Change): Change => (change.type === kind ? change : { ...change, op: 'update', fields: null });

/** Clients that see the same: all administrators, or one user. */
export class Audience {
  readonly followers = new Set<Follower>();
  readonly #context: Context;
  /** What a user sees; null for those who see everything. */
  readonly #view: View | null;
  readonly #windows = new Map<string, Window>();
  /** What is not told yet: changes of what is in no list, and of objects in lists by their kinds. */
  #plain: Change[] = [];
  #ofLists = new Map<ListKind, Change[]>();
  /** Some changes are not known. */
  #hasMissed = false;

  constructor(engine: Engine, user: SignedIn, filtered: boolean) {
    this.#context = readingAs(engine, engine.db, user, filtered);
    this.#view = filtered ? new View(engine.db, user) : null;
  }

  async open(): Promise<void> {
    await this.#view?.open();
  }

  /** Takes in what changed; null when that is not known. @returns false when they see other things than before */
  async take(all: readonly Change[] | null): Promise<boolean> {
    if (all === null) {
      this.#hasMissed = true;
      for (const window of this.#windows.values()) window.doubt();
      return true;
    }
    if (all.length === 0) return true;
    const { changes, resync } = this.#view === null ? { changes: all, resync: false } : await this.#view.filter(all, false);
    if (resync) return false;
    for (const change of changes) {
      const kind = kindOf(change);
      if (kind === undefined || change.type !== kind) this.#plain.push(change);
      if (kind === undefined) continue;
      const known = this.#ofLists.get(kind) ?? [];
      known.push(ofRow(kind, change));
      this.#ofLists.set(kind, known);
    }
    for (const [kind, known] of this.#ofLists)
      for (const window of this.#windows.values()) if (window.range.kind === kind) for (const change of known) window.note(change);
    this.#noteNames(changes);
    return true;
  }

  /** Something that rows name has another name: all of them may show it. */
  #noteNames(changes: readonly Change[]): void {
    const renamed = new Set(
      changes.filter(({ op, fields }) => op === 'update' && fields?.includes('name') === true).map(({ type }) => type),
    );
    for (const window of this.#windows.values()) if (listed[window.range.kind].named.some((type) => renamed.has(type))) window.doubt();
  }

  /** Tells everybody what is new, as far as he takes it. @param looksUntil when to stop looking what stands in windows */
  async tell(seq: number, looksUntil: number): Promise<void> {
    for (const window of [...this.#windows.values()].filter((one) => one.isDue(performance.now()))) {
      if (performance.now() > looksUntil) break;
      await this.#look(window);
    }
    const textOf = await this.#texts([...this.#windows.values()].map((window) => [window.range.kind, window.changed]));
    const news = new Map([...this.#windows.values()].map((window) => [window, window.news(textOf(window.range.kind))]));
    const plain = gathered(this.#plain).map((change) => JSON.stringify(told(change)));
    const touched = JSON.stringify([...this.#ofLists.keys()]);
    const ofLists = new Map([...this.#ofLists].map(([kind, changes]) => [kind, gathered(changes)]));
    const hasMissed = this.#hasMissed;
    this.#plain = [];
    this.#ofLists = new Map();
    this.#hasMissed = false;
    /** Frames by what is in them: who looks at the same places gets the same bytes. */
    const frames = new Map<string, Buffer>();
    for (const follower of this.followers) {
      if (follower.stream.isCongested || follower.behindSince !== null || hasMissed) {
        this.#tellBehind(follower, seq);
        continue;
      }
      const changes = [...plain, ...watchedObjects(follower, ofLists)];
      const parts = [...follower.windows].flatMap(([key, window]) => {
        const part = news.get(window);
        return part === undefined ? [] : [`"${key}":${part}`];
      });
      if (changes.length + parts.length + ofLists.size === 0) continue;
      const text = frameOf(seq, [
        ...(changes.length === 0 ? [] : [`"changes":[${changes.join(',')}]`]),
        ...(parts.length === 0 ? [] : [`"lists":{${parts.join(',')}}`]),
        ...(ofLists.size === 0 ? [] : [`"touched":${touched}`]),
      ]);
      const frame = frames.get(text) ?? Buffer.from(text);
      frames.set(text, frame);
      follower.stream.push(frame);
    }
  }

  /** Once he takes something again, he is told to read everything again; who takes nothing for too long is cut off. */
  #tellBehind(follower: Follower, seq: number): void {
    const now = performance.now();
    follower.behindSince ??= now;
    if (follower.stream.isCongested) {
      if (now - follower.behindSince > feedLimits.stalledMs) follower.left.reject(new Error('He has taken nothing for too long.'));
      return;
    }
    follower.behindSince = null;
    follower.stream.push(frameOf(seq, ['"reload":true']));
  }

  async #look(window: Window): Promise<void> {
    await window.look((range) => readWindow(this.#context, range));
  }

  /** Reads rows, each once, and gives their texts. */
  async #texts(
    wanted: readonly (readonly [ListKind, Iterable<string>])[],
  ): Promise<(kind: ListKind) => (id: string) => string | undefined> {
    const texts = new Map<ListKind, Map<string, string>>();
    for (const [kind, some] of Map.groupBy(wanted, ([one]) => one)) {
      const ids = [...new Set(some.flatMap(([, members]) => [...members]))];
      const rows = await readRows(this.#context, kind, ids);
      texts.set(kind, new Map(rows.map((row) => [row.id ?? '', JSON.stringify(row)])));
    }
    return (kind) => (id) => texts.get(kind)?.get(id);
  }

  /**
   * Takes a client in and tells him what he missed.
   * @param since what he was told is as new as this; undefined when he begins now
   * @param after reads the changes from a number to `seq`; null when that is too much
   */
  async admit(
    follower: Follower,
    ranges: readonly WatchedRange[],
    since: number | undefined,
    seq: number,
    after: (from: number) => Promise<Change[] | null>,
  ): Promise<void> {
    for (const { key, range } of ranges) {
      const text = windowKey(range);
      const window = this.#windows.get(text) ?? new Window(range);
      this.#windows.set(text, window);
      window.followers += 1;
      follower.windows.set(key, window);
      if (!window.isFresh(performance.now())) await this.#look(window);
    }
    const missed = since === undefined ? [] : await after(since);
    const shown = missed === null || this.#view === null ? { changes: missed, resync: false } : await this.#view.filter(missed, true);
    const rows = new Map<string, string[]>();
    for (const { key, range, since: read } of ranges) {
      const { ids } = follower.windows.get(key) ?? { ids: [] };
      const changed = read === undefined ? null : await after(read);
      const names = new Set(changed?.filter((one) => kindOf(one) === range.kind).map((one) => one.id));
      rows.set(
        key,
        ids.filter((id) => changed === null || names.has(id)),
      );
    }
    const textOf = await this.#texts(ranges.map(({ key, range }) => [range.kind, rows.get(key) ?? []]));
    const parts = ranges.map(({ key, range }) => {
      const window = follower.windows.get(key);
      return `"${key}":${window?.state(rows.get(key) ?? [], textOf(range.kind)) ?? 'null'}`;
    });
    const changes = gathered(shown.changes ?? []).filter((change) => {
      const kind = kindOf(change);
      return kind === undefined || change.type !== kind || follower.objects.get(kind)?.has(change.id) === true;
    });
    follower.stream.push(
      positionOf(seq) +
        frameOf(seq, [
          ...(changes.length === 0 ? [] : [`"changes":[${changes.map((change) => JSON.stringify(told(change))).join(',')}]`]),
          ...(parts.length === 0 ? [] : [`"lists":{${parts.join(',')}}`]),
          ...(shown.changes === null || shown.resync ? ['"reload":true'] : []),
        ]),
    );
    this.followers.add(follower);
  }

  remove(follower: Follower): void {
    if (!this.followers.delete(follower)) return;
    for (const window of follower.windows.values()) {
      window.followers -= 1;
      if (window.followers === 0) this.#windows.delete(windowKey(window.range));
    }
  }
}

/** Changes of the single objects that a client watches. */
function watchedObjects({ objects }: Follower, ofLists: ReadonlyMap<ListKind, readonly Change[]>): string[] {
  return [...objects].flatMap(([kind, ids]) =>
    (ofLists.get(kind) ?? []).filter((change) => ids.has(change.id)).map((change) => JSON.stringify(told(change))),
  );
}
