import type { Attribute } from '@virgate/contract/type-info';
import { typeInfo } from '@virgate/contract/type-info';
import { CliError } from '../errors.ts';
import { didYouMean } from '../catalog/near.ts';
import { dottedPath } from './attribute-path.ts';
import { valueOf } from './value.ts';

export type Fields = Record<string, unknown>;

const maxDepth = 32;
/** What the engine says of a resource beside its attributes. */
const told: ReadonlySet<string> = new Set(['links', 'link', 'actions', 'href']);

/** Puts an option's value into an object. A list's option may come again: `--nics name=nic1 --nics name=nic2`. */
export function setOption(body: Fields, path: readonly Attribute[], text: string, field: string): void {
  let at = body;
  for (const { name } of path.slice(0, -1)) at = (at[name] ??= {}) as Fields;
  const last = path.at(-1);
  if (last === undefined) return;
  if (last.item === undefined) {
    at[last.name] = last.kind === 'struct' ? members(last.type, text, field) : valueOf(last, text, field);
    return;
  }
  const list = (at[last.name] ??= []) as unknown[];
  if (last.kind === 'struct') list.push(members(last.type, text, field));
  else list.push(...text.split(',').map((one) => valueOf(last, one.trim(), field)));
}

/** `--set cpu.topology.sockets=2`, `--set nics[0].name=eth0`. @throws CliError naming the path */
export function setPath(body: Fields, type: string, assignment: string): void {
  const at = assignment.indexOf('=');
  const path = assignment.slice(0, at);
  if (at < 1)
    throw new CliError('syntax', 'invalid_value', `--set ${JSON.stringify(assignment)}: PATH=VALUE is needed.`, { field: '--set' });
  const pieces = dottedPath(type, path, path);
  let holder: Fields | unknown[] = body;
  let key: string | number = '';
  for (const [order, { attribute, index }] of pieces.entries()) {
    if (order > 0) holder = below(holder, key, {}) as Fields;
    key = attribute.name;
    if (index === undefined) continue;
    holder = below(holder, key, []) as unknown[];
    if (index > holder.length)
      throw new CliError('syntax', 'invalid_path', `${path}: member ${index} comes before member ${holder.length}.`, { field: path });
    key = index;
  }
  const last = pieces.at(-1);
  if (last === undefined) return;
  const text = assignment.slice(at + 1);
  const isList = last.attribute.item !== undefined && last.index === undefined;
  if (last.attribute.kind === 'struct') throw new CliError('syntax', 'invalid_value', `${path}: name an attribute of it.`, { field: path });
  const value = isList ? text.split(',').map((one) => valueOf(last.attribute, one.trim(), path)) : valueOf(last.attribute, text, path);
  (holder as Record<string | number, unknown>)[key] = value;
}

function below(holder: Fields | unknown[], key: string | number, empty: unknown): unknown {
  return ((holder as Record<string | number, unknown>)[key] ??= empty);
}

/** `name=data1,address=a` as an object. A comma that belongs to a value is written `\,`. */
function members(type: string, text: string, field: string): Fields {
  const object: Fields = {};
  for (const part of text.split(/(?<!\\),/)) setPath(object, type, part.replaceAll('\\,', ','));
  if (Object.keys(object).length === 0) throw new CliError('syntax', 'invalid_value', `${field}: NAME=VALUE is needed.`, { field });
  return object;
}

/** Where a value of a file stands: `web.yaml:12:3`; empty when it is not known. */
export type Whereabouts = (path: readonly (string | number)[]) => string;

/**
 * A value from a file as an object of a type: every key is one of its attributes, every value fits.
 * @param where tells file, line and column of a path
 * @throws CliError unknown_attribute, invalid_value, naming line and field
 */
export function bodyFrom(type: string, value: unknown, where: Whereabouts, path: readonly (string | number)[] = []): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw shape(where, path, 'NAME: VALUE pairs are expected');
  if (path.length > maxDepth) throw shape(where, path, `nested deeper than ${maxDepth}`);
  const info = typeInfo(type);
  const known = new Map(info.attributes.map((attribute) => [attribute.name, attribute]));
  const body: Fields = {};
  for (const [key, content] of Object.entries(value)) {
    const here = [...path, key];
    const attribute = known.get(key) ?? info.byElement.get(key);
    if (told.has(key) || content === null || content === undefined) continue;
    if (attribute === undefined)
      throw new CliError('syntax', 'unknown_attribute', `${place(where, here)}${info.name} has no attribute "${key}".`, {
        field: here.join('.'),
        hint: didYouMean(key, known.keys()),
      });
    body[attribute.name] = attribute.item === undefined ? one(attribute, content, where, here) : many(attribute, content, where, here);
  }
  return body;
}

function many(attribute: Attribute, content: unknown, where: Whereabouts, path: readonly (string | number)[]): unknown[] {
  // The wire's own form has a wrapper around the members.
  const inner =
    !Array.isArray(content) && typeof content === 'object' && content !== null ? (content as Fields)[attribute.item ?? ''] : content;
  if (!Array.isArray(inner)) throw shape(where, path, 'a list is expected');
  return inner.map((item: unknown, index) => one(attribute, item, where, [...path, index]));
}

function one(attribute: Attribute, content: unknown, where: Whereabouts, path: readonly (string | number)[]): unknown {
  if (attribute.kind === 'struct') return bodyFrom(attribute.type, content, where, path);
  if (typeof content !== 'string' && typeof content !== 'number' && typeof content !== 'boolean')
    throw shape(where, path, `a plain value (${attribute.kind}) is expected`);
  return valueOf(attribute, content, `${place(where, path)}${path.join('.')}`);
}

function place(where: Whereabouts, path: readonly (string | number)[]): string {
  const text = where(path);
  return text === '' ? '' : `${text}: `;
}

function shape(where: Whereabouts, path: readonly (string | number)[], expected: string): CliError {
  const field = path.join('.') || 'the document';
  return new CliError('syntax', 'invalid_shape', `${place(where, path)}${field}: ${expected}.`, { field });
}
