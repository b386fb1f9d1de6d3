import type { AttributeFacts, ModelFacts, TypeFacts } from './facts.ts';
import { generatedNotice, key, literal, lowerFirst, union } from './source-text.ts';

const scalarTypes: Record<string, string> = { string: 'string', boolean: 'boolean', integer: 'number', decimal: 'number', date: 'EpochMs' };

/** `types.ts`: an interface for each API type and a union for each enum. Types only, nothing at run time. */
export function apiTypes(model: ModelFacts): string {
  const enums = Object.entries(model.enums).map(([name, facts]) => `export type ${name} = ${union(facts.values)};\n`);
  const types = Object.entries(model.types).map(([name, facts]) => typeInterface(name, facts));
  return `${generatedNotice}
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** A \`<link>\`: a sub-collection, a search or an action of a resource. */
export interface Link { href?: string; rel?: string }

/** What every resource carries beside its own attributes. */
export interface Resource {
  id?: string;
  href?: string;
  actions?: Link[];
  creation_status?: string;
  links?: Link[];
}

${enums.join('')}
${types.join('\n')}
/** Every type of the API by name. */
export interface Types {
${Object.keys(model.types)
  .map((name) => `  ${name}: ${name};\n`)
  .join('')}}

export type TypeName = keyof Types;

/** Every enum of the API by name. */
export interface Enums {
${Object.keys(model.enums)
  .map((name) => `  ${name}: ${name};\n`)
  .join('')}}

export type EnumName = keyof Enums;
`;
}

function typeInterface(name: string, facts: TypeFacts): string {
  const base = facts.base ?? (facts.resource ? 'Resource' : undefined);
  const own = facts.attrs.filter((attribute) => !(facts.resource && attribute.xml === 'attribute'));
  const body = own.map((attribute) => `  ${key(attribute.name)}?: ${attributeType(attribute)};\n`).join('');
  const extending = base === undefined ? '' : ` extends ${base}`;
  return `export interface ${name}${extending} {\n${body}}\n`;
}

function attributeType(attribute: AttributeFacts): string {
  const type = scalarTypes[attribute.type] ?? attribute.type;
  return attribute.list ? `${type}[]` : type;
}

/** `enums.ts`: the wire spellings of every enum, one const array each, and all of them by name. */
export function apiEnums(model: ModelFacts): string {
  const arrays = Object.entries(model.enums).map(
    ([name, facts]) => `export const ${lowerFirst(name)}Values = ${literal(facts.values)} as const;\n`,
  );
  const table = Object.keys(model.enums).map((name) => `  ${name}: ${lowerFirst(name)}Values,\n`);
  return `${generatedNotice}
${arrays.join('')}
/** Values of each enum by the enum's name. */
export const enumValues = {
${table.join('')}} as const;
`;
}

const kinds: Record<string, string> = {
  'xs:string': 's',
  'xs:boolean': 'b',
  'xs:int': 'i',
  'xs:long': 'l',
  'xs:unsignedInt': 'u',
  'xs:decimal': 'n',
  'xs:double': 'f',
  'xs:dateTime': 'd',
};
const defaultSchemaType: Record<string, string> = {
  string: 'xs:string',
  boolean: 'xs:boolean',
  integer: 'xs:int',
  decimal: 'xs:decimal',
  date: 'xs:dateTime',
};

/** `type-table.ts`: what the codecs know of each type, one line of text each (the notation is described in the file it writes). */
export function typeTable(model: ModelFacts): string {
  const rows = Object.entries(model.types).map(([name, facts]) => {
    const head = [facts.tag, facts.list_tag ?? '', facts.base ?? '', facts.resource ? 'r' : ''].join(' ');
    return `  ${name}: ${literal([head, ...facts.attrs.map(attributeCode)].join(';'))},\n`;
  });
  return `${generatedNotice}
import type { TypeName } from './types.ts';

/**
 * Each type as \`tag listTag base r;attribute;attribute…\` (\`r\`: has id, href, links, actions).
 * An attribute is \`name[=element]:kind\`, then \`@\` for an XML attribute, \`*item\` for a list, \`^\` for a reference, \`^rel\` for a sub-collection.
 * kind: s string, b boolean, i 32-bit integer, l 64-bit integer, u unsigned 32-bit integer, n decimal, f double, d date, else an enum's or type's name.
 */
export const typeTable: Readonly<Record<TypeName, string>> = {
${rows.join('')}};
`;
}

function attributeCode(attribute: AttributeFacts): string {
  const schemaType = attribute.xs ?? defaultSchemaType[attribute.type];
  const kind = schemaType === undefined ? attribute.type : kinds[schemaType];
  if (kind === undefined) throw new Error(`attribute ${attribute.name}: unknown schema type ${schemaType}`);
  const element = attribute.element === undefined ? '' : `=${attribute.element}`;
  const list = attribute.list ? `*${attribute.item}` : '';
  const link = attribute.link ? `^${attribute.rel ?? ''}` : '';
  return `${attribute.name}${element}:${kind}${attribute.xml === 'attribute' ? '@' : ''}${list}${link}`;
}
