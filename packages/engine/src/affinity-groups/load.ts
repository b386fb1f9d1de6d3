import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely';
import type { AffinityGroupRules, AffinityPolarity } from '../scheduling/affinity.ts';
import type { AffinityGroupTable, Tables } from '../tables/schema.ts';

export type AffinityGroupRow = Selectable<AffinityGroupTable> & { vm_ids: string[]; host_ids: string[] };

/** SQL of a group's columns (alias `t`) and of its members: those that it names, and those that its labels name in its cluster. */
export const groupWithMembers: RawBuilder<AffinityGroupRow> = sql`t.*,
  array(select m.vm_id from affinity_group_vm m where m.group_id = t.id
    union select a.vm_id from affinity_group_vm_label g join affinity_label_vm a on a.label_id = g.label_id join vm v on v.id = a.vm_id
      where g.group_id = t.id and v.cluster_id = t.cluster_id) as vm_ids,
  array(select m.host_id from affinity_group_host m where m.group_id = t.id
    union select a.host_id from affinity_group_host_label g join affinity_label_host a on a.label_id = g.label_id
      join host h on h.id = a.host_id where g.group_id = t.id and h.cluster_id = t.cluster_id) as host_ids`;

export const rulesOf = (row: AffinityGroupRow): AffinityGroupRules => ({
  id: row.id,
  name: row.name,
  priority: row.priority,
  vms: { rule: row.vms_rule as AffinityPolarity, enforcing: row.vms_enforcing },
  hosts: { rule: row.hosts_rule as AffinityPolarity, enforcing: row.hosts_enforcing },
  vmIds: row.vm_ids,
  hostIds: row.host_ids,
});

/** Groups of a cluster; below level 4.4 labels that are groups by themselves count as hard ones. Source: scheduler, affinity rules. */
export async function loadAffinityGroups(db: Kysely<Tables>, clusterId: string): Promise<AffinityGroupRules[]> {
  const groups = await sql<AffinityGroupRow>`
    select ${groupWithMembers} from affinity_group t where t.cluster_id = ${clusterId} order by t.name, t.id`.execute(db);
  const labels = await sql<{ id: string; name: string; vm_ids: string[]; host_ids: string[] }>`
    select l.id, l.name,
      array(select a.vm_id from affinity_label_vm a join vm v on v.id = a.vm_id where a.label_id = l.id and v.cluster_id = c.id) as vm_ids,
      array(select a.host_id from affinity_label_host a join host h on h.id = a.host_id where a.label_id = l.id and h.cluster_id = c.id) as host_ids
    from affinity_label l join cluster c on c.id = ${clusterId} and (c.compatibility_major, c.compatibility_minor) < (4, 4)
    where l.implicit_affinity_group order by l.name`.execute(db);
  return [
    ...groups.rows.map(rulesOf),
    ...labels.rows.map((label) => ({
      id: label.id,
      name: label.name,
      priority: 1,
      vms: { rule: 'disabled' as const, enforcing: false },
      hosts: { rule: 'positive' as const, enforcing: true },
      vmIds: label.vm_ids,
      hostIds: label.host_ids,
    })),
  ];
}
