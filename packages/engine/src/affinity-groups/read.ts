import type { AffinityGroup, TypeName } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { readableAffinityLabels } from '../affinity-labels/read.ts';
import { clusterOfPath } from '../clusters/of-path.ts';
import { readableHosts } from '../hosts/read.ts';
import { notFound } from '../rest/fault.ts';
import { isUuid, one, tail, type Readable } from '../rest/listing.ts';
import type { Membership } from '../rest/members.ts';
import { apiRoot, hrefOf } from '../rest/represent.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { isBroken } from '../scheduling/affinity.ts';
import { readableVms } from '../vms/read.ts';
import { groupWithMembers, rulesOf, type AffinityGroupRow } from './load.ts';

/** Ids of what a group names itself, beside what it has by its labels. */
interface NamedMembers {
  named_vms: string[];
  named_hosts: string[];
  vm_labels: string[];
  host_labels: string[];
}

type Row = AffinityGroupRow & NamedMembers & { placements: Record<string, string> | null };

const namedMembers = sql`
  array(select m.vm_id from affinity_group_vm m where m.group_id = t.id order by 1) as named_vms,
  array(select m.host_id from affinity_group_host m where m.group_id = t.id order by 1) as named_hosts,
  array(select m.label_id from affinity_group_vm_label m where m.group_id = t.id order by 1) as vm_labels,
  array(select m.label_id from affinity_group_host_label m where m.group_id = t.id order by 1) as host_labels`;

const ruleOf = (rule: string, enforcing: boolean): AffinityGroup['vms_rule'] => ({
  enabled: rule !== 'disabled',
  enforcing,
  ...(rule === 'disabled' ? {} : { positive: rule === 'positive' }),
});

/** References to members, which have their places elsewhere; nothing where there are none. */
const references = (attribute: keyof AffinityGroup, type: TypeName, ids: readonly string[]): Partial<AffinityGroup> =>
  ids.length === 0 ? {} : { [attribute]: ids.map((id) => ({ id, href: hrefOf(type, id) })) };

function groupOf(row: Row, filtered: boolean): AffinityGroup {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    comment: row.comment,
    priority: row.priority,
    broken: isBroken(rulesOf(row), new Map(Object.entries(row.placements ?? {}))),
    enforcing: row.vms_enforcing,
    ...(row.vms_rule === 'disabled' ? {} : { positive: row.vms_rule === 'positive' }),
    vms_rule: ruleOf(row.vms_rule, row.vms_enforcing) ?? {},
    hosts_rule: ruleOf(row.hosts_rule, row.hosts_enforcing) ?? {},
    cluster: { id: row.cluster_id },
    ...references('vms', 'Vm', row.named_vms),
    ...references('vm_labels', 'AffinityLabel', row.vm_labels),
    ...references('hosts', 'Host', filtered ? [] : row.named_hosts),
    ...references('host_labels', 'AffinityLabel', row.host_labels),
    href: `${apiRoot}/clusters/${row.cluster_id}/affinitygroups/${row.id}`,
  };
}

/** Affinity groups, with what tells whether they are broken: one statement. */
export const readableAffinityGroups: Readable = {
  objectType: 'affinity_group',
  order: sql`t.name, t.id`,
  async read(context, selection) {
    const found = await sql<Row>`
      select t.*, (select jsonb_object_agg(s.vm_id, s.host_id) from vm_state s where s.host_id is not null and s.vm_id = any(t.vm_ids)) as placements
      from (select ${groupWithMembers}, ${namedMembers} from affinity_group t) t where ${selection.condition} ${tail(selection)}`.execute(
      context.db,
    );
    return found.rows.map((row) => groupOf(row, context.filtered) as Entity);
  },
};

export const groupMembers = {
  vm: { table: 'affinity_group_vm', owner: 'group_id', member: 'vm_id', type: 'Vm', kind: readableVms },
  host: { table: 'affinity_group_host', owner: 'group_id', member: 'host_id', type: 'Host', kind: readableHosts },
  vm_label: {
    table: 'affinity_group_vm_label',
    owner: 'group_id',
    member: 'label_id',
    type: 'AffinityLabel',
    kind: readableAffinityLabels,
  },
  host_label: {
    table: 'affinity_group_host_label',
    owner: 'group_id',
    member: 'label_id',
    type: 'AffinityLabel',
    kind: readableAffinityLabels,
  },
} as const satisfies Record<string, Membership>;
export type MemberKind = keyof typeof groupMembers;

/** Groups of the path's cluster have their place below the path. */
export const inPlace = (context: Context, group: Entity): Entity => {
  const { href: _href, ...rest } = group;
  return context.path['cluster'] === undefined ? group : rest;
};

/** The group of the path, which must be of the path's cluster. @throws {Fault} 404 */
export async function groupOfPath(context: Context): Promise<Entity> {
  const cluster = await clusterOfPath(context);
  const group = await one(context, readableAffinityGroups, context.path['group']);
  if ((group['cluster'] as Entity).id !== cluster.id) throw notFound();
  return inPlace(context, group);
}

export const ofCluster = (clusterIds: readonly string[]) => sql<boolean>`t.cluster_id = any(${clusterIds.filter(isUuid)}::uuid[])`;
