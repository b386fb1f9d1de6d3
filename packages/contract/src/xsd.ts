import { enumValues } from './generated/enums.ts';
import { typeTable } from './generated/type-table.ts';
import type { TypeName } from './generated/types.ts';
import { typeInfo, type Attribute, type Kind, type TypeInfo } from './type-info.ts';

/** The XML schema of the API, made from the contract's types: what `?schema` answers. */

const xsTypes: Readonly<Record<Exclude<Kind, 'enum' | 'struct'>, string>> = {
  string: 'xs:string',
  boolean: 'xs:boolean',
  int: 'xs:int',
  long: 'xs:long',
  unsignedInt: 'xs:unsignedInt',
  decimal: 'xs:decimal',
  double: 'xs:double',
  date: 'xs:dateTime',
};
/** Names that the schema has for types beside those of the model. Source: REST contract, XML shape. */
const schemaNames: Partial<Record<TypeName, string>> = { Device: 'BaseDevice' };
const nameOf = (type: string): string => schemaNames[type as TypeName] ?? type;
const listNameOf = (type: string): string => `${nameOf(type)}List`;

const typeOf = (attribute: Attribute): string =>
  attribute.kind === 'struct' || attribute.kind === 'enum' ? nameOf(attribute.type) : xsTypes[attribute.kind];

const element = (name: string, type: string, many = false): string =>
  `<xs:element name="${name}" type="${type}" minOccurs="0"${many ? ' maxOccurs="unbounded"' : ''}/>`;

function memberElement(attribute: Attribute): string {
  const { item } = attribute;
  if (item === undefined) return element(attribute.element, typeOf(attribute));
  return (
    `<xs:element name="${attribute.element}" minOccurs="0"><xs:complexType><xs:sequence>` +
    `${element(item, typeOf(attribute), true)}</xs:sequence></xs:complexType></xs:element>`
  );
}

/** Elements in the order in which they are written: of resources actions first, links after `creation_status`. */
function elementsOf(info: TypeInfo): string[] {
  const members = info.attributes.filter((attribute) => !attribute.xmlAttribute);
  const elements = members.map(memberElement);
  if (!info.resource) return elements;
  const links = members.findIndex(({ name }) => name === 'creation_status') + 1;
  return [element('actions', 'Actions'), ...elements.slice(0, links), element('link', 'Link', true), ...elements.slice(links)];
}

function complexType(info: TypeInfo): string {
  const attributes = info.attributes
    .filter((attribute) => attribute.xmlAttribute)
    .map((attribute) => `<xs:attribute name="${attribute.element}" type="${typeOf(attribute)}"/>`);
  return `<xs:complexType name="${nameOf(info.name)}"><xs:sequence>${elementsOf(info).join('')}</xs:sequence>${attributes.join('')}</xs:complexType>`;
}

function collectionType(info: TypeInfo): string {
  const head = [element('actions', 'Actions'), ...['size', 'total', 'active'].map((name) => element(name, 'xs:long'))];
  return `<xs:complexType name="${listNameOf(info.name)}"><xs:sequence>${head.join('')}${element(info.tag, nameOf(info.name), true)}</xs:sequence></xs:complexType>`;
}

const enumTypes = (): string[] =>
  Object.entries(enumValues).map(
    ([name, values]) =>
      `<xs:simpleType name="${name}"><xs:restriction base="xs:string">${values.map((value) => `<xs:enumeration value="${value}"/>`).join('')}</xs:restriction></xs:simpleType>`,
  );

/** What the schema needs that is no type of the model. */
const linkTypes = [
  '<xs:complexType name="Link"><xs:attribute name="href" type="xs:string"/><xs:attribute name="rel" type="xs:string"/></xs:complexType>',
  `<xs:complexType name="Actions"><xs:sequence>${element('link', 'Link', true)}</xs:sequence></xs:complexType>`,
];

/** The whole schema as a document. */
export function xmlSchema(): string {
  const types = (Object.keys(typeTable) as TypeName[]).map((name) => typeInfo(name));
  const roots = new Map<string, string>();
  for (const info of types) {
    if (!roots.has(info.tag)) roots.set(info.tag, nameOf(info.name));
    if (info.listTag !== '' && !roots.has(info.listTag)) roots.set(info.listTag, listNameOf(info.name));
  }
  const lines = [
    ...[...roots].map(([tag, type]) => `<xs:element name="${tag}" type="${type}"/>`),
    ...linkTypes,
    ...enumTypes(),
    ...types.map(complexType),
    ...types.filter(({ listTag }) => listTag !== '').map(collectionType),
  ];
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<xs:schema version="1.0" xmlns:xs="http://www.w3.org/2001/XMLSchema">\n${lines.map((line) => `    ${line}\n`).join('')}</xs:schema>\n`;
}
