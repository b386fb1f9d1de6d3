import assert from 'node:assert/strict';
import type { Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import {
  autumnDay,
  cells,
  checkedDays,
  checkedOf,
  dayOf,
  declared,
  goneVm,
  hourMs,
  kindOf,
  october,
  of,
  overDays,
  overHours,
  series,
  springDay,
  timeOf,
  vmNames,
  type Checked,
  type SamplesOf,
} from './checked-report.ts';
import { checkUnits } from './checked-units.ts';
import { addConfigurations, grouped, meanByMinutes, meanOf, memoryOf, minutesOf, place, rounded, weighedMean } from './report-figures.ts';
import { hourlyRows } from './summed-history.ts';
import { entityId, type Sample } from './synthetic-history.ts';

const { zone, spring, autumn } = checkedDays;

/**
 * Figures of reports, counted out once more from the rows of hours and days of {@link figures}.
 * @param samplesOf all samples of a kind, in the order in which they came
 */
export async function checkReports(db: Kysely<Tables>, samplesOf: SamplesOf): Promise<void> {
  await addConfigurations(db, new Date(spring.fromMs - hourMs), new Date(autumn.fromMs));
  const checked = checkedOf(db, samplesOf);
  await checkHost(checked);
  await checkHosts(checked);
  await checkVms(checked);
  await checkRanks(checked);
  await checkSystems(checked);
  await checkSizes(checked);
  await checkUse(checked);
  await checkUnits(checked);
  await checkPlaces(checked);
  await checkMinutes(checked);
}

async function checkHost({ report, hoursOf, daysOf }: Checked): Promise<void> {
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
  const nics = daysOf('host_interface_samples_history');
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
}

async function checkHosts({ report, daysOf }: Checked): Promise<void> {
  const hostDays = daysOf('host_samples_history');
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
}

async function checkVms({ report, hoursOf }: Checked): Promise<void> {
  const vmHours = hoursOf('vm_samples_history', autumnDay.startDate);
  const most = await report('BR11', autumnDay);
  const least = await report('BR12', autumnDay);
  assert.deepEqual([new Set(Object.keys(series(most, 0))), new Set(Object.keys(series(least, 0)))], [new Set(vmNames), new Set(vmNames)]);
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
      vmNames.map((name, index) => {
        const rows = of(vmHours, 'vm_id', place.vm(index), '1');
        return [name, [above(rows, 'memory_usage_percent'), above(rows, 'cpu_usage_percent')]];
      }),
    ),
  );
  const pie = vmNames.map((_, index) => above(of(vmHours, 'vm_id', place.vm(index), '1'), 'cpu_usage_percent'));
  assert.ok(Math.abs((series(quality, 0)['Above Threshold']?.[0] ?? 0) - pie.reduce((left, right) => left + right, 0) / 4) < 1e-3);
}

/** Of the VMs that use most or least only so many are shown, in that order. */
async function checkRanks({ report, hoursOf, daysOf }: Checked): Promise<void> {
  const many = 2;
  for (const [criteria, rows] of [
    [autumnDay, hoursOf('vm_samples_history', autumnDay.startDate)],
    [october, daysOf('vm_samples_history')],
  ] as const) {
    const use = (index: number): number => {
      const own = of(rows, 'vm_id', place.vm(index), '1');
      return (weighedMean(own, 'cpu_usage_percent') ?? 0) + (weighedMean(own, 'memory_usage_percent') ?? 0);
    };
    const ranked = [0, 1, 2, 3].toSorted((left, right) => use(right) - use(left)).map((index) => vmNames[index]);
    for (const [code, shown] of [
      ['BR11', ranked.slice(0, many)],
      ['BR12', ranked.toReversed().slice(0, many)],
    ] as const) {
      const declaration = declared(code);
      const parts = declaration.parts.map((part) =>
        'top' in part && part.top !== undefined ? { ...part, top: { ...part.top, most: many } } : part,
      );
      const found = await report({ ...declaration, parts }, criteria);
      assert.deepEqual(Object.keys(series(found, 0)), shown, code);
    }
  }
}

async function checkSystems({ report, hoursOf, daysOf }: Checked): Promise<void> {
  for (const [criteria, rows, over] of [
    [autumnDay, hoursOf('vm_samples_history', autumnDay.startDate), overHours],
    [october, daysOf('vm_samples_history'), overDays],
  ] as const) {
    const found = await report('BR18', criteria);
    const running = (index: number): number[] =>
      over(found, of(rows, 'vm_id', place.vm(index), '1'), (own) => Math.min(own.length, 1)).map((value) => value ?? 0);
    assert.deepEqual(series(found, 0), { RHEL: running(0), 'Other Linux': running(2) });
    assert.deepEqual(Object.values(series(found, 1)), [running(1)]);
    const there = (indices: number[]): (number | null)[] =>
      over(
        found,
        rows,
        (own) => new Set(own.map((row) => row['vm_id']).filter((id) => indices.some((index) => id === place.vm(index)))).size,
      );
    assert.deepEqual(series(found, 2), { 'Known OS': there([0, 1, 2]), 'Unknown OS': there([3]) });
  }
}

