import { ApiFault } from '@virgate/sdk';
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { client } from '../app/client.ts';
import type { Rows } from '../grid/rows.ts';
import { sessionEnded } from '../session/session.ts';
import { LiveList } from './live-list.ts';
import type { ListQuery, ReadPart } from './live-list.ts';
import type { Identified } from './patch.ts';
import { newKey, showList, watchedChanged } from './watched.ts';

/** What a page gets of a list. */
export interface ShownRows<T> {
  data: Rows<T> | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => void;
}

const longestMs = 60_000;

/** The answer says how far the feed was before it was read, and the feed is followed from there: nothing has to be waited for. */
const read: ReadPart = async (asked) => {
  try {
    return await client.virgate.lists.get(asked, { signal: AbortSignal.timeout(longestMs) });
  } catch (error) {
    if (error instanceof ApiFault && error.signedOut) sessionEnded();
    throw error;
  }
};

/** Rows of one part of a list that is read whole. */
const partRows = 500;

/** All rows of a list, part by part. */
async function wholeOf<T>(query: ListQuery): Promise<readonly T[]> {
  const rows: T[] = [];
  for (let from = 0; ; from += partRows) {
    const part = await client.virgate.lists.get({ ...query, from, count: partRows });
    rows.push(...(part.rows as T[]));
    if (from + partRows >= part.total) return rows;
  }
}

const nothing = (): (() => void) => () => undefined;

/** A list of any length, of which the rows in sight are held and kept up to date. The rows of the former search stay until the next are there. */
export function useLiveList<T extends Identified>(query: ListQuery | undefined): ShownRows<T> {
  const list = useMemo(
    () => (query === undefined ? undefined : new LiveList<T>(query, newKey(), read, watchedChanged)),
    // A query is made anew with each drawing; it is the same when it asks for the same.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [query?.kind, query?.search, query?.sort, query?.descending],
  );
  useEffect(() => {
    if (list === undefined) return undefined;
    list.start();
    return showList(list);
  }, [list]);
  const version = useSyncExternalStore(list?.subscribe ?? nothing, list?.version ?? zero);
  const former = useRef<Rows<T>>(undefined);
  return useMemo(() => {
    const total = list?.total;
    if (list !== undefined && total !== undefined)
      former.current = {
        count: total,
        at: (index) => list.at(index),
        want: (first, last) => list.want(first, last),
        ids: async () => (await client.virgate.lists.ids(list.query)).ids,
        all: () => wholeOf<T>(list.query),
      };
    return {
      data: list?.error == null ? former.current : undefined,
      error: list?.error ?? null,
      isPending: total === undefined,
      refetch: () => list?.reload(),
    };
    // The list is the same object whatever is in it: its version tells that it changed.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [list, version]);
}

const zero = (): number => 0;
