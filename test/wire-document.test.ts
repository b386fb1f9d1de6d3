import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('../docs/', import.meta.url);
const text = readFileSync(new URL('wire.md', folder), 'utf8');

test('the tests that docs/wire.md names exist', () => {
  const links = [...text.matchAll(/\[([^\]]+)\]\((\.\.\/[^)]+\.test\.ts)\)/g)];
  assert.ok(links.length > 50, `${links.length} tests are named`);
  for (const [, title = '', path = ''] of links) {
    const file = new URL(path, folder);
    assert.ok(existsSync(file), path);
    assert.ok(readFileSync(file, 'utf8').includes(title), `${path} has no test "${title}"`);
  }
});

test('every point of docs/wire.md is held by a test, or says how it differs', () => {
  const points = text.split('\n').filter((line) => /^\| (?!Point)/.test(line));
  assert.ok(points.length > 40);
  for (const point of points) {
    const [, , here = '', held = ''] = point.split(/(?<!\\)\|/).map((cell) => cell.trim());
    if (held === '–') assert.match(here, /^(differs|ignored): /, point);
  }
});
