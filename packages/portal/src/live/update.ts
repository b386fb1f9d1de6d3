import { queryClient } from '../app/query-client.ts';
import type { ListKind } from '@virgate/sdk';
import type { Batch } from './batches.ts';
import { collections } from './collections.ts';
import type { Collection } from './collections.ts';
import { patched } from './patch.ts';
import type { Identified } from './patch.ts';

/** More changed objects than this are read as a list again rather than one by one. */
const mostReadAlone = 8;

/** Brings what the page holds up to date with what the change feed told. */
export function applyChanges(batches: readonly Batch[]): void {
  for (const batch of batches) {
    const collection = collections.get(batch.type);
    if (collection !== undefined) void refresh(collection, batch);
    void queryClient.invalidateQueries({ predicate: ({ queryKey }) => isPartOf(queryKey, batch) });
  }
}

/** What is made of many objects is read again no more often than this while they change. */
const spacedMs = 2000;
const spaced = new Map<ListKind, { last: number; timer?: ReturnType<typeof setTimeout> }>();

/**
 * Objects of a kind changed, wherever they stand in its lists: what is made of them (counts, tables of those that hang on something) is
 * read again, at once for the first change and then at intervals.
 */
export function touch(kinds: readonly ListKind[]): void {
  for (const kind of kinds) {
    const known = spaced.get(kind) ?? { last: -Infinity };
    spaced.set(kind, known);
    if (known.timer !== undefined) continue;
    known.timer = setTimeout(
      () => {
        delete known.timer;
        known.last = performance.now();
        // What is being read already is waited for: begun anew with each change it would never end.
        const gently = { cancelRefetch: false };
        void queryClient.invalidateQueries({ predicate: ({ queryKey }) => isMadeOf(queryKey, kind) }, gently);
        void queryClient.invalidateQueries({ queryKey: ['list', kind] }, gently);
      },
      Math.max(0, known.last + spacedMs - performance.now()),
    );
  }
}

/** Everything may have changed: reads again what is shown, and forgets the rest. */
export function resync(): void {
  queryClient.removeQueries({ type: 'inactive' });
  void queryClient.invalidateQueries();
}

function isPartOf(key: readonly unknown[], batch: Batch): boolean {
  const [kind, ownerType, ownerId] = key;
  return (kind === 'parts' && ownerType === batch.type && batch.ids.has(String(ownerId))) || isMadeOf(key, batch.type);
}

/** Whether something is made of objects of a type. Of those in long lists {@link touch} tells. */
function isMadeOf([kind, , , types]: readonly unknown[], type: string): boolean {
  return kind === 'parts' && String(types).split(' ').includes(type);
}

async function refresh(collection: Collection<Identified>, batch: Batch): Promise<void> {
  const gone = new Set([...batch.ids].filter(([, op]) => op === 'remove').map(([id]) => id));
  const changed = [...batch.ids.keys()].filter((id) => !gone.has(id) && (collection.follows === true || !batch.same.has(id)));
  if (changed.length + gone.size === 0) return;
  const searches = queryClient.getQueryCache().findAll({ queryKey: ['list', collection.type] });
  // A search's result can't be patched: whether the object still matches is the engine's to say.
  for (const query of searches) if (query.queryKey[2] !== '') void queryClient.invalidateQueries({ queryKey: query.queryKey });
  if (changed.length > mostReadAlone) {
    await queryClient.invalidateQueries({ queryKey: ['list', collection.type, ''] });
    await queryClient.invalidateQueries({ queryKey: ['one', collection.type] });
    return;
  }
  const shown = changed.filter((id) => batch.ids.get(id) === 'add' || isHeld(collection, id));
  const fresh = await Promise.all(shown.map((id) => readOne(collection, id, gone)));
  const objects = fresh.filter((one) => one !== undefined);
  queryClient.setQueryData<readonly Identified[]>(['list', collection.type, ''], (list) =>
    list === undefined ? undefined : patched(list, objects, gone),
  );
  for (const one of objects) {
    if (queryClient.getQueryData(['one', collection.type, one.id]) !== undefined)
      queryClient.setQueryData(['one', collection.type, one.id], one);
  }
  for (const id of gone) void queryClient.invalidateQueries({ queryKey: ['one', collection.type, id] });
}

function isHeld(collection: Collection<Identified>, id: string): boolean {
  return (
    queryClient.getQueryData(['list', collection.type, '']) !== undefined ||
    queryClient.getQueryData(['one', collection.type, id]) !== undefined
  );
}

async function readOne(collection: Collection<Identified>, id: string, gone: Set<string>): Promise<Identified | undefined> {
  try {
    return await collection.one(id, AbortSignal.timeout(30_000));
  } catch (error) {
    // Removed between the change and the reading, or no longer to be seen.
    if (error instanceof Error && 'status' in error && (error.status === 404 || error.status === 403)) gone.add(id);
    else await queryClient.invalidateQueries({ queryKey: ['list', collection.type, ''] });
    return undefined;
  }
}
