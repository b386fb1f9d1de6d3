import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import type { ColumnTypes } from './columns.ts';
import { versionOf } from './configuration.ts';
import { foldedStatuses, numbered } from './folding.ts';

type Sql = RawBuilder<unknown>;

/** Time between two samples, which each of them stands for. Source: data warehouse, DWH_SAMPLING. */
export const samplingSeconds = 60;
/** Statistics older than this are of another time: what they would say is unknown. */
const freshSeconds = 150;

/** Where samples of a kind come from. */
interface Source {
  table: string;
  columns: Readonly<Record<string, Sql>>;
  from: (at: Date) => Sql;
}

const fresh = (at: Date): Sql => sql`s.sampled_at > ${at}::timestamptz - ${freshSeconds} * interval '1 second'`;
/** A member of a JSON object as a number. */
const number = (of: Sql, name: string): Sql => sql`(${of} ->> ${sql.lit(name)})::numeric`;
/** Share of a NIC's speed that a rate takes, in percent. */
const linkPercent = (sample: Sql, rate: string): Sql =>
  sql`case when ${number(sample, 'speedMbps')} > 0 then least(100, ${number(sample, rate)} * 8 * 100 / (${number(sample, 'speedMbps')} * 1000000)) end`;
const ofNic = (sample: Sql): Record<string, Sql> => ({
  receive_rate_percent: linkPercent(sample, 'rxBytesPerSecond'),
  transmit_rate_percent: linkPercent(sample, 'txBytesPerSecond'),
  received_total_byte: number(sample, 'rxBytes'),
  transmitted_total_byte: number(sample, 'txBytes'),
  received_dropped_total_packets: number(sample, 'rxDropped'),
  transmitted_dropped_total_packets: number(sample, 'txDropped'),
});
const runs = sql`v.status not in ('down', 'suspended', 'image_locked')`;
const ofAll = (percent: Sql): Sql => sql`least(100, ${percent} / greatest(1, t.cpu_sockets * t.cpu_cores * t.cpu_threads))`;
const interval = sql`${sql.lit(samplingSeconds)}`;

