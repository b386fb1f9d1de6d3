import { typeInfo } from '@virgate/contract/type-info';
import type { Attribute, TypeInfo } from '@virgate/contract/type-info';

/**
 * Wire JSON → the contract's objects: numbers and booleans out of strings, both levels of lists made one.
 *
 * The contract's own decoder refuses what it doesn't know, as a server must. A client lives with engines newer than itself: unknown keys and
 * unknown enum values are kept as they came, and a value of the wrong shape is left as it is rather than making a whole list unreadable.
 */
export function decodeObject(typeName: string, wire: unknown): unknown {
  return object(typeInfo(typeName), wire);
}

/** A collection (`{"vm": […]}`, `{}` when empty) as a list. */
export function decodeCollection(typeName: string, wire: unknown): unknown[] {
  const info = typeInfo(typeName);
  const items = isRecord(wire) ? (wire[info.tag] ?? Object.values(wire).find(Array.isArray)) : undefined;
  return Array.isArray(items) ? items.map((item) => object(info, item)) : [];
}

function object(info: TypeInfo, wire: unknown): unknown {
  if (!isRecord(wire)) return wire;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(wire)) {
    if (value === null) continue;
    const attribute = info.byElement.get(key);
    if (attribute !== undefined) result[attribute.name] = member(attribute, value);
    else if (key === 'link') result['links'] = value;
    else if (key === 'actions') result['actions'] = isRecord(value) ? (value['link'] ?? []) : value;
    else result[key] = value;
  }
  return result;
}

function member(attribute: Attribute, wire: unknown): unknown {
  if (attribute.item === undefined) return single(attribute, wire);
  const items = isRecord(wire) ? (wire[attribute.item] ?? Object.values(wire).find(Array.isArray) ?? []) : wire;
  return Array.isArray(items) ? items.map((item) => single(attribute, item)) : items;
}

function single(attribute: Attribute, wire: unknown): unknown {
  switch (attribute.kind) {
    case 'struct':
      return object(typeInfo(attribute.type), wire);
    case 'string':
    case 'enum':
      return wire;
    case 'boolean':
      return typeof wire === 'string' ? wire.toLowerCase() === 'true' || wire === '1' : wire;
    case 'date':
      return typeof wire === 'string' ? date(wire) : wire;
    default:
      return typeof wire === 'string' && wire !== '' && Number.isFinite(Number(wire)) ? Number(wire) : wire;
  }
}

function date(text: string): number | string {
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? text : epochMs;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
