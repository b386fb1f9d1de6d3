import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import type { Retention } from './facts.ts';

/** How the warehouse sums up and for how long it keeps. */
export interface WarehouseSettings {
  /** Where hours and days begin. */
  timeZone: string;
  retention: Retention;
  /** Storage domains are told of so many days before this share of them is used; 0 days is never. */
  alert: { days: number; percent: number };
}

/** The settings that are in force. */
export async function warehouseSettings(db: Kysely<Tables>): Promise<WarehouseSettings> {
  const found = await sql<{
    time_zone: string;
    samples_hours: number;
    hourly_hours: number;
    daily_hours: number;
    alert_days: number;
    alert_percent: number;
  }>`
    select time_zone, samples_hours, hourly_hours, daily_hours, alert_days, alert_percent from warehouse_settings`.execute(db);
  const [row] = found.rows;
  if (!row) throw new Error('The warehouse has no settings');
  return {
    timeZone: row.time_zone,
    retention: { samples: row.samples_hours, hourly: row.hourly_hours, daily: row.daily_hours },
    alert: { days: row.alert_days, percent: row.alert_percent },
  };
}
