import { sql, type RawBuilder } from 'kysely';
import { visibleTo, type SignedIn } from '../../access/permissions.ts';
import { codes } from '../../history/folding.ts';

/** Which VMs a report is about. */
export interface VmCriteria {
  dataCenter?: string | undefined;
  cluster?: string | undefined;
  vmType?: keyof typeof codes.vmType | undefined;
  showDeleted: boolean;
}

/**
 * SQL for the ids of the VMs that a report is about, by their newest configuration, and only those that its reader may see: for who has no
 * administrative role the VMs that are there and visible to him.
 */
export function chosenVms(user: Pick<SignedIn, 'principals' | 'administrator'>, criteria: VmCriteria): RawBuilder<{ vm_id: string }> {
  const { dataCenter, cluster, vmType, showDeleted } = criteria;
  const conditions = [
    ...(dataCenter === undefined ? [] : [sql`k.datacenter_id = ${dataCenter}::uuid`]),
    ...(cluster === undefined ? [] : [sql`n.cluster_id = ${cluster}::uuid`]),
    ...(vmType === undefined ? [] : [sql`n.vm_type = ${codes.vmType[vmType]}`]),
    ...(showDeleted ? [] : [sql`n.delete_date is null`]),
    ...(user.administrator ? [] : [sql`exists (select 1 from vm v where v.id = n.vm_id and ${visibleTo(user, 'vm', 'v')})`]),
  ];
  return sql`select n.vm_id from (select distinct on (vm_id) * from history.vm_configuration order by vm_id, history_id desc) n
    left join (select distinct on (cluster_id) * from history.cluster_configuration order by cluster_id, history_id desc) k on k.cluster_id = n.cluster_id
    where ${conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)}`;
}
