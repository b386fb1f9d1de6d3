import type { SearchEntityName } from '@virgate/contract/generated/search';
import { sql, type RawBuilder } from 'kysely';

type Sql = RawBuilder<unknown>;
/** SQL of something about a row, given the row's alias. */
type About = (t: string) => Sql;

/** A field with many values, such as tags: SQL that holds when one of them passes a test. */
export interface ManyValued {
  readonly any: (t: string, test: (value: Sql) => Sql) => Sql;
}

/**
 * A field that lies in a row which many rows refer to, such as the cluster of a VM: tested once for each of those few, and by a
 * dictionary of them where it orders, instead of being looked up for every row.
 */
export interface Referred extends ManyValued {
  readonly value: About;
}

/** Where a kind of objects lies, and what its fields mean there. */
export interface SearchTable {
  readonly table: string;
  /** Tells apart what shares a table. */
  readonly only?: About;
  readonly fields: Readonly<Record<string, About | ManyValued | Referred>>;
  /** What rows `t` are joined with where they are ordered: looking something up for each row of thousands takes longer. */
  readonly joined?: Sql;
  /** Its names are never missing, and have an index together with its ids, which serves both ways. */
  readonly namesIndexed?: true;
  /** Fields whose order is another than that of their values, or is taken from what rows are joined with. */
  readonly order?: Readonly<Record<string, About>>;
  /** Order of a list, and what breaks ties of another order. */
  readonly defaultOrder: About;
  /** How a row `t` and a row `r` of a related kind belong together. */
  readonly related: Partial<Record<SearchEntityName, (t: string, r: string) => Sql>>;
}

const ref = (t: string, name: string): Sql => sql.ref(`${t}.${name}`);
/** A column of the row itself. */
const own =
  (name: string): About =>
  (t) =>
    ref(t, name);
/** A scalar sub-select about the row. */
const of =
  (build: (column: (name: string) => Sql) => Sql): About =>
  (t) =>
    sql`(${build((name) => ref(t, name))})`;
const unknown: About = () => sql`null::text`;
const mebibytes =
  (name: string): About =>
  (t) =>
    sql`${ref(t, name)} / 1048576`;
const version =
  (prefix: string): About =>
  (t) =>
    sql`${ref(t, `${prefix}major`)} || '.' || ${ref(t, `${prefix}minor`)}`;

/** What a column refers to: `from` gives rows `m` with `id` and the value. */
const referred = (column: string, from: Sql, value: Sql): Referred => ({
  any: (t, test) => sql`${ref(t, column)} in (select m.id from ${from} where ${test(value)})`,
  value: (t) => sql`((select jsonb_object_agg(m.id, ${value}) from ${from}) ->> ${ref(t, column)}::text)`,
});
const clusterName = referred('cluster_id', sql`cluster m`, sql`m.name`);
const dataCenterName = referred('data_center_id', sql`data_center m`, sql`m.name`);
const dataCenterOfCluster = referred('cluster_id', sql`cluster m join data_center d on d.id = m.data_center_id`, sql`d.name`);
const quotas = referred('quota_id', sql`quota m`, sql`m.name`);
/** Also found by not having one. */
const quotaName: Referred = {
  ...quotas,
  any: (t, test) => sql`(${quotas.any(t, test)} or (${ref(t, 'quota_id')} is null and ${test(sql`null::text`)}))`,
};
const cpuArchitecture = referred('cluster_id', sql`cluster m`, sql`m.cpu_architecture`);
const clusterBios = referred('cluster_id', sql`cluster m`, sql`m.bios_type`);
const clusterLevel = referred('cluster_id', sql`cluster m`, version('compatibility_')('m'));
/** A value of the row itself where it has one, else that of its cluster. */
const elseOfCluster = (mine: About, clusters: Referred): Referred => ({
  any: (t, test) => sql`case when ${mine(t)} is null then ${clusters.any(t, test)} else ${test(mine(t))} end`,
  value: (t) => sql`coalesce(${mine(t)}, ${clusters.value(t)})`,
});

