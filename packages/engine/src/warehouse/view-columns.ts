import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { refusal } from '../virgate/operation.ts';
import { views } from './facts.ts';

/** When a row was: samples and sums have it, configurations have not. */
export const timeColumn = 'history_datetime';

/** A column of a view, with its type in the database. */
export interface ViewColumn {
  readonly name: string;
  /** As the information schema names it: `timestamp with time zone`. */
  readonly type: string;
}

/** Columns of a view of the warehouse, in their order. @throws {Fault} 404 when there is no such view */
export async function viewColumns(db: Kysely<Tables>, view: string): Promise<readonly ViewColumn[]> {
  if (!views.some((one) => one.view === view))
    throw refusal(404, 'unknown_view', `The warehouse has no view ${view.slice(0, 100)}.`, 'view');
  const found = await sql<{ column_name: string; data_type: string }>`select column_name, data_type from information_schema.columns
    where table_schema = 'history' and table_name = ${view} order by ordinal_position`.execute(db);
  return found.rows.map((row) => ({ name: row.column_name, type: row.data_type }));
}