async function checkSizes({ report, hoursOf, daysOf, samplesOf }: Checked): Promise<void> {
  const up = (kind: 'host' | 'vm', rows: Sample[]): Sample[] => rows.filter((row) => row[`${kind}_status`] === '1');
  const total = (values: number[]): number => values.reduce((left, right) => left + right, 0);
  const mean = (kind: 'host' | 'vm', rows: Sample[], weight: string): number | null =>
    weighedMean(
      rows.map((row) => ({ ...row, memory: String(memoryOf(kind, row)) })),
      'memory',
      weight,
    );
  const each = (kind: 'host' | 'vm', rows: Sample[], weight: string): number[] =>
    grouped(rows, (row) => row[`${kind}_id`] ?? '').map(([, own]) => mean(kind, own, weight) ?? 0);
  for (const [criteria, vmRows, hostRows, over] of [
    [autumnDay, hoursOf('vm_samples_history', autumnDay.startDate), hoursOf('host_samples_history', autumnDay.startDate), overHours],
    [october, daysOf('vm_samples_history'), daysOf('host_samples_history'), overDays],
  ] as const) {
    const found = await report('BR19', criteria);
    assert.deepEqual(series(found, 0), {
      'Average Host Memory': over(found, up('host', hostRows), (rows) => rounded(mean('host', rows, 'minutes_in_status'), 2)),
      'Virtual Machines Memory': over(found, up('vm', vmRows), (rows) => total(rows.map((row) => memoryOf('vm', row))) || null),
    });
  }

  // Of samples, by the seconds that they stand for.
  const samples = (kind: 'host' | 'vm'): Sample[] => up(kind, samplesOf(kindOf(`${kind}_samples_history`)));
  const hour = await report('BR19', { period: 'hourly', startDate: '2030-10-27', startHour: 23, showDeleted: true });
  const atMinute = (rows: Sample[], figure: (rows: Sample[]) => number | null): (number | null)[] =>
    hour.points.map((at) => figure(rows.filter((row) => timeOf(row) === at)));
  assert.deepEqual(series(hour, 0), {
    'Average Host Memory': atMinute(samples('host'), (rows) => rounded(mean('host', rows, 'seconds_in_status'), 2)),
    'Virtual Machines Memory': atMinute(samples('vm'), (rows) => rounded(total(each('vm', rows, 'seconds_in_status')) || null, 2)),
  });

  // The last day, by samples, without what is gone: a host and a VM of each.
  const end = new Date(autumn.toMs);
  const lastDay = (kind: 'host' | 'vm', there: number[]): Sample[] =>
    samples(kind).filter(
      (row) =>
        timeOf(row) >= autumn.toMs - 24 * hourMs &&
        timeOf(row) < autumn.toMs &&
        there.some((index) => row[`${kind}_id`] === place[kind](index)),
    );
  const [hosts, vms] = [lastDay('host', [0]), lastDay('vm', [0, 1, 2])];
  const committed = await report('DR14', { cluster: place.clusters[0] }, end);
  const [row] = cells(committed);
  assert.equal(row?.[0], 'cluster0');
  assert.equal(row?.[2], rounded((100 * total(each('vm', vms, 'seconds_in_status'))) / total(each('host', hosts, 'seconds_in_status')), 2));
  const busiest = await report('DR21', { dataCenter: place.dataCenter }, end);
  const most = (column: string): number => Math.max(...hosts.map((sample) => Number(sample[column] ?? 0)));
  assert.deepEqual(cells(busiest), [
    [
      'cluster0',
      most('cpu_usage_percent'),
      rounded(weighedMean(hosts, 'cpu_usage_percent', 'seconds_in_status')),
      most('memory_usage_percent'),
      rounded(weighedMean(hosts, 'memory_usage_percent', 'seconds_in_status')),
    ],
  ]);
}

async function checkUse({ report, hoursOf, daysOf, samplesOf }: Checked): Promise<void> {
  const vmHours = hoursOf('vm_samples_history', autumnDay.startDate);
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
  const month = await report('BR44', october);
  const vmDays = daysOf('vm_samples_history');
  assert.deepEqual(
    new Map(cells(month).map((row) => [row[1], row.slice(11, 14)])),
    new Map(
      vmNames.map((name, index) => {
        const rows = of(vmDays, 'vm_id', place.vm(index), '1');
        return [
          name,
          [
            rounded(minutesOf(rows) / 60, 2),
            rounded(weighedMean(rows, 'cpu_usage_percent'), 2),
            rounded(weighedMean(rows, 'memory_usage_percent'), 2),
          ],
        ];
      }),
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
}

async function checkPlaces({ report }: Checked): Promise<void> {
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
}

async function checkMinutes({ report, samplesOf }: Checked): Promise<void> {
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
