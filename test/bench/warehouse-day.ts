import { join } from 'node:path';
import { makePartitions, sumUp, writingSamples, type Tables } from '@virgate/engine/bench';
import type { Kysely } from 'kysely';
import { median, say, timed } from './figures.ts';
import { run } from './warehouse-data.ts';

const vms = 1000;
const hosts = 100;
const minutes = 1440;
const minuteMs = 60_000;
const dayMs = minutes * minuteMs;
const startMs = Date.UTC(2030, 4, 6);
const rounds = 3;

/** Samples as they come: columns of the history's tables, each row out of the minute `m` and the number `n` of its object. There is no chance in them. */
const kinds = [
  {
    table: 'vm_samples_history',
    count: vms,
    columns: `vm_id, vm_status, cpu_usage_percent, memory_usage_percent, vm_ip, current_user_name, currently_running_on_host, vm_configuration_version,
      current_host_configuration_version, user_cpu_usage_percent, system_cpu_usage_percent, memory_buffered_kb, memory_cached_kb, seconds_in_status`,
    values: `lpad(n::text, 32, '0')::uuid, case when (n + m / 200) % 9 = 0 then 0 else 1 end, (n * 7 + m) % 101, (n + m) % 101, '10.0.0.' || n % 250,
      case when n % 5 = 0 then 'user' || n % 40 end, lpad((n % 100)::text, 32, '0')::uuid, n, n % 100, (n + m) % 60, (n + m) % 40, n * m, n + m, 60`,
  },
  {
    table: 'host_samples_history',
    count: hosts,
    columns: `host_id, host_status, memory_usage_percent, cpu_usage_percent, ksm_cpu_percent, active_vms, total_vms, total_vms_vcpus, cpu_load, system_cpu_usage_percent,
      user_cpu_usage_percent, swap_used_mb, host_configuration_version, ksm_shared_memory_mb, seconds_in_status`,
    values: `lpad(n::text, 32, '0')::uuid, 1, (n + m) % 101, (n * 3 + m) % 101, 0, 10, 10, 40, (n + m) % 900, (n + m) % 40, (n + m) % 60, m, n, m, 60`,
  },
] as const;

const at = (ms: number): string => `'${new Date(ms).toISOString()}'::timestamptz`;

/** COPY of all rows of a day from files into bare tables: no parts, no index, no trigger. */
async function copyBare(db: Kysely<Tables>, folder: string, dayStart: number): Promise<number> {
  for (const { table, count, columns, values } of kinds) {
    await run(
      db,
      `drop table if exists bare_${table}; create table bare_${table} as select history_datetime, ${columns} from history.${table} limit 0`,
    );
    await run(
      db,
      `copy (select ${at(dayStart)} + m * interval '1 minute', ${values} from generate_series(0, ${minutes - 1}) m, generate_series(1, ${count}) n) to '${join(folder, table)}'`,
    );
  }
  return timed(async () => {
    for (const { table } of kinds) await run(db, `copy bare_${table} from '${join(folder, table)}'`);
  });
}

/** The same rows minute by minute into the history, each minute one transaction as an engine writes it. */
async function ingest(db: Kysely<Tables>, dayStart: number): Promise<number> {
  for (const { table } of kinds) await run(db, `create index on bare_${table} (history_datetime); analyze bare_${table}`);
  return timed(async () => {
    for (let minute = 0; minute < minutes; minute += 1)
      await writingSamples(db, async (trx) => {
        for (const { table, columns } of kinds)
          await run(
            trx,
            `insert into history.${table} (history_datetime, ${columns}) select history_datetime, ${columns} from bare_${table} where history_datetime = ${at(dayStart + minute * minuteMs)}`,
          );
      });
  });
}

/** All hours of a day, and the day. */
async function sumDay(db: Kysely<Tables>, dayStart: number): Promise<number> {
  return timed(async () => {
    const outcomes = await sumUp(db, new Date(dayStart + dayMs + minuteMs * 10));
    const failed = outcomes.find(({ error }) => error !== undefined);
    if (failed !== undefined) throw new Error('something could not be summed up', { cause: failed.error });
  });
}

const seconds = (values: readonly number[]): string =>
  `${(median(values) / 1000).toFixed(1)} s (${values.map((value) => (value / 1000).toFixed(1)).join(', ')})`;

/** Days of samples of 1,000 VMs and 100 hosts: how long it takes to write one, beside a bare COPY of the same rows, and to sum it up. */
export async function measureDay(db: Kysely<Tables>, folder: string): Promise<void> {
  const [copied, written, summed]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    const dayStart = startMs + round * dayMs;
    await db.transaction().execute((trx) => makePartitions(trx, new Date(dayStart)));
    copied.push(await copyBare(db, folder, dayStart));
    written.push(await ingest(db, dayStart));
    await run(db, 'analyze history.vm_samples_history, history.host_samples_history');
    summed.push(await sumDay(db, dayStart));
  }
  const rows = kinds.reduce((sum, { count }) => sum + count * minutes, 0);
  say(`samples of ${vms} VMs and ${hosts} hosts, a day of minutes`, `${rows} rows; medians of ${rounds} days`);
  say('COPY into bare tables (yardstick)', seconds(copied));
  say(
    'written minute by minute as the engine does',
    `${seconds(written)} = ${(median(written) / median(copied)).toFixed(2)} × the yardstick`,
  );
  say('all hours and the day summed up', seconds(summed));
}
