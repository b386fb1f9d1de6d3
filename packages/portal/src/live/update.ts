import { queryClient } from '../app/query-client.ts';
import type { Batch } from './coalesce.ts';
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

/** Everything may have changed: reads again what is shown, and forgets the rest. */
export function resync(): void {
  queryClient.removeQueries({ type: 'inactive' });
  void queryClient.invalidateQueries();
}

function isPartOf(key: readonly unknown[], batch: Batch): boolean {
  const [kind, ownerType, ownerId, types] = key;
  if (kind !== 'parts') return false;
  return (ownerType === batch.type && batch.ids.has(String(ownerId))) || String(types).split(' ').includes(batch.type);
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
