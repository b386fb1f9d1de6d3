import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import type { ColumnTypes } from './columns.ts';
import { codes, numbered } from './folding.ts';

type Sql = RawBuilder<unknown>;

/** Where a configuration of the warehouse comes from: what identifies an object, its columns, and the rows. */
interface Source {
  table: string;
  key: readonly string[];
  columns: Readonly<Record<string, Sql>>;
  from: Sql;
  /** Since when it is; without it since it is first seen. */
  createdAt?: Sql;
  /** Columns that tell which configuration of another object was in force; they make no new row by themselves. */
  versions?: Readonly<Record<string, Sql>>;
}

const megabytes = (bytes: Sql): Sql => sql`(${bytes} / 1048576)`;
/** The number of the row that is in force for an object. */
export const versionOf = (table: string, key: string, id: Sql): Sql =>
  sql`(select inforce.history_id from ${sql.table(`history.${table}`)} inforce where ${sql.ref(`inforce.${key}`)} = ${id} order by inforce.history_id desc limit 1)`;

/** In this order: who refers to another one's configuration comes after it. */
export const sources: readonly Source[] = [
  {
    table: 'datacenter_configuration',
    key: ['datacenter_id'],
    columns: {
      datacenter_id: sql`d.id`,
      datacenter_name: sql`d.name`,
      datacenter_description: sql`d.description`,
      is_local_storage: sql`d.is_local`,
    },
    from: sql`data_center d`,
    createdAt: sql`d.created_at`,
  },
  {
    table: 'cluster_configuration',
    key: ['cluster_id'],
    columns: {
      cluster_id: sql`c.id`,
      cluster_name: sql`c.name`,
      cluster_description: sql`c.description`,
      datacenter_id: sql`c.data_center_id`,
      cpu_name: sql`c.cpu_type`,
      compatibility_version: sql`c.compatibility_major || '.' || c.compatibility_minor`,
      count_threads_as_cores: sql`c.threads_as_cores`,
    },
    from: sql`cluster c`,
    createdAt: sql`c.created_at`,
    versions: { datacenter_configuration_version: versionOf('datacenter_configuration', 'datacenter_id', sql`c.data_center_id`) },
  },
  {
    table: 'host_configuration',
    key: ['host_id'],
    columns: {
      host_id: sql`h.id`,
      host_unique_id: sql`s.hardware_uuid`,
      host_name: sql`h.name`,
      cluster_id: sql`h.cluster_id`,
      host_type: sql`0`,
      fqdn_or_ip: sql`h.address`,
      memory_size_mb: megabytes(sql`s.memory_bytes`),
      swap_size_mb: sql`null`,
      cpu_model: sql`s.cpu_model`,
      number_of_cores: sql`s.cpu_sockets * s.cpu_cores`,
      number_of_sockets: sql`s.cpu_sockets`,
      threads_per_core: sql`s.cpu_threads`,
      number_of_threads: sql`s.cpu_sockets * s.cpu_cores * s.cpu_threads`,
      cpu_speed_mh: sql`s.cpu_speed_mhz`,
      host_os: sql`s.capabilities -> 'operatingSystem' ->> 'name'`,
      kernel_version: sql`s.capabilities -> 'packages2' -> 'kernel' ->> 'version'`,
      kvm_version: sql`s.capabilities -> 'packages2' -> 'qemu-kvm' ->> 'version'`,
      vdsm_version: sql`s.agent_version`,
      vdsm_port: sql`h.port`,
      hardware_manufacturer: sql`s.hardware ->> 'manufacturer'`,
      hardware_product_name: sql`s.hardware ->> 'product_name'`,
      hardware_version: sql`s.hardware ->> 'version'`,
      hardware_serial_number: sql`s.hardware ->> 'serial_number'`,
    },
    from: sql`host h join host_state s on s.host_id = h.id`,
    createdAt: sql`h.created_at`,
    versions: { cluster_configuration_version: versionOf('cluster_configuration', 'cluster_id', sql`h.cluster_id`) },
  },
  {
    table: 'host_interface_configuration',
    key: ['host_interface_id'],
    columns: {
      host_interface_id: sql`n.id`,
      host_interface_name: sql`n.name`,
      host_id: sql`n.host_id`,
      host_interface_type: sql`case when n.network_name is null then 0 else 2 end`,
      mac_address: sql`n.mac`,
      logical_network_name: sql`n.network_name`,
      bond: sql`n.kind = 'bond'`,
      bond_name: sql`n.bond_name`,
      vlan_id: sql`n.vlan_id`,
    },
    from: sql`host_nic n join host h on h.id = n.host_id`,
    createdAt: sql`h.created_at`,
    versions: { host_configuration_version: versionOf('host_configuration', 'host_id', sql`n.host_id`) },
  },
  {
    table: 'storage_domain_configuration',
    key: ['storage_domain_id'],
    columns: {
      storage_domain_id: sql`d.id`,
      storage_domain_name: sql`d.name`,
      storage_domain_type: sql`case when d.type = 'data' and d.master then 0 else ${numbered(sql`d.type`, codes.storageDomainType)} end`,
      storage_type: numbered(sql`d.storage_type`, codes.storageType),
    },
    from: sql`storage_domain d`,
    createdAt: sql`d.created_at`,
  },
  {
    table: 'vm_configuration',
    key: ['vm_id'],
    columns: {
      vm_id: sql`v.id`,
      vm_name: sql`v.name`,
      vm_description: sql`v.description`,
      vm_type: numbered(sql`v.type`, codes.vmType),
      cluster_id: sql`v.cluster_id`,
      template_id: sql`coalesce(v.template_id, '00000000-0000-0000-0000-000000000000')`,
      template_name: sql`t.name`,
      cpu_per_socket: sql`v.cpu_cores`,
      number_of_sockets: sql`v.cpu_sockets`,
      memory_size_mb: megabytes(sql`v.memory_bytes`),
      operating_system: numbered(sql`v.os_type`, codes.operatingSystem),
      default_host: sql`v.pinned_host_ids[1]`,
      high_availability: sql`v.high_availability`,
      stateless: sql`v.stateless`,
      time_zone: sql`v.settings -> 'time_zone' ->> 'name'`,
      vm_pool_id: sql`p.id`,
      vm_pool_name: sql`p.name`,
      created_by_user_id: sql`v.created_by`,
      created_by_user_name: sql`u.principal`,
    },
    from: sql`vm v join cluster k on k.id = v.cluster_id left join vm t on t.id = v.template_id left join vm_pool_member m on m.vm_id = v.id left join vm_pool p on p.id = m.vm_pool_id
      left join app_user u on u.id = v.created_by where v.entity_type = 'vm'`,
    createdAt: sql`v.created_at`,
    versions: {
      cluster_configuration_version: versionOf('cluster_configuration', 'cluster_id', sql`v.cluster_id`),
      default_host_configuration_version: versionOf('host_configuration', 'host_id', sql`v.pinned_host_ids[1]`),
    },
  },
  {
    table: 'vm_interface_configuration',
    key: ['vm_interface_id'],
    columns: {
      vm_interface_id: sql`n.id`,
      vm_interface_name: sql`n.name`,
      vm_id: sql`n.vm_id`,
      vm_interface_type: numbered(sql`n.interface`, codes.nicInterface),
      mac_address: sql`n.mac`,
      logical_network_name: sql`w.name`,
    },
    from: sql`nic n join vm v on v.id = n.vm_id left join vnic_profile f on f.id = n.vnic_profile_id left join network w on w.id = f.network_id where v.entity_type = 'vm'`,
    createdAt: sql`v.created_at`,
    versions: { vm_configuration_version: versionOf('vm_configuration', 'vm_id', sql`n.vm_id`) },
  },
  {
    table: 'vm_disk_configuration',
    key: ['vm_disk_id'],
    columns: {
      vm_disk_id: sql`d.id`,
      image_id: sql`i.id`,
      storage_domain_id: sql`i.storage_domain_id`,
      vm_disk_name: sql`d.name`,
      vm_disk_description: sql`d.description`,
      vm_disk_size_mb: megabytes(sql`d.provisioned_bytes`),
      vm_disk_type: sql`2`,
      vm_disk_format: numbered(sql`d.format`, codes.diskFormat),
      vm_disk_interface: sql`(select ${numbered(sql`a.interface`, codes.diskInterface)} from disk_attachment a where a.disk_id = d.id order by a.vm_id limit 1)`,
      is_shared: sql`d.shareable`,
    },
    from: sql`disk d join image i on i.disk_id = d.id and i.active where d.content_type = 'data'`,
    createdAt: sql`d.created_at`,
  },
  {
    table: 'vm_device_history',
    key: ['device_id', 'vm_id'],
    columns: {
      device_id: sql`x.id`,
      vm_id: sql`x.vm_id`,
      type: sql`x.type`,
      address: sql`x.address`,
      is_managed: sql`true`,
      is_plugged: sql`x.plugged`,
      is_readonly: sql`x.read_only`,
    },
    // A disk may be attached long after it and its VM were made.
    from: sql`(select a.disk_id as id, a.vm_id, 'disk' as type, '' as address, true as plugged, a.read_only from disk_attachment a
      union all select n.id, n.vm_id, 'interface', coalesce(n.address, ''), n.plugged, false from nic n) x join vm v on v.id = x.vm_id where v.entity_type = 'vm'`,
    versions: { vm_configuration_version: versionOf('vm_configuration', 'vm_id', sql`x.vm_id`) },
  },
];

