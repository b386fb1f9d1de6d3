import { DecodeError, type DecodeLimits, defaultDecodeLimits } from './decode-error.ts';
import type { Link, TypeName, Types } from './generated/types.ts';
import { checkedDate, checkedInteger, finiteNumber, invalid, scalarFromText } from './scalars.ts';
import { type Attribute, type OldForm, ownerOf, type Shape, shapeV4, type TypeInfo } from './type-info.ts';

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

export interface JsonDecodeOptions extends Partial<DecodeLimits> {
  /** Default `shapeV4`. The object is of version 4 either way; what only version 3 (`shapeV3`) has is dropped. */
  readonly shape?: Shape;
}

/**
 * An object of the given type from JSON text (or bytes, or from what JSON.parse gave). Numbers and booleans may come bare or as strings,
 * enums in any case, dates as ISO text or epoch milliseconds; null = absent.
 * @throws DecodeError (see its codes); no other error leaves this function
 */
export function decodeJson<N extends TypeName>(source: unknown, typeName: N, options: JsonDecodeOptions = {}): Types[N] {
  const reader = new Reader(options);
  const info = reader.root(typeName);
  return reader.object(reader.parsed(source), info, info.tag, 1);
}

/** A collection as `encodeJsonCollection` writes it, as a list. */
export function decodeJsonCollection<N extends TypeName>(source: unknown, typeName: N, options: JsonDecodeOptions = {}): Types[N][] {
  const reader = new Reader(options);
  return reader.collection(reader.parsed(source), reader.root(typeName)) as Types[N][];
}

const collectionHeadKeys = new Set(['actions', 'size', 'total', 'active']);

class Reader {
  readonly #limits: DecodeLimits;
  readonly #shape: Shape;
  #members = 0;

  constructor({ shape = shapeV4, ...limits }: JsonDecodeOptions) {
    this.#limits = { ...defaultDecodeLimits, ...limits };
    this.#shape = shape;
  }

  root(name: TypeName): TypeInfo {
    const { version, has, info } = this.#shape;
    if (!has(name)) throw new DecodeError('unsupported_version', '', `Version ${version} of the API has no ${name}`);
    return info(name);
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
    const result: Record<string, unknown> = {};
    this.#fill(result, value, info, path, depth);
    return result;
  }

  #fill(result: Record<string, unknown>, value: unknown, info: TypeInfo, path: string, depth: number): void {
    if (depth > this.#limits.maxDepth) throw new DecodeError('too_deep', path, `Objects are nested deeper than ${this.#limits.maxDepth}`);
    for (const [key, content] of Object.entries(this.#fields(value, path))) {
      const attribute = info.byElement.get(key);
      if (attribute !== undefined) {
        if (content === null) continue;
        if (attribute.form !== undefined) this.#oldMember(result, attribute, attribute.form, content, `${path}.${key}`, depth + 1);
        else result[attribute.name] = this.#member(attribute, content, `${path}.${key}`, depth + 1);
      } else if (info.resource && key === 'link') {
        if (content !== null) result.links = this.#links(content, `${path}.link`);
      } else if (info.resource && key === 'actions') {
        if (content !== null) result.actions = this.#actions(content, `${path}.actions`);
      } else {
        throw unknownKey(key, path, [...info.byElement.keys()]);
      }
    }
  }

  /** The shapes of version 3 that version 4 has not. */
  #oldMember(result: Record<string, unknown>, attribute: Attribute, form: OldForm, content: unknown, path: string, depth: number): void {
    if (form.dropped) return;
    if (form.path?.length === 0) return this.#fill(result, content, this.#shape.info(attribute.type), path, depth);
    const owner = ownerOf(result, form.path ?? []);
    if (form.state !== undefined) return this.#state(owner, attribute, form.state.detail, content, path);
    owner[attribute.name] = form.repeated
      ? this.#list(content, path, (one, place) => this.#repeated(attribute, form.valueIn, one, place, depth))
      : this.#member(attribute, content, path, depth);
  }

  /** `{"state": …, "detail": …}`: the state is the attribute itself, the detail may be another property. */
  #state(owner: Record<string, unknown>, attribute: Attribute, detail: string | undefined, content: unknown, path: string): void {
    for (const [key, value] of Object.entries(this.#fields(content, path))) {
      if (key !== 'state' && key !== 'detail') throw unknownKey(key, path, ['state', 'detail']);
      if (value === null) continue;
      if (key === 'state') owner[attribute.name] = this.#value(attribute, value, `${path}.state`, 0);
      else if (detail !== undefined) owner[detail] = this.#value({ ...attribute, kind: 'string' }, value, `${path}.detail`, 0);
    }
  }

  /** A member of a list without a wrapper; `valueIn` names the key that holds the value itself. */
  #repeated(attribute: Attribute, valueIn: string | undefined, content: unknown, path: string, depth: number): unknown {
    if (valueIn === undefined) return this.#value(attribute, content, path, depth);
    const fields = this.#fields(content, path);
    for (const key of Object.keys(fields)) if (key !== valueIn) throw unknownKey(key, path, [valueIn]);
    return this.#value(attribute, fields[valueIn], `${path}.${valueIn}`, depth);
  }

  #list(content: unknown, path: string, read: (one: unknown, path: string) => unknown): unknown[] {
    if (!Array.isArray(content)) throw shape(path, 'a list is expected');
    this.#count(content.length);
    return content.map((one: unknown, index) => read(one, `${path}[${index}]`));
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
    return this.#list(wrapper[item] ?? [], `${path}.${item}`, (one, place) => this.#value(attribute, one, place, depth));
  }

  #value(attribute: Attribute, content: unknown, path: string, depth: number): unknown {
    if (attribute.kind === 'struct') return this.object(content, this.#shape.info(attribute.type), path, depth);
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
    return this.#list(content, path, (one, place) => this.#link(one, place)) as Link[];
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
