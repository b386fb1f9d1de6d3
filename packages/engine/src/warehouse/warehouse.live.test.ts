// Budget: 20 s
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { transaction } from '@virgate/database';
import { testDatabase } from '@virgate/database/testing';
import { sql, type Kysely } from 'kysely';
import { engineMigrations } from '../tables/migrations.ts';
import type { Tables } from '../tables/schema.ts';
import { addRows } from '../testing/add-rows.ts';
import { checkedDays, dayOf } from '../testing/checked-report.ts';
import { checkReports } from '../testing/checked-reports.ts';
import { checkMove } from '../testing/moved-vm.ts';
import { dailyRows, figures, hourlyRows, type Figures } from '../testing/summed-history.ts';
import { syntheticHistory, type Sample } from '../testing/synthetic-history.ts';
import { tables, views } from './facts.ts';
import { rebuildSpan } from './rebuild.ts';
import { dropOldParts } from './retention.ts';
import { sumOne, sumUp } from './sum.ts';
import { tellFailure } from './watch.ts';

const hourMs = 3_600_000;
const { zone, spring, autumn, after } = checkedDays;

const open = (t: TestContext) => testDatabase<Tables>(t, { migrations: engineMigrations, maxConnections: 4 });

/** Rows of a table with everything as text, times of hours in ISO form. */
async function rowsOf(db: Kysely<Tables>, table: string, grain: 'hour' | 'day', columns: readonly string[]): Promise<string[]> {
  const time =
    grain === 'hour'
      ? sql`to_char(history_datetime, 'YYYY-MM-DD"T"HH24:MI:SS".000Z"')`
      : tables.get(table)?.['history_datetime']?.startsWith('date') === true
        ? sql`history_datetime::text`
        : sql`(history_datetime at time zone ${zone})::date::text`;
  const values = columns.map((name) => (name === 'history_datetime' ? time : sql`${sql.ref(name)}::text`));
  const found = await sql<{
    row: string;
  }>`select json_build_array(${sql.join(values)})::text as row from ${sql.table(`history.${table}`)}`.execute(db);
  return found.rows.map(({ row }) => JSON.stringify(JSON.parse(row))).toSorted();
}

const texts = (rows: readonly Sample[], columns: readonly string[]): string[] =>
  rows.map((row) => JSON.stringify(columns.map((name) => row[name] ?? null))).toSorted();

async function checkAll(db: Kysely<Tables>, samplesOf: (kind: Figures) => Sample[]): Promise<number> {
  let figuresChecked = 0;
  for (const kind of figures) {
    const hours = hourlyRows(kind, samplesOf(kind));
    const days = dailyRows(kind, hours, dayOf);
    for (const [grain, table, rows] of [
      ['hour', kind.hourly, hours],
      ['day', kind.daily, days],
    ] as const) {
      const columns = Object.keys(rows[0] ?? {});
      assert.ok(rows.length > 0, table);
      assert.deepEqual(await rowsOf(db, table, grain, columns), texts(rows, columns), table);
      figuresChecked += rows.length * columns.length;
    }
  }
  return figuresChecked;
}

test('every figure of hours and days is that of an independent sum, late and doubled samples included; again and rebuilt the same', async (t) => {
  const { db } = await open(t);
  await sql`update warehouse_settings set time_zone = ${zone}`.execute(db);
  const { timely, late } = syntheticHistory(7, [spring, autumn]);
  await addRows(db, timely);
  const done = await sumUp(db, after);
  assert.ok(done.every((outcome) => outcome.error === undefined));
  await checkAll(db, (kind) => timely.get(kind.samples) ?? []);

  await addRows(db, late);
  const all = (kind: Figures): Sample[] => [...(timely.get(kind.samples) ?? []), ...(late.get(kind.samples) ?? [])];
  // Two engines at once.
  await Promise.all([sumUp(db, after), sumUp(db, after)]);
  await sumUp(db, after);
  const checked = await checkAll(db, all);
  t.diagnostic(`${checked} figures are the same`);
  assert.deepEqual((await sql`select * from warehouse_pending`.execute(db)).rows, []);
  assert.deepEqual(await sumUp(db, after), [], 'nothing is left to do');

  const hours = async (day: string): Promise<number> =>
    (
      await sql<{
        count: number;
      }>`select count(distinct history_datetime) as count from history.vm_hourly_history where (history_datetime at time zone ${zone})::date = ${day}::date`.execute(
        db,
      )
    ).rows[0]?.count ?? 0;
  assert.deepEqual([await hours('2030-03-31'), await hours('2030-10-27')], [23, 25]);

  // What somebody spoiled is put right by a rebuild, and only within the span.
  await sql`update history.vm_hourly_history set cpu_usage_percent = 1 where history_datetime < ${new Date(spring.toMs)}`.execute(db);
  await sql`delete from history.host_daily_history where history_datetime = '2030-03-31'`.execute(db);
  const rebuilt = await rebuildSpan(db, new Date(spring.fromMs), new Date(spring.toMs));
  // 26 hours of samples and the day on either side, of eight kinds.
  assert.deepEqual(rebuilt, { hours: 26 * 8, days: 3 * 8 });
  await sumUp(db, after);
  await checkAll(db, all);
  await t.test('reports show the figures of an independent computation', () => checkReports(db, all));
  await t.test('who moved to another cluster in the middle of an hour is shown where he was, and in sums where he was last', () =>
    checkMove(db, all),
  );
  const mark = await sql<{
    name: string;
    at: number;
  }>`select var_name as name, var_datetime as at from history.history_configuration where var_name like 'last%Aggr' order by 1`.execute(db);
  assert.deepEqual(
    mark.rows.map(({ at }) => new Date(at).toISOString()),
    ['2030-10-29T23:00:00.000Z', '2030-10-30T00:00:00.000Z'],
  );
});