/** Tags with the names above them; the root stands for all and is none. */
const tags = sql`(with recursive down as (
    select id, name, description, '/' || name as path, 0 as level, created_at from tag where parent_id is null
    union all select t.id, t.name, t.description, d.path || '/' || t.name, d.level + 1, t.created_at from tag t join down d on d.id = t.parent_id)
  select * from down) g`;

const tagSource: Source = {
  table: 'tag_details',
  key: ['tag_id'],
  columns: {
    tag_id: sql`g.id`,
    tag_name: sql`g.name`,
    tag_description: sql`g.description`,
    tag_path: sql`g.path`,
    tag_level: sql`g.level`,
  },
  from: tags,
  createdAt: sql`g.created_at`,
};

const list = (parts: readonly Sql[]): Sql => sql.join(parts, sql`, `);

/** Writes a row for every object of a kind that is new or has changed since its last row, and notes which are there no more. */
async function record(trx: Transaction<Tables>, source: Source, types: ColumnTypes, at: Date): Promise<void> {
  const { table, key, columns, versions = {}, from, createdAt = sql`${at}::timestamptz` } = source;
  const history = sql.table(`history.${table}`);
  const typed = (name: string, value: Sql): Sql => sql`(${value})::${sql.raw(types(table, name))} as ${sql.ref(name)}`;
  const names = Object.keys(columns);
  const refs = (alias: string, of: readonly string[]): Sql => list(of.map((name) => sql.ref(`${alias}.${name}`)));
  const all = [...names, ...Object.keys(versions)];
  const selected = list([...Object.entries(columns), ...Object.entries(versions)].map(([name, value]) => typed(name, value)));
  const sameKey = (left: string, right: string): Sql =>
    sql.join(
      key.map((name) => sql`${sql.ref(`${left}.${name}`)} = ${sql.ref(`${right}.${name}`)}`),
      sql` and `,
    );
  await sql`
    with present as (select ${selected}, ${createdAt} as created from ${from})
    insert into ${history} (${list(all.map((name) => sql.ref(name)))}, create_date, update_date)
    select ${refs('n', all)}, n.created, case when l.history_id is null then null else ${at}::timestamptz end
    from present n left join lateral (select * from ${history} h where ${sameKey('h', 'n')} order by h.history_id desc limit 1) l on true
    where l.history_id is null or l.delete_date is not null or (${refs('n', names)}) is distinct from (${refs('l', names)})`.execute(trx);
  await sql`
    with present as (select ${list(key.map((name) => typed(name, columns[name] ?? sql`null`)))} from ${from})
    update ${history} h set delete_date = ${at} where h.delete_date is null and not exists (select 1 from present n where ${sameKey('h', 'n')})
      and not exists (select 1 from ${history} newer where ${sameKey('newer', 'h')} and newer.history_id > h.history_id)`.execute(trx);
}

