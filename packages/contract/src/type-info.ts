import { enumValues } from './generated/enums.ts';
import { typeTable } from './generated/type-table.ts';
import type { TypeName } from './generated/types.ts';

/** How an attribute's value travels. `struct` = another type. */
export type Kind = 'string' | 'boolean' | 'int' | 'long' | 'unsignedInt' | 'decimal' | 'double' | 'date' | 'enum' | 'struct';

export interface Attribute {
  /** Property name in our objects. */
  readonly name: string;
  /** XML element and JSON key. */
  readonly element: string;
  readonly kind: Kind;
  /** Name of the enum or type; empty for the other kinds. */
  readonly type: string;
  /** Wire spellings, for enums. */
  readonly values: readonly string[];
  /** Element name of each member of a list; undefined when the attribute is not a list. */
  readonly item: string | undefined;
  /** Another resource: a reference, or with `item` a sub-collection. */
  readonly link: boolean;
  /** `rel` of the sub-collection's link. */
  readonly rel: string | undefined;
  /** Written as an XML attribute. */
  readonly xmlAttribute: boolean;
  /** Shapes that only version 3 of the API has. */
  readonly form?: OldForm;
}

/** How version 3 writes an attribute where version 4 has a plain element. */
export interface OldForm {
  /** Way to the property when it lies in another object; `[]` = the element's members are properties of this object. */
  readonly path?: readonly string[];
  /** `<status><state>…</state><detail>…</detail></status>`; `detail` names the property of the second. */
  readonly state?: { readonly detail: string | undefined };
  /** A list without a wrapper: the element is repeated. */
  readonly repeated?: true;
  /** XML attribute that holds each value of such a list. */
  readonly valueIn?: string;
  /** Read and dropped: version 4 has nothing like it. */
  readonly dropped?: true;
}

/** What lies at the end of a way of an {@link OldForm}; undefined where the way ends before. */
export function valueAt(owner: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let value: unknown = owner;
  for (const name of path) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return value;
}

/** The object at the end of such a way, made where it is missing. The last step is the property itself. */
export function ownerOf(target: Record<string, unknown>, path: readonly string[]): Record<string, unknown> {
  let owner = target;
  for (const name of path.slice(0, -1)) {
    const next = (owner[name] as Record<string, unknown> | undefined) ?? {};
    owner[name] = next;
    owner = next;
  }
  return owner;
}

export interface TypeInfo {
  readonly name: TypeName;
  /** XML root of one object. */
  readonly tag: string;
  /** XML root of a collection; empty for `Action`, which has none. */
  readonly listTag: string;
  readonly base: TypeName | undefined;
  /** Has id, href, links, actions and creation_status. */
  readonly resource: boolean;
  /** Own and inherited attributes in the order in which they are written. */
  readonly attributes: readonly Attribute[];
  /** The same by element name (JSON key), XML attributes included. */
  readonly byElement: ReadonlyMap<string, Attribute>;
}

/** Code in the type tables → kind. */
export const kindByCode: Readonly<Record<string, Kind>> = {
  s: 'string',
  b: 'boolean',
  i: 'int',
  l: 'long',
  u: 'unsignedInt',
  n: 'decimal',
  f: 'double',
  d: 'date',
};

/** Which types a version of the API has, and how it writes them. */
export interface Shape {
  readonly version: 3 | 4;
  readonly has: (name: string) => boolean;
  /** @throws Error for a type that it has not */
  readonly info: (name: string) => TypeInfo;
}

const cache = new Map<string, TypeInfo>();

/** True for the name of an API type. */
export function isTypeName(name: string): name is TypeName {
  return Object.hasOwn(typeTable, name);
}

/**
 * What the codecs know of a type. Parsed on first use and kept.
 * @throws Error for a name that is no API type (a fault of the caller, not of input)
 */
export function typeInfo(name: string): TypeInfo {
  const known = cache.get(name);
  if (known !== undefined) return known;
  if (!isTypeName(name)) throw new Error(`${name} is not a type of the API`);
  const info = parse(name, typeTable[name]);
  cache.set(name, info);
  return info;
}

/** The contract's own shape; that of version 3 is `shapeV3`, apart, so that no browser loads its table. */
export const shapeV4: Shape = { version: 4, has: isTypeName, info: typeInfo };

function parse(name: TypeName, row: string): TypeInfo {
  const [head = '', ...codes] = row.split(';');
  const [tag = '', listTag = '', base = '', flag] = head.split(' ');
  const inherited = base === '' ? undefined : typeInfo(base);
  const resource = flag === 'r';
  const own = codes.map(parseAttribute).filter((attribute) => !(resource && attribute.xmlAttribute));
  const levels = inherited === undefined ? (resource ? [...resourceAttributes(name), ...own] : own) : [...inherited.attributes, ...own];
  const attributes = resource ? placeCreationStatus(levels) : levels;
  return {
    name,
    tag,
    listTag,
    base: inherited?.name,
    resource,
    attributes,
    byElement: new Map(attributes.map((attribute) => [attribute.element, attribute])),
  };
}

function parseAttribute(code: string): Attribute {
  const match = /^(\w+)(?:=(\w+))?:(\w+)(@)?(?:\*(\w+))?(\^\w*)?$/.exec(code);
  const [, name, element, type, xmlAttribute, item, link] = match ?? [];
  if (name === undefined || type === undefined) throw new Error(`type table: cannot read "${code}"`);
  const values = (enumValues as Readonly<Record<string, readonly string[]>>)[type] ?? [];
  const kind = kindByCode[type] ?? (values.length > 0 ? 'enum' : 'struct');
  return {
    name,
    element: element ?? name,
    kind,
    type: kind === 'enum' || kind === 'struct' ? type : '',
    values,
    item,
    link: link !== undefined,
    rel: link === undefined || link === '^' ? undefined : link.slice(1),
    xmlAttribute: xmlAttribute !== undefined,
  };
}

const plain = { type: '', values: [], item: undefined, link: false, rel: undefined };
const hrefAttribute: Attribute = { ...plain, name: 'href', element: 'href', kind: 'string', xmlAttribute: true };
const idAttribute: Attribute = { ...plain, name: 'id', element: 'id', kind: 'string', xmlAttribute: true };
const creationStatus: Attribute = { ...plain, name: 'creation_status', element: 'creation_status', kind: 'string', xmlAttribute: false };

/** `href` and `id` (in this order) come from the schema's base resource, not from the model. */
function resourceAttributes(name: TypeName): Attribute[] {
  return name === 'Api' ? [hrefAttribute, idAttribute, creationStatus] : [hrefAttribute, idAttribute];
}

/** `creation_status` follows name, description and comment, before what a derived type adds. */
function placeCreationStatus(attributes: Attribute[]): Attribute[] {
  if (attributes.includes(creationStatus)) return attributes;
  const after = attributes.findIndex((attribute) => attribute.name === 'comment');
  return attributes.toSpliced(after + 1, 0, creationStatus);
}
