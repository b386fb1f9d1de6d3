import type { TypeName } from '@virgate/contract/generated/types';
import type { LinkFrame } from '@virgate/contract/link-frame';
import { typeInfo } from '@virgate/contract/type-info';
import { Fault, say } from './fault.ts';
import type { Context, Entity } from './operation.ts';

/**
 * `fields`, a parameter beside the contract: which attributes of the objects are wanted, by their elements, with commas between them. Their
 * `id` is always told; links and actions, with the object's own place, only where `link` and `actions` are named.
 */
export interface Fields {
  /** The same text for the same choice. */
  readonly key: string;
  /** Properties of objects that are shown. */
  readonly properties: readonly string[];
  readonly links: boolean;
  readonly actions: boolean;
}

/**
 * What a reading asks for; undefined when it asks for everything, as also changes and readings of version 3 do.
 * @throws {Fault} 400 for an attribute that the type has not
 */
export function fieldsOf(context: Pick<Context, 'textual' | 'parameters'>, type: TypeName): Fields | undefined {
  const wanted = context.parameters.text('fields') ?? '';
  if (context.textual !== true || wanted === '') return undefined;
  const names = new Set(
    wanted
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  );
  const { byElement, resource } = typeInfo(type);
  const [links, actions] = [resource && names.has('link'), resource && names.has('actions')];
  // Links and actions lie below the object's own place.
  const properties = new Set(links || actions ? ['id', 'href'] : ['id']);
  for (const name of names) {
    if (resource && (name === 'link' || name === 'actions')) continue;
    const attribute = byElement.get(name);
    if (attribute === undefined)
      throw new Fault(400, 'Operation Failed', [say`[fields: ${type} has no attribute ${name.slice(0, 100)}]`], {
        key: 'UNKNOWN_FIELD',
        field: 'fields',
      });
    properties.add(attribute.name);
  }
  return { key: [...names].toSorted().join(','), properties: [...properties], links: names.has('link'), actions: names.has('actions') };
}

/** Of an object what is wanted. */
export function cut(value: Entity, fields: Fields | undefined): Entity {
  if (fields === undefined) return value;
  const shown: Entity = {};
  for (const name of fields.properties) if (value[name] !== undefined) shown[name] = value[name];
  if (fields.links && value['links'] !== undefined) shown['links'] = value['links'];
  if (fields.actions && value['actions'] !== undefined) shown['actions'] = value['actions'];
  return shown;
}

/** Of the links and actions of all objects those that are wanted. */
export const cutFrame = (frame: LinkFrame, fields: Fields | undefined): LinkFrame =>
  fields === undefined ? frame : { links: fields.links ? frame.links : [], actions: fields.actions ? frame.actions : [] };
