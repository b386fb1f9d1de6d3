import { sql, type RawBuilder } from 'kysely';
import { enumerations } from '../facts.ts';
import { chosenObjects } from './objects.ts';
import type { Asked } from './chosen.ts';
import type { FigureRow } from './rows.ts';
import { systemsTable } from './systems.ts';

const gb = (column: string): RawBuilder<number> => sql<number>`round(${sql.ref(column)}::numeric / 1024, 2)::float8`;

/** The word for a number, as the warehouse's translator has it. */
const worded = (kind: string, value: RawBuilder<unknown>): RawBuilder<string> =>
  sql<string>`(${JSON.stringify(enumerations[kind] ?? {})}::jsonb ->> (${value})::text)`;

/** Hosts by their newest configuration. Source: data warehouse, report BR1. */
export function hostsInventory({ reader, criteria, span }: Asked): RawBuilder<FigureRow> {
  return sql<FigureRow>`select c.id, c.label, c.cluster_name, n.fqdn_or_ip as address, n.host_os as os, n.number_of_cores::float8 as cores, n.cpu_model,
      ${worded('HOST_TYPE', sql`n.host_type`)} as type, ${gb('n.memory_size_mb')} as memory_gb, n.vdsm_version, c.create_date, c.delete_date
    from (${chosenObjects('host', reader, criteria, span.timeZone)}) c join history.host_configuration n on n.history_id = c.version
    order by c.cluster_name, c.label, c.id`;
}

/** VMs by their newest configuration. Source: data warehouse, report BR9. */
export function vmsInventory({ reader, criteria, span }: Asked): RawBuilder<FigureRow> {
  return sql<FigureRow>`select c.id, c.label, c.cluster_name, n.template_name, ${worded('VM_TYPE', sql`n.vm_type`)} as type, o.name as os,
      ${gb('n.memory_size_mb')} as memory_gb, (n.cpu_per_socket * n.number_of_sockets)::float8 as cores, c.create_date, c.delete_date
    from (${chosenObjects('vm', reader, criteria, span.timeZone)}) c join history.vm_configuration n on n.history_id = c.version
      left join ${systemsTable} o on o.id = n.operating_system
    order by c.cluster_name, c.label, c.id`;
}

/** The newest known size of storage domains `c`: of their last sample, else of the last day. Samples are read once for all of them. */
export const newestSize = sql`left join (select distinct on (s.storage_domain_id) s.storage_domain_id, s.available_disk_size_gb as free, s.used_disk_size_gb as used
      from history.storage_domain_samples_history s where s.available_disk_size_gb is not null order by s.storage_domain_id, s.history_datetime desc) newest_sample
    on newest_sample.storage_domain_id = c.id
  left join lateral (select s.available_disk_size_gb as free, s.used_disk_size_gb as used from history.storage_domain_daily_history s
      where s.storage_domain_id = c.id and s.available_disk_size_gb is not null order by s.history_datetime desc limit 1) newest_day on true
  cross join lateral (select coalesce(newest_sample.free, newest_day.free) as free, coalesce(newest_sample.used, newest_day.used) as used) z`;

/** Storage domains with their newest size. Source: data warehouse, report BR47. */
export function storageInventory({ reader, criteria, span }: Asked): RawBuilder<FigureRow> {
  return sql<FigureRow>`select c.id, c.label, ${worded('STORAGE_DOMAIN_TYPE', sql`n.storage_domain_type`)} as domain_type,
      ${worded('STORAGE_TYPE', sql`n.storage_type`)} as storage_type, z.free::float8 as free_gb, z.used::float8 as used_gb, (z.free + z.used)::float8 as total_gb,
      c.create_date, c.delete_date
    from (${chosenObjects('storage_domain', reader, criteria, span.timeZone)}) c join history.storage_domain_configuration n on n.history_id = c.version ${newestSize}
    order by c.label, c.id`;
}

/** How full storage domains are, the fullest first. Source: data warehouse, units DR7, DR8 and DR26. */
export function storageNow({ reader, criteria, span }: Asked): RawBuilder<FigureRow> {
  return sql<FigureRow>`select c.id, c.label, z.free::float8 as free_gb, (z.free + z.used)::float8 as total_gb,
      round(100.0 * z.free / nullif(z.free + z.used, 0), 2)::float8 as free_percent, round(100.0 * z.used / nullif(z.free + z.used, 0), 2)::float8 as used_percent
    from (${chosenObjects('storage_domain', reader, criteria, span.timeZone)}) c ${newestSize}
    where z.free is not null order by used_percent desc nulls last, c.label, c.id`;
}
