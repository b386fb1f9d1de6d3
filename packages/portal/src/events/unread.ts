import type { Event } from '@virgate/contract/generated/types';
import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { client } from '../app/client.ts';
import { keepOption } from '../session/options.ts';

/** Which of the two lists of the drawer: what needs attention, or all that happened. */
export type Newest = 'alert' | 'event';

/** More are on the page of events. */
const mostShown = 100;
const searches: Readonly<Record<Newest, string | undefined>> = { alert: 'severity=alert', event: undefined };
const storageKey = 'virgate.seen';

/** The newest event of each list that the user has seen: their numbers grow. Kept in this browser, and at the engine for all others. */
type Seen = Readonly<Record<Newest, number>>;

const listeners = new Set<() => void>();
let seen: Seen = stored();
let owner: string | undefined;

function stored(): Seen {
  try {
    return seenFrom(JSON.parse(localStorage.getItem(storageKey) ?? 'null'));
  } catch {
    // Storage may be blocked, or hold something else: then all is new.
    return seenFrom(null);
  }
}

function seenFrom(value: unknown): Seen {
  const of = (name: Newest): number => {
    const number = typeof value === 'object' && value !== null ? Number((value as Record<string, unknown>)[name]) : 0;
    return Number.isSafeInteger(number) ? number : 0;
  };
  return { alert: of('alert'), event: of('event') };
}

function show(next: Seen): void {
  seen = next;
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
  } catch {
    // As above: it then lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** Takes over what the engine keeps for the user who has signed in; undefined when it keeps nothing. */
export function takeSeen(userId: string, kept: unknown): void {
  owner = userId;
  if (kept !== undefined) show(seenFrom(kept));
}

/** The number of an event: newer ones have greater ones. */
export function numberOf({ id = '' }: Event): number {
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : 0;
}

/** The number of the newest event of a list that the user has seen. */
export const newestSeen = (which: Newest): number => seen[which];

/** Notes that the user has seen a list as it is. */
export function markSeen(which: Newest, list: readonly Event[]): void {
  const newest = Math.max(seen[which], ...list.map(numberOf));
  if (newest === seen[which]) return;
  show({ ...seen, [which]: newest });
  // What cannot be kept is in this browser all the same, and is sent the next time.
  if (owner !== undefined) keepOption(owner, 'virgate.portal.seen', seen).catch(() => undefined);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The newest alerts or events; they follow the change feed. */
export function useNewest(which: Newest): UseQueryResult<readonly Event[]> {
  return useQuery<readonly Event[]>({
    queryKey: ['parts', 'events', '', 'event', which],
    queryFn: ({ signal }) =>
      client.events.list({ ...(searches[which] === undefined ? {} : { search: searches[which] }), max: mostShown }, { signal }),
  });
}

/** Those that the user has not seen yet, of the newest. */
export function useUnread(which: Newest): readonly Event[] {
  const known = useSyncExternalStore(subscribe, () => seen[which]);
  return (useNewest(which).data ?? []).filter((event) => numberOf(event) > known);
}