/** A tag with all that stand above it: who has a tag is found by its ancestors too. */
const tags = (column: 'vm_id' | 'host_id' | 'user_id' | 'group_id'): ManyValued => ({
  any: (t, test) => sql`exists (
    with recursive up (id, name, parent_id) as (
      select g.id, g.name, g.parent_id from tag g join tag_assignment a on a.tag_id = g.id where ${sql.ref(`a.${column}`)} = ${ref(t, 'id')}
      union select g.id, g.name, g.parent_id from tag g join up on g.id = up.parent_id
    ) select 1 from up where ${test(sql`up.name`)})`,
});

/** What is read of a VM's state: found by going through the states once, and looked up where it orders. */
const ofState = (value: Sql, from: Sql = sql`vm_state s`): Referred => ({
  any: (t, test) => sql`${ref(t, 'id')} in (select s.vm_id from ${from} where ${test(value)})`,
  value: (t) => sql`(select ${value} from ${from} where s.vm_id = ${ref(t, 'id')})`,
});
const vmState = (name: string): Referred => ofState(sql.ref(`s.${name}`));
const vmStatistics = (name: string): Referred => ofState(sql.ref(`s.${name}`), sql`vm_statistics s`);
const hostOfState = ofState(sql`h.name`, sql`vm_state s join host h on h.id = s.host_id`);
/** States with each address `a` of a guest's interfaces: of both kinds, or of IPv4 alone. */
const withAddresses = (addresses: Sql): Sql => sql`vm_state s cross join lateral jsonb_array_elements_text(${addresses}) a (address)`;
const storageOfVm = (t: string): Sql =>
  sql`select i.storage_domain_id from image i join disk_attachment a on a.disk_id = i.disk_id where a.vm_id = ${ref(t, 'id')}`;
/** Principals that were given something on an object. */
const principalsOn = (t: string): Sql => sql`select p.principal_id from permission p where p.object_id = ${ref(t, 'id')}`;
/** Objects on which a principal was given something. */
const objectsOf = (t: string): Sql => sql`select p.object_id from permission p where p.principal_id = ${ref(t, 'id')}`;

