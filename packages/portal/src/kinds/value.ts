import { bytes, dateTime, duration, percent } from '../format/format.ts';
import type { SortValue } from '../grid/order.ts';
import { words } from '../text/text.ts';
import type { Text } from '../text/text.ts';
import type { Entity, ValueDescription } from './kind.ts';

/** What stands at a path; through a list a list of what its members have there. Undefined when nothing does. */
export function valueAt(value: unknown, path: string): unknown {
  let here = value;
  for (const name of path.split('.')) {
    if (Array.isArray(here) && !/^\d+$/.test(name)) here = here.map((member) => valueAt(member, name)).filter((one) => one !== undefined);
    else if (typeof here === 'object' && here !== null) here = (here as Record<string, unknown>)[name];
    else return undefined;
  }
  return here;
}

/** The text at a path; undefined when there is none, or something else. */
export function stringAt(value: unknown, path: string): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' ? found : undefined;
}

/** Puts a value at a path; what lies on the way is made, lists where the path has numbers. */
export function setAt(body: object, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let here = body as Record<string, unknown>;
  for (const [index, name] of names.entries()) {
    const next = names[index + 1] ?? last;
    here[name] ??= /^\d+$/.test(next) ? [] : {};
    here = here[name] as Record<string, unknown>;
  }
  here[last] = value;
}

export type NameOf = (description: ValueDescription, id: string) => string | undefined;

/** The value that a description is about, as the API gave it. */
export function rawValue(description: ValueDescription, entity: Entity): unknown {
  return typeof description.path === 'string' ? valueAt(entity, description.path) : description.path(entity);
}

/** A value as it is told; undefined when there is nothing to tell. */
export function textOf(description: ValueDescription, entity: Entity, text: Text, nameOf: NameOf): string | undefined {
  const named = description.named === undefined ? undefined : valueAt(entity, description.named);
  if (typeof named === 'string') return named;
  if (Array.isArray(named) && named.length > 0) return named.join(', ');
  const raw = rawValue(description, entity);
  const all = (Array.isArray(raw) ? raw : [raw]).flatMap((one: unknown) => one ?? []);
  const told = all.map((one) => told1(description, one, text, nameOf)).filter((one) => one !== '');
  return told.length === 0 ? undefined : told.join(', ');
}

function told1(description: ValueDescription, value: unknown, text: Text, nameOf: NameOf): string {
  if (description.of !== undefined) return nameOf(description, String(value)) ?? '';
  switch (description.as) {
    case 'words':
    case 'status':
      return words(String(value));
    case 'yesno':
      return text(value === true ? 'yes' : 'no');
    case 'bytes':
      return bytes(Number(value));
    case 'date':
      return dateTime(Number(value));
    case 'since':
      return duration(Date.now() - Number(value));
    case 'percent':
      return percent(Number(value));
    case 'vcpus':
      return text('vms.cpu.count', { count: Number(value) });
    case 'live':
      return '—';
    case 'version':
      return versionText(value);
    default:
      return typeof value === 'object' ? '' : String(value);
  }
}

/** `{ major: 4, minor: 7 }` → `4.7`. */
export function versionText(version: unknown): string {
  const { major, minor } = (version ?? {}) as { major?: number; minor?: number };
  return major === undefined ? '' : `${major}.${minor ?? 0}`;
}

/** What a list is sorted by. */
export function sortValue(description: ValueDescription, entity: Entity, text: Text, nameOf: NameOf): SortValue {
  const raw = rawValue(description, entity);
  return typeof raw === 'number' && description.of === undefined ? raw : textOf(description, entity, text, nameOf);
}
