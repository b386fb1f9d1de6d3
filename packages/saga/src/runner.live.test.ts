import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { migrate, openDatabase, startEmbeddedPostgres, type Database } from '@virgate/database';
import { testDatabase } from '@virgate/database/testing';
import type { Transaction } from 'kysely';
import {
  createRunner,
  createSagas,
  defineSaga,
  PostgresSagaStore,
  sagaMigrations,
  type ListedSagaDefinition,
  type Runner,
  type RunnerOptions,
  type SagaHooks,
  type SagaStep,
  type SagaTables,
} from './index.ts';

type Trx = Transaction<SagaTables>;
type Step = SagaStep<{ number?: number }, { seen?: number }, Trx>;

function define(name: string, steps: Step[]) {
  return defineSaga<{ number?: number }, { seen?: number }, Trx>({ name, version: 1, steps, cancellable: true });
}

function bench(t: TestContext, database: Database<SagaTables>, definitions: ListedSagaDefinition<Trx>[], hooks: SagaHooks<Trx> = {}) {
  const store = new PostgresSagaStore({ db: database.db, listener: database.listener });
  const sagas = createSagas({ store, definitions, hooks });
  const runners: Runner[] = [];
  t.after(async () => {
    await Promise.all(runners.map(async (runner) => await runner.stop()));
    await sagas.close();
  });
  const run = async (engineId: string, options: Partial<RunnerOptions<unknown, never>> = {}): Promise<Runner> => {
    const runner = createRunner({ graceMs: 200, ...(options as object), sagas, engineId });
    runners.push(runner);
    await runner.start();
    return runner;
  };
  return { sagas, run, db: database.db };
}

async function open(t: TestContext, definitions: ListedSagaDefinition<Trx>[], hooks: SagaHooks<Trx> = {}) {
  return bench(t, await testDatabase<SagaTables>(t, { migrations: sagaMigrations }), definitions, hooks);
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (await condition()) return;
    await delay(10);
  }
  assert.fail(`never came true: ${what}`);
}

test('a saga runs its steps in order, waits, and keeps its state', async (t) => {
  const seen: string[] = [];
  const definition = define('make', [
    { name: 'first', run: async (ctx) => void (seen.push('first'), (ctx.state.seen = 1)) },
    {
      name: 'poll',
      run: async (ctx) => {
        seen.push(`poll ${ctx.polls}`);
        await ctx.progress(ctx.polls * 50);
        if (ctx.polls === 0) await ctx.external('task-1');
        if (ctx.polls < 2) return ctx.waitUntil({ delayMs: 5 });
      },
    },
    { name: 'last', record: async (ctx) => void (seen.push('last'), (ctx.state.seen = ctx.params.number ?? 0)) },
  ]);
  const { sagas, run, db } = await open(t, [definition]);
  await run('a');
  const id = await sagas.start(db, definition, { params: { number: 3 } });
  const { saga } = await sagas.wait(id, { timeoutMs: 5_000 });
  assert.equal(saga.status, 'succeeded');
  assert.deepEqual(seen, ['first', 'poll 0', 'poll 1', 'poll 2', 'last']);
  assert.deepEqual(saga.state, { seen: 3 });
  const details = await sagas.get(id);
  assert.deepEqual(
    details?.steps.map((step) => [step.status, step.attempt, step.polls, step.externalId]),
    [
      ['succeeded', 1, 0, null],
      ['succeeded', 1, 2, 'task-1'],
      ['succeeded', 1, 0, null],
    ],
  );
});

test('a failing saga is undone in reverse, its hooks hear every change, its locks go', async (t) => {
  const seen: string[] = [];
  const failure = Object.assign(new Error('no'), { code: 'refused', messages: ['KEY'] });
  const definition = define('fail', [
    { name: 'a', run: async () => void seen.push('a'), undo: async (ctx) => void seen.push(`undo a: ${ctx.failure?.code}`) },
    { name: 'b', run: () => Promise.reject(failure), undo: async () => void seen.push('undo b') },
    { name: 'c', run: async () => void seen.push('c') },
  ]);
  const changes: string[] = [];
  const { sagas, run, db } = await open(t, [definition], {
    onTransition: async (_trx, _saga, change) => {
      if (change.kind !== 'progress') changes.push(`${change.kind === 'step' ? change.step.name : 'saga'} ${change.to}`);
    },
  });
  await run('a');
  const id = await sagas.start(db, definition, { params: {}, locks: [{ group: 'VM', objectId: 'x', mode: 'exclusive' }] });
  const { saga } = await sagas.wait(id, { timeoutMs: 5_000 });
  assert.equal(saga.status, 'failed');
  assert.deepEqual(saga.error, { code: 'refused', message: 'no', messages: ['KEY'], step: 'b' });
  assert.deepEqual(seen, ['a', 'undo b', 'undo a: refused']);
  const expected = [
    'saga pending',
    'saga running',
    'a running',
    'a succeeded',
    'b running',
    'b failed',
    'saga undoing',
    'a undoing',
    'a undone',
    'saga failed',
  ];
  assert.deepEqual(changes, expected);
  assert.deepEqual(await sagas.locks(), []);
});

