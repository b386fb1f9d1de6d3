import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { DecodeError, type DecodeLimits, defaultDecodeLimits } from './decode-error.ts';
import type { Link, TypeName, Types } from './generated/types.ts';
import { scalarFromText } from './scalars.ts';
import { type Attribute, type OldForm, ownerOf, type TypeInfo, typeInfo } from './type-info.ts';
import { isTypeOfV3, typeInfoV3 } from './type-info-v3.ts';

/** An element that is open, and what its children mean. */
interface Frame {
  readonly tag: string;
  readonly role: 'document' | 'collection' | 'object' | 'list' | 'scalar' | 'item' | 'actions' | 'link' | 'state' | 'value' | 'dropped';
  /** The object that is being filled, or the one that holds the list. */
  readonly target: Record<string, unknown>;
  readonly info: TypeInfo | undefined;
  readonly attribute: Attribute | undefined;
  readonly list: unknown[] | undefined;
  text: string;
}

export interface XmlDecodeOptions extends Partial<DecodeLimits> {
  /** Version of the API whose shape is read. Default 4. The object is of version 4 either way; what only version 3 has is dropped. */
  readonly version?: 3 | 4;
}

function rootInfo(name: TypeName, { version }: XmlDecodeOptions): TypeInfo {
  if (version !== 3) return typeInfo(name);
  if (!isTypeOfV3(name)) throw new DecodeError('unsupported_version', '', `Version 3 of the API has no ${name}`);
  return typeInfoV3(name);
}

/**
 * An XML document as an object of the given type: elements in any order, the last of two wins, unknown XML attributes are passed over.
 * Bytes are taken as UTF-8.
 * @throws DecodeError (see its codes); no other error leaves this function
 */
export function decodeXml<N extends TypeName>(source: string | Uint8Array, typeName: N, options: XmlDecodeOptions = {}): Types[N] {
  const info = rootInfo(typeName, options);
  const holder: Record<string, unknown> = {};
  new Reader(options, { tag: info.tag, info, role: 'object', target: holder, list: undefined }).read(source);
  return holder.value as Types[N];
}

/** A collection document (`<vms>…</vms>`) as a list; `size`, `total` and `active` before its members are passed over. */
export function decodeXmlCollection<N extends TypeName>(
  source: string | Uint8Array,
  typeName: N,
  options: XmlDecodeOptions = {},
): Types[N][] {
  const info = rootInfo(typeName, options);
  const list: Types[N][] = [];
  new Reader(options, { tag: info.listTag, info, role: 'collection', target: {}, list }).read(source);
  return list;
}

type Root = Pick<Frame, 'tag' | 'role' | 'target' | 'list'> & { readonly info: TypeInfo };

const collectionTotals = new Set(['size', 'total', 'active']);

class Reader {
  readonly #limits: DecodeLimits;
  readonly #root: Root;
  readonly #typeInfo: (name: string) => TypeInfo;
  readonly #stack: Frame[] = [];
  #elements = 0;

  constructor({ version, ...limits }: XmlDecodeOptions, root: Root) {
    this.#limits = { ...defaultDecodeLimits, ...limits };
    this.#root = root;
    this.#typeInfo = version === 3 ? typeInfoV3 : typeInfo;
  }

