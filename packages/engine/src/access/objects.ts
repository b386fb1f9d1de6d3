import { sql, type RawBuilder } from 'kysely';

/** Fixed ids of the contract: the object that stands for the whole system, and the group that everybody is in. */
export const SYSTEM_ID = 'aaa00000-0000-0000-0000-123456789aaa';
export const EVERYONE_ID = 'eee00000-0000-0000-0000-123456789eee';
export const SUPER_USER_ROLE_ID = '00000000-0000-0000-0000-000000000001';

/** A kind of object that permissions can be given on. */
export type ObjectType =
  | 'system'
  | 'data_center'
  | 'cluster'
  | 'host'
  | 'vm'
  | 'vm_pool'
  | 'template'
  | 'storage_domain'
  | 'disk'
  | 'network'
  | 'vnic_profile'
  | 'mac_pool'
  | 'quota'
  | 'qos'
  | 'cpu_profile'
  | 'disk_profile'
  | 'affinity_group'
  | 'affinity_label'
  | 'user'
  | 'role';

/** One object, as permission checks, locks, jobs and changes name it. */
export interface ObjectRef {
  type: ObjectType;
  id: string;
}

interface ObjectKind {
  table: string;
  /** SQL for the ids of the object's parents, given the table's alias. The system stands above all and is not listed. */
  parents(alias: string): RawBuilder<string[]>;
}

const column = (alias: string, name: string) => sql.ref(`${alias}.${name}`);
const none = () => sql<string[]>`'{}'::uuid[]`;

/** Parent chains: VM, host → cluster → data center; disk → storage domain, VM, cluster, data center; and so on. */
export const objectKinds: Record<Exclude<ObjectType, 'system'>, ObjectKind> = {
  data_center: { table: 'data_center', parents: none },
  cluster: { table: 'cluster', parents: (t) => sql`array[${column(t, 'data_center_id')}]` },
  host: {
    table: 'host',
    parents: (t) =>
      sql`array[${column(t, 'cluster_id')}, (select c.data_center_id from cluster c where c.id = ${column(t, 'cluster_id')})]`,
  },
  vm: { table: 'vm', parents: (t) => sql`array[${column(t, 'cluster_id')}, ${column(t, 'data_center_id')}]` },
  vm_pool: {
    table: 'vm_pool',
    parents: (t) =>
      sql`array[${column(t, 'cluster_id')}, (select c.data_center_id from cluster c where c.id = ${column(t, 'cluster_id')})]`,
  },
  template: { table: 'vm', parents: (t) => sql`array[${column(t, 'data_center_id')}]` },
  storage_domain: {
    table: 'storage_domain',
    parents: (t) => sql`array(select d.data_center_id from data_center_storage_domain d where d.storage_domain_id = ${column(t, 'id')})`,
  },
  disk: {
    table: 'disk',
    parents: (t) => sql`array(
      select i.storage_domain_id from image i where i.disk_id = ${column(t, 'id')}
      union select d.data_center_id from image i join data_center_storage_domain d on d.storage_domain_id = i.storage_domain_id where i.disk_id = ${column(t, 'id')}
      union select unnest(array[v.id, v.cluster_id]) from disk_attachment a join vm v on v.id = a.vm_id where a.disk_id = ${column(t, 'id')})`,
  },
  network: { table: 'network', parents: (t) => sql`array[${column(t, 'data_center_id')}]` },
  vnic_profile: {
    table: 'vnic_profile',
    parents: (t) => sql`array(select unnest(array[n.id, n.data_center_id]) from network n where n.id = ${column(t, 'network_id')})`,
  },
  mac_pool: { table: 'mac_pool', parents: none },
  quota: { table: 'quota', parents: (t) => sql`array[${column(t, 'data_center_id')}]` },
  qos: { table: 'qos', parents: (t) => sql`array[${column(t, 'data_center_id')}]` },
  cpu_profile: {
    table: 'cpu_profile',
    parents: (t) => sql`array(select unnest(array[c.id, c.data_center_id]) from cluster c where c.id = ${column(t, 'cluster_id')})`,
  },
  disk_profile: {
    table: 'disk_profile',
    parents: (t) => sql`array(select ${column(t, 'storage_domain_id')}
      union select d.data_center_id from data_center_storage_domain d where d.storage_domain_id = ${column(t, 'storage_domain_id')})`,
  },
  affinity_group: {
    table: 'affinity_group',
    parents: (t) => sql`array(select unnest(array[c.id, c.data_center_id]) from cluster c where c.id = ${column(t, 'cluster_id')})`,
  },
  affinity_label: { table: 'affinity_label', parents: none },
  user: { table: 'app_user', parents: none },
  role: { table: 'role', parents: none },
};