test('a step is tried again as its policy says, and an undo until it works', async (t) => {
  let runs = 0;
  let undos = 0;
  const definition = define('retry', [
    {
      name: 'flaky',
      retry: { attempts: 3, delayMs: 1 },
      run: async () => {
        runs += 1;
        throw new Error('again');
      },
      undoRetry: { attempts: 5, delayMs: 1 },
      undo: async () => {
        undos += 1;
        if (undos < 3) throw new Error('not yet');
      },
    },
  ]);
  const { sagas, run, db } = await open(t, [definition]);
  await run('a');
  const { saga } = await sagas.wait(await sagas.start(db, definition, { params: {} }), { timeoutMs: 5_000 });
  assert.deepEqual([saga.status, runs, undos, saga.error?.undoFailed], ['failed', 3, 3, undefined]);
});

test('an error that is not worth another try fails at once', async (t) => {
  let runs = 0;
  const definition = define('final', [
    {
      name: 'x',
      retry: { attempts: 9, delayMs: 1 },
      run: () => ((runs += 1), Promise.reject(Object.assign(new Error('never'), { retryable: false }))),
    },
  ]);
  const { sagas, run, db } = await open(t, [definition]);
  await run('a');
  assert.equal((await sagas.wait(await sagas.start(db, definition, { params: {} }), { timeoutMs: 5_000 })).saga.status, 'failed');
  assert.equal(runs, 1);
});

test('several runners share the work and run nothing twice', async (t) => {
  const ran = new Map<string, number>();
  const by = new Set<string>();
  const definition = define('share', [
    {
      name: 'once',
      run: async (ctx) => void (ran.set(ctx.id, (ran.get(ctx.id) ?? 0) + 1), by.add((await sagas.get(ctx.id))?.saga.leaseOwner ?? '')),
    },
  ]);
  const { sagas, run, db } = await open(t, [definition]);
  for (const engine of ['a', 'b', 'c']) await run(engine, { workers: 2 });
  const ids = await Promise.all(Array.from({ length: 40 }, async () => await sagas.start(db, definition, { params: {} })));
  for (const id of ids) assert.equal((await sagas.wait(id, { timeoutMs: 20_000 })).saga.status, 'succeeded');
  assert.deepEqual([ran.size, Math.max(...ran.values())], [40, 1]);
  assert.ok(by.size > 1, [...by].join());
});

test('a long step keeps its lease by heart-beats', async (t) => {
  let runs = 0;
  const definition = define('long', [
    {
      name: 'long',
      run: async () => {
        runs += 1;
        await delay(2_000);
      },
    },
  ]);
  const { sagas, run, db } = await open(t, [definition]);
  await run('a', { leaseMs: 600, sweepMs: 50 });
  await run('b', { leaseMs: 600, sweepMs: 50 });
  assert.equal((await sagas.wait(await sagas.start(db, definition, { params: {} }), { timeoutMs: 10_000 })).saga.status, 'succeeded');
  assert.equal(runs, 1);
});

test('a long transaction keeps others out though its lease cannot be renewed', async (t) => {
  let runs = 0;
  const definition = define('long-tx', [
    {
      name: 'tx',
      run: async (ctx) => {
        runs += 1;
        await ctx.tx(async () => await delay(1_500));
      },
    },
  ]);
  const { sagas, run, db } = await open(t, [definition]);
  await run('a', { leaseMs: 500, sweepMs: 50 });
  await run('b', { leaseMs: 500, sweepMs: 50 });
  const { saga } = await sagas.wait(await sagas.start(db, definition, { params: {} }), { timeoutMs: 10_000 });
  assert.equal(saga.status, 'succeeded');
  assert.ok(runs <= 2, `${runs} runs: at most once more, after the transaction`);
});

test('cancelling stops the running step and undoes; beyond the pivot it is too late', async (t) => {
  let stopped: unknown;
  const undone: string[] = [];
  const patient = define('patient', [
    { name: 'first', run: async () => undefined, undo: async () => void undone.push('first') },
    {
      name: 'long',
      run: async (ctx) => {
        await once(ctx.signal, 'abort');
        stopped = ctx.signal.reason;
        throw ctx.signal.reason;
      },
      undo: async (ctx) => {
        undone.push('long');
        assert.equal(ctx.signal.aborted, false, 'undo is not told to stop');
      },
    },
  ]);
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const resolute = define('resolute', [{ name: 'pivot', pivot: true, run: async () => await released }]);
  const { sagas, run, db } = await open(t, [patient, resolute]);
  await run('a', { leaseMs: 800 });
  const id = await sagas.start(db, patient, { params: {} });
  await until('the long step runs', async () => (await sagas.get(id))?.steps[1]?.status === 'running');
  assert.equal(await sagas.cancel(id), 'requested');
  const { saga } = await sagas.wait(id, { timeoutMs: 5_000 });
  assert.deepEqual([saga.status, saga.error?.code], ['aborted', 'saga_cancelled']);
  assert.deepEqual(undone, ['long', 'first']);
  assert.equal((stopped as { abortCause: string }).abortCause, 'cancelled');
  assert.equal(await sagas.cancel(id), 'ended');
  const late = await sagas.start(db, resolute, { params: {} });
  await until('the pivot runs', async () => (await sagas.get(late))?.steps[0]?.status === 'running');
  assert.equal(await sagas.cancel(late), 'too_late');
  release();
  assert.equal((await sagas.wait(late, { timeoutMs: 5_000 })).saga.status, 'succeeded');
});

