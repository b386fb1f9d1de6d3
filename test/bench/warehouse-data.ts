/** Five years of sums of days, and sixty days of sums of hours, out of a seed: rows as the warehouse's aggregation leaves them. */
import { ensurePart, type Tables } from '@virgate/engine/bench';
import { sql, type Kysely } from 'kysely';

/** What there is of each kind, and how it is named. */
export const inventory = { vms: 1000, hosts: 100, clusters: 10, dataCenters: 2, domains: 10, nicsOfHost: 2, seed: 46 } as const;
/** The days that rows are of, and for how many of the last of them there are hours too. */
export const years = { firstDay: '2025-01-01', lastDay: '2029-12-31', days: 1826, hourlyDays: 60 } as const;

const { vms, hosts, clusters, dataCenters, domains, nicsOfHost, seed } = inventory;
/** How many configurations each VM and host has had; one day belongs to one. */
const versions = 4;
const daysOfVersion = Math.ceil(years.days / versions);
const firstMs = Date.parse(`${years.firstDay}T00:00:00Z`);
const dayMs = 86_400_000;

/** Runs a text of SQL as it is. */
export const run = (db: Kysely<Tables>, text: string): Promise<unknown> => sql.raw(text).execute(db);

const kinds = { dataCenter: 1, cluster: 2, host: 3, vm: 4, domain: 5, hostNic: 6, nic: 7, disk: 8, user: 9, priceList: 0 } as const;
/** The id of the `n`th object of a kind. */
export const idOf = (kind: keyof typeof kinds, n: number): string => `0000000${kinds[kind]}-0000-4000-8000-${String(n).padStart(12, '0')}`;
const id = (kind: keyof typeof kinds, n = 'n'): string => `('0000000${kinds[kind]}-0000-4000-8000-' || lpad((${n})::text, 12, '0'))::uuid`;

/** A number 0 ≤ x < `most` by day (or hour) `d` and object `n`, always the same for the seed. */
const chance = (salt: number, most: number): string =>
  `((hashint8extended(d * 1000000::bigint + n, ${seed * 1000 + salt}) & 2147483647) % ${most})`;
/** The number of the configuration of day `d`. */
const version = (day: string): string => `(n * ${versions} + least(${day} / ${daysOfVersion}, ${versions - 1}) + 1)`;

interface Rows {
  table: string;
  count: number;
  /** Columns beside the time, by what they are. `whole` is how many minutes a row of a whole span has, `day` the number of its day. */
  columns: (whole: number, day: string) => Record<string, string>;
  /** Statuses of a day or hour with how many minutes each lasted; those of no minutes have no row. */
  statuses?: (whole: number) => string;
}

const usage = (salt: number): Record<string, string> => ({
  cpu_usage_percent: chance(salt, 60),
  max_cpu_usage: `40 + ${chance(salt + 1, 60)}`,
  memory_usage_percent: chance(salt + 2, 70),
  max_memory_usage: `30 + ${chance(salt + 3, 70)}`,
  user_cpu_usage_percent: chance(salt + 4, 40),
  max_user_cpu_usage_percent: `30 + ${chance(salt + 5, 40)}`,
  system_cpu_usage_percent: chance(salt + 6, 20),
  max_system_cpu_usage_percent: `10 + ${chance(salt + 7, 20)}`,
});
const nic = (salt: number): Record<string, string> => ({
  receive_rate_percent: `${chance(salt, 1000)} / 10.0`,
  max_receive_rate_percent: '100',
  transmit_rate_percent: `${chance(salt + 1, 1000)} / 10.0`,
  max_transmit_rate_percent: '100',
  received_total_byte: `d * 1000000000::numeric + n`,
  transmitted_total_byte: `d * 1000000::numeric + n`,
});
/** Most run all the time, one in ten is down, one in ten both. */
const upAndDown =
  (salt: number, off: number) =>
  (whole: number): string => {
    const chosen = chance(salt, 10);
    return `(values (1, case ${chosen} when 0 then ${whole / 2} when 1 then 0 else ${whole} end), (${off}, case ${chosen} when 0 then ${whole / 2} when 1 then ${whole} else 0 end))`;
  };