export const sampleSources: readonly Source[] = [
  {
    table: 'host_samples_history',
    columns: {
      host_id: sql`h.host_id`,
      host_status: numbered(sql`h.status`, foldedStatuses.host),
      memory_usage_percent: sql`s.memory_used_percent`,
      cpu_usage_percent: sql`least(100, s.cpu_user_percent + s.cpu_system_percent)`,
      ksm_cpu_percent: sql`s.ksm_cpu_percent`,
      active_vms: sql`s.active_vms`,
      total_vms: sql`s.total_vms`,
      total_vms_vcpus: sql`(select coalesce(sum(t.cpu_sockets * t.cpu_cores * t.cpu_threads), 0) from vm_state v join vm t on t.id = v.vm_id where v.host_id = h.host_id)`,
      cpu_load: sql`s.cpu_load_percent`,
      system_cpu_usage_percent: sql`least(100, s.cpu_system_percent)`,
      user_cpu_usage_percent: sql`least(100, s.cpu_user_percent)`,
      swap_used_mb: sql`(s.swap_total_bytes - s.swap_free_bytes) / 1048576`,
      ksm_shared_memory_mb: sql`s.memory_shared_bytes / 1048576`,
      host_configuration_version: versionOf('host_configuration', 'host_id', sql`h.host_id`),
      seconds_in_status: interval,
    },
    from: (at) => sql`host_state h left join host_statistics s on s.host_id = h.host_id and ${fresh(at)}`,
  },
  {
    table: 'host_interface_samples_history',
    columns: {
      host_interface_id: sql`n.id`,
      ...ofNic(sql`x.sample`),
      host_interface_configuration_version: versionOf('host_interface_configuration', 'host_interface_id', sql`n.id`),
    },
    from: (at) => sql`host_nic n join host_statistics s on s.host_id = n.host_id and ${fresh(at)}
      cross join lateral (select s.raw -> 'nics' -> n.name as sample) x where x.sample is not null`,
  },
  {
    table: 'storage_domain_samples_history',
    columns: {
      storage_domain_id: sql`d.id`,
      available_disk_size_gb: sql`d.available_bytes / 1073741824`,
      used_disk_size_gb: sql`d.used_bytes / 1073741824`,
      storage_configuration_version: versionOf('storage_domain_configuration', 'storage_domain_id', sql`d.id`),
      storage_domain_status: sql`(select case when count(*) = 0 then 0 when count(*) filter (where c.status = 'active') = count(*) then 1
        when count(*) filter (where c.status = 'locked') > 0 then 4 when count(*) filter (where c.status = 'active') = 0 then 2 else 3 end
        from data_center_storage_domain c where c.storage_domain_id = d.id)`,
      seconds_in_status: interval,
    },
    from: () => sql`storage_domain d`,
  },
  {
    table: 'vm_samples_history',
    columns: {
      vm_id: sql`t.id`,
      vm_status: numbered(sql`v.status`, foldedStatuses.vm),
      cpu_usage_percent: sql`s.cpu_usage_percent`,
      memory_usage_percent: sql`s.memory_usage_percent`,
      vm_ip: sql`(select string_agg(a, ' ') from jsonb_path_query(v.guest, '$.interfaces[*].ipv4[*]') p cross join lateral (select p #>> '{}') q (a))`,
      current_user_name: sql`v.guest ->> 'user'`,
      user_logged_in_to_guest: sql`coalesce(v.guest ->> 'user', '') <> ''`,
      currently_running_on_host: sql`v.host_id`,
      user_cpu_usage_percent: ofAll(sql`s.cpu_user_percent`),
      system_cpu_usage_percent: ofAll(sql`s.cpu_system_percent`),
      memory_buffered_kb: sql`(s.memory_bytes ->> 'bufferedBytes')::bigint / 1024`,
      memory_cached_kb: sql`(s.memory_bytes ->> 'cachedBytes')::bigint / 1024`,
      vm_configuration_version: versionOf('vm_configuration', 'vm_id', sql`t.id`),
      current_host_configuration_version: versionOf('host_configuration', 'host_id', sql`v.host_id`),
      seconds_in_status: interval,
    },
    from: (at) => sql`vm t join vm_state v on v.vm_id = t.id left join vm_statistics s on s.vm_id = t.id and ${fresh(at)} and ${runs}
      where t.entity_type = 'vm'`,
  },
  {
    table: 'vm_interface_samples_history',
    columns: {
      vm_interface_id: sql`n.id`,
      ...ofNic(sql`x.value`),
      vm_interface_configuration_version: versionOf('vm_interface_configuration', 'vm_interface_id', sql`n.id`),
    },
    from: (at) => sql`vm_state v join vm_statistics s on s.vm_id = v.vm_id and ${fresh(at)} and ${runs}
      cross join lateral jsonb_each(s.nics) x join nic n on n.vm_id = v.vm_id and lower(n.mac) = x.value ->> 'mac'`,
  },
  {
    table: 'vm_disk_samples_history',
    columns: {
      vm_disk_id: sql`d.id`,
      image_id: sql`i.id`,
      vm_disk_status: numbered(sql`d.status`, foldedStatuses.disk),
      vm_disk_actual_size_mb: sql`i.actual_bytes / 1048576`,
      read_rate_bytes_per_second: number(sql`x.sample`, 'readBytesPerSecond'),
      write_rate_bytes_per_second: number(sql`x.sample`, 'writeBytesPerSecond'),
      read_latency_seconds: number(sql`x.sample`, 'readLatencySeconds'),
      write_latency_seconds: number(sql`x.sample`, 'writeLatencySeconds'),
      flush_latency_seconds: number(sql`x.sample`, 'flushLatencySeconds'),
      read_ops_total_count: number(sql`x.sample`, 'readOps'),
      write_ops_total_count: number(sql`x.sample`, 'writeOps'),
      vm_disk_configuration_version: versionOf('vm_disk_configuration', 'vm_disk_id', sql`d.id`),
      seconds_in_status: interval,
    },
    from: (at) => sql`disk d join image i on i.disk_id = d.id and i.active
      left join lateral (select s.disks -> (d.id::text) as sample from disk_attachment a join vm_state v on v.vm_id = a.vm_id and ${runs}
        join vm_statistics s on s.vm_id = a.vm_id and ${fresh(at)} where a.disk_id = d.id and s.disks ? (d.id::text) limit 1) x on true
      where d.content_type = 'data' and exists (select 1 from disk_attachment a join vm t on t.id = a.vm_id where a.disk_id = d.id and t.entity_type = 'vm')`,
  },
  {
    table: 'vm_disks_usage_samples_history',
    columns: { vm_id: sql`v.vm_id`, disks_usage: sql`s.file_systems::text` },
    from: (at) =>
      sql`vm_state v join vm_statistics s on s.vm_id = v.vm_id and ${fresh(at)} and ${runs} where s.file_systems <> '[]'::jsonb`,
  },
];

/** Writes one sample of everything, a statement for each kind; no host is asked. */
export async function recordSamples(trx: Transaction<Tables>, types: ColumnTypes, at: Date): Promise<void> {
  for (const { table, columns, from } of sampleSources) {
    const names = Object.keys(columns);
    await sql`insert into ${sql.table(`history.${table}`)} (history_datetime, ${sql.join(names.map((name) => sql.ref(name)))})
      select ${at}::timestamptz, ${sql.join(Object.entries(columns).map(([name, value]) => sql`(${value})::${sql.raw(types(table, name))}`))} from ${from(at)}`.execute(
      trx,
    );
  }
}

/** Takes the samples of one time away. */
export async function removeSamples(trx: Transaction<Tables>, at: Date): Promise<void> {
  for (const { table } of sampleSources)
    await sql`delete from ${sql.table(`history.${table}`)} where history_datetime = ${at}`.execute(trx);
}
