import assert from 'node:assert/strict';
import { operatingSystems } from '@virgate/contract/generated/osinfo';
import { autumnDay, cells, checkedDays, kindOf, october, of, overHours, series, timeOf, type Checked } from './checked-report.ts';
import { meanByMinutes, minutesOf, place, systems } from './report-figures.ts';
import type { Sample } from './synthetic-history.ts';

const { autumn } = checkedDays;

/** Units of dashboards. */
export async function checkUnits({ report, hoursOf, daysOf, samplesOf }: Checked): Promise<void> {
  const vmHours = hoursOf('vm_samples_history', autumnDay.startDate);
  const hostDays = daysOf('host_samples_history');
  const threshold = 50;
  const above = (rows: Sample[], column: string): number =>
    minutesOf(rows.filter((row) => Number(row[column] ?? -1) >= threshold && row[column] !== null));
  const byVersion = await report('BR18A', autumnDay);
  const running = (index: number): number[] =>
    overHours(byVersion, of(vmHours, 'vm_id', place.vm(index), '1'), (rows) => Math.min(rows.length, 1)).map((value) => value ?? 0);
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
      meanByMinutes(of(daysOf('storage_domain_samples_history'), 'storage_domain_id', place.domain(index)), 'available_disk_size_gb'),
    ),
  );
  // The last day of units goes minute by minute.
  const lastDay = await report('DR29', { cluster: place.clusters[0] }, new Date(autumn.toMs));
  assert.equal(lastDay.points.length, 24 * 60);
  const atOnce = Map.groupBy(
    samplesOf(kindOf('host_samples_history')).filter((row) => row['host_status'] === '1' && row['host_id'] === place.host(0)),
    timeOf,
  );
  // The second host is gone; the first has four cores.
  assert.deepEqual(
    series(lastDay, 0)['Average Host Cores'],
    lastDay.points.map((at) => (atOnce.has(at) ? 4 : null)),
  );
}
