import { sql, type Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { sampleSources } from './samples.ts';

const dayMs = 86_400_000;
/** Days of partitions that are there before they are needed. */
const daysAhead = 2;
/**
 * How long samples are kept. The warehouse keeps them for a day, since it has summed them up by then; until that is done here they stay
 * for a week.
 */
const keptDays = 7;

const startOfDay = (ms: number): number => Math.floor(ms / dayMs) * dayMs;
const dayName = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');

/** Makes the partitions of today and the days to come, and drops those that have served their time. Days are those of UTC. */
export async function keepPartitions(trx: Transaction<Tables>, at: Date): Promise<void> {
  const today = startOfDay(at.getTime());
  const oldest = today - keptDays * dayMs;
  const there = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'history' and c.relispartition and c.relkind = 'r'`.execute(
    trx,
  );
  const names = new Set(there.rows.map((row) => row.name));
  for (const { table } of sampleSources) {
    for (let day = today; day <= today + daysAhead * dayMs; day += dayMs) {
      const name = `${table}_${dayName(day)}`;
      if (names.has(name)) continue;
      await sql`create table ${sql.table(`history.${name}`)} partition of ${sql.table(`history.${table}`)}
        for values from (${sql.lit(new Date(day).toISOString())}) to (${sql.lit(new Date(day + dayMs).toISOString())})`.execute(trx);
    }
    for (const name of names) {
      const [, day] = new RegExp(`^${table}_(\\d{8})$`).exec(name) ?? [];
      if (day !== undefined && day < dayName(oldest)) await sql`drop table ${sql.table(`history.${name}`)}`.execute(trx);
    }
  }
}
