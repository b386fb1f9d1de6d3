/** What spreadsheets would take for a formula. */
const formula = /^[=+\-@\t\r]/;

/** A field of a CSV file. Texts that a spreadsheet would run are put behind an apostrophe. Source: RFC 4180. */
export function csvField(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
