import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';

/** The SQL type of a column of the history. What is cast to it fits: longer texts are cut. */
export type ColumnTypes = (table: string, column: string) => string;

/** Reads the types of all columns of the history. */
export async function columnTypes(db: Kysely<Tables>): Promise<ColumnTypes> {
  const found = await sql<{ name: string; type: string }>`
    select c.relname || '.' || a.attname as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'history' and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped`.execute(db);
  const types = new Map(found.rows.map((row) => [row.name, row.type]));
  return (table, column) => {
    const type = types.get(`${table}.${column}`);
    if (type === undefined) throw new Error(`The history has no column ${table}.${column}`);
    return type;
  };
}
