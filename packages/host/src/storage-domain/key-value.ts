/** Most bytes of a metadata file that are read; the largest real ones are below 16 KiB. */
export const maximumMetadataBytes = 128 * 1024;

/**
 * Reads `KEY=value` lines. A key may not come twice; an empty line and what follows a line `EOF`
 * are passed over.
 *
 * @returns `undefined` when a line has no `=` or a key comes twice
 */
export function parseKeyValues(text: string): Map<string, string> | undefined {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === 'EOF') break;
    if (line.trim() === '') continue;
    const separator = line.indexOf('=');
    if (separator < 1) return undefined;
    const key = line.slice(0, separator).trim();
    if (values.has(key)) return undefined;
    values.set(key, line.slice(separator + 1).trim());
  }
  return values;
}

/** A value as it may stand in a line: a line break or a NUL would end or tear it. */
// oxlint-disable-next-line no-control-regex
const unwritable = /[\u0000-\u001f\u007f]/;

/** Whether a text may be written as a value. */
export function isWritableValue(value: string): boolean {
  return !unwritable.test(value);
}
