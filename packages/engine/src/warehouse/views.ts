import { families, tables, views } from './facts.ts';

/** Where a kind of the views' names lies. */
interface Source {
  table: string;
  key: string;
}

/** Configuration by the last part of the view's name. */
const configurations: Readonly<Record<string, Source>> = {
  clusters: { table: 'cluster_configuration', key: 'cluster_id' },
  datacenters: { table: 'datacenter_configuration', key: 'datacenter_id' },
  hosts: { table: 'host_configuration', key: 'host_id' },
  hosts_interfaces: { table: 'host_interface_configuration', key: 'host_interface_id' },
  storage_domains: { table: 'storage_domain_configuration', key: 'storage_domain_id' },
  vms: { table: 'vm_configuration', key: 'vm_id' },
  vms_devices: { table: 'vm_device_history', key: 'device_id, vm_id' },
  vms_disks: { table: 'vm_disk_configuration', key: 'vm_disk_id' },
  vms_interfaces: { table: 'vm_interface_configuration', key: 'vm_interface_id' },
};

/** Statistics by what stands between `statistics_` and the grain. */
const statistics: Readonly<Record<string, string>> = {
  hosts_interfaces_resources_usage: 'host_interface',
  hosts_resources_usage: 'host',
  storage_domains_resources_usage: 'storage_domain',
  vms_disks_resources_usage: 'vm_disk',
  vms_interfaces_resources_usage: 'vm_interface',
  vms_resources_usage: 'vm',
  vms_users_usage: 'statistics_vms_users_usage',
};

type Grain = 'samples' | 'hourly' | 'daily';

const tableOf = (family: string, grain: Grain): string => {
  const found = families.find(({ name }) => name === family);
  if (found === undefined) throw new Error(`The warehouse has no samples of ${family}`);
  return found[grain];
};

/** How long a status lasted: samples tell seconds, sums tell minutes; views tell both. */
const seconds = (alias: string, grain: Grain): string =>
  grain === 'samples' ? `${alias}.seconds_in_status` : `(${alias}.minutes_in_status * 60)::integer`;
const minutes = (alias: string, grain: Grain): string =>
  grain === 'samples' ? `(${alias}.seconds_in_status::numeric / 60)::numeric(7,2)` : `${alias}.minutes_in_status`;

/** A view's columns: from the first of these that has a column of that name. */
type Named = Readonly<Record<string, string>>;
function picked(view: string, columns: readonly string[], special: Named, places: readonly { alias: string; table: string }[]): string {
  return columns
    .map((column) => {
      const place = places.find(({ table }) => tables.get(table)?.[column] !== undefined);
      const value = special[column] ?? (place && `${place.alias}.${column}`);
      if (value === undefined) throw new Error(`${view} has a column ${column} that no table has`);
      return `${value} as ${column}`;
    })
    .join(', ');
}

const newest = ({ table, key }: Source): string =>
  `s.history_id in (select max(n.history_id) from history.${table} n group by ${key
    .split(', ')
    .map((one) => `n.${one}`)
    .join(', ')})`;

function configurationView(view: string, columns: readonly string[], latest: boolean, source: Source): string {
  const where = latest ? ` where ${newest(source)} and s.delete_date is null` : '';
  return `select ${picked(view, columns, {}, [{ alias: 's', table: source.table }])} from history.${source.table} s${where}`;
}

function statisticsView(view: string, columns: readonly string[], family: string, grain: Grain): string {
  const table = tableOf(family, grain);
  const special = { seconds_in_status: seconds('s', grain), minutes_in_status: minutes('s', grain) };
  if (family !== 'vm') return `select ${picked(view, columns, special, [{ alias: 's', table }])} from history.${table} s`;
  const usage = tableOf('vm_disks_usage', grain);
  return `select ${picked(view, columns, special, [
    { alias: 's', table },
    { alias: 'u', table: usage },
  ])} from history.${table} s left join history.${usage} u on u.vm_id = s.vm_id and u.history_datetime = s.history_datetime`;
}

/** Dates of a configuration under a prefix: `host_create_date`. */
const dates = (prefix: string, alias: string): Named =>
  Object.fromEntries(['create_date', 'update_date', 'delete_date'].map((date) => [`${prefix}_${date}`, `${alias}.${date}`]));

/** Hosts with their NICs: a row for each NIC that there are figures of at the time; one without when there is none. */
function joinedHosts(view: string, columns: readonly string[], grain: Grain): string {
  const ofHost = tableOf('host', grain);
  const ofNic = tableOf('host_interface', grain);
  const special = {
    ...dates('host', 'c'),
    ...dates('host_interface', 'i'),
    host_seconds_in_status: seconds('s', grain),
    host_minutes_in_status: minutes('s', grain),
  };
  return `select ${picked(view, columns, special, [
    { alias: 's', table: ofHost },
    { alias: 'c', table: 'host_configuration' },
    { alias: 'i', table: 'host_interface_configuration' },
    { alias: 'x', table: ofNic },
  ])} from history.${ofHost} s join history.host_configuration c on c.history_id = s.host_configuration_version
    left join (history.${ofNic} x join history.host_interface_configuration i on i.history_id = x.host_interface_configuration_version)
      on i.host_id = s.host_id and x.history_datetime = s.history_datetime`;
}

