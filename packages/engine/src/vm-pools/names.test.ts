import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namePattern, newNames } from './names.ts';

test('VMs of a pool are numbered after its name, or where it has question marks', () => {
  const none = new Set<string>();
  assert.deepEqual(newNames(namePattern('desk'), 2, none), ['desk-1', 'desk-2']);
  assert.deepEqual(newNames(namePattern('desk-???-x'), 2, none), ['desk-001-x', 'desk-002-x']);
  assert.deepEqual(newNames(namePattern('???desk'), 1, none), ['001desk']);
  assert.equal(newNames(namePattern('d?'), 12, none).at(-1), 'd12', 'a number may have more digits than the pattern');
});

test('numbers whose names are in use are left out', () => {
  assert.deepEqual(newNames(namePattern('desk'), 3, new Set(['desk-1', 'desk-3'])), ['desk-2', 'desk-4', 'desk-5']);
  assert.deepEqual(newNames(namePattern('Desk'), 1, new Set(['desk-1'])), ['Desk-2']);
});

test('a name that no VM could have is refused', () => {
  for (const name of [undefined, '', ' ', 'a?b?', 'a/b', `${'x'.repeat(63)}`, '??$'])
    assert.throws(() => namePattern(name), { name: 'Fault' }, String(name));
  assert.throws(() => newNames(namePattern('x'.repeat(62)), 10, new Set()), /64/);
});
