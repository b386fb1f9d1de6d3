import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import type { Retention } from './facts.ts';

/** How the warehouse sums up and for how long it keeps. */
export interface WarehouseSettings {
  /** Where hours and days begin. */
  timeZone: string;
  retention: Retention;
}

/** The settings that are in force. */
export async function warehouseSettings(db: Kysely<Tables>): Promise<WarehouseSettings> {
  const found = await sql<{ time_zone: string; samples_hours: number; hourly_hours: number; daily_hours: number }>`
    select time_zone, samples_hours, hourly_hours, daily_hours from warehouse_settings`.execute(db);
  const [row] = found.rows;
  if (!row) throw new Error('The warehouse has no settings');
  return { timeZone: row.time_zone, retention: { samples: row.samples_hours, hourly: row.hourly_hours, daily: row.daily_hours } };
}
