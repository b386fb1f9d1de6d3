import { transaction } from '@virgate/database';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { partedTables, partsOf } from './partitions.ts';
import { warehouseSettings } from './settings.ts';

const hourMs = 3_600_000;
/** What is not summed up yet is kept so much longer, but not for ever. */
const longestUnsummedMs = 14 * 24 * hourMs;
const lockTimeout = '5s';

/** Whether a part may go: it has served its time, and what it holds is summed up, or never will be. Pure. */
export function mayGo(part: { toMs: number }, keptMs: number, pending: boolean, nowMs: number): boolean {
  const age = nowMs - part.toMs;
  return age >= keptMs + (pending ? longestUnsummedMs : 0);
}

/**
 * Drops the parts of the history's tables whose last row is older than they are kept for.
 * @returns the names of what was dropped
 */
export async function dropOldParts(db: Kysely<Tables>, at: Date): Promise<string[]> {
  const { retention } = await warehouseSettings(db);
  const dropped: string[] = [];
  for (const { table, kind, span, families } of partedTables)
    for (const part of await partsOf(db, table, span)) {
      if (!mayGo(part, retention[kind] * hourMs, false, at.getTime())) continue;
      const gone = await transaction(db, async (trx) => {
        await sql`set local lock_timeout = ${sql.lit(lockTimeout)}`.execute(trx);
        // Locked first: nobody adds samples to what is looked at.
        const there = await sql<{ there: boolean }>`select to_regclass(${`history.${part.name}`}) is not null as there`.execute(trx);
        if (there.rows[0]?.there !== true) return false;
        const waiting =
          kind === 'daily'
            ? false
            : (
                await sql`select 1 from warehouse_pending where family in (${sql.join([...families])}) and grain = ${kind === 'samples' ? 'hour' : 'day'}
                  and start < ${new Date(part.toMs)} and start > ${new Date(part.fromMs - 25 * hourMs)} limit 1`.execute(trx)
              ).rows.length > 0;
        if (!mayGo(part, retention[kind] * hourMs, waiting, at.getTime())) return false;
        await sql`drop table ${sql.table(`history.${part.name}`)}`.execute(trx);
        await sql`insert into warehouse_dropped (table_name, until) values (${table}, ${new Date(part.toMs)})
          on conflict (table_name) do update set until = greatest(warehouse_dropped.until, excluded.until)`.execute(trx);
        return true;
      });
      if (gone) dropped.push(part.name);
    }
  return dropped;
}
