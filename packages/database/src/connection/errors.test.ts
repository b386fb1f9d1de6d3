import assert from 'node:assert/strict';
import test from 'node:test';
import { classifyDatabaseError, isDatabaseUnavailable, isUniqueViolation, sqlState } from './errors.ts';

function pgError(code: string, extra: object = {}): Error {
  return Object.assign(new Error('from the server'), { code, ...extra });
}

test('each error has its class', () => {
  for (const [error, kind] of [
    [pgError('40001'), 'retry'],
    [pgError('40P01'), 'retry'],
    [pgError('57014'), 'timeout'],
    [pgError('55P03'), 'timeout'],
    [pgError('57P01'), 'unavailable'],
    [pgError('57P03'), 'unavailable'],
    [pgError('53300'), 'unavailable'],
    [pgError('08006'), 'unavailable'],
    [pgError('ECONNREFUSED'), 'unavailable'],
    [pgError('EPIPE'), 'unavailable'],
    [new Error('Connection terminated unexpectedly'), 'unavailable'],
    [new Error('timeout exceeded when trying to connect'), 'unavailable'],
    [pgError('53100'), 'out_of_space'],
    [pgError('25006'), 'read_only'],
    [pgError('23505'), 'constraint'],
    [pgError('22P02'), 'value'],
    [pgError('42P01'), 'other'],
    [new Error('something else'), 'other'],
    ['text', 'other'],
  ] as const) {
    assert.equal(classifyDatabaseError(error), kind, String((error as { code?: string }).code ?? error));
  }
});

test('causes are looked through, to a bound', () => {
  assert.equal(sqlState(new Error('outer', { cause: pgError('23505') })), '23505');
  const loop = new Error('loop');
  loop.cause = loop;
  assert.equal(sqlState(loop), undefined);
  assert.equal(isDatabaseUnavailable(new Error('outer', { cause: pgError('ECONNRESET') })), true);
});

test('what breaks elsewhere is no failure of the database', () => {
  class HostError extends Error {}
  const refused = pgError('ECONNREFUSED', { syscall: 'connect' });
  assert.equal(isDatabaseUnavailable(refused), true);
  assert.equal(isDatabaseUnavailable(new HostError('a host', { cause: refused })), false);
  assert.equal(isDatabaseUnavailable(new Error('a job', { cause: new HostError('a host', { cause: refused }) })), false);
  assert.equal(isDatabaseUnavailable(new HostError('Connection terminated')), false);
  assert.equal(isDatabaseUnavailable(pgError('ENOENT', { syscall: 'open' })), false, 'a file that is not there');
  assert.equal(isDatabaseUnavailable(pgError('ENOENT', { syscall: 'connect' })), true, 'a socket that is not there');
  assert.equal(isDatabaseUnavailable(new HostError('a statement', { cause: pgError('57P01') })), true, 'a code of PostgreSQL');
});

test('a unique violation can be told by its constraint', () => {
  const error = pgError('23505', { constraint: 'vm_name' });
  assert.equal(isUniqueViolation(error), true);
  assert.equal(isUniqueViolation(error, 'vm_name'), true);
  assert.equal(isUniqueViolation(error, 'other'), false);
  assert.equal(isUniqueViolation(pgError('23503')), false);
});
