/** First line of every generated file. */
export const generatedNotice = '// Generated from data/ by `npm run generate`. Do not edit.\n';

/** A value as TypeScript source: JSON whose plain keys stand without quotes, in single quotes where that needs no escape. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return stringLiteral(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    return entries.length === 0 ? '{}' : `{ ${entries.map(([k, v]) => `${key(k)}: ${literal(v)}`).join(', ')} }`;
  }
  return JSON.stringify(value);
}

export function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : stringLiteral(name);
}

function stringLiteral(text: string): string {
  const json = JSON.stringify(text);
  return json.includes("'") || json.includes('\\') ? json : `'${json.slice(1, -1)}'`;
}

/** One line for each entry: a changed fact is one changed line. */
export function lines(items: readonly unknown[]): string {
  return items.map((item) => `  ${literal(item)},\n`).join('');
}

/** An object literal with one line for each member. */
export function members(record: Record<string, unknown>): string {
  return Object.entries(record)
    .map(([k, v]) => `  ${key(k)}: ${literal(v)},\n`)
    .join('');
}

/** `VmStatus` → `vmStatus`. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** `DELETE_VM`, `vm_status`, `VmStatus`: a union of string literals, wrapped at about 160 columns. */
export function union(values: readonly (string | number)[]): string {
  let text = '';
  let width = 0;
  for (const value of values) {
    const part = `${text === '' ? '' : ' | '}${literal(value)}`;
    if (width + part.length > 150) {
      text += '\n ';
      width = 0;
    }
    text += part;
    width += part.length;
  }
  return text === '' ? 'never' : text;
}
