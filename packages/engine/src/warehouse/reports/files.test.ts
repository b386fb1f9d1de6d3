import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '@virgate/contract/generated/virgate';
import { strFromU8, unzipSync } from 'fflate';
import { readPdf } from '../../testing/pdf-text.ts';
import { fileOf } from './file.ts';

const day = (index: number): number => Date.UTC(2030, 2, 30 + index, -1);
const report: Report = {
  code: 'BR7B',
  name: 'Top 10',
  group: 'Service level / Hosts',
  heading: 'Downtime in Кластер of Data Center =1+1',
  period: 'monthly',
  from: day(0),
  to: day(3),
  timeZone: 'Europe/Berlin',
  criteria: [{ name: 'cluster', label: 'Cluster', value: 'Кластер, "x"' }],
  hasData: true,
  points: [day(0), day(1), day(2)],
  charts: [
    {
      type: 'stacked_bar',
      title: 'Downtime',
      subtitle: '',
      unit: 'minutes',
      across: true,
      categories: ['host1', 'host2'],
      series: [{ name: 'Planned', values: [60, 90] }],
    },
    {
      type: 'line',
      title: 'Usage',
      subtitle: 'of CPUs',
      unit: 'percent',
      series: [
        { name: 'host1', values: [1, null, 3] },
        { name: 'range', values: [1, 2, 3], upTo: [2, 3, 4] },
      ],
    },
  ],
  tables: [
    {
      title: 'Downtime: all [of] it',
      columns: [
        { title: 'Date', unit: 'time' },
        { title: 'Host', unit: 'text' },
        { title: 'Planned', unit: 'minutes' },
      ],
      cut: false,
      rows: [
        [day(1), '=cmd()', 60.5],
        [day(2), 'a\u0001b', null],
      ],
    },
    {
      title: 'Downtime: all [of] it',
      columns: [
        { title: 'Host', unit: 'text' },
        { title: 'Cost', unit: 'money' },
      ],
      cut: true,
      rows: Array.from({ length: 60 }, (_, index) => [`host${index}`, `${index}.10`]),
    },
  ],
};

test('CSV: times in the zone of the report, fields quoted, nothing that a spreadsheet would run', async () => {
  const { name, type, content } = await fileOf(report, 'csv');
  assert.deepEqual([name, type], ['BR7B 2030-03-30.csv', 'text/csv; charset=utf-8']);
  const lines = content.toString().split('\r\n');
  assert.ok(lines.includes('Cluster,"Кластер, ""x"""'));
  assert.ok(lines.includes("2030-03-31 00:00,'=cmd(),60.5"), content.toString());
  assert.ok(lines.includes('host59,59.10'), 'money keeps its digits');
  assert.ok(lines.includes('There are more rows than can be shown.'));
});

test('XLSX: a sheet for each table, numbers as numbers', async () => {
  const { content } = await fileOf(report, 'xlsx');
  const files = unzipSync(content);
  const part = (name: string): string => strFromU8(files[name] ?? new Uint8Array());
  const names = [...part('xl/workbook.xml').matchAll(/<sheet\b[^>]*? name="([^"]*)"/g)].map(([, name]) => name);
  assert.deepEqual(names, ['Report', 'Downtime  all  of  it', 'Downtime  all  of  it 2']);
  assert.match(part('xl/worksheets/sheet2.xml'), /<v>60\.5<\/v>/);
  assert.doesNotMatch(part('xl/worksheets/sheet2.xml'), /<f>/);
  assert.match(part('xl/worksheets/sheet3.xml'), /<v>59\.1<\/v>/);
  assert.match(part('xl/styles.xml'), /formatCode="0\.00"|numFmtId="2"/, 'with its digits');
  const strings = part('xl/sharedStrings.xml');
  for (const text of ['=cmd()', 'ab', 'host59', 'Кластер, ']) assert.ok(strings.includes(text), text);
});

test('PDF: its text is read back, its charts are lines and areas', async () => {
  const { content, type } = await fileOf(report, 'pdf');
  assert.equal(type, 'application/pdf');
  const { text, pages, paths } = readPdf(content);
  for (const piece of [
    'Downtime in Кластер of Data Center =1+1',
    '2030-03-31 00:00',
    'host59',
    '60.5',
    'of CPUs',
    'host2',
    '59.10',
    'There are more rows than can be shown.',
  ])
    assert.ok(text.includes(piece), `${piece} in ${text}`);
  assert.ok(pages > 1 && paths > 20, `${pages} pages, ${paths} paths`);
  assert.doesNotMatch(content.toString('latin1'), /\/Subtype \/Image/);
  const nothing = readPdf((await fileOf({ ...report, hasData: false, charts: [], tables: [] }, 'pdf')).content);
  assert.ok(nothing.text.includes('There is no data for these criteria.'), nothing.text);
});
