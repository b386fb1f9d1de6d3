import { typeInfo } from '@virgate/contract/type-info';
import type { TypeName } from '@virgate/contract/generated/types';
import type { Json } from '../engine/rest-client.ts';

/** An attribute as it is counted: its own type's name and its own, wherever the type is used. */
export type AttributeName = `${string}.${string}`;

/** What of an object was found as it was sent, and where it was not. */
export interface Comparison {
  readonly same: readonly AttributeName[];
  readonly different: readonly string[];
}

function compareValue(kind: string, sent: Json, found: Json): boolean {
  if (kind === 'boolean' || typeof sent === 'boolean') return String(sent) === String(found);
  return typeof sent === 'number' ? Number(found) === sent : String(found) === String(sent);
}

/** Members of a list, which JSON wraps in an object with one key. */
function membersOf(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  const [inner] = Object.values<Json>(value ?? {});
  return Array.isArray(inner) ? inner : [];
}

/** Holds what was sent against what a GET shows, attribute by attribute, by the contract's types. */
export function compare(type: TypeName, sent: Record<string, Json>, found: Json, leaveOut: readonly string[] = []): Comparison {
  const same: AttributeName[] = [];
  const different: string[] = [];
  for (const [element, value] of Object.entries(sent)) {
    if (leaveOut.includes(element)) continue;
    const attribute = typeInfo(type).byElement.get(element);
    if (attribute === undefined) throw new Error(`${type} has no ${element}: the probe is wrong`);
    const there: Json = (found as Record<string, Json> | undefined)?.[element];
    const name: AttributeName = `${type}.${attribute.name}`;
    if (attribute.item !== undefined) {
      const wanted = membersOf(value);
      const shown = membersOf(there);
      const holds =
        wanted.length <= shown.length &&
        wanted.every((one, at) =>
          attribute.kind !== 'struct'
            ? String(shown[at]) === String(one)
            : compare(attribute.type as TypeName, one as Record<string, Json>, shown[at]).different.length === 0,
        );
      if (holds) same.push(name);
      else different.push(`${element}: ${JSON.stringify(there)} instead of ${JSON.stringify(value)}`);
    } else if (attribute.kind === 'struct' && attribute.link && value.id === undefined) {
      // A reference by name comes back as one by id.
      if (there?.id === undefined) different.push(`${element}: no reference`);
      else same.push(name);
    } else if (attribute.kind === 'struct') {
      const inner = compare(attribute.type as TypeName, value as Record<string, Json>, there);
      different.push(...inner.different.map((problem) => `${element}.${problem}`));
      if (inner.different.length === 0) same.push(name);
      same.push(...inner.same);
    } else if (compareValue(attribute.kind, value, there)) same.push(name);
    else different.push(`${element}: ${JSON.stringify(there)} instead of ${JSON.stringify(value)}`);
  }
  return { same, different };
}
