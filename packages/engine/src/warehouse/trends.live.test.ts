// Budget: 20 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '@virgate/contract/generated/virgate';
import { testDatabase } from '@virgate/database/testing';
import { sql, type Kysely } from 'kysely';
import { engineMigrations } from '../tables/migrations.ts';
import type { Tables } from '../tables/schema.ts';
import { addRows } from '../testing/add-rows.ts';
import { place } from '../testing/report-figures.ts';
import { dailyRows, figures, hourlyRows } from '../testing/summed-history.ts';
import { addCostConfigurations, costLines, owners, tags, upRows, type CostLine, type TestPrices } from '../testing/synthetic-costs.ts';
import { addTrends, expectedForecast, today, trendDomains, trendHosts, trendVms } from '../testing/synthetic-trends.ts';
import { syntheticHistory, type Sample } from '../testing/synthetic-history.ts';
import { tellFullSoon } from './forecast-alerts.ts';
import type { ReportCriteria } from './reports/criteria.ts';
import { reportDeclarations } from './reports/declaration.ts';
import { runReport } from './reports/run.ts';
import { sumUp } from './sum.ts';

const hourMs = 3_600_000;
const zone = 'Europe/Berlin';
const autumn = { fromMs: Date.parse('2030-10-26T21:00:00Z'), toMs: Date.parse('2030-10-28T01:30:00Z') };
const after = new Date('2030-10-30T00:00:00Z');
const localDay = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
const dayOf = (ms: number): string => localDay.format(ms);
const midnight = (day: string): number => {
  const near = Date.parse(`${day}T00:00:00Z`);
  return [near - 2 * hourMs, near - hourMs].find((ms) => dayOf(ms) === day && dayOf(ms - 1) !== day) ?? near;
};

const report = async (db: Kysely<Tables>, code: string, criteria: ReportCriteria, at = after): Promise<Report> => {
  const declaration = reportDeclarations.find((one) => one.code === code);
  assert.ok(declaration, code);
  return await runReport(db, declaration, criteria, { reader: { administrator: true, principals: [] }, at });
};
const cells = (found: Report, table = 0): unknown[][] => (found.tables[table]?.rows ?? []) as unknown[][];
const series = (found: Report, title: string): Record<string, (number | null)[]> =>
  Object.fromEntries(found.charts.find((chart) => chart.title === title)?.series.map(({ name, values }) => [name, values]) ?? []);

const prices: TestPrices = { digits: 2, vcpuHour: ['0.0125', '0.033333333'], memoryGibHour: ['0.001', '0.005'], gibMonth: ['0.07', '0.1'] };

/** Two lists: the prices above (domain 1 by its type), and one for all in another currency. */
async function addPrices(db: Kysely<Tables>, currency: string, name: string): Promise<string> {
  const made = await sql<{ id: string }>`insert into price_list (name, currency, vcpu_hour, memory_gib_hour, gib_month)
    values (${name}, ${currency}, ${prices.vcpuHour[0]}::price, ${prices.memoryGibHour[0]}::price, 99) returning id`.execute(db);
  const id = made.rows[0]?.id ?? '';
  await sql`insert into cluster_price values (${id}, ${place.clusters[1]}, ${prices.vcpuHour[1]}::price, ${prices.memoryGibHour[1]}::price)`.execute(
    db,
  );
  await sql`insert into storage_price values (${id}, ${place.domain(0)}, null, ${prices.gibMonth[0]}::price), (${id}, null, 'iscsi', ${prices.gibMonth[1]}::price)`.execute(
    db,
  );
  return id;
}

const money = (units: bigint, digits: number): string => {
  if (digits === 0) return String(units);
  const text = String(units).padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
};

/** Rows of the report, as they are counted out by hand: of all lines first, then by group, the dearest first. */
function expectedRows(lines: readonly CostLine[], digits: number, groupsOf: (line: CostLine) => string[]): unknown[][] {
  const row = (label: string, own: readonly CostLine[]): unknown[] => {
    const all = (valueOf: (line: CostLine) => bigint): bigint => own.map(valueOf).reduce((left, right) => left + right, 0n);
    const sums = [all((line) => line.cpu), all((line) => line.memory), all((line) => line.storage)];
    return [label, ...[...sums, sums.reduce((left, right) => left + right, 0n)].map((units) => money(units, digits))];
  };
  const groups = new Map<string, CostLine[]>();
  for (const line of lines) for (const label of groupsOf(line)) groups.set(label, [...(groups.get(label) ?? []), line]);
  const rows = [...groups].map(([label, own]) => row(label, own));
  return [row('Total', lines), ...rows.toSorted((left, right) => Number(right[4]) - Number(left[4]))];
}
/** Name and money of each row. */
const costs = (found: Report): unknown[][] => cells(found).map((row) => [row[0], ...row.slice(5, 9)]);
const vmNames = ['vm0', 'vm1', 'vm2', 'vm3 (Removed on 2030-10-27)'];

