import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import { clustersOf, idsOf, readChosen, type Asked, type PlacedObject } from './chosen.ts';
import { lastingOf, ofObjects, pointOf, tableOf, timeOf, weighted } from './measured.ts';
import { choosable, chosenObjects } from './objects.ts';
import type { ReportSpan } from './period.ts';
import type { FigureRow } from './rows.ts';

const rounded = (value: RawBuilder<unknown>): RawBuilder<number> => sql<number>`round((${value})::numeric, 2)::float8`;
const percent = (part: RawBuilder<unknown>, whole: RawBuilder<unknown>): RawBuilder<number> =>
  rounded(sql`100.0 * ${part} / nullif(${whole}, 0)`);

/** Chosen hosts and VMs. */
interface Machines {
  host: PlacedObject[];
  vm: PlacedObject[];
}
const readMachines = async (db: Kysely<Tables>, asked: Asked): Promise<Machines> => ({
  host: await readChosen(db, 'host', asked),
  vm: await readChosen(db, 'vm', asked),
});

/** Rows `s` of running machines with the configuration `v` that they had then. */
function running(
  kind: 'host' | 'vm',
  machines: Machines,
  span: ReportSpan,
): { from: RawBuilder<unknown>; cores: RawBuilder<number>; lasted: RawBuilder<number> } {
  const table = tableOf(kind, span.grain);
  return {
    from: sql`from ${sql.table(`history.${table}`)} s join ${sql.table(`history.${kind}_configuration`)} v on v.history_id = ${sql.ref(`s.${kind}_configuration_version`)}
      where ${ofObjects(`${kind}_id`, idsOf(machines[kind]), span, span.grain)} and ${sql.ref(`s.${kind}_status`)} = 1`,
    cores: kind === 'host' ? sql`v.number_of_cores` : sql`(v.cpu_per_socket * v.number_of_sockets)`,
    lasted: lastingOf(table, span.grain)?.units ?? sql`1`,
  };
}

/** Sizes of running machines at points of a span: `memory` and `cores` of each, as they were then, by how long they had them. */
function sizes(kind: 'host' | 'vm', machines: Machines, span: ReportSpan, point: RawBuilder<unknown>): RawBuilder<unknown> {
  const { from, cores, lasted } = running(kind, machines, span);
  return sql`select ${point} as point, ${sql.ref(`s.${kind}_id`)} as id, ${weighted(sql`v.memory_size_mb::bigint`, lasted)} as memory, ${weighted(sql`${cores}::bigint`, lasted)} as cores,
      sum(${lasted}) as lasted ${from} group by 1, 2`;
}

/** All of running machines at each point: of sums of hours and days one row is one machine. */
function sizesAt(kind: 'host' | 'vm', machines: Machines, span: ReportSpan): RawBuilder<unknown> {
  if (span.grain === 'samples')
    return sql`select point, sum(memory) as memory, sum(cores) as cores, sum(memory * lasted) as weighed_memory, sum(cores * lasted) as weighed_cores, sum(lasted) as lasted
      from (${sizes(kind, machines, span, pointOf(span.grain))}) each_machine group by 1`;
  const { from, cores, lasted } = running(kind, machines, span);
  return sql`select s.history_datetime as point, sum(v.memory_size_mb) as memory, sum(${cores}) as cores, sum(v.memory_size_mb::bigint * ${lasted}) as weighed_memory,
      sum(${cores}::bigint * ${lasted}) as weighed_cores, sum(${lasted}) as lasted ${from} group by 1`;
}

/**
 * At each point memory and cores of running hosts, on average by the minutes that they ran, against all of running VMs together. Source:
 * data warehouse, report BR19.
 */
export async function capacityAndUsage(asked: Asked, db: Kysely<Tables>): Promise<RawBuilder<FigureRow>> {
  const { span } = asked;
  const machines = await readMachines(db, asked);
  return sql<FigureRow>`with hosts as (${sizesAt('host', machines, span)}), vms as (${sizesAt('vm', machines, span)})
    select ${timeOf(sql`point`, span.grain, span.timeZone)} as at, ${rounded(sql`h.weighed_memory / nullif(h.lasted, 0)`)} as host_mem_avg, ${rounded(sql`v.memory`)} as vm_mem_total,
      ${rounded(sql`h.weighed_cores / nullif(h.lasted, 0)`)} as host_cpu_cores, ${rounded(sql`v.cores`)} as vm_cpu_cores_total
    from hosts h full join vms v using (point) order by point`;
}

