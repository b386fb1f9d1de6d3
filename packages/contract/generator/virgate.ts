import type { Facts, VirgateAttributeFacts, VirgateMethodFacts } from './facts.ts';
import { generatedNotice, key, literal, union } from './source-text.ts';

const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'number',
  decimal: 'number',
  date: 'number',
  timestamp: 'string | number',
  uuid: 'string',
  any: 'unknown',
};
const methodNames = /^[a-z][A-Za-z]*$/;

/**
 * `virgate.ts`: what Virgate has beside the API, under `/virgate/api`: its types, its services as a table, and for every method the
 * types of its call.
 * @throws when the declaration names a type or permit that there is not, or one path and verb twice
 */
export function virgate(facts: Facts): string {
  const { virgate: declared } = facts;
  check(facts);
  const types = Object.entries(declared.types).map(
    ([name, { does, attrs }]) =>
      `${does === undefined ? '' : `/** ${does} */\n`}export interface ${name} {\n${attrs.map((attr) => `  ${member(attr)};\n`).join('')}}\n`,
  );
  const enums = Object.entries(declared.enums).map(([name, { values }]) => `export type ${name} = ${union(values)};\n`);
  const rows = Object.entries(declared.types).map(([name, { does, attrs }]) => `  ${name}: ${literal({ does, attrs })},\n`);
  const services = Object.entries(declared.services).map(
    ([name, { path, id, methods }]) =>
      `  ${name}: {\n    path: ${literal(path)},\n${id === undefined ? '' : `    id: ${literal(id)},\n`}    methods: [\n${methods
        .map((method) => `      ${literal(methodValue(method))},\n`)
        .join('')}    ],\n  },\n`,
  );
  const calls = Object.entries(declared.services).map(
    ([name, { path, methods }]) =>
      `  ${name}: {\n${methods.map((method) => `    ${key(method.name)}: ${call(path, method)};\n`).join('')}  };\n`,
  );
  return `${generatedNotice}
import type { VirgateService, VirgateType } from '../virgate/declaration.ts';

${[...enums, ...types].join('\n')}
/** What can be asked of each method: ids of its path, parameters, body and answer. */
export interface VirgateCalls {
${calls.join('')}}

export type VirgateTypeName = ${union(Object.keys(declared.types))};

export const virgateEnums: Readonly<Record<string, readonly string[]>> = {
${Object.entries(declared.enums)
  .map(([name, { values }]) => `  ${name}: ${literal(values)},\n`)
  .join('')}};

export const virgateTypes: Readonly<Record<VirgateTypeName, VirgateType>> = {
${rows.join('')}};

export type VirgateServiceName = keyof VirgateCalls;

export const virgateServices: Readonly<Record<VirgateServiceName, VirgateService>> = {
${services.join('')}};
`;
}

function methodValue({
  name,
  http,
  action,
  access,
  permit,
  on,
  params,
  body,
  answer,
  list,
  stream,
  file,
  status,
  does,
}: VirgateMethodFacts) {
  return {
    name,
    http,
    action,
    access: access ?? 'signed_in',
    permit,
    on,
    params: params ?? [],
    body,
    answer,
    list,
    stream,
    file,
    status: status ?? (answer === undefined && stream === undefined && file === undefined ? 204 : 200),
    does,
  };
}

function call(path: string, method: VirgateMethodFacts): string {
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `${name}: string`);
  const params = (method.params ?? []).map(member);
  const answer = method.answer === undefined ? 'undefined' : `${method.answer}${method.list ? '[]' : ''}`;
  const shape = (members: string[]): string => (members.length === 0 ? 'Record<never, never>' : `{ ${members.join('; ')} }`);
  return `{ path: ${shape(ids)}; params: ${shape(params)}; body: ${method.body ?? 'undefined'}; answer: ${answer} }`;
}

function member({ name, type, list, gaps, optional, nullable }: VirgateAttributeFacts): string {
  const one = [...type.split('|').map((part) => scalars[part] ?? part), ...(gaps ? ['null'] : [])].join(' | ');
  return `${key(name)}${optional ? '?' : ''}: ${list && one.includes(' ') ? `(${one})` : one}${list ? '[]' : ''}${nullable ? ' | null' : ''}`;
}

function check({ virgate: { enums, types, services }, permits }: Facts): void {
  const known = (type: string): boolean =>
    type.split('|').every((part) => scalars[part] !== undefined || enums[part] !== undefined || types[part] !== undefined);
  const attributes = (where: string, attrs: readonly VirgateAttributeFacts[]): void => {
    for (const { name, type } of attrs) if (!known(type)) throw new Error(`${where}.${name} has the unknown type ${type}.`);
  };
  for (const [name, type] of Object.entries(types)) attributes(name, type.attrs);
  const seen = new Set<string>();
  for (const [name, { path, methods }] of Object.entries(services)) {
    for (const method of methods) {
      const place = `${name}.${method.name}`;
      if (!methodNames.test(method.name)) throw new Error(`${place} is no name of a method.`);
      attributes(place, method.params ?? []);
      for (const type of [method.body, method.answer, method.stream])
        if (type !== undefined && types[type] === undefined) throw new Error(`${place} has the unknown type ${type}.`);
      if (method.permit !== undefined && !permits.permits.some((permit) => permit['name'] === method.permit))
        throw new Error(`${place} asks for the unknown permit ${method.permit}.`);
      const route = `${method.http} ${path}${method.action === undefined ? '' : `/${method.action}`}`;
      if (seen.has(route)) throw new Error(`${route} is declared twice.`);
      seen.add(route);
    }
  }
}
