import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultPasswordPolicy, hasExpired, passwordProblem } from './password-policy.ts';

test('passwords are held against length, kinds of characters and the name of their user', () => {
  const policy = { ...defaultPasswordPolicy, minLength: 8, minClasses: 3 };
  for (const [password, right] of [
    ['Analyt1cal', true],
    ['analytical-9', true],
    ['äÖ1234567', true],
    ['analytical', false],
    ['Ab1-', false],
    ['ANN-engine-1815', false],
    ['x'.repeat(1025), false],
  ] as const)
    assert.equal(passwordProblem(password, 'ann', policy) === null, right, password.slice(0, 30));
});

test('a password ends when its time is over, or never', () => {
  const day = 86_400_000;
  assert.equal(hasExpired(0, 400 * day, defaultPasswordPolicy), false);
  const policy = { ...defaultPasswordPolicy, expiresAfterDays: 30 };
  assert.deepEqual([hasExpired(0, 30 * day, policy), hasExpired(0, 30 * day + 1, policy)], [false, true]);
});
