import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineMigrations } from './migrations.ts';

test('each migration stands once, under the number of its place', () => {
  const own = engineMigrations.filter(({ name }) => name.startsWith('engine/'));
  assert.equal(new Set(own.map(({ up }) => up)).size, own.length);
  assert.deepEqual(
    own.map(({ name }) => Number(name.slice('engine/'.length).split('-')[0])),
    own.map((_, at) => at + 1),
  );
});
