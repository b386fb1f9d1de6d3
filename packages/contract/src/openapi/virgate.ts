import { virgateEnums, virgateServices, virgateTypes } from '../generated/virgate.ts';
import { virgateRoot, type VirgateAttribute, type VirgateMethod, type VirgateService } from '../virgate/declaration.ts';
import type { OpenApiObject } from './schemas.ts';

/** Schemas of Virgate's own types stand apart from those of the API: some have the same names. */
const nameOf = (type: string): string => `Virgate.${type}`;
const ref = (type: string): OpenApiObject => ({ $ref: `#/components/schemas/${nameOf(type)}` });

const scalars: Readonly<Record<string, OpenApiObject>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  decimal: { type: 'number' },
  date: { type: 'integer', format: 'int64', description: 'Milliseconds of the epoch.' },
  timestamp: {
    oneOf: [
      { type: 'string', format: 'date-time' },
      { type: 'integer', format: 'int64' },
    ],
  },
  uuid: { type: 'string', format: 'uuid' },
  any: {},
};

function oneSchema({ type, min, max, pattern, list }: VirgateAttribute): OpenApiObject {
  if (type.includes('|')) return { oneOf: type.split('|').map((part) => scalars[part] ?? ref(part)) };
  const scalar = scalars[type];
  if (scalar === undefined) return ref(type);
  if (type === 'string')
    return {
      ...scalar,
      ...(min === undefined || list ? {} : { minLength: min }),
      ...(max === undefined || list ? {} : { maxLength: max }),
      ...(pattern === undefined ? {} : { pattern }),
    };
  return { ...scalar, ...(min === undefined || list ? {} : { minimum: min }), ...(max === undefined || list ? {} : { maximum: max }) };
}

function schemaOf(attribute: VirgateAttribute): OpenApiObject {
  const { list, gaps, nullable, min, max } = attribute;
  const item = oneSchema(attribute);
  const one = gaps ? { anyOf: [item, { type: 'null' }] } : item;
  const whole = list
    ? { type: 'array', items: one, ...(min === undefined ? {} : { minItems: min }), ...(max === undefined ? {} : { maxItems: max }) }
    : one;
  return nullable ? { anyOf: [whole, { type: 'null' }] } : whole;
}

/** Schemas of the types and enums of Virgate's own API. */
export function virgateSchemas(): Record<string, OpenApiObject> {
  const enums = Object.entries(virgateEnums).map(([name, values]): [string, OpenApiObject] => [
    nameOf(name),
    { type: 'string', enum: [...values] },
  ]);
  const types = Object.entries(virgateTypes).map(([name, { does, attrs }]): [string, OpenApiObject] => [
    nameOf(name),
    {
      type: 'object',
      ...(does === undefined ? {} : { description: does }),
      properties: Object.fromEntries(attrs.map((attr) => [attr.name, schemaOf(attr)])),
      required: attrs.filter((attr) => !attr.optional).map((attr) => attr.name),
      additionalProperties: false,
    },
  ]);
  return Object.fromEntries([...enums, ...types]);
}

const json = (schema: OpenApiObject): OpenApiObject => ({ 'application/json': { schema } });

function answerOf({ answer, list, stream, file, status }: VirgateMethod): OpenApiObject {
  if (stream !== undefined)
    return {
      200: {
        description: `Server-sent events; the data of each is a ${stream}, or a list of them.`,
        content: { 'text/event-stream': { schema: ref(stream) } },
      },
    };
  if (file !== undefined) return { [status]: { description: 'The file.', content: Object.fromEntries(file.map((type) => [type, {}])) } };
  if (answer === undefined) return { [status]: { description: 'It is done.' } };
  return { [status]: { description: 'The answer.', content: json(list ? { type: 'array', items: ref(answer) } : ref(answer)) } };
}

const whoMay: Readonly<Record<VirgateMethod['access'], string>> = {
  public: 'For everybody.',
  browser: 'For a session of the portal.',
  signed_in: '',
  administrator: 'For administrators.',
  super_user: 'For SuperUsers of the system.',
};

function operationOf(service: string, { path }: VirgateService, method: VirgateMethod): OpenApiObject {
  const about = [whoMay[method.access], method.permit === undefined ? '' : `Permit: ${method.permit}.`]
    .filter((text) => text !== '')
    .join(' ');
  return {
    operationId: `virgate_${service}_${method.name}`,
    tags: ['Virgate'],
    summary: method.does,
    ...(about === '' ? {} : { description: about }),
    parameters: [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, id]) => ({ name: id, in: 'path', required: true, schema: { type: 'string' } })),
      ...method.params.map((param) => ({
        name: param.name,
        in: 'query',
        required: !param.optional,
        schema: schemaOf(param),
        ...(param.list ? { style: 'form', explode: false } : {}),
      })),
    ],
    ...(method.body === undefined ? {} : { requestBody: { required: true, content: json(ref(method.body)) } }),
    responses: { ...answerOf(method), default: { $ref: '#/components/responses/Refusal' } },
    ...(method.access === 'public' ? { security: [] } : {}),
    ...(method.permit === undefined ? {} : { 'x-permit': method.permit }),
  };
}

/** Paths of Virgate's own API. */
export function virgatePaths(): Record<string, OpenApiObject> {
  const paths: Record<string, OpenApiObject> = {};
  for (const [name, service] of Object.entries(virgateServices))
    for (const method of service.methods) {
      const path = `${virgateRoot}${service.path}${method.action === undefined ? '' : `/${method.action}`}`;
      (paths[path] ??= {})[method.http.toLowerCase()] = operationOf(name, service, method);
    }
  return paths;
}

/** The refusals of Virgate's own API. */
export const refusalResponse: OpenApiObject = { description: 'It is refused.', content: json(ref('Refusal')) };
