import { json, transaction } from '@virgate/database';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { ensurePart, type Span } from '../warehouse/partitions.ts';
import type { Sample } from './synthetic-history.ts';

const rowsAtOnce = 20_000;

/** Writes rows into tables of the history, by table, with the parts that they need. */
export async function addRows(db: Kysely<Tables>, rowsOf: ReadonlyMap<string, readonly Sample[]>, span: Span = 'day'): Promise<void> {
  for (const [table, rows] of rowsOf) {
    const [first] = rows;
    if (!first) continue;
    await transaction(db, async (trx) => {
      for (const day of new Set(rows.map((row) => row['history_datetime']?.slice(0, 10))))
        await ensurePart(trx, table, span, Date.parse(`${day}T00:00:00Z`));
    });
    const columns = sql.join(Object.keys(first).map((name) => sql.ref(name)));
    for (let from = 0; from < rows.length; from += rowsAtOnce)
      await sql`insert into ${sql.table(`history.${table}`)} (${columns})
        select ${columns} from jsonb_populate_recordset(null::${sql.table(`history.${table}`)}, ${json(rows.slice(from, from + rowsAtOnce))})`.execute(
        db,
      );
  }
}
