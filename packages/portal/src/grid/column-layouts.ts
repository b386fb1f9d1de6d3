import { useCallback, useSyncExternalStore } from 'react';
import { keepOption } from '../session/options.ts';
import { layoutFrom } from './layout.ts';
import type { ColumnLayout } from './layout.ts';

/** How a user wants his lists to look, by their names. Kept in this browser, and at the engine for all others. */
type Layouts = Readonly<Record<string, ColumnLayout>>;

const storageKey = 'virgate.columns';
/** Time after the last change before it is sent: a drag makes many. */
const sendMs = 800;
/** Lists that are kept: more are no lists of the portal. */
const maxLists = 200;

const listeners = new Set<() => void>();
let layouts: Layouts = stored();
/** Whose they are, once it is known. */
let owner: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function stored(): Layouts {
  try {
    return layoutsFrom(JSON.parse(localStorage.getItem(storageKey) ?? 'null'));
  } catch {
    // Storage may be blocked, or hold something else: then lists look as usual.
    return {};
  }
}

function layoutsFrom(value: unknown): Layouts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, maxLists)
      .map(([list, layout]) => [list, layoutFrom(layout)]),
  );
}

function show(next: Layouts): void {
  layouts = next;
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
  } catch {
    // As above: the choice then lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/**
 * Takes over what the engine keeps for the user who has signed in; from then on changes are kept there too.
 * @param kept as it was read; undefined when nothing is kept, and what this browser has stays
 */
export function takeLayouts(userId: string, kept: unknown): void {
  owner = userId;
  if (kept !== undefined) show(layoutsFrom(kept));
}

function send(): void {
  if (owner === undefined) return;
  // What cannot be kept is in this browser all the same, and is sent with the next change.
  keepOption(owner, 'virgate.portal.columns', Object.keys(layouts).length === 0 ? undefined : layouts).catch(() => undefined);
}

function change(list: string, layout: ColumnLayout | undefined): void {
  const { [list]: _, ...others } = layouts;
  show(layout === undefined ? others : { ...others, [list]: layout });
  clearTimeout(timer);
  timer = setTimeout(send, sendMs);
}

const usual: ColumnLayout = {};

/**
 * How a list looks: as chosen, else as usual.
 * @param list its name, such as the path of its page
 */
export function useColumnLayout(list: string): { layout: ColumnLayout; onLayout: (layout: ColumnLayout | undefined) => void } {
  const layout = useSyncExternalStore(subscribe, () => layouts[list] ?? usual);
  return { layout, onLayout: useCallback((next) => change(list, next), [list]) };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
