import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { testDatabase } from '@virgate/database/testing';
import type { Transaction } from 'kysely';
import { createRunner, createSagas, defineSaga, PostgresSagaStore, sagaMigrations, type SagaTables } from './index.ts';

type Trx = Transaction<SagaTables>;

async function open(t: TestContext) {
  const database = await testDatabase<SagaTables>(t, { migrations: sagaMigrations });
  return { database, store: new PostgresSagaStore({ db: database.db, listener: database.listener }) };
}

test('a saga runs its steps in order and keeps its state', async (t) => {
  const { database, store } = await open(t);
  const seen: string[] = [];
  const definition = defineSaga<{ size: number }, { made?: string; polled?: number }, Trx>({
    name: 'make',
    version: 1,
    locks: () => [{ group: 'VM', objectId: 'vm-1', mode: 'exclusive', messageKey: 'BUSY' }],
    steps: [
      { name: 'first', async run(ctx) { seen.push('first'); ctx.state.made = ctx.uuid('disk'); } },
      { name: 'poll', async run(ctx) { seen.push(`poll ${ctx.polls}`); if (ctx.polls < 2) return ctx.waitUntil({ delayMs: 5 }); } },
      { name: 'last', async record(ctx) { ctx.state.polled = ctx.params.size; seen.push('last'); } },
    ],
  });
  const sagas = createSagas({ store, definitions: [definition] });
  const runner = createRunner({ sagas, engineId: 'a' });
  await runner.start();
  const id = await sagas.start(database.db, definition, { params: { size: 3 } });
  const outcome = await sagas.wait(id, { timeoutMs: 5000 });
  await runner.stop();
  await sagas.close();
  assert.equal(outcome.saga.status, 'succeeded');
  assert.deepEqual(seen, ['first', 'poll 0', 'poll 1', 'poll 2', 'last']);
  assert.equal((outcome.saga.state as { polled: number }).polled, 3);
  assert.deepEqual(await sagas.locks(), []);
  const details = await sagas.get(id);
  assert.deepEqual(details?.steps.map((step) => [step.status, step.attempt, step.polls]), [['succeeded', 1, 0], ['succeeded', 1, 2], ['succeeded', 1, 0]]);
});

test('a failing saga is undone in reverse', async (t) => {
  const { database, store } = await open(t);
  const seen: string[] = [];
  const definition = defineSaga<object, object, Trx>({
    name: 'fail',
    version: 1,
    steps: [
      { name: 'a', async run() { seen.push('a'); }, async undo() { seen.push('undo a'); } },
      { name: 'b', async run() { throw Object.assign(new Error('no'), { code: 'refused', messages: ['KEY'] }); }, async undo() { seen.push('undo b'); } },
      { name: 'c', async run() { seen.push('c'); } },
    ],
  });
  const changes: string[] = [];
  const sagas = createSagas({ store, definitions: [definition], hooks: { async onTransition(_trx, _saga, change) { if (change.kind !== 'progress') changes.push(`${change.kind === 'step' ? change.step.name : 'saga'} ${change.to}`); } } });
  const runner = createRunner({ sagas, engineId: 'a' });
  await runner.start();
  const id = await sagas.start(database.db, definition, { params: {}, locks: [{ group: 'VM', objectId: 'x', mode: 'exclusive' }] });
  const { saga } = await sagas.wait(id, { timeoutMs: 5000 });
  assert.equal(saga.status, 'failed');
  assert.deepEqual(saga.error, { code: 'refused', message: 'no', messages: ['KEY'], step: 'b' });
  assert.deepEqual(seen, ['a', 'undo b', 'undo a']);
  assert.deepEqual(changes, ['saga pending', 'saga running', 'a running', 'a succeeded', 'b running', 'b failed', 'saga undoing', 'a undoing', 'a undone', 'saga failed']);
  assert.deepEqual(await sagas.locks(), []);
  await runner.stop();
  await sagas.close();
  await delay(1);
});