/** For each cluster the sizes of VMs against those of hosts, in percent, the most first. Source: data warehouse, units DR14 and DR25. */
export async function overCommit(asked: Asked, db: Kysely<Tables>): Promise<RawBuilder<FigureRow>> {
  const machines = await readMachines(db, asked);
  const sums = (kind: 'host' | 'vm'): RawBuilder<unknown> =>
    sql`select c.cluster_id, sum(memory) as memory, sum(cores) as cores from (${sizes(kind, machines, asked.span, sql`0`)}) m join ${clustersOf(machines[kind])} on c.id = m.id group by 1`;
  const names = new Map(machines.host.map(({ cluster_id, cluster_name }) => [cluster_id, cluster_name]));
  return sql<FigureRow>`select * from (select h.cluster_id as id, n.label, ${percent(sql`coalesce(v.cores, 0)`, sql`h.cores`)} as cpu_over_commit,
      ${percent(sql`coalesce(v.memory, 0)`, sql`h.memory`)} as memory_over_commit
    from (${sums('host')}) h left join (${sums('vm')}) v using (cluster_id)
      left join unnest(${[...names.keys()]}::uuid[], ${[...names.values()]}::text[]) n (cluster_id, label) using (cluster_id)) o
    order by greatest(cpu_over_commit, memory_over_commit) desc nulls last, label, id`;
}

/** How many objects of each kind there are. Source: data warehouse, units DR1 to DR3. */
export function entityCounts({ reader, criteria, span }: Asked): RawBuilder<FigureRow> {
  const all = { ...criteria, showDeleted: false };
  const count = (kind: 'data_center' | 'cluster' | 'host' | 'vm' | 'storage_domain'): RawBuilder<number> =>
    sql<number>`(select count(*)::float8 from (${choosable(kind, reader, all, span.timeZone)}) n)`;
  return sql<FigureRow>`select ${count('data_center')} as data_centers, ${count('cluster')} as clusters, ${count('host')} as hosts, ${count('vm')} as vms,
    ${count('storage_domain')} as storage_domains`;
}

/**
 * What is allocated against what there is, by cluster or data center, if wanted by the tags of VMs too, by the newest configurations; what
 * runs by the last sums of hours. Source: data warehouse, report BR48.
 */