const rows: readonly Rows[] = [
  {
    table: 'vm',
    count: vms,
    columns: (_, day) => ({
      vm_id: id('vm'),
      ...usage(10),
      vm_ip: `'10.0.' || n / 250 || '.' || n % 250`,
      currently_running_on_host: id('host', `n % ${hosts}`),
      vm_configuration_version: version(day),
      current_host_configuration_version: `(n % ${hosts}) * ${versions} + 1`,
      memory_buffered_kb: chance(20, 1_000_000),
      memory_cached_kb: chance(21, 1_000_000),
      max_memory_buffered_kb: chance(22, 1_000_000),
      max_memory_cached_kb: chance(23, 1_000_000),
    }),
    statuses: upAndDown(24, 0),
  },
  {
    table: 'host',
    count: hosts,
    columns: (_, day) => ({
      host_id: id('host'),
      ...usage(30),
      ksm_cpu_percent: '0',
      max_ksm_cpu_percent: '1',
      active_vms: chance(40, 20),
      max_active_vms: `10 + ${chance(41, 20)}`,
      total_vms: '20',
      max_total_vms: '30',
      total_vms_vcpus: '60',
      max_total_vms_vcpus: '80',
      cpu_load: chance(42, 400),
      max_cpu_load: '400',
      swap_used_mb: '0',
      max_swap_used_mb: '0',
      host_configuration_version: version(day),
      ksm_shared_memory_mb: '0',
      max_ksm_shared_memory_mb: '0',
    }),
    statuses: upAndDown(43, 3),
  },
  {
    table: 'host_interface',
    count: hosts * nicsOfHost,
    columns: () => ({ host_interface_id: id('hostNic'), host_interface_configuration_version: 'n + 1', ...nic(50) }),
  },
  {
    table: 'vm_interface',
    count: vms,
    columns: () => ({ vm_interface_id: id('nic'), vm_interface_configuration_version: 'n + 1', ...nic(52) }),
  },
  {
    table: 'vm_disk',
    count: vms,
    columns: (whole) => ({
      vm_disk_id: id('disk'),
      image_id: id('disk'),
      vm_disk_status: '1',
      minutes_in_status: `${whole}`,
      vm_disk_actual_size_mb: `10000 + d * 3 + n`,
      read_rate_bytes_per_second: chance(60, 90_000_000),
      max_read_rate_bytes_per_second: '90000000',
      write_rate_bytes_per_second: chance(61, 90_000_000),
      max_write_rate_bytes_per_second: '90000000',
      read_latency_seconds: '0.001',
      write_latency_seconds: '0.002',
      vm_disk_configuration_version: 'n + 1',
    }),
  },
  {
    table: 'storage_domain',
    count: domains,
    columns: (whole, day) => ({
      storage_domain_id: id('domain'),
      storage_domain_status: '1',
      minutes_in_status: `${whole}`,
      available_disk_size_gb: `20000 - (${day}) * 5`,
      used_disk_size_gb: `1000 + (${day}) * 5`,
      storage_configuration_version: 'n + 1',
    }),
  },
];
/** Every fifth VM is used by somebody each day. */
const sessions: Rows = {
  table: 'statistics_vms_users_usage',
  count: vms / 5,
  columns: () => ({ vm_id: id('vm', 'n * 5'), user_name: `'user' || n % 40`, session_time_in_minutes: chance(70, 1440), ...usage(71) }),
};

async function fill(db: Kysely<Tables>, { table, count, columns, statuses }: Rows, grain: 'daily' | 'hourly'): Promise<void> {
  const daily = grain === 'daily';
  const whole = daily ? 1440 : 60;
  const target = table === sessions.table ? `${table}_${grain}` : `${table}_${grain}_history`;
  const steps = daily ? years.days : years.hourlyDays * 24;
  const first = daily ? 0 : (years.days - years.hourlyDays) * 24;
  const start = `'${years.firstDay}'::${daily && table !== sessions.table ? 'date::timestamp' : 'timestamptz'}`;
  const value = columns(whole, daily ? 'd' : 'd / 24');
  const stepMs = daily ? dayMs : dayMs / 24;
  // Rows of a day come together, as when they were summed up.
  const slice = daily ? 30 : 24;
  for (let from = first; from < first + steps; from += slice) {
    for (const ms of [from, Math.min(from + slice, first + steps) - 1].map((step) => firstMs + step * stepMs))
      await db.transaction().execute((trx) => ensurePart(trx, target, daily ? 'year' : 'week', ms));
    await run(
      db,
      `insert into history.${target} (history_datetime, ${Object.keys(value).join(', ')}${statuses === undefined ? '' : `, ${table}_status, minutes_in_status`})
       select ${start} + d * interval '1 ${daily ? 'day' : 'hour'}', ${Object.values(value).join(', ')}${statuses === undefined ? '' : ', x.status, x.minutes'}
       from generate_series(${from}, ${Math.min(from + slice, first + steps) - 1}) d cross join generate_series(0, ${count - 1}) n
         ${statuses === undefined ? '' : `cross join lateral ${statuses(whole)} x (status, minutes) where x.minutes > 0`} order by d, n`,
    );
  }
}

