import { operationsV3 } from './generated/operations-v3.ts';
import { schemaV3 } from './generated/schema-v3.ts';
import type { RsdlVersion } from './rsdl.ts';

/** What version 3 says of itself: `?rsdl` and `?schema`, of which its SDKs and command line were made. */

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const indented = (lines: readonly string[], depth: number): string => lines.map((line) => `${'    '.repeat(depth)}${line}\n`).join('');

/** Headers that every request may have, and those that only changes may. */
const headersOf = (http: string): readonly string[] => ['Filter', 'Correlation-Id', ...(http === 'POST' ? ['Expect'] : [])];

function parameterXml(parameter: string): string {
  const [name = '', context = ''] = parameter.split(':');
  const type = name === 'max' ? 'xs:int' : name === 'search' || name === 'from' ? 'xs:string' : 'xs:boolean';
  return `<parameter required="false" type="${type}" context="${context}"><name>${name}</name></parameter>`;
}

const setsXml = (sets: string, member: (one: string) => string): string =>
  sets === ''
    ? ''
    : sets
        .split(';')
        .map((set) => `<parameters_set>${set.split(',').map(member).join('')}</parameters_set>`)
        .join('');

const memberXml = (member: string): string => `<parameter required="true"><name>${escaped(member)}</name></parameter>`;

function linkXml(root: string, row: string): string {
  const [http = '', path = '', rel = '', body = '', response = '', parameters = '', mandatory = ''] = row.split(' ');
  const headers = headersOf(http).map((name) => `<header required="false"><name>${name}</name></header>`);
  const bodyXml = body === '' ? '' : `<type>${body}</type>${setsXml(mandatory, memberXml)}`;
  return (
    `<link href="${escaped(`${root}/${path}`)}" rel="${rel}">` +
    `<request><http_method>${http}</http_method><headers>${headers.join('')}</headers>` +
    `<url>${setsXml(parameters, parameterXml)}</url><body required="${mandatory !== ''}">${bodyXml}</body></request>` +
    `<response>${response === '' ? '' : `<type>${response}</type>`}</response>` +
    `${parameters.includes('search:query') ? '<linkCapabilities><searchable>true</searchable></linkCapabilities>' : ''}</link>`
  );
}

/**
 * All operations of version 3.
 * @param root place of the API, such as `/ovirt-engine/api`
 */
export function rsdlV3(root: string, version: RsdlVersion): string {
  const { major, minor, build, revision, full } = version;
  const head = [
    '<description>The operations of version 3 of the API.</description>',
    `<version major="${major}" minor="${minor}" build="${build}" revision="${revision}" full_version="${escaped(full)}"/>`,
    `<schema href="${root}?schema" rel="schema"><name>api.xsd</name><description>The XML schema of version 3.</description></schema>`,
  ];
  const links = operationsV3.map((row) => linkXml(root, row));
  return `${declaration}<rsdl href="${root}?rsdl" rel="rsdl">\n${indented(head, 1)}    <links>\n${indented(links, 2)}    </links>\n</rsdl>\n`;
}

/** Simple types that the schema names and has as words without a list here. */
const isNamed = (type: string): boolean => type.startsWith('xs:') || Object.hasOwn(schemaV3, type);

const typeXml = (type: string): string => (isNamed(type) ? type : 'xs:string');

function elementXml(member: string): string {
  const [, name = '', type = '', many] = /^([^:]+):([^*]+)(\*)?$/.exec(member) ?? [];
  return `<xs:element name="${name}" type="${typeXml(type)}" minOccurs="0"${many === undefined ? '' : ' maxOccurs="unbounded"'}/>`;
}

function complexTypeXml([name, row]: readonly [string, string]): string {
  const [, base = '', elements = '', attributes = ''] = row.split(' ');
  const list = (text: string): string[] => text.split(',').filter((member) => member !== '');
  const attributeXml = (member: string): string => {
    const [attribute = '', ...type] = member.split(':');
    return `<xs:attribute name="${attribute}" type="${typeXml(type.join(':'))}"/>`;
  };
  // The only type with text of its own.
  if (name === 'StorageManager')
    return `<xs:complexType name="${name}"><xs:simpleContent><xs:extension base="xs:boolean"><xs:attribute name="priority" type="xs:int"/></xs:extension></xs:simpleContent></xs:complexType>`;
  const content = `<xs:sequence>${list(elements).map(elementXml).join('')}</xs:sequence>${list(attributes).map(attributeXml).join('')}`;
  const extended = base === '' ? content : `<xs:complexContent><xs:extension base="${base}">${content}</xs:extension></xs:complexContent>`;
  return `<xs:complexType name="${name}">${extended}</xs:complexType>`;
}

/** The XML schema of version 3 as a document. */
export function xmlSchemaV3(): string {
  const types = Object.entries(schemaV3);
  const roots = types.flatMap(([name, row]) =>
    (row.split(' ')[0] ?? '')
      .split(',')
      .filter((tag) => tag !== '')
      .map((tag) => `<xs:element name="${tag}" type="${name}"/>`),
  );
  const lines = [...roots, ...types.map(complexTypeXml)];
  return `${declaration}<xs:schema version="1.0" xmlns:xs="http://www.w3.org/2001/XMLSchema">\n${indented(lines, 1)}</xs:schema>\n`;
}
