import { transaction } from '@virgate/database';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { ensurePart } from '../warehouse/partitions.ts';
import { addRows } from './add-rows.ts';
import { place } from './report-figures.ts';
import { entityId, seeded, type Sample } from './synthetic-history.ts';

/** Ninety days before a day, whose trends are known. */
export const today = '2030-06-01';
const days = 90;
const dayMs = 86_400_000;
/** The day so many days after the first. */
const dayName = (day: number): string => new Date(Date.parse(`${today}T00:00:00Z`) + (day - days) * dayMs).toISOString().slice(0, 10);

const random = seeded(2030);
const noise = (): number => random() + random() + random() - 1.5;
const over = (valueOf: (day: number) => number): number[] => Array.from({ length: days }, (_, day) => valueOf(day));

interface TrendDomain {
  id: string;
  name: string;
  total: number;
  /** Whole GiB of each day, as the table has them. */
  used: number[];
  finding: RegExp;
}

const domain = (index: number, name: string, used: number[], finding: RegExp, total = 800): TrendDomain => ({
  id: entityId(40, index),
  name,
  total,
  used: used.map((value) => Math.round(value)),
  finding,
});
export const trendDomains: readonly TrendDomain[] = [
  // 440 + 2 a day: 620 today, 640 (80 %) ten days later by itself; of the last sixty days the same.
  domain(
    0,
    'straight',
    over((day) => 440 + 2 * day),
    /^Full in \d+ days by its trend/,
  ),
  domain(
    1,
    'noisy',
    over((day) => 200 + 1.5 * day + 30 * noise()),
    /^Full in \d+ days by its trend, in \d+/,
  ),
  // Every seventh day something large comes and goes.
  domain(
    2,
    'spikes',
    over((day) => 300 + day + (day % 7 === 6 ? 150 : 0)),
    /^Full in \d+ days by its trend/,
  ),
  domain(
    3,
    'flat',
    over(() => 100),
    /^No certain growth/,
  ),
  domain(
    4,
    'shrinking',
    over((day) => 500 - day),
    /^No certain growth/,
  ),
  domain(
    5,
    'full',
    over((day) => 600 + day),
    /^80 % are used already/,
  ),
  domain(6, 'new', [100, 120, 140, 160, 180, 200], /^Too little data: 6 days are known, 7 are needed/),
  domain(
    7,
    'slow',
    over((day) => 100 + Math.floor(day / 12)),
    /not full within ten years/,
  ),
  // Many days have the same value.
  domain(
    8,
    'steps',
    over((day) => 500 + 15 * Math.floor(day / 15)),
    /^Full in \d+ days by its trend/,
  ),
];

interface TrendHost {
  id: string;
  version: number;
  size: { memory: number; cpu: number };
  percent: { memory: number[]; cpu: number[] };
}
export const trendHosts: readonly TrendHost[] = [0, 1].map((index) => ({
  id: place.host(index),
  version: 2001 + index,
  size: { memory: 64 * (index + 1), cpu: 8 * (index + 1) },
  percent: { memory: over((day) => Math.round(30 + day / 3 + 2 * noise())), cpu: over((day) => Math.round(20 + day / 4 + 5 * noise())) },
}));

interface TrendVm {
  id: string;
  name: string;
  vcpus: number;
  memoryMib: number;
  /** Days on which it ran, before today; percent of CPU on average and in the highest hour, of memory on average and at most. */
  ran: number;
  use: [cpu: number, cpuHighest: number, memory: number, memoryHighest: number];
  /** Finding, vCPUs, recommended vCPUs, GiB, recommended GiB; null when nothing is to be said of it. */
  expected: [string, number, number, number, number] | null;
}
/** In the order of what is saved: a vCPU is four GiB. */
export const trendVms: readonly TrendVm[] = (
  [
    // 35 % of 8 are 2.8, at 70 % that is 4. 40 % of 32 GiB are 12.8, at 80 % that is 16.
    ['idle', 8, 32_768, 30, [10, 35, 20, 40], ['Too large', 8, 4, 32, 16]],
    ['half', 4, 4096, 30, [5, 20, 50, 70], ['Too large', 4, 2, 4, 4]],
    // 100 % of 2 are 2, at 70 % that is 3. 10 % of 4096 MiB are 410, at 80 % 512.
    ['mixed', 2, 4096, 30, [80, 100, 5, 10], ['Both', 2, 3, 4, 0.5]],
    ['busy', 2, 2048, 30, [90, 100, 90, 100], ['Too small', 2, 3, 2, 2.5]],
    ['fits', 4, 8192, 30, [50, 65, 60, 75], null],
    ['young', 8, 32_768, 6, [1, 2, 3, 4], null],
    ['never', 8, 32_768, 0, [1, 2, 3, 4], null],
  ] as const
).map(([name, vcpus, memoryMib, ran, use, expected], index) => ({
  id: entityId(41, index),
  name,
  vcpus,
  memoryMib,
  ran,
  use: [...use],
  expected: expected === null ? null : [...expected],
}));

