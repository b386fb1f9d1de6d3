import { sql, type RawBuilder } from 'kysely';
import { visibleTo } from '../../access/permissions.ts';
import { codes } from '../../history/folding.ts';
import type { Reader, ReportCriteria } from './criteria.ts';
import type { ObjectKind } from './declaration.ts';

/** What is known of an object in every report: by its newest configuration, wherever it was before. */
export interface ChosenObject {
  id: string;
  /** Its name, with the day of its removal when it is gone. */
  label: string;
  create_date: number | null;
  delete_date: number | null;
  cluster_id: string | null;
  cluster_name: string | null;
  data_center_name: string | null;
}

/** Numbers of kinds of hosts. Source: reports of the data warehouse, criteria. */
const hostTypes = { host: 0, hypervisor: 2 } as const;

const labelled = (name: RawBuilder<unknown>, removed: RawBuilder<unknown>, timeZone: string): RawBuilder<string> =>
  sql<string>`${name} || coalesce(' (Removed on ' || to_char(${removed} at time zone ${timeZone}, 'YYYY-MM-DD') || ')', '')`;
/** Parts of machines are marked with an asterisk when they are gone. */
const starred = (name: RawBuilder<unknown>, removed: RawBuilder<unknown>): RawBuilder<string> =>
  sql<string>`${name} || case when ${removed} is null then '' else '*' end`;
const newest = (table: string, id: string): RawBuilder<unknown> =>
  sql`(select distinct on (${sql.ref(`c.${id}`)}) c.* from ${sql.table(`history.${table}`)} c order by ${sql.ref(`c.${id}`)}, c.history_id desc)`;
const joinedWhere = (conditions: RawBuilder<unknown>[]): RawBuilder<unknown> =>
  conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);

/** Newest clusters and data centers beside objects `n` that have a cluster. */
const places = sql`left join ${newest('cluster_configuration', 'cluster_id')} k on k.cluster_id = n.cluster_id
  left join ${newest('datacenter_configuration', 'datacenter_id')} d on d.datacenter_id = k.datacenter_id`;

function visible(
  reader: Reader,
  kind: 'host' | 'vm' | 'storage_domain' | 'cluster' | 'data_center',
  id: RawBuilder<unknown>,
): RawBuilder<unknown>[] {
  return reader.administrator
    ? []
    : [sql`exists (select 1 from ${sql.table(kind)} o where o.id = ${id} and ${visibleTo(reader, kind, 'o')})`];
}

function inPlace({ dataCenter, cluster, showDeleted }: ReportCriteria): RawBuilder<unknown>[] {
  return [
    ...(dataCenter === undefined ? [] : [sql`k.datacenter_id = ${dataCenter}::uuid`]),
    ...(cluster === undefined ? [] : [sql`n.cluster_id = ${cluster}::uuid`]),
    ...(showDeleted === true ? [] : [sql`n.delete_date is null`]),
  ];
}

function machines(kind: 'host' | 'vm', timeZone: string, conditions: RawBuilder<unknown>[]): RawBuilder<ChosenObject> {
  const name = sql.ref(`n.${kind}_name`);
  return sql<ChosenObject>`select ${sql.ref(`n.${kind}_id`)} as id, ${labelled(name, sql`n.delete_date`, timeZone)} as label, n.create_date, n.delete_date,
      n.cluster_id, ${labelled(sql`k.cluster_name`, sql`k.delete_date`, timeZone)} as cluster_name, ${labelled(sql`d.datacenter_name`, sql`d.delete_date`, timeZone)} as data_center_name,
      n.history_id as version
    from ${newest(`${kind}_configuration`, `${kind}_id`)} n ${places} where ${joinedWhere(conditions)}`;
}

function chosenHosts(reader: Reader, criteria: ReportCriteria, timeZone: string): RawBuilder<ChosenObject> {
  const { hostType, host, hosts } = criteria;
  return machines('host', timeZone, [
    ...inPlace({ ...criteria, showDeleted: criteria.showDeleted === true || host !== undefined || hosts !== undefined }),
    ...(hostType === undefined ? [] : [sql`n.host_type = ${hostTypes[hostType]}`]),
    ...(host === undefined ? [] : [sql`n.host_id = ${host}::uuid`]),
    ...(hosts === undefined ? [] : [sql`n.host_id = any(${hosts}::uuid[])`]),
    ...visible(reader, 'host', sql`n.host_id`),
  ]);
}

function chosenVms(reader: Reader, criteria: ReportCriteria, timeZone: string, only?: 'high_availability'): RawBuilder<ChosenObject> {
  const { vmType, operatingSystem, vm, vms } = criteria;
  return machines('vm', timeZone, [
    ...inPlace({ ...criteria, showDeleted: criteria.showDeleted === true || vm !== undefined || vms !== undefined }),
    ...(vmType === undefined ? [] : [sql`n.vm_type = ${codes.vmType[vmType]}`]),
    ...(operatingSystem === undefined ? [] : [sql`n.operating_system = ${operatingSystem}`]),
    ...(vm === undefined ? [] : [sql`n.vm_id = ${vm}::uuid`]),
    ...(vms === undefined ? [] : [sql`n.vm_id = any(${vms}::uuid[])`]),
    ...(only === 'high_availability' ? [sql`n.high_availability`] : []),
    ...visible(reader, 'vm', sql`n.vm_id`),
  ]);
}

