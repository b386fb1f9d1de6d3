import type { Report, ReportTable } from '@virgate/contract/generated/virgate';
import { csvField } from '@virgate/contract/csv-field';

/** A byte order mark: spreadsheets then take the text as UTF-8. */
const mark = '\uFEFF';
/** A time in a time zone: `2030-03-31 02:00`. */
export function timeText(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return parts.format(ms);
}

/** Cells of a table with times in words. */
export function cellsOf({ columns, rows }: ReportTable, timeZone: string): unknown[][] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return (rows as unknown[][]).map((row) =>
    row.map((value, index) => (columns[index]?.unit === 'time' && typeof value === 'number' ? format.format(value) : value)),
  );
}

/** Name of a file: `BR18 2030-02-03`. */
export const fileName = ({ code, from, timeZone }: Report): string =>
  `${code}${from === null ? '' : ` ${timeText(from, timeZone).slice(0, 10)}`}`;

/** A report as a file of comma separated values: what it is about, then each table under its title. Pure. */
export function csvOf(report: Report): string {
  const { heading, timeZone, criteria, hasData, tables } = report;
  const lines: unknown[][] = [[heading], ...criteria.map(({ label, value }) => [label, value]), ['Time Zone', timeZone]];
  if (!hasData) lines.push([], ['There is no data for these criteria.']);
  for (const table of tables) {
    lines.push(
      [],
      ...(tables.length > 1 ? [[table.title]] : []),
      table.columns.map(({ title }) => title),
      ...cellsOf(table, timeZone),
    );
    if (table.cut) lines.push(['There are more rows than can be shown.']);
  }
  return mark + lines.map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}
