import { SaxesParser } from 'saxes';
import { schemaV3 } from './generated/schema-v3.ts';
import { typeTable } from './generated/type-table.ts';
import type { TypeName } from './generated/types.ts';
import { isTypeOfV3, typeInfoV3 } from './type-info-v3.ts';

/** The schema of version 3, to hold documents against. For tests. */

export interface SchemaMember {
  readonly name: string;
  /** `xs:…`, a type of the schema, or words of which it has no list. */
  readonly type: string;
  readonly many: boolean;
}

export interface SchemaType {
  readonly tags: readonly string[];
  readonly elements: readonly SchemaMember[];
  /** Types of the XML attributes, by name. */
  readonly attributes: ReadonlyMap<string, string>;
}

const members = (text: string | undefined): SchemaMember[] =>
  (text ?? '')
    .split(',')
    .filter(Boolean)
    .map((member) => {
      const [name = '', ...type] = member.split(':');
      return { name, type: type.join(':').replace('*', ''), many: member.endsWith('*') };
    });

const read = new Map<string, SchemaType>();

/** A type of the schema, with what it inherits. */
export function schemaType(name: string): SchemaType {
  const known = read.get(name) ?? typeOf(name);
  read.set(name, known);
  return known;
}

function typeOf(name: string): SchemaType {
  const [tags = '', base = '', elements, attributes] = (schemaV3[name] ?? '').split(' ');
  const above = base === '' ? undefined : schemaType(base);
  return {
    tags: tags.split(',').filter(Boolean),
    elements: [...(above?.elements ?? []), ...members(elements)],
    attributes: new Map([...(above?.attributes ?? []), ...members(attributes).map((one) => [one.name, one.type] as const)]),
  };
}

/** Types of documents, by their root. */
export const schemaRoots: ReadonlyMap<string, SchemaType> = new Map(
  Object.keys(schemaV3).flatMap((name) => schemaType(name).tags.map((tag) => [tag, schemaType(name)] as const)),
);

/** Types of version 4 that version 3 has as documents. */
export const writtenInV3: readonly TypeName[] = (Object.keys(typeTable) as TypeName[]).filter(
  (name) => isTypeOfV3(name) && schemaRoots.has(typeInfoV3(name).tag),
);

type Json = Record<string, unknown>;

/** A value as Java's types of the schema are written: integers of 32 bits and booleans as texts, longer ones and fractions as numbers. */
function scalarOf(type: string, text: string): unknown {
  if (['xs:long', 'xs:decimal', 'xs:double'].includes(type)) return Number(text);
  return type === 'xs:dateTime' ? Date.parse(text) : text;
}

/** A document as JSON by nothing but the schema: attributes and elements are members, what may be repeated is a list. */
export function jsonOfXml(document: string): Json {
  const open: { value: Json; type: SchemaType | undefined; name: string; scalar: string; text: string }[] = [];
  let root: Json = {};
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const parent = open.at(-1);
    const member = parent?.type?.elements.find((one) => one.name === name);
    const type =
      parent === undefined
        ? schemaRoots.get(name)
        : Object.hasOwn(schemaV3, member?.type ?? '')
          ? schemaType(member?.type ?? '')
          : undefined;
    // An object that says which actions it has says so by a list, even if there are none.
    const value: Json = name === 'actions' ? { link: [] } : {};
    for (const [attribute, text] of Object.entries(attributes)) value[attribute] = scalarOf(type?.attributes.get(attribute) ?? '', text);
    open.push({ value, type, name, scalar: member?.type ?? '', text: '' });
  });
  parser.on('text', (text) => {
    const at = open.at(-1);
    if (at !== undefined) at.text += text;
  });
  parser.on('closetag', () => {
    const { value, type, name, scalar, text } = open.pop() as (typeof open)[number];
    const parent = open.at(-1);
    if (parent === undefined) root = value;
    else {
      const shown = type === undefined ? scalarOf(scalar, text) : value;
      if (!parent.type?.elements.find((one) => one.name === name)?.many) parent.value[name] = shown;
      else ((parent.value[name] ??= []) as unknown[]).push(shown);
    }
  });
  parser.write(document).close();
  return root;
}
