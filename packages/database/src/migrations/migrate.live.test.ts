import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { openDatabase } from '../connection/open.ts';
import { testDatabase, whyNoServer } from '../testing/index.ts';
import { migrate, MigrationError, type Migration } from './migrate.ts';

const migrations: Migration[] = [
  { name: 'a/001-tables', up: 'create table first (id int); create table second (id int)' },
  { name: 'a/002-rows', up: async (trx) => void (await sql`insert into first values (1)`.execute(trx)) },
];

for (const server of [18, 15] as const) {
  const skip = (await whyNoServer(server)) ?? false;
  test(`PostgreSQL ${server}: engines that start at once migrate once`, { skip }, async (t) => {
    const { url, db } = await testDatabase(t, { server });
    const engines = await Promise.all([1, 2, 3].map(async () => await openDatabase({ url, maxConnections: 2 })));
    const reports = await Promise.all(engines.map(async (engine) => await migrate(engine.db, migrations)));
    await Promise.all(engines.map(async (engine) => await engine.close()));
    assert.deepEqual(
      reports.map((report) => report.applied.length).sort((a, b) => a - b),
      [0, 0, 2],
    );
    const { rows } = await sql<{ id: number }>`select id from first`.execute(db);
    assert.deepEqual(rows, [{ id: 1 }]);
    assert.deepEqual((await migrate(db, migrations)).applied, []);
  });
}

test('a migration that fails is undone whole, and can be repeated', async (t) => {
  const { db } = await testDatabase(t);
  const broken: Migration[] = [
    migrations[0] as Migration,
    { name: 'a/002-rows', up: 'insert into first values (1); insert into missing values (1)' },
  ];
  await assert.rejects(
    migrate(db, broken),
    (error) => error instanceof MigrationError && error.code === 'migration_failed' && error.message.includes('missing'),
  );
  assert.equal((await sql`select * from first`.execute(db)).rows.length, 0);
  assert.deepEqual((await migrate(db, migrations)).applied, ['a/002-rows']);
});

test('a migration may run longer than a statement may otherwise', async (t) => {
  const { db } = await testDatabase(t, { statementTimeoutMs: 200 });
  await migrate(db, [{ name: 'a/001', up: 'select pg_sleep(0.5)' }]);
});

test('an older release refuses, and changes nothing', async (t) => {
  const { db } = await testDatabase(t);
  await migrate(db, migrations);
  await assert.rejects(migrate(db, migrations.slice(0, 1)), (error) => error instanceof MigrationError && error.code === 'database_newer');
});

test('another engine that holds the lock is waited for, but not for ever', async (t) => {
  const { db, pool } = await testDatabase(t);
  const client = await pool.connect();
  await client.query('select pg_advisory_lock(7246118034)');
  await assert.rejects(
    migrate(db, migrations, { lockTimeoutMs: 250 }),
    (error) => error instanceof MigrationError && error.code === 'migration_locked',
  );
  client.release(true);
  await migrate(db, migrations);
});

test('kill -9 in the middle of a migration leaves it undone, and the next start does it', async (t) => {
  const { url, db } = await testDatabase(t);
  const code = `
    import { openDatabase, migrate } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    const { db } = await openDatabase({ url: ${JSON.stringify(url)} });
    await migrate(db, [
      { name: 'a/001-tables', up: ${JSON.stringify(migrations[0]?.up)} },
      { name: 'a/002-rows', revision: 1, up: async (trx) => {
        const { sql } = await import('kysely');
        await sql\`insert into first values (1)\`.execute(trx);
        console.log('inside');
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      } },
    ]);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: import.meta.dirname,
  });
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await delay(50);
  assert.equal((await sql`select * from first`.execute(db)).rows.length, 0);
  assert.deepEqual((await migrate(db, migrations)).applied, ['a/002-rows']);
  assert.equal((await sql`select * from first`.execute(db)).rows.length, 1);
});
