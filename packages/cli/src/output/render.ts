import { typeInfo } from '@virgate/contract/type-info';
import type { Output } from '../call/general-options.ts';
import { dashed } from '../catalog/names.ts';
import { at, cellText, columnsOf } from './columns.ts';
import { titleColoured, valueColoured } from './colours.ts';
import type { Column } from './columns.ts';
import { safeJson, safeText, widthOf } from './safe-text.ts';
import { toYaml } from './yaml.ts';

export interface Rendering {
  readonly output: Output;
  readonly columns: readonly string[] | undefined;
  readonly headers: boolean;
  /** Tables and attributes are coloured. */
  readonly colours?: boolean;
}

/** Widest cell of a table; longer texts are cut there, and whole in every other format. */
const maxCell = 60;

/** A list of objects of a type, as text. */
export function renderList(type: string, rows: readonly unknown[], rendering: Rendering): string {
  switch (rendering.output) {
    case 'json':
      return json(rows.map((row) => readable(type, row)));
    case 'yaml':
      return rows.length === 0 ? '[]\n' : toYaml(rows.map((row) => readable(type, row)));
    case 'name':
      return rows.map((row) => `${safeText(nameOf(row))}\n`).join('');
    case 'csv':
      return csv(columnsOf(type, rendering.columns, false), rows, rendering.headers);
    default:
      return table(columnsOf(type, rendering.columns, rendering.output === 'wide'), rows, rendering);
  }
}

/** Attributes of a type that a rendering of a list shows; undefined when it shows all. @throws CliError unknown_attribute */
export function shownFields(type: string, { output, columns }: Rendering): readonly string[] | undefined {
  if (output === 'json' || output === 'yaml') return undefined;
  if (output === 'name') return ['id', 'name', 'user_name'];
  return columnsOf(type, columns, output === 'wide').map(({ path }) => path[0] ?? '');
}

/** One object, as text: of a table the attributes are lines. */
export function renderObject(type: string, value: unknown, rendering: Rendering): string {
  switch (rendering.output) {
    case 'json':
      return json(readable(type, value));
    case 'yaml':
      return toYaml(readable(type, value));
    case 'table':
    case 'wide':
      return rendering.columns === undefined ? details(type, value, rendering.colours) : renderList(type, [value], rendering);
    default:
      return renderList(type, [value], rendering);
  }
}

const json = (value: unknown): string => `${safeJson(JSON.stringify(value, undefined, 2))}\n`;

function nameOf(row: unknown): string {
  const { name, user_name: userName, id } = (row ?? {}) as { name?: string; user_name?: string; id?: string };
  return name ?? userName ?? id ?? '';
}

/** An object as it is shown and can be read in again: dates as texts, without links and places. */
export function readable(type: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const info = typeInfo(type);
  const result: Record<string, unknown> = {};
  for (const attribute of info.attributes) {
    const content = (value as Record<string, unknown>)[attribute.name];
    if (content === undefined || attribute.name === 'href' || attribute.name === 'creation_status') continue;
    const one = (member: unknown): unknown => {
      if (attribute.kind === 'struct') return readable(attribute.type, member);
      return attribute.kind === 'date' && typeof member === 'number' ? new Date(member).toISOString() : member;
    };
    result[attribute.name] = Array.isArray(content) ? content.map(one) : one(content);
  }
  // Of a newer engine than this program.
  for (const [key, content] of Object.entries(value))
    if (
      !info.byElement.has(key) &&
      !(key in result) &&
      !['links', 'actions', 'href'].includes(key) &&
      !info.attributes.some(({ name }) => name === key)
    )
      result[key] = content;
  return result;
}

function table(columns: readonly Column[], rows: readonly unknown[], { headers, colours = false }: Rendering): string {
  const cells = rows.map((row) => columns.map(({ attribute, path }) => cut(safeText(cellText(attribute, at(row, path))))));
  if (headers) cells.unshift(columns.map(({ title }) => dashed(title).toUpperCase()));
  const numeric = columns.map(({ attribute }) => ['int', 'long', 'unsignedInt', 'decimal', 'double'].includes(attribute.kind));
  const widths = columns.map((_, index) => cells.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), 0));
  // What ends a line is not filled up.
  const padded = (row: readonly string[]): string[] => {
    const end = row.findLastIndex((text) => text !== '');
    return row
      .slice(0, end + 1)
      .map((text, index) => (index === end && numeric[index] !== true ? text : pad(text, widths[index] ?? 0, numeric[index] === true)));
  };
  return cells
    .map((row, line) => {
      const texts = padded(row);
      if (!colours) return `${texts.join('  ')}\n`;
      return `${texts.map((text, index) => (headers && line === 0 ? titleColoured(text) : valueColoured(columns[index]?.title ?? '', text))).join('  ')}\n`;
    })
    .join('');
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? `${space}${text}` : `${text}${space}`;
}

function cut(text: string): string {
  return text.length > maxCell ? `${text.slice(0, maxCell - 1)}…` : text;
}

function csv(columns: readonly Column[], rows: readonly unknown[], headers: boolean): string {
  const line = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`;
  const head = headers ? line(columns.map(({ title }) => title)) : '';
  return head + rows.map((row) => line(columns.map(({ attribute, path }) => safeText(cellText(attribute, at(row, path)))))).join('');
}

const quoted = (text: string): string => (/[",]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** `cpu-topology-cores: 2`, id, name and description first. */
function details(type: string, value: unknown, colours = false): string {
  const lines = flat(readable(type, value), '');
  const first = ['id', 'name', 'description'].flatMap((wanted) => lines.filter(([name]) => name === wanted));
  const all = [...first, ...lines.filter((line) => !first.includes(line))];
  const width = all.reduce((most, [name]) => Math.max(most, name.length), 0);
  return all
    .map(([name, text]) => {
      const [title, shown] = [name.padEnd(width), safeText(text)];
      return colours ? `${titleColoured(title)}: ${valueColoured(name, shown)}\n` : `${title}: ${shown}\n`;
    })
    .join('');
}

/** Names of attributes down to plain values, with those values; lists of plain values are one line. */
export function flat(value: unknown, prefix: string): [name: string, text: string][] {
  if (typeof value !== 'object' || value === null) return [[dashed(prefix), String(value)]];
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one !== 'object')) return [[dashed(prefix), value.join(', ')]];
    return value.flatMap((one: unknown, index) => flat(one, `${prefix}[${index}]`));
  }
  return Object.entries(value).flatMap(([name, one]) => flat(one, prefix === '' ? name : `${prefix}-${name}`));
}
