import { type Attribute, typeInfo } from './type-info.ts';

/** Mulberry32: small, and the same on every machine. */
export function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const strings = [
  '',
  'a',
  ' leading and trailing ',
  '<&>"\'',
  'line\nbreak',
  'return\r\n',
  '\ttab',
  'é漢字😀',
  ']]>',
  '<!-- -->',
  '&amp;',
  '__proto__',
  '0',
  'true',
  '\u007f\u0085\u2028',
];

/** How much of a type is left out, by depth. */
const skipShare = [0.2, 0.6, 0.8];

/** A value of a type with most of its attributes, the same for the same source. For tests. */
export function makeValue(name: string, random: () => number, depth: number): Record<string, unknown> {
  const info = typeInfo(name);
  const value: Record<string, unknown> = {};
  if (info.resource && random() < 0.3) value.actions = random() < 0.3 ? [] : [{ href: '/a?b=1&c="2"', rel: 'start' }];
  if (info.resource && random() < 0.3) value.links = [{ href: '/x', rel: 'nics' }, { rel: 'y' }];
  for (const attribute of info.attributes) {
    if (random() < (skipShare[depth] ?? 0.9)) continue;
    if (attribute.kind === 'struct' && depth > 2) continue;
    value[attribute.name] =
      attribute.item === undefined
        ? makeScalarOrObject(attribute, random, depth)
        : Array.from({ length: Math.floor(random() * 3) }, () => makeScalarOrObject(attribute, random, depth));
  }
  return value;
}

function makeScalarOrObject(attribute: Attribute, random: () => number, depth: number): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  switch (attribute.kind) {
    case 'struct':
      return makeValue(attribute.type, random, depth + 1);
    case 'string':
      return pick(strings);
    case 'boolean':
      return random() < 0.5;
    case 'enum':
      return pick(attribute.values);
    case 'int':
      return pick([0, 1, -1, 2 ** 31 - 1, -(2 ** 31), Math.floor(random() * 1000)]);
    case 'unsignedInt':
      return pick([0, 1, 2 ** 32 - 1]);
    case 'long':
      return pick([0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);
    case 'decimal':
    case 'double':
      return pick([0, 1, -1.5, 1e-7, 1e21, 123456.789, random()]);
    case 'date':
      return pick([0, 1, 253402300799999, Date.UTC(1969, 0, 1), Math.floor(random() * 2e12)]);
  }
}
