import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { families } from './facts.ts';
import { warehouseSettings } from './settings.ts';

/** How much will be summed up again. */
export interface Rebuild {
  hours: number;
  days: number;
}

/**
 * Has everything of a span summed up again, as far as what it is summed up from is still there: hours from samples, days from hours.
 * Hours and days that the span touches count whole.
 */
export async function rebuildSpan(db: Kysely<Tables>, from: Date, to: Date): Promise<Rebuild> {
  const { timeZone } = await warehouseSettings(db);
  const noted: Rebuild = { hours: 0, days: 0 };
  for (const { name, samples, hourly } of families) {
    const note = async (grain: 'hour' | 'day', table: string): Promise<number> => {
      const unit = grain;
      const found = await sql<{ count: number }>`with noted as (
        insert into warehouse_pending (family, grain, start)
          select distinct ${name}, ${grain}, date_trunc(${unit}, history_datetime, ${timeZone}) from ${sql.table(`history.${table}`)}
          where history_datetime >= date_trunc(${unit}, ${from}::timestamptz, ${timeZone}) and history_datetime < ${to}
            and not exists (select 1 from warehouse_dropped d where d.table_name = ${table} and d.until > date_trunc(${unit}, history_datetime, ${timeZone}))
        on conflict (family, grain, start) do update set noted = (warehouse_pending.noted % 1000000) + 1 returning 1)
        select count(*) as count from noted`.execute(db);
      return found.rows[0]?.count ?? 0;
    };
    noted.hours += await note('hour', samples);
    noted.days += await note('day', hourly);
  }
  return noted;
}