  read(source: string | Uint8Array): void {
    const text = this.#text(source);
    const parser = new SaxesParser({ xmlns: false, position: true });
    let declared: string | undefined;
    parser.on('error', (error) => {
      throw new DecodeError('syntax', this.#path(), `The XML is not well-formed: ${error.message}`);
    });
    parser.on('xmldecl', ({ encoding }) => {
      declared = encoding;
    });
    parser.on('doctype', () => {
      throw new DecodeError('dtd', '', 'A document type declaration is not accepted');
    });
    parser.on('opentag', (tag) => {
      checkEncoding(declared);
      this.#open(tag);
    });
    parser.on('attribute', () => this.#count());
    parser.on('text', (piece) => this.#addText(piece));
    parser.on('cdata', (piece) => this.#addText(piece));
    parser.on('closetag', () => this.#close());
    parser.write(text).close();
  }

  #text(source: string | Uint8Array): string {
    const size = typeof source === 'string' ? source.length : source.byteLength;
    if (size > this.#limits.maxSize) throw new DecodeError('too_large', '', `The body is larger than ${this.#limits.maxSize} bytes`);
    const text = typeof source === 'string' ? source.replace(/^\ufeff/, '') : utf8Text(source);
    if (!text.isWellFormed()) throw new DecodeError('syntax', '', 'The XML contains half of a surrogate pair');
    return text;
  }

  #path(): string {
    return this.#stack.map((frame) => frame.tag).join('.');
  }

  #open(tag: SaxesTagPlain): void {
    const parent = this.#stack.at(-1);
    if (this.#stack.length >= this.#limits.maxDepth)
      throw new DecodeError('too_deep', '', `Elements are nested deeper than ${this.#limits.maxDepth}`);
    this.#count();
    const space = tag.attributes.xmlns;
    if (space !== undefined && space !== '') throw this.#unknown(`{${space}}${tag.name}`, parent);
    const frame = parent === undefined ? this.#rootFrame(tag) : this.#child(parent, tag.name);
    this.#stack.push(frame);
    this.#takeAttributes(frame, tag.attributes);
  }

  #count(): void {
    this.#elements += 1;
    if (this.#elements > this.#limits.maxElements)
      throw new DecodeError('too_many', '', `There are more than ${this.#limits.maxElements} elements and attributes`);
  }

  #rootFrame(tag: SaxesTagPlain): Frame {
    const { tag: expected, info, role, target, list } = this.#root;
    if (tag.name !== expected)
      throw new DecodeError('unknown_element', tag.name, `Unexpected element "${tag.name}": <${expected}> is expected`);
    if (role === 'collection') return { tag: expected, role, target, info, attribute: undefined, list, text: '' };
    const value: Record<string, unknown> = {};
    target.value = value;
    return objectFrame(expected, value, info);
  }

  #child(parent: Frame, name: string): Frame {
    switch (parent.role) {
      case 'object':
        return this.#memberFrame(parent, name);
      case 'collection':
        return this.#collectionMember(parent, name);
      case 'list':
        return this.#itemFrame(parent, name);
      case 'actions':
        if (name === 'link') return linkFrame(parent.list as unknown[]);
        break;
      case 'state':
        return this.#stateFrame(parent, name);
      case 'dropped':
        return { ...parent, tag: name };
      default:
        break;
    }
    throw this.#unknown(name, parent);
  }

  #memberFrame(parent: Frame, name: string): Frame {
    const info = parent.info as TypeInfo;
    if (info.resource && name === 'link') return linkFrame(listIn(parent.target, 'links'));
    if (info.resource && name === 'actions') {
      const list: unknown[] = [];
      parent.target.actions = list;
      return { tag: name, role: 'actions', target: parent.target, info: undefined, attribute: undefined, list, text: '' };
    }
    const attribute = info.byElement.get(name);
    if (attribute === undefined) throw this.#unknown(name, parent);
    if (attribute.form !== undefined) return this.#oldMemberFrame(parent, name, attribute, attribute.form);
    return this.#plainMemberFrame(parent.target, name, attribute);
  }

  #plainMemberFrame(target: Record<string, unknown>, name: string, attribute: Attribute): Frame {
    if (attribute.item !== undefined) {
      const list: unknown[] = [];
      target[attribute.name] = list;
      return { tag: name, role: 'list', target: target, info: undefined, attribute, list, text: '' };
    }
    if (attribute.kind !== 'struct')
      return { tag: name, role: 'scalar', target: target, info: undefined, attribute, list: undefined, text: '' };
    const value: Record<string, unknown> = {};
    target[attribute.name] = value;
    return objectFrame(name, value, this.#typeInfo(attribute.type));
  }

  /** The shapes of version 3 that version 4 has not. */
  #oldMemberFrame(parent: Frame, name: string, attribute: Attribute, form: OldForm): Frame {
    const blank = { tag: name, info: undefined, attribute, list: undefined, text: '' };
    if (form.dropped) return { ...blank, role: 'dropped', target: {} };
    if (form.path?.length === 0) return objectFrame(name, parent.target, this.#typeInfo(attribute.type));
    const owner = ownerOf(parent.target, form.path ?? []);
    if (form.state !== undefined) return { ...blank, role: 'state', target: owner };
    if (!form.repeated) return this.#plainMemberFrame(owner, name, attribute);
    const list = listIn(owner, attribute.name);
    if (attribute.kind !== 'struct') return { ...blank, role: form.valueIn === undefined ? 'item' : 'value', target: owner, list };
    const value: Record<string, unknown> = {};
    list.push(value);
    return objectFrame(name, value, this.#typeInfo(attribute.type));
  }

  /** Inside `<status>`: the state is the attribute itself, the detail may be another property. */
  #stateFrame(parent: Frame, name: string): Frame {
    const attribute = parent.attribute as Attribute;
    const blank = { tag: name, target: parent.target, info: undefined, list: undefined, text: '' };
    if (name === 'state') return { ...blank, role: 'scalar', attribute };
    if (name !== 'detail') throw this.#unknown(name, parent);
    const detail = attribute.form?.state?.detail;
    return detail === undefined
      ? { ...blank, role: 'dropped', attribute }
      : { ...blank, role: 'scalar', attribute: { ...totalAttribute, name: detail, kind: 'string' } };
  }

  #itemFrame(parent: Frame, name: string): Frame {
    const attribute = parent.attribute as Attribute;
    if (name !== attribute.item) throw this.#unknown(name, parent);
    const list = parent.list as unknown[];
    if (attribute.kind !== 'struct') return { tag: name, role: 'item', target: parent.target, info: undefined, attribute, list, text: '' };
    const value: Record<string, unknown> = {};
    list.push(value);
    return objectFrame(name, value, this.#typeInfo(attribute.type));
  }

  #collectionMember(parent: Frame, name: string): Frame {
    const info = parent.info as TypeInfo;
    if (name === info.tag) {
      const value: Record<string, unknown> = {};
      (parent.list as unknown[]).push(value);
      return objectFrame(name, value, info);
    }
    if (name === 'actions') return { tag: name, role: 'actions', target: {}, info: undefined, attribute: undefined, list: [], text: '' };
    if (!collectionTotals.has(name)) throw this.#unknown(name, parent);
    return { tag: name, role: 'scalar', target: {}, info: undefined, attribute: totalAttribute, list: undefined, text: '' };
  }

