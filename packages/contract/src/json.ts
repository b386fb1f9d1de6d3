import { DecodeError, type DecodeLimits, defaultDecodeLimits } from './decode-error.ts';
import type { Link, TypeName, Types } from './generated/types.ts';
import { checkedDate, checkedInteger, EncodeError, finiteNumber, invalid, maxEncodeDepth, scalarFromText } from './scalars.ts';
import { type Attribute, type TypeInfo, typeInfo } from './type-info.ts';
import type { CollectionHead } from './xml-encode.ts';

export interface JsonOptions {
  /** Spaces of indentation; 0 (the default) writes one line. */
  readonly indent?: number;
}

type Fields = Readonly<Record<string, unknown>>;
export type JsonObject = { [key: string]: unknown };

/**
 * One object as JSON text: booleans and integers as strings, decimals and dates as numbers, both levels of lists.
 * @throws EncodeError when a value cannot be written
 */
export function encodeJson<N extends TypeName>(typeName: N, value: Types[N], options: JsonOptions = {}): string {
  return JSON.stringify(toJson(typeName, value), undefined, options.indent ?? 0);
}

/** A collection: `{"vm": […]}`, and `{}` when it is empty. */
export function encodeJsonCollection<N extends TypeName>(
  typeName: N,
  values: Iterable<Types[N]>,
  head: CollectionHead = {},
  options: JsonOptions = {},
): string {
  let text = '';
  for (const chunk of encodeJsonCollectionChunks(typeName, values, head)) text += chunk;
  return options.indent ? JSON.stringify(JSON.parse(text), undefined, options.indent) : text;
}

const chunkUnits = 64 * 1024;

/** The same on one line, in pieces of at least 64 Ki units (the last may be smaller), for lists that should not stand in memory whole. */
export function* encodeJsonCollectionChunks<N extends TypeName>(
  typeName: N,
  values: Iterable<Types[N]>,
  head: CollectionHead = {},
): Generator<string, void, undefined> {
  const info = typeInfo(typeName);
  const leading = JSON.stringify(headToJson(head)).slice(0, -1);
  let text = leading;
  let open = false;
  for (const value of values) {
    text += open ? ',' : `${leading.length > 1 ? ',' : ''}"${info.tag}":[`;
    open = true;
    text += JSON.stringify(objectToJson(info, value as Fields, 0));
    if (text.length >= chunkUnits) {
      yield text;
      text = '';
    }
  }
  yield `${text}${open ? ']' : ''}}`;
}

function headToJson(head: CollectionHead): JsonObject {
  const result: JsonObject = {};
  if (head.actions !== undefined) result.actions = { link: head.actions };
  for (const name of ['size', 'total', 'active'] as const) if (head[name] !== undefined) result[name] = String(head[name]);
  return result;
}

/** The tree that `encodeJson` writes, for callers that put it into a larger one. */
export function toJson<N extends TypeName>(typeName: N, value: Types[N]): JsonObject {
  return objectToJson(typeInfo(typeName), value as Fields, 0);
}

function objectToJson(info: TypeInfo, value: Fields, depth: number): JsonObject {
  if (depth > maxEncodeDepth) throw new EncodeError(info.name, `objects are nested deeper than ${maxEncodeDepth}; is one within itself?`);
  const result: JsonObject = {};
  if (info.resource) {
    if (value.actions !== undefined) result.actions = { link: value.actions };
    if (value.links !== undefined) result.link = value.links;
  }
  for (const attribute of info.attributes) {
    const content = value[attribute.name];
    if (content !== undefined && content !== null) result[attribute.element] = memberToJson(attribute, content, depth + 1);
  }
  return result;
}

function memberToJson(attribute: Attribute, value: unknown, depth: number): unknown {
  if (attribute.item === undefined) return valueToJson(attribute, value, depth);
  if (!Array.isArray(value)) throw new EncodeError(attribute.name, 'a list is expected');
  return value.length === 0 ? {} : { [attribute.item]: value.map((one) => valueToJson(attribute, one, depth)) };
}

