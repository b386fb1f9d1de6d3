import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** Files that a module pulls in at run time, by path below src/. */
function closure(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  if (!entry.endsWith('.ts')) return found;
  const text = readFileSync(new URL(entry, import.meta.url), 'utf8');
  for (const match of text.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';/gm)) {
    const target = match[1] as string;
    closure(target.startsWith('.') ? `./${new URL(target, `file:///${entry}`).pathname.slice(1)}` : target, found);
  }
  return found;
}

test('the browser gets the JSON codec without parser, services, messages or version 3', () => {
  assert.deepEqual([...closure('./json.ts')].toSorted(), [
    './decode-error.ts',
    './generated/enums.ts',
    './generated/type-table.ts',
    './json-encode.ts',
    './json.ts',
    './link-frame.ts',
    './scalars.ts',
    './type-info.ts',
  ]);
});

test('generated types cost nothing at run time', () => {
  assert.deepEqual([...closure('./generated/types.ts')], ['./generated/types.ts']);
  assert.doesNotMatch(readFileSync(new URL('./generated/types.ts', import.meta.url), 'utf8'), /^export (?:const|function|class|default)/m);
});