const vm: SearchTable = {
  table: 'vm',
  only: (t) => sql`${ref(t, 'entity_type')} = 'vm'`,
  defaultOrder: (t) => sql`${ref(t, 'name')}, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    name: own('name'),
    comment: own('comment'),
    description: own('description'),
    status: vmState('status'),
    ip: {
      any: (t, test) =>
        // `offset 0`: the addresses of all are gone through once, not for one VM after the other.
        sql`${ref(t, 'id')} in (select s.vm_id from ${withAddresses(sql`s.guest_ipv4 || s.guest_ipv6`)} where ${test(sql`a.address`)} offset 0)`,
    },
    on_host: hostOfState,
    fqdn: vmState('guest_fqdn'),
    address: vmState('guest_host_name'),
    uptime: of(
      (t) => sql`select extract(epoch from now() - s.started_at) from vm_state s where s.vm_id = ${t('id')} and s.host_id is not null`,
    ),
    os: own('os_type'),
    creationdate: own('created_at'),
    cpu_usage: vmStatistics('cpu_usage_percent'),
    mem_usage: vmStatistics('memory_usage_percent'),
    network_usage: vmStatistics('network_usage_percent'),
    memory: mebibytes('memory_bytes'),
    guaranteed_memory: mebibytes('memory_guaranteed_bytes'),
    migration_progress_percent: vmStatistics('migration_progress_percent'),
    apps: {
      any: (
        t,
        test,
      ) => sql`exists (select 1 from vm_state s cross join lateral jsonb_array_elements_text(s.guest -> 'applications') a (name)
        where s.vm_id = ${ref(t, 'id')} and jsonb_typeof(s.guest -> 'applications') = 'array' and ${test(sql`a.name`)})`,
    },
    cluster: clusterName,
    pool: of((t) => sql`select p.name from vm_pool_member m join vm_pool p on p.id = m.vm_pool_id where m.vm_id = ${t('id')}`),
    loggedinuser: vmState('guest_user'),
    tag: tags('vm_id'),
    datacenter: dataCenterName,
    type: own('type'),
    quota: quotaName,
    architecture: cpuArchitecture,
    custom_emulated_machine: own('custom_emulated_machine'),
    custom_cpu_type: own('custom_cpu_model'),
    compatibility_level: elseOfCluster(version('custom_compatibility_'), clusterLevel),
    custom_compatibility_level: version('custom_compatibility_'),
    created_by_user_id: own('created_by'),
    next_run_config_exists: (t) => sql`exists (select 1 from vm_next_run n where n.vm_id = ${ref(t, 'id')})`,
    has_illegal_images: (t) =>
      sql`exists (select 1 from disk_attachment a join disk d on d.id = a.disk_id where a.vm_id = ${ref(t, 'id')} and d.status = 'illegal')`,
    bios_type: elseOfCluster((t) => sql`nullif(${ref(t, 'bios_type')}, 'cluster_default')`, clusterBios),
    k8s_namespace: unknown,
    vcpus: (t) => sql`${ref(t, 'cpu_sockets')} * ${ref(t, 'cpu_cores')} * ${ref(t, 'cpu_threads')}`,
  },
  // What an order does not need the planner leaves out.
  joined: sql`left join vm_state s on s.vm_id = t.id left join cluster c on c.id = t.cluster_id left join data_center d on d.id = t.data_center_id left join host h on h.id = s.host_id`,
  namesIndexed: true,
  order: {
    status: () => sql`s.status`,
    on_host: () => sql`h.name`,
    cluster: () => sql`c.name`,
    datacenter: () => sql`d.name`,
    fqdn: () => sql`s.guest_fqdn`,
    address: () => sql`s.guest_host_name`,
    loggedinuser: () => sql`s.guest_user`,
    ip: () =>
      sql`(select min(a.address::inet) from jsonb_array_elements_text(s.guest_ipv4) a (address) where a.address ~ '^((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])$')`,
    apps: () => sql`s.guest ->> 'applications'`,
    tag: (t) => sql`(select min(g.name) from tag_assignment a join tag g on g.id = a.tag_id where a.vm_id = ${ref(t, 'id')})`,
  },
  related: {
    host: (t, r) => sql`${ref(r, 'id')} = (select s.host_id from vm_state s where s.vm_id = ${ref(t, 'id')})`,
    template: (t, r) => sql`${ref(r, 'id')} = ${ref(t, 'template_id')}`,
    event: (t, r) => sql`${ref(r, 'vm_id')} = ${ref(t, 'id')}`,
    user: (t, r) => sql`${ref(r, 'id')} in (${principalsOn(t)})`,
    storage: (t, r) => sql`${ref(r, 'id')} in (${storageOfVm(t)})`,
    vnic: (t, r) => sql`${ref(r, 'vm_id')} = ${ref(t, 'id')}`,
  },
};

const template: SearchTable = {
  table: 'vm',
  only: (t) => sql`${ref(t, 'entity_type')} = 'template'`,
  defaultOrder: (t) => sql`${ref(t, 'name')}, ${ref(t, 'version_number')}, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    _vmt_id: own('id'),
    name: own('name'),
    comment: own('comment'),
    description: own('description'),
    os: own('os_type'),
    creationdate: own('created_at'),
    childcount: of((t) => sql`select count(*) from vm v where v.template_id = ${t('id')} and v.entity_type = 'vm'`),
    mem: mebibytes('memory_bytes'),
    status: own('template_status'),
    sealed: (t) => sql`coalesce((${ref(t, 'settings')} ->> 'sealed')::boolean, false)`,
    cluster: clusterName,
    datacenter: dataCenterName,
    quota: quotaName,
    architecture: cpuArchitecture,
    version_name: own('version_name'),
    version_number: own('version_number'),
    tag: { any: () => sql`false` },
  },
  order: { name: (t) => sql`${ref(t, 'name')}`, tag: unknown },
  related: {
    vm: (t, r) => sql`${ref(r, 'template_id')} = ${ref(t, 'id')}`,
    host: (t, r) =>
      sql`${ref(r, 'id')} in (select s.host_id from vm v join vm_state s on s.vm_id = v.id where v.template_id = ${ref(t, 'id')})`,
    event: (t, r) => sql`${ref(r, 'template_id')} = ${ref(t, 'id')}`,
    user: (t, r) => sql`${ref(r, 'id')} in (${principalsOn(t)})`,
    storage: (t, r) => sql`${ref(r, 'id')} in (${storageOfVm(t)})`,
    vnic: (t, r) => sql`${ref(r, 'vm_id')} = ${ref(t, 'id')}`,
  },
};

