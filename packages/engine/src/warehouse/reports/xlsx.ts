import type { Report, ReportTable } from '@virgate/contract/generated/virgate';
import writeXlsxFile, { type Row } from 'write-excel-file/node';
import { cellsOf } from './csv.ts';

/** What a sheet's name must not have, and how long it may be. Source: Excel specifications and limits. */
const forbidden = /[\\/?*[\]:]/g;
const longestName = 31;
/** Characters that XML cannot hold. */
const unprintable = /[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu;

const clean = (value: unknown): string | number | boolean | null =>
  typeof value === 'string' ? value.replace(unprintable, '') : typeof value === 'number' || typeof value === 'boolean' ? value : null;

/** Money comes as a decimal in a text, so that nothing is lost before here; a sheet's numbers are what it sums up. */
function cellOf(value: unknown, unit: ReportTable['columns'][number]['unit'] | undefined): Row[number] {
  if (unit !== 'money' || typeof value !== 'string') return clean(value);
  const [, fraction = ''] = value.split('.');
  return { value: Number(value), type: Number, format: fraction === '' ? '0' : `0.${'0'.repeat(fraction.length)}` };
}

const bold = (value: string): Row[number] => ({ value, fontWeight: 'bold' });

function headOf({ heading, timeZone, criteria, hasData }: Report): Row[] {
  const rows: Row[] = [
    [bold(clean(heading) as string)],
    ...criteria.map(({ label, value }): Row => [label, clean(value)]),
    ['Time Zone', timeZone],
  ];
  return hasData ? rows : [...rows, [], ['There is no data for these criteria.']];
}

function sheetRows(table: ReportTable, timeZone: string): Row[] {
  const rows = cellsOf(table, timeZone).map((row): Row => row.map((value, index) => cellOf(value, table.columns[index]?.unit)));
  return [table.columns.map(({ title }) => bold(title)), ...rows, ...(table.cut ? [['There are more rows than can be shown.']] : [])];
}

/** A report as an Excel workbook: a sheet that says what it is about, and one for each table. */
export async function xlsxOf(report: Report): Promise<Buffer> {
  const names = new Set<string>(['report']);
  const sheets = [
    { sheet: 'Report', data: headOf(report), columns: [{ width: 30 }, { width: 40 }] },
    ...report.tables.map((table, index) => {
      let sheet = table.title.replace(forbidden, ' ').trim().slice(0, longestName) || `Table ${index + 1}`;
      if (names.has(sheet.toLowerCase())) sheet = `${sheet.slice(0, longestName - 4)} ${index + 1}`;
      names.add(sheet.toLowerCase());
      return { sheet, data: sheetRows(table, report.timeZone), columns: table.columns.map(() => ({ width: 22 })) };
    }),
  ];
  return await writeXlsxFile(sheets).toBuffer();
}