/** Which storage domains belong to which data center, since when and until when. */
async function recordMap(trx: Transaction<Tables>, at: Date): Promise<void> {
  await sql`update history.datacenter_storage_domain_map h set detach_date = ${at} where h.detach_date is null and not exists
    (select 1 from data_center_storage_domain d where d.data_center_id = h.datacenter_id and d.storage_domain_id = h.storage_domain_id)`.execute(
    trx,
  );
  await sql`insert into history.datacenter_storage_domain_map (storage_domain_id, datacenter_id, attach_date)
    select d.storage_domain_id, d.data_center_id, ${at}::timestamptz from data_center_storage_domain d where not exists
      (select 1 from history.datacenter_storage_domain_map h where h.detach_date is null and d.data_center_id = h.datacenter_id and d.storage_domain_id = h.storage_domain_id)`.execute(
    trx,
  );
}

/** Which objects have which tag, and which tags are below which. Numbers of kinds: data warehouse, ENTITY_TYPE. */
async function recordTagRelations(trx: Transaction<Tables>, at: Date): Promise<void> {
  const present = sql`(select id as entity_id, 18 as entity_type, parent_id from tag where parent_id is not null
    union all select coalesce(vm_id, host_id, user_id, group_id), case when vm_id is not null then 2 when host_id is not null then 3 when user_id is not null then 15 else 17 end, tag_id
    from tag_assignment)`;
  const same = sql`p.entity_id = h.entity_id and p.parent_id = h.parent_id`;
  await sql`update history.tag_relations_history h set detach_date = ${at} where h.detach_date is null and not exists (select 1 from ${present} p where ${same})`.execute(
    trx,
  );
  await sql`insert into history.tag_relations_history (entity_id, entity_type, parent_id, attach_date)
    select p.entity_id, p.entity_type, p.parent_id, ${at}::timestamptz from ${present} p
    where not exists (select 1 from history.tag_relations_history h where h.detach_date is null and ${same})`.execute(trx);
}