/** Writes all of it into the tables of days, with the configurations that it needs. */
export async function addTrends(db: Kysely<Tables>): Promise<void> {
  const since = new Date('2029-01-01T00:00:00Z');
  await sql`insert into history.datacenter_configuration (datacenter_id, datacenter_name, datacenter_description) values (${place.dataCenter}, 'center', '')`.execute(
    db,
  );
  await sql`insert into history.cluster_configuration (cluster_id, cluster_name, compatibility_version, datacenter_id) values (${place.clusters[0]}, 'cluster0', '4.7', ${place.dataCenter})`.execute(
    db,
  );
  for (const one of trendDomains)
    await sql`insert into history.storage_domain_configuration (storage_domain_id, storage_domain_name, storage_domain_type, storage_type, create_date)
      values (${one.id}, ${one.name}, 1, 1, ${since})`.execute(db);
  for (const { id, version, size } of trendHosts)
    await sql`insert into history.host_configuration (history_id, host_id, host_name, cluster_id, host_type, fqdn_or_ip, memory_size_mb, number_of_cores, vdsm_port, create_date)
      overriding system value values (${version}, ${id}, ${id}, ${place.clusters[0]}, 0, 'x', ${size.memory * 1024}, ${size.cpu}, 54321, ${since})`.execute(
      db,
    );
  for (const [index, vm] of trendVms.entries())
    await sql`insert into history.vm_configuration (history_id, vm_id, vm_name, cluster_id, template_id, operating_system, memory_size_mb, cpu_per_socket, number_of_sockets, create_date)
      overriding system value values (${3001 + index}, ${vm.id}, ${vm.name}, ${place.clusters[0]}, ${entityId(8, 0)}, 5, ${vm.memoryMib}, ${vm.vcpus}, 1, ${since})`.execute(
      db,
    );
  // How large domains are is known by their last sample.
  const newest = `${dayName(days)}T00:00:00.000Z`;
  await transaction(db, (trx) => ensurePart(trx, 'storage_domain_samples_history', 'day', Date.parse(newest)));
  for (const { id, total, used } of trendDomains)
    await sql`insert into history.storage_domain_samples_history (history_datetime, storage_domain_id, storage_domain_status, used_disk_size_gb, available_disk_size_gb, seconds_in_status)
      values (${newest}::timestamptz, ${id}, 1, ${used.at(-1) ?? 0}, ${total - (used.at(-1) ?? 0)}, 60)`.execute(db);
  const domains = trendDomains.flatMap(({ id, used, total }) =>
    used.map((value, day): Sample => ({
      history_datetime: dayName(days - used.length + day),
      storage_domain_id: id,
      storage_domain_status: '1',
      used_disk_size_gb: String(value),
      available_disk_size_gb: String(total - value),
      minutes_in_status: '1440',
    })),
  );
  const hosts = trendHosts.flatMap(({ id, version, percent }) =>
    percent.memory.map((memory, day): Sample => ({
      history_datetime: dayName(day),
      host_id: id,
      host_status: '1',
      minutes_in_status: '1440',
      memory_usage_percent: String(memory),
      cpu_usage_percent: String(percent.cpu[day] ?? 0),
      host_configuration_version: String(version),
    })),
  );
  const vms = trendVms.flatMap(({ id, ran, use: [cpu, cpuHighest, memory, memoryHighest] }, index) =>
    Array.from({ length: ran }, (_, back): Sample => ({
      history_datetime: dayName(days - 1 - back),
      vm_id: id,
      vm_status: '1',
      minutes_in_status: '1440',
      vm_configuration_version: String(3001 + index),
      cpu_usage_percent: String(cpu),
      // One day was the busiest.
      max_cpu_usage: String(back === 3 ? cpuHighest : cpu),
      peak_cpu_usage: '100',
      memory_usage_percent: String(memory),
      max_memory_usage: String(memory),
      peak_memory_usage: String(back === 2 ? memoryHighest : memory),
    })),
  );
  await addRows(
    db,
    new Map([
      ['storage_domain_daily_history', domains],
      ['host_daily_history', hosts],
      ['vm_daily_history', vms],
    ]),
    'year',
  );
}

/**
 * What a forecast says of the days before today, by the plainest way to compute it: days until the limit, earliest, latest; null where
 * nothing is to be said.
 */
export function expectedForecast(used: readonly number[], limit: number): { days: (number | null)[] } {
  const nothing = { days: [null, null, null] };
  const count = used.length;
  if (count < 7) return nothing;
  if ((used.at(-1) ?? 0) >= limit) return { days: [0, null, null] };
  const ascending = (values: number[]): number[] => values.toSorted((left, right) => left - right);
  const share = (values: number[], part: number): number => {
    const place = (values.length - 1) * part;
    const [low, high] = [values[Math.floor(place)] ?? 0, values[Math.ceil(place)] ?? 0];
    return low + (high - low) * (place % 1);
  };
  const slopes = ascending(used.flatMap((first, left) => used.slice(left + 1).map((second, more) => (second - first) / (more + 1))));
  const slope = share(slopes, 0.5);
  const equal = [...new Set(used)].map((value) => used.filter((one) => one === value).length);
  const spread = Math.sqrt((count * (count - 1) * (2 * count + 5) - equal.reduce((sum, t) => sum + t * (t - 1) * (2 * t + 5), 0)) / 18);
  const low = slopes[Math.round((slopes.length - 1.6448536269514722 * spread) / 2 - 1)] ?? 0;
  const high = slopes[Math.min(Math.round((slopes.length + 1.6448536269514722 * spread) / 2), slopes.length - 1)] ?? 0;
  if (low <= 0) return nothing;
  // Days are counted from today, which is the day after the last.
  const middle = -(count + 1) / 2;
  const level = share(ascending(used.map((value, index) => value - slope * (index - count - middle))), 0.5);
  const rest = ascending(used.map((value, index) => value - level - slope * (index - count - middle)));
  const until = (by: number, offset: number): number => Math.max(Math.ceil((limit - level - offset) / by + middle - 1e-9), 0);
  const expected = until(slope, 0);
  if (expected > 3650) return nothing;
  const latest = until(low, Math.min(share(rest, 0.05), 0));
  return {
    days: [expected, Math.min(until(high, Math.max(share(rest, 0.95), 0)), expected), latest > 3650 ? null : Math.max(latest, expected)],
  };
}
