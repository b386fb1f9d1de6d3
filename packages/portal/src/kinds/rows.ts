import type { Client, ListKind } from '@virgate/sdk';
import type { Entity } from './kind.ts';

/** Ids that fit into an address. */
const mostIds = 200;

/** What lists show of objects; those that are gone by now are left out. */
export async function rowsOf<T extends Entity>(client: Client, kind: ListKind, ids: readonly string[], signal?: AbortSignal): Promise<T[]> {
  const rows: T[] = [];
  for (let at = 0; at < ids.length; at += mostIds) {
    const part = await client.virgate.lists.get({ kind, ids: ids.slice(at, at + mostIds) }, signal === undefined ? {} : { signal });
    rows.push(...(part.rows as T[]));
  }
  return rows;
}
