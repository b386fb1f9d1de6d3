import type { ListKind, ListNews, WatchedWindow } from '@virgate/sdk';

/** What this page looks at: the feed is asked for changes of these places and objects alone, where there are thousands. */

/** A list that is shown. */
export interface ShownList {
  watched(): WatchedWindow | undefined;
  take(key: string, news: ListNews, seq: number): void;
  reload(): void;
}

/** Tells the keys of this page from those of other tabs. */
const tab = crypto.randomUUID().slice(0, 8);
const lists = new Set<ShownList>();
/** How often an object is looked at, by its kind and id. */
const objects = new Map<ListKind, Map<string, number>>();
let count = 0;
let onChange: () => void = () => undefined;

/** A key that nothing else has. */
export function newKey(): string {
  count += 1;
  return `${tab}.${count}`;
}

/** Kinds of which the feed tells only what is looked at. */
const kinds: readonly string[] = ['vm', 'disk'] satisfies ListKind[];
export const isListKind = (type: string): type is ListKind => kinds.includes(type);

/** @param changed told when something else is looked at */
export function onWatched(changed: () => void): void {
  onChange = changed;
}

/** What is looked at is other places of a list by now. */
export function watchedChanged(): void {
  onChange();
}

/** @returns ends it */
export function showList(list: ShownList): () => void {
  lists.add(list);
  onChange();
  return () => {
    lists.delete(list);
    onChange();
  };
}

/** @returns ends it */
export function showObject(kind: ListKind, id: string): () => void {
  const ids = objects.get(kind) ?? new Map<string, number>();
  objects.set(kind, ids);
  ids.set(id, (ids.get(id) ?? 0) + 1);
  onChange();
  return () => {
    const left = (ids.get(id) ?? 1) - 1;
    if (left > 0) ids.set(id, left);
    else ids.delete(id);
    onChange();
  };
}

/** All of it, as the feed is asked for it. */
export function allWatched(): WatchedWindow[] {
  const shown = [...lists].flatMap((list) => list.watched() ?? []);
  const single = [...objects].flatMap(([kind, ids]) => (ids.size === 0 ? [] : [{ key: `${tab}.${kind}`, kind, ids: [...ids.keys()] }]));
  return [...shown, ...single];
}

/** Windows of one stream, and letters of them in its address. Source: limits of the engine's change feed. */
const mostWindows = 64;
const mostLetters = 45_000;

/** What several tabs look at as one stream is asked for it: single objects together by kind, and of too many windows the latest. */
export function together(all: readonly WatchedWindow[]): WatchedWindow[] {
  const single = new Map<ListKind, Set<string>>();
  const ranges: WatchedWindow[] = [];
  for (const one of all)
    if ('ids' in one) single.set(one.kind, new Set([...(single.get(one.kind) ?? []), ...one.ids]));
    else ranges.push(one);
  const kept: WatchedWindow[] = [...single].map(([kind, ids]) => ({ key: kind, kind, ids: [...ids] }));
  let letters = JSON.stringify(kept).length;
  for (const one of ranges.toReversed()) {
    letters += JSON.stringify(one).length + 1;
    if (kept.length === mostWindows || letters > mostLetters) break;
    kept.push(one);
  }
  return kept;
}

/** Passes on what a frame tells of lists. */
export function takeNews(news: Readonly<Record<string, ListNews>>, seq: number): void {
  for (const [key, part] of Object.entries(news)) if (key.startsWith(`${tab}.`)) for (const list of lists) list.take(key, part, seq);
}

/** Reads everything again that is shown. */
export function reloadLists(): void {
  for (const list of lists) list.reload();
}