test('costs are those of an independent computation to the last digit, over changes, moves, shared disks and dropped hours', async (t) => {
  const { db } = await testDatabase<Tables>(t, { migrations: engineMigrations, maxConnections: 4 });
  await sql`update warehouse_settings set time_zone = ${zone}`.execute(db);
  const { timely } = syntheticHistory(7, [autumn]);
  const samples = timely.get('vm_samples_history') ?? [];
  await addRows(db, new Map([['vm_samples_history', samples]]));
  await addCostConfigurations(db);
  assert.ok((await sumUp(db, after)).every(({ error }) => error === undefined));
  const kind = figures.find(({ hourly }) => hourly === 'vm_hourly_history');
  assert.ok(kind);
  const hours = hourlyRows(kind, samples);
  const ofHour = (row: Sample) => {
    const begin = Date.parse(row['history_datetime'] ?? '');
    return { begin, until: begin + hourMs };
  };
  const ofDay = (row: Sample) => {
    const day = row['history_datetime'] ?? '';
    const next = new Date(Date.parse(`${day}T00:00:00Z`) + 24 * hourMs).toISOString().slice(0, 10);
    return { begin: midnight(day), until: midnight(next) };
  };
  const within = (rows: ReturnType<typeof upRows>, span: { begin: number; until: number }) =>
    rows.filter(({ begin }) => begin >= span.begin && begin < span.until);
  const byHour = upRows(hours, ofHour);
  const byDay = upRows(dailyRows(kind, hours, dayOf), ofDay);
  const priceList = await addPrices(db, 'EUR', 'euros');
  const day = { begin: midnight('2030-10-27'), until: midnight('2030-10-28') };
  assert.equal(day.until - day.begin, 25 * hourMs);
  // Disks cost until now, not until the month ends.
  const october = { begin: midnight('2030-10-01'), until: after.getTime() };

  const ofTheDay = costLines(within(byHour, day), day, prices);
  assert.ok(ofTheDay.some(({ vm, cluster }) => vm === 0 && cluster === 1) && ofTheDay.every((line) => line.hours > 0));
  const daily = { period: 'daily', startDate: '2030-10-27', priceList } as const;
  for (const [costBy, groupsOf] of [
    ['vm', ({ vm }) => [vmNames[vm] ?? '']],
    ['user', ({ vm }) => [owners[vm] ?? '']],
    ['tag', ({ vm }) => (tags[vm]?.length === 0 ? ['(no tag)'] : [...(tags[vm] ?? [])])],
    ['cluster', ({ cluster }) => [`cluster${cluster}`]],
    ['data_center', () => ['center']],
  ] as const satisfies [string, (line: CostLine) => string[]][]) {
    const found = await report(db, 'SHOWBACK', { ...daily, costBy });
    assert.deepEqual(costs(found), expectedRows(ofTheDay, 2, groupsOf), costBy);
    assert.deepEqual(
      found.charts[0]?.categories,
      costs(found)
        .slice(1)
        .map(([label]) => label),
    );
  }
  const plain = await report(db, 'SHOWBACK', daily);
  const ran = new Map(cells(plain).map((row) => [row[0], row[1]]));
  for (const vm of [0, 1, 2, 3]) {
    const own = ofTheDay.filter((line) => line.vm === vm).reduce((sum, line) => sum + line.hours, 0);
    assert.ok(Math.abs(Number(ran.get(vmNames[vm])) - own) < 1e-3, `vm${vm}: ${String(ran.get(vmNames[vm]))} ${own}`);
  }
  assert.deepEqual(cells(plain)[0]?.at(-1), 'EUR');
  // Where they were then, not where they are.
  const inFirst = await report(db, 'SHOWBACK', { ...daily, cluster: place.clusters[0] });
  assert.deepEqual(
    costs(inFirst),
    expectedRows(
      ofTheDay.filter(({ cluster }) => cluster === 0),
      2,
      ({ vm }) => [vmNames[vm] ?? ''],
    ),
  );
  const one = await report(db, 'SHOWBACK', { period: 'hourly', startDate: '2030-10-27', startHour: 13, priceList });
  const hour = { begin: day.begin + 13 * hourMs, until: day.begin + 14 * hourMs };
  assert.deepEqual(
    costs(one),
    expectedRows(costLines(within(byHour, hour), hour, prices), 2, ({ vm }) => [vmNames[vm] ?? '']),
  );

  for (const [currency, digits] of [
    ['JPY', 0],
    ['KWD', 3],
  ] as const) {
    const list = await addPrices(db, currency, currency);
    const found = await report(db, 'SHOWBACK', { ...daily, priceList: list });
    const lines = costLines(within(byHour, day), day, { ...prices, digits });
    assert.deepEqual(
      costs(found),
      expectedRows(lines, digits, ({ vm }) => [vmNames[vm] ?? '']),
      currency,
    );
  }

  const monthly = { period: 'monthly', startDate: '2030-10-01', priceList } as const;
  const ofVm = ({ vm }: CostLine): string[] => [vmNames[vm] ?? ''];
  assert.deepEqual(
    costs(await report(db, 'SHOWBACK', monthly)),
    expectedRows(costLines(within(byHour, october), october, prices), 2, ofVm),
  );
  // When hours are dropped, days stand for those days that they are gone of, whole ones.
  const until = Date.parse('2030-10-27T02:00:00Z');
  await sql`insert into warehouse_dropped values ('vm_hourly_history', ${new Date(until)})`.execute(db);
  await sql`delete from history.vm_hourly_history where history_datetime < ${new Date(until)}`.execute(db);
  const mixed = [...byDay.filter(({ begin }) => begin < day.until), ...byHour.filter(({ begin }) => begin >= day.until)];
  assert.deepEqual(costs(await report(db, 'SHOWBACK', monthly)), expectedRows(costLines(within(mixed, october), october, prices), 2, ofVm));
  const before = await report(db, 'SHOWBACK', { ...monthly, startDate: '2029-01-01' });
  assert.deepEqual([before.hasData, cells(before).length], [false, 0]);
  await assert.rejects(report(db, 'SHOWBACK', { ...monthly, priceList: place.vm(0) }), /there is no such price list/);
});

