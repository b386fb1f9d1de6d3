import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSuites, takesTheMachine, readSuiteHeader } from './suites.ts';

test('a test file says its budget and its needs at its top', () => {
  assert.deepEqual(readSuiteHeader('a.live.test.ts', 'live', '// Budget: 90 s\n// Needs: root, hypervisor\nimport x'), {
    file: 'a.live.test.ts',
    stage: 'live',
    budgetS: 90,
    needs: ['root', 'hypervisor'],
  });
  assert.deepEqual(readSuiteHeader('a.test.ts', 'pure', 'import x'), { file: 'a.test.ts', stage: 'pure', budgetS: 2, needs: [] });
  assert.throws(() => readSuiteHeader('a.test.ts', 'pure', '// Needs: luck\n'), /"Needs: luck" is not one of/);
});

test('files are found by parts of their path', () => {
  const found = findSuites(`${import.meta.dirname}/..`, ['test/suites.test']);
  assert.deepEqual(
    found.map((suite) => [suite.file, suite.stage]),
    [['test/suites.test.ts', 'pure']],
  );
});

test('what runs guests, or says so, takes the machine', () => {
  const suite = (needs: string): boolean => takesTheMachine(readSuiteHeader('a.live.test.ts', 'live', needs));
  assert.equal(suite(''), false);
  assert.equal(suite('// Needs: java\n'), false);
  assert.equal(suite('// Needs: root, hypervisor\n'), false);
  assert.equal(suite('// Needs: root, hypervisor, guestImage\n'), true);
  assert.equal(suite('// Needs: machine\n'), true);
});
