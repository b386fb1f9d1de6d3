import type { Warehouse, WarehouseChange } from '@virgate/contract/generated/virgate';
import { transaction } from '@virgate/database';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { refusal, type VirgateOperations } from '../virgate/operation.ts';
import { families, retentionScales, type Retention } from './facts.ts';
import { removeReader, setReader } from './readers.ts';
import { rebuildSpan } from './rebuild.ts';
import { warehouseSettings } from './settings.ts';

const everything = { from: new Date('1970-01-01T00:00:00Z'), to: new Date('2200-01-01T00:00:00Z') };

interface ProgressRow {
  family: string;
  grain: 'hour' | 'day';
  pending: number;
  until: number;
  last_success_at: number | null;
  failures: number;
  error: string | null;
}

async function shown(db: Kysely<Tables>, at: Date): Promise<Warehouse> {
  const { timeZone, retention, alert } = await warehouseSettings(db);
  const kinds = families.map(({ name }) => name);
  const progress = await sql<ProgressRow>`
    select f.family, g.grain, (select count(*) from warehouse_pending p where p.family = f.family and p.grain = g.grain) as pending,
      least((select min(p.start) from warehouse_pending p where p.family = f.family and p.grain = g.grain),
        date_trunc(g.grain, ${at}::timestamptz, ${timeZone})) as until,
      w.last_success_at, coalesce(w.failures, 0) as failures, w.error
    from unnest(${kinds}::text[]) with ordinality f (family, place) cross join (values ('hour'), ('day')) g (grain)
      left join warehouse_progress w on w.family = f.family and w.grain = g.grain order by f.place, g.grain desc`.execute(db);
  return {
    timeZone,
    samplesHours: retention.samples,
    hourlyHours: retention.hourly,
    dailyHours: retention.daily,
    alertDays: alert.days,
    alertPercent: alert.percent,
    progress: progress.rows.map((row) => ({
      family: row.family,
      grain: row.grain,
      pending: row.pending,
      summedUntil: row.until,
      lastSuccess: row.last_success_at,
      failures: row.failures,
      error: row.error,
    })),
  };
}

async function checkZone(db: Kysely<Tables>, timeZone: string): Promise<void> {
  const found = await sql`select 1 from pg_timezone_names where name = ${timeZone}`.execute(db);
  if (found.rows.length === 0)
    throw refusal(400, 'invalid_value', 'timeZone: must be a time zone that the database knows, such as Europe/Berlin.', 'timeZone');
}

const retentionOf = (before: Retention, { scale, samplesHours, hourlyHours, dailyHours }: WarehouseChange): Retention => {
  const base = scale === undefined ? before : retentionScales[scale];
  return { samples: samplesHours ?? base.samples, hourly: hourlyHours ?? base.hourly, daily: dailyHours ?? base.daily };
};

const millis = (value: number | string): number => (typeof value === 'number' ? value : Date.parse(value));

/** `/virgate/api/warehouse`: how the history is summed up, how long it is kept, and who else may read it. */
export const warehouseOperations: VirgateOperations = {
  WarehouseService: {
    get: { run: ({ db, engine }) => shown(db, new Date(engine.now())) },
    update: {
      async run({ db, engine, body }) {
        if (body.timeZone !== undefined) await checkZone(db, body.timeZone);
        const rezoned = await transaction(db, async (trx) => {
          await sql`select 1 from warehouse_settings for update`.execute(trx);
          const before = await warehouseSettings(trx);
          const { samples, hourly, daily } = retentionOf(before.retention, body);
          const timeZone = body.timeZone ?? before.timeZone;
          const { alertDays = before.alert.days, alertPercent = before.alert.percent } = body;
          await sql`update warehouse_settings set time_zone = ${timeZone}, samples_hours = ${samples}, hourly_hours = ${hourly}, daily_hours = ${daily},
            alert_days = ${alertDays}, alert_percent = ${alertPercent}, alerted_until = null`.execute(trx);
          return timeZone !== before.timeZone;
        });
        if (rezoned) await rebuildSpan(db, everything.from, everything.to);
        return shown(db, new Date(engine.now()));
      },
    },
    rebuild: {
      async run({ db, body }) {
        const [from, to] = [millis(body.from), millis(body.to)];
        if (to <= from) throw refusal(400, 'invalid_value', 'to: must be after from.', 'to');
        return rebuildSpan(db, new Date(from), new Date(to));
      },
    },
  },
  WarehouseReaderService: {
    update: {
      async run({ db, path, body }) {
        await setReader(db, path.reader, body.password);
        return undefined;
      },
    },
    remove: {
      async run({ db, path }) {
        await removeReader(db, path.reader);
        return undefined;
      },
    },
  },
};
