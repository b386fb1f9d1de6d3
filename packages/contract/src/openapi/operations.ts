import { enumValues } from '../generated/enums.ts';
import { services, type Method, type Parameter } from '../generated/services.ts';
import { isTypeName } from '../type-info.ts';
import { routes, type Route } from '../routes.ts';
import { collectionSchema, scalarSchemas, typeRef, type OpenApiObject } from './schemas.ts';

/** What an engine knows of an operation beside the contract. */
export interface OperationFacts {
  /** The permit that is asked for; null where being signed in is enough. */
  permit?: string | null;
  /** Not handled: it answers 501. */
  isMissing?: boolean;
}

const apiRoot = '/ovirt-engine/api';

/** All methods of a path and verb, the general one before those that overload it. */
export const methodsOf = ({ service, http, action }: Route): Method[] =>
  services[service].methods
    .filter((method) => method.http === http && method.action === action)
    .toSorted((a, b) => Number(a.signatureOf !== undefined) - Number(b.signatureOf !== undefined));

/** Both media types; of XML no schema, which is the same element by element. */
const content = (schema: OpenApiObject): OpenApiObject => ({ 'application/json': { schema }, 'application/xml': {} });

/** Paths of the REST API, version 4. */
export function apiPaths(factsOf: (route: Route) => OperationFacts): OpenApiObject {
  const paths: Record<string, OpenApiObject> = {
    [apiRoot]: {
      get: {
        operationId: 'api_get',
        tags: ['System'],
        summary: 'The root document: links to all collections, version, special objects.',
        responses: { 200: { description: 'The root document.', content: content(typeRef('Api')) }, default: fault },
      },
    },
  };
  for (const route of routes) {
    const path = `${apiRoot}${route.template === '/' ? '' : route.template}${route.action === undefined ? '' : `/${route.action}`}`;
    const verb = route.http.toLowerCase();
    if (paths[path]?.[verb] !== undefined) continue;
    (paths[path] ??= {})[verb] = operationOf(route, path, factsOf(route));
  }
  return paths;
}

const fault = { $ref: '#/components/responses/Fault' };

/** What every reading takes beside the contract. */
const fieldsParameter: OpenApiObject = {
  name: 'fields',
  in: 'query',
  description: 'Attributes that are wanted, with commas between them; links and actions only where `link` and `actions` are named.',
  schema: { type: 'string' },
};

function operationOf(route: Route, path: string, facts: OperationFacts): OpenApiObject {
  const methods = methodsOf(route);
  const params = new Map(methods.flatMap((method) => method.params.map((param) => [param.name, param] as const)));
  const name = route.service.replace(/Service$/, '');
  const about = notes(methods, facts);
  return {
    operationId: `${path
      .slice(apiRoot.length + 1)
      .replace(/[{}]/g, '')
      .replaceAll('/', '_')}_${route.http.toLowerCase()}`,
    tags: [name],
    summary: `${name}.${methods[0]?.name ?? route.method}`,
    ...(about === '' ? {} : { description: about }),
    parameters: [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, id]) => ({ name: id, in: 'path', required: true, schema: { type: 'string' } })),
      ...[...params.values()].filter((param) => param.in === 'query' && param.dir !== 'out').map(queryParameter),
      ...(route.http === 'GET' ? [fieldsParameter] : []),
    ],
    ...bodyOf(route, params),
    responses: { ...successOf(route, params), default: fault },
    ...(facts.permit === undefined || facts.permit === null ? {} : { 'x-permit': facts.permit }),
    ...(facts.isMissing ? { 'x-not-built': true } : {}),
  };
}

/** What a body needs, as the contract spells it; of several methods any is enough. Empty when it needs nothing. */
export function neededBy(methods: readonly Method[]): string {
  const needs = methods.flatMap(({ mandatory }) => (mandatory === undefined || mandatory.length === 0 ? [] : [mandatory.join(', ')]));
  return [...new Set(needs)].join('; or: ');
}

function notes(methods: readonly Method[], { permit, isMissing }: OperationFacts): string {
  const needed = neededBy(methods);
  return [
    ...(isMissing ? ['Part of the contract, not built yet: answers 501.'] : []),
    ...(needed === '' ? [] : [`Needs: ${needed}.`]),
    ...(permit === undefined || permit === null ? [] : [`Permit: ${permit}.`]),
  ].join(' ');
}

function queryParameter({ name, type, list }: Parameter): OpenApiObject {
  const values = (enumValues as Readonly<Record<string, readonly string[]>>)[type];
  const one: OpenApiObject = values === undefined ? (queryScalars[type] ?? { type: 'string' }) : { type: 'string', enum: [...values] };
  return { name, in: 'query', schema: list ? { type: 'array', items: one } : one };
}

const queryScalars: Readonly<Record<string, OpenApiObject>> = { boolean: { type: 'boolean' }, integer: { type: 'integer' } };

const schemaOf = (type: string): OpenApiObject => {
  if (isTypeName(type)) return typeRef(type);
  const values = (enumValues as Readonly<Record<string, readonly string[]>>)[type];
  return values === undefined ? (scalarSchemas[type] ?? {}) : { type: 'string', enum: [...values] };
};

function bodyOf(route: Route, params: ReadonlyMap<string, Parameter>): OpenApiObject {
  if (route.action !== undefined) {
    const members = [...params.values()].filter((param) => param.dir !== 'out' && param.in !== 'query');
    const properties = Object.fromEntries(
      members.map(({ name, type, list }) => [
        name,
        list ? { type: 'object', additionalProperties: { type: 'array', items: schemaOf(type) } } : schemaOf(type),
      ]),
    );
    return { requestBody: { required: true, content: content({ type: 'object', properties }) } };
  }
  if (route.http !== 'POST' && route.http !== 'PUT') return {};
  const body = [...params.values()].find((param) => param.in === 'body' && param.dir !== 'out');
  if (body === undefined || !isTypeName(body.type)) return {};
  return { requestBody: { required: true, content: content(body.list ? collectionSchema(body.type) : typeRef(body.type)) } };
}

function successOf(route: Route, params: ReadonlyMap<string, Parameter>): OpenApiObject {
  if (route.action !== undefined || route.http === 'DELETE') {
    const schema = typeRef('Action');
    return {
      200: { description: 'It is done.', content: content(schema) },
      202: { description: 'It goes on as a job.', content: content(schema) },
    };
  }
  const answer = [...params.values()].find((param) => param.dir !== 'in' && isTypeName(param.type));
  const schema = answer === undefined ? {} : answer.list ? collectionSchema(answer.type) : typeRef(answer.type);
  if (route.http !== 'POST') return { 200: { description: 'The answer.', content: content(schema) } };
  return {
    201: { description: 'It is made.', content: content(schema) },
    202: { description: 'It is being made.', content: content(schema) },
  };
}