const hostState = (name: string): About => of((t) => sql`select ${sql.ref(`s.${name}`)} from host_state s where s.host_id = ${t('id')}`);
const hostStatistics = (build: Sql): About => of((t) => sql`select ${build} from host_statistics s where s.host_id = ${t('id')}`);

const host: SearchTable = {
  table: 'host',
  defaultOrder: (t) => sql`${ref(t, 'name')}, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    name: own('name'),
    comment: own('comment'),
    status: hostState('status'),
    external_status: () => sql`'ok'::text`,
    cluster: clusterName,
    datacenter: dataCenterOfCluster,
    address: own('address'),
    cpu_usage: hostStatistics(sql`round(s.cpu_user_percent + s.cpu_system_percent)`),
    mem_usage: hostStatistics(sql`s.memory_used_percent`),
    network_usage: () => sql`null::int`,
    load: hostStatistics(sql`s.cpu_load_percent / 100.0`),
    version: hostState('agent_version'),
    cpus: of((t) => sql`select s.cpu_sockets * s.cpu_cores from host_state s where s.host_id = ${t('id')}`),
    memory: of((t) => sql`select s.memory_bytes / 1048576 from host_state s where s.host_id = ${t('id')}`),
    cpu_speed: hostState('cpu_speed_mhz'),
    cpu_model: hostState('cpu_model'),
    active_vms: of((t) => sql`select count(*) from vm_state s where s.host_id = ${t('id')}`),
    migrating_vms: of((t) => sql`select count(*) from vm_state s where s.host_id = ${t('id')} and s.status = 'migrating'`),
    committed_mem: of(
      (t) =>
        sql`select coalesce(sum(v.memory_bytes), 0) / 1048576 from vm_state s join vm v on v.id = s.vm_id where s.host_id = ${t('id')}`,
    ),
    tag: tags('host_id'),
    type: () => sql`'rhel'::text`,
    architecture: cpuArchitecture,
    update_available: of(
      (t) => sql`select coalesce((h.settings ->> 'update_available')::boolean, false) from host h where h.id = ${t('id')}`,
    ),
    ha_score: () => sql`null::int`,
    spm_id: own('spm_id'),
    hw_id: hostState('hardware_uuid'),
  },
  order: { tag: (t) => sql`(select min(g.name) from tag_assignment a join tag g on g.id = a.tag_id where a.host_id = ${ref(t, 'id')})` },
  related: {
    vm: (t, r) => sql`${ref(r, 'id')} in (select s.vm_id from vm_state s where s.host_id = ${ref(t, 'id')})`,
    template: (t, r) =>
      sql`${ref(r, 'id')} in (select v.template_id from vm_state s join vm v on v.id = s.vm_id where s.host_id = ${ref(t, 'id')})`,
    event: (t, r) => sql`${ref(r, 'host_id')} = ${ref(t, 'id')}`,
    user: (t, r) => sql`${ref(r, 'id')} in (${principalsOn(t)})`,
    storage: (t, r) => sql`${ref(r, 'id')} in (select h.storage_domain_id from host_storage_domain h where h.host_id = ${ref(t, 'id')})`,
    nic: (t, r) => sql`${ref(r, 'host_id')} = ${ref(t, 'id')}`,
  },
};

const poolOfUser = (t: string): Sql =>
  sql`select p.name from permission g join vm_pool p on p.id = g.object_id where g.principal_id = ${ref(t, 'id')}`;

const user: SearchTable = {
  table: 'app_user',
  defaultOrder: (t) => sql`${ref(t, 'principal')}, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    name: own('first_name'),
    lastname: own('last_name'),
    // a@b is a login and its directory; a login alone is one in any directory
    usrname: {
      any: (t, test) => sql`(${test(sql`(${ref(t, 'principal')} || '@' || ${ref(t, 'domain')})`)} or ${test(ref(t, 'principal'))})`,
    },
    user_and_domain: (t) => sql`(${ref(t, 'principal')} || '@' || ${ref(t, 'domain')})`,
    login: own('principal'),
    directory: own('domain'),
    department: own('department'),
    email: own('email'),
    tag: tags('user_id'),
    pool: { any: (t, test) => sql`exists (select 1 from (${poolOfUser(t)}) p (name) where ${test(sql`p.name`)})` },
    type: () => sql`'user'::text`,
  },
  order: {
    usrname: (t) => sql`${ref(t, 'principal')} || '@' || ${ref(t, 'domain')}`,
    tag: (t) => sql`(select min(g.name) from tag_assignment a join tag g on g.id = a.tag_id where a.user_id = ${ref(t, 'id')})`,
    pool: (t) => sql`(select min(p.name) from (${poolOfUser(t)}) p (name))`,
  },
  related: {
    vm: (t, r) => sql`${ref(r, 'id')} in (${objectsOf(t)})`,
    host: (t, r) => sql`${ref(r, 'id')} in (${objectsOf(t)})`,
    template: (t, r) => sql`${ref(r, 'id')} in (${objectsOf(t)})`,
    event: (t, r) => sql`${ref(r, 'user_id')} = ${ref(t, 'id')}`,
  },
};