/** Who the users are: one row each, which follows them. */
async function recordUsers(trx: Transaction<Tables>, types: ColumnTypes, at: Date): Promise<void> {
  const table = 'users_details_history';
  const columns = {
    first_name: sql`u.first_name`,
    last_name: sql`u.last_name`,
    domain: sql`u.domain`,
    username: sql`u.principal`,
    department: sql`u.department`,
    email: sql`u.email`,
    external_id: sql`u.external_id`,
    active: sql`u.enabled`,
  };
  const names = Object.keys(columns);
  const values = list(Object.entries(columns).map(([name, value]) => sql`(${value})::${sql.raw(types(table, name))}`));
  await sql`insert into history.users_details_history as h (user_id, ${list(names.map((name) => sql.ref(name)))}, create_date)
    select u.id, ${values}, ${at}::timestamptz from app_user u
    on conflict (user_id) do update set ${list(names.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`))}, update_date = ${at}, delete_date = null
    where h.delete_date is not null or (${list(names.map((name) => sql.ref(`h.${name}`)))}) is distinct from (${list(names.map((name) => sql.ref(`excluded.${name}`)))})`.execute(
    trx,
  );
  await sql`update history.users_details_history h set delete_date = ${at} where h.delete_date is null and not exists (select 1 from app_user u where u.id = h.user_id)`.execute(
    trx,
  );
}

/** Brings the configuration history up to date. */
export async function recordConfigurations(trx: Transaction<Tables>, types: ColumnTypes, at: Date): Promise<void> {
  for (const source of [...sources, tagSource]) await record(trx, source, types, at);
  await recordMap(trx, at);
  await recordTagRelations(trx, at);
  await recordUsers(trx, types, at);
}
