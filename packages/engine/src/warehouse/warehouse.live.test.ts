// Budget: 20 s
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { operatingSystems } from '@virgate/contract/generated/osinfo';
import { transaction } from '@virgate/database';
import { testDatabase } from '@virgate/database/testing';
import { sql, type Kysely } from 'kysely';
import { engineMigrations } from '../tables/migrations.ts';
import type { Tables } from '../tables/schema.ts';
import type { Report } from '@virgate/contract/generated/virgate';
import { addRows } from '../testing/add-rows.ts';
import { checkMove } from '../testing/moved-vm.ts';
import { addConfigurations, grouped, meanByMinutes, meanOf, minutesOf, place, rounded, systems } from '../testing/report-figures.ts';
import { dailyRows, figures, hourlyRows, type Figures } from '../testing/summed-history.ts';
import { entityId, syntheticHistory, type Sample } from '../testing/synthetic-history.ts';
import { tables, views } from './facts.ts';
import { rebuildSpan } from './rebuild.ts';
import type { ReportCriteria } from './reports/criteria.ts';
import { reportDeclarations } from './reports/declaration.ts';
import { runReport } from './reports/run.ts';
import { dropOldParts } from './retention.ts';
import { sumOne, sumUp } from './sum.ts';
import { tellFailure } from './watch.ts';

const hourMs = 3_600_000;
const zone = 'Europe/Berlin';
/** Midnights before and after the two days on which clocks are changed: 23 and 25 hours. */
const spring = { fromMs: Date.parse('2030-03-30T22:00:00Z'), toMs: Date.parse('2030-04-01T00:00:00Z') };
const autumn = { fromMs: Date.parse('2030-10-26T21:00:00Z'), toMs: Date.parse('2030-10-28T01:30:00Z') };
const after = new Date('2030-10-30T00:00:00Z');

const localDay = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
const dayOf = (ms: number): string => localDay.format(ms);

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