test('forecasts and sizes are those of an independent computation; what is too little or does not grow is said to be that', async (t) => {
  const { db } = await testDatabase<Tables>(t, { migrations: engineMigrations, maxConnections: 4 });
  await addTrends(db);
  const criteria = { historyDays: 60, horizonDays: 40, fullPercent: 80 } as const;
  const at = new Date(`${today}T10:00:00Z`);
  const storage = await report(db, 'STORAGE-FORECAST', criteria, at);
  assert.deepEqual([storage.points.length, new Date(storage.points[60] ?? 0).toISOString()], [100, `${today}T00:00:00.000Z`]);
  const rows = new Map(cells(storage).map((row) => [row[0], row]));
  for (const domain of trendDomains) {
    const row = rows.get(domain.name);
    const expected = expectedForecast(domain.used.slice(-60), (domain.total * 80) / 100);
    assert.deepEqual(row?.slice(5, 8), expected.days, domain.name);
    assert.match(String(row?.[9]), domain.finding, domain.name);
  }
  assert.equal(rows.get('straight')?.[8], '2030-06-11', 'the day itself');
  assert.deepEqual(
    cells(storage)
      .map((row) => row[0])
      .slice(0, 2),
    ['full', 'straight'],
    'the most urgent come first',
  );
  const straight = series(storage, 'straight');
  assert.deepEqual(Object.keys(straight), ['Used', 'Trend', 'Range of the trend (90 %)', '80 % of the total']);
  assert.deepEqual([straight['Used']?.[59], straight['Used']?.[60], straight['Trend']?.[80]], [618, null, 660]);
  assert.ok(straight['80 % of the total']?.every((value) => value === 640));
  const band = storage.charts.find(({ title }) => title === 'noisy')?.series.find(({ upTo }) => upTo !== undefined);
  assert.ok((band?.upTo?.[99] ?? 0) - (band?.values[99] ?? 0) > (band?.upTo?.[60] ?? 0) - (band?.values[60] ?? 0), 'it widens');
  assert.equal(storage.charts[0]?.title, 'Days until 80 % Are Used');
  assert.ok(storage.charts[0]?.series[0]?.values.includes(10));
  const none = await report(db, 'STORAGE-FORECAST', criteria, new Date('2031-12-01T00:00:00Z'));
  assert.ok(cells(none).every((row) => /Too little data: 0 days/.test(String(row[9])) && row[5] === null));

  const clusters = await report(db, 'CLUSTER-FORECAST', criteria, at);
  for (const [table, resource] of (['memory', 'cpu'] as const).entries()) {
    const [row] = cells(clusters, table);
    const total = trendHosts.reduce((sum, host) => sum + host.size[resource], 0);
    const days = trendHosts[0]?.percent[resource].map(
      (_, day) => Math.round(trendHosts.reduce((sum, host) => sum + (host.percent[resource][day] ?? 0) * host.size[resource], 0)) / 100,
    );
    const expected = expectedForecast(days?.slice(-60) ?? [], total * 0.8);
    assert.deepEqual([row?.[2], row?.slice(5, 8)], [total, expected.days], resource);
  }
  await sql`delete from history.host_daily_history`.execute(db);
  assert.match(String(cells(await report(db, 'CLUSTER-FORECAST', criteria, at))[0]?.[9]), /Too little data/);

  const sizing = await report(db, 'RIGHT-SIZING', { historyDays: 30 }, at);
  assert.deepEqual(
    cells(sizing).map(([name, , finding, vcpus, , , newVcpus, memory, , , newMemory]) => [
      name,
      finding,
      vcpus,
      newVcpus,
      memory,
      newMemory,
    ]),
    trendVms.filter(({ expected }) => expected !== null).map(({ name, expected }) => [name, ...(expected ?? [])]),
  );
  assert.ok(cells(sizing).every((row) => String(row.at(-1)).includes('%')));
  assert.deepEqual(cells(sizing, 1), [
    ['Too large', 2],
    ['Too small', 1],
    ['Both', 1],
    ['Of the right size', 1],
    ['Too little history', 2],
  ]);
  assert.equal((await report(db, 'RIGHT-SIZING', { historyDays: 30, vm: trendVms[0]?.id }, at)).tables[0]?.rows.length, 1);
});

