/** A part of an object: what another one has differently. A null takes away what is there. */
export type Part = { [attribute: string]: unknown };

/** One attribute that differs, by its dotted path. */
export interface Difference {
  field: string;
  now: unknown;
  next: unknown;
}

const isObject = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (left: unknown, right: unknown): boolean => JSON.stringify(left ?? null) === JSON.stringify(right ?? null);

/** What of `next` differs from `now`, attribute by attribute; lists count as a whole. */
export function difference(now: Part, next: Part): Part {
  const changed: Part = {};
  for (const key of new Set([...Object.keys(now), ...Object.keys(next)])) {
    const [before, after] = [now[key], next[key]];
    if (isObject(after)) {
      const inner = difference(isObject(before) ? before : {}, after);
      if (Object.keys(inner).length > 0) changed[key] = inner;
    } else if (!same(before, after)) changed[key] = after ?? null;
  }
  return changed;
}

/** The attributes of a part with their dotted paths. */
export function leaves(part: Part, prefix = ''): { path: string; value: unknown }[] {
  return Object.entries(part).flatMap(([key, value]) =>
    isObject(value) ? leaves(value, `${prefix}${key}.`) : [{ path: `${prefix}${key}`, value }],
  );
}

/** The attributes of a part whose paths pass. */
export function pick(part: Part, passes: (path: string) => boolean, prefix = ''): Part {
  const picked: Part = {};
  for (const [key, value] of Object.entries(part)) {
    const path = `${prefix}${key}`;
    if (isObject(value)) {
      const inner = pick(value, passes, `${path}.`);
      if (Object.keys(inner).length > 0) picked[key] = inner;
    } else if (passes(path)) picked[key] = value;
  }
  return picked;
}

/** An object with a part laid over it. */
export function merge<T extends object>(base: T, part: Part): T {
  const merged: Part = { ...(base as Part) };
  for (const [key, value] of Object.entries(part)) {
    if (value === null) delete merged[key];
    else if (isObject(value)) merged[key] = merge(isObject(merged[key]) ? merged[key] : {}, value);
    else merged[key] = value;
  }
  return merged as unknown as T;
}

/** The value at a dotted path. */
export const at = (object: object, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), object);

/** Every attribute of a part with what is there now and what will be. */
export const differences = (now: object, part: Part): Difference[] =>
  leaves(part).map(({ path, value }) => ({ field: path, now: at(now, path) ?? null, next: value }));
