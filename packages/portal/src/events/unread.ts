import type { Event } from '@virgate/contract/generated/types';
import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { client } from '../app/client.ts';
import { Preference } from '../session/preference.ts';

/** Which of the two lists of the drawer: what needs attention, or all that happened. */
export type Newest = 'alert' | 'event';

/** More are on the page of events. */
const mostShown = 100;
const searches: Readonly<Record<Newest, string | undefined>> = { alert: 'severity=alert', event: undefined };

/** The newest event of each list that the user has seen: their numbers grow. */
type Seen = Readonly<Record<Newest, number>>;

function seenFrom(value: unknown): Seen {
  const of = (name: Newest): number => {
    const number = typeof value === 'object' && value !== null ? Number((value as Record<string, unknown>)[name]) : 0;
    return Number.isSafeInteger(number) ? number : 0;
  };
  return { alert: of('alert'), event: of('event') };
}

export const seenEvents = new Preference<Seen>('virgate.seen', 'virgate.portal.seen', seenFrom);

/** The number of an event: newer ones have greater ones. */
export function numberOf({ id = '' }: Event): number {
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : 0;
}

/** The number of the newest event of a list that the user has seen. */
export const newestSeen = (which: Newest): number => seenEvents.value[which];

/** Notes that the user has seen a list as it is. */
export function markSeen(which: Newest, list: readonly Event[]): void {
  const newest = Math.max(newestSeen(which), ...list.map(numberOf));
  if (newest > newestSeen(which)) seenEvents.change({ ...seenEvents.value, [which]: newest });
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
  const known = useSyncExternalStore(seenEvents.subscribe, () => newestSeen(which));
  return (useNewest(which).data ?? []).filter((event) => numberOf(event) > known);
}
