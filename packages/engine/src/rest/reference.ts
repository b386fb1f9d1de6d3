import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { entityNotFound, incomplete } from './fault.ts';
import { isUuid } from './listing.ts';

/** What a body may say of another object: its id or its name. */
export interface Reference {
  id?: string;
  name?: string;
}

/**
 * Finds the object that a body refers to, by id or, failing that, by name.
 * @param type the contract's type, for the fault
 * @throws {Fault} 404 naming what was asked for; 400 when neither is given
 */
export async function resolve(
  db: Kysely<Tables>,
  type: string,
  table: keyof Tables & string,
  reference: Reference | undefined,
  only: RawBuilder<boolean> = sql<boolean>`true`,
): Promise<{ id: string; name: string }> {
  if (reference?.id === undefined && reference?.name === undefined) throw incomplete(`${type} [id|name]`);
  if (reference.id !== undefined && !isUuid(reference.id)) throw entityNotFound(type, `id=${reference.id}`);
  const match =
    reference.id === undefined ? sql<boolean>`lower(t.name) = lower(${reference.name ?? ''})` : sql<boolean>`t.id = ${reference.id}::uuid`;
  const found = await sql<{
    id: string;
    name: string;
  }>`select t.id, t.name from ${sql.table(table)} t where ${match} and ${only} limit 1`.execute(db);
  const row = found.rows[0];
  if (!row) throw entityNotFound(type, reference.id === undefined ? `name=${reference.name}` : `id=${reference.id}`);
  return row;
}
