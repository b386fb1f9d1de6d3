import { client } from '../app/client.ts';
import { queryClient } from '../app/query-client.ts';
import { collections } from '../live/collections.ts';
import type { Collection } from '../live/collections.ts';
import type { Entity, Kind } from './kind.ts';

/** The collection behind a kind's pages, kept up to date by the change feed as those of older pages are. */
export function collectionOf(kind: Kind): Collection<Entity> {
  const known = made.get(kind);
  if (known !== undefined) return known;
  const collection: Collection<Entity> = {
    type: kind.type,
    ...(kind.follows === true ? { follows: true } : {}),
    list: async (search, signal) => [...(await kind.list(client, search, signal))],
    one: (id, signal) => kind.one(client, id, signal),
  };
  made.set(kind, collection);
  collections.set(kind.type, collection);
  return collection;
}

const made = new WeakMap<Kind, Collection<Entity>>();

/** Reads again what an action may have changed and the change feed does not tell of. */
export function refreshAfter(kind: Kind, id: string): void {
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [of, type, owner] }) => of === 'parts' && ((type === kind.type && owner === id) || type === 'reference'),
  });
  void queryClient.invalidateQueries({ queryKey: ['list', kind.type] });
  if (id !== '') void queryClient.invalidateQueries({ queryKey: ['one', kind.type, id] });
}
