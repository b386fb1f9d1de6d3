import { typeTable } from '../generated/type-table.ts';
import type { TypeName } from '../generated/types.ts';
import { type Attribute, typeInfo } from '../type-info.ts';

/** A JSON schema, or any other object of an OpenAPI document. */
export type OpenApiObject = { [key: string]: unknown };

const integer: OpenApiObject = { type: 'string', pattern: '^-?[0-9]+$', description: 'A whole number as text; numbers are taken too.' };

/** How values travel in JSON: integers and booleans as texts, decimals and dates as numbers. Source: REST contract, JSON. */
export const scalarSchemas: Readonly<Record<string, OpenApiObject>> = {
  string: { type: 'string' },
  boolean: { type: 'string', enum: ['true', 'false'] },
  int: integer,
  long: integer,
  unsignedInt: integer,
  integer,
  decimal: { type: 'number' },
  double: { type: 'number' },
  date: { type: 'integer', format: 'int64', description: 'Milliseconds of the epoch.' },
};

/** Reference to the schema of an API type. */
export const typeRef = (type: string): OpenApiObject => ({ $ref: `#/components/schemas/${type}` });

/** What an attribute that leads to another resource holds; where it is followed, or sent whole, that resource's members. */
export const linkSchema: OpenApiObject = {
  type: 'object',
  description: 'Another resource by its id; whole where it is followed.',
  properties: { href: { type: 'string' }, id: { type: 'string' }, name: { type: 'string' } },
  additionalProperties: true,
};

function valueSchema(attribute: Attribute): OpenApiObject {
  if (attribute.link) return typeRef('Link');
  if (attribute.kind === 'struct') return typeRef(attribute.type);
  if (attribute.kind === 'enum') return { type: 'string', enum: [...attribute.values] };
  return scalarSchemas[attribute.kind] ?? {};
}

function attributeSchema(attribute: Attribute): OpenApiObject {
  if (attribute.item === undefined) return valueSchema(attribute);
  return { type: 'object', properties: { [attribute.item]: { type: 'array', items: valueSchema(attribute) } } };
}

const links: OpenApiObject = {
  type: 'array',
  items: { type: 'object', properties: { href: { type: 'string' }, rel: { type: 'string' } }, required: ['href', 'rel'] },
};

/** Schemas of all types of the API, by name. Nothing is required: what a call needs is said with the call. */
export function typeSchemas(): Record<string, OpenApiObject> {
  return Object.fromEntries(
    (Object.keys(typeTable) as TypeName[]).map((name) => {
      const info = typeInfo(name);
      const properties: OpenApiObject = {};
      for (const attribute of info.attributes) properties[attribute.element] = attributeSchema(attribute);
      if (info.resource) {
        properties['link'] = links;
        properties['actions'] = { type: 'object', properties: { link: links } };
      }
      return [name, { type: 'object', properties, xml: { name: info.tag } }];
    }),
  );
}

/** A collection of a type: `{"vm": […]}`. */
export const collectionSchema = (type: string): OpenApiObject => ({
  type: 'object',
  properties: { [typeInfo(type).tag]: { type: 'array', items: typeRef(type) } },
});