test('a wait ends when the saga is woken, also when the event comes before the wait', async (t) => {
  let inside = (): void => undefined;
  const entered = new Promise<void>((resolve) => (inside = resolve));
  const definition = define('wakes', [
    {
      name: 'event',
      run: async (ctx) => {
        if (ctx.polls === 0) {
          inside();
          await delay(100);
          return ctx.waitUntil({ delayMs: 600_000 });
        }
        if (ctx.polls === 1) return ctx.waitUntil({ delayMs: 600_000 });
      },
    },
  ]);
  const { sagas, run, db } = await open(t, [definition]);
  await run('a');
  const id = await sagas.start(db, definition, { params: {} });
  await entered;
  await sagas.wake(id);
  await until(
    'it waits again',
    async () => (await sagas.get(id))?.steps[0]?.polls === 1 && (await sagas.get(id))?.saga.leaseOwner === null,
  );
  await sagas.wake(id);
  assert.equal((await sagas.wait(id, { timeoutMs: 5_000 })).saga.status, 'succeeded');
});

test('a step that does not stop when its time is over is left to itself, and its late effects are refused', async (t) => {
  let late: unknown;
  let goOn = (): void => undefined;
  const forever = new Promise<void>((resolve) => (goOn = resolve));
  const definition = define('endless', [
    {
      name: 'endless',
      timeoutMs: 100,
      run: async (ctx) => void (await forever, (late = await ctx.save({ seen: 1 }).catch((error: unknown) => error))),
    },
  ]);
  const { sagas, run, db } = await open(t, [definition]);
  const runner = await run('a', { graceMs: 50 });
  const id = await sagas.start(db, definition, { params: {} });
  const { saga } = await sagas.wait(id, { timeoutMs: 5_000 });
  assert.deepEqual([saga.status, saga.error?.code], ['failed', 'step_timed_out']);
  await until('the worker is free', () => runner.active === 0);
  goOn();
  await until('the late effect was tried', () => late !== undefined);
  assert.equal((late as { code: string }).code, 'lease_lost');
  assert.deepEqual((await sagas.get(id))?.saga.state, {});
});

test('a saga that holds its worker for long gives way to others', async (t) => {
  const order: string[] = [];
  const greedy = define(
    'greedy',
    Array.from({ length: 8 }, (_, index) => ({
      name: `s${index}`,
      run: async () => {
        order.push('greedy');
        await delay(60);
      },
    })),
  );
  const small = define('small', [{ name: 'only', run: async () => void order.push('small') }]);
  const { sagas, run, db } = await open(t, [greedy, small]);
  await run('a', { workers: 1, sliceMs: 100, sweepMs: 50 });
  const id = await sagas.start(db, greedy, { params: {} });
  await until('greedy runs', () => order.length > 0);
  await sagas.start(db, small, { params: {} });
  assert.equal((await sagas.wait(id, { timeoutMs: 10_000 })).saga.status, 'succeeded');
  assert.ok(order.indexOf('small') > 0 && order.indexOf('small') < order.length - 1, order.join());
});

test('the database restarts and disappears under load, and every saga comes to its end once', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'virgate-saga-'));
  t.after(async () => await rm(dataDir, { recursive: true, force: true }));
  const startServer = async () => await startEmbeddedPostgres({ dataDir, dieWithParent: true });
  let server = await startServer();
  t.after(async () => await server.stop('immediate'));
  const database = await openDatabase<SagaTables>({ url: server.url });
  t.after(async () => await database.close());
  await migrate(database.db, sagaMigrations);
  const steps: Step[] = Array.from({ length: 5 }, (_, index) => ({
    name: `s${index}`,
    run: async (ctx) => await ctx.tx(async () => await delay(15)),
    record: async (ctx) => void (ctx.state.seen = (ctx.state.seen ?? 0) + 1),
  }));
  const definition = define('steady', steps);
  const { sagas, run, db } = bench(t, database, [definition]);
  await run('a', { leaseMs: 2_000, sweepMs: 100 });
  const ids = await Promise.all(Array.from({ length: 12 }, async () => await sagas.start(db, definition, { params: {} })));
  for (const mode of ['immediate', 'fast'] as const) {
    await delay(60);
    await server.stop(mode);
    await delay(150);
    server = await startServer();
  }
  for (const id of ids) {
    const { saga } = await sagas
      .wait(id, { timeoutMs: 60_000 })
      .catch(async () => (await delay(500), await sagas.wait(id, { timeoutMs: 60_000 })));
    assert.deepEqual([saga.status, saga.state], ['succeeded', { seen: 5 }]);
  }
  assert.deepEqual(await sagas.locks(), []);
});
