import type { Sample } from './synthetic-history.ts';

/** How a kind is summed up, said once more by hand, so that the figures of the warehouse are checked against others than its own. */
export interface Figures {
  samples: string;
  hourly: string;
  daily: string;
  entity: string;
  /** Columns of the key, by their name in samples. */
  keys: Readonly<Record<string, string>>;
  where?: (sample: Sample) => boolean;
  /** Minutes, from seconds. */
  minutes?: string;
  /** Mean → name of the highest (null when there is none), with the digits after the point. */
  means: Readonly<Record<string, readonly [highest: string | null, digits: number]>>;
  highest?: readonly string[];
  last: readonly string[];
}

const usage = (names: Record<string, string>, digits: number): Figures['means'] =>
  Object.fromEntries(Object.entries(names).map(([mean, highest]) => [mean, [highest, digits]]));
const nicFigures = (kind: string): Figures => ({
  samples: `${kind}_samples_history`,
  hourly: `${kind}_hourly_history`,
  daily: `${kind}_daily_history`,
  entity: `${kind}_id`,
  keys: { [`${kind}_id`]: `${kind}_id` },
  means: usage({ receive_rate_percent: 'max_receive_rate_percent', transmit_rate_percent: 'max_transmit_rate_percent' }, 4),
  last: [
    `${kind}_configuration_version`,
    'received_total_byte',
    'transmitted_total_byte',
    'received_dropped_total_packets',
    'transmitted_dropped_total_packets',
  ],
});
const ofVm = {
  cpu_usage_percent: 'max_cpu_usage',
  memory_usage_percent: 'max_memory_usage',
  user_cpu_usage_percent: 'max_user_cpu_usage_percent',
  system_cpu_usage_percent: 'max_system_cpu_usage_percent',
};

/** Every kind. Source: data warehouse, aggregation. */
export const figures: readonly Figures[] = [
  {
    samples: 'host_samples_history',
    hourly: 'host_hourly_history',
    daily: 'host_daily_history',
    entity: 'host_id',
    keys: { host_id: 'host_id', host_status: 'host_status' },
    minutes: 'minutes_in_status',
    means: usage(
      {
        memory_usage_percent: 'max_memory_usage',
        cpu_usage_percent: 'max_cpu_usage',
        ksm_cpu_percent: 'max_ksm_cpu_percent',
        active_vms: 'max_active_vms',
        total_vms: 'max_total_vms',
        total_vms_vcpus: 'max_total_vms_vcpus',
        cpu_load: 'max_cpu_load',
        system_cpu_usage_percent: 'max_system_cpu_usage_percent',
        user_cpu_usage_percent: 'max_user_cpu_usage_percent',
        swap_used_mb: 'max_swap_used_mb',
        ksm_shared_memory_mb: 'max_ksm_shared_memory_mb',
      },
      0,
    ),
    last: ['host_configuration_version'],
  },
  nicFigures('host_interface'),
  nicFigures('vm_interface'),
  {
    samples: 'vm_samples_history',
    hourly: 'vm_hourly_history',
    daily: 'vm_daily_history',
    entity: 'vm_id',
    keys: { vm_id: 'vm_id', vm_status: 'vm_status' },
    minutes: 'minutes_in_status',
    means: usage({ ...ofVm, memory_buffered_kb: 'max_memory_buffered_kb', memory_cached_kb: 'max_memory_cached_kb' }, 0),
    last: ['vm_ip', 'current_user_id', 'currently_running_on_host', 'vm_configuration_version', 'current_host_configuration_version'],
  },
  {
    samples: 'vm_samples_history',
    hourly: 'statistics_vms_users_usage_hourly',
    daily: 'statistics_vms_users_usage_daily',
    entity: 'vm_id',
    keys: { user_id: 'current_user_id', user_name: 'current_user_name', vm_id: 'vm_id' },
    where: (sample) => sample['vm_status'] === '1' && (sample['current_user_id'] !== null || sample['current_user_name'] !== null),
    minutes: 'session_time_in_minutes',
    means: usage(ofVm, 0),
    last: [
      'vm_ip',
      'vm_client_ip',
      'currently_running_on_host',
      'vm_configuration_version',
      'current_host_configuration_version',
      'user_logged_in_to_guest',
    ],
  },
  {
    samples: 'storage_domain_samples_history',
    hourly: 'storage_domain_hourly_history',
    daily: 'storage_domain_daily_history',
    entity: 'storage_domain_id',
    keys: { storage_domain_id: 'storage_domain_id', storage_domain_status: 'storage_domain_status' },
    minutes: 'minutes_in_status',
    means: {},
    highest: ['available_disk_size_gb', 'used_disk_size_gb'],
    last: ['storage_configuration_version'],
  },
  {
    samples: 'vm_disk_samples_history',
    hourly: 'vm_disk_hourly_history',
    daily: 'vm_disk_daily_history',
    entity: 'vm_disk_id',
    keys: { vm_disk_id: 'vm_disk_id', vm_disk_status: 'vm_disk_status' },
    minutes: 'minutes_in_status',
    means: {
      vm_disk_actual_size_mb: [null, 0],
      read_rate_bytes_per_second: ['max_read_rate_bytes_per_second', 0],
      write_rate_bytes_per_second: ['max_write_rate_bytes_per_second', 0],
      read_latency_seconds: ['max_read_latency_seconds', 9],
      write_latency_seconds: ['max_write_latency_seconds', 9],
      flush_latency_seconds: ['max_flush_latency_seconds', 9],
    },
    last: ['vm_disk_configuration_version', 'image_id', 'read_ops_total_count', 'write_ops_total_count'],
  },
  {
    samples: 'vm_disks_usage_samples_history',
    hourly: 'vm_disks_usage_hourly_history',
    daily: 'vm_disks_usage_daily_history',
    entity: 'vm_id',
    keys: { vm_id: 'vm_id' },
    means: {},
    last: ['disks_usage'],
  },
];