const hourStart = Date.parse('2030-05-05T10:00:00Z');
const sampleAt = (ms: number, cpu: number): Map<string, Sample[]> =>
  new Map([
    [
      'vm_samples_history',
      [
        {
          history_datetime: new Date(ms).toISOString(),
          vm_id: '00000000-0000-4000-8000-000000000001',
          vm_status: '1',
          cpu_usage_percent: String(cpu),
          seconds_in_status: '60',
        },
      ],
    ],
  ]);

test('an hour is summed up after its end, a day after its last hour; a failure holds back its kind and is told once', async (t) => {
  const { db } = await open(t);
  await addRows(db, sampleAt(hourStart + 5 * 60_000, 20));
  assert.equal(await sumOne(db, 'hour', new Date(hourStart + hourMs)), null, 'the last samples may be on their way');
  await sql`alter table history.vm_hourly_history rename column vm_ip to other`.execute(db);
  const at = new Date(hourStart + hourMs + 120_000);
  const failed = (await sumUp(db, at)).filter(({ error }) => error !== undefined);
  assert.deepEqual(
    failed.map(({ family }) => family),
    ['vm'],
  );
  for (const outcome of failed) {
    await tellFailure(db, outcome, at);
    await tellFailure(db, outcome, new Date(at.getTime() + 60_000));
  }
  const events = await db.selectFrom('audit_log').select(['code', 'description']).execute();
  assert.equal(events.length, 1);
  assert.equal(events[0]?.code, 9704);
  assert.match(events[0]?.description ?? '', /history of vm \(hour\).*vm_ip/);
  assert.equal(
    (await sql`select 1 from history.history_configuration where var_name = 'HourlyAggFailed' and var_value = 'true'`.execute(db)).rows
      .length,
    1,
  );
  assert.equal(await sumOne(db, 'hour', new Date(at.getTime() + 4_000)), null, 'it waits');
  await sql`alter table history.vm_hourly_history rename column other to vm_ip`.execute(db);
  assert.equal((await sumOne(db, 'hour', new Date(at.getTime() + 6_000)))?.error, undefined);
  assert.equal((await sql`select 1 from history.vm_hourly_history where cpu_usage_percent = 20`.execute(db)).rows.length, 1);
  assert.equal(await sumOne(db, 'day', new Date(at.getTime() + 6_000)), null, 'the day goes on');
  const days = await sumUp(db, new Date(hourStart + 24 * hourMs));
  assert.ok(days.some(({ family, grain }) => family === 'vm' && grain === 'day'));
});

test('who writes samples of an hour that is being summed up is not forgotten', async (t) => {
  const { db } = await open(t);
  await addRows(db, sampleAt(hourStart, 20));
  const at = new Date(hourStart + 3 * hourMs);
  await transaction(db, async (trx) => {
    await sql`insert into history.vm_samples_history (history_datetime, vm_id, vm_status, cpu_usage_percent, seconds_in_status)
      values (${new Date(hourStart + 60_000)}, '00000000-0000-4000-8000-000000000001', 1, 40, 60)`.execute(trx);
    assert.deepEqual(await sumUp(db, at), [], 'its hour is left alone until that is there');
  });
  await sumUp(db, at);
  const rows = await sql<{ cpu: number }>`select cpu_usage_percent as cpu from history.vm_hourly_history`.execute(db);
  assert.deepEqual(rows.rows, [{ cpu: 30 }]);
});

test('old parts go when they have served their time, but not before they are summed up', async (t) => {
  const { db } = await open(t);
  await addRows(db, sampleAt(hourStart, 20));
  const dayEnd = Date.parse('2030-05-06T00:00:00Z');
  const later = (hours: number): Date => new Date(dayEnd + hours * hourMs);
  assert.deepEqual(await dropOldParts(db, later(25)), [], 'not summed up yet');
  await sumUp(db, later(25));
  assert.deepEqual(await dropOldParts(db, later(23)), []);
  assert.deepEqual(await dropOldParts(db, later(25)), ['vm_samples_history_20300505']);
  // A sample that comes later still must not replace the hour by itself.
  await addRows(db, sampleAt(hourStart + 60_000, 99));
  await sumUp(db, later(26));
  const rows = async () => (await sql<{ cpu: number }>`select cpu_usage_percent as cpu from history.vm_hourly_history`.execute(db)).rows;
  assert.deepEqual(await rows(), [{ cpu: 20 }]);
  assert.deepEqual(await rebuildSpan(db, new Date(hourStart), later(0)), { hours: 0, days: 1 });
  assert.deepEqual(await dropOldParts(db, later(60 * 24)), ['vm_samples_history_20300505', 'statistics_vms_users_usage_hourly_20300429']);
  await sumUp(db, later(60 * 24));
  assert.deepEqual(await dropOldParts(db, later(60 * 24)), ['vm_hourly_history_20300429']);
  assert.equal((await sql`select 1 from history.vm_daily_history`.execute(db)).rows.length, 1);
  assert.equal((await dropOldParts(db, later(6 * 366 * 24))).length, 2);
});

test('the views have the names, columns and order of the warehouse, and show configurations and figures', async (t) => {
  const { db } = await open(t);
  const found = await sql<{
    view: string;
    columns: string[];
  }>`select c.relname as view, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where n.nspname = 'history' and c.relkind = 'v' and c.relname like 'v4_5_%' group by 1 order by 1`.execute(db);
  assert.equal(found.rows.length, 53);
  assert.deepEqual(
    found.rows,
    views.toSorted((left, right) => (left.view < right.view ? -1 : 1)),
  );
});
