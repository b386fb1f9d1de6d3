import { services, type Method, type Parameter, type ServiceName } from './generated/services.ts';
import { bodyTypeOf } from './routes.ts';
import { isTypeName, typeInfo } from './type-info.ts';

/** The description of all operations that `?rsdl` answers: what command line clients of version 3 are made from. */

export interface RsdlVersion {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
  readonly revision: number;
  readonly full: string;
}

/** Names of `rel` by verb. */
const rels: Readonly<Record<Method['http'], string>> = { GET: 'get', POST: 'add', PUT: 'update', DELETE: 'delete' };

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function responseType(method: Method): string | undefined {
  if (method.action !== undefined) return 'Action';
  const out = method.params.find(({ dir, type }) => dir !== 'in' && isTypeName(type));
  if (out === undefined || !isTypeName(out.type)) return undefined;
  return out.list ? typeInfo(out.type).listTag.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()) : out.type;
}

const parameterXml = ({ name, type }: Parameter): string =>
  `<parameter required="false" type="${escaped(`xs:${type === 'integer' ? 'int' : type}`)}"><name>${name}</name></parameter>`;

function bodyXml(method: Method): string {
  const type = bodyTypeOf(method);
  if (type === undefined) return '<body required="false"/>';
  const members = (names: readonly string[] | undefined, required: boolean): string =>
    (names ?? []).map((name) => `<parameter required="${required}"><name>${escaped(name)}</name></parameter>`).join('');
  const set = members(method.mandatory, true) + members(method.optional, false);
  return `<body required="${method.action === undefined}"><type>${type}</type>${set === '' ? '' : `<parameters_set>${set}</parameters_set>`}</body>`;
}

function linkXml(root: string, service: ServiceName, template: string, method: Method): string {
  const place = `${root}${template === '/' ? '' : template.replaceAll('{', '{').replaceAll('}', ':id}')}`;
  const href = method.action === undefined ? place : `${place}/${method.action}`;
  const query = method.params.filter(({ in: place_ }) => place_ === 'query').map(parameterXml);
  const response = responseType(method);
  return (
    `<link href="${escaped(href)}" rel="${method.action ?? rels[method.http]}"><description>${service}.${method.name}</description>` +
    `<request><http_method>${method.http}</http_method><headers><header required="false"><name>Correlation-Id</name><value>any string</value></header></headers>` +
    `<url>${query.length === 0 ? '' : `<parameters_set>${query.join('')}</parameters_set>`}</url>${bodyXml(method)}</request>` +
    `<response>${response === undefined ? '' : `<type>${response}</type>`}</response></link>`
  );
}

/**
 * The whole description.
 * @param root place of the API, such as `/ovirt-engine/api`
 */
export function rsdl(root: string, version: RsdlVersion): string {
  const links = (Object.keys(services) as ServiceName[]).flatMap((service) =>
    services[service].paths.flatMap((template) => services[service].methods.map((method) => linkXml(root, service, template, method))),
  );
  const { major, minor, build, revision, full } = version;
  const head = [
    '<description>The RESTful description language (RSDL) of the API.</description>',
    `<version major="${major}" minor="${minor}" build="${build}" revision="${revision}" full_version="${escaped(full)}"/>`,
    `<schema href="${root}?schema" rel="schema"><name>ovirt-engine-api-schema.xsd</name><description>The XML schema of the API.</description></schema>`,
  ];
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<rsdl href="${root}?rsdl" rel="rsdl">\n${head.map((line) => `    ${line}\n`).join('')}    <links>\n${links.map((line) => `        ${line}\n`).join('')}    </links>\n</rsdl>\n`;
}
