import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import { refusal } from '../../virgate/operation.ts';
import { timeColumn, viewColumns } from '../view-columns.ts';

/** A column of a view, as files have it. */
export interface ExportColumn {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'long' | 'decimal' | 'boolean' | 'time';
}

/** How files have the types of the database; others are texts. */
export const exportKinds: Readonly<Record<string, ExportColumn['kind']>> = {
  smallint: 'integer',
  integer: 'integer',
  bigint: 'long',
  numeric: 'decimal',
  real: 'decimal',
  'double precision': 'decimal',
  boolean: 'boolean',
  date: 'time',
  'timestamp with time zone': 'time',
  'timestamp without time zone': 'time',
};

/** Rows that are read, and written as one group, at a time. */
const batchRows = 20_000;
const statementTimeoutMs = 600_000;

/** Milliseconds of the epoch; rows from `from` to before `to`. */
export interface Span {
  readonly from?: number;
  readonly to?: number;
}

/** Columns of a view of the warehouse. @throws {Fault} 404 for another name, 400 for a span of a view without times */
export async function columnsOfView(db: Kysely<Tables>, view: string, span: Span): Promise<readonly ExportColumn[]> {
  const columns = (await viewColumns(db, view)).map(({ name, type }): ExportColumn => ({ name, kind: exportKinds[type] ?? 'text' }));
  const { from, to } = span;
  const hasTime = columns.some(({ name }) => name === timeColumn);
  if (!hasTime && (from !== undefined || to !== undefined))
    throw refusal(400, 'invalid_value', `${view} has no times: leave from and to out.`, from === undefined ? 'to' : 'from');
  if (from !== undefined && to !== undefined && to <= from) throw refusal(400, 'invalid_value', 'to: must be after from.', 'to');
  return columns;
}

/** A value as the database gives it in an export: times are milliseconds of the epoch, long numbers are texts. */
export type ExportValue = string | number | boolean | null;

/** An expression of a kind in the form of an {@link ExportValue}. */
export function selected(column: RawBuilder<unknown>, kind: ExportColumn['kind']): RawBuilder<unknown> {
  switch (kind) {
    case 'time':
      return sql`(extract(epoch from ${column}) * 1000)::float8`;
    case 'decimal':
      return sql`${column}::float8`;
    case 'integer':
    case 'boolean':
      return column;
    default:
      return sql`${column}::text`;
  }
}

/** Rows of a view, the oldest first, many at a time; each row has its values in the order of the columns. What is written meanwhile is not in it. */
export async function* rowsOfView(
  db: Kysely<Tables>,
  view: string,
  columns: readonly ExportColumn[],
  { from, to }: Span,
): AsyncGenerator<ExportValue[][]> {
  const list = sql.join(columns.map((column, index) => sql`${selected(sql.ref(column.name), column.kind)} as ${sql.ref(`c${index}`)}`));
  const times = columns.some(({ name }) => name === timeColumn);
  const conditions = [
    ...(from === undefined ? [] : [sql`history_datetime >= ${new Date(from)}`]),
    ...(to === undefined ? [] : [sql`history_datetime < ${new Date(to)}`]),
  ];
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
  const query = sql`select ${list} from ${sql.table(`history.${view}`)} ${where} ${times ? sql`order by history_datetime` : sql``}`;
  const trx = await db.startTransaction().setAccessMode('read only').execute();
  try {
    await sql`set local statement_timeout = ${sql.lit(statementTimeoutMs)}`.execute(trx);
    await sql`declare exported no scroll cursor for ${query}`.execute(trx);
    for (;;) {
      const { rows } = await sql<Record<string, ExportValue>>`fetch ${sql.lit(batchRows)} from exported`.execute(trx);
      if (rows.length === 0) return;
      yield rows.map((row) => columns.map((_, index) => row[`c${index}`] ?? null));
    }
  } finally {
    await trx.rollback().execute();
  }
}
