/** An object of the API, as far as lists need to know it. */
export interface Identified {
  id?: string;
}

/** The list with objects put in place of their former selves, new ones at the end, and those in `gone` left out. The same array when nothing changes. */
export function patched<T extends Identified>(list: readonly T[], fresh: readonly T[], gone: ReadonlySet<string>): readonly T[] {
  if (fresh.length === 0 && !list.some((one) => gone.has(one.id ?? ''))) return list;
  const byId = new Map(fresh.map((one) => [one.id ?? '', one]));
  const result: T[] = [];
  for (const one of list) {
    const id = one.id ?? '';
    if (gone.has(id)) continue;
    result.push(byId.get(id) ?? one);
    byId.delete(id);
  }
  return [...result, ...byId.values()];
}
