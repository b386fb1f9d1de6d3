import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { testDatabase, type TestDatabase } from '@virgate/database/testing';
import { createSagas, PostgresSagaStore, sagaMigrations, type Sagas } from './index.ts';
import { effectTable, workDefinition, type WorkerTables } from './fixtures/worker.ts';
import type { Kysely, Transaction } from 'kysely';

const leaseMs = 1_000;
const definition = workDefinition('nobody', 0, 0);

interface Bench {
  database: TestDatabase<WorkerTables>;
  sagas: Sagas<Kysely<WorkerTables>, Transaction<WorkerTables>>;
}

async function open(t: TestContext): Promise<Bench> {
  const migrations = [...sagaMigrations, { name: 'test/001', up: effectTable }];
  const database = await testDatabase<WorkerTables>(t, { migrations });
  const store = new PostgresSagaStore({ db: database.db, listener: database.listener });
  const sagas = createSagas({ store, definitions: [definition] });
  t.after(async () => await sagas.close());
  return { database, sagas };
}

class WorkerProcess {
  readonly child: ChildProcess;
  readonly said: string[] = [];

  constructor(t: TestContext, url: string, engineId: string, kind = 'fast') {
    const script = new URL('./fixtures/worker.ts', import.meta.url).pathname;
    this.child = spawn(process.execPath, [script, url, engineId, String(leaseMs), kind], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (line) => void this.said.push(line));
    t.after(async () => await this.kill());
  }

  async until(what: string, times = 1): Promise<void> {
    for (let tries = 0; tries < 1_500; tries += 1) {
      if (this.said.filter((line) => line === what).length >= times) return;
      assert.equal(this.child.exitCode, null, 'the worker runs');
      await delay(10);
    }
    assert.fail(`the worker never said "${what}" ${times} times; it said ${this.said.slice(-5).join(', ')}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}

async function effects({ database }: Bench) {
  return await database.db.selectFrom('effect').selectAll().orderBy('ordinal').execute();
}

/** In the order in which they were written, fences only grow: nothing was written under an old lease after a newer one had begun to write. */
function assertFenced(rows: { fence: number }[]): void {
  for (const [index, row] of rows.entries()) assert.ok(row.fence >= (rows[index - 1]?.fence ?? 0), `row ${index} has an old fence`);
}

test('a worker that was stopped past its lease writes nothing when it is continued', async (t) => {
  const bench = await open(t);
  const first = new WorkerProcess(t, bench.database.url, 'a');
  await first.until('started');
  const id = await bench.sagas.start(bench.database.db, definition, { params: {} });
  await first.until('mark', 3);
  first.signal('SIGSTOP');
  const before = (await effects(bench)).length;
  const second = new WorkerProcess(t, bench.database.url, 'b');
  await second.until('mark', 1);
  first.signal('SIGCONT');
  const { saga } = await bench.sagas.wait(id, { timeoutMs: 30_000 });
  assert.equal(saga.status, 'succeeded');
  await delay(300);
  const rows = await effects(bench);
  assertFenced(rows);
  assert.equal(rows.filter((row) => row.engine === 'a').length, before, 'nothing late');
  assert.equal(rows.filter((row) => row.what === 'finish').length, 1);
  assert.equal(rows.at(-1)?.engine, 'b');
  assert.deepEqual(await bench.sagas.locks(), []);
  await first.until('started', 1);
  first.signal('SIGTERM');
  await first.until('stopped');
});

test('a worker that was stopped inside of a transaction cannot commit it when another has taken over', async (t) => {
  const bench = await open(t);
  const first = new WorkerProcess(t, bench.database.url, 'a', 'slow');
  await first.until('started');
  const id = await bench.sagas.start(bench.database.db, definition, { params: {} });
  await first.until('inside', 2);
  first.signal('SIGSTOP');
  await delay(300);
  const before = (await effects(bench)).length;
  const second = new WorkerProcess(t, bench.database.url, 'b');
  await second.until('mark', 1);
  first.signal('SIGCONT');
  const { saga } = await bench.sagas.wait(id, { timeoutMs: 30_000 });
  assert.equal(saga.status, 'succeeded');
  await delay(300);
  const rows = await effects(bench);
  assertFenced(rows);
  assert.equal(rows.filter((row) => row.engine === 'a').length, before);
});

test('a killed worker’s saga goes on at once when the same engine starts again, and its lock stays until the end', async (t) => {
  const bench = await open(t);
  const first = new WorkerProcess(t, bench.database.url, 'a');
  await first.until('started');
  const id = await bench.sagas.start(bench.database.db, definition, { params: {} });
  await first.until('mark', 2);
  await first.kill();
  assert.equal((await bench.sagas.locks()).length, 1);
  const leaseUntil = (await bench.sagas.get(id))?.saga.leaseUntil ?? 0;
  const second = new WorkerProcess(t, bench.database.url, 'a');
  await second.until('mark', 1);
  const details = await bench.sagas.get(id);
  assert.equal(details?.steps[0]?.attempt, 2);
  assert.ok((details?.saga.fence ?? 0) > 1);
  assert.ok((details?.saga.leaseUntil ?? 0) > leaseUntil);
  assert.equal((await bench.sagas.wait(id, { timeoutMs: 30_000 })).saga.status, 'succeeded');
  assert.deepEqual(await bench.sagas.locks(), []);
  assertFenced(await effects(bench));
});

test('a worker that is asked to stop gives its saga back, and another goes on', async (t) => {
  const bench = await open(t);
  const first = new WorkerProcess(t, bench.database.url, 'a');
  await first.until('started');
  const id = await bench.sagas.start(bench.database.db, definition, { params: {} });
  await first.until('mark', 2);
  const second = new WorkerProcess(t, bench.database.url, 'b');
  await second.until('started');
  first.signal('SIGTERM');
  await first.until('stopped');
  assert.equal((await bench.sagas.wait(id, { timeoutMs: 30_000 })).saga.status, 'succeeded');
  const rows = await effects(bench);
  assertFenced(rows);
  assert.equal(rows.filter((row) => row.what === 'finish').length, 1);
});
