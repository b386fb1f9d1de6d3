import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

test('no operation of the engine waits for something that our host agent does not do', () => {
  const files = globSync('packages/engine/src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
  assert.ok(files.length > 500, 'the sources are read');
  const saying = files.filter((file) =>
    /waitsFor|host agent does not (have|answer|implement)/.test(readFileSync(`${root}/${file}`, 'utf8')),
  );
  assert.deepEqual(saying, []);
});
