import { DecodeError, type DecodeLimits, defaultDecodeLimits } from './decode-error.ts';
import type { Link, TypeName, Types } from './generated/types.ts';
import { checkedDate, checkedInteger, finiteNumber, invalid, scalarFromText } from './scalars.ts';
import { type Attribute, type TypeInfo, typeInfo } from './type-info.ts';

export {
  encodeJson,
  encodeJsonCollection,
  framedJson,
  JsonCollectionWriter,
  ownJson,
  toJson,
  type JsonObject,
  type JsonOptions,
} from './json-encode.ts';

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
