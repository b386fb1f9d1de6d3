import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { transaction } from '@virgate/database';
import { testDatabase } from '@virgate/database/testing';
import {
  createSagas,
  defineSaga,
  LockConflictError,
  PostgresSagaStore,
  SagaError,
  sagaMigrations,
  type LockRequest,
  type SagaTables,
} from '../index.ts';
import type { Transaction } from 'kysely';

type Trx = Transaction<SagaTables>;

const definition = defineSaga<object, object, Trx>({ name: 'idle', version: 1, steps: [{ name: 'only' }] });

async function open(t: TestContext) {
  const { db, listener } = await testDatabase<SagaTables>(t, { migrations: sagaMigrations, maxConnections: 20 });
  const sagas = createSagas({ store: new PostgresSagaStore({ db, listener }), definitions: [definition] });
  t.after(async () => await sagas.close());
  return { db, sagas };
}

function lock(objectId: string, mode: LockRequest['mode'] = 'exclusive'): LockRequest {
  return { group: 'VM', objectId, mode };
}

test('a short operation is waited for', async (t) => {
  const { db, sagas } = await open(t);
  const order: string[] = [];
  let inside = (): void => undefined;
  const entered = new Promise<void>((resolve) => (inside = resolve));
  const short = transaction(db, async (trx) => {
    await sagas.lockInTransaction(trx, [lock('a')]);
    inside();
    await delay(200);
    order.push('short');
  });
  await entered;
  await sagas.start(db, definition, { params: {}, locks: [lock('a')] });
  order.push('saga');
  await short;
  assert.deepEqual(order, ['short', 'saga']);
});

test('a short operation that takes too long refuses, without a holder to name', async (t) => {
  const { db, sagas } = await open(t);
  let inside = (): void => undefined;
  const entered = new Promise<void>((resolve) => (inside = resolve));
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const short = transaction(db, async (trx) => {
    await sagas.lockInTransaction(trx, [lock('a', 'shared')]);
    inside();
    await finished;
  });
  await entered;
  const second = transaction(db, async (trx) => await sagas.lockInTransaction(trx, [lock('a')], { waitMs: 100 }));
  await assert.rejects(second, (error) => error instanceof LockConflictError && error.holder === undefined && error.messages.length === 0);
  await transaction(db, async (trx) => await sagas.lockInTransaction(trx, [lock('a', 'shared')], { waitMs: 100 }));
  finish();
  await short;
});

test('waiting for a lock changes no time limit of the rest of the transaction', async (t) => {
  const { db, sagas } = await open(t);
  await transaction(db, async (trx) => {
    const { sql } = await import('kysely');
    await sql`set local lock_timeout = '1234ms'`.execute(trx);
    await sagas.lockInTransaction(trx, [lock('a')]);
    const { rows } = await sql<{ lock_timeout: string }>`show lock_timeout`.execute(trx);
    assert.equal(rows[0]?.lock_timeout, '1234ms');
  });
});

test('locks are refused in a transaction whose snapshot may be old', async (t) => {
  const { db, sagas } = await open(t);
  const attempt = transaction(db, async (trx) => await sagas.lockInTransaction(trx, [lock('a')]), { isolation: 'repeatable read' });
  await assert.rejects(attempt, (error) => error instanceof SagaError && error.code === 'isolation_unsupported');
});

test('many takers of overlapping locks at once: never two holders, never a deadlock', async (t) => {
  const { db, sagas } = await open(t);
  const objects = ['a', 'b', 'c', 'd'];
  const holders = new Map<string, { exclusive: number; shared: number }>(objects.map((id) => [id, { exclusive: 0, shared: 0 }]));
  let seed = 7;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  let taken = 0;
  let refused = 0;
  const taker = async (): Promise<void> => {
    for (let round = 0; round < 15; round += 1) {
      const wanted = objects
        .filter(() => random() < 0.5)
        .sort(() => random() - 0.5)
        .map((id) => lock(id, random() < 0.5 ? 'shared' : 'exclusive'));
      try {
        if (random() < 0.5) await short(wanted);
        else await job(wanted);
        taken += 1;
      } catch (error) {
        assert.ok(error instanceof LockConflictError, String(error));
        refused += 1;
      }
    }
  };
  const short = async (wanted: LockRequest[]): Promise<void> =>
    await transaction(db, async (trx) => {
      await sagas.lockInTransaction(trx, wanted);
      await hold(wanted);
    });
  const job = async (wanted: LockRequest[]): Promise<void> => {
    const id = await sagas.start(db, definition, { params: {}, locks: wanted });
    await hold(wanted);
    await transaction(db, async (trx) => await sagas.store.unlock(trx, id));
  };
  const hold = async (wanted: LockRequest[]): Promise<void> => {
    for (const { objectId, mode } of wanted) {
      const holder = holders.get(objectId) as { exclusive: number; shared: number };
      holder[mode] += 1;
      assert.ok(holder.exclusive === 0 || (holder.exclusive === 1 && holder.shared === 0), `${objectId} is held together`);
    }
    await delay(random() * 5);
    for (const { objectId, mode } of wanted) (holders.get(objectId) as { exclusive: number; shared: number })[mode] -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, taker));
  assert.ok(taken > 20 && refused > 0, `${taken} taken, ${refused} refused`);
});
