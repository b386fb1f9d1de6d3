import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createImageLocks } from './locks.ts';

test('many read, one changes, in the order of asking', async () => {
  const locks = createImageLocks();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const work = (name: string, wait?: Promise<void>) => async (): Promise<void> => {
    log.push(`+${name}`);
    await wait;
    log.push(`-${name}`);
  };
  const all = [
    locks.shared('a', work('r1', gate.promise)),
    locks.shared('a', work('r2', gate.promise)),
    locks.exclusive('a', work('w')),
    locks.shared('a', work('r3')),
    locks.exclusive('b', work('other')),
  ];
  await new Promise(setImmediate);
  assert.deepEqual(log, ['+r1', '+r2', '+other', '-other']);
  gate.resolve();
  await Promise.all(all);
  assert.deepEqual(log.slice(4), ['-r1', '-r2', '+w', '-w', '+r3', '-r3']);
});

test('who waits too long gives up and lets the others pass', async () => {
  const locks = createImageLocks();
  const gate = Promise.withResolvers<void>();
  const reader = locks.shared('a', () => gate.promise);
  const writer = locks.exclusive('a', async () => undefined, 5);
  const late = locks.shared('a', async () => 'read');
  await assert.rejects(writer, { code: 851 });
  assert.equal(await late, 'read');
  gate.resolve();
  await reader;
  assert.equal(await locks.exclusive('a', async () => 'written', 5), 'written');
});

test('a failed operation frees the image', async () => {
  const locks = createImageLocks();
  await assert.rejects(locks.exclusive('a', () => Promise.reject(new Error('x'))));
  assert.equal(await locks.exclusive('a', async () => 1, 5), 1);
});