/** A decimal as a whole number of its last digits. */
function scaled(text: string, digits: number): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(digits, '0').slice(0, digits));
}

function unscaled(value: bigint, digits: number): string {
  if (digits === 0) return String(value);
  const text = String(value).padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Half away from zero; all of these numbers are positive. */
const divided = (sum: bigint, by: bigint): bigint => (sum * 2n + by) / (by * 2n);

function mean(values: readonly (string | null)[], digits: number): string | null {
  const known = values.filter((value): value is string => value !== null);
  if (known.length === 0) return null;
  const sum = known.map((value) => scaled(value, digits)).reduce((left, right) => left + right, 0n);
  return unscaled(divided(sum, BigInt(known.length)), digits);
}

function most(values: readonly (string | null)[], digits: number): string | null {
  const known = values.filter((value): value is string => value !== null).map((value) => scaled(value, digits));
  return known.length === 0
    ? null
    : unscaled(
        known.reduce((left, right) => (left > right ? left : right)),
        digits,
      );
}

const groups = <T>(all: readonly T[], keyOf: (one: T) => string): T[][] => [...Map.groupBy(all, keyOf).values()];

/** Of several samples of an object and time the one that came last; in the order of time. */
function once(samples: readonly Sample[], entity: string): Sample[] {
  const newest = new Map(samples.map((sample) => [`${sample[entity]} ${sample['history_datetime']}`, sample]));
  return [...newest.values()].toSorted(
    (left, right) => Date.parse(left['history_datetime'] ?? '') - Date.parse(right['history_datetime'] ?? ''),
  );
}

/** Rows of hours, out of samples in the order in which they came. */
export function hourlyRows(kind: Figures, samples: readonly Sample[]): Sample[] {
  const { entity, keys, where = () => true, minutes, means, highest = [], last } = kind;
  const hourOf = (sample: Sample): string => `${sample['history_datetime']?.slice(0, 13)}:00:00.000Z`;
  const counted = once(samples, entity).filter(where);
  return groups(counted, (sample) => JSON.stringify([hourOf(sample), ...Object.values(keys).map((key) => sample[key])])).map((group) => {
    const newest = group.at(-1) ?? {};
    const all = (column: string): (string | null)[] => group.map((sample) => sample[column] ?? null);
    const row: Sample = { history_datetime: hourOf(newest) };
    for (const [column, source] of Object.entries(keys)) row[column] = newest[source] ?? null;
    const seconds = group.map((sample) => BigInt(sample['seconds_in_status'] ?? '0')).reduce((left, right) => left + right, 0n);
    if (minutes !== undefined) row[minutes] = unscaled(divided(seconds * 100n, 60n), 2);
    for (const [column, [top, digits]] of Object.entries(means)) {
      row[column] = mean(all(column), digits);
      if (top !== null) row[top] = most(all(column), digits);
    }
    for (const column of highest) row[column] = most(all(column), 0);
    for (const column of last) row[column] = newest[column] ?? null;
    return row;
  });
}

/** Rows of days, out of rows of hours; `dayOf` tells the local day of a time. */
export function dailyRows(kind: Figures, hours: readonly Sample[], dayOf: (ms: number) => string): Sample[] {
  const { keys, minutes, means, highest = [], last } = kind;
  const day = (row: Sample): string => dayOf(Date.parse(row['history_datetime'] ?? ''));
  const sorted = hours.toSorted((left, right) => Date.parse(left['history_datetime'] ?? '') - Date.parse(right['history_datetime'] ?? ''));
  return groups(sorted, (row) => JSON.stringify([day(row), ...Object.keys(keys).map((key) => row[key])])).map((group) => {
    const newest = group.at(-1) ?? {};
    const all = (column: string): (string | null)[] => group.map((row) => row[column] ?? null);
    const out: Sample = { history_datetime: day(newest) };
    for (const column of Object.keys(keys)) out[column] = newest[column] ?? null;
    if (minutes !== undefined)
      out[minutes] = unscaled(
        all(minutes)
          .map((value) => scaled(value ?? '0', 2))
          .reduce((left, right) => left + right, 0n),
        2,
      );
    for (const [column, [top, digits]] of Object.entries(means)) {
      out[column] = mean(all(column), digits);
      if (top === null) continue;
      // The warehouse's: the highest of the means. Ours beside it: the highest of all.
      out[top] = most(all(column), digits);
      out[top.replace('max_', 'peak_')] = most(all(top), digits);
    }
    for (const column of highest) out[column] = most(all(column), 0);
    for (const column of last) out[column] = newest[column] ?? null;
    return out;
  });
}