test('it is told once that a domain will be full, and again only when it was out of danger meanwhile', async (t) => {
  const { db } = await testDatabase<Tables>(t, { migrations: engineMigrations, maxConnections: 4 });
  await addTrends(db);
  const straight = trendDomains.find(({ name }) => name === 'straight');
  assert.ok(straight);
  await sql`insert into storage_domain (id, name, type, storage_type) values (${straight.id}, 'straight', 'data', 'nfs')`.execute(db);
  await sql`update warehouse_settings set alert_days = 25, alert_percent = 80`.execute(db);
  const events = async (): Promise<{ code: number; description: string; storage_domain_id: string | null }[]> =>
    await db.selectFrom('audit_log').select(['code', 'description', 'storage_domain_id']).orderBy('id').execute();
  const at = (days: number): Date => new Date(Date.parse(`${today}T00:30:00Z`) + days * 24 * hourMs);
  const used = async (days: number, gib: number): Promise<void> =>
    await addRows(
      db,
      new Map([
        [
          'storage_domain_daily_history',
          [
            {
              history_datetime: at(days).toISOString().slice(0, 10),
              storage_domain_id: straight.id,
              storage_domain_status: '1',
              used_disk_size_gb: String(gib),
              available_disk_size_gb: String(800 - gib),
              minutes_in_status: '1440',
            },
          ],
        ],
      ]),
      'year',
    );
  // Two engines at once: of 90 days, so it grows by less than in the last 60.
  const told = await Promise.all([tellFullSoon(db, at(0)), tellFullSoon(db, at(0))]);
  assert.equal(told[0] + told[1], 1);
  const [event, ...more] = await events();
  assert.deepEqual([event?.code, event?.storage_domain_id, more], [1403, straight.id, []]);
  assert.match(
    event?.description ?? '',
    /^Of storage domain straight 80 % will be used in about \d+ days, in \d+ at the earliest: it grows by \d+(\.\d)? GiB a day\.$/,
  );
  assert.equal(await tellFullSoon(db, at(0)), 0, 'there is no new day');
  await used(0, 620);
  assert.equal(await tellFullSoon(db, at(1)), 0, 'it has been told');

  // It shrinks for months, and grows again.
  await sql`delete from history.storage_domain_daily_history`.execute(db);
  for (let day = 1; day < 20; day += 1) await used(day, 600 - 10 * day);
  assert.equal(await tellFullSoon(db, at(20)), 0);
  assert.deepEqual((await sql`select * from forecast_alert`.execute(db)).rows, []);
  await sql`delete from history.storage_domain_daily_history`.execute(db);
  for (let day = 20; day < 40; day += 1) await used(day, 400 + 10 * (day - 20));
  await sql`update warehouse_settings set alert_days = 0`.execute(db);
  assert.equal(await tellFullSoon(db, at(40)), 0, 'nobody wants to be told');
  await sql`update warehouse_settings set alert_days = 5`.execute(db);
  assert.equal(await tellFullSoon(db, at(40)), 1);
  assert.equal((await events()).length, 2);
});
