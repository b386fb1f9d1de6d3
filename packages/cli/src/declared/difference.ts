import { typeInfo } from '@virgate/contract/type-info';
import type { Attribute } from '@virgate/contract/type-info';
import type { Fields } from '../call/body.ts';

/** One attribute that is not as it is declared. */
export interface Change {
  /** `cpu.topology.sockets` */
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** What an object has to be told to become as it is declared. */
export interface Difference {
  readonly changes: readonly Change[];
  /** Attributes to send: those with a change, whole. */
  readonly body: Fields;
  /** Attributes that were declared once, are not any more, and keep their value: there is no word for their absence. */
  readonly left: readonly string[];
}

/**
 * Compares three: what is declared, what is, and what was applied last.
 *
 * What was changed by others is changed back. What the engine never tells (passwords, initialisation) counts as it was applied last. A text that
 * is not declared any more becomes empty.
 */
export function differenceOf(type: string, declared: Fields, live: Fields, applied: Fields | undefined): Difference {
  const changes: Change[] = [];
  const body: Fields = {};
  const left: string[] = [];
  for (const attribute of typeInfo(type).attributes) {
    const { name } = attribute;
    const found = name in declared ? compare(attribute, declared[name], live[name], applied?.[name], name) : [];
    if (found.length > 0) body[name] = declared[name];
    changes.push(...found);
    if (name in declared || applied?.[name] === undefined) continue;
    if (attribute.kind === 'string' && attribute.item === undefined && live[name] === applied[name] && live[name] !== '') {
      changes.push({ path: name, from: live[name], to: '' });
      body[name] = '';
    } else if (attribute.kind !== 'string') left.push(name);
  }
  return { changes, body, left };
}

const asFields = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

function compare(attribute: Attribute, to: unknown, from: unknown, applied: unknown, path: string): Change[] {
  if (from === undefined) return JSON.stringify(to) === JSON.stringify(applied) ? [] : [{ path, from, to }];
  if (attribute.item !== undefined) return compareLists(attribute, to, from, path);
  if (attribute.kind === 'struct') return compareObjects(attribute, to, from, applied, path);
  return to === from ? [] : [{ path, from, to }];
}

function compareObjects(attribute: Attribute, to: unknown, from: unknown, applied: unknown, path: string): Change[] {
  const wanted = asFields(to) ?? {};
  const is = asFields(from) ?? {};
  // A reference is told by its id; whatever else stands there is the other object's.
  if (wanted['id'] !== undefined && is['id'] !== undefined)
    return wanted['id'] === is['id'] ? [] : [{ path, from: is['id'], to: wanted['id'] }];
  return typeInfo(attribute.type).attributes.flatMap((one) =>
    one.name in wanted ? compare(one, wanted[one.name], is[one.name], asFields(applied)?.[one.name], `${path}.${one.name}`) : [],
  );
}

function compareLists(attribute: Attribute, to: unknown, from: unknown, path: string): Change[] {
  const [wanted, is] = [to, from].map((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  const single = { ...attribute, item: undefined };
  const same =
    wanted?.length === is?.length &&
    wanted?.every((one, index) => compare(single, one, memberLike(is ?? [], one, index), undefined, path).length === 0) === true;
  return same ? [] : [{ path, from, to }];
}

/** Members with a name or id are found by it, in whatever order they come. */
function memberLike(members: readonly unknown[], wanted: unknown, index: number): unknown {
  const fields = asFields(wanted);
  for (const key of ['id', 'name']) {
    const value = fields?.[key];
    if (value !== undefined) return members.find((one) => asFields(one)?.[key] === value) ?? members[index];
  }
  return members[index];
}
