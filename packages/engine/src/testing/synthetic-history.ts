/** Samples of days that never were, out of a seed: for tests that know what they add up to. */

/** Values as PostgreSQL writes them; null for unknown. */
export type Sample = Record<string, string | null>;

/** Samples by table, in the order in which they come in. Late ones come when the rest is summed up already. */
export interface SyntheticHistory {
  timely: Map<string, Sample[]>;
  late: Map<string, Sample[]>;
}

/** Numbers 0 ≤ x < 1, always the same for a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const minuteMs = 60_000;
const everyMs = 4 * minuteMs;
/** The id of an object of a kind, by their numbers. */
export const entityId = (kind: number, index: number): string =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(index).padStart(12, '0')}`;

const counts = { host: 2, vm: 4, vm_interface: 3, host_interface: 2, vm_disk: 3, storage_domain: 2, vm_disks_usage: 2 } as const;
type Kind = keyof typeof counts;
const kinds = Object.keys(counts) as Kind[];

/**
 * Samples of everything over spans of time. Some values are unknown, statuses change within hours, the last of each kind is gone
 * at the middle of its span, versions change (VM 1 moves to another host in the middle of an hour), some samples come twice and some late.
 */
export function syntheticHistory(seed: number, spans: readonly { fromMs: number; toMs: number }[]): SyntheticHistory {
  const random = seeded(seed);
  const below = (most: number): number => Math.floor(random() * most);
  const maybe = (value: string): string | null => (random() < 0.1 ? null : value);
  const whole = (most: number): string => String(below(most));
  const decimal = (most: number, digits: number): string => (random() * most).toFixed(digits);
  const counter = (ms: number): string => `${Math.floor(ms / 1000)}${whole(1000).padStart(3, '0')}`;
  const nic = (ms: number): Sample => ({
    receive_rate_percent: maybe(decimal(100, 4)),
    transmit_rate_percent: maybe(decimal(100, 4)),
    received_total_byte: maybe(counter(ms)),
    transmitted_total_byte: maybe(counter(ms)),
    received_dropped_total_packets: whole(9),
    transmitted_dropped_total_packets: whole(9),
  });
  const status = (ms: number, index: number): string => (Math.floor(ms / minuteMs / 17 + index) % 5 === 0 ? '2' : '1');
  const version = (ms: number, index: number): string => String(1 + index * 10 + (Math.floor(ms / (90 * minuteMs)) % 2));
  const make: Record<Kind, (ms: number, index: number) => Sample> = {
    host: (ms, index) => ({
      host_id: entityId(1, index),
      host_status: status(ms, index),
      memory_usage_percent: maybe(whole(101)),
      cpu_usage_percent: maybe(whole(101)),
      ksm_cpu_percent: maybe(whole(5)),
      active_vms: whole(30),
      total_vms: whole(40),
      total_vms_vcpus: whole(400),
      cpu_load: maybe(whole(900)),
      system_cpu_usage_percent: maybe(whole(50)),
      user_cpu_usage_percent: maybe(whole(50)),
      swap_used_mb: maybe(whole(9000)),
      ksm_shared_memory_mb: maybe(whole(9000)),
      host_configuration_version: version(ms, index),
      seconds_in_status: '60',
    }),
    host_interface: (ms, index) => ({
      host_interface_id: entityId(2, index),
      host_interface_configuration_version: version(ms, index),
      ...nic(ms),
    }),
    vm: (ms, index) => ({
      vm_id: entityId(3, index),
      vm_status: status(ms, index),
      cpu_usage_percent: maybe(whole(101)),
      memory_usage_percent: maybe(whole(101)),
      user_cpu_usage_percent: index === 0 ? null : maybe(whole(60)),
      system_cpu_usage_percent: maybe(whole(40)),
      memory_buffered_kb: maybe(whole(9_000_000)),
      memory_cached_kb: maybe(whole(9_000_000)),
      vm_ip: maybe(`10.0.0.${index}`),
      vm_client_ip: maybe('192.0.2.1'),
      current_user_name: index === 1 ? maybe('ann') : null,
      current_user_id: index === 2 ? maybe(entityId(9, below(2))) : null,
      user_logged_in_to_guest: index === 1 ? 'true' : 'false',
      // In the middle of an hour it is somewhere else.
      currently_running_on_host: entityId(1, index === 1 && Math.floor(ms / (30 * minuteMs)) % 2 === 0 ? 1 : 0),
      vm_configuration_version: version(ms, index),
      current_host_configuration_version: version(ms, 0),
      seconds_in_status: random() < 0.05 ? '31' : '60',
    }),
    vm_interface: (ms, index) => ({
      vm_interface_id: entityId(4, index),
      vm_interface_configuration_version: version(ms, index),
      ...nic(ms),
    }),
    vm_disk: (ms, index) => ({
      vm_disk_id: entityId(5, index),
      image_id: entityId(6, index * 10 + (Math.floor(ms / (45 * minuteMs)) % 2)),
      vm_disk_status: index === 2 ? maybe('1') : status(ms, index),
      vm_disk_actual_size_mb: whole(100_000),
      read_rate_bytes_per_second: maybe(whole(90_000_000)),
      read_latency_seconds: maybe(decimal(2, 9)),
      write_rate_bytes_per_second: maybe(whole(90_000_000)),
      write_latency_seconds: maybe(decimal(2, 9)),
      flush_latency_seconds: maybe(decimal(2, 9)),
      read_ops_total_count: maybe(counter(ms)),
      write_ops_total_count: maybe(counter(ms)),
      vm_disk_configuration_version: version(ms, index),
      seconds_in_status: '60',
    }),
    storage_domain: (ms, index) => ({
      storage_domain_id: entityId(7, index),
      storage_domain_status: status(ms, index),
      available_disk_size_gb: maybe(whole(5_000)),
      used_disk_size_gb: maybe(whole(5_000)),
      storage_configuration_version: version(ms, index),
      seconds_in_status: '60',
    }),
    vm_disks_usage: (ms, index) => ({ vm_id: entityId(3, index), disks_usage: `[{"path":"/","used":"${below(1e6)}"}]` }),
  };
  const history: SyntheticHistory = { timely: new Map(), late: new Map() };
  for (const kind of kinds) {
    const timely: Sample[] = [];
    const late: Sample[] = [];
    for (const { fromMs, toMs } of spans)
      for (let ms = fromMs; ms < toMs; ms += everyMs)
        for (let index = 0; index < counts[kind]; index += 1) {
          if (index === counts[kind] - 1 && ms > (fromMs + toMs) / 2) continue;
          const sample = (): Sample => ({ history_datetime: new Date(ms).toISOString(), ...make[kind](ms, index) });
          const chance = random();
          const comesLate = Math.floor(ms / (60 * minuteMs)) % 5 === 0;
          (comesLate && chance < 0.05 ? late : timely).push(sample());
          if (chance > 0.98) (comesLate && chance > 0.99 ? late : timely).push(sample());
        }
    history.timely.set(`${kind}_samples_history`, timely);
    history.late.set(`${kind}_samples_history`, late);
  }
  return history;
}
