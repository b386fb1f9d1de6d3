/** Numbers from 0 to 1 that follow from a seed. Source: the generator mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Some of a list, by chance, in the list's order. */
export function sample<T>(list: readonly T[], count: number, random: () => number): T[] {
  const chosen = list.map((item, index) => ({ item, index, key: random() })).toSorted((a, b) => a.key - b.key);
  return chosen
    .slice(0, count)
    .toSorted((a, b) => a.index - b.index)
    .map(({ item }) => item);
}

/** A list in parts of at most a size, neighbours far from each other: what is next to one another is alike. */
export function packed<T>(list: readonly T[], size: number): T[][] {
  const parts = Math.ceil(list.length / size);
  return Array.from({ length: parts }, (_none, part) => list.filter((_item, index) => index % parts === part));
}