/** Configurations of all objects; the numbers of those of VMs and hosts are the versions that their rows have. */
async function configure(db: Kysely<Tables>): Promise<void> {
  const created = `'${years.firstDay}'::timestamptz`;
  const each = (count: number): string => `generate_series(0, ${count - 1}) n`;
  const eachVersion = (count: number): string => `${each(count)} cross join generate_series(0, ${versions - 1}) v order by n, v`;
  const statements = [
    `datacenter_configuration (datacenter_id, datacenter_name, datacenter_description, create_date)
      select ${id('dataCenter')}, 'center' || n, '', ${created} from ${each(dataCenters)}`,
    `cluster_configuration (cluster_id, cluster_name, compatibility_version, datacenter_id, create_date)
      select ${id('cluster')}, 'cluster' || n, '4.7', ${id('dataCenter', `n % ${dataCenters}`)}, ${created} from ${each(clusters)}`,
    `host_configuration (host_id, host_name, cluster_id, host_type, fqdn_or_ip, memory_size_mb, number_of_cores, host_os, vdsm_port, create_date)
      select ${id('host')}, 'host' || n, ${id('cluster', `n % ${clusters}`)}, 0, 'host' || n, 262144 + v * 65536, 32 + v * 16,
        (array['RHEL - 9', 'Debian - 12', 'Fedora - 40'])[1 + n % 3], 54321, ${created} from ${eachVersion(hosts)}`,
    `vm_configuration (vm_id, vm_name, cluster_id, template_id, operating_system, vm_type, memory_size_mb, cpu_per_socket, number_of_sockets, high_availability, create_date)
      select ${id('vm')}, 'vm' || n, ${id('cluster', `n % ${clusters}`)}, ${id('vm', '0')}, (array[18, 17, 5, 0, 24, 25, 13])[1 + (n + v) % 7], n % 2, 1024 * (1 + (n + v) % 16),
        1 + n % 4, 1 + n % 2, n % 5 = 0, ${created} from ${eachVersion(vms)}`,
    `host_interface_configuration (host_interface_id, host_interface_name, host_id, create_date)
      select ${id('hostNic')}, 'eth' || n % ${nicsOfHost}, ${id('host', `n / ${nicsOfHost}`)}, ${created} from ${each(hosts * nicsOfHost)}`,
    `vm_interface_configuration (vm_interface_id, vm_interface_name, vm_id, create_date) select ${id('nic')}, 'nic1', ${id('vm')}, ${created} from ${each(vms)}`,
    `vm_disk_configuration (vm_disk_id, vm_disk_name, vm_disk_size_mb, create_date) select ${id('disk')}, 'disk' || n, 102400, ${created} from ${each(vms)}`,
    `vm_device_history (vm_id, device_id, type, address, is_managed, is_readonly, create_date)
      select ${id('vm')}, ${id('disk')}, 'disk', '', true, false, ${created} from ${each(vms)}`,
    `storage_domain_configuration (storage_domain_id, storage_domain_name, storage_domain_type, storage_type, create_date)
      select ${id('domain')}, 'domain' || n, 1, 1, ${created} from ${each(domains)}`,
    `datacenter_storage_domain_map (storage_domain_id, datacenter_id, attach_date)
      select ${id('domain')}, ${id('dataCenter', `n % ${dataCenters}`)}, ${created} from ${each(domains)}`,
  ];
  for (const statement of statements) await run(db, `insert into history.${statement}`);
}

/** Fills the warehouse, and leaves the tables as they are after five years: vacuumed and analyzed part by part, as the server does by itself. */
export async function fillYears(db: Kysely<Tables>): Promise<void> {
  await configure(db);
  for (const kind of [...rows, sessions]) await fill(db, kind, 'daily');
  for (const kind of rows) await fill(db, kind, 'hourly');
  await sql`insert into price_list (id, name, currency, vcpu_hour, memory_gib_hour, gib_month)
    values (${idOf('priceList', 1)}, 'usual', 'EUR', 0.0125::price, 0.001::price, 0.07::price)`.execute(db);
  await sql`insert into cluster_price values (${idOf('priceList', 1)}, ${idOf('cluster', 1)}, 0.033333333::price, 0.005::price)`.execute(
    db,
  );
  const { rows: found } = await sql<{
    name: string;
  }>`select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'history' and c.relkind = 'r'`.execute(db);
  for (const { name } of found) await run(db, `vacuum (analyze) ${name}`);
}
