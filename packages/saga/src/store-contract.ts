import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { defineSaga, type SagaDefinition } from './definition.ts';
import { LeaseLostError, LockConflictError, SagaError } from './errors.ts';
import type { LockRequest } from './locks/request.ts';
import type { SagaRecord } from './records.ts';
import { createSagas, type Sagas } from './sagas.ts';
import type { Lease, SagaStore } from './store.ts';

/** A store for one test, and its clock. */
export interface StoreUnderTest<Db, Trx extends Db> {
  store: SagaStore<Db, Trx>;
  readonly advance: (ms: number) => void;
}

const leaseMs = 10_000;
const incarnation = '00000000-0000-4000-8000-000000000001';
const otherIncarnation = '00000000-0000-4000-8000-000000000002';

/** What every store has to do, as tests: the same for the one in memory and the one in PostgreSQL. */
export function testStore<Db, Trx extends Db>(
  name: string,
  open: (t: TestContext) => Promise<StoreUnderTest<Db, Trx>>,
  options: { skip?: string | false } = {},
): void {
  const check = (title: string, fn: (bench: Bench<Db, Trx>) => Promise<void>): void => {
    test(`${name}: ${title}`, { skip: options.skip ?? false }, async (t) => await fn(new Bench(await open(t))));
  };

  check('a saga is stored whole and read back', async (bench) => {
    const id = await bench.start({
      owner: 'u',
      sessionId: 's',
      correlationId: 'c',
      description: 'd',
      subjects: [
        { type: 'vm', id: '1' },
        { type: 'vm', id: '1' },
      ],
    });
    const found = await bench.sagas.get(id);
    assert.equal(found?.saga.status, 'pending');
    assert.deepEqual([found?.saga.owner, found?.saga.sessionId, found?.saga.correlationId, found?.saga.description], ['u', 's', 'c', 'd']);
    assert.deepEqual(found?.saga.params, { vmId: 'vm' });
    assert.deepEqual(found?.subjects[0], { type: 'vm', id: '1' });
    assert.deepEqual(
      found?.steps.map((step) => [step.ordinal, step.name, step.title, step.status]),
      [
        [0, 'one', 'One', 'pending'],
        [1, 'two', null, 'pending'],
      ],
    );
    assert.equal(await bench.sagas.get('no uuid'), undefined);
    assert.equal(await bench.sagas.get(incarnation), undefined);
  });

  check('a start that is rolled back leaves nothing, and a repeat with the same id starts once', async (bench) => {
    await assert.rejects(
      bench.store.transaction(bench.store.db, async (trx) => {
        await bench.start({ id: incarnation, locks: [exclusive('a')] }, trx);
        throw new Error('changed my mind');
      }),
      /changed my mind/,
    );
    assert.equal(await bench.sagas.get(incarnation), undefined);
    assert.deepEqual(await bench.sagas.locks(), []);
    assert.equal(await bench.start({ id: incarnation, locks: [exclusive('a')] }), incarnation);
    assert.equal(await bench.start({ id: incarnation, locks: [exclusive('a')] }), incarnation);
    assert.equal((await bench.claim('a', 9)).length, 1);
  });

  check('a claim takes what is due, once, with a growing fence', async (bench) => {
    const ids = [await bench.start(), await bench.start()];
    const first = await bench.claim('a', 1);
    const second = await bench.claim('b', 9);
    assert.deepEqual([...first, ...second].map((saga) => saga.id).sort(), ids.sort());
    assert.ok((second[0] as SagaRecord).fence > (first[0] as SagaRecord).fence);
    assert.deepEqual(await bench.claim('c', 9), []);
    bench.advance(leaseMs);
    assert.equal((await bench.claim('c', 9)).length, 2, 'both leases have run out');
  });

  check('only kinds that the engine knows are claimed', async (bench) => {
    await bench.start();
    assert.deepEqual(await bench.store.claim({ engineId: 'a', incarnation, leaseMs, limit: 9, kinds: [{ name: 'demo', version: 2 }] }), []);
    assert.equal((await bench.claim('a', 9)).length, 1);
  });

  check('a restarted engine takes its own earlier leases at once, and nobody else’s', async (bench) => {
    await bench.start();
    await bench.start();
    await bench.claim('a', 1);
    await bench.claim('b', 1);
    assert.equal(await bench.store.expireEarlier('a', incarnation), 0, 'its own present leases stay');
    assert.equal(await bench.store.expireEarlier('a', otherIncarnation), 1);
    assert.equal((await bench.claim('a', 9)).length, 1);
  });

  check('a lease holds until another is taken, and then refuses', async (bench) => {
    await bench.start();
    const old = await bench.claimOne('a');
    bench.advance(leaseMs * 3);
    await bench.hold(old);
    const fresh = await bench.claimOne('b');
    await assert.rejects(bench.hold(old), LeaseLostError);
    await bench.hold(fresh);
    const renewals = await bench.store.renew([old, fresh], leaseMs);
    assert.equal(renewals.find((each) => each.fence === old.fence)?.outcome, 'lost');
    assert.equal(renewals.find((each) => each.fence === fresh.fence)?.outcome, 'renewed');
    await bench.store.release(old, 0);
    await bench.hold(fresh);
    await bench.store.release(fresh, 50);
    await assert.rejects(bench.hold(fresh), LeaseLostError);
    assert.deepEqual(await bench.claim('a', 1), []);
    bench.advance(50);
    assert.equal((await bench.claim('a', 1)).length, 1);
  });

  check('renewing moves the end of a lease and tells of a cancel', async (bench) => {
    const id = await bench.start();
    const lease = await bench.claimOne('a');
    bench.advance(leaseMs - 1);
    assert.deepEqual(await bench.store.renew([lease], leaseMs), [
      { sagaId: id, fence: lease.fence, outcome: 'renewed', stopRequest: null },
    ]);
    bench.advance(leaseMs - 1);
    assert.deepEqual(await bench.claim('b', 1), []);
    assert.equal(await bench.sagas.cancel(id), 'requested');
    assert.equal((await bench.store.renew([lease], leaseMs))[0]?.stopRequest, 'cancel');
  });

  check('a clock that is set back, or forward, keeps no saga waiting for long', async (bench) => {
    await bench.start();
    const held = await bench.claimOne('a');
    bench.advance(-3_600_000);
    const taken = await bench.claimOne('b');
    await assert.rejects(bench.hold(held), LeaseLostError);
    await bench.store.release(taken, 30_000);
    assert.deepEqual(await bench.claim('a', 1), []);
    bench.advance(-3_600_000);
    await bench.claimOne('a');
    bench.advance(6 * 365 * 86_400_000);
    await bench.claimOne('b');
  });

  check('waking shows to whoever holds the saga, once', async (bench) => {
    const id = await bench.start();
    const lease = await bench.claimOne('a');
    assert.equal((await bench.hold(lease)).woken, false);
    assert.equal(await bench.sagas.wake(id), true);
    assert.equal((await bench.hold(lease)).woken, true);
    await bench.store.release(lease, 60_000);
    const again = await bench.claimOne('a');
    assert.equal((await bench.hold(again)).woken, false);
    await bench.store.release(again, 60_000);
    assert.deepEqual(await bench.claim('a', 1), []);
    await bench.sagas.wake(id);
    assert.equal((await bench.claim('a', 1)).length, 1);
    assert.equal(await bench.sagas.wake(incarnation), false);
  });

  check('locks: exclusive refuses all, shared refuses exclusive, with the holder’s key and name', async (bench) => {
    const holder = await bench.start({ description: 'Busy', owner: 'u', locks: [exclusive('a', 'KEY'), shared('b', 'KEY_B')] });
    for (const [locks, object, key] of [
      [[exclusive('a')], 'a', 'KEY'],
      [[shared('a')], 'a', 'KEY'],
      [[shared('z'), exclusive('b')], 'b', 'KEY_B'],
    ] as const) {
      await assert.rejects(bench.start({ locks }), (error) => {
        assert.ok(error instanceof LockConflictError);
        assert.deepEqual([error.object.objectId, error.messageKey, error.messages], [object, key, [key]]);
        assert.deepEqual(
          [error.holder?.sagaId, error.holder?.description, error.holder?.owner, error.holder?.name],
          [holder, 'Busy', 'u', 'demo'],
        );
        return true;
      });
    }
    assert.deepEqual(await bench.sagas.locks(['z']), [], 'all or nothing');
    await bench.start({ locks: [shared('b')] });
    await bench.start({ locks: [{ ...exclusive('a'), group: 'NAME' }] });
    assert.equal((await bench.sagas.locks(['a', 'b'])).length, 4);
  });

  check('a short operation is refused by a running job, and does not refuse itself', async (bench) => {
    await bench.start({ locks: [shared('a')] });
    const short = async (locks: LockRequest[]): Promise<void> =>
      await bench.store.transaction(bench.store.db, async (trx) => {
        await bench.sagas.lockInTransaction(trx, locks);
        await bench.sagas.lockInTransaction(trx, locks);
      });
    await short([shared('a'), exclusive('b')]);
    await assert.rejects(short([exclusive('a')]), LockConflictError);
    assert.equal((await bench.sagas.locks()).length, 1);
  });

  check('a saga may take more locks, and make a shared one exclusive when it is alone', async (bench) => {
    const id = await bench.start({ locks: [shared('a', 'KEY')] });
    await bench.store.transaction(bench.store.db, async (trx) => await bench.store.lock(trx, id, [exclusive('a'), exclusive('b')], 100));
    assert.deepEqual(
      (await bench.sagas.locks()).map((lock) => [lock.objectId, lock.mode, lock.messageKey]),
      [
        ['a', 'exclusive', 'KEY'],
        ['b', 'exclusive', undefined],
      ],
    );
  });

  check('a saga cannot end while it holds locks', async (bench) => {
    await bench.start({ locks: [exclusive('a')] });
    const [saga] = await bench.claim('a', 1);
    const ended = { ...(saga as SagaRecord), status: 'failed' as const, endedAt: 1, wakeAt: null, leaseOwner: null, leaseUntil: null };
    await assert.rejects(bench.store.transaction(bench.store.db, async (trx) => await bench.store.write(trx, ended, [])));
    await bench.store.transaction(bench.store.db, async (trx) => {
      await bench.store.unlock(trx, ended.id);
      await bench.store.write(trx, ended, []);
    });
    assert.deepEqual(await bench.sagas.locks(), []);
    await assert.rejects(
      bench.store.transaction(bench.store.db, async (trx) => await bench.store.lock(trx, ended.id, [exclusive('a')], 100)),
    );
  });

  check('too many locks, and too large parameters, are refused', async (bench) => {
    const many = Array.from({ length: 501 }, (_, index) => exclusive(String(index)));
    await assert.rejects(bench.start({ locks: many }), (error) => error instanceof SagaError && error.code === 'too_large');
    await assert.rejects(
      bench.start({ params: { vmId: 'x'.repeat(2 ** 20) } }),
      (error) => error instanceof SagaError && error.code === 'too_large',
    );
    await bench.start({ locks: many.slice(1) });
  });

  check('cancelling answers by what there is', async (bench) => {
    const id = await bench.start();
    assert.equal(await bench.sagas.cancel(incarnation), 'not_found');
    assert.equal(await bench.sagas.cancel('no uuid'), 'not_found');
    assert.equal(await bench.sagas.abandon(id), 'requested');
    assert.equal(await bench.sagas.cancel(id), 'requested');
    assert.equal((await bench.sagas.get(id))?.saga.stopRequest, 'abandon', 'the stronger request stays');
  });

  check('a job that is done already, and its removal', async (bench) => {
    const record = async (error?: unknown): Promise<string> =>
      await bench.store.transaction(
        bench.store.db,
        async (trx) => await bench.sagas.record(trx, { name: 'edit', subjects: [{ type: 'vm', id: '1' }], error }),
      );
    const good = await record();
    const bad = await record(Object.assign(new Error('no'), { code: 'NO', messages: ['A', 1, 'B'] }));
    assert.equal((await bench.sagas.wait(good)).ended, true);
    assert.equal((await bench.sagas.get(good))?.steps[0]?.status, 'succeeded');
    assert.deepEqual((await bench.sagas.get(bad))?.saga.error, { code: 'NO', message: 'no', messages: ['A', 'B'] });
    const live = await bench.start();
    bench.advance(1_000);
    assert.equal(await bench.sagas.prune({ succeededMs: 500, failedMs: 5_000 }), 1);
    assert.equal(await bench.sagas.get(good), undefined);
    bench.advance(10_000);
    assert.equal(await bench.sagas.prune({ succeededMs: 500, failedMs: 5_000 }), 1);
    assert.notEqual(await bench.sagas.get(live), undefined);
  });

  check('an outside client keeps its own jobs up', async (bench) => {
    const { external } = bench.sagas;
    const within = async <T>(fn: (trx: Trx) => Promise<T>): Promise<T> => await bench.store.transaction(bench.store.db, fn);
    const id = await within(async (trx) => await external.open(trx, { name: 'theirs', description: 'Backup' }));
    const step = await within(
      async (trx) => await external.addStep(trx, id, { name: 'EXECUTING', externalId: 'task', externalSystem: 'BACKUP' }),
    );
    const sub = await within(async (trx) => await external.addStep(trx, id, { name: 'copy', parentId: step }));
    assert.deepEqual(await bench.claim('a', 9), [], 'no runner takes it');
    assert.equal(await bench.sagas.wake(id), false);
    assert.equal(await bench.sagas.cancel(id), 'ended');
    await within(async (trx) => await external.endStep(trx, id, sub, 'failed'));
    await assert.rejects(
      within(async (trx) => await external.clear(trx, id)),
      /no ended job/,
    );
    await within(async (trx) => await external.end(trx, id, 'succeeded'));
    const found = await bench.sagas.get(id);
    assert.deepEqual(
      found?.steps.map((each) => [each.status, each.parentId === step]),
      [
        ['succeeded', false],
        ['failed', true],
      ],
    );
    assert.equal(found?.saga.status, 'succeeded');
    await assert.rejects(
      within(async (trx) => await external.end(trx, id, 'failed')),
      /no running job/,
    );
    assert.equal(await bench.sagas.prune({ succeededMs: -1_000, failedMs: -1_000 }), 0, 'it is not cleared by itself');
    await within(async (trx) => await external.clear(trx, id));
    assert.equal(await bench.sagas.get(id), undefined);
    const own = await bench.start();
    await assert.rejects(
      within(async (trx) => await external.end(trx, own, 'failed')),
      (error) => error instanceof SagaError && error.code === 'not_external',
    );
  });

  check('announcements come with the commit and not without it', async (bench) => {
    const heard: (string | undefined)[] = [];
    const stop = await bench.store.subscribe('due', (id) => void heard.push(id));
    await bench.store
      .transaction(bench.store.db, async (trx) => {
        await bench.start({ id: incarnation }, trx);
        throw new Error('no');
      })
      .catch(() => undefined);
    const id = await bench.start();
    for (let tries = 0; heard.length === 0 && tries < 200; tries += 1) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(heard, [id]);
    stop();
  });
}

