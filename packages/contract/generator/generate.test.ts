import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readFacts } from './facts.ts';
import { generate } from './generate.ts';
import { generatedNotice } from './source-text.ts';

test('src/generated is what data/ gives', () => {
  const folder = new URL('../src/generated/', import.meta.url);
  const files = generate(readFacts());
  assert.deepEqual(readdirSync(folder).toSorted(), Object.keys(files).toSorted());
  for (const [name, text] of Object.entries(files)) {
    assert.ok(text.startsWith(generatedNotice), `${name} does not say that it is generated`);
    assert.ok(readFileSync(new URL(name, folder), 'utf8') === text, `${name} is out of date: run npm run generate`);
  }
});