const group: SearchTable = {
  table: 'directory_group',
  defaultOrder: (t) => sql`${ref(t, 'name')}, ${ref(t, 'id')}`,
  fields: { id: own('id'), name: own('name'), grpname: own('name') },
  related: {},
};

const cluster: SearchTable = {
  table: 'cluster',
  defaultOrder: (t) => sql`${ref(t, 'name')}, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    name: own('name'),
    description: own('description'),
    comment: own('comment'),
    architecture: own('cpu_architecture'),
    compatibility_level: (t) => sql`(${version('compatibility_')(t)})::numeric`,
    cpu_type: own('cpu_type'),
  },
  related: {
    datacenter: (t, r) => sql`${ref(r, 'id')} = ${ref(t, 'data_center_id')}`,
    storage: (t, r) =>
      sql`${ref(r, 'id')} in (select d.storage_domain_id from data_center_storage_domain d where d.data_center_id = ${ref(t, 'data_center_id')})`,
    cluster_network: (t, r) => sql`${ref(r, 'cluster_id')} = ${ref(t, 'id')}`,
  },
};

const dataCenter: SearchTable = {
  table: 'data_center',
  defaultOrder: (t) => sql`${ref(t, 'name')}, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    name: own('name'),
    description: own('description'),
    comment: own('comment'),
    local: own('is_local'),
    status: own('status'),
    compatibility_version: version('compatibility_'),
  },
  related: {
    cluster: (t, r) => sql`${ref(r, 'data_center_id')} = ${ref(t, 'id')}`,
    storage: (t, r) =>
      sql`${ref(r, 'id')} in (select d.storage_domain_id from data_center_storage_domain d where d.data_center_id = ${ref(t, 'id')})`,
    network: (t, r) => sql`${ref(r, 'data_center_id')} = ${ref(t, 'id')}`,
  },
};

const dataCentersOfDisk = (t: string): Sql =>
  sql`select d.data_center_id from image i join data_center_storage_domain d on d.storage_domain_id = i.storage_domain_id where i.disk_id = ${ref(t, 'id')}`;

