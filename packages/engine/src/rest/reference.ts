import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { entityNotFound, Fault, incomplete, say } from './fault.ts';
import { isUuid } from './listing.ts';

/** What a body may say of another object: its id or its name. */
export interface Reference {
  id?: string;
  name?: string;
}

/**
 * Why a body's reference leads nowhere: it names nothing (400), its id is none (400), or there is no such object (404).
 * Source: REST contract, faults: a malformed id in a body has the reason "Operation failed".
 */
export function unresolved(type: string, reference: Reference | undefined): Fault {
  const { id, name } = reference ?? {};
  if (id === undefined && name === undefined) return incomplete(`${type} [id|name]`);
  if (id === undefined) return entityNotFound(type, `name=${name}`);
  return isUuid(id)
    ? entityNotFound(type, `id=${id}`)
    : new Fault(400, 'Operation failed', [say`The id of the ${type} is not a UUID: ${id.slice(0, 80)}`], { key: 'MALFORMED_ID' });
}

/**
 * Finds the object that a body refers to, by id or, failing that, by name.
 * @param type the contract's type, for the fault
 * @throws {Fault} 404 naming what was asked for; 400 when neither is given, or the id is none
 */
export async function resolve(
  db: Kysely<Tables>,
  type: string,
  table: keyof Tables & string,
  reference: Reference | undefined,
  only: RawBuilder<boolean> = sql<boolean>`true`,
): Promise<{ id: string; name: string }> {
  const { id, name } = reference ?? {};
  if (id === undefined ? name === undefined : !isUuid(id)) throw unresolved(type, reference);
  const match = id === undefined ? sql<boolean>`lower(t.name) = lower(${name ?? ''})` : sql<boolean>`t.id = ${id}::uuid`;
  const found = await sql<{
    id: string;
    name: string;
  }>`select t.id, t.name from ${sql.table(table)} t where ${match} and ${only} limit 1`.execute(db);
  const row = found.rows[0];
  if (!row) throw unresolved(type, reference);
  return row;
}
