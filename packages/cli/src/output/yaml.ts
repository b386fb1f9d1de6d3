import { safeJson } from './safe-text.ts';

/** Words that YAML reads as something else than text, and what looks like a number or a date. */
const special = /^(?:~|null|true|false|yes|no|on|off|y|n|\.nan|[-+]?\.inf|[-+]?[\d.][\d_.:,eExXoObBa-fA-F+-]*(?:[T ].*)?)$/i;
const plain = /^[A-Za-z0-9_/.(][\w /.@()+,-]*$/;

/** A plain value. Texts that YAML could take for anything else are put in quotes, as JSON writes them. */
export function yamlScalar(value: unknown): string {
  if (typeof value !== 'string') return value === undefined ? 'null' : JSON.stringify(value);
  return plain.test(value) && !special.test(value) && !value.endsWith(' ') ? value : safeJson(JSON.stringify(value));
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

/** A value as YAML, with a line break at its end. What is undefined is left out. */
export function toYaml(value: unknown, indent = ''): string {
  if (!isObject(value)) return `${indent}${yamlScalar(value)}\n`;
  if (isEmpty(value)) return `${indent}${Array.isArray(value) ? '[]' : '{}'}\n`;
  if (Array.isArray(value)) return value.map((one: unknown) => item(one, indent)).join('');
  return Object.entries(value)
    .filter(([, content]) => content !== undefined)
    .map(([key, content]) => {
      const name = `${indent}${yamlScalar(key)}:`;
      if (!isObject(content) || isEmpty(content)) return `${name} ${toYaml(content)}`;
      return `${name}\n${toYaml(content, `${indent}  `)}`;
    })
    .join('');
}

function item(value: unknown, indent: string): string {
  if (!isObject(value) || isEmpty(value)) return `${indent}- ${toYaml(value)}`;
  const inner = toYaml(value, `${indent}  `);
  return `${indent}- ${inner.slice(indent.length + 2)}`;
}