interface Params {
  vmId: string;
}

class Bench<Db, Trx extends Db> {
  readonly store: SagaStore<Db, Trx>;
  readonly sagas: Sagas<Db, Trx>;
  readonly advance: (ms: number) => void;
  private readonly definition: SagaDefinition<Params, object, Trx>;

  constructor({ store, advance }: StoreUnderTest<Db, Trx>) {
    this.store = store;
    this.advance = advance;
    this.definition = defineSaga<Params, object, Trx>({
      cancellable: true,
      name: 'demo',
      version: 1,
      steps: [{ name: 'one', title: 'One' }, { name: 'two' }],
    });
    this.sagas = createSagas<Db, Trx>({ store, definitions: [this.definition] });
  }

  async start(options: Partial<Parameters<Sagas<Db, Trx>['start']>[2]> = {}, db: Db = this.store.db): Promise<string> {
    return await this.sagas.start(db, this.definition, { ...options, params: (options.params as Params | undefined) ?? { vmId: 'vm' } });
  }

  async claim(engineId: string, limit: number): Promise<SagaRecord[]> {
    return await this.store.claim({ engineId, incarnation, leaseMs, limit, kinds: this.sagas.kinds() });
  }

  async claimOne(engineId: string): Promise<Lease> {
    const [saga] = await this.claim(engineId, 1);
    assert.ok(saga !== undefined);
    return { sagaId: saga.id, fence: saga.fence };
  }

  async hold(lease: Lease) {
    return await this.store.transaction(this.store.db, async (trx) => await this.store.hold(trx, lease));
  }
}

function exclusive(objectId: string, messageKey?: string): LockRequest {
  return { group: 'VM', objectId, mode: 'exclusive', ...(messageKey === undefined ? {} : { messageKey }) };
}

function shared(objectId: string, messageKey?: string): LockRequest {
  return { ...exclusive(objectId, messageKey), mode: 'shared' };
}
