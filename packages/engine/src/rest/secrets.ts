import type { TypeName } from '@virgate/contract/generated/types';
import { typeInfo } from '@virgate/contract/type-info';

/** Attributes that are taken and never given back, in whatever type. A console's ticket is no such: it is asked for to be read. */
const secretAttributes: ReadonlySet<string> = new Set(['password', 'root_password']);

/** A copy of an object without the passwords in it. What has none is given back as it is. */
export function withoutSecrets<T extends object>(type: string, value: T): T {
  const changes = new Map<string, unknown>();
  for (const { name, kind, type: inner, item } of typeInfo(type).attributes) {
    const content = (value as Record<string, unknown>)[name];
    if (secretAttributes.has(name)) changes.set(name, undefined);
    if (kind !== 'struct' || typeof content !== 'object' || content === null) continue;
    const clean = (member: object): object => withoutSecrets(inner as TypeName, member);
    const cleaned = item === undefined || !Array.isArray(content) ? clean(content) : content.map(clean);
    const isSame = Array.isArray(cleaned) ? cleaned.every((member, at) => member === (content as object[])[at]) : cleaned === content;
    if (!isSame) changes.set(name, cleaned);
  }
  if (![...changes.keys()].some((name) => name in value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, content]) => {
      const kept = changes.has(name) ? changes.get(name) : content;
      return kept === undefined ? [] : [[name, kept]];
    }),
  ) as T;
}