function valueToJson(attribute: Attribute, value: unknown, depth: number): unknown {
  switch (attribute.kind) {
    case 'struct':
      if (typeof value === 'object' && value !== null) return objectToJson(typeInfo(attribute.type), value as Fields, depth);
      break;
    case 'string':
    case 'enum':
      if (typeof value === 'string') return value;
      break;
    case 'boolean':
      if (typeof value === 'boolean') return value ? 'true' : 'false';
      break;
    case 'decimal':
    case 'double':
      if (Number.isFinite(value)) return value;
      break;
    case 'date':
      if (Number.isInteger(value)) return value;
      break;
    default:
      if (Number.isInteger(value)) return String(value);
  }
  throw new EncodeError(attribute.name, `a ${attribute.kind} is expected, not ${typeof value === 'number' ? value : typeof value}`);
}

/**
 * An object of the given type from JSON text (or bytes, or from what JSON.parse gave). Numbers and booleans may come bare or as strings,
 * enums in any case, dates as ISO text or epoch milliseconds; null = absent.
 * @throws DecodeError (see its codes); no other error leaves this function
 */
export function decodeJson<N extends TypeName>(source: unknown, typeName: N, limits: Partial<DecodeLimits> = {}): Types[N] {
  const reader = new Reader({ ...defaultDecodeLimits, ...limits });
  const info = typeInfo(typeName);
  return reader.object(reader.parsed(source), info, info.tag, 1);
}

/** A collection as `encodeJsonCollection` writes it, as a list. */
export function decodeJsonCollection<N extends TypeName>(source: unknown, typeName: N, limits: Partial<DecodeLimits> = {}): Types[N][] {
  const reader = new Reader({ ...defaultDecodeLimits, ...limits });
  return reader.collection(reader.parsed(source), typeInfo(typeName)) as Types[N][];
}

const collectionHeadKeys = new Set(['actions', 'size', 'total', 'active']);

class Reader {
  readonly #limits: DecodeLimits;
  #members = 0;

  constructor(limits: DecodeLimits) {
    this.#limits = limits;
  }

  parsed(source: unknown): unknown {
    if (typeof source !== 'string' && !(source instanceof Uint8Array)) return source;
    const size = typeof source === 'string' ? source.length : source.byteLength;
    if (size > this.#limits.maxSize) throw new DecodeError('too_large', '', `The body is larger than ${this.#limits.maxSize} bytes`);
    const text = typeof source === 'string' ? source : utf8Text(source);
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw new DecodeError(
        'syntax',
        '',
        `The JSON is not well-formed: ${error instanceof SyntaxError ? error.message : 'it is nested too deeply'}`,
      );
    }
  }

  collection(value: unknown, info: TypeInfo): unknown[] {
    const fields = this.#fields(value, info.listTag);
    for (const key of Object.keys(fields)) {
      if (key !== info.tag && !collectionHeadKeys.has(key)) throw unknownKey(key, info.listTag, [info.tag]);
    }
    const items = fields[info.tag] ?? [];
    if (!Array.isArray(items)) throw shape(info.listTag, `a list is expected for "${info.tag}"`);
    return items.map((item, index) => this.object(item, info, `${info.listTag}[${index}]`, 2));
  }

  object(value: unknown, info: TypeInfo, path: string, depth: number): Record<string, unknown> {
    if (depth > this.#limits.maxDepth) throw new DecodeError('too_deep', path, `Objects are nested deeper than ${this.#limits.maxDepth}`);
    const result: Record<string, unknown> = {};
    for (const [key, content] of Object.entries(this.#fields(value, path))) {
      const attribute = info.byElement.get(key);
      if (attribute !== undefined) {
        if (content !== null) result[attribute.name] = this.#member(attribute, content, `${path}.${key}`, depth + 1);
      } else if (info.resource && key === 'link') {
        if (content !== null) result.links = this.#links(content, `${path}.link`);
      } else if (info.resource && key === 'actions') {
        if (content !== null) result.actions = this.#actions(content, `${path}.actions`);
      } else {
        throw unknownKey(key, path, [...info.byElement.keys()]);
      }
    }
    return result;
  }

  #fields(value: unknown, path: string): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw shape(path, 'an object is expected');
    this.#count(Object.keys(value).length);
    return value as Record<string, unknown>;
  }

