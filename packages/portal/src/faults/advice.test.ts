import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiFault, EngineUnreachable } from '@virgate/sdk';
import { en } from '../text/en.ts';
import { problemOf } from './advice.ts';

const fault = (status: number, detail = '', code?: string): ApiFault =>
  new ApiFault({ status, reason: 'Operation Failed', detail, operation: 'POST /x', code, correlationId: 'c' });

test('every refusal has a title and says what to do', () => {
  for (let status = 400; status < 600; status += 1) {
    const problem = problemOf(fault(status));
    assert.ok(en[problem.title].length > 0 && en[problem.advice].length > 0, String(status));
  }
});

test('the engine is quoted, without its brackets', () => {
  assert.deepEqual(problemOf(fault(409, '[Cannot run VM. VM is running.]')), {
    title: 'fault.409',
    advice: 'fault.409.advice',
    code: '409',
    cause: 'Cannot run VM. VM is running.',
    operation: 'POST /x',
    correlationId: 'c',
    refused: false,
  });
  assert.equal(problemOf(fault(403)).refused, true);
  assert.equal(problemOf(fault(409, '', 'locked')).code, '409 locked');
  assert.equal(problemOf(fault(500)).cause, 'Operation Failed');
});

test('silence and own mistakes are told apart from refusals', () => {
  assert.equal(problemOf(new EngineUnreachable('GET /x', new TypeError('fetch failed'))).title, 'fault.unreachable');
  assert.equal(problemOf(new TypeError('x is undefined')).cause, 'x is undefined');
});
