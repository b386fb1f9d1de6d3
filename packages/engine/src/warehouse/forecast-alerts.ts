import { transaction } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import { recordEvent } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';
import { mostRows } from './reports/charts.ts';
import { usualForecast } from './reports/criteria.ts';
import { outlookOf, storageDays } from './reports/forecast.ts';
import { daysAround } from './reports/period.ts';
import { warehouseSettings } from './settings.ts';

/** What is told of a domain is settled when its end is this many times as far away as it would be told of: days go up and down a little. */
const settledTimes = 1.5;

/** Whether there is a day that nobody has looked at yet; whoever asks has looked at it then. */
async function newDay(trx: Transaction<Tables>): Promise<boolean> {
  const found = await sql<{ fresh: boolean }>`update warehouse_settings w set alerted_until = d.newest
    from (select max(history_datetime) as newest from history.storage_domain_daily_history) d
    where d.newest is not null and (w.alerted_until is null or w.alerted_until < d.newest) returning true as fresh`.execute(trx);
  return found.rows.length > 0;
}

/**
 * Tells in an event which storage domains will be full soon, by the forecast of their days, once for each until the danger is over. Looks
 * once for each new day of sums, by whichever engine.
 * @returns how many were told of
 */
export async function tellFullSoon(db: Kysely<Tables>, at: Date): Promise<number> {
  return await transaction(db, async (trx) => {
    const { timeZone, alert } = await warehouseSettings(trx);
    if (alert.days === 0 || !(await newDay(trx))) return 0;
    const span = await daysAround(trx, timeZone, at, { before: usualForecast.historyDays });
    const today = Date.parse(`${span.days.to}T00:00:00Z`) / 86_400_000;
    const domains = await storageDays({ reader: { administrator: true, principals: [] }, criteria: {}, span, at, most: mostRows }).execute(
      trx,
    );
    let told = 0;
    for (const domain of domains.rows) {
      const { found } = outlookOf(domain, today, alert.percent);
      const days = found.finding === 'growing' ? found.days : found.finding === 'reached' ? 0 : Infinity;
      if (days > alert.days * settledTimes) await sql`delete from forecast_alert where storage_domain_id = ${domain.id}`.execute(trx);
      // What is full already is told by how much is free.
      if (found.finding !== 'growing' || days > alert.days) continue;
      const first = await sql<{
        name: string;
      }>`insert into forecast_alert (storage_domain_id, told_at) select d.id, ${at}::timestamptz from storage_domain d where d.id = ${domain.id}
        on conflict (storage_domain_id) do nothing returning (select name from storage_domain where id = storage_domain_id) as name`.execute(
        trx,
      );
      const [row] = first.rows;
      if (row === undefined) continue;
      told += 1;
      await recordEvent(trx, {
        name: 'IRS_CONFIRMED_DISK_SPACE_LOW',
        storageDomain: { id: domain.id, name: row.name },
        values: {
          percent: String(alert.percent),
          days: String(found.days),
          earliest: String(found.earliest),
          growth: String(Math.round((found.trend?.perDay ?? 0) * 10) / 10),
        },
      });
    }
    return told;
  });
}
