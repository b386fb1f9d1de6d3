import { useCallback, useSyncExternalStore } from 'react';
import { Preference } from '../session/preference.ts';
import { layoutFrom } from './layout.ts';
import type { ColumnLayout } from './layout.ts';

/** How a user wants his lists to look, by their names. */
type Layouts = Readonly<Record<string, ColumnLayout>>;

/** Time after the last change before it is sent: a drag makes many. */
const sendMs = 800;
/** Lists that are kept: more are no lists of the portal. */
const maxLists = 200;

function layoutsFrom(value: unknown): Layouts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, maxLists)
      .map(([list, layout]) => [list, layoutFrom(layout)]),
  );
}

export const columnLayouts = new Preference<Layouts>('virgate.columns', 'virgate.portal.columns', layoutsFrom);

function change(list: string, layout: ColumnLayout | undefined): void {
  const { [list]: _, ...others } = columnLayouts.value;
  columnLayouts.change(layout === undefined ? others : { ...others, [list]: layout }, sendMs);
}

const usual: ColumnLayout = {};

/**
 * How a list looks: as chosen, else as usual.
 * @param list its name, such as the path of its page
 */
export function useColumnLayout(list: string): { layout: ColumnLayout; onLayout: (layout: ColumnLayout | undefined) => void } {
  const layout = useSyncExternalStore(columnLayouts.subscribe, () => columnLayouts.value[list] ?? usual);
  return { layout, onLayout: useCallback((next) => change(list, next), [list]) };
}
