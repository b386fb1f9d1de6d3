import { csvField } from '@virgate/contract/csv-field';
import type { SortValue } from './order.ts';

/** A list as a CSV file: numbers as they are, the rest as the cells tell it. Source: RFC 4180. */
export function csvOf<T>(columns: readonly { label: string; value: (row: T) => SortValue }[], rows: readonly T[]): string {
  const lines = [columns.map(({ label }) => csvField(label)), ...rows.map((row) => columns.map(({ value }) => csvField(value(row))))];
  // Spreadsheets take a file for UTF-8 only when it says so.
  return `\ufeff${lines.map((fields) => `${fields.join(',')}\r\n`).join('')}`;
}
