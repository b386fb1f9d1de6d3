import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openDatabase, startEmbeddedPostgres } from '@virgate/database';
import { engineMigrations, makePartitions, sumUp } from '@virgate/engine';
import { sql, type Kysely } from 'kysely';
import { say } from './figures.ts';

type BenchTables = Parameters<typeof sumUp>[0] extends Kysely<infer T> ? T : never;

const vms = 1000;
const hosts = 100;
const minutes = 1440;
const minuteMs = 60_000;
const dayMs = minutes * minuteMs;
const startMs = Date.UTC(2030, 4, 6);

/** Samples as they come: columns of the history's tables, each row out of the minute `m` and the number `n` of its object. */
const kinds = [
  {
    table: 'vm_samples_history',
    count: vms,
    columns: `vm_id, vm_status, cpu_usage_percent, memory_usage_percent, vm_ip, currently_running_on_host, vm_configuration_version, current_host_configuration_version,
      user_cpu_usage_percent, system_cpu_usage_percent, memory_buffered_kb, memory_cached_kb, seconds_in_status`,
    values: `lpad(n::text, 32, '0')::uuid, case when (n + m / 200) % 9 = 0 then 0 else 1 end, (n * 7 + m) % 101, (n + m) % 101, '10.0.0.' || n % 250, lpad((n % 100)::text, 32, '0')::uuid,
      n, n % 100, (n + m) % 60, (n + m) % 40, n * m, n + m, 60`,
  },
  {
    table: 'host_samples_history',
    count: hosts,
    columns: `host_id, host_status, memory_usage_percent, cpu_usage_percent, ksm_cpu_percent, active_vms, total_vms, total_vms_vcpus, cpu_load, system_cpu_usage_percent,
      user_cpu_usage_percent, swap_used_mb, host_configuration_version, ksm_shared_memory_mb, seconds_in_status`,
    values: `lpad(n::text, 32, '0')::uuid, 1, (n + m) % 101, (n * 3 + m) % 101, 0, 10, 10, 40, (n + m) % 900, (n + m) % 40, (n + m) % 60, m, n, m, 60`,
  },
] as const;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};
const run = (db: Kysely<BenchTables>, text: string): Promise<unknown> => sql.raw(text).execute(db);
const seconds = (value: number): string => `${value.toFixed(1)} s`;

/** COPY of all rows from files into bare tables: no parts, no index, no trigger. */
async function copyBare(db: Kysely<BenchTables>, folder: string): Promise<number> {
  for (const { table, count, columns, values } of kinds) {
    await run(db, `create table bare_${table} as select history_datetime, ${columns} from history.${table} limit 0`);
    await run(
      db,
      `copy (select '${new Date(startMs).toISOString()}'::timestamptz + m * interval '1 minute', ${values} from generate_series(0, ${minutes - 1}) m, generate_series(1, ${count}) n)
        to '${join(folder, table)}'`,
    );
  }
  return timed(async () => {
    for (const { table } of kinds) await run(db, `copy bare_${table} from '${join(folder, table)}'`);
  });
}

/** The same rows minute by minute into the history, each minute one transaction as an engine writes it. */
async function ingest(db: Kysely<BenchTables>): Promise<number> {
  for (const { table } of kinds) await run(db, `create index on bare_${table} (history_datetime); analyze bare_${table}`);
  return timed(async () => {
    for (let minute = 0; minute < minutes; minute += 1) {
      const at = `'${new Date(startMs + minute * minuteMs).toISOString()}'::timestamptz`;
      await db.transaction().execute(async (trx) => {
        for (const { table, columns } of kinds)
          await run(
            trx,
            `insert into history.${table} (history_datetime, ${columns}) select history_datetime, ${columns} from bare_${table} where history_datetime = ${at}`,
          );
      });
    }
  });
}

async function measure(db: Kysely<BenchTables>, folder: string): Promise<void> {
  await db.transaction().execute((trx) => makePartitions(trx, new Date(startMs)));
  const bare = await copyBare(db, folder);
  const written = await ingest(db);
  const rows = kinds.reduce((sum, { count }) => sum + count * minutes, 0);
  await run(db, 'analyze history.vm_samples_history, history.host_samples_history');
  let done = 0;
  const summed = await timed(async () => {
    const outcomes = await sumUp(db, new Date(startMs + dayMs + minuteMs * 10));
    const failed = outcomes.find(({ error }) => error !== undefined);
    if (failed !== undefined) throw new Error('something could not be summed up', { cause: failed.error });
    done = outcomes.length;
  });
  say(`samples of ${vms} VMs and ${hosts} hosts, a day of minutes`, `${rows} rows`);
  say('COPY into bare tables (yardstick)', seconds(bare));
  say('written minute by minute as the engine does', `${seconds(written)}, ${(written / bare).toFixed(2)} times the yardstick`);
  say('all hours and the day summed up', `${seconds(summed)}, ${done} statements`);
}

/** A day of samples of 1,000 VMs and 100 hosts: how long it takes to write them, beside a bare COPY, and to sum them up. */
export async function benchWarehouse(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'virgate-bench-'));
  const dataDir = join(folder, 'postgres');
  const server = await startEmbeddedPostgres({ dataDir, dieWithParent: true });
  try {
    const { db, close } = await openDatabase<BenchTables>({ url: server.url, maxConnections: 1, statementTimeoutMs: 600_000 });
    try {
      await migrate(db, engineMigrations);
      await measure(db, dataDir);
    } finally {
      await close();
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
