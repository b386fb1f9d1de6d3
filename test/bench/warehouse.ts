import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openDatabase, startEmbeddedPostgres } from '@virgate/database';
import { engineMigrations, type Tables } from '@virgate/engine/bench';
import type { Kysely } from 'kysely';
import { measureDay } from './warehouse-day.ts';
import { measureMinute } from './warehouse-minute.ts';
import { measureYears } from './warehouse-years.ts';

const measures: Readonly<Record<string, (db: Kysely<Tables>, folder: string) => Promise<void>>> = {
  day: measureDay,
  years: measureYears,
  minute: measureMinute,
};

/** Runs a measure on a database of its own, as careful as that of an installation. */
async function onDatabase(measure: (db: Kysely<Tables>, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'virgate-bench-'));
  const dataDir = join(folder, 'postgres');
  const server = await startEmbeddedPostgres({ dataDir, dieWithParent: true });
  try {
    const { db, close } = await openDatabase<Tables>({ url: server.url, maxConnections: 4, statementTimeoutMs: 600_000 });
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

/**
 * The warehouse: a day of samples of 1,000 VMs and 100 hosts (written beside a bare COPY, summed up), reports over five years of their days,
 * and what a sample of 10,000 VMs costs beside a minute of watching them. `-- warehouse day`, `years` or `minute` runs one of these.
 */
export async function benchWarehouse(): Promise<void> {
  const wanted = process.argv.slice(3);
  for (const [name, measure] of Object.entries(measures)) if (wanted.length === 0 || wanted.includes(name)) await onDatabase(measure);
}
