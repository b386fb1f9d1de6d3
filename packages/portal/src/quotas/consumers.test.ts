import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consumersOf } from './consumers.ts';

test('consumers of a quota are those with the role for it, and nobody else who has a role on it', () => {
  const rows = ['QuotaConsumer', 'SuperUser', undefined].map((name) => ({ id: name ?? 'none', role: name === undefined ? {} : { name } }));
  assert.deepEqual(
    consumersOf(rows).map((row) => row.id),
    ['QuotaConsumer'],
  );
});