  #unknown(name: string, parent: Frame | undefined): DecodeError {
    const path = parent === undefined ? name : `${this.#path()}.${name}`;
    const expected = parent === undefined ? [] : expectedNames(parent);
    const hint = expected.length === 0 ? '' : `; expected: ${expected.join(', ')}`;
    return new DecodeError(
      'unknown_element',
      path,
      `Unexpected element "${name}"${parent === undefined ? '' : ` in <${parent.tag}>`}${hint}`,
    );
  }

  #takeAttributes(frame: Frame, attributes: Readonly<Record<string, string>>): void {
    if (frame.role === 'link') {
      if (attributes.href !== undefined) frame.target.href = attributes.href;
      if (attributes.rel !== undefined) frame.target.rel = attributes.rel;
      return;
    }
    if (frame.role === 'value' && frame.attribute !== undefined) {
      const text = attributes[frame.attribute.form?.valueIn ?? ''];
      if (text !== undefined) frame.list?.push(scalarFromText(frame.attribute, text, this.#path()));
    }
    if (frame.role !== 'object') return;
    for (const [name, text] of Object.entries(attributes)) {
      const attribute = frame.info?.byElement.get(name);
      if (attribute?.xmlAttribute) frame.target[attribute.name] = scalarFromText(attribute, text, `${this.#path()}.${name}`);
    }
  }

  #addText(piece: string): void {
    const frame = this.#stack.at(-1);
    if (frame === undefined || frame.role === 'dropped') return;
    if (frame.role !== 'scalar' && frame.role !== 'item') {
      if (/[^ \t\r\n]/.test(piece))
        throw new DecodeError('invalid_shape', this.#path(), `Unexpected text in <${frame.tag}>: elements are expected`);
      return;
    }
    if (frame.text.length + piece.length > this.#limits.maxText) {
      throw new DecodeError('too_large', this.#path(), `A text is longer than ${this.#limits.maxText} characters`);
    }
    frame.text += piece;
  }

  #close(): void {
    const frame = this.#stack.at(-1);
    if (frame?.attribute !== undefined && (frame.role === 'scalar' || frame.role === 'item')) {
      const value = scalarFromText(frame.attribute, frame.text, this.#path());
      if (frame.role === 'item') frame.list?.push(value);
      else frame.target[frame.attribute.name] = value;
    }
    this.#stack.pop();
  }
}

const totalAttribute: Attribute = {
  name: 'total',
  element: 'total',
  kind: 'long',
  type: '',
  values: [],
  item: undefined,
  link: false,
  rel: undefined,
  xmlAttribute: false,
};

function objectFrame(tag: string, target: Record<string, unknown>, info: TypeInfo): Frame {
  return { tag, role: 'object', target, info, attribute: undefined, list: undefined, text: '' };
}

function linkFrame(links: unknown[]): Frame {
  const link: Link = {};
  links.push(link);
  return {
    tag: 'link',
    role: 'link',
    target: link as Record<string, unknown>,
    info: undefined,
    attribute: undefined,
    list: undefined,
    text: '',
  };
}

function listIn(target: Record<string, unknown>, name: string): unknown[] {
  const list = (target[name] as unknown[] | undefined) ?? [];
  target[name] = list;
  return list;
}

function expectedNames(frame: Frame): string[] {
  if (frame.role === 'list') return [frame.attribute?.item ?? ''];
  if (frame.role !== 'object' || frame.info === undefined) return [];
  return frame.info.attributes.filter((attribute) => !attribute.xmlAttribute).map((attribute) => attribute.element);
}

/** UTF-8 without errors, or a refusal: a document in another encoding must not be half understood. */
function utf8Text(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DecodeError('encoding', '', 'The body is not UTF-8');
  }
}

function checkEncoding(declared: string | undefined): void {
  if (declared !== undefined && !/^(utf-?8|us-ascii)$/i.test(declared)) {
    throw new DecodeError('encoding', '', `The encoding ${declared} is not accepted: send UTF-8`);
  }
}