/** VMs with their devices: a row for each that was there at the time, with its figures when it is a NIC or a disk. */
function joinedVms(view: string, columns: readonly string[], grain: Grain): string {
  const ofVm = tableOf('vm', grain);
  const ofNic = tableOf('vm_interface', grain);
  const ofDisk = tableOf('vm_disk', grain);
  const usage = tableOf('vm_disks_usage', grain);
  const length = { samples: '0 seconds', hourly: '1 hour', daily: '1 day' }[grain];
  const special = {
    ...dates('vm', 'c'),
    ...dates('device', 'd'),
    ...dates('vm_interface', 'i'),
    ...dates('vm_disk', 'k'),
    device_type: 'd.type',
    vm_seconds_in_status: seconds('s', grain),
    vm_minutes_in_status: minutes('s', grain),
    seconds_in_status: seconds('s', grain),
    minutes_in_status: minutes('s', grain),
    vm_disk_seconds_in_status: seconds('y', grain),
    vm_disk_minutes_in_status: minutes('y', grain),
  };
  return `select ${picked(view, columns, special, [
    { alias: 's', table: ofVm },
    { alias: 'c', table: 'vm_configuration' },
    { alias: 'u', table: usage },
    { alias: 'd', table: 'vm_device_history' },
    { alias: 'i', table: 'vm_interface_configuration' },
    { alias: 'x', table: ofNic },
    { alias: 'k', table: 'vm_disk_configuration' },
    { alias: 'y', table: ofDisk },
  ])} from history.${ofVm} s join history.vm_configuration c on c.history_id = s.vm_configuration_version
    left join history.${usage} u on u.vm_id = s.vm_id and u.history_datetime = s.history_datetime
    left join lateral (select distinct on (v.device_id) v.* from history.vm_device_history v
      where v.vm_id = s.vm_id and coalesce(v.update_date, v.create_date) <= s.history_datetime + interval '${length}'
      order by v.device_id, v.history_id desc) d on d.delete_date is null or d.delete_date > s.history_datetime
    left join (history.${ofNic} x join history.vm_interface_configuration i on i.history_id = x.vm_interface_configuration_version)
      on x.vm_interface_id = d.device_id and x.history_datetime = s.history_datetime
    left join (history.${ofDisk} y join history.vm_disk_configuration k on k.history_id = y.vm_disk_configuration_version)
      on y.vm_disk_id = d.device_id and y.history_datetime = s.history_datetime`;
}

/** Views that stand alone. */
const others: Readonly<Record<string, { table: string; where?: string }>> = {
  latest_map_datacenters_storage_domains: { table: 'datacenter_storage_domain_map', where: 's.detach_date is null' },
  map_history_datacenters_storage_domains: { table: 'datacenter_storage_domain_map' },
  latest_tags_details: { table: 'tag_details', where: `${newest({ table: 'tag_details', key: 'tag_id' })} and s.delete_date is null` },
  tags_details_history: { table: 'tag_details' },
  latest_tags_relations: { table: 'tag_relations_history', where: 's.detach_date is null' },
  tags_relations_history: { table: 'tag_relations_history' },
  latest_users_details: { table: 'users_details_history', where: 's.delete_date is null' },
  users_details_history: { table: 'users_details_history' },
  enum_translator: {
    table: 'enum_translator',
    where: `s.language_code = (select c.var_value from history.history_configuration c where c.var_name = 'default_language')`,
  },
};

/** The query of a view. @throws {Error} when the facts name a view or a column that is not known here */
function queryOf(view: string, columns: readonly string[]): string {
  const name = view.replace(/^v\d_\d_/, '');
  const other = others[name];
  if (other !== undefined)
    return `select ${picked(view, columns, {}, [{ alias: 's', table: other.table }])} from history.${other.table} s${other.where === undefined ? '' : ` where ${other.where}`}`;
  const [, state, kind] = /^(latest_configuration|configuration_history)_(\w+)$/.exec(name) ?? [];
  const configuration = configurations[kind ?? ''];
  if (configuration !== undefined) return configurationView(view, columns, state === 'latest_configuration', configuration);
  const [, joined, what = '', grain] = /^(fully_joined_)?statistics_(\w+)_(samples|hourly|daily)$/.exec(name) ?? [];
  const family = statistics[what];
  if (family === undefined) throw new Error(`Nobody knows what the view ${view} shows`);
  if (joined === undefined) return statisticsView(view, columns, family, grain as Grain);
  return (family === 'host' ? joinedHosts : joinedVms)(view, columns, grain as Grain);
}

/** Statements that make the warehouse's views, with its names, columns and order. Pure. */
export function viewStatements(): string[] {
  return views.map(({ view, columns }) => `create view history.${view} as ${queryOf(view, columns)}`);
}
