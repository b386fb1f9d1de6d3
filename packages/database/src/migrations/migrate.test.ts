import assert from 'node:assert/strict';
import test from 'node:test';
import { checksum, MigrationError, pendingMigrations, type Migration } from './migrate.ts';

const one: Migration = { name: 'a/001', up: 'select 1' };
const two: Migration = { name: 'a/002', up: 'select 2' };
const other: Migration = { name: 'b/001', up: async () => undefined };

function row(migration: Migration) {
  return { name: migration.name, checksum: checksum(migration) };
}

test('what is not applied is pending, in the order of the list', () => {
  assert.deepEqual(pendingMigrations([one, two, other], []), [one, two, other]);
  assert.deepEqual(pendingMigrations([one, two, other], [row(one), row(other)]), [two]);
  assert.deepEqual(pendingMigrations([one, two, other], [row(one), row(two), row(other)]), []);
});

test('a database of a newer release, a changed migration and a wrong order are refused', () => {
  const code = (expected: string) => (error: unknown) => error instanceof MigrationError && error.code === expected;
  assert.throws(() => pendingMigrations([one], [row(one), row(two)]), code('database_newer'));
  assert.throws(() => pendingMigrations([{ ...one, up: 'select 11' }], [row(one)]), code('migration_changed'));
  assert.throws(() => pendingMigrations([{ ...other, revision: 2 }], [row(other)]), code('migration_changed'));
  assert.throws(() => pendingMigrations([one, two], [row(two)]), code('migration_order'));
});

test('space around the text changes nothing', () => {
  assert.equal(checksum({ ...one, up: `\n  ${one.up as string}\n` }), checksum(one));
});