const disk: SearchTable = {
  table: 'disk',
  defaultOrder: (t) => sql`${ref(t, 'name')}, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    alias: own('name'),
    name: own('name'),
    description: own('description'),
    provisioned_size: (t) => sql`${ref(t, 'provisioned_bytes')} / 1073741824.0`,
    size: (t) => sql`${ref(t, 'provisioned_bytes')} / 1073741824.0`,
    actual_size: of((t) => sql`select coalesce(sum(i.actual_bytes), 0) / 1073741824.0 from image i where i.disk_id = ${t('id')}`),
    creation_date: own('created_at'),
    last_modified: own('updated_at'),
    shareable: own('shareable'),
    status: own('status'),
    disk_type: own('storage_type'),
    disk_content_type: own('content_type'),
    allocation_policy: (t) => sql`case when ${ref(t, 'sparse')} then 'sparse' else 'preallocated' end`,
    number_of_vms: of((t) => sql`select count(*) from disk_attachment a where a.disk_id = ${t('id')}`),
    vm_names: {
      any: (t, test) =>
        sql`exists (select 1 from disk_attachment a join vm v on v.id = a.vm_id where a.disk_id = ${ref(t, 'id')} and ${test(sql`v.name`)})`,
    },
    quota: quotaName,
    wipe_after_delete: own('wipe_after_delete'),
    bootable: (t) => sql`exists (select 1 from disk_attachment a where a.disk_id = ${ref(t, 'id')} and a.bootable)`,
  },
  order: {
    vm_names: (t) =>
      sql`(select string_agg(v.name, ',' order by v.name) from disk_attachment a join vm v on v.id = a.vm_id where a.disk_id = ${ref(t, 'id')})`,
  },
  related: {
    datacenter: (t, r) => sql`${ref(r, 'id')} in (${dataCentersOfDisk(t)})`,
    storage: (t, r) => sql`${ref(r, 'id')} in (select i.storage_domain_id from image i where i.disk_id = ${ref(t, 'id')})`,
  },
};

const setting =
  (name: string): About =>
  (t) =>
    sql`coalesce((${ref(t, 'settings')} ->> ${sql.lit(name)})::boolean, false)`;
const gibibytes =
  (build: (column: (name: string) => Sql) => Sql): About =>
  (t) =>
    sql`((${build((name) => ref(t, name))}) / 1073741824)`;
const statusOfDomain = (t: string): Sql =>
  sql`coalesce((select min(d.status) from data_center_storage_domain d where d.storage_domain_id = ${ref(t, 'id')}), 'unattached')`;

const storage: SearchTable = {
  table: 'storage_domain',
  defaultOrder: (t) => sql`${ref(t, 'name')}, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    name: own('name'),
    description: own('description'),
    comment: own('comment'),
    status: (t) => statusOfDomain(t),
    shared_status: (
      t,
    ) => sql`(select case when count(*) = 0 then 'unattached' when count(*) filter (where d.status = 'active') = count(*) then 'active'
      when count(*) filter (where d.status = 'active') = 0 then 'inactive' else 'mixed' end from data_center_storage_domain d where d.storage_domain_id = ${ref(t, 'id')})`,
    external_status: () => sql`'ok'::text`,
    datacenter: {
      any: (t, test) => sql`exists (select 1 from data_center_storage_domain a join data_center d on d.id = a.data_center_id
        where a.storage_domain_id = ${ref(t, 'id')} and ${test(sql`d.name`)})`,
    },
    type: own('storage_type'),
    free_size: gibibytes((t) => sql`${t('available_bytes')}`),
    used_size: gibibytes((t) => sql`${t('used_bytes')}`),
    total_size: gibibytes((t) => sql`${t('available_bytes')} + ${t('used_bytes')}`),
    committed: gibibytes((t) => sql`select sum(i.provisioned_bytes) from image i where i.storage_domain_id = ${t('id')}`),
    wipe_after_delete: setting('wipe_after_delete'),
    discard_after_delete: setting('discard_after_delete'),
    low_space_threshold: own('warning_low_space_percent'),
    critical_space_threshold: own('critical_space_gib'),
    backup: setting('backup'),
  },
  order: {
    datacenter: (t) =>
      sql`(select string_agg(d.name, ',' order by d.name) from data_center_storage_domain a join data_center d on d.id = a.data_center_id where a.storage_domain_id = ${ref(t, 'id')})`,
  },
  related: {
    host: (t, r) => sql`${ref(r, 'id')} in (select h.host_id from host_storage_domain h where h.storage_domain_id = ${ref(t, 'id')})`,
    cluster: (t, r) =>
      sql`${ref(r, 'data_center_id')} in (select d.data_center_id from data_center_storage_domain d where d.storage_domain_id = ${ref(t, 'id')})`,
  },
};

