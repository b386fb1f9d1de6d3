import { enumValues } from '@virgate/contract/generated/enums';
import type { Method, Parameter } from '@virgate/contract/generated/services';
import { scalarSchemas, type OpenApiObject } from '@virgate/contract/openapi/schemas';
import { isTypeName, typeInfo, type Attribute } from '@virgate/contract/type-info';

/**
 * Schemas of what tools take. They are whole in themselves and one level deep: whoever needs to know the members of a member asks for its
 * type by the tool `api_describe`.
 */

const enumOf = (type: string): readonly string[] | undefined => (enumValues as Readonly<Record<string, readonly string[]>>)[type];

const reference: OpenApiObject = {
  type: 'object',
  description: 'Another object, by its id or its name.',
  properties: { id: { type: 'string' }, name: { type: 'string' } },
};

function single(attribute: Attribute): OpenApiObject {
  if (attribute.link) return reference;
  if (attribute.kind === 'enum') return { type: 'string', enum: [...attribute.values] };
  if (attribute.kind === 'struct') return { type: 'object', description: `Members: api_describe of the type ${attribute.type}.` };
  return scalarSchemas[attribute.kind] ?? {};
}

function attributeSchema(attribute: Attribute): OpenApiObject {
  if (attribute.item === undefined) return single(attribute);
  return { type: 'object', properties: { [attribute.item]: { type: 'array', items: single(attribute) } } };
}

/** Members of an object of the API, as JSON has them. Nothing is required. */
export function objectSchema(type: string): OpenApiObject {
  const enumeration = enumOf(type);
  if (enumeration !== undefined) return { type: 'string', enum: [...enumeration] };
  if (!isTypeName(type)) return scalarSchemas[type] ?? {};
  const written = typeInfo(type).attributes.filter(({ name }) => !['href', 'links', 'actions', 'creation_status'].includes(name));
  return { type: 'object', properties: Object.fromEntries(written.map((attribute) => [attribute.element, attributeSchema(attribute)])) };
}

/** What an operation takes as its body: an object of a type, or the parameters of an action; undefined when it has none. */
export function bodySchema(methods: readonly Method[]): OpenApiObject | undefined {
  const parameters = new Map(methods.flatMap(({ params }) => params.map((one) => [one.name, one] as const)));
  const [first] = methods;
  if (first?.action === undefined) {
    const body = [...parameters.values()].find((one) => one.in === 'body' && one.dir !== 'out');
    if (body === undefined || (first?.http !== 'POST' && first?.http !== 'PUT')) return undefined;
    if (!body.list || !isTypeName(body.type)) return objectSchema(body.type);
    return { type: 'object', properties: { [typeInfo(body.type).tag]: { type: 'array', items: objectSchema(body.type) } } };
  }
  const members = [...parameters.values()].filter((one) => one.dir !== 'out' && one.in !== 'query');
  return { type: 'object', properties: Object.fromEntries(members.map((one) => [one.name, memberSchema(one)])) };
}

function memberSchema({ type, list }: Parameter): OpenApiObject {
  const one: OpenApiObject = isTypeName(type)
    ? { type: 'object', description: `Members: api_describe of the type ${type}.` }
    : objectSchema(type);
  return list ? { type: 'object', additionalProperties: { type: 'array', items: one } } : one;
}

/** A parameter of the query. */
export function querySchema({ type }: Parameter): OpenApiObject {
  if (type === 'boolean') return { type: 'boolean' };
  if (type === 'integer') return { type: 'integer' };
  const values = enumOf(type);
  return values === undefined ? { type: 'string' } : { type: 'string', enum: [...values] };
}