  #count(members: number): void {
    this.#members += members;
    if (this.#members > this.#limits.maxElements)
      throw new DecodeError('too_many', '', `There are more than ${this.#limits.maxElements} keys and list members`);
  }

  #member(attribute: Attribute, content: unknown, path: string, depth: number): unknown {
    const { item } = attribute;
    if (item === undefined) return this.#value(attribute, content, path, depth);
    const wrapper = this.#fields(content, path);
    for (const key of Object.keys(wrapper)) if (key !== item) throw unknownKey(key, path, [item]);
    const items = wrapper[item] ?? [];
    if (!Array.isArray(items)) throw shape(`${path}.${item}`, 'a list is expected');
    this.#count(items.length);
    return items.map((one: unknown, index) => this.#value(attribute, one, `${path}.${item}[${index}]`, depth));
  }

  #value(attribute: Attribute, content: unknown, path: string, depth: number): unknown {
    if (attribute.kind === 'struct') return this.object(content, typeInfo(attribute.type), path, depth);
    if (typeof content === 'string') {
      if (content.length > this.#limits.maxText)
        throw new DecodeError('too_large', path, `A text is longer than ${this.#limits.maxText} characters`);
      return scalarFromText(attribute, content, path);
    }
    if (typeof content === 'boolean' && attribute.kind === 'boolean') return content;
    if (typeof content === 'number') return numberValue(attribute, content, path);
    throw shape(path, `a ${attribute.kind} is expected`);
  }

  #links(content: unknown, path: string): Link[] {
    if (!Array.isArray(content)) throw shape(path, 'a list is expected');
    this.#count(content.length);
    return content.map((one: unknown, index) => this.#link(one, `${path}[${index}]`));
  }

  #link(one: unknown, path: string): Link {
    const link: Link = {};
    for (const [key, value] of Object.entries(this.#fields(one, path))) {
      if (key !== 'href' && key !== 'rel') throw unknownKey(key, path, ['href', 'rel']);
      if (typeof value !== 'string') throw shape(`${path}.${key}`, 'a string is expected');
      link[key] = value;
    }
    return link;
  }

  #actions(content: unknown, path: string): Link[] {
    const wrapper = this.#fields(content, path);
    for (const key of Object.keys(wrapper)) if (key !== 'link') throw unknownKey(key, path, ['link']);
    return this.#links(wrapper.link ?? [], `${path}.link`);
  }
}

function numberValue(attribute: Attribute, value: number, path: string): string | number {
  switch (attribute.kind) {
    case 'decimal':
    case 'double':
      return finiteNumber(value, String(value), path);
    case 'date':
      return checkedDate(value, path);
    case 'int':
    case 'long':
    case 'unsignedInt':
      return checkedInteger(attribute.kind, value, String(value), path);
    case 'string':
      return String(finiteNumber(value, String(value), path));
    default:
      throw invalid(path, String(value), `a ${attribute.kind} is expected`);
  }
}

function unknownKey(key: string, path: string, expected: readonly string[]): DecodeError {
  return new DecodeError(
    'unknown_element',
    `${path}.${key}`,
    `Unexpected key "${key.slice(0, 80)}" in ${path}; expected: ${expected.join(', ')}`,
  );
}

function shape(path: string, expectation: string): DecodeError {
  return new DecodeError('invalid_shape', path, `${path}: ${expectation}`);
}

function utf8Text(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DecodeError('encoding', '', 'The body is not UTF-8');
  }
}
