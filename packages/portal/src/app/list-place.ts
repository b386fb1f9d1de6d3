import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect } from 'react';
import { sortFrom, sortText } from '../grid/order.ts';
import type { Sort } from '../grid/order.ts';
import type { ListSearch } from './place.ts';

/** Where a list page stands: everything of it is in the address, so that it can be linked to and gone back to. */
export interface ListPlace {
  search: string;
  sort: Sort;
  tab: string;
  selectedId: string | undefined;
  onSearch: (search: string) => void;
  onSort: (sort: Sort) => void;
  onTab: (tab: string) => void;
  onOpen: (row: { id?: string }) => void;
  onClose: () => void;
  /** The dialog that is open, and its side tab. */
  dialog: string;
  pane: string;
  /** Opens a dialog, beside an object when one is given. */
  onDialog: (dialog: string, id?: string) => void;
  onPane: (pane: string) => void;
  onDialogClose: () => void;
  /** Opens what a dialog has made, in its place. */
  onOpened: (row: { id?: string }) => void;
}

/** @param path of the page; the selected object's id is the segment after it, known to the router as `param` */
export function useListPlace(path: string, param: string, title: string, defaultSort: Sort): ListPlace {
  const navigate = useNavigate();
  const { search = '', sort: sortSpelled, tab = '', dialog = '', pane = '' }: ListSearch = useSearch({ strict: false });
  const params: Record<string, string | undefined> = useParams({ strict: false });
  const selectedId = params[param];
  const sort = sortFrom(sortSpelled, defaultSort);
  useEffect(() => {
    document.title = `${title} · Virgate`;
  }, [title]);

  // Which of the routes it is only the caller's `path` tells, so the router's types can't follow here.
  const go = useCallback(
    (to: string, change: (search: ListSearch) => ListSearch, replace: boolean) =>
      void navigate({ to, search: change, replace } as unknown as Parameters<typeof navigate>[0]),
    [navigate],
  );
  const here = selectedId === undefined ? path : `${path}/${encodeURIComponent(selectedId)}`;
  return {
    search,
    sort,
    tab,
    selectedId,
    dialog,
    pane,
    onSearch: useCallback(
      (next) => go(here, (now) => ({ ...without(now, 'search'), ...(next === '' ? {} : { search: next }) }), true),
      [go, here],
    ),
    onSort: useCallback((next) => go(here, (rest) => ({ ...rest, sort: sortText(next) }), true), [go, here]),
    onTab: useCallback((next) => go(here, (rest) => ({ ...rest, tab: next }), true), [go, here]),
    onOpen: useCallback((row) => go(`${path}/${encodeURIComponent(row.id ?? '')}`, (rest) => rest, false), [go, path]),
    onClose: useCallback(() => go(path, (now) => without(now, 'tab', 'dialog', 'pane'), false), [go, path]),
    onDialog: useCallback(
      (next, id) =>
        go(id === undefined ? here : `${path}/${encodeURIComponent(id)}`, (now) => ({ ...without(now, 'pane'), dialog: next }), false),
      [go, here, path],
    ),
    onPane: useCallback((next) => go(here, (now) => ({ ...now, pane: next }), true), [go, here]),
    onOpened: useCallback(
      (row) => go(`${path}/${encodeURIComponent(row.id ?? '')}`, (now) => without(now, 'dialog', 'pane', 'tab'), true),
      [go, path],
    ),
    onDialogClose: useCallback(() => go(here, (now) => without(now, 'dialog', 'pane'), true), [go, here]),
  };
}

function without(search: ListSearch, ...keys: (keyof ListSearch)[]): ListSearch {
  const rest = { ...search };
  for (const key of keys) delete rest[key];
  return rest;
}
