import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { csvFile, parquetFile } from './files.ts';
import type { ExportColumn, ExportValue } from './rows.ts';

const columns: readonly ExportColumn[] = [
  { name: 'history_id', kind: 'long' },
  { name: 'history_datetime', kind: 'time' },
  { name: 'vm_name', kind: 'text' },
  { name: 'vm_status', kind: 'integer' },
  { name: 'cpu_usage_percent', kind: 'decimal' },
  { name: 'high_availability', kind: 'boolean' },
];
const at = Date.UTC(2030, 0, 15, 10, 0, 0, 500);
const rows: ExportValue[][] = [
  ['9007199254740993', at, 'web "1", Größe', 1, 45.25, true],
  ['2', at + 60_000, null, null, null, null],
  ['3', null, '=1+1\nbreak', 0, 0, false],
];

async function* batches(): AsyncGenerator<ExportValue[][]> {
  yield rows.slice(0, 2);
  yield rows.slice(2);
}

async function whole(file: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of file) parts.push(part);
  return Buffer.concat(parts);
}

test('a Parquet file is read back as it was, in as many groups as came', async () => {
  const bytes = await whole(parquetFile(columns, batches()));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  assert.deepEqual([metadata.row_groups.length, Number(metadata.num_rows)], [2, 3]);
  assert.deepEqual(await parquetReadObjects({ file }), [
    {
      history_id: 9007199254740993n,
      history_datetime: new Date(at),
      vm_name: 'web "1", Größe',
      vm_status: 1,
      cpu_usage_percent: 45.25,
      high_availability: true,
    },
    {
      history_id: 2n,
      history_datetime: new Date(at + 60_000),
      vm_name: null,
      vm_status: null,
      cpu_usage_percent: null,
      high_availability: null,
    },
    { history_id: 3n, history_datetime: null, vm_name: '=1+1\nbreak', vm_status: 0, cpu_usage_percent: 0, high_availability: false },
  ]);
});

test('a Parquet file without rows has its columns', async () => {
  const bytes = await whole(parquetFile(columns, (async function* none() {})()));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  assert.deepEqual(
    parquetMetadata(file)
      .schema.slice(1)
      .map(({ name }) => name),
    columns.map(({ name }) => name),
  );
  assert.deepEqual(await parquetReadObjects({ file }), []);
});

test('CSV quotes what has to be, and holds nothing that a spreadsheet would run', async () => {
  assert.equal(
    (await whole(csvFile(columns, batches()))).toString(),
    [
      'history_id,history_datetime,vm_name,vm_status,cpu_usage_percent,high_availability',
      '9007199254740993,2030-01-15T10:00:00.500Z,"web ""1"", Größe",1,45.25,true',
      '2,2030-01-15T10:01:00.500Z,,,,',
      `3,,"'=1+1\nbreak",0,0,false`,
      '',
    ].join('\r\n'),
  );
});
