import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { testDatabase, whyNoServer } from '../testing/index.ts';
import { classifyDatabaseError, isUniqueViolation, sqlState } from './errors.ts';
import { openDatabase } from './open.ts';
import { transaction } from './transaction.ts';
import { json, timestamp, UnsafeIntegerError } from './values.ts';

interface Tables {
  item: { id: number; name: string; payload: unknown; at: number };
}

const migrations = [
  {
    name: 'test/001',
    up: 'create table item (id bigint primary key, name text constraint item_name unique, payload jsonb, at timestamptz, amount bigint not null default 0)',
  },
];

for (const server of [18, 15] as const) {
  const skip = (await whyNoServer(server)) ?? false;

  test(`PostgreSQL ${server}: values come out as promised`, { skip }, async (t) => {
    const { pool, serverVersion } = await testDatabase(t, { server });
    assert.equal(serverVersion, server);
    const { rows } =
      await pool.query(`select 5::int8 as big, array[1, null, 3]::int8[] as bigs, 1.25::numeric as exact, array[0.5]::numeric[] as exacts,
      '2026-01-02 03:04:05.678+02'::timestamptz as at, array['2026-01-02 03:04:05+00']::timestamptz[] as ats, '2026-01-02'::date as day,
      '{"a": [1, {"b": null}]}'::jsonb as value, null::int8 as nothing, '\\x0102'::bytea as bytes, array['a','b']::text[] as texts`);
    assert.deepEqual(rows[0], {
      big: 5,
      bigs: [1, null, 3],
      exact: 1.25,
      exacts: [0.5],
      at: Date.UTC(2026, 0, 2, 1, 4, 5, 678),
      ats: [Date.UTC(2026, 0, 2, 3, 4, 5)],
      day: '2026-01-02',
      value: { a: [1, { b: null }] },
      nothing: null,
      bytes: Buffer.from([1, 2]),
      texts: ['a', 'b'],
    });
    await assert.rejects(pool.query('select 9007199254740993::int8'), UnsafeIntegerError);
    assert.equal((await pool.query('select 1 as one')).rows[0].one, 1, 'the connection is still good');
  });

  test(`PostgreSQL ${server}: values go in, arrays as JSON too`, { skip }, async (t) => {
    const { db } = await testDatabase<Tables>(t, { migrations, server });
    const at = Date.UTC(2026, 5, 1, 12, 0, 0, 123);
    await sql`insert into item (id, name, payload, at) values (${1}, ${'a'}, ${json([1, 'two', { three: 3 }])}, ${timestamp(at)})`.execute(
      db,
    );
    const row = await db.selectFrom('item').selectAll().executeTakeFirstOrThrow();
    assert.deepEqual([row.id, row.payload, row.at], [1, [1, 'two', { three: 3 }], at]);
  });
}

test('a broken constraint is told by name', async (t) => {
  const { db } = await testDatabase<Tables>(t, { migrations });
  await sql`insert into item (id, name) values (1, 'a')`.execute(db);
  const twice = sql`insert into item (id, name) values (2, 'a')`.execute(db);
  await assert.rejects(twice, (error) => isUniqueViolation(error, 'item_name') && !isUniqueViolation(error, 'item_pkey'));
});

test('transactions that get in each other’s way are repeated, and no effect is doubled', async (t) => {
  const { db } = await testDatabase<Tables>(t, { migrations });
  await sql`insert into item (id, name) values (1, 'a'), (2, 'b')`.execute(db);
  let runs = 0;
  const add = async (): Promise<void> =>
    await transaction(
      db,
      async (trx) => {
        runs += 1;
        const { rows } = await sql<{ amount: number }>`select amount from item where id = 1`.execute(trx);
        await sql`update item set amount = ${(rows[0]?.amount ?? 0) + 1} where id = 1`.execute(trx);
      },
      { isolation: 'serializable', attempts: 100 },
    );
  await Promise.all(Array.from({ length: 8 }, add));
  const { rows } = await sql<{ amount: number }>`select amount from item where id = 1`.execute(db);
  assert.equal(rows[0]?.amount, 8);
  assert.ok(runs > 8, 'some were repeated');
  // Two that take the same rows in opposite order: one is the victim of the deadlock and succeeds at its second try.
  const inOrder = async (first: number, second: number): Promise<void> =>
    await transaction(db, async (trx) => {
      await sql`update item set amount = amount + 1 where id = ${first}`.execute(trx);
      await delay(100);
      await sql`update item set amount = amount + 1 where id = ${second}`.execute(trx);
    });
  await Promise.all([inOrder(1, 2), inOrder(2, 1)]);
  const sums = await sql<{ sum: number }>`select sum(amount) as sum from item`.execute(db);
  assert.equal(sums.rows[0]?.sum, 12);
});

