import type { BasicType } from 'hyparquet-writer';
import { csvField } from '@virgate/contract/csv-field';
import type { ExportColumn, ExportValue } from './rows.ts';

type Rows = AsyncIterable<ExportValue[][]> | Iterable<ExportValue[][]>;

const parquetTypes: Readonly<Record<ExportColumn['kind'], BasicType>> = {
  text: 'STRING',
  integer: 'INT32',
  long: 'INT64',
  decimal: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMP',
};

function parquetValue(kind: ExportColumn['kind'], value: ExportValue): unknown {
  if (value === null) return null;
  if (kind === 'long') return BigInt(value);
  return kind === 'time' ? new Date(Number(value)) : value;
}

/** A file of Apache Parquet, in pieces: times are UTC in milliseconds, every column may be empty. */
export async function* parquetFile(columns: readonly ExportColumn[], rows: Rows): AsyncGenerator<Uint8Array> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const described = columns.map(({ name, kind }) => ({ name, type: parquetTypes[kind], nullable: true, data: [] as unknown[] }));
  const bytes = new ByteWriter();
  const taken = (): Uint8Array => {
    const piece = bytes.getBytes().slice();
    bytes.index = 0;
    return piece;
  };
  const writer = new ParquetWriter({ writer: bytes, schema: schemaFromColumnData({ columnData: described }), createdBy: 'virgate' });
  for await (const batch of rows) {
    const columnData = columns.map(({ name, kind }, index) => ({ name, data: batch.map((row) => parquetValue(kind, row[index] ?? null)) }));
    await writer.write({ columnData, rowGroupSize: batch.length });
    yield taken();
  }
  await writer.finish();
  yield taken();
}

function csvValue(kind: ExportColumn['kind'], value: ExportValue): string {
  return kind === 'time' && value !== null ? new Date(Number(value)).toISOString() : csvField(value);
}

/** The same as text (RFC 4180), times as ISO 8601. */
export async function* csvFile(columns: readonly ExportColumn[], rows: Rows): AsyncGenerator<Uint8Array> {
  const line = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;
  yield Buffer.from(line(columns.map(({ name }) => name)));
  for await (const batch of rows)
    yield Buffer.from(batch.map((row) => line(columns.map(({ kind }, index) => csvValue(kind, row[index] ?? null)))).join(''));
}