const network: SearchTable = {
  table: 'network',
  defaultOrder: (t) => sql`${ref(t, 'name')}, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    name: own('name'),
    description: own('description'),
    comment: own('comment'),
    vlanid: own('vlan_id'),
    stp: own('stp'),
    mtu: own('mtu'),
    vmnetwork: own('vm_network'),
    port_isolation: own('port_isolation'),
    datacenter: dataCenterName,
    label: own('label'),
    provider_name: (t) => sql`(select p.name from network_provider p where p.id = ${ref(t, 'provider_id')})`,
    qos_name: (t) => sql`(select q.name from qos q where q.id::text = ${ref(t, 'settings')} -> 'qos' ->> 'id')`,
  },
  related: {
    cluster_network: (t, r) => sql`${ref(r, 'network_id')} = ${ref(t, 'id')}`,
    host_network: (t, r) => sql`${ref(r, 'network_name')} = ${ref(t, 'vdsm_name')}`,
    provider: () => sql`false`,
  },
};

const pool: SearchTable = {
  table: 'vm_pool',
  defaultOrder: (t) => sql`${ref(t, 'name')}, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    name: own('name'),
    description: own('description'),
    comment: own('comment'),
    type: own('type'),
    cluster: clusterName,
    datacenter: dataCenterOfCluster,
    architecture: cpuArchitecture,
    assigned_vm_count: of((t) => sql`select count(*) from vm_pool_member m where m.vm_pool_id = ${t('id')}`),
    running_vm_count: of(
      (t) =>
        sql`select count(*) from vm_pool_member m join vm_state s on s.vm_id = m.vm_id where m.vm_pool_id = ${t('id')} and s.host_id is not null`,
    ),
  },
  related: {},
};

const event: SearchTable = {
  table: 'audit_log',
  only: (t) => sql`not ${ref(t, 'hidden')}`,
  defaultOrder: (t) => sql`${ref(t, 'id')} desc`,
  fields: {
    type: own('code'),
    severity: own('severity'),
    message: own('description'),
    time: own('time'),
    usrname: own('user_name'),
    event_host: own('host_name'),
    event_vm: own('vm_name'),
    event_template: own('template_name'),
    event_storage: own('storage_domain_name'),
    event_datacenter: own('data_center_name'),
    event_volume: unknown,
    correlation_id: own('correlation_id'),
    origin: own('origin'),
    custom_event_id: own('custom_id'),
    deleted: own('hidden'),
    _event_vm_id: own('vm_id'),
    _event_template_id: own('template_id'),
    _event_storage_id: own('storage_domain_id'),
    _event_host_id: own('host_id'),
    _event_datacenter_id: own('data_center_id'),
    _event_quota_id: unknown,
    usrid: own('user_id'),
  },
  related: {
    vm: (t, r) => sql`${ref(r, 'id')} = ${ref(t, 'vm_id')}`,
    host: (t, r) => sql`${ref(r, 'id')} = ${ref(t, 'host_id')}`,
    template: (t, r) =>
      sql`${ref(r, 'id')} in (${ref(t, 'template_id')}, (select v.template_id from vm v where v.id = ${ref(t, 'vm_id')}))`,
    user: (t, r) => sql`${ref(r, 'id')} = ${ref(t, 'user_id')}`,
    cluster: (t, r) => sql`${ref(r, 'id')} = ${ref(t, 'cluster_id')}`,
    volume: () => sql`false`,
    quota: () => sql`false`,
  },
};