/** Figures of reports, counted out once more from the rows of hours and days of {@link figures}. */
async function checkReports(db: Kysely<Tables>, samplesOf: (kind: Figures) => Sample[]): Promise<void> {
  await addConfigurations(db, new Date(spring.fromMs - hourMs), new Date(autumn.fromMs));
  const kindOf = (samples: string, hourly = samples.replace('samples', 'hourly')): Figures => {
    const kind = figures.find((one) => one.samples === samples && one.hourly === hourly);
    assert.ok(kind, samples);
    return kind;
  };
  const hoursOf = (samples: string, day: string): Sample[] => {
    const kind = kindOf(samples);
    return hourlyRows(kind, samplesOf(kind)).filter((row) => dayOf(Date.parse(row['history_datetime'] ?? '')) === day);
  };
  const daysOf = (samples: string): Sample[] => {
    const kind = kindOf(samples);
    return dailyRows(kind, hourlyRows(kind, samplesOf(kind)), dayOf);
  };
  const report = async (code: string, criteria: ReportCriteria, at = after): Promise<Report> => {
    const declaration = reportDeclarations.find((one) => one.code === code);
    assert.ok(declaration, code);
    return await runReport(db, declaration, criteria, { reader: { administrator: true, principals: [] }, at });
  };
  const series = (found: Report, chart: number): Record<string, (number | null)[]> =>
    Object.fromEntries(found.charts[chart]?.series.map(({ name, values }) => [name, values]) ?? []);
  const cells = (found: Report): unknown[][] => (found.tables[0]?.rows ?? []) as unknown[][];
  const of = (rows: Sample[], column: string, id: string, status?: string): Sample[] =>
    rows.filter((row) => row[column] === id && (status === undefined || row[column.replace('_id', '_status')] === status));
  const springDay = { period: 'daily', startDate: '2030-03-31' } as const;
  const autumnDay = { period: 'daily', startDate: '2030-10-27', showDeleted: true } as const;
  const october = { period: 'monthly', startDate: '2030-10-01', showDeleted: true } as const;
  /** A figure for each hour of a day, null where there is none. */
  const overHours = (found: Report, rows: Sample[], figure: (rows: Sample[]) => number | null): (number | null)[] =>
    found.points.map((at) => figure(rows.filter((row) => Date.parse(row['history_datetime'] ?? '') === at)));

  for (const [day, hours] of [
    [springDay, 23],
    [autumnDay, 25],
  ] as const) {
    const host = hoursOf('host_samples_history', day.startDate).filter(
      (row) => row['host_id'] === place.host(0) && row['host_status'] === '1',
    );
    const overTime = await report('BR2A', { ...day, host: place.host(0) });
    assert.equal(overTime.points.length, hours);
    assert.deepEqual(series(overTime, 0), {
      'CPU Peak': overHours(overTime, host, (rows) => meanByMinutes(rows, 'max_cpu_usage')),
      'CPU Usage': overHours(overTime, host, (rows) => meanByMinutes(rows, 'cpu_usage_percent')),
    });
    assert.deepEqual(
      series(overTime, 2)['#VMs Peak'],
      overHours(overTime, host, (rows) => meanByMinutes(rows, 'max_active_vms')),
    );
    const ofHours = await report('BR2C', { ...day, host: place.host(0) });
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' });
    assert.deepEqual(
      series(ofHours, 1)['Memory Usage'],
      Array.from({ length: 24 }, (_, hour) =>
        meanByMinutes(
          host.filter((row) => Number(clock.format(Date.parse(row['history_datetime'] ?? ''))) === hour),
          'memory_usage_percent',
        ),
      ),
    );
  }
  const nics = daysOf('host_interface_samples_history').filter((row) => (row['history_datetime'] ?? '') >= '2030-10-01');
  const byWeekday = await report('BR2B', { ...october, host: place.host(0) });
  const weekday = (row: Sample): number => new Date(`${row['history_datetime']}T00:00:00Z`).getUTCDay();
  assert.deepEqual(
    series(byWeekday, 3),
    Object.fromEntries(
      [0, 1].flatMap((index) =>
        [
          ['Receive Rate', 'receive_rate_percent'],
          ['Transmit Rate', 'transmit_rate_percent'],
        ].map(([name, column = '']) => [
          `eth${index}${index === 1 ? '*' : ''}: ${name}`,
          [0, 1, 2, 3, 4, 5, 6].map((day) =>
            meanOf(
              nics.filter((row) => row['host_interface_id'] === entityId(2, index) && weekday(row) === day),
              column,
            ),
          ),
        ]),
      ),
    ),
  );

  const vmHours = hoursOf('vm_samples_history', autumnDay.startDate);
  const goneVm = `vm3 (Removed on ${dayOf(autumn.fromMs)})`;
  const names = ['vm0', 'vm1', 'vm2', goneVm];
  const ranked = [0, 1, 2, 3].toSorted((left, right) => {
    const use = (index: number): number => {
      const rows = of(vmHours, 'vm_id', place.vm(index), '1');
      return (meanByMinutes(rows, 'cpu_usage_percent') ?? 0) + (meanByMinutes(rows, 'memory_usage_percent') ?? 0);
    };
    return use(right) - use(left);
  });
  const most = await report('BR11', autumnDay);
  const least = await report('BR12', autumnDay);
  assert.deepEqual(
    [new Set(Object.keys(series(most, 0))), new Set(Object.keys(series(least, 0)))],
    [new Set(ranked.map((index) => names[index])), new Set(ranked.map((index) => names[index]))],
  );
  assert.deepEqual(
    series(most, 0)['vm1'],
    overHours(most, of(vmHours, 'vm_id', place.vm(1), '1'), (rows) => meanByMinutes(rows, 'max_cpu_usage')),
  );
  const compared = await report('BR16', { ...autumnDay, vms: [place.vm(0), place.vm(3)] });
  assert.deepEqual(Object.keys(series(compared, 1)).toSorted(), ['vm0', goneVm]);
  await assert.rejects(report('BR16', { ...autumnDay, vms: Array.from({ length: 6 }, (_, index) => place.vm(index)) }), /vms: at most 5/);

  const threshold = 50;
  const quality = await report('BR13', { ...autumnDay, cpuThreshold: threshold, memoryThreshold: threshold });
  const above = (rows: Sample[], column: string): number =>
    minutesOf(rows.filter((row) => Number(row[column] ?? -1) >= threshold && row[column] !== null));
  assert.deepEqual(
    new Map(quality.tables[0]?.rows.map((row) => [(row as unknown[])[0], (row as unknown[]).slice(3)])),
    new Map(
      names.map((name, index) => {
        const rows = of(vmHours, 'vm_id', place.vm(index), '1');
        return [name, [above(rows, 'memory_usage_percent'), above(rows, 'cpu_usage_percent')]];
      }),
    ),
  );
  const pie = names.map((_, index) => above(of(vmHours, 'vm_id', place.vm(index), '1'), 'cpu_usage_percent'));
  assert.ok(Math.abs((series(quality, 0)['Above Threshold']?.[0] ?? 0) - pie.reduce((left, right) => left + right, 0) / 4) < 1e-3);

  const hostDays = daysOf('host_samples_history').filter((row) => (row['history_datetime'] ?? '') >= '2030-10-01');
  const uptime = await report('BR7', october);
  assert.deepEqual(
    uptime.tables[0]?.rows.map((row) => (row as unknown[]).slice(2)),
    [0, 1].map((index) => ['1', '2', '3'].map((status) => minutesOf(of(hostDays, 'host_id', place.host(index), status)))),
  );
  assert.equal(series(uptime, 0)['Uptime']?.[0], minutesOf(hostDays.filter((row) => row['host_status'] === '1')));
  const worst = await report('BR7B', october);
  assert.deepEqual(
    worst.charts[0]?.series.map(({ values }) => values.length),
    [2, 2, 2],
  );
  assert.ok(
    (cells(worst) as number[][]).every(
      (row, index, all) => index === 0 || (all[index - 1]?.[1] ?? 0) + (all[index - 1]?.[2] ?? 0) >= (row[1] ?? 0) + (row[2] ?? 0),
    ),
  );
  const scatter = await report('BR17', october);
  assert.deepEqual(
    scatter.charts[0]?.series.map(({ values }) => values),
    [0, 1].map((index) => {
      const rows = of(hostDays, 'host_id', place.host(index), '1');
      return [meanOf(rows, 'max_cpu_usage'), meanOf(rows, 'max_memory_usage')];
    }),
  );

  const bySystem = await report('BR18', autumnDay);
  const running = (index: number): number[] =>
    overHours(bySystem, of(vmHours, 'vm_id', place.vm(index), '1'), (rows) => Math.min(rows.length, 1)).map((value) => value ?? 0);
  assert.deepEqual(series(bySystem, 0), { RHEL: running(0), 'Other Linux': running(2) });
  assert.deepEqual(Object.values(series(bySystem, 1)), [running(1)]);
  assert.deepEqual(
    series(bySystem, 2)['Known OS'],
    overHours(bySystem, vmHours, (rows) => new Set(rows.filter((row) => row['vm_id'] !== place.vm(3)).map((row) => row['vm_id'])).size),
  );

  const capacity = await report('BR19', autumnDay);
  const memory = (rows: Sample[], kind: 'host' | 'vm', each: number): [number, number][] =>
    grouped(
      rows.filter((row) => row[`${kind}_status`] === '1'),
      (row) => row[`${kind}_id`] ?? '',
    ).map(([id, own]) => [(Number(id.slice(-2)) + 1) * each, minutesOf(own)]);
  const hostHours = hoursOf('host_samples_history', autumnDay.startDate);
  assert.deepEqual(
    series(capacity, 0)['Virtual Machines Memory'],
    overHours(capacity, vmHours, (rows) => memory(rows, 'vm', 512).reduce((all, [size]) => all + size, 0) || null),
  );
  assert.deepEqual(
    series(capacity, 0)['Average Host Memory'],
    overHours(capacity, hostHours, (rows) => {
      const sizes = memory(rows, 'host', 1024);
      const minutes = sizes.reduce((all, [, one]) => all + one, 0);
      return minutes === 0 ? null : Math.round((sizes.reduce((all, [size, one]) => all + size * one, 0) / minutes) * 100) / 100;
    }),
  );

  const size = await report('BR21', { ...autumnDay, storageDomain: place.domain(1) });
  assert.deepEqual(
    series(size, 0)['Used Space'],
    overHours(size, of(hoursOf('storage_domain_samples_history', autumnDay.startDate), 'storage_domain_id', place.domain(1)), (rows) =>
      meanByMinutes(rows, 'used_disk_size_gb'),
    ),
  );
  assert.equal(size.heading, 'Size Over Time of Storage Domain domain1');

  const bill = await report('BR44', { ...autumnDay, startDate: '2030-10-27' });
  assert.deepEqual(
    new Map(cells(bill).map((row) => [row[1], row.slice(10, 12)])),
    new Map(
      // The last of them was removed before that day.
      ['vm0', 'vm1', 'vm2'].map((name, index) => [
        name,
        [25, Math.round((minutesOf(of(vmHours, 'vm_id', place.vm(index), '1')) / 60) * 100) / 100],
      ]),
    ),
  );
  const sessionsKind = kindOf('vm_samples_history', 'statistics_vms_users_usage_hourly');
  const sessions = await report('BR45', autumnDay);
  const sessionHours = hourlyRows(sessionsKind, samplesOf(sessionsKind)).filter(
    (row) => dayOf(Date.parse(row['history_datetime'] ?? '')) === autumnDay.startDate,
  );
  assert.equal(sessions.tables[0]?.rows.length, sessionHours.length);
  const total = (values: number[]): number => Math.round(values.reduce((left, right) => left + right, 0));
  assert.equal(
    total((cells(sessions) as number[][]).map((row) => row[4] ?? 0)),
    total(sessionHours.map((row) => Number(row['session_time_in_minutes']) / 60)),
  );

  const byVersion = await report('BR18A', autumnDay);
  assert.deepEqual(
    series(byVersion, 0),
    Object.fromEntries(systems.map((number, index) => [operatingSystems.find(({ id }) => id === number)?.name, running(index)])),
  );
  const clusters = await report('BR7A', october);
  assert.deepEqual(cells(clusters), [
    ['cluster0', ...['2', '3', '1'].map((status) => minutesOf(hostDays.filter((row) => row['host_status'] === status)))],
  ]);
  const uses = await report('BR6B', { ...october, cpuThreshold: threshold, memoryThreshold: threshold });
  const hostsUp = hostDays.filter((row) => row['host_status'] === '1');
  assert.deepEqual(
    [series(uses, 0)['Above Threshold'], series(uses, 1)['Above Threshold']],
    [[above(hostsUp, 'memory_usage_percent')], [above(hostsUp, 'cpu_usage_percent')]],
  );
  const domains = await report('BR23', october);
  assert.deepEqual(
    series(domains, 0)['Available Space'],
    [0, 1].map((index) =>
      meanByMinutes(
        of(
          daysOf('storage_domain_samples_history').filter((row) => (row['history_datetime'] ?? '') >= '2030-10-01'),
          'storage_domain_id',
          place.domain(index),
        ),
        'available_disk_size_gb',
      ),
    ),
  );
  // The last day of units goes minute by minute.
  const lastDay = await report('DR29', { cluster: place.clusters[0] }, new Date(autumn.toMs));
  assert.equal(lastDay.points.length, 24 * 60);
  const atOnce = Map.groupBy(
    samplesOf(kindOf('host_samples_history')).filter((row) => row['host_status'] === '1' && row['host_id'] === place.host(0)),
    (row) => Date.parse(row['history_datetime'] ?? ''),
  );
  // The second host is gone; the first has four cores.
  assert.deepEqual(
    series(lastDay, 0)['Average Host Cores'],
    lastDay.points.map((at) => (atOnce.has(at) ? 4 : null)),
  );

  // By its newest configuration a VM is in another cluster and has another name; and what is gone is left out.
  assert.deepEqual(
    Object.keys(series(await report('BR11', { ...autumnDay, showDeleted: false, cluster: place.clusters[0] }), 0)).toSorted(),
    ['vm0', 'vm1', 'vm2'],
  );
  assert.equal((await report('BR11', { ...autumnDay, cluster: place.clusters[1] })).hasData, false);
  const heat = await report('BR49', { period: 'daily', startDate: '2030-10-27', measure: 'memory', figure: 'max', showDeleted: true });
  assert.deepEqual(
    heat.charts.map(({ type, title, series }) => [type, title, series.length]),
    [['heatmap', 'Memory Usage, Max', 2]],
  );
  // An hour is shown by its samples.
  const hour = await report('BR10A', { period: 'hourly', startDate: '2030-10-27', startHour: 24, vm: place.vm(1) });
  const [from, to] = [hour.from ?? 0, hour.to ?? 0];
  assert.deepEqual([from, to - from], [Date.parse('2030-10-27T22:00:00Z'), hourMs]);
  const newest = new Map(
    samplesOf(kindOf('vm_samples_history'))
      .filter((row) => row['vm_id'] === place.vm(1) && row['vm_status'] === '1')
      .map((row) => [Date.parse(row['history_datetime'] ?? ''), row]),
  );
  for (const [index, at] of hour.points.entries()) {
    const cpu = newest.get(at)?.['cpu_usage_percent'];
    assert.equal(
      series(hour, 0)['CPU Usage']?.[index],
      cpu === undefined || cpu === null ? null : rounded(Number(cpu)),
      new Date(at).toISOString(),
    );
  }
}

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