function chosenStorage(reader: Reader, criteria: ReportCriteria, timeZone: string): RawBuilder<ChosenObject> {
  const { dataCenter, storageType, storageDomain, showDeleted } = criteria;
  const gone = showDeleted === true || storageDomain !== undefined;
  const conditions = [
    ...(dataCenter === undefined
      ? []
      : [
          sql`exists (select 1 from history.datacenter_storage_domain_map m where m.storage_domain_id = n.storage_domain_id
            and m.datacenter_id = ${dataCenter}::uuid${gone ? sql`` : sql` and m.detach_date is null`})`,
        ]),
    ...(storageType === undefined ? [] : [sql`n.storage_type = ${codes.storageType[storageType]}`]),
    ...(storageDomain === undefined ? [] : [sql`n.storage_domain_id = ${storageDomain}::uuid`]),
    ...(gone ? [] : [sql`n.delete_date is null`]),
    ...visible(reader, 'storage_domain', sql`n.storage_domain_id`),
  ];
  return sql<ChosenObject>`select n.storage_domain_id as id, ${labelled(sql`n.storage_domain_name`, sql`n.delete_date`, timeZone)} as label, n.create_date, n.delete_date,
      null::uuid as cluster_id, null::text as cluster_name, null::text as data_center_name, n.history_id as version
    from ${newest('storage_domain_configuration', 'storage_domain_id')} n where ${joinedWhere(conditions)}`;
}

/** Parts of chosen machines `p`, gone ones only when those are asked for. */
function parts(
  { table, id, name, owners }: { table: string; id: string; name: string; owners: RawBuilder<unknown> },
  machines: RawBuilder<ChosenObject>,
  showDeleted: boolean,
): RawBuilder<ChosenObject> {
  return sql<ChosenObject>`select ${sql.ref(`n.${id}`)} as id, ${starred(sql.ref(`n.${name}`), sql`n.delete_date`)} as label, n.create_date, n.delete_date,
      p.cluster_id, p.cluster_name, p.data_center_name, n.history_id as version
    from ${newest(table, id)} n join (${machines}) p on ${owners} where ${showDeleted ? sql`true` : sql`n.delete_date is null`}`;
}

/**
 * SQL for the objects of a kind that a report is about, by their newest configuration, and only those that its reader may see: for who has
 * no administrative role the ones that are there and visible to him. Who is asked for by name is shown even when he is gone.
 */
export function chosenObjects(
  kind: ObjectKind,
  reader: Reader,
  criteria: ReportCriteria,
  timeZone: string,
  only?: 'high_availability',
): RawBuilder<ChosenObject> {
  const gone = criteria.showDeleted === true;
  switch (kind) {
    case 'host':
      return chosenHosts(reader, criteria, timeZone);
    case 'vm':
      return chosenVms(reader, criteria, timeZone, only);
    case 'storage_domain':
      return chosenStorage(reader, criteria, timeZone);
    case 'host_interface':
      return parts(
        { table: 'host_interface_configuration', id: 'host_interface_id', name: 'host_interface_name', owners: sql`p.id = n.host_id` },
        chosenHosts(reader, criteria, timeZone),
        gone,
      );
    case 'vm_interface':
      return parts(
        { table: 'vm_interface_configuration', id: 'vm_interface_id', name: 'vm_interface_name', owners: sql`p.id = n.vm_id` },
        chosenVms(reader, criteria, timeZone),
        gone,
      );
    case 'vm_disk':
      return parts(
        {
          table: 'vm_disk_configuration',
          id: 'vm_disk_id',
          name: 'vm_disk_name',
          owners: sql`exists (select 1 from history.vm_device_history v where v.device_id = n.vm_disk_id and v.vm_id = p.id)`,
        },
        chosenVms(reader, criteria, timeZone),
        gone,
      );
  }
}

/** Objects of a kind that a report can be restricted to, by name. */
export function choosable(
  kind: 'data_center' | 'cluster' | 'host' | 'vm' | 'storage_domain',
  reader: Reader,
  criteria: ReportCriteria,
  timeZone: string,
): RawBuilder<{ id: string; name: string; removed: number | null }> {
  if (kind === 'host' || kind === 'vm' || kind === 'storage_domain') {
    const table = `${kind}_configuration`;
    return sql`select c.id, n.${sql.ref(`${kind}_name`)} as name, c.delete_date as removed from (${chosenObjects(kind, reader, criteria, timeZone)}) c
      join ${sql.table(`history.${table}`)} n on n.history_id = c.version`;
  }
  const gone = criteria.showDeleted === true ? [] : [sql`n.delete_date is null`];
  if (kind === 'cluster')
    return sql`select n.cluster_id as id, n.cluster_name as name, n.delete_date as removed from ${newest('cluster_configuration', 'cluster_id')} n
      where ${joinedWhere([...gone, ...(criteria.dataCenter === undefined ? [] : [sql`n.datacenter_id = ${criteria.dataCenter}::uuid`]), ...visible(reader, 'cluster', sql`n.cluster_id`)])}`;
  return sql`select n.datacenter_id as id, n.datacenter_name as name, n.delete_date as removed from ${newest('datacenter_configuration', 'datacenter_id')} n
    where ${joinedWhere([...gone, ...visible(reader, 'data_center', sql`n.datacenter_id`)])}`;
}
