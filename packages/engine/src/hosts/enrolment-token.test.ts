import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import { newEnrolmentToken } from './enrolment-token.ts';

test('every token can stand behind an option', () => {
  for (let one = 0; one < 1000; one += 1) {
    const token = newEnrolmentToken();
    const { values } = parseArgs({ args: ['--token', token], options: { token: { type: 'string' } } });
    assert.equal(values.token, token);
    assert.match(token, /^[0-9a-f]{48}$/);
  }
});