const job: SearchTable = {
  table: 'saga',
  defaultOrder: (t) => sql`${ref(t, 'created_at')} desc, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    correlation_id: (t) => sql`${ref(t, 'correlation_id')}::text`,
    description: (t) => sql`coalesce(${ref(t, 'description')}, ${ref(t, 'title')}, ${ref(t, 'name')})`,
    status: (t) =>
      sql`case when ${ref(t, 'status')} in ('pending', 'running', 'undoing') then 'started' when ${ref(t, 'status')} = 'succeeded' then 'finished' else ${ref(t, 'status')}::text end`,
    start_time: (t) => sql`coalesce(${ref(t, 'started_at')}, ${ref(t, 'created_at')})`,
    end_time: own('ended_at'),
  },
  related: {},
};

const vnicProfile: SearchTable = {
  table: 'vnic_profile',
  defaultOrder: (t) => sql`${ref(t, 'name')}, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    name: own('name'),
    description: own('description'),
    port_mirroring: own('port_mirroring'),
    passthrough: own('pass_through'),
    network_name: of((t) => sql`select n.name from network n where n.id = ${t('network_id')}`),
    compatibility_version: of(
      (t) =>
        sql`select ${version('compatibility_')('d')} from network n join data_center d on d.id = n.data_center_id where n.id = ${t('network_id')}`,
    ),
    datacenter: of((t) => sql`select d.name from network n join data_center d on d.id = n.data_center_id where n.id = ${t('network_id')}`),
    qos_name: (t) => sql`(select q.name from qos q where q.id::text = ${ref(t, 'settings')} -> 'qos' ->> 'id')`,
    network_filter: unknown,
    failover: (t) => sql`(select f.name from vnic_profile f where f.id::text = ${ref(t, 'settings')} -> 'failover' ->> 'id')`,
  },
  related: {},
};

const quota: SearchTable = {
  table: 'quota',
  defaultOrder: (t) => sql`${ref(t, 'name')}, ${ref(t, 'id')}`,
  fields: {
    id: own('id'),
    name: own('name'),
    description: own('description'),
    storagepoolname: dataCenterName,
    thresholdstoragepercentage: own('storage_threshold_percent'),
    thresholdclusterpercentage: own('cluster_threshold_percent'),
    gracestoragepercentage: own('storage_grace_percent'),
    graceclusterpercentage: own('cluster_grace_percent'),
    enforcementtype: of(
      (t) => sql`select case d.quota_mode when 'audit' then 'soft_enforcement' when 'enabled' then 'hard_enforcement' else 'disabled' end
      from data_center d where d.id = ${t('data_center_id')}`,
    ),
  },
  related: {},
};

const session: SearchTable = {
  table: 'access_token',
  defaultOrder: (t) => sql`${ref(t, 'created_at')}`,
  fields: {
    user_id: own('user_id'),
    user_name: of((t) => sql`select u.principal from app_user u where u.id = ${t('user_id')}`),
    authz_name: of((t) => sql`select u.domain from app_user u where u.id = ${t('user_id')}`),
    source_ip: own('source_address'),
    id: (t) => sql`('x' || encode(substring(${ref(t, 'token_hash')} from 1 for 6), 'hex'))::bit(48)::bigint`,
  },
  related: {},
};

const nic: SearchTable = {
  table: 'host_nic',
  defaultOrder: own('name'),
  fields: { network_name: own('network_name'), mac: own('mac') },
  related: {},
};
const vnic: SearchTable = {
  table: 'nic',
  defaultOrder: own('name'),
  fields: {
    network_name: of(
      (t) => sql`select n.name from vnic_profile p join network n on n.id = p.network_id where p.id = ${t('vnic_profile_id')}`,
    ),
    mac: own('mac'),
  },
  related: {},
};
const clusterNetwork: SearchTable = {
  table: 'network_cluster',
  defaultOrder: own('cluster_id'),
  fields: { network_name: of((t) => sql`select n.name from network n where n.id = ${t('network_id')}`), cluster_name: clusterName },
  related: {},
};
const hostNetwork: SearchTable = {
  table: 'host_nic',
  defaultOrder: own('name'),
  fields: { host_name: of((t) => sql`select h.name from host h where h.id = ${t('host_id')}`) },
  related: {},
};

/** Kinds that this engine has objects of. Those of the language that are missing here find nothing. */
export const searchTables: Partial<Record<SearchEntityName, SearchTable>> = {
  vm,
  template,
  instancetype: { ...template, only: (t) => sql`${ref(t, 'entity_type')} = 'instance_type'` },
  host,
  user,
  group,
  cluster,
  datacenter: dataCenter,
  disk,
  storage,
  network,
  pool,
  event,
  job,
  vnicprofile: vnicProfile,
  quota,
  session,
  nic,
  vnic,
  cluster_network: clusterNetwork,
  host_network: hostNetwork,
};