export function capacityPlanning({ reader, criteria, span }: Asked): RawBuilder<FigureRow> {
  const { displayBy, groupByTag } = criteria;
  const placed = { ...criteria, showDeleted: false };
  const place = displayBy === 'data_center' ? sql`c.data_center_name` : sql`coalesce(c.cluster_name, '')`;
  const id = displayBy === 'data_center' ? sql`k.datacenter_id` : sql`c.cluster_id`;
  const clusters = sql`(select distinct on (cluster_id) cluster_id, datacenter_id from history.cluster_configuration order by cluster_id, history_id desc)`;
  const tags =
    groupByTag === true
      ? sql`left join (select r.entity_id, t.tag_name from history.v4_5_latest_tags_relations r join history.v4_5_latest_tags_details t on t.tag_id = r.parent_id where r.entity_type = 2) g on g.entity_id = c.id`
      : sql`cross join (select null::text as tag_name) g`;
  const gb = (value: RawBuilder<unknown>): RawBuilder<number> => rounded(sql`${value} / 1024.0`);
  return sql<FigureRow>`with hosts as (
      select ${id} as id, min(c.data_center_name) as data_center_name, min(${place}) as label, count(*) as hosts, sum(n.number_of_cores) as cpus, sum(n.memory_size_mb) as memory
      from (${chosenObjects('host', reader, placed, span.timeZone)}) c join history.host_configuration n on n.history_id = c.version left join ${clusters} k on k.cluster_id = c.cluster_id group by 1),
    running as (select distinct s.vm_id from history.vm_hourly_history s where s.vm_status = 1
      and s.history_datetime = (select max(history_datetime) from history.vm_hourly_history)),
    vm_disks as (select v.vm_id, sum(d.vm_disk_size_mb) as size, sum(z.actual) as actual from (select distinct vm_id, device_id from history.v4_5_latest_configuration_vms_devices) v
      join (select distinct on (vm_disk_id) * from history.vm_disk_configuration order by vm_disk_id, history_id desc) d on d.vm_disk_id = v.device_id and d.delete_date is null
      left join lateral (select s.vm_disk_actual_size_mb as actual from history.vm_disk_hourly_history s where s.vm_disk_id = d.vm_disk_id order by s.history_datetime desc limit 1) z on true group by 1),
    vms as (select ${id} as id, g.tag_name as tag, min(c.data_center_name) as data_center_name, min(${place}) as label, count(*) as vms, count(r.vm_id) as running,
        sum(n.cpu_per_socket * n.number_of_sockets) as cpus, sum(n.memory_size_mb) as memory,
        sum(n.cpu_per_socket * n.number_of_sockets) filter (where r.vm_id is not null) as running_cpus, sum(n.memory_size_mb) filter (where r.vm_id is not null) as running_memory,
        sum(x.size) as disk, sum(x.actual) as disk_used
      from (${chosenObjects('vm', reader, placed, span.timeZone)}) c join history.vm_configuration n on n.history_id = c.version left join ${clusters} k on k.cluster_id = c.cluster_id
        left join running r on r.vm_id = c.id left join vm_disks x on x.vm_id = c.id ${tags} group by 1, 2),
    disks as (select m.datacenter_id, sum(z.free + z.used) as total, sum(z.used) as used from history.datacenter_storage_domain_map m
        join (${chosenObjects('storage_domain', reader, placed, span.timeZone)}) c on c.id = m.storage_domain_id
        join lateral (select available_disk_size_gb as free, used_disk_size_gb as used from history.storage_domain_hourly_history s
          where s.storage_domain_id = m.storage_domain_id and s.available_disk_size_gb is not null order by s.history_datetime desc limit 1) z on true
      where m.detach_date is null group by 1),
    joined as (select coalesce(h.id, v.id) as id, coalesce(h.data_center_name, v.data_center_name) as data_center_name, coalesce(h.label, v.label) as label, v.tag,
        coalesce(h.hosts, 0) as hosts, coalesce(h.cpus, 0) as cpus, coalesce(h.memory, 0) as memory, coalesce(v.vms, 0) as vms, coalesce(v.running, 0) as running,
        coalesce(v.cpus, 0) as vm_cpus, coalesce(v.memory, 0) as vm_memory, coalesce(v.running_cpus, 0) as running_cpus, coalesce(v.running_memory, 0) as running_memory,
        coalesce(v.disk, 0) as vm_disk, coalesce(v.disk_used, 0) as vm_disk_used
      from hosts h full join vms v on v.id = h.id)
    select j.id::text || coalesce(j.tag, '') as id, j.data_center_name, j.label, j.tag, j.hosts::float8, j.vms::float8, j.running::float8 as running_vms,
      j.cpus::float8 as host_cpus, j.vm_cpus::float8, ${percent(sql`j.vm_cpus`, sql`j.cpus`)} as cpu_commit, ${percent(sql`j.running_cpus`, sql`j.cpus`)} as cpu_running,
      ${gb(sql`j.memory`)} as host_memory_gb, ${gb(sql`j.vm_memory`)} as vm_memory_gb, ${percent(sql`j.vm_memory`, sql`j.memory`)} as memory_commit,
      ${percent(sql`j.running_memory`, sql`j.memory`)} as memory_running, d.total::float8 as disk_gb, ${gb(sql`j.vm_disk`)} as vm_disk_gb, ${gb(sql`j.vm_disk_used`)} as vm_disk_used_gb,
      ${percent(sql`j.vm_disk / 1024.0`, sql`d.total`)} as disk_commit, ${percent(sql`d.used`, sql`d.total`)} as disk_used
    from joined j left join ${clusters} k on k.cluster_id = j.id left join disks d on d.datacenter_id = coalesce(k.datacenter_id, j.id)
    order by j.data_center_name, j.label, j.tag, j.id`;
}