test('other errors are not repeated, and an inner transaction joins the outer one', async (t) => {
  const { db } = await testDatabase<Tables>(t, { migrations });
  let runs = 0;
  await assert.rejects(
    transaction(db, async () => {
      runs += 1;
      throw new Error('mine');
    }),
    /mine/,
  );
  assert.equal(runs, 1);
  const outer = transaction(db, async (trx) => {
    await transaction(trx, async (inner) => await sql`insert into item (id, name) values (1, 'a')`.execute(inner));
    throw new Error('undo both');
  });
  await assert.rejects(outer, /undo both/);
  assert.equal((await db.selectFrom('item').selectAll().execute()).length, 0);
});

test('a connection that breaks inside of a transaction fails it, and nothing else', async (t) => {
  const broken: Error[] = [];
  const { db, pool } = await testDatabase<Tables>(t, { migrations, onConnectionError: (error) => void broken.push(error) });
  const attempt = transaction(db, async (trx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
    await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await delay(50);
    await sql`insert into item (id, name) values (1, 'a')`.execute(trx);
  });
  await assert.rejects(attempt, (error) => classifyDatabaseError(error) === 'unavailable');
  assert.ok(broken.length > 0);
  assert.equal((await db.selectFrom('item').selectAll().execute()).length, 0);
});

test('a pool that is used up says so in time and recovers', async (t) => {
  const { db, pool } = await testDatabase<Tables>(t, { maxConnections: 2, acquireTimeoutMs: 150 });
  const held = [await pool.connect(), await pool.connect()];
  await assert.rejects(sql`select 1`.execute(db), (error) => classifyDatabaseError(error) === 'unavailable');
  for (const client of held) client.release();
  await sql`select 1`.execute(db);
});

test('statements, waits for locks and idle transactions have their limits', async (t) => {
  const { db, pool } = await testDatabase<Tables>(t, { statementTimeoutMs: 100, idleTransactionTimeoutMs: 100 });
  await assert.rejects(
    pool.query('select pg_sleep(5)'),
    (error) => classifyDatabaseError(error) === 'timeout' && sqlState(error) === '57014',
  );
  const idle = transaction(db, async (trx) => {
    await delay(400);
    await sql`select 1`.execute(trx);
  });
  await assert.rejects(idle);
  await sql`select 1`.execute(db);
});

test('a database that only reads is told apart', async (t) => {
  const { pool, db } = await testDatabase<Tables>(t, { migrations });
  await pool.query(
    `alter database ${new URL(pool.options.connectionString ?? '').pathname.slice(1)} set default_transaction_read_only = on`,
  );
  const url = pool.options.connectionString ?? '';
  const reader = await openDatabase<Tables>({ url });
  t.after(async () => await reader.close());
  await assert.rejects(
    sql`insert into item (id, name) values (1, 'a')`.execute(reader.db),
    (error) => classifyDatabaseError(error) === 'read_only',
  );
  assert.ok(db);
});

test('no server, wrong server, wrong database: each says what it is', async () => {
  await assert.rejects(
    openDatabase({ url: 'postgres://nobody@127.0.0.1:9/none' }),
    (error) => classifyDatabaseError(error) === 'unavailable',
  );
  await assert.rejects(
    openDatabase({ url: 'postgres://nobody@localhost/none?host=%2Fnowhere' }),
    (error) => classifyDatabaseError(error) === 'unavailable',
  );
});

test('a statement that is used often is prepared, and a change of the schema beneath it goes unnoticed', async (t) => {
  const { db, pool } = await testDatabase<Tables>(t, { migrations, maxConnections: 1 });
  const read = async () => await db.selectFrom('item').selectAll().where('id', '=', 1).execute();
  await sql`insert into item (id, name) values (1, 'a')`.execute(db);
  for (let use = 0; use < 10; use += 1) await read();
  const prepared = await pool.query('select name from pg_prepared_statements');
  assert.equal(prepared.rows.length, 1);
  await pool.query('alter table item add column extra text default $$new$$');
  assert.equal(((await read())[0] as unknown as { extra: string }).extra, 'new');
  for (let use = 0; use < 10; use += 1) await read();
  await pool.query('alter table item add column more text default $$more$$');
  const rows = await transaction(db, async (trx) => await trx.selectFrom('item').selectAll().where('id', '=', 1).execute());
  assert.equal((rows[0] as unknown as { more: string }).more, 'more');
});

test('prepared statements and what is remembered of texts stay bounded', async (t) => {
  const { pool } = await testDatabase<Tables>(t, { maxConnections: 1 });
  for (let text = 0; text < 520; text += 1) for (let use = 0; use < 4; use += 1) await pool.query(`select $1::int + ${text}`, [use]);
  const { rows } = await pool.query<{ count: number }>('select count(*) as count from pg_prepared_statements');
  assert.equal(rows[0]?.count, 500);
});
