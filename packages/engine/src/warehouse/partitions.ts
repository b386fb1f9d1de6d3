import { sql, type Kysely, type Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { families } from './facts.ts';

const dayMs = 86_400_000;
/** A Monday. */
const mondayMs = 4 * dayMs;

/** How long the span of one partition is: of samples, hours and days. All begin at midnight of UTC. */
export type Span = 'day' | 'week' | 'year';

/** A part of a table: what it is called and which times it holds. */
export interface Part {
  name: string;
  fromMs: number;
  toMs: number;
}

function startOf(span: Span, ms: number): number {
  if (span === 'year') return Date.UTC(new Date(ms).getUTCFullYear(), 0, 1);
  const length = span === 'day' ? dayMs : 7 * dayMs;
  const origin = span === 'day' ? 0 : mondayMs;
  return origin + Math.floor((ms - origin) / length) * length;
}

function endOf(span: Span, startMs: number): number {
  if (span === 'year') return Date.UTC(new Date(startMs).getUTCFullYear() + 1, 0, 1);
  return startMs + (span === 'day' ? dayMs : 7 * dayMs);
}

/** The part of a table that holds a time. Pure. */
export function partOf(table: string, span: Span, ms: number): Part {
  const fromMs = startOf(span, ms);
  return { name: `${table}_${new Date(fromMs).toISOString().slice(0, 10).replaceAll('-', '')}`, fromMs, toMs: endOf(span, fromMs) };
}

/** Makes the parts of tables that hold times, but for those that are there. */
export async function ensureParts(trx: Transaction<Tables>, wanted: readonly { table: string; span: Span; ms: number }[]): Promise<void> {
  const parts = wanted.map(({ table, span, ms }) => ({ table, ...partOf(table, span, ms) }));
  const found = await sql<{ name: string }>`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'history' and c.relname = any(${parts.map(({ name }) => name)})`.execute(trx);
  const there = new Set(found.rows.map(({ name }) => name));
  for (const { table, name, fromMs, toMs } of parts.filter((part) => !there.has(part.name)))
    await sql`create table if not exists ${sql.table(`history.${name}`)} partition of ${sql.table(`history.${table}`)}
      for values from (${sql.lit(new Date(fromMs).toISOString())}) to (${sql.lit(new Date(toMs).toISOString())})`.execute(trx);
}

/** Makes the part of a table that holds a time, unless it is there. */
export const ensurePart = (trx: Transaction<Tables>, table: string, span: Span, ms: number): Promise<void> =>
  ensureParts(trx, [{ table, span, ms }]);

/** Every table that is kept in parts, with their span. */
export const partedTables: readonly { table: string; kind: 'samples' | 'hourly' | 'daily'; span: Span; families: readonly string[] }[] = [
  ...[...new Set(families.map(({ samples }) => samples))].map((table) => ({
    table,
    kind: 'samples' as const,
    span: 'day' as const,
    families: families.filter(({ samples }) => samples === table).map(({ name }) => name),
  })),
  ...families.map(({ hourly, name }) => ({ table: hourly, kind: 'hourly' as const, span: 'week' as const, families: [name] })),
  ...families.map(({ daily, name }) => ({ table: daily, kind: 'daily' as const, span: 'year' as const, families: [name] })),
];

/** The parts of a table that are there, oldest first. */
export async function partsOf(db: Kysely<Tables>, table: string, span: Span): Promise<Part[]> {
  const found = await sql<{ name: string }>`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${`history.${table}`}::regclass order by 1`.execute(db);
  return found.rows.flatMap(({ name }) => {
    const [, year, month, day] = /_(\d{4})(\d\d)(\d\d)$/.exec(name) ?? [];
    return year === undefined ? [] : [{ ...partOf(table, span, Date.UTC(Number(year), Number(month) - 1, Number(day))), name }];
  });
}
