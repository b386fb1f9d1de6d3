import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { testDatabase } from '../testing/index.ts';

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (condition()) return;
    await delay(10);
  }
  assert.fail(`never came true: ${what}`);
}

test('each channel hears its own notifications, when they are committed', async (t) => {
  const { pool, listener } = await testDatabase(t);
  const a: string[] = [];
  const b: string[] = [];
  await listener.listen('a', (payload) => void a.push(payload));
  const stop = await listener.listen('B "quoted"', (payload) => void b.push(payload));
  await pool.query(`select pg_notify('a', 'one'), pg_notify('B "quoted"', 'two')`);
  const client = await pool.connect();
  await client.query('begin');
  await client.query(`select pg_notify('a', 'never')`);
  await client.query('rollback');
  client.release();
  await until('both are heard', () => a.length > 0 && b.length > 0);
  assert.deepEqual([a, b], [['one'], ['two']]);
  stop();
  await pool.query(`select pg_notify('B "quoted"', 'three'), pg_notify('a', 'last')`);
  await until('the last is heard', () => a.includes('last'));
  assert.deepEqual(b, ['two']);
});

test('a listening connection that breaks comes back, and says that something may have been missed', async (t) => {
  const { pool, listener } = await testDatabase(t);
  const heard: string[] = [];
  let gaps = 0;
  await listener.listen(
    'a',
    (payload) => void heard.push(payload),
    () => void (gaps += 1),
  );
  await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and query ilike 'listen%'`);
  await until('it is back', () => gaps === 1);
  await pool.query(`select pg_notify('a', 'again')`);
  await until('it hears', () => heard.includes('again'));
});
